/* launch.c - what a new program finds: its images, its records, and a stack for each thread.
 *
 * Everything is written from outside (remote.h), because the new address space is not loaded while
 * it is being made.  Nothing here undoes what it did for a process that fails to start: its whole
 * address space is deleted.
 */
#include "kernel/process/launch.h"

#include "kernel/abi.h"
#include "kernel/cpu/frame.h"
#include "kernel/file/file.h"
#include "kernel/process/context.h"
#include "kernel/process/image.h"
#include "kernel/process/remote.h"
#include "kernel/process/words.h"
#include "lib/format.h"
#include "lib/string.h"

_Static_assert((int)PROCESS_REASON >= (int)IMAGE_REASON, "image_open() writes a process's reason");

/* PAGE_x values for virtual_allocate(). */
enum { PAGE_READWRITE = 0x04, PAGE_GUARD = 0x100 };

/* Offsets in the TEB and PEB that the kernel fills in. */
enum {
    TEB_EXCEPTIONS = 0x000,
    TEB_STACK_BASE = 0x004,
    TEB_STACK_LIMIT = 0x008,
    TEB_SELF = 0x018,
    TEB_PROCESS_ID = 0x020,
    TEB_THREAD_ID = 0x024,
    TEB_PEB = 0x030,
    TEB_STACK_ALLOCATION = 0xE0C,
    PEB_IMAGE_BASE = 0x008,
    PEB_PARAMETERS = 0x010,
};

enum {
    STACK_MINIMUM = 0x2000,        /* committed, at least (W111) */
    STACK_RESERVE_STEP = 0x100000, /* 1 MB (W112) */
    STACK_TOP_ROOM = 64,           /* bytes above the first CONTEXT, for ntdll */
    STACK_LARGEST = LAYOUT_USER_TOP - LAYOUT_USER_LOW,
};

/* ntdll.dll stays open for good once the first program has been started. */
static struct image *ntdll;

status_t launch_open(const char *name, struct image **image, char *reason)
{
    struct file *file;
    status_t status =
        file_open(name, FILE_EXECUTE, FILE_SHARE_READ | FILE_SHARE_DELETE, FILE_OPEN, 0, &file);

    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        format(reason, PROCESS_REASON, "there is no file \"%.64s\" on the disc", name);
    else if (status)
        words_refusal(reason, PROCESS_REASON, status, "\"%.64s\" can't be opened", name);
    if (status)
        return status;
    status = image_open(file, image, reason);
    file_close(file);
    return status;
}

static status_t open_ntdll(char *reason)
{
    struct image *image;
    status_t status;

    if (ntdll)
        return STATUS_SUCCESS;
    status = launch_open("ntdll.dll", &image, reason);
    if (status)
        return status;
    if (!image->entry) {
        image_release(image);
        format(reason, PROCESS_REASON, "ntdll.dll on the disc has no entry point");
        return STATUS_ENTRYPOINT_NOT_FOUND;
    }
    ntdll = image;
    return STATUS_SUCCESS;
}

static status_t map_failed(char *reason, const struct image *image, status_t status)
{
    return words_refusal(reason, PROCESS_REASON, status, "%s can't be mapped at %08X", image->name,
                         image->base);
}

status_t launch_map(struct process *process, char *reason)
{
    va_t base;
    uint32_t size;
    status_t status = open_ntdll(reason);

    if (status)
        return status;
    status = image_map(ntdll, process->space, &base, &size);
    if (status == STATUS_IMAGE_NOT_AT_BASE)
        status = STATUS_CONFLICTING_ADDRESSES; /* the space is empty: its base is impossible */
    if (status)
        return map_failed(reason, ntdll, status);
    process->door = base + ntdll->entry;
    status = image_map(process->image, process->space, &process->image_base, &size);
    if (status && status != STATUS_IMAGE_NOT_AT_BASE)
        return map_failed(reason, process->image, status);
    return STATUS_SUCCESS;
}

/* --- records --- */

static status_t put(struct process *process, va_t at, uint32_t value)
{
    return remote_write(process->space, at, &value, sizeof value, NULL);
}

/* A page at the top of the user partition that never leaves RAM, so that the kernel may read it in
 * the middle of a fault, and that the program can't take away. */
