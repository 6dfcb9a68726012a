/* pipes.c - pipes: bytes in their order, ends that close, a parent and a child, popen() and system().
 *
 * pipes.exe child      repeats its input, says a word on the error output, ends with 7
 */
#define _WIN32_WINNT 0x0601
#include "tests/conformance/fact.h"
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char big[100000];

static int repeat(void)
{
    char line[100];

    while (fgets(line, sizeof line, stdin))
        printf("got %s", line);
    fprintf(stderr, "the end\n");
    return 7;
}

static DWORD read_all(HANDLE from, char *to, DWORD room)
{
    DWORD done, all = 0;

    while (all < room && ReadFile(from, to + all, room - all, &done, NULL) && done > 0)
        all += done;
    return all;
}

/* A file with a name, asked to be a pipe: it is gone when it is closed, whether it became one or not. */
static void test_deleted(void)
{
    LONG(WINAPI * set)
    (HANDLE, void *, void *, ULONG, int) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll"), "NtSetInformationFile");
    HANDLE file = CreateFileA("gone.tmp", GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL,
                              CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    DWORD facts[2] = {0}, io[2];

    set(file, io, facts, sizeof facts, 23);
    CloseHandle(file);
    fact("pipe", "a file that goes when it is closed goes once",
         GetFileAttributesA("gone.tmp") == INVALID_FILE_ATTRIBUTES);
}

static void test_bytes(void)
{
    HANDLE read, write;
    DWORD done, seen, there, left;
    char text[100];

    fact("pipe", "a pipe is made", CreatePipe(&read, &write, NULL, 0));
    fact("pipe", "both ends are of the type of pipes",
         GetFileType(read) == FILE_TYPE_PIPE && GetFileType(write) == FILE_TYPE_PIPE);
    fact("pipe", "ten bytes go in", WriteFile(write, "0123456789", 10, &done, NULL) && done == 10);
    fact("pipe", "PeekNamedPipe shows the first four and takes none",
         PeekNamedPipe(read, text, 4, &seen, &there, &left) && seen == 4 && there == 10 &&
             !memcmp(text, "0123", 4));
    fact("pipe", "a read takes as many as it asks for",
         ReadFile(read, text, 3, &done, NULL) && done == 3 && !memcmp(text, "012", 3));
    fact("pipe", "the ends have their rights",
         !ReadFile(write, text, 1, &done, NULL) && GetLastError() == ERROR_ACCESS_DENIED &&
             !WriteFile(read, "x", 1, &done, NULL) && GetLastError() == ERROR_ACCESS_DENIED);
    CloseHandle(write);
    fact("pipe", "what is left comes when the writer is gone",
         ReadFile(read, text, sizeof text, &done, NULL) && done == 7 &&
             !memcmp(text, "3456789", 7));
    fact("pipe", "then the pipe is broken",
         !ReadFile(read, text, 1, &done, NULL) && GetLastError() == ERROR_BROKEN_PIPE);
    fact("pipe", "PeekNamedPipe says so, too",
         !PeekNamedPipe(read, NULL, 0, NULL, &there, NULL) && GetLastError() == ERROR_BROKEN_PIPE);
    CloseHandle(read);
    CreatePipe(&read, &write, NULL, 0);
    CloseHandle(read);
    fact("pipe", "nobody reads what is written: ERROR_NO_DATA",
         !WriteFile(write, "x", 1, &done, NULL) && GetLastError() == ERROR_NO_DATA);
    CloseHandle(write);
}

static DWORD WINAPI write_big(void *end)
{
    DWORD done, at = 0;

    while (at < sizeof big &&
           WriteFile(end, big + at, sizeof big - at < 7777 ? sizeof big - at : 7777, &done, NULL))
        at += done;
    CloseHandle(end);
    return at;
}

/* More than a pipe holds: each side waits for the other, and no byte is lost at the end of the ring. */
static void test_flow(void)
{
    static char got[sizeof big + 1];
    HANDLE read, write, thread;
    DWORD wrote = 0;

    for (unsigned i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 31 + i / 256);
    CreatePipe(&read, &write, NULL, 0);
    thread = CreateThread(NULL, 0, write_big, write, 0, NULL);
    fact_number("pipe", "100,000 bytes come through", sizeof big, read_all(read, got, sizeof got));
    fact("pipe", "in their order", !memcmp(got, big, sizeof big));
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &wrote);
    fact_number("pipe", "all were written", sizeof big, wrote);
    CloseHandle(read);
}

/* A thread that waits at a pipe can be ended. */
static DWORD WINAPI wait_for_ever(void *end)
{
    char byte;
    DWORD done;

    return ReadFile(end, &byte, 1, &done, NULL);
}

static void test_end_of_a_reader(void)
{
    HANDLE read, write, thread;
    DWORD code = 0;

    CreatePipe(&read, &write, NULL, 0);
    thread = CreateThread(NULL, 0, wait_for_ever, read, 0, NULL);
    Sleep(1); /* that it waits already is likely, not needed */
    TerminateThread(thread, 5);
    fact("pipe", "a thread that waits for a byte can be ended",
         WaitForSingleObject(thread, PATIENCE_MS) == WAIT_OBJECT_0 &&
             GetExitCodeThread(thread, &code) && code == 5);
    CloseHandle(read);
    CloseHandle(write);
}

