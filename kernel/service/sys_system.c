/* sys_system.c - system calls about the machine as a whole, and Pagoda's own control call. */
#include "kernel/cpu/usercopy.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/process/region_set.h"
#include "kernel/service/audit.h"
#include "kernel/service/mark.h"
#include "kernel/service/sys_object.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

/* System information classes. */
enum { CLASS_BASIC = 0, CLASS_PERFORMANCE = 2, CLASS_TIME_OF_DAY = 3, CLASS_PROCESSES = 5 };

/* SYSTEM_BASIC_INFORMATION. */
struct basic {
    uint32_t reserved, timer_resolution; /* 100 ns */
    uint32_t page_size, pages, lowest_page, highest_page;
    uint32_t granularity, lowest_address, highest_address;
    uint32_t processor_mask, processors;
};

/* SYSTEM_PERFORMANCE_INFORMATION; what this kernel doesn't have is 0. */
struct performance {
    uint64_t idle_time, io[3];
    uint32_t io_operations[3];
    uint32_t available, committed, commit_limit, commit_peak;
    uint32_t faults, copies, transitions, cache_transitions, demand_zero;
    uint32_t pages_read, page_reads, cache_reads, cache_ios;
    uint32_t pages_written, page_writes, mapped_pages_written, mapped_writes;
    uint32_t paged_pool, nonpaged_pool;
    uint32_t others[48];
};

/* SYSTEM_TIMEOFDAY_INFORMATION. */
struct time_of_day {
    uint64_t boot, now;
    int64_t zone_bias;
    uint32_t zone, reserved;
};

/* SYSTEM_PROCESS_INFORMATION: one a process, behind each its threads and the characters of its name. */
struct process_record {
    uint32_t next, threads, reserved[6];
    uint64_t created, times[2];
    uint16_t name_bytes, name_room;
    va_t name;
    uint32_t priority, id, parent, handles, others[26];
};

struct thread_record {
    uint64_t times[2], created;
    uint32_t waited, start, process, id, priority, base_priority, others[4];
};

_Static_assert(sizeof(struct basic) == 44, "public layout");
_Static_assert(offsetof(struct process_record, id) == 68 && sizeof(struct process_record) == 184 &&
                   offsetof(struct thread_record, id) == 36 && sizeof(struct thread_record) == 64,
               "public layout");
_Static_assert(offsetof(struct performance, available) == 44 &&
                   offsetof(struct performance, faults) == 60 &&
                   offsetof(struct performance, nonpaged_pool) == 116 &&
                   sizeof(struct performance) == 312,
               "public layout");
_Static_assert(sizeof(struct time_of_day) == 32, "public layout");

static void fill_basic(const void *, void *record)
{
    struct mm_totals totals;

    mm_totals(&totals);
    *(struct basic *)record = (struct basic){
        .timer_resolution = THREAD_TICK_MS * 10000,
        .page_size = PAGE_SIZE,
        .pages = totals.ram_frames,
        .lowest_page = 1,
        .highest_page = pfn_limit - 1,
        .granularity = UNIT_SIZE,
        .lowest_address = LAYOUT_USER_LOW,
        .highest_address = LAYOUT_USER_END - 1,
        .processor_mask = 1,
        .processors = 1,
    };
}

/* What all processes have done, those that have ended included. */
static void sum_counters(struct performance *performance)
{
    for (struct process *process = process_all; process; process = process->next) {
        const struct space_counters *counters =
            process->space ? &process->space->counters : &process->counters;

        performance->copies += counters->kind[FAULT_COPY];
        performance->transitions += counters->kind[FAULT_TRANSITION];
        performance->demand_zero += counters->kind[FAULT_DEMAND_ZERO];
    }
}

static void fill_performance(const void *, void *record)
{
    struct performance *performance = record;
    struct mm_totals totals;

    mm_totals(&totals);
    *performance = (struct performance){
        .available = totals.available,
        .committed = totals.commit,
        .commit_limit = totals.commit_limit,
        .commit_peak = totals.commit_peak,
        .faults = totals.faults,
        .pages_read = totals.page_ins,
        .page_reads = totals.page_ins,
        .pages_written = totals.page_outs,
        .page_writes = totals.page_outs,
        .nonpaged_pool = pool_counters.frames,
    };
    sum_counters(performance);
}

static void fill_time(const void *, void *record)
{
    uint64_t now = clock_now();

    *(struct time_of_day *)record =
        (struct time_of_day){.boot = now - clock_ms() * 10000, .now = now};
}

