/* native_call.h - system services of Pagoda called by number, for programs that misuse them on purpose:
 * no wrapper checks or repairs an argument on the way.  These programs are not for Windows.
 */
#ifndef TESTS_CONFORMANCE_NATIVE_CALL_H
#define TESTS_CONFORMANCE_NATIVE_CALL_H

#include "kernel/abi.h"

#include <stdint.h>

enum { MOST_WORDS = 11 };

struct service_info {
    const char *name;
    unsigned words;
};
static const struct service_info services[ABI_SERVICE_COUNT] = {
#define X(name, words) {#name, words},
    ABI_SERVICES(X)
#undef X
};

/* The service with its arguments at `words`, which may be any address. */
static inline uint32_t native_call(unsigned number, const uint32_t *words)
{
    uint32_t status;

    __asm__ volatile("int %3"
                     : "=a"(status)
                     : "0"(number), "d"(words), "i"(ABI_VECTOR)
                     : "memory", "cc");
    return status;
}

/* Errors and warnings; not information, and not success. */
static inline int status_failed(uint32_t status)
{
    return status >= 0x80000000u;
}

#endif
