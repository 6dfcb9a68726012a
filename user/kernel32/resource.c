/* resource.c - resources of a module: a tree of three levels, type, name, language.
 *
 * What is in an image may lie, so each directory and entry is looked at through at(), which knows how much of
 * the resource section there is.
 */
#include "user/kernel32/kernel32.h"

struct resources {
    const uint8_t *base; /* of the resource section */
    ULONG size;
};

static bool open_resources(HMODULE module, struct resources *resources)
{
    void *base = module != NULL ? (void *)module : peb()->image_base;

    resources->base =
        RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &resources->size);
    return resources->base != NULL || error_fail(ERROR_RESOURCE_DATA_NOT_FOUND);
}

/* `size` bytes at `offset` of the section, 0 if they don't lie in it. */
static const void *at(const struct resources *resources, DWORD offset, DWORD size)
{
    return offset < resources->size && size <= resources->size - offset ? resources->base + offset
                                                                        : NULL;
}

static WCHAR upper(WCHAR c)
{
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - 'a' + 'A') : c;
}

/* "#123" is the number 123. */
static const WCHAR *as_number(const WCHAR *name)
{
    DWORD number = 0;

    if (IS_INTRESOURCE(name) || *name != '#')
        return name;
    for (const WCHAR *digit = name + 1; *digit >= '0' && *digit <= '9'; digit++)
        number = number * 10 + (DWORD)(*digit - '0');
    return MAKEINTRESOURCEW(number & 0xFFFF);
}

static bool same_name(const struct resources *resources,
                      const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry, const WCHAR *wanted)
{
    const WORD *length;
    const WCHAR *text;

    if (IS_INTRESOURCE(wanted) || !entry->NameIsString)
        return IS_INTRESOURCE(wanted) && !entry->NameIsString &&
               entry->Id == (WORD)(ULONG_PTR)wanted;
    length = at(resources, entry->NameOffset, sizeof *length);
    if (length == NULL || *length != text_length(wanted))
        return false;
    text = at(resources, entry->NameOffset + (DWORD)sizeof *length, *length * sizeof *text);
    for (WORD i = 0; text != NULL && i < *length; i++)
        if (upper(text[i]) != upper(wanted[i]))
            return false;
    return text != NULL;
}

/* The entry of this name in the directory at `offset`; `wanted` 0: the first one. */
static const IMAGE_RESOURCE_DIRECTORY_ENTRY *find_entry(const struct resources *resources,
                                                        DWORD offset, const WCHAR *wanted, bool any)
{
    const IMAGE_RESOURCE_DIRECTORY *directory = at(resources, offset, sizeof *directory);
    DWORD count = directory == NULL
                      ? 0
                      : (DWORD)directory->NumberOfNamedEntries + directory->NumberOfIdEntries;
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry =
        at(resources, offset + (DWORD)sizeof *directory, count * (DWORD)sizeof *entry);

    for (DWORD i = 0; entry != NULL && i < count; i++)
        if (any || same_name(resources, &entry[i], wanted))
            return &entry[i];
    return NULL;
}

/* `language` 0: the first one there is. */
HRSRC WINAPI FindResourceExW(HMODULE module, LPCWSTR type, LPCWSTR name, WORD language)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry;
    struct resources resources;

    if (!open_resources(module, &resources))
        return NULL;
    entry = find_entry(&resources, 0, as_number(type), false);
    if (entry == NULL || !entry->DataIsDirectory)
        return error_null(ERROR_RESOURCE_TYPE_NOT_FOUND);
    entry = find_entry(&resources, entry->OffsetToDirectory, as_number(name), false);
    if (entry == NULL || !entry->DataIsDirectory)
        return error_null(ERROR_RESOURCE_NAME_NOT_FOUND);
    entry =
        find_entry(&resources, entry->OffsetToDirectory, MAKEINTRESOURCEW(language), language == 0);
    if (entry == NULL || entry->DataIsDirectory)
        return error_null(ERROR_RESOURCE_LANG_NOT_FOUND);
    return (HRSRC)at(&resources, entry->OffsetToData, sizeof(IMAGE_RESOURCE_DATA_ENTRY));
}

HRSRC WINAPI FindResourceW(HMODULE module, LPCWSTR name, LPCWSTR type)
{
    return FindResourceExW(module, type, name, 0);
}

HRSRC WINAPI FindResourceA(HMODULE module, LPCSTR name, LPCSTR type)
{
    return FindResourceExA(module, type, name, 0);
}

