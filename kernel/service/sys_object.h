/* sys_object.h - what the system calls that make or open objects have in common. */
#ifndef KERNEL_SYS_OBJECT_H
#define KERNEL_SYS_OBJECT_H

#include "kernel/object/handle.h"
#include "kernel/process/process.h"

/* A new handle of the current process for `object`, stored at the program's address `at`.
 * STATUS_ACCESS_VIOLATION, STATUS_INSUFFICIENT_RESOURCES: there is no handle then. */
status_t sys_object_give(struct object *object, uint32_t access, uint32_t flags, va_t at);

/* Open the named object.  STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_TYPE_MISMATCH. */
status_t sys_object_open(const struct object_attributes *attributes, enum object_type type,
                         uint32_t access, va_t at);

/* The name is taken already: open that object if the caller said that this will do.
 * STATUS_OBJECT_NAME_EXISTS (there is a handle), STATUS_OBJECT_NAME_COLLISION;
 * STATUS_OBJECT_NAME_NOT_FOUND: it is free, or there is none: make a new object. */
status_t sys_object_existing(const struct object_attributes *attributes, enum object_type type,
                             uint32_t access, va_t at);

/* Give a new object its name and its first handle.  Takes the caller's reference, always. */
status_t sys_object_publish(struct object *object, const struct object_attributes *attributes,
                            uint32_t access, va_t at);

/* Answer a query: `size` bytes to a buffer of `length`, and the size at `returned` if that is not 0.
 * STATUS_INFO_LENGTH_MISMATCH: the buffer is too small. */
status_t sys_object_answer(const void *data, uint32_t size, va_t buffer, uint32_t length,
                           va_t returned);

#endif
