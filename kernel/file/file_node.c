/* file_node.c - the files themselves, whoever has them open.
 *
 * Files form a tree; each directory has a list of what lies in it, and one table over all of them finds a name in a
 * directory without looking at the others.  A disc file's bytes are read straight from the boot module; it gets
 * a section only when somebody maps it, because that section's pages are a second copy.  A RAM file's bytes are
 * its section (ramfile.h).
 */
#include "kernel/file/file_node.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/panic.h"
#include "kernel/file/disc.h"
#include "kernel/file/file.h"
#include "lib/list.h"
#include "lib/string.h"

struct file_node file_node_console = {.name = "CON", .kind = FILE_IS_CONSOLE};
struct file_node file_node_null = {.name = "NUL", .kind = FILE_IS_NULL};
struct file_node file_node_root = {.name = "", .kind = FILE_IS_DIRECTORY};

enum { BUCKETS = 1024 };

static struct file_node *buckets[BUCKETS];
static uint32_t last_number;
static struct disc disc;

/* FNV-1a over the letters, small ones, and the directory's number. */
static uint32_t hash_of(const struct file_node *directory, const char *name)
{
    uint32_t hash = 2166136261u ^ directory->number;

    for (; *name; name++)
        hash = (hash ^ (uint8_t)(*name | (*name >= 'A' && *name <= 'Z' ? 0x20 : 0))) * 16777619u;
    return hash;
}

/* Listings that are at the end go on with it. */
static void link_node(struct file_node *node, struct file_node *directory)
{
    struct file_node **bucket;

    node->hash = hash_of(directory, node->name);
    bucket = &buckets[node->hash % BUCKETS];
    node->next_in_bucket = *bucket;
    *bucket = node;
    node->parent = directory;
    LIST_APPEND(directory->first, directory->last, node, next, prev);
    for (struct file *file = directory->openings; file; file = file->next)
        if (!file->next_listed)
            file->next_listed = node;
    file_node_touch(directory);
}

/* Listings that stand at this node move on. */
static void unlink_node(struct file_node *node)
{
    struct file_node *directory = node->parent;

    LIST_UNLINK(buckets[node->hash % BUCKETS], node, next_in_bucket);
    for (struct file *file = directory->openings; file; file = file->next)
        if (file->next_listed == node)
            file->next_listed = node->next;
    LIST_REMOVE(directory->first, directory->last, node, next, prev);
    node->parent = 0;
    file_node_touch(directory);
}

static struct file_node *add(struct file_node *directory, const char *name, enum file_kind kind,
                             uint64_t time)
{
    struct file_node *node = pool_alloc(sizeof *node, "File");

    if (!node)
        return 0;
    string_copy(node->name, name, FILE_NAME);
    node->kind = kind;
    node->created = node->written = time;
    node->number = ++last_number;
    link_node(node, directory);
    return node;
}

const struct file_node *file_node_of(const struct section *section)
{
    for (uint32_t i = 0; i < BUCKETS; i++)
        for (const struct file_node *node = buckets[i]; node; node = node->next_in_bucket)
            if (node->section == section || node->ram.section == section)
                return node;
    return NULL;
}

struct file_node *file_node_create(struct file_node *directory, const char *name,
                                   enum file_kind kind)
{
    return add(directory, name, kind, clock_now());
}

/* The file of this name in a directory: one in RAM hides one of the disc.  0 if there is none. */
static struct file_node *find(const struct file_node *directory, const char *name)
{
    uint32_t hash = hash_of(directory, name);
    struct file_node *found = 0;

    for (struct file_node *node = buckets[hash % BUCKETS]; node; node = node->next_in_bucket)
        if (node->hash == hash && node->parent == directory &&
            string_equal_nocase(node->name, name) && (!found || node->kind != FILE_IS_DISC))
            found = node;
    return found;
}

