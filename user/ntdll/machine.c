/* machine.c - small facts that run-times ask ntdll.dll for: versions, the PEB, bytes, the callers. */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

NTSTATUS NTAPI RtlGetVersion(OSVERSIONINFOEXW *info)
{
    if (info->dwOSVersionInfoSize == sizeof *info) {
        info->wServicePackMajor = info->wServicePackMinor = 0;
        info->wSuiteMask = 0;
        info->wProductType = VER_NT_WORKSTATION;
        info->wReserved = 0;
    }
    info->dwMajorVersion = ABI_MAJOR_VERSION;
    info->dwMinorVersion = ABI_MINOR_VERSION;
    info->dwBuildNumber = ABI_BUILD;
    info->dwPlatformId = VER_PLATFORM_WIN32_NT;
    info->szCSDVersion[0] = 0;
    return STATUS_SUCCESS;
}

/* The build's highest bits say that it is one for everybody. */
void NTAPI RtlGetNtVersionNumbers(DWORD *major, DWORD *minor, DWORD *build)
{
    if (major != NULL)
        *major = ABI_MAJOR_VERSION;
    if (minor != NULL)
        *minor = ABI_MINOR_VERSION;
    if (build != NULL)
        *build = 0xF0000000 | ABI_BUILD;
}

void *NTAPI RtlGetCurrentPeb(void)
{
    return peb();
}

void NTAPI crt_move(void *to, const void *from, SIZE_T size) __asm__("_RtlMoveMemory@12");
void NTAPI crt_move(void *to, const void *from, SIZE_T size)
{
    memmove(to, from, size);
}

void NTAPI crt_zero(void *at, SIZE_T size) __asm__("_RtlZeroMemory@8");
void NTAPI crt_zero(void *at, SIZE_T size)
{
    memset(at, 0, size);
}

void NTAPI crt_fill(void *at, SIZE_T size, int byte) __asm__("_RtlFillMemory@12");
void NTAPI crt_fill(void *at, SIZE_T size, int byte)
{
    memset(at, byte, size);
}

/* How many bytes at the beginning are equal. */
SIZE_T NTAPI crt_compare(const uint8_t *a, const uint8_t *b,
                         SIZE_T size) __asm__("_RtlCompareMemory@12");
SIZE_T NTAPI crt_compare(const uint8_t *a, const uint8_t *b, SIZE_T size)
{
    SIZE_T same = 0;

    while (same < size && a[same] == b[same])
        same++;
    return same;
}

/* The return addresses of the callers, as far as their frames hang together by EBP on this stack. */
USHORT NTAPI RtlCaptureStackBackTrace(ULONG skip, ULONG count, void **addresses, ULONG *hash)
{
    const char *const *frame = __builtin_frame_address(0);
    ULONG sum = 0;
    USHORT found = 0;

    while ((const char *)frame >= teb()->stack_limit &&
           (const char *)frame <= teb()->stack_base - 2 * sizeof *frame && found < count) {
        const char *const *outer = (const char *const *)frame[0];

        if (skip > 0) {
            skip--;
        } else {
            addresses[found++] = (void *)frame[1];
            sum += (ULONG)frame[1];
        }
        if (outer <= frame)
            break;
        frame = outer;
    }
    if (hash != NULL)
        *hash = sum;
    return found;
}

/* --- files and devices by the older or rarer services --- */

NTSTATUS NTAPI NtOpenFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                          IO_STATUS_BLOCK *io, ULONG share, ULONG options)
{
    return NtCreateFile(handle, access, attributes, io, NULL, 0, share, FILE_OPEN, options, NULL,
                        0);
}

/* FILE_ALL_INFORMATION up to its name. */
struct file_facts {
    FILE_BASIC_INFORMATION basic;
    FILE_STANDARD_INFORMATION standard;
    FILE_INTERNAL_INFORMATION internal;
    ULONG attribute_bytes, access;
    FILE_POSITION_INFORMATION position;
    ULONG mode, alignment;
};
_Static_assert(sizeof(struct file_facts) == 96, "programs know this layout");

