/* growthcost.c - how costs grow with N, in time-stamp cycles.
 *
 * Usage: growthcost WHAT MOST   for N = 10, 100 and so on up to MOST
 *
 *     regions   what a page costs to reserve, commit and release beside N regions
 *     blocks    the longest free() of N blocks, in random order
 *     heaps     HeapDestroy of one of N heaps
 *     files     opening one of N files; the next of a listing of them
 */
#include "tests/bench/bench.h"

#include <string.h>

enum { PAGE = 4096, TIMES = 200 };

static uint32_t seed = 12345;

static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * below >> 32);
}

static void tell(const char *name, uint32_t n, uint64_t cost)
{
    printf("bench growth:%s@%u %u\n", name, n, (unsigned)cost);
}

static void regions(uint32_t from, uint32_t to)
{
    uint64_t start;

    for (uint32_t i = from; i < to; i++)
        need(VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_READWRITE) != NULL, "VirtualAlloc");
    start = cycles();
    for (int i = 0; i < TIMES; i++)
        VirtualFree(VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 0,
                    MEM_RELEASE);
    tell("regions", to, (cycles() - start) / TIMES);
}

static void blocks(uint32_t from, uint32_t to)
{
    void **block = VirtualAlloc(NULL, to * sizeof *block, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    uint64_t most = 0;

    (void)from;
    need(block != NULL, "VirtualAlloc");
    for (uint32_t i = 0; i < to; i++)
        need((block[i] = malloc(16 + chance(496))) != NULL, "malloc");
    for (uint32_t left = to; left; left--) {
        uint32_t at = chance(left);
        uint64_t start = cycles();

        free(block[at]);
        start = cycles() - start;
        most = start > most ? start : most;
        block[at] = block[left - 1];
    }
    VirtualFree(block, 0, MEM_RELEASE);
    tell("blocks", to, most);
}

static void heaps(uint32_t from, uint32_t to)
{
    uint64_t start;
    HANDLE heap;

    for (uint32_t i = from; i < to; i++)
        need(HeapCreate(0, 0, 0) != NULL, "HeapCreate");
    heap = HeapCreate(0, 0, 0);
    start = cycles();
    HeapDestroy(heap);
    tell("heaps", to, cycles() - start);
}

static void name_file(char *name, uint32_t i)
{
    sprintf(name, "growth%06u.txt", i);
}

static void files(uint32_t from, uint32_t to)
{
    uint64_t spent = 0, start;
    uint32_t found = 0;
    WIN32_FIND_DATAA data;
    char name[24];
    HANDLE list;

    for (uint32_t i = from; i < to; i++) {
        HANDLE file;

        name_file(name, i);
        file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        need(file != INVALID_HANDLE_VALUE, "CreateFile");
        CloseHandle(file);
    }
    for (int i = 0; i < TIMES; i++) {
        HANDLE file;

        name_file(name, chance(to));
        start = cycles();
        file = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
        spent += cycles() - start;
        CloseHandle(file);
    }
    tell("open", to, spent / TIMES);
    list = FindFirstFileA("growth*", &data);
    start = cycles();
    while (FindNextFileA(list, &data))
        found++;
    tell("next", to, (cycles() - start) / (found + 1));
    FindClose(list);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*measure)(uint32_t from, uint32_t to);
    } all[] = {{"regions", regions}, {"blocks", blocks}, {"heaps", heaps}, {"files", files}};
    uint32_t most = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

    for (uint32_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
        for (uint32_t from = 0, to = 10; strcmp(argv[1], all[i].name) == 0 && to <= most;
             from = to, to *= 10)
            all[i].measure(from, to);
    exit(0);
}
