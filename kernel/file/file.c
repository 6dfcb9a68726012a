/* file.c - openings of files: who may use which file together with whom.
 *
 * An opening stands in the list of its node, so share modes need no counters that could go
 * wrong: a new opening is compared with each of the handful that are there.
 *
 * Life of a file: it is in the list of nodes from creation on; when it is marked for deletion and
 * its last handle is closed it leaves the list (the name is free then); when its last opening
 * is gone, too, it is freed.  Called with interrupts off; nothing here waits.
 */
#include "kernel/file/file.h"

#include "kernel/file/pipe.h"
#include "kernel/object/handle.h"
#include "lib/list.h"
#include "lib/string.h"

enum {
    READING = FILE_READ_DATA | FILE_EXECUTE,
    WRITING = FILE_WRITE_DATA | FILE_APPEND_DATA,
};

static bool has_handles(const struct file_node *node)
{
    for (const struct file *file = node->openings; file; file = file->next)
        if (!file->closed)
            return true;
    return false;
}

/* Do images depend on the bytes?  An opening without handles is held by the kernel; `self` is the
 * caller's own. */
static bool is_image(const struct file_node *node, const struct file *self)
{
    for (const struct file *file = node->openings; file; file = file->next)
        if (file != self && file->object.handles == 0)
            return true;
    return false;
}

/* Do views or images? */
static bool is_mapped(const struct file_node *node, const struct file *self)
{
    return is_image(node, self) || ramfile_is_mapped(&node->ram);
}

/* The last handle is closed, or there never was one and the last reference went. */
static void retire(struct object *object)
{
    struct file *file = file_from_object(object);
    struct file_node *node = file->node;

    if (file->closed)
        return;
    file->closed = true;
    node->delete_pending |= file->delete_on_close;
    if (node->kind == FILE_IS_PIPE)
        pipe_wake();
    else if (node->delete_pending && !has_handles(node))
        file_node_unlink(node);
}

static void destroy_object(struct object *object)
{
    struct file *file = file_from_object(object);

    retire(object);
    LIST_TAKE(file->node->openings, file, next, prev);
    file_node_free(file->node);
    pool_free(file);
}

void file_init(const void *module, uint32_t size)
{
    object_set_close(OBJECT_FILE, retire);
    object_set_destroy(OBJECT_FILE, destroy_object);
    file_node_init(module, size);
}

static void attach(struct file *file, struct file_node *node, uint32_t access, uint32_t share)
{
    object_init(&file->object, OBJECT_FILE, DISPATCH_MANUAL, 1);
    file->node = node;
    file->access = access;
    file->share = share;
    LIST_PUSH(node->openings, file, next, prev);
}

/* Which rights a generic request means.  "As much as possible" leaves out what a disc file can't
 * give: that is how a program finds out without being refused. */
static uint32_t expand(uint32_t access, enum file_kind kind)
{
    uint32_t most = kind == FILE_IS_DISC ? 0x001300A9 : 0x001F01FF;
    uint32_t rights = access & ACCESS_ALL;

    rights |= access & ACCESS_GENERIC_READ ? 0x00120089 : 0;
    rights |= access & ACCESS_GENERIC_WRITE ? 0x00120116 : 0;
    rights |= access & ACCESS_GENERIC_EXECUTE ? 0x001200A0 : 0;
    rights |= access & ACCESS_GENERIC_ALL ? ACCESS_ALL : 0;
    rights |= access & ACCESS_MAXIMUM ? most : 0;
    return rights;
}

/* Does one opening's access go together with what another one shares? */
static bool tolerates(uint32_t share, uint32_t access)
{
    return (share & FILE_SHARE_READ || !(access & READING)) &&
           (share & FILE_SHARE_WRITE || !(access & WRITING)) &&
           (share & FILE_SHARE_DELETE || !(access & FILE_DELETE));
}

/* Openings that only ask for attributes disturb nobody. */
static bool may_share(const struct file_node *node, uint32_t access, uint32_t share, bool writes)
{
    const uint32_t data = READING | WRITING | FILE_DELETE;

    for (const struct file *file = node->openings; file; file = file->next) {
        if (file->closed && writes)
            return false; /* an image was made from it (W313) */
        if (!file->closed && file->access & data && access & data &&
            !(tolerates(file->share, access) && tolerates(share, file->access)))
            return false;
    }
    return true;
}

