/* segv.c - every kind of forbidden access, by name.
 *
 * An access that nobody handles ends the program, so one run shows one access.  Without a name the
 * program starts itself once for each and looks at how the child ended.
 */
#include "user/programs/bare.h"

#include "kernel/abi.h"
#include "lib/string.h"

static volatile char *const null_page = (char *)0x10;
static volatile char *const zone = (char *)0x7FFF0000;
static volatile char *const kernel = (char *)0x80100000;

/* --- the accesses --- */

static void read_null(void)
{
    (void)*null_page;
}

static void write_null(void)
{
    *null_page = 1;
}

static void read_zone(void)
{
    (void)*zone;
}

static void read_kernel(void)
{
    (void)*kernel;
}

static void write_kernel(void)
{
    *kernel = 1;
}

static void write_shared(void)
{
    *(volatile char *)ABI_SHARED_PAGE = 1;
}

static volatile char *allocate(DWORD type, DWORD protect)
{
    volatile char *page = VirtualAlloc(NULL, 0x1000, type, protect);

    if (page == NULL) {
        bare_print("segv: VirtualAlloc failed with error %u\n", (unsigned)GetLastError());
        ExitProcess(2);
    }
    return page;
}

static void write_reserved(void)
{
    *allocate(MEM_RESERVE, PAGE_READWRITE) = 1;
}

static void read_decommitted(void)
{
    volatile char *page = allocate(MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    *page = 1;
    VirtualFree((void *)page, 0x1000, MEM_DECOMMIT);
    (void)*page;
}

static void read_free(void)
{
    volatile char *page = allocate(MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    *page = 1;
    VirtualFree((void *)page, 0, MEM_RELEASE);
    (void)*page;
}

static void read_noaccess(void)
{
    (void)*allocate(MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);
}

static void write_readonly(void)
{
    *allocate(MEM_RESERVE | MEM_COMMIT, PAGE_READONLY) = 1;
}

static void write_code(void)
{
    *(volatile char *)(void *)write_code = 1;
}

static void touch_guard(void)
{
    (void)*allocate(MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
}

static void jump_null(void)
{
    void (*volatile nowhere)(void) = NULL;

    nowhere();
}

/* Never returns: each call needs another page of stack, until there is none. */
static unsigned descend(unsigned depth)
{
    volatile char frame[2048];

    frame[0] = (char)depth;
    return depth == 0 ? 0 : descend(depth + 1) + (unsigned)frame[0];
}

static void overflow_stack(void)
{
    descend(1);
}

/* --- their names --- */

struct access {
    const char *name, *what;
    void (*make)(void);
    DWORD status; /* how the process must end */
};

static const struct access accesses[] = {
    {"null", "reads through a null pointer", read_null, EXCEPTION_ACCESS_VIOLATION},
    {"null-write", "writes through a null pointer", write_null, EXCEPTION_ACCESS_VIOLATION},
    {"zone", "reads the no-access zone under 2 GB", read_zone, EXCEPTION_ACCESS_VIOLATION},
    {"kernel", "reads the kernel's memory", read_kernel, EXCEPTION_ACCESS_VIOLATION},
    {"kernel-write", "writes the kernel's memory", write_kernel, EXCEPTION_ACCESS_VIOLATION},
    {"shared", "writes the page shared with the kernel", write_shared, EXCEPTION_ACCESS_VIOLATION},
    {"reserved", "writes a page that is only reserved", write_reserved, EXCEPTION_ACCESS_VIOLATION},
    {"decommitted", "reads a page that was decommitted", read_decommitted,
     EXCEPTION_ACCESS_VIOLATION},
    {"free", "reads memory that was released", read_free, EXCEPTION_ACCESS_VIOLATION},
    {"noaccess", "reads a PAGE_NOACCESS page", read_noaccess, EXCEPTION_ACCESS_VIOLATION},
    {"readonly", "writes a PAGE_READONLY page", write_readonly, EXCEPTION_ACCESS_VIOLATION},
    {"code", "writes into its own code", write_code, EXCEPTION_ACCESS_VIOLATION},
    {"guard", "touches a guard page", touch_guard, EXCEPTION_GUARD_PAGE},
    {"jump", "jumps to a null pointer", jump_null, EXCEPTION_ACCESS_VIOLATION},
    {"stack", "calls itself until the stack is full", overflow_stack, EXCEPTION_STACK_OVERFLOW},
};
enum { ACCESSES = sizeof accesses / sizeof accesses[0] };

/* --- all of them --- */

/* Runs "segv NAME" and waits; its exit status, or 0 if it couldn't be started. */
static DWORD run_child(const char *name)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    char line[64] = "segv.exe ";
    DWORD status = 0;

    lstrcatA(line, name);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child)) {
        bare_print("segv: can't start \"%s\": error %u\n", line, (unsigned)GetLastError());
        return 0;
    }
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &status);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    return status;
}

static int run_all(void)
{
    int wrong = 0;

    for (int i = 0; i < ACCESSES; i++) {
        DWORD status = run_child(accesses[i].name);
        bool good = status == accesses[i].status;

        bare_print("segv: %s ended with %08X, %s\n", accesses[i].name, (unsigned)status,
                   good ? "as it must" : "which is WRONG");
        wrong += !good;
    }
    bare_print("segv: %d forbidden accesses, %d ended wrongly\n", ACCESSES, wrong);
    return wrong == 0 ? 0 : 1;
}

static int usage(void)
{
    bare_print("usage: segv [NAME|all]\nMakes a forbidden access; without a name, each in turn:\n");
    for (int i = 0; i < ACCESSES; i++)
        bare_print("  %-12s %s\n", accesses[i].name, accesses[i].what);
    return 2;
}

int bare_main(int argc, char **argv)
{
    if (argc > 2)
        return usage();
    if (argc == 1 || string_equal_nocase(argv[1], "all"))
        return run_all();
    for (int i = 0; i < ACCESSES; i++) {
        if (string_equal_nocase(argv[1], accesses[i].name)) {
            bare_print("segv: %s\n", accesses[i].what);
            accesses[i].make();
            bare_print("segv: nothing happened, and that is WRONG\n");
            return 1;
        }
    }
    return usage();
}
