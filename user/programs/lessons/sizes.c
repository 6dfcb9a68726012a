/* sizes.c - lesson: how large is an address space, and what would its page tables cost? */
#include <stdio.h>
#include <windows.h>

static void human(double bytes, char *text)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
    int unit = 0;

    for (; bytes >= 1024; bytes /= 1024)
        unit++;
    sprintf(text, "%.10g %s", bytes, units[unit]);
}

/* `bits` of address; a PTE of `pte` bytes for each page of 4 KB. */
static void row(const char *what, double bytes, unsigned levels, unsigned pte)
{
    char size[32], table[32], least[32];

    human(bytes, size);
    human(bytes / 4096 * pte, table);
    human(levels * 4096.0, least);
    printf("%-34s %12s %14s %10s (%u)\n", what, size, table, least, levels);
}

int main(void)
{
    SYSTEM_INFO system;
    double g = 1024.0 * 1024 * 1024, t = 1024 * g;
    char text[32];

    GetSystemInfo(&system);
    human(1024.0 * 1024 * 4096, text);
    printf("x86: 1024 tables of 1024 pages of 4096 bytes: 2^10 * 2^10 * 2^12 = 2^32 = 4294967296 "
           "bytes, "
           "%s.\n",
           text);
    printf("A program here: from %p to %p, the last 64 KB of it for the shared page: %lu KB.\n\n",
           system.lpMinimumApplicationAddress, system.lpMaximumApplicationAddress,
           ((ULONG)(ULONG_PTR)system.lpMaximumApplicationAddress + 1 -
            (ULONG)(ULONG_PTR)system.lpMinimumApplicationAddress) /
               1024);
    printf("%-34s %12s %14s %14s\n", "address space", "size", "one flat table", "least (levels)");
    row("32 bits: all of it", 4 * g, 2, 4);
    row("32 bits: a Windows program", 2 * g, 2, 4);
    row("64 bits: Windows up to 8", 8 * t, 4, 8);
    row("64 bits: Windows since 8.1", 128 * t, 4, 8);
    row("x86-64: 48 bits", 256 * t, 4, 8);
    row("x86-64: 57 bits", 131072 * t, 5, 8);
    row("64 bits: all of it", 16777216 * t, 6, 8);
    printf("\nFlat: a PTE for each page, used or not. Least: a table a level, for a program of one "
           "page.\n"
           "16 EB are 2^64, and no processor has them: 48 or 57 bits of an address are used.\n"
           "\nYou should now be able to say: why has a table levels, and why can no 64-bit system "
           "use\n"
           "a flat one?\n");
    return 0;
}
