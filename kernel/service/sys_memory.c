/* sys_memory.c - system calls on virtual memory: the program's pointers around mm/virtual.h.
 *
 * Every call has the same three steps: check all pointers (those for results by touching them for
 * writing), let mm plan and apply, and copy the results out.  So a call that fails has changed
 * nothing (W80, W106).  Writing a result may still fail, when the call itself took the page away
 * under the pointer; that is the program's own doing and, as in Windows, no error.
 */
#include "kernel/service/sys_memory.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/process/process.h"
#include "kernel/service/syscall.h"

enum { WRITE_WATCH_RESET = 1 };

uint32_t sys_memory_piece[SYS_MEMORY_PIECE];

status_t sys_memory_lookup(uint32_t handle, uint32_t access, struct process **process)
{
    struct object *object = thread_current()->owner;
    status_t status = handle == HANDLE_PROCESS
                          ? STATUS_SUCCESS
                          : process_object(handle, OBJECT_PROCESS, access, &object);

    if (status)
        return status;
    *process = (struct process *)object;
    return (*process)->space ? STATUS_SUCCESS : STATUS_PROCESS_IS_TERMINATING;
}

/* A process and a range in it, both given by pointers to words that get the rounded values. */
struct range {
    struct space *space;
    va_t base_va, size_va; /* where the program keeps them */
    va_t base;
    uint32_t size;
};

static INLINE status_t begin(struct range *range, uint32_t handle, va_t base_va, va_t size_va)
{
    struct process *process;
    status_t status = usercopy_take(&range->base, base_va)
        ?: usercopy_take(&range->size, size_va)
        ?: sys_memory_lookup(handle, ACCESS_PROCESS_VM_OPERATION, &process);

    if (!status) {
        range->space = process->space;
        range->base_va = base_va;
        range->size_va = size_va;
    }
    return status;
}

static status_t end(struct range *range, status_t status)
{
    if (!status) {
        (void)usercopy_put(range->base_va, range->base);
        (void)usercopy_put(range->size_va, range->size);
    }
    return status;
}

bool sys_memory_breaks_wish(va_t last, uint32_t zero_bits)
{
    return zero_bits > 0 && last >> (32 - zero_bits);
}

/* The lowest hole is taken, even if the highest was asked for as well: what breaks the wish then could not have
 * been avoided. */
static status_t allocate_below(struct range *range, uint32_t zero_bits, uint32_t type,
                               uint32_t protect)
{
    bool anywhere = range->base == 0;
    status_t status;

    if (zero_bits > SYS_ZERO_BITS)
        return STATUS_INVALID_PARAMETER_3;
    if (zero_bits)
        type &= ~(uint32_t)VIRTUAL_TOP_DOWN;
    status = virtual_allocate(range->space, &range->base, &range->size, type, protect);
    if (status || !anywhere)
        return status;
    status = sys_memory_breaks_wish(range->base + range->size - 1, zero_bits)
                 ? STATUS_NO_MEMORY
                 : usercopy_put(range->base_va, range->base);
    if (status) /* a region that nobody is told of is not left behind */
        virtual_destroy(range->space, space_region(range->space, range->base));
    return status;
}

/* process, *base, zero bits, *size, type, protect */
status_t sys_NtAllocateVirtualMemory(const uint32_t *a)
{
    struct range range;

    return begin(&range, a[0], a[1], a[3]) ?: end(&range, allocate_below(&range, a[2], a[4], a[5]));
}

/* process, *base, *size, type */
status_t sys_NtFreeVirtualMemory(const uint32_t *a)
{
    struct range range;

    return begin(&range, a[0], a[1], a[2])
               ?: end(&range, virtual_free(range.space, &range.base, &range.size, a[3]));
}

/* process, *base, *size, protect, *old.
 * The pointer for the old protection is checked first: a bad one leaves it unchanged (W80). */
status_t sys_NtProtectVirtualMemory(const uint32_t *a)
{
    struct range range;
    uint32_t old;
    status_t status = usercopy_take(&old, a[4]) ?: begin(&range, a[0], a[1], a[2]);

    if (status)
        return status;
    status = virtual_protect(range.space, &range.base, &range.size, a[3], &old);
    if (!status)
        (void)usercopy_put(a[4], old);
    return end(&range, status);
}

/* process, *base, *size, type.  Where the lock lives (1: working set, 2: RAM) makes no difference: a
 * locked page stays in both. */
static status_t change_locks(const uint32_t *a,
                             status_t (*change)(struct space *, va_t *, uint32_t *))
{
    struct range range;

    if (a[3] == 0 || a[3] > 3)
        return STATUS_INVALID_PARAMETER_4;
    return begin(&range, a[0], a[1], a[2])
               ?: end(&range, change(range.space, &range.base, &range.size));
}

