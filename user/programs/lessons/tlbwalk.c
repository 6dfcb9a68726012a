/* tlbwalk.c - lesson: the way of an address through MMU, TLB and page table, counted.
 *
 * No program can ask a real TLB, and the emulator's is no CPU's; so this is a model: 64 entries, the longest unused
 * one goes.  The reference strings are those of three loops, and each reference takes one arrow of the picture.
 */
#include <stdio.h>
#include <string.h>

enum { ENTRIES = 64, TABLE = 2048, PAGE = 4096 };

static int tlb[ENTRIES], used; /* page numbers, the one used last first */
static unsigned char present[TABLE];
static unsigned hits, walks, faults;

static void touch(unsigned address)
{
    int page = (int)(address / PAGE), at = 0;

    while (at < used && tlb[at] != page)
        at++;
    if (at < used) {
        hits++;
    } else {
        walks++;
        if (!present[page]) {
            faults++;
            present[page] = 1; /* the instruction runs again, and the walk succeeds */
        }
        at = used < ENTRIES ? used++ : ENTRIES - 1;
    }
    memmove(tlb + 1, tlb, (size_t)at * sizeof *tlb);
    tlb[0] = page;
}

static void report(const char *what)
{
    unsigned all = hits + walks;

    printf("%-34s %8u %8u %7u %7.2f %7.2f\n", what, hits, walks, faults, (2.0 * walks + all) / all,
           3.0);
    hits = walks = faults = 0;
}

static void flush(void) /* what a new CR3 does */
{
    used = 0;
}

int main(void)
{
    printf(
        "  CPU: address  (the MMU, a part of the CPU)\n"
        "        |\n"
        "       TLB --hit---------------------------------> frame + offset: RAM\n"
        "        | miss\n"
        "   page walk: directory, table\n"
        "        |--P = 1--> the CPU fills the TLB -------> frame + offset: RAM\n"
        "        | P = 0\n"
        "   page fault: the kernel asks the region\n"
        "        |--no such address---------------------> access violation (segmentation fault)\n"
        "        | the address is valid (V)\n"
        "        |--a frame is free--> read, PTE: P = 1 -> the instruction runs again\n"
        "        |--none is free: page replacement: a victim's PTE: P = 0, its page written, then "
        "as above\n\n"
        "%-34s %8s %8s %7s %7s %7s\n",
        "a model: 64 entries, LRU", "hits", "misses", "faults", "RAM/ref", "no TLB");
    for (unsigned i = 0; i < 32 * PAGE; i += 4)
        touch(i);
    report("128 KB, word after word");
    for (unsigned i = 0; i < 32 * PAGE; i += 4)
        touch(i);
    report("the same again");
    flush();
    for (unsigned i = 0; i < 32 * PAGE; i += 4)
        touch(i);
    report("again, after a change of CR3");
    for (int round = 0; round < 4; round++)
        for (unsigned page = 0; page < 65; page++)
            touch(page * PAGE);
    report("65 pages, a word of each, 4 rounds");
    printf("\nRAM/ref: accesses to RAM for one reference: 1 for a hit, 3 for a miss (directory, "
           "table, data).\n"
           "Nobody writes into the TLB but the CPU; the kernel can only make it forget.\n"
           "\nYou should now be able to say: which loop misses always, how many pages can 64 "
           "entries reach,\n"
           "and for which two reasons can a walk fail?\n");
    return 0;
}