/* One step of a walk: the root is its own parent. */
static struct file_node *step(struct file_place *place, struct file_node *at, const char *name)
{
    if (strcmp(name, ".") == 0)
        return at;
    if (strcmp(name, "..") == 0)
        return at->parent ? at->parent : at;
    if (file_name_is_console(name))
        return &file_node_console;
    if (string_equal_nocase(name, "NUL"))
        return &file_node_null;
    place->directory = at;
    string_copy(place->name, name, FILE_NAME);
    return find(at, name);
}

status_t file_node_walk(const char *path, struct file_place *place)
{
    char name[FILE_NAME];
    status_t status = file_name_start(&path);

    *place = (struct file_place){.node = &file_node_root};
    while (!status) {
        status = file_name_next(&path, name);
        if (status || !name[0])
            break;
        if (!place->node || place->node->kind != FILE_IS_DIRECTORY)
            return STATUS_OBJECT_PATH_NOT_FOUND;
        if (place->node->delete_pending)
            return STATUS_DELETE_PENDING; /* it stays empty */
        place->node = step(place, place->node, name);
        place->slash = *path;
    }
    return status;
}

void file_node_move(struct file_node *node, struct file_node *directory, const char *name)
{
    unlink_node(node);
    string_copy(node->name, name, FILE_NAME);
    link_node(node, directory);
}

void file_node_unlink(struct file_node *node)
{
    MM_ASSERT(node->kind != FILE_IS_DISC && !node->first && !node->unlinked);
    unlink_node(node);
    node->unlinked = true;
}

void file_node_free(struct file_node *node)
{
    if (node->unlinked && !node->openings) {
        ramfile_destroy(&node->ram);
        pool_free(node);
    }
}

bool file_node_has_bytes(const struct file_node *node)
{
    return node->kind == FILE_IS_DISC || node->kind == FILE_IS_RAM;
}

uint32_t file_node_size(const struct file_node *node)
{
    return node->kind == FILE_IS_RAM ? node->ram.size : node->size;
}

void file_node_touch(struct file_node *node)
{
    node->written = clock_now();
}

status_t file_read(struct file *file, uint32_t offset, void *buffer, uint32_t size, uint32_t *done)
{
    struct file_node *node = file->node;
    uint32_t end = file_node_size(node);
    status_t status = STATUS_SUCCESS;

    *done = 0;
    if (!file_node_has_bytes(node))
        return node->kind == FILE_IS_NULL ? STATUS_END_OF_FILE : STATUS_INVALID_DEVICE_REQUEST;
    if (size == 0)
        return STATUS_SUCCESS;
    if (offset >= end)
        return STATUS_END_OF_FILE;
    size = size < end - offset ? size : end - offset;
    if (node->kind == FILE_IS_DISC)
        memcpy(buffer, node->data + offset, size);
    else
        status = ramfile_read(&node->ram, offset, buffer, size);
    *done = status ? 0 : size;
    return status;
}

