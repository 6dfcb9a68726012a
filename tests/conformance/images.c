/* images.c - what is an image, and what can be asked about one (W310 to W319).
 *
 * `images PATTERN [MS]` loads or runs each file of that name, one line a file; a program that runs for longer is ended.
 * tests/check_images puts them there and knows what must come.  Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winternl.h>

typedef LONG WINAPI create_section(HANDLE *, ACCESS_MASK, void *, LARGE_INTEGER *, ULONG, ULONG,
                                   HANDLE);
typedef LONG WINAPI map_section(HANDLE, HANDLE, void **, ULONG_PTR, SIZE_T, LARGE_INTEGER *,
                                SIZE_T *, int, ULONG, ULONG);
typedef IMAGE_NT_HEADERS *WINAPI image_header(void *);

static void *native(const char *name)
{
    return (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

static HANDLE open_file(const char *name, DWORD access, DWORD how)
{
    return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, how, 0, NULL);
}

/* What NtCreateSection says of the file as an image. */
static LONG section_status(const char *name)
{
    create_section *create = native("NtCreateSection");
    HANDLE section, file = open_file(name, GENERIC_READ, OPEN_EXISTING);
    LONG status = create(&section, SECTION_QUERY | SECTION_MAP_READ, NULL, NULL, PAGE_READONLY,
                         SEC_IMAGE, file);

    if (status == 0)
        CloseHandle(section);
    CloseHandle(file);
    return status;
}

/* --- the collection --- */

/* Runs it to its end, or for `patience` milliseconds if that is sooner. */
static void run_program(const char *name, DWORD patience)
{
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    const char *how = "ended";
    DWORD code = 0;

    if (!CreateProcessA(name, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process)) {
        printf("odd %s section %08lX error %lu\n", name, section_status(name), GetLastError());
        return;
    }
    if (WaitForSingleObject(process.hProcess, patience) == WAIT_TIMEOUT) {
        how = "killed";
        TerminateProcess(process.hProcess, 1);
        WaitForSingleObject(process.hProcess, INFINITE);
    }
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    printf("\nodd %s section %08lX %s %lX\n", name, section_status(name), how, code);
}

static void load_library(const char *name)
{
    HMODULE module = LoadLibraryA(name);
    DWORD error = GetLastError();
    int (*answer)(void) =
        module == NULL ? NULL : (int (*)(void))(void *)GetProcAddress(module, "answer");

    if (answer != NULL)
        printf("odd %s section %08lX ended %X\n", name, section_status(name), answer());
    else
        printf("odd %s section %08lX error %lu\n", name, section_status(name),
               module == NULL ? error : GetLastError());
    if (module != NULL)
        FreeLibrary(module);
}

static int ask_all(const char *pattern, DWORD patience)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(pattern, &found);

    if (search == INVALID_HANDLE_VALUE)
        return 1;
    do {
        if (strcmp(strrchr(found.cFileName, '.'), ".dll") == 0)
            load_library(found.cFileName);
        else
            run_program(found.cFileName, patience);
        fflush(stdout);
    } while (FindNextFileA(search, &found));
    FindClose(search);
    return 0;
}

/* --- facts, with an image of our own --- */

enum { BASE = 0x10000000, SECTION_AT = 0x1000, RAW_AT = 0x178 };

static unsigned char file_bytes[0x1400];

static IMAGE_NT_HEADERS32 *headers(void)
{
    return (IMAGE_NT_HEADERS32 *)(file_bytes + 0x40);
}

