/* section.c - file mappings: sections, views, sharing and copies.  Runs on Windows,
 * too, in a directory that may be written.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

enum { PAGE = 0x1000, UNIT = 0x10000 };

static HANDLE anonymous(DWORD protect, DWORD size)
{
    return CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, protect, 0, size, NULL);
}

static volatile char *view(HANDLE section, DWORD access)
{
    return MapViewOfFile(section, access, 0, 0, 0);
}

static MEMORY_BASIC_INFORMATION query(const volatile void *address)
{
    MEMORY_BASIC_INFORMATION info = {0};

    VirtualQuery((const void *)address, &info, sizeof info);
    return info;
}

/* The error of a call that had to fail; 0 if it didn't. */
static DWORD error_of(BOOL succeeded)
{
    return succeeded ? 0 : GetLastError();
}

/* The error of making a section that must be refused. */
static DWORD refusal(HANDLE file, DWORD protect, DWORD size)
{
    HANDLE section;

    SetLastError(0);
    section = CreateFileMappingA(file, NULL, protect, 0, size, NULL);
    if (section == NULL)
        return GetLastError();
    CloseHandle(section);
    return 0;
}

static HANDLE open_file(DWORD access)
{
    return CreateFileA("section.tmp", access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL, NULL);
}

static void test_sizes(void)
{
    HANDLE section = anonymous(PAGE_READWRITE, 0x3001);
    volatile char *at = view(section, FILE_MAP_WRITE);
    MEMORY_BASIC_INFORMATION info = query(at);

    fact_number("W143", "a section of 0x3001 bytes is seen as whole pages", 0x4000,
                (long long)info.RegionSize);
    fact("W143", "a view is mapped, committed memory",
         info.Type == MEM_MAPPED && info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE);
    fact_number("W72", "its AllocationProtect is what was asked", PAGE_READWRITE,
                info.AllocationProtect);
    fact("W143", "it is zero", at[0] == 0 && at[0x3FFF] == 0);
    UnmapViewOfFile((void *)at);
    fact_number("W73", "unmapped: free", MEM_FREE, query(at).State);
    CloseHandle(section);
    fact_number("W143", "no size and no file: error 87", 87,
                refusal(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0));
}

static void test_protections(void)
{
    static const DWORD good[] = {PAGE_READONLY,     PAGE_READWRITE,         PAGE_WRITECOPY,
                                 PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};
    static const DWORD bad[] = {0, PAGE_NOACCESS, PAGE_EXECUTE, PAGE_READONLY | PAGE_READWRITE,
                                PAGE_READWRITE | PAGE_EXECUTE};
    static const DWORD sec[] = {SEC_RESERVE | SEC_COMMIT, SEC_NOCACHE, 0x40000000u, 0x00800000u,
                                0x80000000u};
    char what[60];

    for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(what, sizeof what, "protection %02lx is allowed", (unsigned long)good[i]);
        fact_number("W144", what, 0, refusal(INVALID_HANDLE_VALUE, good[i], PAGE));
    }
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(what, sizeof what, "protection %02lx: error 87", (unsigned long)bad[i]);
        fact_number("W144", what, 87, refusal(INVALID_HANDLE_VALUE, bad[i], PAGE));
    }
    for (unsigned i = 0; i < sizeof sec / sizeof *sec; i++) {
        snprintf(what, sizeof what, "attributes %08lx: error 87", (unsigned long)sec[i]);
        fact_number("W145", what, 87, refusal(INVALID_HANDLE_VALUE, PAGE_READWRITE | sec[i], PAGE));
    }
    fact_number("W145", "an image without a file: error 193", 193,
                refusal(INVALID_HANDLE_VALUE, PAGE_READONLY | SEC_IMAGE, PAGE));
}

static void test_file_rights(void)
{
    HANDLE file = open_file(GENERIC_READ | GENERIC_WRITE);
    DWORD done;

    WriteFile(file, "not a program", 13, &done, NULL);
    fact_number("W145", "an image of a file that is none: error 193", 193,
                refusal(file, PAGE_READONLY | SEC_IMAGE, 0));
    CloseHandle(file);
    file = open_file(GENERIC_READ);
    fact_number("W146", "read-only handle: READWRITE gives error 5", 5,
                refusal(file, PAGE_READWRITE, 0));
    fact_number("W146", "read-only handle: READONLY is fine", 0, refusal(file, PAGE_READONLY, 0));
    fact_number("W146", "read-only handle: WRITECOPY is fine", 0, refusal(file, PAGE_WRITECOPY, 0));
    CloseHandle(file);
    file = open_file(GENERIC_WRITE);
    fact_number("W146", "write-only handle: READONLY gives error 5", 5,
                refusal(file, PAGE_READONLY, 0));
    fact_number("W146", "write-only handle: READWRITE gives error 5", 5,
                refusal(file, PAGE_READWRITE, 0));
    CloseHandle(file);
}

