/* arguments.c - from the command line to argc and argv.
 *
 * A process gets one line of text; how it falls into arguments is the run-time's business:
 *   - blanks separate, quotes protect them;
 *   - 2n backslashes and a quote are n backslashes and a quote that opens or closes,
 *     2n + 1 backslashes and a quote are n backslashes and a quote that is a character;
 *   - a doubled quote inside quotes is a character;
 *   - the program's own name knows quotes only.
 * Where the program asks for it, unquoted '*' and '?' are replaced by the files they match.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *_acmdln;
wchar_t *_wcmdln;
char *_pgmptr;
wchar_t *_wpgmptr;
int __argc;
char **__argv;
wchar_t **__wargv;

char **__p__acmdln(void);
wchar_t **__p__wcmdln(void);
char **__p__pgmptr(void);
wchar_t **__p__wpgmptr(void);
int *__p___argc(void);
char ***__p___argv(void);
wchar_t ***__p___wargv(void);
int __getmainargs(int *count, char ***arguments, char ***environment, int expand, void *start);
int __wgetmainargs(int *count, wchar_t ***arguments, wchar_t ***environment, int expand,
                   void *start);

char **__p__acmdln(void)
{
    return &_acmdln;
}

wchar_t **__p__wcmdln(void)
{
    return &_wcmdln;
}

char **__p__pgmptr(void)
{
    return &_pgmptr;
}

wchar_t **__p__wpgmptr(void)
{
    return &_wpgmptr;
}

int *__p___argc(void)
{
    return &__argc;
}

char ***__p___argv(void)
{
    return &__argv;
}

wchar_t ***__p___wargv(void)
{
    return &__wargv;
}

static wchar_t *widened(const char *text)
{
    int size = (int)strlen(text) + 1;
    wchar_t *wide = malloc((size_t)size * sizeof *wide);

    if (wide)
        crt_widen(text, wide, size);
    return wide;
}

void crt_arguments_init(void)
{
    char path[MAX_PATH];
    const char *line = GetCommandLineA();

    _acmdln = _strdup(line ? line : "");
    if (GetModuleFileNameA(NULL, path, MAX_PATH))
        _pgmptr = _strdup(path);
}

/* ---- splitting -------------------------------------------------------------------------------------- */

struct parser {
    const char *in;
    char *out;    /* where the text of the next argument goes */
    bool pattern; /* the last argument had an unquoted '*' or '?' */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *parse_program(struct parser *p)
{
    char *start = p->out;
    bool quoted = false;

    for (; *p->in && (quoted || !is_blank(*p->in)); p->in++)
        if (*p->in == '"')
            quoted = !quoted;
        else
            *p->out++ = *p->in;
    *p->out++ = 0;
    return start;
}

/* A run of backslashes and what follows it.  True: the quote after it opens or closes. */
static bool parse_backslashes(struct parser *p)
{
    unsigned count = 0;

    for (; *p->in == '\\'; p->in++)
        count++;
    if (*p->in != '"') {
        for (; count > 0; count--)
            *p->out++ = '\\';
        return false;
    }
    for (unsigned i = 0; i < count / 2; i++)
        *p->out++ = '\\';
    if (count % 2 == 0)
        return true;
    *p->out++ = *p->in++;
    return false;
}

static char *parse_argument(struct parser *p)
{
    char *start = p->out;
    bool quoted = false;

    p->pattern = false;
    while (*p->in && (quoted || !is_blank(*p->in))) {
        if (*p->in == '\\' || *p->in == '"') {
            if (!parse_backslashes(p))
                continue;
            if (quoted && p->in[1] == '"')
                *p->out++ = *++p->in;
            else
                quoted = !quoted;
            p->in++;
            continue;
        }
        if (!quoted && (*p->in == '*' || *p->in == '?'))
            p->pattern = true;
        *p->out++ = *p->in++;
    }
    *p->out++ = 0;
    return start;
}

/* ---- the list --------------------------------------------------------------------------------------- */

static bool add(char *argument)
{
    char **longer = realloc(__argv, ((size_t)__argc + 2) * sizeof *longer);

    if (!longer)
        return false;
    longer[__argc++] = argument;
    longer[__argc] = NULL;
    __argv = longer;
    return true;
}

/* A name that matches keeps the directory of the pattern.  Nothing matches: the pattern stays. */
static bool add_matches(char *pattern)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(pattern, &found);
    size_t directory = 0;
    bool done = true;

    if (search == INVALID_HANDLE_VALUE)
        return add(pattern);
    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == '\\' || pattern[i] == '/' || pattern[i] == ':')
            directory = i + 1;
    do {
        char *name;

        if (strcmp(found.cFileName, ".") == 0 || strcmp(found.cFileName, "..") == 0)
            continue;
        name = malloc(directory + strlen(found.cFileName) + 1);
        done = name != NULL;
        if (!done)
            break;
        memcpy(name, pattern, directory);
        strcpy(name + directory, found.cFileName);
        done = add(name);
    } while (done && FindNextFileA(search, &found));
    FindClose(search);
    return done;
}

static bool split(bool expand)
{
    struct parser p = {.in = _acmdln, .out = malloc(strlen(_acmdln) + 2)};

    if (!p.out || !add(parse_program(&p)))
        return false;
    for (;;) {
        char *argument;

        while (is_blank(*p.in))
            p.in++;
        if (!*p.in)
            return true;
        argument = parse_argument(&p);
        if (!(expand && p.pattern ? add_matches(argument) : add(argument)))
            return false;
    }
}

static int no_memory(void)
{
    static const char sentence[] = "The arguments of the program do not fit in its memory.\r\n";
    DWORD done;

    WriteFile(GetStdHandle(STD_ERROR_HANDLE), sentence, sizeof sentence - 1, &done, NULL);
    ExitProcess(255);
}

/* Called by the start code of every program.  `start` would hand over the mode of operator new, which
 * is not ours. */
int __getmainargs(int *count, char ***arguments, char ***environment, int expand, void *start)
{
    (void)start;
    if (!__argv && !split(expand != 0))
        return no_memory();
    *count = __argc;
    *arguments = __argv;
    *environment = _environ;
    return 0;
}

int __wgetmainargs(int *count, wchar_t ***arguments, wchar_t ***environment, int expand,
                   void *start)
{
    char **narrow, **narrow_environment;
    extern wchar_t ***__p__wenviron(void);

    __getmainargs(count, &narrow, &narrow_environment, expand, start);
    if (!__wargv) {
        __wargv = calloc((size_t)*count + 1, sizeof *__wargv);
        for (int i = 0; __wargv && i < *count; i++)
            __wargv[i] = widened(narrow[i]);
        _wcmdln = widened(_acmdln);
        _wpgmptr = widened(_pgmptr ? _pgmptr : "");
    }
    if (!__wargv)
        return no_memory();
    *arguments = __wargv;
    *environment = *__p__wenviron();
    return 0;
}
