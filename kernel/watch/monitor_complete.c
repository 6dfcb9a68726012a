/* monitor_complete.c - Tab: what a word that has been begun can only mean. */
#include "kernel/file/file.h"
#include "kernel/watch/monitor_command.h"
#include "lib/string.h"

struct search {
    const char *begun;
    size_t length;
    char common[LINE_WORD]; /* what all names that fit begin with */
    unsigned found;
};

static void offer(struct search *s, const char *name)
{
    size_t same = 0;

    if (strlen(name) < s->length || !string_equal_nocase_n(name, s->begun, s->length))
        return;
    if (s->found++ == 0) {
        string_copy(s->common, name, sizeof s->common);
        return;
    }
    while (s->common[same] && string_equal_nocase_n(s->common, name, same + 1))
        same++;
    s->common[same] = 0;
}

static void offer_commands(struct search *s)
{
    for (unsigned t = 0; monitor_tables[t]; t++)
        for (const struct monitor_command *c = monitor_tables[t]; c->name; c++)
            offer(s, c->name);
}

static void offer_names(struct search *s)
{
    const char *name;
    struct file *root;

    if (!file_open("C:", FILE_READ_DATA, FILE_SHARE_ALL, FILE_OPEN, 0, &root)) {
        for (; file_list(root, &name); file_list_next(root))
            offer(s, name);
        file_close(root);
    }
    for (const struct replace_policy *const *p = replace_policies; *p; p++)
        offer(s, (*p)->name);
}

void monitor_complete(const char *line, size_t length, char rest[LINE_WORD + 1])
{
    size_t start = length;
    bool first;
    struct search s = {.found = 0};

    while (start > 0 && !strchr(" ;", line[start - 1]))
        start--;
    s.begun = line + start;
    s.length = length - start;
    while (start > 0 && line[start - 1] == ' ')
        start--;
    first = start == 0 || line[start - 1] == ';';
    if (first)
        offer_commands(&s);
    else
        offer_names(&s);
    *rest = 0;
    if (s.found && strlen(s.common) >= s.length)
        string_copy(rest, s.common + s.length, LINE_WORD);
    if (s.found == 1)
        string_copy(rest + strlen(rest), " ", 2);
}
