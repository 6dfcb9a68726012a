/* import.c - connects a module to the modules it calls.
 *
 * The import directory has one descriptor for each DLL needed.  A descriptor names the DLL and
 * two parallel tables: what is wanted (names or ordinals), and the words that the module's code
 * calls through, which we fill in.  Where the first table is left out, the second holds both.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

/* A word of the first table: bit 31 set: an ordinal, else the RVA of hint and name. */
struct wanted {
    const char *name; /* 0: by ordinal */
    uint32_t hint, ordinal;
};

static bool read_wanted(struct pe *pe, uint32_t word, struct wanted *wanted)
{
    const uint16_t *hint;

    *wanted = (struct wanted){.ordinal = word & 0xFFFF};
    if (word & IMAGE_ORDINAL_FLAG32)
        return true;
    hint = pe_bytes(pe, word, sizeof *hint);
    wanted->name = hint == NULL ? NULL : pe_text(pe, word + 2);
    wanted->hint = hint == NULL ? 0 : *hint;
    return wanted->name != NULL;
}

/* A DLL that is imported from. */
struct needed {
    const char *name;
    struct module *provider; /* 0: there is no such DLL */
};

/* What can't be found, as opposed to what is damaged or has no memory. */
static bool absent(NTSTATUS status)
{
    return status == STATUS_DLL_NOT_FOUND || status == STATUS_ENTRYPOINT_NOT_FOUND ||
           status == STATUS_ORDINAL_NOT_FOUND;
}

/* How many words the table at `rva` has before its zero; false if it has no zero. */
static bool count_words(struct pe *pe, uint32_t rva, uint32_t *count)
{
    uint32_t run = pe_run(pe, rva) / 4;
    const uint32_t *table = (const uint32_t *)(pe->base + rva);

    for (*count = 0; *count < run; (*count)++)
        if (table[*count] == 0)
            return true;
    return false;
}

/* The table that says what is wanted.  What can't be one (old linkers left something there) is no table. */
static uint32_t wanted_words(struct pe *pe, const IMAGE_IMPORT_DESCRIPTOR *descriptor)
{
    uint32_t rva = descriptor->OriginalFirstThunk;

    return rva < pe->headers->OptionalHeader.SizeOfHeaders || pe_bytes(pe, rva, 4) == NULL
               ? descriptor->FirstThunk
               : rva;
}

/* Fills in the words of one descriptor.  `wanted` may be the same table as `words`.  What is absent is
 * noted, and the first such status returned after all words. */
static NTSTATUS fill(struct module *module, const struct needed *needed,
                     const struct import_load *load, const uint32_t *wanted_list, uint32_t *words,
                     uint32_t count)
{
    NTSTATUS worst = STATUS_SUCCESS;

    for (uint32_t i = 0; i < count; i++) {
        struct wanted wanted;
        void *address = NULL;
        NTSTATUS status = STATUS_DLL_NOT_FOUND;

        if (!read_wanted(&module->pe, wanted_list[i], &wanted)) {
            say("%s can't run: its import table is damaged.\n", module->name);
            return STATUS_INVALID_IMAGE_FORMAT;
        }
        if (needed->provider != NULL)
            status = load->find(needed->provider, module, wanted.name, wanted.hint, wanted.ordinal,
                                &address);
        if (absent(status)) {
            address =
                missing_note(needed->name, wanted.name, wanted.ordinal, needed->provider == NULL);
            if (address == NULL && NT_SUCCESS(worst))
                worst = status;
        } else if (!NT_SUCCESS(status)) {
            return status;
        }
        words[i] = (uint32_t)address;
    }
    return worst;
}

/* The table of words of one descriptor, made writable around fill(). */
static NTSTATUS bind_one(struct module *module, const struct needed *needed,
                         const struct import_load *load, const IMAGE_IMPORT_DESCRIPTOR *descriptor)
{
    struct pe *pe = &module->pe;
    uint32_t rva = descriptor->FirstThunk;
    uint32_t from = wanted_words(pe, descriptor);
    uint32_t count;
    ULONG old;
    NTSTATUS status, status_of_end;

    if (!count_words(pe, from, &count) || (count != 0 && pe_bytes(pe, rva, count * 4) == NULL)) {
        say("%s can't run: its import table is damaged.\n", module->name);
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    if (count == 0)
        return STATUS_SUCCESS;
    status = pe_write_begin(pe, rva, count * 4, &old);
    if (!NT_SUCCESS(status))
        return status;
    status = fill(module, needed, load, (const uint32_t *)(pe->base + from),
                  (uint32_t *)(pe->base + rva), count);
    status_of_end = pe_write_end(pe, rva, count * 4, old);
    return NT_SUCCESS(status) ? status_of_end : status;
}

static NTSTATUS load_and_bind(struct module *module, const struct import_load *load,
                              const IMAGE_IMPORT_DESCRIPTOR *descriptor)
{
    const char *name = pe_text(&module->pe, descriptor->Name);
    struct needed needed = {.name = name};
    unsigned notes = missing_notes;
    NTSTATUS status;

    if (name == NULL) {
        say("%s can't run: its import table is damaged.\n", module->name);
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    status = load->load(name, &needed.provider);
    if (status == STATUS_DLL_NOT_FOUND &&
        missing_notes == notes) { /* no DLL of its own is missing */
        needed.provider = NULL;
        return bind_one(module, &needed, load, descriptor);
    }
    if (!NT_SUCCESS(status))
        return status;
    status = module_need(module, needed.provider);
    load->release(needed.provider);
    return NT_SUCCESS(status) ? bind_one(module, &needed, load, descriptor) : status;
}

NTSTATUS import_bind(struct module *module, const struct import_load *load)
{
    uint32_t size, rva = pe_directory(&module->pe, IMAGE_DIRECTORY_ENTRY_IMPORT, &size);
    NTSTATUS worst = STATUS_SUCCESS;

    /* A descriptor without a name or a table ends the list, whatever its size is said to be (W314). */
    for (; rva != 0; rva += sizeof(IMAGE_IMPORT_DESCRIPTOR)) {
        const IMAGE_IMPORT_DESCRIPTOR *descriptor = pe_bytes(&module->pe, rva, sizeof *descriptor);
        const uint32_t *first;
        NTSTATUS status;

        if (descriptor != NULL && (descriptor->Name == 0 || descriptor->FirstThunk == 0))
            break;
        first = descriptor == NULL ? NULL
                                   : pe_bytes(&module->pe, descriptor->FirstThunk, sizeof *first);
        if (first == NULL) {
            say("%s can't run: its import table is damaged.\n", module->name);
            return STATUS_INVALID_IMAGE_FORMAT;
        }
        if (*first == 0) /* nothing is wanted of it: it need not even exist */
            continue;
        status = load_and_bind(module, load, descriptor);
        if (!NT_SUCCESS(status) && !absent(status))
            return status;
        if (NT_SUCCESS(worst))
            worst = status;
    }
    return worst;
}
