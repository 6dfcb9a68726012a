/* replace_adaptive.c - LRU as far as A bits tell, and a way out of loops that are larger than RAM.
 *
 * The ring is in the order of last use, as far as somebody looked.  A walk from the young end back
 * over the young third looks at WALK pages a victim and renews those used meanwhile; the oldest page
 * goes, unless it was used since: then it is renewed, too.  Young pages are looked at most, because
 * most pages are used for the last time when they are young.  With a standby list the walk rests:
 * a page taken too early comes back from there.
 *
 * A loop over more pages than there are frames defeats LRU: each page goes just before it is needed.
 * There the newest page should go instead, and most of the loop stays.  Which of the two modes is
 * better is measured, not guessed.  Every few victims one is written down, a probe.  When its page
 * comes back, the time since says which mode would have kept it:
 *
 *   oldest goes   The page was gone when it was needed.  Of a loop of D pages in N frames the other mode
 *                 keeps N / D: that much is put on an account.  Each old page found used again is
 *                 what that mode might lose: one is taken off.  Enough on the account: change.
 *   newest goes   A probe back before all of LRU's pages were replaced is a loss.  An old page used
 *                 after that is a gain.  And the mode pays a small rent.  Account empty: back.
 *
 * So no mode is kept that loses, and the way back needs nothing of the program but its faults.  What
 * a try has cost is a debt: at most one victim in EARN pays for tries, so all of them together cost a
 * twentieth, whatever the program does.  Nothing here is done for all pages at once.
 */
#include "mm/replace.h"

enum { WALK = 8, CHANCES = 64 }; /* pages looked at for a victim */
enum { PROBES = 64, FILTER = 512 };
enum { OLD_STEP = 16, NEW_STEP = 64 }; /* a probe every so-manieth part of the memory in victims */
enum { ENTER = 3, CREDIT = 8, FLOOR = 4, RISK = 8, FEE = 8 }; /* parts of the memory */
enum { RENT = 32, EARN = 20 };                                /* victims */
enum { LOADED, USED }; /* pfn.mark: the first A = 1 is that of the load itself */

/* The policy's numbers, in ws->word. */
struct adaptive {
    uint32_t now;  /* pages that LRU would have had to make room for; pfn.age is the last use */
    uint32_t left; /* pages that the walk has before it */
    int32_t account, gain; /* pages: see above; since the mode began */
    int32_t debt;
    uint32_t victims;
    bool newest_goes;
    uint32_t next; /* probe */
    uint32_t probe_page[PROBES], probe_time[PROBES];
    uint32_t filter[FILTER / 32]; /* pages that may be among the probes */
};

_Static_assert(sizeof(struct adaptive) <= sizeof((struct working_set *)0)->word, "WS_WORDS");

static struct adaptive *numbers(struct working_set *ws)
{
    return (struct adaptive *)ws->word;
}

/* Frames that keep the set's pages. */
static int32_t memory(const struct working_set *ws)
{
    return (int32_t)(ws->count + ws->standby);
}

/* Victims that one probe stands for. */
static int32_t step(const struct working_set *ws, bool newest_goes)
{
    return memory(ws) / (newest_goes ? NEW_STEP : OLD_STEP) + 1;
}

static void start(struct working_set *ws)
{
    pfn_t frame = ws->hand;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->next) {
        pfn_record(frame)->age = 0;
        pfn_record(frame)->mark = LOADED;
    }
}

static void forget_probes(struct adaptive *a)
{
    for (uint32_t i = 0; i < PROBES; i++)
        a->probe_page[i] = 0;
    for (uint32_t i = 0; i < FILTER / 32; i++)
        a->filter[i] = 0;
}

/* Page numbers start at 1 here, since 0 is no probe. */
static uint32_t page_of(pfn_t frame)
{
    return (pfn_record(frame)->va >> PAGE_SHIFT) + 1;
}

static void let_pass(struct adaptive *a, uint32_t page)
{
    a->filter[page % FILTER / 32] |= 1u << page % 32;
}

static void write_down(struct adaptive *a, pfn_t victim)
{
    a->probe_page[a->next] = page_of(victim);
    a->probe_time[a->next] = a->now;
    let_pass(a, page_of(victim));
    a->next = (a->next + 1) % PROBES;
    if (a->next)
        return;
    for (uint32_t i = 0; i < FILTER / 32; i++) /* once round: only those that are still there */
        a->filter[i] = 0;
    for (uint32_t i = 0; i < PROBES; i++)
        let_pass(a, a->probe_page[i]);
}

/* A page was gone when it was needed. */
static void judge(struct working_set *ws, uint32_t since)
{
    struct adaptive *a = numbers(ws);
    uint32_t distance = a->newest_goes ? since : ws->count + since; /* pages used meanwhile */
    int32_t worth = step(ws, a->newest_goes);
    bool in_time = distance < (uint32_t)memory(ws); /* LRU would have had it */

    if (a->newest_goes && in_time) {
        a->account -= worth;
        a->gain -= worth;
    } else if (!a->newest_goes) {
        a->account +=
            in_time ? -worth : (int32_t)((uint32_t)worth * ((ws->count << 8) / distance) >> 8);
    }
}

