/* words.c - the memory manager's numbers in words.
 *
 * Cutting off what doesn't fit is harmless here: every caller has a buffer for the longest sentence
 * it can get, and a cut is visible.
 */
#include "kernel/process/words.h"

#include "lib/format.h"
#include "lib/string.h"

void words_size(struct text *text, uint32_t bytes)
{
    if (bytes >= 1u << 20 && bytes % (1u << 20) == 0)
        text_add(text, "%u MB", bytes >> 20);
    else if (bytes >= 1024 && bytes % 1024 == 0)
        text_add(text, "%u KB", bytes >> 10);
    else
        text_add(text, "%u byte%s", bytes, bytes == 1 ? "" : "s");
}

void words_policies(struct text *text)
{
    for (const struct replace_policy *const *p = replace_policies; *p; p++)
        text_add(text, "%s%s", p == replace_policies ? "" : ", ", (*p)->name);
}

void words_prot(struct text *text, prot_t prot)
{
    static const char *const names[] = {"no-access",          "read-only",         "read-write",
                                        "write-copy",         "execute-only",      "execute-read",
                                        "execute-read-write", "execute-write-copy"};

    if (prot & PROT_BAD) {
        text_add(text, "no valid protection");
        return;
    }
    text_add(text, "%s", names[prot_base(prot)]);
    if (prot & PROT_GUARD)
        text_add(text, ", guard");
    if (prot & PROT_NOCACHE)
        text_add(text, ", no-cache");
    if (prot & PROT_WRITECOMBINE)
        text_add(text, ", write-combine");
}

const char *words_prot_short(prot_t prot)
{
    static const char *const names[][2] = {{"---", "---g"}, {"r--", "r--g"}, {"rw-", "rw-g"},
                                           {"rc-", "rc-g"}, {"--x", "--xg"}, {"r-x", "r-xg"},
                                           {"rwx", "rwxg"}, {"rcx", "rcxg"}};

    return names[prot_base(prot)][prot & PROT_GUARD ? 1 : 0];
}

const char *words_status_name(status_t status, const char *otherwise)
{
    static const struct {
        status_t status;
        const char *name;
    } names[] = {
        {STATUS_SUCCESS, "success"},
        {STATUS_TIMEOUT, "time is up"},
        {STATUS_GUARD_PAGE_VIOLATION, "guard page touched"},
        {STATUS_BREAKPOINT, "breakpoint"},
        {STATUS_SINGLE_STEP, "single step"},
        {STATUS_ACCESS_VIOLATION, "access violation"},
        {STATUS_IN_PAGE_ERROR, "page could not be read back"},
        {STATUS_INVALID_PARAMETER, "invalid parameter"},
        {STATUS_NO_SUCH_FILE, "no such file"},
        {STATUS_NO_MEMORY, "out of memory"},
        {STATUS_ILLEGAL_INSTRUCTION, "illegal instruction"},
        {STATUS_CONFLICTING_ADDRESSES, "something else lies there, and it can't be moved"},
        {STATUS_ACCESS_DENIED, "access denied"},
        {STATUS_OBJECT_NAME_INVALID, "not a file name"},
        {STATUS_OBJECT_NAME_NOT_FOUND, "no such file"},
        {STATUS_INVALID_IMAGE_FORMAT, "not a 32-bit Windows program"},
        {STATUS_ARRAY_BOUNDS_EXCEEDED, "array bounds exceeded"},
        {STATUS_INTEGER_DIVIDE_BY_ZERO, "division by zero"},
        {STATUS_INTEGER_OVERFLOW, "integer overflow"},
        {STATUS_PRIVILEGED_INSTRUCTION, "privileged instruction"},
        {STATUS_INSUFFICIENT_RESOURCES, "out of kernel resources"},
        {STATUS_STACK_OVERFLOW, "stack overflow"},
        {STATUS_COMMITMENT_LIMIT, "commit limit reached: RAM and paging file are promised away"},
        {STATUS_DLL_NOT_FOUND, "a DLL it needs is not on the disc"},
        {STATUS_ORDINAL_NOT_FOUND, "a DLL lacks an ordinal it needs"},
        {STATUS_ENTRYPOINT_NOT_FOUND, "a DLL lacks a function it needs"},
        {STATUS_CONTROL_C_EXIT, "ended by Ctrl-C"},
        {STATUS_DLL_INIT_FAILED, "a DLL could not start"},
        {STATUS_NONCONTINUABLE, "continued after a fatal exception"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].status == status)
            return names[i].name;
    return otherwise;
}

