/* calendar.c - between seconds since 1970 and years, months and days.
 *
 * Local time is UTC plus the offset that the variable TZ gives ("CET-1": one hour east); without TZ
 * it is UTC.  Summer time has no rules here: tm_isdst is always 0.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };
static const int64_t latest = 32535215999; /* the end of the year 3000: as far as Windows goes */

static char standard_name[64] = "UTC", summer_name[64] = "";
/* Exported as _timezone, _daylight, _dstbias and _tzname. */
long crt_timezone;
int crt_daylight;
long crt_dstbias;
char *crt_tzname[2] = {standard_name, summer_name};

int *__p__daylight(void);
long *__p__dstbias(void);
long *__p__timezone(void);
char **__p__tzname(void);

int *__p__daylight(void)
{
    return &crt_daylight;
}

long *__p__dstbias(void)
{
    return &crt_dstbias;
}

long *__p__timezone(void)
{
    return &crt_timezone;
}

char **__p__tzname(void)
{
    return crt_tzname;
}

/* "hh[:mm[:ss]]" behind the name, with a sign. */
static long parse_offset(const char *text)
{
    bool negative = *text == '-';
    long seconds = 0, unit = 3600;

    if (*text == '-' || *text == '+')
        text++;
    while (unit > 0) {
        seconds += strtol(text, (char **)&text, 10) * unit;
        unit = *text++ == ':' ? unit / 60 : 0;
    }
    return negative ? -seconds : seconds;
}

void _tzset(void)
{
    const char *zone = getenv("TZ");
    size_t length;

    if (!zone || !*zone)
        return;
    crt_enter(CRT_LOCK_TIME);
    length = strcspn(zone, "+-0123456789");
    if (length > sizeof standard_name - 1)
        length = sizeof standard_name - 1;
    memcpy(standard_name, zone, length);
    standard_name[length] = 0;
    crt_timezone = parse_offset(zone + length);
    crt_leave(CRT_LOCK_TIME);
}

/* ---- days ---------------------------------------------------------------------------------------------- */

static const short days_before_month[] = {0,   31,  59,  90,  120, 151, 181,
                                          212, 243, 273, 304, 334, 365};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t leap_years_until(int64_t year)
{
    return year / 4 - year / 100 + year / 400;
}

/* From 1 January 1970 to 1 January of `year`. */
static int64_t days_before_year(int64_t year)
{
    return 365 * (year - 1970) + leap_years_until(year - 1) - leap_years_until(1969);
}

static int days_before(int month, int year)
{
    return days_before_month[month] + (month >= 2 && is_leap(year));
}

static void fill_date(int64_t days, struct tm *tm)
{
    int year = 1970 + (int)(days / 366);
    int month = 0;

    while (days_before_year(year + 1) <= days)
        year++;
    tm->tm_year = year - 1900;
    tm->tm_yday = (int)(days - days_before_year(year));
    while (days_before(month + 1, year) <= tm->tm_yday)
        month++;
    tm->tm_mon = month;
    tm->tm_mday = tm->tm_yday - days_before(month, year) + 1;
    tm->tm_wday = (int)((days + 4) % 7); /* 1 January 1970 was a Thursday */
}

/* False: not between 1970 and 3000. */
static bool fill(int64_t seconds, struct tm *tm)
{
    int rest;

    if (seconds < 0 || seconds > latest) {
        crt_fail(EINVAL);
        return false;
    }
    rest = (int)(seconds % DAY);
    fill_date(seconds / DAY, tm);
    tm->tm_hour = rest / 3600;
    tm->tm_min = rest / 60 % 60;
    tm->tm_sec = rest % 60;
    tm->tm_isdst = 0;
    return true;
}

/* Takes fields out of their ranges, too: 32 January is 1 February. */
static int64_t count_seconds(const struct tm *tm)
{
    int64_t year = 1900 + (int64_t)tm->tm_year + tm->tm_mon / 12;
    int month = tm->tm_mon % 12;
    int64_t days;

    if (month < 0) {
        month += 12;
        year--;
    }
    if (year < 1900 || year > 3001)
        return -1;
    days = days_before_year(year) + days_before(month, (int)year) + tm->tm_mday - 1;
    return ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
}

struct tm *_gmtime64(const __time64_t *time)
{
    struct tm *tm = &crt_thread()->time;

    return fill(time ? *time : -1, tm) ? tm : NULL;
}

struct tm *_gmtime32(const __time32_t *time)
{
    __time64_t wide = time ? *time : -1;

    return _gmtime64(&wide);
}

struct tm *_localtime64(const __time64_t *time)
{
    struct tm *tm = &crt_thread()->time;

    _tzset();
    return fill(time && *time >= 0 ? *time - crt_timezone : -1, tm) ? tm : NULL;
}

struct tm *_localtime32(const __time32_t *time)
{
    __time64_t wide = time ? *time : -1;

    return _localtime64(&wide);
}

static __time64_t make_time(struct tm *tm, long offset)
{
    int64_t seconds = tm ? count_seconds(tm) + offset : -1;
    struct tm normal;

    if (seconds < 0 || !fill(seconds - offset, &normal))
        return crt_fail(EINVAL);
    *tm = normal;
    return seconds;
}

/* Also brings every field of *tm into its range. */
__time64_t _mktime64(struct tm *tm)
{
    _tzset();
    return make_time(tm, crt_timezone);
}

__time64_t _mkgmtime64(struct tm *tm)
{
    return make_time(tm, 0);
}

__time32_t _mktime32(struct tm *tm)
{
    __time64_t seconds = _mktime64(tm);

    return seconds > INT32_MAX ? crt_fail(EINVAL) : (__time32_t)seconds;
}

__time32_t _mkgmtime32(struct tm *tm)
{
    __time64_t seconds = _mkgmtime64(tm);

    return seconds > INT32_MAX ? crt_fail(EINVAL) : (__time32_t)seconds;
}
