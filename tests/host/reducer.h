/* reducer.h - makes a reference string shorter, and leaves LRU and OPT what they are.
 *
 * "Safely allowed drop" of Kaplan, Smaragdakis and Wilson (SIGMETRICS 1999): of three references to a page
 * the middle one goes, if between the outer two fewer than K other pages are referenced.  With K frames or
 * more LRU and OPT fault as often as before.
 */
#ifndef TESTS_HOST_REDUCER_H
#define TESTS_HOST_REDUCER_H

#include <stdbool.h>
#include <stdint.h>

enum { REDUCER_PAGES = 1 << 15, REDUCER_MOST_K = 256 };

/* Called for each reference that stays, in their order. */
typedef void reducer_keep(uint32_t page, bool write);

/* `k`: 1 to REDUCER_MOST_K. */
void reducer_start(uint32_t k, reducer_keep *keep);
/* `page` below REDUCER_PAGES.  A write that goes makes the page's next reference a write. */
void reducer_add(uint32_t page, bool write);
void reducer_end(void);

#endif
