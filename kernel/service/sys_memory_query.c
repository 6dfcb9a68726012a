/* sys_memory_query.c - system calls and records that say what memory a process has. */
#include "kernel/service/sys_memory.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/file/file.h"
#include "kernel/process/image.h"
#include "kernel/process/process.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

/* Memory information classes. */
enum { CLASS_BASIC, CLASS_WORKING_SET, CLASS_MAPPED_NAME, CLASS_REGION, CLASS_WORKING_SET_EX };

/* Results leave through these; *returned counts their bytes, whether or not the program asks. */
struct answer {
    va_t buffer;
    uint32_t room, returned;
};

static status_t query_basic(struct space *space, va_t va, struct answer *answer)
{
    struct virtual_region region;
    status_t status;

    _Static_assert(sizeof region == 28, "MEMORY_BASIC_INFORMATION");
    if (answer->room < sizeof region)
        return STATUS_INFO_LENGTH_MISMATCH;
    status = virtual_query(space, va, &region);
    answer->returned = sizeof region;
    return status ?: usercopy_write(answer->buffer, &region, sizeof region);
}

/* MEMORY_REGION_INFORMATION: the whole allocation (X5) and its kind: 1 private, 2 a file's bytes, 4 an image, 8 the
 * paging file. */
static status_t query_region(struct space *space, va_t va, struct answer *answer)
{
    const struct vad *vad = space_region(space, va);
    uint32_t kind = !vad || vad->type == VAD_PRIVATE ? 1
                    : vad->type == VAD_IMAGE         ? 4
                    : vad->section->of_file          ? 2
                                                     : 8;

    if (answer->room < (answer->returned = 4 * sizeof(uint32_t)))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!vad)
        return STATUS_INVALID_ADDRESS;
    return usercopy_write(
        answer->buffer,
        (uint32_t[4]){vad->start, prot_to_windows(vad->prot), kind, vad->end - vad->start}, 16);
}

/* The file that is mapped there, by its device: a counted text, which lies right behind (X5). */
static status_t query_mapped_name(struct space *space, va_t va, struct answer *answer)
{
    enum { HEAD = 8, DEVICE = 24 };
    static struct {
        uint16_t length, room;
        va_t text;
        uint16_t words[DEVICE + FILE_PATH];
    } record;
    const struct vad *vad = space_region(space, va);
    char path[DEVICE + FILE_PATH] = "\\Device\\HarddiskVolume1\\";
    const struct file_node *node;

    if (!vad || vad->type == VAD_PRIVATE)
        return STATUS_INVALID_ADDRESS;
    node = vad->type == VAD_IMAGE ? ((const struct image *)vad->section->file)->file->node
                                  : file_node_of(vad->section);
    if (!node || !file_path(node, path + DEVICE))
        return STATUS_FILE_INVALID;
    record.length = 2 * (uint16_t)strlen(path);
    record.room = record.length + 2;
    for (uint32_t i = 0; i < record.room / 2u; i++)
        record.words[i] = (uint8_t)path[i];
    record.text = answer->buffer + HEAD;
    answer->returned = HEAD + record.room;
    return answer->room < HEAD ? STATUS_INFO_LENGTH_MISMATCH
           : answer->room < answer->returned
               ? STATUS_BUFFER_OVERFLOW
               : usercopy_write(answer->buffer, &record, answer->returned);
}

/* How many processes share the frame, 7 being "7 or more"; 0 for private pages. */
static uint32_t share_count(pte_t pte)
{
    const struct pfn *frame = pfn_record(pte_frame(pte));

    return frame->use != PFN_USE_SHARED ? 0 : frame->shares < 7 ? frame->shares : 7;
}

/* PSAPI_WORKING_SET_EX_BLOCK: valid, share count, protection, shared, locked (W131). */
static uint32_t describe_ex(struct space *space, va_t va)
{
    const pte_t *word = va < LAYOUT_USER_END ? paging_find(space->dir, va) : NULL;
    pte_t pte = word && pte_is_valid(*word) ? *word : 0;
    const struct vad *vad = space_region(space, va);
    uint32_t shares;

    if (!pte)
        return vad && vad->type != VAD_PRIVATE ? 1u << 15 : 0;
    shares = share_count(pte);
    return 1 | shares << 1 | (prot_to_windows(pte_prot(pte)) & 0x7FF) << 4 |
           (uint32_t)(shares > 0) << 15 | (uint32_t)resident_is_locked(vad, va, pte) << 22;
}

/* An array of pairs: an address from the program, its block from us. */
static status_t query_working_set_ex(struct space *space, va_t, struct answer *answer)
{
    status_t status = usercopy_probe(answer->buffer, answer->room);

    if (answer->room < 2 * sizeof(uint32_t))
        return STATUS_INFO_LENGTH_MISMATCH;
    for (uint32_t at = 0; at + 2 * sizeof(uint32_t) <= answer->room && !status;
         at += 2 * (uint32_t)sizeof(uint32_t)) {
        va_t va;

        status = (at % PAGE_SIZE ? STATUS_SUCCESS : usercopy_rest())
            ?: usercopy_get(&va, answer->buffer + at)
            ?: usercopy_put(answer->buffer + at + 4, describe_ex(space, va));
        answer->returned = at + 2 * (uint32_t)sizeof(uint32_t);
    }
    return status;
}

