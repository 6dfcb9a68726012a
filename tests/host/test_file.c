/* test_file.c - files on the software machine: names, share modes, deletion, and bytes that views
 * and ReadFile agree on while the pages are being paged out.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c lib/format.c kernel/file/disc.c kernel/file/ramfile.c kernel/file/file_name.c kernel/file/file_node.c kernel/file/pipe.c kernel/file/file.c
 */
#include "tests/host/machine.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/panic.h"
#include "kernel/file/file.h"
#include "kernel/file/pipe.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD = 512, READ = FILE_READ_DATA, WRITE = FILE_WRITE_DATA, BOTH = READ | WRITE };

/* --- the little that files need of the rest of the kernel ------------------------------------- */

static void (*close_hook)(struct object *), (*destroy_hook)(struct object *);

static status_t go_on(void)
{
    return STATUS_SUCCESS;
}

status_t (*usercopy_rest)(void) = go_on;

void object_set_close(enum object_type type, void (*close)(struct object *object))
{
    (void)type;
    close_hook = close;
}

void object_set_destroy(enum object_type type, void (*destroy)(struct object *object))
{
    (void)type;
    destroy_hook = destroy;
}

void object_init(struct object *object, enum object_type type, enum dispatcher_kind kind,
                 int32_t signal)
{
    (void)kind;
    (void)signal;
    object->type = type;
    object->references = 1;
}

void object_reference(struct object *object)
{
    object->references++;
}

void object_release(struct object *object)
{
    if (--object->references == 0)
        destroy_hook(object);
}

/* What a handle does to an object. */
static void handle_opened(struct file *file)
{
    file->object.handles++;
    object_reference(&file->object);
}

static void handle_closed(struct file *file)
{
    if (--file->object.handles == 0)
        close_hook(&file->object);
    file_close(file);
}

/* Nobody else runs here: whoever would wait is told so. */
static unsigned woken;

status_t wait_sleep(struct wait_queue *queue, uint32_t timeout)
{
    (void)queue;
    (void)timeout;
    return STATUS_TIMEOUT;
}

void wait_wake_all(struct wait_queue *queue)
{
    (void)queue;
    woken++;
}

uint64_t clock_now(void)
{
    static uint64_t ticks = 1000;

    return ticks++;
}

uint64_t clock_from_unix(uint64_t seconds)
{
    return seconds * 10;
}

static char printed[512];

void console_printf(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    vsnprintf(printed, sizeof printed, text, arguments);
    va_end(arguments);
}

void panic_refuse(const char *text, ...)
{
    machine_panic("refused: %s", text);
}

/* --- a machine with a disc -------------------------------------------------------------------- */

static uint8_t disc[16 * RECORD];
static struct space *space;

static uint32_t add_to_disc(uint32_t at, const char *name, const char *text)
{
    uint8_t *header = disc + at;
    unsigned sum = 0;

    memset(header, 0, 2 * RECORD);
    strcpy((char *)header, name);
    snprintf((char *)header + 124, 12, "%011o", (unsigned)strlen(text));
    snprintf((char *)header + 136, 12, "%011o", 7u);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    memset(header + 148, ' ', 8);
    for (unsigned i = 0; i < RECORD; i++)
        sum += header[i];
    snprintf((char *)header + 148, 8, "%06o", sum);
    memcpy(header + RECORD, text, strlen(text));
    return at + 2 * RECORD;
}

/* The list of nodes lives as long as the process, as in the kernel; the machine under it, too. */
static void start(void)
{
    uint32_t at = add_to_disc(0, "readme.txt", "read me");

    at = add_to_disc(at, "other.txt", "something else");
    add_to_disc(at, "README.TXT", "twice");
    machine_start(100, 600, NULL);
    if (mm_space_create(&space, 4, "test"))
        machine_panic("no space");
    file_init(disc, sizeof disc);
}

static struct file *open_file(const char *name, uint32_t access, uint32_t share,
                              uint32_t disposition)
{
    struct file *file;

    if (file_open(name, access, share, disposition, 0, &file))
        return NULL;
    handle_opened(file);
    file_close(file);
    return file;
}

