/* locale.c - there is one locale, "C"; asking for the user's own ("") gives it, too. */
#include "user/msvcrt/crt.h"
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

/* NULL asks.  A locale that does not exist is refused with NULL and nothing changes. */
char *setlocale(int category, const char *name)
{
    static char c_locale[] = "C";

    if (category < LC_MIN || category > LC_MAX)
        return NULL;
    if (name && *name && strcmp(name, "C") != 0 && strcmp(name, "POSIX") != 0)
        return NULL;
    return c_locale;
}

wchar_t *_wsetlocale(int category, const wchar_t *name)
{
    static wchar_t c_locale[] = L"C";
    char narrow[64];

    if (name && !crt_narrow(name, narrow, (int)sizeof narrow))
        return NULL;
    return setlocale(category, name ? narrow : NULL) ? c_locale : NULL;
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
