/* answers.c - what Windows answers, one fact after the other: queries and sections (X5, bug reports' corners), bad buffers
 * (X6, X7), the shared page (X8), heaps (X9, X10), exceptions (X16), waits and priorities (X17), the C run-time (X18, X19), long
 * command lines (X20), and the names NUL, Local\ and Global\.
 *
 * viewprot.c, rights.c and flags.c have X1 to X4, X11 and X12, each with its matrix.
 */
#include "tests/conformance/child.h"
#include "tests/conformance/memory.h"
#include "tests/conformance/shared_page.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <time.h>

#include <winternl.h>

static void *entry(const char *dll, const char *name)
{
    return (void *)GetProcAddress(GetModuleHandleA(dll), name);
}

/* --- X5: sections and queries --- */

typedef LONG WINAPI query_section(HANDLE, int, void *, SIZE_T, SIZE_T *);
typedef LONG WINAPI query_memory(HANDLE, const void *, int, void *, SIZE_T, SIZE_T *);

static void test_sections(void)
{
    query_section *ask = (query_section *)entry("ntdll.dll", "NtQuerySection");
    struct {
        void *base;
        ULONG attributes;
        LARGE_INTEGER size;
    } basic;
    char image[48];
    HANDLE file =
        CreateFileA("answers.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    HANDLE section;
    volatile char *view;

    SetFilePointer(file, 0x3456, NULL, FILE_BEGIN);
    SetEndOfFile(file);
    section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    ask(section, 0, &basic, sizeof basic, NULL);
    fact_number("X5", "a section of a file: SEC_FILE", SEC_FILE, basic.attributes);
    fact_number("X5", "of the file's size", 0x3456, basic.size.QuadPart);
    CloseHandle(section);
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x2000, NULL);
    ask(section, 0, &basic, sizeof basic, NULL);
    fact_number("X5", "of the paging file: SEC_COMMIT", SEC_COMMIT, basic.attributes);
    fact_number("X5", "a short record", (LONG)0xC0000004, ask(section, 0, &basic, 15, NULL));
    fact_number("X5", "a short record about no image", (LONG)0xC0000004,
                ask(section, 1, image, 47, NULL));
    fact_number("X5", "a record about no image", (LONG)0xC0000049,
                ask(section, 1, image, 48, NULL));
    view = MapViewOfFile(section, FILE_MAP_COPY | FILE_MAP_WRITE, 0, 0, 0);
    fact_number("X5", "FILE_MAP_COPY and WRITE: a view for writing", PAGE_READWRITE,
                query(view).Protect);
    UnmapViewOfFile((void *)view);
    view = MapViewOfFile(section, FILE_MAP_COPY | FILE_MAP_READ, 0, 0, 0);
    fact_number("X5", "FILE_MAP_COPY and READ: a view for reading", PAGE_READONLY,
                query(view).Protect);
    UnmapViewOfFile((void *)view);
    view = MapViewOfFile(section, FILE_MAP_COPY | SECTION_MAP_EXECUTE, 0, 0, 0);
    fact_number("X5", "FILE_MAP_COPY and another bit: no access", PAGE_NOACCESS,
                query(view).Protect);
    UnmapViewOfFile((void *)view);
    CloseHandle(section);
    CloseHandle(file);
    DeleteFileA("answers.tmp");
}

