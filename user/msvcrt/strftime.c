/* strftime.c - a date as text, by a format or in the fixed form of asctime().
 *
 * The conversions of the C standard, in the C locale, and Microsoft's flag '#' ("%#d": no zero in
 * front).  Those that stand for several others ("%c") are formats themselves.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

struct output {
    char *next;
    size_t room; /* including the 0 */
    bool full;
};

static void put_text(struct output *out, const char *text)
{
    for (; *text; text++) {
        if (out->room <= 1) {
            out->full = true;
            return;
        }
        *out->next++ = *text;
        out->room--;
    }
}

/* `bare` (the '#' flag) leaves the zeros in front away. */
static void put_number(struct output *out, int value, int width, bool bare)
{
    char text[16];

    _snprintf(text, sizeof text - 1, "%0*d", bare ? 1 : width, value);
    text[sizeof text - 1] = 0;
    put_text(out, text);
}

static void put_name(struct output *out, const char *const *names, int index, int count,
                     bool shortened)
{
    char text[16] = "?";

    if (index >= 0 && index < count)
        strncpy(text, names[index], shortened ? 3 : sizeof text - 1);
    if (shortened)
        text[3] = 0;
    put_text(out, text);
}

static void put_zone_offset(struct output *out)
{
    char text[16];
    int minutes = (int)(-crt_timezone / 60);

    _snprintf(text, sizeof text - 1, "%c%02d%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
              abs(minutes) % 60);
    put_text(out, text);
}

/* Week 1 starts with the first `first_day` of the year. */
static int week_of_year(const struct tm *tm, int first_day)
{
    return (tm->tm_yday + 7 - (tm->tm_wday - first_day + 7) % 7) / 7;
}

/* Conversions that are short for others; NULL: this one is not. */
static const char *expansion(char c, bool bare)
{
    switch (c) {
    case 'c':
        return bare ? "%A, %B %d, %Y %H:%M:%S" : "%m/%d/%y %H:%M:%S";
    case 'x':
        return bare ? "%A, %B %d, %Y" : "%m/%d/%y";
    case 'D':
        return "%m/%d/%y";
    case 'F':
        return "%Y-%m-%d";
    case 'X':
    case 'T':
        return "%H:%M:%S";
    case 'R':
        return "%H:%M";
    case 'r':
        return "%I:%M:%S %p";
    default:
        return NULL;
    }
}

static bool put_date(struct output *out, char c, const struct tm *tm, bool bare)
{
    switch (c) {
    case 'a':
    case 'A':
        put_name(out, days, tm->tm_wday, 7, c == 'a');
        return true;
    case 'b':
    case 'h':
    case 'B':
        put_name(out, months, tm->tm_mon, 12, c != 'B');
        return true;
    case 'd':
    case 'e':
        put_number(out, tm->tm_mday, 2, bare || c == 'e');
        return true;
    case 'j':
        put_number(out, tm->tm_yday + 1, 3, bare);
        return true;
    case 'm':
        put_number(out, tm->tm_mon + 1, 2, bare);
        return true;
    case 'U':
    case 'W':
        put_number(out, week_of_year(tm, c == 'W'), 2, bare);
        return true;
    case 'w':
        put_number(out, tm->tm_wday, 1, bare);
        return true;
    case 'u':
        put_number(out, tm->tm_wday ? tm->tm_wday : 7, 1, bare);
        return true;
    case 'y':
        put_number(out, (tm->tm_year % 100 + 100) % 100, 2, bare);
        return true;
    case 'Y':
        put_number(out, 1900 + tm->tm_year, 4, bare);
        return true;
    default:
        return false;
    }
}

static bool put_time(struct output *out, char c, const struct tm *tm, bool bare)
{
    switch (c) {
    case 'H':
        put_number(out, tm->tm_hour, 2, bare);
        return true;
    case 'I':
        put_number(out, (tm->tm_hour + 11) % 12 + 1, 2, bare);
        return true;
    case 'M':
        put_number(out, tm->tm_min, 2, bare);
        return true;
    case 'S':
        put_number(out, tm->tm_sec, 2, bare);
        return true;
    case 'p':
        put_text(out, tm->tm_hour < 12 ? "AM" : "PM");
        return true;
    case 'z':
        put_zone_offset(out);
        return true;
    case 'Z':
        put_text(out, crt_tzname[0]);
        return true;
    default:
        return false;
    }
}