/* The records of one process at `at`, all of them `size` bytes. */
static status_t put_process(const struct process *process, va_t at, uint32_t size, bool last)
{
    uint16_t name[PROCESS_NAME] = {0};
    struct process_record record = {
        .next = last ? 0 : size,
        .threads = process->thread_count,
        .created = process->created,
        .name_bytes = (uint16_t)(2 * strlen(process->image_name)),
        .name_room = sizeof name,
        .name = at + size - sizeof name,
        .priority = 8,
        .id = process->id,
        .parent = process->parent,
        .handles = process->handles.count,
    };
    status_t status = usercopy_write(at, &record, sizeof record);

    for (uint32_t i = 0; i < record.name_bytes / 2; i++)
        name[i] = (uint8_t)process->image_name[i];
    at += sizeof record;
    for (const struct thread *t = process->threads; t && !status; t = t->next_in_process) {
        struct thread_record thread = {
            .created = t->created, .start = t->start, .process = record.id, .id = t->id};

        status = usercopy_write(at, &thread, sizeof thread);
        at += sizeof thread;
    }
    return status ? status : usercopy_write(record.name, name, sizeof name);
}

static status_t list_processes(va_t buffer, uint32_t room, va_t returned)
{
    uint32_t at = 0, size;
    status_t status = STATUS_SUCCESS;

    for (struct process *p = process_all; p && !status; p = p->next, at += size) {
        size = sizeof(struct process_record) + p->thread_count * sizeof(struct thread_record) +
               2 * PROCESS_NAME;
        if (at + size <= room)
            status = put_process(p, buffer + at, size, !p->next);
    }
    status = status ?: usercopy_put_wish(returned, at);
    return !status && at > room ? STATUS_INFO_LENGTH_MISMATCH : status;
}

/* class, buffer, length, *returned (or 0) */
status_t sys_NtQuerySystemInformation(const uint32_t *a)
{
    static const struct sys_object_class classes[] = {
        {CLASS_BASIC, sizeof(struct basic), fill_basic, 0},
        {CLASS_PERFORMANCE, sizeof(struct performance), fill_performance, 0},
        {CLASS_TIME_OF_DAY, sizeof(struct time_of_day), fill_time, 0},
        {0, 0, NULL, 0},
    };

    if (a[0] == CLASS_PROCESSES)
        return list_processes(a[1], a[2], a[3]);
    return sys_object_query(classes, NULL, a);
}

/* *counter64, *frequency64 (or 0) */
status_t sys_NtQueryPerformanceCounter(const uint32_t *a)
{
    const uint64_t counter = clock_counter(), frequency = CLOCK_FREQUENCY;

    return usercopy_probe_wish(a[1], sizeof frequency)
        ?: usercopy_write(a[0], &counter, sizeof counter)
        ?: usercopy_write(a[1], &frequency, a[1] ? sizeof frequency : 0);
}

/* *time64 */
status_t sys_NtQuerySystemTime(const uint32_t *a)
{
    const uint64_t now = clock_now();

    return usercopy_write(a[0], &now, sizeof now);
}

/* --- NtPagodaControl ------------------------------------------------------------------------- */

static status_t give_counters(va_t buffer, uint32_t)
{
    const struct space *space = process_space_current();
    const struct space_counters *c = &space->counters;
    const struct abi_counters counters = {
        .faults = c->faults,
        .hard = fault_hard(c->kind),
        .soft = fault_soft(c->kind),
        .demand_zero = c->kind[FAULT_DEMAND_ZERO],
        .transition = c->kind[FAULT_TRANSITION],
        .pagefile = c->kind[FAULT_PAGEFILE],
        .copies = c->kind[FAULT_COPY],
        .page_ins = c->page_ins,
        .page_outs = c->page_outs,
        .written = pagefile_counters.writes,
        .resident = space->resident,
        .commit = space->private_commit,
    };

    return usercopy_write(buffer, &counters, sizeof counters);
}

/* maximum 0 takes the region's own working set away; an empty policy name means the process's. */
static status_t set_working_set(va_t buffer, uint32_t)
{
    const struct replace_policy *policy = 0;
    struct abi_working_set set;
    status_t status = usercopy_read(&set, buffer, sizeof set);

    if (status)
        return status;
    if (set.maximum == 0)
        return region_set_detach(process_space_current(), set.address);
    set.policy[sizeof set.policy - 1] = 0;
    if (set.policy[0]) {
        policy = replace_find(set.policy);
        if (!policy)
            return STATUS_INVALID_PARAMETER;
    }
    return region_set_attach(process_space_current(), set.address, policy, set.maximum,
                             set.exact ? 0 : set.standby, set.exact != 0);
}