static void test_queries(void)
{
    query_memory *query_native = (query_memory *)entry("ntdll.dll", "NtQueryVirtualMemory");
    LONG WINAPI (*read)(HANDLE, const void *, void *, SIZE_T, SIZE_T *) =
        entry("ntdll.dll", "NtReadVirtualMemory");
    struct {
        void *base;
        ULONG protect, kind;
        SIZE_T size;
    } region;
    volatile unsigned char *p = fresh(4 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    static char buffer[4 * PAGE];
    SIZE_T done = 0;

    VirtualAlloc((void *)p, 2 * PAGE, MEM_COMMIT, PAGE_READONLY);
    fact_number(
        "X5", "MemoryRegionInformation", 0,
        query_native(GetCurrentProcess(), (void *)(p + PAGE + 5), 3, &region, sizeof region, NULL));
    fact("X5", "is about the whole allocation",
         region.base == p && region.protect == PAGE_READWRITE && region.size == 4 * PAGE &&
             (region.kind & 0x1E) == 0);
    fact_number("X5", "where nothing is", (LONG)0xC0000141,
                query_native(GetCurrentProcess(), at(PLACE), 3, &region, sizeof region, NULL));
    fact_number("X5", "reading across a bad page", (LONG)0x8000000D,
                read(GetCurrentProcess(), (void *)(p + 5), buffer, 3 * PAGE, &done));
    fact_number("X5", "gives the bytes before it", 2 * PAGE - 5, done);
    done = 77;
    fact("X5", "WriteProcessMemory that fails",
         !WriteProcessMemory(GetCurrentProcess(), buffer, (void *)p, 3 * PAGE, &done));
    fact_number("X5", "reports no byte", 0, done);
    release(p);
    SetLastError(0);
    fact("X5", "all of the user's half at once: 8",
         VirtualAlloc(NULL, 0x7FFE0000, MEM_RESERVE, PAGE_NOACCESS) == NULL && GetLastError() == 8);
    SetLastError(0);
    fact("X5", "a page more: 87",
         VirtualAlloc(NULL, 0x7FFE1000, MEM_RESERVE, PAGE_NOACCESS) == NULL &&
             GetLastError() == 87);
}

/* --- X6, X7: bad buffers --- */

static void test_buffers(void)
{
    volatile unsigned char *p = fresh(4 * PAGE, RESERVE_COMMIT, PAGE_READWRITE);
    HANDLE file =
        CreateFileA("answers.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    PVOID pages[4];
    ULONG_PTR count = 0;
    DWORD done = 77, granularity;

    protect_error(p + 2 * PAGE, PAGE, PAGE_NOACCESS);
    SetLastError(0);
    fact("X6", "WriteFile from memory whose end is bad: 1784",
         !WriteFile(file, (void *)p, 3 * PAGE, &done, NULL) && GetLastError() == 1784);
    fact_number("X6", "no byte is written", 0, done);
    fact("X6", "WriteFile from null: 1784",
         !WriteFile(file, NULL, 10, &done, NULL) && GetLastError() == 1784);
    fact("X6", "a bad handle comes first: 6",
         !WriteFile((HANDLE)0xdead, NULL, 10, &done, NULL) && GetLastError() == 6);
    WriteFile(file, (void *)p, PAGE, &done, NULL);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    fact("X6", "ReadFile into bad memory: 998",
         !ReadFile(file, (void *)(p + 2 * PAGE), PAGE, &done, NULL) && GetLastError() == 998);
    fact("X6", "GetWriteWatch for no page: 87",
         GetWriteWatch(0, (void *)p, PAGE, pages, &count, &granularity) == ~0u &&
             GetLastError() == 87);
    protect_error(p + 3 * PAGE, PAGE, PAGE_READWRITE | PAGE_GUARD);
    fact("X7", "IsBadReadPtr of a guarded page", IsBadReadPtr((void *)(p + 3 * PAGE), 1));
    fact_number("X7", "uses the guard up", PAGE_READWRITE, query(p + 3 * PAGE).Protect);
    fact("X7", "so the second time it is not bad", !IsBadReadPtr((void *)(p + 3 * PAGE), 1));
    protect_error(p, PAGE, PAGE_READWRITE | PAGE_GUARD);
    fact("X7", "IsBadWritePtr, too",
         IsBadWritePtr((void *)p, 1) && !IsBadWritePtr((void *)p, PAGE));
    fact("X7", "one bad page in a range",
         IsBadReadPtr((void *)p, 4 * PAGE) && !IsBadReadPtr((void *)p, 2 * PAGE));
    protect_error(p, PAGE, PAGE_READONLY);
    SetLastError(77);
    fact("X7", "read-only memory", !IsBadReadPtr((void *)p, PAGE) && IsBadWritePtr((void *)p, 1));
    fact("X7", "null, the kernel, and no byte",
         IsBadReadPtr(NULL, 1) && IsBadWritePtr(NULL, 1) && IsBadReadPtr(at(0x80000000u), 1) &&
             !IsBadReadPtr(NULL, 0));
    fact_number("X7", "the last error stays", 77, GetLastError());
    CloseHandle(file);
    DeleteFileA("answers.tmp");
    release(p);
}

/* --- X8: the shared page --- */

static void test_shared_page(void)
{
    LONG WINAPI (*query_system)(int, void *, ULONG, ULONG *) =
        entry("ntdll.dll", "NtQuerySystemInformation");
    ULONG basic[11] = {0};
    ULONGLONG interrupt = shared_time(8), system = shared_time(0x14);

    query_system(0, basic, sizeof basic, NULL);
    Sleep(60);
    fact("X8", "InterruptTime and SystemTime go on together",
         shared_time(8) > interrupt && shared_time(0x14) - system >= 400000);
    fact("X8", "Windows 6.1 or later", *(uint32_t *)0x7FFE026C >= 6);
    fact_number("X8", "the number of physical pages", basic[3], *(uint32_t *)0x7FFE02E8);
    fact_number("X8", "RDTSC is there", 1, *(uint8_t *)(0x7FFE0274 + 8));
}

/* --- X9, X10: heaps --- */

static void test_heaps(void)
{
    HANDLE heap = HeapCreate(HEAP_CREATE_ENABLE_EXECUTE, 0, 0), plain = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, 0, 100), *large = HeapAlloc(heap, 0, 0x100000);
    PROCESS_HEAP_ENTRY walk = {0};
    void *last = NULL, *made[3];
    SIZE_T size = 0;
    ULONG info = 0;
    int in_order = 1, seen = 0;

    fact_number("X9", "an executable heap's pages", PAGE_EXECUTE_READWRITE, query(block).Protect);
    fact_number("X9", "and those of its large blocks", PAGE_EXECUTE_READWRITE,
                query(large).Protect);
    fact_number("X9", "another heap's", PAGE_READWRITE, query(HeapAlloc(plain, 0, 100)).Protect);
    HeapDestroy(heap);
    block = HeapAlloc(plain, 0, 0x60000);
    fact("X10", "half of a block in place",
         HeapReAlloc(plain, HEAP_REALLOC_IN_PLACE_ONLY, block, 0x30000) == block);
    fact("X10", "takes back what it gave up",
         HeapReAlloc(plain, HEAP_REALLOC_IN_PLACE_ONLY, block, 0x60000) == block);
    memset(block, 1, 0x60000);
    fact("X10", "and the heap is sound", HeapValidate(plain, 0, NULL));
    for (int i = 0; i < 3; i++)
        made[i] = HeapAlloc(plain, 0, 0x100000);
    while (HeapWalk(plain, &walk))
        if (walk.iRegionIndex == 64) {
            in_order &= walk.lpData == made[seen] && last != walk.lpData;
            last = walk.lpData;
            seen++;
        }
    fact("X10", "HeapWalk lists large blocks oldest first", in_order && seen == 3);
    SetLastError(77);
    fact("X10", "HeapReAlloc of null is no error",
         HeapReAlloc(plain, 0, NULL, 1) == NULL && GetLastError() == 0);
    SetLastError(77);
    fact("X10", "HeapValidate of no address: 998",
         !HeapValidate(plain, 0, at(0xdeadbe00u)) && GetLastError() == ERROR_NOACCESS);
    SetLastError(77);
    fact("X10", "HeapQueryInformation of no heap: 998",
         !HeapQueryInformation(NULL, HeapCompatibilityInformation, &info, sizeof info, &size) &&
             GetLastError() == ERROR_NOACCESS && size == 0);
    HeapDestroy(plain);
}

/* --- X16: exceptions --- */

static EXCEPTION_RECORD seen;
static CONTEXT seen_at;
static DWORD resume;

static LONG CALLBACK note(EXCEPTION_POINTERS *e)
{
    seen = *e->ExceptionRecord;
    seen_at = *e->ContextRecord;
    if (resume)
        e->ContextRecord->Eip = resume;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_segments(void)
{
    __asm__ volatile("pushl %%gs; xorl %%eax, %%eax; movw %%ax, %%gs; movl $1f, %0; movl %%gs:0, "
                     "%%eax\n1: popl %%gs"
                     : "=m"(resume)
                     :
                     : "eax", "memory");
    fact("X16", "through a null selector: a read of FFFFFFFF",
         seen.ExceptionCode == 0xC0000005 && seen.NumberParameters == 2 &&
             seen.ExceptionInformation[0] == 0 && seen.ExceptionInformation[1] == 0xFFFFFFFF);
    __asm__ volatile("movl $2f, %0; movl $0x11, %%eax; movl $0x22, %%ecx; movl $0x33, %%edx\n"
                     "int $0x2d\n1: int3\n2: nop"
                     : "=m"(resume)
                     :
                     : "eax", "ecx", "edx", "memory");
    fact("X16", "INT 2D: a breakpoint with three parameters",
         seen.ExceptionCode == 0x80000003 && seen.NumberParameters == 3 &&
             seen.ExceptionInformation[0] == 0x11 && seen.ExceptionInformation[1] == 0x22 &&
             seen.ExceptionInformation[2] == 0x33);
    fact_number("X16", "EIP is behind it", resume - 1, seen_at.Eip);
    resume = 0;
}

static volatile int watched, other;

static DWORD WINAPI touch_watched(void *nothing)
{
    (void)nothing;
    watched = 3;
    return 0;
}

static void test_debug_registers(void)
{
    CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS,
                 .Dr0 = (DWORD)&watched,
                 .Dr3 = 0x401000,
                 .Dr7 = 0xD0101};
    HANDLE thread, file;
    DWORD done;

    memset(&seen, 0, sizeof seen);
    fact("X16", "SetThreadContext of debug registers", SetThreadContext(GetCurrentThread(), &c));
    other = 1;
    fact_number("X16", "another word may be written", 0, seen.ExceptionCode);
    watched = 1;
    fact_number("X16", "the watched one raises a single step", (DWORD)0x80000004,
                seen.ExceptionCode);
    fact_number("X16", "DR6 says which", 1, seen_at.Dr6 & 0xF);
    memset(&seen, 0, sizeof seen);
    thread = CreateThread(NULL, 0, touch_watched, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    fact("X16", "another thread's registers are its own", seen.ExceptionCode == 0 && watched == 3);
    file = CreateFileA("answers.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                       FILE_FLAG_DELETE_ON_CLOSE, NULL);
    WriteFile(file, "\7\0\0\0", 4, &done, NULL);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, (void *)&watched, 4, &done, NULL);
    CloseHandle(file);
    fact("X16", "the system may write there", watched == 7);
    __asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; nop" : : : "cc", "memory");
    fact_number("X16", "of which DR6 says nothing at the next step", 0x4000, seen_at.Dr6 & 0x400F);
    memset(&c, 0, sizeof c);
    c.ContextFlags = CONTEXT_DEBUG_REGISTERS;
    GetThreadContext(GetCurrentThread(), &c);
    fact("X16", "they can be read back",
         c.Dr0 == (DWORD)&watched && c.Dr3 == 0x401000 && (c.Dr7 & 0xF00FF) == 0xD0001);
    c.Dr0 = 0x80100000;
    c.Dr7 = 0x2D0101;
    SetThreadContext(GetCurrentThread(), &c);
    GetThreadContext(GetCurrentThread(), &c);
    fact("X16", "the kernel's addresses can't be watched, nor the registers guarded",
         c.Dr0 == 0 && !(c.Dr7 & 0x2000));
    c.Dr7 = 0;
    SetThreadContext(GetCurrentThread(), &c);
}

/* RtlUnwind with two frames: the inner one's handler changes EAX. */
struct frame {
    struct frame *next;
    EXCEPTION_DISPOSITION (*handler)(EXCEPTION_RECORD *, void *, CONTEXT *, void *);
};
static DWORD handler_eip;
volatile DWORD return_eip __asm__("_return_eip");

static EXCEPTION_DISPOSITION change(EXCEPTION_RECORD *record, void *frame, CONTEXT *context,
                                    void *dispatcher)
{
    (void)record;
    (void)frame;
    (void)dispatcher;
    handler_eip = context->Eip;
    context->Eax += 1;
    return ExceptionContinueSearch;
}

static __attribute__((noinline)) DWORD unwind(void *function, void *target, DWORD value)
{
    DWORD result;

    __asm__ volatile(
        "pushl %%ebx; pushl %%esi; pushl %%edi; pushl %3; pushl $0; pushl $1f; pushl %2\n"
        "movl $1f, _return_eip; call *%1\n1: popl %%edi; popl %%esi; popl %%ebx"
        : "=a"(result)
        : "r"(function), "c"(target), "d"(value)
        : "memory");
    return result;
}

static void test_unwind(void)
{
    struct frame frames[2] = {{&frames[1], change}, {NULL, change}}; /* the inner one lies lower */
    DWORD got;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(frames[1].next));
    __asm__ volatile("movl %0, %%fs:0" : : "r"(&frames[0]) : "memory");
    got = unwind(entry("ntdll.dll", "RtlUnwind"), &frames[1], 0xDEAD0000);
    __asm__ volatile("movl %0, %%fs:0" : : "r"(frames[1].next) : "memory");
    fact_number("X16", "RtlUnwind goes on with the context that a handler changed", 0xDEAD0001,
                got);
    fact_number("X16", "whose EIP is the return address", return_eip, handler_eip);
}

static void test_exceptions(void)
{
    void *cookie = AddVectoredExceptionHandler(1, note);

    test_segments();
    test_debug_registers();
    RemoveVectoredExceptionHandler(cookie);
    test_unwind();
}

/* The exit status of `answers.exe WORD`. */
static DWORD child(const char *word)
{
    char line[64];
    DWORD code = 0xBAD;

    snprintf(line, sizeof line, "answers.exe %s", word);
    return child_run(NULL, line, false, &code) ? code : 0xBAD;
}

static LONG WINAPI filter(EXCEPTION_POINTERS *e)
{
    (void)e;
    ExitProcess(1);
}

/* --- X17: threads --- */

static HANDLE event;
static volatile int running = 1;

static DWORD WINAPI busy(void *nothing)
{
    (void)nothing;
    while (running)
        SetEvent(event);
    return 0;
}

static void test_threads(void)
{
    static const int priorities[] = {-15, -2, -1, 0, 1, 2, 15};
    HANDLE self = GetCurrentProcess(), thread;
    DWORD start, rounds = 20;
    int good = 1;

    for (unsigned i = 0; i < 7; i++)
        good &= SetThreadPriority(GetCurrentThread(), priorities[i]) &&
                GetThreadPriority(GetCurrentThread()) == priorities[i];
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);
    fact("X17", "GetThreadPriority gives what was set", good);
    SetLastError(0);
    fact("X17", "WaitForMultipleObjects refuses the pseudo handles: 6",
         WaitForMultipleObjects(1, &self, FALSE, 0) == WAIT_FAILED && GetLastError() == 6);
    fact_number("X17", "WaitForSingleObject does not", WAIT_TIMEOUT, WaitForSingleObject(self, 0));
    event = CreateEventA(NULL, FALSE, FALSE, NULL);
    thread = CreateThread(NULL, 0, busy, NULL, 0, NULL);
    start = GetTickCount();
    for (DWORD i = 0; i < rounds; i++)
        WaitForSingleObject(event, INFINITE);
    running = 0;
    fact("X17", "a thread whose wait is over does not wait for the end of another's slice",
         GetTickCount() - start < rounds * 20);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(event);
}

