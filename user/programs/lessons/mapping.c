/* mapping.c - lesson: a file, its views and the memory they show are the same pages.
 *
 * One file is written through a handle, read through a view, changed through another view, and copied
 * by a third one that keeps its changes to itself.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE file, section;

static char *view(DWORD access)
{
    char *at = MapViewOfFile(section, access, 0, 0, 0);

    if (!at) {
        printf("MapViewOfFile failed with error %lu\n", (unsigned long)GetLastError());
        ExitProcess(1);
    }
    return at;
}

static void show_file(const char *when)
{
    char text[32] = "";
    DWORD done;

    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, text, sizeof text - 1, &done, NULL);
    printf("  ReadFile %s: \"%s\"\n", when, text);
}

static DWORD protection(const void *at)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(at, &info, sizeof info);
    return info.Protect;
}

int main(void)
{
    char *one, *two, *copy;
    DWORD done;

    setvbuf(stdout, NULL, _IONBF, 0);
    file = CreateFileA("mapping.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "written by handle", 17, &done, NULL);
    section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0x2000, NULL);
    one = view(FILE_MAP_WRITE);
    two = view(FILE_MAP_WRITE);
    copy = view(FILE_MAP_COPY);
    printf("One page of a file, seen at %08lX, %08lX and, as a copy, at %08lX.\n",
           (unsigned long)(ULONG_PTR)one, (unsigned long)(ULONG_PTR)two,
           (unsigned long)(ULONG_PTR)copy);
    printf("  the first view shows: \"%s\"\n", one);
    strcpy(two, "written by view");
    show_file("after writing to the second view");
    printf("  the copy shows: \"%s\", protection %02lX (write-copy)\n", copy,
           (unsigned long)protection(copy));
    strcpy(copy, "my own");
    printf("  written to: \"%s\", protection %02lX (read-write); its neighbour has %02lX\n", copy,
           (unsigned long)protection(copy), (unsigned long)protection(copy + 0x1000));
    show_file("after writing to the copy");
    /* The page is ours already: the next write has nothing to copy. */
    VirtualProtect(copy, 0x1000, PAGE_WRITECOPY, &done);
    copy[0] = 'M';
    printf("  made write-copy once more and written: \"%s\", protection %02lX\n", copy,
           (unsigned long)protection(copy));
    UnmapViewOfFile(one);
    UnmapViewOfFile(two);
    UnmapViewOfFile(copy);
    CloseHandle(section);
    CloseHandle(file);
    DeleteFileA("mapping.tmp");
    return 0;
}
