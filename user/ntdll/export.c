/* export.c - finds what a module offers, by name or by ordinal.
 *
 * An export directory is three tables: addresses, names in ascending order, and for each name the
 * index of its address.  An address that lies inside the directory itself is no code but the text of a
 * forwarder, "NTDLL.RtlAllocateHeap": the function of another module under whatever name.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

struct exports {
    const IMAGE_EXPORT_DIRECTORY *directory;
    uint32_t rva, size; /* of the directory: addresses within are forwarders */
    const uint32_t *addresses, *names;
    const uint16_t *indices;
};

/* False: the module exports nothing, or the tables don't lie in it. */
static bool open_exports(const struct pe *pe, struct exports *exports)
{
    const IMAGE_EXPORT_DIRECTORY *directory =
        pe_directory(pe, IMAGE_DIRECTORY_ENTRY_EXPORT, &exports->size);
    const uint32_t limit = pe->size / 4; /* more entries can't be there: keeps products small */

    if (directory == NULL || exports->size < sizeof *directory ||
        directory->NumberOfFunctions > limit || directory->NumberOfNames > limit)
        return false;
    exports->directory = directory;
    exports->rva =
        pe->headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress;
    exports->addresses =
        pe_bytes(pe, directory->AddressOfFunctions, directory->NumberOfFunctions * 4);
    exports->names = pe_bytes(pe, directory->AddressOfNames, directory->NumberOfNames * 4);
    exports->indices = pe_bytes(pe, directory->AddressOfNameOrdinals, directory->NumberOfNames * 2);
    return exports->addresses != NULL &&
           (directory->NumberOfNames == 0 || (exports->names != NULL && exports->indices != NULL));
}

/* Order of entry `i` and `name` in the table; a name outside the image is smaller than any. */
static int compare(const struct pe *pe, const struct exports *exports, uint32_t i, const char *name)
{
    const char *text = pe_text(pe, exports->names[i]);

    return text == NULL ? -1 : strcmp(text, name);
}

/* The index of a name's address, or NumberOfFunctions.  `hint` is where the linker saw the name in
 * its copy of the module; when it is right there is nothing to search. */
static uint32_t index_of_name(const struct pe *pe, const struct exports *exports, const char *name,
                              uint32_t hint)
{
    uint32_t low = 0;
    uint32_t high = exports->directory->NumberOfNames;

    if (hint < high && compare(pe, exports, hint, name) == 0)
        return exports->indices[hint];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare(pe, exports, middle, name);

        if (order == 0)
            return exports->indices[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return exports->directory->NumberOfFunctions;
}

bool export_split(const char *text, char module[MODULE_NAME], const char **name, uint32_t *ordinal)
{
    const char *dot = strrchr(text, '.');
    size_t length;

    if (dot == NULL || dot == text || dot[1] == 0 || dot - text > MODULE_NAME - 5)
        return false;
    length = (size_t)(dot - text);
    memcpy(module, text, length);
    string_copy(module + length, ".dll", MODULE_NAME - length);
    *name = dot + 1;
    *ordinal = 0;
    if (dot[1] == '#') {
        *name = NULL;
        for (const char *digit = dot + 2; *digit >= '0' && *digit <= '9'; digit++)
            *ordinal = (*ordinal * 10 + (uint32_t)(*digit - '0')) & 0xFFFFF;
    }
    return true;
}

NTSTATUS export_look_up(const struct module *module, const char *name, uint32_t hint,
                        uint32_t ordinal, void **address, const char **forward)
{
    NTSTATUS missing = name != NULL ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
    struct exports exports;
    uint32_t index, rva;

    if (!open_exports(&module->pe, &exports))
        return missing;
    index = name != NULL ? index_of_name(&module->pe, &exports, name, hint)
                         : ordinal - exports.directory->Base;
    if (index >= exports.directory->NumberOfFunctions)
        return missing;
    rva = exports.addresses[index];
    if (rva == 0 || rva >= module->pe.size) /* a gap in the ordinals, or a lie */
        return missing;
    if (rva - exports.rva < exports.size) {
        *forward = pe_text(&module->pe, rva);
        return *forward == NULL ? missing : STATUS_MORE_ENTRIES;
    }
    *address = module->pe.base + rva;
    return STATUS_SUCCESS;
}