/* Where an RVA lies, which in a file that is mapped as data (bit 0) the section headers say. */
static void *image_byte(HMODULE module, DWORD rva)
{
    uint8_t *base = (uint8_t *)((ULONG_PTR)module & ~(ULONG_PTR)3);

    if (((ULONG_PTR)module & 1) != 0)
        return RtlImageRvaToVa(RtlImageNtHeader(base), base, rva, NULL);
    return (module != NULL ? base : (uint8_t *)peb()->image_base) + rva;
}

HGLOBAL WINAPI LoadResource(HMODULE module, HRSRC resource)
{
    const IMAGE_RESOURCE_DATA_ENTRY *data = (const IMAGE_RESOURCE_DATA_ENTRY *)resource;

    if (data == NULL)
        return error_null(ERROR_RESOURCE_DATA_NOT_FOUND);
    return image_byte(module, data->OffsetToData);
}

/* A resource is where it is: nothing to lock. */
LPVOID WINAPI LockResource(HGLOBAL resource)
{
    return resource;
}

DWORD WINAPI SizeofResource(HMODULE module, HRSRC resource)
{
    (void)module;
    return resource == NULL ? 0 : ((const IMAGE_RESOURCE_DATA_ENTRY *)resource)->Size;
}

BOOL WINAPI FreeResource(HGLOBAL resource)
{
    (void)resource;
    return FALSE; /* as Windows has it: nothing was freed */
}

HRSRC WINAPI FindResourceExA(HMODULE module, LPCSTR type, LPCSTR name, WORD language)
{
    WCHAR wide_name[TEXT_NAME], wide_type[TEXT_NAME];

    if (!IS_INTRESOURCE(name) && !text_widen(wide_name, TEXT_NAME, name))
        return error_null(ERROR_RESOURCE_NAME_NOT_FOUND);
    if (!IS_INTRESOURCE(type) && !text_widen(wide_type, TEXT_NAME, type))
        return error_null(ERROR_RESOURCE_TYPE_NOT_FOUND);
    return FindResourceExW(module, IS_INTRESOURCE(type) ? (LPCWSTR)type : wide_type,
                           IS_INTRESOURCE(name) ? (LPCWSTR)name : wide_name, language);
}

/* --- listing --- */

/* The `index`th entry of the directory at `offset`, 0 behind the last. */
static const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry_at(const struct resources *resources,
                                                      DWORD offset, DWORD index)
{
    const IMAGE_RESOURCE_DIRECTORY *directory = at(resources, offset, sizeof *directory);

    if (directory == NULL ||
        index >= (DWORD)directory->NumberOfNamedEntries + directory->NumberOfIdEntries)
        return NULL;
    return at(resources,
              offset + (DWORD)sizeof *directory +
                  index * (DWORD)sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY),
              sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY));
}

/* An entry's name: a number, or a text copied to `text`. */
static WCHAR *entry_name(const struct resources *resources,
                         const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry, WCHAR text[TEXT_NAME])
{
    const WORD *length;
    const WCHAR *from;

    if (!entry->NameIsString)
        return MAKEINTRESOURCEW(entry->Id);
    length = at(resources, entry->NameOffset, sizeof *length);
    if (length == NULL || *length >= TEXT_NAME)
        return NULL;
    from = at(resources, entry->NameOffset + (DWORD)sizeof *length, *length * sizeof *from);
    if (from == NULL)
        return NULL;
    memcpy(text, from, *length * sizeof *text);
    text[*length] = 0;
    return text;
}

/* What is told of each entry; FALSE ends the listing. */
typedef BOOL (*tell_entry)(void *context, WCHAR *name);

static BOOL list(const struct resources *resources, DWORD offset, tell_entry tell, void *context)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry;
    WCHAR text[TEXT_NAME];

    for (DWORD i = 0; (entry = entry_at(resources, offset, i)) != NULL; i++) {
        WCHAR *name = entry_name(resources, entry, text);

        if (name != NULL && !tell(context, name))
            return FALSE;
    }
    return TRUE;
}

/* The caller's function and what it is given besides the name; `narrow`: in letters of the ANSI code page. */
struct listing {
    HMODULE module;
    const void *function;
    const WCHAR *type, *name;
    LONG_PTR argument;
    bool narrow;
};

/* The name as the caller's function takes it. */
static void *as_wanted(const struct listing *listing, const WCHAR *name, char text[TEXT_NAME])
{
    if (!listing->narrow || IS_INTRESOURCE(name))
        return (void *)name;
    text_narrow(text, TEXT_NAME, name);
    return text;
}

