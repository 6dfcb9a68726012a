/* machine.c - the software machine of the host tests. */
#include "tests/host/machine.h"
#include "kernel/device/checksum.h"
#include "lib/chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TLB_ENTRIES = 64, MAX_FRAMES = 0x8000, KERNEL_FRAMES = 4 };

struct tlb_entry {
    bool valid;
    pfn_t dir;
    va_t page;
    pte_t pte; /* as it was when it was loaded */
};

struct fault machine_last_fault;
uint32_t machine_faults;
status_t (*machine_fault)(struct fault *fault) = mm_fault;
va_t machine_stack_low, machine_stack_top;
bool machine_forgets_nothing;
uint32_t machine_fail_read, machine_fail_write;
bool machine_refuses_writes;

char *machine_direct; /* the same as `ram` */

static uint8_t (*ram)[PAGE_SIZE];
static uint8_t (*disk)[PAGE_SIZE];
static struct tlb_entry tlb[TLB_ENTRIES];
static jmp_buf panic_return;
static bool panic_expected;
static char panic_text[256];

void *machine_frame(pfn_t frame)
{
    if (frame == PFN_NONE || frame >= pfn_limit)
        machine_panic("frame %u is not RAM", frame);
    return ram[frame];
}

void machine_zero(pfn_t frame)
{
    memset(machine_frame(frame), 0, PAGE_SIZE);
}

void machine_copy(pfn_t to, pfn_t from)
{
    memcpy(machine_frame(to), machine_frame(from), PAGE_SIZE);
}

uint32_t machine_sum(void *page)
{
    return checksum_copy(page, page, true);
}

