/* tls.c - thread-local storage, in its two forms.
 *
 * Static: a module's TLS directory names a template of initialised bytes.  Each thread has a copy
 * of it, and fs:[2C] an array with one pointer a module; the module's index into it is written
 * into a variable of the module.  A module that comes later by LoadLibrary gets copies for the
 * threads that exist, hence the list of threads.
 *
 * Dynamic: TlsAlloc() hands out one of the 64 words in each TEB, or of 1,024 more in an array that a
 * thread gets when it first sets one of them.
 */
#include "user/ntdll/ntdll.h"
#include "lib/string.h"

enum { TLS_MODULES = 64 };

/* One thread that has entered; allocated together with its array of blocks. */
struct thread {
    struct thread *next;
    struct teb *teb;
    ULONG id;
    void *blocks[TLS_MODULES];
};

static struct thread *threads;
static uint64_t module_bits; /* indices in use, by static TLS */

/* Slots in use, by TlsAlloc(). */
enum { SLOTS = TLS_SLOTS + TLS_EXPANSION_SLOTS, SLOT_WORDS = SLOTS / 64 };
static uint64_t slot_bits[SLOT_WORDS];

/* The lowest clear bit, which is set; 64 if there is none. */
static uint32_t take_bit(uint64_t *bits)
{
    uint32_t bit = 0;

    while (bit < 64 && (*bits >> bit & 1) != 0)
        bit++;
    if (bit < 64)
        *bits |= 1ull << bit;
    return bit;
}

/* A module's TLS directory, 0 if it has none.  Its fields are addresses, already relocated. */
static const IMAGE_TLS_DIRECTORY32 *directory_of(struct module *module)
{
    uint32_t size, rva = pe_directory(&module->pe, IMAGE_DIRECTORY_ENTRY_TLS, &size);

    return rva == 0 ? NULL : pe_bytes(&module->pe, rva, sizeof(IMAGE_TLS_DIRECTORY32));
}

/* The bytes at an absolute address of a module, as pe_bytes(). */
static void *at_address(struct module *module, uint32_t address, uint32_t size)
{
    return pe_bytes(&module->pe, address - (uint32_t)module->pe.base, size);
}

/* One thread's copy of a module's template. */
static NTSTATUS make_block(struct module *module, struct thread *thread)
{
    const IMAGE_TLS_DIRECTORY32 *directory = directory_of(module);
    uint32_t size = directory->EndAddressOfRawData - directory->StartAddressOfRawData;
    uint32_t zero = directory->SizeOfZeroFill;
    void *from = size == 0 ? NULL : at_address(module, directory->StartAddressOfRawData, size);
    void *block;

    if ((from == NULL && size != 0) || size + zero < size)
        return STATUS_INVALID_IMAGE_FORMAT;
    block = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, size + zero);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    if (size != 0)
        memcpy(block, from, size);
    thread->blocks[module->tls_index] = block;
    return STATUS_SUCCESS;
}

static void free_block(struct thread *thread, uint32_t index)
{
    if (thread->blocks[index] != NULL) {
        RtlFreeHeap(peb()->heap, 0, thread->blocks[index]);
        thread->blocks[index] = NULL;
    }
}

/* Writes the module's index into its variable, which lies wherever the linker liked. */
static NTSTATUS tell_index(struct module *module, const IMAGE_TLS_DIRECTORY32 *directory)
{
    uint32_t rva = directory->AddressOfIndex - (uint32_t)module->pe.base;
    uint32_t *index = pe_bytes(&module->pe, rva, sizeof *index);
    ULONG old;
    NTSTATUS status;

    if (index == NULL)
        return STATUS_INVALID_IMAGE_FORMAT;
    status = pe_write_begin(&module->pe, rva, sizeof *index, &old);
    if (!NT_SUCCESS(status))
        return status;
    *index = module->tls_index;
    return pe_write_end(&module->pe, rva, sizeof *index, old);
}

/* Those who were terminated have no TEB any more, and what is there now is somebody else's. */
static void forget_terminated(void)
{
    struct thread **at = &threads;

    while (*at != NULL) {
        struct thread *thread = *at;

        if (thread_alive(thread->id)) {
            at = &thread->next;
            continue;
        }
        *at = thread->next;
        for (uint32_t i = 0; i < TLS_MODULES; i++)
            free_block(thread, i);
        RtlFreeHeap(peb()->heap, 0, thread);
    }
}

