/* trim.c - what a working set is: pages come in when they are touched, go out when the set is
 * emptied, come back by a fault each with their content, and stay when they are locked.
 */
#include <stdio.h>
#include <windows.h>
#include <psapi.h>

enum { PAGE = 0x1000, PAGES = 64, LOCKED = 8 };

static volatile char *memory;

static unsigned in_working_set(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PAGES; i++) {
        PSAPI_WORKING_SET_EX_INFORMATION info = {.VirtualAddress = (void *)(memory + i * PAGE)};

        QueryWorkingSetEx(GetCurrentProcess(), &info, sizeof info);
        count += info.VirtualAttributes.Valid;
    }
    return count;
}

static void step(const char *what)
{
    static DWORD faults;
    PROCESS_MEMORY_COUNTERS now;

    GetProcessMemoryInfo(GetCurrentProcess(), &now, sizeof now);
    printf("%-24s %2u of %u pages in the working set", what, in_working_set(), PAGES);
    if (faults)
        printf(", %lu page faults", (unsigned long)(now.PageFaultCount - faults));
    printf("\n");
    GetProcessMemoryInfo(GetCurrentProcess(), &now, sizeof now);
    faults = now.PageFaultCount;
}

static unsigned touch_all(void)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < PAGES; i++)
        sum += (unsigned)memory[i * PAGE]++;
    return sum;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    memory = VirtualAlloc(NULL, PAGES * PAGE, MEM_COMMIT, PAGE_READWRITE);
    step("committed");
    step("nothing done");
    touch_all();
    step("each page written");
    touch_all();
    step("again");
    EmptyWorkingSet(GetCurrentProcess());
    step("working set emptied");
    printf("the pages still hold %u times 2\n", touch_all() / 2);
    step("each page written");
    VirtualLock((void *)memory, LOCKED * PAGE);
    EmptyWorkingSet(GetCurrentProcess());
    step("8 locked, then emptied");
    return 0;
}
