/* pe.c - reads an executable image that lies in memory.
 *
 * The kernel has checked headers and sections when it made the image section, but a DLL's
 * directories are ours to follow, and any number in them may lie.  Everything in an image is named
 * by its RVA, the distance from the base; pe_bytes() is the one door from RVA to pointer, and it
 * opens only onto bytes that the image really has.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

static uint32_t pages_up(uint32_t bytes)
{
    return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/* The headers' own page count: no section may begin below it. */
static uint32_t header_bytes(const struct pe *pe)
{
    return pages_up(pe->headers->OptionalHeader.SizeOfHeaders);
}

/* First RVA behind a section; 0 if it doesn't lie in the image, or nobody may read it (whatever may
 * be written or executed can be read, too). */
static uint32_t section_end(const struct pe *pe, const IMAGE_SECTION_HEADER *section)
{
    const DWORD readable = IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE | IMAGE_SCN_MEM_EXECUTE;
    uint32_t size = section->Misc.VirtualSize;

    if ((section->Characteristics & readable) == 0)
        return 0;
    if (size == 0) /* old linkers left it out */
        size = section->SizeOfRawData;
    if (section->VirtualAddress >= pe->size || size > pe->size - section->VirtualAddress)
        return 0;
    return section->VirtualAddress + pages_up(size);
}

NTSTATUS pe_open(struct pe *pe, void *base, uint32_t size)
{
    const IMAGE_DOS_HEADER *dos = base;
    uint32_t at, behind;

    *pe = (struct pe){.base = base, .size = size};
    if (size < PAGE_BYTES || dos->e_magic != IMAGE_DOS_SIGNATURE || dos->e_lfanew < 0)
        return STATUS_INVALID_IMAGE_FORMAT;
    at = (uint32_t)dos->e_lfanew;
    if (at % 4 != 0 || at > PAGE_BYTES - sizeof *pe->headers)
        return STATUS_INVALID_IMAGE_FORMAT;
    pe->headers = (void *)(pe->base + at);
    behind = at + (uint32_t)offsetof(IMAGE_NT_HEADERS32, OptionalHeader) +
             pe->headers->FileHeader.SizeOfOptionalHeader;
    pe->sections = (void *)(pe->base + behind);
    pe->section_count = pe->headers->FileHeader.NumberOfSections;
    if (pe->headers->Signature != IMAGE_NT_SIGNATURE ||
        pe->headers->FileHeader.Machine != IMAGE_FILE_MACHINE_I386 ||
        pe->headers->OptionalHeader.Magic != IMAGE_NT_OPTIONAL_HDR32_MAGIC ||
        pe->section_count > PE_SECTIONS || header_bytes(pe) > size ||
        behind + pe->section_count * sizeof *pe->sections > header_bytes(pe))
        return STATUS_INVALID_IMAGE_FORMAT;
    return STATUS_SUCCESS;
}

uint32_t pe_run(const struct pe *pe, uint32_t rva)
{
    if (rva < header_bytes(pe))
        return header_bytes(pe) - rva;
    for (uint32_t i = 0; i < pe->section_count; i++) {
        uint32_t end = section_end(pe, &pe->sections[i]);

        if (rva >= pe->sections[i].VirtualAddress && rva < end)
            return end - rva;
    }
    return 0;
}

void *pe_bytes(const struct pe *pe, uint32_t rva, uint32_t size)
{
    uint32_t run = pe_run(pe, rva);

    return run != 0 && size <= run ? pe->base + rva : NULL;
}

const char *pe_text(const struct pe *pe, uint32_t rva)
{
    uint32_t run = pe_run(pe, rva);
    const char *text = (const char *)pe->base + rva;

    return run != 0 && strnlen(text, run) < run ? text : NULL;
}

void *pe_directory(const struct pe *pe, uint32_t index, uint32_t *size)
{
    const IMAGE_OPTIONAL_HEADER32 *header = &pe->headers->OptionalHeader;
    void *found = NULL;

    *size = 0;
    if (index < header->NumberOfRvaAndSizes && index < IMAGE_NUMBEROF_DIRECTORY_ENTRIES &&
        header->DataDirectory[index].VirtualAddress != 0) {
        found = pe_bytes(pe, header->DataDirectory[index].VirtualAddress,
                         header->DataDirectory[index].Size);
    }
    if (found != NULL)
        *size = header->DataDirectory[index].Size;
    return found;
}

static NTSTATUS protect(const struct pe *pe, uint32_t rva, uint32_t bytes, ULONG protection,
                        ULONG *old)
{
    void *base = pe->base + rva;
    SIZE_T size = bytes;

    return NtProtectVirtualMemory(CURRENT_PROCESS, &base, &size, protection, old);
}

/* Pages of an image are copy-on-write, so asking for "writable" makes private copies of just the
 * pages that then are written. */
NTSTATUS pe_write_begin(const struct pe *pe, uint32_t rva, uint32_t size, ULONG *old)
{
    for (uint32_t i = 0; i < pe->section_count; i++) {
        if (rva >= pe->sections[i].VirtualAddress && rva < section_end(pe, &pe->sections[i]) &&
            (pe->sections[i].Characteristics & IMAGE_SCN_MEM_WRITE) != 0) {
            *old = 0;
            return STATUS_SUCCESS;
        }
    }
    return protect(pe, rva, size, PAGE_READWRITE, old);
}

NTSTATUS pe_write_end(const struct pe *pe, uint32_t rva, uint32_t size, ULONG old)
{
    ULONG unused;

    return old == 0 ? STATUS_SUCCESS : protect(pe, rva, size, old, &unused);
}