static void test_names(void)
{
    HANDLE first, second, other;
    volatile char *at, *again;

    SetLastError(99);
    first = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, "A name");
    fact_number("W147", "the first one: error 0", 0, GetLastError());
    second = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, "A name");
    fact("W147", "the second one: a handle and error 183",
         second != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
    at = view(first, FILE_MAP_WRITE);
    again = view(second, FILE_MAP_WRITE);
    at[5] = 'x';
    fact("W147", "both are the same memory", again[5] == 'x');
    other = OpenFileMappingA(FILE_MAP_READ, FALSE, "a NAME");
    fact("W147", "the case of a name matters", other == NULL && GetLastError() == 2);
    CloseHandle(first);
    other = OpenFileMappingA(FILE_MAP_READ, FALSE, "A name");
    fact("W147", "one handle is left: it can be opened", other != NULL);
    fact_number("W150", "opened to read, mapped to write: error 5", 5,
                error_of(view(other, FILE_MAP_WRITE) != NULL));
    CloseHandle(other);
    CloseHandle(second);
    other = OpenFileMappingA(FILE_MAP_READ, FALSE, "A name");
    fact("W147", "no handle is left: the name is gone", other == NULL);
    fact("W159", "but the views live on", at[5] == 'x' && again[5] == 'x');
    UnmapViewOfFile((void *)at);
    UnmapViewOfFile((void *)again);
}

static void test_offsets(void)
{
    HANDLE section = anonymous(PAGE_READWRITE, 3 * UNIT);
    volatile char *all = view(section, FILE_MAP_WRITE), *part;
    void *taken;

    fact_number("W148", "offset 0x1000: error 1132", 1132,
                error_of(MapViewOfFile(section, FILE_MAP_READ, 0, PAGE, 0) != NULL));
    fact_number("W148", "offset at the end: error 87", 87,
                error_of(MapViewOfFile(section, FILE_MAP_READ, 0, 3 * UNIT, 0) != NULL));
    fact_number("W148", "size beyond the end: error 5", 5,
                error_of(MapViewOfFile(section, FILE_MAP_READ, 0, UNIT, 2 * UNIT + 1) != NULL));
    part = MapViewOfFile(section, FILE_MAP_READ, 0, UNIT, 0);
    all[UNIT] = 'y';
    fact("W148", "offset 64 KB, size 0: from there to the end",
         part[0] == 'y' && query(part).RegionSize == 2 * UNIT);
    UnmapViewOfFile((void *)part);
    fact_number("W149", "an address that is no multiple of 64 KB: error 1132", 1132,
                error_of(MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0,
                                         (char *)0x30000000 + PAGE) != NULL));
    fact("W149", "a free address is taken",
         MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, (void *)0x30000000) ==
             (void *)0x30000000);
    taken = MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, (void *)0x30000000);
    fact_number("W149", "the same address again: error 487", 487, error_of(taken != NULL));
    UnmapViewOfFile((void *)0x30000000);
    UnmapViewOfFile((void *)all);
    CloseHandle(section);
}

static void test_access(void)
{
    static const struct {
        DWORD access, protect;
    } views[] = {
        {FILE_MAP_READ, PAGE_READONLY},
        {FILE_MAP_WRITE, PAGE_READWRITE},
        {FILE_MAP_READ | FILE_MAP_WRITE, PAGE_READWRITE},
        {FILE_MAP_COPY, PAGE_WRITECOPY},
        {FILE_MAP_READ | FILE_MAP_EXECUTE, PAGE_EXECUTE_READ},
        {FILE_MAP_WRITE | FILE_MAP_EXECUTE, PAGE_EXECUTE_READWRITE},
        {FILE_MAP_COPY | FILE_MAP_EXECUTE, PAGE_EXECUTE_WRITECOPY},
        {0, PAGE_NOACCESS},
    };
    HANDLE all = anonymous(PAGE_EXECUTE_READWRITE, PAGE), read = anonymous(PAGE_READONLY, PAGE);
    char what[60];

    for (unsigned i = 0; i < sizeof views / sizeof *views; i++) {
        volatile char *at = view(all, views[i].access);

        snprintf(what, sizeof what, "access %02lx: protection", (unsigned long)views[i].access);
        fact_number("W151", what, views[i].protect, query(at).Protect);
        UnmapViewOfFile((void *)at);
    }
    fact_number("W150", "WRITE of a READONLY section: error 5", 5,
                error_of(view(read, FILE_MAP_WRITE) != NULL));
    fact_number("W150", "EXECUTE of a READONLY section: error 5", 5,
                error_of(view(read, FILE_MAP_READ | FILE_MAP_EXECUTE) != NULL));
    fact("W150", "READ and COPY of a READONLY section",
         view(read, FILE_MAP_READ) != NULL && view(read, FILE_MAP_COPY) != NULL);
    CloseHandle(all);
    CloseHandle(read);
}

