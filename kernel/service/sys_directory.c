/* sys_directory.c - the system call that lists a directory.
 *
 * An opening of the directory remembers the pattern and what comes next, so files may be created and deleted
 * between two calls, and every file that is there all the time is listed exactly once.
 */
#include "kernel/service/sys_file.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

/* Information classes. */
enum {
    CLASS_DIRECTORY = 1,
    CLASS_FULL_DIRECTORY = 2,
    CLASS_BOTH_DIRECTORY = 3,
    CLASS_NAMES = 12,
};

/* The longest entry: its fixed part, where the name starts, is at most 94 bytes. */
enum { ENTRY_FIXED = 94, ENTRY = ENTRY_FIXED + 2 * FILE_NAME };

/* The three directory records are alike up to the name's length; CLASS_NAMES has three words. */
struct entry {
    uint32_t next, number;
    uint64_t created, accessed, written, changed, size, allocated;
    uint32_t attributes, name_length;
};
enum { NAMES_NAME_LENGTH = 8 };

/* Where the name starts in the records of a class, or 0. */
static uint32_t name_offset(uint32_t class)
{
    static const uint8_t offsets[] = {[CLASS_DIRECTORY] = 64,
                                      [CLASS_FULL_DIRECTORY] = 68,
                                      [CLASS_BOTH_DIRECTORY] = ENTRY_FIXED,
                                      [CLASS_NAMES] = 12};

    return class < sizeof offsets ? offsets[class] : 0;
}

/* Returns the entry's size. */
static uint32_t build_entry(uint8_t entry[ENTRY], uint32_t class, const struct file_node *node,
                            const char *name)
{
    uint16_t wide[FILE_NAME];
    uint32_t at = name_offset(class), length = sys_file_widen(wide, name);
    const struct entry fixed = {0,
                                node->number,
                                node->created,
                                node->written,
                                node->written,
                                node->written,
                                file_node_size(node),
                                page_up(file_node_size(node)),
                                sys_file_attributes(node),
                                length};

    memset(entry, 0, ENTRY);
    memcpy(entry, &fixed, class == CLASS_NAMES ? NAMES_NAME_LENGTH : sizeof fixed);
    if (class == CLASS_NAMES)
        memcpy(entry + NAMES_NAME_LENGTH, &length, sizeof length);
    memcpy(entry + at, wide, length);
    return at + length;
}

/* The first call fixes the pattern; without one, everything is listed. */
static status_t take_pattern(struct file *file, va_t pattern_va, bool restart)
{
    struct {
        uint16_t length, maximum;
        uint32_t buffer;
    } string;
    char pattern[FILE_NAME] = "*";
    status_t status = STATUS_SUCCESS;

    if (file->pattern[0] && !(restart && pattern_va))
        return STATUS_SUCCESS;
    if (pattern_va) {
        status = usercopy_read(&string, pattern_va, sizeof string);
        if (!status && string.length > 0)
            status = object_read_text(pattern, FILE_NAME, string.buffer, string.length);
    }
    if (!status)
        string_copy(file->pattern, pattern, FILE_NAME);
    return status;
}

/* Fill [buffer, buffer + room) with entries, each 8-byte aligned and pointing to the next.  What
 * doesn't fit stays for the next call.  *used: up to the end of the last entry. */
static status_t list(struct file *file, uint32_t class, va_t buffer, uint32_t room, bool single,
                     uint32_t *used)
{
    uint8_t entry[ENTRY];
    const struct file_node *node;
    const char *name;
    uint32_t at = 0, last = 0;
    status_t status = STATUS_SUCCESS;

    *used = 0;
    while (!status && !(single && *used) && (node = file_list(file, &name)) != NULL) {
        uint32_t size = build_entry(entry, class, node, name);

        at = (*used + 7) & ~7u;
        if (at > room || size > room - at)
            return *used ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
        status = usercopy_write(buffer + at, entry, size);
        if (!status && *used)
            status = usercopy_put(buffer + last, at - last);
        last = at;
        *used = at + size;
        file_list_next(file);
    }
    return status;
}

/* What the program could not be told comes again.
 * => file is a directory, and the program's buffer can be written */
static status_t query_directory(struct file *file, const uint32_t *a)
{
    const struct file before = *file;
    status_t status = take_pattern(file, a[9], (uint8_t)a[10]);
    uint32_t used;

    if (!status && (uint8_t)a[10])
        file->position = 0;
    status = status ?: list(file, a[7], a[5], a[6], (uint8_t)a[8], &used);
    if (!status && used == 0)
        return before.pattern[0] ? STATUS_NO_MORE_FILES : STATUS_NO_SUCH_FILE;
    status = status ?: sys_file_complete(a[4], STATUS_SUCCESS, used);
    if (status) {
        file->position = before.position;
        file->next_listed = before.next_listed;
        memcpy(file->pattern, before.pattern, FILE_NAME);
    }
    return status;
}

/* file, event, apc, context, *io, buffer, length, class, single, *pattern, restart.  The two flags are
 * bytes: what stands beside them in their words is anybody's. */
status_t sys_NtQueryDirectoryFile(const uint32_t *a)
{
    struct file *file;
    status_t status;

    if (!name_offset(a[7]))
        return STATUS_INVALID_INFO_CLASS;
    if (a[6] < name_offset(a[7]))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (a[1] || a[2])
        return STATUS_INVALID_PARAMETER; /* the call is complete when it returns */
    status = sys_file_lookup(a[0], FILE_READ_DATA, &file)
        ?: usercopy_probe(a[4], 2 * sizeof(uint32_t))
        ?: usercopy_probe(a[5], a[6]);
    if (!status && file->node->kind != FILE_IS_DIRECTORY)
        status = STATUS_INVALID_PARAMETER;
    return status ?: query_directory(file, a);
}
