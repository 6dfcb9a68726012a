/* resident.h - puts a page into an address space and takes it out again.
 *
 * A program's PTE becomes VALID in resident_map() alone, and loses that in unmap() alone, which
 * resident_trim() and resident_discard() call; it is followed by forgetting the old translation.  (A
 * section's master is VALID while its frame has a share; no CPU sees it.)
 *
 * Whose is a frame that several programs map?  It is in one ring only: that of the first view that
 * mapped it, whose policy decides when it goes - from all of them at once.  When that view leaves, it
 * moves to the ring of another that still maps it (of the kernel, if that is not soon found); when the last one
 * leaves, to a list.
 *
 *      A's table        B's table                 shares 2: two words map it
 *     +---------+      +---------+                ws     A's: first come
 *     | VALID  -+--+---+- VALID  |                A leaves: hand_over() puts it into B's ring
 *     +---------+  |   +---------+                B leaves, too: drop_share(): STANDBY or MODIFIED,
 *                  v                              and the master says TRANSITION
 *               frame 3A7 <------ VALID, the section's master
 *
 * The command `pfn 3A7` says all that of a frame.
 */
#pragma once
#include "mm/section.h"

/* The replacement policies' view of the machine: A and D of every PTE that maps a frame. */
extern const struct replace_view resident_view;

/* One place where a frame is mapped: the word is VALID. */
typedef void resident_visitor(struct space *space, va_t va, pte_t *pte, void *context);

/* Views that were looked at so far to find who maps a frame: the work that pages of many programs make. */
extern uint32_t resident_visits;

/* Visits every such place of an ACTIVE frame of a program; resident_mappings() counts them. */
void resident_each_mapping(pfn_t frame, resident_visitor *visit, void *context);
uint32_t resident_mappings(pfn_t frame);

/* Make `pte` VALID: frame gains a share and enters the working set when it is the first one.
 * => pte is not VALID, frame is ACTIVE, prot is accessible. */
static INLINE void resident_map(struct vad *vad, va_t va, pte_t *pte, pfn_t frame, prot_t prot)
{
    struct space *space = vad->space;
    struct pfn *p = pfn_record(frame);

    MM_ASSERT(!pte_is_valid(*pte) && p->state == PFN_ACTIVE);
    *pte = pte_valid(frame, prot, va < LAYOUT_KERNEL);
    p->shares++;
    if (++space->resident > space->peak_resident)
        space->peak_resident = space->resident;
    if (!(vad->flags & VAD_RESIDENT)) {
        if (!p->ws)
            replace_insert(vad->ws, frame);
    } else if (p->use == PFN_USE_PRIVATE) {
        pfn_lock(frame);
    }
}

/* Has the program locked this page, or does it stay in RAM anyway?  A private page's frame knows; of a
 * view's pages the region keeps a bitmap, since others may have locked the same frame. */
bool resident_is_locked(const struct vad *vad, va_t va, pte_t pte);

/* Lock and unlock a page of a region without VAD_RESIDENT.  The lock ends by itself when the word
 * loses its frame.
 * => pte is VALID and not locked, or locked; a view has its bitmap. */
void resident_lock(struct vad *vad, va_t va, pte_t pte);
void resident_unlock(struct vad *vad, va_t va, pte_t pte);

/* Change the protection of a VALID pte; both protections are accessible. */
void resident_protect(struct space *space, va_t va, pte_t *pte, prot_t prot);

/* Take one page out of one space: VALID becomes TRANSITION (private) or PROTOTYPE (shared).  When
 * nobody maps the frame any more it goes to the standby or modified list.  => pte is VALID. */
void resident_trim(const struct vad *vad, va_t va, pte_t *pte);

/* The same for everybody who maps a frame.  `write`: a modified one is written at once and stands by, if the paging
 * file takes it. */
void resident_evict(pfn_t frame, bool write);

/* Make a private page's word EMPTY whatever its kind, giving back its frame or slot; a view's page
 * only loses its mapping and its private copy. */
void resident_discard(const struct vad *vad, va_t va, pte_t *pte);

/* A committed private page's content is not needed any more: nothing will write it to the paging file. */
void resident_forget(const struct vad *vad, va_t va, pte_t *pte);

/* A TRANSITION word's frame becomes ACTIVE again, its word unchanged: the soft fault. */
pfn_t resident_revive(pte_t pte);

/* An ACTIVE frame has just been read from `slot`, or has it still: a clean page keeps its slot and
 * need not be written again, unless slots are scarce (pagefile_is_tight()). */
void resident_keep_slot(pfn_t frame, uint32_t slot);

/* Write a MODIFIED frame, or one on its way there, to the paging file: it is STANDBY then.  STATUS_NO_MEMORY: it needs a slot, and
 * the file is full.  Else the device's error: it stays MODIFIED, behind the others and without a slot. */
status_t resident_write(pfn_t frame);

/* Bring page `index` of a section into RAM and hold it there until resident_put(); the caller may
 * use machine_frame(*frame).  `write`: its content will change.
 * STATUS_NO_MEMORY: no frame now; STATUS_NOT_COMMITTED; STATUS_IN_PAGE_ERROR; STATUS_COMMITMENT_LIMIT:
 * a file's page would become the section's own. */
status_t resident_get(struct section *section, uint32_t index, bool write, pfn_t *frame);
void resident_put(struct section *section, uint32_t index);

/* Take the D bit from a VALID word: the frame keeps it, and the write watch of the region. */
void resident_take_dirty(struct space *space, va_t va, pte_t *pte);
