/* alarm.c - an array that grows when it is used: a guard page raises an alarm, the handler commits
 * one page more and sets the next guard.  A thread's stack grows in the same way, inside the kernel.
 */
#include <stdio.h>
#include <windows.h>

enum { PAGE = 0x1000, PAGES = 64 };

static char *array;
static unsigned alarms;

/* The page that was touched is an ordinary one now: guard the one above it. */
static LONG CALLBACK grow(EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    char *page = (char *)(record->ExceptionInformation[1] & ~(ULONG_PTR)(PAGE - 1));

    if (record->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION || page < array ||
        page >= array + PAGES * PAGE)
        return EXCEPTION_CONTINUE_SEARCH;
    alarms++;
    printf("alarm %u: %s of byte %lu\n", alarms,
           record->ExceptionInformation[0] ? "a write" : "a read",
           (unsigned long)(record->ExceptionInformation[1] - (ULONG_PTR)array));
    if (page + PAGE < array + PAGES * PAGE)
        VirtualAlloc(page + PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    return EXCEPTION_CONTINUE_EXECUTION;
}

int main(void)
{
    MEMORY_BASIC_INFORMATION info;

    setvbuf(stdout, NULL, _IONBF, 0);
    array = VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(array, PAGE, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    AddVectoredExceptionHandler(1, grow);
    for (unsigned i = 0; i < 5 * PAGE / 2; i++)
        array[i] = (char)i;
    VirtualQuery(array, &info, sizeof info);
    printf("%u bytes written, %u alarms; committed without a guard: %lu pages\n", 5 * PAGE / 2,
           alarms, (unsigned long)info.RegionSize / PAGE);
    VirtualQuery(array + 3 * PAGE, &info, sizeof info);
    printf("page 3: %s, PAGE_GUARD is %s\n", info.State == MEM_COMMIT ? "committed" : "reserved",
           info.Protect & PAGE_GUARD ? "set" : "not set");
    return 0;
}
