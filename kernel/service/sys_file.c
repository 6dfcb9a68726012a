/* sys_file.c - system calls that open, read and write files.
 *
 * Bytes travel through one page of the kernel's own: a call checks everything, the program's
 * buffer included, before it moves the first byte, so a bad pointer changes nothing (W106).
 * Files are memory, so every call is complete when it returns; only the console and pipes make it wait.
 */
#include "kernel/service/sys_file.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/device/console.h"
#include "kernel/file/console_line.h"
#include "kernel/process/process.h"
#include "kernel/service/sys_object.h"
#include "kernel/service/syscall.h"

/* CreateOptions that mean something here. */
enum { OPTION_DELETE_ON_CLOSE = 0x1000 }; /* FILE_DIRECTORY and FILE_NO_DIRECTORY, too */

/* Offsets with a meaning of their own. */
#define OFFSET_POSITION (-2) /* where the opening stands */
#define OFFSET_END      (-1) /* behind the last byte */

/* Shared by all calls: nothing waits between filling and emptying it, and interrupts are off. */
static uint8_t page[PAGE_SIZE];

status_t sys_file_lookup(uint32_t handle, uint32_t access, struct file **file)
{
    struct object *object;
    status_t status = process_object(handle, OBJECT_FILE, access, &object);

    if (!status)
        *file = file_from_object(object);
    return status;
}

status_t sys_file_complete(va_t io, status_t status, uint32_t information)
{
    const uint32_t block[2] = {status, information};

    return usercopy_write(io, block, sizeof block);
}

/* Can all of [from, from + size) be read?  (X6) */
static status_t probe_source(va_t from, uint32_t size)
{
    status_t status = STATUS_SUCCESS;
    uint8_t byte;

    if (size > UINT32_MAX - from)
        return STATUS_INVALID_USER_BUFFER;
    for (va_t at = from; at < from + size && !status; at = page_down(at) + PAGE_SIZE)
        status = usercopy_rest() ?: usercopy_read(&byte, at, 1);
    return status == STATUS_ACCESS_VIOLATION ? STATUS_INVALID_USER_BUFFER : status;
}

/* --- NtCreateFile, NtDeleteFile, NtFlushBuffersFile ------------------------------------------ */

/* A new file has the attributes that the caller gives it, and is marked as new. */
static status_t open_checked(const char *name, const uint32_t *a, struct file **file)
{
    enum { ARCHIVE = 0x20 };
    uint32_t options = a[8];
    status_t status;

    if (options & OPTION_DELETE_ON_CLOSE && !(handle_access(OBJECT_FILE, a[1]) & FILE_DELETE))
        return STATUS_ACCESS_DENIED; /* before the file is emptied or made */
    if (a[6] & ~(uint32_t)FILE_SHARE_ALL)
        return STATUS_INVALID_PARAMETER;
    status = file_open(name, a[1], a[6], a[7], options, file);
    if (status)
        return status;
    if ((*file)->outcome != FILE_OPENED)
        (void)file_set_attributes(*file, a[5] | (options & FILE_DIRECTORY ? 0 : ARCHIVE));
    if (options & OPTION_DELETE_ON_CLOSE)
        status = file_set_delete_on_close(*file);
    if (status)
        file_close(*file);
    return status;
}

/* The handle and the I/O block can be written, and there is room for a handle: the caller has asked. */
static status_t give_handle(struct file *file, bool inherit, va_t handle_va, va_t io)
{
    uint32_t flags = inherit ? HANDLE_INHERIT : 0;
    status_t status = sys_object_give(&file->object, file->access, flags, handle_va);

    if (!status) /* whoever has the handle is not told of a failure */
        (void)sys_file_complete(io, STATUS_SUCCESS, file->outcome);
    else
        file->delete_on_close |= file->outcome == FILE_CREATED;
    return status;
}

/* *handle, access, attributes, *io, *size64, file attributes, share, disposition, options, ea, ea
 * length.  The size to start with is a hint. */
status_t sys_NtCreateFile(const uint32_t *a)
{
    struct object_attributes attributes;
    struct file *file;
    uint64_t hint;
    status_t status = usercopy_probe(a[0], sizeof(uint32_t))
        ?: usercopy_probe(a[3], 2 * sizeof(uint32_t))
        ?: usercopy_read(&hint, a[4], a[4] ? sizeof hint : 0)
        ?: object_read_attributes(a[2], &attributes)
        ?: handle_reserve(&process_current()->handles, 1)
        ?: open_checked(attributes.name, a, &file);

    if (!status) {
        status = give_handle(file, attributes.inherit, a[0], a[3]);
        file_close(file);
    }
    return status;
}