/* A DLL of one section, whose bytes begin in the middle of the file's first sector. */
static void make(const char *name, WORD flags)
{
    IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)file_bytes;
    IMAGE_NT_HEADERS32 *nt = headers();
    IMAGE_OPTIONAL_HEADER32 *o = &nt->OptionalHeader;
    IMAGE_SECTION_HEADER *section;
    HANDLE file;
    DWORD done;

    memset(file_bytes, 0, sizeof file_bytes);
    dos->e_magic = IMAGE_DOS_SIGNATURE;
    dos->e_lfanew = 0x40;
    nt->Signature = IMAGE_NT_SIGNATURE;
    nt->FileHeader.Machine = IMAGE_FILE_MACHINE_I386;
    nt->FileHeader.NumberOfSections = 1;
    nt->FileHeader.SizeOfOptionalHeader = sizeof *o;
    nt->FileHeader.Characteristics = (WORD)(IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_DLL | flags);
    o->Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC;
    o->ImageBase = BASE;
    o->SectionAlignment = o->FileAlignment = SECTION_AT;
    o->MajorSubsystemVersion = 4;
    o->Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
    o->SizeOfImage = SECTION_AT + 0x178;
    o->SizeOfHeaders = 0x160;
    o->NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
    o->DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE] =
        (IMAGE_DATA_DIRECTORY){SECTION_AT + RAW_AT, 8};
    section = IMAGE_FIRST_SECTION(nt);
    section->Misc.VirtualSize = section->SizeOfRawData = 0x10;
    section->VirtualAddress = SECTION_AT;
    section->PointerToRawData = RAW_AT;
    section->Characteristics = IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ;
    for (size_t i = RAW_AT; i < sizeof file_bytes; i++)
        file_bytes[i] = (unsigned char)(i | 1);
    file = open_file(name, GENERIC_WRITE, CREATE_ALWAYS);
    WriteFile(file, file_bytes, sizeof file_bytes, &done, NULL);
    CloseHandle(file);
}

static void test_kinds(void)
{
    static const struct {
        const char *what, *bytes;
        LONG status;
    } kinds[] = {{"no bytes", "", (LONG)0xC0000020},
                 {"a text",
                  "This is no image, but it is longer than any header of DOS has ever been.",
                  (LONG)0xC000012F}};
    HANDLE file;
    DWORD done;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        file = open_file("kind.tmp", GENERIC_WRITE, CREATE_ALWAYS);
        WriteFile(file, kinds[i].bytes, (DWORD)strlen(kinds[i].bytes), &done, NULL);
        CloseHandle(file);
        fact_number("W311", kinds[i].what, kinds[i].status, section_status("kind.tmp"));
    }
    DeleteFileA("kind.tmp");
}

static void test_bytes(void)
{
    unsigned char *image;

    make("bytes.dll", 0);
    image = (unsigned char *)LoadLibraryA("bytes.dll");
    fact("W310", "an image is loaded whose section begins inside the file's first sector",
         image != NULL);
    if (image == NULL)
        return;
    fact_number("W310", "headers are zero behind SizeOfHeaders", 0, image[0x178]);
    fact_number("W312", "the section's page begins with the sector", IMAGE_DOS_SIGNATURE,
                *(WORD *)(image + SECTION_AT));
    fact_number("W312", "its bytes are where they are in the sector", file_bytes[RAW_AT],
                image[SECTION_AT + RAW_AT]);
    fact_number("W312", "and the sector ends it", file_bytes[0x1FF], image[SECTION_AT + 0x1FF]);
    fact_number("W312", "zero behind it", 0, image[SECTION_AT + 0x200]);
    FreeLibrary((HMODULE)image);
}

static void test_held(void)
{
    HMODULE module = LoadLibraryA("bytes.dll");
    HANDLE file =
        CreateFileA("bytes.dll", GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);

    fact("W313", "the file of a loaded image can't be opened for writing: error 32",
         file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION);
    file = CreateFileA("bytes.dll", GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, 0, NULL);
    fact("W313", "nor be overwritten: error 32",
         file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION);
    fact("W313", "nor be deleted: error 5",
         !DeleteFileA("bytes.dll") && GetLastError() == ERROR_ACCESS_DENIED);
    file = open_file("bytes.dll", GENERIC_READ, OPEN_EXISTING);
    fact("W313", "it can be read", file != INVALID_HANDLE_VALUE);
    CloseHandle(file);
    FreeLibrary(module);
    file = open_file("bytes.dll", GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING);
    fact("W313", "afterwards it can be written again", file != INVALID_HANDLE_VALUE);
    CloseHandle(file);
}

