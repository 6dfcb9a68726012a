/* heap.c - RtlAllocateHeap and family: heap_alloc() and its like in the clothes that programs know.
 *
 * What is added here: memory from the Virtual* services, the list of the process's heaps, last
 * errors, and exceptions where a program asked for them.  HeapAlloc() and the others of kernel32.dll
 * are forwarders to these functions, so malloc() reaches the heap in one call.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"
#include "user/ntdll/heap_page.h"
#include "user/ntdll/heap_parts.h"
#include "user/ntdll/heap_calls.h"

_Static_assert(sizeof(struct heap_entry) == sizeof(PROCESS_HEAP_ENTRY), "the same record");

/* --- where memory comes from: `context` is the protection of a heap's pages --- */

static void *reserve(void *context, size_t size)
{
    void *base = NULL;
    SIZE_T bytes = size;

    return NT_SUCCESS(NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &bytes, MEM_RESERVE,
                                              (ULONG)context))
               ? base
               : NULL;
}

static bool commit(void *context, void *at, size_t size)
{
    SIZE_T bytes = size;

    return NT_SUCCESS(
        NtAllocateVirtualMemory(CURRENT_PROCESS, &at, 0, &bytes, MEM_COMMIT, (ULONG)context));
}

static void decommit(void *context, void *at, size_t size)
{
    SIZE_T bytes = size;

    (void)context;
    NtFreeVirtualMemory(CURRENT_PROCESS, &at, &bytes, MEM_DECOMMIT);
}

static void release(void *context, void *base, size_t size)
{
    SIZE_T none = 0;

    (void)context;
    (void)size;
    NtFreeVirtualMemory(CURRENT_PROCESS, &base, &none, MEM_RELEASE);
}

/* --- waiting for a heap's lock --- */

/* The heap's event.  Waiter and waker both make it if it isn't there, so that a wake-up that comes
 * before the sleep is remembered. */
static HANDLE event_of(void **slot)
{
    HANDLE made;

    if (*slot != NULL) {
        return *slot;
    }
    if (!NT_SUCCESS(NtCreateEvent(&made, EVENT_ALL_ACCESS, NULL, 1, FALSE))) {
        return NULL;
    }
    if (InterlockedCompareExchangePointer(slot, made, NULL) != NULL) {
        NtClose(made);
    }
    return *slot;
}

static void wait_for_lock(void *context, void **slot)
{
    static const LARGE_INTEGER a_tick = {.QuadPart = -10000}; /* 1 ms, relative */
    HANDLE event = event_of(slot);

    (void)context;
    critical_before_wait();
    if (event != NULL) {
        NtWaitForSingleObject(event, FALSE, NULL);
    } else {
        NtDelayExecution(
            FALSE,
            &a_tick); /* no handle to be had: ask again; the owner may be of lower priority */
    }
}

static void wake_waiter(void *context, void **slot)
{
    HANDLE event = event_of(slot);

    (void)context;
    if (event != NULL) {
        NtSetEvent(event, NULL);
    }
}

/* --- one thread, several threads --- */

/* As long as a process has one thread its heaps need no lock, and malloc() costs half.  A second
 * thread, whoever made it, may come in the middle of such a call; so heaps mark the calls without a
 * lock, and the newcomer waits until the first thread is outside.  On one processor the two sides see
 * each other's writes in order. */
static bool shared, settled;

/* --- damage --- */

static bool end_on_damage; /* HeapEnableTerminationOnCorruption */

/* Without that option the call fails and the program may look at its last error. */
static void damaged(void *context, struct heap *heap, enum heap_damage what, const void *at)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (DWORD)STATUS_HEAP_CORRUPTION,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .NumberParameters = 3};

    (void)context;
    if (end_on_damage) {
        record.ExceptionInformation[0] = (ULONG_PTR)what;
        record.ExceptionInformation[1] = (ULONG_PTR)heap;
        record.ExceptionInformation[2] = (ULONG_PTR)at;
        RtlRaiseException(&record);
    }
}

