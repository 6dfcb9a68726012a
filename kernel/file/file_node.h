/* file_node.h - the files themselves, whoever has them open.  Used by file.c only. */
#pragma once
#include "kernel/file/file.h"
#include "kernel/file/ramfile.h"

struct file_node {
    struct file_node *next; /* in the list of all nodes */
    char name[FILE_NAME];
    enum file_kind kind;
    uint32_t number;
    uint64_t created, written;
    struct file *openings; /* file.c's */
    bool delete_pending;   /* RAM: goes when the last handle is closed */
    bool unlinked;         /* RAM: no longer in the list */
    bool hidden;           /* disc: a RAM file has the name */

    struct ramfile ram; /* RAM */

    const uint8_t *data; /* disc: the bytes, in the boot module */
    uint32_t size;
    struct section *section;    /* disc: while somebody maps the file, else 0; no reference */
    struct section_file source; /* disc: where its pages come from */
};

/* Fill the list from the boot disc, see file_init(). */
void file_node_init(const void *module, uint32_t size);

/* The console and the directory: always there, not in the list. */
extern struct file_node file_node_console, file_node_root;

/* The file that a name means: a RAM file hides a disc file.  0 if there is none. */
struct file_node *file_node_find(const char *name);

/* A new, empty RAM file at the end of the list, or 0 when memory is short. */
struct file_node *file_node_create(const char *name);

/* Another name for a RAM file, which nobody has. */
void file_node_rename(struct file_node *node, const char *name);

/* Take a RAM file out of the list: its name is free. */
void file_node_unlink(struct file_node *node);

/* Free an unlinked node that has no openings; no effect on others. */
void file_node_free(struct file_node *node);

/* Has it bytes at all, or is it the console or the directory? */
bool file_node_has_bytes(const struct file_node *node);
uint32_t file_node_size(const struct file_node *node);

/* The file was changed now. */
void file_node_touch(struct file_node *node);

void file_node_facts(const struct file_node *node, struct file_facts *facts);