static void test_elsewhere(void)
{
    map_section *map = native("NtMapViewOfSection");
    void *first = NULL, *second = NULL;
    SIZE_T size = 0;
    HANDLE file, section;

    make("fixed.dll", IMAGE_FILE_RELOCS_STRIPPED);
    file = open_file("fixed.dll", GENERIC_READ, OPEN_EXISTING);
    section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
    fact_number("W316", "an image without relocations is mapped", 0,
                map(section, GetCurrentProcess(), &first, 0, 0, NULL, &size, 1, 0, PAGE_READONLY));
    size = 0;
    fact_number("W316", "a second time it is not at its base", 0x40000003,
                map(section, GetCurrentProcess(), &second, 0, 0, NULL, &size, 1, 0, PAGE_READONLY));
    fact("W316", "but has all its bytes",
         second != NULL && second != first &&
             memcmp((char *)second + SECTION_AT, (char *)first + SECTION_AT, SECTION_AT) == 0);
    fact("W316", "LoadLibrary can't move it: error 487",
         LoadLibraryExA("fixed.dll", NULL, DONT_RESOLVE_DLL_REFERENCES) == NULL &&
             GetLastError() == ERROR_INVALID_ADDRESS);
    UnmapViewOfFile(first);
    UnmapViewOfFile(second);
    CloseHandle(section);
    CloseHandle(file);
    DeleteFileA("fixed.dll");
}

