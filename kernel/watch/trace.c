/* trace.c - one record for every page fault.
 *
 * Records are made only when somebody listens, with interrupts off, and are complete before the
 * faulting instruction is restarted: the trace port is written right here, so that a line exists
 * for every fault even if the machine stops at the next instruction.  The live screen and the
 * monitor read the ring later, in their own time.
 */
#include "kernel/watch/trace.h"
#include "kernel/cpu/cpu.h"
#include "kernel/device/serial.h"
#include "kernel/process/words.h"
#include "kernel/service/sys_watch.h"
#include "lib/format.h"
#include "lib/string.h"

enum { LINE = 640, NAMES = 256, NAME = 24 };

static unsigned listeners = TRACE_RING; /* fault_watched: there are some */
static struct trace_record ring[TRACE_RECORDS];
void (*trace_stop)(const struct fault *fault);

static uint32_t recorded; /* records ever put into the ring */

/* Names of the processes that faulted, so that records need not hold them and outlive the process. */
static struct {
    uint32_t pid;
    char name[NAME];
} names[NAMES];
static uint32_t last_pid; /* whose name is known to be there */

_Static_assert((TRACE_RECORDS & (TRACE_RECORDS - 1)) == 0, "the index wraps with a mask");

static void record_victim(struct trace_record *record, const struct pfn_victim *victim)
{
    record->flags |= TRACE_TAKEN;
    if (victim->owner)
        record->flags |= TRACE_VICTIM_PRIVATE;
    if (victim->dirty)
        record->flags |= TRACE_VICTIM_DIRTY;
    record->victim_pid = victim->owner ? victim->owner->id : 0;
    record->victim_va = victim->va;
    record->victim_slot = victim->slot;
}

static void record_fault(struct trace_record *record, const struct fault *fault)
{
    record->time = cpu_tsc();
    record->number = fault->number;
    record->pid = fault->space->id;
    record->tid = fault->tid;
    record->va = fault->va;
    record->pc = fault->pc;
    record->pte_before = fault->pte_before;
    record->pte_after = fault->pte_after;
    record->frame = fault->frame;
    record->policy = fault->policy;
    record->status = fault->status;
    record->kind = (uint8_t)fault->kind;
    record->reason = (uint8_t)fault->reason;
    record->access = (uint8_t)fault->access;
    record->flags =
        (uint8_t)((fault->user ? TRACE_USER : 0) | (fault->present ? TRACE_PRESENT : 0));
    if (fault->victim)
        record_victim(record, fault->victim);
}

/* Process ids are multiples of 4. */
static uint32_t name_index(uint32_t pid)
{
    return pid / 4 % NAMES;
}

static void remember_name(const struct space *space)
{
    uint32_t i = name_index(space->id);

    last_pid = names[i].pid = space->id;
    string_copy(names[i].name, space->name, NAME);
}

/* The program of a record; "?" when so many others ran since that it is forgotten. */
static const char *program_of(const struct trace_record *record)
{
    uint32_t i = name_index(record->pid);

    if (record->pid == 0)
        return space_kernel.name;
    return names[i].pid == record->pid ? names[i].name : "?";
}