SYSCALL(NtLockVirtualMemory, change_locks(a, virtual_lock))
SYSCALL(NtUnlockVirtualMemory, change_locks(a, virtual_unlock))

/* A file's bytes *are* the pages of its views (ramfile.h), so nothing has to be written anywhere;
 * what is left is to say whether the range lies in a view.  Size 0: to the end of the view. */
static status_t flush(struct range *range)
{
    const struct vad *vad = space_region(range->space, range->base);

    if (!vad || vad->type != VAD_VIEW)
        return STATUS_NOT_MAPPED_VIEW;
    if (range->size == 0)
        range->size = vad->end - range->base;
    if (range->size > vad->end - range->base)
        return STATUS_NOT_MAPPED_VIEW;
    (void)space_pages(range->space, &range->base, &range->size);
    return STATUS_SUCCESS;
}

/* process, *base, *size, *io */
status_t sys_NtFlushVirtualMemory(const uint32_t *a)
{
    const uint32_t done[2] = {STATUS_SUCCESS, 0};
    struct range range;
    status_t status = usercopy_probe(a[3], sizeof done) ?: begin(&range, a[0], a[1], a[2]);

    if (status)
        return status;
    status = flush(&range) ?: usercopy_write(a[3], done, sizeof done);
    return end(&range, status);
}

/* --- write watch ----------------------------------------------------------------------------- */

/* Copy the written pages of [base, base + *size) to the program's array, lowest first, at most
 * *count; *count becomes how many there were, *size how far they go (W135, W136).
 * => the range was checked, and the array can be written */
static status_t copy_written(struct space *space, va_t base, uint32_t *size, va_t array,
                             uint32_t *count)
{
    uint32_t done = 0, found = SYS_MEMORY_PIECE;
    va_t at = base, stop = base + *size;
    status_t status = STATUS_SUCCESS;

    while (!status && found == SYS_MEMORY_PIECE && done < *count && at < stop) {
        found = *count - done < SYS_MEMORY_PIECE ? *count - done : SYS_MEMORY_PIECE;
        status = watch_written(space, at, stop - at, sys_memory_piece, &found);
        if (!status && found > 0) {
            status = usercopy_write(array + done * 4, sys_memory_piece, found * 4);
            at = sys_memory_piece[found - 1] + PAGE_SIZE;
            done += found;
        }
    }
    *count = done;
    *size = at - base;
    return status;
}

/* Everything that can be refused; asking for no page at all checks the range. */
static status_t check_write_watch(struct space *space, const uint32_t *a, uint32_t count)
{
    uint32_t none = 0, pages;
    status_t status = watch_written(space, a[2], a[3], sys_memory_piece, &none);

    if (status)
        return status;
    pages = (page_up(a[2] + a[3]) - page_down(a[2])) >> PAGE_SHIFT;
    return usercopy_probe(a[4], (count < pages ? count : pages) * sizeof(va_t));
}

/* The pages are forgotten when the program has been told of them.
 * => the pointers for count and granularity can be written; count is not 0 */
static status_t get_write_watch(struct space *space, const uint32_t *a, uint32_t count)
{
    uint32_t size = a[3];
    status_t status = check_write_watch(space, a, count)
        ?: copy_written(space, a[2], &size, a[4], &count)
        ?: usercopy_put(a[5], count)
        ?: usercopy_put(a[6], PAGE_SIZE);

    if (!status && a[1] & WRITE_WATCH_RESET && count)
        (void)watch_reset(space, a[2], size);
    return status;
}

/* process, flags, base, size, array, *count, *granularity */
status_t sys_NtGetWriteWatch(const uint32_t *a)
{
    struct process *process;
    uint32_t count;
    status_t status = usercopy_take(&count, a[5]) ?: usercopy_probe(a[6], sizeof(uint32_t));

    if (a[1] & ~(uint32_t)WRITE_WATCH_RESET)
        return STATUS_INVALID_PARAMETER_2;
    if (!status && !(a[4] && count))
        status = a[4] ? STATUS_INVALID_PARAMETER_5 : STATUS_ACCESS_VIOLATION;
    return status
        ?: sys_memory_lookup(a[0], ACCESS_PROCESS_VM_OPERATION, &process)
        ?: get_write_watch(process->space, a, count);
}

/* process, base, size */
status_t sys_NtResetWriteWatch(const uint32_t *a)
{
    struct process *process;

    return sys_memory_lookup(a[0], ACCESS_PROCESS_VM_OPERATION, &process)
               ?: watch_reset(process->space, a[1], a[2]);
}
