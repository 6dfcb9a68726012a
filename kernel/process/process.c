/* process.c - the life of a process.
 *
 * It begins in process_create(), which either makes all of it or nothing.  It ends when its last
 * thread ends, in that thread: handles are closed and the address space is deleted then.  The
 * object, with the exit status in it, stays until the last handle to it is closed.
 */
#include "kernel/process/process.h"

#include "kernel/abi.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/panic.h"
#include "kernel/file/console_line.h"
#include "kernel/file/file.h"
#include "kernel/object/schedule.h"
#include "kernel/process/image.h"
#include "kernel/process/launch.h"
#include "kernel/process/physical.h"
#include "kernel/process/region_set.h"
#include "kernel/process/words.h"
#include "lib/format.h"
#include "lib/list.h"
#include "lib/string.h"

struct process *process_foreground, *process_all;

static struct process *last;

/* What programs find that the monitor starts. */
static const char default_directory[] = "C:\\";
static const char default_environment[] = "PATH=C:\\\0TEMP=C:\\\0TMP=C:\\\0";

_Static_assert(offsetof(struct process, object) == 0, "an object's address is its process's");

/* --- finding --- */

struct process *process_find(uint32_t id)
{
    struct process *process = process_all;

    while (process && process->id != id)
        process = process->next;
    return process;
}

struct process *process_current(void)
{
    return thread_current()->process;
}

struct space *process_space_current(void)
{
    struct process *process = process_current();

    return process && process->space ? process->space : &space_kernel;
}

/* The two pseudo handles name what lives as long as the call anyway. */
static bool is_pseudo(uint32_t handle)
{
    return handle == HANDLE_PROCESS || handle == HANDLE_THREAD;
}

static status_t find_pseudo(uint32_t handle, enum object_type type, struct object **object)
{
    struct thread *self = thread_current();

    *object = handle == HANDLE_PROCESS ? self->owner : &self->object;
    return type == OBJECT_ANY || (*object)->type == type ? STATUS_SUCCESS
                                                         : STATUS_OBJECT_TYPE_MISMATCH;
}

status_t process_object(uint32_t handle, enum object_type type, uint32_t access,
                        struct object **object)
{
    struct thread *self = thread_current();
    status_t status;

    if (is_pseudo(handle))
        return find_pseudo(handle, type, object);
    status = handle_lookup(&self->process->handles, handle, type, access, object, NULL);
    if (status)
        return status;
    MM_ASSERT(self->held_count < THREAD_HELD);
    self->held[self->held_count++] = *object;
    return STATUS_SUCCESS;
}

status_t process_reference(uint32_t handle, enum object_type type, uint32_t access,
                           struct object **object)
{
    status_t status;

    if (!is_pseudo(handle))
        return handle_lookup(&process_current()->handles, handle, type, access, object, NULL);
    status = find_pseudo(handle, type, object);
    if (!status)
        object_reference(*object);
    return status;
}

/* --- the end --- */

/* Give back everything but the object itself.  => no thread is left, and the space is not loaded */
static void give_back(struct process *process)
{
    handle_close_all(&process->handles);
    if (process->interrupt)
        object_release(process->interrupt);
    process->interrupt = NULL;
    if (process->space) {
        physical_give_all(process->space);
        mm_space_delete(process->space);
        region_set_space_gone(process->space);
    }
    process->space = NULL;
    if (process->image)
        image_release(process->image);
    process->image = NULL;
}

static void destroy(struct object *object)
{
    struct process *process = (struct process *)object;

    MM_ASSERT(!process->threads && !process->space);
    if (process_foreground == process)
        process_foreground = NULL;
    LIST_REMOVE(process_all, last, process, next, prev);
    pool_free(process);
}

static void keep_counters(struct process *process)
{
    const struct space *space = process->space;

    process->counters = space->counters;
    process->peak_resident = space->peak_resident;
    process->peak_commit = space->peak_commit;
}

static void end(struct process *process, status_t status)
{
    if (!process->ending)
        process->exit_status = status;
    process->ending = true;
    keep_counters(process);
    schedule_leave_space();
    give_back(process);
    process->ended = true;
    process->ended_at = clock_now();
    if (process_foreground == process)
        process_foreground = NULL;
    process->object.dispatcher.signal = 1;
    wait_signal(&process->object.dispatcher);
}

