/* codepage.c - code pages: bytes and characters, both ways, in kernel32 and in the C run-time's locales (X19).
 * Runs on Windows, too; there the last line reads in Korean if the console has code page 949.
 */
#include "tests/conformance/fact.h"

#include <fcntl.h>
#include <io.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { KOREAN = 949, DOS = 437, LATIN = 28591, ASCII = 20127, ROOM = 16 };

/* What MultiByteToWideChar makes of it; 0: an error. */
static int widen(UINT page, DWORD flags, const char *bytes, int count, WCHAR wide[ROOM])
{
    SetLastError(0);
    return MultiByteToWideChar(page, flags, bytes, count, wide, ROOM);
}

static int becomes(UINT page, const char *bytes, int count, const WCHAR *expected)
{
    WCHAR wide[ROOM];
    int got = widen(page, 0, bytes, count, wide);

    return got == (int)wcslen(expected) && memcmp(wide, expected, (size_t)got * sizeof *wide) == 0;
}

static int refused(UINT page, DWORD flags, const char *bytes, int count, DWORD error)
{
    WCHAR wide[ROOM];

    return widen(page, flags, bytes, count, wide) == 0 && GetLastError() == error;
}

/* The same of the way back; *lost: something had no bytes. */
static int narrows(UINT page, const WCHAR *wide, const char *expected, BOOL *lost)
{
    char bytes[ROOM];
    int got =
        WideCharToMultiByte(page, 0, wide, (int)wcslen(wide), bytes, sizeof bytes, NULL, lost);

    return got == (int)strlen(expected) && memcmp(bytes, expected, (size_t)got) == 0;
}

static void test_pages(void)
{
    CPINFO info;

    fact("X19", "437, 949, 1252 and 65001 are there, 0 and 12345 are none",
         IsValidCodePage(DOS) && IsValidCodePage(KOREAN) && IsValidCodePage(1252) &&
             IsValidCodePage(65001) && !IsValidCodePage(0) && !IsValidCodePage(12345));
    fact("X19", "GetCPInfo of 949: two bytes, the first of 81 to FE",
         GetCPInfo(KOREAN, &info) && info.MaxCharSize == 2 && info.DefaultChar[0] == '?' &&
             memcmp(info.LeadByte, "\x81\xFE\0", 3) == 0);
    fact("X19", "and of 437: one",
         GetCPInfo(DOS, &info) && info.MaxCharSize == 1 && info.LeadByte[0] == 0);
    fact("X19", "IsDBCSLeadByteEx",
         !IsDBCSLeadByteEx(KOREAN, 0x80) && IsDBCSLeadByteEx(KOREAN, 0x81) &&
             IsDBCSLeadByteEx(KOREAN, 0xFE) && !IsDBCSLeadByteEx(KOREAN, 0xFF) &&
             !IsDBCSLeadByteEx(DOS, 0x81));
    fact("X19", "a code page that isn't there: error 87",
         refused(12345, 0, "a", 1, ERROR_INVALID_PARAMETER));
}

