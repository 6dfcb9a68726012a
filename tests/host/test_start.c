/* test_start.c - the kernel's command line, and who gets which RAM.
 *
 * sources: kernel/options.c kernel/ram.c lib/format.c lib/parse.c lib/string.c
 */
#include "kernel/options.h"
#include "kernel/ram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MB (1u << 20)

static int tests, failures;
static struct options out;
static struct boot_info info;
static struct ram_plan plan;

static void check(bool good, const char *name)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
    if (!good) {
        printf("# options: %s; plan: %s\n", out.error, plan.error);
        failures++;
    }
}

static bool refused(const char *line, const char *words)
{
    options_parse(line, &out);
    return strstr(out.error, words) != NULL;
}

static bool taken(const char *line)
{
    options_parse(line, &out);
    return out.error[0] == 0;
}

static void test_options(void)
{
    check(taken("") && out.mem == 0 && !out.pagefile_set && out.screen && !out.trace && !out.cmd[0],
          "an empty line leaves the defaults");
    check(taken("mem=16M pagefile=96M frames=200 policy=clock trace screen=off notick") &&
              out.mem == 16 * MB && out.pagefile == 96 * MB && out.pagefile_set &&
              out.frames == 200 && !strcmp(out.policy, "clock") && out.trace && !out.screen &&
              out.notick,
          "every option is read");
    check(taken("\"cmd=run thrash.exe 64 random; vm; exit\"  trace") && out.trace &&
              !strcmp(out.cmd, "run thrash.exe 64 random; vm; exit"),
          "a quoted word keeps its blanks");
    check(taken("cmd=\"a b\"") && !strcmp(out.cmd, "a b"), "quotes inside a word");
    check(taken("\"cmd=run \\\"my file\\\" c:\\\\x it\\'s\"") &&
              !strcmp(out.cmd, "run \"my file\" c:\\x it's"),
          "a backslash takes the next character as it is");
    check(taken("pagefile=0") && out.pagefile == 0 && out.pagefile_set, "no paging file");
    check(refused("\"cmd=vm", "quotation mark"), "an open quotation mark");
    check(refused("mem=", "mem="), "mem without a size");
    check(refused("mem=16X", "not understood"), "mem with a wrong unit");
    check(refused("mem=0", "some RAM"), "no RAM at all");
    check(refused("mem=99999999999M", "not understood"), "more than 4 GB");
    check(refused("pagefile=-1", "not understood"), "a negative size");
    check(refused("frames=many", "frames"), "frames that are no number");
    check(refused("screen=maybe", "on or off"), "neither on nor off");
    check(refused("policy=a-name-that-no-policy-could-ever-have", "too long"),
          "a long policy name");
    check(refused("colour=red", "Unknown option \"colour=red\""), "an unknown option");
    check(refused("traces", "Unknown option"), "an option with a tail");
}

static void test_long_line(void)
{
    char line[4096];

    memset(line, 'x', sizeof line);
    memcpy(line, "cmd=", 4);
    line[sizeof line - 1] = 0;
    check(refused(line, "Unknown") || refused(line, "too long") || strlen(out.cmd) < OPTIONS_TEXT,
          "a word longer than the buffer does no harm");
}

/* A PC with `mb` MB: 639 KB, a hole, then the rest without its last 128 KB. */
static void pc(uint32_t mb)
{
    memset(&info, 0, sizeof info);
    info.range[0] = (struct boot_range){0x1000, 0x9F000};
    info.range[1] = (struct boot_range){MB, mb * MB - 0x20000};
    info.ranges = 2;
    info.kernel_start = MB;
    info.kernel_end = MB + 0x60000;
}

static void module(uint32_t start, uint32_t end)
{
    info.module[info.modules++] = (struct boot_module){.start = start, .end = end};
}

static void make(const char *line)
{
    options_parse(line, &out);
    ram_plan_make(&plan, &info, &out);
}

static bool holds(uint32_t start, uint32_t end)
{
    for (uint32_t i = 0; i < plan.ranges; i++)
        if (plan.range[i].start < end && plan.range[i].end > start)
            return true;
    return false;
}

static bool says(const char *words)
{
    return strstr(plan.error, words) != NULL;
}

