/* native.h - what ntdll.dll exports beyond the standard headers: the system services, the loader,
 * and the two records that the kernel keeps for a program, TEB and PEB.
 *
 * The standard <winternl.h> shows only the documented part of the native interface.  The names,
 * argument orders and offsets here are the ones programs know; kernel/abi.h says what the kernel
 * makes of them.
 */
#ifndef USER_NTDLL_NATIVE_H
#define USER_NTDLL_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* clang-format off: winternl.h needs the types of windows.h */
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <winternl.h>
/* clang-format on */
#include "kernel/abi.h"

/* The statuses by name.  kernel/ has the same values in mm/status.h; programs have ntstatus.h. */
#include <ntstatus.h>

#define PAGE_BYTES      0x1000u
#define CURRENT_PROCESS ((HANDLE)-1)
#define CURRENT_THREAD  ((HANDLE)-2)

/* One record of the exception chain at fs:[0]. */
struct exception_frame {
    struct exception_frame *next; /* END_OF_FRAMES: the last one */
    void *handler;
};
#define END_OF_FRAMES ((struct exception_frame *)-1)

#define TLS_SLOTS           64
#define TLS_EXPANSION_SLOTS 1024 /* in an array that a thread gets when it first uses one */

/* The thread's own record, at fs:[0].  Only what somebody here or in compiled programs reads. */
struct teb {
    struct exception_frame *exceptions; /* 000 */
    char *stack_base;                   /* 004: first address above the stack */
    char *stack_limit;                  /* 008: lowest committed address under it */
    uint32_t unused0;
    void *fiber; /* 010: the one that runs, if is_fiber */
    uint32_t unused6;
    struct teb *self; /* 018 */
    uint32_t unused1;
    uint32_t process_id; /* 020 */
    uint32_t thread_id;  /* 024 */
    uint32_t unused2;
    void **tls_blocks;   /* 02C: one pointer a module with thread-local data */
    struct peb *peb;     /* 030 */
    uint32_t last_error; /* 034 */
    uint8_t unused3[0xE0C - 0x38];
    char *stack_allocation;     /* E0C: where the stack's reservation begins */
    void *tls_slots[TLS_SLOTS]; /* E10: TlsAlloc() */
    uint8_t unused4[0xF78 - 0xF10];
    ULONG stack_guarantee; /* F78: SetThreadStackGuarantee() */
    uint8_t unused7[0xF94 - 0xF7C];
    void **tls_expansion_slots; /* F94 */
    uint32_t is_fiber;          /* F98 */
    uint8_t unused5[0x1000 - 0xF9C];
};
_Static_assert(offsetof(struct teb, tls_blocks) == 0x2C, "compilers know this offset");
_Static_assert(offsetof(struct teb, fiber) == 0x10, "compilers know this offset");
_Static_assert(offsetof(struct teb, last_error) == 0x34, "compilers know this offset");
_Static_assert(offsetof(struct teb, stack_allocation) == 0xE0C, "compilers know this offset");
_Static_assert(offsetof(struct teb, tls_slots) == 0xE10, "compilers know this offset");
_Static_assert(offsetof(struct teb, tls_expansion_slots) == 0xF94, "debuggers know this offset");
_Static_assert(sizeof(struct teb) == 0x1000, "one page");

/* The process's record. */
struct peb {
    uint8_t unused0[2];
    uint8_t being_debugged; /* 002 */
    uint8_t unused1[5];
    void *image_base;                  /* 008: of the program */
    struct ldr_data *loader;           /* 00C */
    struct abi_parameters *parameters; /* 010 */
    uint32_t unused2;
    void *heap; /* 018: GetProcessHeap() */
    uint8_t unused3[0x1000 - 0x1C];
};
_Static_assert(offsetof(struct peb, heap) == 0x18, "programs know this offset");

/* What PEB.Ldr shows of the modules: heads of three lists, and a record of each module. */
struct ldr_data {
    ULONG length;
    ULONG initialised;
    void *unused;
    LIST_ENTRY load, memory, initialisation; /* 00C, 014, 01C */
    void *in_progress;
    ULONG shut_down;
    void *shut_down_thread;
};
struct ldr_entry {
    LIST_ENTRY load, memory, initialisation;
    void *base; /* 018 */
    void *entry_point;
    ULONG size;
    UNICODE_STRING full_name, base_name; /* 024, 02C */
    ULONG flags;
    USHORT load_count, tls_index;
    LIST_ENTRY hash;
    ULONG time;
    uint32_t unused[12];
};
_Static_assert(sizeof(struct ldr_data) == 0x30, "programs know this size");
_Static_assert(offsetof(struct ldr_entry, base_name) == 0x2C, "programs know this offset");