/* A call fails: the exception that the heap or the call promised, or an error. */
static void refused(void *context, struct heap *heap, uint32_t flags, enum heap_refusal why)
{
    bool no_block = why == HEAP_NO_BLOCK;
    NTSTATUS status = no_block ? STATUS_INVALID_PARAMETER : STATUS_NO_MEMORY;
    NTSTATUS exception = no_block ? STATUS_ACCESS_VIOLATION : STATUS_NO_MEMORY;

    (void)context;
    RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
    if (((flags | heap_options(heap)) & HEAP_OPTION_GENERATE_EXCEPTIONS) != 0) {
        EXCEPTION_RECORD record = {.ExceptionCode = (DWORD)exception,
                                   .ExceptionFlags = EXCEPTION_NONCONTINUABLE}; /* W178 */

        RtlRaiseException(&record);
    }
}

#define PROVIDER(protection)                                                                       \
    {                                                                                              \
        .context = (void *)(protection), .reserve = reserve, .commit = commit,                     \
        .decommit = decommit, .release = release, .corruption = damaged, .refused = refused,       \
        .wait = wait_for_lock, .wake = wake_waiter, .parts = &heap_parts,                          \
        .page_blocks = &heap_page_keeping,                                                         \
    }
static struct heap_provider provider = PROVIDER(PAGE_READWRITE),
                            executable = PROVIDER(PAGE_EXECUTE_READWRITE); /* X9 */

/* --- the list of heaps --- */

static RTL_CRITICAL_SECTION list_lock = {.LockCount = -1};
static struct heap **list; /* [0]: the default heap */
static ULONG list_count, list_room;

/* => the lock is held.  The list itself lives in the default heap. */
static bool list_grow(void)
{
    ULONG room = list_room == 0 ? 8 : list_room * 2;
    struct heap **larger = heap_realloc(list[0], 0, list, room * sizeof *list);

    if (larger == NULL) {
        return false;
    }
    list = larger;
    list_room = room;
    return true;
}

static bool list_add(struct heap *heap)
{
    bool added;

    RtlEnterCriticalSection(&list_lock);
    added = list_count < list_room || list_grow();
    if (added) {
        list[list_count++] = heap;
        heap_share(heap, shared);
    }
    RtlLeaveCriticalSection(&list_lock);
    return added;
}

/* True: `heap` was in the list and is no more.  Most heaps that go are young. */
static bool list_remove(struct heap *heap)
{
    ULONG after;

    RtlEnterCriticalSection(&list_lock);
    for (after = list_count; after > 0 && list[after - 1] != heap; after--) {
    }
    if (after > 0) {
        memmove(&list[after - 1], &list[after], (list_count - after) * sizeof *list);
        list_count--;
    }
    RtlLeaveCriticalSection(&list_lock);
    return after > 0;
}

static bool list_has(const struct heap *heap)
{
    bool found = false;

    RtlEnterCriticalSection(&list_lock);
    for (ULONG i = 0; i < list_count && !found; i++) {
        found = list[i] == heap;
    }
    RtlLeaveCriticalSection(&list_lock);
    return found;
}

/* Is it a heap of ours?  For the calls that are rare enough to ask; else the last error is 6. */
static bool known(struct heap *heap)
{
    if (!list_has(heap)) {
        RtlSetLastWin32Error(ERROR_INVALID_HANDLE);
        return false;
    }
    return true;
}

ULONG NTAPI RtlGetProcessHeaps(ULONG count, void **heaps)
{
    ULONG total;

    RtlEnterCriticalSection(&list_lock);
    total = list_count;
    for (ULONG i = 0; i < total && count >= total; i++) { /* too small an array: only the number */
        heaps[i] = list[i];
    }
    RtlLeaveCriticalSection(&list_lock);
    return total;
}

void heap_thread_arrives(void)
{
    static const LARGE_INTEGER a_tick = {.QuadPart = -10000}; /* 1 ms, relative */

    if (settled) {
        return;
    }
    RtlEnterCriticalSection(&list_lock);
    shared = true;
    for (ULONG i = 0; i < list_count; i++) {
        heap_share(list[i], true);
        while (heap_is_entered(list[i])) {
            NtDelayExecution(FALSE, &a_tick); /* the first thread may be of lower priority */
        }
    }
    RtlLeaveCriticalSection(&list_lock);
    settled = true;
}

