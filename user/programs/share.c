/* share.c - two instances of one program: which of their pages are the same memory?
 *
 * Instances wait, so that the monitor can look at them side by side:
 *
 *     run share.exe &          twice: both wait
 *     run share.exe write      one of them writes the middle one of three data pages
 *     run share.exe end        both end
 *
 * Each says itself how many share its pages (QueryWorkingSetEx, W131), and what writing cost.
 */
#include "user/programs/bare.h"

#include "lib/string.h"

#include <psapi.h>

enum { PAGE = 0x1000, PAGES = 3, MIDDLE = 1 };

/* Not zero, so that it is in the file: three pages of data that nothing else shares a page with. */
static volatile char data[PAGES * PAGE] __attribute__((aligned(PAGE))) = {'d', 'a', 't', 'a'};

/* The first page of code. */
static const volatile char *code(void)
{
    return (const volatile char *)GetModuleHandleA(NULL) + PAGE;
}

static void say_page(const char *what, const volatile char *page)
{
    PSAPI_WORKING_SET_EX_INFORMATION info = {.VirtualAddress = (void *)page};

    (void)*page; /* so that it is in the working set */
    K32QueryWorkingSetEx(GetCurrentProcess(), &info, sizeof info);
    bare_print("  %s at %08X: ", what, (unsigned)(uintptr_t)page);
    if (!info.VirtualAttributes.Valid)
        bare_print("not in RAM now\n");
    else if (!info.VirtualAttributes.Shared)
        bare_print("a copy of our own\n");
    else
        bare_print("the program file's page, mapped by %u\n",
                   (unsigned)info.VirtualAttributes.ShareCount);
}

static void say_pages(const char *when)
{
    bare_print("process %u %s:\n", (unsigned)GetCurrentProcessId(), when);
    say_page("code", code());
    for (unsigned i = 0; i < PAGES; i++)
        say_page("data", &data[i * PAGE]);
}

static PROCESS_MEMORY_COUNTERS counters(void)
{
    PROCESS_MEMORY_COUNTERS now = {.cb = sizeof now};

    K32GetProcessMemoryInfo(GetCurrentProcess(), &now, sizeof now);
    return now;
}

static void write_middle(void)
{
    PROCESS_MEMORY_COUNTERS before = counters(), after;

    data[MIDDLE * PAGE] = 'x';
    after = counters();
    bare_print("process %u wrote one byte at %08X: %u page fault, %d pages more in RAM\n",
               (unsigned)GetCurrentProcessId(), (unsigned)(uintptr_t)&data[MIDDLE * PAGE],
               (unsigned)(after.PageFaultCount - before.PageFaultCount),
               (int)(after.WorkingSetSize - before.WorkingSetSize) / PAGE);
}

static HANDLE event(const char *name, BOOL manual)
{
    HANDLE handle = CreateEventA(NULL, manual, FALSE, name);

    if (handle == NULL) {
        bare_print("share: no event \"%s\": error %u\n", name, (unsigned)GetLastError());
        ExitProcess(2);
    }
    return handle;
}

/* An instance: waits to be told to write, and to end. */
static int wait(void)
{
    HANDLE orders[] = {event("share-end", TRUE), event("share-write", FALSE)};

    say_pages("waits");
    while (WaitForMultipleObjects(2, orders, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
        write_middle();
        say_pages("has written");
    }
    return 0;
}

/* Gives an order to the instances that wait. */
static int order(const char *name)
{
    HANDLE handle = OpenEventA(EVENT_MODIFY_STATE, FALSE, name);

    if (handle == NULL) {
        bare_print("share: nobody waits; start two instances with \"run share.exe &\"\n");
        return 1;
    }
    SetEvent(handle);
    return 0;
}

int bare_main(int argc, char **argv)
{
    if (argc == 1)
        return wait();
    if (argc == 2 && string_equal_nocase(argv[1], "write"))
        return order("share-write");
    if (argc == 2 && string_equal_nocase(argv[1], "end"))
        return order("share-end");
    bare_print("usage: share [write|end]\nWaits; or lets an instance that waits write, or all of "
               "them end.\n");
    return 2;
}
