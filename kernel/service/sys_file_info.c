/* sys_file_info.c - system calls that ask about an open file and change its facts.
 *
 * The records have the public layouts of Windows; they are built in the kernel, zeroed first, and
 * then copied out, so no byte of ours slips into a program with the padding.
 */
#include "kernel/service/sys_file.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/file/pipe.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

/* Information classes. */
enum {
    CLASS_BASIC = 4,
    CLASS_STANDARD = 5,
    CLASS_INTERNAL = 6,
    CLASS_NAME = 9,
    CLASS_RENAME = 10,
    CLASS_DISPOSITION = 13,
    CLASS_POSITION = 14,
    CLASS_ALLOCATION = 19,
    CLASS_END_OF_FILE = 20,
    CLASS_PIPE = 23, /* a file becomes one: no way of Windows */
    CLASS_PIPE_LOCAL = 24,
    CLASS_NETWORK_OPEN = 34,
};

enum { ATTRIBUTE_DIRECTORY = 0x10, ATTRIBUTE_ARCHIVE = 0x20, ATTRIBUTE_NORMAL = 0x80 };

struct times {
    uint64_t created, accessed, written, changed;
};

struct basic {
    struct times times;
    uint32_t attributes, unused;
};

struct standard {
    uint64_t allocated, size;
    uint32_t links;
    uint8_t delete_pending, directory;
    uint16_t unused;
};

struct network_open {
    struct times times;
    uint64_t allocated, size;
    uint32_t attributes, unused;
};

struct name {
    uint32_t length; /* bytes */
    uint16_t text[FILE_PATH];
};

struct rename {
    uint8_t replace, unused[3];
    uint32_t root; /* handle of a directory: not used, names start at the root */
    uint32_t length;
};

_Static_assert(sizeof(struct basic) == 40 && sizeof(struct standard) == 24 &&
                   sizeof(struct network_open) == 56 && sizeof(struct rename) == 12,
               "public layouts");

uint32_t sys_file_attributes(const struct file_node *node)
{
    switch (node->kind) {
    case FILE_IS_DIRECTORY:
        return ATTRIBUTE_DIRECTORY | node->attributes;
    case FILE_IS_DISC:
        return FILE_ATTRIBUTE_READONLY | ATTRIBUTE_ARCHIVE;
    default:
        return node->attributes ? node->attributes : ATTRIBUTE_NORMAL;
    }
}

uint32_t sys_file_widen(uint16_t *to, const char *from)
{
    uint32_t count = 0;

    while (from[count]) {
        to[count] = (uint8_t)from[count];
        count++;
    }
    return count * 2;
}

/* --- NtQueryInformationFile ------------------------------------------------------------------ */

union information {
    struct basic basic;
    struct standard standard;
    uint64_t internal, position;
    struct name name;
    struct network_open network_open;
};

static struct times times_of(const struct file_node *node)
{
    return (struct times){node->created, node->written, node->written, node->written};
}

static void fill_basic(const struct file *file, union information *out)
{
    out->basic = (struct basic){times_of(file->node), sys_file_attributes(file->node), 0};
}

static void fill_standard(const struct file *file, union information *out)
{
    out->standard = (struct standard){.allocated = page_up(file_node_size(file->node)),
                                      .size = file_node_size(file->node),
                                      .links = 1,
                                      .delete_pending = file->node->delete_pending,
                                      .directory = file->node->kind == FILE_IS_DIRECTORY};
}

static void fill_internal(const struct file *file, union information *out)
{
    out->internal = file->node->number;
}

static void fill_name(const struct file *file, union information *out)
{
    char path[FILE_PATH + 1] = "\\";

    if (!file_path(file->node, path + 1))
        string_copy(path + 1, file->node->name, FILE_NAME);
    out->name.length = sys_file_widen(out->name.text, path);
}

static void fill_position(const struct file *file, union information *out)
{
    out->position = file->position;
}

static void fill_network_open(const struct file *file, union information *out)
{
    out->network_open =
        (struct network_open){times_of(file->node), page_up(file_node_size(file->node)),
                              file_node_size(file->node), sys_file_attributes(file->node), 0};
}

/* --- NtSetInformationFile -------------------------------------------------------------------- */

static status_t set_basic(struct file *file, va_t buffer, uint32_t)
{
    struct basic basic;
    status_t status = usercopy_read(&basic, buffer, sizeof basic);

    if (!status && file->node->kind == FILE_IS_DISC)
        status = STATUS_ACCESS_DENIED;
    if (!status && basic.attributes)
        status = file_set_attributes(file, basic.attributes);
    if (!status) /* 0: leave it; negative: leave it from now on. */
        file_set_times(file, (int64_t)basic.times.created > 0 ? basic.times.created : 0,
                       (int64_t)basic.times.written > 0 ? basic.times.written : 0);
    return status;
}

static status_t set_size(struct file *file, va_t buffer, bool only_shrink)
{
    int64_t size;
    status_t status = usercopy_read(&size, buffer, sizeof size);

    if (status)
        return status;
    if (size < 0)
        return STATUS_INVALID_PARAMETER;
    if (only_shrink && size >= file_node_size(file->node))
        return STATUS_SUCCESS; /* room is made when bytes come */
    return size > UINT32_MAX ? STATUS_DISK_FULL : file_set_size(file, (uint32_t)size);
}

static status_t set_allocation(struct file *file, va_t buffer, uint32_t)
{
    return set_size(file, buffer, true);
}