static void change_mode(struct working_set *ws)
{
    struct adaptive *a = numbers(ws);

    a->newest_goes = !a->newest_goes;
    a->account = a->newest_goes ? memory(ws) / CREDIT : 0;
    if (!a->newest_goes && memory(ws) / FEE > a->gain)
        a->debt = memory(ws) / FEE - a->gain;
    a->gain = 0;
    a->left = 0;
    forget_probes(a);
}

/* The probe of this page, if there is one, ends: the time since it was written down says what was better. */
static APART void come_back(struct working_set *ws, uint32_t page)
{
    struct adaptive *a = numbers(ws);
    uint32_t i = 0;

    while (i < PROBES && a->probe_page[i] != page)
        i++;
    if (i == PROBES)
        return;
    a->probe_page[i] = 0;
    judge(ws, a->now - a->probe_time[i]);
    if (a->newest_goes ? a->account < 0 : !a->debt && a->account > memory(ws) / ENTER)
        change_mode(ws);
}

static void inserted(struct working_set *ws, pfn_t frame)
{
    struct adaptive *a = numbers(ws);
    uint32_t page = page_of(frame);

    pfn_record(frame)->mark = LOADED;
    pfn_record(frame)->age = a->now;
    if (a->filter[page % FILTER / 32] >> page % 32 & 1)
        come_back(ws, page);
}

/* An old page was used again. */
static void count_use(struct working_set *ws, uint32_t since)
{
    struct adaptive *a = numbers(ws);
    int32_t most = memory(ws) / CREDIT, least = -memory(ws) / FLOOR;

    if (!a->newest_goes && since > (uint32_t)memory(ws) / RISK && a->account > least)
        a->account--;
    if (!a->newest_goes || since < (uint32_t)memory(ws))
        return;
    a->now++; /* LRU would have had to read it */
    a->gain++;
    if (a->account < most)
        a->account++;
}

/* The page was used since somebody looked. */
static void note_use(struct working_set *ws, pfn_t frame)
{
    struct pfn *p = pfn_record(frame);

    ws->view->clear_accessed(frame);
    if (p->mark == USED)
        count_use(ws, numbers(ws)->now - p->age);
    p->mark = USED;
    p->age = numbers(ws)->now;
}

/* What it costs to look at a page: more for one that many programs map. */
static uint32_t look(pfn_t frame)
{
    return 1 + pfn_record(frame)->shares / 8u;
}

/* Look at the next pages of the walk, which goes back from the young end. */
static void walk(struct working_set *ws)
{
    struct adaptive *a = numbers(ws);
    pfn_t frame;

    for (uint32_t looks = 0; looks < WALK; looks += look(frame)) {
        if (a->left == 0) {
            ws->walk = pfn_record(ws->hand)->prev;
            a->left = a->newest_goes ? ws->count : (ws->count + 2) / 3;
        }
        a->left--;
        frame = ws->walk;
        ws->walk = pfn_record(frame)->prev;
        if (!replace_accessed(ws, frame))
            continue;
        note_use(ws, frame);
        if (!a->newest_goes)
            replace_renew(ws, frame);
    }
}

/* New frames come in before the hand.  A page used again has a second chance, so what is in use now
 * stays, too. */
static pfn_t newest(struct working_set *ws)
{
    pfn_t frame = pfn_record(ws->hand)->prev, spared = PFN_NONE;

    for (uint32_t i = 0; i < ws->count; i++, frame = pfn_record(frame)->prev) {
        if (pfn_record(frame)->locks)
            continue;
        if (i >= WALK || i + 1 == ws->count || !replace_accessed(ws, frame))
            return frame;
        ws->view->clear_accessed(frame);
        if (pfn_record(frame)->mark == USED)
            pfn_record(frame)->age = numbers(ws)->now;
        pfn_record(frame)->mark = USED;
        spared = frame;
    }
    return spared; /* all others are locked */
}

/* As CLOCK does, but after CHANCES second chances the oldest page goes in any case. */
static pfn_t oldest(struct working_set *ws)
{
    for (uint32_t i = 0, looks = 0; i < 2 * ws->count + 1;
         i++, ws->hand = pfn_record(ws->hand)->next) {
        if (pfn_record(ws->hand)->locks)
            continue;
        if (looks >= CHANCES || !replace_accessed(ws, ws->hand))
            return ws->hand;
        note_use(ws, ws->hand);
        looks += look(ws->hand);
    }
    return PFN_NONE;
}

static pfn_t victim(struct working_set *ws)
{
    struct adaptive *a = numbers(ws);
    pfn_t frame;

    a->now++;
    a->victims++;
    if (a->newest_goes)
        a->account -= a->victims % RENT == 0;
    else if (a->debt && a->victims % EARN == 0)
        a->debt--;
    if (a->newest_goes || !ws->standby)
        walk(ws);
    frame = a->newest_goes ? newest(ws) : oldest(ws);
    if (frame && a->victims % (uint32_t)step(ws, a->newest_goes) == 0)
        write_down(a, frame);
    return frame;
}

const struct replace_policy replace_adaptive = {
    .name = "adaptive",
    .title = "LRU by A bits; in a loop too large, the newest page",
    .start = start,
    .inserted = inserted,
    .victim = victim,
};
