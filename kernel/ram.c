/* ram.c - decides which RAM is for what.
 *
 * Only subtraction on a short sorted list, before any of that RAM is touched, so it needs neither
 * memory nor undo and runs in a host test as it is.
 */
#include "kernel/ram.h"

#include "lib/format.h"
#include "lib/string.h"

#define MB               (1u << 20)
#define PAGEFILE_DEFAULT (64 * MB) /* but no more than a quarter of RAM */
#define FIRMWARE         MB        /* what firmware keeps of a machine's RAM, rounded up */

static uint32_t low_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t high_of(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t total(const struct ram_plan *plan)
{
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < plan->ranges; i++)
        bytes += plan->range[i].end - plan->range[i].start;
    return bytes;
}

static void keep(struct ram_plan *plan, uint32_t start, uint32_t end)
{
    if (start < end && plan->ranges < RAM_RANGES)
        plan->range[plan->ranges++] = (struct boot_range){start, end};
}

/* Take [start, end) out of the plan. */
static void take(struct ram_plan *plan, uint32_t start, uint32_t end)
{
    struct boot_range old[RAM_RANGES];
    uint32_t ranges = plan->ranges;

    memcpy(old, plan->range, sizeof old);
    plan->ranges = 0;
    for (uint32_t i = 0; i < ranges; i++) {
        keep(plan, old[i].start, low_of(old[i].end, start));
        keep(plan, high_of(old[i].start, end), old[i].end);
    }
}

/* Keep only the first `bytes` bytes. */
static void cut(struct ram_plan *plan, uint32_t bytes)
{
    uint32_t i;

    for (i = 0; i < plan->ranges && bytes; i++) {
        struct boot_range *range = &plan->range[i];

        range->end = range->start + low_of(range->end - range->start, bytes);
        bytes -= range->end - range->start;
    }
    plan->ranges = i;
}

/* The paging file goes to the top of RAM, where it doesn't split what is left. */
static void place_pagefile(struct ram_plan *plan, const struct boot_info *info, uint32_t size)
{
    for (uint32_t i = plan->ranges; i-- > 0 && size;) {
        uint32_t end = plan->range[i].end, start = plan->range[i].start;

        if (start < info->kernel_end && end > info->kernel_start)
            start = info->kernel_end;
        if (start >= end || end - start < size)
            continue;
        plan->pagefile_first = (end - size) >> PAGE_SHIFT;
        plan->pagefile_blocks = size >> PAGE_SHIFT;
        take(plan, end - size, end);
        return;
    }
    if (size)
        format(plan->error, RAM_ERROR,
               "There are no %u MB of RAM in one piece for the paging file; give a smaller "
               "PAGEFILE or the machine more memory.",
               size / MB);
}

static uint32_t pagefile_size(const struct options *wish, uint32_t ram)
{
    uint32_t size = wish->pagefile_set ? wish->pagefile : low_of(PAGEFILE_DEFAULT, ram / 4);

    return page_down(size);
}

static void too_little(struct ram_plan *plan, uint32_t there)
{
    format(plan->error, RAM_ERROR,
           "Pagoda needs 16 MB of RAM, and there are %u KB; start it with MEM=16M or more "
           "(qemu -m 16).",
           there / 1024);
}

/* What is left after the devices must be what was asked for. */
static void check_rest(struct ram_plan *plan, const struct options *wish)
{
    uint32_t rest = total(plan);

    if (wish->mem > rest)
        format(plan->error, RAM_ERROR,
               "mem= asks for %u MB of RAM, but %u MB are left besides disc and paging file; "
               "give the machine more memory (qemu -m) or ask for less.",
               wish->mem / MB, rest / MB);
    else if (!wish->mem && rest < RAM_LEAST)
        format(plan->error, RAM_ERROR,
               "Only %u KB of RAM are left besides disc and paging file, and Pagoda needs "
               "8 MB; give the machine more memory (qemu -m).",
               rest / 1024);
}

void ram_plan_make(struct ram_plan *plan, const struct boot_info *info, const struct options *wish)
{
    uint32_t there;

    memset(plan, 0, sizeof *plan);
    for (uint32_t i = 0; i < info->ranges; i++)
        keep(plan, info->range[i].start, low_of(info->range[i].end, LAYOUT_RAM_LIMIT));
    there = total(plan);
    if (wish->mem ? wish->mem < RAM_MINIMUM : there < RAM_MINIMUM - FIRMWARE) {
        too_little(plan, wish->mem ? wish->mem : there);
        return;
    }
    for (uint32_t i = 0; i < info->modules; i++)
        take(plan, page_down(info->module[i].start), page_up(info->module[i].end));
    place_pagefile(plan, info, pagefile_size(wish, there));
    if (plan->error[0])
        return;
    check_rest(plan, wish);
    if (wish->mem)
        cut(plan, page_down(wish->mem));
    for (uint32_t i = 0; i < plan->ranges; i++)
        plan->limit = plan->range[i].end >> PAGE_SHIFT;
    plan->frames = total(plan) >> PAGE_SHIFT;
}

pa_t ram_piece(const struct ram_plan *plan, const struct boot_info *info, uint32_t size)
{
    for (uint32_t i = 0; i < plan->ranges; i++) {
        uint32_t start = high_of(plan->range[i].start, MB);
        uint32_t end = low_of(plan->range[i].end, LAYOUT_DIRECT_SIZE);

        if (start < info->kernel_end && end > info->kernel_start)
            start = info->kernel_end;
        if (start < end && end - start >= size)
            return start;
    }
    return 0;
}
