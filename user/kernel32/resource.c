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
    WCHAR wide_name[TEXT_NAME], wide_type[TEXT_NAME];

    if (!IS_INTRESOURCE(name) && !text_widen(wide_name, TEXT_NAME, name))
        return error_null(ERROR_RESOURCE_NAME_NOT_FOUND);
    if (!IS_INTRESOURCE(type) && !text_widen(wide_type, TEXT_NAME, type))
        return error_null(ERROR_RESOURCE_TYPE_NOT_FOUND);
    return FindResourceExW(module, IS_INTRESOURCE(type) ? (LPCWSTR)type : wide_type,
                           IS_INTRESOURCE(name) ? (LPCWSTR)name : wide_name, 0);
}

HGLOBAL WINAPI LoadResource(HMODULE module, HRSRC resource)
{
    const IMAGE_RESOURCE_DATA_ENTRY *data = (const IMAGE_RESOURCE_DATA_ENTRY *)resource;

    if (data == NULL)
        return error_null(ERROR_RESOURCE_DATA_NOT_FOUND);
    return (uint8_t *)(module != NULL ? (void *)module : peb()->image_base) + data->OffsetToData;
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
