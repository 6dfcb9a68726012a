/* locale.c - three locales: "C", English and Korean, which differ in the code page of their bytes (LC_CTYPE) and in nothing else.
 *
 * Asking for the user's own ("") gives "C".
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <limits.h>
#include <locale.h>
#include <string.h>

static char point[] = ".", empty[] = "";

static struct lconv convention = {
    .decimal_point = point,
    .thousands_sep = empty,
    .grouping = empty,
    .int_curr_symbol = empty,
    .currency_symbol = empty,
    .mon_decimal_point = empty,
    .mon_thousands_sep = empty,
    .mon_grouping = empty,
    .positive_sign = empty,
    .negative_sign = empty,
    .int_frac_digits = CHAR_MAX,
    .frac_digits = CHAR_MAX,
    .p_cs_precedes = CHAR_MAX,
    .p_sep_by_space = CHAR_MAX,
    .n_cs_precedes = CHAR_MAX,
    .n_sep_by_space = CHAR_MAX,
    .p_sign_posn = CHAR_MAX,
    .n_sign_posn = CHAR_MAX,
};

struct lconv *localeconv(void)
{
    return &convention;
}

enum { NAME = 40, ALL_NAMES = 5 * (NAME + 16) };

struct locale {
    const char *name;
    unsigned page; /* of its bytes */
};

static const struct locale locales[] = {{"C", 0},
                                        {"English_United States.1252", 1252},
                                        {"Korean_Korea.949", CRT_KOREAN},
                                        {"English_United States.949", CRT_KOREAN}};
enum { C, ENGLISH, KOREAN, ENGLISH_949 };

/* By whatever name they are asked for. */
static const struct {
    const char *name;
    int locale;
} names[] = {
    {"", C},
    {"C", C},
    {"POSIX", C},
    {"English", ENGLISH},
    {"American", ENGLISH},
    {"enu", ENGLISH},
    {"us", ENGLISH},
    {"English_United States", ENGLISH},
    {"English_US", ENGLISH},
    {"English_United States.1252", ENGLISH},
    {".1252", ENGLISH},
    {".ACP", ENGLISH},
    {"Korean", KOREAN},
    {"kor", KOREAN},
    {"Korean_Korea", KOREAN},
    {"Korean_Korea.949", KOREAN},
    {"Korean.949", KOREAN},
    {"English_United States.949", ENGLISH_949},
    {".949", ENGLISH_949},
};

static const char *const categories[] = {"",           "LC_COLLATE", "LC_CTYPE", "LC_MONETARY",
                                         "LC_NUMERIC", "LC_TIME"};
static int current[LC_MAX + 1]; /* by category; that of LC_ALL is not used */

/* Which locale has this name, of `length` characters; -1: none, or its code page isn't installed. */
static int find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == length && _strnicmp(names[i].name, name, length) == 0) {
            unsigned page = locales[names[i].locale].page;

            return page == 0 || IsValidCodePage(page) ? names[i].locale : -1;
        }
    return -1;
}

/* The locales that `name` asks for: one for the category, or "LC_COLLATE=C;LC_CTYPE=..." for LC_ALL. */
static bool choose(int category, const char *name, int chosen[LC_MAX + 1])
{
    int locale;

    if (category == LC_ALL && strncmp(name, "LC_", 3) == 0) {
        for (int i = LC_MIN + 1; i <= LC_MAX; i++) {
            size_t word = strlen(categories[i]), length;

            if (strncmp(name, categories[i], word) != 0 || name[word] != '=')
                return false;
            length = strcspn(name + word + 1, ";");
            chosen[i] = find(name + word + 1, length);
            if (chosen[i] < 0)
                return false;
            name += word + 1 + length + (name[word + 1 + length] == ';');
        }
        return *name == 0;
    }
    locale = find(name, strlen(name));
    for (int i = LC_MIN; i <= LC_MAX; i++)
        if (category == LC_ALL || category == i)
            chosen[i] = locale;
    return locale >= 0;
}

/* The name of what is set, in the form that setlocale() takes. */
static char *describe(int category)
{
    static char text[ALL_NAMES];
    int first = current[category == LC_ALL ? LC_MIN + 1 : category];
    bool same = true;

    for (int i = LC_MIN + 1; i <= LC_MAX && category == LC_ALL; i++)
        same = same && current[i] == first;
    strcpy(text, same ? locales[first].name : "");
    for (int i = LC_MIN + 1; i <= LC_MAX && !same; i++) {
        strcat(strcat(strcat(text, categories[i]), "="), locales[current[i]].name);
        if (i < LC_MAX)
            strcat(text, ";");
    }
    return text;
}

/* NULL asks.  A locale that does not exist is refused with NULL and nothing changes. */
char *setlocale(int category, const char *name)
{
    int chosen[LC_MAX + 1];

    if (category < LC_MIN || category > LC_MAX)
        return NULL;
    if (name) {
        memcpy(chosen, current, sizeof chosen);
        if (!choose(category, name, chosen))
            return NULL;
        memcpy(current, chosen, sizeof current);
        __lc_codepage = locales[current[LC_CTYPE]].page;
        __mb_cur_max = __lc_codepage == CRT_KOREAN ? 2 : 1;
        crt_ctype_leads(__lc_codepage);
    }
    return describe(category);
}

wchar_t *_wsetlocale(int category, const wchar_t *name)
{
    static wchar_t wide[ALL_NAMES];
    char narrow[ALL_NAMES];
    char *set;

    if (name && !crt_narrow(name, narrow, (int)sizeof narrow))
        return NULL;
    set = setlocale(category, name ? narrow : NULL);
    if (!set)
        return NULL;
    MultiByteToWideChar(1252, 0, set, -1, wide, ALL_NAMES);
    return wide;
}

int _configthreadlocale(int flag)
{
    (void)flag;
    return 2; /* _DISABLE_PER_THREAD_LOCALE */
}

/* lconv is ready from the beginning. */
int __lconv_init(void);
int __lconv_init(void)
{
    return 0;
}
