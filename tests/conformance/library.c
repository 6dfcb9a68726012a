/* library.c - the rest of the C run-time: streams and files, formatting, text, time, jumps, threads.
 *
 * These have no number in the list of facts: the C standard and Microsoft's reference say what must
 * happen.  Everything is checked against a value known beforehand, so the program passes or fails by
 * itself; it writes and removes the files crt-1.tmp and crt-2.tmp.
 */
#include "tests/conformance/fact.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <locale.h>
#include <math.h>
#include <process.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <wchar.h>
#include <windows.h>

static const char *const name = "crt-1.tmp";

/* ---- streams ---------------------------------------------------------------------------------------- */

static void test_text_mode(void)
{
    FILE *file = fopen(name, "w");
    char raw[64] = {0};
    size_t length;

    fputs("one\ntwo\n", file);
    fact_number("stdio", "ftell while writing text counts the returns", 10, ftell(file));
    fclose(file);
    file = fopen(name, "rb");
    length = fread(raw, 1, sizeof raw, file);
    fclose(file);
    fact("stdio", "text mode writes CR LF", length == 10 && memcmp(raw, "one\r\ntwo\r\n", 10) == 0);
    file = fopen(name, "r");
    fact("stdio", "fgets reads LF", fgets(raw, sizeof raw, file) && strcmp(raw, "one\n") == 0);
    fact_number("stdio", "ftell after a text line", 5, ftell(file));
    fact("stdio", "fseek to that place", fseek(file, 5, SEEK_SET) == 0 && getc(file) == 't');
    fact("stdio", "ungetc", ungetc('T', file) == 'T' && getc(file) == 'T' && getc(file) == 'w');
    fact("stdio", "the end of the file",
         getc(file) == 'o' && getc(file) == '\n' && getc(file) == EOF && feof(file) &&
             !ferror(file));
    rewind(file);
    fact("stdio", "rewind clears it", !feof(file) && getc(file) == 'o');
    fclose(file);
}

static void test_large_file(void)
{
    FILE *file = fopen(name, "wb+");
    uint32_t wrong = 0, value;

    for (uint32_t i = 0; i < 20000; i++)
        fwrite(&i, sizeof i, 1, file);
    for (uint32_t i = 0; i < 20000; i += 97) {
        fseek(file, (long)(i * sizeof i), SEEK_SET);
        if (fread(&value, sizeof value, 1, file) != 1 || value != i)
            wrong++;
    }
    fact_number("stdio", "records read at random places: wrong ones", 0, wrong);
    value = 0xFFFFFFFF;
    fseek(file, 4000, SEEK_SET);
    fwrite(&value, sizeof value, 1, file);
    fseek(file, 4000, SEEK_SET);
    value = 0;
    fact("stdio", "an update stream reads what it wrote",
         fread(&value, sizeof value, 1, file) == 1 && value == 0xFFFFFFFF);
    fseek(file, 0, SEEK_END);
    fact_number("stdio", "the length", 80000, ftell(file));
    fclose(file);
}

static void test_append_and_buffers(void)
{
    FILE *file = fopen(name, "wb");
    static char buffer[100], text[32];
    struct _stat facts;

    setvbuf(file, buffer, _IOFBF, sizeof buffer);
    fputs("first", file);
    fact("stdio", "a full buffer holds output back",
         _stat(name, &facts) == 0 && facts.st_size == 0);
    fflush(file);
    _stat(name, &facts);
    fact_number("stdio", "fflush writes it", 5, facts.st_size);
    fclose(file);
    file = fopen(name, "ab+");
    fputs("second", file);
    rewind(file);
    fact("stdio", "append adds at the end",
         fgets(text, sizeof text, file) && strcmp(text, "firstsecond") == 0);
    file = freopen(name, "rb", file);
    setvbuf(file, NULL, _IONBF, 0);
    fact("stdio", "an unbuffered stream reads", getc(file) == 'f' && ftell(file) == 1);
    fclose(file);
}

