/* screen.c - the screen buffer of a console that is a stream of text.
 *
 * The cells of a screen of 80 x 25 lie here.  What is written to them goes to the terminal as text, with the
 * sequences that ECMA-48 has for colours and for moving the cursor; moves are relative, since nobody knows in which
 * line of the terminal the program began.  Plain text is followed from the first question about the screen on.
 */
#include "user/kernel32/kernel32.h"

enum { WIDTH = 80, HEIGHT = 25, GREY = 7, TAB = 8 };

static CHAR_INFO cells[HEIGHT][WIDTH];
static COORD cursor;
static WORD colour = GREY, shown = GREY; /* asked for; what the terminal was told */
static CONSOLE_CURSOR_INFO shape = {.dwSize = 25, .bVisible = TRUE};
static HANDLE hidden; /* a buffer that isn't shown */
static CRITICAL_SECTION guard = {.LockCount = -1};

/* --- what the terminal is told --- */

static void emit(const char *bytes, size_t size)
{
    IO_STATUS_BLOCK io;

    NtWriteFile(GetStdHandle(STD_OUTPUT_HANDLE), NULL, NULL, NULL, &io, (void *)bytes, (ULONG)size,
                NULL, NULL);
}

/* ESC [ number letter */
static void emit_sequence(unsigned number, char letter)
{
    char text[8] = "\x1b[", *at = text + 2;

    if (number >= 100)
        *at++ = '1';
    if (number >= 10)
        *at++ = (char)('0' + number / 10 % 10);
    *at++ = (char)('0' + number % 10);
    *at++ = letter;
    emit(text, (size_t)(at - text));
}

/* Windows counts blue, green, red; terminals the other way round. */
static unsigned terminal_colour(unsigned bits)
{
    return (bits & 4) >> 2 | (bits & 2) | (bits & 1) << 2;
}

static void show_colour(WORD wanted)
{
    if (wanted == shown)
        return;
    shown = wanted;
    emit_sequence(0, 'm');
    if ((wanted & 15) != GREY)
        emit_sequence((wanted & FOREGROUND_INTENSITY ? 90 : 30) + terminal_colour(wanted & 7), 'm');
    if ((wanted & 0xF0) != 0)
        emit_sequence((wanted & BACKGROUND_INTENSITY ? 100 : 40) + terminal_colour(wanted >> 4 & 7),
                      'm');
}

static void move_to(int x, int y)
{
    if (y < cursor.Y)
        emit_sequence((unsigned)(cursor.Y - y), 'A');
    for (int line = cursor.Y; line < y; line++)
        emit("\n", 1);
    if (y > cursor.Y)
        cursor.X = 0;
    if (x < cursor.X)
        emit("\r", 1);
    if (x < cursor.X)
        cursor.X = 0;
    if (x > cursor.X)
        emit_sequence((unsigned)(x - cursor.X), 'C');
    cursor = (COORD){(SHORT)x, (SHORT)y};
}

/* The cells [x, end) of a line again; the cursor stays where it is. */
static void redraw(int y, int x, int end)
{
    COORD back = cursor;
    WORD before = shown;

    move_to(x, y);
    for (; x < end; x++) {
        char bytes[4];
        int size = WideCharToMultiByte(CP_UTF8, 0, &cells[y][x].Char.UnicodeChar, 1, bytes,
                                       sizeof bytes, NULL, NULL);

        show_colour(cells[y][x].Attributes);
        emit(bytes, (size_t)size);
        cursor.X++;
    }
    show_colour(before);
    move_to(back.X, back.Y);
}

/* --- plain text --- */

static void next_line(void)
{
    cursor.X = 0;
    if (cursor.Y < HEIGHT - 1) {
        cursor.Y++;
        return;
    }
    memmove(cells[0], cells[1], sizeof cells - sizeof cells[0]);
    for (int x = 0; x < WIDTH; x++)
        cells[HEIGHT - 1][x] = (CHAR_INFO){.Char.UnicodeChar = ' ', .Attributes = colour};
}

