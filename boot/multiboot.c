/* multiboot.c - translates the boot loader's data into struct boot_info.
 *
 * The loader's data is the first input that the kernel believes nothing of: lengths may lie, strings
 * may have no end, ranges may overlap or wrap around.  Every read therefore goes through
 * get32(), which knows the window of physical memory that may be read; the first thing that
 * can't be right ends the work with one sentence in info->error.  No CPU instruction and no
 * pointer of the loader's is used, so tests/host/test_boot.c feeds it damaged data.
 */
#include "boot/boot_info.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MB1_LOADER = 0x2BADB002, /* EAX from a multiboot1 loader */
    MB2_LOADER = 0x36D76289, /* EAX from a multiboot2 loader */
    PAGE = 4096,
    MAP_USABLE = 1, /* type of a range of the memory map */
    MAP_MORE = 512, /* more entries than that are no memory map */
};

/* The part of physical memory that may be read. */
struct window {
    const uint8_t *bytes;
    uint32_t size;
    struct boot_info *info;
};

/* One entry of either memory map. */
struct map_entry {
    uint64_t base, length;
    uint32_t type;
};

/* Where the entries of a memory map are and how they are laid out. */
struct map {
    uint32_t first, end, step; /* step 0: each entry starts with its own size (multiboot1) */
};

static void fail(struct boot_info *info, const char *sentence)
{
    if (!info->error)
        info->error = sentence;
}

static bool inside(const struct window *w, uint32_t address, uint32_t size)
{
    return address <= w->size && size <= w->size - address;
}

