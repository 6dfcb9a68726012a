/* sys_file_info.c - system calls that ask about an open file and change its facts.
 *
 * The records have the public layouts of Windows; they are built in the kernel, zeroed first, and
 * then copied out, so no byte of ours slips into a program with the padding.
 */
#include "kernel/service/sys_file.h"

#include "kernel/cpu/usercopy.h"
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
    CLASS_NETWORK_OPEN = 34,
};

enum { ATTRIBUTE_DIRECTORY = 0x10, ATTRIBUTE_ARCHIVE = 0x20, ATTRIBUTE_NORMAL = 0x80 };

struct basic {
    uint64_t created, accessed, written, changed;
    uint32_t attributes, unused;
};

struct standard {
    uint64_t allocated, size;
    uint32_t links;
    uint8_t delete_pending, directory;
    uint16_t unused;
};

struct network_open {
    uint64_t created, accessed, written, changed, allocated, size;
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

uint32_t sys_file_attributes(const struct file_facts *facts)
{
    switch (facts->kind) {
    case FILE_IS_DIRECTORY:
        return ATTRIBUTE_DIRECTORY | facts->attributes;
    case FILE_IS_DISC:
        return FILE_ATTRIBUTE_READONLY | ATTRIBUTE_ARCHIVE;
    default:
        return facts->attributes ? facts->attributes : ATTRIBUTE_NORMAL;
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

static struct basic describe_basic(const struct file_facts *facts)
{
    return (struct basic){.created = facts->created,
                          .accessed = facts->written,
                          .written = facts->written,
                          .changed = facts->written,
                          .attributes = sys_file_attributes(facts)};
}

static struct standard describe_standard(const struct file_facts *facts)
{
    return (struct standard){.allocated = facts->allocated,
                             .size = facts->size,
                             .links = 1,
                             .delete_pending = facts->delete_pending,
                             .directory = facts->kind == FILE_IS_DIRECTORY};
}

static struct network_open describe_network_open(const struct file_facts *facts)
{
    return (struct network_open){.created = facts->created,
                                 .accessed = facts->written,
                                 .written = facts->written,
                                 .changed = facts->written,
                                 .allocated = facts->allocated,
                                 .size = facts->size,
                                 .attributes = sys_file_attributes(facts)};
}

/* Build the record of a class; returns its size, or 0 for a class there is not. */
static uint32_t describe(const struct file *file, uint32_t class, union information *out)
{
    struct file_facts facts;
    char path[FILE_PATH + 1] = "\\";

    file_facts(file, &facts);
    memset(out, 0, sizeof *out);
    switch (class) {
    case CLASS_BASIC:
        out->basic = describe_basic(&facts);
        return sizeof out->basic;
    case CLASS_STANDARD:
        out->standard = describe_standard(&facts);
        return sizeof out->standard;
    case CLASS_INTERNAL:
        out->internal = facts.number;
        return sizeof out->internal;
    case CLASS_NAME:
        if (!file_path(file, path + 1))
            string_copy(path + 1, facts.name, FILE_NAME);
        out->name.length = sys_file_widen(out->name.text, path);
        return (uint32_t)sizeof out->name.length + out->name.length;
    case CLASS_POSITION:
        out->position = file->position;
        return sizeof out->position;
    case CLASS_NETWORK_OPEN:
        out->network_open = describe_network_open(&facts);
        return sizeof out->network_open;
    default:
        return 0;
    }
}

/* Only a name may be cut short: then its true length comes with as much as there is room for. */
static status_t check_room(uint32_t class, uint32_t size, uint32_t room)
{
    if (size == 0)
        return STATUS_INVALID_INFO_CLASS;
    if (room >= size)
        return STATUS_SUCCESS;
    return class == CLASS_NAME && room >= sizeof(uint32_t) ? STATUS_BUFFER_OVERFLOW
                                                           : STATUS_INFO_LENGTH_MISMATCH;
}

/* file, *io, buffer, length, class */
status_t sys_NtQueryInformationFile(const uint32_t *a)
{
    union information information;
    struct file *file;
    uint32_t size;
    status_t result, status = sys_file_lookup(a[0], 0, &file);

    if (status)
        return status;
    size = describe(file, a[4], &information);
    result = file_kind(file) >= FILE_IS_CONSOLE ? STATUS_INVALID_DEVICE_REQUEST
                                                : check_room(a[4], size, a[3]);
    if (result && result != STATUS_BUFFER_OVERFLOW)
        return result;
    size = size < a[3] ? size : a[3];
    return usercopy_probe(a[1], 2 * sizeof(uint32_t))
        ?: usercopy_write(a[2], &information, size)
        ?: sys_file_complete(a[1], result, size)
        ?: result;
}

/* --- NtSetInformationFile -------------------------------------------------------------------- */

static status_t set_basic(struct file *file, va_t buffer)
{
    struct basic basic;
    status_t status = usercopy_read(&basic, buffer, sizeof basic);

    if (!status && file_kind(file) == FILE_IS_DISC)
        status = STATUS_ACCESS_DENIED;
    if (!status && basic.attributes)
        status = file_set_attributes(file, basic.attributes);
    if (!status) {
        /* 0: leave it; negative: leave it from now on. */
        file_set_times(file, (int64_t)basic.created > 0 ? basic.created : 0,
                       (int64_t)basic.written > 0 ? basic.written : 0);
    }
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
    if (only_shrink && size >= file_size(file))
        return STATUS_SUCCESS; /* room is made when bytes come */
    return size > UINT32_MAX ? STATUS_DISK_FULL : file_set_size(file, (uint32_t)size);
}

static status_t set_position(struct file *file, va_t buffer)
{
    int64_t position;
    status_t status = usercopy_read(&position, buffer, sizeof position);

    if (!status && position < 0)
        status = STATUS_INVALID_PARAMETER;
    if (!status)
        file->position = (uint64_t)position;
    return status;
}

static status_t set_disposition(struct file *file, va_t buffer)
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
    if (!status)
        status = object_read_text(path, FILE_PATH, buffer + sizeof rename, rename.length);
    return status ?: file_rename(file, path, rename.replace);
}

/* What a class needs: bytes, and rights of the handle. */
struct setting {
    uint32_t class, size, access;
};

static const struct setting settings[] = {
    {CLASS_BASIC, sizeof(struct basic), FILE_WRITE_ATTRIBUTES},
    {CLASS_RENAME, sizeof(struct rename), FILE_DELETE},
    {CLASS_DISPOSITION, sizeof(uint8_t), FILE_DELETE},
    {CLASS_POSITION, sizeof(uint64_t), 0},
    {CLASS_ALLOCATION, sizeof(uint64_t), FILE_WRITE_DATA},
    {CLASS_END_OF_FILE, sizeof(uint64_t), FILE_WRITE_DATA},
};

static const struct setting *find_setting(uint32_t class)
{
    for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (settings[i].class == class)
            return &settings[i];
    return 0;
}

static status_t apply(struct file *file, uint32_t class, va_t buffer, uint32_t length)
{
    if (file_kind(file) >= FILE_IS_CONSOLE)
        return STATUS_INVALID_DEVICE_REQUEST;
    switch (class) {
    case CLASS_BASIC:
        return set_basic(file, buffer);
    case CLASS_RENAME:
        return set_name(file, buffer, length);
    case CLASS_DISPOSITION:
        return set_disposition(file, buffer);
    case CLASS_POSITION:
        return set_position(file, buffer);
    default:
        return set_size(file, buffer, class == CLASS_ALLOCATION);
    }
}

/* file, *io, buffer, length, class */
status_t sys_NtSetInformationFile(const uint32_t *a)
{
    const struct setting *setting = find_setting(a[4]);
    struct file *file;
    status_t status;

    if (!setting)
        return STATUS_INVALID_INFO_CLASS;
    if (a[3] < setting->size)
        return STATUS_INFO_LENGTH_MISMATCH;
    status =
        usercopy_probe(a[1], 2 * sizeof(uint32_t)) ?: sys_file_lookup(a[0], setting->access, &file);
    if (status)
        return status;
    return apply(file, a[4], a[2], a[3]) ?: sys_file_complete(a[1], STATUS_SUCCESS, 0);
}
