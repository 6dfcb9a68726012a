/* imageprot.c - the matrix of images' sections: what may be done to a page, for each of the 16 sets of access flags of a
 * section, content of four kinds, and three lengths in memory (X14, W71).
 *
 * The rules: a section that is not shared is copied when it is written, so READ and WRITE is WRITECOPY until then and
 * READWRITE after; SHARED and WRITE is READWRITE; without any right NOACCESS.  What the file does not have of it is zero.
 * Runs on Windows, too.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

enum { BASE = 0x10000000, SECTION_AT = 0x1000, RAW_AT = 0x400, RAW = 0x600, PAGE = 0x1000 };

static unsigned char file_bytes[RAW_AT + RAW];

static const DWORD rights[] = {IMAGE_SCN_MEM_READ, IMAGE_SCN_MEM_WRITE, IMAGE_SCN_MEM_EXECUTE,
                               IMAGE_SCN_MEM_SHARED};
static const DWORD contents[] = {0, IMAGE_SCN_CNT_CODE, IMAGE_SCN_CNT_INITIALIZED_DATA,
                                 IMAGE_SCN_MEM_DISCARDABLE};
/* As long as in the file, shorter, and two pages more. */
static const DWORD lengths[] = {RAW, 0x10, 2 * PAGE + 0x10};
enum { CONTENTS = 4, LENGTHS = 3, SETS = 16 };

static DWORD expected(int set)
{
    static const DWORD by_set[SETS] = {
        PAGE_NOACCESS, PAGE_READONLY,     PAGE_WRITECOPY,         PAGE_WRITECOPY,
        PAGE_EXECUTE,  PAGE_EXECUTE_READ, PAGE_EXECUTE_WRITECOPY, PAGE_EXECUTE_WRITECOPY,
        PAGE_NOACCESS, PAGE_READONLY,     PAGE_READWRITE,         PAGE_READWRITE,
        PAGE_EXECUTE,  PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_READWRITE};

    return by_set[set];
}

static DWORD flags_of(int set)
{
    DWORD flags = 0;

    for (int i = 0; i < 4; i++)
        flags |= set >> i & 1 ? rights[i] : 0;
    return flags;
}

/* A DLL of one section without code. */
static void make(const char *name, DWORD flags, DWORD length)
{
    IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)file_bytes;
    IMAGE_NT_HEADERS32 *nt = (IMAGE_NT_HEADERS32 *)(file_bytes + 0x40);
    IMAGE_OPTIONAL_HEADER32 *o = &nt->OptionalHeader;
    IMAGE_SECTION_HEADER *section;
    HANDLE file;
    DWORD done;

    memset(file_bytes, 0, RAW_AT);
    memset(file_bytes + RAW_AT, 0x5A, RAW);
    dos->e_magic = IMAGE_DOS_SIGNATURE;
    dos->e_lfanew = 0x40;
    nt->Signature = IMAGE_NT_SIGNATURE;
    nt->FileHeader.Machine = IMAGE_FILE_MACHINE_I386;
    nt->FileHeader.NumberOfSections = 1;
    nt->FileHeader.SizeOfOptionalHeader = sizeof *o;
    nt->FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_32BIT_MACHINE |
                                     IMAGE_FILE_DLL | IMAGE_FILE_RELOCS_STRIPPED;
    o->Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC;
    o->ImageBase = BASE;
    o->SectionAlignment = PAGE;
    o->FileAlignment = 0x200;
    o->MajorOperatingSystemVersion = o->MajorSubsystemVersion = 4;
    o->SizeOfImage = SECTION_AT + (length + PAGE - 1) / PAGE * PAGE;
    o->SizeOfHeaders = RAW_AT;
    o->Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
    o->NumberOfRvaAndSizes = 16;
    section = IMAGE_FIRST_SECTION(nt);
    memcpy(section->Name, ".odd", 4);
    section->Misc.VirtualSize = length;
    section->VirtualAddress = SECTION_AT;
    section->PointerToRawData = RAW_AT;
    section->SizeOfRawData = RAW;
    section->Characteristics = flags;
    file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, file_bytes, sizeof file_bytes, &done, NULL);
    CloseHandle(file);
}

static int cells, wrong;

static void cell(DWORD want, DWORD got, const char *what, int set, DWORD content, DWORD length)
{
    cells++;
    wrong += want != got;
    if (want != got && wrong <= 20)
        printf("  %s: flags %lx, content %lx, length %lx: %lx, not %lx\n", what, flags_of(set),
               content, length, got, want);
}

static DWORD protection(const void *at)
{
    MEMORY_BASIC_INFORMATION info;

    return VirtualQuery(at, &info, sizeof info) == sizeof info ? info.Protect : 0;
}

static void try_section(int set, DWORD content, DWORD length)
{
    volatile unsigned char *section;
    HMODULE module;

    make("section.dll", flags_of(set) | content, length);
    module = LoadLibraryExA("section.dll", NULL, DONT_RESOLVE_DLL_REFERENCES);
    cell(TRUE, module != NULL, "loaded", set, content, length);
    if (module == NULL)
        return;
    section = (unsigned char *)module + SECTION_AT;
    cell(expected(set), protection((void *)section), "protection", set, content, length);
    if (length > PAGE)
        cell(expected(set), protection((void *)(section + 2 * PAGE)), "its end", set, content,
             length);
    if (set & 5) { /* READ, or EXECUTE, which reads here */
        cell(0x5A, section[0], "first byte", set, content, length);
        cell(length > RAW ? 0 : section[RAW], section[RAW], "behind the file", set, content,
             length);
    }
    if ((set & 3) == 3) {
        DWORD shared = set & 8, run = set & 4;

        section[1] = 7;
        cell(shared ? expected(set) : (run ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE),
             protection((void *)section), "written", set, content, length);
    }
    FreeLibrary(module);
    DeleteFileA("section.dll");
}

int main(void)
{
    for (int set = 0; set < SETS; set++)
        for (int c = 0; c < CONTENTS; c++)
            for (int l = 0; l < LENGTHS; l++)
                try_section(set, contents[c], lengths[l]);
    printf("  %d sets of rights, %d contents, %d lengths: %d cells\n", SETS, CONTENTS, LENGTHS,
           cells);
    fact_number("W71", "cells of images' sections that differ from the rules", 0, wrong);
    return facts_end();
}
