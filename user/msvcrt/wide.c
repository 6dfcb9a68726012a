/* wide.c - the wcs functions: string.c once more, for 16-bit characters. */
#include "user/msvcrt/crt.h"
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

size_t wcslen(const wchar_t *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

size_t wcsnlen(const wchar_t *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length])
        length++;
    return length;
}

wchar_t *wcscpy(wchar_t *to, const wchar_t *from)
{
    return memcpy(to, from, (wcslen(from) + 1) * sizeof *to);
}

wchar_t *wcscat(wchar_t *to, const wchar_t *from)
{
    wcscpy(to + wcslen(to), from);
    return to;
}

wchar_t *wcsncpy(wchar_t *to, const wchar_t *from, size_t size)
{
    size_t length = wcsnlen(from, size);

    memcpy(to, from, length * sizeof *to);
    memset(to + length, 0, (size - length) * sizeof *to);
    return to;
}

wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t size)
{
    wchar_t *end = to + wcslen(to);
    size_t length = wcsnlen(from, size);

    memcpy(end, from, length * sizeof *to);
    end[length] = 0;
    return to;
}

wchar_t *_wcsdup(const wchar_t *text)
{
    wchar_t *copy = malloc((wcslen(text) + 1) * sizeof *copy);

    return copy ? wcscpy(copy, text) : NULL;
}

int wcsncmp(const wchar_t *left, const wchar_t *right, size_t size)
{
    for (; size > 0 && *left && *left == *right; left++, right++, size--)
        ;
    return size == 0 ? 0 : (*left > *right) - (*left < *right);
}

int wcscmp(const wchar_t *left, const wchar_t *right)
{
    return wcsncmp(left, right, SIZE_MAX);
}

int _wcsnicmp(const wchar_t *left, const wchar_t *right, size_t size)
{
    int difference = 0;

    for (; size > 0 && difference == 0; left++, right++, size--) {
        difference = towlower(*left) - towlower(*right);
        if (!*left)
            break;
    }
    return difference;
}

int _wcsicmp(const wchar_t *left, const wchar_t *right)
{
    return _wcsnicmp(left, right, SIZE_MAX);
}

size_t wcsxfrm(wchar_t *to, const wchar_t *from, size_t size)
{
    size_t length = wcslen(from);

    if (size > 0)
        wcsncpy(to, from, size);
    return length;
}

wchar_t *wcschr(const wchar_t *text, wchar_t c)
{
    for (; *text != c; text++)
        if (!*text)
            return NULL;
    return (wchar_t *)text;
}

wchar_t *wcsrchr(const wchar_t *text, wchar_t c)
{
    const wchar_t *found = NULL;

    do {
        if (*text == c)
            found = text;
    } while (*text++);
    return (wchar_t *)found;
}

size_t wcsspn(const wchar_t *text, const wchar_t *set)
{
    size_t length = 0;

    while (text[length] && wcschr(set, text[length]))
        length++;
    return length;
}

size_t wcscspn(const wchar_t *text, const wchar_t *set)
{
    size_t length = 0;

    while (text[length] && !wcschr(set, text[length]))
        length++;
    return length;
}

wchar_t *wcspbrk(const wchar_t *text, const wchar_t *set)
{
    text += wcscspn(text, set);
    return *text ? (wchar_t *)text : NULL;
}

wchar_t *wcsstr(const wchar_t *text, const wchar_t *wanted)
{
    size_t length = wcslen(wanted);

    if (length == 0)
        return (wchar_t *)text;
    for (; (text = wcschr(text, *wanted)); text++)
        if (wcsncmp(text, wanted, length) == 0)
            return (wchar_t *)text;
    return NULL;
}

wchar_t *crt_wcstok(wchar_t *text, const wchar_t *separators);

/* Two arguments, as msvcrt.dll has it; the .def file gives it the public name. */
wchar_t *crt_wcstok(wchar_t *text, const wchar_t *separators)
{
    wchar_t **position = &crt_thread()->wide_token;
    wchar_t *token = text ? text : *position;

    if (!token)
        return NULL;
    token += wcsspn(token, separators);
    if (!*token) {
        *position = NULL;
        return NULL;
    }
    text = token + wcscspn(token, separators);
    *position = *text ? text + 1 : NULL;
    *text = 0;
    return token;
}

wchar_t *_wcslwr(wchar_t *text)
{
    for (wchar_t *p = text; *p; p++)
        *p = towlower(*p);
    return text;
}

wchar_t *_wcsupr(wchar_t *text)
{
    for (wchar_t *p = text; *p; p++)
        *p = towupper(*p);
    return text;
}

wchar_t *_wcsrev(wchar_t *text)
{
    size_t length = wcslen(text);

    for (size_t i = 0; i < length / 2; i++) {
        wchar_t c = text[i];

        text[i] = text[length - 1 - i];
        text[length - 1 - i] = c;
    }
    return text;
}