static status_t try_open(const char *name, uint32_t access, uint32_t share, uint32_t disposition)
{
    struct file *file;
    status_t status = file_open(name, access, share, disposition, 0, &file);

    if (!status)
        file_close(file);
    return status;
}

static status_t remove_file(const char *name)
{
    struct file *file = open_file(name, FILE_DELETE, FILE_SHARE_ALL, FILE_OPEN);
    status_t status = file ? file_set_delete(file, true) : STATUS_OBJECT_NAME_NOT_FOUND;

    if (file)
        handle_closed(file);
    return status;
}

static bool holds(const char *name, const char *text)
{
    struct file *file = open_file(name, READ, FILE_SHARE_ALL, FILE_OPEN);
    char buffer[64] = {0};
    uint32_t done = 0;
    bool same;

    if (!file)
        return false;
    file_read(file, 0, buffer, sizeof buffer, &done);
    same = done == strlen(text) && memcmp(buffer, text, done) == 0;
    handle_closed(file);
    return same;
}

/* As NtWriteFile: the file is made long enough first. */
static status_t put_bytes(struct file *file, uint32_t offset, const void *bytes, uint32_t size)
{
    status_t status = STATUS_SUCCESS;

    if (!size)
        return STATUS_SUCCESS; /* nothing is written, and the file does not grow for it */
    if (offset + size > file_node_size(file->node))
        status = file_set_size(file, offset + size);
    return status ?: file_write(file, offset, bytes, size);
}

static status_t put(struct file *file, uint32_t offset, const char *text)
{
    return put_bytes(file, offset, text, (uint32_t)strlen(text));
}

/* --- tests ------------------------------------------------------------------------------------ */

struct name_case {
    const char *text, *names; /* what it takes apart into, each with a `;` behind */
    status_t status;
};

static const struct name_case names[] = {
    {"a.txt", "a.txt;", 0},
    {"C:\\a.txt", "a.txt;", 0},
    {"\\??\\c:\\A.txt", "A.txt;", 0},
    {"\\??\\a.txt", "a.txt;", 0},
    {"c:a.txt", "a.txt;", 0},
    {"/a.txt", "a.txt;", 0},
    {".\\a.txt", ".;a.txt;", 0},
    {"C:/../.\\..//a.txt", "..;.;..;a.txt;", 0},
    {"...", "...;", 0},
    {".hidden", ".hidden;", 0},
    {"C:\\", "", 0},
    {"C:", "", 0},
    {"\\", "", 0},
    {"\\??\\CONIN$", "CONIN$;", 0},
    {"\\\\.\\CONOUT$", "CONOUT$;", 0},
    {"dir\\sub/a.txt\\", "dir;sub;a.txt;", 0},
    {"D:\\a.txt", "", STATUS_OBJECT_PATH_NOT_FOUND},
    {"", "", STATUS_OBJECT_NAME_INVALID},
    {"a*", "", STATUS_OBJECT_NAME_INVALID},
    {"a\tb", "", STATUS_OBJECT_NAME_INVALID},
    {"a\x80", "", STATUS_OBJECT_NAME_INVALID},
    {"C:x:y", "", STATUS_OBJECT_NAME_INVALID},
};

/* All names of a path, or why not. */
static status_t take_apart(const char *text, char joined[FILE_PATH])
{
    char name[FILE_NAME];
    status_t status = file_name_start(&text);

    joined[0] = 0;
    while (!status) {
        status = file_name_next(&text, name);
        if (status || !name[0])
            break;
        strcat(joined, name);
        strcat(joined, ";");
    }
    return status;
}

static void test_names(void)
{
    char joined[FILE_PATH], longest[FILE_NAME + 2];

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct name_case *c = &names[i];
        status_t status = take_apart(c->text, joined);

        test_ok(status == c->status && (status || !strcmp(joined, c->names)), "the name \"%s\"",
                c->text[0] == 'a' && c->text[1] < 0 ? "a, not ASCII" : c->text);
    }
    memset(longest, 'x', sizeof longest);
    longest[FILE_NAME] = 0;
    test_ok(take_apart(longest, joined) == STATUS_OBJECT_NAME_INVALID, "64 letters");
    longest[FILE_NAME - 1] = 0;
    test_ok(take_apart(longest, joined) == 0, "63 letters");
}