static void test_files(void)
{
    FILE *temporary = tmpfile();
    struct _finddata_t found;
    intptr_t search;
    int fd;

    fact("files", "tmpfile", temporary && fputs("x", temporary) == 0 && fclose(temporary) == 0);
    fact("files", "fopen of what is not there", !fopen("no-such-file", "r") && errno == ENOENT);
    fact("files", "rename", rename(name, "crt-2.tmp") == 0 && _access(name, 0) != 0);
    search = _findfirst("crt-?.tmp", &found);
    fact("files", "_findfirst finds it", search != -1 && strcmp(found.name, "crt-2.tmp") == 0);
    fact("files", "_findnext finds no other", _findnext(search, &found) == -1 && errno == ENOENT);
    _findclose(search);
    fact("files", "remove",
         remove("crt-2.tmp") == 0 && remove("crt-2.tmp") == -1 && errno == ENOENT);
    fd = _open(name, _O_CREAT | _O_RDWR | _O_BINARY | _O_TRUNC, _S_IREAD | _S_IWRITE);
    fact("files", "_open and _write", fd > 2 && _write(fd, "abc\n", 4) == 4 && _tell(fd) == 4);
    fact_number("files", "_chsize and _filelength", 1000, (_chsize(fd, 1000), _filelength(fd)));
    fact("files", "_lseek and _eof", _lseek(fd, 0, SEEK_END) == 1000 && _eof(fd) == 1);
    fact("files", "_dup shares the position", _lseek(_dup(fd), 0, SEEK_CUR) == 1000);
    fact("files", "_isatty of a file", !_isatty(fd));
    fact("files", "_close", _close(fd) == 0 && _close(fd) == -1 && errno == EBADF);
    _close(fd + 1);
    remove(name);
}

/* ---- formatting --------------------------------------------------------------------------------------- */

static void formats_as(const char *expected, const char *format, ...)
{
    char text[200];
    va_list arguments;

    va_start(arguments, format);
    _vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (strcmp(text, expected) != 0)
        printf("     expected [%s], got [%s]\n", expected, text);
    fact("printf", format, strcmp(text, expected) == 0);
}

static void test_printf(void)
{
    char text[16];
    wchar_t wide[32];

    formats_as("-42|   42|42   |00042|+42", "%d|%5d|%-5d|%05d|%+d", -42, 42, 42, 42, 42);
    formats_as("ff FF 0xff 377 a", "%x %X %#x %o %c", 255, 255, 255, 255, 'a');
    formats_as("9223372036854775807 -1", "%I64d %I64d", INT64_MAX, (int64_t)-1);
    formats_as("3.14 3.141593 3 0.1", "%.2f %f %.0f %g", 3.14159265, 3.14159265, 3.14159265, 0.1);
    formats_as("0.1000000000000000055511151231257827", "%.34f", 0.1);
    formats_as("abc ab   abc abc", "%s %.2s %5s %-3s", "abc", "abc", "abc", "abc");
    formats_as("wide 100%", "%ls %d%%", L"wide", 100);
    memset(text, '#', sizeof text);
    fact_number("printf", "_snprintf that is cut gives", -1, _snprintf(text, 4, "%s", "abcdef"));
    fact("printf", "and leaves the 0 away", memcmp(text, "abcd#", 5) == 0);
    fact_number("printf", "_snprintf that just fits gives", 6, _snprintf(text, 6, "%s", "abcdef"));
    fact_number("printf", "_snwprintf", 11, _snwprintf(wide, 32, L"%s %hs", L"wide", "narrow"));
    fact("printf", "its text", wcscmp(wide, L"wide narrow") == 0);
}

static void test_scanf(void)
{
    int a = 0, b = 0, c = 0;
    char word[20] = "", rest[20] = "";
    double d = 0;
    FILE *file = fopen(name, "w+");

    fact_number("scanf", "sscanf converts", 5,
                sscanf("12 0x1f 077 word 2.5e3", "%d %i %i %s %lf", &a, &b, &c, word, &d));
    fact("scanf", "the values",
         a == 12 && b == 31 && c == 63 && !strcmp(word, "word") && d == 2500);
    fact("scanf", "sets",
         sscanf("key=value;", "%[a-z]=%[^;]", word, rest) == 2 && !strcmp(word, "key") &&
             !strcmp(rest, "value"));
    fputs("1 2\n3 x", file);
    rewind(file);
    fact("scanf", "fscanf stops at what does not fit",
         fscanf(file, "%d %d %d %d", &a, &b, &c, &c) == 3 && c == 3 && getc(file) == 'x');
    fclose(file);
    remove(name);
}

