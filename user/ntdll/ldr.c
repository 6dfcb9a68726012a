/* ldr.c - the modules as programs see them from outside: PEB.Ldr with its three lists (W318).
 *
 * Nothing here reads the lists again: what a program does to them is its own business.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

static struct ldr_data lists = {.length = sizeof lists,
                                .load = {&lists.load, &lists.load},
                                .memory = {&lists.memory, &lists.memory},
                                .initialisation = {&lists.initialisation, &lists.initialisation}};

enum { PATH = 3, STATIC_COUNT = 0xFFFF };
enum { IS_DLL = 0x4, ENTRY_CALLED = 0x80000 };

static void append(LIST_ENTRY *head, LIST_ENTRY *entry)
{
    entry->Flink = head;
    entry->Blink = head->Blink;
    head->Blink->Flink = entry;
    head->Blink = entry;
}

static void take_out(LIST_ENTRY *entry)
{
    if (entry->Flink == NULL)
        return;
    entry->Flink->Blink = entry->Blink;
    entry->Blink->Flink = entry->Flink;
    *entry = (LIST_ENTRY){0};
}

static void name(UNICODE_STRING *string, WCHAR *text, size_t length)
{
    string->Buffer = text;
    string->Length = (USHORT)(length * sizeof *text);
    string->MaximumLength = (USHORT)(string->Length + sizeof *text);
}

void ldr_add(struct module *module)
{
    struct ldr_entry *entry = &module->ldr;
    const IMAGE_NT_HEADERS32 *headers = module->pe.headers;

    memcpy(module->path, L"C:\\", PATH * sizeof(WCHAR));
    for (size_t i = 0; i <= strlen(module->name); i++)
        module->path[PATH + i] = (unsigned char)module->name[i];
    name(&entry->full_name, module->path, PATH + strlen(module->name));
    name(&entry->base_name, module->path + PATH, strlen(module->name));
    entry->base = module->pe.base;
    entry->size = module->pe.size;
    entry->entry_point = headers->OptionalHeader.AddressOfEntryPoint == 0
                             ? NULL
                             : module->pe.base + headers->OptionalHeader.AddressOfEntryPoint;
    entry->time = headers->FileHeader.TimeDateStamp;
    entry->flags = module->pe.base == peb()->image_base ? 0 : IS_DLL;
    entry->load_count = say_aloud ? STATIC_COUNT : 1;
    append(&lists.load, &entry->load);
    append(&lists.memory, &entry->memory);
    peb()->loader = &lists;
}

/* The program itself is in no order of initialisation. */
void ldr_initialised(struct module *module)
{
    lists.initialised = TRUE;
    module->ldr.tls_index = module->has_tls ? 0xFFFF : 0;
    if (module->ldr.base == peb()->image_base || module->ldr.initialisation.Flink != NULL)
        return;
    module->ldr.flags |= ENTRY_CALLED;
    append(&lists.initialisation, &module->ldr.initialisation);
}

void ldr_remove(struct module *module)
{
    take_out(&module->ldr.load);
    take_out(&module->ldr.memory);
    take_out(&module->ldr.initialisation);
}