static struct tlb_entry *tlb_slot(va_t va)
{
    return &tlb[va >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
}

void machine_forget(pfn_t dir, va_t va)
{
    struct tlb_entry *entry = tlb_slot(va);

    if (!machine_forgets_nothing && entry->dir == dir && entry->page == page_down(va))
        entry->valid = false;
}

void machine_load(pfn_t dir)
{
    (void)dir;
    memset(tlb, 0, sizeof tlb);
}

void machine_trace(struct fault *fault)
{
    machine_last_fault = *fault;
    machine_faults++;
}

static void stack_of_program(va_t *low, va_t *top)
{
    *low = machine_stack_low;
    *top = machine_stack_top;
}

void machine_panic(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(panic_text, sizeof panic_text, format, arguments);
    va_end(arguments);
    if (panic_expected)
        longjmp(panic_return, 1);
    printf("Bail out! panic: %s\n", panic_text);
    fflush(stdout);
    abort();
}

bool test_panics(void (*action)(void *), void *context, const char **why)
{
    bool panicked = true;

    panic_expected = true;
    if (setjmp(panic_return) == 0) {
        action(context);
        panicked = false;
    }
    panic_expected = false;
    *why = panicked ? panic_text : "";
    return panicked;
}

static status_t disk_read(struct block_device *device, uint32_t block, pfn_t into)
{
    (void)device;
    if (machine_fail_read && --machine_fail_read == 0)
        return STATUS_UNSUCCESSFUL;
    memcpy(machine_frame(into), disk[block], PAGE_SIZE);
    return STATUS_SUCCESS;
}

static status_t disk_write(struct block_device *device, uint32_t block, pfn_t from)
{
    (void)device;
    if (machine_refuses_writes || (machine_fail_write && --machine_fail_write == 0))
        return STATUS_UNSUCCESSFUL;
    memcpy(disk[block], machine_frame(from), PAGE_SIZE);
    return STATUS_SUCCESS;
}

static void disk_flip(struct block_device *device, uint32_t block, uint32_t bit)
{
    (void)device;
    disk[block][bit / 8 % PAGE_SIZE] ^= (uint8_t)(1 << bit % 8);
}

void machine_start(uint32_t frames, uint32_t slots, const struct mm_options *options)
{
    static struct block_device device = {
        .name = "test disk", .read = disk_read, .write = disk_write, .flip = disk_flip};
    static struct pfn database[MAX_FRAMES];
    static uint32_t *words;
    struct mm_options none = {0};
    pfn_t dir;

    free(ram);
    free(disk);
    ram = aligned_alloc(PAGE_SIZE, (size_t)frames * PAGE_SIZE);
    disk = aligned_alloc(PAGE_SIZE, (size_t)(slots + 1) * PAGE_SIZE);
    memset(ram, 0xA5, (size_t)frames * PAGE_SIZE);
    machine_direct = (char *)ram;
    memset(tlb, 0, sizeof tlb);
    /* All records but the first frame's are begun by who hands the frames over. */
    memset(database, 0xA5, sizeof database);
    memset(database, 0, sizeof *database);
    free(words);
    words = calloc(pagefile_words(slots) + 1, sizeof *words);
    machine_fail_read = machine_fail_write = machine_faults = 0;
    machine_refuses_writes = false;
    machine_stack_low = machine_stack_top = 0;
    fault_stack = stack_of_program;
    device.blocks = slots;
    pfn_init(database, frames);
    pfn_add_kernel(1, KERNEL_FRAMES);
    pfn_add(KERNEL_FRAMES, frames);
    pagefile_init(slots ? &device : NULL, words, machine_sum);
    memset(&pool_counters, 0, sizeof pool_counters);
    fault_count = 0;
    memset(fault_kind_count, 0, sizeof fault_kind_count);
    if (paging_create(&dir))
        machine_panic("no frame for the kernel's directory");
    space_init(dir, &resident_view);
    if (mm_init(options ? options : &none))
        machine_panic("mm_init() refused");
}

/* One page's translation, as the CPU finds it: the TLB first, then the tables. */
static bool translate(struct space *space, va_t va, bool write, pte_t *out)
{
    struct tlb_entry *entry = tlb_slot(va);
    bool hit = entry->valid && entry->dir == space->dir && entry->page == page_down(va);
    pte_t *pte;

    if (hit && (!write || (entry->pte & (PTE_W | PTE_D)) == (PTE_W | PTE_D))) {
        *out = entry->pte;
        return true;
    }
    if (hit && write && !(entry->pte & PTE_W)) {
        entry->valid = false; /* a fault drops the entry that caused it */
        return false;
    }
    pte = va < LAYOUT_USER_END ? paging_find(space->dir, va) : NULL;
    if (!pte || !pte_is_valid(*pte) || !(*pte & PTE_U) || (write && !(*pte & PTE_W)))
        return false;
    *pte |= PTE_A | (write ? PTE_D : 0u);
    *entry = (struct tlb_entry){true, space->dir, page_down(va), *pte};
    *out = *pte;
    return true;
}

static status_t access_byte(struct space *space, va_t va, bool write, uint8_t **byte)
{
    pte_t pte;

    while (!translate(space, va, write, &pte)) {
        struct fault fault = {.space = space,
                              .va = va,
                              .pc = 0x401000,
                              .access = write ? FAULT_WRITE : FAULT_READ,
                              .user = true,
                              .tid = 1,
                              /* what mm_fault() sets is rubbish before, as in the kernel's ring */
                              .region = (const struct vad *)0xFEFEFEFE,
                              .prot = 0xFEFEFEFE,
                              .pte_before = 0xFEFEFEFE,
                              .pte_after = 0xFEFEFEFE};

        machine_fault(&fault);
        if (fault.status)
            return fault.status;
    }
    *byte = ram[pte_frame(pte)] + (va & PAGE_MASK);
    return STATUS_SUCCESS;
}

status_t machine_read(struct space *space, va_t va, uint8_t *byte)
{
    uint8_t *at;
    status_t status = access_byte(space, va, false, &at);

    if (!status)
        *byte = *at;
    return status;
}

status_t machine_write(struct space *space, va_t va, uint8_t byte)
{
    uint8_t *at;
    status_t status = access_byte(space, va, true, &at);

    if (!status)
        *at = byte;
    return status;
}

status_t machine_read32(struct space *space, va_t va, uint32_t *word)
{
    uint8_t *at;
    status_t status = access_byte(space, va, false, &at);

    if (!status)
        memcpy(word, at, sizeof *word);
    return status;
}

status_t machine_write32(struct space *space, va_t va, uint32_t word)
{
    uint8_t *at;
    status_t status = access_byte(space, va, true, &at);

    if (!status)
        memcpy(at, &word, sizeof word);
    return status;
}

static unsigned tests, failures;

void test_ok(bool ok, const char *format, ...)
{
    va_list arguments;

    printf("%sok %u - ", ok ? "" : "not ", ++tests);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
    failures += !ok;
}

int test_end(void)
{
    printf("1..%u\n", tests);
    return failures ? 1 : 0;
}

static uint32_t state;

uint32_t test_seed(void)
{
    const char *text = getenv("SEED");

    state = text ? (uint32_t)strtoul(text, NULL, 0) : (uint32_t)time(NULL);
    if (!state)
        state = 1;
    printf("# seed %u (SEED=%u repeats this run)\n", state, state);
    return state;
}

bool test_long(void)
{
    return getenv("PAGODA_LONG") != NULL;
}

uint32_t test_random(void)
{
    if (!state)
        machine_panic("test_seed() comes first: without a seed all numbers are 0");
    return state = chance_next(state);
}

uint32_t test_below(uint32_t limit)
{
    return test_random() % limit;
}
