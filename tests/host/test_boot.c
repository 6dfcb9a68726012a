/* test_boot.c - feeds damaged and hostile boot loader data to boot/multiboot.c.
 *
 * sources: boot/multiboot.c
 *
 * "Physical memory" is one block from malloc(), so that the address sanitizer sees every read
 * outside of it.  After the cases with a known answer come random damage and random bytes; the seed
 * is printed.
 */
#include "boot/boot_info.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MB1 = 0x2BADB002, MB2 = 0x36D76289, MEMORY = 1 << 16, AT = 0x1000, PAGE = 4096 };
enum { KERNEL_START = 0x100000, KERNEL_END = 0x140000 };

static uint8_t *memory;
static uint32_t end; /* where the next tag goes */
static struct boot_info info;
static int tests, failures;

static void check(bool good, const char *name)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
    if (!good) {
        printf("# error: %s\n", info.error ? info.error : "none");
        failures++;
    }
}

static void put32(uint32_t at, uint32_t value)
{
    memcpy(memory + at, &value, sizeof value);
}

static void put64(uint32_t at, uint64_t value)
{
    memcpy(memory + at, &value, sizeof value);
}

static void parse(uint32_t magic, uint32_t address)
{
    memset(&info, 0xA5, sizeof info);
    info.kernel_start = KERNEL_START;
    info.kernel_end = KERNEL_END;
    boot_parse(magic, address, memory, MEMORY, &info);
}

static bool says(const char *words)
{
    return info.error && strstr(info.error, words);
}

/* What must hold of every result without an error. */
static bool sane(void)
{
    uint32_t before = PAGE;

    if (info.error)
        return strlen(info.error) > 10;
    for (uint32_t i = 0; i < info.ranges; i++) {
        const struct boot_range *r = &info.range[i];
        if (r->start < before || r->end <= r->start || r->start % PAGE || r->end % PAGE)
            return false;
        before = r->end;
    }
    for (uint32_t i = 0; i < info.modules; i++) {
        const struct boot_module *m = &info.module[i];
        if (m->start >= m->end || m->end > MEMORY || !memchr(m->name, 0, sizeof m->name))
            return false;
    }
    return info.ranges > 0 && info.ranges <= BOOT_RANGES && info.modules <= BOOT_MODULES &&
           memchr(info.command_line, 0, sizeof info.command_line) &&
           memchr(info.loader, 0, sizeof info.loader);
}

/* Building multiboot2 data, tag by tag. */

static void mb2_start(void)
{
    memset(memory, 0, MEMORY);
    end = AT + 8;
}

static void tag(uint32_t type, uint32_t size)
{
    put32(end, type);
    put32(end + 4, size);
    end += (size + 7) / 8 * 8;
}

static void tag_text(uint32_t type, const char *text)
{
    strcpy((char *)memory + end + 8, text);
    tag(type, 8 + (uint32_t)strlen(text) + 1);
}

static void tag_module(uint32_t start, uint32_t stop, const char *name)
{
    put32(end + 8, start);
    put32(end + 12, stop);
    strcpy((char *)memory + end + 16, name);
    tag(3, 16 + (uint32_t)strlen(name) + 1);
}

struct entry {
    uint64_t base, length;
    uint32_t type;
};

static void tag_map(const struct entry *entries, unsigned count)
{
    put32(end + 8, 24);
    for (unsigned i = 0; i < count; i++) {
        put64(end + 16 + i * 24, entries[i].base);
        put64(end + 24 + i * 24, entries[i].length);
        put32(end + 32 + i * 24, entries[i].type);
    }
    tag(6, 16 + count * 24);
}

static void mb2_parse(void)
{
    tag(0, 8);
    put32(AT, end - AT);
    parse(MB2, AT);
}

static const struct entry pc[] = {
    {0, 0x9FC00, 1}, {0x9FC00, 0x400, 2}, {0xF0000, 0x10000, 2}, {0x100000, 0x3EE0000, 1}};

static void test_good_mb2(void)
{
    mb2_start();
    tag_text(1, "mem=16M \"cmd=vm; exit\"");
    tag_text(2, "GRUB 2.06");
    tag_module(0x8000, 0x9001, "disc.tar");
    tag_map(pc, 4);
    tag(99, 12);
    mb2_parse();
    check(!info.error && sane(), "multiboot2: good data is accepted");
    check(!strcmp(info.command_line, "mem=16M \"cmd=vm; exit\""), "multiboot2: command line");
    check(!strcmp(info.loader, "GRUB 2.06"), "multiboot2: loader");
    check(info.modules == 1 && info.module[0].start == 0x8000 && info.module[0].end == 0x9001 &&
              !strcmp(info.module[0].name, "disc.tar"),
          "multiboot2: module");
    check(info.ranges == 2 && info.range[0].start == 0x1000 && info.range[0].end == 0x9F000 &&
              info.range[1].start == 0x100000 && info.range[1].end == 0x3FE0000,
          "multiboot2: RAM in whole pages, frame 0 left out");
    check(info.kernel_start == KERNEL_START && info.kernel_end == KERNEL_END,
          "the kernel's extent is kept");
}

