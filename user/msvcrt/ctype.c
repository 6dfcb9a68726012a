/* ctype.c - what kind of character a byte is, in the C locale; in others some begin a character of two.
 *
 * Programs may look into the table themselves through _pctype, so its bits are public.  It has one
 * entry more than there are characters, for EOF, and is filled in when the DLL is loaded: the rules
 * below are shorter than 257 numbers.
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <ctype.h>
#include <wctype.h>

#undef _toupper
#undef _tolower
#undef isleadbyte
#undef __isascii
#undef __toascii
#undef __iscsym
#undef __iscsymf

enum { CHARACTERS = 256 };

unsigned short _ctype[CHARACTERS + 1];
unsigned short *_pctype = _ctype + 1;
unsigned short *_pwctype = _ctype + 1;

unsigned short **__p__pctype(void);
unsigned short **__p__pwctype(void);
/* Under names of our own here: some releases of the headers say that the words are const. */
unsigned short *pctype_function(void) __asm__("___pctype_func");
unsigned short *pwctype_function(void) __asm__("___pwctype_func");

unsigned short **__p__pctype(void)
{
    return &_pctype;
}

unsigned short **__p__pwctype(void)
{
    return &_pwctype;
}

unsigned short *pctype_function(void)
{
    return _pctype;
}

unsigned short *pwctype_function(void)
{
    return _pwctype;
}

static bool between(int c, int low, int high)
{
    return c >= low && c <= high;
}

static int kind_of(int c)
{
    int kind = 0;

    if (c < ' ' || c == 0x7F)
        kind |= _CONTROL;
    if (c == ' ' || between(c, '\t', '\r'))
        kind |= _SPACE;
    if (c == ' ')
        kind |= _BLANK;
    if (between(c, '0', '9'))
        kind |= _DIGIT | _HEX;
    if (between(c, 'A', 'Z'))
        kind |= _UPPER | (_ALPHA & ~(_UPPER | _LOWER));
    if (between(c, 'a', 'z'))
        kind |= _LOWER | (_ALPHA & ~(_UPPER | _LOWER));
    if (between(c, 'A', 'F') || between(c, 'a', 'f'))
        kind |= _HEX;
    if (kind == 0)
        kind |= _PUNCT;
    return kind;
}

/* Beyond ASCII the C locale knows nothing: those entries stay 0. */
void crt_ctype_init(void)
{
    for (int c = 0; c < 0x80; c++)
        _ctype[c + 1] = (unsigned short)kind_of(c);
}

/* `c` may be EOF; anything outside the table has no properties, whatever a program passes. */
int _isctype(int c, int kind)
{
    return between(c, -1, CHARACTERS - 1) ? _ctype[c + 1] & kind : 0;
}

#define IS(name, kind)                                                                             \
    int is##name(int c)                                                                            \
    {                                                                                              \
        return _isctype(c, kind);                                                                  \
    }                                                                                              \
    int(isw##name)(wint_t c)                                                                       \
    {                                                                                              \
        return _isctype(c, kind);                                                                  \
    }

IS(alpha, _ALPHA)
IS(upper, _UPPER)
IS(lower, _LOWER)
IS(digit, _DIGIT)
IS(xdigit, _HEX)
IS(space, _SPACE)
IS(punct, _PUNCT)
IS(alnum, _ALPHA | _DIGIT)
IS(print, _BLANK | _PUNCT | _ALPHA | _DIGIT)
IS(graph, _PUNCT | _ALPHA | _DIGIT)
IS(cntrl, _CONTROL)

int iswctype(wint_t c, wctype_t kind)
{
    return c == WEOF ? 0 : _isctype(c, kind);
}

int is_wctype(wint_t c, wctype_t kind)
{
    return iswctype(c, kind);
}

int isleadbyte(int c)
{
    return _pctype[(unsigned char)c] & _LEADBYTE;
}

void crt_ctype_leads(unsigned page)
{
    for (int c = 0x80; c < CHARACTERS; c++) {
        _pctype[c] &= (unsigned short)~_LEADBYTE;
        if (page && IsDBCSLeadByteEx(page, (BYTE)c))
            _pctype[c] |= _LEADBYTE;
    }
}

int __isascii(int c)
{
    return between(c, 0, 0x7F);
}

int __toascii(int c)
{
    return c & 0x7F;
}

int __iscsymf(int c)
{
    return isalpha(c) || c == '_';
}

int __iscsym(int c)
{
    return isalnum(c) || c == '_';
}

int toupper(int c)
{
    return between(c, 'a', 'z') ? c - 'a' + 'A' : c;
}

int tolower(int c)
{
    return between(c, 'A', 'Z') ? c - 'A' + 'a' : c;
}

/* These two convert without looking whether there is anything to convert. */
int _toupper(int c)
{
    return c - 'a' + 'A';
}

int _tolower(int c)
{
    return c - 'A' + 'a';
}

wint_t towupper(wint_t c)
{
    return (wint_t)toupper(c);
}

wint_t towlower(wint_t c)
{
    return (wint_t)tolower(c);
}