/* --- X18, X19: the C run-time --- */

#define CRT(type, name) __typeof__(type) *name = entry("msvcrt.dll", #name)

static void test_numbers(void)
{
    CRT(int(const char *), atoi);
    CRT(unsigned long(const char *, char **, int), strtoul);
    CRT(double(const char *, char **), strtod);
    CRT(int(const char *, const char *, size_t), strncmp);
    CRT(char *(char *), _strupr);
    char *end, constant[] = "123", *page = (char *)fresh(PAGE, RESERVE_COMMIT, PAGE_READWRITE);

    fact("X18", "atoi wraps",
         atoi("4294967296") == 0 && atoi("4294967297") == 1 && atoi("-4294967297") == -1);
    errno = 0;
    fact("X18", "strtoul(\"-4294967296\") is 1 with ERANGE",
         strtoul("-4294967296", NULL, 0) == 1 && errno == ERANGE);
    errno = 0;
    fact("X18", "strtoul(NULL): EINVAL", strtoul(NULL, NULL, 0) == 0 && errno == EINVAL);
    strtod("INF", &end);
    fact("X18", "strtod knows no INF", *end == 'I');
    strtod("nan", &end);
    fact("X18", "nor NAN", *end == 'n');
    strtod("0x10", &end);
    fact("X18", "nor hexadecimal digits", *end == 'x');
    fact("X18", "but d for e", strtod("12.1d2", &end) == 1210 && *end == 0);
    fact("X18", "an exponent without digits is none", strtod("1.5e+", &end) == 1.5 && *end == 'e');
    fact_number("X18", "strncmp gives the difference", -'a', strncmp("", "abc", 3));
    strcpy(page, constant);
    protect_error(page, PAGE, PAGE_READONLY);
    fact("X18", "_strupr writes nothing where nothing changes", _strupr(page) == page);
    release(page);
}

