/* lab.h - for the programs that check a lab: the kernel is asked to write its own counters down. */
#ifndef DOCS_LABS_LAB_H
#define DOCS_LABS_LAB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <psapi.h>

#ifdef __cplusplus
#define _Static_assert static_assert /* as C says it */
#endif
#include "kernel/abi.h"

enum { PAGE = 0x1000 };

#ifdef __cplusplus
extern "C"
#endif
__declspec(dllimport) LONG WINAPI NtPagodaControl(ULONG control, void *buffer, ULONG length, ULONG *returned);

/* The kernel prints its counters under this label, with a number of the program's. */
static inline void mark(const char *label, unsigned value)
{
    struct abi_mark note;

    memset(&note, 0, sizeof note);
    note.value = value;
    strncpy(note.label, label, sizeof note.label - 1);
    NtPagodaControl(ABI_CONTROL_MARK, &note, sizeof note, NULL);
}

/* All of the kernel's own checks, while the program lives: it panics if something is wrong. */
static inline void audit(void)
{
    NtPagodaControl(ABI_CONTROL_AUDIT, NULL, 0, NULL);
}

/* From now on the region at `address` lives in `frames` frames under a policy, and what goes leaves RAM at once;
 * or with so many frames more in which pages stand by.  0: done. */
static inline LONG live_in(void *address, unsigned frames, const char *policy, unsigned standby)
{
    struct abi_working_set set;

    memset(&set, 0, sizeof set);
    set.address = (unsigned)(ULONG_PTR)address;
    set.maximum = frames;
    set.exact = standby == 0;
    set.standby = standby;
    strncpy(set.policy, policy, sizeof set.policy - 1);
    return NtPagodaControl(ABI_CONTROL_WORKING_SET, &set, sizeof set, NULL);
}

/* A starter's function in a program: says whose it is, and ends. */
#define LAB_YOURS(words)          \
    do {                          \
        printf("%s\n", words);    \
        ExitProcess(1);           \
    } while (0)

/* The program's argument `index` as a number. */
static inline unsigned argument(int argc, char **argv, int index)
{
    return index < argc ? (unsigned)strtoul(argv[index], NULL, 0) : 0;
}

#endif
