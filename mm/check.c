/* check.c - recomputes every invariant of mm from scratch.
 *
 * The words in the page tables and in the sections' tables are the truth.  All counters, frame
 * records and slots are recomputed from them and compared, and no word may give a program a way
 * to a frame that is not its own.
 */
#include "mm/check.h"
#include "mm/commit.h"
#include "mm/fault.h"
#include "mm/layout.h"
#include "mm/page.h"
#include "mm/pagefile.h"
#include "mm/pool.h"
#include "lib/string.h"

struct tally {
    uint32_t valid, charged, private, words, locked, watches; /* of one space */
    uint32_t slots, slot_sum, tables, physical, locks;        /* of everybody */
    uint32_t in_sets; /* pages that programs have locked, less those that working sets count */
};

/* A page in the paging file.  The sum of their numbers tells two words with one slot from two with two. */
static void count_slot(struct tally *tally, uint32_t slot)
{
    MM_ASSERT(pagefile_is_used(slot));
    tally->slots++;
    tally->slot_sum += slot;
}

/* A word that maps a frame: the frame's record agrees, and a program can't reach the kernel's. */
static void check_valid(const struct space *space, const struct vad *vad, va_t va, const pte_t *pte)
{
    const struct pfn *p = pfn_record(pte_frame(*pte));

    MM_ASSERT(pte_frame(*pte) < pfn_limit && p->state == PFN_ACTIVE && p->shares > 0);
    MM_ASSERT(prot_accessible(pte_prot(*pte)));
    MM_ASSERT(!(*pte & PTE_W) || prot_writable(pte_prot(*pte)));
    MM_ASSERT(!!(*pte & PTE_U) == (va < LAYOUT_KERNEL));
    MM_ASSERT(!p->ws == !!(vad->flags & VAD_RESIDENT) || p->use == PFN_USE_SHARED);
    if (p->use == PFN_USE_PRIVATE) /* in its program's ring, or in that of a region */
        MM_ASSERT(p->pte == pte && p->owner == space && p->va == va && p->shares == 1 &&
                  (!p->ws || p->ws == vad->ws));
    else if (p->use == PFN_USE_SHARED)
        MM_ASSERT(vad->section == p->section && page_master(vad, va) == p->pte &&
                  pte_frame(*p->pte) == pte_frame(*pte));
    else if (p->use == PFN_USE_PHYSICAL)
        MM_ASSERT(p->pte == pte && p->owner == space && p->va == va && vad->flags & VAD_PHYSICAL);
    else
        MM_ASSERT(va == LAYOUT_SHARED_PAGE && !(*pte & PTE_W));
}

static void check_word(const struct space *space, const struct vad *vad, va_t va, const pte_t *pte,
                       struct tally *tally)
{
    switch (pte_kind(*pte)) {
    case PTE_VALID:
        check_valid(space, vad, va, pte);
        tally->valid++;
        tally->locks +=
            vad->flags & VAD_RESIDENT && pfn_record(pte_frame(*pte))->use == PFN_USE_PRIVATE;
        break;
    case PTE_TRANSITION: {
        const struct pfn *p = pfn_record(pte_frame(*pte));

        MM_ASSERT(p->pte == pte && p->owner == space && p->va == va);
        MM_ASSERT(p->state == PFN_STANDBY || p->state == PFN_MODIFIED);
        break;
    }
    case PTE_PAGEFILE:
        count_slot(tally, pte_slot(*pte));
        break;
    case PTE_PROTOTYPE:
        MM_ASSERT(vad->type != VAD_PRIVATE);
        break;
    default:
        break;
    }
}

static void check_region(const struct space *space, const struct vad *vad, struct tally *tally)
{
    uint32_t charged = 0;

    const pte_t *pte;

    if (vad->type != VAD_PRIVATE) /* a view has all its tables */
        MM_ASSERT(paging_missing(space->dir, vad->start, vad->end - 1) == 0);
    for (va_t va = vad->start; (pte = paging_next(space->dir, &va, vad->end)) != NULL;
         va += PAGE_SIZE) {
        charged += page_is_charged(page_state(vad, va, pte));
        tally->words += *pte != 0;
        if (*pte)
            check_word(space, vad, va, pte, tally);
        tally->locked += !(vad->flags & VAD_RESIDENT) && resident_is_locked(vad, va, *pte);
    }
    MM_ASSERT(charged == vad->commit && vad->space == space);
    tally->charged += charged;
    tally->private += vad->type == VAD_PRIVATE ? charged : 0;
    tally->watches += vad->watch != NULL;
}

/* Words of a table, whoever they belong to. */
static uint32_t words_in_table(pfn_t table)
{
    const pte_t *words = paging_words(table);
    uint32_t count = 0;

    for (uint32_t i = 0; i < TABLE_PTES; i++)
        count += words[i] != 0;
    return count;
}

/* Every word lies in a region, and every table is counted. */
static void check_tables(const struct space *space, struct tally *tally)
{
    uint32_t tables = space == &space_kernel ? 0 : 1, words = 0;

    for (va_t va = space->low & ~(TABLE_SPAN - 1); va < space->top; va += TABLE_SPAN) {
        pte_t entry = *paging_directory_entry(space->dir, va);

        if (!(entry & PTE_P))
            continue;
        tables++;
        words += words_in_table(pte_frame(entry));
        MM_ASSERT(pfn_record(pte_frame(entry))->use == PFN_USE_TABLE);
    }
    MM_ASSERT(tables == space->tables && words == tally->words);
    tally->tables += tables;
}

