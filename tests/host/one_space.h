/* one_space.h - what tests of calls on one address space stand on: a machine with that space, and its end. */
#pragma once
#include "tests/host/machine.h"

enum { READONLY = 2, READWRITE = 4, WRITECOPY = 8, GUARD = 0x100 };
enum { RESERVE = VIRTUAL_RESERVE, COMMIT = VIRTUAL_COMMIT };

static struct space *space;

static inline void start(const char *name, uint32_t frames, uint32_t slots)
{
    machine_start(frames, slots, NULL);
    if (mm_space_create(&space, 4, name))
        machine_panic("no space");
}

static inline void stop(const char *what)
{
    mm_check();
    mm_space_delete(space);
    mm_check();
    test_ok(commit_counters.total == 0 && pagefile_counters.used == 0 && !pool_counters.objects,
            "%s: nothing is left", what);
}

/* Readable and writable. */
static inline status_t allocate(va_t at, uint32_t size, uint32_t type)
{
    return virtual_allocate(space, &at, &size, type, READWRITE);
}

static inline status_t give_back(va_t at, uint32_t size, uint32_t type)
{
    return virtual_free(space, &at, &size, type);
}

/* A view of a section; offset 0 and size 0: of all of it. */
static inline status_t map(struct section *section, va_t *at, uint32_t offset, uint32_t size,
                           prot_t prot)
{
    return view_map(section, space, at, offset, &size, prot, false);
}
