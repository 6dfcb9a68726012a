/* module.c - the images of this process: which there are, and who needs whom.
 *
 * One list in the order of loading, searched from the front: a program has a handful of DLLs.
 * Everything here is called with the loader lock held.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

struct module *module_list;
RTL_CRITICAL_SECTION module_lock = {.LockCount = -1};

/* The API sets: names of interfaces, which Windows resolves to the DLL that has them. */
static const char *api_set(const char *name)
{
    static const struct {
        const char *prefix, *dll;
    } sets[] = {{"api-ms-win-crt-", "ucrtbase.dll"},
                {"api-ms-win-core-", "kernel32.dll"},
                {"kernelbase", "kernel32.dll"},
                {"combase", "ole32.dll"}};

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (string_equal_nocase_n(name, sets[i].prefix, strlen(sets[i].prefix)))
            return sets[i].dll;
    return name;
}

bool module_plain_name(char plain[MODULE_NAME], const char *name)
{
    for (const char *at = name; *at != 0; at++)
        if (*at == '\\' || *at == '/' || *at == ':')
            name = at + 1;
    name = api_set(name);
    if (*name == 0 || string_copy(plain, name, MODULE_NAME) >= MODULE_NAME)
        return false;
    if (strchr(plain, '.') == NULL) {
        size_t length = strlen(plain);

        return string_copy(plain + length, ".dll", MODULE_NAME - length) < MODULE_NAME - length;
    }
    if (plain[strlen(plain) - 1] == '.') /* "name." means: without an extension */
        plain[strlen(plain) - 1] = 0;
    return true;
}

struct module *module_by_name(const char *plain)
{
    struct module *module = module_list;

    while (module != NULL && !string_equal_nocase(module->name, plain))
        module = module->next;
    return module;
}

struct module *module_by_base(const void *base)
{
    struct module *module = module_list;

    while (module != NULL && module->pe.base != base)
        module = module->next;
    return module;
}

struct module *module_by_address(const void *address)
{
    struct module *module = module_list;

    while (module != NULL && (ULONG_PTR)address - (ULONG_PTR)module->pe.base >= module->pe.size)
        module = module->next;
    return module;
}

NTSTATUS module_add(const char *plain, void *base, uint32_t size, struct module **added)
{
    struct module **end = &module_list;
    struct module *module = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *module);
    NTSTATUS status;

    if (module == NULL)
        return STATUS_NO_MEMORY;
    status = pe_open(&module->pe, base, size);
    if (!NT_SUCCESS(status)) {
        RtlFreeHeap(peb()->heap, 0, module);
        return status;
    }
    string_copy(module->name, plain, MODULE_NAME);
    while (*end != NULL)
        end = &(*end)->next;
    *end = module;
    *added = module;
    return STATUS_SUCCESS;
}

void module_remove(struct module *module)
{
    struct module **at = &module_list;

    while (*at != module)
        at = &(*at)->next;
    *at = module->next;
    if (module->needs != NULL)
        RtlFreeHeap(peb()->heap, 0, module->needs);
    RtlFreeHeap(peb()->heap, 0, module);
}

/* A module that needs itself (its forwarders may say so) must not keep itself alive. */
NTSTATUS module_need(struct module *user, struct module *provider)
{
    struct module **larger;
    SIZE_T bytes = (user->need_count + 1) * sizeof *larger;

    if (user == provider)
        return STATUS_SUCCESS;
    for (uint32_t i = 0; i < user->need_count; i++)
        if (user->needs[i] == provider)
            return STATUS_SUCCESS;
    larger = user->needs == NULL ? RtlAllocateHeap(peb()->heap, 0, bytes)
                                 : RtlReAllocateHeap(peb()->heap, 0, user->needs, bytes);
    if (larger == NULL)
        return STATUS_NO_MEMORY;
    user->needs = larger;
    user->needs[user->need_count++] = provider;
    provider->references++;
    return STATUS_SUCCESS;
}

/* The base of the module that `address` lies in, 0 if there is none. */
void *NTAPI RtlPcToFileHeader(void *address, void **base)
{
    struct module *module;

    RtlEnterCriticalSection(&module_lock);
    module = module_by_address(address);
    *base = module == NULL ? NULL : module->pe.base;
    RtlLeaveCriticalSection(&module_lock);
    return *base;
}

const char *NTAPI LdrPagodaModuleName(const void *base)
{
    struct module *module;

    RtlEnterCriticalSection(&module_lock);
    module = module_by_base(base);
    RtlLeaveCriticalSection(&module_lock);
    return module == NULL ? NULL : module->name;
}