/* Faults by kind, of one program or of all there ever were. */
static void check_faults(const uint32_t kind[FAULT_KINDS], uint32_t faults)
{
    for (unsigned k = 0; k < FAULT_KINDS; k++)
        faults -= kind[k];
    MM_ASSERT(faults == 0);
}

static uint32_t check_space(const struct space *space, struct tally *tally)
{
    memset(tally, 0, offsetof(struct tally, slots));
    tally->physical += space->physical;
    tally->locks += space->physical + space->locked;
    tally->in_sets += space->locked;
    vad_check(&space->regions);
    for (const struct vad *vad = vad_first(&space->regions); vad; vad = vad_next(vad))
        check_region(space, vad, tally);
    check_tables(space, tally);
    MM_ASSERT(tally->valid == space->resident && tally->locked == space->locked);
    MM_ASSERT(tally->charged + space->physical + space->tables == space->commit);
    MM_ASSERT(tally->private + space->physical == space->private_commit &&
              tally->watches == space->watches);
    MM_ASSERT(space->resident <= space->peak_resident);
    MM_ASSERT(space->private_commit <= space->peak_commit);
    check_faults(space->counters.kind, space->counters.faults);
    return space->commit;
}

static void check_views(const struct section *section)
{
    const struct vad *before = NULL;
    uint32_t count = 0;

    for (const struct vad *v = section->views; v; before = v, v = v->next_view, count++)
        MM_ASSERT(v->section == section && v->prev_view == before);
    MM_ASSERT(count == section->view_count && count <= section->references);
}

static uint32_t check_section(const struct section *section, struct tally *tally)
{
    uint32_t charged = 0;

    check_views(section);
    for (uint32_t i = 0; i < section->pages; i++) {
        const pte_t *master = section_master(section, i);

        charged += section_owns(section, *master);
        if (pte_kind(*master) == PTE_PAGEFILE) {
            count_slot(tally, pte_slot(*master));
        } else if (pte_kind(*master) == PTE_VALID || pte_kind(*master) == PTE_TRANSITION) {
            const struct pfn *p = pfn_record(pte_frame(*master));

            MM_ASSERT(p->use == PFN_USE_SHARED && p->section == section && p->pte == master);
            MM_ASSERT(p->va == i << PAGE_SHIFT);
        }
    }
    MM_ASSERT(charged == section->commit);
    tally->tables += section->tables + 1;
    return section->commit + section->tables + 1;
}

/* Frames: shares are what the words say, rings are what the working sets say. */
static void check_frames(struct tally *tally)
{
    uint32_t in_sets = 0, counted = 0;

    for (pfn_t f = 1; f < pfn_limit; f++) {
        const struct pfn *p = pfn_look(f);

        if (p->slot)
            count_slot(tally, p->slot);
        in_sets += p->ws != NULL;
        tally->locks -= p->locks;
        if (p->state == PFN_ACTIVE && p->use == PFN_USE_PRIVATE)
            MM_ASSERT(resident_mappings(f) == 1);
        if (p->state == PFN_ACTIVE && p->use == PFN_USE_PHYSICAL)
            MM_ASSERT(p->shares == (p->pte != NULL) && p->locks == 1 && !p->ws);
        if (p->state == PFN_ACTIVE && p->use == PFN_USE_SHARED)
            MM_ASSERT(resident_mappings(f) == p->shares);
    }
    for (const struct working_set *ws = replace_sets; ws; ws = ws->next) {
        pfn_t f = ws->hand;

        for (uint32_t i = 0; i < ws->count; i++, counted++, f = pfn_record(f)->next)
            MM_ASSERT(pfn_record(f)->ws == ws && pfn_record(pfn_record(f)->next)->prev == f);
        MM_ASSERT(f == ws->hand);
        tally->in_sets -= ws->locked;
    }
    MM_ASSERT(in_sets == counted && !tally->locks && !tally->in_sets);
    MM_ASSERT(tally->physical == pfn_uses[PFN_USE_PHYSICAL]);
}

void mm_check(void)
{
    struct tally tally = {0};
    uint32_t commit = 0;

    pfn_check();
    pool_check();
    for (const struct space *s = &space_kernel; s; s = s->next)
        commit += check_space(s, &tally);
    for (const struct section *s = section_all; s; s = s->next)
        commit += check_section(s, &tally);
    check_frames(&tally);
    for (uint32_t slot = 1; slot <= pagefile_counters.slots; slot++)
        tally.slot_sum -= pagefile_is_used(slot) ? slot : 0;
    MM_ASSERT(commit == commit_counters.total);
    MM_ASSERT(commit <= commit_limit());
    /* The kernel's directory counts, too, but the one that the machine started with is no table of ours. */
    tally.tables += pfn_record(space_kernel.dir)->use == PFN_USE_TABLE;
    MM_ASSERT(tally.tables == pfn_uses[PFN_USE_TABLE]);
    MM_ASSERT(tally.slots == pagefile_counters.used && !tally.slot_sum);
    MM_ASSERT(tally.slots <= pagefile_counters.peak && commit <= commit_counters.peak);
    check_faults(fault_kind_count, fault_count);
}