/* attributes */
status_t sys_NtDeleteFile(const uint32_t *a)
{
    struct object_attributes attributes;
    struct file *file;
    status_t status = object_read_attributes(a[0], &attributes)
                          ?: file_open(attributes.name, FILE_DELETE, FILE_SHARE_ALL, FILE_OPEN,
                                       FILE_NO_DIRECTORY, &file);

    if (!status) {
        status = file_set_delete(file, true);
        file_close(file);
    }
    return status;
}

/* file, *io.  A RAM file is where its bytes are, and the console's output is never held back: there is nothing
 * to write. */
status_t sys_NtFlushBuffersFile(const uint32_t *a)
{
    struct file *file;

    return sys_file_lookup(a[0], 0, &file) ?: sys_file_complete(a[1], STATUS_SUCCESS, 0);
}

/* --- NtReadFile, NtWriteFile ----------------------------------------------------------------- */

/* What both calls are about. */
struct transfer {
    struct file *file;
    struct object *event; /* to be set at the end, or 0 */
    va_t io, buffer;
    uint32_t size;
    int64_t offset; /* bytes, not negative; a file of 4 GB or more can't exist */
    uint32_t done;
};

/* The offset that the program asks for, made a real one. */
static status_t check_offset(struct transfer *transfer, va_t offset_va)
{
    int64_t offset = OFFSET_POSITION;
    status_t status = offset_va ? usercopy_read(&offset, offset_va, sizeof offset) : STATUS_SUCCESS;

    if (status)
        return status;
    if (offset == OFFSET_POSITION)
        offset = (int64_t)transfer->file->position;
    else if (offset == OFFSET_END)
        offset = file_node_size(transfer->file->node);
    transfer->offset = offset;
    return offset < 0 || offset > INT64_MAX - transfer->size ? STATUS_INVALID_PARAMETER
                                                             : STATUS_SUCCESS;
}

/* Everything but the program's buffer. */
static status_t check_transfer(struct transfer *transfer, const uint32_t *a)
{
    status_t status = STATUS_SUCCESS;

    transfer->io = a[4];
    transfer->buffer = a[5];
    transfer->size = a[6];
    if (a[2])
        return STATUS_INVALID_PARAMETER; /* no asynchronous procedure calls */
    if (a[1])
        status = process_object(a[1], OBJECT_EVENT, ACCESS_MODIFY_STATE, &transfer->event);
    return status ?: check_offset(transfer, a[7]) ?: usercopy_probe(transfer->io, 2 * sizeof(uint32_t));
}

/* Position, I/O block, event.  The bytes are where they belong, even if another thread took the block away while this
 * one waited for them. */
static status_t finish_transfer(struct transfer *transfer)
{
    (void)sys_file_complete(transfer->io, STATUS_SUCCESS, transfer->done);
    if (transfer->file->node->kind < FILE_IS_CONSOLE)
        transfer->file->position = (uint64_t)transfer->offset + transfer->done;
    if (transfer->event) {
        transfer->event->dispatcher.signal = 1;
        wait_signal(&transfer->event->dispatcher);
    }
    return STATUS_SUCCESS;
}

static uint32_t next_part(const struct transfer *transfer)
{
    uint32_t left = transfer->size - transfer->done;

    return left < PAGE_SIZE ? left : PAGE_SIZE;
}

static status_t read_file(struct transfer *transfer)
{
    status_t status = STATUS_SUCCESS;
    uint32_t part = 1;

    if (transfer->offset > UINT32_MAX)
        return STATUS_END_OF_FILE;
    while (transfer->done < transfer->size && part > 0) {
        uint32_t at = (uint32_t)transfer->offset + transfer->done;

        status = usercopy_rest() ?: file_read(transfer->file, at, page, next_part(transfer), &part);
        if (status == STATUS_END_OF_FILE && transfer->done > 0)
            return STATUS_SUCCESS;
        if (!status)
            status = usercopy_write(transfer->buffer + transfer->done, page, part);
        if (status)
            return status;
        transfer->done += part;
    }
    return STATUS_SUCCESS;
}

