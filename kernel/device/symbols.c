/* symbols.c - names of the kernel's functions, for backtraces and the monitor. */
#include "kernel/device/symbols.h"

#include <stddef.h>

/* One function: sorted by address.  `name` counts from the start of symbols_names. */
struct symbol {
    uint32_t address, name;
};

/* Made by tools/symbols.awk from the kernel as it is linked first; missing in that first link. */
extern const uint32_t symbols_count __attribute__((weak));
extern const struct symbol symbols_table[] __attribute__((weak));
extern const char symbols_names[] __attribute__((weak));

const char *symbols_find(uint32_t address, uint32_t *offset)
{
    uint32_t low = 0, high;

    /* The last entry marks the end of the code. */
    if (!&symbols_count || address < symbols_table[0].address ||
        address >= symbols_table[symbols_count - 1].address)
        return NULL;
    high = symbols_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (symbols_table[middle].address <= address)
            low = middle;
        else
            high = middle;
    }
    *offset = address - symbols_table[low].address;
    return symbols_names + symbols_table[low].name;
}