static void test_numbers(void)
{
    char *end;

    fact("stdlib", "strtol", strtol("  -0x7Fz", &end, 16) == -127 && *end == 'z');
    errno = 0;
    fact("stdlib", "strtol out of range",
         strtol("99999999999", NULL, 10) == INT32_MAX && errno == ERANGE);
    fact("stdlib", "strtol of no number", strtol("x1", &end, 10) == 0 && *end == 'x');
    fact("stdlib", "_strtoi64", _strtoi64("-9223372036854775808", NULL, 10) == INT64_MIN);
    fact("stdlib", "strtod",
         strtod("1.7976931348623157e308x", &end) == 1.7976931348623157e308 && *end == 'x');
    fact("stdlib", "strtod rounds to even", strtod("9007199254740993", NULL) == 9007199254740992.0);
    fact("stdlib", "_itoa", strcmp(_itoa(-255, (char[40]){0}, 16), "ffffff01") == 0);
    fact("stdlib", "rand after srand(1)", (srand(1), rand()) == 41);
    fact("stdlib", "wcstol", wcstol(L"123", NULL, 10) == 123);
    fact("stdlib", "mbstowcs and back",
         mbstowcs(NULL, "abc", 0) == 3 && wcstombs(NULL, L"abc", 0) == 3);
}

static int __cdecl compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

/* Random values, many equal ones, and rows that are sorted already, both ways. */
static void test_sort(void)
{
    enum { COUNT = 20000 };
    int *values = malloc(COUNT * sizeof *values);
    int wrong = 0, key = 7;

    for (int kind = 0; kind < 4; kind++) {
        int64_t before = 0, after = 0;

        for (int i = 0; i < COUNT; i++)
            before += values[i] = kind == 0   ? rand()
                                  : kind == 1 ? i % 10
                                  : kind == 2 ? i
                                              : COUNT - i;
        qsort(values, COUNT, sizeof *values, compare);
        for (int i = 0; i < COUNT; i++)
            after += values[i];
        for (int i = 1; i < COUNT; i++)
            wrong += values[i - 1] > values[i];
        wrong += before != after;
    }
    fact_number("stdlib", "qsort of four kinds of rows: neighbours in the wrong order", 0, wrong);
    fact("stdlib", "bsearch", *(int *)bsearch(&key, values, COUNT, sizeof *values, compare) == 7);
    free(values);
}

/* ---- text, time, mathematics ------------------------------------------------------------------------- */

static void test_strings(void)
{
    char text[40] = "a,b;;c", *token;
    wchar_t wide[20];

    fact("string", "strtok",
         (token = strtok(text, ",;")) && *token == 'a' && *strtok(NULL, ",;") == 'b' &&
             *strtok(NULL, ",;") == 'c' && !strtok(NULL, ",;"));
    fact("string", "strstr", strstr("abababc", "ababc") && !strstr("abc", "abd"));
    fact("string", "strspn and strcspn", strspn("aabbc", "ab") == 4 && strcspn("aabbc", "c") == 4);
    strcpy(text, "overlapping");
    memmove(text + 2, text, 9);
    fact("string", "memmove forwards over itself", memcmp(text, "ovoverlappi", 11) == 0);
    fact("string", "_stricmp", _stricmp("MiXeD", "mIxEd") == 0 && _strnicmp("abX", "ABy", 2) == 0);
    fact("string", "strncpy fills up", strncpy(memset(text, 1, 8), "ab", 5) && !text[4] && text[5]);
    fact("string", "wide strings", wcscmp(wcscat(wcscpy(wide, L"one"), L"two"), L"onetwo") == 0);
    fact("string", "strerror", strcmp(strerror(ENOENT), "No such file or directory") == 0);
    fact("string", "setlocale",
         strcmp(setlocale(LC_ALL, NULL), "C") == 0 && !setlocale(LC_ALL, "xx"));
}