/* Waiting for a key lets other threads run, and one may take the buffer away: then the line is for the next reader. */
static status_t read_console(struct transfer *transfer)
{
    const char *text;
    uint32_t size;
    status_t status = console_line_wait(&text, &size);

    if (status)
        return status;
    transfer->done = size < transfer->size ? size : transfer->size;
    status = usercopy_write(transfer->buffer, text, transfer->done);
    if (!status)
        console_line_drop(transfer->done);
    return status;
}

static status_t read_any(struct transfer *transfer)
{
    switch (transfer->file->node->kind) {
    case FILE_IS_CONSOLE:
        return read_console(transfer);
    case FILE_IS_PIPE:
        return sys_pipe_read(transfer->file, transfer->buffer, transfer->size, &transfer->done);
    default:
        return read_file(transfer);
    }
}

/* file, event, apc, context, *io, buffer, length, *offset64, key.
 * The whole buffer is touched for writing, as real I/O would lock it down: so a bad buffer is found
 * before the file position moves, and a watched one is marked even where nothing is read (W140). */
status_t sys_NtReadFile(const uint32_t *a)
{
    struct transfer transfer = {0};
    status_t status = sys_file_lookup(a[0], FILE_READ_DATA, &transfer.file);

    if (status)
        return status;
    status = check_transfer(&transfer, a) ?: usercopy_probe(transfer.buffer, transfer.size);
    if (!status && transfer.size > 0)
        status = read_any(&transfer);
    return status ?: finish_transfer(&transfer);
}

/* The console starts a new line by itself at '\n'; the '\r' that Windows programs send before it
 * would be one too many.  Returns how many bytes of `page` are left. */
static uint32_t drop_returns(uint32_t size)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < size; i++)
        if (page[i] != '\r' || i + 1 >= size || page[i + 1] != '\n')
            page[kept++] = page[i];
    return kept;
}

static status_t write_part(struct transfer *transfer, uint32_t part)
{
    uint32_t at = (uint32_t)transfer->offset + transfer->done;

    if (transfer->file->node->kind == FILE_IS_CONSOLE) {
        console_say((const char *)page, drop_returns(part));
        return STATUS_SUCCESS;
    }
    return file_write(transfer->file, at, page, part);
}

static status_t write_parts(struct transfer *transfer)
{
    status_t status = STATUS_SUCCESS;

    while (transfer->done < transfer->size && !status) {
        uint32_t part = next_part(transfer);

        status = usercopy_rest()
            ?: usercopy_read(page, transfer->buffer + transfer->done, part)
            ?: write_part(transfer, part);
        if (!status)
            transfer->done += part;
    }
    return status;
}

/* The file gets its new size before the first byte: either there is room for all or for none. */
static status_t write_file(struct transfer *transfer)
{
    uint32_t before = file_node_size(transfer->file->node);
    int64_t end = transfer->offset + transfer->size;
    status_t status = STATUS_SUCCESS;

    if (end > UINT32_MAX)
        return STATUS_DISK_FULL;
    if (end > before && transfer->size > 0)
        status = file_set_size(transfer->file, (uint32_t)end);
    if (status)
        return status;
    status = write_parts(transfer);
    if (status && end > before)
        (void)file_set_size(transfer->file, before);
    return status;
}

static status_t write_any(struct transfer *transfer)
{
    switch (transfer->file->node->kind) {
    case FILE_IS_NULL:
        transfer->done = transfer->size;
        return STATUS_SUCCESS;
    case FILE_IS_CONSOLE:
        return write_parts(transfer);
    case FILE_IS_PIPE:
        return sys_pipe_write(transfer->file, transfer->buffer, transfer->size, &transfer->done);
    default:
        return write_file(transfer);
    }
}

/* Who may only append writes at the end, whatever the offset. */
static status_t lookup_for_write(uint32_t handle, struct file **file, bool *append)
{
    status_t status = sys_file_lookup(handle, FILE_WRITE_DATA, file);

    *append = status == STATUS_ACCESS_DENIED;
    return *append ? sys_file_lookup(handle, FILE_APPEND_DATA, file) : status;
}

/* As NtReadFile. */
status_t sys_NtWriteFile(const uint32_t *a)
{
    struct transfer transfer = {0};
    bool append;
    status_t status = lookup_for_write(a[0], &transfer.file, &append);

    if (status)
        return status;
    status = check_transfer(&transfer, a);
    if (append)
        transfer.offset = file_node_size(transfer.file->node);
    return status
        ?: probe_source(transfer.buffer, transfer.size)
        ?: write_any(&transfer)
        ?: finish_transfer(&transfer);
}
