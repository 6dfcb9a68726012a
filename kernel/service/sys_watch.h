/* sys_watch.h - the working-set watch of a process: its page faults, told to whoever asks (W324). */
#pragma once
#include "kernel/process/process.h"

/* One fault that gave the process a page.  Bit 0 of `va`: nothing had to be read for it. */
struct ws_fault {
    va_t pc, va;
    uint32_t tid;
};

/* Who keeps records of faults: the next one of process `pid` from number *at on, which moves behind it; false: there is no
 * more.  0: nobody keeps any. */
extern bool (*ws_watch_next)(uint32_t pid, uint32_t *at, struct ws_fault *fault);

/* From now on.  STATUS_UNSUCCESSFUL. */
status_t ws_watch_start(struct process *process);

/* What happened since the last call, into the `length` bytes at `buffer`, ended by a record of zeros; `extended`: with the
 * thread.  STATUS_UNSUCCESSFUL (not watched), STATUS_NO_MORE_ENTRIES, STATUS_BUFFER_TOO_SMALL (nothing is told then). */
status_t ws_watch_tell(struct process *process, va_t buffer, uint32_t length, bool extended);
