/* file_node.c - the files themselves, whoever has them open.
 *
 * The nodes stand in one list in the order of their numbers: with some dozens of files a loop
 * beats every index.  A disc file's bytes are read straight from the boot module; it gets a section
 * only when somebody maps it, because that section's pages are a second copy.  A RAM file's
 * bytes are its section (ramfile.h).
 */
#include "kernel/file/file_node.h"

#include "kernel/device/clock.h"
#include "kernel/device/console.h"
#include "kernel/device/panic.h"
#include "kernel/file/disc.h"
#include "lib/string.h"

struct file_node file_node_console = {.name = "CON", .kind = FILE_IS_CONSOLE};
struct file_node file_node_root = {.name = "", .kind = FILE_IS_DIRECTORY};

static struct file_node *nodes, **end_of_nodes = &nodes;
static struct file_node *listed; /* last: the next question of a listing goes on behind it */
static uint32_t last_number;
static struct disc disc;

static struct file_node *add(const char *name, enum file_kind kind, uint64_t time)
{
    struct file_node *node = pool_alloc(sizeof *node, "File");

    if (!node)
        return 0;
    string_copy(node->name, name, FILE_NAME);
    node->kind = kind;
    node->created = node->written = time;
    node->number = ++last_number;
    *end_of_nodes = node;
    end_of_nodes = &node->next;
    return node;
}

struct file_node *file_node_find(const char *name)
{
    struct file_node *node = nodes;

    while (node && (node->hidden || !string_equal_nocase(node->name, name)))
        node = node->next;
    return node;
}

/* A RAM file comes to the name, or leaves it: a disc file of that name is not seen meanwhile. */
static void hide(const char *name, bool hidden)
{
    for (struct file_node *node = nodes; node; node = node->next)
        if (node->kind == FILE_IS_DISC && string_equal_nocase(node->name, name))
            node->hidden = hidden;
}

struct file_node *file_node_create(const char *name)
{
    struct file_node *node = add(name, FILE_IS_RAM, clock_now());

    if (node)
        hide(name, true);
    return node;
}

void file_node_rename(struct file_node *node, const char *name)
{
    hide(node->name, false);
    hide(name, true);
    string_copy(node->name, name, FILE_NAME);
}

void file_node_unlink(struct file_node *node)
{
    struct file_node **at = &nodes;

    MM_ASSERT(node->kind == FILE_IS_RAM && !node->unlinked);
    while (*at != node)
        at = &(*at)->next;
    *at = node->next;
    if (end_of_nodes == &node->next)
        end_of_nodes = at;
    node->unlinked = true;
    hide(node->name, false);
    if (listed == node)
        listed = NULL;
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
        return STATUS_INVALID_DEVICE_REQUEST;
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

/* A write that failed half-way must not leave a longer file behind. */
status_t file_write(struct file *file, uint32_t offset, const void *buffer, uint32_t size,
                    uint32_t *done)
{
    struct file_node *node = file->node;
    uint32_t before = node->ram.size;
    status_t status = check_writable(node);
    bool longer;

    *done = 0;
    if (status || size == 0)
        return status;
    if (size > UINT32_MAX - offset)
        return STATUS_DISK_FULL;
    longer = offset + size > before;
    if (longer)
        status = ramfile_set_size(&node->ram, offset + size);
    if (status)
        return status;
    status = ramfile_write(&node->ram, offset, buffer, size);
    if (!status) {
        file_node_touch(node);
        *done = size;
    } else if (longer) {
        (void)ramfile_set_size(&node->ram, before);
    }
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

void file_node_facts(const struct file_node *node, struct file_facts *facts)
{
    uint32_t size = file_node_size(node);

    memset(facts, 0, sizeof *facts);
    string_copy(facts->name, node->name, FILE_NAME);
    facts->kind = node->kind;
    facts->number = node->number;
    facts->size = size;
    facts->allocated = page_up(size);
    facts->created = node->created;
    facts->written = node->written;
    facts->delete_pending = node->delete_pending;
}

bool file_enumerate(uint32_t *cursor, struct file_facts *facts)
{
    struct file_node *node = listed && listed->number == *cursor ? listed : nodes;

    while (node && (node->number <= *cursor || node->delete_pending || node->hidden))
        node = node->next;
    if (!node)
        return false;
    listed = node;
    *cursor = node->number;
    file_node_facts(node, facts);
    return true;
}

static void add_disc_file(const struct disc_file *file)
{
    struct file_node *node;

    if (file_node_find(file->name)) {
        console_printf("boot disc: %s is there twice; the first one is used\n", file->name);
        return;
    }
    node = add(file->name, FILE_IS_DISC, clock_from_unix(file->time));
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