/* The set of the region whose address the record at `buffer` begins with. */
static status_t find_set(va_t buffer, uint32_t *address, const struct working_set **ws)
{
    status_t status = usercopy_get(address, buffer);

    *ws = status ? NULL : region_set_find(process_space_current(), *address);
    return status ?: *ws ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static status_t give_region_counters(va_t buffer, uint32_t)
{
    struct abi_region_counters counters;
    const struct working_set *ws;
    status_t status = find_set(buffer, &counters.address, &ws);

    if (status)
        return status;
    counters = (struct abi_region_counters){
        .address = counters.address,
        .faults = ws->faults,
        .hard = ws->hard_faults,
        .transition = ws->transition_faults,
        .writes = ws->writes,
        .evictions = ws->evictions,
        .resident = ws->count,
    };
    return usercopy_write(buffer, &counters, sizeof counters);
}

static status_t give_region_ring(va_t buffer, uint32_t)
{
    struct abi_region_ring ring;
    const struct working_set *ws;
    status_t status = find_set(buffer, &ring.address, &ws);
    pfn_t frame;

    if (status)
        return status;
    memset(ring.page, 0, sizeof ring.page);
    ring.count = ws->count;
    frame = ws->hand;
    for (uint32_t i = 0; i < ring.count && i < ABI_RING_PAGES; i++) {
        ring.page[i] = pfn_record(frame)->va |
                       (ws->view->accessed(frame) ? ABI_RING_ACCESSED : 0u) |
                       (ws->view->dirty(frame) ? ABI_RING_DIRTY : 0u);
        frame = pfn_record(frame)->next;
    }
    return usercopy_write(buffer, &ring, sizeof ring);
}

static status_t give_policy(va_t buffer, uint32_t)
{
    struct abi_policy policy;
    uint32_t count = 0;
    status_t status = usercopy_read(&policy, buffer, sizeof policy.number);

    if (status)
        return status;
    while (count < policy.number && replace_policies[count])
        count++;
    if (!replace_policies[count])
        return STATUS_NO_MORE_ENTRIES;
    memset(policy.name, 0, sizeof policy.name);
    string_copy(policy.name, replace_policies[count]->name, sizeof policy.name);
    return usercopy_write(buffer, &policy, sizeof policy);
}

/* A program's words in the kernel's log: only text, so that no escape sequence gets through. */
static status_t print(va_t buffer, uint32_t length)
{
    char text[64];
    status_t status = STATUS_SUCCESS;

    for (uint32_t at = 0; at < length && !status; at += sizeof text) {
        uint32_t part = length - at < sizeof text ? length - at : sizeof text;

        status = usercopy_rest() ?: usercopy_read(text, buffer + at, part);
        for (uint32_t i = 0; i < part && !status; i++) {
            bool plain = text[i] == '\n' || text[i] == '\t' || (text[i] >= ' ' && text[i] <= '~');
            console_put(plain ? text[i] : '?');
        }
    }
    return status;
}

static status_t mark(va_t buffer, uint32_t)
{
    const struct space *space = process_space_current();
    struct abi_mark mark;
    status_t status = usercopy_read(&mark, buffer, sizeof mark);

    if (status)
        return status;
    mark.label[sizeof mark.label - 1] = 0;
    mark_print(&(struct mark){mark.label, mark.value, space->id, space, &space->counters});
    return STATUS_SUCCESS;
}

static status_t run_audit(va_t, uint32_t)
{
    audit();
    return STATUS_SUCCESS;
}

/* Bytes of the buffer that a control needs, and what is done with it. */
static const struct {
    uint32_t size;
    status_t (*run)(va_t buffer, uint32_t length);
} controls[] = {
    [ABI_CONTROL_COUNTERS] = {sizeof(struct abi_counters), give_counters},
    [ABI_CONTROL_WORKING_SET] = {sizeof(struct abi_working_set), set_working_set},
    [ABI_CONTROL_REGION_COUNTERS] = {sizeof(struct abi_region_counters), give_region_counters},
    [ABI_CONTROL_REGION_RING] = {sizeof(struct abi_region_ring), give_region_ring},
    [ABI_CONTROL_POLICY] = {sizeof(struct abi_policy), give_policy},
    [ABI_CONTROL_MARK] = {sizeof(struct abi_mark), mark},
    [ABI_CONTROL_PRINT] = {0, print},
    [ABI_CONTROL_AUDIT] = {0, run_audit},
};
enum { CONTROLS = sizeof controls / sizeof *controls };

/* enum abi_control, buffer, length, *returned (or 0) */
status_t sys_NtPagodaControl(const uint32_t *a)
{
    if (a[0] >= CONTROLS || !controls[a[0]].run)
        return STATUS_INVALID_PARAMETER;
    if (a[2] < controls[a[0]].size)
        return STATUS_INFO_LENGTH_MISMATCH;
    return usercopy_probe_wish(a[3], sizeof(uint32_t))
        ?: controls[a[0]].run(a[1], a[2])
        ?: usercopy_put_wish(a[3], controls[a[0]].size);
}
