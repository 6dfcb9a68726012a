/* file_node.h - the files themselves, whoever has them open.  Others may look; only this room changes them. */
#pragma once
#include "kernel/file/file_name.h"
#include "kernel/file/ramfile.h"

struct file;

/* From the console on they have no bytes that can be asked for by their place. */
enum file_kind {
    FILE_IS_DISC,
    FILE_IS_RAM,
    FILE_IS_DIRECTORY,
    FILE_IS_CONSOLE,
    FILE_IS_NULL,
    FILE_IS_PIPE
};

struct file_node {
    struct file_node *parent; /* the directory it lies in; 0: the root, the console, unlinked */
    struct file_node *next, *prev;    /* in its directory, the oldest first */
    struct file_node *first, *last;   /* directory: what lies in it */
    struct file_node *next_in_bucket; /* of the table of names */
    uint32_t hash;                    /* of its name and its directory */
    char name[FILE_NAME];             /* plain: "hello.exe" */
    enum file_kind kind;
    uint32_t number;           /* unique, ascending in the order of creation */
    uint32_t attributes;       /* FILE_ATTRIBUTE_, as set */
    uint64_t created, written; /* 100 ns since 1601 */
    struct file *openings;
    bool delete_pending; /* goes when the last handle is closed */
    bool unlinked;       /* no longer in its directory */

    struct ramfile ram;  /* RAM, pipe */
    uint32_t put, taken; /* pipe: bytes that ever went in and out */

    const uint8_t *data; /* disc: the bytes, in the boot module */
    uint32_t size;
    struct section *section;    /* disc: while somebody maps the file, else 0; no reference */
    struct section_file source; /* disc: where its pages come from */
};

/* Fill the list from the boot disc, see file_init(). */
void file_node_init(const void *module, uint32_t size);

/* The console, "NUL" (which has no bytes and swallows what is written), and the directory that all others lie in:
 * always there. */
extern struct file_node file_node_console, file_node_null, file_node_root;

/* What a path means. */
struct file_place {
    struct file_node *node;      /* 0: there is none, ... */
    struct file_node *directory; /* ... but it could be made here, ... */
    char name[FILE_NAME];        /* ... under this name */
    bool slash;                  /* the path ends with a separator: it means a directory */
};

/* STATUS_OBJECT_PATH_NOT_FOUND: another drive, or a directory on the way isn't there; else as file_name_next(). */
status_t file_node_walk(const char *path, struct file_place *place);

/* The file whose bytes this section is, 0: none. */
const struct file_node *file_node_of(const struct section *section);

/* A new, empty RAM file or directory, or 0 when memory is short. */
struct file_node *file_node_create(struct file_node *directory, const char *name,
                                   enum file_kind kind);

/* Give it another name, or another directory.  The name is free there. */
void file_node_move(struct file_node *node, struct file_node *directory, const char *name);

/* Take it out of its directory: its name is free. */
void file_node_unlink(struct file_node *node);

/* Free an unlinked node that has no openings; no effect on others. */
void file_node_free(struct file_node *node);

/* Has it bytes at all, or is it the console or the directory? */
bool file_node_has_bytes(const struct file_node *node);
uint32_t file_node_size(const struct file_node *node);

/* The file was changed now. */
void file_node_touch(struct file_node *node);
