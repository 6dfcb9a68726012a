/* handle.h - a process's table of handles: small multiples of 4 that name objects. */
#pragma once
#include "kernel/object/object.h"

#define HANDLE_PROCESS 0xFFFFFFFFu /* the current process */
#define HANDLE_THREAD  0xFFFFFFFEu /* the current thread */

/* Flags: children that inherit get it, too; programs can't close it. */
enum { HANDLE_INHERIT = 1, HANDLE_PROTECT = 2 };

/* Access rights that the kernel checks (X12): each service names the one it needs. */
enum { ACCESS_SECTION_QUERY = 0x1, ACCESS_SECTION_WRITE = 0x2 };
enum { ACCESS_SECTION_READ = 0x4, ACCESS_SECTION_EXECUTE = 0x8 };
enum { ACCESS_PROCESS_TERMINATE = 0x1, ACCESS_PROCESS_CREATE_THREAD = 0x2 };
enum { ACCESS_PROCESS_VM_OPERATION = 0x8, ACCESS_PROCESS_VM_READ = 0x10 };
enum { ACCESS_PROCESS_VM_WRITE = 0x20, ACCESS_PROCESS_DUPLICATE = 0x40 };
enum { ACCESS_PROCESS_SET_QUOTA = 0x100, ACCESS_PROCESS_SET = 0x200 };
enum { ACCESS_PROCESS_QUERY = 0x400, ACCESS_PROCESS_QUERY_LIMITED = 0x1000 };
enum { ACCESS_THREAD_TERMINATE = 0x1, ACCESS_THREAD_SUSPEND = 0x2 };
enum { ACCESS_THREAD_GET_CONTEXT = 0x8, ACCESS_THREAD_SET_CONTEXT = 0x10 };
enum { ACCESS_THREAD_SET = 0x20, ACCESS_THREAD_QUERY = 0x40, ACCESS_THREAD_QUERY_LIMITED = 0x800 };
enum { ACCESS_QUERY_STATE = 0x1, ACCESS_MODIFY_STATE = 0x2 }; /* of what is waited for */
enum { ACCESS_SYNCHRONIZE = 0x100000, ACCESS_ALL = 0x1FFFFF };
#define ACCESS_MAXIMUM         0x02000000u
#define ACCESS_GENERIC_ALL     0x10000000u
#define ACCESS_GENERIC_EXECUTE 0x20000000u
#define ACCESS_GENERIC_WRITE   0x40000000u
#define ACCESS_GENERIC_READ    0x80000000u

struct handle_entry {
    struct object *object; /* 0: free */
    uint32_t access : 24, flags : 8;
};

enum { HANDLE_PAGES = 32 };
struct handle_table {
    struct handle_entry *page[HANDLE_PAGES];
    uint32_t count, hint; /* handles in use; no free one is below the hint */
};

/* A new handle for `object`, which gains a reference.  `access` is what may be done with it,
 * generic rights already expanded (handle_access()).
 * STATUS_INSUFFICIENT_RESOURCES: the table is full or memory is short. */
status_t handle_create(struct handle_table *table, struct object *object, uint32_t access,
                       uint32_t flags, uint32_t *handle);

/* Make sure that the next `count` calls of handle_create() for this table succeed.  A service asks before it
 * changes anything, so that one that is refused has changed nothing.
 * STATUS_INSUFFICIENT_RESOURCES. */
status_t handle_reserve(struct handle_table *table, uint32_t count);

/* The object behind a handle, with a reference that the caller releases, and what the handle
 * allows.  `access` rights are required; pseudo handles are not understood (process_object()).
 * STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED. */
status_t handle_lookup(const struct handle_table *table, uint32_t handle, enum object_type type,
                       uint32_t access, struct object **object, struct handle_entry *entry);

status_t handle_close(struct handle_table *table, uint32_t handle);
void handle_close_all(struct handle_table *table);
status_t handle_set_flags(struct handle_table *table, uint32_t handle, uint32_t flags);

/* Copy the inheritable handles of one table into another, empty one, under the same numbers. */
status_t handle_inherit(const struct handle_table *from, struct handle_table *to);

/* Generic rights and "maximum allowed" -> the rights of a type. */
uint32_t handle_access(enum object_type type, uint32_t desired);
