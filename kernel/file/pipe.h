/* pipe.h - a pipe: a file in RAM without a name, whose bytes are read once, in the order in which they came.
 *
 * Who may write is at one end, who may read at the other.  The bytes lie in one page of the file, used as a ring.
 * Called with interrupts off; only pipe_wait() waits.
 */
#pragma once
#include "kernel/file/file.h"

enum { PIPE_ROOM = 4096 }; /* bytes that a pipe holds */

/* Make an empty RAM file a pipe: its name goes.
 * STATUS_INVALID_PARAMETER: it isn't empty, or is mapped.  STATUS_DISK_FULL. */
status_t pipe_make(struct file *file);

/* Wait until there are bytes to read, or room for some.  STATUS_PIPE_BROKEN: nobody will write any;
 * STATUS_PIPE_CLOSING: nobody will read them; STATUS_PROCESS_IS_TERMINATING: the thread is to die. */
status_t pipe_wait(const struct file *file, bool write);

/* Has anybody still a handle of the other end? */
bool pipe_has_other_end(const struct file *file);

/* Bytes that wait to be read. */
uint32_t pipe_held(const struct file *file);

/* Copy out `size` bytes, the first `skip` of those that wait being left out; nothing is taken.
 * => skip + size <= pipe_held() */
status_t pipe_peek(struct file *file, uint32_t skip, void *buffer, uint32_t size);
/* The oldest `size` bytes are read. */
void pipe_drop(struct file *file, uint32_t size);
/* => size <= PIPE_ROOM - pipe_held() */
status_t pipe_put(struct file *file, const void *buffer, uint32_t size);

/* An end may have been closed: those who wait look again. */
void pipe_wake(void);
