/* heap_record.c - the bit map of a segment, kept out of the short paths. */
#include "lib/heap_record.h"

IN_REGISTERS bool heap_record_lacks(const struct segment *segment, uint32_t at)
{
    uint32_t unit = (at - segment->base) >> segment->unit_shift;

    return segment->hole[unit / 8] & 1u << unit % 8;
}
