/* test_frames.c - frames above the direct map: for programs first, never for page tables and pool.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * Only the frame database is used, around the border at 1 GB; no frame's bytes are touched.
 */
#include "tests/host/machine.h"

#include <string.h>

enum { BORDER = LAYOUT_DIRECT_FRAMES, LOW = 8, HIGH = 24, LIMIT = BORDER + HIGH };

static struct pfn database[LIMIT];

static bool is_low(pfn_t frame)
{
    return frame && frame < BORDER;
}

static void test_order(void)
{
    pfn_t high[HIGH], low[LOW];
    bool above = true, below = true;

    for (unsigned i = 0; i < HIGH; i++)
        above = above && (high[i] = pfn_alloc(PFN_USE_PRIVATE, PFN_PIN)) >= BORDER;
    test_ok(above, "frames for programs come from above the border while there are any");
    test_ok(is_low(pfn_alloc(PFN_USE_PRIVATE, PFN_PIN)), "then from below");
    for (unsigned i = 1; i < LOW; i++)
        below = below && is_low(low[i] = pfn_alloc(PFN_USE_TABLE, PFN_LOW | PFN_PIN));
    test_ok(below, "page tables come from below");
    for (unsigned i = 0; i < HIGH; i++)
        pfn_free(high[i], i % 2);
    pfn_check();
    test_ok(pfn_count[PFN_FREE] == HIGH / 2 && pfn_count[PFN_ZEROED] == HIGH / 2,
            "all high frames are free again, half of them zeroed");
    test_ok(!pfn_alloc(PFN_USE_TABLE, PFN_LOW | PFN_PIN), "and no page table gets one");
    pfn_free(low[1], true);
    test_ok(pfn_alloc(PFN_USE_TABLE, PFN_LOW | PFN_PIN) == low[1],
            "the only low frame is found behind all the high ones");
    pfn_free(low[1], false);
    test_ok(pfn_alloc(PFN_USE_PRIVATE, PFN_PIN) >= BORDER, "a program doesn't get it now");
    pfn_check();
}

/* Standby frames are taken in the order in which they came; a low one is searched for. */
static void test_standby(void)
{
    static pte_t words[3];
    pfn_t frame[3] = {BORDER + 1, BORDER - 2, BORDER + 2};

    memset(database, 0, sizeof database);
    pfn_init(database, LIMIT);
    for (unsigned i = 0; i < 3; i++) {
        struct pfn *p;

        pfn_add(frame[i], frame[i] + 1);
        test_ok(pfn_alloc(PFN_USE_PRIVATE, PFN_PIN) == frame[i], "frame %u", i);
        p = pfn_record(frame[i]);
        p->pte = &words[i];
        p->file = i == 1; /* its bytes are those of a file */
        words[i] = pte_transition(frame[i], PROT_READWRITE);
        pfn_move(frame[i], PFN_STANDBY);
    }
    test_ok(pfn_alloc(PFN_USE_TABLE, PFN_LOW | PFN_PIN) == frame[1],
            "the low frame is taken from behind the oldest");
    test_ok(pte_kind(words[1]) == PTE_PROTOTYPE, "its page is in the file");
    test_ok(pfn_alloc(PFN_USE_PRIVATE, PFN_PIN) == frame[0], "then the oldest");
    test_ok(pte_kind(words[0]) == PTE_DEMAND_ZERO, "its page was never written");
    test_ok(pte_kind(words[2]) == PTE_TRANSITION, "the third page still has its frame");
    test_ok(!pfn_alloc(PFN_USE_TABLE, PFN_LOW | PFN_PIN), "which is not low");
    pfn_check();
}

/* What a record held before its frame is used means nothing. */
static void test_fresh(void)
{
    memset(&database[BORDER - LOW], 0xA5, (LOW + HIGH) * sizeof *database);
    pfn_init(database, LIMIT);
    pfn_add(BORDER - LOW, LIMIT);
    pfn_check();
    test_ok(pfn_look(LIMIT - 1)->state == PFN_FREE && pfn_look(BORDER - LOW)->state == PFN_FREE,
            "frames that were never used are free");
    test_ok(pfn_look(BORDER - LOW - 1)->state == PFN_UNUSABLE,
            "one that was not handed over is not");
    test_ok(pfn_alloc(PFN_USE_PRIVATE, PFN_PIN) == LIMIT - 1, "the highest is used first");
    test_ok(pfn_look(LIMIT - 1) == pfn_record(LIMIT - 1) && !pfn_record(LIMIT - 1)->locks &&
                !pfn_record(LIMIT - 1)->pte,
            "now it has a record, which begins with nothing");
    pfn_free(LIMIT - 1, false);
    pfn_check();
}

int main(void)
{
    test_fresh();
    test_order();
    test_standby();
    return test_end();
}
