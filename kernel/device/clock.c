/* clock.c - what time it is: the timer (8253, channel 0), which interrupts every 10 ms, and the battery clock.
 *
 * The fine counter reads how far the timer has counted down inside the current tick, so counter and
 * ticks can never drift apart and nothing has to be calibrated.
 *
 * Nothing in ring 3 can switch interrupts off, except in virtual-8086 mode, which a program can enter under QEMU
 * (frame.h).  So each tick feeds the watchdog on the ISA bus (iBASE 700; QEMU: -device ib700): when it was silent for two
 * seconds a non-maskable interrupt gets the CPU back.
 */
#include "kernel/device/clock.h"

#include "kernel/abi.h"
#include "kernel/cpu/cpu.h"
#include "kernel/device/pic.h"
#include "lib/string.h"
#include "mm/mm.h"

/* The battery clock (MC146818 data sheet): index and data port, registers, bits of B. */
enum {
    RTC_INDEX = 0x70,
    RTC_DATA = 0x71,
    RTC_SECOND = 0,
    RTC_MINUTE = 2,
    RTC_HOUR = 4,
    RTC_DAY = 7,
    RTC_MONTH = 8,
    RTC_YEAR = 9,
    RTC_A = 10,
    RTC_B = 11,
    RTC_A_UPDATING = 0x80,
    RTC_B_24H = 2,
    RTC_B_BINARY = 4,
    RTC_TRIES = 100000, /* an update takes 2 ms at most */
};

enum {
    PIT_COUNTER = 0x40,
    PIT_COMMAND = 0x43,
    PIT_LATCH = 0,   /* hold counter 0, to be read */
    PIT_RATE = 0x34, /* counter 0, low then high byte, mode 2: a pulse every N clocks */
    PIT_DIVISOR = (CLOCK_FREQUENCY + CLOCK_HZ / 2) / CLOCK_HZ,
    WATCHDOG = 0x443,
    TWO_SECONDS = 14, /* 0 is 30 seconds, each step takes two away */
};

#define UNITS_PER_SECOND 10000000u
#define UNITS_PER_MS     10000u
#define UNIX_TO_1601     11644473600u /* seconds between the two epochs */

volatile uint32_t clock_ticks;
static uint64_t start_time; /* system time when the ticks were 0 */

static uint8_t rtc(uint8_t index)
{
    outb(RTC_INDEX, index);
    return inb(RTC_DATA);
}

/* A register as a number, whether it is kept in BCD or binary. */
static uint32_t rtc_number(uint8_t index, bool binary)
{
    uint8_t value = rtc(index) & 0x7F;

    return binary ? value : (uint32_t)(value >> 4) * 10 + (value & 15);
}

/* From 12 hours the highest bit says "p.m.". */
static uint32_t rtc_hour(uint8_t control)
{
    uint32_t hour = rtc_number(RTC_HOUR, control & RTC_B_BINARY);

    return control & RTC_B_24H ? hour : hour % 12 + (rtc(RTC_HOUR) & 0x80 ? 12 : 0);
}

/* Days from 1970-01-01 to the given day; every fourth year is a leap year from 1970 to 2099. */
static uint32_t days_since_1970(uint32_t year, uint32_t month, uint32_t day)
{
    static const uint16_t before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    uint32_t leaps = (year - 1969) / 4;

    if (year % 4 == 0 && month > 2)
        leaps++;
    return (year - 1970) * 365 + leaps + before[(month - 1) % 12] + day - 1;
}

static uint64_t read_battery_clock(void)
{
    uint32_t tries = RTC_TRIES;
    uint8_t control;
    bool binary;
    uint32_t days;

    while ((rtc(RTC_A) & RTC_A_UPDATING) && --tries)
        ;
    control = rtc(RTC_B);
    binary = control & RTC_B_BINARY;
    days = days_since_1970(2000 + rtc_number(RTC_YEAR, binary), rtc_number(RTC_MONTH, binary),
                           rtc_number(RTC_DAY, binary));
    return (uint64_t)days * 86400 + rtc_hour(control) * 3600ull +
           rtc_number(RTC_MINUTE, binary) * 60ull + rtc_number(RTC_SECOND, binary);
}