/* Will the opening keep the bytes that are there? */
static bool keeps(uint32_t disposition)
{
    return disposition == FILE_OPEN || disposition == FILE_OPEN_IF;
}

/* Everything that can be refused before anything is changed.  `node` is 0 for a new name. */
static status_t check_open(const struct file_node *node, uint32_t access, uint32_t share,
                           uint32_t disposition)
{
    if (!node) {
        return disposition == FILE_OPEN || disposition == FILE_OVERWRITE
                   ? STATUS_OBJECT_NAME_NOT_FOUND
                   : STATUS_SUCCESS;
    }
    if (node->delete_pending)
        return STATUS_DELETE_PENDING;
    if (disposition == FILE_CREATE)
        return STATUS_OBJECT_NAME_COLLISION;
    if (node->kind == FILE_IS_DISC && keeps(disposition) && access & WRITING)
        return STATUS_ACCESS_DENIED;
    if (node->attributes & FILE_ATTRIBUTE_READONLY && (!keeps(disposition) || access & WRITING))
        return STATUS_ACCESS_DENIED;
    if (!may_share(node, access, share, access & WRITING || !keeps(disposition)))
        return STATUS_SHARING_VIOLATION;
    if (node->kind == FILE_IS_RAM && !keeps(disposition) && is_mapped(node, 0))
        return STATUS_USER_MAPPED_FILE;
    return STATUS_SUCCESS;
}

/* Make the node what the disposition says; 0 when memory is short. */
static struct file_node *apply_open(const struct file_place *place, uint32_t disposition,
                                    uint32_t options, uint32_t *outcome)
{
    struct file_node *node = place->node;

    if (node && keeps(disposition)) {
        *outcome = FILE_OPENED;
        return node;
    }
    if (!node)
        *outcome = FILE_CREATED;
    else
        *outcome = disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
    if (!node || node->kind == FILE_IS_DISC) {
        return file_node_create(place->directory, place->name,
                                options & FILE_DIRECTORY ? FILE_IS_DIRECTORY : FILE_IS_RAM);
    }
    ramfile_destroy(&node->ram);
    file_node_touch(node);
    return node;
}

static status_t open_plain(struct file *file, const struct file_place *place, uint32_t access,
                           uint32_t share, uint32_t disposition, uint32_t options)
{
    struct file_node *node = place->node;
    enum file_kind kind = node && keeps(disposition) ? node->kind : FILE_IS_RAM;
    uint32_t rights = expand(access, kind);
    status_t status = check_open(node, rights, share, disposition);

    if (status)
        return status;
    node = apply_open(place, disposition, options, &file->outcome);
    if (!node)
        return STATUS_NO_MEMORY;
    attach(file, node, rights, share);
    return STATUS_SUCCESS;
}

/* The console and directories that are there are shared by everybody. */
static status_t open_special(struct file *file, struct file_node *node, uint32_t access,
                             uint32_t disposition)
{
    if (node->kind == FILE_IS_DIRECTORY && !keeps(disposition)) {
        return disposition == FILE_CREATE ? STATUS_OBJECT_NAME_COLLISION
                                          : STATUS_FILE_IS_A_DIRECTORY;
    }
    if (node->delete_pending)
        return STATUS_DELETE_PENDING;
    file->outcome = FILE_OPENED;
    attach(file, node, expand(access, node->kind), FILE_SHARE_ALL);
    return STATUS_SUCCESS;
}

/* Is what is there, or will be, the kind that is wanted? */
static status_t check_kind(const struct file_place *place, uint32_t disposition, uint32_t options)
{
    const struct file_node *node = place->node;

    if (disposition > FILE_OVERWRITE_IF ||
        (options & FILE_DIRECTORY && !keeps(disposition) && disposition != FILE_CREATE))
        return STATUS_INVALID_PARAMETER;
    if (!node)
        return place->slash && !(options & FILE_DIRECTORY) ? STATUS_OBJECT_NAME_INVALID
                                                           : STATUS_SUCCESS;
    if (node->kind == FILE_IS_DIRECTORY)
        return options & FILE_NO_DIRECTORY ? STATUS_FILE_IS_A_DIRECTORY : STATUS_SUCCESS;
    if (options & FILE_DIRECTORY && disposition != FILE_CREATE)
        return STATUS_NOT_A_DIRECTORY;
    return place->slash ? STATUS_OBJECT_NAME_INVALID : STATUS_SUCCESS;
}

