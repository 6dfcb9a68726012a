/* relocate.c - moves an image that could not lie at its preferred base.
 *
 * The image's relocation directory lists every 32-bit word that holds an absolute address, page by
 * page; the distance moved is added to each.  Only pages that contain such words become private to
 * the process; the rest of the image stays shared.
 */
#include "user/ntdll/ntdll.h"

/* Adds `distance` to the words of one page.  Type 3 is the only kind that 32-bit images have; type 0
 * fills up.  `run`: bytes from the page's start to the end of its section. */
static NTSTATUS add_to_page(uint8_t *page, uint32_t run, const uint16_t *entry, uint32_t count,
                            uint32_t distance)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t offset = entry[i] & 0xFFF;

        switch (entry[i] >> 12) {
        case IMAGE_REL_BASED_ABSOLUTE:
            break;
        case IMAGE_REL_BASED_HIGHLOW:
            if (run < 4 || offset > run - 4)
                return STATUS_INVALID_IMAGE_FORMAT;
            /* The word may lie unaligned and reach into the next page. */
            __asm__ volatile("addl %1, %0" : "+m"(*(uint32_t *)(page + offset)) : "r"(distance));
            break;
        default:
            return STATUS_INVALID_IMAGE_FORMAT;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS relocate_page(const struct pe *pe, const IMAGE_BASE_RELOCATION *block,
                              uint32_t distance)
{
    uint32_t rva = block->VirtualAddress;
    uint32_t run = pe_run(pe, rva);
    uint32_t count = (block->SizeOfBlock - (uint32_t)sizeof *block) / 2;
    uint32_t bytes = run < 2 * PAGE_BYTES ? run : 2 * PAGE_BYTES;
    ULONG old;
    NTSTATUS status, status_of_end;

    if (run == 0)
        return STATUS_INVALID_IMAGE_FORMAT;
    status = pe_write_begin(pe, rva, bytes, &old);
    if (!NT_SUCCESS(status))
        return status;
    status = add_to_page(pe->base + rva, run, (const uint16_t *)(block + 1), count, distance);
    status_of_end = pe_write_end(pe, rva, bytes, old);
    return NT_SUCCESS(status) ? status_of_end : status;
}

NTSTATUS relocate(const struct pe *pe)
{
    uint32_t distance = (uint32_t)pe->base - pe->headers->OptionalHeader.ImageBase;
    uint32_t size;
    const uint8_t *list = pe_directory(pe, IMAGE_DIRECTORY_ENTRY_BASERELOC, &size);
    NTSTATUS status = STATUS_SUCCESS;

    if (distance == 0)
        return STATUS_SUCCESS;
    if (list == NULL && (pe->headers->FileHeader.Characteristics & IMAGE_FILE_RELOCS_STRIPPED))
        return STATUS_CONFLICTING_ADDRESSES;
    while (NT_SUCCESS(status) && size >= sizeof(IMAGE_BASE_RELOCATION)) {
        const IMAGE_BASE_RELOCATION *block = (const IMAGE_BASE_RELOCATION *)list;

        if (block->SizeOfBlock == 0) /* some linkers end the list so */
            break;
        if (block->SizeOfBlock < sizeof *block || block->SizeOfBlock > size ||
            block->SizeOfBlock % 4 != 0)
            return STATUS_INVALID_IMAGE_FORMAT;
        status = relocate_page(pe, block, distance);
        list += block->SizeOfBlock;
        size -= block->SizeOfBlock;
    }
    return status;
}
