/* check.c - lab 4: compares the program in memory with its own file, page by page. */
#include "docs/labs/lab.h"

static char file[256 * 1024];
static DWORD file_size;
static char bss[4 * 1024 * 1024];
static char data[3 * PAGE + 100] = {1};
static const char code_like[5 * PAGE + 77] = {2};

static void read_file(const char *name)
{
    HANDLE handle = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    ReadFile(handle, file, sizeof file, &file_size, NULL);
    CloseHandle(handle);
}

/* The byte at `offset` of a part as the file says it; relocations and imports touch writable parts only. */
static void compare(void)
{
    const char *base = (const char *)GetModuleHandleA(NULL);
    const IMAGE_NT_HEADERS *nt = (const IMAGE_NT_HEADERS *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_SECTION_HEADER *part = IMAGE_FIRST_SECTION(nt);
    unsigned wrong = 0, tails = 0, compared = 0;

    for (unsigned i = 0; i < nt->FileHeader.NumberOfSections; i++, part++) {
        DWORD used = part->Misc.VirtualSize, end = (used + PAGE - 1) & ~(DWORD)(PAGE - 1), raw = part->SizeOfRawData;

        for (DWORD at = 0; at < end && raw; at++) {
            char byte = base[part->VirtualAddress + at];

            if (at >= raw)
                tails += byte != 0;
            else if (!(part->Characteristics & IMAGE_SCN_MEM_WRITE)) {
                wrong += byte != file[part->PointerToRawData + at];
                compared++;
            }
        }
    }
    mark("compared", compared);
    mark("wrong", wrong);
    mark("tails", tails);
}

int main(int argc, char **argv)
{
    unsigned pages = argument(argc, argv, 1), dirty = 0;
    char *zeros = (char *)(((ULONG_PTR)bss + PAGE - 1) & ~(ULONG_PTR)(PAGE - 1));

    mark("started", 0);
    for (unsigned i = 0; i < pages; i++)
        for (unsigned j = 0; j < PAGE; j += 4)
            dirty += *(volatile unsigned *)(zeros + i * 13 % 1000 * PAGE + j) != 0;
    mark("bss", dirty);
    for (unsigned i = 0; i < sizeof data; i += PAGE)
        ((volatile char *)data)[i]++;
    mark("data", (unsigned)data[0] + (unsigned)code_like[0]);
    read_file("lab04.exe");
    mark("file", file_size);
    compare();
    audit();
    mark("done", 0);
    return 0;
}
