/* words.h - the memory manager's numbers in words.
 *
 * The monitor, the screen and `step` say the same things about the same numbers, so they say
 * them here.  Nothing prints: every function appends to a text, which its caller puts where it
 * belongs.
 */
#pragma once
#include "lib/text.h"
#include "mm/mm.h"

/* Bytes in the largest unit that divides them: "64 KB", "12 MB", "100 bytes". */
void words_size(struct text *text, uint32_t bytes);
/* The names of all replacement policies: "adaptive, clock, fifo ..." */
void words_policies(struct text *text);
/* "read-write, guard" */
void words_prot(struct text *text, prot_t prot);
/* The same in one short word for tables: "rw", "r-x", "rw+g". */
const char *words_prot_short(prot_t prot);
/* A status: "C0000005 (access violation)". */
void words_status(struct text *text, status_t status);
/* Only the words: "access violation", or `otherwise` if there are none. */
const char *words_status_name(status_t status, const char *otherwise);

/* A reason, cut at `size` bytes: what `format` says was tried, and ": access denied (status C0000022)" behind it.
 * Returns the status. */
status_t words_refusal(char *reason, size_t size, status_t status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What a PTE says: "VALID: frame 01A2B, writable, user, accessed, dirty; read-write". */
void words_pte(struct text *text, pte_t pte);
/* The hardware's bits of a VALID word or a directory entry, in words. */
void words_bits(struct text *text, pte_t pte);
/* One letter for maps: v valid, w valid and dirty, z demand-zero, t transition, p paging file,
 * s prototype, . empty */
char words_pte_letter(pte_t pte);
/* What those letters mean, in one line. */
extern const char words_pte_legend[];

/* A frame's record: "active, private page 00403000 of thrash.exe (process 3), ...". */
void words_frame(struct text *text, pfn_t frame);

/* "thrash.exe (process 3)", "the kernel", "nobody". */
void words_owner(struct text *text, const struct space *space);

/* The kind of fault of this name, or FAULT_NONE. */
enum fault_kind words_fault_kind(const char *name);

const char *words_pfn_state(enum pfn_state state);

/* What an access wants: "read", "write", "execute". */
const char *words_access(enum fault_access access);

/* Why a fault was refused: the last part of a sentence; the same for a column of 12 letters. */
const char *words_fault_reason(enum fault_reason reason);
const char *words_fault_reason_short(enum fault_reason reason);