static void map_only(const struct entry *entries, unsigned count)
{
    mb2_start();
    tag_map(entries, count);
    mb2_parse();
}

static void test_maps(void)
{
    static const struct entry overlap[] = {{0x200000, 0x100000, 1}, {0x280000, 0x100000, 1}};
    static const struct entry touching[] = {{0x300000, 0x100000, 1}, {0x200000, 0x100000, 1}};
    static const struct entry hole[] = {{0x200000, 0x100000, 1}, {0x240800, 0x100, 3}};
    static const struct entry high[] = {{0x100000, 0x100000000, 1}, {1ull << 33, 1 << 30, 1}};
    static const struct entry wraps[] = {{0xFFFFFFFFFFFFF000, 0x10000, 1}, {0x200000, 0x1000, 1}};
    static const struct entry tiny[] = {{0x200800, 0x1000, 1}};
    struct entry many[BOOT_RANGES + 1];

    map_only(overlap, 2);
    check(sane() && info.ranges == 1 && info.range[0].end == 0x380000, "overlapping RAM melts");
    map_only(touching, 2);
    check(sane() && info.ranges == 1 && info.range[0].start == 0x200000, "touching RAM melts");
    map_only(hole, 2);
    check(sane() && info.ranges == 2 && info.range[0].end == 0x240000 &&
              info.range[1].start == 0x241000,
          "a reserved byte inside RAM costs its whole page");
    map_only(high, 2);
    check(sane() && info.ranges == 1 && info.range[0].end == 0xFFFFF000, "RAM above 4 GB is cut");
    map_only(wraps, 2);
    check(sane() && info.ranges == 1, "a range that wraps around is harmless");
    map_only(tiny, 1);
    check(says("no memory map"), "no whole page of RAM: no map");
    for (unsigned i = 0; i <= BOOT_RANGES; i++)
        many[i] = (struct entry){0x200000 + i * 0x2000u, PAGE, 1};
    map_only(many, BOOT_RANGES);
    check(sane() && info.ranges == BOOT_RANGES, "64 pieces of RAM fit");
    map_only(many, BOOT_RANGES + 1);
    check(says("more than 64"), "65 pieces are refused");
}

static void test_modules(void)
{
    static const struct {
        uint32_t start, stop;
        const char *words;
    } bad[] = {
        {0x8000, 0x8000, "empty"},          {0x9000, 0x8000, "empty"},
        {0x8000, MEMORY + 1, "outside"},    {0xFFFFF000, 0xFFFFFFFF, "outside"},
        {0x9000, 0xA000, "outside of RAM"},
    };
    static const struct entry low[] = {{0x1000, 0x8000, 1}};

    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        mb2_start();
        tag_module(bad[i].start, bad[i].stop, "x");
        tag_map(low, 1);
        mb2_parse();
        check(says(bad[i].words), "a module at an impossible place is refused");
    }
    mb2_start();
    tag_module(0x2000, 0x4000, "a");
    tag_module(0x3000, 0x5000, "b");
    tag_map(low, 1);
    mb2_parse();
    check(says("overlap"), "two overlapping modules are refused");
    mb2_start();
    for (unsigned i = 0; i <= BOOT_MODULES; i++)
        tag_module(0x2000 + i * 0x1000, 0x2800 + i * 0x1000, "m");
    tag_map(low, 1);
    mb2_parse();
    check(says("more than 4 modules"), "five modules are refused");
}

static void test_damage_mb2(void)
{
    char line[BOOT_TEXT + 2];

    parse(0x12345678, AT);
    check(says("multiboot loader"), "an unknown loader is refused");
    parse(MB2, MEMORY - 4);
    check(says("outside"), "multiboot2: data outside of memory");
    parse(MB2, 0xFFFFFFFC);
    check(says("outside"), "multiboot2: data at the end of the address space");
    mb2_start();
    put32(AT, 0xFFFFFFF0);
    parse(MB2, AT);
    check(says("outside"), "multiboot2: total size lies");
    mb2_start();
    tag_map(pc, 4);
    put32(AT, end - AT);
    parse(MB2, AT);
    check(says("cut short"), "multiboot2: no end mark");
    mb2_start();
    tag(1, 7);
    mb2_parse();
    check(says("cut short"), "multiboot2: a tag smaller than its header");
    mb2_start();
    tag_map(pc, 4);
    put32(AT + 16, 0);
    mb2_parse();
    check(says("damaged"), "multiboot2: entries of size 0");
    mb2_start();
    mb2_parse();
    check(says("no memory map"), "multiboot2: no map");
    mb2_start();
    memset(memory + end + 8, 'x', 8);
    tag(1, 16);
    mb2_parse();
    check(says("no end"), "multiboot2: a command line without an end");
    memset(line, 'y', sizeof line - 1);
    line[BOOT_TEXT] = 0;
    mb2_start();
    tag_text(1, line);
    mb2_parse();
    check(says("1023"), "multiboot2: a command line that is too long");
    line[BOOT_TEXT - 1] = 0;
    mb2_start();
    tag_text(1, line);
    tag_map(pc, 4);
    mb2_parse();
    check(sane() && !info.error && strlen(info.command_line) == 1023,
          "multiboot2: the longest command line fits");
}

