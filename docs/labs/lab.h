/* lab.h - for the programs that check a lab: the kernel is asked to write its own counters down. */
#ifndef DOCS_LABS_LAB_H
#define DOCS_LABS_LAB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <psapi.h>

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

/* The program's argument `index` as a number. */
static inline unsigned argument(int argc, char **argv, int index)
{
    return index < argc ? (unsigned)strtoul(argv[index], NULL, 0) : 0;
}

#endif
