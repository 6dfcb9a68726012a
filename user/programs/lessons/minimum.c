/* minimum.c - lesson: how much memory does one instruction need?
 *
 * It is fetched, it reads, it writes.  This one, MOVSL, is 2 bytes long and moves 4; when all three lie across
 * the border of two pages, it needs six pages at the same time.  All of them are in one region with a cap on its
 * frames: with six the instruction ends, with five it never can.
 */
#include "user/programs/lessons/counters.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 4096, PAGES = 6 };

static unsigned char *memory; /* code in pages 0 and 1, source in 2 and 3, destination in 4 and 5 */

/* movsl (A5) with a prefix (3E), then ret (C3): the prefix is the last byte of its page. */
static void prepare(unsigned frames)
{
    memory = VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    memcpy(memory + PAGE - 1, "\x3E\xA5\xC3", 3);
    memcpy(memory + 3 * PAGE - 2, "\x11\x22\x33\x44", 4);
    memset(memory + 5 * PAGE - 2, 0, 4);
    cap_region(memory, frames, "fifo");
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1); /* nothing is there */
}

static void move(void)
{
    const void *from = memory + 3 * PAGE - 2, *code = memory + PAGE - 1;
    void *to = memory + 5 * PAGE - 2;

    __asm__ volatile("call *%2" : "+S"(from), "+D"(to) : "r"(code) : "memory", "cc");
}

/* The faults of the region so far. */
static unsigned counted(void)
{
    struct abi_region_counters counters = {.address = (uint32_t)(UINT_PTR)memory};

    control_of_pagoda()(ABI_CONTROL_REGION_COUNTERS, &counters, sizeof counters, NULL);
    return counters.faults;
}

static DWORD WINAPI move_thread(void *unused)
{
    move();
    return (DWORD)(UINT_PTR)unused;
}

int main(void)
{
    enum { PATIENCE = 1000 };
    unsigned before;
    HANDLE thread;

    setvbuf(stdout, NULL, _IONBF, 0);
    printf("One MOVSL: 2 bytes of code, 4 read, 4 written; each of the three across the border of "
           "pages.\n");
    if (!control_of_pagoda()) {
        printf("Only Pagoda can give a region so few frames.\n");
        return 0;
    }
    prepare(6);
    before = counted();
    move();
    before = counted() - before;
    printf("6 frames: %u page faults, moved %02X %02X %02X %02X\n", before, memory[5 * PAGE - 2],
           memory[5 * PAGE - 1], memory[5 * PAGE], memory[5 * PAGE + 1]);
    prepare(5);
    before = counted();
    thread = CreateThread(NULL, 0, move_thread, NULL, 0, NULL);
    while (counted() < before + PATIENCE && WaitForSingleObject(thread, 1) == WAIT_TIMEOUT)
        ;
    printf("5 frames: %s after %u page faults and more\n",
           WaitForSingleObject(thread, 0) == WAIT_TIMEOUT ? "still the same instruction" : "DONE",
           PATIENCE);
    printf("    the sixth page throws out one of the other five, for ever\n"
           "\nYou should now be able to say: what is the least memory in which a program can run "
           "at all,\n"
           "and why has each process a minimum working set?\n");
    ExitProcess(WaitForSingleObject(thread, 0) == WAIT_TIMEOUT ? 0 : 1);
}
