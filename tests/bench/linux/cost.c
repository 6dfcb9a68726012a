/* cost.c - the rows of memorycost.c on Linux: the first and only program of a machine that tests/bench/compare boots.
 *
 * Prints the same lines, `bench NAME INSTRUCTIONS`, then restarts the machine, at which QEMU ends.  The paging file is
 * a RAM disk that was written full before, so that it takes no memory while it is measured.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    PAGES = 1024,
    TIMES = 1000,
    OFTEN = 20000,
    REGIONS = 30000,
    SWAP_BYTES = 96 << 20
};

static uint64_t cycles(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

static void report(const char *name, uint64_t total, uint64_t count)
{
    printf("bench %s %llu\n", name, (unsigned long long)(total / (count ? count : 1)));
    fflush(stdout);
}

static void need(int done, const char *what)
{
    if (done)
        return;
    printf("bench: %s failed: %m\n", what);
    fflush(stdout);
    reboot(RB_AUTOBOOT);
}

static void set(const char *setting, const char *value)
{
    int file = open(setting, O_WRONLY);

    need(write(file, value, 1) == 1, setting);
    close(file);
}

/* Small pages, as i386 Windows has them. */
static volatile char *pages(uint32_t count)
{
    void *memory =
        mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    need(memory != MAP_FAILED, "mmap");
    madvise(memory, count * PAGE, MADV_NOHUGEPAGE);
    return memory;
}

static uint64_t write_each(volatile char *memory, uint32_t count)
{
    uint64_t start = cycles();

    for (uint32_t page = 0; page < count; page++)
        memory[page * PAGE] = 1;
    return cycles() - start;
}

static void demand_zero(void)
{
    volatile char *memory = pages(PAGES);

    write_each(memory, PAGES);
    munmap((void *)memory, PAGES * PAGE);
    memory = pages(PAGES);
    report("demand-zero", write_each(memory, PAGES), PAGES);
    munmap((void *)memory, PAGES * PAGE);
}

static void copy_on_write(void)
{
    int file = memfd_create("shared", 0);
    volatile char *shared, *copy;
    char sum = 0;

    need(ftruncate(file, PAGES * PAGE) == 0, "ftruncate");
    shared = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    copy = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    need(shared != MAP_FAILED && copy != MAP_FAILED, "mmap");
    write_each(shared, PAGES);
    for (uint32_t page = 0; page < PAGES; page++)
        sum = (char)(sum + copy[page * PAGE]);
    need(sum == (char)PAGES, "reading the view");
    report("copy-on-write", write_each(copy, PAGES), PAGES);
    munmap((void *)copy, PAGES * PAGE);
    munmap((void *)shared, PAGES * PAGE);
    close(file);
}

static void repair(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    mprotect((void *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1)), PAGE,
             PROT_READ | PROT_WRITE);
}

static void violation(void)
{
    struct sigaction action = {.sa_sigaction = repair, .sa_flags = SA_SIGINFO};
    volatile char *memory = pages(PAGES);

    write_each(memory, PAGES);
    sigaction(SIGSEGV, &action, NULL);
    need(mprotect((void *)memory, PAGES * PAGE, PROT_READ) == 0, "mprotect");
    report("violation", write_each(memory, PAGES), PAGES);
    signal(SIGSEGV, SIG_DFL);
    munmap((void *)memory, PAGES * PAGE);
}

static void calls(void)
{
    uint64_t start = cycles();

    for (int i = 0; i < OFTEN; i++) {
        uint32_t number = 9999; /* there is no such call: entry and exit only */
        __asm__ volatile("int $0x80" : "+a"(number) : : "memory");
    }
    report("null-call", cycles() - start, OFTEN);
    start = cycles();
    for (int i = 0; i < OFTEN; i++)
        close(-1);
    report("close-nothing", cycles() - start, OFTEN);
}

static volatile int switches;

static void *yield(void *unused)
{
    while (switches < OFTEN) {
        switches++;
        sched_yield();
    }
    return unused;
}

static void yields(void)
{
    pthread_t thread;
    uint64_t start;

    need(pthread_create(&thread, NULL, yield, NULL) == 0, "pthread_create");
    sched_yield();
    start = cycles();
    switches = 0;
    yield(NULL);
    report("yield", cycles() - start, (uint32_t)switches);
    pthread_join(thread, NULL);
}