static inline struct teb *teb(void)
{
    struct teb *self;

    __asm__("movl %%fs:0x18, %0" : "=r"(self));
    return self;
}

static inline struct peb *peb(void)
{
    return teb()->peb;
}

/* Information classes that <winternl.h> leaves out. */
enum {
    MemoryBasicInformation = 0,
    MemoryWorkingSetInformation = 1,
    MemoryWorkingSetExInformation = 4,
    SectionBasicInformation = 0,
    ObjectHandleFlagInformation = 4, /* OBJECT_DATA_INFORMATION */
};

struct thread_basic_information {
    NTSTATUS exit_status;
    void *teb;
    CLIENT_ID id;
    ULONG_PTR affinity;
    LONG priority, base_priority;
};

struct section_basic_information {
    void *base;
    ULONG attributes;
    LARGE_INTEGER size;
};

/* The services that <winternl.h> doesn't declare, in the order of kernel/abi.h. */
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, void **base, ULONG_PTR zero_bits,
                                       SIZE_T *size, ULONG type, ULONG protect);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG type);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG protect,
                                      ULONG *old);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE process, const void *base, int class, void *buffer,
                                    SIZE_T length, SIZE_T *returned);
NTSTATUS NTAPI NtLockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG type);
NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG type);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE process, const void *base, void *buffer, SIZE_T size,
                                   SIZE_T *done);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE process, void *base, const void *buffer, SIZE_T size,
                                    SIZE_T *done);
NTSTATUS NTAPI NtAllocateUserPhysicalPages(HANDLE process, ULONG_PTR *count, ULONG_PTR *frames);
NTSTATUS NTAPI NtFreeUserPhysicalPages(HANDLE process, ULONG_PTR *count, ULONG_PTR *frames);
NTSTATUS NTAPI NtMapUserPhysicalPages(void *base, ULONG_PTR count, ULONG_PTR *frames);
NTSTATUS NTAPI NtMapUserPhysicalPagesScatter(void **addresses, ULONG_PTR count, ULONG_PTR *frames);
NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE process, const void **base, SIZE_T *size,
                                    IO_STATUS_BLOCK *io);
NTSTATUS NTAPI NtGetWriteWatch(HANDLE process, ULONG flags, void *base, SIZE_T size, void **array,
                               ULONG_PTR *count, ULONG *granularity);
NTSTATUS NTAPI NtResetWriteWatch(HANDLE process, void *base, SIZE_T size);
NTSTATUS NTAPI NtCreateSection(HANDLE *handle, ACCESS_MASK access,
                               const OBJECT_ATTRIBUTES *attributes, const LARGE_INTEGER *size,
                               ULONG protect, ULONG sec, HANDLE file);
NTSTATUS NTAPI NtOpenSection(HANDLE *handle, ACCESS_MASK access,
                             const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtQuerySection(HANDLE handle, int class, void *buffer, SIZE_T length,
                              SIZE_T *returned);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE section, HANDLE process, void **base, ULONG_PTR zero_bits,
                                  SIZE_T commit, LARGE_INTEGER *offset, SIZE_T *size, int inherit,
                                  ULONG type, ULONG protect);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE process, const void *base);
NTSTATUS NTAPI NtReadFile(HANDLE file, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *io,
                          void *buffer, ULONG length, const LARGE_INTEGER *offset, ULONG *key);
NTSTATUS NTAPI NtWriteFile(HANDLE file, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *io,
                           const void *buffer, ULONG length, const LARGE_INTEGER *offset,
                           ULONG *key);
NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE file, HANDLE event, void *apc, void *context,
                                    IO_STATUS_BLOCK *io, void *buffer, ULONG length,
                                    FILE_INFORMATION_CLASS class, BOOLEAN single,
                                    const UNICODE_STRING *pattern, BOOLEAN restart);