static void test_copies(void)
{
    HANDLE section = anonymous(PAGE_READWRITE, 4 * PAGE);
    volatile char *one = view(section, FILE_MAP_WRITE), *two = view(section, FILE_MAP_WRITE);
    volatile char *copy = view(section, FILE_MAP_COPY);

    one[0] = 'a';
    fact("W152", "two views show the same bytes at once", two[0] == 'a');
    fact("W153", "a copy sees the section", copy[0] == 'a');
    copy[0] = 'b';
    fact("W153", "writing the copy changes nobody else", copy[0] == 'b' && one[0] == 'a');
    one[0] = 'c';
    one[PAGE] = 'd';
    fact("W153", "the written page is its own, the others are still the section's",
         copy[0] == 'b' && copy[PAGE] == 'd');
    fact_number("W154", "the written page is READWRITE", PAGE_READWRITE, query(copy).Protect);
    fact_number("W154", "and a region of its own", PAGE, (long long)query(copy).RegionSize);
    fact_number("W154", "its neighbour is still WRITECOPY", PAGE_WRITECOPY,
                query(copy + PAGE).Protect);
    UnmapViewOfFile((void *)one);
    UnmapViewOfFile((void *)two);
    UnmapViewOfFile((void *)copy);
    CloseHandle(section);
}

static void test_reserve(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0, UNIT, NULL);
    volatile char *one = view(section, FILE_MAP_WRITE), *two = view(section, FILE_MAP_READ);
    MEMORY_BASIC_INFORMATION info = query(one);

    fact("W155", "a view of a SEC_RESERVE section is reserved",
         info.State == MEM_RESERVE && info.Protect == 0 && info.Type == MEM_MAPPED);
    fact("W155", "committing in one view",
         VirtualAlloc((char *)one + PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
    one[PAGE] = 'r';
    info = query(two + PAGE);
    fact("W155", "the other view shows it, with its own protection",
         info.State == MEM_COMMIT && info.Protect == PAGE_READONLY && two[PAGE] == 'r');
    fact_number("W155", "the page before is still reserved", MEM_RESERVE, query(two).State);
    UnmapViewOfFile((void *)one);
    UnmapViewOfFile((void *)two);
    CloseHandle(section);
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                 0xC0000000, NULL);
    one = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, UNIT);
    fact("section", "of one that is larger than an address space a part can be seen", one != NULL);
    UnmapViewOfFile((void *)one);
    CloseHandle(section);
}

static void test_refusals(void)
{
    HANDLE file = open_file(GENERIC_READ | GENERIC_WRITE), section;
    volatile char *at;
    void *private;
    DWORD old;

    section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, PAGE, NULL);
    at = view(section, FILE_MAP_WRITE);
    fact_number("W156", "committing in a view of a file: error 5", 5,
                error_of(VirtualAlloc((void *)at, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL));
    fact_number("W157", "VirtualFree of a view: error 87", 87,
                error_of(VirtualFree((void *)at, 0, MEM_RELEASE)));
    UnmapViewOfFile((void *)at);
    at = view(section, FILE_MAP_READ);
    fact_number("W83", "a READ view made READWRITE: error 87", 87,
                error_of(VirtualProtect((void *)at, PAGE, PAGE_READWRITE, &old)));
    fact("W83", "a READ view made NOACCESS and back",
         VirtualProtect((void *)at, PAGE, PAGE_NOACCESS, &old) && old == PAGE_READONLY &&
             VirtualProtect((void *)at, PAGE, PAGE_READONLY, &old) && old == PAGE_NOACCESS);
    fact("W158", "any address inside the view unmaps it", UnmapViewOfFile((char *)at + 77));
    fact_number("W157", "unmapping it again: error 487", 487,
                error_of(UnmapViewOfFile((void *)at)));
    private = VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    fact_number("W157", "unmapping private memory: error 487", 487,
                error_of(UnmapViewOfFile(private)));
    fact_number("W157", "unmapping a null pointer: error 487", 487,
                error_of(UnmapViewOfFile(NULL)));
    VirtualFree(private, 0, MEM_RELEASE);
    CloseHandle(section);
    CloseHandle(file);
}

