/* wait_address.c - waiting until a value in memory changes: what Rust's locks and the C++ atomics stand on. */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

/* The comparison and the place in the list are one step for those who wake, so no change is missed. */
NTSTATUS NTAPI RtlWaitOnAddress(const void *address, const void *compare, SIZE_T size,
                                const LARGE_INTEGER *timeout)
{
    struct sleeper self;

    if (size != 1 && size != 2 && size != 4 && size != 8)
        return STATUS_INVALID_PARAMETER;
    park_lock();
    if (memcmp(address, compare, size) != 0) {
        park_unlock();
        return STATUS_SUCCESS;
    }
    park_join(&self, address);
    park_unlock();
    return park_sleep(&self, timeout);
}

void NTAPI RtlWakeAddressSingle(const void *address)
{
    park_lock();
    park_wake(address, false);
    park_unlock();
}

void NTAPI RtlWakeAddressAll(const void *address)
{
    park_lock();
    park_wake(address, true);
    park_unlock();
}
