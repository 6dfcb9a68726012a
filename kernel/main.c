/* main.c - starts the parts of the kernel, each after those that it needs.
 *
 * Runs once, interrupts off, on the boot stack, which afterwards is the idle thread's.  Everything
 * up to mm_init() works with what the loader said and one piece of RAM behind the kernel image;
 * nothing is ever given back from it.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/kmap.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/keyboard.h"
#include "kernel/device/kpages.h"
#include "kernel/device/pagedev.h"
#include "kernel/device/panic.h"
#include "kernel/device/pic.h"
#include "kernel/device/serial.h"
#include "kernel/device/vga.h"
#include "kernel/file/file.h"
#include "kernel/file/line.h"
#include "kernel/object/keeper.h"
#include "kernel/process/process.h"
#include "kernel/process/words.h"
#include "kernel/ram.h"
#include "kernel/service/mark.h"
#include "kernel/service/sys_section.h"
#include "kernel/watch/monitor.h"
#include "kernel/watch/screen.h"
#include "kernel/watch/trace.h"
#include "lib/string.h"

_Noreturn void kernel_main(uint32_t magic, uint32_t address);

static struct boot_info boot_info;
static struct ram_plan ram_plan;
static struct kmap kmap;

/* The piece of RAM that holds what must exist before there is an allocator. */
static struct {
    pa_t start, end;
    struct pfn *database;
    uint32_t *slots; /* the paging file's words */
    void *tables;
} early;

_Static_assert((int)MONITOR_SCRIPT == (int)OPTIONS_TEXT,
               "the monitor takes all that cmd= can hold");

/* Physical address 0 appears at LAYOUT_KERNEL. */
static void *direct(pa_t pa)
{
    return (void *)(LAYOUT_KERNEL + pa);
}

/* What the loader and the user want; refused as a whole if any of it makes no sense. */
static void read_wishes(uint32_t magic, uint32_t address)
{
    boot_info.kernel_start = (uint32_t)kernel_text_start - LAYOUT_KERNEL - PAGE_SIZE;
    boot_info.kernel_end = (uint32_t)kernel_end - LAYOUT_KERNEL;
    boot_parse(magic, address, direct(0), LAYOUT_DIRECT_SIZE, &boot_info);
    if (boot_info.error)
        panic_refuse("%s", boot_info.error);
    options_parse(boot_info.command_line, &options);
    if (options.error[0])
        panic_refuse("%s", options.error);
    vga_mode(!options.rows25);
    ram_plan_make(&ram_plan, &boot_info, &options);
    if (ram_plan.error[0])
        panic_refuse("%s", ram_plan.error);
}

static void reserve_early(void)
{
    uint32_t database = page_up(ram_plan.limit * sizeof(struct pfn)), size;

    kmap_plan(&kmap, boot_info.range[boot_info.ranges - 1].end, ram_plan.frames);
    size = kmap_frames(&kmap) * PAGE_SIZE + database +
           page_up(pagefile_words(ram_plan.pagefile_blocks) * sizeof(uint32_t));
    early.start = ram_piece(&ram_plan, &boot_info, size);
    if (!early.start)
        panic_refuse("There are no %u KB of RAM in one piece for the frame database; the disc is "
                     "too large for this little memory.",
                     size / 1024);
    early.end = early.start + size;
    early.tables = direct(early.start);
    early.slots = (uint32_t *)((char *)early.tables + kmap_frames(&kmap) * PAGE_SIZE);
    early.database = (struct pfn *)((char *)early.tables + size - database);
    for (char *at = (char *)early.tables; at < (char *)early.database; at += PAGE_SIZE)
        cpu_zero_page(at);
}

/* Hand over the frames of a range, in runs that are the kernel's or nobody's. */
static void add_range(pa_t start, pa_t end)
{
    const pa_t bounds[] = {boot_info.kernel_start, boot_info.kernel_end, early.start, early.end};

    while (start < end) {
        bool kernel =
            (start >= bounds[0] && start < bounds[1]) || (start >= bounds[2] && start < bounds[3]);
        pa_t stop = end;

        for (unsigned i = 0; i < 4; i++)
            if (bounds[i] > start && bounds[i] < stop)
                stop = bounds[i];
        (kernel ? pfn_add_kernel : pfn_add)(start >> PAGE_SHIFT, stop >> PAGE_SHIFT);
        start = stop;
    }
}

static void start_frames(void)
{
    pfn_init(early.database, ram_plan.limit);
    for (uint32_t i = 0; i < ram_plan.ranges; i++) {
        const struct boot_range *range = &ram_plan.range[i];
        pa_t end = i ? range[-1].end : 0;

        memset(pfn_record(end >> PAGE_SHIFT), 0,
               ((range->start - end) >> PAGE_SHIFT) * sizeof(struct pfn));
        add_range(range->start, range->end);
    }
}

static void start_pagefile(void)
{
    if (!ram_plan.pagefile_blocks) {
        pagefile_init(NULL, NULL, NULL);
        return;
    }
    pagedev_latency = options.latency;
    pagefile_init(
        pagedev_start(ram_plan.pagefile_first, ram_plan.pagefile_blocks, options.compress),
        early.slots, pagedev_sum);
}

/* 0: the default. */
static const struct replace_policy *chosen_policy(void)
{
    const struct replace_policy *policy = replace_find(options.policy);
    struct text text = TEXT(256);

    if (options.policy[0] && !policy) {
        words_policies(&text);
        panic_refuse("There is no replacement policy \"%s\"; there are %s.", options.policy,
                     text.buffer);
    }
    return policy;
}

static void start_memory(void)
{
    struct mm_options wish = {
        .frames = options.frames, .policy = chosen_policy(), .poison = options.poison};
    status_t status;

    reserve_early();
    start_frames();
    start_pagefile();
    space_init(kmap_build(&kmap, early.tables), &resident_view);
    status = mm_init(&wish);
    if (status)
        panic_refuse("Memory management did not start (status %08X): frames=%u are too few.",
                     status, options.frames);
}

static void start_devices(void)
{
    pic_init();
    serial_listen();
    keyboard_init();
    if (!options.notick)
        clock_start();
}

/* The disc is the first module, whatever its name. */
static void start_files(void)
{
    const struct boot_module *disc = &boot_info.module[0];

    if (boot_info.modules)
        file_init(direct(disc->start), disc->end - disc->start);
    else
        file_init(NULL, 0);
}

_Noreturn void kernel_main(uint32_t magic, uint32_t address)
{
    uint64_t entered = cpu_tsc();

    console_init();
    cpu_init();
    gdt_init(panic_double_fault);
    idt_init();
    read_wishes(magic, address);
    start_memory();
    console_printf("Pagoda: %u KB of RAM, paging file %u KB, CPU %s,\n"
                   "kernel entered at cycle %llu\n",
                   ram_plan.frames * 4, ram_plan.pagefile_blocks * 4, cpu_features.vendor, entered);
    start_devices();
    thread_init();
    kpages_free(kpages_alloc(1)); /* makes the page table of such memory, which stays */
    clock_init();
    process_init();
    sys_section_init();
    trace_init(options.trace);
    start_files();
    line_init();
    screen_init(options.screen);
    keeper_init();
    mark_nonce = options.nonce;
    monitor_start(options.cmd);
    thread_idle();
}
