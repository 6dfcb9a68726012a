/* oddargs.c - odd arguments, asked by the thousand: all types and protections of VirtualAlloc, protections and ranges of
 * VirtualProtect, accesses, offsets, sizes and places of MapViewOfFileEx (W6, W28 to W40, W74 to W83, W148 to W151); and one by
 * one: offsets in files, handles, what a wait may name, the console.
 *
 * Each answer is a rule's, written down here a second time.  Runs on Windows, too.
 */
#define _WIN32_WINNT 0x0600
#include "tests/conformance/memory.h"

static int cells, wrong;

static void cell(DWORD want, DWORD got, const char *what, DWORD a, DWORD b, DWORD c)
{
    cells++;
    wrong += want != got;
    if (want != got && wrong <= 25)
        printf("  %s %lx %lx %lx: error %lu, not %lu\n", what, a, b, c, got, want);
}

static void matrix_end(const char *name, const char *what)
{
    printf("  %s: %d cells\n", what, cells);
    fact_number(name, "cells that differ from the rules", 0, wrong);
    cells = wrong = 0;
}

static const DWORD protections[] = {
    0,     1,     2,     4,     8,     0x10,  0x20,  0x40,   0x80,       3,     6,         0x14,
    0x100, 0x200, 0x400, 0x101, 0x102, 0x104, 0x140, 0x201,  0x202,      0x204, 0x240,     0x304,
    0x401, 0x402, 0x404, 0x504, 0x604, 0x704, 0x804, 0x1004, 0x80000004, 0xFF,  0xFFFFFFFF};
enum { PROTECTIONS = sizeof protections / sizeof *protections };

/* One base value; GUARD not with NOACCESS, NOCACHE, WRITECOMBINE; these two not together or with NOACCESS. */
static int is_protection(DWORD p)
{
    DWORD base = p & 0xFF, cache = p & 0x600;

    if (p & 0xFFFFF800 || base == 0 || base & (base - 1))
        return 0;
    if (base == PAGE_NOACCESS && p & 0x700)
        return 0;
    return cache != 0x600 && !(p & PAGE_GUARD && cache);
}

static int copies(DWORD p)
{
    return (p & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) != 0;
}

/* --- VirtualAlloc --- */

static const DWORD type_bits[] = {MEM_COMMIT, MEM_RESERVE,  MEM_DECOMMIT,    MEM_RELEASE,
                                  MEM_RESET,  MEM_TOP_DOWN, MEM_WRITE_WATCH, MEM_PHYSICAL,
                                  0x40000000, 0x01000000};
enum { TYPE_BITS = sizeof type_bits / sizeof *type_bits };

static DWORD alloc_rule(DWORD type, DWORD protect)
{
    DWORD known =
        MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_TOP_DOWN | MEM_WRITE_WATCH | MEM_PHYSICAL;

    if (type & ~known || !(type & (MEM_COMMIT | MEM_RESERVE | MEM_RESET)))
        return 87;
    if (type & MEM_RESET && type != MEM_RESET)
        return 87;
    if (type & (MEM_WRITE_WATCH | MEM_PHYSICAL) && !(type & MEM_RESERVE))
        return 87;
    if (!is_protection(protect))
        return 87;
    if (type & MEM_PHYSICAL && (type & (MEM_COMMIT | MEM_WRITE_WATCH) || protect != PAGE_READWRITE))
        return 87;
    if (type == MEM_RESET)
        return 487; /* there is nothing at 0 */
    return copies(protect) ? 87 : 0;
}

static void test_alloc(void)
{
    for (DWORD set = 0; set < 1u << TYPE_BITS; set++) {
        DWORD type = 0;

        for (int i = 0; i < TYPE_BITS; i++)
            type |= set >> i & 1 ? type_bits[i] : 0;
        for (int p = 0; p < PROTECTIONS; p++)
            cell(alloc_rule(type, protections[p]), alloc_error(0, UNIT, type, protections[p]),
                 "VirtualAlloc", type, protections[p], 0);
    }
    matrix_end("W28", "VirtualAlloc, all types and protections");
}

