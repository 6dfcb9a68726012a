/* sys_file.h - what the file system calls share. */
#pragma once
#include "kernel/file/file.h"

/* The opening behind a handle of the current process, held as by process_object().
 * STATUS as process_object(). */
status_t sys_file_lookup(uint32_t handle, uint32_t access, struct file **file);

/* Fill in the program's IO_STATUS_BLOCK. */
status_t sys_file_complete(va_t io, status_t status, uint32_t information);

/* At a pipe, the buffer probed: waits for the first byte and copies what is there; writes all, waiting for room; tells
 * FilePipeLocalInformation, ten words, and at a reading end the bytes that wait behind them, as many as fit.
 * STATUS as pipe_wait(); STATUS_INVALID_PARAMETER (no pipe), STATUS_INFO_LENGTH_MISMATCH. */
status_t sys_pipe_read(struct file *file, va_t buffer, uint32_t size, uint32_t *done);
status_t sys_pipe_write(struct file *file, va_t buffer, uint32_t size, uint32_t *done);
status_t sys_pipe_query(struct file *file, va_t buffer, uint32_t size, uint32_t *done);

/* FILE_ATTRIBUTE_x of Windows. */
uint32_t sys_file_attributes(const struct file_node *node);

/* ASCII to UTF-16, without a closing zero; returns the bytes. */
uint32_t sys_file_widen(uint16_t *to, const char *from);
