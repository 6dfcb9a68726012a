/* test_disc.c - the tar parser of the boot disc against sound, damaged and random archives.
 *
 * Every archive lies at the very end of a heap block of its exact size, so that the address
 * sanitizer sees a read of one byte too many.
 *
 * sources: kernel/file/disc.c lib/format.c lib/string.c
 */
#include "kernel/file/disc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD = 512, ROOM = 64 * RECORD };

struct archive {
    uint8_t bytes[ROOM];
    uint32_t size;
};

static unsigned number, failures;

static void report(bool ok, const char *name)
{
    number++;
    failures += !ok;
    printf("%sok %u - %s\n", ok ? "" : "not ", number, name);
}

/* The header's sum as POSIX defines it, written anew after every deliberate change. */
static void seal(uint8_t *header)
{
    unsigned sum = 0;

    memset(header + 148, ' ', 8);
    for (unsigned i = 0; i < RECORD; i++)
        sum += header[i];
    snprintf((char *)header + 148, 8, "%06o", sum);
}

/* Appends a file with `size` bytes, byte i being i * 7; returns its header. */
static uint8_t *add(struct archive *archive, const char *name, unsigned size)
{
    uint8_t *header = archive->bytes + archive->size;
    char digits[16];

    memset(header, 0, RECORD);
    memcpy(header, name, strlen(name));
    snprintf(digits, sizeof digits, "%011o", size);
    memcpy(header + 124, digits, 12);
    memcpy(header + 136, "14717137000", 12);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    seal(header);
    for (unsigned i = 0; i < size; i++)
        header[RECORD + i] = (uint8_t)(i * 7);
    archive->size += RECORD + (size + RECORD - 1) / RECORD * RECORD;
    return header;
}

static void finish(struct archive *archive)
{
    memset(archive->bytes + archive->size, 0, 2 * RECORD);
    archive->size += 2 * RECORD;
}

/* What the parser says about the first `size` bytes of the archive. */
struct outcome {
    bool sound;
    struct disc disc;
    uint32_t files; /* found by walking */
    uint32_t bytes; /* of their data; each byte was read */
    char message[DISC_MESSAGE];
    char names[256];
};

static struct outcome parse(const struct archive *archive, uint32_t size)
{
    struct outcome outcome;
    uint8_t *copy = malloc(size ? size : 1);
    struct disc_file file;
    uint32_t position = 0;
    volatile uint8_t sink = 0;

    memset(&outcome, 0, sizeof outcome);
    memcpy(copy, archive->bytes, size);
    outcome.sound = disc_check(&outcome.disc, copy, size, outcome.message);
    while (disc_next(&outcome.disc, &position, &file)) {
        outcome.files++;
        outcome.bytes += file.size;
        for (uint32_t i = 0; i < file.size; i++)
            sink ^= file.data[i];
        if (strlen(outcome.names) + strlen(file.name) + 2 < sizeof outcome.names)
            strcat(strcat(outcome.names, file.name), " ");
    }
    (void)sink;
    free(copy);
    return outcome;
}

static void three_files(struct archive *archive)
{
    memset(archive, 0, sizeof *archive);
    add(archive, "./hello.exe", 1000);
    add(archive, "empty.txt", 0);
    add(archive, "last.bin", 512);
    finish(archive);
}

static void test_sound(void)
{
    struct archive archive;
    struct outcome outcome;
    uint8_t *directory;

    three_files(&archive);
    outcome = parse(&archive, archive.size);
    report(outcome.sound && outcome.files == 3 && outcome.disc.files == 3, "a sound archive");
    report(strcmp(outcome.names, "hello.exe empty.txt last.bin ") == 0,
           "names lose a leading ./ and nothing else");
    report(outcome.bytes == 1512, "sizes are those of the headers");

    memset(&archive, 0, sizeof archive);
    directory = add(&archive, "./", 0);
    directory[156] = '5';
    seal(directory);
    add(&archive, "a.txt", 1);
    finish(&archive);
    outcome = parse(&archive, archive.size);
    report(outcome.sound && outcome.files == 1, "the root's own entry is passed over");
}

/* Cut the archive after every possible byte: never a crash, never a file that isn't whole. */
static void test_truncation(void)
{
    struct archive archive;
    bool ok = true;

    three_files(&archive);
    for (uint32_t size = 0; size < archive.size; size++) {
        struct outcome outcome = parse(&archive, size);
        bool marked = size >= 5 * RECORD + RECORD + RECORD; /* one record of the end mark */
        uint32_t whole = size >= RECORD + 1000;

        whole += size >= 4 * RECORD;
        whole += size >= 6 * RECORD;
        ok &= outcome.sound == marked && outcome.files == whole;
        ok &= marked || strlen(outcome.message) > 20;
    }
    report(ok, "cut after each byte: the whole files stay, one sentence says so");
}

