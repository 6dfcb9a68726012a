/* environment.c - getenv(), _putenv() and the array _environ.
 *
 * The block that the process was given is copied into one array of malloc'd strings; _putenv()
 * changes the array and the process's block, so GetEnvironmentVariable() and child processes agree.
 * Names compare without case, as everywhere on Windows.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

char **_environ;
char **__initenv;
wchar_t **_wenviron;
wchar_t **__winitenv;

char ***__p__environ(void);
char ***__p___initenv(void);
wchar_t ***__p__wenviron(void);
wchar_t ***__p___winitenv(void);

char ***__p__environ(void)
{
    return &_environ;
}

char ***__p___initenv(void)
{
    return &__initenv;
}

static size_t count_strings(const char *block)
{
    size_t count = 0;

    for (; *block; block += strlen(block) + 1)
        count++;
    return count;
}

/* Strings like "=C:=C:\dir" are the system's own; programs do not get to see them. */
void crt_environment_init(void)
{
    char *block = GetEnvironmentStringsA();
    size_t used = 0;

    _environ = calloc(block ? count_strings(block) + 1 : 1, sizeof *_environ);
    for (const char *p = block; _environ && p && *p; p += strlen(p) + 1)
        if (*p != '=')
            _environ[used++] = _strdup(p);
    if (block)
        FreeEnvironmentStringsA(block);
    __initenv = _environ;
}

/* The place of "NAME=..." in the array, or of its NULL. */
static char **find(const char *name, size_t length)
{
    char **place = _environ;

    while (*place && !(_strnicmp(*place, name, length) == 0 && (*place)[length] == '='))
        place++;
    return place;
}

char *getenv(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    char *found = NULL;

    if (length == 0 || !_environ)
        return NULL;
    crt_enter(CRT_LOCK_ENVIRONMENT);
    found = *find(name, length);
    crt_leave(CRT_LOCK_ENVIRONMENT);
    return found ? found + length + 1 : NULL;
}

/* A longer array, ending in text; the old one stays, for programs that still hold _environ. */
static bool append(char *text)
{
    size_t count = 0;
    char **longer;

    while (_environ[count])
        count++;
    longer = calloc(count + 2, sizeof *longer);
    if (!longer)
        return false;
    memcpy(longer, _environ, count * sizeof *longer);
    longer[count] = text;
    _environ = longer;
    return true;
}

static void take_out(char **place)
{
    for (; *place; place++)
        place[0] = place[1];
}

static bool set(const char *name, size_t length, const char *text)
{
    char **place = find(name, length);
    char *copy;

    if (!text[length + 1]) { /* "NAME=" removes it */
        take_out(place);
        return true;
    }
    copy = _strdup(text);
    if (!copy)
        return false;
    if (*place)
        *place = copy;
    else if (!append(copy))
        return false;
    return true;
}

/* "NAME=value" sets, "NAME=" removes.  0, or -1 and errno. */
int _putenv(const char *text)
{
    const char *equals = text ? strchr(text, '=') : NULL;
    size_t length = equals ? (size_t)(equals - text) : 0;
    char *name;
    bool done;

    if (length == 0)
        return crt_fail(EINVAL);
    name = malloc(length + 1);
    if (!name)
        return -1;
    memcpy(name, text, length);
    name[length] = 0;
    crt_enter(CRT_LOCK_ENVIRONMENT);
    done = set(name, length, text);
    SetEnvironmentVariableA(name, equals[1] ? equals + 1 : NULL);
    crt_leave(CRT_LOCK_ENVIRONMENT);
    free(name);
    return done ? 0 : -1;
}

errno_t _putenv_s(const char *name, const char *value)
{
    size_t name_length = strlen(name), value_length = strlen(value);
    char *text = malloc(name_length + value_length + 2);
    int result;

    if (!text)
        return ENOMEM;
    memcpy(text, name, name_length);
    text[name_length] = '=';
    memcpy(text + name_length + 1, value, value_length + 1);
    result = _putenv(text);
    free(text);
    return result == 0 ? 0 : EINVAL;
}

/* ---- wide: made from the narrow array when a program asks for it ---------------------------------- */

static void widen_environment(void)
{
    size_t count = 0;

    while (_environ[count])
        count++;
    _wenviron = calloc(count + 1, sizeof *_wenviron);
    for (size_t i = 0; _wenviron && i < count; i++) {
        int size = (int)strlen(_environ[i]) + 1;

        _wenviron[i] = malloc((size_t)size * sizeof(wchar_t));
        if (!_wenviron[i])
            break;
        crt_widen(_environ[i], _wenviron[i], size);
    }
    __winitenv = _wenviron;
}

wchar_t ***__p__wenviron(void)
{
    if (!_wenviron)
        widen_environment();
    return &_wenviron;
}

wchar_t ***__p___winitenv(void)
{
    __p__wenviron();
    return &__winitenv;
}

/* The text of the wide array: later changes by _putenv() are not seen in values already asked for. */
wchar_t *_wgetenv(const wchar_t *name)
{
    char narrow[256];
    const char *value;
    wchar_t *wide;
    int size;

    if (!crt_narrow(name, narrow, (int)sizeof narrow))
        return NULL;
    value = getenv(narrow);
    if (!value)
        return NULL;
    size = (int)strlen(value) + 1;
    wide = malloc((size_t)size * sizeof *wide);
    if (wide)
        crt_widen(value, wide, size);
    return wide;
}
