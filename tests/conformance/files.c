/* files.c - files by handle and by name, the listing, and views of files.  Runs on Windows, too, in a
 * directory that may be written.
 */
#include "tests/conformance/fact.h"

#include <stdint.h>
#include <string.h>
#include <windows.h>

static HANDLE open_file(const char *name, DWORD access, DWORD disposition)
{
    return CreateFileA(name, access, FILE_SHARE_READ, NULL, disposition, FILE_ATTRIBUTE_NORMAL,
                       NULL);
}

/* Did opening fail, with this error? */
static BOOL refused(HANDLE file, DWORD error)
{
    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
        return FALSE;
    }
    return GetLastError() == error;
}

static void make_file(const char *name, const char *text)
{
    HANDLE file = open_file(name, GENERIC_WRITE, CREATE_ALWAYS);
    DWORD done;

    WriteFile(file, text, (DWORD)strlen(text), &done, NULL);
    CloseHandle(file);
}

/* The file's text, at most 99 bytes; "?" if it can't be opened. */
static const char *text_of(const char *name)
{
    static char text[100];
    HANDLE file = open_file(name, GENERIC_READ, OPEN_EXISTING);
    DWORD done = 0;

    strcpy(text, "?");
    if (file != INVALID_HANDLE_VALUE) {
        ReadFile(file, text, 99, &done, NULL);
        text[done] = 0;
        CloseHandle(file);
    }
    return text;
}

/* --- the five dispositions --- */

static void test_dispositions(void)
{
    HANDLE file;

    DeleteFileA("x1.txt");
    fact("file", "OPEN_EXISTING without a file: error 2",
         refused(open_file("x1.txt", GENERIC_READ, OPEN_EXISTING), ERROR_FILE_NOT_FOUND));
    fact("file", "TRUNCATE_EXISTING without a file: error 2",
         refused(open_file("x1.txt", GENERIC_WRITE, TRUNCATE_EXISTING), ERROR_FILE_NOT_FOUND));
    SetLastError(99);
    file = open_file("x1.txt", GENERIC_WRITE, OPEN_ALWAYS);
    fact("file", "OPEN_ALWAYS makes it: error 0",
         file != INVALID_HANDLE_VALUE && GetLastError() == 0);
    CloseHandle(file);
    file = open_file("x1.txt", GENERIC_WRITE, OPEN_ALWAYS);
    fact("file", "OPEN_ALWAYS of a file that is there: error 183",
         file != INVALID_HANDLE_VALUE && GetLastError() == ERROR_ALREADY_EXISTS);
    CloseHandle(file);
    fact("file", "CREATE_NEW of a file that is there: error 80",
         refused(open_file("x1.txt", GENERIC_WRITE, CREATE_NEW), ERROR_FILE_EXISTS));
    make_file("x1.txt", "some text");
    file = open_file("X1.TXT", GENERIC_WRITE, CREATE_ALWAYS);
    fact("file", "CREATE_ALWAYS of a file that is there: empty, error 183",
         file != INVALID_HANDLE_VALUE && GetLastError() == ERROR_ALREADY_EXISTS &&
             GetFileSize(file, NULL) == 0);
    CloseHandle(file);
    fact("file", "an empty name: error 3",
         refused(open_file("", GENERIC_READ, OPEN_EXISTING), ERROR_PATH_NOT_FOUND));
    fact("file", "a disposition that there isn't: error 87",
         refused(open_file("x1.txt", GENERIC_READ, 6), ERROR_INVALID_PARAMETER));
}

/* --- reading, writing, the position --- */