NTSTATUS NTAPI NtDeleteFile(const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtFlushBuffersFile(HANDLE file, IO_STATUS_BLOCK *io);
NTSTATUS NTAPI NtDuplicateObject(HANDLE from_process, HANDLE from, HANDLE to_process, HANDLE *to,
                                 ACCESS_MASK access, ULONG attributes, ULONG options);
NTSTATUS NTAPI NtPagodaCreateProcess(struct abi_create_process *create);
NTSTATUS NTAPI NtTerminateProcess(HANDLE process, NTSTATUS status);
NTSTATUS NTAPI NtOpenProcess(HANDLE *handle, ACCESS_MASK access,
                             const OBJECT_ATTRIBUTES *attributes, const CLIENT_ID *id);
NTSTATUS NTAPI NtPagodaCreateThread(struct abi_create_thread *create);
NTSTATUS NTAPI NtOpenThread(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes,
                            const CLIENT_ID *id);
NTSTATUS NTAPI NtTerminateThread(HANDLE thread, NTSTATUS status);
NTSTATUS NTAPI NtSetInformationThread(HANDLE thread, THREADINFOCLASS class, void *buffer,
                                      ULONG length);
NTSTATUS NTAPI NtSuspendThread(HANDLE thread, ULONG *previous);
NTSTATUS NTAPI NtResumeThread(HANDLE thread, ULONG *previous);
NTSTATUS NTAPI NtGetContextThread(HANDLE thread, CONTEXT *context);
NTSTATUS NTAPI NtSetContextThread(HANDLE thread, const CONTEXT *context);
NTSTATUS NTAPI NtContinue(const CONTEXT *context, BOOLEAN test_alert);
NTSTATUS NTAPI NtRaiseException(EXCEPTION_RECORD *record, CONTEXT *context, BOOLEAN first_chance);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, const HANDLE *handles, int type,
                                        BOOLEAN alertable, const LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN alertable, const LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtYieldExecution(void);
NTSTATUS NTAPI NtCreateEvent(HANDLE *handle, ACCESS_MASK access,
                             const OBJECT_ATTRIBUTES *attributes, int type, BOOLEAN state);
NTSTATUS NTAPI NtOpenEvent(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtSetEvent(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtResetEvent(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtPulseEvent(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtCreateMutant(HANDLE *handle, ACCESS_MASK access,
                              const OBJECT_ATTRIBUTES *attributes, BOOLEAN owned);
NTSTATUS NTAPI NtOpenMutant(HANDLE *handle, ACCESS_MASK access,
                            const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtReleaseMutant(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtCreateSemaphore(HANDLE *handle, ACCESS_MASK access,
                                 const OBJECT_ATTRIBUTES *attributes, LONG count, LONG maximum);
NTSTATUS NTAPI NtOpenSemaphore(HANDLE *handle, ACCESS_MASK access,
                               const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE handle, LONG count, LONG *previous);
NTSTATUS NTAPI NtQueryPerformanceCounter(LARGE_INTEGER *counter, LARGE_INTEGER *frequency);
NTSTATUS NTAPI NtPagodaControl(enum abi_control control, void *buffer, ULONG length,
                               ULONG *returned);
NTSTATUS NTAPI NtSetInformationObject(HANDLE handle, int class, void *buffer, ULONG length);

/* Errors (error.c). */
DWORD NTAPI RtlNtStatusToDosError(NTSTATUS status);
void NTAPI RtlSetLastWin32Error(DWORD error);
DWORD NTAPI RtlGetLastWin32Error(void);
/* Sets the thread's last error from a status and returns the error. */
DWORD NTAPI RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS status);

/* Exceptions (exception.c). */
void NTAPI RtlRaiseException(EXCEPTION_RECORD *record);
void NTAPI RtlRaiseStatus(NTSTATUS status);
void *NTAPI RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
ULONG NTAPI RtlRemoveVectoredExceptionHandler(void *cookie);
void *NTAPI RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
ULONG NTAPI RtlRemoveVectoredContinueHandler(void *cookie);
/* The one function asked after every frame of the chain declined. */
void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER filter);

/* Critical sections (critical.c). */
NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin);
ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin);
NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *section);
BOOL NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *section);
void NTAPI RtlInitializeSRWLock(RTL_SRWLOCK *lock);
void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *lock);
void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *lock);
BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *lock);
BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK *lock);
void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *lock);
void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *lock);
void NTAPI RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE *variable);
NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *variable,
                                           RTL_CRITICAL_SECTION *section,
                                           const LARGE_INTEGER *timeout);
NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *variable, RTL_SRWLOCK *lock,
                                            const LARGE_INTEGER *timeout, ULONG flags);
void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *variable);
void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *variable);
void NTAPI RtlRunOnceInitialize(RTL_RUN_ONCE *once);
NTSTATUS NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *once, ULONG flags, void **context);
NTSTATUS NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *once, ULONG flags, void *context);
NTSTATUS NTAPI RtlRunOnceExecuteOnce(RTL_RUN_ONCE *once, PRTL_RUN_ONCE_INIT_FN initialise,
                                     void *parameter, void **context);

/* Values that threads wait for (wait_address.c); sizes 1, 2, 4, 8. */
NTSTATUS NTAPI RtlWaitOnAddress(const void *address, const void *compare, SIZE_T size,
                                const LARGE_INTEGER *timeout);
void NTAPI RtlWakeAddressSingle(const void *address);
void NTAPI RtlWakeAddressAll(const void *address);

/* Facts for run-times (machine.c). */
NTSTATUS NTAPI RtlGetVersion(OSVERSIONINFOEXW *info);
void NTAPI RtlGetNtVersionNumbers(DWORD *major, DWORD *minor, DWORD *build);
void *NTAPI RtlGetCurrentPeb(void);

/* Heaps (heap.c). */
BOOLEAN NTAPI RtlValidateHeap(void *heap, ULONG flags, const void *block);
SIZE_T NTAPI RtlSizeHeap(void *heap, ULONG flags, const void *block);
void *NTAPI RtlReAllocateHeap(void *heap, ULONG flags, void *block, SIZE_T size);
SIZE_T NTAPI RtlCompactHeap(void *heap, ULONG flags);
BOOLEAN NTAPI RtlLockHeap(void *heap);
BOOLEAN NTAPI RtlUnlockHeap(void *heap);
NTSTATUS NTAPI RtlWalkHeap(void *heap, PROCESS_HEAP_ENTRY *entry);
ULONG NTAPI RtlGetProcessHeaps(ULONG count, void **heaps);

/* The loader (loader.c, module.c).  Names are plain file names as the disc has them.  *flags: LDR_DONT_RESOLVE maps
 * and relocates a DLL without binding its imports or calling it. */
#define LDR_DONT_RESOLVE 2u
NTSTATUS NTAPI LdrLoadDll(const WCHAR *path, ULONG *flags, const UNICODE_STRING *name, void **base);
NTSTATUS NTAPI LdrUnloadDll(void *base);
NTSTATUS NTAPI LdrGetDllHandle(const WCHAR *path, ULONG *flags, const UNICODE_STRING *name,
                               void **base);
NTSTATUS NTAPI LdrGetProcedureAddress(void *base, const ANSI_STRING *name, ULONG ordinal,
                                      void **address);
NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(void *base);
IMAGE_NT_HEADERS *NTAPI RtlImageNtHeader(void *base);
void *NTAPI RtlImageDirectoryEntryToData(void *base, BOOLEAN mapped, USHORT directory, ULONG *size);
IMAGE_SECTION_HEADER *NTAPI RtlImageRvaToSection(const IMAGE_NT_HEADERS *headers, void *base,
                                                 ULONG rva);
void *NTAPI RtlImageRvaToVa(const IMAGE_NT_HEADERS *headers, void *base, ULONG rva,
                            IMAGE_SECTION_HEADER **last);
/* The name of the module at `base` as it is known here, 0 if there is none. */
const char *NTAPI LdrPagodaModuleName(const void *base);

/* The ways out (start.c): DLLs hear of it, then the thread or process ends. */
void NTAPI RtlExitUserThread(NTSTATUS status) __attribute__((noreturn));
void NTAPI RtlExitUserProcess(NTSTATUS status) __attribute__((noreturn));

/* Thread-local slots (tls.c): a slot's number, or TLS_OUT_OF_INDEXES. */
ULONG NTAPI LdrPagodaTlsAlloc(void);
BOOLEAN NTAPI LdrPagodaTlsFree(ULONG slot);

#endif
