/* memory.h - what the conformance programs about virtual memory share: calls reduced to their error,
 * accesses reduced to their exception, regions compared field by field.
 *
 * Everything here is plain Win32, so the programs run on Windows, too.  A fact that needs a free
 * address takes one at 0x50000000, where neither Windows nor Pagoda puts anything by itself.
 */
#ifndef TESTS_CONFORMANCE_MEMORY_H
#define TESTS_CONFORMANCE_MEMORY_H

#include "tests/conformance/fact.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { PAGE = 0x1000, UNIT = 0x10000, PLACE = 0x50000000 };
enum { RESERVE_COMMIT = MEM_RESERVE | MEM_COMMIT };

static inline void *at(uintptr_t address)
{
    return (void *)address;
}

/* --- calls: 0 for success, else the last error --- */

static inline DWORD alloc_error(uintptr_t base, SIZE_T size, DWORD type, DWORD protect)
{
    void *got;

    SetLastError(0);
    got = VirtualAlloc(at(base), size, type, protect);
    if (got == NULL)
        return GetLastError();
    if (base == 0) /* nobody else knows where it is */
        VirtualFree(got, 0, MEM_RELEASE);
    return 0;
}

static inline DWORD free_error(uintptr_t base, SIZE_T size, DWORD type)
{
    SetLastError(0);
    return VirtualFree(at(base), size, type) ? 0 : GetLastError();
}

static inline DWORD release(const volatile void *base)
{
    return free_error((uintptr_t)base, 0, MEM_RELEASE);
}

static inline DWORD protect_error(const volatile void *base, SIZE_T size, DWORD protect)
{
    DWORD old;

    SetLastError(0);
    return VirtualProtect((void *)base, size, protect, &old) ? 0 : GetLastError();
}

/* The protection that VirtualProtect() says there was; 0: it failed. */
static inline DWORD protect_old(const volatile void *base, SIZE_T size, DWORD protect)
{
    DWORD old = 0;

    return VirtualProtect((void *)base, size, protect, &old) ? old : 0;
}

/* Fresh private memory; the programs that use it can't go on without. */
static inline volatile unsigned char *fresh(SIZE_T size, DWORD type, DWORD protect)
{
    volatile unsigned char *got = VirtualAlloc(NULL, size, type, protect);

    if (got == NULL) {
        printf("not ok memory: no %lu bytes, error %lu\n", (unsigned long)size,
               (unsigned long)GetLastError());
        ExitProcess(2);
    }
    return got;
}

/* --- regions --- */

static inline MEMORY_BASIC_INFORMATION query(const volatile void *address)
{
    MEMORY_BASIC_INFORMATION info;

    memset(&info, 0xEE, sizeof info);
    if (VirtualQuery((const void *)address, &info, sizeof info) != sizeof info)
        memset(&info, 0xEE, sizeof info);
    return info;
}

/* Does the region at `base` have this size, state and protection?  Says what it is if not. */
static inline void fact_region(const char *name, const char *what, const volatile void *base,
                               SIZE_T size, DWORD state, DWORD protect)
{
    MEMORY_BASIC_INFORMATION info = query(base);
    int holds = info.BaseAddress == base && info.RegionSize == size && info.State == state &&
                info.Protect == protect;

    fact(name, what, holds);
    if (!holds)
        printf("  expected %p+%lx state %lx protect %lx, got %p+%lx state %lx protect %lx\n",
               (void *)base, (unsigned long)size, (unsigned long)state, (unsigned long)protect,
               info.BaseAddress, (unsigned long)info.RegionSize, (unsigned long)info.State,
               (unsigned long)info.Protect);
}

/* One number for the whole map of [0, 2 GB): two walks that give the same number saw the same. */
static inline uint32_t map_sum(void)
{
    MEMORY_BASIC_INFORMATION info;
    uint32_t sum = 2166136261u;

    for (uintptr_t va = 0; va < 0x7FFF0000u; va += info.RegionSize) {
        if (VirtualQuery(at(va), &info, sizeof info) != sizeof info || info.RegionSize == 0)
            break;
        for (unsigned i = 0; i < sizeof info / sizeof(uint32_t); i++)
            sum = (sum ^ ((const uint32_t *)&info)[i]) * 16777619u;
    }
    return sum;
}

/* --- accesses --- */

static jmp_buf memory_way_out;
static EXCEPTION_RECORD memory_seen;

static inline LONG CALLBACK memory_leave(EXCEPTION_POINTERS *exception)
{
    memory_seen = *exception->ExceptionRecord;
    longjmp(memory_way_out, 1);
}

enum access { READ, WRITE, EXECUTE };

static inline void memory_access(volatile unsigned char *address, enum access access)
{
    if (access == READ)
        (void)*address;
    else if (access == WRITE)
        *address = 0xC3;
    else
        ((void (*)(void))(uintptr_t)address)();
}

/* The exception that one access raises, or 0; memory_seen has its record. */
static inline DWORD touch(const volatile void *address, enum access access)
{
    void *cookie = AddVectoredExceptionHandler(1, memory_leave);

    memset(&memory_seen, 0, sizeof memory_seen);
    if (setjmp(memory_way_out) == 0)
        memory_access((volatile unsigned char *)address, access);
    RemoveVectoredExceptionHandler(cookie);
    return memory_seen.ExceptionCode;
}

static inline int all_zero(const volatile unsigned char *from, SIZE_T size)
{
    for (SIZE_T i = 0; i < size; i++)
        if (from[i])
            return 0;
    return 1;
}

#endif
