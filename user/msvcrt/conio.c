/* conio.c - the console without streams.
 *
 * The console hands over lines: a key comes when the line that it belongs to has been entered.
 */
#include "user/msvcrt/crt.h"
#include <conio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int pushed_back = EOF;

int _putch(int c)
{
    char byte = (char)c;
    DWORD done;

    return WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), &byte, 1, &done, NULL) ? c : EOF;
}

int _cputs(const char *text)
{
    DWORD done, length = (DWORD)strlen(text);

    return WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, length, &done, NULL) ? 0 : EOF;
}

/* The next byte; the end of a line is a return, as the key gives it. */
int _getch(void)
{
    int c = pushed_back;
    char byte;
    DWORD done;

    pushed_back = EOF;
    if (c != EOF)
        return c;
    if (!ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &done, NULL) || done == 0)
        return EOF;
    return byte == '\n' ? '\r' : (unsigned char)byte;
}

int _getche(void)
{
    int c = _getch();

    return c == EOF ? EOF : _putch(c);
}

int _ungetch(int c)
{
    if (pushed_back != EOF || c == EOF)
        return EOF;
    return pushed_back = c;
}

/* A key that was given back is sure to be there; of others nobody knows before the line is complete. */
int _kbhit(void)
{
    return pushed_back != EOF;
}

int _vcprintf(const char *format, va_list arguments)
{
    char text[1024];
    int length = _vsnprintf(text, sizeof text - 1, format, arguments);

    text[sizeof text - 1] = 0;
    return _cputs(text) == 0 ? length : EOF;
}

int _cprintf(const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = _vcprintf(format, arguments);
    va_end(arguments);
    return length;
}