static void add_thread(struct process *process, struct thread *thread)
{
    LIST_PUSH(process->threads, thread, next_in_process, prev_in_process);
    process->thread_count++;
    if (process->ending) /* told to end, by a key, while the thread was made */
        thread_kill(thread, process->exit_status);
}

static void remove_thread(struct process *process, struct thread *thread)
{
    LIST_TAKE(process->threads, thread, next_in_process, prev_in_process);
    process->thread_count--;
    process->kernel_ticks += thread->kernel_ticks;
    process->user_ticks += thread->user_ticks;
}

/* The last step of a thread's end, in the dying thread. */
static void leave_process(struct thread *thread)
{
    struct process *process = thread->process;

    remove_thread(process, thread);
    if (process->threads) {
        launch_forget_thread(thread);
        thread->space = NULL;
    } else {
        thread->user_stack = thread->teb = 0; /* they go with the space */
        thread->space = NULL;
        end(process, thread->exit_status);
    }
}

void process_terminate(struct process *process, status_t status)
{
    if (process->ended)
        return;
    if (!process->ending)
        process->exit_status = status;
    process->ending = true;
    for (struct thread *t = process->threads; t; t = t->next_in_process)
        thread_kill(t, status);
}

status_t process_wait(struct process *process)
{
    struct dispatcher *object = &process->object.dispatcher;

    (void)wait_objects(&object, 1, false, WAIT_FOREVER);
    return process->exit_status;
}

static void interrupt(struct process *process, bool end)
{
    struct dispatcher *event = process->interrupt ? &process->interrupt->dispatcher : NULL;

    if (end || !event || event->signal) {
        process_terminate(process, STATUS_CONTROL_C_EXIT);
    } else {
        event->signal = 1;
        wait_signal(event);
        console_line_interrupt(process);
    }
}

void process_interrupt(bool end)
{
    if (!process_foreground)
        return;
    for (struct process *p = process_all; p; p = p->next)
        if (p->group == process_foreground->group)
            interrupt(p, end);
}

/* For a panic: nothing is believed that has not been looked up. */
static void print_who(void)
{
    const struct thread *thread = thread_current();
    const struct process *process;

    if (!panic_readable((uint32_t)thread) || !panic_readable((uint32_t)(thread + 1) - 4))
        return;
    process = thread->process;
    console_printf("thread %u \"%.24s\"", thread->id, thread->name);
    if (panic_readable((uint32_t)process))
        console_printf(" of %.24s (process %u)", process->image_name, process->id);
    console_printf("\n");
}

void process_init(void)
{
    panic_who = print_who;
    thread_ended = leave_process;
    object_set_destroy(OBJECT_PROCESS, destroy);
}

/* --- the beginning --- */

/* A handle of the child for one of the three standard streams.  What the parent names is given on; if it
 * names nothing the console is opened. */
static status_t std_handle(struct process *process, const struct process_start *start, int which,
                           uint32_t *handle)
{
    struct handle_entry entry;
    struct object *object;
    struct file *console;
    status_t status;

    *handle = start->parent ? start->std_handle[which] : 0;
    if (*handle) {
        if (handle_lookup(&start->parent->handles, *handle, OBJECT_ANY, 0, &object, &entry)) {
            *handle = 0; /* it was no handle of the parent either */
            return STATUS_SUCCESS;
        }
        status = start->inherit && entry.flags & HANDLE_INHERIT
                     ? STATUS_SUCCESS /* the child has it under the same number */
                     : handle_create(&process->handles, object, entry.access, entry.flags, handle);
        object_release(object);
        return status;
    }
    status =
        file_open(which == 0 ? "CONIN$" : "CONOUT$", which == 0 ? FILE_READ_DATA : FILE_WRITE_DATA,
                  FILE_SHARE_ALL, FILE_OPEN, 0, &console);
    if (status)
        return status;
    status =
        handle_create(&process->handles, &console->object, console->access, HANDLE_INHERIT, handle);
    file_close(console);
    return status;
}

static status_t make_handles(struct process *process, const struct process_start *start,
                             uint32_t handles[3])
{
    status_t status = STATUS_SUCCESS;

    if (start->parent && start->inherit)
        status = handle_inherit(&start->parent->handles, &process->handles);
    for (int i = 0; i < 3 && !status; i++)
        status = std_handle(process, start, i, &handles[i]);
    return status;
}