/* How often a directory lists a name that matches; 0: all names count. */
static uint32_t listed(const char *directory, const char *pattern)
{
    const char *name;
    struct file *file;
    uint32_t seen = 0;

    if (file_open(directory, READ, FILE_SHARE_ALL, FILE_OPEN, FILE_DIRECTORY, &file))
        return UINT32_MAX;
    for (; file_list(file, &name); file_list_next(file))
        seen += file_name_matches(pattern, name);
    file_close(file);
    return seen;
}

static status_t make_directory(const char *name)
{
    struct file *file;
    status_t status = file_open(name, READ, FILE_SHARE_ALL, FILE_CREATE, FILE_DIRECTORY, &file);

    if (!status)
        file_close(file);
    return status;
}

static status_t remove_directory(const char *name)
{
    struct file *file;
    status_t status =
        file_open(name, FILE_DELETE, FILE_SHARE_ALL, FILE_OPEN, FILE_DIRECTORY, &file);

    if (status)
        return status;
    status = file_set_delete(file, true);
    file_close(file);
    return status;
}

/* Directories: a tree, listings that see files come and go, names found without looking at the others. */
static void test_directories(void)
{
    struct file *file, *listing;
    const char *met;
    char path[FILE_PATH], name[FILE_PATH];
    uint32_t found = 0;

    test_ok(!make_directory("dir") && !make_directory("C:\\dir\\sub\\") &&
                make_directory("DIR") == STATUS_OBJECT_NAME_COLLISION &&
                make_directory("no\\sub") == STATUS_OBJECT_PATH_NOT_FOUND &&
                make_directory("readme.txt\\sub") == STATUS_OBJECT_PATH_NOT_FOUND,
            "directories are made, in directories that are there");
    file = open_file("dir/sub/../SUB/a.txt", BOTH, FILE_SHARE_ALL, FILE_CREATE);
    test_ok(file && !put(file, 0, "deep") && holds("C:\\dir\\sub\\A.TXT", "deep") &&
                file_path(file->node, path) && !strcmp(path, "dir\\sub\\a.txt") &&
                try_open("a.txt", READ, FILE_SHARE_ALL, FILE_OPEN) == STATUS_OBJECT_NAME_NOT_FOUND,
            "a file lies in its directory and nowhere else");
    test_ok(listed("dir", "*") == 3 && listed("dir\\sub", "a*") == 1 && listed("C:", ".*") == 0 &&
                listed("readme.txt", "*") == UINT32_MAX,
            "a directory lists itself, its parent and what lies in it");
    test_ok(try_open("dir", READ, FILE_SHARE_ALL, FILE_OVERWRITE_IF) ==
                    STATUS_FILE_IS_A_DIRECTORY &&
                remove_directory("dir") == STATUS_DIRECTORY_NOT_EMPTY &&
                remove_directory("C:\\") == STATUS_CANNOT_DELETE &&
                file_rename(file, "dir\\sub", true) == STATUS_ACCESS_DENIED,
            "a directory with files stays");
    test_ok(!file_rename(file, "dir\\b.txt", false) && holds("dir\\b.txt", "deep") &&
                !remove_directory("dir\\sub") && listed("dir", "*") == 3,
            "a file moves to another directory");
    test_ok(!file_set_attributes(file, FILE_ATTRIBUTE_READONLY) &&
                file_set_delete(file, true) == STATUS_CANNOT_DELETE &&
                try_open("dir\\b.txt", BOTH, FILE_SHARE_ALL, FILE_OPEN) == STATUS_ACCESS_DENIED &&
                !file_set_attributes(file, 0) && !file_set_delete(file, true),
            "a read-only file is neither written nor deleted");
    file_close(file);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "dir\\%u.tmp", i);
        file_close(open_file(name, BOTH, FILE_SHARE_ALL, FILE_CREATE));
    }
    test_ok(!file_open("dir", READ, FILE_SHARE_ALL, FILE_OPEN, 0, &listing), "a thousand files");
    for (; file_list(listing, &met); found++) {
        file_list_next(listing);
        if (met[0] != '.') { /* the one that is listed goes, and so does the next */
            unsigned number = (unsigned)atoi(met);

            snprintf(name, sizeof name, "dir\\%u.tmp", number + 1);
            (void)remove_file(name);
            snprintf(name, sizeof name, "dir\\%u.tmp", number);
            (void)remove_file(name);
        }
    }
    file_close(listing);
    test_ok(found == 502 && listed("dir", "*.tmp") == 0 && !remove_directory("dir") &&
                listed("C:", "dir") == 0,
            "a listing goes on when files go: %u entries", found);
}

