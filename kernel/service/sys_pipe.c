/* sys_pipe.c - what the file system calls do at a pipe.
 *
 * Waiting lets other threads run: bytes travel in pieces that fit on the stack.
 */
#include "kernel/service/sys_file.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/file/pipe.h"

enum { PIECE = 256 };

static uint32_t smallest(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Copy out what waits, as much as there is room for. */
static status_t copy_out(struct file *file, va_t buffer, uint32_t size, uint32_t *done)
{
    char piece[PIECE];
    status_t status = STATUS_SUCCESS;
    uint32_t part;

    *done = 0;
    while (!status && (part = smallest(pipe_held(file) - *done, size - *done)) > 0) {
        part = smallest(part, PIECE);
        status = pipe_peek(file, *done, piece, part) ?: usercopy_write(buffer + *done, piece, part);
        *done += part;
    }
    return status;
}

status_t sys_pipe_read(struct file *file, va_t buffer, uint32_t size, uint32_t *done)
{
    status_t status = pipe_wait(file, false) ?: copy_out(file, buffer, size, done);

    if (!status)
        pipe_drop(file, *done);
    return status;
}

status_t sys_pipe_write(struct file *file, va_t buffer, uint32_t size, uint32_t *done)
{
    char piece[PIECE];
    status_t status = STATUS_SUCCESS;

    while (!status && *done < size) {
        status = usercopy_rest() ?: pipe_wait(file, true);
        if (!status) {
            uint32_t part = smallest(smallest(size - *done, PIECE), PIPE_ROOM - pipe_held(file));

            status = usercopy_read(piece, buffer + *done, part) ?: pipe_put(file, piece, part);
            *done += status ? 0 : part;
        }
    }
    return status;
}

status_t sys_pipe_query(struct file *file, va_t buffer, uint32_t size, uint32_t *done)
{
    enum { CONNECTED = 3, CLOSING = 4, STATE = 8, WORDS = 10 };
    uint32_t facts[WORDS] = {[2] = 1, 1, PIPE_ROOM, pipe_held(file), PIPE_ROOM};
    status_t status;

    if (file->node->kind != FILE_IS_PIPE)
        return STATUS_INVALID_PARAMETER;
    if (size < sizeof facts)
        return STATUS_INFO_LENGTH_MISMATCH;
    facts[STATE - 1] = PIPE_ROOM - pipe_held(file);
    facts[STATE] = pipe_has_other_end(file) ? CONNECTED : CLOSING;
    status = usercopy_write(buffer, facts, sizeof facts);
    if (!status && file->access & FILE_READ_DATA)
        status = copy_out(file, buffer + sizeof facts, size - sizeof facts, done);
    *done += sizeof facts;
    return status;
}
