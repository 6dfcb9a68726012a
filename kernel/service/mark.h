/* mark.h - the kernel's own counters in one line, for graders: a program can't write such a line. */
#pragma once
#include "mm/mm.h"

struct mark {
    const char
        *label;     /* what it is about; anything but small letters, digits and '-' becomes '?' */
    uint32_t value; /* the caller's own number */
    uint32_t pid;
    const struct space *space;             /* 0 once the process has ended */
    const struct space_counters *counters; /* of the process */
};

/* The word of the option nonce=; "": none. */
extern const char *mark_nonce;

/* Print `mark NONCE {...}`, a JSON object in one line.  NONCE is the word of the option nonce=, which only
 * the kernel and whoever started the machine know. */
void mark_print(const struct mark *mark);