void words_status(struct text *text, status_t status)
{
    const char *name = words_status_name(status, NULL);

    text_add(text, "%08X", status);
    if (name)
        text_add(text, " (%s)", name);
}

status_t words_refusal(char *reason, size_t size, status_t status, const char *format, ...)
{
    struct text text = {reason, size, 0};
    va_list arguments;

    va_start(arguments, format);
    format_v(reason, size, format, arguments);
    va_end(arguments);
    text.used = strlen(reason);
    text_add(&text, ": %s (status %08X)", words_status_name(status, "refused"), status);
    return status;
}

void words_bits(struct text *text, pte_t pte)
{
    text_add(text, "%s, %s", pte & PTE_W ? "writable" : "read-only",
             pte & PTE_U ? "user" : "kernel only");
    if (pte & PTE_A)
        text_add(text, ", accessed");
    if (pte & PTE_D)
        text_add(text, ", dirty");
    if (pte & PTE_WRITE_THROUGH)
        text_add(text, ", write-through");
    if (pte & PTE_CACHE_DISABLE)
        text_add(text, ", cache disabled");
    if (pte & PTE_G)
        text_add(text, ", global");
}

void words_pte(struct text *text, pte_t pte)
{
    enum pte_kind kind = pte_kind(pte);

    switch (kind) {
    case PTE_EMPTY:
        text_add(text,
                 "EMPTY: nothing is committed here, or it is a page of a view not touched yet");
        return;
    case PTE_VALID:
        text_add(text, "VALID: frame %05X, ", pte_frame(pte));
        words_bits(text, pte);
        break;
    case PTE_DEMAND_ZERO:
        text_add(text, "DEMAND_ZERO: promised, never touched; zeros at the first touch");
        break;
    case PTE_TRANSITION:
        text_add(text, "TRANSITION: still in frame %05X; touching it is a soft fault",
                 pte_frame(pte));
        break;
    case PTE_PAGEFILE:
        text_add(text, "PAGEFILE: in slot %u; touching it is a hard fault", pte_slot(pte));
        break;
    case PTE_PROTOTYPE:
        text_add(text, "PROTOTYPE: ask the section, or its file");
        break;
    default:
        text_add(text, "%08X: no kind of PTE that Pagoda makes", pte);
        return;
    }
    /* The kernel's own mappings carry no protection besides the hardware's. */
    if (kind != PTE_VALID || prot_base(pte_prot(pte)) != PROT_NOACCESS) {
        text_add(text, "; ");
        words_prot(text, pte_prot(pte));
    }
}

const char words_pte_legend[] =
    "v valid  w valid+dirty  z demand-zero  t transition  p paging file  s prototype";

char words_pte_letter(pte_t pte)
{
    static const char letters[PTE_KIND_MASK + 1] = {
        [PTE_EMPTY] = '.',      [PTE_VALID] = 'v',    [PTE_DEMAND_ZERO] = 'z',
        [PTE_TRANSITION] = 't', [PTE_PAGEFILE] = 'p', [PTE_PROTOTYPE] = 's'};
    enum pte_kind kind = pte_kind(pte);

    return kind == PTE_VALID && pte & PTE_D ? 'w' : letters[kind] ?: '?';
}

void words_owner(struct text *text, const struct space *space)
{
    if (!space)
        text_add(text, "nobody");
    else if (space == &space_kernel)
        text_add(text, "the kernel");
    else
        text_add(text, "%s (process %u)", space->name, space->id);
}