/* PSAPI_WORKING_SET_BLOCK: protection in Windows' five bits, share count, shared, page number. */
static uint32_t describe_page(va_t va, pte_t pte)
{
    /* by base protection: no access, read, read-write, copy, execute, ... */
    static const uint8_t five_bits[8] = {24, 1, 4, 5, 2, 3, 6, 7};
    prot_t prot = pte_prot(pte);
    uint32_t bits = five_bits[prot_base(prot)] | (prot & PROT_NOCACHE ? 8 : 0);
    uint32_t shares = share_count(pte);

    return page_down(va) | (uint32_t)(shares > 0) << 8 | shares << 5 | bits;
}

/* The addresses of all resident pages from *va on into sys_memory_piece; returns how many. */
static uint32_t collect_resident(const struct space *space, va_t *va)
{
    const pte_t *pte;
    uint32_t count = 0;

    for (; count < SYS_MEMORY_PIECE && (pte = paging_next(space->dir, va, LAYOUT_USER_END)) != NULL;
         *va += PAGE_SIZE)
        if (pte_is_valid(*pte))
            sys_memory_piece[count++] = describe_page(*va, *pte);
    return count;
}

/* The number of pages, then a block for each.  Too little room: the number only. */
static status_t query_working_set(struct space *space, va_t, struct answer *answer)
{
    uint32_t room = answer->room / 4 - 1, total = 0;
    va_t va = 0;
    status_t status = usercopy_probe(answer->buffer, answer->room);

    if (answer->room < sizeof total)
        return STATUS_INFO_LENGTH_MISMATCH;
    while (!status && va < LAYOUT_USER_END) {
        uint32_t count = collect_resident(space, &va);
        uint32_t fits = total >= room ? 0 : count < room - total ? count : room - total;

        status = usercopy_write(answer->buffer + 4 + total * 4, sys_memory_piece, fits * 4);
        total += count;
    }
    status = status ?: usercopy_put(answer->buffer, total);
    answer->returned = 4 + total * 4;
    return !status && total > room ? STATUS_INFO_LENGTH_MISMATCH : status;
}

static status_t (*const classes[])(struct space *space, va_t va, struct answer *answer) = {
    [CLASS_BASIC] = query_basic,
    [CLASS_WORKING_SET] = query_working_set,
    [CLASS_MAPPED_NAME] = query_mapped_name,
    [CLASS_REGION] = query_region,
    [CLASS_WORKING_SET_EX] = query_working_set_ex,
};

/* process, base, class, buffer, length, *returned (or 0) */
status_t sys_NtQueryVirtualMemory(const uint32_t *a)
{
    struct answer answer = {.buffer = a[3], .room = a[4]};
    struct process *process;

    if (a[2] >= sizeof classes / sizeof *classes)
        return STATUS_INVALID_INFO_CLASS;
    return usercopy_probe_wish(a[5], sizeof(uint32_t))
               ?: sys_memory_lookup(a[0], ACCESS_PROCESS_QUERY, &process)
               ?: classes[a[2]](process->space, a[1], &answer)
               ?: usercopy_put_wish(a[5], answer.returned);
}

void sys_memory_query_counters(struct space *space, struct sys_memory_counters *counters)
{
    memset(counters, 0, sizeof *counters);
    counters->virtual = space->regions.bytes;
    counters->peak_virtual = space->regions.peak_bytes;
    counters->faults = space->counters.faults;
    counters->resident = space->resident * PAGE_SIZE;
    counters->peak_resident = space->peak_resident * PAGE_SIZE;
    counters->commit = counters->private_commit = space->private_commit * PAGE_SIZE;
    counters->peak_commit = space->peak_commit * PAGE_SIZE;
    /* Page tables are what a process costs the kernel in memory that never leaves RAM. */
    counters->nonpaged_pool = counters->peak_nonpaged_pool = space->tables * PAGE_SIZE;
}

/* Limits that nobody has set are "as much as can be expressed". */
void sys_memory_query_quota(struct space *space, struct sys_memory_quota *quota)
{
    memset(quota, 0, sizeof *quota);
    quota->paged_pool = quota->nonpaged_pool = quota->pagefile = UINT32_MAX;
    quota->time = UINT64_MAX;
    quota->minimum = space->ws.minimum * PAGE_SIZE;
    quota->maximum = space->ws.maximum * PAGE_SIZE;
}

enum { LEAST_MINIMUM = 20, LEAST_MAXIMUM = 13 }; /* pages (W127) */

status_t sys_memory_set_quota(struct space *space, const struct sys_memory_quota *quota)
{
    uint32_t minimum = quota->minimum >> PAGE_SHIFT, maximum = quota->maximum >> PAGE_SHIFT;
    struct mm_totals totals;

    if (quota->minimum == UINT32_MAX && quota->maximum == UINT32_MAX) {
        reclaim_empty(space);
        return STATUS_SUCCESS;
    }
    if (quota->minimum == 0 || minimum > maximum || maximum < LEAST_MAXIMUM)
        return STATUS_INVALID_PARAMETER;
    mm_totals(&totals);
    if (minimum > totals.ram_frames - totals.kernel_frames)
        return STATUS_INSUFFICIENT_RESOURCES;
    space->ws.minimum = minimum > LEAST_MINIMUM ? minimum : LEAST_MINIMUM;
    space->ws.maximum = maximum > space->ws.minimum ? maximum : space->ws.minimum;
    return STATUS_SUCCESS;
}
