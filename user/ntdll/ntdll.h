/* ntdll.h - what the files of ntdll.dll share among themselves.
 *
 * In reading order: stubs (into the kernel), error, raise, critical, park, slim, once, exception, heap, then the
 * loader from the bottom: pe (reading an image), module (the list), invoke, tls, relocate, export, say, missing, import,
 * loader, start.  A file calls only those before it; tests/check_rooms says so.
 */
#ifndef USER_NTDLL_NTDLL_H
#define USER_NTDLL_NTDLL_H

#include "user/ntdll/native.h"

extern IMAGE_DOS_HEADER __ImageBase; /* the linker's: where ntdll.dll itself lies */

/* raise.c */

/* Raises `status` about `cause`, which may be 0; handlers can't continue it. */
void raise_status(NTSTATUS status, EXCEPTION_RECORD *cause) __attribute__((noreturn));

/* exception.c */

/* Asks the handlers.  True: one of them repaired the cause, and `context` says where to go on. */
bool exception_dispatch(EXCEPTION_RECORD *record, CONTEXT *context);

/* critical.c */

/* From now on threads that held a lock may be gone: whoever would wait for one (and says so by
 * calling critical_before_wait()) ends the process instead. */
void critical_shut_down(NTSTATUS status);
void critical_before_wait(void);

/* alive.c */

/* Has the thread with this id not ended yet? */
bool thread_alive(ULONG id);

/* park.c - threads that sleep at an address until somebody wakes them. */
struct
    sleeper { /* on the stack of its thread, which can be terminated: others see only the place */
    struct sleeping_place *place;
    HANDLE event;
};
void park_lock(void);
void park_unlock(void);
/* Join those that sleep at `address`; raises the status when there can be no event.
 * => the list is locked; park_sleep() follows */
void park_join(struct sleeper *self, const void *address);
/* Sleep until park_wake().  STATUS_TIMEOUT: nobody did.  => the list is not locked */
NTSTATUS park_sleep(struct sleeper *self, const LARGE_INTEGER *timeout);
/* Wake the first one to come, or all.  => the list is locked */
void park_wake(const void *address, bool all);

/* heap.c */

/* Makes the default heap with the sizes that the program's header asks for. */
NTSTATUS heap_start(SIZE_T reserve, SIZE_T commit);
/* A thread that isn't the process's first one comes: from now on heaps are locked. */
void heap_thread_arrives(void);

/* pe.c - an image as it lies in memory, every number in it taken for a lie until checked. */
struct pe {
    uint8_t *base;
    uint32_t size; /* bytes of the mapping */
    IMAGE_NT_HEADERS32 *headers;
    uint32_t run, run_end; /* RVAs that can be read, as it was found out last */
};

/* Where "PE" lies in the image or file at `base`, of which `size` bytes can be read, else 0. */
IMAGE_NT_HEADERS32 *pe_headers(void *base, uint32_t size);

/* How many bytes are mapped together from `base` on. */
uint32_t pe_mapped(void *base);

/* Checks the headers of the image at `base`.  STATUS_INVALID_IMAGE_FORMAT: it isn't one. */
NTSTATUS pe_open(struct pe *pe, void *base, uint32_t size);

/* The bytes [rva, rva + size) if all of them can be read, else 0. */
void *pe_bytes(struct pe *pe, uint32_t rva, uint32_t size);

/* The longest readable run from `rva` on: how many bytes, 0 if it can't be read. */
uint32_t pe_run(struct pe *pe, uint32_t rva);

/* The text at `rva` if it ends inside the image, else 0. */
const char *pe_text(struct pe *pe, uint32_t rva);

/* The RVA of a data directory, 0 if there is none, and the size that it claims to have. */
uint32_t pe_directory(const struct pe *pe, uint32_t index, uint32_t *size);

/* Makes [rva, rva + size), which has one protection, writable; *old is what it was, or 0 if
 * nothing had to be done.  pe_write_end() makes it so again. */
NTSTATUS pe_write_begin(const struct pe *pe, uint32_t rva, uint32_t size, ULONG *old);
NTSTATUS pe_write_end(const struct pe *pe, uint32_t rva, uint32_t size, ULONG old);

