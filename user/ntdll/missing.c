/* missing.c - functions that a program needs and nobody exports.
 *
 * All of them are noted while the program is bound, so that it is refused with one message that names
 * all.  With PAGODA_MISSING=late in its environment it starts: each missing function becomes a few bytes of
 * code that end the program when they are called, and say which function it was.  With PAGODA_MISSING=tell it
 * starts, too, and what it looks up itself and does not find is told at once: packed programs then end without a word.
 */
#include "user/ntdll/ntdll.h"
#include "lib/format.h"
#include "lib/string.h"

enum {
    CODE = 10,         /* push imm32, jmp rel32 */
    CHUNK = 0x10000,   /* records come from regions of this size */
    LINE = 100,        /* characters in a line of names */
    FUNCTION_NAME = 96 /* what is kept of a longer one */
};

struct missing {
    uint8_t code[CODE]; /* with PAGODA_MISSING=late the import points here */
    bool no_dll;        /* the whole DLL isn't there */
    struct missing *next;
    char dll[MODULE_NAME];
    char name[FUNCTION_NAME]; /* "#7" when it is wanted by ordinal */
};

unsigned missing_notes;
static struct missing *first;
static unsigned count;

/* Memory that may be executed, for good; 0 when there is none. */
static struct missing *new_record(void)
{
    static uint8_t *chunk;
    static SIZE_T left;
    struct missing *record;

    if (left < sizeof *record) {
        void *base = NULL;
        SIZE_T size = CHUNK;

        if (!NT_SUCCESS(NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_COMMIT,
                                                PAGE_EXECUTE_READWRITE)))
            return NULL;
        chunk = base;
        left = size;
    }
    record = (struct missing *)chunk;
    chunk += sizeof *record;
    left -= sizeof *record;
    return record;
}

static bool asked_to(const char *what)
{
    static const char name[] = "PAGODA_MISSING=";
    const char *variable = (const char *)peb()->parameters->environment;

    for (; variable != NULL && *variable != 0; variable += strlen(variable) + 1)
        if (string_equal_nocase_n(variable, name, sizeof name - 1) &&
            string_equal_nocase(variable + sizeof name - 1, what))
            return true;
    return false;
}

/* The code of a record pushes the record and jumps to missing_arrived(), which adds a return address of 0. */
void missing_arrived(void);
void missing_called(const struct missing *missing) __attribute__((noreturn));
void missing_called(const struct missing *missing)
{
    say_aloud = true;
    say("%s has called %s of %s, which is missing here: it is ended.\n", module_list->name,
        missing->name, missing->dll);
    for (;;)
        NtTerminateProcess(CURRENT_PROCESS, STATUS_ENTRYPOINT_NOT_FOUND);
}

__asm__(".text\n"
        "_missing_arrived:\n"
        "    pushl $0\n"
        "    jmp _missing_called\n");

static void write_code(struct missing *missing)
{
    uint32_t record = (uint32_t)missing;
    uint32_t distance = (uint32_t)missing_arrived - (uint32_t)(missing->code + CODE);

    missing->code[0] = 0x68; /* push imm32 */
    memcpy(missing->code + 1, &record, 4);
    missing->code[5] = 0xE9; /* jmp rel32 */
    memcpy(missing->code + 6, &distance, 4);
}

/* The order of the report: by DLL, then by name. */
static int order(const struct missing *a, const char *dll, const char *name)
{
    int by_dll = strcmp(a->dll, dll);

    return by_dll != 0 ? by_dll : strcmp(a->name, name);
}

/* The record for this function, made now if need be; 0 when there is no memory. */
static struct missing *record_of(const char *dll, const char *name, bool no_dll)
{
    struct missing **at = &first, *made;

    while (*at != NULL && order(*at, dll, name) < 0)
        at = &(*at)->next;
    if (*at != NULL && order(*at, dll, name) == 0)
        return *at;
    made = new_record();
    if (made == NULL)
        return NULL;
    string_copy(made->dll, dll, sizeof made->dll);
    string_copy(made->name, name, sizeof made->name);
    made->no_dll = no_dll;
    made->next = *at;
    write_code(made);
    *at = made;
    count++;
    return made;
}

void *missing_note(const char *dll, const char *name, uint32_t ordinal, bool no_dll)
{
    char lower[MODULE_NAME], text[FUNCTION_NAME];
    struct missing *missing;

    missing_notes++;
    string_copy(lower, dll, sizeof lower);
    for (char *at = lower; *at != 0; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + 'a' - 'A');
    if (name == NULL)
        format(text, sizeof text, "#%u", (unsigned)ordinal);
    else
        string_copy(text, name, sizeof text);
    missing = record_of(lower, text, no_dll);
    return missing != NULL && (asked_to("late") || asked_to("tell")) ? missing->code : NULL;
}

void missing_tell(const char *dll, const char *name, uint32_t ordinal)
{
    bool aloud = say_aloud;

    if (!asked_to("tell"))
        return;
    say_aloud = true;
    if (name != NULL)
        say("%s looked for %s of %s, which is not there.\n", module_list->name, name, dll);
    else if (ordinal != 0)
        say("%s looked for #%u of %s, which is not there.\n", module_list->name, (unsigned)ordinal,
            dll);
    else
        say("%s looked for %s, which is not on the disc.\n", module_list->name, dll);
    say_aloud = aloud;
}

/* "  kernel32.dll: CancelIo, ..." for the DLL of `from`; returns the first record of the next one. */
static const struct missing *report_dll(const struct missing *from)
{
    const struct missing *at;
    size_t column = strlen(from->dll) + 4;

    say(from->no_dll ? "  %s, which is not on the disc:" : "  %s:", from->dll);
    for (at = from; at != NULL && strcmp(at->dll, from->dll) == 0; at = at->next) {
        column += strlen(at->name) + 2;
        if (column > LINE) {
            say("\n   ");
            column = strlen(at->name) + 6;
        }
        say(" %s%s", at->name, at->next != NULL && strcmp(at->next->dll, at->dll) == 0 ? "," : "");
    }
    say("\n");
    return at;
}

void missing_report(const char *program)
{
    if (count == 1 && first->no_dll) {
        say("%s can't run: it needs %s, which is not on the disc.\n", program, first->dll);
    } else if (count == 1) {
        say("%s can't run: it needs the function %s of %s, which %s doesn't export.\n", program,
            first->name, first->dll, first->dll);
    } else if (count > 1) {
        say("%s can't run: it needs %u functions that are missing here.\n", program, count);
        for (const struct missing *at = first; at != NULL;)
            at = report_dll(at);
    }
    if (count > 0)
        say("With `set PAGODA_MISSING=late` it starts, and is ended when it calls what is "
            "missing.\n");
}