static void test_data_files(void)
{
    HMODULE module = LoadLibraryExA("bytes.dll", NULL, DONT_RESOLVE_DLL_REFERENCES), data, again;
    HANDLE file;

    fact("W315", "DONT_RESOLVE_DLL_REFERENCES gives a module",
         module != NULL && ((ULONG_PTR)module & 3) == 0);
    data = LoadLibraryExA("bytes.dll", NULL, LOAD_LIBRARY_AS_DATAFILE);
    fact("W315", "what is loaded is not mapped again as data", data == module);
    FreeLibrary(data);
    FreeLibrary(module);
    fact("W315", "it is gone", GetModuleHandleA("bytes.dll") == NULL);
    data = LoadLibraryExA("bytes.dll", NULL, LOAD_LIBRARY_AS_DATAFILE);
    again = LoadLibraryExA("bytes.dll", NULL, LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    fact("W315", "handles of data end in 1, of images that are not run in 2",
         ((ULONG_PTR)data & 3) == 1 && ((ULONG_PTR)again & 3) == 2 &&
             GetModuleHandleA("bytes.dll") == NULL);
    fact("W315", "both are freed", FreeLibrary(data) && FreeLibrary(again));
    data = LoadLibraryExA("bytes.dll", NULL, LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE);
    file = CreateFileA("bytes.dll", GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
    fact("W315", "EXCLUSIVE keeps writers out",
         data != NULL && file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION);
    FreeLibrary(data);
}

static void test_headers(void)
{
    image_header *header = native("RtlImageNtHeader");
    char *loaded = (char *)GetModuleHandleA("kernel32.dll"),
         *copy = VirtualAlloc(NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    char *nt = (char *)header(loaded);
    void *(WINAPI * directory)(void *, BOOLEAN, USHORT, ULONG *) =
        native("RtlImageDirectoryEntryToData");
    HMODULE data = LoadLibraryExA("bytes.dll", NULL, LOAD_LIBRARY_AS_DATAFILE);
    ULONG size = 0;

    memcpy(copy, loaded, 0x1000);
    fact("W317", "RtlImageNtHeader of a module, and of a copy of its first page",
         nt != NULL && (char *)header(copy) == copy + (nt - loaded));
    memset(copy, 0, 0x1000);
    fact("W317", "of zeros: none", header(copy) == NULL);
    fact("W317", "a directory of a file that is mapped as data",
         directory(data, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &size) == NULL || size == 8);
    FreeLibrary(data);
    VirtualFree(copy, 0, MEM_RELEASE);
}

struct module_entry { /* the beginning of LDR_DATA_TABLE_ENTRY */
    LIST_ENTRY load, memory, initialisation;
    void *base, *entry_point;
    ULONG size;
    UNICODE_STRING full, name;
};

/* How many of the list there are, and is the module one of them? */
static int count(LIST_ENTRY *head, size_t link, void *base, int *found)
{
    int n = 0;

    *found = 0;
    for (LIST_ENTRY *at = head->Flink; at != head && n < 1000; at = at->Flink, n++)
        *found |= ((struct module_entry *)((char *)at - link))->base == base;
    return n;
}

static void test_lists(void)
{
    char *ldr = (char *)NtCurrentTeb()->ProcessEnvironmentBlock->Ldr;
    LIST_ENTRY *load = (LIST_ENTRY *)(ldr + 0xC), *memory = (LIST_ENTRY *)(ldr + 0x14),
               *started = (LIST_ENTRY *)(ldr + 0x1C);
    struct module_entry *first = (struct module_entry *)load->Flink;
    int found, before = count(load, 0, GetModuleHandleA("kernel32.dll"), &found);
    HMODULE module;

    fact("W318", "the program is the first in the order of loading",
         first->base == (void *)GetModuleHandleA(NULL) && first->name.Length == 2 * 10);
    fact("W318", "kernel32.dll is in all three lists",
         found && (count(memory, 8, GetModuleHandleA("kernel32.dll"), &found), found) &&
             (count(started, 16, GetModuleHandleA("kernel32.dll"), &found), found));
    fact("W318", "the program is in no order of initialisation",
         (count(started, 16, GetModuleHandleA(NULL), &found), !found));
    module = LoadLibraryA("bytes.dll");
    fact("W318", "a module that is loaded comes into them",
         count(load, 0, module, &found) == before + 1 && found);
    FreeLibrary(module);
    fact("W318", "and leaves them", count(load, 0, module, &found) == before && !found);
}

static void test_process(void)
{
    LONG(WINAPI * query)(HANDLE, int, void *, ULONG, ULONG *) = native("NtQueryInformationProcess");
    LONG(WINAPI * set)(HANDLE, int, void *, ULONG) = native("NtSetInformationProcess");
    IMAGE_NT_HEADERS *nt = ((image_header *)native("RtlImageNtHeader"))(GetModuleHandleA(NULL));
    ULONG image[12] = {0}, flags = 0, got = 0;

    fact_number("W318", "ProcessImageInformation", 0,
                query(GetCurrentProcess(), 37, image, sizeof image, &got));
    fact("W318", "its entry point and stack are those of the file",
         image[0] == (ULONG)GetModuleHandleA(NULL) + nt->OptionalHeader.AddressOfEntryPoint &&
             image[2] == nt->OptionalHeader.SizeOfStackReserve &&
             image[4] == IMAGE_SUBSYSTEM_WINDOWS_CUI);
    fact("W318", "ProcessExecuteFlags: execution is enabled",
         query(GetCurrentProcess(), 34, &flags, sizeof flags, &got) == 0 && (flags & 2) != 0);
    flags = 2 | 8;
    fact_number("W318", "set for good", 0, set(GetCurrentProcess(), 34, &flags, sizeof flags));
    fact_number("W318", "it can't be set again", (LONG)0xC0000022,
                set(GetCurrentProcess(), 34, &flags, sizeof flags));
}

int main(int arguments, char **words)
{
    if (arguments > 1)
        return ask_all(words[1], arguments > 2 ? strtoul(words[2], NULL, 0) : INFINITE);
    test_kinds();
    test_bytes();
    test_held();
    test_elsewhere();
    test_data_files();
    test_headers();
    test_lists();
    test_process();
    DeleteFileA("bytes.dll");
    return facts_end();
}
