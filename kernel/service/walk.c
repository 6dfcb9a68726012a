/* walk.c - what the MMU does with an address: directory, table, frame (Intel SDM vol. 3, 4.3 and 4.6). */
#include "kernel/service/walk.h"

bool walk(pa_t cr3, va_t va, uint32_t access, pa_t *pa)
{
    const pte_t *directory = machine_frame(cr3 >> PAGE_SHIFT), *table;
    pte_t pde = directory[directory_index(va)], pte = 0;
    uint32_t need = (access & WALK_WRITE ? PTE_W : 0u) | (access & WALK_USER ? PTE_U : 0u);
    uint32_t allowed = pde;

    *pa = access;
    if (!(pde & PTE_P))
        return false;
    if (!(pde & PTE_LARGE)) {
        table = machine_frame(pte_frame(pde));
        pte = table[va >> PAGE_SHIFT & (TABLE_PTES - 1)];
        if (!(pte & PTE_P))
            return false;
        allowed &= pte;
    }
    if ((allowed & need) != need) {
        *pa = access | WALK_PRESENT;
        return false;
    }
    if (pde & PTE_LARGE)
        *pa = (pde & ~(TABLE_SPAN - 1)) | (va & (TABLE_SPAN - 1));
    else
        *pa = pte_frame(pte) << PAGE_SHIFT | (va & PAGE_MASK);
    return true;
}
