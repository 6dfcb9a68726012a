/* sys_process.c - system calls about processes and their memory. */
#include "kernel/cpu/usercopy.h"
#include "kernel/device/kpages.h"
#include "kernel/process/remote.h"
#include "kernel/service/sys_memory.h"
#include "kernel/service/sys_object.h"
#include "kernel/service/sys_section.h"
#include "kernel/service/sys_watch.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

/* Information classes. */
enum {
    CLASS_BASIC = 0,
    CLASS_QUOTA = 1,
    CLASS_VM_COUNTERS = 3,
    CLASS_TIMES = 4,
    CLASS_DEBUG_PORT = 7,
    CLASS_WATCH = 15,
    CLASS_PRIORITY = 18,
    CLASS_HANDLE_COUNT = 20,
    CLASS_WOW64 = 26,
    CLASS_EXECUTE_FLAGS = 34,
    CLASS_IMAGE = 37,
    CLASS_WATCH_EX = 42,
};

enum {
    VM_COUNTERS = 44,    /* bytes of VM_COUNTERS; VM_COUNTERS_EX has one word more */
    TEXT_LIMIT = 0x8000, /* bytes of a command line or of an environment */
    PRIORITY_NORMAL = 8,
    PIECE = 512, /* bytes copied at a time between two processes */
};

/* --- starting --- */

/* The strings of a start, copied from the program; too large for the kernel's stack. */
struct texts {
    char command_line[TEXT_LIMIT], environment[TEXT_LIMIT];
    char application[OBJECT_NAME], directory[OBJECT_NAME];
};

/* Strings ended by an empty one. */
static status_t read_environment(char *to, va_t from)
{
    uint32_t used = 0;

    while (used < TEXT_LIMIT) {
        status_t status =
            usercopy_rest() ?: usercopy_string(to + used, from + used, TEXT_LIMIT - used);
        uint32_t length;

        if (status)
            return status;
        length = (uint32_t)strlen(to + used);
        if (length == 0)
            return STATUS_SUCCESS;
        used += length + 1;
    }
    return STATUS_INVALID_PARAMETER;
}

static status_t read_texts(const struct abi_create_process *call, struct texts *texts)
{
    status_t status = usercopy_string(texts->application, call->application, OBJECT_NAME);

    if (!status && call->command_line)
        status = usercopy_string(texts->command_line, call->command_line, TEXT_LIMIT);
    else
        string_copy(texts->command_line, texts->application, TEXT_LIMIT);
    if (!status && call->current_directory)
        status = usercopy_string(texts->directory, call->current_directory, OBJECT_NAME);
    if (!status && call->environment)
        status = read_environment(texts->environment, call->environment);
    return status;
}

static status_t start(const struct abi_create_process *call, struct process **process)
{
    struct texts *texts = kpages_alloc(sizeof *texts);
    struct process_start start = {
        .parent = process_current(), .inherit = call->inherit, .suspended = call->suspended};
    status_t status = texts ? read_texts(call, texts) : STATUS_NO_MEMORY;

    if (!status) {
        start.file = texts->application;
        start.command_line = texts->command_line;
        start.current_directory = texts->directory[0] ? texts->directory : NULL;
        start.environment = call->environment ? texts->environment : NULL;
        memcpy(start.std_handle, call->std_handle, sizeof start.std_handle);
        status = process_create(&start, process);
    }
    kpages_free(texts);
    return status;
}

/* Handles and ids go back into the program's structure; it was probed. */
static status_t give_handles(struct process *process, va_t at)
{
    struct handle_table *table = &process_current()->handles;
    uint32_t given[4] = {0, 0, process->id, process->threads->id};
    status_t status = handle_create(table, &process->object, ACCESS_ALL, 0, &given[0])
        ?: handle_create(table, &process->threads->object, ACCESS_ALL, 0, &given[1])
        ?: usercopy_write(at + offsetof(struct abi_create_process, process), given, sizeof given);

    for (int i = 0; i < 2 && status; i++)
        (void)handle_close(table, given[i]);
    return status;
}

status_t sys_NtPagodaCreateProcess(const uint32_t *a)
{
    struct abi_create_process call;
    struct process *process;
    status_t status = sys_object_room(a[0], sizeof call, 2)
        ?: usercopy_read(&call, a[0], sizeof call)
        ?: start(&call, &process);

    if (status)
        return status;
    status = give_handles(process, a[0]);
    if (status)
        process_terminate(process, status); /* it has not run yet */
    object_release(&process->object);
    return status;
}

