/* abi.h - the contract between programs and the kernel: `int 0x2E`, EAX = service number,
 * EDX = address of the arguments (32-bit words, in the order of the C declaration).  The status
 * comes back in EAX; no other register changes.
 *
 * Structures with public Windows layouts use them, so the standard headers of mingw-w64 describe
 * the same bytes.  Included by kernel/ and by user/ alike, hence only plain C here.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define ABI_VECTOR 0x2E

/* name, number of argument words.  The number of a service is its place in this list. */
#define ABI_SERVICES(X)                                                                            \
    X(NtAllocateVirtualMemory, 6) /* process, *base, zero bits, *size, type, protect */            \
    X(NtFreeVirtualMemory, 4)     /* process, *base, *size, type */                                \
    X(NtProtectVirtualMemory, 5)  /* process, *base, *size, protect, *old */                       \
    X(NtQueryVirtualMemory, 6)    /* process, base, class, buffer, length, *returned */            \
    X(NtLockVirtualMemory, 4)     /* process, *base, *size, type */                                \
    X(NtUnlockVirtualMemory, 4)                                                                    \
    X(NtReadVirtualMemory, 5) /* process, base, buffer, size, *done */                             \
    X(NtWriteVirtualMemory, 5)                                                                     \
    X(NtFlushVirtualMemory, 4) /* process, *base, *size, *io status */                             \
    X(NtGetWriteWatch, 7)      /* process, flags, base, size, array, *count, *granularity */       \
    X(NtResetWriteWatch, 3)    /* process, base, size */                                           \
    X(NtCreateSection, 7)      /* *handle, access, attributes, *size64, protect, SEC, file */      \
    X(NtOpenSection, 3)        /* *handle, access, attributes */                                   \
    X(NtQuerySection, 5)       /* handle, class, buffer, length, *returned */                      \
    X(NtMapViewOfSection, 10)  /* section, process, *base, zero bits, commit, *offset64, */        \
                               /* *size, inherit, type, protect */                                 \
    X(NtUnmapViewOfSection, 2) /* process, base */                                                 \
    X(NtCreateFile, 11)        /* *handle, access, attributes, *io, *size64, file */               \
                               /* attributes, share, disposition, options, ea, ea length */        \
    X(NtReadFile, 9)           /* file, event, apc, context, *io, buffer, length, */               \
                               /* *offset64 (0: file position), key */                             \
    X(NtWriteFile, 9)                                                                              \
    X(NtQueryInformationFile, 5) /* file, *io, buffer, length, class */                            \
    X(NtSetInformationFile, 5)                                                                     \
    X(NtQueryDirectoryFile, 11)     /* file, event, apc, context, *io, buffer, length, class, */   \
                                    /* single, *pattern, restart */                                \
    X(NtDeleteFile, 1)              /* attributes */                                               \
    X(NtFlushBuffersFile, 2)        /* file, *io */                                                \
    X(NtClose, 1)                   /* handle */                                                   \
    X(NtDuplicateObject, 7)         /* process, handle, process, *handle, access, attributes, */   \
                                    /* options */                                                  \
    X(NtPagodaCreateProcess, 1)     /* struct abi_create_process * */                              \
    X(NtTerminateProcess, 2)        /* process (0: own, other threads only), status */             \
    X(NtQueryInformationProcess, 5) /* process, class, buffer, length, *returned */                \
    X(NtSetInformationProcess, 4)   /* process, class, buffer, length */                           \
    X(NtOpenProcess, 4)             /* *handle, access, attributes, *client id */                  \
    X(NtPagodaCreateThread, 1)      /* struct abi_create_thread * */                               \
    X(NtOpenThread, 4)              /* *handle, access, attributes, *client id */                  \
    X(NtTerminateThread, 2)         /* thread (0: own), status */                                  \
    X(NtQueryInformationThread, 5)  /* thread, class, buffer, length, *returned */                 \
    X(NtSetInformationThread, 4)    /* thread, class, buffer, length */                            \
    X(NtSuspendThread, 2)           /* thread, *previous count */                                  \
    X(NtResumeThread, 2)                                                                           \
    X(NtGetContextThread, 2) /* thread, *CONTEXT */                                                \
    X(NtSetContextThread, 2)                                                                       \
    X(NtContinue, 2)            /* *CONTEXT, test alert; does not return */                        \
    X(NtRaiseException, 3)      /* *EXCEPTION_RECORD, *CONTEXT, first chance */                    \
    X(NtWaitForSingleObject, 3) /* handle, alertable, *timeout64 (100 ns; negative: relative) */   \
    X(NtWaitForMultipleObjects, 5) /* count, *handles, type (0 all, 1 any), alertable, *timeout */ \
    X(NtDelayExecution, 2)         /* alertable, *timeout64 */                                     \
    X(NtYieldExecution, 0)                                                                         \
    X(NtCreateEvent, 5) /* *handle, access, attributes, type (0 manual), state */                  \
    X(NtOpenEvent, 3)                                                                              \
    X(NtSetEvent, 2) /* handle, *previous */                                                       \
    X(NtResetEvent, 2)                                                                             \
    X(NtPulseEvent, 2)                                                                             \
    X(NtCreateMutant, 4) /* *handle, access, attributes, owned */                                  \
    X(NtOpenMutant, 3)                                                                             \
    X(NtReleaseMutant, 2)   /* handle, *previous */                                                \
    X(NtCreateSemaphore, 5) /* *handle, access, attributes, count, maximum */                      \
    X(NtOpenSemaphore, 3)                                                                          \
    X(NtReleaseSemaphore, 3)          /* handle, count, *previous */                               \
    X(NtQuerySystemInformation, 4)    /* class, buffer, length, *returned */                       \
    X(NtQueryPerformanceCounter, 2)   /* *counter64, *frequency64 */                               \
    X(NtQuerySystemTime, 1)           /* *time64 */                                                \
    X(NtPagodaControl, 4)             /* enum abi_control, buffer, length, *returned */            \
    X(NtQueryObject, 5)               /* handle, class, buffer, length, *returned */               \
    X(NtSetInformationObject, 4)      /* handle, class, buffer, length */                          \
    X(NtAllocateUserPhysicalPages, 3) /* process, *count, *frames */                               \
    X(NtFreeUserPhysicalPages, 3)                                                                  \
    X(NtMapUserPhysicalPages, 3)        /* base, count, *frames */                                 \
    X(NtMapUserPhysicalPagesScatter, 3) /* *addresses, count, *frames */

