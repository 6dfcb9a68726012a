/* object.h - what handles name: counted, typed, perhaps named, and waitable.
 *
 * Every kernel object starts with a struct object.  A reference is held by each handle and by
 * whoever in the kernel keeps a pointer; the last one to go calls the type's destroy function.
 * A name lives as long as there are handles (W147).
 */
#pragma once
#include "kernel/object/wait.h"

enum object_type {
    OBJECT_PROCESS,
    OBJECT_THREAD,
    OBJECT_EVENT,
    OBJECT_MUTANT,
    OBJECT_SEMAPHORE,
    OBJECT_SECTION,
    OBJECT_FILE,
    OBJECT_TYPES,
    OBJECT_ANY = OBJECT_TYPES, /* for lookups */
};

enum { OBJECT_NAME = 260 }; /* longest name with its final zero */

struct object {
    struct dispatcher dispatcher; /* first: a dispatcher's address is its object's */
    enum object_type type;
    uint32_t references; /* handles included */
    uint32_t handles;
    char *name; /* 0: none */
    struct object *next_named;
};

/* What each type does; objects of types without `destroy` are simply freed. */
void object_set_destroy(enum object_type type, void (*destroy)(struct object *object));
/* Called when the last handle is closed (the object may live on). */
void object_set_close(enum object_type type, void (*close)(struct object *object));

/* Start an object in the caller's pool memory: one reference, no handle, no name. */
void object_init(struct object *object, enum object_type type, enum dispatcher_kind kind,
                 int32_t signal);
void object_reference(struct object *object);
void object_release(struct object *object);

/* Called by handle.c. */
void object_handle_opened(struct object *object);
void object_handle_closed(struct object *object);

/* Named objects.  Names are compared byte by byte. */
status_t object_set_name(struct object *object, const char *name); /* STATUS_NO_MEMORY */
/* The named object with a reference, or 0. */
struct object *object_find(const char *name);

/* The useful part of OBJECT_ATTRIBUTES, read from a program. */
struct object_attributes {
    char name[OBJECT_NAME]; /* empty: none */
    bool inherit;           /* OBJ_INHERIT */
    bool open_if;           /* OBJ_OPENIF: an existing object will do */
};
/* A program's UTF-16 text of `size` bytes as ASCII in `room` bytes, closed by a zero.
 * STATUS_OBJECT_NAME_INVALID (not ASCII, too long), STATUS_ACCESS_VIOLATION. */
status_t object_read_text(char *text, uint32_t room, va_t from, uint32_t size);

/* `attributes` is the program's address or 0.  STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER,
 * STATUS_OBJECT_NAME_INVALID (not ASCII, too long). */
status_t object_read_attributes(va_t attributes, struct object_attributes *out);