/* --- where and how much --- */

static const DWORD places[] = {0,          1,          0xFFFF,         0x10000,
                               PLACE,      PLACE + 1,  PLACE + 0xFFFF, 0x7FFE0000,
                               0x7FFF0000, 0x80000000, 0xC0000000,     0xFFFFFFFF};
static const DWORD lengths[] = {0,          1,          PAGE,       PAGE + 1,   UNIT,
                                0x7FFDFFFF, 0x7FFF0000, 0x80000000, 0xFFFFF000, 0xFFFFFFFF};

static DWORD place_rule(DWORD base, DWORD size)
{
    if (size == 0)
        return 87;
    if (base != 0 && (base < 0x10000 || base > 0x7FFDFFFF))
        return 87;
    if (size > 0x7FFE0000u - base)
        return 87;
    return base == 0 && size > 0x7F000000 ? 8 : base == 0x10000 && size > PAGE ? 487 : 0;
}

static void test_places(void)
{
    for (unsigned b = 0; b < sizeof places / sizeof *places; b++)
        for (unsigned l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            DWORD want = place_rule(places[b], lengths[l]), got;

            if (places[b] == 0x10000 || (want == 0 && lengths[l] > UNIT) ||
                (places[b] == 0 && want == 87 && lengths[l] == 0x7FFDFFFF))
                continue; /* what else lies there is nobody's promise */
            got = alloc_error(places[b], lengths[l], MEM_RESERVE, PAGE_READWRITE);
            cell(want, got, "VirtualAlloc at", places[b], lengths[l], 0);
            if (got == 0 && places[b] != 0)
                free_error(places[b] & ~0xFFFFu, 0, MEM_RELEASE);
        }
    matrix_end("W18", "VirtualAlloc, places and lengths");
}

/* --- VirtualProtect --- */

