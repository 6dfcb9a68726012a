/* counters.h - what the kernel has counted for this process, for the lessons. */
#ifndef USER_PROGRAMS_LESSONS_COUNTERS_H
#define USER_PROGRAMS_LESSONS_COUNTERS_H

#include "kernel/abi.h"

#include <windows.h>
#include <psapi.h>

typedef LONG(WINAPI *control_function)(ULONG, void *, ULONG, ULONG *);

static inline control_function control_of_pagoda(void)
{
    return (control_function)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"),
                                                    "NtPagodaControl");
}

/* All of the process's page faults; `hard` of them had to read.  Windows tells no program how many were hard,
 * so there it is all of them. */
static inline unsigned faults_so_far(unsigned *hard)
{
    control_function control = control_of_pagoda();
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    struct abi_counters more;

    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    *hard = (unsigned)counters.PageFaultCount;
    if (!control || control(ABI_CONTROL_COUNTERS, &more, sizeof more, NULL) < 0)
        return (unsigned)counters.PageFaultCount;
    *hard = more.hard;
    return more.faults;
}

/* Never more than `frames` frames for the region; a page that goes is gone.  False: this is not Pagoda. */
static inline BOOL cap_region(void *region, unsigned frames, const char *policy)
{
    control_function control = control_of_pagoda();
    struct abi_working_set set = {
        .address = (uint32_t)(UINT_PTR)region, .maximum = frames, .exact = 1};

    lstrcpynA(set.policy, policy, sizeof set.policy);
    return control && control(ABI_CONTROL_WORKING_SET, &set, sizeof set, NULL) >= 0;
}

#endif
