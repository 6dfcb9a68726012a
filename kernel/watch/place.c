/* place.c - what lies at an address.
 *
 * Three sources answer: the map of the 4 GB (layout.h) says which part of it this is, the region
 * (VAD) says what was promised, and the PTE says where the page is now.  Nothing here touches the
 * address itself, so asking changes nothing: no fault, no accessed bit.
 */
#include "kernel/watch/place.h"
#include "kernel/process/process.h"
#include "kernel/service/walk.h"
#include "lib/heap_record.h"

struct space *place_newest(void)
{
    struct space *newest = &space_kernel;

    for (struct process *p = process_all; p; p = p->next)
        if (p->space && !p->ending)
            newest = p->space;
    return newest;
}

const char *place_type(const struct vad *region)
{
    return region->type == VAD_IMAGE ? "image" : region->type == VAD_VIEW ? "view" : "private";
}

/* Does it begin with the signature of a heap?  Only looked for where the page is in RAM: a question
 * of the monitor brings no page in. */
static bool begins_with_heap(struct space *space, const struct vad *region)
{
    const pte_t *pte = paging_find(space->dir, region->start);

    return region->type == VAD_PRIVATE && pte && pte_is_valid(*pte) &&
           *(const uint32_t *)machine_frame(pte_frame(*pte)) == HEAP_SIGNATURE;
}

const char *place_name(struct space *space, const struct vad *region)
{
    return !region->tag[0] && begins_with_heap(space, region) ? "heap" : region->tag;
}

void place_region(struct text *text, struct space *space, const struct vad *region)
{
    text_add(text, "%08X-%08X %7u KB  %-7s  %-4s  %s", region->start, region->end - 1,
             (region->end - region->start) >> 10, place_type(region),
             words_prot_short(region->prot), place_name(space, region));
}

/* The letter for the pages of [start, end): that of the first one that says something. */
static char bar_letter(struct space *space, va_t start, va_t end)
{
    const pte_t *pte;

    for (va_t va = start; (pte = paging_next(space->dir, &va, end)) != NULL; va += PAGE_SIZE)
        if (*pte)
            return words_pte_letter(*pte);
    return '.';
}

void place_bar(struct text *text, struct space *space, const struct vad *region, unsigned width,
               uint32_t *per)
{
    uint32_t pages = (region->end - region->start) >> PAGE_SHIFT;

    *per = (pages + width - 1) / width;
    for (uint32_t page = 0; page < pages; page += *per) {
        uint32_t end = page + *per < pages ? page + *per : pages;

        text_add(
            text, "%c",
            bar_letter(space, region->start + page * PAGE_SIZE, region->start + end * PAGE_SIZE));
    }
}

void place_directory(struct text *text, struct space *space, va_t va)
{
    pte_t entry = *paging_directory_entry(space->dir, va);

    text_add(text, "  CR3   the directory of this address space is in frame %05X\n", space->dir);
    text_add(text, "  PDE   entry %4u at %08X is %08X\n        ", directory_index(va),
             LAYOUT_DIRECTORY + directory_index(va) * 4, entry);
    if (!(entry & PTE_P)) {
        text_add(text, "no page table, so nothing is promised in these 4 MB\n");
        return;
    }
    if (entry & PTE_LARGE)
        text_add(text, "one page of 4 MB at physical %08X, ", entry & ~(TABLE_SPAN - 1));
    else
        text_add(text, "page table in frame %05X, ", pte_frame(entry));
    words_bits(text, entry);
    text_add(text, "\n");
}

void place_entry(struct text *text, va_t va, const char *verb, pte_t pte)
{
    text_add(text, "  PTE   entry %4u at %08X %s %08X\n        ",
             va >> PAGE_SHIFT & (TABLE_PTES - 1), LAYOUT_TABLES + (va >> PAGE_SHIFT) * 4, verb,
             pte);
    words_pte(text, pte);
    text_add(text, "\n");
}

void place_walk(struct text *text, struct space *space, va_t va)
{
    const pte_t *pte = paging_find(space->dir, va);
    pa_t pa;

    place_directory(text, space, va);
    if (pte)
        place_entry(text, va, "is", *pte);
    if (walk(space->dir << PAGE_SHIFT, va, 0, &pa))
        text_add(text, "  so %08X is physical %08X\n", va, pa);
}

void place_promise(struct text *text, struct space *space, va_t va)
{
    const pte_t *pte = paging_find(space->dir, va);
    const struct vad *region = vad_find(&space->regions, va);

    if (va >= LAYOUT_KERNEL)
        return;
    text_add(text, "  P, the bit \"present\", is %u; V, \"the address is valid\", is no bit: ",
             pte && pte_is_valid(*pte));
    if (!region)
        text_add(text, "no region has it\n");
    else
        text_add(text, region->section || (pte && *pte) ? "its region says yes\n"
                                                        : "it is reserved, not committed\n");
}

void place_backing(struct text *text, struct space *space, va_t va)
{
    const pte_t *pte = paging_find(space->dir, va), *master;
    const struct vad *region = vad_find(&space->regions, va);
    uint32_t index;

    if (pte && pte_is_valid(*pte) && pte_frame(*pte) < pfn_limit) {
        text_add(text, "  frame %05X is ", pte_frame(*pte));
        words_frame(text, pte_frame(*pte));
        text_add(text, "\n");
    }
    if (!region || !region->section)
        return;
    index = (va - region->start + region->offset) >> PAGE_SHIFT;
    master = section_master(region->section, index);
    text_add(text, "  section \"%s\" says of its page %u: ", region->section->name, index);
    if (!master)
        text_add(text, "nothing");
    else if (pte_is_valid(*master)) /* its hardware bits mean nothing: the CPU never sees it */
        text_add(text, "VALID: in frame %05X", pte_frame(*master));
    else
        words_pte(text, *master);
    text_add(text, "\n");
}

