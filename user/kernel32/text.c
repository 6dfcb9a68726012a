/* text.c - UTF-16 and the code pages programs meet: ANSI (1252) and UTF-8; code_page.c has those that are files.
 *
 * File and object names are ASCII here (kernel/abi.h), where all code pages agree; the rest is for
 * what programs print and store.
 */
#include "user/kernel32/kernel32.h"

enum { ANSI_PAGE = 1252, OEM_PAGE = 437, LATIN_PAGE = 28591, ASCII_PAGE = 20127 };

/* What 80..9F mean in code page 1252; elsewhere it is the beginning of Unicode.  0: nothing. */
static const WCHAR ansi_high[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static WCHAR ansi_to_wide(char narrow)
{
    unsigned byte = (unsigned char)narrow;

    if (byte >= 0x80 && byte < 0xA0 && ansi_high[byte - 0x80] != 0)
        return ansi_high[byte - 0x80];
    return (WCHAR)byte;
}

/* The byte for a character, or -1. */
static int wide_to_ansi(unsigned wide)
{
    if (wide < 0x80 || (wide >= 0xA0 && wide < 0x100))
        return (int)wide;
    for (int i = 0; i < 32; i++)
        if (ansi_high[i] == wide)
            return 0x80 + i;
    return wide >= 0x80 && wide < 0xA0 && ansi_high[wide - 0x80] == 0 ? (int)wide : -1;
}

/* --- helpers for the other files --- */

size_t text_length(const WCHAR *text)
{
    size_t length = 0;

    while (text[length] != 0)
        length++;
    return length;
}

bool text_widen(WCHAR *wide, size_t room, const char *narrow)
{
    for (size_t i = 0; i < room; i++) {
        wide[i] = ansi_to_wide(narrow[i]);
        if (narrow[i] == 0)
            return true;
    }
    return false;
}

bool text_narrow(char *narrow, size_t room, const WCHAR *wide)
{
    for (size_t i = 0; i < room; i++) {
        int byte = wide_to_ansi(wide[i]);

        narrow[i] = (char)(byte < 0 ? '?' : byte);
        if (wide[i] == 0)
            return true;
    }
    return false;
}

WCHAR *text_widen_copy(const char *narrow)
{
    size_t room = narrow == NULL ? 0 : strlen(narrow) + 1;
    WCHAR *wide = room == 0 ? NULL : RtlAllocateHeap(peb()->heap, 0, room * sizeof *wide);

    if (wide != NULL)
        text_widen(wide, room, narrow);
    return wide;
}

char *text_narrow_copy(const WCHAR *wide)
{
    size_t room = wide == NULL ? 0 : text_length(wide) + 1;
    char *narrow = room == 0 ? NULL : RtlAllocateHeap(peb()->heap, 0, room);

    if (narrow != NULL)
        text_narrow(narrow, room, wide);
    return narrow;
}

void text_free(void *copy)
{
    if (copy != NULL)
        RtlFreeHeap(peb()->heap, 0, copy);
}

DWORD text_give(char *buffer, DWORD size, const char *text)
{
    DWORD length = (DWORD)strlen(text);

    if (length >= size)
        return length + 1;
    memcpy(buffer, text, length + 1);
    return length;
}

DWORD text_give_wide(WCHAR *buffer, DWORD size, const char *text)
{
    DWORD length = (DWORD)strlen(text);

    if (length >= size)
        return length + 1;
    text_widen(buffer, size, text);
    return length;
}

/* --- code pages --- */

UINT WINAPI GetACP(void)
{
    return ANSI_PAGE;
}

UINT WINAPI GetOEMCP(void)
{
    return OEM_PAGE;
}

/* The number behind CP_ACP and its like; 0 for a code page we don't have. */
static UINT resolve_page(UINT page)
{
    switch (page) {
    case CP_ACP:
    case CP_THREAD_ACP:
    case CP_MACCP:
        return ANSI_PAGE;
    case CP_OEMCP:
    case OEM_PAGE:
        return code_page_open(OEM_PAGE) != NULL ? OEM_PAGE : ANSI_PAGE;
    case ANSI_PAGE:
    case LATIN_PAGE:
    case ASCII_PAGE:
    case CP_UTF8:
        return page;
    default:
        return code_page_open(page) != NULL ? page : 0;
    }
}

BOOL WINAPI IsValidCodePage(UINT page)
{
    return page > CP_THREAD_ACP && resolve_page(page) != 0;
}

BOOL WINAPI GetCPInfo(UINT page, LPCPINFO info)
{
    UINT resolved = resolve_page(page);

    if (resolved == 0 || info == NULL)
        return error_fail(ERROR_INVALID_PARAMETER);
    memset(info, 0, sizeof *info);
    info->MaxCharSize = resolved == CP_UTF8 ? 4 : 1;
    info->DefaultChar[0] = '?';
    if (IsDBCSLeadByteEx(page, 0x81)) {
        info->MaxCharSize = 2;
        info->LeadByte[0] = 0x81;
        info->LeadByte[1] = 0xFE;
    }
    return TRUE;
}

BOOL WINAPI IsDBCSLeadByteEx(UINT page, BYTE byte)
{
    UINT resolved = resolve_page(page);
    struct code_page *file = code_page_open(resolved);

    if (resolved == 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    return file != NULL &&
           code_page_leads(file, byte); /* neither 1252 nor UTF-8 has any in this sense */
}

BOOL WINAPI IsDBCSLeadByte(BYTE byte)
{
    return IsDBCSLeadByteEx(CP_ACP, byte);
}

/* --- UTF-8 --- */

static bool is_tail(const unsigned char *from, const unsigned char *end)
{
    return from < end && (*from & 0xC0) == 0x80;
}

/* The character at *from, which moves behind it; 0xFFFD and one byte for what isn't UTF-8. */
static unsigned decode(const unsigned char **from, const unsigned char *end)
{
    static const unsigned smallest[] = {0, 0x80, 0x800, 0x10000};
    unsigned first = *(*from)++;
    const unsigned char *at = *from;
    unsigned tails = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    unsigned value = first & (0x3Fu >> tails);

    if (first < 0x80)
        return first;
    if (first < 0xC2 || first > 0xF4)
        return 0xFFFD;
    for (unsigned i = 0; i < tails; i++, at++) {
        if (!is_tail(at, end))
            return 0xFFFD;
        value = value << 6 | (*at & 0x3F);
    }
    if (value < smallest[tails] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0xFFFD;
    *from = at;
    return value;
}

/* The character at *from in UTF-16; a lone half of a pair is 0xFFFD. */
static unsigned join_pair(const WCHAR **from, const WCHAR *end)
{
    unsigned first = *(*from)++;

    if (first < 0xD800 || first >= 0xE000)
        return first;
    if (first >= 0xDC00 || *from == end || **from < 0xDC00 || **from >= 0xE000)
        return 0xFFFD;
    return 0x10000 + ((first - 0xD800) << 10) + (*(*from)++ - 0xDC00u);
}

static int encode(unsigned value, char out[4])
{
    if (value < 0x80) {
        out[0] = (char)value;
        return 1;
    }
    if (value < 0x800) {
        out[0] = (char)(0xC0 | value >> 6);
        out[1] = (char)(0x80 | (value & 0x3F));
        return 2;
    }
    if (value < 0x10000) {
        out[0] = (char)(0xE0 | value >> 12);
        out[1] = (char)(0x80 | (value >> 6 & 0x3F));
        out[2] = (char)(0x80 | (value & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | value >> 18);
    out[1] = (char)(0x80 | (value >> 12 & 0x3F));
    out[2] = (char)(0x80 | (value >> 6 & 0x3F));
    out[3] = (char)(0x80 | (value & 0x3F));
    return 4;
}

/* --- the two conversions --- */

/* Where output goes; with no room at all it is only counted. */
struct sink {
    int count, room;
    bool overflow;
};

/* Is there room for `units` more?  Counts them. */
static bool take(struct sink *sink, int units)
{
    if (sink->room != 0 && sink->room - sink->count < units) {
        sink->overflow = true;
        return false;
    }
    sink->count += units;
    return true;
}

static int finish(const struct sink *sink)
{
    if (sink->overflow)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    return sink->count;
}

/* The character at *from, in whatever code page; 0xFFFD: none. */
static unsigned to_wide(UINT page, const unsigned char **from, const unsigned char *end)
{
    struct code_page *file;

    switch (page) {
    case CP_UTF8:
        return decode(from, end);
    case ANSI_PAGE:
        return ansi_to_wide((char)*(*from)++);
    case LATIN_PAGE:
        return *(*from)++;
    case ASCII_PAGE:
        return *(*from)++ & 0x7F;
    default:
        file = code_page_open(page);
        return file != NULL ? code_page_wide(file, from, end) : 0xFFFD;
    }
}

int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCCH text, int length, LPWSTR out, int room)
{
    UINT resolved = resolve_page(page);
    const unsigned char *from = (const unsigned char *)text;
    const unsigned char *end;
    struct sink sink = {.room = room};

    if (resolved == 0 || text == NULL || length == 0 || length < -1 || room < 0 ||
        (room != 0 && out == NULL))
        return error_fail(ERROR_INVALID_PARAMETER);
    if ((flags & ~((DWORD)(resolved == CP_UTF8 ? MB_ERR_INVALID_CHARS : 0xF))) != 0)
        return error_fail(ERROR_INVALID_FLAGS);
    end = from + (length == -1 ? strlen(text) + 1 : (size_t)length);
    while (from < end) {
        unsigned value = to_wide(resolved, &from, end);

        if (value == 0xFFFD && (flags & MB_ERR_INVALID_CHARS) != 0)
            return error_fail(ERROR_NO_UNICODE_TRANSLATION);
        if (value == 0xFFFD && resolved != CP_UTF8)
            value = '?';
        if (!take(&sink, value >= 0x10000 ? 2 : 1))
            break;
        if (room != 0 && value >= 0x10000) {
            out[sink.count - 2] = (WCHAR)(0xD800 + ((value - 0x10000) >> 10));
            out[sink.count - 1] = (WCHAR)(0xDC00 + ((value - 0x10000) & 0x3FF));
        } else if (room != 0) {
            out[sink.count - 1] = (WCHAR)value;
        }
    }
    return finish(&sink);
}

/* 1, and the byte for the character; 0: there is none in this code page without a file. */
static int to_byte(UINT page, WCHAR wide, char *byte)
{
    int value = page == ANSI_PAGE ? wide_to_ansi(wide) : wide;

    *byte = (char)value;
    return value >= 0 && value < (page == ASCII_PAGE ? 0x80 : 0x100);
}

/* One character as bytes of the code page; *lost: it has none. */
static int to_bytes(UINT page, const WCHAR **from, const WCHAR *end, const char *substitute,
                    char bytes[4], BOOL *lost)
{
    struct code_page *file = code_page_open(page);
    WCHAR wide;
    int count;

    if (page == CP_UTF8)
        return encode(join_pair(from, end), bytes);
    wide = *(*from)++;
    count = file != NULL ? code_page_bytes(file, wide, bytes) : to_byte(page, wide, bytes);
    if (count != 0)
        return count;
    *lost = TRUE;
    bytes[0] = substitute != NULL ? *substitute : '?';
    return 1;
}

int WINAPI WideCharToMultiByte(UINT page, DWORD flags, LPCWCH text, int length, LPSTR out, int room,
                               LPCCH substitute, LPBOOL substituted)
{
    UINT resolved = resolve_page(page);
    const WCHAR *from = text;
    const WCHAR *end;
    struct sink sink = {.room = room};
    BOOL lost = FALSE;

    if (resolved == 0 || text == NULL || length == 0 || length < -1 || room < 0 ||
        (room != 0 && out == NULL) ||
        (resolved == CP_UTF8 && (substitute != NULL || substituted != NULL)))
        return error_fail(ERROR_INVALID_PARAMETER);
    if (resolved == CP_UTF8 && (flags & ~(DWORD)WC_ERR_INVALID_CHARS) != 0)
        return error_fail(ERROR_INVALID_FLAGS);
    end = from + (length == -1 ? text_length(text) + 1 : (size_t)length);
    while (from < end) {
        char bytes[4];
        const WCHAR *at = from;
        int count = to_bytes(resolved, &from, end, substitute, bytes, &lost);

        if ((flags & WC_ERR_INVALID_CHARS) != 0 && count == 3 && *at != 0xFFFD &&
            memcmp(bytes, "\xEF\xBF\xBD", 3) == 0) /* half of a pair */
            return error_fail(ERROR_NO_UNICODE_TRANSLATION);
        if (!take(&sink, count))
            break;
        if (room != 0)
            memcpy(out + sink.count - count, bytes, (size_t)count);
    }
    if (substituted != NULL)
        *substituted = lost;
    return finish(&sink);
}