/* --- making and destroying --- */

/* A program's heaps can be put into a debugging mode from outside, by the environment variable
 * PAGODA_HEAP: "page" puts every block at the end of pages of its own, "check" fills and checks the
 * bytes behind a block and in free memory. */
static uint32_t options_from_environment(void)
{
    const char *variable = (const char *)peb()->parameters->environment;

    while (variable != NULL && *variable != 0) {
        if (string_equal_nocase(variable, "PAGODA_HEAP=page")) {
            return HEAP_OPTION_PAGE_BLOCKS;
        }
        if (string_equal_nocase(variable, "PAGODA_HEAP=check")) {
            return HEAP_OPTION_TAIL_CHECKING | HEAP_OPTION_FREE_CHECKING;
        }
        variable += strlen(variable) + 1;
    }
    return 0;
}

static uint32_t mode;

NTSTATUS heap_start(SIZE_T reserve_size, SIZE_T commit_size)
{
    LARGE_INTEGER counter = {.QuadPart = 0};
    struct heap *heap;

    NtQueryPerformanceCounter(&counter, NULL);
    provider.secret = executable.secret = counter.LowPart ^ teb()->process_id << 16;
    mode = options_from_environment();
    heap = heap_create(&provider, HEAP_OPTION_GROWABLE | mode, reserve_size, commit_size);
    if (heap == NULL) {
        return STATUS_NO_MEMORY;
    }
    list = heap_alloc(heap, 0, 8 * sizeof *list);
    if (list == NULL) {
        return STATUS_NO_MEMORY;
    }
    heap_share(heap, false);
    list[0] = heap;
    list_count = 1;
    list_room = 8;
    peb()->heap = heap;
    return STATUS_SUCCESS;
}

