/* console_input.c - the keys of the console as records.
 *
 * The console hands over lines: the keys of a line come when Enter has been pressed.  Those that were not asked for yet
 * wait here.
 */
#include "user/kernel32/kernel32.h"

enum { RECORDS = 2048 };

static INPUT_RECORD queue[RECORDS];
static unsigned in, out; /* ever growing; the place is the number modulo RECORDS */
static CRITICAL_SECTION guard = {.LockCount = -1};

static void put(const INPUT_RECORD *record)
{
    if (in - out < RECORDS)
        queue[in++ % RECORDS] = *record;
}

static void put_key(WCHAR c)
{
    bool capital = c >= 'A' && c <= 'Z', letter = capital || (c >= 'a' && c <= 'z');
    WORD key = letter ? (WORD)(c & ~0x20) : c < 0x80 && c != '\n' ? c : 0;
    INPUT_RECORD record = {.EventType = KEY_EVENT};

    record.Event.KeyEvent = (KEY_EVENT_RECORD){
        .bKeyDown = TRUE,
        .wRepeatCount = 1,
        .wVirtualKeyCode =
            letter || (c >= '0' && c <= '9') || c == '\r' || c == ' ' || c == '\b' || c == '\t'
                ? key
                : 0,
        .uChar.UnicodeChar = c,
        .dwControlKeyState = capital ? SHIFT_PRESSED : 0,
    };
    put(&record);
    record.Event.KeyEvent.bKeyDown = FALSE;
    put(&record);
}

/* Wait for a line.  The end of the input is Ctrl-Z, as a key. */
static bool read_line(HANDLE console)
{
    char line[512];
    WCHAR wide[512];
    DWORD done;
    int length;

    if (!ReadFile(console, line, sizeof line, &done, NULL))
        return false;
    if (done == 0)
        put_key(0x1A);
    length = MultiByteToWideChar(CP_UTF8, 0, line, (int)done, wide, 512);
    for (int i = 0; i < length; i++)
        if (wide[i] != '\n')
            put_key(wide[i]);
    return true;
}

static void give(INPUT_RECORD *to, DWORD count, bool narrow)
{
    for (DWORD i = 0; i < count; i++) {
        to[i] = queue[(out + i) % RECORDS];
        if (narrow && to[i].EventType == KEY_EVENT) {
            WCHAR c = to[i].Event.KeyEvent.uChar.UnicodeChar;

            to[i].Event.KeyEvent.uChar.UnicodeChar = 0;
            WideCharToMultiByte(GetConsoleCP(), 0, &c, 1, &to[i].Event.KeyEvent.uChar.AsciiChar, 1,
                                NULL, NULL);
        }
    }
}

static BOOL take(HANDLE console, INPUT_RECORD *to, DWORD room, DWORD *done, bool wait, bool narrow)
{
    DWORD count;

    if (!console_is_input(console))
        return FALSE;
    if (room == 0)
        return wait ? error_fail(ERROR_INVALID_PARAMETER) : (*done = 0, TRUE);
    while (wait && in == out)
        if (!read_line(console))
            return FALSE;
    RtlEnterCriticalSection(&guard);
    count = in - out < room ? in - out : room;
    give(to, count, narrow);
    out += wait ? count : 0;
    RtlLeaveCriticalSection(&guard);
    *done = count;
    return TRUE;
}

BOOL WINAPI ReadConsoleInputW(HANDLE console, PINPUT_RECORD to, DWORD room, LPDWORD done)
{
    return take(console, to, room, done, true, false);
}

BOOL WINAPI ReadConsoleInputA(HANDLE console, PINPUT_RECORD to, DWORD room, LPDWORD done)
{
    return take(console, to, room, done, true, true);
}

BOOL WINAPI PeekConsoleInputW(HANDLE console, PINPUT_RECORD to, DWORD room, LPDWORD done)
{
    return take(console, to, room, done, false, false);
}

BOOL WINAPI PeekConsoleInputA(HANDLE console, PINPUT_RECORD to, DWORD room, LPDWORD done)
{
    return take(console, to, room, done, false, true);
}

BOOL WINAPI GetNumberOfConsoleInputEvents(HANDLE console, LPDWORD count)
{
    if (!console_is_input(console))
        return FALSE;
    *count = in - out;
    return TRUE;
}

BOOL WINAPI GetNumberOfConsoleMouseButtons(LPDWORD count)
{
    *count = 0;
    return TRUE;
}

BOOL WINAPI FlushConsoleInputBuffer(HANDLE console)
{
    if (!console_is_input(console))
        return FALSE;
    out = in;
    return TRUE;
}

static BOOL write(HANDLE console, const INPUT_RECORD *from, DWORD count, DWORD *done, bool narrow)
{
    if (!console_is_input(console))
        return FALSE;
    RtlEnterCriticalSection(&guard);
    for (DWORD i = 0; i < count; i++) {
        INPUT_RECORD record = from[i];
        char c = from[i].Event.KeyEvent.uChar.AsciiChar;

        if (narrow && record.EventType == KEY_EVENT)
            MultiByteToWideChar(GetConsoleCP(), 0, &c, 1, &record.Event.KeyEvent.uChar.UnicodeChar,
                                1);
        put(&record);
    }
    RtlLeaveCriticalSection(&guard);
    *done = count;
    return TRUE;
}

BOOL WINAPI WriteConsoleInputW(HANDLE console, const INPUT_RECORD *from, DWORD count, LPDWORD done)
{
    return write(console, from, count, done, false);
}

BOOL WINAPI WriteConsoleInputA(HANDLE console, const INPUT_RECORD *from, DWORD count, LPDWORD done)
{
    return write(console, from, count, done, true);
}
