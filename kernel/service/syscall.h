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

/* For services that are one function of `a` with other arguments. */
#define SYSCALL(name, call)                                                                        \
    status_t sys_##name(const uint32_t *a)                                                         \
    {                                                                                              \
        return call;                                                                               \
    }

#define X(name, words) syscall_handler sys_##name;
ABI_SERVICES(X)
#undef X
