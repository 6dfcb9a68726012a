/* matrix.c - the access matrix: every kind of page, touched in five ways, one expected outcome each.
 *
 * The five ways: the program reads, writes and executes; the system reads for it (WriteFile's
 * buffer) and writes for it (VirtualQuery's record).  What the program may not do, the system must
 * not do for it: there the call fails and nothing is raised.  A page is prepared afresh for each
 * access, so that none depends on the one before.
 */
#include "tests/conformance/memory.h"

enum { VIOLATION = (int)EXCEPTION_ACCESS_VIOLATION, ALARM = (int)STATUS_GUARD_PAGE_VIOLATION };
enum way { USER_READ, USER_WRITE, USER_EXECUTE, SYSTEM_READ, SYSTEM_WRITE, WAYS };
static const char *const ways[WAYS] = {"user reads", "user writes", "user executes", "system reads",
                                       "system writes"};
enum { RIGHT_READ = 1, RIGHT_WRITE = 2, RIGHT_GUARD = 4 };
enum { ABOVE = 0x7FFE0000 };

static HANDLE file;

/* --- the five ways --- */

/* Runs the code at `address`.  A page of zeros is code, too: it adds to the byte at EAX, so that must
 * be somewhere; the page behind it holds a return instruction. */
static void run(volatile unsigned char *address)
{
    static unsigned char somewhere[4];

    __asm__ volatile("call *%0" : : "c"(address), "a"(somewhere) : "memory", "cc", "edx");
}

static int user_way(volatile unsigned char *address, enum way how)
{
    void *cookie = AddVectoredExceptionHandler(1, memory_leave);

    memset(&memory_seen, 0, sizeof memory_seen);
    if (setjmp(memory_way_out) == 0) {
        if (how == USER_READ)
            (void)*(volatile uint32_t *)address;
        else if (how == USER_WRITE)
            *(volatile uint32_t *)address = 0xC3C3C3C3;
        else
            run(address);
    }
    RemoveVectoredExceptionHandler(cookie);
    return (int)memory_seen.ExceptionCode;
}

/* 0, or the exception that a failed call stands for. */
static int system_way(void *address, enum way how)
{
    DWORD done, error;

    SetLastError(0);
    if (how == SYSTEM_READ ? WriteFile(file, address, 4, &done, NULL)
                           : VirtualQuery(&file, address, 28) == 28)
        return 0;
    error = GetLastError();
    return error == ERROR_NOACCESS || error == ERROR_INVALID_USER_BUFFER ? VIOLATION : (int)error;
}

static int outcome(uintptr_t address, enum way how)
{
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    return how < SYSTEM_READ ? user_way(at(address), how) : system_way(at(address), how);
}

/* What the rights of a page promise.  There is no execute-disable bit: what may be read may be
 * executed. */
static int expected(unsigned rights, enum way how)
{
    int writes = how == USER_WRITE || how == SYSTEM_WRITE;

    if (rights & RIGHT_GUARD)
        return ALARM;
    return rights & (writes ? RIGHT_WRITE : RIGHT_READ) ? 0 : VIOLATION;
}

static void cell(const char *what, uintptr_t address, unsigned rights, enum way how)
{
    char line[100];

    snprintf(line, sizeof line, "%s: %s", what, ways[how]);
    fact_number("R3", line, expected(rights, how), outcome(address, how));
}

/* An address that is the same every time. */
static void fixed(const char *what, uintptr_t address, unsigned rights)
{
    for (enum way how = 0; how < WAYS; how++)
        if (!(how == USER_EXECUTE && rights)) /* nothing is known about the code there */
            cell(what, address, rights, how);
}

/* --- private pages: protection x history --- */