/* module.c - the images of this process. */
enum { MODULE_NAME = 64 };
struct module {
    struct module *next; /* in the order of loading; 0: the last one */
    struct pe pe;
    char name[MODULE_NAME]; /* "kernel32.dll" */
    uint32_t references;    /* LoadLibrary calls and modules that import from it */
    struct module **needs;  /* whom it imports from, each once */
    uint32_t need_count;
    uint32_t order; /* its turn in the order of initialisation; 0: not initialised */
    bool pinned;    /* the program and what it needs: never unloaded */
    bool quiet;     /* DisableThreadLibraryCalls */
    bool visited;   /* by the walk that initialises dependencies first */
    uint32_t tls_index;
    bool has_tls;
    struct ldr_entry ldr;
    WCHAR path[MODULE_NAME + 3]; /* "C:\kernel32.dll" */
};
extern struct module *module_list;
extern RTL_CRITICAL_SECTION module_lock; /* the loader lock: held while DllMain runs, too */

/* Case doesn't matter; directories in front of the name are skipped, ".dll" is added to a name
 * without a dot.  False: too long. */
bool module_plain_name(char plain[MODULE_NAME], const char *name);
struct module *module_by_name(const char *plain);
struct module *module_by_base(const void *base);
struct module *module_by_address(const void *address);
/* STATUS_NO_MEMORY.  The new module is at the end of the list. */
NTSTATUS module_add(const char *plain, void *base, uint32_t size, struct module **module);
void module_remove(struct module *module);
/* Notes that `user` imports from `provider`, once; provider->references counts it. */
NTSTATUS module_need(struct module *user, struct module *provider);

/* ldr.c - the lists of PEB.Ldr. */
void ldr_add(struct module *module);
void ldr_initialised(struct module *module);
void ldr_remove(struct module *module);

/* invoke.c */

/* entry(base, reason, reserved), a stdcall function that may leave the stack and any register wrong.  What it returns;
 * FALSE, and *raised is the exception's code, if it ended by an exception that it didn't handle. */
BOOL invoke(void *entry, void *base, DWORD reason, void *reserved, NTSTATUS *raised);

/* tls.c */
NTSTATUS tls_add_module(struct module *module); /* for every thread there is */
void tls_remove_module(struct module *module);
void tls_callbacks(struct module *module, DWORD reason, void *reserved);
NTSTATUS tls_add_thread(void); /* the calling thread */
void tls_remove_thread(void);

/* relocate.c - STATUS_CONFLICTING_ADDRESSES: it isn't at its base and can't be moved. */
NTSTATUS relocate(struct pe *pe);

/* export.c */

/* What `module` offers under `name` or, if that is 0, under `ordinal`; `hint` is where the linker saw
 * the name.  STATUS_MORE_ENTRIES: it is a forwarder, *forward its text.
 * STATUS_ENTRYPOINT_NOT_FOUND, STATUS_ORDINAL_NOT_FOUND. */
NTSTATUS export_look_up(struct module *module, const char *name, uint32_t hint, uint32_t ordinal,
                        void **address, const char **forward);
/* Splits "NTDLL.RtlAllocateHeap" or "NTDLL.#7".  False: it has another form. */
bool export_split(const char *text, char module[MODULE_NAME], const char **name, uint32_t *ordinal);

/* say.c - while the process starts its faults are told in one sentence; later LoadLibrary's caller is
 * told. */
extern bool say_aloud;
void say(const char *text, ...) __attribute__((format(gnu_printf, 1, 2)));

/* missing.c */

/* Notes that `name` (0: `ordinal`) of `dll` is needed and isn't there; `no_dll`: nor is the DLL.  What the
 * program calls instead if it wants to start all the same (PAGODA_MISSING=late), else 0. */
void *missing_note(const char *dll, const char *name, uint32_t ordinal, bool no_dll);
/* The program itself looked for `name` (0: `ordinal`; both 0: for the DLL) in vain: told with PAGODA_MISSING=tell. */
void missing_tell(const char *dll, const char *name, uint32_t ordinal);
/* Says what has been noted. */
void missing_report(const char *program);
extern unsigned missing_notes; /* how often something was noted */

/* import.c */

/* What binding asks of the loader: a module by name (with a reference), the end of that reference, an
 * export of a module on behalf of its user. */
struct import_load {
    NTSTATUS (*load)(const char *name, struct module **module);
    void (*release)(struct module *module);
    NTSTATUS(*find)
    (struct module *module, struct module *user, const char *name, uint32_t hint, uint32_t ordinal,
     void **address);
};
/* Loads what `module` needs and fills in its import addresses.  STATUS_DLL_NOT_FOUND and its like:
 * something is missing and noted; the rest is bound. */
NTSTATUS import_bind(struct module *module, const struct import_load *load);

/* loader.c */
NTSTATUS loader_bind(struct module *module); /* import_bind() by this loader */
NTSTATUS loader_initialise(struct module *module);
void loader_thread(DWORD reason);
void loader_process_detach(void);

#endif
