/* compress.c - makes a page of memory smaller; compress.h shows the patterns. */
#include "lib/compress.h"

enum { ENTRIES = 16, INDEX_BITS = 4, LOW_BITS = 10, TAG_BITS = 2 };
enum { ZERO, SAME, NEAR, OTHER };

/* Bits, the lowest first, in 32-bit words. */
struct stream {
    uint64_t held; /* not yet written, or not yet read */
    unsigned bits; /* how many */
    uint32_t at, limit;
};

static unsigned entry_of(uint32_t word)
{
    return (unsigned)((word >> LOW_BITS) * 2654435761u >> (32 - INDEX_BITS));
}

/* false: there is no room.  => bits <= 32 */
static bool put(struct stream *s, uint32_t *out, uint32_t value, unsigned bits)
{
    s->held |= (uint64_t)value << s->bits;
    s->bits += bits;
    if (s->bits < 32)
        return true;
    if (s->at == s->limit)
        return false;
    out[s->at++] = (uint32_t)s->held;
    s->held >>= 32;
    s->bits -= 32;
    return true;
}

/* 0 past the end, which `bad` remembers. */
static uint32_t get(struct stream *s, const uint32_t *in, unsigned bits, bool *bad)
{
    uint32_t value;

    if (s->bits < bits) {
        if (s->at == s->limit) {
            *bad = true;
            return 0;
        }
        s->held |= (uint64_t)in[s->at++] << s->bits;
        s->bits += 32;
    }
    value = (uint32_t)(s->held & ((1ull << bits) - 1));
    s->held >>= bits;
    s->bits -= bits;
    return value;
}

/* How a word is packed beside its entry: there is one way only. */
static uint32_t tag_of(uint32_t word, uint32_t entry)
{
    if (word == 0)
        return ZERO;
    if (word == entry)
        return SAME;
    return word >> LOW_BITS == entry >> LOW_BITS ? NEAR : OTHER;
}

static bool put_word(struct stream *s, uint32_t *out, uint32_t word, uint32_t *entries)
{
    unsigned i = entry_of(word);

    switch (tag_of(word, entries[i])) {
    case ZERO:
        return put(s, out, ZERO, TAG_BITS);
    case SAME:
        return put(s, out, SAME | i << TAG_BITS, TAG_BITS + INDEX_BITS);
    case NEAR:
        return put(s, out,
                   NEAR | i << TAG_BITS |
                       (word & ((1u << LOW_BITS) - 1)) << (TAG_BITS + INDEX_BITS),
                   TAG_BITS + INDEX_BITS + LOW_BITS);
    default:
        entries[i] = word;
        return put(s, out, OTHER, TAG_BITS) && put(s, out, word, 32);
    }
}

/* What is not packed as put_word() does it is bad, even if it says the same. */
static uint32_t get_word(struct stream *s, const uint32_t *in, uint32_t *entries, bool *bad)
{
    uint32_t tag = get(s, in, TAG_BITS, bad), i, word;

    if (tag == ZERO)
        return 0;
    if (tag == OTHER) {
        word = get(s, in, 32, bad);
        i = entry_of(word);
    } else {
        i = get(s, in, INDEX_BITS, bad);
        word = entries[i];
        if (tag == NEAR)
            word = (word & ~((1u << LOW_BITS) - 1)) | get(s, in, LOW_BITS, bad);
    }
    if (entry_of(word) != i || tag_of(word, entries[i]) != tag)
        *bad = true;
    if (tag == OTHER)
        entries[i] = word;
    return word;
}

uint32_t compress_page(const uint32_t page[COMPRESS_WORDS], uint32_t *out, uint32_t limit)
{
    struct stream s = {.limit = limit};
    uint32_t entries[ENTRIES] = {0};

    for (uint32_t i = 0; i < COMPRESS_WORDS; i++)
        if (!put_word(&s, out, page[i], entries))
            return 0;
    if (s.bits && !put(&s, out, 0, 32 - s.bits))
        return 0;
    return s.at;
}

bool compress_expand(const uint32_t *in, uint32_t count, uint32_t page[COMPRESS_WORDS])
{
    struct stream s = {.limit = count};
    uint32_t entries[ENTRIES] = {0};
    bool bad = false;

    for (uint32_t i = 0; i < COMPRESS_WORDS && !bad; i++)
        page[i] = get_word(&s, in, entries, &bad);
    return !bad && s.at == count && s.bits < 32 && s.held == 0;
}
