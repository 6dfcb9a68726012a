/* relocate.c - moves an image that could not lie at its preferred base.
 *
 * The image's relocation directory lists every word that holds an absolute address, page by page; the distance moved is
 * added to each.  Only pages that contain such words become private to the process; the rest of the image stays
 * shared.
 */
#include "user/ntdll/ntdll.h"

enum { OFFSET = 0xFFF, ENTRY_BYTES = 8 /* the most that an entry changes */ };

/* Adds `distance` at `at`.  Linkers write type 3 for this processor, and 0 to fill up; Windows 7 knows those of others,
 * too (W316).  False: no such type. */
static bool add(uint8_t *at, unsigned type, uint32_t distance)
{
    uint32_t jump;

    switch (type) {
    case IMAGE_REL_BASED_ABSOLUTE:
    case IMAGE_REL_BASED_LOW: /* images lie at multiples of 64 KB */
    case 6:
    case 7:
        return true;
    case IMAGE_REL_BASED_HIGH:
        *(uint16_t *)at = (uint16_t)(*(uint16_t *)at + (distance >> 16));
        return true;
    case IMAGE_REL_BASED_HIGHADJ:
        *(uint16_t *)at = (uint16_t)(*(uint16_t *)at + ((distance + 0x8000) >> 16));
        return true;
    case IMAGE_REL_BASED_HIGHLOW: /* may lie unaligned and reach into the next page */
        __asm__ volatile("addl %1, %0" : "+m"(*(uint32_t *)at) : "r"(distance));
        return true;
    case IMAGE_REL_BASED_MIPS_JMPADDR: /* 26 bits that count words */
        jump = *(uint32_t *)at;
        *(uint32_t *)at = (jump & 0xFC000000) | ((jump + (distance >> 2)) & 0x03FFFFFF);
        return true;
    case IMAGE_REL_BASED_DIR64:
        *(int64_t *)at += (int32_t)distance;
        return true;
    default:
        return false;
    }
}

static bool add_all(uint8_t *page, const uint16_t *entry, uint32_t count, uint32_t distance)
{
    for (uint32_t i = 0; i < count; i++) {
        unsigned type = entry[i] >> 12;

        if (!add(page + (entry[i] & OFFSET), type, distance))
            return false;
        i +=
            type == IMAGE_REL_BASED_HIGHADJ; /* its second word is not looked at before Windows 8 */
    }
    return true;
}

/* From the page's start to behind the last byte that its entries change. */
static uint32_t bytes_changed(const uint16_t *entry, uint32_t count)
{
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < count; i++) {
        unsigned size = entry[i] >> 12 == IMAGE_REL_BASED_DIR64 ? ENTRY_BYTES : 4;
        unsigned end = (entry[i] & (unsigned)OFFSET) + size;

        if (entry[i] >> 12 != IMAGE_REL_BASED_ABSOLUTE && end > bytes)
            bytes = end;
    }
    return bytes;
}

static NTSTATUS relocate_page(struct pe *pe, uint32_t rva, const uint16_t *entry, uint32_t count,
                              uint32_t distance)
{
    uint32_t bytes = bytes_changed(entry, count);
    ULONG old;
    NTSTATUS status, status_of_end;
    bool done;

    if (bytes == 0)
        return STATUS_SUCCESS;
    if (pe_bytes(pe, rva, bytes) == NULL)
        return STATUS_INVALID_IMAGE_FORMAT;
    status = pe_write_begin(pe, rva, bytes, &old);
    if (!NT_SUCCESS(status))
        return status;
    done = add_all(pe->base + rva, entry, count, distance);
    status_of_end = pe_write_end(pe, rva, bytes, old);
    return done ? status_of_end : STATUS_INVALID_IMAGE_FORMAT;
}

NTSTATUS relocate(struct pe *pe)
{
    uint32_t distance = (uint32_t)pe->base - pe->headers->OptionalHeader.ImageBase;
    uint32_t size, rva = pe_directory(pe, IMAGE_DIRECTORY_ENTRY_BASERELOC, &size), end = rva + size;
    NTSTATUS status = STATUS_SUCCESS;

    if (distance == 0)
        return STATUS_SUCCESS;
    if (rva == 0 && (pe->headers->FileHeader.Characteristics & IMAGE_FILE_RELOCS_STRIPPED))
        return STATUS_CONFLICTING_ADDRESSES;
    while (NT_SUCCESS(status) && rva < end) {
        const IMAGE_BASE_RELOCATION *block = pe_bytes(pe, rva, sizeof *block);
        uint32_t count;

        if (block == NULL)
            return STATUS_INVALID_IMAGE_FORMAT;
        if (block->SizeOfBlock == 0) /* some linkers end the list so */
            break;
        count = (block->SizeOfBlock - (uint32_t)sizeof *block) / 2;
        if (block->SizeOfBlock < sizeof *block || pe_bytes(pe, rva, block->SizeOfBlock) == NULL)
            return STATUS_INVALID_IMAGE_FORMAT;
        status = relocate_page(pe, block->VirtualAddress, (const uint16_t *)(block + 1), count,
                               distance);
        rva += (uint32_t)sizeof *block + count * 2;
    }
    return status;
}
