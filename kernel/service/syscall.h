/* syscall.h - the system-call table.
 *
 * One handler for each line of ABI_SERVICES (kernel/abi.h), named sys_ and the service.  The
 * Windows names end here.
 */
#pragma once
#include "kernel/abi.h"
#include "mm/status.h"

/* `arguments` are the words the program passed, already copied. */
typedef status_t syscall_handler(const uint32_t *arguments);

#define X(name, words) syscall_handler sys_##name;
ABI_SERVICES(X)
#undef X