static void test_files(void)
{
    HANDLE file = open_file(GENERIC_READ | GENERIC_WRITE), section;
    char text[8] = "";
    volatile char *at;
    DWORD done;

    section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 2 * PAGE, NULL);
    fact_number("W143", "a larger section makes the file larger", 2 * PAGE,
                GetFileSize(file, NULL));
    at = view(section, FILE_MAP_WRITE);
    memcpy((char *)at + PAGE, "through", 8);
    SetFilePointer(file, PAGE, NULL, FILE_BEGIN);
    ReadFile(file, text, 8, &done, NULL);
    fact("W160", "what a view wrote, ReadFile reads", strcmp(text, "through") == 0);
    SetFilePointer(file, PAGE, NULL, FILE_BEGIN);
    WriteFile(file, "written", 8, &done, NULL);
    fact("W160", "what WriteFile wrote, a view sees", strcmp((char *)at + PAGE, "written") == 0);
    UnmapViewOfFile((void *)at);
    CloseHandle(section);
    section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    at = view(section, FILE_MAP_READ);
    fact("W160", "a new section has the old data", strcmp((char *)at + PAGE, "written") == 0);
    UnmapViewOfFile((void *)at);
    CloseHandle(section);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    SetEndOfFile(file);
    fact_number("W143", "the whole of an empty file: error 1006", ERROR_FILE_INVALID,
                refusal(file, PAGE_READWRITE, 0));
    CloseHandle(file);
}

/* The program itself as a second image: shared code, separate data. */
static int data_word = 1234;

static void test_images(void)
{
    char name[MAX_PATH];
    HANDLE file, section;
    char *base, *own = (char *)GetModuleHandleA(NULL);
    MEMORY_BASIC_INFORMATION info;
    volatile int *word;

    GetModuleFileNameA(NULL, name, sizeof name);
    file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
    base = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    fact("image", "the program mapped a second time", base != NULL && base != own);
    info = query(base);
    fact("W71", "it is an image, EXECUTE_WRITECOPY",
         info.Type == MEM_IMAGE && info.AllocationProtect == PAGE_EXECUTE_WRITECOPY &&
             info.AllocationBase == base);
    word = (int *)(base + ((char *)&data_word - own));
    data_word = 99;
    fact_number("image", "its data is as in the file", 1234, *word);
    fact_number("W71", "untouched data is WRITECOPY", PAGE_WRITECOPY, query(word).Protect);
    *word = 5;
    fact_number("W71", "written data is READWRITE", PAGE_READWRITE, query(word).Protect);
    fact_number("image", "our own data is another", 99, data_word);
    UnmapViewOfFile(base);
    CloseHandle(section);
    CloseHandle(file);
}

/* Touch more pages than a small machine has, so that others leave RAM. */
static void press(void)
{
    enum { SIZE = 20 << 20 };
    volatile char *memory = VirtualAlloc(NULL, SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    for (uint32_t i = 0; memory && i < SIZE; i += PAGE)
        memory[i] = 1;
    VirtualFree((void *)memory, 0, MEM_RELEASE);
}

/* What was written through a view that is gone is in the section: the first time and the second, when the paging
 * file has older bytes of the page. */
static void test_written_and_unmapped(void)
{
    enum { PAGES = 64 };
    HANDLE section = anonymous(PAGE_READWRITE, PAGES * PAGE);
    int lost = 0;

    for (int round = 1; round < 4; round++) {
        volatile char *at = view(section, FILE_MAP_WRITE);

        for (int i = 0; i < PAGES; i++) {
            lost += round > 1 && at[i * PAGE] != (char)(i + round - 1);
            at[i * PAGE] = (char)(i + round);
        }
        UnmapViewOfFile((void *)at);
        press();
    }
    CloseHandle(section);
    fact_number("W147", "pages written, unmapped and out of RAM come back as written", 0, lost);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_sizes();
    test_protections();
    test_file_rights();
    test_names();
    test_offsets();
    test_access();
    test_copies();
    test_reserve();
    test_refusals();
    test_files();
    test_images();
    test_written_and_unmapped();
    DeleteFileA("section.tmp");
    return facts_end();
}
