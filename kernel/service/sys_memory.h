/* sys_memory.h - what system calls on memory share, and the memory part of process information. */
#pragma once
#include "mm/mm.h"

struct process;

/* Lists travel to the program in pieces of this size.  Shared by all calls: nothing waits between filling and
 * emptying it. */
enum { SYS_MEMORY_PIECE = 256 };
extern uint32_t sys_memory_piece[SYS_MEMORY_PIECE];

/* The process behind a handle, held as by process_object().  It has a space, which exists
 * until the call ends as long as nothing waits.  STATUS as process_object();
 * STATUS_PROCESS_IS_TERMINATING. */
status_t sys_memory_lookup(uint32_t handle, uint32_t access, struct process **process);

/* "The highest `zero_bits` bits of the address must be zero", for an address that the system chooses: does a
 * range that ends with `last` break that wish? */
enum { SYS_ZERO_BITS = 21 }; /* the most that can be wished for */
bool sys_memory_breaks_wish(va_t last, uint32_t zero_bits);

/* NtQueryInformationProcess, class 3: VM_COUNTERS_EX.  The first 44 bytes are VM_COUNTERS. */
struct sys_memory_counters {
    uint32_t peak_virtual, virtual;   /* bytes of address space in regions */
    uint32_t faults;                  /* soft and hard; never falls (W129) */
    uint32_t peak_resident, resident; /* bytes */
    uint32_t peak_paged_pool, paged_pool, peak_nonpaged_pool, nonpaged_pool;
    uint32_t commit, peak_commit; /* bytes of private commit charge */
    uint32_t private_commit;
};
_Static_assert(sizeof(struct sys_memory_counters) == 48, "VM_COUNTERS_EX");

/* Class 1: QUOTA_LIMITS. */
struct sys_memory_quota {
    uint32_t paged_pool, nonpaged_pool;
    uint32_t minimum, maximum; /* working set, bytes */
    uint32_t pagefile;
    uint32_t unused;
    uint64_t time;
};
_Static_assert(sizeof(struct sys_memory_quota) == 32, "QUOTA_LIMITS");

void sys_memory_query_counters(struct space *space, struct sys_memory_counters *counters);
void sys_memory_query_quota(struct space *space, struct sys_memory_quota *quota);

/* Set the working set's limits (W127).  Both 0xFFFFFFFF: empty it, limits unchanged (W128).
 * STATUS_INVALID_PARAMETER: 0, minimum above maximum, maximum under 13 pages;
 * STATUS_INSUFFICIENT_RESOURCES: a minimum that this machine's RAM can't promise. */
status_t sys_memory_set_quota(struct space *space, const struct sys_memory_quota *quota);