/* Whose page it is. */
static void words_frame_use(struct text *text, const struct pfn *p)
{
    static const char *const others[PFN_USES] = {
        [PFN_USE_NONE] = "nobody's",
        [PFN_USE_TABLE] = "page directory or page table",
        [PFN_USE_POOL] = "pool of small kernel objects",
        [PFN_USE_STACK] = "kernel stack",
        [PFN_USE_KERNEL] = "kernel image and boot data",
    };

    if (p->use == PFN_USE_PHYSICAL) {
        text_add(text, p->pte ? "mapped at %08X, an own page of " : "not mapped, an own page of ",
                 p->va);
        words_owner(text, p->owner);
    } else if (p->use == PFN_USE_PRIVATE) {
        text_add(text, "private page %08X of ", p->va);
        words_owner(text, p->owner);
    } else if (p->use == PFN_USE_SHARED) {
        text_add(text, "page at byte offset %X of section \"%s\"", p->va,
                 p->section ? p->section->name : "?");
    } else {
        text_add(text, "%s", others[p->use]);
    }
}

enum fault_kind words_fault_kind(const char *name)
{
    enum fault_kind kind = FAULT_KINDS - 1;

    while (kind > FAULT_NONE && !string_equal_nocase(name, fault_kind_name(kind)))
        kind--;
    return kind;
}

const char *words_pfn_state(enum pfn_state state)
{
    static const char *const names[PFN_STATES] = {"unusable", "free",   "zeroed", "standby",
                                                  "modified", "active", "bad"};

    return (unsigned)state < PFN_STATES ? names[state] : "?";
}

void words_frame(struct text *text, pfn_t frame)
{
    const struct pfn *p = pfn_look(frame);

    text_add(text, "%s", words_pfn_state(p->state));
    if (p->state != PFN_ACTIVE && p->state != PFN_STANDBY && p->state != PFN_MODIFIED)
        return;
    text_add(text, ", ");
    words_frame_use(text, p);
    if (p->shares)
        text_add(text, ", %u mapping%s", p->shares, p->shares == 1 ? "" : "s");
    if (p->locks)
        text_add(text, ", %u lock%s", p->locks, p->locks == 1 ? "" : "s");
    if (p->modified)
        text_add(text, ", modified since it was read");
    if (p->slot)
        text_add(text, ", copy in slot %u of the paging file", p->slot);
}

const char *words_access(enum fault_access access)
{
    return access == FAULT_WRITE ? "write" : access == FAULT_EXECUTE ? "execute" : "read";
}

/* The last part of a sentence, and a column. */
static const char *const reasons[][2] = {
    [REASON_NONE] = {"nothing was refused", ""},
    [REASON_NULL] = {"the first 64 KB are never mapped, so that null pointers are caught",
                     "null pointer"},
    [REASON_NO_ACCESS_ZONE] = {"the 64 KB below the kernel are never mapped", "fence"},
    [REASON_KERNEL] = {"the upper 2 GB belong to the kernel", "kernel's"},
    [REASON_FREE] = {"nothing was ever reserved there", "free address"},
    [REASON_RESERVED] = {"the page is reserved, but not committed", "reserved"},
    [REASON_NOACCESS] = {"the page is PAGE_NOACCESS", "no access"},
    [REASON_READ_ONLY] = {"the page may be read, but not written", "read-only"},
    [REASON_GUARD] = {"a guard page was touched", "guard page"},
    [REASON_READ_ERROR] = {"the page could not be read back from where it was stored",
                           "not readable"},
    [REASON_NO_FRAME] = {"there is no free page frame left, and none could be made free",
                         "no frame"},
    [REASON_CPU] = {"the page allows it, but the CPU refuses it again and again", "CPU"},
};

const char *words_fault_reason(enum fault_reason reason)
{
    return (unsigned)reason < sizeof reasons / sizeof *reasons ? reasons[reason][0] : "?";
}

const char *words_fault_reason_short(enum fault_reason reason)
{
    return (unsigned)reason < sizeof reasons / sizeof *reasons ? reasons[reason][1] : "?";
}
