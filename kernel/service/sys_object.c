/* sys_object.c - system calls about handles of any kind, and what the calls that make or open objects
 * share. */
#include "kernel/service/sys_object.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/service/sys_memory.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

enum { DUPLICATE_CLOSE = 1, DUPLICATE_SAME_ACCESS = 2, DUPLICATE_SAME_FLAGS = 4, FLAG_INHERIT = 2 };

/* A handle in any process; where it is stored was probed before. */
static status_t give(struct process *process, struct object *object, uint32_t access,
                     uint32_t flags, va_t at)
{
    uint32_t handle;
    status_t status = handle_create(&process->handles, object, access, flags, &handle);

    if (status)
        return status;
    status = usercopy_put_wish(at, handle);
    if (status)
        (void)handle_close(&process->handles, handle);
    return status;
}

status_t sys_object_give(struct object *object, uint32_t access, uint32_t flags, va_t at)
{
    return usercopy_probe(at, sizeof(uint32_t))
               ?: give(process_current(), object, access, flags, at);
}

status_t sys_object_room(va_t at, uint32_t size, uint32_t handles)
{
    return usercopy_probe(at, size) ?: handle_reserve(&process_current()->handles, handles);
}

/* A backslash names a directory of objects; there is none but that of the kernel's own events (W326). */
static status_t find_named(const struct object_attributes *attributes, struct object **object)
{
    *object = object_find(attributes->name);
    if (*object)
        return STATUS_SUCCESS;
    return strchr(attributes->name, '\\') ? STATUS_OBJECT_PATH_NOT_FOUND
                                          : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* STATUS_ACCESS_DENIED: no access was asked for. */
static status_t open_named(const struct object_attributes *attributes, enum object_type type,
                           uint32_t access, va_t at)
{
    struct object *object;
    status_t status;

    if (!attributes->name[0])
        return STATUS_OBJECT_NAME_INVALID;
    status = find_named(attributes, &object);
    if (status)
        return status;
    if (object->type != type)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else
        status = access ? sys_object_give(object, handle_access(type, access),
                                          attributes->inherit ? HANDLE_INHERIT : 0, at)
                        : STATUS_ACCESS_DENIED; /* a handle that allows nothing is not given */
    object_release(object);
    return status;
}

status_t sys_object_open_call(const uint32_t *a, enum object_type type)
{
    struct object_attributes attributes;

    return object_read_attributes(a[2], &attributes) ?: open_named(&attributes, type, a[1], a[0]);
}

status_t sys_object_open_id(const uint32_t *a, struct object *(*find)(const uint32_t id[2]))
{
    struct object_attributes attributes;
    struct object *object;
    uint32_t id[2];
    status_t status =
        usercopy_read(id, a[3], sizeof id) ?: object_read_attributes(a[2], &attributes);

    if (status)
        return status;
    id[0] &= ~3u;
    id[1] &= ~3u;
    object = find(id);
    if (!object)
        return STATUS_INVALID_PARAMETER;
    return a[1] ? sys_object_give(object, handle_access(object->type, a[1]),
                                  attributes.inherit ? HANDLE_INHERIT : 0, a[0])
                : STATUS_ACCESS_DENIED;
}

status_t sys_object_existing(const struct object_attributes *attributes, enum object_type type,
                             uint32_t access, va_t at)
{
    if (!attributes->name[0])
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (!attributes->open_if) {
        struct object *object;
        status_t status = find_named(attributes, &object);

        if (status)
            return status;
        object_release(object);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    return open_named(attributes, type, access, at) ?: STATUS_OBJECT_NAME_EXISTS;
}

status_t sys_object_publish(struct object *object, const struct object_attributes *attributes,
                            uint32_t access, va_t at)
{
    status_t status = STATUS_SUCCESS;

    if (attributes->name[0])
        status = object_set_name(object, attributes->name);
    status = status
                 ?: sys_object_give(object, handle_access(object->type, access),
                                    attributes->inherit ? HANDLE_INHERIT : 0, at);
    object_release(object);
    return status;
}

/* `size` bytes to a buffer of `length`, and the size at `returned` if that is not 0. */
static status_t answer(const void *data, uint32_t size, va_t buffer, uint32_t length, va_t returned)
{
    status_t status = usercopy_probe_wish(returned, sizeof size)
                          ?: length < size ? STATUS_INFO_LENGTH_MISMATCH
                                           : usercopy_write(buffer, data, size);

    if (returned && (!status || status == STATUS_INFO_LENGTH_MISMATCH))
        (void)usercopy_put(returned, size);
    return status;
}

void sys_object_times(void *record, uint64_t created, uint64_t ended, uint32_t kernel,
                      uint32_t user)
{
    const uint64_t tick = THREAD_TICK_MS * 10000ull;
    const uint64_t times[] = {created, ended, kernel * tick, user * tick};

    memcpy(record, times, sizeof times);
}

status_t sys_object_query(const struct sys_object_class *classes, const void *object,
                          const uint32_t *a)
{
    uint64_t record[SYS_OBJECT_RECORD / sizeof(uint64_t)] = {0};
    const struct sys_object_class *found = NULL;

    for (; classes->size; classes++)
        if (classes->class == a[0] && (!found || found->size > a[2]))
            found = classes;
    if (!found)
        return STATUS_INVALID_INFO_CLASS;
    if (found->fill)
        found->fill(object, record);
    else if (found->word)
        memcpy(record, (const char *)object + found->word, sizeof(uint32_t));
    return answer(record, found->size, a[1], a[2], a[3]);
}

/* As a program closes it: not if it is protected. */
static status_t close_handle(struct handle_table *table, uint32_t handle)
{
    struct handle_entry entry = {0};
    struct object *object;

    if (!handle_lookup(table, handle, OBJECT_ANY, 0, &object, &entry))
        object_release(object);
    return entry.flags & HANDLE_PROTECT ? STATUS_HANDLE_NOT_CLOSABLE : handle_close(table, handle);
}

status_t sys_NtClose(const uint32_t *a)
{
    if (a[0] == HANDLE_PROCESS || a[0] == HANDLE_THREAD)
        return STATUS_SUCCESS;
    return close_handle(&process_current()->handles, a[0]);
}

/* The object, and what the handle in its own process allows. */
static status_t find_source(struct process *process, uint32_t handle, struct object **object,
                            struct handle_entry *entry)
{
    if (handle != HANDLE_PROCESS && handle != HANDLE_THREAD)
        return handle_lookup(&process->handles, handle, OBJECT_ANY, 0, object, entry);
    (void)process_reference(handle, OBJECT_ANY, 0, object); /* there always is one */
    *entry = (struct handle_entry){.object = *object, .access = ACCESS_ALL};
    return STATUS_SUCCESS;
}

static status_t duplicate(struct process *from, struct process *to, const uint32_t *a)
{
    uint32_t access = a[4], flags = a[5] & FLAG_INHERIT ? HANDLE_INHERIT : 0, options = a[6];
    struct handle_entry entry;
    struct object *object;
    status_t status = find_source(from, a[1], &object, &entry);

    if (status)
        return status;
    access = options & DUPLICATE_SAME_ACCESS ? entry.access : handle_access(object->type, access);
    if (options & DUPLICATE_SAME_FLAGS)
        flags = entry.flags;
    if (access & ~(uint32_t)entry.access &&
        (object->type == OBJECT_FILE || object->type == OBJECT_SECTION))
        status = STATUS_ACCESS_DENIED; /* of what was opened for less, a copy never allows more */
    else if (to)
        status = give(to, object, access, flags, a[3]);
    object_release(object);
    if (options & DUPLICATE_CLOSE)
        (void)close_handle(&from->handles, a[1]);
    return status;
}

/* process, handle, process (0: only close), *handle, access, attributes, options */
status_t sys_NtDuplicateObject(const uint32_t *a)
{
    struct process *from, *to = NULL;
    status_t status = usercopy_probe_wish(a[3], sizeof(uint32_t))
                          ?: sys_memory_lookup(a[0], ACCESS_PROCESS_DUPLICATE, &from);

    if (status)
        return status;
    if (a[2])
        status = sys_memory_lookup(a[2], ACCESS_PROCESS_DUPLICATE, &to);
    else if (!(a[6] & DUPLICATE_CLOSE))
        status = STATUS_INVALID_HANDLE;
    return status ?: duplicate(from, to, a);
}

/* --- the flags of a handle --- */

enum { CLASS_HANDLE_FLAGS = 4 };

/* OBJECT_HANDLE_FLAG_INFORMATION: two booleans. */
struct handle_flags {
    uint8_t inherit, protect_from_close;
};

/* handle, class, buffer, length, *returned */
status_t sys_NtQueryObject(const uint32_t *a)
{
    struct handle_flags flags = {0};
    struct handle_entry entry;
    struct object *object;
    status_t status;

    if (a[1] != CLASS_HANDLE_FLAGS)
        return STATUS_INVALID_INFO_CLASS;
    status = handle_lookup(&process_current()->handles, a[0], OBJECT_ANY, 0, &object, &entry);
    if (status)
        return status;
    object_release(object);
    flags.inherit = (entry.flags & HANDLE_INHERIT) != 0;
    flags.protect_from_close = (entry.flags & HANDLE_PROTECT) != 0;
    return answer(&flags, sizeof flags, a[2], a[3], a[4]);
}

/* handle, class, buffer, length.  No handle can be protected from NtClose. */
status_t sys_NtSetInformationObject(const uint32_t *a)
{
    struct handle_flags flags;

    if (a[1] != CLASS_HANDLE_FLAGS)
        return STATUS_INVALID_INFO_CLASS;
    if (a[3] < sizeof flags)
        return STATUS_INFO_LENGTH_MISMATCH;
    return usercopy_read(&flags, a[2], sizeof flags)
               ?: handle_set_flags(&process_current()->handles, a[0],
                                   (flags.inherit ? HANDLE_INHERIT : 0) |
                                       (flags.protect_from_close ? HANDLE_PROTECT : 0));
}
