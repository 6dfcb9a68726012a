/* model.h - a naive model of one arena of address space: an array with one entry a page.
 *
 * It knows nothing of trees, tables or frames, so that it can be right for other reasons than mm/.
 */
#ifndef TESTS_HOST_MODEL_H
#define TESTS_HOST_MODEL_H

#include "tests/host/machine.h"

enum { MODEL_BASE = 0x10000000, MODEL_PAGES = 256, MODEL_ALLOCATIONS = 100000 };

struct model_page {
    uint32_t allocation; /* number of its allocation, 0: free */
    bool committed;
    uint32_t protect; /* PAGE_x, as it is now */
    uint8_t byte;     /* in its first byte */
};

extern struct model_page model_pages[MODEL_PAGES];
extern uint32_t model_first_page[MODEL_ALLOCATIONS]; /* of each allocation */
extern uint32_t model_allocations;                   /* made so far */

void model_reset(void);
uint32_t model_index(va_t va);

/* The calls: true and the model changed, or false and nothing changed.
 * => the range lies in the arena. */
bool model_reserve(va_t base, uint32_t size, bool commit, uint32_t protect);
bool model_commit(va_t base, uint32_t size, uint32_t protect);
bool model_free(va_t base, uint32_t size, bool release);
bool model_protect(va_t base, uint32_t size, uint32_t protect, uint32_t *old);

/* What a program must see when it touches page i; a guard is used up. */
status_t model_access(uint32_t i, bool write);

/* Does virtual_query() say of page i what the model says? */
bool model_query_agrees(struct space *space, uint32_t i);

#endif
