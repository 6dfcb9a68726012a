/* date.c - dates and times as text, by a picture like "dddd, MMMM d, yyyy"; the calendar and its zone. */
#include "user/kernel32/kernel32.h"

static const WCHAR *const days[] = {L"Sunday",   L"Monday", L"Tuesday", L"Wednesday",
                                    L"Thursday", L"Friday", L"Saturday"};
static const WCHAR *const months[] = {L"January",   L"February", L"March",    L"April",
                                      L"May",       L"June",     L"July",     L"August",
                                      L"September", L"October",  L"November", L"December"};

/* What is written so far; more than `room` characters are only counted. */
struct output {
    WCHAR *text;
    DWORD room, length;
};

static void put(struct output *out, WCHAR c)
{
    if (out->length < out->room)
        out->text[out->length] = c;
    out->length++;
}

static void put_text(struct output *out, const WCHAR *text, DWORD most)
{
    for (; *text != 0 && most > 0; most--)
        put(out, *text++);
}

static void put_number(struct output *out, DWORD number, DWORD width)
{
    WCHAR digits[10];
    DWORD count = 0;

    for (; number != 0 || count < width; number /= 10)
        digits[count++] = (WCHAR)('0' + number % 10);
    while (count > 0)
        put(out, digits[--count]);
}

static void put_date(struct output *out, WCHAR letter, DWORD count, const SYSTEMTIME *time)
{
    static const DWORD all = MAX_PATH;

    if (letter == 'd' && count >= 3)
        put_text(out, days[time->wDayOfWeek % 7], count == 3 ? 3 : all);
    else if (letter == 'd')
        put_number(out, time->wDay, count);
    else if (letter == 'M' && count >= 3)
        put_text(out, months[(time->wMonth + 11) % 12], count == 3 ? 3 : all);
    else if (letter == 'M')
        put_number(out, time->wMonth, count);
    else if (letter == 'y')
        put_number(out, count <= 2 ? time->wYear % 100u : time->wYear, count <= 2 ? count : 4);
    else
        put_text(out, L"A.D.", all);
}

static void put_time(struct output *out, WCHAR letter, DWORD count, const SYSTEMTIME *time)
{
    DWORD two = count >= 2 ? 2 : 1;

    if (letter == 'h')
        put_number(out, (time->wHour + 11u) % 12 + 1, two);
    else if (letter == 'H')
        put_number(out, time->wHour, two);
    else if (letter == 'm')
        put_number(out, time->wMinute, two);
    else if (letter == 's')
        put_number(out, time->wSecond, two);
    else
        put_text(out, time->wHour < 12 ? L"AM" : L"PM", count);
}

/* `letters` are those that mean something in this picture; between quotes, none does. */
static void put_picture(struct output *out, const WCHAR *picture, const SYSTEMTIME *time,
                        const WCHAR *letters,
                        void (*field)(struct output *, WCHAR, DWORD, const SYSTEMTIME *))
{
    bool quoted = false;

    while (*picture != 0) {
        const WCHAR *known = letters, *end = picture;

        if (*picture == '\'') {
            quoted = !quoted;
            picture++;
            continue;
        }
        while (*known != 0 && *known != *picture)
            known++;
        if (quoted || *known == 0) {
            put(out, *picture++);
            continue;
        }
        while (*end == *picture)
            end++;
        field(out, *picture, (DWORD)(end - picture), time);
        picture = end;
    }
}

/* The length with its zero; 0 and error 122: it doesn't fit.  Room 0 asks for the length. */
static int give(WCHAR *text, int room, const SYSTEMTIME *time, const WCHAR *picture,
                const WCHAR *letters,
                void (*field)(struct output *, WCHAR, DWORD, const SYSTEMTIME *))
{
    struct output out = {.text = text, .room = room > 0 ? (DWORD)room : 0};
    SYSTEMTIME now;
    FILETIME check;

    if (time == NULL)
        GetSystemTime(&now); /* the zone is UTC */
    else
        now = *time;
    now.wDayOfWeek = 0;
    if (!SystemTimeToFileTime(&now, &check) || !FileTimeToSystemTime(&check, &now))
        return error_fail(ERROR_INVALID_PARAMETER);
    put_picture(&out, picture, &now, letters, field);
    put(&out, 0);
    if (room != 0 && out.length > out.room)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    return (int)out.length;
}

int WINAPI GetDateFormatW(LCID locale, DWORD flags, const SYSTEMTIME *time, LPCWSTR picture,
                          LPWSTR text, int room)
{
    (void)locale;
    if (picture == NULL)
        picture = (flags & DATE_LONGDATE) != 0    ? L"dddd, MMMM d, yyyy"
                  : (flags & DATE_YEARMONTH) != 0 ? L"MMMM yyyy"
                                                  : L"M/d/yyyy";
    return give(text, room, time, picture, L"dMyg", put_date);
}

int WINAPI GetDateFormatEx(LPCWSTR locale, DWORD flags, const SYSTEMTIME *time, LPCWSTR picture,
                           LPWSTR text, int room, LPCWSTR calendar)
{
    (void)locale;
    (void)calendar;
    return GetDateFormatW(0, flags, time, picture, text, room);
}

int WINAPI GetTimeFormatW(LCID locale, DWORD flags, const SYSTEMTIME *time, LPCWSTR picture,
                          LPWSTR text, int room)
{
    (void)locale;
    if (picture == NULL)
        picture = (flags & TIME_FORCE24HOURFORMAT) != 0
                      ? (flags & TIME_NOSECONDS) != 0 ? L"HH:mm" : L"HH:mm:ss"
                  : (flags & TIME_NOSECONDS) != 0 ? L"h:mm tt"
                                                  : L"h:mm:ss tt";
    return give(text, room, time, picture, L"hHmst", put_time);
}

