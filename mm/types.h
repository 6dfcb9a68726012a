/* types.h - addresses are numbers.
 *
 * A virtual address, a physical address and a frame number are three different things,
 * and none of them is a pointer: only machine_frame() turns a frame into bytes.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t va_t;  /* virtual address, bytes */
typedef uint32_t pa_t;  /* physical address, bytes */
typedef uint32_t pfn_t; /* page frame number: pa >> PAGE_SHIFT */
typedef uint32_t pte_t; /* one page-table word, see pte.h */

/* On the way of the commonest faults a call costs a fifth of what it does; and what they don't need stands apart. */
#define INLINE inline __attribute__((always_inline))
#define APART  __attribute__((noinline))

enum { PAGE_SHIFT = 12 };
#define PAGE_SIZE  4096u
#define PAGE_MASK  (PAGE_SIZE - 1u)
#define TABLE_PTES 1024u             /* entries of a page table or a page directory */
#define TABLE_SPAN (PAGE_SIZE << 10) /* bytes that one page table maps: 4 MB */

/* Which directory entry leads to an address. */
static inline unsigned directory_index(va_t va)
{
    return va / TABLE_SPAN;
}
#define UNIT_SIZE 0x10000u /* allocation granularity: 64 KB (W7, W9) */
#define PFN_NONE  0u       /* frame 0 is never handed out, so 0 says "no frame" */

static inline va_t page_down(va_t va)
{
    return va & ~PAGE_MASK;
}

static inline va_t page_up(va_t va)
{
    return (va + PAGE_MASK) & ~PAGE_MASK;
}

static inline va_t unit_down(va_t va)
{
    return va & ~(UNIT_SIZE - 1);
}