static void test_time(void)
{
    time_t second = 951827696; /* 29 February 2000, 12:34:56 UTC */
    struct tm *tm = gmtime(&second), date;
    char text[64];

    fact("time", "gmtime knows the leap day of 2000",
         tm->tm_mon == 1 && tm->tm_mday == 29 && tm->tm_hour == 12 && tm->tm_yday == 59 &&
             tm->tm_wday == 2);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %j %a %B %U %p", tm);
    fact("time", "strftime", strcmp(text, "2000-02-29 12:34:56 060 Tue February 09 PM") == 0);
    fact("time", "asctime", strcmp(asctime(tm), "Tue Feb 29 12:34:56 2000\n") == 0);
    date = *tm;
    date.tm_mday += 366;
    fact("time", "mktime brings fields into range",
         mktime(&date) != -1 && date.tm_year == 101 && date.tm_mon == 2 && date.tm_mday == 1);
    fact("time", "time runs", time(NULL) > 1600000000);
    fact("time", "clock runs", clock() >= 0);
}

static int close_to(double a, double b)
{
    return fabs(a - b) <= 4e-16 * fabs(b);
}

/* A function of the DLL: mingw-w64 links some of these names to functions of its own, and which ones
 * differs from release to release. */
static double of_one(const char *function, double x)
{
    void *address = (void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), function);

    return ((double(__cdecl *)(double))address)(x);
}

static double of_two(const char *function, double x, double y)
{
    void *address = (void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), function);

    return ((double(__cdecl *)(double, double))address)(x, y);
}

/* `holds` was just computed; has it told the error that belongs to it? */
static int fails_with(int error, int holds)
{
    int told = errno == error;

    errno = 0;
    return told && holds;
}

static void test_math_of_dll(double x)
{
    double infinite = HUGE_VAL;

    errno = 0;
    fact("math", "the DLL's own functions",
         fails_with(0, close_to(of_one("exp", x), 2.0137527074704766) &&
                           close_to(of_one("log", x), -0.35667494393873245) &&
                           close_to(of_one("sin", x), 0.644217687237691) &&
                           close_to(of_one("cos", x), 0.7648421872844885) &&
                           close_to(of_one("sqrt", x), 0.8366600265340756)));
    fact("math", "with two arguments, too",
         fails_with(0, close_to(of_two("pow", x, 2.5), 0.40996341300169706) &&
                           close_to(of_two("fmod", 7.5, 2), 1.5) &&
                           close_to(of_two("atan2", -x, 0.5), -0.9505468408120751)));
    fact("math", "floor and ceil of it",
         fails_with(0, of_one("floor", -x) == -1 && of_one("ceil", x) == 1));
    fact("math", "sin, cos and tan of infinity are domain errors",
         fails_with(EDOM, isnan(of_one("sin", infinite))) &&
             fails_with(EDOM, isnan(of_one("cos", -infinite))) &&
             fails_with(EDOM, isnan(of_one("tan", infinite))));
    fact("math", "log, sqrt and a broken power of a negative number are domain errors",
         fails_with(EDOM, isnan(of_one("log", -x))) &&
             fails_with(EDOM, isnan(of_one("sqrt", -x))) &&
             fails_with(EDOM, isnan(of_one("log10", -x))) &&
             fails_with(EDOM, isnan(of_two("pow", -x, x))));
    fact("math", "log(0) and pow(0, -1) are poles",
         fails_with(ERANGE, of_one("log", 0) == -infinite) &&
             fails_with(ERANGE, of_two("pow", 0, -1) == infinite));
    fact("math", "exp and pow overflow at the range of a double",
         fails_with(ERANGE, of_one("exp", 710) == infinite) &&
             fails_with(ERANGE, of_two("pow", 2, 1024) == infinite));
    fact("math", "fmod by 0 is a domain error", fails_with(EDOM, isnan(of_two("fmod", x, 0))));
}