int WINAPI GetTimeFormatEx(LPCWSTR locale, DWORD flags, const SYSTEMTIME *time, LPCWSTR picture,
                           LPWSTR text, int room)
{
    (void)locale;
    return GetTimeFormatW(0, flags, time, picture, text, room);
}

/* The A functions: the same in letters of the ANSI code page. */
static int give_narrow(int (*WINAPI wide)(LCID, DWORD, const SYSTEMTIME *, LPCWSTR, LPWSTR, int),
                       DWORD flags, const SYSTEMTIME *time, const char *picture, char *text,
                       int room)
{
    WCHAR wide_picture[TEXT_NAME], result[TEXT_NAME];
    int length;

    if (picture != NULL && !text_widen(wide_picture, TEXT_NAME, picture))
        return error_fail(ERROR_INVALID_PARAMETER);
    length = wide(0, flags, time, picture != NULL ? wide_picture : NULL, result, TEXT_NAME);
    if (length == 0 || room == 0)
        return length;
    if (length > room)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    text_narrow(text, (size_t)room, result);
    return length;
}

int WINAPI GetDateFormatA(LCID locale, DWORD flags, const SYSTEMTIME *time, LPCSTR picture,
                          LPSTR text, int room)
{
    (void)locale;
    return give_narrow(GetDateFormatW, flags, time, picture, text, room);
}

int WINAPI GetTimeFormatA(LCID locale, DWORD flags, const SYSTEMTIME *time, LPCSTR picture,
                          LPSTR text, int room)
{
    (void)locale;
    return give_narrow(GetTimeFormatW, flags, time, picture, text, room);
}

/* --- the one calendar, Gregorian; the one zone, UTC --- */

/* What GetLocaleInfo knows under other numbers. */
static LCTYPE locale_type(CALTYPE type)
{
    if (type >= CAL_SDAYNAME1 && type <= CAL_SDAYNAME7)
        return LOCALE_SDAYNAME1 + type - CAL_SDAYNAME1;
    if (type >= CAL_SABBREVDAYNAME1 && type <= CAL_SABBREVDAYNAME7)
        return LOCALE_SABBREVDAYNAME1 + type - CAL_SABBREVDAYNAME1;
    if (type >= CAL_SMONTHNAME1 && type <= CAL_SMONTHNAME12)
        return LOCALE_SMONTHNAME1 + type - CAL_SMONTHNAME1;
    if (type >= CAL_SABBREVMONTHNAME1 && type <= CAL_SABBREVMONTHNAME12)
        return LOCALE_SABBREVMONTHNAME1 + type - CAL_SABBREVMONTHNAME1;
    return type == CAL_SSHORTDATE  ? LOCALE_SSHORTDATE
           : type == CAL_SLONGDATE ? LOCALE_SLONGDATE
                                   : 0;
}

BOOL WINAPI EnumCalendarInfoW(CALINFO_ENUMPROCW tell, LCID locale, CALID calendar, CALTYPE type)
{
    WCHAR text[80];

    (void)calendar;
    if (type == CAL_ICALINTVALUE)
        text_widen(text, 80, "1");
    else if (GetLocaleInfoW(locale, locale_type(type), text, 80) == 0)
        return error_fail(ERROR_INVALID_FLAGS);
    tell(text);
    return TRUE;
}

BOOL WINAPI EnumCalendarInfoA(CALINFO_ENUMPROCA tell, LCID locale, CALID calendar, CALTYPE type)
{
    char text[80];

    (void)calendar;
    if (type == CAL_ICALINTVALUE)
        memcpy(text, "1", 2);
    else if (GetLocaleInfoA(locale, locale_type(type), text, 80) == 0)
        return error_fail(ERROR_INVALID_FLAGS);
    tell(text);
    return TRUE;
}

BOOL WINAPI GetTimeZoneInformationForYear(USHORT year, PDYNAMIC_TIME_ZONE_INFORMATION from,
                                          LPTIME_ZONE_INFORMATION zone)
{
    (void)year;
    (void)from;
    GetTimeZoneInformation(zone);
    return TRUE;
}

DWORD WINAPI GetDynamicTimeZoneInformation(PDYNAMIC_TIME_ZONE_INFORMATION zone)
{
    memset(zone, 0, sizeof *zone);
    text_widen(zone->TimeZoneKeyName, 32, "UTC");
    return GetTimeZoneInformation((TIME_ZONE_INFORMATION *)zone);
}

/* Daylight saving is nobody's here: a zone of the caller's counts with its bias alone. */
static BOOL shift(const TIME_ZONE_INFORMATION *zone, LONG sign, const SYSTEMTIME *from,
                  SYSTEMTIME *to)
{
    ULARGE_INTEGER time;
    FILETIME file;

    if (!SystemTimeToFileTime(from, &file))
        return FALSE;
    memcpy(&time, &file, sizeof time);
    time.QuadPart += (ULONGLONG)((LONGLONG)(zone != NULL ? zone->Bias : 0) * sign * 600000000LL);
    memcpy(&file, &time, sizeof time);
    return FileTimeToSystemTime(&file, to);
}

BOOL WINAPI TzSpecificLocalTimeToSystemTime(const TIME_ZONE_INFORMATION *zone,
                                            const SYSTEMTIME *local, LPSYSTEMTIME universal)
{
    return shift(zone, 1, local, universal);
}
