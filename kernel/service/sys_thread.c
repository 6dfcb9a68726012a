/* sys_thread.c - system calls about threads and their registers. */
#include "kernel/cpu/usercopy.h"
#include "kernel/process/context.h"
#include "kernel/process/exception.h"
#include "kernel/service/sys_memory.h"
#include "kernel/service/sys_object.h"
#include "kernel/service/syscall.h"

/* Information classes. */
enum {
    CLASS_BASIC = 0,
    CLASS_TIMES = 1,
    CLASS_PRIORITY = 2,
    CLASS_BASE_PRIORITY = 3,
    CLASS_AFFINITY = 4,
    CLASS_START_ADDRESS = 9,
    CLASS_LAST_THREAD = 12,
};

enum {
    PRIORITY_NORMAL = 8, /* Windows numbers priorities from 1 to 31 */
    PRIORITY_LIMIT = 31,
};

struct basic_information {
    status_t exit_status;
    va_t teb;
    uint32_t process, thread;
    uint32_t affinity;
    int32_t priority, base_priority;
};

/* A thread, held as by process_object(); handle 0 means the current one where `own` says so. */
static status_t find(uint32_t handle, bool own, uint32_t access, struct thread **thread)
{
    struct object *object;
    status_t status =
        process_object(own && handle == 0 ? HANDLE_THREAD : handle, OBJECT_THREAD, access, &object);

    if (!status)
        *thread = (struct thread *)object;
    return status;
}

/* Of a program; the process may be left out. */
static struct object *find_id(const uint32_t id[2])
{
    struct thread *thread = thread_all;

    while (thread && (thread->id != id[1] || !thread->process))
        thread = thread->next;
    return thread && (!id[0] || thread->process->id == id[0]) ? &thread->object : NULL;
}

SYSCALL(NtOpenThread, sys_object_open_id(a, find_id))

/* --- beginning and end --- */

status_t sys_NtPagodaCreateThread(const uint32_t *a)
{
    struct abi_create_thread call;
    struct process *process;
    struct thread *thread;
    status_t status = sys_object_room(a[0], sizeof call, 1)
        ?: usercopy_read(&call, a[0], sizeof call)
        ?: sys_memory_lookup(call.process, ACCESS_PROCESS_CREATE_THREAD, &process);

    if (status)
        return status;
    status = process_add_thread(process, call.start, call.argument, call.stack_size, call.flags,
                                &thread);
    if (status)
        return status;
    status = sys_object_give(&thread->object, ACCESS_ALL, 0,
                             a[0] + offsetof(struct abi_create_thread, thread));
    if (status)
        thread_kill(thread, status); /* it has not run yet */
    else
        (void)usercopy_put(a[0] + offsetof(struct abi_create_thread, thread_id), thread->id);
    object_release(&thread->object);
    return status;
}

status_t sys_NtTerminateThread(const uint32_t *a)
{
    struct thread *thread;
    status_t status = find(a[0], true, ACCESS_THREAD_TERMINATE, &thread);

    if (!status)
        thread_kill(thread, a[1]);
    return status;
}

/* --- information --- */

static void fill_basic(const void *object, void *record)
{
    const struct thread *t = object;

    *(struct basic_information *)record = (struct basic_information){
        t->exit_status,  t->teb, t->process->id, t->id, 1, PRIORITY_NORMAL + t->base_priority,
        t->base_priority};
}

static void fill_times(const void *object, void *record)
{
    const struct thread *t = object;

    sys_object_times(record, t->created, t->ended_at, t->kernel_ticks, t->user_ticks);
}

static void fill_last(const void *object, void *record)
{
    *(uint32_t *)record = ((const struct thread *)object)->process->thread_count == 1;
}

/* thread, class, buffer, length, *returned */
status_t sys_NtQueryInformationThread(const uint32_t *a)
{
    static const struct sys_object_class classes[] = {
        {CLASS_BASIC, sizeof(struct basic_information), fill_basic, 0},
        {CLASS_TIMES, SYS_OBJECT_TIMES, fill_times, 0},
        {CLASS_START_ADDRESS, sizeof(va_t), NULL, offsetof(struct thread, start)},
        {CLASS_LAST_THREAD, sizeof(uint32_t), fill_last, 0},
        {0, 0, NULL, 0},
    };
    struct thread *thread;

    return find(a[0], false, ACCESS_THREAD_QUERY_LIMITED, &thread)
               ?: sys_object_query(classes, thread, a + 1);
}

/* Windows' fine grades become the scheduler's three.  Nobody can delay a thread's end. */
static void set_priority(struct thread *thread, int32_t base_priority)
{
    thread->base_priority = base_priority;
    if (!thread->killed)
        thread_set_priority(thread, base_priority < 0   ? THREAD_LOW
                                    : base_priority > 0 ? THREAD_HIGH
                                                        : THREAD_NORMAL);
}