static status_t allocate_record(struct space *space, const char *tag, va_t *at)
{
    uint32_t size = PAGE_SIZE;
    status_t status;

    if (!pfn_may_pin(1))
        return STATUS_NO_MEMORY;
    *at = 0;
    status = virtual_allocate(space, at, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT | VIRTUAL_TOP_DOWN,
                              PAGE_READWRITE);
    if (status)
        return status;
    virtual_mark(space, *at, VAD_FIXED | VAD_RESIDENT, tag);
    status = mm_touch(space, *at, PAGE_SIZE, true);
    if (status)
        virtual_destroy(space, space_region(space, *at));
    return status;
}

/* Bytes of an environment with its last zero. */
static uint32_t environment_size(const char *environment)
{
    const char *at = environment;

    while (*at)
        at += strlen(at) + 1;
    return (uint32_t)(at - environment) + 1;
}

/* Append bytes to the parameters (size 0: a text); *address becomes where they are. */
static status_t append(struct process *process, va_t *at, const char *bytes, uint32_t size,
                       uint32_t *address)
{
    size = size ? size : (uint32_t)strlen(bytes) + 1;

    *address = *at;
    *at += size;
    return remote_write(process->space, *address, bytes, size, NULL);
}

static status_t write_parameters(struct process *process, va_t base,
                                 const struct process_start *start, const uint32_t std_handle[3])
{
    struct abi_parameters p;
    va_t at = base + (va_t)sizeof p;

    memcpy(p.std_handle, std_handle, sizeof p.std_handle);
    return append(process, &at, process->image_name, 0, &p.image_name)
        ?: append(process, &at, start->command_line, 0, &p.command_line)
        ?: append(process, &at, start->current_directory, 0, &p.current_directory)
        ?: append(process, &at, start->environment, environment_size(start->environment),
            &p.environment)
        ?: remote_write(process->space, base, &p, sizeof p, NULL);
}

status_t launch_records(struct process *process, const struct process_start *start,
                        const uint32_t std_handle[3])
{
    uint32_t size = (uint32_t)(sizeof(struct abi_parameters) + strlen(process->image_name) +
                               strlen(start->command_line) + strlen(start->current_directory) + 3) +
                    environment_size(start->environment);
    va_t parameters = 0;
    status_t status = virtual_allocate(process->space, &parameters, &size,
                                       VIRTUAL_RESERVE | VIRTUAL_COMMIT, PAGE_READWRITE);

    if (status)
        return status;
    virtual_mark(process->space, parameters, 0, "parameters");
    return write_parameters(process, parameters, start, std_handle)
        ?: allocate_record(process->space, "PEB", &process->peb)
        ?: put(process, process->peb + PEB_IMAGE_BASE, process->image_base)
        ?: put(process, process->peb + PEB_PARAMETERS, parameters);
}

/* --- threads --- */

struct stack {
    va_t base;                /* of the reservation */
    uint32_t reserve, commit; /* bytes */
};

/* W110 to W113. */
static status_t plan_stack(const struct image *image, uint32_t size, uint32_t flags,
                           struct stack *stack)
{
    uint64_t reserve = image->stack_reserve, commit = image->stack_commit;