static void follow(WCHAR c)
{
    if (c == '\n')
        next_line();
    else if (c == '\r')
        cursor.X = 0;
    else if (c == '\b')
        cursor.X = (SHORT)(cursor.X > 0 ? cursor.X - 1 : 0);
    else if (c == '\t')
        cursor.X =
            (SHORT)((cursor.X / TAB + 1) * TAB < WIDTH ? (cursor.X / TAB + 1) * TAB : WIDTH - 1);
    else if (c >= ' ') {
        if (cursor.X == WIDTH)
            next_line();
        cells[cursor.Y][cursor.X++] = (CHAR_INFO){.Char.UnicodeChar = c, .Attributes = colour};
    }
}

static void follow_text(HANDLE file, const void *text, DWORD size)
{
    const char *bytes = text;

    if (!console_is(file))
        return;
    RtlEnterCriticalSection(&guard);
    for (DWORD i = 0; i < size; i++) {
        if (bytes[i] == '\x1b' && i + 1 < size &&
            bytes[i + 1] == '[') /* a sequence moves nothing that we know */
            for (i += 2; i < size && bytes[i] < '@';)
                i++;
        else if ((bytes[i] & 0xC0) != 0x80) /* the first byte of a character */
            follow((WCHAR)(bytes[i] & 0x80 ? '?' : bytes[i]));
    }
    RtlLeaveCriticalSection(&guard);
}

/* --- asking and setting --- */

static bool is_hidden(HANDLE console)
{
    return hidden != NULL && console == hidden;
}

static bool start(HANDLE console)
{
    if (!is_hidden(console) && !console_is_output(console))
        return false;
    for (unsigned i = 0; file_written == NULL && i < HEIGHT * WIDTH; i++)
        cells[i / WIDTH][i % WIDTH] = (CHAR_INFO){.Char.UnicodeChar = ' ', .Attributes = GREY};
    file_written = follow_text;
    return true;
}

BOOL WINAPI GetConsoleScreenBufferInfo(HANDLE console, PCONSOLE_SCREEN_BUFFER_INFO out)
{
    if (!start(console))
        return FALSE;
    *out = (CONSOLE_SCREEN_BUFFER_INFO){
        .dwSize = {WIDTH, HEIGHT},
        .dwCursorPosition = {(SHORT)(cursor.X < WIDTH ? cursor.X : WIDTH - 1), cursor.Y},
        .wAttributes = colour,
        .srWindow = {0, 0, WIDTH - 1, HEIGHT - 1},
        .dwMaximumWindowSize = {WIDTH, HEIGHT},
    };
    return TRUE;
}

BOOL WINAPI SetConsoleTextAttribute(HANDLE console, WORD wanted)
{
    if (!start(console))
        return FALSE;
    colour = wanted;
    if (!is_hidden(console))
        show_colour(wanted);
    return TRUE;
}

BOOL WINAPI SetConsoleCursorPosition(HANDLE console, COORD to)
{
    if (!start(console))
        return FALSE;
    if (to.X < 0 || to.X >= WIDTH || to.Y < 0 || to.Y >= HEIGHT)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!is_hidden(console))
        move_to(to.X, to.Y);
    return TRUE;
}

COORD WINAPI GetLargestConsoleWindowSize(HANDLE console)
{
    return start(console) ? (COORD){WIDTH, HEIGHT} : (COORD){0, 0};
}

BOOL WINAPI GetConsoleCursorInfo(HANDLE console, PCONSOLE_CURSOR_INFO out)
{
    if (!start(console))
        return FALSE;
    *out = shape;
    return TRUE;
}

BOOL WINAPI SetConsoleCursorInfo(HANDLE console, const CONSOLE_CURSOR_INFO *wanted)
{
    if (!start(console))
        return FALSE;
    if (wanted->dwSize < 1 || wanted->dwSize > 100)
        return error_fail(ERROR_INVALID_PARAMETER);
    shape = *wanted;
    return TRUE;
}

