/* pipe.c - a pipe: a file in RAM without a name, whose bytes are read once, in the order in which they came. */
#include "kernel/file/pipe.h"

static struct wait_queue waiting; /* at all pipes: each looks at its own when woken */

status_t pipe_make(struct file *file)
{
    struct file_node *node = file->node;
    status_t status;

    if (node->kind != FILE_IS_RAM || node->unlinked || node->ram.size > 0)
        return STATUS_INVALID_PARAMETER;
    status = ramfile_set_size(&node->ram, PIPE_ROOM);
    if (!status) {
        file_node_unlink(node);
        node->kind = FILE_IS_PIPE;
    }
    return status;
}

bool pipe_has_other_end(const struct file *file)
{
    uint32_t right = file->access & FILE_READ_DATA ? FILE_WRITE_DATA : FILE_READ_DATA;

    for (const struct file *other = file->node->openings; other; other = other->next)
        if (!other->closed && other->access & right)
            return true;
    return false;
}

status_t pipe_wait(const struct file *file, bool write)
{
    status_t status = STATUS_SUCCESS;

    while (!status) {
        bool other = pipe_has_other_end(file);

        if (write ? other && pipe_held(file) < PIPE_ROOM : pipe_held(file) > 0)
            return STATUS_SUCCESS;
        if (!other)
            return write ? STATUS_PIPE_CLOSING : STATUS_PIPE_BROKEN;
        status = wait_sleep(&waiting, WAIT_FOREVER);
    }
    return status;
}

uint32_t pipe_held(const struct file *file)
{
    return file->node->put - file->node->taken;
}

/* A part that does not go round the end of the ring. */
static uint32_t straight(uint32_t at, uint32_t size)
{
    uint32_t left = PIPE_ROOM - at % PIPE_ROOM;

    return size < left ? size : left;
}

status_t pipe_peek(struct file *file, uint32_t skip, void *buffer, uint32_t size)
{
    uint32_t at = file->node->taken + skip, part = straight(at, size);

    return ramfile_read(&file->node->ram, at % PIPE_ROOM, buffer, part)
               ?: ramfile_read(&file->node->ram, 0, (char *)buffer + part, size - part);
}

void pipe_drop(struct file *file, uint32_t size)
{
    file->node->taken += size;
    pipe_wake();
}

status_t pipe_put(struct file *file, const void *buffer, uint32_t size)
{
    uint32_t at = file->node->put, part = straight(at, size);
    status_t status =
        ramfile_write(&file->node->ram, at % PIPE_ROOM, buffer, part)
            ?: ramfile_write(&file->node->ram, 0, (const char *)buffer + part, size - part);

    if (!status)
        file->node->put += size;
    pipe_wake();
    return status;
}

void pipe_wake(void)
{
    wait_wake_all(&waiting);
}