static void test_patterns(void)
{
    test_ok(file_name_matches("*", "a.b") && file_name_matches("*.*", "noext") &&
                file_name_matches("A?.TXT", "ab.txt") && file_name_matches("*.c", "x.c.c") &&
                file_name_matches("a*b*c", "aXbYbZc") && file_name_matches("**", ""),
            "patterns that match");
    test_ok(!file_name_matches("*.c", "x.cc") && !file_name_matches("?", "") &&
                !file_name_matches("a*b*c", "aXbYbZ") && !file_name_matches("", "a") &&
                !file_name_matches("a?", "a"),
            "patterns that don't");
    test_ok(!file_name_matches("*a*a*a*a*a*a*a*a*a*a*a*a*b",
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            "a hostile pattern takes no longer than others");
}

static void test_disc_files(void)
{
    struct file *file = open_file("ReadMe.txt", READ, FILE_SHARE_READ, FILE_OPEN);
    char buffer[16];
    uint32_t done = 1;

    test_ok(strstr(printed, "README.TXT is there twice") != NULL, "a name that is there twice");
    test_ok(file && file_node_size(file->node) == 7 && file->node->kind == FILE_IS_DISC &&
                holds("C:\\readme.txt", "read me"),
            "a disc file is read");
    test_ok(file_read(file, 7, buffer, 1, &done) == STATUS_END_OF_FILE && done == 0,
            "its end is its end");
    test_ok(put(file, 0, "x") == STATUS_ACCESS_DENIED &&
                file_set_size(file, 3) == STATUS_ACCESS_DENIED &&
                file_set_delete(file, true) == STATUS_CANNOT_DELETE &&
                file_rename(file, "new", false) == STATUS_ACCESS_DENIED,
            "it is never changed");
    test_ok(try_open("readme.txt", WRITE, FILE_SHARE_ALL, FILE_OPEN) == STATUS_ACCESS_DENIED &&
                try_open("readme.txt", BOTH, FILE_SHARE_ALL, FILE_OPEN_IF) ==
                    STATUS_ACCESS_DENIED &&
                try_open("readme.txt", READ, FILE_SHARE_ALL, FILE_CREATE) ==
                    STATUS_OBJECT_NAME_COLLISION,
            "it is not opened for writing, and not created");
    handle_closed(file);
}

static void test_disc_view(void)
{
    struct file *file = open_file("other.txt", READ, FILE_SHARE_READ, FILE_OPEN);
    uint32_t charged = commit_counters.total, size = 0;
    struct section *section, *same;
    va_t view = 0;
    uint8_t first = 0, behind = 1;

    test_ok(!file_section(file, &section) && !file_section(file, &same) && section == same,
            "all who map a disc file share one section");
    test_ok(!view_map(section, space, &view, 0, &size, PROT_WRITECOPY, false) &&
                !machine_read(space, view, &first) && first == 's' &&
                !machine_read(space, view + 14, &behind) && behind == 0,
            "which holds its bytes, and zeros behind them");
    test_ok(!machine_write(space, view, 'S') && holds("other.txt", "something else"),
            "a copy-on-write view leaves the disc alone");
    section_release(section);
    section_release(same);
    handle_closed(file);
    test_ok(!view_unmap(space, view) && commit_counters.total == charged,
            "the last view takes the section along");
}

static void test_shadow(void)
{
    struct file *old = open_file("readme.txt", READ, FILE_SHARE_ALL, FILE_OPEN);
    struct file *file = open_file("README.TXT", BOTH, FILE_SHARE_ALL, FILE_OVERWRITE_IF);
    uint32_t seen;
    char buffer[16];
    uint32_t done;

    test_ok(file && file->outcome == FILE_OVERWRITTEN && file_node_size(file->node) == 0 &&
                !put(file, 0, "mine") && holds("readme.txt", "mine"),
            "a RAM file hides the disc file of its name");
    test_ok(!file_read(old, 0, buffer, sizeof buffer, &done) && done == 7,
            "who had the disc file open keeps it");
    seen = listed("C:", "readme.txt");
    test_ok(seen == 1, "the name is listed once");
    handle_closed(old);
    handle_closed(file);
    test_ok(!remove_file("readme.txt") && holds("readme.txt", "read me"),
            "deleting it brings the disc file back");
}

static void test_sharing(void)
{
    struct file *file = open_file("share", BOTH, FILE_SHARE_READ, FILE_CREATE);

    test_ok(try_open("share", READ, FILE_SHARE_READ, FILE_OPEN) == STATUS_SHARING_VIOLATION,
            "a reader that doesn't tolerate the writer is refused");
    test_ok(!try_open("share", READ, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN),
            "one that does is welcome");
    test_ok(try_open("share", WRITE, FILE_SHARE_ALL, FILE_OPEN) == STATUS_SHARING_VIOLATION &&
                try_open("share", FILE_APPEND_DATA, FILE_SHARE_ALL, FILE_OPEN) ==
                    STATUS_SHARING_VIOLATION &&
                try_open("share", FILE_DELETE, FILE_SHARE_ALL, FILE_OPEN) ==
                    STATUS_SHARING_VIOLATION &&
                try_open("share", READ, FILE_SHARE_ALL, FILE_OVERWRITE) == 0,
            "writers and deleters are not");
    test_ok(!try_open("share", FILE_READ_ATTRIBUTES, 0, FILE_OPEN), "attributes disturb nobody");
    handle_closed(file);
    test_ok(!try_open("share", BOTH, 0, FILE_OPEN), "a closed opening keeps nobody out");
    remove_file("share");
}

static void test_deletion(void)
{
    struct file *a = open_file("gone", BOTH | FILE_DELETE, FILE_SHARE_ALL, FILE_CREATE);
    struct file *b = open_file("gone", READ, FILE_SHARE_ALL, FILE_OPEN);
    struct section *section;
    char byte[5];

    put(a, 0, "bytes");
    test_ok(!file_set_delete(a, true), "marked for deletion");
    handle_closed(a);
    test_ok(try_open("gone", READ, FILE_SHARE_ALL, FILE_OPEN) == STATUS_DELETE_PENDING &&
                try_open("gone", READ, FILE_SHARE_ALL, FILE_CREATE) == STATUS_DELETE_PENDING,
            "the name is there but can't be opened");
    handle_closed(b);
    test_ok(try_open("gone", READ, FILE_SHARE_ALL, FILE_OPEN) == STATUS_OBJECT_NAME_NOT_FOUND,
            "the last handle takes it along");

    a = open_file("gone", BOTH | FILE_DELETE, FILE_SHARE_ALL, FILE_CREATE);
    put(a, 0, "bytes");
    file_section(a, &section);
    test_ok(file_set_delete(a, true) == STATUS_CANNOT_DELETE &&
                file_set_size(a, 0) == STATUS_USER_MAPPED_FILE &&
                try_open("gone", BOTH, FILE_SHARE_ALL, FILE_OVERWRITE) == STATUS_USER_MAPPED_FILE &&
                !file_set_size(a, 9000),
            "a mapped file can't be deleted or cut, but it can grow");
    section_release(section);
    object_reference(&a->object);
    handle_closed(a);
    test_ok(remove_file("gone") == STATUS_CANNOT_DELETE, "nor one that the kernel holds");
    test_ok(try_open("gone", BOTH, 0, FILE_OPEN) == STATUS_SHARING_VIOLATION &&
                !try_open("gone", READ, 0, FILE_OPEN),
            "which keeps writers out, and no reader (W313)");
    file_close(a);
    test_ok(!remove_file("gone"), "afterwards it can be deleted");

    a = open_file("gone", BOTH | FILE_DELETE, FILE_SHARE_ALL, FILE_CREATE);
    file_set_delete_on_close(a);
    handle_closed(a);
    test_ok(try_open("gone", READ, 0, FILE_OPEN) == STATUS_OBJECT_NAME_NOT_FOUND,
            "delete on close");

    a = open_file("gone", BOTH | FILE_DELETE, FILE_SHARE_ALL, FILE_CREATE);
    put(a, 0, "bytes");
    file_section(a, &section);
    test_ok(!file_set_delete_on_close(a), "also of a file whose bytes are mapped");
    handle_closed(a);
    test_ok(try_open("gone", READ, 0, FILE_OPEN) == STATUS_OBJECT_NAME_NOT_FOUND, "the name goes");
    test_ok(!mm_section_copy(section, 0, byte, sizeof byte, false) && !memcmp(byte, "bytes", 5),
            "the bytes stay as long as somebody maps them");
    section_release(section);
}

static void test_rename(void)
{
    struct file *a = open_file("from", BOTH | FILE_DELETE, FILE_SHARE_ALL, FILE_CREATE);
    struct file *b = open_file("to", BOTH, FILE_SHARE_ALL, FILE_CREATE);

    put(a, 0, "A");
    put(b, 0, "B");
    test_ok(file_rename(a, "TO", false) == STATUS_OBJECT_NAME_COLLISION &&
                file_rename(a, "to", true) == STATUS_ACCESS_DENIED &&
                file_rename(a, "x\\y", true) == STATUS_OBJECT_PATH_NOT_FOUND &&
                file_rename(a, "C:\\", true) == STATUS_ACCESS_DENIED,
            "renaming is refused where the name is taken, in use or impossible");
    handle_closed(b);
    test_ok(!file_rename(a, "to", true) && holds("to", "A") &&
                try_open("from", READ, FILE_SHARE_ALL, FILE_OPEN) == STATUS_OBJECT_NAME_NOT_FOUND,
            "an unused file makes way");
    test_ok(!file_rename(a, "To", false) && !strcmp(a->node->name, "To"), "only its case changes");
    test_ok(!file_rename(a, "other.txt", true) && holds("other.txt", "A"), "a disc file is hidden");
    handle_closed(a);
    remove_file("other.txt");
    test_ok(holds("other.txt", "something else"), "and is there again afterwards");
}

static void test_enumeration(void)
{
    struct file *root = open_file("C:", READ, FILE_SHARE_ALL, FILE_OPEN);
    const char *listed;
    uint32_t count = 0;
    bool met_new = false;

    handle_closed(open_file("e1", BOTH, 0, FILE_CREATE));
    handle_closed(open_file("e2", BOTH, 0, FILE_CREATE));
    for (; file_list(root, &listed); count++) {
        bool first = !strcmp(listed, "e1");

        test_ok(strcmp(listed, "e2") != 0, "listed: %s", listed);
        met_new |= !strcmp(listed, "e3");
        file_list_next(root);
        if (first) {
            remove_file("e1");
            remove_file("e2");
            handle_closed(open_file("e3", BOTH, 0, FILE_CREATE));
        }
    }
    test_ok(met_new && count == 4, "files may come and go while the directory is listed");
    handle_closed(root);
    remove_file("e3");
}

static void test_disk_full(void)
{
    struct file *file = open_file("big", BOTH, FILE_SHARE_ALL, FILE_CREATE);
    uint32_t before = commit_counters.total, size = 64 * PAGE_SIZE, left;
    char behind = 1;

    put(file, 0, "start");
    while (!file_set_size(file, size))
        size += 16 * PAGE_SIZE;
    test_ok(file_set_size(file, size) == STATUS_DISK_FULL &&
                file_set_size(file, UINT32_MAX) == STATUS_DISK_FULL &&
                file_node_size(file->node) == size - 16 * PAGE_SIZE,
            "a file can't grow beyond the commit limit, and stays as it is then");
    test_ok(put(file, size, "x") == STATUS_DISK_FULL, "nor by writing far behind its end");
    put(file, 100, "old");
    left = commit_left();
    commit_charge(left);
    test_ok(!file_set_size(file, 90) &&
                !mm_section_copy(file->node->ram.section, 100, &behind, 1, false) && !behind,
            "cut short with no room for a second section, it shows no old bytes behind its end");
    commit_release(left);
    test_ok(!file_set_size(file, 5) && commit_counters.total <= before + 4,
            "cut short, it gives its pages back");
    test_ok(holds("big", "start"), "and keeps the bytes that are left");
    handle_closed(file);
    remove_file("big");
    mm_check();
}

/* --- the model -------------------------------------------------------------------------------- */

enum { FILES = 3, LIMIT = 40 * PAGE_SIZE };

/* What a file should be, kept in plain arrays; its view, if it has one. */
struct model {
    struct file *file;
    uint8_t bytes[LIMIT];
    uint32_t size;
    va_t view;
    uint32_t view_size;
};

static struct model models[FILES];
static const char *model_names[FILES] = {"m0", "m1", "m2"};

static bool do_write(struct model *m)
{
    static uint8_t data[3 * PAGE_SIZE];
    uint32_t size = test_below(sizeof data), offset = test_below(LIMIT - (uint32_t)sizeof data);

    for (uint32_t i = 0; i < size; i++)
        data[i] = (uint8_t)test_random();
    if (put_bytes(m->file, offset, data, size))
        return false;
    memcpy(m->bytes + offset, data, size);
    if (size && offset + size > m->size)
        m->size = offset + size;
    return true;
}

static bool do_read(struct model *m)
{
    static uint8_t data[3 * PAGE_SIZE];
    uint32_t size = test_below(sizeof data), offset = test_below(LIMIT);
    uint32_t left = offset < m->size ? m->size - offset : 0, done;
    status_t status = file_read(m->file, offset, data, size, &done);

    if (size && !left)
        return status == STATUS_END_OF_FILE;
    return !status && done == (size < left ? size : left) && !memcmp(data, m->bytes + offset, done);
}

static bool do_size(struct model *m)
{
    uint32_t size = test_below(4) ? test_below(LIMIT) : 0;
    status_t status = file_set_size(m->file, size);

    if (m->view && size < m->size)
        return status == STATUS_USER_MAPPED_FILE;
    if (status)
        return false;
    if (size < m->size)
        memset(m->bytes + size, 0, m->size - size);
    m->size = size;
    return true;
}

static bool do_map(struct model *m)
{
    struct section *section;
    status_t status;

    if (m->view) {
        va_t view = m->view;
        m->view = 0;
        return !view_unmap(space, view);
    }
    if (m->size == 0)
        return file_section(m->file, &section) == STATUS_MAPPED_FILE_SIZE_ZERO;
    if (file_section(m->file, &section))
        return false;
    m->view_size = 0;
    status = view_map(section, space, &m->view, 0, &m->view_size, PROT_READWRITE, false);
    section_release(section);
    return !status;
}

/* One byte through the view, below the end: what is written there is in the file at once. */
static bool do_touch(struct model *m)
{
    uint32_t end = m->size < m->view_size ? m->size : m->view_size;
    uint32_t at = m->view ? test_below(end) : 0;
    uint8_t byte = (uint8_t)test_random();

    if (!m->view)
        return true;
    if (test_below(2)) {
        m->bytes[at] = byte;
        return !machine_write(space, m->view + at, byte);
    }
    return !machine_read(space, m->view + at, &byte) && byte == m->bytes[at];
}

/* Behind the end of the last page a view may leave anything; no reader may ever see it. */
static bool do_dirty_tail(struct model *m)
{
    uint32_t at = m->size;

    if (!m->view || !(at & PAGE_MASK) || at >= m->view_size)
        return true;
    return !machine_write(space, m->view + at, 0xEE);
}

static void test_model(uint32_t seed)
{
    bool (*const operations[])(struct model *) = {do_write, do_read,  do_read,       do_size,
                                                  do_map,   do_touch, do_dirty_tail, do_touch};
    uint32_t rounds = test_long() ? 200000 : 12000, bad = 0;

    for (unsigned i = 0; i < FILES; i++)
        models[i].file = open_file(model_names[i], BOTH, FILE_SHARE_ALL, FILE_CREATE);
    for (uint32_t round = 0; round < rounds && !bad; round++) {
        if (!operations[test_below(8)](&models[test_below(FILES)]))
            bad = round + 1;
        if (round % 500 == 0)
            mm_check();
    }
    test_ok(!bad, "%u operations on %d files agree with plain arrays (seed %u, failed at %u)",
            rounds, FILES, seed, bad);
    test_ok(pagefile_counters.writes > 100, "while %u pages were written to the paging file",
            pagefile_counters.writes);
    for (unsigned i = 0; i < FILES; i++) {
        if (models[i].view)
            view_unmap(space, models[i].view);
        handle_closed(models[i].file);
        remove_file(model_names[i]);
    }
}

/* Bytes come out in their order, over the end of the ring as well, and each end knows when the other one is gone. */
static void test_pipe(void)
{
    struct file *out = open_file("pipe", WRITE, FILE_SHARE_ALL, FILE_CREATE);
    struct file *in = open_file("pipe", READ, FILE_SHARE_ALL, FILE_OPEN), *again = 0;
    uint8_t put = 0, got = 0, bytes[PIPE_ROOM], back[PIPE_ROOM];
    bool same = true;

    test_ok(!pipe_make(out) && file_open("pipe", READ, FILE_SHARE_ALL, FILE_OPEN, 0, &again) ==
                                   STATUS_OBJECT_NAME_NOT_FOUND,
            "a file that became a pipe has no name");
    test_ok(pipe_make(out) == STATUS_INVALID_PARAMETER, "it becomes one once");
    test_ok(pipe_wait(in, false) == STATUS_TIMEOUT && pipe_wait(out, true) == STATUS_SUCCESS,
            "an empty one makes the reader wait, and not the writer");
    for (unsigned round = 0; round < 40; round++) {
        uint32_t size = 1 + test_below(PIPE_ROOM);

        for (uint32_t i = 0; i < size; i++)
            bytes[i] = put++;
        same = same && !pipe_put(out, bytes, size) && pipe_held(in) == size;
        for (uint32_t part; same && pipe_held(in) > 0; pipe_drop(in, part)) {
            part = 1 + test_below(pipe_held(in));
            same =
                !pipe_peek(in, pipe_held(in) - part, back, part) && !pipe_peek(in, 0, back, part);
            for (uint32_t i = 0; i < part; i++)
                same = same && back[i] == got++;
        }
    }
    test_ok(same, "bytes come out in their order");
    test_ok(!pipe_put(out, bytes, PIPE_ROOM) && pipe_wait(out, true) == STATUS_TIMEOUT,
            "a full one makes the writer wait");
    woken = 0;
    handle_closed(out);
    test_ok(woken > 0 && pipe_wait(in, false) == STATUS_SUCCESS, "what is left can still be read");
    pipe_drop(in, PIPE_ROOM);
    test_ok(pipe_wait(in, false) == STATUS_PIPE_BROKEN, "then the pipe is broken");
    handle_closed(in);
}

int main(void)
{
    uint32_t seed = test_seed(), objects, commit;

    start();
    objects = pool_counters.objects;
    commit = commit_counters.total;
    test_names();
    test_patterns();
    test_disc_files();
    test_disc_view();
    test_shadow();
    test_sharing();
    test_deletion();
    test_rename();
    test_enumeration();
    test_directories();
    test_disk_full();
    test_pipe();
    test_model(seed);
    mm_check();
    test_ok(pool_counters.objects == objects && commit_counters.total == commit &&
                pagefile_counters.used == 0,
            "nothing is left");
    return test_end();
}
