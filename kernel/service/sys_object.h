/* sys_object.h - what the system calls that make or open objects have in common. */
#pragma once
#include "kernel/object/handle.h"
#include "kernel/process/process.h"

/* A new handle of the current process for `object`, stored at the program's address `at`.
 * STATUS_ACCESS_VIOLATION, STATUS_INSUFFICIENT_RESOURCES: there is no handle then. */
status_t sys_object_give(struct object *object, uint32_t access, uint32_t flags, va_t at);

/* Can `size` bytes be written at `at`, and is there room for `handles` more handles?  Asked before anything is
 * changed.  STATUS_ACCESS_VIOLATION, STATUS_INSUFFICIENT_RESOURCES. */
status_t sys_object_room(va_t at, uint32_t size, uint32_t handles);

/* A whole call that opens a named object: *handle, access, attributes. */
status_t sys_object_open_call(const uint32_t *a, enum object_type type);

/* A whole call that opens by number: *handle, access, attributes, *client id (process, thread).
 * `find` knows the object, or says 0: STATUS_INVALID_PARAMETER. */
status_t sys_object_open_id(const uint32_t *a, struct object *(*find)(const uint32_t id[2]));

/* The name is taken already: open that object if the caller said that this will do.
 * STATUS_OBJECT_NAME_EXISTS (there is a handle), STATUS_OBJECT_NAME_COLLISION;
 * STATUS_OBJECT_NAME_NOT_FOUND: it is free, or there is none: make a new object. */
status_t sys_object_existing(const struct object_attributes *attributes, enum object_type type,
                             uint32_t access, va_t at);

/* Give a new object its name and its first handle.  Takes the caller's reference, always. */
status_t sys_object_publish(struct object *object, const struct object_attributes *attributes,
                            uint32_t access, va_t at);

/* An information class: its record of `size` bytes, which fill() makes of `object`; it finds zeros. */
struct sys_object_class {
    uint32_t class, size;
    void (*fill)(const void *object, void *record); /* 0: it is a word ... */
    uint32_t word;                                  /* ... of the object, here; 0: zeros */
};
enum { SYS_OBJECT_RECORD = 312 }; /* bytes of the largest */

/* KERNEL_USER_TIMES: system times, and ticks of the clock. */
enum { SYS_OBJECT_TIMES = 4 * sizeof(uint64_t) };
void sys_object_times(void *record, uint64_t created, uint64_t ended, uint32_t kernel,
                      uint32_t user);

/* Answer the query `a`: class, buffer, length, *returned (or 0), as an entry of `classes` says; the last one's
 * size is 0.  Of two entries for one class the first that fits is taken.
 * STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH: the buffer is too small. */
status_t sys_object_query(const struct sys_object_class *classes, const void *object,
                          const uint32_t *a);
