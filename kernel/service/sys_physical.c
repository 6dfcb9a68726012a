/* sys_physical.c - system calls on a program's own physical pages (AWE): its lists of frames around kernel/process/physical.h.
 *
 * Whoever may lock pages may have such pages: there are no accounts here, so everybody holds SeLockMemoryPrivilege, and
 * what bounds it is the RAM that may be pinned.  A list is read twice, first to check all of it and then to act: so a
 * refused call has changed nothing.  It says the same twice: nobody else runs meanwhile, and it lies in no window, nor in
 * the page in which the clock's interrupt writes.
 */
#include "kernel/cpu/usercopy.h"
#include "kernel/process/physical.h"
#include "kernel/process/process.h"
#include "kernel/service/sys_memory.h"
#include "kernel/service/syscall.h"

/* What a call is about: pages at consecutive addresses or at listed ones, and frames; 0: no list. */
struct window {
    struct space *space;
    va_t base, addresses;
    uint32_t count;
    va_t frames;
};

static va_t item(va_t list, uint32_t i)
{
    return list + i * (uint32_t)sizeof(uint32_t);
}

/* Entry `i`: where, and which frame (0: none). */
static status_t read_entry(const struct window *w, uint32_t i, va_t *at, pfn_t *frame)
{
    *at = w->base + (i << PAGE_SHIFT);
    *frame = PFN_NONE;
    paging_rest(i << PAGE_SHIFT);
    return (w->addresses ? usercopy_get(at, item(w->addresses, i)) : STATUS_SUCCESS)
               ?: (w->frames ? usercopy_get(frame, item(w->frames, i)) : STATUS_SUCCESS);
}

/* Does part of a list of `count` entries lie in a window, or where the clock writes?  Between its two readings it could
 * change. */
static bool is_shown(const struct window *w, va_t list)
{
    const struct vad *vad = list ? vad_at_or_above(&w->space->regions, list) : NULL;

    for (; vad && vad->start < item(list, w->count); vad = vad_next(vad))
        if (vad->flags & VAD_PHYSICAL || vad->start == LAYOUT_SHARED_PAGE)
            return true;
    return false;
}

/* All entries, or none; only if the disk refuses to give a list back that was read a moment ago, those before that. */
static status_t map(const struct window *w)
{
    bool shown = is_shown(w, w->frames) || is_shown(w, w->addresses);
    status_t status = shown ? STATUS_INVALID_PARAMETER_3 : STATUS_SUCCESS;
    static uint32_t call;
    va_t at;
    pfn_t frame;

    if (w->count > LAYOUT_USER_END >> PAGE_SHIFT)
        return STATUS_INVALID_PARAMETER_2;
    call++;
    for (uint32_t i = 0; !status && i < w->count; i++)
        status = read_entry(w, i, &at, &frame) ?: physical_promise(w->space, at, frame, call);
    for (uint32_t i = 0; !status && i < w->count; i++) {
        status = read_entry(w, i, &at, &frame);
        if (!status)
            physical_show(w->space, at, frame);
    }
    return status;
}

/* base, count, *frames */
status_t sys_NtMapUserPhysicalPages(const uint32_t *a)
{
    return map(&(struct window){
        .space = process_current()->space, .base = page_down(a[0]), .count = a[1], .frames = a[2]});
}

/* *addresses, count, *frames */
status_t sys_NtMapUserPhysicalPagesScatter(const uint32_t *a)
{
    if (!a[0])
        return STATUS_ACCESS_VIOLATION;
    return map(&(struct window){
        .space = process_current()->space, .addresses = a[0], .count = a[1], .frames = a[2]});
}

/* process, *count, *frames: whose, how many, and the list of at most that length. */
static status_t begin(const uint32_t *a, struct window *w)
{
    struct process *process;
    status_t status = usercopy_take(&w->count, a[1])
                          ?: sys_memory_lookup(a[0], ACCESS_PROCESS_VM_OPERATION, &process);

    if (status)
        return status;
    w->space = process->space;
    w->frames = a[2];
    return w->count > LAYOUT_USER_END >> PAGE_SHIFT ? STATUS_INVALID_PARAMETER_2 : STATUS_SUCCESS;
}

/* As many as there are: *count says how many. */
status_t sys_NtAllocateUserPhysicalPages(const uint32_t *a)
{
    struct window w = {0};
    status_t status = begin(a, &w) ?: usercopy_probe(a[2], w.count * sizeof(uint32_t));
    uint32_t taken = 0;
    pfn_t frame;

    for (; !status && taken < w.count && (frame = physical_take(w.space)); taken++) {
        paging_rest(taken % 16 << PAGE_SHIFT); /* zeroing takes its time */
        if (usercopy_put(item(w.frames, taken), frame)) {
            physical_give(w.space, frame);
            break;
        }
    }
    if (status)
        return status;
    (void)usercopy_put(a[1], taken);
    return taken || !w.count ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Those before the first that is not the process's own; *count says how many if there were any. */
status_t sys_NtFreeUserPhysicalPages(const uint32_t *a)
{
    struct window w = {0};
    status_t status = begin(a, &w);
    uint32_t freed = 0;
    va_t at;
    pfn_t frame;

    for (uint32_t i = 0; !status && i < w.count; i++)
        status = read_entry(&w, i, &at, &frame);
    if (status)
        return status;
    while (!status && freed < w.count) {
        status = read_entry(&w, freed, &at, &frame);
        if (!status && !physical_owns(w.space, frame))
            status = STATUS_CONFLICTING_ADDRESSES;
        if (!status)
            physical_give(w.space, frame);
        freed += !status;
    }
    if (freed)
        (void)usercopy_put(a[1], freed);
    return status;
}