/* Everything that can fail.  The first thread is ready, but not started. */
static status_t build(struct process *process, const struct process_start *start, char *reason)
{
    uint32_t handles[3] = {0};
    struct thread *thread;
    status_t status = mm_space_create(&process->space, process->id, process->image_name)
        ?: launch_map(process, reason)
        ?: make_handles(process, start, handles)
        ?: launch_records(process, start, handles)
        ?: launch_thread(process, process->image_base + process->image->entry, process->peb, 0,
            start->suspended ? ABI_THREAD_SUSPENDED : 0, &thread);

    if (!status)
        add_thread(process, thread);
    return status;
}

/* Make the reason a sentence: whoever failed has said why, or the status must do. */
static void explain(char *reason, const char *name, status_t status)
{
    size_t length;

    if (!*reason)
        words_refusal(reason, PROCESS_REASON, status, "%.64s can't be started", name);
    length = strlen(reason);
    if (length + 1 < PROCESS_REASON)
        string_copy(reason + length, ".", 2);
}

/* W319 */
static status_t check_image(const struct image *image, char *reason)
{
    enum { GUI = 2, CONSOLE = 3, OLDEST = 3 << 16 | 10, NEWEST = 6 << 16 | 1 };
    uint32_t version = image->subsystem_version;

    if (image->dll)
        format(reason, PROCESS_REASON, "%s is a library, not a program", image->name);
    else if (version < OLDEST || version > NEWEST)
        format(reason, PROCESS_REASON,
               "%s is made for version %u.%u of Windows; 3.10 to 6.1 go here", image->name,
               (unsigned)(version >> 16), (unsigned)(version & 0xFFFF));
    if (*reason)
        return STATUS_INVALID_IMAGE_FORMAT;
    if (image->subsystem == GUI || image->subsystem == CONSOLE)
        return STATUS_SUCCESS;
    format(reason, PROCESS_REASON, "%s is no program for Windows: its subsystem is %u", image->name,
           image->subsystem);
    return STATUS_IMAGE_SUBSYSTEM_NOT_PRESENT;
}

enum { EXECUTE_ENABLED = 2 };

static status_t create_from(struct image *image, const struct process_start *start, char *reason,
                            struct process **out)
{
    struct process *process = pool_alloc(sizeof *process, "Proc");
    status_t status;

    if (!process) {
        image_release(image);
        return STATUS_NO_MEMORY;
    }
    object_init(&process->object, OBJECT_PROCESS, DISPATCH_MANUAL, 0);
    process->id = thread_new_id();
    process->parent = start->parent ? start->parent->id : 0;
    process->group = start->parent ? start->parent->group : process->id;
    process->exit_status = STATUS_PENDING;
    process->execute_flags = EXECUTE_ENABLED;
    process->created = clock_now();
    process->image = image;
    string_copy(process->image_name, image->name, sizeof process->image_name);
    LIST_APPEND(process_all, last, process, next, prev);
    status = build(process, start, reason);
    if (status) {
        give_back(process);
        object_release(&process->object);
        return status;
    }
    *out = process;
    return STATUS_SUCCESS;
}

static status_t create(const struct process_start *start, char *reason, struct process **out)
{
    struct image *image;
    status_t status = launch_open(start->file, &image, reason);

    if (status)
        return status;
    status = check_image(image, reason);
    if (status) {
        image_release(image);
        return status;
    }
    return create_from(image, start, reason, out);
}

status_t process_create(const struct process_start *start, struct process **out)
{
    char local[PROCESS_REASON], *reason = start->reason ? start->reason : local;
    struct process_start full = *start;
    status_t status;

    if (!full.command_line)
        full.command_line = full.file;
    if (!full.current_directory)
        full.current_directory = default_directory;
    if (!full.environment)
        full.environment = default_environment;
    *reason = 0;
    status = create(&full, reason, out);
    if (status) {
        explain(reason, full.file, status);
        return status;
    }
    thread_start((*out)->threads);
    object_release(&(*out)->threads->object);
    return STATUS_SUCCESS;
}

status_t process_add_thread(struct process *process, va_t start, uint32_t argument,
                            uint32_t stack_size, uint32_t flags, struct thread **thread)
{
    status_t status;

    if (process->ending || !process->space)
        return STATUS_PROCESS_IS_TERMINATING;
    status = launch_thread(process, start, argument, stack_size, flags, thread);
    if (status)
        return status;
    add_thread(process, *thread);
    thread_start(*thread);
    return STATUS_SUCCESS;
}
