/* loader.c - brings DLLs into the process, in what order they start, and takes them out again.
 *
 * Loading is depth first: map, relocate, bind, where binding loads what is needed.  A module
 * enters the list before it is bound, so a circle of imports ends at the list.  Initialisation is a
 * second walk, dependencies first.  References count LoadLibrary calls and importing modules;
 * a circle of DLLs keeps itself loaded until the process ends, as on Windows.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

static uint32_t last_order;

/* --- mapping --- */

static NTSTATUS open_file(const char *plain, HANDLE *file)
{
    WCHAR wide[MODULE_NAME];
    UNICODE_STRING name = {.Buffer = wide};
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    for (; *plain != 0; plain++)
        wide[name.Length++] = (unsigned char)*plain;
    name.Length = (USHORT)(name.Length * sizeof(WCHAR));
    name.MaximumLength = name.Length;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtCreateFile(file, FILE_READ_DATA | FILE_EXECUTE | SYNCHRONIZE, &attributes, &io, NULL,
                          0, FILE_SHARE_READ | FILE_SHARE_DELETE, FILE_OPEN,
                          FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND ||
        status == STATUS_OBJECT_NAME_INVALID || status == STATUS_NO_SUCH_FILE)
        status = STATUS_DLL_NOT_FOUND;
    return status;
}

/* Maps the file as an image; where the kernel puts it is in *base. */
static NTSTATUS map_image(const char *plain, void **base, SIZE_T *size)
{
    HANDLE file, section;
    NTSTATUS status = open_file(plain, &file);

    if (!NT_SUCCESS(status))
        return status;
    status = NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_EXECUTE_READ, SEC_IMAGE,
                             file);
    NtClose(file);
    if (!NT_SUCCESS(status))
        return status;
    *base = NULL;
    *size = 0;
    status = NtMapViewOfSection(section, CURRENT_PROCESS, base, 0, 0, NULL, size, 1, 0,
                                PAGE_EXECUTE_READ);
    NtClose(section); /* the view keeps it */
    return status;
}

/* --- loading and unloading --- */

/* DllMain() and the TLS callbacks of one module.  The program itself has only the latter.
 * STATUS_DLL_INIT_FAILED: DllMain says no; or the code of the exception that ended it. */
static NTSTATUS notify(struct module *module, DWORD reason, void *reserved)
{
    uint32_t entry = module->pe.headers->OptionalHeader.AddressOfEntryPoint;
    bool is_dll = (module->pe.headers->FileHeader.Characteristics & IMAGE_FILE_DLL) != 0;

    NTSTATUS status = STATUS_DLL_INIT_FAILED;

    tls_callbacks(module, reason, reserved);
    if (!is_dll || entry == 0 || module->pe.base == peb()->image_base ||
        module->pe.base == (uint8_t *)&__ImageBase || /* its own is the kernel's door */
        invoke(module->pe.base + entry, module->pe.base, reason, reserved, &status))
        return STATUS_SUCCESS;
    return status;
}

static void release(struct module *module);

/* Takes a module away that nobody needs, and then what only it needed. */
static void unload(struct module *module)
{
    void *base = module->pe.base;

    if (module->order != 0)
        notify(module, DLL_PROCESS_DETACH, NULL);
    tls_remove_module(module);
    while (module->need_count > 0)
        release(module->needs[--module->need_count]);
    ldr_remove(module);
    module_remove(module);
    NtUnmapViewOfSection(CURRENT_PROCESS, base);
}

/* One reference less; the last one takes the module and then those it needed away. */
static void release(struct module *module)
{
    if (--module->references == 0 && !module->pinned) {
        module->references = 1; /* so that nobody takes it away again meanwhile */
        unload(module);
    }
}

/* What is loaded to be looked at only, and what is no DLL and was loaded on request, is neither bound nor ever called
 * (W315). */
static NTSTATUS hook_up(struct module *module, bool on_request, ULONG flags)
{
    bool is_dll = (module->pe.headers->FileHeader.Characteristics & IMAGE_FILE_DLL) != 0;
    NTSTATUS status;

    module->visited = (flags & LDR_DONT_RESOLVE) != 0 || (on_request && !is_dll);
    if (module->visited)
        return STATUS_SUCCESS;
    status = loader_bind(module);
    return NT_SUCCESS(status) ? tls_add_module(module) : status;
}

