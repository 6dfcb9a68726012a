/* object.c - what handles name: reference counts, types and names. */
#include "kernel/object/object.h"

#include "kernel/cpu/usercopy.h"
#include "lib/list.h"
#include "lib/string.h"
#include "mm/mm.h"

static void (*destroyers[OBJECT_TYPES])(struct object *object);
static void (*closers[OBJECT_TYPES])(struct object *object);
enum { BUCKETS = 1024 };
static struct object *named[BUCKETS]; /* a program may have thousands, all beginning alike */

void object_set_destroy(enum object_type type, void (*destroy)(struct object *object))
{
    destroyers[type] = destroy;
}

void object_set_close(enum object_type type, void (*close)(struct object *object))
{
    closers[type] = close;
}

void object_init(struct object *object, enum object_type type, enum dispatcher_kind kind,
                 int32_t signal)
{
    *object = (struct object){.type = type, .references = 1};
    wait_init_object(&object->dispatcher, kind, signal);
}

void object_reference(struct object *object)
{
    MM_ASSERT(object->references > 0);
    object->references++;
}

/* FNV-1a over the letters. */
static struct object **bucket_of(const char *name)
{
    uint32_t hash = 2166136261u;

    while (*name)
        hash = (hash ^ (uint8_t)*name++) * 16777619u;
    return &named[hash % BUCKETS];
}

static void forget_name(struct object *object)
{
    if (!object->name)
        return;
    LIST_UNLINK(*bucket_of(object->name), object, next_named);
    pool_free(object->name);
    object->name = NULL;
}

void object_release(struct object *object)
{
    MM_ASSERT(object->references > 0);
    if (--object->references)
        return;
    MM_ASSERT(!object->handles);
    wait_destroy_object(&object->dispatcher);
    forget_name(object);
    if (destroyers[object->type])
        destroyers[object->type](object);
    else
        pool_free(object);
}

void object_handle_opened(struct object *object)
{
    object_reference(object);
    object->handles++;
}

void object_handle_closed(struct object *object)
{
    MM_ASSERT(object->handles > 0);
    if (--object->handles == 0) {
        forget_name(object); /* W147 */
        if (closers[object->type])
            closers[object->type](object);
    }
    object_release(object);
}

status_t object_set_name(struct object *object, const char *name)
{
    struct object **bucket = bucket_of(name);
    size_t size = strlen(name) + 1;

    object->name = pool_alloc(size, "Name");
    if (!object->name)
        return STATUS_NO_MEMORY;
    string_copy(object->name, name, size);
    object->next_named = *bucket;
    *bucket = object;
    return STATUS_SUCCESS;
}

struct object *object_find(const char *name)
{
    struct object *object = *bucket_of(name);

    while (object && strcmp(object->name, name) != 0)
        object = object->next_named;
    if (object)
        object_reference(object);
    return object;
}

/* OBJECT_ATTRIBUTES and UNICODE_STRING as a 32-bit program lays them out. */
struct user_attributes {
    uint32_t length, root, name, flags, security, quality;
};
struct user_string {
    uint16_t length, maximum; /* bytes */
    uint32_t buffer;
};

enum { ATTRIBUTE_INHERIT = 0x02, ATTRIBUTE_OPEN_IF = 0x80 };

/* A few characters at a time, to spare the stack. */
status_t object_read_text(char *text, uint32_t room, va_t from, uint32_t size)
{
    uint32_t count = size / 2;
    uint16_t piece[16];

    if (size % 2 || count >= room)
        return STATUS_OBJECT_NAME_INVALID;
    for (uint32_t done = 0; done < count; done++) {
        uint32_t at = done % 16, left = count - done < 16 ? count - done : 16;
        status_t status = at ? STATUS_SUCCESS : usercopy_read(piece, from + done * 2, left * 2);

        if (status)
            return status;
        if (piece[at] == 0 || piece[at] > '~')
            return STATUS_OBJECT_NAME_INVALID;
        text[done] = (char)piece[at];
    }
    text[count] = 0;
    return STATUS_SUCCESS;
}

status_t object_read_attributes(va_t attributes, struct object_attributes *out)
{
    struct user_attributes copy;
    struct user_string string;
    status_t status;

    memset(out, 0, sizeof *out);
    if (!attributes)
        return STATUS_SUCCESS;
    status = usercopy_read(&copy, attributes, sizeof copy);
    if (status)
        return status;
    if (copy.length != sizeof copy)
        return STATUS_INVALID_PARAMETER;
    out->inherit = copy.flags & ATTRIBUTE_INHERIT;
    out->open_if = copy.flags & ATTRIBUTE_OPEN_IF;
    if (!copy.name)
        return STATUS_SUCCESS;
    return usercopy_read(&string, copy.name, sizeof string)
               ?: object_read_text(out->name, OBJECT_NAME, string.buffer, string.length);
}