static status_t set_information(struct thread *thread, uint32_t class, int32_t value)
{
    switch (class) {
    case CLASS_PRIORITY:
        if (value < 1 || value > PRIORITY_LIMIT)
            return STATUS_INVALID_PARAMETER;
        set_priority(thread, value - PRIORITY_NORMAL);
        return STATUS_SUCCESS;
    case CLASS_BASE_PRIORITY:
        if ((value < -2 || value > 2) && value != -15 && value != 15)
            return STATUS_INVALID_PARAMETER;
        set_priority(thread, value);
        return STATUS_SUCCESS;
    case CLASS_AFFINITY: /* there is one processor */
        return value == 1 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

status_t sys_NtSetInformationThread(const uint32_t *a)
{
    struct thread *thread;
    uint32_t value;
    status_t status = find(a[0], false, ACCESS_THREAD_SET, &thread);

    if (status)
        return status;
    if (a[3] != sizeof value)
        return STATUS_INFO_LENGTH_MISMATCH;
    return usercopy_get(&value, a[2]) ?: set_information(thread, a[1], (int32_t)value);
}

/* --- suspending --- */

static status_t change_suspension(const uint32_t *a, uint32_t (*change)(struct thread *))
{
    struct thread *thread;
    uint32_t before;
    status_t status = usercopy_probe_wish(a[1], sizeof before)
                          ?: find(a[0], false, ACCESS_THREAD_SUSPEND, &thread);

    if (status)
        return status;
    if (thread->state == THREAD_DEAD || thread->killed)
        return STATUS_THREAD_IS_TERMINATING;
    before = change(thread);
    if (before == UINT32_MAX)
        return STATUS_SUSPEND_COUNT_EXCEEDED;
    (void)usercopy_put_wish(a[1], before);
    return STATUS_SUCCESS;
}

SYSCALL(NtSuspendThread, change_suspension(a, thread_suspend))
SYSCALL(NtResumeThread, change_suspension(a, thread_resume))

/* --- registers --- */

/* A CONTEXT that asks for no extended registers may end before them.  `own`: it is for the current thread.  Then they
 * may be loaded from where they are, and context->flags name no floating-point part any more. */
static status_t read_context(va_t at, struct context *context, bool own)
{
    uint32_t flags = 0;
    va_t extended = at + CONTEXT_CLASSIC_BYTES;
    status_t status = usercopy_get(&flags, at);

    if (!status && !(flags & CONTEXT_I386))
        status = STATUS_INVALID_PARAMETER;
    if (!status)
        status = usercopy_fetch(context, at, CONTEXT_CLASSIC_BYTES);
    context->flags = flags; /* another thread may have changed it in between */
    if (status || !(flags & CONTEXT_EXTENDED))
        return status;
    if (!own || !fpu_load_user(extended))
        return usercopy_read(context->extended, extended, sizeof context->extended);
    context->flags &= ~(uint32_t)(CONTEXT_FLOATING | CONTEXT_EXTENDED);
    return STATUS_SUCCESS;
}

status_t sys_NtGetContextThread(const uint32_t *a)
{
    struct context context;
    struct thread *thread;
    uint32_t flags;
    status_t status =
        usercopy_get(&flags, a[1]) ?: find(a[0], false, ACCESS_THREAD_GET_CONTEXT, &thread);

    if (status)
        return status;
    if (thread->state == THREAD_DEAD || !(flags & CONTEXT_I386))
        return STATUS_INVALID_PARAMETER;
    context_capture(thread, &context, flags);
    return usercopy_write(a[1], &context, CONTEXT_CLASSIC_BYTES)
               ?: usercopy_write(a[1] + CONTEXT_CLASSIC_BYTES, thread->fpu,
                                 flags & CONTEXT_EXTENDED ? FPU_FXSAVE : 0);
}

status_t sys_NtSetContextThread(const uint32_t *a)
{
    struct context context;
    struct thread *thread;
    status_t status = read_context(a[1], &context, false)
                          ?: find(a[0], false, ACCESS_THREAD_SET_CONTEXT, &thread);

    if (status)
        return status;
    if (thread->state == THREAD_DEAD)
        return STATUS_THREAD_IS_TERMINATING;
    context_apply(thread, &context);
    if (context.flags & CONTEXT_INTEGER)
        thread->frame_set = true;
    return STATUS_SUCCESS;
}

status_t sys_NtContinue(const uint32_t *a)
{
    struct thread *self = thread_current();
    struct context context;
    status_t status = read_context(a[0], &context, true);

    if (status)
        return status;
    context_apply(self, &context);
    self->frame_set = true;
    self->note.code = STATUS_SUCCESS; /* whatever happened is dealt with */
    return STATUS_SUCCESS;
}

status_t sys_NtRaiseException(const uint32_t *a)
{
    struct thread *self = thread_current();
    struct exception_record record;
    struct context context;
    status_t status = usercopy_read(&record, a[0], sizeof record);

    if (!status && record.count > EXCEPTION_PARAMETERS)
        status = STATUS_INVALID_PARAMETER;
    status = status ?: read_context(a[1], &context, true);
    if (status)
        return status;
    context_apply(self, &context);
    self->frame_set = true;
    exception_raise(&record, a[2] & 0xFF);
    return STATUS_SUCCESS;
}