/* `base`, `lock` and `parameters` are for callers that bring their own memory; nobody does. */
void *NTAPI RtlCreateHeap(ULONG flags, void *base, SIZE_T reserve_size, SIZE_T commit_size,
                          void *lock, RTL_HEAP_PARAMETERS *parameters)
{
    struct heap *heap;

    if (base != NULL || lock != NULL || parameters != NULL) {
        RtlSetLastWin32Error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    heap = heap_create((flags & HEAP_CREATE_ENABLE_EXECUTE) != 0 ? &executable : &provider,
                       flags | mode, reserve_size, commit_size);
    if (heap != NULL && !list_add(heap)) {
        heap_destroy(heap);
        heap = NULL;
    }
    if (heap == NULL) {
        RtlSetLastWin32Error(ERROR_NOT_ENOUGH_MEMORY);
    }
    return heap;
}

/* Returns NULL, or the handle if that is no heap that can be destroyed (W161). */
void *NTAPI RtlDestroyHeap(void *heap)
{
    if (heap == peb()->heap || !list_remove(heap)) {
        RtlSetLastWin32Error(ERROR_INVALID_HANDLE);
        return heap;
    }
    for (int front = 0; front < 2; front++) {
        HANDLE event = *heap_wait_slot(heap, front != 0);

        if (event != NULL) {
            NtClose(event);
        }
    }
    heap_destroy(heap);
    return NULL;
}

/* --- blocks --- */

/* RtlAllocateHeap() and RtlFreeHeap() are heap_alloc() and heap_free() of heap_alloc.c under the names
 * that programs know; refused() above does what they have to say when they fail. */

void *NTAPI RtlReAllocateHeap(void *heap, ULONG flags, void *block, SIZE_T size)
{
    if (block == NULL) { /* it is not malloc() (W181), and no error either (X10) */
        RtlSetLastWin32Error(ERROR_SUCCESS);
        return NULL;
    }
    return heap_realloc(heap, flags, block, size);
}

SIZE_T NTAPI RtlSizeHeap(void *heap, ULONG flags, const void *block)
{
    SIZE_T size = heap_size(heap, flags, block);

    if (size == (SIZE_T)-1) {
        RtlSetLastWin32Error(ERROR_INVALID_PARAMETER);
    }
    return size;
}

/* Can a byte be read there?  The system looks, so nothing is raised. */
static bool readable(const void *at)
{
    char byte;

    return NT_SUCCESS(NtReadVirtualMemory(CURRENT_PROCESS, at, &byte, sizeof byte, NULL));
}

BOOLEAN NTAPI RtlValidateHeap(void *heap, ULONG flags, const void *block)
{
    bool valid = list_has(heap) && heap_validate(heap, flags, block);

    if (!valid && block != NULL && !readable(block)) {
        RtlSetLastWin32Error(ERROR_NOACCESS); /* X10 */
    }
    return valid;
}

SIZE_T NTAPI RtlCompactHeap(void *heap, ULONG flags)
{
    return known(heap) ? heap_compact(heap, flags) : 0;
}

BOOLEAN NTAPI RtlLockHeap(void *heap)
{
    if (!known(heap)) {
        return FALSE;
    }
    heap_lock(heap);
    return TRUE;
}

BOOLEAN NTAPI RtlUnlockHeap(void *heap)
{
    if (!known(heap)) {
        return FALSE;
    }
    if (!heap_unlock(heap)) {
        RtlSetLastWin32Error(ERROR_NOT_OWNER);
        return FALSE;
    }
    return TRUE;
}

NTSTATUS NTAPI RtlWalkHeap(void *heap, PROCESS_HEAP_ENTRY *entry)
{
    if (!list_has(heap)) {
        return STATUS_INVALID_HANDLE;
    }
    switch (heap_walk(heap, (struct heap_entry *)entry)) {
    case HEAP_WALK_NEXT:
        return STATUS_SUCCESS;
    case HEAP_WALK_END:
        return STATUS_NO_MORE_ENTRIES;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* --- settings --- */

/* Under names of our own here: the results are DWORD or LONG, as the release of the headers has it. */
DWORD NTAPI query_information(void *heap, HEAP_INFORMATION_CLASS class, void *buffer, SIZE_T length,
                              SIZE_T *returned) __asm__("_RtlQueryHeapInformation@20");
DWORD NTAPI set_information(void *heap, HEAP_INFORMATION_CLASS class, void *buffer,
                            SIZE_T length) __asm__("_RtlSetHeapInformation@16");

DWORD NTAPI query_information(void *heap, HEAP_INFORMATION_CLASS class, void *buffer, SIZE_T length,
                              SIZE_T *returned)
{
    if (class != HeapCompatibilityInformation) {
        return (DWORD)STATUS_INVALID_PARAMETER;
    }
    if (!list_has(heap) && !readable(heap)) {
        return (DWORD)STATUS_ACCESS_VIOLATION;
    }
    if (returned != NULL) {
        *returned = sizeof(ULONG);
    }
    if (length < sizeof(ULONG)) {
        return (DWORD)STATUS_BUFFER_TOO_SMALL;
    }
    if (!list_has(heap)) {
        return (DWORD)STATUS_INVALID_HANDLE;
    }
    *(ULONG *)buffer = heap_front_mode(heap);
    return STATUS_SUCCESS;
}

DWORD NTAPI set_information(void *heap, HEAP_INFORMATION_CLASS class, void *buffer, SIZE_T length)
{
    if (class == HeapEnableTerminationOnCorruption) { /* for all heaps; can't be taken back */
        end_on_damage = true;
        return STATUS_SUCCESS;
    }
    if (class != HeapCompatibilityInformation) {
        return (DWORD)STATUS_INVALID_PARAMETER;
    }
    if (length < sizeof(ULONG)) {
        return (DWORD)STATUS_BUFFER_TOO_SMALL;
    }
    if (!list_has(heap)) {
        return (DWORD)STATUS_INVALID_HANDLE;
    }
    if (*(const ULONG *)buffer != HEAP_FRONT_ON || !heap_front_enable(heap)) {
        return (DWORD)STATUS_UNSUCCESSFUL; /* W196 */
    }
    return STATUS_SUCCESS;
}