static void test_bytes(void)
{
    BOOL lost;

    fact("X19", "two characters", becomes(KOREAN, "\xC7\xD1\xB1\xDB", 4, L"\xD55C\xAE00"));
    fact("X19", "the single bytes 80 and FF", becomes(KOREAN, "\x80\xFF", 2, L"\x80\xF8F7"));
    fact("X19", "half a character is ?", becomes(KOREAN, "A\xC7", 2, L"A?"));
    fact("X19", "two bytes that mean nothing are one ?", becomes(KOREAN, "\xC7 x", 3, L"?x"));
    fact("X19", "each is error 1113 with MB_ERR_INVALID_CHARS",
         refused(KOREAN, MB_ERR_INVALID_CHARS, "A\xC7", 2, ERROR_NO_UNICODE_TRANSLATION) &&
             refused(KOREAN, MB_ERR_INVALID_CHARS, "\xC7 x", 3, ERROR_NO_UNICODE_TRANSLATION));
    fact("X19", "an unknown flag: error 1004", refused(KOREAN, 0x10, "a", 1, ERROR_INVALID_FLAGS));
    fact("X19", "437, and CP_OEMCP is 437",
         becomes(DOS, "\x80\x9B\xFF", 3, L"\xC7\xA2\xA0") && GetOEMCP() == DOS &&
             becomes(CP_OEMCP, "\x80", 1, L"\xC7"));
    fact("X19", "1252, Latin-1 and ASCII differ in byte 80",
         becomes(1252, "\x80", 1, L"\x20AC") && becomes(LATIN, "\x80", 1, L"\x80") &&
             becomes(ASCII, "a", 1, L"a"));
    fact("X19", "and back", narrows(KOREAN, L"\xD55C\xAE00", "\xC7\xD1\xB1\xDB", &lost) && !lost);
    fact("X19", "what it hasn't is ?", narrows(KOREAN, L"\x1234", "?", &lost) && lost);
    fact("X19", "half a pair of surrogates each, too",
         narrows(KOREAN, L"\xD83D\xDE42", "??", &lost) && lost);
    fact("X19", "437 back", narrows(DOS, L"\xC7\xE9\xA0", "\x80\x82\xFF", &lost) && !lost);
    fact("X19", "no room: error 122",
         WideCharToMultiByte(KOREAN, 0, L"\xD55C\xAE00", 2, (char[3]){0}, 3, NULL, NULL) == 0 &&
             GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    fact_number("X19", "no buffer: the bytes needed", 4,
                WideCharToMultiByte(KOREAN, 0, L"\xD55C\xAE00", 2, NULL, 0, NULL, NULL));
}

/* Each pair of bytes: a character that comes back as the same bytes, or none. */
static void test_all(void)
{
    int pairs = 0, characters = 0, wrong = 0;

    for (unsigned first = 0x81; first <= 0xFE; first++)
        for (unsigned second = 1; second <= 0xFF; second++, pairs++) {
            char bytes[2] = {(char)first, (char)second}, back[2] = {0};
            WCHAR wide;

            if (!MultiByteToWideChar(KOREAN, MB_ERR_INVALID_CHARS, bytes, 2, &wide, 1))
                continue;
            characters++;
            wrong += WideCharToMultiByte(KOREAN, 0, &wide, 1, back, 2, NULL, NULL) != 2 ||
                     memcmp(bytes, back, 2) != 0;
        }
    printf("# matrix: code page 949, %d pairs of bytes\n", pairs);
    fact_number("X19", "pairs of 949 that are characters", 17048 + 188, characters);
    fact_number("X19", "of them come back as other bytes", 0, wrong);
}

static void test_locale(void)
{
    wchar_t wide[ROOM];
    char bytes[ROOM];
    char *before;

    fact("X19", "every program begins in \"C\"",
         strcmp(setlocale(LC_ALL, NULL), "C") == 0 && MB_CUR_MAX == 1 &&
             wctomb(bytes, 0xD55C) == -1);
    fact("X19", "what isn't there is refused, and nothing changes",
         setlocale(LC_ALL, "Klingon") == NULL && setlocale(LC_ALL, ".12345") == NULL &&
             strcmp(setlocale(LC_ALL, NULL), "C") == 0);
    fact("X19", "setlocale(LC_CTYPE, \"Korean\")",
         strcmp(setlocale(LC_CTYPE, "Korean"), "Korean_Korea.949") == 0 && MB_CUR_MAX == 2);
    before = _strdup(setlocale(LC_ALL, NULL));
    fact("X19", "all of them, each by its name",
         strcmp(before, "LC_COLLATE=C;LC_CTYPE=Korean_Korea.949;LC_MONETARY=C;LC_NUMERIC=C;"
                        "LC_TIME=C") == 0);
    setlocale(LC_ALL, "C");
    fact("X19", "that can be set again",
         setlocale(LC_ALL, before) != NULL && strcmp(setlocale(LC_ALL, NULL), before) == 0);
    free(before);
    fact("X19", "wctomb and mbtowc",
         wctomb(bytes, 0xD55C) == 2 && memcmp(bytes, "\xC7\xD1", 2) == 0 &&
             mbtowc(wide, "\xC7\xD1", 2) == 2 && *wide == 0xD55C && mblen("a", 1) == 1 &&
             mbtowc(wide, "\xC7", 1) == -1);
    fact("X19", "wcstombs and mbstowcs",
         wcstombs(bytes, L"\xD55C\xAE00", sizeof bytes) == 4 &&
             strcmp(bytes, "\xC7\xD1\xB1\xDB") == 0 && mbstowcs(wide, bytes, ROOM) == 2 &&
             wcscmp(wide, L"\xD55C\xAE00") == 0);
    fact("X19", "half a character is not written", wcstombs(bytes, L"\xD55C\xAE00", 3) == 2);
    fact("X19", "the locale's code page is no other's", wctomb(bytes, 0x1234) == -1);
}

static void test_streams(void)
{
    FILE *file = fopen("codepage.tmp", "w+");
    wchar_t line[ROOM];

    fact("X19", "fwprintf writes the locale's bytes",
         fwprintf(file, L"\xD55C %ls\n", L"\xAE00") > 0);
    fact_number("X19", "two a character", 2 + 1 + 2 + 2, ftell(file));
    rewind(file);
    fact("X19", "fgetws reads characters",
         fgetws(line, ROOM, file) != NULL && wcscmp(line, L"\xD55C \xAE00\n") == 0);
    fclose(file);
    remove("codepage.tmp");
    wprintf(L"in Korean: \xD55C\xAE00\n");
    printf("and in its bytes: \xC7\xD1\xB1\xDB\n");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    test_pages();
    test_bytes();
    test_all();
    test_locale();
    test_streams();
    return facts_end();
}
