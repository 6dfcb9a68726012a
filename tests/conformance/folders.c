/* folders.c - directories: made, removed, listed, the current one, attributes of files, 10,000 files in 100 directories. */
#define _WIN32_WINNT 0x0601
#include "tests/conformance/fact.h"
#include <string.h>
#include <windows.h>

static void make(const char *name, const char *text)
{
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    DWORD done;

    WriteFile(file, text, (DWORD)strlen(text), &done, NULL);
    CloseHandle(file);
}

static DWORD attributes(const char *name)
{
    return GetFileAttributesA(name);
}

/* How many entries the pattern finds; `dots`: "." and ".." among them. */
static int count(const char *pattern, int *dots)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(pattern, &found);
    int entries = 0;

    *dots = 0;
    if (search == INVALID_HANDLE_VALUE)
        return -1;
    do {
        entries++;
        *dots += !strcmp(found.cFileName, ".") || !strcmp(found.cFileName, "..");
    } while (FindNextFileA(search, &found));
    FindClose(search);
    return GetLastError() == ERROR_NO_MORE_FILES ? entries : -2;
}

static int fails(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

static void test_making(void)
{
    int dots;

    fact("directory", "is made once",
         CreateDirectoryA("one", NULL) &&
             fails(CreateDirectoryA("ONE", NULL), ERROR_ALREADY_EXISTS));
    fact("directory", "not where nothing is",
         fails(CreateDirectoryA("no\\two", NULL), ERROR_PATH_NOT_FOUND));
    fact("directory", "in another, its name ended by a separator",
         CreateDirectoryA("C:/one/two\\", NULL));
    fact("directory", "is one",
         attributes("one\\two") == FILE_ATTRIBUTE_DIRECTORY &&
             attributes("one\\three") == INVALID_FILE_ATTRIBUTES &&
             GetLastError() == ERROR_FILE_NOT_FOUND);
    make("one\\a.txt", "A");
    fact("directory", "is listed with itself and its parent",
         count("one\\*", &dots) == 4 && dots == 2);
    fact("directory", "one name of it", count("one\\*.txt", &dots) == 1 && dots == 0);
    fact("directory", "the root has no dots", count("C:\\*", &dots) > 4 && dots == 0);
    fact("directory", "is not deleted as a file", fails(DeleteFileA("one"), ERROR_ACCESS_DENIED));
    fact("directory", "nor opened as one",
         CreateFileA("one", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) ==
                 INVALID_HANDLE_VALUE &&
             GetLastError() == ERROR_ACCESS_DENIED);
    fact("directory", "with files is not removed",
         fails(RemoveDirectoryA("one"), ERROR_DIR_NOT_EMPTY));
    fact("directory", "nor is a file", fails(RemoveDirectoryA("one\\a.txt"), ERROR_DIRECTORY));
}

static void test_current(void)
{
    char path[MAX_PATH], *part;

    fact("current", "changes",
         SetCurrentDirectoryA("one\\two\\") && GetCurrentDirectoryA(MAX_PATH, path) == 10 &&
             !strcmp(path, "C:\\one\\two"));
    fact("current", "not to what is none",
         fails(SetCurrentDirectoryA("..\\a.txt"), ERROR_DIRECTORY) &&
             fails(SetCurrentDirectoryA("nowhere"), ERROR_FILE_NOT_FOUND));
    make("b.txt", "B");
    fact("current", "names begin there",
         attributes("C:\\one\\two\\b.txt") == FILE_ATTRIBUTE_ARCHIVE &&
             attributes("..\\a.txt") == FILE_ATTRIBUTE_ARCHIVE);
    GetFullPathNameA("../x/.\\y.z", MAX_PATH, path, &part);
    fact("current", "a whole name", !strcmp(path, "C:\\one\\x\\y.z") && !strcmp(part, "y.z"));
    GetFullPathNameA("\\..\\..\\w", MAX_PATH, path, &part);
    fact("current", "the root is its own parent", !strcmp(path, "C:\\w"));
    SetCurrentDirectoryA("C:\\");
}

static void test_moving(void)
{
    WIN32_FIND_DATAA found;
    char path[MAX_PATH];
    HANDLE file;
    FILETIME time = {0x12345678, 0x01D00000}, got;
    WCHAR final[MAX_PATH];

    fact("file", "moves to another directory",
         MoveFileA("one\\two\\b.txt", "one\\c.txt") &&
             attributes("one\\c.txt") == FILE_ATTRIBUTE_ARCHIVE);
    fact("file", "a directory moves with what is in it",
         MoveFileA("one", "uno") && attributes("uno\\two") == FILE_ATTRIBUTE_DIRECTORY);
    fact("file", "but not into itself",
         fails(MoveFileA("uno", "uno\\two\\one"), ERROR_INVALID_PARAMETER));
    fact("file", "read-only: not written, not deleted",
         SetFileAttributesA("uno\\a.txt", FILE_ATTRIBUTE_READONLY) &&
             fails(DeleteFileA("uno\\a.txt"), ERROR_ACCESS_DENIED) &&
             CreateFileA("uno\\a.txt", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL) ==
                 INVALID_HANDLE_VALUE &&
             GetLastError() == ERROR_ACCESS_DENIED);
    FindClose(FindFirstFileA("uno\\a*", &found));
    fact("file", "and it shows", found.dwFileAttributes == FILE_ATTRIBUTE_READONLY);
    fact("file", "until that is taken back",
         SetFileAttributesA("uno\\a.txt", FILE_ATTRIBUTE_NORMAL) &&
             attributes("uno\\a.txt") == FILE_ATTRIBUTE_NORMAL);
    file = CreateFileA("uno\\a.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    SetFileTime(file, NULL, NULL, &time);
    GetFileTime(file, NULL, NULL, &got);
    GetFinalPathNameByHandleW(file, final, MAX_PATH, 0);
    CloseHandle(file);
    fact("file", "keeps the time it is given", CompareFileTime(&time, &got) == 0);
    fact("file", "knows its whole name", !lstrcmpW(final, L"\\\\?\\C:\\uno\\a.txt"));
    fact("file", "a free name in a directory",
         GetTempFileNameA("uno", "tmp", 0, path) != 0 && !strncmp(path, "C:\\uno\\tmp", 10) &&
             DeleteFileA(path));
    DeleteFileA("uno\\a.txt");
    DeleteFileA("uno\\c.txt");
    fact("directory", "goes when it is empty",
         RemoveDirectoryA("uno\\two") && RemoveDirectoryA("uno") &&
             attributes("uno") == INVALID_FILE_ATTRIBUTES);
}

/* A directory that is marked to go, and still open, stays empty. */
static void test_going(void)
{
    HANDLE open;

    CreateDirectoryA("going", NULL);
    open = CreateFileA("going", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                       OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    CloseHandle(CreateFileA("stays.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    fact("directory", "may go while it is open", RemoveDirectoryA("going"));
    fact("directory", "nothing is made there any more",
         CreateFileA("going\\new.txt", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL) ==
                 INVALID_HANDLE_VALUE &&
             GetLastError() == ERROR_ACCESS_DENIED);
    fact("directory", "and nothing is moved there",
         fails(MoveFileA("stays.txt", "going\\stays.txt"), ERROR_ACCESS_DENIED));
    CloseHandle(open);
    fact("directory", "gone with its last handle",
         attributes("going") == INVALID_FILE_ATTRIBUTES && DeleteFileA("stays.txt"));
}

static void test_many(void)
{
    char name[MAX_PATH];
    int dots, made = 0, found = 0;

    for (int d = 0; d < 100; d++) {
        sprintf(name, "many%d", d);
        CreateDirectoryA(name, NULL);
        for (int f = 0; f < 100; f++) {
            HANDLE file;

            sprintf(name, "many%d\\%d", d, f);
            file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
            made += file != INVALID_HANDLE_VALUE;
            CloseHandle(file);
        }
    }
    fact_number("many", "10,000 files in 100 directories", 10000, made);
    for (int d = 0; d < 100; d++) {
        sprintf(name, "many%d\\*", d);
        found += count(name, &dots) - dots;
    }
    fact_number("many", "all are listed", 10000, found);
    for (int d = 0; d < 100; d++) {
        for (int f = 0; f < 100; f++) {
            sprintf(name, "many%d\\%d", d, f);
            made -= DeleteFileA(name);
        }
        sprintf(name, "many%d", d);
        found -= 100 * RemoveDirectoryA(name);
    }
    fact("many", "and go", made == 0 && found == 0);
}

int main(void)
{
    SetCurrentDirectoryA("C:\\"); /* where Pagoda starts every program */
    test_making();
    test_current();
    test_moving();
    test_going();
    test_many();
    return facts_end();
}