/* May the bytes be changed at all? */
static status_t check_writable(const struct file_node *node)
{
    if (!file_node_has_bytes(node))
        return STATUS_INVALID_DEVICE_REQUEST;
    return node->kind == FILE_IS_DISC ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

status_t file_set_size(struct file *file, uint32_t size)
{
    struct file_node *node = file->node;
    status_t status = check_writable(node) ?: ramfile_set_size(&node->ram, size);

    if (!status)
        file_node_touch(node);
    return status;
}

status_t file_write(struct file *file, uint32_t offset, const void *buffer, uint32_t size)
{
    struct file_node *node = file->node;
    status_t status = check_writable(node) ?: ramfile_write(&node->ram, offset, buffer, size);

    if (!status)
        file_node_touch(node);
    return status;
}

static struct file_node *node_of(struct section_file *source)
{
    return (struct file_node *)((char *)source - offsetof(struct file_node, source));
}

/* A page of a disc file for its section. */
static status_t read_disc_page(struct section_file *source, uint32_t index, pfn_t into)
{
    const struct file_node *node = node_of(source);
    uint32_t offset = index << PAGE_SHIFT;
    uint32_t left = offset < node->size ? node->size - offset : 0;
    uint32_t part = left < PAGE_SIZE ? left : PAGE_SIZE;
    uint8_t *page = machine_frame(into);

    memcpy(page, node->data + offset, part);
    memset(page + part, 0, PAGE_SIZE - part);
    return STATUS_SUCCESS;
}

/* Nobody maps the disc file any more. */
static void forget_section(struct section_file *source)
{
    node_of(source)->section = NULL;
}

static status_t make_section(struct file_node *node, struct section **section)
{
    status_t status;

    node->source = (struct section_file){.read = read_disc_page, .release = forget_section};
    status =
        mm_section_create(section, node->size, PROT_EXECUTE_WRITECOPY, &node->source, false, false);
    if (!status)
        node->section = *section;
    return status;
}

status_t file_section(struct file *file, struct section **section)
{
    struct file_node *node = file->node;
    if (!file_node_has_bytes(node))
        return STATUS_INVALID_FILE_FOR_SECTION;
    if (file_node_size(node) == 0)
        return STATUS_MAPPED_FILE_SIZE_ZERO;
    *section = node->kind == FILE_IS_RAM ? node->ram.section : node->section;
    if (!*section)
        return make_section(node, section);
    section_reference(*section);
    return STATUS_SUCCESS;
}

/* Position in a directory's listing: itself and its parent, which the root doesn't list, then what lies in it. */
enum { LIST_SELF, LIST_PARENT, LIST_START, LIST_REST };

/* What stands at the file's position, whether it is to be listed or not. */
static const struct file_node *at_position(struct file *file, const char **name)
{
    const struct file_node *directory = file->node;

    if (file->position < LIST_START && !directory->parent)
        file->position = LIST_START;
    if (file->position < LIST_START) {
        *name = file->position == LIST_SELF ? "." : "..";
        return file->position == LIST_SELF ? directory : directory->parent;
    }
    if (file->position == LIST_START)
        file->next_listed = directory->first;
    file->position = LIST_REST;
    if (file->next_listed)
        *name = file->next_listed->name;
    return file->next_listed;
}

const struct file_node *file_list(struct file *file, const char **name)
{
    const struct file_node *node;

    for (; (node = at_position(file, name)) != NULL; file_list_next(file)) {
        (void)usercopy_rest(); /* there may be thousands of files, and none that fits the pattern */
        if (file->pattern[0] && !file_name_matches(file->pattern, *name))
            continue;
        if (file->position < LIST_START ||
            (!node->delete_pending && find(file->node, *name) == node))
            break; /* neither on its way out nor hidden by a file in RAM */
    }
    return node;
}

void file_list_next(struct file *file)
{
    if (file->position < LIST_START)
        file->position++;
    else if (file->next_listed)
        file->next_listed = file->next_listed->next;
}

static void add_disc_file(const struct disc_file *file)
{
    struct file_node *node;

    if (find(&file_node_root, file->name)) {
        console_printf("boot disc: %s is there twice; the first one is used\n", file->name);
        return;
    }
    node = add(&file_node_root, file->name, FILE_IS_DISC, clock_from_unix(file->time));
    if (!node) {
        panic_refuse("too little RAM: no room for the list of the %u files on the boot disc",
                     disc.files);
    }
    node->data = file->data;
    node->size = file->size;
}

void file_node_init(const void *module, uint32_t size)
{
    char message[DISC_MESSAGE];
    struct disc_file file;
    uint32_t position = 0;

    if (!module) {
        console_printf("no boot disc: the boot loader passed no module disc.tar\n");
        return;
    }
    if (!disc_check(&disc, module, size, message))
        console_printf("%s\n", message);
    while (disc_next(&disc, &position, &file))
        add_disc_file(&file);
}
