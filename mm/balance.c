/* balance.c - work done ahead, so that a fault finds what it needs.
 *
 * Nothing here is necessary: mm_fault() does all of it itself when it must.  So it may stop after each
 * frame, and needs no care for who waits.
 */
#include "mm/balance.h"

enum { ZEROED = 4096 }; /* more would only make an emulator touch all its memory */
enum { PASS = 8 };      /* pages trimmed in one pass: a program waits for it */

struct balance_settings balance_settings;
struct balance_counters balance_counters;

static bool writer_rests; /* the last try wrote nothing: wait for the next round */

void balance_init(void)
{
    balance_settings = (struct balance_settings){ZEROED, reclaim_settings.high};
    balance_counters = (struct balance_counters){0};
    writer_rests = false;
}

/* A paging file that is full or broken must not keep the CPU busy. */
static bool write_cluster(void)
{
    uint32_t done;

    if (writer_rests || pfn_count[PFN_MODIFIED] <= balance_settings.modified)
        return false;
    done = reclaim_write(reclaim_settings.cluster);
    balance_counters.written += done;
    writer_rests = done == 0;
    return !writer_rests;
}

bool balance_idle(void)
{
    if (write_cluster())
        return true;
    if (pfn_count[PFN_ZEROED] >= balance_settings.zeroed || !pfn_zero_one())
        return false;
    balance_counters.zeroed++;
    return true;
}

bool balance_is_low(void)
{
    return reclaim_ready() < reclaim_settings.low + reclaim_settings.cluster;
}

void balance_second(void)
{
    writer_rests = false;
    for (struct working_set *ws = replace_sets; ws; ws = ws->next) {
        ws->recent = ws->faults - ws->counted;
        ws->counted = ws->faults;
    }
}

/* The policies do the ageing: each set's own policy says which of its pages is the least useful. */
void balance_pass(void)
{
    uint32_t ready = reclaim_ready(), high = reclaim_settings.high, some = ready + PASS;

    balance_counters.passes++;
    if (ready < high)
        balance_counters.trimmed += reclaim_to_maximum((some < high ? some : high) - ready);
}