static void test_blocks(void)
{
    CRT(void *(void *, const void *, size_t), memcpy);
    CRT(void *(size_t, size_t), _aligned_malloc);
    CRT(void(void *), _aligned_free);
    CRT(size_t(void *, size_t, size_t), _aligned_msize);
    CRT(void *(void *, size_t, size_t), _recalloc);
    unsigned char bytes[64], *array;
    void *block = _aligned_malloc(100, 0);

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    memcpy(bytes + 5, bytes, 40);
    fact("X18", "memcpy of overlapping blocks is right", bytes[5] == 0 && bytes[44] == 39);
    fact("X18", "_aligned_malloc with alignment 0", block != NULL);
    _aligned_free(block);
    block = _aligned_malloc(100, 256);
    fact_number("X18", "_aligned_msize", 100, (long long)_aligned_msize(block, 256, 0));
    _aligned_free(block);
    array = _recalloc(NULL, 10, 10);
    memset(array, 1, 100);
    array = _recalloc(array, 50, 10);
    fact("X18", "_recalloc: what is new is zero", array[99] == 1 && all_zero(array + 100, 400));
    errno = 0;
    fact("X18", "_recalloc of too much: ENOMEM",
         _recalloc(array, 0x10000, 0x10000) == NULL && errno == ENOMEM);
}

