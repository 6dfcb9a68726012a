/* laboratory.c - a region whose pages live in a given number of frames under a given policy. */
#include "user/programs/laboratory.h"

#include "lib/string.h"

typedef LONG(WINAPI *control_call)(ULONG, void *, ULONG, ULONG *);

static control_call control;

bool laboratory_exists(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");

    if (ntdll)
        control = (control_call)(void *)GetProcAddress(ntdll, "NtPagodaControl");
    if (!control)
        bare_print("This program measures Pagoda's page replacement; this system is not Pagoda.\n");
    return control != NULL;
}

bool laboratory_policy(uint32_t n, char name[24])
{
    struct abi_policy policy = {.number = n};

    if (control(ABI_CONTROL_POLICY, &policy, sizeof policy, NULL) != 0)
        return false;
    string_copy(name, policy.name, sizeof policy.name);
    return true;
}

/* Cut "+standby" off the policy's name; false: it has none. */
static bool wants_standby(char *policy)
{
    uint32_t at = 0;

    while (policy[at] && !string_equal_nocase(policy + at, LABORATORY_STANDBY))
        at++;
    if (!policy[at])
        return false;
    policy[at] = 0;
    return true;
}

static bool attach(struct laboratory *lab, uint32_t frames, const char *policy)
{
    struct abi_working_set set = {
        .address = (uint32_t)(uintptr_t)lab->pages, .maximum = frames, .exact = 1};

    string_copy(set.policy, policy, sizeof set.policy);
    if (wants_standby(set.policy)) {
        set.exact = 0;
        set.standby = frames / 2;
        set.maximum = frames - set.standby;
    }
    if (control(ABI_CONTROL_WORKING_SET, &set, sizeof set, NULL) == 0)
        return true;
    bare_print("There is no policy \"%s\"; the monitor's command `policy` lists them.\n", policy);
    return false;
}

bool laboratory_open(struct laboratory *lab, uint32_t pages, uint32_t frames, const char *policy)
{
    memset(lab, 0, sizeof *lab);
    if (frames == 0 || pages == 0 || pages > LABORATORY_PAGES) {
        bare_print("1 to %u pages and at least one frame are wanted.\n", LABORATORY_PAGES);
        return false;
    }
    lab->count = pages;
    lab->version =
        VirtualAlloc(NULL, pages * sizeof *lab->version, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    lab->pages =
        VirtualAlloc(NULL, pages * LABORATORY_PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!lab->version || !lab->pages) {
        bare_print("%u pages can't be committed (error %lu): give the machine more RAM or a larger "
                   "paging file.\n",
                   pages, GetLastError());
        laboratory_close(lab);
        return false;
    }
    if (!attach(lab, frames, policy)) {
        laboratory_close(lab);
        return false;
    }
    return true;
}

void laboratory_close(struct laboratory *lab)
{
    if (lab->pages)
        VirtualFree((void *)(uintptr_t)lab->pages, 0, MEM_RELEASE);
    if (lab->version)
        VirtualFree(lab->version, 0, MEM_RELEASE);
    memset(lab, 0, sizeof *lab);
}

static volatile uint32_t *word_of(struct laboratory *lab, uint32_t page)
{
    return lab->pages + page * (LABORATORY_PAGE / 4);
}

/* What the page must hold: 0 while it was never written. */
static uint32_t content(const struct laboratory *lab, uint32_t page)
{
    return lab->version[page] ? page * 2654435761u ^ lab->version[page] : 0;
}

void laboratory_touch(struct laboratory *lab, uint32_t page, bool write)
{
    if (write) {
        lab->version[page]++;
        *word_of(lab, page) = content(lab, page);
    } else if (*word_of(lab, page) != content(lab, page)) {
        lab->mismatches++;
    }
}

uint32_t laboratory_verify(struct laboratory *lab)
{
    for (uint32_t page = 0; page < lab->count; page++)
        laboratory_touch(lab, page, false);
    return lab->mismatches;
}

struct abi_region_counters laboratory_counters(const struct laboratory *lab)
{
    struct abi_region_counters counters = {.address = (uint32_t)(uintptr_t)lab->pages};

    control(ABI_CONTROL_REGION_COUNTERS, &counters, sizeof counters, NULL);
    return counters;
}

void laboratory_ring(const struct laboratory *lab, struct abi_region_ring *ring)
{
    ring->address = (uint32_t)(uintptr_t)lab->pages;
    ring->count = 0;
    control(ABI_CONTROL_REGION_RING, ring, sizeof *ring, NULL);
}

static bool read_whole(HANDLE file, uint32_t size, struct reference_string *string)
{
    DWORD done;

    string->reference = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!string->reference || !ReadFile(file, string->reference, size, &done, NULL) || done != size)
        return false;
    string->count = size / 2;
    for (uint32_t i = 0; i < string->count; i++)
        if (string->reference[i] / 2u >= string->pages)
            string->pages = string->reference[i] / 2u + 1;
    return true;
}

bool laboratory_read(const char *name, struct reference_string *string)
{
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    uint32_t size;
    bool good;

    memset(string, 0, sizeof *string);
    if (file == INVALID_HANDLE_VALUE) {
        bare_print("There is no trace \"%s\" on the disc; `dir` lists what there is.\n", name);
        return false;
    }
    size = GetFileSize(file, NULL);
    good = size >= 2 && size % 2 == 0 && read_whole(file, size, string);
    CloseHandle(file);
    if (!good)
        bare_print("\"%s\" is no trace: 16-bit words are wanted, page << 1 | written.\n", name);
    return good;
}
