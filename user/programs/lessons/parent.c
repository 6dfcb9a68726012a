/* parent.c - lesson: two processes, the same addresses, different memory; unless they agree to share.
 *
 * The program starts itself as a child.  Both have a variable at the same address, each with its own
 * value.  They meet in a section with a name, and with a handle the parent may read the child's memory.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static char private[32] = "the parent's";

static char *shared_page(HANDLE *section)
{
    *section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000,
                                  "parent-and-child");
    return MapViewOfFile(*section, FILE_MAP_WRITE, 0, 0, 0);
}

static int child(void)
{
    HANDLE section, look = OpenEventA(EVENT_ALL_ACCESS, FALSE, "parent-may-look"),
                    end = OpenEventA(EVENT_ALL_ACCESS, FALSE, "child-may-end");
    char *shared = shared_page(&section);

    strcpy(private, "the child's");
    sprintf(shared, "process %lu was here", (unsigned long)GetCurrentProcessId());
    SetEvent(look);
    WaitForSingleObject(end, 10000);
    return 42;
}

int main(int argc, char **argv)
{
    HANDLE section, look, end;
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char line[] = "parent.exe child", theirs[sizeof private] = "", *shared;
    DWORD code = 0;

    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc == 2 && strcmp(argv[1], "child") == 0)
        return child();
    shared = shared_page(&section);
    look = CreateEventA(NULL, FALSE, FALSE, "parent-may-look");
    end = CreateEventA(NULL, FALSE, FALSE, "child-may-end");
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
        printf("the child can't be started: error %lu\n", (unsigned long)GetLastError());
        return 1;
    }
    WaitForSingleObject(look, 10000);
    ReadProcessMemory(process.hProcess, private, theirs, sizeof theirs, NULL);
    printf("At %08lX process %lu has \"%s\", process %lu has \"%s\".\n",
           (unsigned long)(ULONG_PTR) private, (unsigned long)GetCurrentProcessId(), private,
           (unsigned long)process.dwProcessId, theirs);
    printf("In the shared page, here at %08lX: \"%s\".\n", (unsigned long)(ULONG_PTR)shared,
           shared);
    SetEvent(end);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    printf("The child has ended with exit code %lu.\n", (unsigned long)code);
    return 0;
}