static void test_protect(void)
{
    volatile unsigned char *block = fresh(8 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    static const DWORD sizes[] = {0, 1, PAGE, 3 * PAGE, 5 * PAGE, 9 * PAGE};

    VirtualAlloc((void *)block, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE); /* four pages of eight */
    for (int p = 0; p < PROTECTIONS; p++)
        for (int s = 0; s < 6; s++)
            for (int at_page = 0; at_page < 8; at_page += 2) {
                DWORD old, protect = protections[p], want = 0;
                DWORD last = at_page * PAGE + sizes[s];

                if (sizes[s] == 0 || !is_protection(protect) ||
                    (copies(protect) && last <= 8 * PAGE))
                    want = 87;
                else if (last > 4 * PAGE)
                    want = 487;
                cell(want, protect_error(block + at_page * PAGE, sizes[s], protect),
                     "VirtualProtect", protect, at_page, sizes[s]);
                VirtualProtect((void *)block, 4 * PAGE, PAGE_READWRITE, &old);
            }
    release(block);
    matrix_end("W76", "VirtualProtect, protections and ranges");
}

/* --- MapViewOfFileEx --- */

static const struct {
    DWORD protect, most; /* of a section; what a view of it may be asked for */
} sections[] = {
    {PAGE_READONLY, FILE_MAP_READ | FILE_MAP_COPY},
    {PAGE_WRITECOPY, FILE_MAP_READ | FILE_MAP_COPY},
    {PAGE_READWRITE, FILE_MAP_READ | FILE_MAP_WRITE | FILE_MAP_COPY},
    {PAGE_EXECUTE_READ, FILE_MAP_READ | FILE_MAP_COPY | FILE_MAP_EXECUTE},
    {PAGE_EXECUTE_READWRITE, FILE_MAP_READ | FILE_MAP_WRITE | FILE_MAP_COPY | FILE_MAP_EXECUTE}};

enum { MAPPED = 0x30000 };

static DWORD map_rule(unsigned s, DWORD access, DWORD offset, DWORD size, DWORD base)
{
    DWORD writes = access & FILE_MAP_WRITE;

    if (base != 0 && base & 0xFFFF)
        return 1132;
    if (base > 0x7FFDFFFF)
        return 87;
    if (offset & 0xFFFF)
        return 1132;
    if ((writes && !(sections[s].most & FILE_MAP_WRITE)) ||
        (access & FILE_MAP_EXECUTE && !(sections[s].most & FILE_MAP_EXECUTE)))
        return 5;
    if (offset >= MAPPED)
        return size == 0 ? 87 : 5;
    return size > MAPPED - offset ? 5 : 0;
}

static void test_map(void)
{
    static const DWORD accesses[] = {FILE_MAP_READ,
                                     FILE_MAP_WRITE,
                                     FILE_MAP_READ | FILE_MAP_WRITE,
                                     FILE_MAP_COPY,
                                     FILE_MAP_READ | FILE_MAP_EXECUTE,
                                     FILE_MAP_WRITE | FILE_MAP_EXECUTE};
    static const DWORD offsets[] = {0, 1, PAGE, UNIT, 2 * UNIT + 0x8000, MAPPED, MAPPED + UNIT};
    static const DWORD sizes[] = {0, 1, PAGE, UNIT, MAPPED, MAPPED + 1};
    static const DWORD bases[] = {0, PLACE, PLACE + 1, PLACE + PAGE};

    for (unsigned s = 0; s < 5; s++) {
        HANDLE section =
            CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, sections[s].protect, 0, MAPPED, NULL);

        for (unsigned i = 0; i < 6 * 7 * 6 * 4; i++) {
            DWORD access = accesses[i % 6], offset = offsets[i / 6 % 7], size = sizes[i / 42 % 6],
                  base = bases[i / 252];
            DWORD want = map_rule(s, access, offset, size, base);
            void *view;

            SetLastError(0);
            view = MapViewOfFileEx(section, access, 0, offset, size, at(base));
            if ((want == 0) != (view != NULL) || want == 0) /* of several faults any may be named */
                cell(want, view ? 0 : GetLastError(), "MapViewOfFileEx",
                     access | sections[s].protect << 8, offset, size);
            else
                cells++;
            if (view)
                UnmapViewOfFile(view);
        }
        CloseHandle(section);
    }
    matrix_end("W148", "MapViewOfFileEx, accesses, offsets, sizes and places");
}

/* --- one by one --- */

static DWORD said(BOOL result)
{
    return result ? 0 : GetLastError();
}

#define ASK(want, what, call)                                                                      \
    do {                                                                                           \
        SetLastError(77);                                                                          \
        cell(want, (call), what, 0, 0, __LINE__);                                                  \
    } while (0)

static DWORD seek(HANDLE file, LONGLONG to, DWORD method)
{
    LARGE_INTEGER where = {.QuadPart = to}, got;

    return said(SetFilePointerEx(file, where, &got, method));
}

static DWORD seek_short(HANDLE file, LONG low, PLONG high, DWORD method)
{
    return SetFilePointer(file, low, high, method) == INVALID_SET_FILE_POINTER ? GetLastError() : 0;
}

static DWORD read_at(HANDLE file, ULONGLONG offset, DWORD size)
{
    OVERLAPPED where = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    char buffer[16];
    DWORD done;

    return said(ReadFile(file, buffer, size, &done, &where));
}

static DWORD write_at(HANDLE file, ULONGLONG offset, DWORD size)
{
    OVERLAPPED where = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    DWORD done;

    return said(WriteFile(file, "0123456789", size, &done, &where));
}