/* The new module has one reference, the caller's. */
static NTSTATUS load_new(const char *plain, bool on_request, ULONG flags, struct module **added)
{
    void *base;
    SIZE_T size;
    struct module *module;
    NTSTATUS status = map_image(plain, &base, &size);

    if (!NT_SUCCESS(status)) {
        if (status != STATUS_DLL_NOT_FOUND)
            say("%s can't be loaded: status %08lX.\n", plain, (unsigned long)status);
        return status;
    }
    status = module_add(plain, base, size, &module);
    if (!NT_SUCCESS(status)) {
        NtUnmapViewOfSection(CURRENT_PROCESS, base);
        return status;
    }
    module->references = 1;
    status = relocate(&module->pe);
    ldr_add(module);
    if (NT_SUCCESS(status))
        status = hook_up(module, on_request, flags);
    if (!NT_SUCCESS(status)) {
        release(module);
        return status;
    }
    *added = module;
    return STATUS_SUCCESS;
}

/* One more reference to the module of this name, which is mapped and bound now but perhaps not yet
 * initialised.  STATUS_DLL_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT, what loader_bind() says. */
static NTSTATUS load_with(const char *name, bool on_request, ULONG flags, struct module **module)
{
    char plain[MODULE_NAME];

    if (!module_plain_name(plain, name))
        return STATUS_DLL_NOT_FOUND;
    *module = module_by_name(plain);
    if (*module != NULL) {
        (*module)->references++;
        return STATUS_SUCCESS;
    }
    return load_new(plain, on_request, flags, module);
}

/* For a module that needs it. */
static NTSTATUS load(const char *name, struct module **module)
{
    return load_with(name, false, 0, module);
}

/* --- what a module offers --- */

/* Forwarders may chain, and a hostile one may chain in a circle. */
enum { FORWARD_DEPTH = 32 };

/* `name` or, if that is 0, `ordinal`.  Forwarders are followed, which may load the module they name
 * on behalf of `user` (0: nobody); one that leads nowhere is as if it weren't there.
 * STATUS_ENTRYPOINT_NOT_FOUND, STATUS_ORDINAL_NOT_FOUND. */
static NTSTATUS find(struct module *module, struct module *user, const char *name, uint32_t hint,
                     uint32_t ordinal, void **address)
{
    NTSTATUS status = STATUS_SUCCESS;
    char target[MODULE_NAME];

    for (int depth = 0; depth < FORWARD_DEPTH; depth++) {
        NTSTATUS missing = name != NULL ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
        const char *forward = NULL;
        struct module *provider;

        status = export_look_up(module, name, hint, ordinal, address, &forward);
        if (status != STATUS_MORE_ENTRIES)
            return status;
        if (!export_split(forward, target, &name, &ordinal) || !NT_SUCCESS(load(target, &provider)))
            return missing;
        /* The forwarding module keeps its target alive; our own reference goes. */
        status = module_need(user != NULL ? user : module, provider);
        release(provider);
        if (!NT_SUCCESS(status))
            return status;
        module = provider;
        hint = 0;
    }
    return STATUS_ENTRYPOINT_NOT_FOUND;
}

NTSTATUS loader_bind(struct module *module)
{
    static const struct import_load services = {.load = load, .release = release, .find = find};

    return import_bind(module, &services);
}

/* --- telling the modules --- */

NTSTATUS loader_initialise(struct module *module)
{
    NTSTATUS status;

    if (module->visited)
        return STATUS_SUCCESS;
    module->visited = true;
    for (uint32_t i = 0; i < module->need_count; i++) {
        status = loader_initialise(module->needs[i]);
        if (!NT_SUCCESS(status))
            return status;
    }
    module->order = ++last_order;
    ldr_initialised(module);
    /* What start-up loads stays, and its DllMain learns that from the third argument. */
    status = notify(module, DLL_PROCESS_ATTACH, say_aloud ? (void *)1 : NULL);
    if (status == STATUS_DLL_INIT_FAILED)
        say("The program can't run: the DllMain of %s refused to start.\n", module->name);
    else if (!NT_SUCCESS(status))
        say("The program can't run: exception %08lX in the DllMain of %s.\n", (unsigned long)status,
            module->name);
    return status;
}

/* The initialised module with the next higher (or lower) turn than `order`. */
static struct module *next_in_order(uint32_t order, bool upward)
{
    struct module *best = NULL;

    for (struct module *module = module_list; module != NULL; module = module->next) {
        bool behind = upward ? module->order > order : module->order < order;

        if (module->order != 0 && behind &&
            (best == NULL || (module->order < best->order) == upward))
            best = module;
    }
    return best;
}