/* One deliberate lie in the second header: the first file survives, the sentence names the place. */
struct lie {
    const char *name, *word;
    unsigned at;
    const char *bytes;
    unsigned size;
    bool unsealed;
};

static const struct lie lies[] = {
    {"a size past the archive's end", "longer than", 124, "77777777777", 12, false},
    {"a size just past the end", "longer than", 124, "00000004001", 12, false},
    {"a size that isn't octal", "not octal", 124, "0000000009x", 12, false},
    {"a size in base 256", "not octal", 124, "\200\0\0\0\0\0\0\0\0\0\001\0", 12, false},
    {"an empty size", "not octal", 124, "\0\0\0\0\0\0\0\0\0\0\0\0", 12, false},
    {"a wrong checksum", "checksum", 0, "E", 1, true},
    {"a checksum that is no number", "checksum", 148, "zzzzzzzz", 8, true},
    {"no magic word", "no ustar", 257, "xstar", 5, false},
    {"a symbolic link", "neither", 156, "2", 1, false},
    {"a device", "neither", 156, "3", 1, false},
    {"a pax extension", "neither", 156, "x", 1, false},
    {"a file in a directory", "directory", 0, "dir/a.txt", 10, false},
    {"a parent directory", "directory", 0, "../a.txt", 9, false},
    {"a name in the prefix field", "directory", 345, "dir", 3, false},
    {"an empty name", "no name", 0, "\0", 1, false},
    {"a file that is called like a directory", "no name", 0, "a/\0", 3, false},
    {"a control character in a name", "character", 0, "a\033[2J", 5, false},
    {"a colon in a name", "character", 0, "c:txt", 5, false},
};

static void test_lies(void)
{
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        const struct lie *lie = &lies[i];
        struct archive archive;
        struct outcome outcome;
        uint8_t *header;

        memset(&archive, 0, sizeof archive);
        add(&archive, "first.txt", 5);
        header = add(&archive, "extra.txt", 513);
        finish(&archive);
        memcpy(header + lie->at, lie->bytes, lie->size);
        if (!lie->unsealed)
            seal(header);
        outcome = parse(&archive, archive.size);
        report(!outcome.sound && outcome.files == 1 && strstr(outcome.message, lie->word) &&
                   strstr(outcome.message, "byte 1024") && !strchr(outcome.message, '\033'),
               lie->name);
    }
}

static void test_names(void)
{
    char name[101];
    struct archive archive;
    bool ok = true;

    for (unsigned length = 1; length <= 100; length++) {
        struct outcome outcome;

        memset(name, 'n', sizeof name);
        name[length] = 0;
        memset(&archive, 0, sizeof archive);
        add(&archive, name, 3);
        finish(&archive);
        outcome = parse(&archive, archive.size);
        ok &= outcome.sound == (length < DISC_NAME);
        ok &= outcome.sound || strstr(outcome.message, "too long");
    }
    report(ok, "names of 1 to 100 characters: up to 63 are taken");
}

/* Flip bytes at random; the sanitizers are the judges, and a header that was changed must not
 * survive its checksum. */
static void test_random(uint32_t seed)
{
    bool ok = true;

    printf("# seed %u\n", seed);
    for (unsigned round = 0; round < 20000; round++) {
        struct archive archive;
        struct outcome outcome;
        uint32_t size;

        three_files(&archive);
        for (unsigned flips = 1 + round % 4; flips > 0; flips--) {
            seed = seed * 1664525 + 1013904223;
            archive.bytes[(seed >> 8) % archive.size] ^= (uint8_t)(1u << (seed >> 29));
        }
        seed = seed * 1664525 + 1013904223;
        size = round % 2 ? archive.size : (seed >> 8) % archive.size;
        outcome = parse(&archive, size);
        ok &= outcome.files <= 3 && outcome.files == outcome.disc.files;
        ok &= outcome.disc.size <= size && (outcome.sound || outcome.message[0]);
    }
    report(ok, "20,000 archives with random flips and cuts");
}

int main(int argc, char **argv)
{
    test_sound();
    test_truncation();
    test_lies();
    test_names();
    test_random(argc > 1 ? (uint32_t)strtoul(argv[1], 0, 0) : 20240101u);
    printf("1..%u\n", number);
    return failures != 0;
}