struct protection {
    const char *name;
    DWORD value;
    unsigned rights;
};
static const struct protection protections[] = {
    {"NOACCESS", PAGE_NOACCESS, 0},
    {"READONLY", PAGE_READONLY, RIGHT_READ},
    {"READWRITE", PAGE_READWRITE, RIGHT_READ | RIGHT_WRITE},
    {"EXECUTE", PAGE_EXECUTE, RIGHT_READ},
    {"EXECUTE_READ", PAGE_EXECUTE_READ, RIGHT_READ},
    {"EXECUTE_READWRITE", PAGE_EXECUTE_READWRITE, RIGHT_READ | RIGHT_WRITE},
    {"GUARD|READONLY", PAGE_GUARD | PAGE_READONLY, RIGHT_READ | RIGHT_GUARD},
    {"GUARD|READWRITE", PAGE_GUARD | PAGE_READWRITE, RIGHT_READ | RIGHT_WRITE | RIGHT_GUARD},
    {"GUARD|EXECUTE_READ", PAGE_GUARD | PAGE_EXECUTE_READ, RIGHT_READ | RIGHT_GUARD},
};
enum { PROTECTIONS = sizeof protections / sizeof *protections };

enum history { UNTOUCHED, TOUCHED, TRIMMED, LOCKED, COPIED, HISTORIES };
static const char *const histories[HISTORIES] = {"never touched", "written", "written, trimmed",
                                                 "locked", "committed twice"};

/* Two pages: the one to be touched, and one that ends a run through zeros. */
static volatile unsigned char *prepare(DWORD protect, enum history history)
{
    volatile unsigned char *p = fresh(2 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    p[PAGE] = 0xC3; /* ret */
    if (history != UNTOUCHED)
        memset((void *)p, 0xC3, 64);
    if (history == LOCKED)
        VirtualLock((void *)p, PAGE);
    protect_old(p, PAGE, protect);
    if (history == COPIED)
        VirtualAlloc((void *)p, PAGE, MEM_COMMIT, protect);
    if (history == TRIMMED)
        SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
    return p;
}

static void test_private(void)
{
    char what[80];

    for (unsigned i = 0; i < PROTECTIONS; i++)
        for (enum history h = 0; h < HISTORIES; h++)
            for (enum way how = 0; how < WAYS; how++) {
                volatile unsigned char *p = prepare(protections[i].value, h);

                snprintf(what, sizeof what, "%s, %s", protections[i].name, histories[h]);
                cell(what, (uintptr_t)p, protections[i].rights, how);
                release(p);
            }
}

/* --- views --- */

static void test_views(void)
{
    static const struct {
        const char *name;
        DWORD access;
        unsigned rights;
    } views[] = {
        {"READ view", FILE_MAP_READ, RIGHT_READ},
        {"WRITE view", FILE_MAP_WRITE, RIGHT_READ | RIGHT_WRITE},
        {"COPY view", FILE_MAP_COPY, RIGHT_READ | RIGHT_WRITE},
        {"EXECUTE view", FILE_MAP_READ | FILE_MAP_EXECUTE, RIGHT_READ},
        {"view without access", 0, 0},
    };
    char what[80];

    for (unsigned i = 0; i < sizeof views / sizeof *views; i++)
        for (unsigned touched = 0; touched < 2; touched++)
            for (enum way how = 0; how < WAYS; how++) {
                HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL,
                                                    PAGE_EXECUTE_READWRITE, 0, 2 * PAGE, NULL);
                unsigned char *all = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
                unsigned char *view = MapViewOfFile(section, views[i].access, 0, 0, 0);

                all[PAGE] = 0xC3;
                if (touched)
                    memset(all, 0xC3, 64);
                snprintf(what, sizeof what, "%s, page %s", views[i].name,
                         touched ? "in RAM" : "never touched");
                cell(what, (uintptr_t)view, views[i].rights, how);
                UnmapViewOfFile(view);
                UnmapViewOfFile(all);
                CloseHandle(section);
            }
}

/* --- pages that are not there, and the ends of the address space --- */

static const unsigned char constants[64] = {1};
static unsigned char variables[64];

