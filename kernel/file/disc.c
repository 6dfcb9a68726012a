/* disc.c - finds the files of the boot disc, a ustar archive in memory.
 *
 * One function, read_record(), understands a header; it believes nothing that it has not checked
 * against the bytes that are really there.  Links, devices, sub-directories and pax extensions
 * have no use on this disc, so they are refused instead of half understood.
 */
#include "kernel/file/disc.h"

#include "lib/format.h"
#include "lib/string.h"

enum { RECORD = 512 };

/* Offsets and sizes of the header's fields: POSIX.1-2017, pax, "ustar Interchange Format". */
enum {
    NAME_AT = 0,
    NAME_SIZE = 100,
    SIZE_AT = 124,
    TIME_AT = 136,
    NUMBER_SIZE = 12,
    SUM_AT = 148,
    SUM_SIZE = 8,
    TYPE_AT = 156,
    MAGIC_AT = 257,
    PREFIX_AT = 345,
};

enum entry { ENTRY_FILE, ENTRY_DIRECTORY, ENTRY_END, ENTRY_BAD };

/* An octal number, ended by a blank, a zero or the field's end; true if it is one. */
static bool read_octal(const uint8_t *field, size_t size, uint64_t *value)
{
    size_t i = 0;

    *value = 0;
    while (i < size && field[i] == ' ')
        i++;
    if (i == size || field[i] < '0' || field[i] > '7')
        return false;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        *value = *value << 3 | (field[i] - (uint64_t)'0');
    return i == size || field[i] == ' ' || field[i] == 0;
}

/* The sum of a header's bytes, its own field counted as blanks. */
static uint32_t sum_of(const uint8_t *header)
{
    typedef uint32_t __attribute__((may_alias, aligned(1)))
    any_word;           /* the archive may begin anywhere */
    uint32_t pairs = 0; /* two sums of 256 bytes: each fits 16 bits */
    uint32_t sum = SUM_SIZE * (uint32_t)' ';

    for (uint32_t i = 0; i < RECORD; i += sizeof(any_word)) {
        uint32_t word = *(const any_word *)(header + i);

        pairs += (word & 0xFF00FF) + (word >> 8 & 0xFF00FF);
    }
    for (uint32_t i = SUM_AT; i < SUM_AT + SUM_SIZE; i++)
        sum -= header[i];
    return sum + (pairs & 0xFFFF) + (pairs >> 16);
}

static bool is_zero(const uint8_t *record)
{
    for (uint32_t i = 0; i < RECORD; i++)
        if (record[i])
            return false;
    return true;
}

/* Not strchr(): each letter of each name on the disc is asked, before the first program starts. */
static bool is_special(uint8_t c)
{
    return c == '\\' || c == ':' || c == '*' || c == '?' || c == '"' || c == '<' || c == '>' ||
           c == '|';
}

/* Copies the name without a leading "./".  Returns why it can't be used, or 0; what could be read
 * of it is then in `name` all the same, printable, for the sentence. */
static const char *read_name(const uint8_t *header, char name[DISC_NAME])
{
    const uint8_t *from = header + NAME_AT;
    size_t size = strnlen((const char *)from, NAME_SIZE);
    const char *reason = 0;

    if (size >= 2 && from[0] == '.' && from[1] == '/') {
        from += 2;
        size -= 2;
    }
    if (size >= DISC_NAME) {
        reason = "its name is too long";
        size = DISC_NAME - 1;
    }
    for (size_t i = 0; i < size; i++) {
        bool printable = from[i] >= ' ' && from[i] < 0x7F;
        name[i] = printable ? (char)from[i] : '?';
        if (from[i] == '/' && i + 1 < size)
            reason = "it lies in a directory, and this disc has none";
        else if (!printable || is_special(from[i]))
            reason = "its name has a character that no file name can have";
    }
    name[size] = 0;
    return header[PREFIX_AT] ? "it lies in a directory, and this disc has none" : reason;
}

/* Understands the header at `position`.  `left` bytes of the archive follow from there on.
 * ENTRY_BAD: *reason says why. */
static enum entry read_record(const uint8_t *header, uint32_t left, struct disc_file *file,
                              const char **reason)
{
    uint64_t sum, size, time;

    memset(file, 0, sizeof *file);
    if (left < RECORD) {
        *reason = "the archive is cut short: its end mark is missing";
        return ENTRY_BAD;
    }
    if (is_zero(header))
        return ENTRY_END;
    if (memcmp(header + MAGIC_AT, "ustar", 5) != 0) {
        *reason = "that is no ustar header";
        return ENTRY_BAD;
    }
    if (!read_octal(header + SUM_AT, SUM_SIZE, &sum) || sum != sum_of(header)) {
        *reason = "the header's checksum is wrong";
        return ENTRY_BAD;
    }
    if (!read_octal(header + SIZE_AT, NUMBER_SIZE, &size) ||
        !read_octal(header + TIME_AT, NUMBER_SIZE, &time)) {
        *reason = "a number in the header is not octal";
        return ENTRY_BAD;
    }
    *reason = read_name(header, file->name);
    if (header[TYPE_AT] == '5')
        return ENTRY_DIRECTORY;
    if (header[TYPE_AT] != '0' && header[TYPE_AT] != 0)
        *reason = "it is neither a plain file nor a directory";
    else if (!*reason && (!file->name[0] || strchr(file->name, '/')))
        *reason = "it has no name";
    else if (!*reason && size > left - RECORD)
        *reason = "it says that it is longer than what is left of the archive";
    if (*reason)
        return ENTRY_BAD;
    file->data = header + RECORD;
    file->size = (uint32_t)size;
    file->time = time > UINT32_MAX ? UINT32_MAX : (uint32_t)time;
    return ENTRY_FILE;
}

/* Where the entry after this one starts.  The last file's padding may be missing: then this is
 * behind the end, and the missing end mark is what gets reported. */
static uint32_t behind(uint32_t position, const struct disc_file *file, uint32_t limit)
{
    uint64_t next = (uint64_t)position + RECORD + file->size;

    next = (next + RECORD - 1) / RECORD * RECORD;
    return next > limit ? limit : (uint32_t)next;
}

bool disc_check(struct disc *disc, const void *module, uint32_t size, char message[DISC_MESSAGE])
{
    const uint8_t *start = module;
    struct disc_file file;
    const char *reason = 0;
    uint32_t position = 0;
    enum entry entry;

    *disc = (struct disc){.start = start};
    while ((entry = read_record(start + position, size - position, &file, &reason)) <=
           ENTRY_DIRECTORY) {
        disc->files += entry == ENTRY_FILE;
        position = behind(position, &file, size);
    }
    disc->size = position;
    if (entry == ENTRY_END)
        return true;
    format(message, DISC_MESSAGE,
           "boot disc damaged at byte %u%s%s: %s; the %u files in front of it can be used",
           position, file.name[0] ? ", " : "", file.name, reason, disc->files);
    return false;
}

bool disc_next(const struct disc *disc, uint32_t *position, struct disc_file *file)
{
    const char *reason;

    while (*position < disc->size) {
        uint32_t left = disc->size - *position;
        enum entry entry = read_record(disc->start + *position, left, file, &reason);

        *position = behind(*position, file, disc->size);
        if (entry == ENTRY_FILE)
            return true;
    }
    return false;
}
