/* test_mm_inject.c - each scenario with only k frames left, for k = 0, 1, 2, ... until it succeeds.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * A call that fails for want of a frame must say so, keep every invariant, and leave nothing
 * behind.  There is no paging file, so nothing can be reclaimed.
 */
#include "tests/host/machine.h"

enum { READWRITE = 4, MOST = 64 };

static struct space *space;

/* A scenario does its work and undoes it again; the first failure ends it. */
typedef status_t scenario(void);

static status_t make_space(void)
{
    struct space *other;
    status_t status = mm_space_create(&other, 8, "other");

    if (!status)
        mm_space_delete(other);
    return status;
}

static status_t make_region(uint32_t type)
{
    va_t at = 0;
    uint32_t size = 3 * TABLE_SPAN, zero = 0;
    status_t status = virtual_allocate(space, &at, &size, type, READWRITE);

    if (!status)
        status = virtual_free(space, &at, &zero, VIRTUAL_RELEASE);
    return status;
}

/* Many regions, so that the pool has to grow. */
static status_t reserve(void)
{
    va_t at[40];
    uint32_t count = 0, zero = 0;
    status_t status = STATUS_SUCCESS;

    while (count < 40 && !status) {
        uint32_t size = PAGE_SIZE;

        at[count] = 0;
        status = virtual_allocate(space, &at[count], &size, VIRTUAL_RESERVE, READWRITE);
        count += !status;
    }
    while (count--)
        virtual_free(space, &at[count], &zero, VIRTUAL_RELEASE);
    return status;
}

static status_t reserve_and_commit(void)
{
    return make_region(VIRTUAL_RESERVE | VIRTUAL_COMMIT);
}

static status_t watched(void)
{
    return make_region(VIRTUAL_RESERVE | VIRTUAL_COMMIT | VIRTUAL_WRITE_WATCH);
}

/* Touch pages of a fresh region; the pages touched before the failure keep their content. */
static status_t touch(void)
{
    va_t at = 0;
    uint32_t size = 8 * PAGE_SIZE, zero = 0, value;
    status_t status =
        virtual_allocate(space, &at, &size, VIRTUAL_RESERVE | VIRTUAL_COMMIT, READWRITE);

    if (status)
        return status;
    for (uint32_t i = 0; i < 8 && !status; i++) {
        status = machine_write32(space, at + i * PAGE_SIZE, i);
        for (uint32_t j = 0; j < i; j++)
            if (machine_read32(space, at + j * PAGE_SIZE, &value) || value != j)
                machine_panic("page %u lost its content", j);
    }
    virtual_free(space, &at, &zero, VIRTUAL_RELEASE);
    return status;
}

/* Every other page of a region goes, so that it falls into many. */
static status_t split_release(void)
{
    va_t at = 0;
    uint32_t size = 64 * PAGE_SIZE;
    struct vad *vad;
    status_t status = virtual_allocate(space, &at, &size, VIRTUAL_RESERVE, READWRITE);

    for (uint32_t i = 1; i < 64 && !status; i += 2) {
        va_t page = at + i * PAGE_SIZE;
        uint32_t part = PAGE_SIZE;

        status = virtual_free(space, &page, &part, VIRTUAL_RELEASE);
    }
    while ((vad = vad_at_or_above(&space->regions, at)) != NULL && vad->start < at + size)
        virtual_destroy(space, vad);
    return status;
}

static status_t map_and_copy(void)
{
    struct section *section;
    va_t at = 0;
    uint32_t size = 0;
    status_t status = section_create(&section, 4 * PAGE_SIZE, PROT_READWRITE, NULL, false, false);

    if (status)
        return status;
    status = view_map(section, space, &at, 0, &size, PROT_WRITECOPY, false);
    section_release(section);
    if (status)
        return status;
    for (uint32_t i = 0; i < 4 && !status; i++) {
        uint32_t value;

        status = machine_read32(space, at + i * PAGE_SIZE, &value);
        if (!status)
            status = machine_write32(space, at + i * PAGE_SIZE, i);
    }
    view_unmap(space, at);
    return status;
}

static status_t grow_section(void)
{
    struct section *section;
    char text[] = "content";
    status_t status = section_create(&section, 0, PROT_READWRITE, NULL, false, false);

    if (status)
        return status;
    status = section_extend(section, 3 * TABLE_SPAN);
    if (!status)
        status = mm_section_copy(section, 2 * TABLE_SPAN - 3, text, sizeof text, true);
    section_release(section);
    return status;
}

static bool is_clean_failure(status_t status)
{
    return status == STATUS_NO_MEMORY || status == STATUS_COMMITMENT_LIMIT ||
           status == STATUS_INSUFFICIENT_RESOURCES;
}

static void run(scenario *scene, const char *name)
{
    uint32_t k, commit, objects, failures = 0;
    status_t status = STATUS_NO_MEMORY;

    for (k = 0; k < MOST && status; k++) {
        machine_start(6000, 0, NULL);
        if (mm_space_create(&space, 4, "inject"))
            machine_panic("no space");
        commit = commit_counters.total;
        objects = pool_counters.objects;
        pfn_withhold(k);
        status = scene();
        mm_check();
        if (status && !is_clean_failure(status))
            break;
        failures += status != STATUS_SUCCESS;
        if (commit_counters.total != commit || pool_counters.objects != objects) {
            test_ok(false, "%s: %u frames left: something is left behind", name, k);
            return;
        }
        mm_space_delete(space);
        mm_check();
    }
    test_ok(!status && failures, "%s: %u clean failures, then success with %u frames (%x)", name,
            failures, k - 1, status);
}

int main(void)
{
    run(make_space, "create a space");
    run(reserve, "reserve");
    run(reserve_and_commit, "reserve and commit 12 MB");
    run(watched, "a watched region");
    run(touch, "demand-zero faults");
    run(split_release, "release of a middle part");
    run(map_and_copy, "map a section, copy its pages");
    run(grow_section, "grow and write a section");
    return test_end();
}