enum { TEXT1 = 0x2000, MAP1 = 0x3000, MODULES1 = 0x4000 };

static void mb1_start(const char *line)
{
    memset(memory, 0, MEMORY);
    put32(AT, 1 << 2 | 1 << 3 | 1 << 6);
    put32(AT + 16, TEXT1);
    strcpy((char *)memory + TEXT1, line);
    put32(AT + 44, 2 * 24);
    put32(AT + 48, MAP1);
    for (unsigned i = 0; i < 2; i++) {
        const struct entry *e = &pc[i * 3];
        put32(MAP1 + i * 24, 20);
        put64(MAP1 + i * 24 + 4, e->base);
        put64(MAP1 + i * 24 + 12, e->length);
        put32(MAP1 + i * 24 + 20, e->type);
    }
    put32(AT + 20, 1);
    put32(AT + 24, MODULES1);
    put32(MODULES1, 0x8000);
    put32(MODULES1 + 4, 0x9000);
    put32(MODULES1 + 8, TEXT1 + 0x800);
    strcpy((char *)memory + TEXT1 + 0x800, "disc.tar");
}

static void test_mb1(void)
{
    static const char *const lines[][2] = {{"pagoda.elf mem=16M", "mem=16M"},
                                           {"/a/b  trace", "trace"},
                                           {"build/x.elf", ""},
                                           {"mem=16M trace", "mem=16M trace"},
                                           {"trace x.y", "trace x.y"},
                                           {"", ""},
                                           {"\"cmd=run a.exe\" trace", "\"cmd=run a.exe\" trace"}};

    for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        mb1_start(lines[i][0]);
        parse(MB1, AT);
        check(!info.error && sane() && !strcmp(info.command_line, lines[i][1]),
              "multiboot1: the file name is dropped, options are kept");
    }
    check(info.ranges == 2 && info.modules == 1 && !strcmp(info.module[0].name, "disc.tar"),
          "multiboot1: map and module");
    put32(AT + 44, 0xFFFFFFF0);
    parse(MB1, AT);
    check(says("outside"), "multiboot1: the map's length lies");
    mb1_start("");
    put32(MAP1, 0xFFFFFFFF);
    parse(MB1, AT);
    check(says("damaged"), "multiboot1: an entry's size lies");
    mb1_start("");
    put32(AT + 16, 0xFFFFFFFF);
    parse(MB1, AT);
    check(says("no end"), "multiboot1: the command line is nowhere");
    mb1_start("");
    put32(AT + 20, 0x40000000);
    parse(MB1, AT);
    check(says("4 modules"), "multiboot1: a billion modules");
    mb1_start("");
    put32(AT + 24, 0xFFFFFFF8);
    parse(MB1, AT);
    check(info.error && sane(), "multiboot1: the module list is nowhere");
    parse(MB1, MEMORY - 87);
    check(says("outside"), "multiboot1: data outside of memory");
    mb1_start("");
    put32(AT, 0);
    parse(MB1, AT);
    check(says("no memory map"), "multiboot1: no map");
}

/* Damage good data at random places, many times. */
static void test_random(unsigned seed)
{
    bool good = true;

    printf("# seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 20000 && good; round++) {
        bool second = round % 2;
        int bytes = rand() % 8;

        if (second) {
            mb2_start();
            tag_text(1, "mem=16M");
            tag_module(0x8000, 0x9000, "disc.tar");
            tag_map(pc, 4);
            tag(0, 8);
            put32(AT, end - AT);
        } else {
            mb1_start("pagoda.elf mem=16M");
        }
        for (int i = 0; i < bytes; i++)
            memory[(rand() % 4 ? AT : MAP1) + rand() % 160] = (uint8_t)(rand() % 4 ? rand() : 0xFF);
        if (round % 16 == 0)
            for (int i = 0; i < 4096; i++)
                memory[AT + i] = (uint8_t)rand();
        parse(second ? MB2 : MB1, AT);
        good = sane();
    }
    check(good, "random damage: a sentence or a sane result, 20000 times");
}

int main(int argc, char **argv)
{
    memory = malloc(MEMORY);
    test_good_mb2();
    test_maps();
    test_modules();
    test_damage_mb2();
    test_mb1();
    test_random(argc > 1 ? (unsigned)atoi(argv[1]) : 1);
    printf("1..%d\n", tests);
    free(memory);
    return failures != 0;
}