void loader_thread(DWORD reason)
{
    bool upward = reason == DLL_THREAD_ATTACH;
    struct module *module = next_in_order(upward ? 0 : UINT32_MAX, upward);

    while (module != NULL) {
        if (!module->quiet)
            notify(module, reason, NULL);
        module = next_in_order(module->order, upward);
    }
}

/* The other threads are gone, so a DLL may find its own state half changed; Windows tells it by the
 * third argument, too. */
void loader_process_detach(void)
{
    struct module *module = next_in_order(UINT32_MAX, false);

    while (module != NULL) {
        uint32_t order = module->order;

        module->order = 0; /* once only, whatever its DllMain does */
        notify(module, DLL_PROCESS_DETACH, (void *)1);
        module = next_in_order(order, false);
    }
}

/* --- the interface --- */

/* An UTF-16 name as plain bytes; what isn't ASCII can't be the name of a file here. */
static bool narrow(const UNICODE_STRING *name, char *text, size_t size)
{
    size_t length = name->Length / sizeof(WCHAR);

    if (length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (name->Buffer[i] == 0 || name->Buffer[i] > 0x7E)
            return false;
        text[i] = (char)name->Buffer[i];
    }
    text[length] = 0;
    return length != 0;
}

enum { NAME_BYTES = MAX_PATH };

NTSTATUS NTAPI LdrLoadDll(const WCHAR *path, ULONG *flags, const UNICODE_STRING *name, void **base)
{
    char text[NAME_BYTES];
    struct module *module;
    NTSTATUS status;

    (void)path; /* DLLs lie in the root */
    if (!narrow(name, text, sizeof text))
        return STATUS_DLL_NOT_FOUND;
    RtlEnterCriticalSection(&module_lock);
    status = load_with(text, true, flags == NULL ? 0 : *flags, &module);
    if (status == STATUS_DLL_NOT_FOUND)
        missing_tell(text, NULL, 0);
    if (NT_SUCCESS(status)) {
        status = loader_initialise(module);
        if (NT_SUCCESS(status))
            *base = module->pe.base;
        else
            release(module);
    }
    RtlLeaveCriticalSection(&module_lock);
    return status;
}

NTSTATUS NTAPI LdrUnloadDll(void *base)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct module *module;

    RtlEnterCriticalSection(&module_lock);
    module = module_by_base(base);
    if (module == NULL)
        status = STATUS_DLL_NOT_FOUND;
    else if (!module->pinned)
        release(module);
    RtlLeaveCriticalSection(&module_lock);
    return status;
}

NTSTATUS NTAPI LdrGetDllHandle(const WCHAR *path, ULONG *flags, const UNICODE_STRING *name,
                               void **base)
{
    char text[NAME_BYTES], plain[MODULE_NAME];
    struct module *module = NULL;

    (void)path;
    (void)flags;
    RtlEnterCriticalSection(&module_lock);
    if (narrow(name, text, sizeof text) && module_plain_name(plain, text))
        module = module_by_name(plain);
    RtlLeaveCriticalSection(&module_lock);
    if (module == NULL)
        return STATUS_DLL_NOT_FOUND;
    *base = module->pe.base;
    return STATUS_SUCCESS;
}

/* By `name` or, if that is 0, by `ordinal`.  A forwarder may have loaded its target just now. */
NTSTATUS NTAPI LdrGetProcedureAddress(void *base, const ANSI_STRING *name, ULONG ordinal,
                                      void **address)
{
    NTSTATUS status = STATUS_DLL_NOT_FOUND;
    struct module *module;

    RtlEnterCriticalSection(&module_lock);
    module = module_by_base(base);
    if (module != NULL)
        status = find(module, NULL, name == NULL ? NULL : name->Buffer, 0, ordinal, address);
    if (module != NULL && !NT_SUCCESS(status))
        missing_tell(module->name, name == NULL ? NULL : name->Buffer, ordinal);
    for (module = module_list; NT_SUCCESS(status) && module != NULL; module = module->next)
        status = loader_initialise(module);
    RtlLeaveCriticalSection(&module_lock);
    return status;
}

NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(void *base)
{
    struct module *module;
    NTSTATUS status = STATUS_SUCCESS;

    RtlEnterCriticalSection(&module_lock);
    module = module_by_base(base);
    if (module == NULL)
        status = STATUS_DLL_NOT_FOUND;
    else if (!module->has_tls) /* those need their thread messages; Windows refuses quietly */
        module->quiet = true;
    RtlLeaveCriticalSection(&module_lock);
    return status;
}