/* All facts at once: asked one after the other.  STATUS_BUFFER_OVERFLOW: all but the end of the name. */
static NTSTATUS query_all(HANDLE file, IO_STATUS_BLOCK *io, struct file_facts *out, ULONG length)
{
    NTSTATUS status;

    if (length < sizeof *out + sizeof(ULONG))
        return STATUS_INFO_LENGTH_MISMATCH;
    memset(out, 0, sizeof *out);
    status = NtQueryInformationFile(file, io, &out->basic, sizeof out->basic, FileBasicInformation);
    if (NT_SUCCESS(status))
        status = NtQueryInformationFile(file, io, &out->standard, sizeof out->standard,
                                        FileStandardInformation);
    if (NT_SUCCESS(status))
        status = NtQueryInformationFile(file, io, &out->internal, sizeof out->internal,
                                        FileInternalInformation);
    if (NT_SUCCESS(status))
        status = NtQueryInformationFile(file, io, &out->position, sizeof out->position,
                                        FilePositionInformation);
    if (NT_SUCCESS(status))
        status = NtQueryInformationFile(file, io, out + 1, length - (ULONG)sizeof *out,
                                        FileNameInformation);
    if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW)
        io->Information += sizeof *out;
    return status;
}

/* NtQueryInformationFile as programs see it: the service, and the one class that is made of others. */
NTSTATUS NTAPI machine_query_file(HANDLE file, IO_STATUS_BLOCK *io, void *out, ULONG length,
                                  FILE_INFORMATION_CLASS class);
NTSTATUS NTAPI machine_query_file(HANDLE file, IO_STATUS_BLOCK *io, void *out, ULONG length,
                                  FILE_INFORMATION_CLASS class)
{
    if (class == FileAllInformation)
        return query_all(file, io, out, length);
    return NtQueryInformationFile(file, io, out, length, class);
}

/* What kind of device a file is on.  Of the files that have no facts of their own a pipe knows the question of pipes, and
 * NUL has a size. */
static NTSTATUS device_of(HANDLE file, ULONG *device)
{
    const FILE_INFORMATION_CLASS pipe_class = (FILE_INFORMATION_CLASS)24;
    FILE_STANDARD_INFORMATION standard;
    FILE_BASIC_INFORMATION basic;
    ULONG pipe[10];
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(file, &io, &basic, sizeof basic, FileBasicInformation);

    *device = FILE_DEVICE_DISK;
    if (status != STATUS_INVALID_DEVICE_REQUEST)
        return status;
    if (NT_SUCCESS(NtQueryInformationFile(file, &io, pipe, sizeof pipe, pipe_class)))
        *device = FILE_DEVICE_NAMED_PIPE;
    else if (NT_SUCCESS(NtQueryInformationFile(file, &io, &standard, sizeof standard,
                                               FileStandardInformation)))
        *device = FILE_DEVICE_NULL;
    else
        *device = 0x50; /* FILE_DEVICE_CONSOLE */
    return STATUS_SUCCESS;
}

/* The one volume, by class: 1 its number and name, 4 its device. */
NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE file, IO_STATUS_BLOCK *io, void *out,
                                            ULONG length, FS_INFORMATION_CLASS class)
{
    struct {
        LARGE_INTEGER created;
        ULONG serial, label_bytes;
        BOOLEAN objects;
    } volume = {.serial = 0x50616730};
    struct {
        ULONG type, characteristics;
    } device = {0};
    const void *from = &volume;
    ULONG size = sizeof volume;
    NTSTATUS status = device_of(file, &device.type);

    if (!NT_SUCCESS(status))
        return status;
    if ((int)class == 4) {
        from = &device;
        size = sizeof device;
    } else if (device.type != FILE_DEVICE_DISK) {
        return STATUS_INVALID_DEVICE_REQUEST;
    } else if ((int)class != 1) {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (length < size)
        return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(out, from, size);
    io->Status = STATUS_SUCCESS;
    io->Information = size;
    return STATUS_SUCCESS;
}

/* No file is a device that can be controlled. */
NTSTATUS NTAPI machine_no_request(void) __asm__("_machine_no_request");
NTSTATUS NTAPI machine_no_request(void)
{
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* There are no pipes; every transfer has ended when its call returned. */
__asm__(".text\n"
        ".globl _NtDeviceIoControlFile@40\n"
        "_NtDeviceIoControlFile@40:\n"
        "    call _machine_no_request\n"
        "    ret $40\n"
        ".globl _NtCreateNamedPipeFile@56\n"
        "_NtCreateNamedPipeFile@56:\n"
        "    call _machine_no_request\n"
        "    ret $56\n"
        ".globl _NtCancelIoFileEx@12\n"
        "_NtCancelIoFileEx@12:\n"
        "    movl $0xC0000225, %eax\n" /* STATUS_NOT_FOUND */
        "    ret $12\n");
