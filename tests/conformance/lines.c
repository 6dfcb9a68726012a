/* lines.c - what reading the console gives, line by line: somebody types, this program says what came, byte by byte
 * where it isn't plain text.  The line "quit" ends it.
 * With "handler" it has a handler for Ctrl-C; with "lost" a reader loses its buffer first; with "wide" it reads 16-bit
 * units, three at a time.  Runs on Windows, too.
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

static DWORD WINAPI read_into(void *buffer)
{
    DWORD count;

    return !ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, 80, &count, NULL);
}

/* Another thread's buffer goes while it waits for a line. */
static void lose_buffer(void)
{
    void *buffer = VirtualAlloc(NULL, 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    HANDLE thread = CreateThread(NULL, 0, read_into, buffer, CREATE_SUSPENDED, NULL);
    DWORD failed = 0;

    SetThreadPriority(thread, THREAD_PRIORITY_HIGHEST);
    ResumeThread(thread); /* it runs until it waits */
    VirtualFree(buffer, 0, MEM_RELEASE);
    printf("the buffer is gone\n");
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &failed);
    printf(failed ? "not read\n" : "read\n");
    CloseHandle(thread);
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
    if (argc > 1 && strcmp(argv[1], "lost") == 0)
        lose_buffer();
    else if (argc > 1)
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