static void test_positions(HANDLE file)
{
    LONG high = 0, minus = -1;

    ASK(0, "to the end", seek(file, 0, FILE_END));
    ASK(0, "behind it", seek(file, 100, FILE_END));
    ASK(131, "before the start", seek(file, -1, FILE_BEGIN));
    ASK(131, "before the start from the end", seek(file, -11, FILE_END));
    ASK(0, "to the start from the end", seek(file, -10, FILE_END));
    ASK(131, "before the start from here", seek(file, -1, FILE_CURRENT));
    ASK(0, "far", seek(file, 0x100000000LL, FILE_BEGIN));
    ASK(0, "as far as numbers go", seek(file, 0x7FFFFFFFFFFFFFFFLL, FILE_BEGIN));
    ASK(87, "another method", seek(file, 0, 3));
    ASK(87, "another method, short", seek_short(file, 0, NULL, 9));
    ASK(131, "short, before the start", seek_short(file, -1, NULL, FILE_BEGIN));
    ASK(0, "short, 4 GB less one", (SetFilePointer(file, -1, &high, FILE_BEGIN), said(high == 0)));
    ASK(131, "short, with a high part", seek_short(file, 0, &minus, FILE_BEGIN));
    ASK(6, "no handle", seek(NULL, 0, FILE_BEGIN));
}

static void test_offsets(HANDLE file)
{
    char buffer[16];
    DWORD done = 99;

    seek(file, 10, FILE_BEGIN);
    ASK(0, "at the end nothing is read", said(ReadFile(file, buffer, 5, &done, NULL) && done == 0));
    ASK(38, "at an offset behind the end", read_at(file, 10, 1));
    ASK(38, "far behind the end", read_at(file, 0x7FFFFFFFFFFFFFF0ULL, 1));
    ASK(87, "at a negative offset", read_at(file, 0xFFFFFFFFFFFFFF00ULL, 1));
    ASK(87, "writing at a negative offset", write_at(file, 0xFFFFFFFFFFFFFF00ULL, 1));
    ASK(87, "writing over the last number", write_at(file, 0x7FFFFFFFFFFFFFFFULL, 2));
    ASK(0, "writing at the last offset of all: at the end",
        write_at(file, 0xFFFFFFFFFFFFFFFFULL, 1));
    ASK(11, "which was there", GetFileSize(file, NULL));
    ASK(0, "nothing is written", write_at(file, 500, 0));
    ASK(11, "and nothing grows", GetFileSize(file, NULL));
    ASK(0, "nothing is read", read_at(file, 0, 0));
    seek(file, 20, FILE_BEGIN);
    ASK(0, "SetEndOfFile behind", said(SetEndOfFile(file)));
    ASK(20, "grows", GetFileSize(file, NULL));
    ASK(0, "zeros between", said(read_at(file, 12, 1) == 0));
    seek(file, 0, FILE_BEGIN);
    ASK(0, "SetEndOfFile 0", said(SetEndOfFile(file)));
    ASK(1006, "an empty file has no section",
        CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL) ? 0 : GetLastError());
}

