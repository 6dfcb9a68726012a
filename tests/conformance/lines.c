/* lines.c - what reading the console gives, line by line: somebody types, this program says what came, byte by byte
 * where it isn't plain text.  The line "quit" ends it.
 * With an argument it has a handler for Ctrl-C.  Runs on Windows, too.
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

static BOOL WINAPI handler(DWORD event)
{
    return event == CTRL_C_EVENT;
}

int main(int argc, char **argv)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    char line[2048];
    DWORD count;

    (void)argv;
    setbuf(stdout, NULL);
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
