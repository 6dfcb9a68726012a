/* runtimes.c - what the run-times of other tool chains ask of the system: Go, Rust, Visual C++, libuv.
 *
 * Facts X8 and the calls that those run-times make when they start; none of them is about memory.
 */
#include "tests/conformance/fact.h"
#include <stdint.h>
#include <string.h>
#include <windows.h>

/* ---- the page at 7FFE0000 --------------------------------------------------------------------------- */

static const volatile uint32_t *shared(unsigned offset)
{
    return (const volatile uint32_t *)(0x7FFE0000u + offset);
}

/* As Go reads it: high1, low, high2, again until the highs are equal. */
static uint64_t time_at(unsigned offset)
{
    const volatile uint32_t *time = shared(offset);
    uint32_t low, high;

    do {
        high = time[1];
        low = time[0];
    } while (time[2] != high);
    return (uint64_t)high << 32 | low;
}

static uint64_t now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static void test_shared_page(void)
{
    uint64_t interrupt = time_at(0x08), system = time_at(0x14), ticks = time_at(0x320), since;
    OSVERSIONINFOA version = {.dwOSVersionInfoSize = sizeof version};
    MEMORYSTATUS memory;
    DWORD count;

    while (time_at(0x320) < ticks + 3)
        Sleep(1);
    fact("X8", "InterruptTime and SystemTime advance alike",
         time_at(0x08) > interrupt &&
             time_at(0x08) - interrupt - (time_at(0x14) - system) + 1000000 < 2000000);
    since = time_at(0x14);
    fact("X8", "SystemTime is GetSystemTimeAsFileTime's", now() - since < 100000000);
    count = GetTickCount();
    fact("X8", "GetTickCount is TickCount times its multiplier",
         (DWORD)(time_at(0x320) * *shared(4) >> 24) - count < 10000);
    GetVersionExA(&version);
    fact("X8", "the version is GetVersionEx's",
         *shared(0x26C) == version.dwMajorVersion && *shared(0x270) == version.dwMinorVersion);
    fact("X8", "SSE2 stands in ProcessorFeatures",
         (*shared(0x27C) >> 16 & 0xFF) ==
             (uint32_t)IsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
    GlobalMemoryStatus(&memory);
    fact_number("X8", "NumberOfPhysicalPages is the machine's RAM", memory.dwTotalPhys / 4096,
                *shared(0x2E8));
}

int main(void)
{
    test_shared_page();
    return facts_end();
}