static void test_position(void)
{
    HANDLE file = open_file("x2.txt", GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS);
    char buffer[32];
    DWORD done = 99;
    LARGE_INTEGER size;
    OVERLAPPED at = {.Offset = 2};

    fact("file", "writing", WriteFile(file, "0123456789", 10, &done, NULL) && done == 10);
    fact("file", "reading at the end gives 0 bytes and TRUE",
         ReadFile(file, buffer, 5, &done, NULL) && done == 0);
    fact_number("file", "SetFilePointer from the start", 3,
                SetFilePointer(file, 3, NULL, FILE_BEGIN));
    fact("file", "reading goes on from there",
         ReadFile(file, buffer, 4, &done, NULL) && done == 4 && memcmp(buffer, "3456", 4) == 0);
    fact_number("file", "SetFilePointer from here", 6,
                SetFilePointer(file, -1, NULL, FILE_CURRENT));
    fact("file", "reading gives what there is",
         ReadFile(file, buffer, 32, &done, NULL) && done == 4 && memcmp(buffer, "6789", 4) == 0);
    fact("file", "in front of the beginning: error 131",
         SetFilePointer(file, -11, NULL, FILE_END) == INVALID_SET_FILE_POINTER &&
             GetLastError() == ERROR_NEGATIVE_SEEK);
    fact("file", "an OVERLAPPED brings its own position",
         ReadFile(file, buffer, 3, &done, &at) && memcmp(buffer, "234", 3) == 0 &&
             at.InternalHigh == 3);
    at.Offset = 10;
    fact("file", "with it, the end is error 38",
         !ReadFile(file, buffer, 3, &done, &at) && GetLastError() == ERROR_HANDLE_EOF);
    SetFilePointer(file, 5000, NULL, FILE_BEGIN);
    fact("file", "SetEndOfFile makes it longer",
         SetEndOfFile(file) && GetFileSizeEx(file, &size) && size.QuadPart == 5000);
    SetFilePointer(file, 4990, NULL, FILE_BEGIN);
    fact("file", "the new bytes are 0",
         ReadFile(file, buffer, 10, &done, NULL) && done == 10 && buffer[0] == 0 && buffer[9] == 0);
    SetFilePointer(file, 4, NULL, FILE_BEGIN);
    SetEndOfFile(file);
    CloseHandle(file);
    fact("file", "and shorter", strcmp(text_of("x2.txt"), "0123") == 0);
}

static void test_rights(void)
{
    HANDLE reader = open_file("x2.txt", GENERIC_READ, OPEN_EXISTING);
    char buffer[4];
    DWORD done;

    fact("file", "a handle to read can't write: error 5",
         !WriteFile(reader, "x", 1, &done, NULL) && GetLastError() == ERROR_ACCESS_DENIED);
    fact("file", "a file that is shared for reading can't be opened for writing: error 32",
         refused(open_file("x2.txt", GENERIC_WRITE, OPEN_EXISTING), ERROR_SHARING_VIOLATION));
    fact("W106", "reading into memory that isn't there: error 998",
         !ReadFile(reader, (void *)0x10, 4, &done, NULL) && GetLastError() == ERROR_NOACCESS);
    CloseHandle(reader);
    fact("file", "a closed handle: error 6",
         !ReadFile(reader, buffer, 4, &done, NULL) && GetLastError() == ERROR_INVALID_HANDLE);
    fact("file", "the type of a file is DISK",
         (reader = open_file("x2.txt", GENERIC_READ, OPEN_EXISTING),
          GetFileType(reader) == FILE_TYPE_DISK));
    CloseHandle(reader);
}

/* --- by name --- */

static void test_names(void)
{
    WIN32_FILE_ATTRIBUTE_DATA data;

    make_file("x3.txt", "three");
    make_file("x4.txt", "four");
    fact("name", "GetFileAttributes", GetFileAttributesA("x3.txt") == FILE_ATTRIBUTE_ARCHIVE);
    fact("name", "of no file: error 2",
         GetFileAttributesA("nofile") == INVALID_FILE_ATTRIBUTES &&
             GetLastError() == ERROR_FILE_NOT_FOUND);
    fact("name", "GetFileAttributesEx has the size",
         GetFileAttributesExA("x3.txt", GetFileExInfoStandard, &data) && data.nFileSizeLow == 5);
    fact("name", "MoveFile to a name that is taken: error 183",
         !MoveFileA("x3.txt", "x4.txt") && GetLastError() == ERROR_ALREADY_EXISTS);
    fact("name", "MoveFileEx may replace it",
         MoveFileExA("x3.txt", "x4.txt", MOVEFILE_REPLACE_EXISTING) &&
             strcmp(text_of("x4.txt"), "three") == 0);
    fact("name", "the old name is gone", strcmp(text_of("x3.txt"), "?") == 0);
    fact("name", "CopyFile",
         CopyFileA("x4.txt", "x5.txt", TRUE) && strcmp(text_of("x5.txt"), "three") == 0);
    fact("name", "CopyFile to a name that is taken: error 80",
         !CopyFileA("x4.txt", "x5.txt", TRUE) && GetLastError() == ERROR_FILE_EXISTS);
    fact("name", "DeleteFile", DeleteFileA("x5.txt"));
    fact("name", "DeleteFile again: error 2",
         !DeleteFileA("x5.txt") && GetLastError() == ERROR_FILE_NOT_FOUND);
}