NTSTATUS tls_add_module(struct module *module)
{
    const IMAGE_TLS_DIRECTORY32 *directory = directory_of(module);
    NTSTATUS status;

    if (directory == NULL || module->has_tls)
        return STATUS_SUCCESS;
    module->tls_index = take_bit(&module_bits);
    if (module->tls_index == TLS_MODULES)
        return STATUS_NO_MEMORY;
    module->has_tls = true;
    status = tell_index(module, directory);
    if (!NT_SUCCESS(status)) {
        tls_remove_module(module);
        return status;
    }
    forget_terminated();
    for (struct thread *thread = threads; thread != NULL; thread = thread->next) {
        status = make_block(module, thread);
        if (!NT_SUCCESS(status)) {
            tls_remove_module(module);
            return status;
        }
    }
    return STATUS_SUCCESS;
}

void tls_remove_module(struct module *module)
{
    if (!module->has_tls)
        return;
    for (struct thread *thread = threads; thread != NULL; thread = thread->next)
        free_block(thread, module->tls_index);
    module_bits &= ~(1ull << module->tls_index);
    module->has_tls = false;
}

/* A module may name functions that are called like DllMain(), just before it.  An exception in one ends the round, and
 * nothing else (W303). */
void tls_callbacks(struct module *module, DWORD reason, void *reserved)
{
    const IMAGE_TLS_DIRECTORY32 *directory = directory_of(module);
    const uint32_t *list;
    NTSTATUS raised = STATUS_SUCCESS;

    if (directory == NULL || directory->AddressOfCallBacks == 0)
        return;
    for (uint32_t i = 0; NT_SUCCESS(raised); i++) {
        list = at_address(module, directory->AddressOfCallBacks + i * 4, 4);
        if (list == NULL || *list == 0)
            return;
        invoke((void *)*list, module->pe.base, reason, reserved, &raised);
    }
    say("%s: exception %08lX in a TLS callback; it is left out.\n", module->name,
        (unsigned long)raised);
}

NTSTATUS tls_add_thread(void)
{
    struct thread *thread = RtlAllocateHeap(peb()->heap, HEAP_ZERO_MEMORY, sizeof *thread);

    if (thread == NULL)
        return STATUS_NO_MEMORY;
    forget_terminated();
    thread->teb = teb();
    thread->id = thread->teb->thread_id;
    thread->next = threads;
    threads = thread;
    thread->teb->tls_blocks = thread->blocks;
    for (struct module *module = module_list; module != NULL; module = module->next) {
        NTSTATUS status = module->has_tls ? make_block(module, thread) : STATUS_SUCCESS;

        if (!NT_SUCCESS(status)) {
            tls_remove_thread();
            return status;
        }
    }
    return STATUS_SUCCESS;
}

void tls_remove_thread(void)
{
    struct teb *own = teb();

    for (struct thread **at = &threads; *at != NULL; at = &(*at)->next) {
        struct thread *thread = *at;

        if (thread->teb == own) {
            *at = thread->next;
            own->tls_blocks = NULL;
            for (uint32_t i = 0; i < TLS_MODULES; i++)
                free_block(thread, i);
            RtlFreeHeap(peb()->heap, 0, thread);
            RtlFreeHeap(peb()->heap, 0, own->tls_expansion_slots);
            own->tls_expansion_slots = NULL;
            return;
        }
    }
}

/* The lowest free slot, which is taken; SLOTS if there is none. */
static uint32_t take_slot(void)
{
    uint32_t word = 0;

    while (word < SLOT_WORDS && slot_bits[word] == UINT64_MAX)
        word++;
    return word < SLOT_WORDS ? word * 64 + take_bit(&slot_bits[word]) : SLOTS;
}

static void clear_slot(struct teb *teb_of_thread, uint32_t slot)
{
    if (slot < TLS_SLOTS)
        teb_of_thread->tls_slots[slot] = NULL;
    else if (teb_of_thread->tls_expansion_slots != NULL)
        teb_of_thread->tls_expansion_slots[slot - TLS_SLOTS] = NULL;
}

/* A fresh slot is 0 in every thread; whoever had it before may have left something. */
ULONG NTAPI LdrPagodaTlsAlloc(void)
{
    uint32_t slot;

    RtlEnterCriticalSection(&module_lock);
    slot = take_slot();
    forget_terminated();
    for (struct thread *thread = threads; slot < SLOTS && thread != NULL; thread = thread->next)
        clear_slot(thread->teb, slot);
    RtlLeaveCriticalSection(&module_lock);
    return slot < SLOTS ? slot : TLS_OUT_OF_INDEXES;
}

BOOLEAN NTAPI LdrPagodaTlsFree(ULONG slot)
{
    BOOLEAN was_used;

    RtlEnterCriticalSection(&module_lock);
    was_used = slot < SLOTS && (slot_bits[slot / 64] >> slot % 64 & 1) != 0;
    if (was_used)
        slot_bits[slot / 64] &= ~(1ull << slot % 64);
    RtlLeaveCriticalSection(&module_lock);
    return was_used;
}