enum abi_service {
#define X(name, words) ABI_##name,
    ABI_SERVICES(X)
#undef X
        ABI_SERVICE_COUNT
};

/* Attributes of named objects: OBJECT_ATTRIBUTES and UNICODE_STRING of the Windows headers; the name
 * is UTF-16 of which only ASCII is accepted.  A file's name is its plain name ("hello.exe"), with or
 * without "C:\" in front; the console is "CON", "CONIN$" or "CONOUT$". */

struct abi_create_process {
    uint32_t application;       /* char *: file name on the disc */
    uint32_t command_line;      /* char * */
    uint32_t current_directory; /* char *, or 0 */
    uint32_t environment;   /* char *: NAME=value, zero-separated, ended by an empty one; or 0 */
    uint32_t std_handle[3]; /* handles of the caller that the child gets as its own; 0: console */
    uint32_t inherit;       /* copy inheritable handles, too */
    uint32_t suspended;
    uint32_t process, thread;       /* out: handles */
    uint32_t process_id, thread_id; /* out */
};

struct abi_create_thread {
    uint32_t process; /* handle */
    uint32_t start, argument;
    uint32_t stack_size; /* bytes; 0: from the image's header */
    uint32_t flags;      /* ABI_THREAD_ */
    uint32_t thread;     /* out: handle */
    uint32_t thread_id;  /* out */
};
enum { ABI_THREAD_SUSPENDED = 1, ABI_THREAD_SIZE_IS_RESERVE = 2 };

/* Information class of NtSetInformationProcess: a handle of the event that Ctrl-C signals instead of
 * ending the process; 0 takes it away. */
enum { ABI_PROCESS_INTERRUPT = 0x1000 };

/* What a new process finds at PEB.ProcessParameters: offsets are addresses in its own space. */
struct abi_parameters {
    uint32_t image_name;        /* char *: "hello.exe" */
    uint32_t command_line;      /* char * */
    uint32_t current_directory; /* char * */
    uint32_t environment;       /* char *, see above */
    uint32_t std_handle[3];
};

/* The page at 7FFE0000, in Windows' layout: run-times read the time there without a call (X8).  What isn't
 * named is 0. */
#define ABI_SHARED_PAGE 0x7FFE0000u

