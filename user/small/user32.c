/* user32.c - the text functions of a DLL whose windows aren't here. */
#include "user/small/small.h"

static WCHAR convert(WCHAR character, DWORD how)
{
    WCHAR out = character;

    LCMapStringW(LOCALE_USER_DEFAULT, how, &character, 1, &out, 1);
    return out;
}

static DWORD convert_wide(WCHAR *text, DWORD length, DWORD how)
{
    for (DWORD i = 0; i < length; i++)
        text[i] = convert(text[i], how);
    return length;
}

static DWORD convert_narrow(char *text, DWORD length, DWORD how)
{
    for (DWORD i = 0; i < length; i++) {
        WCHAR wide;

        MultiByteToWideChar(CP_ACP, 0, &text[i], 1, &wide, 1);
        wide = convert(wide, how);
        WideCharToMultiByte(CP_ACP, 0, &wide, 1, &text[i], 1, NULL, NULL);
    }
    return length;
}

/* A "text" below 64 KB is one character, which is returned converted. */
static WCHAR *change_wide(WCHAR *text, DWORD how)
{
    if (((ULONG_PTR)text >> 16) == 0)
        return (WCHAR *)(ULONG_PTR)convert((WCHAR)(ULONG_PTR)text, how);
    convert_wide(text, (DWORD)lstrlenW(text), how);
    return text;
}

static char *change_narrow(char *text, DWORD how)
{
    if (((ULONG_PTR)text >> 16) == 0) {
        char character = (char)(ULONG_PTR)text;

        convert_narrow(&character, 1, how);
        return (char *)(ULONG_PTR)(unsigned char)character;
    }
    convert_narrow(text, (DWORD)lstrlenA(text), how);
    return text;
}

LPWSTR WINAPI CharUpperW(LPWSTR text)
{
    return change_wide(text, LCMAP_UPPERCASE);
}

LPWSTR WINAPI CharLowerW(LPWSTR text)
{
    return change_wide(text, LCMAP_LOWERCASE);
}

LPSTR WINAPI CharUpperA(LPSTR text)
{
    return change_narrow(text, LCMAP_UPPERCASE);
}

LPSTR WINAPI CharLowerA(LPSTR text)
{
    return change_narrow(text, LCMAP_LOWERCASE);
}

DWORD WINAPI CharUpperBuffW(LPWSTR text, DWORD length)
{
    return convert_wide(text, length, LCMAP_UPPERCASE);
}

DWORD WINAPI CharLowerBuffW(LPWSTR text, DWORD length)
{
    return convert_wide(text, length, LCMAP_LOWERCASE);
}

DWORD WINAPI CharUpperBuffA(LPSTR text, DWORD length)
{
    return convert_narrow(text, length, LCMAP_UPPERCASE);
}

DWORD WINAPI CharLowerBuffA(LPSTR text, DWORD length)
{
    return convert_narrow(text, length, LCMAP_LOWERCASE);
}

/* Each byte is a character. */
LPSTR WINAPI CharNextA(LPCSTR text)
{
    return (LPSTR)text + (*text != 0);
}

LPSTR WINAPI CharPrevA(LPCSTR start, LPCSTR at)
{
    return (LPSTR)at - (at > start);
}

LPSTR WINAPI CharNextExA(WORD page, LPCSTR text, DWORD flags)
{
    (void)page;
    (void)flags;
    return CharNextA(text);
}

LPSTR WINAPI CharPrevExA(WORD page, LPCSTR start, LPCSTR at, DWORD flags)
{
    (void)page;
    (void)flags;
    return CharPrevA(start, at);
}

LPWSTR WINAPI CharNextW(LPCWSTR text)
{
    return (LPWSTR)text + (*text != 0);
}

LPWSTR WINAPI CharPrevW(LPCWSTR start, LPCWSTR at)
{
    return (LPWSTR)at - (at > start);
}

/* There are no windows to show a box in: the text goes where error messages go. */
int WINAPI MessageBoxA(HWND window, LPCSTR text, LPCSTR title, UINT kind)
{
    DWORD done;

    (void)window;
    (void)kind;
    if (title != NULL) {
        WriteFile(GetStdHandle(STD_ERROR_HANDLE), title, (DWORD)strlen(title), &done, NULL);
        WriteFile(GetStdHandle(STD_ERROR_HANDLE), ": ", 2, &done, NULL);
    }
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), text, (DWORD)strlen(text), &done, NULL);
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), "\r\n", 2, &done, NULL);
    return IDOK;
}

int WINAPI MessageBoxW(HWND window, LPCWSTR text, LPCWSTR title, UINT kind)
{
    char narrow[512], narrow_title[128] = "";

    WideCharToMultiByte(CP_ACP, 0, text, -1, narrow, sizeof narrow, NULL, NULL);
    if (title != NULL)
        WideCharToMultiByte(CP_ACP, 0, title, -1, narrow_title, sizeof narrow_title, NULL, NULL);
    narrow[sizeof narrow - 1] = narrow_title[sizeof narrow_title - 1] = 0;
    return MessageBoxA(window, narrow, narrow_title, kind);
}