static status_t set_end(struct file *file, va_t buffer, uint32_t)
{
    return set_size(file, buffer, false);
}

static status_t set_position(struct file *file, va_t buffer, uint32_t)
{
    int64_t position;
    status_t status = usercopy_read(&position, buffer, sizeof position);

    if (!status && position < 0)
        status = STATUS_INVALID_PARAMETER;
    if (!status)
        file->position = (uint64_t)position;
    return status;
}

static status_t set_disposition(struct file *file, va_t buffer, uint32_t)
{
    uint8_t remove;

    return usercopy_read(&remove, buffer, sizeof remove) ?: file_set_delete(file, remove);
}

static status_t set_name(struct file *file, va_t buffer, uint32_t length)
{
    char path[FILE_PATH];
    struct rename rename;
    status_t status = usercopy_read(&rename, buffer, sizeof rename);

    if (!status && rename.length > length - sizeof rename)
        status = STATUS_INFO_LENGTH_MISMATCH;
    return status
        ?: object_read_text(path, FILE_PATH, buffer + sizeof rename, rename.length)
        ?: file_rename(file, path, rename.replace);
}

static status_t set_pipe(struct file *file, va_t, uint32_t)
{
    return pipe_make(file);
}

/* --- the classes --- */

struct class
{
    uint32_t class, size;                                             /* bytes, without a name */
    void (*fill)(const struct file *file, union information *out);    /* 0: can't be asked */
    uint32_t access;                                                  /* to set it */
    status_t (*set)(struct file *file, va_t buffer, uint32_t length); /* 0: can't be set */
};

static const struct class classes[] = {
    {CLASS_BASIC, sizeof(struct basic), fill_basic, FILE_WRITE_ATTRIBUTES, set_basic},
    {CLASS_STANDARD, sizeof(struct standard), fill_standard, 0, NULL},
    {CLASS_INTERNAL, sizeof(uint64_t), fill_internal, 0, NULL},
    {CLASS_NAME, sizeof(uint32_t), fill_name, 0, NULL},
    {CLASS_RENAME, sizeof(struct rename), NULL, FILE_DELETE, set_name},
    {CLASS_DISPOSITION, sizeof(uint8_t), NULL, FILE_DELETE, set_disposition},
    {CLASS_POSITION, sizeof(uint64_t), fill_position, 0, set_position},
    {CLASS_ALLOCATION, sizeof(uint64_t), NULL, FILE_WRITE_DATA, set_allocation},
    {CLASS_END_OF_FILE, sizeof(uint64_t), NULL, FILE_WRITE_DATA, set_end},
    {CLASS_PIPE, 2 * sizeof(uint32_t), NULL, FILE_WRITE_DATA, set_pipe},
    {CLASS_NETWORK_OPEN, sizeof(struct network_open), fill_network_open, 0, NULL},
};

static const struct class *find(uint32_t class)
{
    for (unsigned i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].class == class)
            return &classes[i];
    return NULL;
}

/* Only a name may be cut short: then its true length comes with as much as there is room for.  NUL has a size: 0. */
static status_t describe(const struct file *file, const struct class *class, uint32_t room,
                         union information *out, uint32_t *size)
{
    if (file->node->kind >= FILE_IS_CONSOLE &&
        (file->node->kind != FILE_IS_NULL || class != find(CLASS_STANDARD)))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!class || !class->fill)
        return STATUS_INVALID_INFO_CLASS;
    memset(out, 0, sizeof *out);
    class->fill(file, out);
    *size = class->size + (class->class == CLASS_NAME ? out->name.length : 0);
    if (room >= *size)
        return STATUS_SUCCESS;
    *size = room;
    return class->class == CLASS_NAME && room >= class->size ? STATUS_BUFFER_OVERFLOW
                                                             : STATUS_INFO_LENGTH_MISMATCH;
}

/* file, *io, buffer, length, class */
status_t sys_NtQueryInformationFile(const uint32_t *a)
{
    union information information;
    struct file *file;
    uint32_t size = 0;
    status_t result = sys_file_lookup(a[0], 0, &file);

    if (!result && a[4] == CLASS_PIPE_LOCAL) {
        return usercopy_probe(a[1], 2 * sizeof(uint32_t))
            ?: sys_pipe_query(file, a[2], a[3], &size)
            ?: sys_file_complete(a[1], STATUS_SUCCESS, size);
    }
    result = result ?: describe(file, find(a[4]), a[3], &information, &size);
    if (result && result != STATUS_BUFFER_OVERFLOW)
        return result;
    return usercopy_probe(a[1], 2 * sizeof(uint32_t))
        ?: usercopy_write(a[2], &information, size)
        ?: sys_file_complete(a[1], result, size)
        ?: result;
}

/* file, *io, buffer, length, class */
status_t sys_NtSetInformationFile(const uint32_t *a)
{
    const struct class *class = find(a[4]);
    struct file *file;
    status_t status;

    if (!class || !class->set)
        return STATUS_INVALID_INFO_CLASS;
    if (a[3] < class->size)
        return STATUS_INFO_LENGTH_MISMATCH;
    status =
        usercopy_probe(a[1], 2 * sizeof(uint32_t)) ?: sys_file_lookup(a[0], class->access, &file);
    if (!status && file->node->kind >= FILE_IS_CONSOLE)
        status = STATUS_INVALID_DEVICE_REQUEST;
    status = status ?: class->set(file, a[2], a[3]);
    if (!status) /* it has happened */
        (void)sys_file_complete(a[1], STATUS_SUCCESS, 0);
    return status;
}