/* A little-endian word; 0 and an error if it lies outside of the window. */
static uint32_t get32(const struct window *w, uint32_t address)
{
    const uint8_t *b;

    if (!inside(w, address, 4)) {
        fail(w->info, "The boot loader's data points outside of memory.");
        return 0;
    }
    b = w->bytes + address;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint64_t get64(const struct window *w, uint32_t address)
{
    return get32(w, address) | (uint64_t)get32(w, address + 4) << 32;
}

/* Copy a string that ends before `end`.  `sentence`: what to say if it is too long for `to`; 0: cut it. */
static void get_string(const struct window *w, uint32_t address, uint32_t end, char *to,
                       uint32_t size, const char *sentence)
{
    uint32_t i;

    for (i = 0; address + i < end && inside(w, address + i, 1); i++) {
        char c = (char)w->bytes[address + i];

        if (i == size - 1) {
            if (c && sentence)
                fail(w->info, sentence);
            c = 0;
        }
        to[i] = c;
        if (!c)
            return;
    }
    to[i < size ? i : size - 1] = 0;
    fail(w->info, "A text of the boot loader has no end.");
}

static const char too_long[] = "The kernel's command line is longer than 1023 characters.";

/* Usable ranges: kept sorted, disjoint and page aligned. */

static void remove_at(struct boot_info *info, uint32_t index)
{
    info->ranges--;
    for (uint32_t i = index; i < info->ranges; i++)
        info->range[i] = info->range[i + 1];
}

static void insert_at(struct boot_info *info, uint32_t index, uint32_t start, uint32_t end)
{
    if (info->ranges == BOOT_RANGES) {
        fail(info, "The memory map has more than 64 separate pieces of RAM.");
        return;
    }
    for (uint32_t i = info->ranges; i > index; i--)
        info->range[i] = info->range[i - 1];
    info->range[index].start = start;
    info->range[index].end = end;
    info->ranges++;
}

/* Add [start, end), melting it together with what it touches. */
static void range_add(struct boot_info *info, uint32_t start, uint32_t end)
{
    uint32_t i = 0;

    while (i < info->ranges && info->range[i].end < start)
        i++;
    while (i < info->ranges && info->range[i].start <= end) {
        if (info->range[i].start < start)
            start = info->range[i].start;
        if (info->range[i].end > end)
            end = info->range[i].end;
        remove_at(info, i);
    }
    insert_at(info, i, start, end);
}

static void range_subtract(struct boot_info *info, uint32_t start, uint32_t end)
{
    for (uint32_t i = info->ranges; i-- > 0;) {
        struct boot_range old = info->range[i];

        if (old.end <= start || old.start >= end)
            continue;
        remove_at(info, i);
        if (old.end > end)
            insert_at(info, i, end, old.end);
        if (old.start < start)
            insert_at(info, i, old.start, start);
    }
}

/* What an entry covers below 4 GB, in whole pages: usable RAM is rounded inwards, everything else
 * outwards.  False if nothing is left. */
static bool clip(const struct map_entry *entry, uint32_t *start, uint32_t *end)
{
    const uint64_t last = 0xFFFFF000u; /* the last page of the 4 GB is left alone */
    bool usable = entry->type == MAP_USABLE;
    uint64_t low = entry->base, high = entry->base + entry->length;

    if (high < low)
        high = UINT64_MAX - PAGE;
    low = usable && low < last ? low + PAGE - 1 : low;
    high = usable || high > last ? high : high + PAGE - 1;
    low -= low % PAGE;
    high -= high % PAGE;
    if (usable && low < PAGE)
        low = PAGE; /* frame 0 stands for "no frame" */
    if (high > last)
        high = last;
    if (low >= high)
        return false;
    *start = (uint32_t)low;
    *end = (uint32_t)high;
    return true;
}

/* Reads the entry at *at and moves on; false at the end or at damage. */
static bool map_next(const struct window *w, const struct map *map, uint32_t *at,
                     struct map_entry *entry)
{
    uint32_t step = map->step, skip = 0;

    if (*at >= map->end || w->info->error)
        return false;
    if (!step) {
        step = get32(w, *at);
        skip = 4;
    }
    if (step < 20 || step > PAGE || map->end - *at < skip + 20) {
        fail(w->info, "The boot loader's memory map is damaged.");
        return false;
    }
    entry->base = get64(w, *at + skip);
    entry->length = get64(w, *at + skip + 8);
    entry->type = get32(w, *at + skip + 16);
    *at = map->end - *at < skip + step ? map->end : *at + skip + step;
    return !w->info->error;
}

/* Two rounds, because a map may call the same bytes RAM and reserved: reserved wins. */
static void read_map(const struct window *w, const struct map *map)
{
    for (unsigned round = 0; round < 2; round++) {
        struct map_entry entry;
        uint32_t start, end, at = map->first, count = 0;

        while (map_next(w, map, &at, &entry)) {
            if (++count > MAP_MORE)
                fail(w->info, "The boot loader's memory map has more than 512 entries.");
            if (!clip(&entry, &start, &end))
                continue;
            if (round == 0 && entry.type == MAP_USABLE)
                range_add(w->info, start, end);
            if (round == 1 && entry.type != MAP_USABLE)
                range_subtract(w->info, start, end);
        }
    }
}

/* Modules are looked at when the map is known (check_modules). */
static void add_module(const struct window *w, uint32_t start, uint32_t end, uint32_t name,
                       uint32_t name_end)
{
    struct boot_module *module = &w->info->module[w->info->modules];

    if (w->info->modules == BOOT_MODULES) {
        fail(w->info, "The boot loader passed more than 4 modules.");
        return;
    }
    module->start = start;
    module->end = end;
    if (name)
        get_string(w, name, name_end, module->name, sizeof module->name, NULL);
    w->info->modules++;
}

static bool in_one_range(const struct boot_info *info, uint32_t start, uint32_t end)
{
    for (uint32_t i = 0; i < info->ranges; i++)
        if (info->range[i].start <= start && end <= info->range[i].end)
            return true;
    return false;
}

static void check_modules(const struct window *w)
{
    struct boot_info *info = w->info;

    for (uint32_t i = 0; i < info->modules; i++) {
        const struct boot_module *module = &info->module[i];

        if (module->start >= module->end)
            fail(info, "A module of the boot loader is empty.");
        else if (!inside(w, module->start, module->end - module->start))
            fail(info, "A module of the boot loader lies outside of the first 1 GB of memory.");
        else if (!in_one_range(info, module->start, module->end))
            fail(info, "A module of the boot loader lies outside of RAM.");
        else if (module->start < info->kernel_end && module->end > info->kernel_start)
            fail(info, "A module of the boot loader overlaps the kernel.");
        for (uint32_t j = 0; j < i; j++)
            if (module->start < info->module[j].end && module->end > info->module[j].start)
                fail(info, "Two modules of the boot loader overlap.");
    }
}

/* Multiboot1 (specification 0.6.96, 3.3): one fixed structure that points all over memory. */

enum { MB1_CMDLINE = 1 << 2, MB1_MODULES = 1 << 3, MB1_MAP = 1 << 6, MB1_NAME = 1 << 9 };

/* QEMU puts the kernel's file name in front of the options, GRUB does not.  No option looks like a
 * file name: a word with a dot or slash but no equals sign. */
static void drop_file_name(char *line)
{
    char *end = line;
    bool name = false;

    for (; *end && *end != ' '; end++) {
        if (*end == '=' || *end == '"')
            return;
        name |= *end == '.' || *end == '/';
    }
    if (!name)
        return;
    while (*end == ' ')
        end++;
    while ((*line++ = *end++))
        ;
}

static void read_modules1(const struct window *w, uint32_t count, uint32_t at)
{
    if (count > BOOT_MODULES) {
        fail(w->info, "The boot loader passed more than 4 modules.");
        return;
    }
    for (uint32_t i = 0; i < count; i++, at += 16)
        add_module(w, get32(w, at), get32(w, at + 4), get32(w, at + 8), w->size);
}

static void parse1(const struct window *w, uint32_t at)
{
    struct boot_info *info = w->info;
    uint32_t flags;

    if (!inside(w, at, 88)) {
        fail(info, "The boot loader's data lies outside of memory.");
        return;
    }
    flags = get32(w, at);
    if (flags & MB1_CMDLINE) {
        get_string(w, get32(w, at + 16), w->size, info->command_line, BOOT_TEXT, too_long);
        drop_file_name(info->command_line);
    }
    if (flags & MB1_NAME)
        get_string(w, get32(w, at + 64), w->size, info->loader, sizeof info->loader, NULL);
    if (flags & MB1_MODULES)
        read_modules1(w, get32(w, at + 20), get32(w, at + 24));
    if (flags & MB1_MAP) {
        struct map map = {.first = get32(w, at + 48)};
        uint32_t length = get32(w, at + 44);

        map.end = map.first + length;
        if (!inside(w, map.first, length))
            fail(info, "The boot loader's memory map lies outside of memory.");
        else
            read_map(w, &map);
    }
}

/* Multiboot2 (specification 2.0, 3.6): one block of tags, each with its type and size. */

enum { TAG_END = 0, TAG_CMDLINE = 1, TAG_NAME = 2, TAG_MODULE = 3, TAG_MAP = 6 };

/* The tag [at, end) of a known type. */
static void read_tag(const struct window *w, uint32_t type, uint32_t at, uint32_t end)
{
    struct boot_info *info = w->info;

    switch (type) {
    case TAG_CMDLINE:
        get_string(w, at + 8, end, info->command_line, BOOT_TEXT, too_long);
        break;
    case TAG_NAME:
        get_string(w, at + 8, end, info->loader, sizeof info->loader, NULL);
        break;
    case TAG_MODULE:
        if (end - at < 17)
            fail(info, "A module of the boot loader is not described completely.");
        else
            add_module(w, get32(w, at + 8), get32(w, at + 12), at + 16, end);
        break;
    case TAG_MAP:
        if (end - at < 16 || get32(w, at + 8) < 20) {
            fail(info, "The boot loader's memory map is damaged.");
        } else {
            struct map map = {.first = at + 16, .end = end, .step = get32(w, at + 8)};
            read_map(w, &map);
        }
        break;
    }
}

static void parse2(const struct window *w, uint32_t at)
{
    struct boot_info *info = w->info;
    uint32_t size = inside(w, at, 8) ? get32(w, at) : 0;
    uint32_t end = at + size;

    if (size < 16 || !inside(w, at, size)) {
        fail(info, "The boot loader's data lies outside of memory.");
        return;
    }
    for (at += 8; end - at >= 8 && !info->error;) {
        uint32_t type = get32(w, at), length = get32(w, at + 4);

        if (type == TAG_END)
            return;
        if (length < 8 || length > end - at)
            break;
        read_tag(w, type, at, at + length);
        if (length > UINT32_MAX - 7 || (length + 7) / 8 * 8 > end - at)
            break;
        at += (length + 7) / 8 * 8;
    }
    fail(info, "The boot loader's data is cut short: it has no end mark.");
}

static void clear(struct boot_info *info)
{
    uint32_t kernel_start = info->kernel_start, kernel_end = info->kernel_end;
    uint8_t *bytes = (uint8_t *)info;

    for (size_t i = 0; i < sizeof *info; i++)
        bytes[i] = 0;
    info->kernel_start = kernel_start;
    info->kernel_end = kernel_end;
}

void boot_parse(uint32_t magic, uint32_t address, const void *memory, uint32_t size,
                struct boot_info *info)
{
    struct window w = {.bytes = memory, .size = size, .info = info};

    clear(info);
    if (magic == MB2_LOADER)
        parse2(&w, address);
    else if (magic == MB1_LOADER)
        parse1(&w, address);
    else
        fail(info, "Pagoda must be started by a multiboot loader, such as GRUB or qemu -kernel.");
    if (!info->error && info->ranges == 0)
        fail(info, "The boot loader gave no memory map.");
    if (!info->error)
        check_modules(&w);
}