static void test_files(void)
{
    HANDLE file =
        CreateFileA("odd.bin", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD done = 99;

    WriteFile(file, "0123456789", 10, &done, NULL);
    test_positions(file);
    test_offsets(file);
    CloseHandle(file);
    ASK(80, "CREATE_NEW of what is there",
        CreateFileA("odd.bin", GENERIC_READ, 0, NULL, CREATE_NEW, 0, NULL) == INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(87, "disposition 0",
        CreateFileA("odd.bin", GENERIC_READ, 0, NULL, 0, 0, NULL) == INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(87, "disposition 6",
        CreateFileA("odd.bin", GENERIC_READ, 0, NULL, 6, 0, NULL) == INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(87, "share mode 8",
        CreateFileA("odd.bin", GENERIC_READ, 8, NULL, OPEN_EXISTING, 0, NULL) ==
                INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(3, "a name of no letters",
        CreateFileA("", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(123, "a name with a star",
        CreateFileA("a*b", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(3, "no such directory",
        CreateFileA("nowhere\\x", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) ==
                INVALID_HANDLE_VALUE
            ? GetLastError()
            : 0);
    ASK(0, "deleted", said(DeleteFileA("odd.bin")));
    ASK(2, "and gone", said(DeleteFileA("odd.bin")));
    matrix_end("R4", "offsets and names of files");
}

/* Returns the event's handle, which is another one afterwards. */
static HANDLE test_handle_flags(HANDLE event)
{
    HANDLE old = event, copy;
    DWORD flags;

    ASK(0, "information", said(GetHandleInformation(event, &flags)));
    ASK(0, "which is none", flags);
    ASK(6, "of nothing", said(GetHandleInformation(NULL, &flags)));
    ASK(0, "protected",
        said(SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE,
                                  HANDLE_FLAG_PROTECT_FROM_CLOSE)));
    ASK(6, "from being closed", said(CloseHandle(event)));
    ASK(0, "no more", said(SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0)));
    ASK(6, "duplicate nothing",
        said(DuplicateHandle(GetCurrentProcess(), NULL, GetCurrentProcess(), &copy, 0, FALSE, 0)));
    ASK(6, "into nothing",
        said(DuplicateHandle(GetCurrentProcess(), event, NULL, &copy, 0, FALSE, 0)));
    ASK(0, "duplicate and close",
        said(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &event, 0, FALSE,
                             DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS)));
    ASK(0, "it lives", said(SetEvent(event)));
    ASK(6, "the old one does not", said(ResetEvent(old)));
    return event;
}

static void test_handles(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "odd event"),
           mutex = CreateMutexA(NULL, FALSE, NULL), many[65];
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
    LONG before;
    DWORD flags;

    for (int i = 0; i < 65; i++)
        many[i] = event;
    ASK(6, "close nothing", said(CloseHandle(NULL)));
    ASK(6, "close no handle", said(CloseHandle((HANDLE)0xDEAD0)));
    ASK(6, "set a mutex", said(SetEvent(mutex)));
    ASK(6, "release an event", said(ReleaseMutex(event)));
    ASK(288, "release a free mutex", said(ReleaseMutex(mutex)));
    ASK(87, "a semaphore by 0", said(ReleaseSemaphore(semaphore, 0, &before)));
    ASK(87, "by less than 0", said(ReleaseSemaphore(semaphore, -1, NULL)));
    ASK(298, "by too much", said(ReleaseSemaphore(semaphore, 2, NULL)));
    ASK(0, "by what fits", said(ReleaseSemaphore(semaphore, 1, &before)));
    ASK(1, "and there was", (DWORD)before);
    ASK(87, "a semaphore of at most 0", CreateSemaphoreA(NULL, 0, 0, NULL) ? 0 : GetLastError());
    ASK(87, "with more than at most", CreateSemaphoreA(NULL, 3, 2, NULL) ? 0 : GetLastError());
    ASK(87, "with less than none", CreateSemaphoreA(NULL, -1, 2, NULL) ? 0 : GetLastError());
    ASK(183, "an event of the same name",
        (CloseHandle(CreateEventA(NULL, TRUE, FALSE, "odd event")), 183));
    ASK(6, "a mutex of an event's name",
        CreateMutexA(NULL, FALSE, "odd event") ? 0 : GetLastError());
    ASK(6, "opened as a mutex", OpenMutexA(SYNCHRONIZE, FALSE, "odd event") ? 0 : GetLastError());
    ASK(2, "opened by another name",
        OpenEventA(SYNCHRONIZE, FALSE, "odder event") ? 0 : GetLastError());
    ASK(87, "wait for none",
        WaitForMultipleObjects(0, many, FALSE, 0) == WAIT_FAILED ? GetLastError() : 0);
    ASK(87, "wait for 65",
        WaitForMultipleObjects(65, many, FALSE, 0) == WAIT_FAILED ? GetLastError() : 0);
    ASK(0, "wait for 64",
        WaitForMultipleObjects(64, many, FALSE, 0) == WAIT_TIMEOUT ? 0 : GetLastError());
    ASK(87, "for all of the same",
        WaitForMultipleObjects(2, many, TRUE, 0) == WAIT_FAILED ? GetLastError() : 0);
    ASK(6, "wait for nothing", WaitForSingleObject(NULL, 0) == WAIT_FAILED ? GetLastError() : 0);
    event = test_handle_flags(event);
    ASK(6, "an exit code of an event", said(GetExitCodeProcess(event, &flags)));
    ASK(87, "priority class 1", said(SetPriorityClass(GetCurrentProcess(), 1)));
    ASK(87, "priority 99", said(SetThreadPriority(GetCurrentThread(), 99)));
    ASK(6, "priority of nothing", said(SetThreadPriority(NULL, 0)));
    ASK(6, "terminate nothing", said(TerminateThread(NULL, 0)));
    ASK(87, "a process without a number", OpenProcess(SYNCHRONIZE, FALSE, 0) ? 0 : GetLastError());
    ASK(87, "one that never was", OpenProcess(SYNCHRONIZE, FALSE, 0xFFFFFFF0) ? 0 : GetLastError());
    ASK(87, "TLS slot of no number", said(TlsSetValue(0xFFFFFFFF, NULL)));
    ASK(87, "to free it", said(TlsFree(0xFFFFFFFF)));
    CloseHandle(event);
    CloseHandle(mutex);
    CloseHandle(semaphore);
    matrix_end("X12", "handles");
}

static BOOL WINAPI nothing(DWORD event)
{
    (void)event;
    return FALSE;
}

static void test_console(void)
{
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    HANDLE file = CreateFileA("odd.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);
    CONSOLE_SCREEN_BUFFER_INFO info;
    DWORD mode, done;

    ASK(6, "a standard handle of no number",
        GetStdHandle(5) == INVALID_HANDLE_VALUE ? GetLastError() : 0);
    ASK(6, "the mode of a file", said(GetConsoleMode(file, &mode)));
    ASK(6, "of nothing", said(GetConsoleMode(NULL, &mode)));
    ASK(6, "a mode for a file", said(SetConsoleMode(file, 0)));
    ASK(6, "text for a file", said(WriteConsoleA(file, "x", 1, &done, NULL)));
    ASK(6, "text from a file", said(ReadConsoleA(file, &mode, 1, &done, NULL)));
    ASK(6, "the size of a file's window", said(GetConsoleScreenBufferInfo(file, &info)));
    ASK(0, "the mode of the console", said(GetConsoleMode(out, &mode)));
    ASK(0, "which may be set as it is", said(SetConsoleMode(out, mode)));
    ASK(87, "a mode that is none", said(SetConsoleMode(out, 0x80000000)));
    ASK(0, "nothing written", said(WriteConsoleA(out, "", 0, &done, NULL) && done == 0));
    ASK(87, "a code page that is none", said(SetConsoleCP(12345)));
    ASK(87, "for output", said(SetConsoleOutputCP(12345)));
    ASK(87, "a handler that is not there", said(SetConsoleCtrlHandler(nothing, FALSE)));
    ASK(0, "one that is put there", said(SetConsoleCtrlHandler(nothing, TRUE)));
    ASK(0, "is taken away", said(SetConsoleCtrlHandler(nothing, FALSE)));
    ASK(87, "once", said(SetConsoleCtrlHandler(nothing, FALSE)));
    ASK(FILE_TYPE_CHAR, "the console is a device of letters", GetFileType(out));
    ASK(FILE_TYPE_DISK, "a file is on a disk", GetFileType(file));
    ASK(6, "no handle is of no type", GetFileType(NULL) == FILE_TYPE_UNKNOWN ? GetLastError() : 0);
    CloseHandle(file);
    matrix_end("X19", "the console");
}

int main(void)
{
    test_alloc();
    test_places();
    test_protect();
    test_map();
    test_files();
    test_handles();
    test_console();
    return facts_end();
}
