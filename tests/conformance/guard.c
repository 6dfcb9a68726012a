/* guard.c - PAGE_GUARD: one alarm, then an ordinary page. */
#include "tests/conformance/memory.h"

enum { ALARM = (int)STATUS_GUARD_PAGE_VIOLATION, VIOLATION = (int)EXCEPTION_ACCESS_VIOLATION };

static volatile unsigned char *guarded(SIZE_T size, DWORD protect)
{
    return fresh(size, RESERVE_COMMIT, protect | PAGE_GUARD);
}

static void test_one_shot(void)
{
    static const struct {
        const char *what;
        enum access access;
    } kinds[] = {{"a read", READ}, {"a write", WRITE}};
    volatile unsigned char *p;
    char what[80];

    for (unsigned i = 0; i < 2; i++) {
        p = guarded(PAGE, PAGE_READWRITE);
        snprintf(what, sizeof what, "%s: the alarm", kinds[i].what);
        fact_number("W85", what, ALARM, (int)touch(p + 0x123, kinds[i].access));
        snprintf(what, sizeof what, "%s: two parameters", kinds[i].what);
        fact_number("W85", what, 2, memory_seen.NumberParameters);
        snprintf(what, sizeof what, "%s: the kind of access", kinds[i].what);
        fact_number("W85", what, (int)kinds[i].access, memory_seen.ExceptionInformation[0]);
        snprintf(what, sizeof what, "%s: the address", kinds[i].what);
        fact_number("W85", what, (uintptr_t)p + 0x123, memory_seen.ExceptionInformation[1]);
        snprintf(what, sizeof what, "%s again: nothing", kinds[i].what);
        fact_number("W85", what, 0, (int)touch(p + 0x123, kinds[i].access));
        release(p);
    }
    p = guarded(PAGE, PAGE_EXECUTE_READWRITE);
    fact_number("W85", "a jump: the alarm", ALARM, (int)touch(p, EXECUTE));
    *p = 0xC3;
    fact_number("W85", "a jump again: nothing", 0, (int)touch(p, EXECUTE));
    release(p);
}

static volatile unsigned char *watched;
static volatile int alarms, other;

/* Goes on after the alarm, having used the page itself. */
static LONG CALLBACK go_on(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION) {
        other++;
        return EXCEPTION_CONTINUE_SEARCH;
    }
    alarms++;
    watched[1] = (unsigned char)(watched[2] + 9);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_continue(void)
{
    void *cookie = AddVectoredExceptionHandler(1, go_on);

    watched = guarded(PAGE, PAGE_READWRITE);
    watched[0] = 42;
    fact_number("W86", "one alarm", 1, alarms);
    fact("W86", "the write was done after it", watched[0] == 42);
    fact("W86", "the handler could use the page", watched[1] == 9 && other == 0);
    RemoveVectoredExceptionHandler(cookie);
    release(watched);
}

static void test_per_page(void)
{
    volatile unsigned char *p = guarded(4 * PAGE, PAGE_READWRITE);

    fact_number("W87", "the second page: an alarm", ALARM, (int)touch(p + PAGE, READ));
    fact_region("W87", "the first is still guarded", p, PAGE, MEM_COMMIT,
                PAGE_READWRITE | PAGE_GUARD);
    fact_region("W90", "the second is not", p + PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE);
    fact_region("W87", "the others are", p + 2 * PAGE, 2 * PAGE, MEM_COMMIT,
                PAGE_READWRITE | PAGE_GUARD);
    fact_number("W90", "AllocationProtect keeps PAGE_GUARD", PAGE_READWRITE | PAGE_GUARD,
                query(p + PAGE).AllocationProtect);
    fact_number("W87", "the third page: an alarm", ALARM, (int)touch(p + 2 * PAGE, WRITE));
    fact_number("W91", "armed again: the old value has no guard", PAGE_READWRITE,
                protect_old(p + PAGE, PAGE, PAGE_READWRITE | PAGE_GUARD));
    fact_number("W91", "an alarm again", ALARM, (int)touch(p + PAGE, READ));
    fact_number("W91", "armed, not touched: the old value has the guard",
                PAGE_READWRITE | PAGE_GUARD, protect_old(p, PAGE, PAGE_READWRITE | PAGE_GUARD));
    release(p);
    p = guarded(PAGE, PAGE_READONLY);
    fact_number("W88", "a write to GUARD|READONLY: first the alarm", ALARM, (int)touch(p, WRITE));
    fact_number("W88", "then the violation", VIOLATION, (int)touch(p, WRITE));
    fact_number("W88", "a read is fine", 0, (int)touch(p, READ));
    release(p);
}

/* The system touches the page for the program (W89). */
static void test_system(void)
{
    volatile unsigned char *p = guarded(PAGE, PAGE_READWRITE);

    SetLastError(0);
    fact("W89", "VirtualLock of a guarded page fails", !VirtualLock((void *)p, PAGE));
    fact_number("W89", "with error 80000001", 0x80000001u, GetLastError());
    fact_number("W89", "the guard is used up", PAGE_READWRITE, query(p).Protect);
    fact("W89", "a second time it succeeds", VirtualLock((void *)p, PAGE));
    VirtualUnlock((void *)p, PAGE);
    release(p);
    p = guarded(PAGE, PAGE_READWRITE);
    SetLastError(0);
    fact("W89", "VirtualQuery into a guarded page fails",
         VirtualQuery((void *)(uintptr_t)test_system, (void *)p, 28) == 0);
    fact_number("W89", "with error 80000001", 0x80000001u, GetLastError());
    fact_number("W89", "a second time it succeeds", 28,
                VirtualQuery((void *)(uintptr_t)test_system, (void *)p, 28));
    release(p);
}

static void test_watched(void)
{
    volatile unsigned char *p =
        fresh(PAGE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE | PAGE_GUARD);
    void *pages[2];
    ULONG_PTR count = 2;
    DWORD granularity;

    touch(p, WRITE);
    GetWriteWatch(0, (void *)p, PAGE, pages, &count, &granularity);
    fact_number("W92", "the write that raised the alarm is not recorded", 0, (int)count);
    touch(p, WRITE);
    count = 2;
    GetWriteWatch(0, (void *)p, PAGE, pages, &count, &granularity);
    fact_number("W92", "the next one is", 1, (int)count);
    release(p);
}

/* A guard inside the thread's own stack is the system's business (W93). */
static unsigned deep(unsigned pages)
{
    volatile unsigned char room[PAGE];

    room[0] = (unsigned char)pages;
    return pages ? room[0] + deep(pages - 1) : 0;
}

static void test_stack(void)
{
    void *cookie = AddVectoredExceptionHandler(1, go_on);

    alarms = 0;
    fact_number("W93", "64 pages of stack", 64 * 65 / 2, deep(64));
    fact_number("W93", "without an alarm", 0, alarms);
    RemoveVectoredExceptionHandler(cookie);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_one_shot();
    test_continue();
    test_per_page();
    test_system();
    test_watched();
    test_stack();
    return facts_end();
}