/* --- ending, opening --- */

/* process (0: all other threads of the own one), status */
status_t sys_NtTerminateProcess(const uint32_t *a)
{
    struct thread *self = thread_current();
    struct object *object;
    status_t status;

    if (a[0] == 0) {
        for (struct thread *t = self->process->threads; t; t = t->next_in_process)
            if (t != self)
                thread_kill(t, a[1]);
        return STATUS_SUCCESS;
    }
    status = process_object(a[0], OBJECT_PROCESS, ACCESS_PROCESS_TERMINATE, &object);
    if (status)
        return status;
    if (((struct process *)object)->ended)
        return STATUS_PROCESS_IS_TERMINATING;
    process_terminate((struct process *)object, a[1]);
    return STATUS_SUCCESS;
}

static struct object *find_id(const uint32_t id[2])
{
    struct process *process = process_find(id[0]);

    return process ? &process->object : NULL;
}

SYSCALL(NtOpenProcess, sys_object_open_id(a, find_id))

/* --- information --- */

struct basic_information {
    status_t exit_status;
    va_t peb;
    uint32_t affinity, priority, id, parent;
};

static void fill_basic(const void *process, void *record)
{
    const struct process *p = process;

    *(struct basic_information *)record = (struct basic_information){
        p->ended ? p->exit_status : STATUS_PENDING, p->peb, 1, PRIORITY_NORMAL, p->id, p->parent};
}

static void fill_times(const void *process, void *record)
{
    const struct process *p = process;
    uint32_t kernel = p->kernel_ticks, user = p->user_ticks;

    for (const struct thread *t = p->threads; t; t = t->next_in_process) {
        kernel += t->kernel_ticks;
        user += t->user_ticks;
    }
    sys_object_times(record, p->created, p->ended_at, kernel, user);
}

/* A process that has ended has no memory; what it did with it is remembered. */
static void fill_vm(const void *process, void *record)
{
    const struct process *p = process;
    struct sys_memory_counters *counters = record;

    counters->faults = p->counters.faults;
    counters->peak_resident = p->peak_resident * PAGE_SIZE;
    counters->peak_commit = p->peak_commit * PAGE_SIZE;
    if (p->space)
        sys_memory_query_counters(p->space, counters);
}

static void fill_quota(const void *process, void *record)
{
    sys_memory_query_quota(((const struct process *)process)->space, record);
}

static void fill_image(const void *process, void *record)
{
    if (((const struct process *)process)->image)
        sys_section_image(((const struct process *)process)->image, record);
}

/* process, class, buffer, length, *returned */
status_t sys_NtQueryInformationProcess(const uint32_t *a)
{
    static const struct sys_object_class classes[] = {
        {CLASS_BASIC, sizeof(struct basic_information), fill_basic, 0},
        {CLASS_QUOTA, sizeof(struct sys_memory_quota), fill_quota, 0},
        {CLASS_VM_COUNTERS, sizeof(struct sys_memory_counters), fill_vm, 0},
        {CLASS_VM_COUNTERS, VM_COUNTERS, fill_vm, 0},
        {CLASS_TIMES, SYS_OBJECT_TIMES, fill_times, 0},
        {CLASS_HANDLE_COUNT, sizeof(uint32_t), NULL, offsetof(struct process, handles.count)},
        {CLASS_IMAGE, SYS_SECTION_IMAGE, fill_image, 0},
        {CLASS_EXECUTE_FLAGS, sizeof(uint32_t), NULL, offsetof(struct process, execute_flags)},
        {CLASS_DEBUG_PORT, sizeof(uint32_t), NULL, 0}, /* no debuggers, ... */
        {CLASS_WOW64, sizeof(uint32_t), NULL, 0},      /* ... no other subsystems */
        {0, 0, NULL, 0},
    };
    struct object *object;
    status_t status = process_object(a[0], OBJECT_PROCESS, ACCESS_PROCESS_QUERY_LIMITED, &object);

    if (!status && a[1] == CLASS_QUOTA && !((struct process *)object)->space)
        status = STATUS_PROCESS_IS_TERMINATING;
    if (!status && (a[1] == CLASS_WATCH || a[1] == CLASS_WATCH_EX))
        return ws_watch_tell((struct process *)object, a[2], a[3], a[1] == CLASS_WATCH_EX);
    return status ?: sys_object_query(classes, object, a + 1);
}

