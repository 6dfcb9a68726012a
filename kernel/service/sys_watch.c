/* sys_watch.c - the working-set watch: Windows' own log of page faults, which is ours. */
#include "kernel/service/sys_watch.h"

#include "kernel/cpu/usercopy.h"

bool (*ws_watch_next)(uint32_t pid, uint32_t *at, struct ws_fault *fault);

status_t ws_watch_start(struct process *process)
{
    struct ws_fault fault;

    if (!ws_watch_next)
        return STATUS_UNSUCCESSFUL;
    process->watched = true;
    while (ws_watch_next(process->id, &process->watched_to, &fault))
        ;
    return STATUS_SUCCESS;
}

/* How many there are; what is being told now makes faults itself, and those are for the next time. */
static uint32_t count(const struct process *process)
{
    uint32_t at = process->watched_to, n = 0;
    struct ws_fault fault;

    while (ws_watch_next(process->id, &at, &fault))
        n++;
    return n;
}

status_t ws_watch_tell(struct process *process, va_t buffer, uint32_t length, bool extended)
{
    uint32_t words[4] = {0}, size = extended ? 4 * sizeof *words : 2 * sizeof *words, n;
    uint32_t at = process->watched_to;
    status_t status = STATUS_SUCCESS;

    if (!process->watched)
        return STATUS_UNSUCCESSFUL;
    n = count(process);
    if (n == 0)
        return STATUS_NO_MORE_ENTRIES;
    if (length / size <= n)
        return STATUS_BUFFER_TOO_SMALL;
    for (uint32_t i = 0; i < n && !status; i++) {
        struct ws_fault fault;

        if (!ws_watch_next(process->id, &at, &fault))
            break;
        words[0] = fault.pc;
        words[1] = fault.va;
        words[2] = fault.tid;
        status = usercopy_write(buffer, words, size);
        buffer += size;
    }
    words[0] = words[1] = words[2] = 0;
    status = status ?: usercopy_write(buffer, words, size);
    if (!status)
        process->watched_to = at;
    return status;
}
