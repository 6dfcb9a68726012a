/* layout.h - the map of the 4 GB, one constant a line.
 *
 *   00000000  null partition, 64 KB, never mapped
 *   00010000  user partition: images, heaps, stacks, views
 *   7FFE0000  one read-only page shared with the kernel; the rest of its 64 KB unit is unusable
 *   7FFF0000  no-access partition, 64 KB
 *   80000000  kernel image and direct map of the first 1 GB of RAM
 *   C0000000  the page tables, seen through the directory's own entry; the directory at C0300000
 *   C0400000  hyperspace: windows on frames above the direct map
 *   E1000000  the kernel's own reserve/commit space
 *   F8000000  kernel stacks with a guard page each, other system mappings
 */
#pragma once
#include "mm/types.h"

#define LAYOUT_USER_LOW    0x00010000u /* first address a program may own (W2, W7) */
#define LAYOUT_USER_TOP    0x7FFE0000u /* first address above what it may allocate (W5, W6) */
#define LAYOUT_SHARED_PAGE 0x7FFE0000u /* the page shared with the kernel, read-only (W5, W67) */
#define LAYOUT_USER_END    0x7FFF0000u /* first address of the no-access partition (W4, W7) */
#define LAYOUT_KERNEL      0x80000000u /* the split; also where physical address 0 appears */
#define LAYOUT_DIRECT_SIZE 0x40000000u /* bytes of RAM in the direct map */
#define LAYOUT_TABLES      0xC0000000u /* self-map: PTE of va is at LAYOUT_TABLES + (va >> 12) * 4 */
#define LAYOUT_DIRECTORY   0xC0300000u /* self-map: the directory itself */
#define LAYOUT_HYPERSPACE  0xC0400000u /* windows on high frames */
#define LAYOUT_SPACE_LOW   0xE1000000u /* kernel's own reserve/commit space */
#define LAYOUT_SPACE_TOP   0xF8000000u
#define LAYOUT_STACKS      0xF8000000u /* kernel stacks */
#define LAYOUT_STACKS_TOP  0xFF000000u
#define LAYOUT_RAM_LIMIT   0xE0000000u /* RAM above 3.5 GB is left alone */

#define LAYOUT_DIRECT_FRAMES (LAYOUT_DIRECT_SIZE >> PAGE_SHIFT)

_Static_assert(LAYOUT_USER_END + UNIT_SIZE == LAYOUT_KERNEL,
               "64 KB no-access zone under the split");
_Static_assert(LAYOUT_KERNEL + LAYOUT_DIRECT_SIZE == LAYOUT_TABLES,
               "self-map follows the direct map");
_Static_assert(LAYOUT_DIRECTORY == LAYOUT_TABLES + (LAYOUT_TABLES >> 10),
               "directory in its own map");
_Static_assert(LAYOUT_SPACE_LOW % TABLE_SPAN == 0 && LAYOUT_STACKS % TABLE_SPAN == 0,
               "whole page tables");
