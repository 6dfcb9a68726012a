/* lines.c - what reading the console gives, line by line: somebody types, this program says what came, byte by byte
 * where it isn't plain text.  The line "quit" ends it.
 * With "handler" it has a handler for Ctrl-C; with "wide" it reads 16-bit units, three at a time.  Runs on Windows, too.
 */
#include <stdio.h>
#include <string.h>

#include <windows.h>

static void say(const char *bytes, DWORD count)
{
    printf("%lu bytes: ", count);
    for (DWORD i = 0; i < count; i++) {
        if (count > 80 && i == 10) {
            printf(" ... ");
            i = count - 10;
        }
        unsigned char c = (unsigned char)bytes[i];
        printf(c >= ' ' && c <= '~' ? "%c" : "<%02X>", c);
    }
    printf("\n");
}

static int read_wide(HANDLE in)
{
    WCHAR units[3] = {0};
    DWORD count = 1;

    printf("type\n");
    while (units[count - 1] != '\n' && ReadConsoleW(in, units, 3, &count, NULL) && count > 0) {
        printf("%lu units:", count);
        for (DWORD i = 0; i < count; i++)
            printf(" %04X", units[i]);
        printf("\n");
    }
    return 0;
}

static BOOL WINAPI handler(DWORD event)
{
    return event == CTRL_C_EVENT;
}

int main(int argc, char **argv)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    char line[2048];
    DWORD count;

    setbuf(stdout, NULL);
    if (argc > 1 && strcmp(argv[1], "wide") == 0)
        return read_wide(in);
    if (argc > 1)
        SetConsoleCtrlHandler(handler, TRUE);
    SetLastError(0);
    printf("type\n");
    while (ReadFile(in, line, sizeof line, &count, NULL)) {
        say(line, count);
        if (GetLastError() == ERROR_OPERATION_ABORTED)
            printf("interrupted\n");
        SetLastError(0);
        if (count == 6 && memcmp(line, "quit", 4) == 0)
            return 0;
    }
    return 1;
}