static bool put_all(struct output *out, const char *format, const struct tm *tm)
{
    for (; *format; format++) {
        char single[2] = {*format, 0};
        bool bare = false;
        const char *longer;

        if (*format != '%') {
            put_text(out, single);
            continue;
        }
        if (*++format == '#') {
            bare = true;
            format++;
        }
        longer = expansion(*format, bare);
        if (longer)
            put_all(out, longer, tm);
        else if (*format == '%')
            put_text(out, "%");
        else if (!put_date(out, *format, tm, bare) && !put_time(out, *format, tm, bare))
            return false;
    }
    return true;
}

/* Returns the length; 0 when the text does not fit or the format makes no sense. */
size_t strftime(char *buffer, size_t size, const char *format, const struct tm *tm)
{
    struct output out = {.next = buffer, .room = size};

    if (!buffer || size == 0) {
        crt_fail(EINVAL);
        return 0;
    }
    *buffer = 0;
    if (!format || !tm || !put_all(&out, format, tm)) {
        crt_fail(EINVAL);
        return 0;
    }
    *out.next = 0;
    if (out.full) {
        *buffer = 0;
        crt_fail(ERANGE);
        return 0;
    }
    return (size_t)(out.next - buffer);
}

size_t wcsftime(wchar_t *buffer, size_t size, const wchar_t *format, const struct tm *tm)
{
    char narrow_format[256], narrow[1024];
    size_t length;

    if (!crt_narrow(format, narrow_format, (int)sizeof narrow_format))
        return 0;
    length = strftime(narrow, size < sizeof narrow ? size : sizeof narrow, narrow_format, tm);
    if (length > 0)
        crt_widen(narrow, buffer, (int)size);
    return length;
}

/* ---- in a fixed form ------------------------------------------------------------------------------------- */

static bool among(int value, int low, int high)
{
    return value >= low && value <= high;
}

/* Of its month.  => a month of 0 to 11 */
static int last_day(const struct tm *tm)
{
    int year = tm->tm_year + 1900;

    if (tm->tm_mon == 1)
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return tm->tm_mon == 3 || tm->tm_mon == 5 || tm->tm_mon == 8 || tm->tm_mon == 10 ? 30 : 31;
}

char *asctime(const struct tm *tm)
{
    char *text = crt_thread()->time_text;

    if (!tm || !among(tm->tm_wday, 0, 6) || !among(tm->tm_mon, 0, 11) ||
        !among(tm->tm_mday, 1, last_day(tm)) || !among(tm->tm_hour, 0, 23) ||
        !among(tm->tm_min, 0, 59) || !among(tm->tm_sec, 0, 59) || !among(tm->tm_year, 0, 8099)) {
        crt_fail(EINVAL);
        return NULL;
    }
    _snprintf(text, 25, "%.3s %.3s %02d %02d:%02d:%02d %d", days[tm->tm_wday], months[tm->tm_mon],
              tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec, 1900 + tm->tm_year);
    text[24] = '\n';
    text[25] = 0;
    return text;
}

char *_ctime64(const __time64_t *time)
{
    return asctime(_localtime64(time));
}

char *_ctime32(const __time32_t *time)
{
    return asctime(_localtime32(time));
}

wchar_t *_wasctime(const struct tm *tm)
{
    wchar_t *wide = crt_thread()->wide_time_text;
    const char *text = asctime(tm);

    if (!text)
        return NULL;
    crt_widen(text, wide, 26);
    return wide;
}

char *_strdate(char *buffer)
{
    __time64_t now = _time64(NULL);

    strftime(buffer, 9, "%m/%d/%y", _localtime64(&now));
    return buffer;
}

char *_strtime(char *buffer)
{
    __time64_t now = _time64(NULL);

    strftime(buffer, 9, "%H:%M:%S", _localtime64(&now));
    return buffer;
}