static void test_paths(void)
{
    char path[MAX_PATH], *part = NULL;
    DWORD length = GetFullPathNameA("x4.txt", MAX_PATH, path, &part);

    fact("path", "GetFullPathName",
         length == strlen(path) && path[1] == ':' && part != NULL && strcmp(part, "x4.txt") == 0);
    fact("path", "the full name is the same file", strcmp(text_of(path), "three") == 0);
    fact("path", "a buffer that is too small: the size it should have",
         GetFullPathNameA("x4.txt", 3, path, NULL) == length + 1);
    fact("path", "GetTempFileName makes a file",
         GetTempFileNameA(".", "tst", 0, path) != 0 && GetFileAttributesA(path) != ~0u);
    DeleteFileA(path);
}

static void test_listing(void)
{
    WIN32_FIND_DATAA found;
    HANDLE search;
    int count = 0;
    DWORD size = 0;

    make_file("list1.lst", "1");
    make_file("list2.lst", "22");
    make_file("list3.lsx", "333");
    search = FindFirstFileA("list*.lst", &found);
    if (search != INVALID_HANDLE_VALUE)
        do {
            count++;
            size += found.nFileSizeLow;
        } while (FindNextFileA(search, &found));
    fact_number("list", "two files fit the pattern", 2, count);
    fact_number("list", "their sizes", 3, size);
    fact_number("list", "the end: error 18", ERROR_NO_MORE_FILES, GetLastError());
    fact("list", "FindClose", FindClose(search));
    fact("list", "nothing fits: error 2",
         FindFirstFileA("none*.lst", &found) == INVALID_HANDLE_VALUE &&
             GetLastError() == ERROR_FILE_NOT_FOUND);
    DeleteFileA("list1.lst");
    DeleteFileA("list2.lst");
    DeleteFileA("list3.lsx");
}

static void test_delete_on_close(void)
{
    HANDLE file = CreateFileA("x6.txt", GENERIC_WRITE, FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);

    fact("name", "a file made to be deleted is there",
         GetFileAttributesA("x6.txt") != INVALID_FILE_ATTRIBUTES);
    CloseHandle(file);
    fact("name", "until it is closed", GetFileAttributesA("x6.txt") == INVALID_FILE_ATTRIBUTES);
}

/* --- views --- */

static void test_view(void)
{
    HANDLE file = open_file("x2.txt", GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING);
    HANDLE mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0x2000, NULL);
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char buffer[4] = "";
    DWORD done;

    fact("view", "a larger mapping makes the file larger", GetFileSize(file, NULL) == 0x2000);
    fact("view", "the view shows the file", memcmp(view, "0123", 5) == 0);
    view[1] = 'X';
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, buffer, 4, &done, NULL);
    fact("view", "ReadFile sees what was written to the view", memcmp(buffer, "0X23", 4) == 0);
    SetFilePointer(file, 0x1000, NULL, FILE_BEGIN);
    WriteFile(file, "page two", 8, &done, NULL);
    fact("view", "the view sees what WriteFile wrote", memcmp(view + 0x1000, "page two", 8) == 0);
    fact("view", "FlushViewOfFile", FlushViewOfFile(view, 0));
    fact("view", "a mapped file can't be cut: error 1224",
         (SetFilePointer(file, 0, NULL, FILE_BEGIN), !SetEndOfFile(file)) &&
             GetLastError() == ERROR_USER_MAPPED_FILE);
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    CloseHandle(file);
    fact("view", "what the view wrote stays", memcmp(text_of("x2.txt"), "0X23", 4) == 0);
}

int main(void)
{
    test_dispositions();
    test_position();
    test_rights();
    test_names();
    test_paths();
    test_listing();
    test_delete_on_close();
    test_view();
    DeleteFileA("x1.txt");
    DeleteFileA("x2.txt");
    DeleteFileA("x4.txt");
    return facts_end();
}