status_t file_open(const char *name, uint32_t access, uint32_t share, uint32_t disposition,
                   uint32_t options, struct file **out)
{
    struct file_place place;
    status_t status = file_node_walk(name, &place);
    struct file *file;

    status = status ?: check_kind(&place, disposition, options);
    if (status)
        return status;
    file = pool_alloc(sizeof *file, "Open");
    if (!file)
        return STATUS_NO_MEMORY;
    if (!place.node || file_node_has_bytes(place.node))
        status = open_plain(file, &place, access, share, disposition, options);
    else
        status = open_special(file, place.node, access, disposition);
    if (status) {
        pool_free(file);
        return status;
    }
    *out = file;
    return STATUS_SUCCESS;
}

void file_close(struct file *file)
{
    object_release(&file->object);
}

struct file *file_from_object(struct object *object)
{
    _Static_assert(offsetof(struct file, object) == 0, "an object's address is its file's");
    MM_ASSERT(object->type == OBJECT_FILE);
    return (struct file *)object;
}

status_t file_set_delete(struct file *file, bool remove)
{
    struct file_node *node = file->node;

    if (node->kind >= FILE_IS_CONSOLE)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (remove && (node->kind == FILE_IS_DISC || node == &file_node_root ||
                   node->attributes & FILE_ATTRIBUTE_READONLY || is_mapped(node, file)))
        return STATUS_CANNOT_DELETE;
    if (remove && node->first)
        return STATUS_DIRECTORY_NOT_EMPTY;
    node->delete_pending = remove;
    return STATUS_SUCCESS;
}

status_t file_set_delete_on_close(struct file *file)
{
    if (file->node->kind != FILE_IS_RAM || is_image(file->node, file))
        return STATUS_CANNOT_DELETE;
    file->delete_on_close = true;
    return STATUS_SUCCESS;
}

/* Free the name for the file that is to have it.  A disc file stays and is hidden. */
static status_t make_way(struct file_node *other, bool replace)
{
    if (!replace)
        return STATUS_OBJECT_NAME_COLLISION;
    if (other->kind == FILE_IS_DISC)
        return STATUS_SUCCESS;
    if (other->kind != FILE_IS_RAM || other->attributes & FILE_ATTRIBUTE_READONLY ||
        other->openings || is_mapped(other, 0))
        return STATUS_ACCESS_DENIED;
    file_node_unlink(other);
    file_node_free(other);
    return STATUS_SUCCESS;
}

status_t file_rename(struct file *file, const char *name, bool replace)
{
    struct file_node *node = file->node;
    struct file_place place;
    status_t status = file_node_walk(name, &place);

    if (status)
        return status;
    if (node->kind == FILE_IS_DISC || !node->parent || !place.directory ||
        place.node == &file_node_console || node->attributes & FILE_ATTRIBUTE_READONLY)
        return STATUS_ACCESS_DENIED;
    for (const struct file_node *at = place.directory; at; at = at->parent)
        if (at == node)
            return STATUS_INVALID_PARAMETER;
    if (place.node && place.node != node)
        status = make_way(place.node, replace);
    if (!status)
        file_node_move(node, place.directory, place.name);
    return status;
}

status_t file_set_attributes(struct file *file, uint32_t attributes)
{
    if (file->node->kind == FILE_IS_DISC || !file->node->parent)
        return STATUS_ACCESS_DENIED;
    file->node->attributes = attributes & FILE_ATTRIBUTES;
    return STATUS_SUCCESS;
}

bool file_path(const struct file_node *node, char path[FILE_PATH])
{
    size_t at = FILE_PATH - 1;

    path[at] = 0;
    for (; node != &file_node_root; node = node->parent) {
        size_t length = node ? strlen(node->name) : FILE_PATH;

        if (length + 1 > at)
            return false;
        if (path[at])
            path[--at] = '\\';
        memcpy(path + (at -= length), node->name, length);
    }
    memmove(path, path + at, FILE_PATH - at);
    return true;
}

void file_set_times(struct file *file, uint64_t created, uint64_t written)
{
    struct file_node *node = file->node;

    node->created = created ? created : node->created;
    node->written = written ? written : node->written;
}