static void test_places(void)
{
    volatile unsigned char *p = fresh(4 * PAGE, MEM_RESERVE, PAGE_READWRITE);

    fixed("reserved", (uintptr_t)p, 0);
    VirtualAlloc((void *)p, PAGE, MEM_COMMIT, PAGE_READWRITE);
    p[0] = 1;
    VirtualFree((void *)p, PAGE, MEM_DECOMMIT);
    fixed("decommitted", (uintptr_t)p, 0);
    release(p);
    fixed("free", PLACE, 0);
    fixed("null", 0, 0);
    fixed("last word of the null partition", 0xFFFC, 0);
    fixed("shared page", ABOVE, RIGHT_READ);
    fixed("above the shared page", ABOVE + PAGE, 0);
    fixed("last word of the user partition", 0x7FFEFFFC, 0);
    fixed("no-access partition", 0x7FFF0000, 0);
    fixed("last word of the no-access partition", 0x7FFFFFFC, 0);
    fixed("first word of the kernel's half", 0x80000000u, 0);
    fixed("kernel code", 0x80100000u, 0);
    fixed("page tables", 0xC0000000u, 0);
    fixed("page directory", 0xC0300000u, 0);
    fixed("hyperspace", 0xC0400000u, 0);
    fixed("kernel space", 0xE1000000u, 0);
    fixed("kernel stacks", 0xF8000000u, 0);
    fixed("last word of all", 0xFFFFFFFCu, 0);
    fixed("code of an image", (uintptr_t)test_places, RIGHT_READ);
    fixed("constants of an image", (uintptr_t)constants, RIGHT_READ);
    fixed("variables of an image", (uintptr_t)variables, RIGHT_READ | RIGHT_WRITE);
}

/* Four bytes of which two lie on a good page and two behind it. */
static void test_straddling(void)
{
    static const struct {
        const char *what;
        DWORD protect; /* of the second page; 0: reserved only */
        unsigned rights;
    } pairs[] = {{"good page, then NOACCESS", PAGE_NOACCESS, 0},
                 {"good page, then reserved", 0, 0},
                 {"good page, then READONLY", PAGE_READONLY, RIGHT_READ},
                 {"good page, then GUARD", PAGE_READWRITE | PAGE_GUARD, RIGHT_GUARD},
                 {"good page, then good page", PAGE_READWRITE, RIGHT_READ | RIGHT_WRITE}};

    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (enum way how = 0; how < WAYS; how++) {
            volatile unsigned char *p = fresh(2 * PAGE, MEM_RESERVE, PAGE_READWRITE);

            if (how == USER_EXECUTE)
                continue;
            VirtualAlloc((void *)p, PAGE, MEM_COMMIT, PAGE_READWRITE);
            if (pairs[i].protect)
                VirtualAlloc((void *)(p + PAGE), PAGE, MEM_COMMIT, pairs[i].protect);
            p[PAGE - 1] = p[PAGE - 2] = 7;
            cell(pairs[i].what, (uintptr_t)p + PAGE - 2, pairs[i].rights, how);
            if (how == USER_WRITE && !(pairs[i].rights & RIGHT_WRITE))
                fact("W99", "no byte of the good page has changed",
                     p[PAGE - 2] == 7 && p[PAGE - 1] == 7);
            release(p);
        }
}

/* The stack: its lowest page is never usable; its guard makes it grow for the program itself. */
static void test_stack(void)
{
    MEMORY_BASIC_INFORMATION info = query(&info);
    uintptr_t bottom = (uintptr_t)info.AllocationBase;

    fixed("lowest page of the stack", bottom, 0);
    fixed("used part of the stack", (uintptr_t)&info, RIGHT_READ | RIGHT_WRITE);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    file = CreateFileA("matrix.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL, NULL);
    test_private();
    test_views();
    test_places();
    test_straddling();
    test_stack();
    CloseHandle(file);
    DeleteFileA("matrix.tmp");
    return facts_end();
}