/* Parts of the map that need no region; false if `va` is in a part that regions describe. */
static bool address_in_map(struct text *text, va_t va)
{
    if (va < LAYOUT_USER_LOW)
        text_add(text, "The null partition: its 64 KB are never mapped, so that a null pointer "
                       "is caught.\n");
    else if (va >= LAYOUT_USER_END && va < LAYOUT_KERNEL)
        text_add(text, "The no-access partition: 64 KB that keep programs and kernel apart.\n");
    else if (va >= LAYOUT_KERNEL && va < LAYOUT_TABLES)
        text_add(text, "The kernel's direct map: physical address %08X.\n", va - LAYOUT_KERNEL);
    else if (va >= LAYOUT_DIRECTORY && va < LAYOUT_DIRECTORY + PAGE_SIZE)
        text_add(text, "The page directory, seen through its own entry: PDE %u, for %08X up.\n",
                 (va & PAGE_MASK) / 4, (va & PAGE_MASK) / 4 * TABLE_SPAN);
    else if (va >= LAYOUT_TABLES && va < LAYOUT_HYPERSPACE)
        text_add(text, "A page table, seen through the directory's own entry: the PTE of %08X.\n",
                 (va - LAYOUT_TABLES) / 4 << PAGE_SHIFT);
    else if (va >= LAYOUT_HYPERSPACE && va < LAYOUT_SPACE_LOW)
        text_add(text, "Hyperspace: windows through which the kernel looks at frames above its "
                       "direct map.\n");
    else if (va >= LAYOUT_STACKS && va < LAYOUT_STACKS_TOP)
        text_add(text, "The kernel's stacks, with a guard page below each.\n");
    else if (va >= LAYOUT_STACKS_TOP)
        text_add(text, "The end of the kernel's half: not used.\n");
    else
        return false;
    return true;
}

/* No region holds `va`: how large is the hole? */
static void address_in_hole(struct text *text, struct space *space, va_t va)
{
    const struct vad *above = vad_at_or_above(&space->regions, va);
    va_t start = space->low, end = above ? above->start : space->top;

    if (space == &space_kernel && va < LAYOUT_KERNEL) {
        text_add(text, "No program runs, so nothing is in the programs' half.\n");
        return;
    }

    for (const struct vad *v = vad_first(&space->regions); v && v->end <= va; v = vad_next(v))
        start = v->end;
    if (va < start || va >= end) {
        text_add(text, "Nothing is there, and nothing can be reserved there.\n");
        return;
    }
    text_add(text, "Free: no region of ");
    words_owner(text, space);
    text_add(text, " holds it. The hole is %08X-%08X, ", start, end - 1);
    words_size(text, end - start);
    text_add(text, ".\n");
}

static void address_in_region(struct text *text, struct space *space, const struct vad *region,
                              va_t va)
{
    text_add(text, "Region %08X-%08X, ", region->start, region->end - 1);
    words_size(text, region->end - region->start);
    text_add(text, ", %s", place_type(region));
    if (place_name(space, region)[0])
        text_add(text, ", \"%s\"", place_name(space, region));
    text_add(text, ", of ");
    words_owner(text, space);
    text_add(text, "; made as ");
    words_prot(text, region->prot);
    text_add(text, ".\n");
    if (region->section)
        text_add(text,
                 "It shows section \"%s\" (%u KB, %s) from byte offset %X on; this is offset "
                 "%X.\n",
                 region->section->name, region->section->size >> 10,
                 region->section->file ? "backed by its file" : "backed by the paging file",
                 region->offset, region->offset + (va - region->start));
}

/* The page's state as VirtualQuery would say it. */
static void address_state(struct text *text, struct space *space, va_t va)
{
    struct virtual_region run;

    if (virtual_query(space, va, &run))
        return;
    if (run.state == VIRTUAL_RESERVE)
        text_add(text, "Its page is reserved, not committed: touching it is refused.");
    else if (run.state == VIRTUAL_COMMIT) {
        text_add(text, "Its page is committed, ");
        words_prot(text, prot_from_windows(run.protect));
        text_add(text, ".");
    } else {
        return;
    }
    text_add(text, " The same holds for %08X-%08X.\n", run.base, run.base + run.size - 1);
}

static void address_page(struct text *text, struct space *space, va_t va)
{
    const pte_t *pte = paging_find(space->dir, va);

    if (!pte || pte_kind(*pte) == PTE_EMPTY)
        return;
    text_add(text, "Its PTE is ");
    words_pte(text, *pte);
    text_add(text, ".\n");
    if (pte_kind(*pte) == PTE_VALID || pte_kind(*pte) == PTE_TRANSITION) {
        text_add(text, "Frame %05X is ", pte_frame(*pte));
        words_frame(text, pte_frame(*pte));
        text_add(text, ".\n");
    }
}

void place_address(struct text *text, struct space *space, va_t va)
{
    const struct vad *region;

    if (va >= LAYOUT_KERNEL)
        space = &space_kernel;
    if (!address_in_map(text, va)) {
        region = vad_find(&space->regions, va);
        if (!region && va >= LAYOUT_USER_TOP && va < LAYOUT_USER_END)
            text_add(text,
                     "The last unit of the user partition: its first page, %08X, is shared "
                     "with the kernel, the rest is unusable.\n",
                     LAYOUT_SHARED_PAGE);
        else if (!region)
            address_in_hole(text, space, va);
        else
            address_in_region(text, space, region, va);
        if (region)
            address_state(text, space, va);
    }
    if (paging_find(space->dir, va))
        address_page(text, space, va);
}
