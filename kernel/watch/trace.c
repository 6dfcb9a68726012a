/* trace.c - one record for every page fault.
 *
 * Records are made only when somebody listens, with interrupts off, and are complete before the
 * faulting instruction is restarted: the trace port is written right here, so that a record is
 * out for every fault even if the machine stops at the next instruction.  The live screen and the
 * monitor read the ring later, in their own time.
 */
#include "kernel/watch/trace.h"
#include "kernel/cpu/cpu.h"
#include "kernel/device/serial.h"
#include "kernel/process/words.h"
#include "kernel/service/sys_watch.h"
#include "lib/format.h"
#include "lib/string.h"

enum { NAMES = 256, NAME = 24 };

static unsigned listeners = TRACE_RING; /* fault_watched: there are some */
static struct fault ring[TRACE_RECORDS], aside;
struct fault *trace_place = ring;
void (*trace_stop)(const struct fault *fault);

static uint32_t recorded; /* records ever put into the ring */

/* Names of the processes that faulted, so that records need not hold them and outlive the process. */
static struct {
    uint32_t pid;
    char name[NAME];
} names[NAMES];
static uint32_t last_pid; /* whose name is known to be there */

enum { TOLD = offsetof(struct fault, space) }; /* bytes of a record that the port sends */
_Static_assert(TOLD == 60, "docs/trace.md");

/* Process ids are multiples of 4. */
static uint32_t name_index(uint32_t pid)
{
    return pid / 4 % NAMES;
}

static APART void remember_name(const struct space *space)
{
    uint32_t i = name_index(space->id);

    last_pid = names[i].pid = space->id;
    string_copy(names[i].name, space->name, NAME);
}

/* The program of a record; "?" when so many others ran since that it is forgotten. */
static const char *program_of(const struct fault *record)
{
    uint32_t i = name_index(record->pid);

    if (record->pid == 0)
        return space_kernel.name;
    return names[i].pid == record->pid ? names[i].name : "?";
}

/* A record as the ring holds it and its words, each with a 0 behind it: docs/trace.md. */
static void send(char sort, const void *record, size_t size, const char *const words[])
{
    const char head[] = {sort, TRACE_VERSION};

    serial_write(SERIAL_COM2, head, sizeof head);
    serial_write(SERIAL_COM2, record, size);
    for (; *words; words++)
        serial_write(SERIAL_COM2, *words, strlen(*words) + 1);
}

static void port_write(const struct fault *r)
{
    const char *const words[] = {
        program_of(r),
        words_access(r->access),
        fault_kind_name(r->kind),
        r->policy ? r->policy->name : "",
        r->status ? words_fault_reason(r->reason) : "",
        NULL,
    };

    send('F', r, TOLD, words);
}

/* It is in the ring. */
static INLINE void keep(struct fault *fault)
{
    recorded++;
    trace_place = fault == &ring[TRACE_RECORDS - 1] ? ring : fault + 1;
}

static APART void tell_others(struct fault *fault)
{
    if (listeners & TRACE_RING)
        keep(fault);
    if (listeners & TRACE_PORT)
        port_write(fault);
    if (listeners & TRACE_STEP)
        trace_stop(fault);
}

void machine_trace(struct fault *fault)
{
    fault->time = cpu_tsc();
    fault->pid = fault->space->id;
    if (fault->pid != last_pid)
        remember_name(fault->space);
    if (listeners == TRACE_RING)
        keep(fault);
    else
        tell_others(fault);
}

/* What the working-set watch of a process sees of the ring: faults that gave it a page. */
static bool next_of(uint32_t pid, uint32_t *at, struct ws_fault *fault)
{
    uint32_t oldest = recorded - trace_count();

    if ((int32_t)(*at - oldest) < 0)
        *at = oldest;
    while (*at != recorded) {
        const struct fault *r = &ring[(*at)++ % TRACE_RECORDS];
        bool hard = fault_is_hard(r->kind);

        if (r->pid == pid && r->status == STATUS_SUCCESS) {
            *fault = (struct ws_fault){r->pc, (r->va & ~1u) | !hard, r->tid};
            return true;
        }
    }
    return false;
}

void trace_init(bool port)
{
    ws_watch_next = next_of;
    if (!port)
        return;
    for (uint32_t i = recorded - trace_count(); i < recorded; i++)
        port_write(&ring[i % TRACE_RECORDS]);
    trace_listen(TRACE_PORT, true);
}

/* The fault trace alone can't be replayed: a page may also come without a fault (the kernel reaches into another process)
 * and go without a victim (the program frees it).  These records hold the rest, so that a host can follow every ring and
 * ask the same policy the same questions.  They are written at once, before the record of the fault that caused them. */
static void write_event(enum replace_event event, const struct working_set *ws, pfn_t frame)
{
    static const char *const words[] = {
        [REPLACE_IN] = "in", [REPLACE_OUT] = "out", [REPLACE_VICTIM] = "victim"};
    const struct pfn *p = pfn_record(frame);
    bool private = p->use == PFN_USE_PRIVATE;
    const uint32_t record[] = {(uint32_t)(uintptr_t)ws, frame, private ? p->owner->id : 0, p->va,
                               private};

    send('S', record, sizeof record, (const char *const[]){words[event], ws->policy->name, NULL});
}

void trace_sets(bool on)
{
    replace_watcher = on ? write_event : NULL;
}

bool trace_sets_on(void)
{
    return replace_watcher != NULL;
}

void trace_listen(enum trace_consumer consumer, bool on)
{
    listeners = on ? listeners | consumer : listeners & ~(unsigned)consumer;
    fault_watched = listeners;
    trace_place = listeners & TRACE_RING ? &ring[recorded % TRACE_RECORDS] : &aside;
}

bool trace_listening(enum trace_consumer consumer)
{
    return listeners & consumer;
}

uint32_t trace_count(void)
{
    return recorded < TRACE_RECORDS ? recorded : TRACE_RECORDS;
}

const struct fault *trace_get(uint32_t age)
{
    return age < trace_count() ? &ring[(recorded - 1 - age) % TRACE_RECORDS] : NULL;
}

/* Where the frame came from, or why there is none. */
static void line_rest(const struct fault *r, char *out, size_t size)
{
    const char *mark = r->victim_dirty ? "*" : "";

    out[0] = 0;
    if (r->status)
        format(out, size, " %s", words_fault_reason_short(r->reason));
    else if (r->victim_private)
        format(out, size, " %u:%08X%s", r->victim_pid, r->victim_va, mark);
    else if (r->taken)
        format(out, size, " section+%X%s", r->victim_va, mark);
}

const char trace_heading[] =
    "     N PROGRAM     PID WANTS ADDRESS  BY       KIND           FRAME VICTIM";

int trace_line(const struct fault *r, char *buffer, size_t size)
{
    char frame[16] = "    -", rest[128];

    if (fault_frame(r))
        format(frame, sizeof frame, "%05X", fault_frame(r));
    line_rest(r, rest, sizeof rest);
    return format(buffer, size, "%6u %-11.11s %3u %-5.5s %08X %08X %-14s %s%s", r->number,
                  program_of(r), r->pid,
                  r->access == FAULT_EXECUTE ? "exec" : words_access(r->access), r->va, r->pc,
                  fault_kind_name(r->kind), frame, rest);
}
