/* signatures.h - what every system service expects, argument by argument, for programs that make all calls. */
#ifndef TESTS_CONFORMANCE_SIGNATURES_H
#define TESTS_CONFORMANCE_SIGNATURES_H

#include "kernel/abi.h"

/* What stands for an argument:
 *   p process   f file   s section   e something to wait for   t thread   h any handle
 *   b pointer to an address   z pointer to a size   o somewhere to write   i object attributes
 *   d pointer to a timeout   y pointer to this process's id   P pointer to a new process's record
 *   T pointer to a new thread's record   a address   l length   c class   m memory type
 *   r protection   n small number   x anything */
static const char *const signatures[ABI_SERVICE_COUNT] = {
    [ABI_NtAllocateVirtualMemory] = "pbnzmr",
    [ABI_NtFreeVirtualMemory] = "pbzm",
    [ABI_NtProtectVirtualMemory] = "pbzro",
    [ABI_NtQueryVirtualMemory] = "pacolo",
    [ABI_NtLockVirtualMemory] = "pbzn",
    [ABI_NtUnlockVirtualMemory] = "pbzn",
    [ABI_NtReadVirtualMemory] = "paalo",
    [ABI_NtWriteVirtualMemory] = "paalo",
    [ABI_NtAllocateUserPhysicalPages] = "pzo",
    [ABI_NtFreeUserPhysicalPages] = "pzo",
    [ABI_NtMapUserPhysicalPages] = "ano",
    [ABI_NtMapUserPhysicalPagesScatter] = "ono",
    [ABI_NtFlushVirtualMemory] = "pbzo",
    [ABI_NtGetWriteWatch] = "pnalozo",
    [ABI_NtResetWriteWatch] = "pal",
    [ABI_NtCreateSection] = "oxizrxf",
    [ABI_NtOpenSection] = "oxi",
    [ABI_NtQuerySection] = "scolo",
    [ABI_NtMapViewOfSection] = "spbnlzznmr",
    [ABI_NtUnmapViewOfSection] = "pa",
    [ABI_NtCreateFile] = "oxiozxnnxal",
    [ABI_NtReadFile] = "fhaaoaldn",
    [ABI_NtWriteFile] = "fhaaoaldn",
    [ABI_NtQueryInformationFile] = "foolc",
    [ABI_NtSetInformationFile] = "foalc",
    [ABI_NtQueryDirectoryFile] = "fhaaoolcnin",
    [ABI_NtDeleteFile] = "i",
    [ABI_NtFlushBuffersFile] = "fo",
    [ABI_NtClose] = "h",
    [ABI_NtDuplicateObject] = "phpoxnn",
    [ABI_NtPagodaCreateProcess] = "P",
    [ABI_NtTerminateProcess] = "hx",
    [ABI_NtQueryInformationProcess] = "pcolo",
    [ABI_NtSetInformationProcess] = "pcal",
    [ABI_NtOpenProcess] = "oxiy",
    [ABI_NtPagodaCreateThread] = "T",
    [ABI_NtOpenThread] = "oxiy",
    [ABI_NtTerminateThread] = "tx",
    [ABI_NtQueryInformationThread] = "tcolo",
    [ABI_NtSetInformationThread] = "tcal",
    [ABI_NtSuspendThread] = "to",
    [ABI_NtResumeThread] = "to",
    [ABI_NtGetContextThread] = "to",
    [ABI_NtSetContextThread] = "ta",
    [ABI_NtContinue] = "an",
    [ABI_NtRaiseException] = "aan",
    [ABI_NtWaitForSingleObject] = "end",
    [ABI_NtWaitForMultipleObjects] = "nonnd",
    [ABI_NtDelayExecution] = "nd",
    [ABI_NtYieldExecution] = "",
    [ABI_NtCreateEvent] = "oxinn",
    [ABI_NtOpenEvent] = "oxi",
    [ABI_NtSetEvent] = "eo",
    [ABI_NtResetEvent] = "eo",
    [ABI_NtPulseEvent] = "eo",
    [ABI_NtCreateMutant] = "oxin",
    [ABI_NtOpenMutant] = "oxi",
    [ABI_NtReleaseMutant] = "eo",
    [ABI_NtCreateSemaphore] = "oxinn",
    [ABI_NtOpenSemaphore] = "oxi",
    [ABI_NtReleaseSemaphore] = "eno",
    [ABI_NtQuerySystemInformation] = "colo",
    [ABI_NtQueryPerformanceCounter] = "oo",
    [ABI_NtQuerySystemTime] = "o",
    [ABI_NtPagodaControl] = "nolo",
    [ABI_NtQueryObject] = "hcolo",
    [ABI_NtSetInformationObject] = "hcal",
};

#endif
