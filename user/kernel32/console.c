/* console.c - the standard handles and the console behind them.
 *
 * The console is a line-oriented device: bytes out, lines in.  Of its modes only the ones it
 * has can be asked for.
 */
#include "user/kernel32/kernel32.h"

/* STD_INPUT_HANDLE is -10, output -11, error -12. */
static uint32_t *slot_of(DWORD which)
{
    DWORD index = STD_INPUT_HANDLE - which;

    return index < 3 ? &peb()->parameters->std_handle[index] : NULL;
}

HANDLE WINAPI GetStdHandle(DWORD which)
{
    const uint32_t *slot = slot_of(which);

    if (slot == NULL)
        return error_invalid(ERROR_INVALID_HANDLE);
    return (HANDLE)*slot;
}

BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle)
{
    uint32_t *slot = slot_of(which);

    if (slot == NULL)
        return error_fail(ERROR_INVALID_HANDLE);
    *slot = (uint32_t)handle;
    return TRUE;
}

bool console_is(HANDLE handle)
{
    return file_device(handle) == 0x50 /* FILE_DEVICE_CONSOLE */ ||
           error_fail(ERROR_INVALID_HANDLE);
}

/* Who may write no bytes may write. */
static bool writes(HANDLE console)
{
    IO_STATUS_BLOCK io;

    return NT_SUCCESS(NtWriteFile(console, NULL, NULL, NULL, &io, (void *)"", 0, NULL, NULL));
}

bool console_is_input(HANDLE handle)
{
    return console_is(handle) && (!writes(handle) || error_fail(ERROR_INVALID_HANDLE));
}

bool console_is_output(HANDLE handle)
{
    return console_is(handle) && (writes(handle) || error_fail(ERROR_INVALID_HANDLE));
}

/* --- modes and code pages --- */

/* What the console does; only how a terminal takes bytes that begin with ESC may be chosen. */
enum {
    INPUT_MODE = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT,
    OUTPUT_MODE = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT,
    OUTPUT_CHOICE = ENABLE_VIRTUAL_TERMINAL_PROCESSING | DISABLE_NEWLINE_AUTO_RETURN,
};

static DWORD output_choice;

static DWORD mode_of(HANDLE console)
{
    return !writes(console) ? INPUT_MODE : OUTPUT_MODE | output_choice;
}

BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode)
{
    if (!console_is(console))
        return FALSE;
    *mode = mode_of(console);
    return TRUE;
}

BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode)
{
    if (!console_is(console))
        return FALSE;
    if (!writes(console))
        return mode == INPUT_MODE ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
    if ((mode & ~(DWORD)OUTPUT_CHOICE) != OUTPUT_MODE)
        return error_fail(ERROR_INVALID_PARAMETER);
    output_choice = mode & OUTPUT_CHOICE;
    return TRUE;
}

/* Bytes go to the terminal as they are, so every code page is the right one; what was set is remembered (X19). */
static UINT input_page, output_page; /* 0: nobody has set it */

static BOOL set_page(UINT *which, UINT page)
{
    if (!IsValidCodePage(page))
        return error_fail(ERROR_INVALID_PARAMETER);
    *which = page;
    return TRUE;
}

BOOL WINAPI SetConsoleOutputCP(UINT page)
{
    return set_page(&output_page, page);
}

BOOL WINAPI SetConsoleCP(UINT page)
{
    return set_page(&input_page, page);
}

UINT WINAPI GetConsoleOutputCP(void)
{
    return output_page != 0 ? output_page : GetOEMCP();
}

UINT WINAPI GetConsoleCP(void)
{
    return input_page != 0 ? input_page : GetOEMCP();
}

/* No window shows it, but who set it gets it back. */
static WCHAR current_title[TEXT_NAME];

BOOL WINAPI SetConsoleTitleW(LPCWSTR title)
{
    size_t length = title != NULL ? text_length(title) : TEXT_NAME;

    if (length >= TEXT_NAME)
        return error_fail(ERROR_INVALID_PARAMETER);
    memcpy(current_title, title, (length + 1) * sizeof *title);
    return TRUE;
}

DWORD WINAPI GetConsoleTitleW(LPWSTR title, DWORD size)
{
    DWORD length = (DWORD)text_length(current_title), part = length < size ? length : size - 1;

    if (size == 0)
        return 0;
    memcpy(title, current_title, part * sizeof *title);
    title[part] = 0;
    return length;
}

