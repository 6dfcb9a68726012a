/* trace_file.c - reads reference strings from files: 16-bit words, or text, maybe compressed. */
#include "tests/host/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);

    return a >= b && strcmp(text + a - b, end) == 0;
}

/* The file's bytes, unpacked by xz or gzip if its name says so. */
static FILE *open_unpacked(const char *path)
{
    char command[1024];
    const char *tool = ends_with(path, ".xz")   ? "xz -dc"
                       : ends_with(path, ".gz") ? "gzip -dc"
                                                : NULL;

    if (!tool)
        return fopen(path, "rb");
    if (strchr(path, '\'') || strlen(path) > sizeof command - 16)
        return NULL;
    snprintf(command, sizeof command, "%s '%s'", tool, path);
    return popen(command, "r");
}

static bool append(struct reference_string *s, uint32_t *capacity, uint32_t page, uint8_t write)
{
    if (s->count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 65536;
        s->page = realloc(s->page, *capacity * sizeof *s->page);
        s->write = realloc(s->write, *capacity);
        if (!s->page || !s->write)
            return false;
    }
    s->page[s->count] = page;
    s->write[s->count++] = write;
    return true;
}

static void read_words(FILE *file, struct reference_string *s)
{
    uint32_t capacity = 0;
    uint8_t word[2];

    while (fread(word, 1, 2, file) == 2) {
        uint32_t value = word[0] | (uint32_t)word[1] << 8;

        if (!append(s, &capacity, value >> 1, value & 1))
            return;
    }
}

static void read_lines(FILE *file, struct reference_string *s)
{
    uint32_t capacity = 0;
    char line[64];

    while (fgets(line, sizeof line, file)) {
        char *end = line;
        uint32_t page = (uint32_t)strtoul(line, &end, 10);

        if (*line >= '0' && *line <= '9' && !append(s, &capacity, page, *end == 'w'))
            return;
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* Renumber the pages densely, in ascending order. */
static void renumber(struct reference_string *s)
{
    uint32_t *sorted = malloc(s->count * sizeof *sorted), unique = 0;

    if (!sorted)
        return;
    memcpy(sorted, s->page, s->count * sizeof *sorted);
    qsort(sorted, s->count, sizeof *sorted, by_value);
    for (uint32_t i = 0; i < s->count; i++)
        if (i == 0 || sorted[i] != sorted[unique - 1])
            sorted[unique++] = sorted[i];
    for (uint32_t i = 0; i < s->count; i++)
        s->page[i] =
            (uint32_t)((uint32_t *)bsearch(&s->page[i], sorted, unique, sizeof *sorted, by_value) -
                       sorted);
    s->pages = unique;
    free(sorted);
}

bool simulator_read(const char *path, struct reference_string *string, const char **why)
{
    FILE *file = open_unpacked(path);

    memset(string, 0, sizeof *string);
    if (!file) {
        *why = "the file can't be opened";
        return false;
    }
    if (strstr(path, ".u16"))
        read_words(file, string);
    else
        read_lines(file, string);
    fclose(file);
    if (!string->count) {
        *why = "there is no reference in it";
        return false;
    }
    renumber(string);
    return true;
}

void simulator_free(struct reference_string *string)
{
    free(string->page);
    free(string->write);
}