static void test_calendar(void)
{
    CRT(struct tm * (const long *), _gmtime32);
    CRT(char *(const struct tm *), asctime);
    struct tm bad = {.tm_year = -1, .tm_mday = 1},
              good = {.tm_year = 70, .tm_mday = 1, .tm_wday = 4};
    long before = -1;

    errno = 0;
    fact("X18", "gmtime of null: EINVAL", _gmtime32(NULL) == NULL && errno == EINVAL);
    errno = 0;
    fact("X18", "gmtime before 1970: EINVAL", _gmtime32(&before) == NULL && errno == EINVAL);
    errno = 0;
    fact("X18", "asctime of the year 1899: EINVAL", asctime(&bad) == NULL && errno == EINVAL);
    fact("X18", "asctime of 1970", strcmp(asctime(&good), "Thu Jan 01 00:00:00 1970\n") == 0);
}

static void test_text(void)
{
    FILE *file = fopen("answers.tmp", "wb");
    char set[10] = "", bytes[16];
    int x = 0, y = 0;

    fputs("ab\x1A"
          "cd",
          file);
    fclose(file);
    file = fopen("answers.tmp", "r");
    fact("X18", "^Z ends a text file",
         fgetc(file) == 'a' && fgetc(file) == 'b' && fgetc(file) == EOF);
    fclose(file);
    file = fopen("answers.tmp", "rb");
    fact("X18", "but not a binary one",
         fgetc(file) == 'a' && fgetc(file) == 'b' && fgetc(file) == 0x1A);
    fclose(file);
    remove("answers.tmp");
    fact("X18", "scanf", sscanf("12 34", "%d %d", &x, &y) == 2 && x == 12 && y == 34);
    fact("X18", "a set of ranges",
         sscanf("1-24x", "%[1-2-4]", set) == 1 && strcmp(set, "1-24") == 0 &&
             sscanf("3", "%[1-2-4]", set) == 0);
    fact("X18", "a range backwards, a bracket, a caret",
         sscanf("c]^d", "%[]c-a^]", set) == 1 && strcmp(set, "c]^") == 0);
    file = fopen("answers.tmp", "wb");
    fact("X19", "a file can be set to UTF-8", _setmode(_fileno(file), _O_U8TEXT) == _O_BINARY);
    fact("X19", "and takes wide characters", fwprintf(file, L"\xD55C\n") == 2);
    fact_number("X19", "_setmode gives the mode before", _O_U8TEXT,
                _setmode(_fileno(file), _O_U16TEXT));
    fwprintf(file, L"\xAE00");
    fclose(file);
    file = fopen("answers.tmp", "rb");
    memset(bytes, 0, sizeof bytes);
    fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    remove("answers.tmp");
    fact("X19", "as UTF-8 and as UTF-16", memcmp(bytes, "\xED\x95\x9C\r\n\x00\xAE", 8) == 0);
    fact("X19", "SetConsoleOutputCP is remembered",
         SetConsoleOutputCP(65001) && GetConsoleOutputCP() == 65001);
}

