/* trace_sets.c - the working sets on the trace port: which frame came, went, was chosen.
 *
 * The fault trace alone can't be replayed: a page may also come without a fault (the kernel reaches
 * into another process) and go without a victim (the program frees it).  These lines hold the rest,
 * so that a host can follow every ring and ask the same policy the same questions.  They are written
 * at once, before the line of the fault that caused them, and only when somebody asked for them.
 */
#include "kernel/device/serial.h"
#include "kernel/watch/trace.h"
#include "lib/format.h"

enum { LINE = 192 };

static void write_event(enum replace_event event, const struct working_set *ws, pfn_t frame)
{
    static const char *const names[] = {
        [REPLACE_IN] = "in", [REPLACE_OUT] = "out", [REPLACE_VICTIM] = "victim"};
    const struct pfn *p = pfn_record(frame);
    bool private = p->use == PFN_USE_PRIVATE;
    char line[LINE];
    int length = format(
        line, sizeof line,
        "{\"v\":%d,\"set\":\"%s\",\"ws\":\"0x%08x\",\"policy\":\"%s\",\"frame\":%u,\"pid\":%u,"
        "\"va\":\"0x%08x\",\"section\":%s}\n",
        TRACE_VERSION, names[event], (uint32_t)(uintptr_t)ws, ws->policy->name, frame,
        private ? p->owner->id : 0, p->va, private ? "false" : "true");

    serial_write(SERIAL_COM2, line, (size_t)length);
}

void trace_sets(bool on)
{
    replace_watcher = on ? write_event : NULL;
}

bool trace_sets_on(void)
{
    return replace_watcher != NULL;
}
