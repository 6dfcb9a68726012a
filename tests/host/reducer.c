/* reducer.c - makes a reference string shorter, and leaves LRU and OPT what they are. */
#include "tests/host/reducer.h"

#include <string.h>

/* A reference that has not been passed on: it stays, or waits for the next one to its page. */
struct reference {
    uint32_t page;
    uint64_t time;
    bool write, stays;
};

/* Behind the first that waits, fewer than k + 1 pages have one that stays and one that waits. */
static struct reference queue[2 * REDUCER_MOST_K + 4];
static uint32_t waiting, k;
static uint32_t recents, recent[REDUCER_MOST_K + 1];           /* the page used last is the first */
static uint64_t now, last[REDUCER_PAGES], kept[REDUCER_PAGES]; /* 0: never */
static reducer_keep *keep_reference;

void reducer_start(uint32_t number, reducer_keep *keep)
{
    k = number;
    keep_reference = keep;
    now = waiting = recents = 0;
    memset(last, 0, sizeof last);
    memset(kept, 0, sizeof kept);
}

/* Others were used since the page's last reference that stays: k or more? */
static bool is_far(uint32_t page)
{
    uint32_t others = 0;

    for (uint32_t i = 0; i < recents && last[recent[i]] > kept[page]; i++)
        others += recent[i] != page;
    return others >= k;
}

static void use(uint32_t page)
{
    uint32_t at = 0;

    while (at < recents && recent[at] != page)
        at++;
    if (at == recents && recents <= k)
        recents++;
    else if (at == recents)
        at--;
    memmove(recent + 1, recent, at * sizeof *recent);
    recent[0] = page;
    last[page] = now;
}

static void take_out(struct reference *r)
{
    memmove(r, r + 1, (size_t)(queue + --waiting - r) * sizeof *r);
}

/* Whatever comes, the first ones stay. */
static void pass_on(void)
{
    while (waiting && (queue->stays || is_far(queue->page))) {
        keep_reference(queue->page, queue->write);
        if (!queue->stays)
            kept[queue->page] = queue->time;
        take_out(queue);
    }
}

static struct reference *find_waiting(uint32_t page)
{
    for (uint32_t i = waiting; i-- > 0;)
        if (queue[i].page == page && !queue[i].stays)
            return &queue[i];
    return NULL;
}

void reducer_add(uint32_t page, bool write)
{
    struct reference *middle;
    bool first = !last[page];

    now++;
    if (recents && recent[0] == page && !write)
        return;
    middle = find_waiting(page);
    if (middle && is_far(page)) {
        middle->stays = true;
        kept[page] = middle->time;
    } else if (middle) {
        write |= middle->write;
        take_out(middle);
    }
    if (first)
        kept[page] = now;
    queue[waiting++] = (struct reference){page, now, write, first};
    use(page);
    pass_on();
}

void reducer_end(void)
{
    for (uint32_t i = 0; i < waiting; i++)
        keep_reference(queue[i].page, queue[i].write);
    waiting = 0;
}