DWORD WINAPI GetConsoleTitleA(LPSTR title, DWORD size)
{
    return text_narrow(title, size, current_title) ? (DWORD)text_length(current_title) : 0;
}

/* There is one console, and everybody has it. */
BOOL WINAPI AllocConsole(void)
{
    return error_fail(ERROR_ACCESS_DENIED);
}

BOOL WINAPI AttachConsole(DWORD process)
{
    (void)process;
    return error_fail(ERROR_ACCESS_DENIED);
}

BOOL WINAPI FreeConsole(void)
{
    return TRUE;
}

/* --- text --- */

BOOL WINAPI WriteConsoleA(HANDLE console, const VOID *text, DWORD length, LPDWORD done,
                          LPVOID reserved)
{
    (void)reserved;
    return console_is_output(console) && WriteFile(console, text, length, done, NULL);
}

/* No window shows it. */
HWND WINAPI GetConsoleWindow(void)
{
    return NULL;
}

/* As UTF-8, a part at a time. */
BOOL WINAPI WriteConsoleW(HANDLE console, const VOID *text, DWORD length, LPDWORD done,
                          LPVOID reserved)
{
    enum { PART = 128 };
    const WCHAR *from = text;
    char bytes[PART * 3];
    DWORD at = 0, written;

    (void)reserved;
    if (!console_is_output(console))
        return FALSE;
    while (at < length) {
        DWORD part = length - at < PART ? length - at : PART;
        int size;

        if (part == PART && from[at + part - 1] >= 0xD800 && from[at + part - 1] < 0xDC00)
            part--; /* don't tear a surrogate pair */
        size =
            WideCharToMultiByte(CP_UTF8, 0, from + at, (int)part, bytes, sizeof bytes, NULL, NULL);
        if (size == 0 || !WriteFile(console, bytes, (DWORD)size, &written, NULL))
            return FALSE;
        at += part;
    }
    if (done != NULL)
        *done = length;
    return TRUE;
}

/* Under names of our own here: the type of the last argument is not the same in all releases of the headers. */
BOOL WINAPI read_console_a(HANDLE console, LPVOID buffer, DWORD length, LPDWORD done,
                           LPVOID control) __asm__("_ReadConsoleA@20");
BOOL WINAPI read_console_w(HANDLE console, LPVOID buffer, DWORD length, LPDWORD done,
                           LPVOID control) __asm__("_ReadConsoleW@20");

BOOL WINAPI read_console_a(HANDLE console, LPVOID buffer, DWORD length, LPDWORD done,
                           LPVOID control)
{
    (void)control;
    return console_is_input(console) && ReadFile(console, buffer, length, done, NULL);
}

/* How many bytes the last character of `size` bytes of UTF-8 lacks. */
static DWORD missing(const char *bytes, DWORD size)
{
    for (DWORD back = 1; back <= 3 && back <= size; back++) {
        BYTE lead = (BYTE)bytes[size - back];
        DWORD length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;

        if (lead >= 0xC0 || lead < 0x80)
            return length > back ? length - back : 0;
    }
    return 0;
}

/* The keyboard gives UTF-8, and never fewer bytes than they become 16-bit units.  The second half of a pair for which there
 * was no room waits for the next call. */
BOOL WINAPI read_console_w(HANDLE console, LPVOID buffer, DWORD length, LPDWORD done,
                           LPVOID control)
{
    enum { PART = 256, MOST = PART + 3 };
    static WCHAR waiting;
    char bytes[MOST];
    WCHAR units[MOST];
    DWORD got = 0, part, room = length < PART ? length : PART, count = 0;

    (void)control;
    if (!console_is_input(console))
        return FALSE;
    if (waiting != 0 && length > 0) {
        units[count++] = waiting;
    } else {
        do {
            if (!ReadFile(console, bytes + got, room, &part, NULL))
                return FALSE;
            got += part;
            room = missing(bytes, got);
        } while (part > 0 && room > 0);
        count = (DWORD)MultiByteToWideChar(CP_UTF8, 0, bytes, (int)got, units, MOST);
    }
    waiting = count > length ? units[length] : 0;
    *done = count < length ? count : length;
    memcpy(buffer, units, *done * sizeof *units);
    return TRUE;
}
