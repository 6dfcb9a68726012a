/* time.c - what time it is, and how long it took.
 *
 * The tick count and the system time are read from the page that every process shares with the
 * kernel: no system call (W5).  There is one time zone, UTC.
 */
#include "user/kernel32/kernel32.h"

FILETIME time_file(LARGE_INTEGER time)
{
    return (FILETIME){.dwLowDateTime = time.LowPart, .dwHighDateTime = (DWORD)time.HighPart};
}

#define UNITS_PER_MS     10000ull /* a file time counts 100 ns since 1 January 1601 */
#define TICK_MS          10       /* kernel/device/pit.c */
#define UNITS_PER_SECOND 10000000ull
#define UNITS_PER_DAY    (86400 * UNITS_PER_SECOND)

const LARGE_INTEGER *time_out(DWORD milliseconds, LARGE_INTEGER *buffer)
{
    if (milliseconds == INFINITE)
        return NULL;
    buffer->QuadPart = -(LONGLONG)(milliseconds * UNITS_PER_MS);
    return buffer;
}

/* --- ticks and counters --- */

DWORD WINAPI GetTickCount(void)
{
    return (DWORD)((uint64_t)SHARED_PAGE->ticks.low * SHARED_PAGE->tick_multiplier >> 24);
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    LARGE_INTEGER counter;

    return error_result(NtQueryPerformanceCounter(&counter, frequency));
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *counter)
{
    return error_result(NtQueryPerformanceCounter(counter, NULL));
}

ULONGLONG WINAPI GetTickCount64(void)
{
    LARGE_INTEGER counter, frequency;

    NtQueryPerformanceCounter(&counter, &frequency);
    return (ULONGLONG)(counter.QuadPart / frequency.QuadPart) * 1000 +
           (ULONGLONG)(counter.QuadPart % frequency.QuadPart * 1000 / frequency.QuadPart);
}

/* --- the system time --- */

/* The kernel may write between our reads: then the two highs differ, or the next try sees all new. */
void WINAPI GetSystemTimeAsFileTime(LPFILETIME time)
{
    do {
        time->dwHighDateTime = SHARED_PAGE->system_time.high1;
        time->dwLowDateTime = SHARED_PAGE->system_time.low;
    } while (time->dwHighDateTime != SHARED_PAGE->system_time.high2);
}

/* As exact as the fine counter: the time at the last tick, and what has passed since. */
void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time)
{
    ULONGLONG units = 0;
    ULONGLONG ms = GetTickCount64();

    GetSystemTimeAsFileTime(time);
    units = (ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime;
    units += (ms - (SHARED_PAGE->interrupt_time.low / UNITS_PER_MS)) % TICK_MS * UNITS_PER_MS;
    time->dwLowDateTime = (DWORD)units;
    time->dwHighDateTime = (DWORD)(units >> 32);
}

/* The clock is the kernel's: programs can't set it, and nothing adjusts it. */
BOOL WINAPI SetSystemTime(const SYSTEMTIME *time)
{
    (void)time;
    return error_fail(ERROR_PRIVILEGE_NOT_HELD);
}

BOOL WINAPI GetSystemTimeAdjustment(PDWORD added, PDWORD every, PBOOL off)
{
    *added = *every = TICK_MS * UNITS_PER_MS;
    *off = TRUE;
    return TRUE;
}

void WINAPI GetSystemTime(LPSYSTEMTIME time)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    FileTimeToSystemTime(&now, time);
}

DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION zone)
{
    memset(zone, 0, sizeof *zone);
    text_widen(zone->StandardName, 32, "UTC");
    text_widen(zone->DaylightName, 32, "UTC");
    return TIME_ZONE_ID_UNKNOWN; /* no daylight saving */
}

/* --- conversions --- */