/* The size is what it is. */
BOOL WINAPI SetConsoleScreenBufferSize(HANDLE console, COORD size)
{
    if (!start(console))
        return FALSE;
    return size.X == WIDTH && size.Y >= HEIGHT ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI SetConsoleWindowInfo(HANDLE console, BOOL absolute, const SMALL_RECT *window)
{
    (void)absolute;
    if (!start(console))
        return FALSE;
    return window->Right < WIDTH && window->Bottom < HEIGHT ? TRUE
                                                            : error_fail(ERROR_INVALID_PARAMETER);
}

/* One more buffer: what is written to it isn't seen, because it never becomes the one that is shown. */
HANDLE WINAPI CreateConsoleScreenBuffer(DWORD access, DWORD share,
                                        const SECURITY_ATTRIBUTES *security, DWORD flags,
                                        LPVOID data)
{
    HANDLE handle;

    if (flags != CONSOLE_TEXTMODE_BUFFER || data != NULL)
        return error_invalid(ERROR_INVALID_PARAMETER);
    handle =
        CreateFileW(L"NUL", access, share, (SECURITY_ATTRIBUTES *)security, OPEN_EXISTING, 0, NULL);
    if (handle != INVALID_HANDLE_VALUE)
        hidden = handle;
    return handle;
}

BOOL WINAPI SetConsoleActiveScreenBuffer(HANDLE console)
{
    if (!start(console))
        return FALSE;
    return !is_hidden(console) ? TRUE : error_fail(ERROR_NOT_SUPPORTED);
}

/* --- cells --- */

static bool clip(SMALL_RECT *area)
{
    area->Left = area->Left < 0 ? 0 : area->Left;
    area->Top = area->Top < 0 ? 0 : area->Top;
    area->Right = area->Right >= WIDTH ? WIDTH - 1 : area->Right;
    area->Bottom = area->Bottom >= HEIGHT ? HEIGHT - 1 : area->Bottom;
    return area->Left <= area->Right && area->Top <= area->Bottom;
}

static WCHAR widen(char c)
{
    WCHAR wide = ' ';

    MultiByteToWideChar(GetConsoleOutputCP(), 0, &c, 1, &wide, 1);
    return wide;
}

/* A rectangle of the caller's cells to or from ours. */
static BOOL copy(HANDLE console, CHAR_INFO *with, COORD size, COORD from, SMALL_RECT *area,
                 bool write, bool narrow)
{
    int left = area->Left, top = area->Top;

    if (!start(console))
        return FALSE;
    if (from.X < 0 || from.Y < 0 || from.X >= size.X || from.Y >= size.Y)
        return error_fail(ERROR_INVALID_PARAMETER);
    area->Right =
        (SHORT)(area->Right - left < size.X - from.X ? area->Right : left + size.X - from.X - 1);
    area->Bottom =
        (SHORT)(area->Bottom - top < size.Y - from.Y ? area->Bottom : top + size.Y - from.Y - 1);
    if (!clip(area))
        return TRUE;
    for (int y = area->Top; y <= area->Bottom; y++) {
        for (int x = area->Left; x <= area->Right; x++) {
            CHAR_INFO *theirs = &with[(from.Y + y - top) * size.X + from.X + x - left];

            if (!write) {
                *theirs = cells[y][x];
            } else {
                cells[y][x] = *theirs;
                if (narrow)
                    cells[y][x].Char.UnicodeChar = widen(theirs->Char.AsciiChar);
            }
        }
        if (write && !is_hidden(console))
            redraw(y, area->Left, area->Right + 1);
    }
    return TRUE;
}

BOOL WINAPI WriteConsoleOutputW(HANDLE console, const CHAR_INFO *from, COORD size, COORD at,
                                PSMALL_RECT area)
{
    return copy(console, (CHAR_INFO *)from, size, at, area, true, false);
}

BOOL WINAPI WriteConsoleOutputA(HANDLE console, const CHAR_INFO *from, COORD size, COORD at,
                                PSMALL_RECT area)
{
    return copy(console, (CHAR_INFO *)from, size, at, area, true, true);
}

BOOL WINAPI ReadConsoleOutputW(HANDLE console, PCHAR_INFO to, COORD size, COORD at,
                               PSMALL_RECT area)
{
    return copy(console, to, size, at, area, false, false);
}

BOOL WINAPI ReadConsoleOutputA(HANDLE console, PCHAR_INFO to, COORD size, COORD at,
                               PSMALL_RECT area)
{
    return copy(console, to, size, at, area, false, true);
}

/* A run of cells from `at` on, over the ends of lines: either its characters or its colours. */
static BOOL run(HANDLE console, const void *from, DWORD count, COORD at, LPDWORD done, bool step,
                int kind)
{
    DWORD place = (DWORD)(at.Y * WIDTH + at.X), end = place + count;

    if (!start(console))
        return FALSE;
    if (at.X < 0 || at.Y < 0 || at.X >= WIDTH || at.Y >= HEIGHT)
        return error_fail(ERROR_INVALID_PARAMETER);
    end = end < WIDTH * HEIGHT && end >= place ? end : WIDTH * HEIGHT;
    for (DWORD i = place; i < end; i++) {
        CHAR_INFO *cell = &cells[i / WIDTH][i % WIDTH];
        DWORD which = step ? i - place : 0;

        if (kind == 'W')
            cell->Char.UnicodeChar = ((const WCHAR *)from)[which];
        else if (kind == 'A')
            cell->Char.UnicodeChar = widen(((const char *)from)[which]);
        else
            cell->Attributes = ((const WORD *)from)[which];
        if (!is_hidden(console) && (i + 1 == end || i % WIDTH == WIDTH - 1))
            redraw((int)(i / WIDTH), i / WIDTH == place / WIDTH ? (int)(place % WIDTH) : 0,
                   (int)(i % WIDTH) + 1);
    }
    *done = end - place;
    return TRUE;
}

BOOL WINAPI FillConsoleOutputCharacterW(HANDLE console, WCHAR c, DWORD count, COORD at,
                                        LPDWORD done)
{
    return run(console, &c, count, at, done, false, 'W');
}

BOOL WINAPI FillConsoleOutputCharacterA(HANDLE console, CHAR c, DWORD count, COORD at, LPDWORD done)
{
    return run(console, &c, count, at, done, false, 'A');
}

BOOL WINAPI FillConsoleOutputAttribute(HANDLE console, WORD wanted, DWORD count, COORD at,
                                       LPDWORD done)
{
    return run(console, &wanted, count, at, done, false, 0);
}

BOOL WINAPI WriteConsoleOutputCharacterW(HANDLE console, LPCWSTR text, DWORD count, COORD at,
                                         LPDWORD done)
{
    return run(console, text, count, at, done, true, 'W');
}

BOOL WINAPI WriteConsoleOutputCharacterA(HANDLE console, LPCSTR text, DWORD count, COORD at,
                                         LPDWORD done)
{
    return run(console, text, count, at, done, true, 'A');
}

BOOL WINAPI WriteConsoleOutputAttribute(HANDLE console, const WORD *colours, DWORD count, COORD at,
                                        LPDWORD done)
{
    return run(console, colours, count, at, done, true, 0);
}

/* The other way; at most to the screen's end. */
static BOOL read_run(HANDLE console, void *to, DWORD count, COORD at, LPDWORD done, int kind)
{
    const CHAR_INFO *cell;
    DWORD left;

    if (!start(console))
        return FALSE;
    if (at.X < 0 || at.Y < 0 || at.X >= WIDTH || at.Y >= HEIGHT)
        return error_fail(ERROR_INVALID_PARAMETER);
    cell = &cells[at.Y][at.X];
    left = (DWORD)(WIDTH * HEIGHT - at.Y * WIDTH - at.X);
    *done = count < left ? count : left;
    for (DWORD i = 0; i < *done; i++) {
        if (kind == 'W')
            ((WCHAR *)to)[i] = cell[i].Char.UnicodeChar;
        else if (kind == 'A')
            ((char *)to)[i] = cell[i].Char.AsciiChar;
        else
            ((WORD *)to)[i] = cell[i].Attributes;
    }
    return TRUE;
}

BOOL WINAPI ReadConsoleOutputCharacterW(HANDLE console, LPWSTR to, DWORD count, COORD at,
                                        LPDWORD done)
{
    return read_run(console, to, count, at, done, 'W');
}

BOOL WINAPI ReadConsoleOutputCharacterA(HANDLE console, LPSTR to, DWORD count, COORD at,
                                        LPDWORD done)
{
    return read_run(console, to, count, at, done, 'A');
}

BOOL WINAPI ReadConsoleOutputAttribute(HANDLE console, LPWORD to, DWORD count, COORD at,
                                       LPDWORD done)
{
    return read_run(console, to, count, at, done, 0);
}