/* --- X20, and names --- */

typedef LONG WINAPI create_event(HANDLE *, DWORD, OBJECT_ATTRIBUTES *, DWORD, BOOLEAN);

/* The status of NtCreateEvent with the first `bytes` bytes of a name. */
static DWORD event_of_length(USHORT bytes)
{
    static WCHAR name[] = L"odd name";
    UNICODE_STRING string = {bytes, sizeof name, name};
    OBJECT_ATTRIBUTES attributes;
    HANDLE made;

    InitializeObjectAttributes(&attributes, &string, 0, NULL, NULL);
    return (DWORD)((create_event *)entry("ntdll.dll", "NtCreateEvent"))(&made, EVENT_ALL_ACCESS,
                                                                        &attributes, 1, FALSE);
}

static void test_names(void)
{
    static char line[40000];
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    HANDLE file, a, b;
    char byte[4] = "abc";
    DWORD done = 0;

    memset(line, 'a', sizeof line - 1);
    memcpy(line, "answers.exe ", 12);
    line[32767] = 0;
    SetLastError(0);
    fact("X20", "a command line of 32,767 characters: 206",
         !CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process) &&
             GetLastError() == 206);
    file = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    fact("names", "NUL can be opened", file != INVALID_HANDLE_VALUE);
    fact("names", "it swallows what is written",
         WriteFile(file, byte, 3, &done, NULL) && done == 3);
    fact("names", "and has nothing", ReadFile(file, byte, 3, &done, NULL) && done == 0);
    fact_number("names", "it is a device", FILE_TYPE_CHAR, GetFileType(file));
    fact("names", "but no console",
         !GetConsoleMode(file, &done) && GetLastError() == ERROR_INVALID_HANDLE);
    fact("names", "its size is 0", GetFileSize(file, NULL) == 0);
    CloseHandle(file);
    a = CreateMutexA(NULL, FALSE, "Local\\answers");
    b = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "Global\\answers");
    fact("names", "Local\\x and Global\\x are one object, and x is, too",
         a != NULL && b != NULL && OpenMutexA(SYNCHRONIZE, FALSE, "answers") != NULL);
    SetLastError(0);
    fact("names", "another backslash: error 3",
         CreateEventA(NULL, FALSE, FALSE, "a\\b") == NULL && GetLastError() == 3);
    a = CreateEventA(NULL, FALSE, FALSE, "sixteen letters and one more: a");
    b = CreateEventA(NULL, FALSE, FALSE, "sixteen letters and one more: b");
    fact("names", "every letter of a name counts", a != NULL && b != NULL && GetLastError() == 0);
    SetLastError(0);
    fact("names", "the whole name is the same: the same object",
         CreateEventA(NULL, FALSE, FALSE, "sixteen letters and one more: b") != NULL &&
             GetLastError() == ERROR_ALREADY_EXISTS);
    fact("names", "a name of an odd number of bytes is none (C0000033)",
         event_of_length(7) == 0xC0000033);
    fact("names", "... of an even number it is one", event_of_length(6) == 0);
    fact("names", "a name may have a ~", CreateEventA(NULL, FALSE, FALSE, "~") != NULL);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc > 1 && strcmp(argv[1], "fail") == 0) {
        SetUnhandledExceptionFilter(filter);
        __asm__ volatile("int $0x29" : : "c"(7));
        return 0;
    }
    test_sections();
    test_queries();
    test_buffers();
    test_shared_page();
    test_heaps();
    test_exceptions();
    fact_number("X16", "INT 29: the process ends at once, no filter is asked", (DWORD)0xC0000409,
                child("fail"));
    test_threads();
    test_numbers();
    test_blocks();
    test_calendar();
    test_text();
    test_names();
    return facts_end();
}
