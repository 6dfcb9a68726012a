/* check.c - lab 5: threads that use up their stacks in different ways.
 *
 *   lab05 grow PAGES      touch so many new pages, one after the other
 *   lab05 end KB          touch pages until the stack is full, and look at what is left
 *   lab05 jump PAGES      touch a page that many pages below the guard
 *   lab05 guard           a guard page that is no stack's
 */
#include "docs/labs/lab.h"

static unsigned pages, overflows, alarms;
static char *stack_low;
static void *go_on[5]; /* for __builtin_longjmp */

static char *limit(void)
{
    char *value;

    __asm__ volatile("movl %%fs:8, %0" : "=r"(value)); /* the TEB's stack limit */
    return value;
}

static char *lowest(void)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(limit(), &info, sizeof info);
    return (char *)info.AllocationBase;
}

/* The page below the limit is the guard: touching it makes the stack grow by one. */
static DWORD WINAPI grow(void *unused)
{
    unsigned step = 0;

    char *before = limit();

    mark("before", pages);
    for (char *at = before - PAGE; step < pages; step++, at -= PAGE)
        *(volatile char *)at = 1;
    audit();
    mark("after", pages);
    mark("limit", (unsigned)(before - limit()) / PAGE);
    return unused != NULL;
}

static LONG CALLBACK on_overflow(EXCEPTION_POINTERS *exception)
{
    DWORD code = exception->ExceptionRecord->ExceptionCode;

    if (code == STATUS_STACK_OVERFLOW && ++overflows == 1)
        __builtin_longjmp(go_on, 1);
    mark("died", code);
    ExitProcess(code);
    return EXCEPTION_CONTINUE_SEARCH;
}

static DWORD WINAPI use_up(void *unused)
{
    MEMORY_BASIC_INFORMATION info;

    stack_low = lowest();
    mark("before", 0);
    AddVectoredExceptionHandler(1, on_overflow);
    if (__builtin_setjmp(go_on) == 0)
        for (char *at = limit() - PAGE; at >= stack_low; at -= PAGE)
            *(volatile char *)at = 1;
    mark("overflows", overflows);
    VirtualQuery(stack_low, &info, sizeof info);
    mark("lowest-state", info.State);
    mark("lowest-size", info.RegionSize / PAGE);
    audit();
    return unused != NULL;
}

static DWORD WINAPI jump(void *unused)
{
    *(volatile char *)(limit() - PAGE + 16) = 1; /* the guard: this one is allowed */
    mark("before", pages);
    *(volatile char *)(limit() - PAGE - pages * PAGE) = 1;
    mark("survived", 0);
    return unused != NULL;
}

static LONG CALLBACK on_alarm(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    alarms++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static DWORD WINAPI guard(void *unused)
{
    volatile char *page = VirtualAlloc(NULL, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);

    AddVectoredExceptionHandler(1, on_alarm);
    page[PAGE] = 7;
    page[PAGE] = 8;
    mark("alarms", alarms);
    mark("value", (unsigned)page[PAGE]);
    return unused != NULL;
}

int main(int argc, char **argv)
{
    const char *scene = argc > 1 ? argv[1] : "";
    unsigned number = argument(argc, argv, 2);
    LPTHREAD_START_ROUTINE start = strcmp(scene, "grow") == 0  ? grow
                                   : strcmp(scene, "end") == 0 ? use_up
                                   : strcmp(scene, "jump") == 0 ? jump
                                                                : guard;
    HANDLE thread;

    pages = number;
    thread = CreateThread(NULL, start == use_up ? number * 1024 : 0x100000, start, NULL,
                          STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    WaitForSingleObject(thread, INFINITE);
    mark("done", 0);
    return 0;
}