static BOOL tell_type(void *context, WCHAR *type)
{
    const struct listing *listing = context;
    BOOL(WINAPI * function)(HMODULE, void *, LONG_PTR) = listing->function;
    char text[TEXT_NAME];

    return function(listing->module, as_wanted(listing, type, text), listing->argument);
}

static BOOL tell_name(void *context, WCHAR *name)
{
    const struct listing *listing = context;
    BOOL(WINAPI * function)(HMODULE, void *, void *, LONG_PTR) = listing->function;
    char type_text[TEXT_NAME], text[TEXT_NAME];

    return function(listing->module, as_wanted(listing, listing->type, type_text),
                    as_wanted(listing, name, text), listing->argument);
}

static BOOL tell_language(void *context, WCHAR *language)
{
    const struct listing *listing = context;
    BOOL(WINAPI * function)(HMODULE, void *, void *, WORD, LONG_PTR) = listing->function;
    char type_text[TEXT_NAME], text[TEXT_NAME];

    return function(listing->module, as_wanted(listing, listing->type, type_text),
                    as_wanted(listing, listing->name, text), (WORD)(ULONG_PTR)language,
                    listing->argument);
}

/* Types, or the names of a type, or the languages of a name. */
static BOOL list_all(struct listing *listing)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry;
    struct resources resources;

    if (!open_resources(listing->module, &resources))
        return FALSE;
    if (listing->type == NULL)
        return list(&resources, 0, tell_type, listing);
    entry = find_entry(&resources, 0, as_number(listing->type), false);
    if (entry == NULL || !entry->DataIsDirectory)
        return error_fail(ERROR_RESOURCE_TYPE_NOT_FOUND);
    if (listing->name == NULL)
        return list(&resources, entry->OffsetToDirectory, tell_name, listing);
    entry = find_entry(&resources, entry->OffsetToDirectory, as_number(listing->name), false);
    if (entry == NULL || !entry->DataIsDirectory)
        return error_fail(ERROR_RESOURCE_NAME_NOT_FOUND);
    return list(&resources, entry->OffsetToDirectory, tell_language, listing);
}

/* A narrow name made wide; numbers stay what they are. */
static const WCHAR *widened(const char *name, WCHAR text[TEXT_NAME])
{
    if (IS_INTRESOURCE(name))
        return (const WCHAR *)name;
    return text_widen(text, TEXT_NAME, name) ? text : L"";
}

BOOL WINAPI EnumResourceTypesW(HMODULE module, ENUMRESTYPEPROCW function, LONG_PTR argument)
{
    struct listing listing = {.module = module, .function = function, .argument = argument};

    return list_all(&listing);
}

BOOL WINAPI EnumResourceTypesA(HMODULE module, ENUMRESTYPEPROCA function, LONG_PTR argument)
{
    struct listing listing = {
        .module = module, .function = function, .argument = argument, .narrow = true};

    return list_all(&listing);
}

BOOL WINAPI EnumResourceNamesW(HMODULE module, LPCWSTR type, ENUMRESNAMEPROCW function,
                               LONG_PTR argument)
{
    struct listing listing = {
        .module = module, .function = function, .type = type, .argument = argument};

    return list_all(&listing);
}

BOOL WINAPI EnumResourceNamesA(HMODULE module, LPCSTR type, ENUMRESNAMEPROCA function,
                               LONG_PTR argument)
{
    WCHAR text[TEXT_NAME];
    struct listing listing = {.module = module,
                              .function = function,
                              .type = widened(type, text),
                              .argument = argument,
                              .narrow = true};

    return list_all(&listing);
}

BOOL WINAPI EnumResourceLanguagesW(HMODULE module, LPCWSTR type, LPCWSTR name,
                                   ENUMRESLANGPROCW function, LONG_PTR argument)
{
    struct listing listing = {
        .module = module, .function = function, .type = type, .name = name, .argument = argument};

    return list_all(&listing);
}

BOOL WINAPI EnumResourceLanguagesA(HMODULE module, LPCSTR type, LPCSTR name,
                                   ENUMRESLANGPROCA function, LONG_PTR argument)
{
    WCHAR type_text[TEXT_NAME], text[TEXT_NAME];
    struct listing listing = {.module = module,
                              .function = function,
                              .type = widened(type, type_text),
                              .name = widened(name, text),
                              .argument = argument,
                              .narrow = true};

    return list_all(&listing);
}
