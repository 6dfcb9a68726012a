/* compress.h - makes a page of memory smaller.
 *
 * Memory is not text: its words are zeros, small numbers, and pointers into the same few places.
 * Each of the 1024 words becomes one of four patterns, against 16 words seen before:
 *
 *   00                    zero
 *   01 iiii               the same as entry i
 *   10 iiii llllllllll    the upper 22 bits of entry i, the lower 10 bits are these
 *   11 and 32 bits        neither; it becomes the new entry i
 *
 * Entry i is found by a hash of the upper 22 bits, so both sides know it without searching.  A page of
 * zeros takes 256 bytes.  A general compressor finds more and costs ten times as much.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { COMPRESS_WORDS = 1024 };

/* Compress a page into at most `limit` words.  Returns how many, or 0: it does not get that small. */
uint32_t compress_page(const uint32_t page[COMPRESS_WORDS], uint32_t *out, uint32_t limit);

/* The page again.  false: the `count` words are not what compress_page() made. */
bool compress_expand(const uint32_t *in, uint32_t count, uint32_t page[COMPRESS_WORDS]);
