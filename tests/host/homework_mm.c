/* homework_mm.c - homework about address spaces: answered by mm/ on the host's machine. */
#include "tests/host/homework.h"
#include "tests/host/machine.h"

#include "mm/layout.h"
#include "mm/paging.h"
#include "mm/section.h"
#include "mm/view.h"
#include "mm/virtual.h"

enum {
    READWRITE = 4,
    GUARD = 0x100,
    ERROR_PARAMETER = 87,
    ERROR_ADDRESS = 487,
    ERROR_COMMIT = 1455
};

static uint32_t charge_at_start, ram_at_start; /* what a new process has */

static struct space *fresh(void)
{
    struct space *space;

    machine_start(2048, 1024, NULL);
    if (mm_space_create(&space, 4, "homework"))
        machine_panic("no space");
    charge_at_start = space->private_commit;
    ram_at_start = space->resident;
    return space;
}

/* bits, KB of a page, bytes of an entry, processes, four ranges (first and last address). */
void homework_tablesize(void)
{
    struct space *space = fresh();
    uint32_t bits = homework_number(), page = homework_number(), entry = homework_number(),
             processes = homework_number();
    uint32_t before = space->tables;
    uint64_t linear = ((uint64_t)1 << bits) / (page * 1024ull) * entry, bytes;

    for (int i = 0; i < 4; i++) {
        va_t first = homework_number(), last = homework_number();

        if (space_make_tables(space, first, last))
            machine_panic("no tables");
    }
    bytes = (uint64_t)(space->tables - before + 1) * PAGE_SIZE;
    printf("{\"linear\": %llu, \"tables\": %u, \"bytes\": %llu, \"all\": %llu}\n", linear,
           space->tables - before, bytes, bytes * processes);
}

static va_t base_of[2]; /* the region, and the view */

/* What an access or a call did: faults of each kind since the last line, charge, pages in RAM. */
static void say_line(struct space *space, struct space_counters *before, bool first)
{
    bool any = false;

    printf("%s{\"faults\": {", first ? "" : ", ");
    for (enum fault_kind kind = FAULT_DEMAND_ZERO; kind < FAULT_KINDS; kind++) {
        uint32_t count = space->counters.kind[kind] - before->kind[kind];

        if (count)
            printf("%s\"%s\": %u", any ? ", " : "", fault_kind_name(kind), count);
        any |= count > 0;
    }
    printf("}, \"read\": %u, \"charge\": %u, \"ram\": %u}",
           space->counters.page_ins - before->page_ins, space->private_commit - charge_at_start,
           space->resident - ram_at_start);
    *before = space->counters;
}

static void touch(struct space *space, bool write)
{
    uint32_t place = homework_number(), first = homework_number(), count = homework_number();
    uint8_t byte;

    for (uint32_t i = 0; i < count; i++) {
        va_t va = base_of[place] + (first + i) * PAGE_SIZE;

        if (write)
            machine_write(space, va, 1);
        else
            machine_read(space, va, &byte);
    }
}

static void map_copy(struct space *space)
{
    struct section *section;
    uint32_t size = homework_number() * PAGE_SIZE;

    base_of[1] = 0;
    if (section_create(&section, size, PROT_READWRITE, NULL, false, false) ||
        view_map(section, space, &base_of[1], 0, &size, PROT_WRITECOPY, false))
        machine_panic("no view");
}

static void one_step(struct space *space, char what)
{
    uint32_t size, first;
    va_t at = 0;

    switch (what) {
    case 'c': /* commit: pages */
        size = homework_number() * PAGE_SIZE;
        virtual_allocate(space, &at, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);
        base_of[0] = at;
        break;
    case 'v':
        map_copy(space);
        break;
    case 'r':
        touch(space, false);
        break;
    case 'w':
        touch(space, true);
        break;
    case 'e':
        reclaim_empty(space);
        break;
    case 'd': /* decommit: first, pages */
        first = homework_number();
        size = homework_number() * PAGE_SIZE;
        at = base_of[0] + first * PAGE_SIZE;
        virtual_free(space, &at, &size, VIRTUAL_DECOMMIT);
        break;
    default:
        machine_panic("no such step");
    }
}