uint64_t clock_from_unix(uint64_t seconds)
{
    return (seconds + UNIX_TO_1601) * UNITS_PER_SECOND;
}

/* Which PF_... numbers (IsProcessorFeaturePresent) follow from which bit of CPUID.1:EDX. */
static void note_features(uint8_t features[])
{
    static const struct {
        uint8_t feature, bit;
    } bits[] = {{2, 8} /* cmpxchg8b */,
                {3, 23} /* MMX */,
                {6, 25} /* SSE */,
                {8, 4} /* rdtsc */,
                {10, 26} /* SSE2 */};

    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        features[bits[i].feature] = cpu_features.edx >> bits[i].bit & 1;
}

static void put_time(struct abi_time *time, uint64_t value)
{
    time->high2 = (uint32_t)(value >> 32);
    time->low = (uint32_t)value;
    time->high1 = (uint32_t)(value >> 32);
}

/* Programs see the new time. */
static void show_time(void)
{
    struct abi_shared_page *page = mm_shared_page();

    put_time(&page->ticks, clock_ticks);
    put_time(&page->interrupt_time, clock_ms() * UNITS_PER_MS);
    put_time(&page->system_time, clock_now());
}

void clock_init(void)
{
    struct abi_shared_page *page = mm_shared_page();
    struct mm_totals totals;

    mm_totals(&totals);
    start_time = clock_from_unix(read_battery_clock());
    page->tick_multiplier = (uint32_t)CLOCK_TICK_MS << 24;
    page->image_low = page->image_high = 0x14C;
    memcpy(page->system_root, u"C:\\", 4 * sizeof(uint16_t));
    page->product_type = page->product_type_valid = 1;
    page->major_version = ABI_MAJOR_VERSION;
    page->minor_version = ABI_MINOR_VERSION;
    note_features(page->processor_features);
    page->processors = 1;
    page->physical_pages = totals.ram_frames;
    page->cookie = (uint32_t)start_time * 2654435761u;
    show_time();
}

void clock_start(void)
{
    outb(PIT_COMMAND, PIT_RATE);
    outb(PIT_COUNTER, PIT_DIVISOR & 0xFF);
    outb(PIT_COUNTER, PIT_DIVISOR >> 8);
    pic_enable(PIC_TIMER);
}

void clock_tick(void)
{
    clock_ticks = clock_ticks + 1;
    outb(WATCHDOG, TWO_SECONDS); /* starts it, or tells it that all is well */
    show_time();
}

uint64_t clock_ms(void)
{
    return (uint64_t)clock_ticks * CLOCK_TICK_MS;
}

uint64_t clock_now(void)
{
    return start_time + clock_ms() * UNITS_PER_MS;
}

/* Counts down from the period to 1. */
static uint32_t read_counter(void)
{
    uint32_t left;

    outb(PIT_COMMAND, PIT_LATCH);
    left = inb(PIT_COUNTER);
    return left | (uint32_t)inb(PIT_COUNTER) << 8;
}

void clock_delay(uint32_t microseconds)
{
    uint64_t wanted = (uint64_t)microseconds * CLOCK_FREQUENCY / 1000000, passed = 0;
    uint32_t before = read_counter();

    while (passed < wanted) {
        uint32_t now = read_counter();

        passed += now <= before ? before - now : before + CLOCK_FREQUENCY / CLOCK_HZ - now;
        before = now;
    }
}

/* When the counter has started over but its interrupt is still waiting, the tick is missing from
 * the sum; the last answer is given again then. */
uint64_t clock_counter(void)
{
    static uint64_t last;
    const uint32_t period = CLOCK_FREQUENCY / CLOCK_HZ;
    uint32_t left = read_counter();
    uint64_t now;

    now = (uint64_t)clock_ticks * period + (left < period ? period - left : 0);
    if (now > last)
        last = now;
    return last;
}