static void test_plan(void)
{
    pc(115);
    module(MB + 0x60000, 2 * MB + 0x345);
    make("mem=16M pagefile=96M");
    check(!plan.error[0] && plan.frames == 16 * MB / PAGE_SIZE, "mem= is exact");
    check(plan.pagefile_blocks == 96 * 256 &&
              plan.pagefile_first == (115 * MB - 0x20000 - 96 * MB) / PAGE_SIZE,
          "the paging file lies at the top");
    check(!holds(MB + 0x60000, 2 * MB + 0x1000), "the module's pages are not RAM");
    check(holds(MB, MB + 0x60000) && holds(2 * MB + 0x1000, 2 * MB + 0x2000),
          "the kernel and what follows the module are");
    check(plan.limit == plan.range[plan.ranges - 1].end >> PAGE_SHIFT, "limit");
    check(ram_piece(&plan, &info, MB) == 2 * MB + 0x1000, "the first piece behind the module");
    check(ram_piece(&plan, &info, 64 * MB) == 0, "no piece is that large");
    make("pagefile=0");
    check(!plan.error[0] && plan.pagefile_blocks == 0 && plan.frames > 113 * 256,
          "without mem= everything is RAM");
    make("");
    check(plan.pagefile_blocks ==
              (info.range[0].end - info.range[0].start + info.range[1].end - info.range[1].start) /
                  4 / PAGE_SIZE,
          "the default paging file is a quarter of a small machine");
    pc(512);
    make("");
    check(plan.pagefile_blocks == 64 * 256, "and 64 MB of a large one");
}

static void test_refusals(void)
{
    pc(115);
    make("mem=4M pagefile=96M");
    check(says("needs 16 MB") && says("4096 KB"), "4 MB are too little");
    make("mem=15M");
    check(says("needs 16 MB"), "15 MB are too little");
    make("mem=64M pagefile=96M");
    check(says("asks for 64 MB") && says("18 MB"), "more than there is");
    make("pagefile=512M");
    check(says("in one piece"), "no room for the paging file");
    make("pagefile=110M");
    check(says("Only"), "the paging file leaves too little");
    pc(16);
    make("");
    check(!plan.error[0], "a machine with 16 MB starts");
    pc(4);
    make("");
    check(says("needs 16 MB"), "a machine with 4 MB does not");
    memset(&info, 0, sizeof info);
    info.range[0] = (struct boot_range){0xE0000000, 0xFFFFF000};
    info.ranges = 1;
    make("");
    check(says("needs 16 MB"), "RAM above 3.5 GB does not count");
}

/* Any map and module: the plan's ranges are RAM, disjoint, and clear of the devices. */
static bool plan_is_sound(void)
{
    uint32_t before = 0, frames = 0;

    for (uint32_t i = 0; i < plan.ranges; i++) {
        const struct boot_range *r = &plan.range[i];
        bool inside = false;

        for (uint32_t j = 0; j < info.ranges; j++)
            inside |= info.range[j].start <= r->start && r->end <= info.range[j].end;
        if (!inside || r->start < before || r->end <= r->start)
            return false;
        before = r->end;
        frames += (r->end - r->start) / PAGE_SIZE;
    }
    for (uint32_t i = 0; i < info.modules; i++)
        if (holds(info.module[i].start, info.module[i].end))
            return false;
    return frames == plan.frames &&
           !holds(plan.pagefile_first * PAGE_SIZE,
                  (plan.pagefile_first + plan.pagefile_blocks) * PAGE_SIZE);
}

static void test_random(unsigned seed)
{
    bool good = true;

    printf("# seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 20000 && good; round++) {
        uint32_t at = MB;
        char line[64];

        pc(64);
        for (info.ranges = 1; info.ranges < 6; info.ranges++) {
            uint32_t size = (1 + (uint32_t)rand() % 8192) * PAGE_SIZE;
            info.range[info.ranges] = (struct boot_range){at, at + size};
            at += size + (1 + (uint32_t)rand() % 64) * PAGE_SIZE;
        }
        for (unsigned i = 0; i < 2; i++) {
            const struct boot_range *r = &info.range[1 + i];
            uint32_t start = r->start + (r->end - r->start) / 4 * 3;
            if (start >= info.kernel_end)
                module(start + (uint32_t)rand() % 100, r->end - (uint32_t)rand() % 100);
        }
        snprintf(line, sizeof line, "mem=%uK pagefile=%uK", 16384 + rand() % 65536, rand() % 65536);
        make(line);
        good = plan.error[0] ? strlen(plan.error) > 20 : plan_is_sound();
    }
    check(good, "20000 random machines: sound, or refused with a sentence");
}

int main(int argc, char **argv)
{
    test_options();
    test_long_line();
    test_plan();
    test_refusals();
    test_random(argc > 1 ? (unsigned)atoi(argv[1]) : 1);
    printf("1..%d\n", tests);
    return failures != 0;
}