/* A name inside a JSON string: programs come from a disc that anybody can make. */
static void json_escape(const char *name, char *out, size_t size)
{
    size_t used = 0;

    for (; *name && used + 7 < size; name++) {
        unsigned char c = (unsigned char)*name;

        if (c < ' ' || c > '~')
            used += (size_t)format(out + used, size - used, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            used += (size_t)format(out + used, size - used, "\\%c", c);
        else
            out[used++] = (char)c;
    }
    out[used] = 0;
}

/* The part of the line that most faults don't have. */
static void json_rest(const struct trace_record *r, char *out, size_t size)
{
    int used = 0;

    out[0] = 0;
    if (r->flags & TRACE_TAKEN)
        used =
            format(out, size,
                   ",\"victim\":{\"pid\":%u,\"va\":\"0x%08x\",\"section\":%s,"
                   "\"dirty\":%s,\"slot\":%u}",
                   r->victim_pid, r->victim_va, r->flags & TRACE_VICTIM_PRIVATE ? "false" : "true",
                   r->flags & TRACE_VICTIM_DIRTY ? "true" : "false", r->victim_slot);
    if (r->status)
        format(out + used, size - (size_t)used, ",\"reason\":\"%s\",\"status\":\"0x%08x\"",
               words_fault_reason(r->reason), r->status);
}

/* The record as a line of JSON. */
static void port_write(const struct trace_record *r)
{
    char line[LINE], image[NAME * 6 + 8], rest[256];
    int length;

    json_escape(program_of(r), image, sizeof image);
    json_rest(r, rest, sizeof rest);
    length = format(line, sizeof line,
                    "{\"v\":%d,\"n\":%u,\"t\":%llu,\"pid\":%u,\"tid\":%u,\"image\":\"%s\","
                    "\"va\":\"0x%08x\",\"pc\":\"0x%08x\",\"access\":\"%s\",\"mode\":\"%s\","
                    "\"present\":%s,\"kind\":\"%s\",\"pte_before\":\"0x%08x\","
                    "\"pte_after\":\"0x%08x\",\"frame\":%u,\"policy\":\"%s\"%s}\n",
                    TRACE_VERSION, r->number, r->time, r->pid, r->tid, image, r->va, r->pc,
                    words_access(r->access), r->flags & TRACE_USER ? "user" : "kernel",
                    r->flags & TRACE_PRESENT ? "true" : "false", fault_kind_name(r->kind),
                    r->pte_before, r->pte_after, r->frame, r->policy ? r->policy->name : "", rest);
    MM_ASSERT(length < LINE);
    serial_write(SERIAL_COM2, line, (size_t)length);
}

static void tell_others(const struct trace_record *record, const struct fault *fault)
{
    if (listeners & TRACE_PORT)
        port_write(record);
    if (listeners & TRACE_STEP)
        trace_stop(fault);
}

void machine_trace(const struct fault *fault)
{
    struct trace_record *record = &ring[recorded % TRACE_RECORDS];

    record_fault(record, fault);
    if (fault->space->id != last_pid)
        remember_name(fault->space);
    if (listeners & TRACE_RING)
        recorded++;
    if (listeners & ~(unsigned)TRACE_RING)
        tell_others(record, fault);
}

/* What the working-set watch of a process sees of the ring: faults that gave it a page. */
static bool next_of(uint32_t pid, uint32_t *at, struct ws_fault *fault)
{
    uint32_t oldest = recorded - trace_count();

    if ((int32_t)(*at - oldest) < 0)
        *at = oldest;
    while (*at != recorded) {
        const struct trace_record *r = &ring[(*at)++ % TRACE_RECORDS];
        bool hard = r->kind == FAULT_PAGEFILE || r->kind == FAULT_FILE;

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

void trace_listen(enum trace_consumer consumer, bool on)
{
    listeners = on ? listeners | consumer : listeners & ~(unsigned)consumer;
    fault_watched = listeners;
}

bool trace_listening(enum trace_consumer consumer)
{
    return listeners & consumer;
}

uint32_t trace_count(void)
{
    return recorded < TRACE_RECORDS ? recorded : TRACE_RECORDS;
}

const struct trace_record *trace_get(uint32_t age)
{
    return age < trace_count() ? &ring[(recorded - 1 - age) % TRACE_RECORDS] : NULL;
}

/* Where the frame came from, or why there is none. */
static void line_rest(const struct trace_record *r, char *out, size_t size)
{
    const char *mark = r->flags & TRACE_VICTIM_DIRTY ? "*" : "";

    out[0] = 0;
    if (r->status)
        format(out, size, " %s", words_fault_reason_short(r->reason));
    else if (r->flags & TRACE_VICTIM_PRIVATE)
        format(out, size, " %u:%08X%s", r->victim_pid, r->victim_va, mark);
    else if (r->flags & TRACE_TAKEN)
        format(out, size, " section+%X%s", r->victim_va, mark);
}

const char trace_heading[] =
    "     N PROGRAM     PID WANTS ADDRESS  BY       KIND           FRAME VICTIM";

int trace_line(const struct trace_record *r, char *buffer, size_t size)
{
    char frame[16] = "    -", rest[128];

    if (r->frame)
        format(frame, sizeof frame, "%05X", r->frame);
    line_rest(r, rest, sizeof rest);
    return format(buffer, size, "%6u %-11.11s %3u %-5.5s %08X %08X %-14s %s%s", r->number,
                  program_of(r), r->pid,
                  r->access == FAULT_EXECUTE ? "exec" : words_access(r->access), r->va, r->pc,
                  fault_kind_name(r->kind), frame, rest);
}