/* What is to be set must have exactly its own size. */
static status_t read_all(void *to, uint32_t size, const uint32_t *a)
{
    return a[3] == size ? usercopy_read(to, a[2], size) : STATUS_INFO_LENGTH_MISMATCH;
}

static status_t set_quota(struct space *space, const uint32_t *a)
{
    struct sys_memory_quota quota;

    return read_all(&quota, sizeof quota, a) ?: sys_memory_set_quota(space, &quota);
}

/* Without NX there is nothing to switch; what was set is remembered, and may have been set for good. */
static status_t set_execute(struct process *process, const uint32_t *a)
{
    enum { PERMANENT = 8, ALL = 0x7F };
    uint32_t flags;
    status_t status = read_all(&flags, sizeof flags, a);

    if (status)
        return status;
    if (flags & ~(uint32_t)ALL)
        return STATUS_INVALID_PARAMETER;
    if (process->execute_flags & PERMANENT)
        return STATUS_ACCESS_DENIED;
    process->execute_flags = flags;
    return STATUS_SUCCESS;
}

static status_t set_interrupt(struct process *process, const uint32_t *a)
{
    struct object *event = NULL;
    uint32_t handle;
    status_t status = read_all(&handle, sizeof handle, a);

    if (!status && handle)
        status = process_object(handle, OBJECT_EVENT, ACCESS_MODIFY_STATE, &event);
    if (status)
        return status;
    if (event)
        object_reference(event);
    if (process->interrupt)
        object_release(process->interrupt);
    process->interrupt = event;
    return STATUS_SUCCESS;
}

/* process, class, buffer, length */
status_t sys_NtSetInformationProcess(const uint32_t *a)
{
    uint32_t access = a[1] == CLASS_QUOTA ? ACCESS_PROCESS_SET_QUOTA : ACCESS_PROCESS_SET;
    struct process *process;
    status_t status = sys_memory_lookup(a[0], access, &process);

    if (status)
        return status;
    if (a[1] == CLASS_QUOTA)
        return set_quota(process->space, a);
    if (a[1] == CLASS_WATCH)
        return ws_watch_start(process);
    if (a[1] == CLASS_EXECUTE_FLAGS)
        return set_execute(process, a);
    if (a[1] == ABI_PROCESS_INTERRUPT)
        return set_interrupt(process, a);
    /* Priority classes are accepted: all are one. */
    return a[1] == CLASS_PRIORITY ? STATUS_SUCCESS : STATUS_INVALID_INFO_CLASS;
}

/* --- another process's memory (W107) --- */

/* One piece from the one to the other; *done may be less than `size` then. */
static status_t copy_piece(struct space *space, va_t remote, va_t own, uint32_t size, bool write,
                           uint32_t *done)
{
    uint8_t piece[PIECE];
    status_t status;

    *done = 0;
    if (write) {
        return usercopy_read(piece, own, size) ?: remote_write(space, remote, piece, size, done);
    }
    status = remote_read(space, piece, remote, size, done);
    if (*done && usercopy_write(own, piece, *done)) {
        *done = 0;
        return STATUS_ACCESS_VIOLATION;
    }
    return status;
}

static status_t copy(struct space *space, const uint32_t *a, bool write, uint32_t *total)
{
    va_t remote = a[1], own = a[2];
    uint32_t size = a[3];
    status_t status = STATUS_SUCCESS;

    *total = 0;
    if (remote + size < remote || own + size < own)
        return STATUS_ACCESS_VIOLATION;
    while (*total < size && !status) {
        uint32_t left = size - *total, done = 0;

        status = usercopy_rest()
                     ?: copy_piece(space, remote + *total, own + *total,
                                   left < PIECE ? left : PIECE, write, &done);
        *total += done;
    }
    return status && *total ? STATUS_PARTIAL_COPY : status;
}

/* process, base, buffer, size, *done (or 0) */
static status_t copy_call(const uint32_t *a, bool write)
{
    struct process *process;
    uint32_t total;
    status_t status =
        usercopy_probe_wish(a[4], sizeof total)
            ?: sys_memory_lookup(a[0], write ? ACCESS_PROCESS_VM_WRITE : ACCESS_PROCESS_VM_READ,
                                 &process);

    if (status)
        return status;
    status = copy(process->space, a, write, &total);
    (void)usercopy_put_wish(a[4], total);
    return status;
}

SYSCALL(NtReadVirtualMemory, copy_call(a, false))
SYSCALL(NtWriteVirtualMemory, copy_call(a, true))
