/* bcrypt.c - the newer interface to random numbers; no other algorithm is there. */
#include "user/small/small.h"

#include <bcrypt.h>
#include <ntsecapi.h>

#define NOT_FOUND ((NTSTATUS)0xC0000225)

enum { GENERATOR = 0x50616731 };

static bool is_random(const WCHAR *name)
{
    return name[0] == 'R' && name[1] == 'N' && name[2] == 'G' && name[3] == 0;
}

NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *handle, LPCWSTR name,
                                            LPCWSTR implementation, ULONG flags)
{
    (void)implementation;
    (void)flags;
    if (!is_random(name))
        return NOT_FOUND;
    *handle = (BCRYPT_ALG_HANDLE)GENERATOR;
    return 0;
}

NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE handle, ULONG flags)
{
    (void)flags;
    return handle == (BCRYPT_ALG_HANDLE)GENERATOR ? 0 : (NTSTATUS)0xC0000008;
}

/* `handle` 0 with BCRYPT_USE_SYSTEM_PREFERRED_RNG, or that of an open generator. */
NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE handle, PUCHAR out, ULONG size, ULONG flags)
{
    if (handle == NULL && (flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0)
        return (NTSTATUS)0xC0000008;
    return RtlGenRandom(out, size) ? 0 : (NTSTATUS)0xC0000001;
}
