/* model.c - a naive model of one arena of address space. */
#include "tests/host/model.h"

#include <string.h>

enum { UNIT_PAGES = 16 };

struct model_page model_pages[MODEL_PAGES];
uint32_t model_first_page[MODEL_ALLOCATIONS];
uint32_t model_allocations;

static uint32_t allocate_protect[MODEL_ALLOCATIONS];

void model_reset(void)
{
    memset(model_pages, 0, sizeof model_pages);
    model_allocations = 0;
}

uint32_t model_index(va_t va)
{
    return (va - MODEL_BASE) >> PAGE_SHIFT;
}

static bool protect_is_good(uint32_t p)
{
    return p == 1 || p == 2 || p == 4 || p == 0x10 || p == 0x20 || p == 0x40 || p == 0x104 ||
           p == 0x102 || p == 0x204;
}

/* The whole pages of a range.  => it lies in the arena. */
static void whole_pages(va_t base, uint32_t size, uint32_t *first, uint32_t *last)
{
    *first = model_index(base);
    *last = model_index(base + size - 1);
}

static bool unit_is_taken(uint32_t first, uint32_t last)
{
    first &= ~(uint32_t)(UNIT_PAGES - 1);
    last |= UNIT_PAGES - 1;
    for (uint32_t i = first; i <= last && i < MODEL_PAGES; i++)
        if (model_pages[i].allocation)
            return true;
    return false;
}

bool model_reserve(va_t base, uint32_t size, bool commit, uint32_t protect)
{
    uint32_t first, last;

    whole_pages(base, size, &first, &last);
    first &= ~(uint32_t)(UNIT_PAGES - 1);
    if (!protect_is_good(protect) || unit_is_taken(first, last))
        return false;
    model_allocations++;
    model_first_page[model_allocations] = first;
    allocate_protect[model_allocations] = protect;
    for (uint32_t i = first; i <= last; i++)
        model_pages[i] = (struct model_page){model_allocations, commit, commit ? protect : 0, 0};
    return true;
}

static bool one_allocation(uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i <= last; i++)
        if (!model_pages[i].allocation ||
            model_pages[i].allocation != model_pages[first].allocation)
            return false;
    return true;
}

bool model_commit(va_t base, uint32_t size, uint32_t protect)
{
    uint32_t first, last;

    whole_pages(base, size, &first, &last);
    if (!protect_is_good(protect) || !one_allocation(first, last))
        return false;
    for (uint32_t i = first; i <= last; i++) {
        if (!model_pages[i].committed)
            model_pages[i].byte = 0;
        model_pages[i].committed = true;
        model_pages[i].protect = protect;
    }
    return true;
}

bool model_free(va_t base, uint32_t size, bool release)
{
    uint32_t first = model_index(base), last, number = model_pages[first].allocation;

    if (!number)
        return false;
    if (size == 0) {
        if (first != model_first_page[number])
            return false;
        for (last = first; last + 1 < MODEL_PAGES && model_pages[last + 1].allocation == number;)
            last++;
    } else {
        last = model_index(base + size - 1);
    }
    if (!one_allocation(first, last))
        return false;
    for (uint32_t i = first; i <= last; i++)
        model_pages[i] =
            release ? (struct model_page){0} : (struct model_page){.allocation = number};
    if (!release)
        return true;
    if (first == model_first_page[number])
        model_first_page[number] = last + 1;
    if (last + 1 < MODEL_PAGES && model_pages[last + 1].allocation == number &&
        model_first_page[number] != last + 1) {
        model_first_page[++model_allocations] =
            last + 1; /* a middle part went: two model_allocations are left */
        allocate_protect[model_allocations] = allocate_protect[number];
        for (uint32_t i = last + 1; i < MODEL_PAGES && model_pages[i].allocation == number; i++)
            model_pages[i].allocation = model_allocations;
    }
    return true;
}

bool model_protect(va_t base, uint32_t size, uint32_t protect, uint32_t *old)
{
    uint32_t first, last;

    whole_pages(base, size, &first, &last);
    if (!protect_is_good(protect) || !one_allocation(first, last))
        return false;
    for (uint32_t i = first; i <= last; i++)
        if (!model_pages[i].committed)
            return false;
    *old = model_pages[first].protect;
    for (uint32_t i = first; i <= last; i++)
        model_pages[i].protect = protect;
    return true;
}

/* What the program must see when it touches the page. */
status_t model_access(uint32_t i, bool write)
{
    uint32_t base = model_pages[i].protect & 0xFF;

    if (!model_pages[i].committed)
        return STATUS_ACCESS_VIOLATION;
    if (model_pages[i].protect & 0x100) {
        model_pages[i].protect &= ~0x100u;
        return STATUS_GUARD_PAGE_VIOLATION;
    }
    if (base == 1 || (write && base != 4 && base != 0x40))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

static bool same_run(uint32_t a, uint32_t b)
{
    return model_pages[a].allocation == model_pages[b].allocation &&
           model_pages[a].committed == model_pages[b].committed &&
           model_pages[a].protect == model_pages[b].protect;
}

bool model_query_agrees(struct space *space, uint32_t i)
{
    struct virtual_region r;
    uint32_t end = i, number = model_pages[i].allocation;

    while (end < MODEL_PAGES && same_run(i, end))
        end++;
    if (virtual_query(space, MODEL_BASE + i * PAGE_SIZE + (i * 37u & PAGE_MASK), &r))
        return false;
    if (r.base != MODEL_BASE + i * PAGE_SIZE ||
        (end < MODEL_PAGES && r.size != (end - i) * PAGE_SIZE))
        return false;
    if (!number)
        return r.state == VIRTUAL_FREE && r.protect == 1 && !r.allocation_base && !r.type;
    return r.state == (model_pages[i].committed ? VIRTUAL_COMMIT : VIRTUAL_RESERVE) &&
           r.protect == model_pages[i].protect && r.type == VIRTUAL_PRIVATE &&
           r.allocation_base == MODEL_BASE + model_first_page[number] * PAGE_SIZE &&
           r.allocation_protect == allocate_protect[number];
}
