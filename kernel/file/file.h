/* file.h - one name space over the boot disc, the RAM files and the console.
 *
 * Names start at "C:\" (file_name.h says how they may be written), where the files of the boot disc are, read-only;
 * a RAM file created under the name of a disc file hides it until it is deleted.  Directories below it lie in RAM.
 * "CON", "CONIN$" and "CONOUT$" are the console, in every directory.
 *
 * A `struct file` is one opening of a file: it has an access, a share mode and a position.  The
 * file itself, its *node*, is shared by all openings of the name.  An opening
 * whose last handle is closed no longer keeps others out, but lives on as long as somebody in the
 * kernel holds it: an image that was mapped from it, for example.
 */
#pragma once
#include "kernel/file/file_node.h"
#include "kernel/object/object.h"

/* Access rights, share modes, dispositions and outcomes: the values of Windows. */
enum {
    FILE_READ_DATA = 0x0001,
    FILE_WRITE_DATA = 0x0002,
    FILE_APPEND_DATA = 0x0004,
    FILE_EXECUTE = 0x0020,
    FILE_READ_ATTRIBUTES = 0x0080,
    FILE_WRITE_ATTRIBUTES = 0x0100,
    FILE_DELETE = 0x00010000,

    FILE_SHARE_READ = 1,
    FILE_SHARE_WRITE = 2,
    FILE_SHARE_DELETE = 4,
    FILE_SHARE_ALL = 7,

    FILE_SUPERSEDE = 0,
    FILE_OPEN = 1,
    FILE_CREATE = 2,
    FILE_OPEN_IF = 3,
    FILE_OVERWRITE = 4,
    FILE_OVERWRITE_IF = 5,

    FILE_SUPERSEDED = 0,
    FILE_OPENED = 1,
    FILE_CREATED = 2,
    FILE_OVERWRITTEN = 3,
};

/* One opening. */
struct file {
    struct object object; /* first: an object's address is its file's */
    struct file_node
        *node; /* the same for all openings of one file, and for no other file meanwhile */
    struct file *next, *prev; /* openings of the same node */
    uint32_t access;          /* what was granted, generic rights translated */
    uint32_t share, outcome;
    uint64_t position;             /* for reads and writes without one; how far a listing is */
    struct file_node *next_listed; /* directory: what is listed next */
    bool closed;                   /* its handles are gone: it no longer keeps others out */
    bool delete_on_close;
    char pattern[FILE_NAME]; /* what an opening of the directory lists; empty at first */
};

/* Make the name space from the boot module (0: no disc).  A damaged archive is reported on the
 * console in one sentence; the files in front of the damage are there. */
void file_init(const void *module, uint32_t size);

/* Open `name`.  `access` may also hold generic rights.  The new opening has one reference, which
 * file_close() gives back.  STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_NOT_FOUND,
 * STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_COLLISION, STATUS_SHARING_VIOLATION,
 * STATUS_ACCESS_DENIED (a disc file is never written), STATUS_DELETE_PENDING,
 * STATUS_USER_MAPPED_FILE (overwriting a mapped file), STATUS_INVALID_PARAMETER (disposition),
 * STATUS_NO_MEMORY; nothing changes then.
 * Options: FILE_DIRECTORY: a directory, made where the disposition says so; STATUS_NOT_A_DIRECTORY.
 * FILE_NO_DIRECTORY: STATUS_FILE_IS_A_DIRECTORY.
 * Who maps an image opens it with FILE_EXECUTE and shares reading and deleting, but no writing. */
enum { FILE_DIRECTORY = 0x01, FILE_NO_DIRECTORY = 0x40 };
status_t file_open(const char *name, uint32_t access, uint32_t share, uint32_t disposition,
                   uint32_t options, struct file **file);
void file_close(struct file *file);

/* The opening that an object is.  => the object is an OBJECT_FILE */
struct file *file_from_object(struct object *object);

/* Copy bytes between the file and the kernel's own memory; *done says how many were read.  Reading at or behind the
 * end: STATUS_END_OF_FILE.  => what is written lies inside the file: file_set_size() has made room.
 * The rights of the opening are not looked at: these serve the kernel, and sys_file.c asks before it calls.
 * STATUS_INVALID_DEVICE_REQUEST: it is the console or the directory. */
status_t file_read(struct file *file, uint32_t offset, void *buffer, uint32_t size, uint32_t *done);
status_t file_write(struct file *file, uint32_t offset, const void *buffer, uint32_t size);

/* New bytes are zero.  STATUS_ACCESS_DENIED (disc), STATUS_DISK_FULL, STATUS_USER_MAPPED_FILE,
 * STATUS_INVALID_DEVICE_REQUEST. */
status_t file_set_size(struct file *file, uint32_t size);

/* The section that holds the file's bytes, shared by all views of the file, with a reference that
 * the caller releases.  Its protection is the most that any opening could have; what this
 * opening may do is the caller's to check.
 * STATUS_INVALID_FILE_FOR_SECTION (no file), STATUS_MAPPED_FILE_SIZE_ZERO, STATUS_NO_MEMORY,
 * STATUS_COMMITMENT_LIMIT. */
status_t file_section(struct file *file, struct section **section);

/* Mark for deletion, or not; the name goes when the last handle is closed.
 * STATUS_CANNOT_DELETE: it is on the disc, read-only or the root, or its pages are mapped.
 * STATUS_DIRECTORY_NOT_EMPTY. */
status_t file_set_delete(struct file *file, bool remove);
/* The same when this opening is closed, whatever the others do; views keep the bytes, the name goes.
 * STATUS_CANNOT_DELETE: it is on the disc, or an image was made from it. */
status_t file_set_delete_on_close(struct file *file);

/* Give the file or directory another name, maybe in another directory; `replace`: an unused file of that name
 * goes.  STATUS_ACCESS_DENIED: it is on the disc, or the other one is in use or a directory.
 * STATUS_INVALID_PARAMETER: a directory into itself.  Else as file_open(). */
status_t file_rename(struct file *file, const char *name, bool replace);

/* What a program may set: the attributes of Windows. */
enum {
    FILE_ATTRIBUTE_READONLY = 0x01, /* no opening may write, and it isn't deleted */
    FILE_ATTRIBUTES = 0x27,         /* that, hidden, system, archive */
};
void file_set_times(struct file *file, uint64_t created, uint64_t written); /* 0: as it is */

/* STATUS_ACCESS_DENIED: it is on the disc, or the root. */
status_t file_set_attributes(struct file *file, uint32_t attributes);

/* "C:\" not included: "dir\file".  False: it doesn't fit, or has no name any more. */
bool file_path(const struct file_node *node, char path[FILE_PATH]);

/* What an opening of a directory lists next, and its name there; 0 at the end.  Then at once on to the one after it.
 * "." and ".." come first, but not in the root.  Files may come and go between two calls; position 0 starts anew. */
const struct file_node *file_list(struct file *file, const char **name);
void file_list_next(struct file *file);