static void test_child(void)
{
    SECURITY_ATTRIBUTES inherit = {.nLength = sizeof inherit, .bInheritHandle = TRUE};
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    char line[] = "pipes.exe child", text[200] = "";
    HANDLE to, from;
    PROCESS_INFORMATION child;
    DWORD done;

    CreatePipe(&start.hStdInput, &to, &inherit, 0);
    CreatePipe(&from, &start.hStdOutput, &inherit, 0);
    start.hStdError = start.hStdOutput;
    SetHandleInformation(to, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(from, HANDLE_FLAG_INHERIT, 0);
    fact("pipe", "a child starts with its output in a pipe",
         CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child));
    CloseHandle(start.hStdInput);
    CloseHandle(start.hStdOutput);
    WriteFile(to, "one\ntwo\n", 8, &done, NULL);
    CloseHandle(to);
    done = read_all(from, text, sizeof text - 1);
    fact("pipe", "the parent reads all that it says",
         strstr(text, "got one\r\ngot two\r\n") && strstr(text, "the end\r\n"));
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &done);
    fact_number("pipe", "and its exit code", 7, done);
}

static void test_shell(void)
{
    char line[100] = "";
    FILE *stream = _popen("pipes.exe child 2>&1 < words.txt", "r");
    int seen = 0, ends[2];

    fact("pipe", "a command whose input isn't there is refused", stream == NULL);
    stream = fopen("words.txt", "w");
    fputs("alpha\nbeta\n", stream);
    fclose(stream);
    stream = _popen("pipes.exe child 2>&1 < words.txt", "r");
    while (stream && fgets(line, sizeof line, stream))
        seen += !strcmp(line, "got alpha\n") || !strcmp(line, "got beta\n") ||
                !strcmp(line, "the end\n");
    fact_number("pipe", "popen reads a child's output and errors", 3, seen);
    fact_number("pipe", "pclose gives its exit code", 7, _pclose(stream));
    fact_number("pipe", "system sends output to a file", 7,
                system("pipes.exe child < words.txt > out.txt 2> err.txt"));
    stream = fopen("out.txt", "r");
    fact("pipe", "where it is",
         stream && fgets(line, sizeof line, stream) && !strcmp(line, "got alpha\n"));
    fact_number("pipe", "a program that isn't there ends with 1", 1,
                system("nobody.exe 2> err.txt"));
    fact("pipe", "_pipe has two descriptors", _pipe(ends, 512, _O_BINARY) == 0);
    write(ends[1], "abc", 3);
    close(ends[1]);
    fact("pipe", "that are its ends", read(ends[0], line, 10) == 3 && read(ends[0], line, 10) == 0);
}

/* What only a console can answer is refused with ERROR_INVALID_HANDLE: by pipes, files, and the console's other side. */
static BOOL WINAPI read_keys(HANDLE handle, LPDWORD done)
{
    INPUT_RECORD record;

    return ReadConsoleInputA(handle, &record, 1, done);
}

static BOOL WINAPI peek_keys(HANDLE handle, LPDWORD done)
{
    INPUT_RECORD record;

    return PeekConsoleInputW(handle, &record, 1, done);
}

static BOOL WINAPI read_text(HANDLE handle, LPDWORD done)
{
    char text[4];

    return ReadConsoleA(handle, text, sizeof text, done, NULL);
}

static BOOL WINAPI drop_keys(HANDLE handle, LPDWORD done)
{
    (void)done;
    return FlushConsoleInputBuffer(handle);
}

static BOOL WINAPI write_text(HANDLE handle, LPDWORD done)
{
    return WriteConsoleW(handle, L"!", 1, done, NULL);
}

static BOOL WINAPI see_screen(HANDLE handle, LPDWORD done)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    (void)done;
    return GetConsoleScreenBufferInfo(handle, &info);
}

static void test_no_console(void)
{
    enum { NEVER, INPUT, OUTPUT };
    static const struct {
        const char *name;
        BOOL(WINAPI *call)(HANDLE, LPDWORD);
        int refuses; /* which side of the console, too */
    } calls[] = {
        {"GetConsoleMode", GetConsoleMode, NEVER},
        {"GetNumberOfConsoleInputEvents", GetNumberOfConsoleInputEvents, OUTPUT},
        {"ReadConsoleInputA", read_keys, OUTPUT},
        {"PeekConsoleInputW", peek_keys, OUTPUT},
        {"FlushConsoleInputBuffer", drop_keys, OUTPUT},
        {"ReadConsoleA", read_text, OUTPUT},
        {"WriteConsoleW", write_text, INPUT},
        {"GetConsoleScreenBufferInfo", see_screen, INPUT},
    };
    HANDLE handles[6] = {NULL};
    int wrong = 0;
    DWORD done;

    CreatePipe(&handles[1], &handles[2], NULL, 0);
    handles[3] =
        CreateFileA("keys.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    handles[4] = CreateFileA("CONIN$", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    handles[5] =
        CreateFileA("CONOUT$", GENERIC_WRITE, FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)
        for (int j = 0; j < 6; j++) {
            if (j >= 4 && calls[i].refuses != (j == 4 ? INPUT : OUTPUT))
                continue;
            SetLastError(0);
            if (!calls[i].call(handles[j], &done) && GetLastError() == ERROR_INVALID_HANDLE)
                continue;
            printf("%s takes handle %d, or says %lu\n", calls[i].name, j, GetLastError());
            wrong++;
        }
    fact_number("console", "pipes, files and the other side are refused as no console", 0, wrong);
    fact("console", "both sides have a mode, and keys are counted where they arrive",
         GetConsoleMode(handles[4], &done) && GetConsoleMode(handles[5], &done) &&
             GetNumberOfConsoleInputEvents(handles[4], &done));
    for (int j = 1; j < 6; j++)
        CloseHandle(handles[j]);
}

int main(int count, char **words)
{
    if (count > 1 && !strcmp(words[1], "child"))
        return repeat();
    test_bytes();
    test_deleted();
    test_flow();
    test_end_of_a_reader();
    test_child();
    test_shell();
    test_no_console();
    return facts_end();
}
