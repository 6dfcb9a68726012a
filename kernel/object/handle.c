/* handle.c - a process's table of handles.
 *
 * A handle is 4 * (index + 1).  The entries lie in pages that are made when they are first needed
 * and stay until the process ends.
 */
#include "kernel/object/handle.h"

#include "kernel/cpu/cpu.h"
#include "mm/mm.h"

enum {
    ENTRIES = PAGE_SIZE / sizeof(struct handle_entry), /* in a page */
    LIMIT = ENTRIES * HANDLE_PAGES,
};

/* The entry for an index whose page exists, else 0. */
static struct handle_entry *entry_at(const struct handle_table *table, uint32_t index)
{
    if (index >= LIMIT || !table->page[index / ENTRIES])
        return NULL;
    return &table->page[index / ENTRIES][index % ENTRIES];
}

/* The entry that a handle names, or 0.  The two low bits are the program's own, as in Windows. */
static struct handle_entry *entry_of(const struct handle_table *table, uint32_t handle)
{
    struct handle_entry *entry = handle >= 4 ? entry_at(table, handle / 4 - 1) : NULL;

    return entry && entry->object ? entry : NULL;
}

/* The same, but makes the page; 0 when memory is short. */
static struct handle_entry *make_entry(struct handle_table *table, uint32_t index)
{
    struct handle_entry *page = table->page[index / ENTRIES];

    if (!page)
        page = table->page[index / ENTRIES] = pool_alloc(PAGE_SIZE, "Hndl");
    return page ? &page[index % ENTRIES] : NULL;
}

static void fill(struct handle_table *table, struct handle_entry *entry, struct object *object,
                 uint32_t access, uint32_t flags)
{
    object_handle_opened(object);
    entry->object = object;
    entry->access = access & ACCESS_ALL;
    entry->flags = flags & HANDLE_INHERIT;
    table->count++;
}

/* Not inlined: here memory is taken for handles that a call makes (handle_inherit() takes it for those of a new
 * process), and one test refuses it. */
APART status_t handle_reserve(struct handle_table *table, uint32_t count)
{
    for (uint32_t index = table->hint; index < LIMIT && count > 0; index++) {
        struct handle_entry *entry = make_entry(table, index);

        if (!entry)
            break;
        count -= !entry->object;
    }
    return count ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

status_t handle_create(struct handle_table *table, struct object *object, uint32_t access,
                       uint32_t flags, uint32_t *handle)
{
    status_t status = handle_reserve(table, 1);
    uint32_t index = table->hint;

    if (status)
        return status;
    while (entry_at(table, index)->object)
        index++;
    fill(table, entry_at(table, index), object, access, flags);
    table->hint = index + 1;
    *handle = (index + 1) * 4;
    return STATUS_SUCCESS;
}

static status_t check(const struct handle_entry *entry, enum object_type type, uint32_t access)
{
    if (!entry)
        return STATUS_INVALID_HANDLE;
    if (type != OBJECT_ANY && entry->object->type != type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    return (entry->access & access) == access ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

status_t handle_lookup(const struct handle_table *table, uint32_t handle, enum object_type type,
                       uint32_t access, struct object **object, struct handle_entry *out)
{
    struct handle_entry *entry = entry_of(table, handle);
    status_t status = check(entry, type, access);

    if (status)
        return status;
    object_reference(entry->object);
    *object = entry->object;
    if (out)
        *out = *entry;
    return STATUS_SUCCESS;
}

status_t handle_close(struct handle_table *table, uint32_t handle)
{
    struct handle_entry *entry = entry_of(table, handle);
    struct object *object;

    if (!entry)
        return STATUS_INVALID_HANDLE;
    object = entry->object;
    *entry = (struct handle_entry){0};
    table->count--;
    if (handle / 4 - 1 < table->hint)
        table->hint = handle / 4 - 1;
    object_handle_closed(object);
    return STATUS_SUCCESS;
}

void handle_close_all(struct handle_table *table)
{
    for (uint32_t index = 0; table->count && index < LIMIT; index++, cpu_irq_gap())
        (void)handle_close(table, (index + 1) * 4);
    MM_ASSERT(table->count == 0);
    for (uint32_t i = 0; i < HANDLE_PAGES; i++) {
        pool_free(table->page[i]);
        table->page[i] = NULL;
    }
    table->hint = 0;
}

status_t handle_set_flags(struct handle_table *table, uint32_t handle, uint32_t flags)
{
    struct handle_entry *entry = entry_of(table, handle);

    if (!entry)
        return STATUS_INVALID_HANDLE;
    entry->flags = flags & (HANDLE_INHERIT | HANDLE_PROTECT);
    return STATUS_SUCCESS;
}

status_t handle_inherit(const struct handle_table *from, struct handle_table *to)
{
    for (uint32_t index = 0; index < LIMIT; index++) {
        const struct handle_entry *entry = entry_at(from, index);
        struct handle_entry *copy;

        if (!entry || !entry->object || !(entry->flags & HANDLE_INHERIT))
            continue;
        copy = make_entry(to, index);
        if (!copy)
            return STATUS_INSUFFICIENT_RESOURCES;
        fill(to, copy, entry->object, entry->access, entry->flags);
    }
    return STATUS_SUCCESS;
}

/* What the generic rights to read, write and execute stand for.  (file.c expands those of files itself.) */
static const struct {
    uint32_t read, write, execute;
} generic[OBJECT_TYPES] = {
    [OBJECT_PROCESS] = {0x0410, 0x0BEB, 0x101000},
    [OBJECT_THREAD] = {0x0048, 0x0433, 0x100800},
    [OBJECT_EVENT] = {ACCESS_QUERY_STATE, ACCESS_MODIFY_STATE, ACCESS_SYNCHRONIZE},
    [OBJECT_MUTANT] = {ACCESS_QUERY_STATE, 0, ACCESS_SYNCHRONIZE},
    [OBJECT_SEMAPHORE] = {ACCESS_QUERY_STATE, ACCESS_MODIFY_STATE, ACCESS_SYNCHRONIZE},
    [OBJECT_SECTION] = {0x0005, 0x0002, 0x0008},
    [OBJECT_FILE] = {0x0001, 0x0006, 0},
};

uint32_t handle_access(enum object_type type, uint32_t desired)
{
    uint32_t access = desired & ACCESS_ALL;

    if (desired & (ACCESS_GENERIC_ALL | ACCESS_MAXIMUM))
        access = ACCESS_ALL;
    access |= desired & ACCESS_GENERIC_READ ? generic[type].read : 0;
    access |= desired & ACCESS_GENERIC_WRITE ? generic[type].write : 0;
    access |= desired & ACCESS_GENERIC_EXECUTE ? generic[type].execute : 0;
    /* Who may ask everything may ask the little that anybody may. */
    if (type == OBJECT_PROCESS && access & ACCESS_PROCESS_QUERY)
        access |= ACCESS_PROCESS_QUERY_LIMITED;
    if (type == OBJECT_THREAD && access & ACCESS_THREAD_QUERY)
        access |= ACCESS_THREAD_QUERY_LIMITED;
    return type == OBJECT_FILE || type == OBJECT_SECTION ? access | ACCESS_SYNCHRONIZE : access;
}
