/* pe.c - reads an executable image that lies in memory.
 *
 * The kernel has checked headers and sections when it made the image section, but a DLL's directories are ours to
 * follow, and any number in them may lie; so may the headers themselves, which are read here as they lie in memory
 * (W310).  Everything in an image is named by its RVA, the distance from the base; pe_bytes() is the one door from RVA to
 * pointer, and it opens only onto bytes that can be read: the kernel is asked, not the section headers.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

IMAGE_NT_HEADERS32 *pe_headers(void *base, uint32_t size)
{
    const IMAGE_DOS_HEADER *dos = base;
    IMAGE_NT_HEADERS32 *headers;

    if (size < sizeof *dos || dos->e_magic != IMAGE_DOS_SIGNATURE || dos->e_lfanew < 0 ||
        (uint32_t)dos->e_lfanew > size - sizeof headers->Signature)
        return NULL;
    headers = (void *)((uint8_t *)base + dos->e_lfanew);
    return headers->Signature == IMAGE_NT_SIGNATURE ? headers : NULL;
}

uint32_t pe_mapped(void *base)
{
    MEMORY_BASIC_INFORMATION info;
    uint8_t *at = base;

    while (NT_SUCCESS(NtQueryVirtualMemory(CURRENT_PROCESS, at, MemoryBasicInformation, &info,
                                           sizeof info, NULL)) &&
           info.AllocationBase == base)
        at = (uint8_t *)info.BaseAddress + info.RegionSize;
    return (uint32_t)(at - (uint8_t *)base);
}

NTSTATUS pe_open(struct pe *pe, void *base, uint32_t size)
{
    uint32_t rva;

    *pe = (struct pe){.base = base, .size = size};
    pe->headers = pe_headers(base, pe_run(pe, 0));
    rva = (uint32_t)pe->headers - (uint32_t)base;
    if (pe->headers == NULL || pe_bytes(pe, rva, sizeof *pe->headers) == NULL)
        return STATUS_INVALID_IMAGE_FORMAT;
    return STATUS_SUCCESS;
}

/* The protection of the page at `rva`, and in *end how far it reaches; 0 at the end of the image. */
static DWORD region(const struct pe *pe, uint32_t rva, uint32_t *end)
{
    MEMORY_BASIC_INFORMATION info;
    NTSTATUS status;

    if (rva >= pe->size)
        return 0;
    status = NtQueryVirtualMemory(CURRENT_PROCESS, pe->base + rva, MemoryBasicInformation, &info,
                                  sizeof info, NULL);
    if (!NT_SUCCESS(status))
        return 0;
    *end = (uint32_t)((uint8_t *)info.BaseAddress - pe->base) + (uint32_t)info.RegionSize;
    *end = *end < pe->size ? *end : pe->size;
    return info.Protect;
}

/* The run found last answers nearly all questions. */
uint32_t pe_run(struct pe *pe, uint32_t rva)
{
    uint32_t end = rva, next = 0;

    if (rva >= pe->run && rva < pe->run_end)
        return pe->run_end - rva;
    for (;;) {
        DWORD protection = region(pe, end, &next);

        if (protection == 0 || (protection & (PAGE_NOACCESS | PAGE_GUARD)) != 0)
            break;
        end = next;
    }
    if (end == rva)
        return 0;
    pe->run = rva;
    pe->run_end = end;
    return end - rva;
}

void *pe_bytes(struct pe *pe, uint32_t rva, uint32_t size)
{
    uint32_t run = pe_run(pe, rva);

    return run != 0 && size <= run ? pe->base + rva : NULL;
}

const char *pe_text(struct pe *pe, uint32_t rva)
{
    uint32_t run = pe_run(pe, rva);
    const char *text = (const char *)pe->base + rva;

    return run != 0 && strnlen(text, run) < run ? text : NULL;
}

uint32_t pe_directory(const struct pe *pe, uint32_t index, uint32_t *size)
{
    const IMAGE_OPTIONAL_HEADER32 *header = &pe->headers->OptionalHeader;

    *size = 0;
    if (index >= header->NumberOfRvaAndSizes || index >= IMAGE_NUMBEROF_DIRECTORY_ENTRIES)
        return 0;
    *size = header->DataDirectory[index].Size;
    return header->DataDirectory[index].VirtualAddress;
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
    const DWORD writable =
        PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
    uint32_t end = rva;

    *old = 0;
    if ((region(pe, rva, &end) & writable) != 0 && size <= end - rva)
        return STATUS_SUCCESS;
    return protect(pe, rva, size, PAGE_READWRITE, old);
}

NTSTATUS pe_write_end(const struct pe *pe, uint32_t rva, uint32_t size, ULONG old)
{
    ULONG unused;

    return old == 0 ? STATUS_SUCCESS : protect(pe, rva, size, old, &unused);
}
