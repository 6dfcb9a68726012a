/* advapi32.c - random numbers that are random, a user's name, a registry without keys.
 *
 * There are no accounts.  Everybody may lock pages and has no other privilege; what asks for more of tokens or security is
 * refused (advapi32.def).
 */
#include "user/small/small.h"

#include <ntsecapi.h>
#include <wincrypt.h>

/* --- random numbers: ChaCha20 (RFC 8439), its key renewed with each call from what nobody can foretell --- */

static CRITICAL_SECTION guard = {.LockCount = -1};
static uint32_t pool[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

static uint32_t rotate(uint32_t word, int bits)
{
    return word << bits | word >> (32 - bits);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate(*d ^ *a, 16);
    *c += *d;
    *b = rotate(*b ^ *c, 12);
    *a += *b;
    *d = rotate(*d ^ *a, 8);
    *c += *d;
    *b = rotate(*b ^ *c, 7);
}

static void block(const uint32_t in[16], uint32_t out[16])
{
    uint32_t x[16];

    memcpy(x, in, sizeof x);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 4; i++)
            quarter(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
        for (int i = 0; i < 4; i++)
            quarter(&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4], &x[12 + (i + 3) % 4]);
    }
    for (int i = 0; i < 16; i++)
        out[i] = x[i] + in[i];
}

/* The processor's own generator; 0 where there is none (CPUID.1:ECX bit 30, Intel SDM vol. 1, 7.3.17). */
static uint32_t from_processor(void)
{
    uint32_t a = 1, b, c, d, value = 0;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    if (c >> 30 & 1)
        __asm__ volatile("rdrand %0" : "=r"(value) : : "cc");
    return value;
}

/* Times to the cycle, the clock, the machine's memory counters and the processor's generator go into the key. */
static void stir(void)
{
    MEMORYSTATUS memory;
    LARGE_INTEGER counter;
    FILETIME time;

    GlobalMemoryStatus(&memory);
    QueryPerformanceCounter(&counter);
    GetSystemTimeAsFileTime(&time);
    pool[4] ^= (uint32_t)__builtin_ia32_rdtsc() ^ from_processor();
    pool[5] ^= time.dwLowDateTime ^ from_processor();
    pool[6] ^= counter.LowPart ^ from_processor();
    pool[7] ^= memory.dwAvailPhys ^ memory.dwAvailVirtual;
    pool[8] ^= from_processor() ^ GetCurrentThreadId();
    pool[9] ^= from_processor() ^ GetCurrentProcessId();
    pool[12]++;
}

BOOLEAN NTAPI RtlGenRandom(PVOID out, ULONG size)
{
    uint8_t *at = out;
    uint32_t fresh[16];

    EnterCriticalSection(&guard);
    stir();
    while (size > 0) {
        ULONG part = size < sizeof fresh ? size : (ULONG)sizeof fresh;

        block(pool, fresh);
        memcpy(at, fresh, part);
        pool[12]++;
        at += part;
        size -= part;
    }
    block(pool, fresh); /* the next key can't be told from what was given away */
    memcpy(pool + 4, fresh, 8 * sizeof *pool);
    memset(fresh, 0, sizeof fresh);
    LeaveCriticalSection(&guard);
    return TRUE;
}

/* A provider of random numbers and of nothing else. */
enum { PROVIDER = 0x50616730 };

BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *provider, LPCWSTR container, LPCWSTR name, DWORD type,
                                 DWORD flags)
{
    (void)container;
    (void)name;
    (void)type;
    (void)flags;
    *provider = PROVIDER;
    return TRUE;
}

BOOL WINAPI CryptReleaseContext(HCRYPTPROV provider, DWORD flags)
{
    (void)flags;
    return provider == PROVIDER ? TRUE : small_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI CryptGenRandom(HCRYPTPROV provider, DWORD size, BYTE *out)
{
    if (provider != PROVIDER)
        return small_fail(ERROR_INVALID_PARAMETER);
    return RtlGenRandom(out, size);
}

/* --- the user --- */

BOOL WINAPI GetUserNameW(LPWSTR out, LPDWORD size)
{
    static const WCHAR name[] = L"student";
    DWORD room = *size;

    *size = sizeof name / sizeof *name;
    if (room < *size)
        return small_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(out, name, sizeof name);
    return TRUE;
}

BOOL WINAPI GetUserNameA(LPSTR out, LPDWORD size)
{
    static const char name[] = "student";
    DWORD room = *size;

    *size = sizeof name;
    if (room < sizeof name)
        return small_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(out, name, sizeof name);
    return TRUE;
}

/* --- the one privilege --- */

enum { SE_LOCK_MEMORY = 4 }; /* the number that Windows has for SeLockMemoryPrivilege */

/* Something to close, that is all: the process itself. */
BOOL WINAPI OpenProcessToken(HANDLE process, DWORD access, PHANDLE token)
{
    (void)access;
    return DuplicateHandle(GetCurrentProcess(), process, GetCurrentProcess(), token, SYNCHRONIZE,
                           FALSE, 0);
}

BOOL WINAPI LookupPrivilegeValueA(LPCSTR system, LPCSTR name, PLUID value)
{
    (void)system;
    if (lstrcmpiA(name, "SeLockMemoryPrivilege") != 0)
        return small_fail(ERROR_NO_SUCH_PRIVILEGE);
    *value = (LUID){.LowPart = SE_LOCK_MEMORY};
    return TRUE;
}

BOOL WINAPI LookupPrivilegeValueW(LPCWSTR system, LPCWSTR name, PLUID value)
{
    char narrow[64] = "";

    (void)system;
    WideCharToMultiByte(CP_ACP, 0, name, -1, narrow, sizeof narrow - 1, NULL, NULL);
    return LookupPrivilegeValueA(NULL, narrow, value);
}

/* Succeeds, and says by its last error whether all that was wished for is so. */
BOOL WINAPI AdjustTokenPrivileges(HANDLE token, BOOL none, PTOKEN_PRIVILEGES wish, DWORD size,
                                  PTOKEN_PRIVILEGES before, PDWORD needed)
{
    bool all = true;

    (void)token;
    (void)size;
    for (DWORD i = 0; !none && wish != NULL && i < wish->PrivilegeCount; i++)
        all &= wish->Privileges[i].Luid.LowPart == SE_LOCK_MEMORY;
    if (before != NULL)
        before->PrivilegeCount = 0;
    if (needed != NULL)
        *needed = 0;
    SetLastError(all ? ERROR_SUCCESS : ERROR_NOT_ALL_ASSIGNED);
    return TRUE;
}
