/* string.c - bytes and strings.
 *
 * Plain loops where text is short; blocks of bytes go through the string instructions, because
 * `rep movsd` and `rep stosd` cost one instruction for four bytes on the emulator that
 * counts instructions, and are the fast path of the processors of this age as well.
 */
#include "lib/string.h"

#ifdef PAGODA_FREESTANDING

/* Intel SDM vol. 2, "REP": the count register reaches 0, the pointers end behind the block. */
static void copy_upward(void *to, const void *from, size_t size)
{
    size_t words = size / 4;
    size_t rest = size % 4;

    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
}

/* From the last byte to the first.  The direction flag is clear everywhere else, as the ABI says;
 * each instruction clears it again, so no compiled code ever runs with it set. */
static void copy_downward(char *to, const char *from, size_t size)
{
    size_t words = size / 4;
    size_t rest = size % 4;

    to += size - 1;
    from += size - 1;
    __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(rest) : : "memory", "cc");
    to -= 3;
    from -= 3;
    __asm__ volatile("std; rep movsl; cld" : "+D"(to), "+S"(from), "+c"(words) : : "memory", "cc");
}

void *(memcpy)(void *to, const void *from, size_t size)
{
    copy_upward(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    /* Upward is right unless `to` lies inside the source: one unsigned comparison says so. */
    if ((size_t)((char *)to - (const char *)from) >= size)
        copy_upward(to, from, size);
    else
        copy_downward(to, from, size);
    return to;
}

void *(memset)(void *at, int byte, size_t size)
{
    void *to = at;
    size_t words = size / 4;
    size_t rest = size % 4;
    unsigned pattern = 0x01010101u * (unsigned char)byte;

    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(pattern) : "memory");
    return at;
}

/* Four bytes at any address. */
static unsigned word_at(const unsigned char *at)
{
    typedef unsigned __attribute__((may_alias, aligned(1))) any_word;

    return *(const any_word *)at;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a;
    const unsigned char *right = b;

    for (; size >= 4 && word_at(left) == word_at(right); size -= 4, left += 4, right += 4)
        ;
    for (; size > 0; size--, left++, right++)
        if (*left != *right)
            return *left - *right;
    return 0;
}

size_t strlen(const char *text)
{
    const char *end = text;

    /* The empty asm keeps the compiler from recognising the loop and calling strlen() for it. */
    while (*end) {
        end++;
        __asm__("" : "+r"(end));
    }
    return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length])
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

/* Finds the closing zero, too, as the standard wants. */
char *strchr(const char *text, int character)
{
    while (*text != (char)character)
        if (!*text++)
            return 0;
    return (char *)(size_t)text;
}

#endif

size_t string_copy(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);

    if (size > 0) {
        size_t part = length < size ? length : size - 1;
        memcpy(to, from, part);
        to[part] = 0;
    }
    return length;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool string_equal_nocase_n(const char *a, const char *b, size_t limit)
{
    for (; limit > 0; limit--, a++, b++) {
        if (lower(*a) != lower(*b))
            return false;
        if (!*a)
            return true;
    }
    return true;
}

bool string_equal_nocase(const char *a, const char *b)
{
    return string_equal_nocase_n(a, b, (size_t)-1);
}