static ULONGLONG join(const FILETIME *time)
{
    return (ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static FILETIME split(ULONGLONG units)
{
    return (FILETIME){.dwLowDateTime = (DWORD)units, .dwHighDateTime = (DWORD)(units >> 32)};
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1 January 1601, the first day of a 400-year cycle, to 1 January of `year`. */
static unsigned days_before(unsigned year)
{
    unsigned years = year - 1601;

    return years * 365 + years / 4 - years / 100 + years / 400;
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *time, LPSYSTEMTIME out)
{
    ULONGLONG units = join(time);
    unsigned days = (unsigned)(units / UNITS_PER_DAY);
    unsigned ms = (unsigned)(units % UNITS_PER_DAY / UNITS_PER_MS);
    unsigned year = 1601 + (unsigned)((ULONGLONG)days * 400 / 146097); /* right or one too high */
    unsigned month = 1;

    if (units >> 63 != 0)
        return error_fail(ERROR_INVALID_PARAMETER);
    out->wDayOfWeek = (WORD)((days + 1) % 7); /* that first day was a Monday */
    while (days_before(year) > days)
        year--;
    while (days_before(year + 1) <= days)
        year++;
    days -= days_before(year);
    while (days >= days_in(year, month))
        days -= days_in(year, month++);
    out->wYear = (WORD)year;
    out->wMonth = (WORD)month;
    out->wDay = (WORD)(days + 1);
    out->wHour = (WORD)(ms / 3600000);
    out->wMinute = (WORD)(ms / 60000 % 60);
    out->wSecond = (WORD)(ms / 1000 % 60);
    out->wMilliseconds = (WORD)(ms % 1000);
    return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *time, LPFILETIME out)
{
    ULONGLONG days, ms;

    if (time->wYear < 1601 || time->wYear > 30827 || time->wMonth < 1 || time->wMonth > 12 ||
        time->wDay < 1 || time->wDay > days_in(time->wYear, time->wMonth) || time->wHour > 23 ||
        time->wMinute > 59 || time->wSecond > 59 || time->wMilliseconds > 999)
        return error_fail(ERROR_INVALID_PARAMETER);
    days = days_before(time->wYear) + time->wDay - 1u;
    for (unsigned month = 1; month < time->wMonth; month++)
        days += days_in(time->wYear, month);
    ms = ((time->wHour * 60ull + time->wMinute) * 60 + time->wSecond) * 1000 + time->wMilliseconds;
    *out = split(days * UNITS_PER_DAY + ms * UNITS_PER_MS);
    return TRUE;
}

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *time, LPFILETIME local)
{
    *local = *time;
    return TRUE;
}

BOOL WINAPI SystemTimeToTzSpecificLocalTime(const TIME_ZONE_INFORMATION *zone,
                                            const SYSTEMTIME *universal, LPSYSTEMTIME local)
{
    FILETIME time;

    if (!SystemTimeToFileTime(universal, &time))
        return FALSE;
    if (zone != NULL) /* Bias is in minutes, universal = local + bias */
        time = split(join(&time) - (ULONGLONG)(zone->Bias * 60LL) * UNITS_PER_SECOND);
    return FileTimeToSystemTime(&time, local);
}

LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b)
{
    return (join(a) > join(b)) - (join(a) < join(b));
}

BOOL WINAPI FileTimeToDosDateTime(const FILETIME *time, LPWORD date, LPWORD clock)
{
    SYSTEMTIME parts;

    if (!FileTimeToSystemTime(time, &parts) || parts.wYear < 1980 || parts.wYear > 2107)
        return error_fail(ERROR_INVALID_PARAMETER);
    *date = (WORD)((parts.wYear - 1980) << 9 | parts.wMonth << 5 | parts.wDay);
    *clock = (WORD)(parts.wHour << 11 | parts.wMinute << 5 | parts.wSecond / 2);
    return TRUE;
}

BOOL WINAPI DosDateTimeToFileTime(WORD date, WORD clock, LPFILETIME time)
{
    SYSTEMTIME parts = {
        .wYear = (WORD)(1980 + (date >> 9)),
        .wMonth = date >> 5 & 15,
        .wDay = date & 31,
        .wHour = (WORD)(clock >> 11),
        .wMinute = clock >> 5 & 63,
        .wSecond = (WORD)((clock & 31) * 2),
    };

    return SystemTimeToFileTime(&parts, time);
}

/* --- sleeping --- */

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
    static const LARGE_INTEGER for_ever = {.QuadPart = INT64_MIN};
    LARGE_INTEGER buffer;
    const LARGE_INTEGER *timeout = time_out(milliseconds, &buffer);

    if (alertable)
        return apc_wait(0, NULL, false, timeout) == WAIT_IO_COMPLETION ? WAIT_IO_COMPLETION : 0;
    if (milliseconds == 0) {
        NtYieldExecution();
        return 0;
    }
    NtDelayExecution(FALSE, timeout != NULL ? timeout : &for_ever);
    return 0;
}

void WINAPI Sleep(DWORD milliseconds)
{
    SleepEx(milliseconds, FALSE);
}