/* steps; then code, length, from, to of one instruction: how many pages does it need? */
void homework_faultkind(void)
{
    struct space *space = fresh();
    struct space_counters before = space->counters;
    uint32_t steps = homework_number(), code, length, from, to, pages[6], count = 0;
    va_t bytes[6];

    printf("{\"lines\": [");
    for (uint32_t i = 0; i < steps; i++) {
        one_step(space, *homework_word());
        say_line(space, &before, i == 0);
    }
    code = homework_number();
    length = homework_number();
    from = homework_number();
    to = homework_number();
    bytes[0] = code, bytes[1] = code + length - 1, bytes[2] = from, bytes[3] = from + 3,
    bytes[4] = to, bytes[5] = to + 3;
    for (int i = 0; i < 6; i++) {
        bool known = false;

        for (uint32_t j = 0; j < count; j++)
            known |= pages[j] == page_down(bytes[i]);
        if (!known)
            pages[count++] = page_down(bytes[i]);
    }
    printf("], \"frames\": %u}\n", count);
}

/* What VirtualAlloc and VirtualFree say of a status, as kernel32 has it. */
static uint32_t error_of(status_t status)
{
    switch (status) {
    case STATUS_SUCCESS:
        return 0;
    case STATUS_COMMITMENT_LIMIT:
        return ERROR_COMMIT;
    case STATUS_CONFLICTING_ADDRESSES:
    case STATUS_MEMORY_NOT_ALLOCATED:
    case STATUS_FREE_VM_NOT_AT_BASE:
        return ERROR_ADDRESS;
    default:
        return ERROR_PARAMETER;
    }
}

/* calls: a BASE SIZE TYPE, f BASE SIZE TYPE */
void homework_regions(void)
{
    struct space *space = fresh();
    uint32_t calls = homework_number();

    printf("[");
    for (uint32_t i = 0; i < calls; i++) {
        bool allocate = *homework_word() == 'a';
        va_t base = homework_number();
        uint32_t size = homework_number(), type = homework_number();
        status_t status = allocate ? virtual_allocate(space, &base, &size, type, READWRITE)
                                   : virtual_free(space, &base, &size, type);
        uint32_t lost = !status && allocate && type & VIRTUAL_RESERVE ? -size & (UNIT_SIZE - 1) : 0;

        printf("%s{\"error\": %u, \"start\": %u, \"end\": %u, \"lost\": %u, \"charge\": %u}",
               i ? ", " : "", error_of(status), status ? 0 : base, status ? 0 : base + size - 1,
               lost, space->private_commit - charge_at_start);
    }
    printf("]\n");
}

/* low, size, committed pages; then calls: bytes, 1 if it touches its low end first. */
void homework_stack(void)
{
    struct space *space = fresh();
    va_t low = homework_number(), start, limit, sp, at;
    uint32_t size = homework_number(), committed = homework_number(), calls = homework_number(),
             bytes;
    status_t status = STATUS_SUCCESS;

    at = low, bytes = size;
    virtual_allocate(space, &at, &bytes, VIRTUAL_RESERVE, READWRITE);
    machine_stack_low = low, machine_stack_top = sp = low + size;
    at = start = limit = sp - committed * PAGE_SIZE, bytes = committed * PAGE_SIZE;
    virtual_allocate(space, &at, &bytes, VIRTUAL_COMMIT, READWRITE);
    at = limit - PAGE_SIZE, bytes = PAGE_SIZE;
    virtual_allocate(space, &at, &bytes, VIRTUAL_COMMIT, READWRITE | GUARD);
    printf("[");
    for (uint32_t i = 0; i < calls; i++) {
        uint32_t need = homework_number(), jumps = homework_number();
        va_t last = sp - need;

        for (va_t touch = jumps ? last : sp - 4; !status;
             touch = touch - last > PAGE_SIZE ? touch - PAGE_SIZE : last) {
            status = machine_write(space, touch, 1);
            limit = start - space->counters.kind[FAULT_GROWTH] * PAGE_SIZE;
            if (touch == last)
                break;
        }
        if (status == STATUS_STACK_OVERFLOW)
            limit = page_down(machine_last_fault.va);
        printf("%s{\"limit\": %u, \"status\": %u}", i ? ", " : "", limit, status);
        if (status)
            break;
        sp = last;
    }
    printf("]\n");
}
