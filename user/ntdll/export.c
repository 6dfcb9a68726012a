/* export.c - finds what a module offers, by name or by ordinal.
 *
 * An export directory is three tables: addresses, names in ascending order, and for each name the
 * index of its address.  An address that lies inside the directory itself is no code but the text of a
 * forwarder, "NTDLL.RtlAllocateHeap": the function of another module under whatever name.
 */
#include "user/ntdll/ntdll.h"
#include "user/ntdll/string.h"

struct exports {
    const IMAGE_EXPORT_DIRECTORY *directory;
    uint32_t rva, size; /* of the directory: addresses within are forwarders */
    const uint32_t *addresses, *names;
    const uint16_t *indices;
    uint32_t functions, names_count; /* as many as can be read, whatever the directory says */
};

/* The table at `rva`; *count becomes smaller if not so many entries can be read. */
static const void *open_table(struct pe *pe, uint32_t rva, uint32_t entry_bytes, uint32_t *count)
{
    uint32_t most = pe_run(pe, rva) / entry_bytes;

    *count = *count < most ? *count : most;
    return pe->base + rva;
}

/* False: the module exports nothing.  The directory's size is not believed, except for what is a forwarder. */
static bool open_exports(struct pe *pe, struct exports *exports)
{
    exports->rva = pe_directory(pe, IMAGE_DIRECTORY_ENTRY_EXPORT, &exports->size);
    exports->directory =
        exports->rva == 0 ? NULL : pe_bytes(pe, exports->rva, sizeof *exports->directory);
    if (exports->directory == NULL)
        return false;
    exports->functions = exports->directory->NumberOfFunctions;
    exports->names_count = exports->directory->NumberOfNames;
    exports->addresses =
        open_table(pe, exports->directory->AddressOfFunctions, 4, &exports->functions);
    exports->names = open_table(pe, exports->directory->AddressOfNames, 4, &exports->names_count);
    exports->indices =
        open_table(pe, exports->directory->AddressOfNameOrdinals, 2, &exports->names_count);
    return true;
}

/* Order of entry `i` and `name` in the table; a name outside the image is smaller than any. */
static int compare(struct pe *pe, const struct exports *exports, uint32_t i, const char *name)
{
    const char *text = pe_text(pe, exports->names[i]);

    return text == NULL ? -1 : strcmp(text, name);
}

/* The index of a name's address, or one too large.  `hint` is where the linker saw the name in
 * its copy of the module; when it is right there is nothing to search. */
static uint32_t index_of_name(struct pe *pe, const struct exports *exports, const char *name,
                              uint32_t hint)
{
    uint32_t low = 0;
    uint32_t high = exports->names_count;

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
    return exports->functions;
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

NTSTATUS export_look_up(struct module *module, const char *name, uint32_t hint, uint32_t ordinal,
                        void **address, const char **forward)
{
    NTSTATUS missing = name != NULL ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
    struct exports exports;
    uint32_t index, rva;

    if (!open_exports(&module->pe, &exports))
        return missing;
    index = name != NULL ? index_of_name(&module->pe, &exports, name, hint)
                         : ordinal - exports.directory->Base;
    if (index >= exports.functions)
        return missing;
    rva = exports.addresses[index];
    if (rva == 0) /* a gap in the ordinals */
        return missing;
    if (rva - exports.rva < exports.size) {
        *forward = pe_text(&module->pe, rva);
        return *forward == NULL ? missing : STATUS_MORE_ENTRIES;
    }
    *address = module->pe.base + rva;
    return STATUS_SUCCESS;
}