/* Windows 7, the last one whose documented calls are what is here. */
enum { ABI_MAJOR_VERSION = 6, ABI_MINOR_VERSION = 1, ABI_BUILD = 7601 };

/* Readers take high1, low, high2, in this order, again until both highs are equal; the writer goes the
 * other way. */
struct abi_time {
    volatile uint32_t low, high1, high2;
};
struct abi_shared_page {
    uint32_t unused0;
    uint32_t tick_multiplier;       /* 004: milliseconds a tick, times 2^24 */
    struct abi_time interrupt_time; /* 008: 100 ns since the machine started */
    struct abi_time system_time;    /* 014: 100 ns since 1601, UTC */
    struct abi_time zone_bias;      /* 020: 0, there is no time zone */
    uint16_t image_low, image_high; /* 02C: the machine of images, 14C */
    uint16_t system_root[260];      /* 030: "C:\" */
    uint32_t unused1[11];
    uint32_t product_type;      /* 264: 1, a workstation */
    uint8_t product_type_valid; /* 268 */
    uint8_t unused2[3];
    uint32_t major_version;         /* 26C */
    uint32_t minor_version;         /* 270 */
    uint8_t processor_features[64]; /* 274: by the numbers PF_... of IsProcessorFeaturePresent() */
    uint32_t unused3[13];
    uint32_t physical_pages; /* 2E8 */
    uint32_t unused4[13];
    struct abi_time ticks; /* 320: since the machine started */
    uint32_t unused5;
    uint32_t cookie; /* 330: EncodePointer()'s for the whole machine */
    uint32_t unused6[35];
    uint32_t processors; /* 3C0: how many are active */
};
_Static_assert(offsetof(struct abi_shared_page, system_time) == 0x14, "programs know this offset");
_Static_assert(offsetof(struct abi_shared_page, major_version) == 0x26C,
               "programs know this offset");
_Static_assert(offsetof(struct abi_shared_page, physical_pages) == 0x2E8,
               "programs know this offset");
_Static_assert(offsetof(struct abi_shared_page, ticks) == 0x320, "programs know this offset");
_Static_assert(offsetof(struct abi_shared_page, processors) == 0x3C0, "programs know this offset");

/* NtPagodaControl: what no Windows call offers. */
enum abi_control {
    ABI_CONTROL_COUNTERS = 1,    /* out: struct abi_counters of the calling process */
    ABI_CONTROL_WORKING_SET,     /* in: struct abi_working_set: give a region its own working set */
    ABI_CONTROL_REGION_COUNTERS, /* in, out: struct abi_region_counters */
    ABI_CONTROL_REGION_RING,     /* in, out: struct abi_region_ring: its pages, from the hand on */
    ABI_CONTROL_POLICY,          /* in, out: struct abi_policy: the policies there are */
    ABI_CONTROL_PRINT,           /* in: text for the kernel's log */
    ABI_CONTROL_AUDIT,           /* run mm_check() and the page-table audit; panics on damage */
    ABI_CONTROL_MARK,            /* in: struct abi_mark: the kernel prints its counters in a line */
};

struct abi_counters {
    uint32_t faults, hard, soft, demand_zero, transition, pagefile, copies;
    uint32_t page_ins, page_outs; /* of this process */
    uint32_t written;             /* write-backs of the whole system */
    uint32_t resident, commit;
};

struct abi_mark {
    uint32_t value; /* the program's own number */
    char label[28];
};

struct abi_working_set {
    uint32_t address; /* of a region */
    uint32_t maximum; /* frames */
    uint32_t exact;   /* evicted pages leave RAM at once */
    uint32_t standby; /* else: so many more frames in which evicted pages stand by; 0: no limit */
    char policy[24];
};

struct abi_region_counters {
    uint32_t address;
    uint32_t faults, hard, transition, writes, evictions, resident;
};

/* The pages of a region's own working set in the policy's order, the one under the hand first; at
 * most ABI_RING_PAGES of them. */
enum { ABI_RING_PAGES = 64, ABI_RING_ACCESSED = 1, ABI_RING_DIRTY = 2 };
struct abi_region_ring {
    uint32_t address;
    uint32_t count;                /* out: pages in the set */
    uint32_t page[ABI_RING_PAGES]; /* out: address, and ABI_RING_ in the low bits */
};

struct abi_policy {
    uint32_t number; /* in: 0, 1, 2, ...; STATUS_NO_MORE_ENTRIES after the last */
    char name[24];   /* out */
};
