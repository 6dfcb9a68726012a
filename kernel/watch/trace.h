/* trace.h - one record for every page fault.
 *
 * mm/fault.c calls machine_trace() once a fault, and this is it.  The record goes to whoever is
 * listening: a ring (read by the monitor's `faults` and by the screen), the trace port (the
 * second serial port, docs/trace.md) and the stopper of `step`.  With nobody
 * listening a fault pays for one comparison.
 */
#pragma once
#include "mm/mm.h"

enum { TRACE_RECORDS = 2048, TRACE_VERSION = 1 };

/* Where the next fault is made: in the ring while that listens, so that nothing need be copied. */
extern struct fault *trace_place;

/* Who is listening. */
enum trace_consumer {
    TRACE_RING = 1, /* on from the first fault */
    TRACE_PORT = 2,
    TRACE_STEP = 4,
};

/* Called once at boot, before TRACE_RECORDS faults have happened.  `port`: write every fault to the
 * trace port, those since the machine started included. */
void trace_init(bool port);

/* Who TRACE_STEP is: set before it listens. */
extern void (*trace_stop)(const struct fault *fault);

/* Switching the port on later starts with the next fault. */
void trace_listen(enum trace_consumer consumer, bool on);
bool trace_listening(enum trace_consumer consumer);

/* Between the faults, write a record for every frame that comes into a working set, leaves it, or is
 * chosen as a victim.  => there is a trace port. */
void trace_sets(bool on);
bool trace_sets_on(void);

/* Records in the ring, and one of them: 0 is the newest.  0 if there is no such record.
 * => the answer is valid until the next fault: interrupts off.  Its `space` and `region` may be gone. */
uint32_t trace_count(void);
const struct fault *trace_get(uint32_t age);

/* The record as a line for people, in columns under trace_heading.  The victim is the page whose frame
 * was taken, as process:address; a star says that it had to be written out. */
int trace_line(const struct fault *record, char *buffer, size_t size);
extern const char trace_heading[];