static void protect(const char *name)
{
    volatile char *memory = pages(4);
    uint64_t start;

    write_each(memory, 4);
    start = cycles();
    for (int i = 0; i < TIMES / 2; i++) {
        mprotect((void *)(memory + PAGE), PAGE, PROT_READ);
        mprotect((void *)(memory + PAGE), PAGE, PROT_READ | PROT_WRITE);
    }
    report(name, cycles() - start, TIMES);
    munmap((void *)memory, 4 * PAGE);
}

static void reserve_release(const char *name, int touch)
{
    uint64_t start = cycles();

    for (int i = 0; i < TIMES; i++) {
        volatile char *memory =
            mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (touch)
            memory[0] = 1;
        munmap((void *)memory, PAGE);
    }
    report(name, cycles() - start, TIMES);
}

/* Neighbours of different protections are not merged. */
static void regions(void)
{
    static void *other[REGIONS];

    reserve_release("map-unmap", 0);
    reserve_release("map-touch-unmap", 1);
    protect("protect");
    for (int i = 0; i < REGIONS; i++) {
        other[i] =
            mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        need(other[i] != MAP_FAILED, "mmap of 30,000 regions");
    }
    reserve_release("map-unmap-30000", 0);
    protect("protect-30000");
    munmap(other[REGIONS / 2], PAGE);
    reserve_release("map-unmap-hole", 0);
    for (int i = 0; i < REGIONS; i++)
        munmap(other[i], PAGE);
}

static uint64_t faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_majflt;
}

/* A disk in RAM, written full, with the header that mkswap(8) would write. */
static void start_swap(void)
{
    static char page[PAGE] __attribute__((aligned(PAGE)));
    uint32_t header[3] = {1, SWAP_BYTES / PAGE - 1, 0}; /* version, last page, bad pages */
    int module = open("/brd.ko", O_RDONLY), disk;

    need(syscall(SYS_finit_module, module, "rd_nr=1 rd_size=98304", 0) == 0, "loading brd.ko");
    disk = open("/dev/ram0", O_WRONLY | O_DIRECT);
    need(disk >= 0, "opening /dev/ram0");
    memset(page, 0xA5, sizeof page);
    for (uint32_t i = 0; i < SWAP_BYTES / PAGE; i++)
        need(write(disk, page, PAGE) == PAGE, "writing to /dev/ram0");
    memset(page, 0, sizeof page);
    memcpy(page + 1024, header, sizeof header);
    memcpy(page + PAGE - 10, "SWAPSPACE2", 10);
    need(pwrite(disk, page, PAGE, 0) == PAGE && fsync(disk) == 0, "writing the header");
    close(disk);
    set("/proc/sys/vm/drop_caches", "3");
    set("/proc/sys/vm/page-cluster", "0"); /* a page at a time, as Pagoda */
    need(swapon("/dev/ram0", 0) == 0, "swapon");
}

static void swap(void)
{
    struct sysinfo info;
    uint32_t free, quarter;
    volatile char *some, *others;
    uint64_t before, start;
    char sum = 0;

    start_swap();
    sysinfo(&info);
    free = (uint32_t)(info.freeram * info.mem_unit / PAGE);
    quarter = free / 4;
    some = pages(quarter);
    others = pages(free + free / 2);
    write_each(some, quarter);
    write_each(others, free + free / 2);
    munmap((void *)others, (free + free / 2) * PAGE);
    before = faults();
    start = cycles();
    for (uint32_t page = 0; page < quarter; page++)
        sum = (char)(sum + some[page * PAGE]);
    start = cycles() - start;
    need(sum == (char)quarter && faults() > before, "reading what was swapped out");
    report("swap-in", start, faults() - before);
    munmap((void *)some, quarter * PAGE);
    free = free / 2 * 3;
    some = pages(free);
    write_each(some, free);
    write_each(some, free);
    before = faults();
    start = write_each(some, free);
    report("swap-pair", start, faults() - before);
}

int main(void)
{
    uint64_t start = cycles();

    mkdir("/proc", 0755);
    mkdir("/dev", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    set("/proc/sys/debug/exception-trace", "0"); /* the first program's signals are logged */
    report("startup@64", start, 1);
    demand_zero();
    copy_on_write();
    violation();
    calls();
    yields();
    regions();
    swap();
    reboot(RB_AUTOBOOT);
}