static void test_math(void)
{
    volatile double x = 0.7;
    double whole;
    int exponent;

    fact("math", "sin, cos, tan",
         close_to(sin(x), 0.644217687237691) && close_to(cos(x), 0.7648421872844885) &&
             close_to(tan(x), 0.8422883804630794));
    fact("math", "asin, acos, atan",
         close_to(asin(x), 0.7753974966107531) && close_to(acos(x), 0.7953988301841436) &&
             close_to(atan(x), 0.6107259643892086));
    fact("math", "exp, log, log10",
         close_to(exp(x), 2.0137527074704766) && close_to(log(x), -0.35667494393873245) &&
             close_to(log10(x), -0.1549019599857432));
    fact("math", "sinh, cosh, tanh",
         close_to(sinh(x), 0.7585837018395334) && close_to(cosh(x), 1.255169005630943) &&
             close_to(tanh(x), 0.6043677771171636));
    fact("math", "pow, sqrt, fmod",
         close_to(pow(x, 2.5), 0.40996341300169706) && close_to(sqrt(x), 0.8366600265340756) &&
             close_to(fmod(7.5, 2), 1.5));
    fact("math", "floor, ceil", floor(-x) == -1 && ceil(x) == 1);
    fact("math", "frexp, ldexp",
         frexp(12.0, &exponent) == 0.75 && exponent == 4 && ldexp(0.75, 4) == 12);
    fact("math", "modf", modf(-2.75, &whole) == -0.75 && whole == -2);
    errno = 0;
    fact("math", "acos(2) is a domain error", isnan(acos(x + 1.3)) && errno == EDOM);
    test_math_of_dll(x);
}

/* ---- jumps, signals, threads, the environment -------------------------------------------------------- */

static jmp_buf there;

static void jump(int depth)
{
    volatile char room[200];

    room[0] = (char)depth;
    if (depth == 0)
        longjmp(there, 5);
    jump(depth - 1);
    room[1] = room[0];
}

static volatile int signalled;

static void on_signal(int number)
{
    signalled = number;
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode == EXCEPTION_ACCESS_VIOLATION)
        longjmp(there, 7);
    return EXCEPTION_CONTINUE_SEARCH;
}

static void test_jumps(void)
{
    volatile int kept = 1;
    void *handler;
    int result = setjmp(there);

    if (result == 0) {
        kept = 2;
        jump(10);
    }
    fact("jump", "longjmp over 10 frames", result == 5 && kept == 2);
    handler = AddVectoredExceptionHandler(1, on_exception);
    result = setjmp(there);
    if (result == 0)
        *(volatile int *)16 = 1;
    fact_number("jump", "longjmp out of an exception handler", 7, result);
    RemoveVectoredExceptionHandler(handler);
    signal(SIGTERM, on_signal);
    fact("signal", "raise calls the handler", raise(SIGTERM) == 0 && signalled == SIGTERM);
    fact("signal", "once", signal(SIGTERM, SIG_IGN) == SIG_DFL && raise(SIGTERM) == 0);
    fact("signal", "an unknown number", signal(99, SIG_IGN) == SIG_ERR && errno == EINVAL);
}

static unsigned __stdcall thread(void *argument)
{
    int before = errno;

    errno = 77;
    srand(5);
    *(int *)argument = before;
    return 12;
}

static void test_threads(void)
{
    int seen = -1;
    unsigned id;
    DWORD code = 0;
    HANDLE handle;

    errno = 33;
    handle = (HANDLE)_beginthreadex(NULL, 0, thread, &seen, 0, &id);
    fact("thread", "_beginthreadex", handle && WaitForSingleObject(handle, 10000) == WAIT_OBJECT_0);
    fact("thread", "its exit code", GetExitCodeThread(handle, &code) && code == 12);
    fact("thread", "errno is each thread's own", seen == 0 && errno == 33);
    CloseHandle(handle);
}

static void test_environment(void)
{
    char value[32];

    fact("environment", "_putenv and getenv",
         _putenv("PAGODA_TEST=yes") == 0 && getenv("pagoda_test") &&
             strcmp(getenv("PAGODA_TEST"), "yes") == 0);
    fact("environment", "the process sees it",
         GetEnvironmentVariableA("PAGODA_TEST", value, sizeof value) == 3 && !strcmp(value, "yes"));
    fact("environment", "and it can be removed",
         _putenv("PAGODA_TEST=") == 0 && !getenv("PAGODA_TEST"));
    fact("environment", "errno and GetLastError are kept apart",
         (SetLastError(5), errno = 1, GetLastError()) == 5);
}

static void at_exit(void)
{
    puts("ok exit the functions of atexit run");
}

int main(void)
{
    atexit(at_exit);
    test_text_mode();
    test_large_file();
    test_append_and_buffers();
    test_files();
    test_printf();
    test_scanf();
    test_numbers();
    test_sort();
    test_strings();
    test_time();
    test_math();
    test_jumps();
    test_threads();
    test_environment();
    return facts_end();
}
