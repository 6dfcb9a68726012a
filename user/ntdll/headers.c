/* headers.c - images by their headers, wherever they lie: loaded, mapped a second time, mapped as data, or copied (W317).
 *
 * In a file that is mapped as data the RVAs are no distances: the section headers say where a byte is.
 */
#include "user/ntdll/ntdll.h"

IMAGE_NT_HEADERS *NTAPI RtlImageNtHeader(void *base)
{
    struct pe pe = {.base = base,
                    .size = base == NULL || base == (void *)-1 ? 0 : (uint32_t)-1 - (uint32_t)base};

    return (IMAGE_NT_HEADERS *)pe_headers(base, pe_run(&pe, 0));
}

/* The section that the byte at `rva` belongs to, 0 if it is in none. */
IMAGE_SECTION_HEADER *NTAPI RtlImageRvaToSection(const IMAGE_NT_HEADERS *headers, void *base,
                                                 ULONG rva)
{
    IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);

    (void)base;
    for (unsigned i = 0; i < headers->FileHeader.NumberOfSections; i++, section++)
        if (rva - section->VirtualAddress < section->SizeOfRawData)
            return section;
    return NULL;
}

/* Where the byte at `rva` lies in a file that is mapped as data.  *last, if given: the section found last. */
void *NTAPI RtlImageRvaToVa(const IMAGE_NT_HEADERS *headers, void *base, ULONG rva,
                            IMAGE_SECTION_HEADER **last)
{
    IMAGE_SECTION_HEADER *section = last == NULL ? NULL : *last;

    if (section == NULL || rva - section->VirtualAddress >= section->SizeOfRawData)
        section = RtlImageRvaToSection(headers, base, rva);
    if (section == NULL)
        return NULL;
    if (last != NULL)
        *last = section;
    return (uint8_t *)base + section->PointerToRawData + (rva - section->VirtualAddress);
}

/* A directory of an image (`mapped`) or of a file that is mapped as data, which bit 0 of `base` says, too. */
void *NTAPI RtlImageDirectoryEntryToData(void *base, BOOLEAN mapped, USHORT directory, ULONG *size)
{
    void *at = (void *)((ULONG_PTR)base & ~3ul);
    const IMAGE_NT_HEADERS *headers = RtlImageNtHeader(at);
    const IMAGE_DATA_DIRECTORY *entry;

    if (headers == NULL || directory >= headers->OptionalHeader.NumberOfRvaAndSizes ||
        directory >= IMAGE_NUMBEROF_DIRECTORY_ENTRIES)
        return NULL;
    entry = &headers->OptionalHeader.DataDirectory[directory];
    if (entry->VirtualAddress == 0)
        return NULL;
    *size = entry->Size;
    if ((mapped && ((ULONG_PTR)base & 1) == 0) ||
        entry->VirtualAddress < headers->OptionalHeader.SizeOfHeaders)
        return (uint8_t *)at + entry->VirtualAddress;
    return RtlImageRvaToVa(headers, at, entry->VirtualAddress, NULL);
}
