/* paging.c - two-level page tables: find or create a PTE, build and free a directory.
 *
 * A virtual address is 10 bits of directory index, 10 bits of table index and 12 bits of offset
 * (Intel SDM vol. 3, 4.3).  Table frames come from the direct map, so a pte_t * stays good as long
 * as its table lives.
 */
#include "mm/paging.h"
#include "mm/layout.h"

void (*paging_pause)(void);

static pfn_t table_alloc(void)
{
    pfn_t frame = pfn_alloc(PFN_USE_TABLE, PFN_LOW | PFN_CLEAR | PFN_PIN);

    if (frame)
        pfn_record(frame)->shares = 1;
    return frame;
}

status_t paging_create(pfn_t *dir)
{
    *dir = table_alloc();
    return *dir ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

status_t paging_make(pfn_t dir, va_t first, va_t last, bool user, uint32_t *made)
{
    *made = 0;
    for (unsigned i = directory_index(first); i <= directory_index(last); i++) {
        pte_t *entry = paging_words(dir) + i;
        pfn_t table;

        if (*entry & PTE_P)
            continue;
        table = table_alloc();
        if (!table)
            return STATUS_NO_MEMORY;
        *entry = table << PAGE_SHIFT | PTE_P | PTE_W | (user ? PTE_U : 0);
        ++*made;
    }
    return STATUS_SUCCESS;
}

bool paging_drop(pfn_t dir, va_t va)
{
    pte_t *entry = paging_directory_entry(dir, va);
    pfn_t table = pte_frame(*entry);

    if (!(*entry & PTE_P))
        return false;
    *entry = 0;
    /* A process's self-map shows the table as a page, and the CPU may have cached that; a section's
     * directory has none, and then it costs nothing. */
    machine_forget(dir, LAYOUT_TABLES + (directory_index(va) << PAGE_SHIFT));
    pfn_free(table, true);
    return true;
}

void paging_destroy(pfn_t dir, unsigned first, unsigned last)
{
    for (unsigned i = first; i < last; i++)
        paging_drop(dir, i * TABLE_SPAN);
    pfn_free(dir, false);
}