    if (size && flags & ABI_THREAD_SIZE_IS_RESERVE)
        reserve = size;
    else if (size)
        commit = size;
    commit = (commit + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
    if (commit >= reserve)
        reserve = (commit + STACK_RESERVE_STEP - 1) / STACK_RESERVE_STEP * STACK_RESERVE_STEP;
    if (commit < STACK_MINIMUM)
        commit = STACK_MINIMUM;
    reserve = (reserve + UNIT_SIZE - 1) & ~(uint64_t)(UNIT_SIZE - 1);
    if (reserve < UNIT_SIZE)
        reserve = UNIT_SIZE;
    if (reserve > STACK_LARGEST)
        return STATUS_NO_MEMORY;
    stack->reserve = (uint32_t)reserve;
    stack->commit = (uint32_t)commit;
    return STATUS_SUCCESS;
}

static status_t commit_part(struct space *space, va_t at, uint32_t size, uint32_t protect)
{
    return virtual_allocate(space, &at, &size, VIRTUAL_COMMIT, protect);
}

/* From low to high: reserved, one guard page, committed (W109). */
static status_t make_stack(struct space *space, struct stack *stack)
{
    uint32_t size = stack->reserve;
    va_t low;
    status_t status;

    stack->base = 0;
    status = virtual_allocate(space, &stack->base, &size, VIRTUAL_RESERVE, PAGE_READWRITE);
    if (status)
        return status;
    virtual_mark(space, stack->base, VAD_STACK, "stack");
    low = stack->base + stack->reserve - stack->commit;
    status = commit_part(space, low, stack->commit, PAGE_READWRITE);
    if (!status && low > stack->base)
        status = commit_part(space, low - PAGE_SIZE, PAGE_SIZE, PAGE_READWRITE | PAGE_GUARD);
    if (status)
        virtual_destroy(space, space_region(space, stack->base));
    return status;
}

static status_t write_teb(struct process *process, const struct thread *thread,
                          const struct stack *stack)
{
    va_t top = stack->base + stack->reserve;
    const struct {
        uint32_t offset, value;
    } words[] = {
        {TEB_EXCEPTIONS, UINT32_MAX},
        {TEB_STACK_BASE, top},
        {TEB_STACK_LIMIT, top - stack->commit},
        {TEB_SELF, thread->teb},
        {TEB_PROCESS_ID, process->id},
        {TEB_THREAD_ID, thread->id},
        {TEB_PEB, process->peb},
        {TEB_STACK_ALLOCATION, stack->base},
    };
    status_t status = STATUS_SUCCESS;

    for (size_t i = 0; i < sizeof words / sizeof *words && !status; i++)
        status = put(process, thread->teb + words[i].offset, words[i].value);
    return status;
}

/* The registers that the program's own code is to start with go into a CONTEXT on the stack; those
 * that the thread really starts with call ntdll with it. */
static status_t write_first_context(struct process *process, struct thread *thread, va_t top,
                                    uint32_t argument)
{
    struct trap_frame *frame = thread_frame(thread);
    va_t at = (top - STACK_TOP_ROOM - (va_t)sizeof(struct context)) & ~(va_t)15;
    uint32_t call[2] = {0, at}; /* as process.h says */
    struct context context;

    memset(frame, 0, sizeof *frame);
    frame->eip = frame->eax = thread->start;
    frame->ebx = argument;
    frame->esp = top - STACK_TOP_ROOM;
    frame_make_user(frame);
    context_capture(thread, &context,
                    CONTEXT_I386 | CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_SEGMENTS);
    frame->eax = frame->ebx = 0;
    frame->eip = process->door;
    frame->esp = at - 16 - sizeof call[0]; /* arguments are 16-byte aligned */
    return remote_write(process->space, at, &context, CONTEXT_CLASSIC_BYTES, NULL)
               ?: remote_write(process->space, frame->esp, call, sizeof call, NULL);
}

static status_t fill_thread(struct process *process, struct thread *thread, struct stack *stack,
                            uint32_t argument)
{
    status_t status = make_stack(process->space, stack);

    if (status)
        return status;
    thread->user_stack = stack->base;
    status = allocate_record(process->space, "TEB", &thread->teb);
    if (status) {
        thread->teb = 0;
        return status;
    }
    return write_teb(process, thread, stack)
               ?: write_first_context(process, thread, stack->base + stack->reserve, argument);
}

status_t launch_thread(struct process *process, va_t start, uint32_t argument, uint32_t stack_size,
                       uint32_t flags, struct thread **out)
{
    struct thread *thread;
    struct stack stack;
    status_t status = plan_stack(process->image, stack_size, flags, &stack)
                          ?: thread_create_user(process->image_name, process, &process->object,
                                                process->space, &thread);

    if (status)
        return status;
    thread->start = start;
    thread->suspended = flags & ABI_THREAD_SUSPENDED ? 1 : 0;
    status = fill_thread(process, thread, &stack, argument);
    if (status) {
        launch_forget_thread(thread);
        object_release(&thread->object);
        return status;
    }
    *out = thread;
    return STATUS_SUCCESS;
}

/* The program may have freed its stack itself and have something else there now: the region is given
 * back only if it still is a stack that begins where ours did (W121). */
void launch_forget_thread(struct thread *thread)
{
    struct space *space = thread->space;
    struct vad *region = thread->user_stack ? space_region(space, thread->user_stack) : NULL;

    if (region && region->start == thread->user_stack && region->flags & VAD_STACK)
        virtual_destroy(space, region);
    if (thread->teb)
        virtual_destroy(space, space_region(space, thread->teb));
    thread->user_stack = thread->teb = 0;
}
