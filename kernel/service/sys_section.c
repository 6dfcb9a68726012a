/* sys_section.c - system calls about sections and views.
 *
 * mm's section is the memory; the object here is the right to map it: a size, a protection that no
 * view may exceed, perhaps a name.  All objects made from one file share one mm section, which is also
 * what ReadFile and WriteFile work on, so there is only one copy of a file's bytes.
 */
#include "kernel/service/sys_section.h"

#include "kernel/cpu/usercopy.h"
#include "kernel/file/file.h"
#include "kernel/process/image.h"
#include "kernel/service/sys_memory.h"
#include "kernel/service/sys_object.h"
#include "kernel/service/syscall.h"
#include "lib/string.h"

/* Attributes of NtCreateSection. */
#define SEC_FILE          0x00800000u
#define SEC_IMAGE         0x01000000u
#define SEC_RESERVE       0x04000000u
#define SEC_COMMIT        0x08000000u
#define SEC_NOCACHE       0x10000000u
#define SEC_WRITE_COMBINE 0x40000000u
#define SEC_KINDS         (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT)

/* The largest section: views count bytes in 32 bits, and whole pages of them. */
#define SIZE_LIMIT 0xFFFF0000u

enum {
    CLASS_BASIC = 0,
    CLASS_IMAGE = 1,
    VIEW_SHARE = 1, /* with children, or not */
    VIEW_UNMAP = 2,
    /* Flags of NtMapViewOfSection: AT_ROUND_TO_PAGE; MEM_RESERVE, MEM_TOP_DOWN, "do not change the
     * protection". */
    MAP_ROUND_TO_PAGE = 0x40000000,
    MAP_FLAGS = MAP_ROUND_TO_PAGE | 0x2000 | 0x100000 | 0x400000,
};

struct section_object {
    struct object object;
    struct section *section;
    struct image *image; /* 0: no image */
    prot_t prot;         /* no view may ask for more */
    uint32_t size;       /* bytes that may be mapped */
    uint32_t attributes; /* SEC_ */
};

static void destroy(struct object *object)
{
    struct section_object *so = (struct section_object *)object;

    section_release(so->section);
    pool_free(so);
}

void sys_section_init(void)
{
    object_set_destroy(OBJECT_SECTION, destroy);
}

/* --- creating --- */

struct request {
    struct object_attributes attributes;
    prot_t prot;
    uint32_t sec, size; /* size 0: that of the file */
};

/* W144, W145. */
static status_t check_kind(struct request *request, uint32_t protect, uint32_t sec)
{
    uint32_t kind = sec & SEC_KINDS;
    uint32_t base;

    request->prot = prot_from_windows(protect);
    request->sec = sec;
    base = prot_base(request->prot);
    if (request->prot > PROT_BASE || base == PROT_NOACCESS || base == PROT_EXECUTE)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (sec & ~(SEC_KINDS | SEC_NOCACHE | SEC_WRITE_COMBINE))
        return STATUS_INVALID_PARAMETER;
    if (kind != SEC_IMAGE && kind != SEC_RESERVE && kind != SEC_COMMIT)
        return STATUS_INVALID_PARAMETER;
    if (sec & (SEC_NOCACHE | SEC_WRITE_COMBINE) && kind == SEC_IMAGE)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static status_t read_size(struct request *request, va_t at)
{
    uint64_t size = 0;
    status_t status = at ? usercopy_read(&size, at, sizeof size) : STATUS_SUCCESS;

    if (!status && size > SIZE_LIMIT)
        status = STATUS_SECTION_TOO_BIG;
    request->size = (uint32_t)size;
    return status;
}

/* What a file's handle must allow for sections of this protection (W146). */
static uint32_t file_rights(prot_t prot)
{
    uint32_t rights = FILE_READ_DATA;

    if (prot_writable(prot))
        rights |= FILE_WRITE_DATA;
    if (prot_executable(prot))
        rights |= FILE_EXECUTE;
    return rights;
}

static status_t make_anonymous(struct section_object *so, const struct request *request)
{
    if (request->size == 0)
        return STATUS_INVALID_PARAMETER_4;
    so->size = page_up(request->size);
    return mm_section_create(&so->section, so->size, request->prot, NULL, false,
                             request->sec & SEC_RESERVE);
}

static status_t make_image(struct section_object *so, struct file *file)
{
    char reason[IMAGE_REASON];
    status_t status = image_open(file, &so->image, reason);

    if (status)
        return status;
    so->section = so->image->section;
    so->size = so->image->size;
    return STATUS_SUCCESS;
}

static status_t make_data(struct section_object *so, const struct request *request,
                          struct file *file)
{
    uint32_t size = request->size ? request->size : file_node_size(file->node);
    status_t status = STATUS_SUCCESS;

    if (size > file_node_size(file->node))
        status = prot_writable(request->prot) ? file_set_size(file, size) : STATUS_SECTION_TOO_BIG;
    status = status ?: file_section(file, &so->section);
    if (status)
        return status;
    so->section->of_file = true;
    so->size = size;
    return STATUS_SUCCESS;
}

static status_t make_from_file(struct section_object *so, const struct request *request,
                               uint32_t handle)
{
    struct object *object;
    status_t status = process_object(handle, OBJECT_FILE, file_rights(request->prot), &object);

    if (status)
        return status;
    if (request->sec & SEC_IMAGE)
        return make_image(so, file_from_object(object));
    return make_data(so, request, file_from_object(object));
}

/* A section object without a name or a handle yet. */
static status_t make(const struct request *request, uint32_t file, struct section_object **out)
{
    struct section_object *so = pool_alloc(sizeof *so, "SecO");
    status_t status;

    if (!so)
        return STATUS_INSUFFICIENT_RESOURCES;
    so->prot = request->prot;
    so->attributes = file ? (request->sec & ~(SEC_COMMIT | SEC_RESERVE)) | SEC_FILE : request->sec;
    if (file)
        status = make_from_file(so, request, file);
    else if (request->sec & SEC_IMAGE)
        status = STATUS_INVALID_FILE_FOR_SECTION;
    else
        status = make_anonymous(so, request);
    if (status) {
        pool_free(so);
        return status;
    }
    if (!file && request->attributes.name[0])
        string_copy(so->section->name, request->attributes.name, sizeof so->section->name);
    *out = so;
    return STATUS_SUCCESS;
}

/* *handle, access, attributes, *size, protect, SEC_, file */
status_t sys_NtCreateSection(const uint32_t *a)
{
    struct section_object *so;
    struct request request;
    status_t status = object_read_attributes(a[2], &request.attributes)
        ?: check_kind(&request, a[4], a[5])
        ?: read_size(&request, a[3]);

    if (status)
        return status;
    status = sys_object_existing(&request.attributes, OBJECT_SECTION, a[1], a[0]);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND)
        return status;
    status = sys_object_room(a[0], sizeof(uint32_t), 1) ?: make(&request, a[6], &so);
    if (status)
        return status;
    object_init(&so->object, OBJECT_SECTION, DISPATCH_MANUAL, 0);
    return sys_object_publish(&so->object, &request.attributes, a[1], a[0]);
}

/* *handle, access, attributes */
SYSCALL(NtOpenSection, sys_object_open_call(a, OBJECT_SECTION))

/* --- mapping --- */

/* What the section's handle must allow (W150). */
static uint32_t view_rights(prot_t prot)
{
    uint32_t rights = prot_writable(prot) ? ACCESS_SECTION_WRITE : ACCESS_SECTION_READ;

    if (prot_base(prot) == PROT_EXECUTE)
        rights = 0;
    return prot_executable(prot) ? rights | ACCESS_SECTION_EXECUTE : rights;
}

struct mapping {
    va_t base;
    uint32_t size;
    uint64_t offset;
    prot_t prot;
    uint32_t zero_bits; /* of an address that the system chooses */
    bool top;
};

/* Arguments of NtMapViewOfSection from the third on. */
static status_t read_mapping(const uint32_t *a, struct mapping *m)
{
    status_t status = usercopy_take(&m->base, a[2]) ?: usercopy_take(&m->size, a[6]);

    m->offset = 0;
    if (!status && a[5])
        status = usercopy_read(&m->offset, a[5], sizeof m->offset);
    if (status)
        return status;
    m->prot = prot_from_windows(a[9]);
    m->zero_bits = m->base ? 0 : a[3];
    m->top = a[8] & VIRTUAL_TOP_DOWN && !m->zero_bits; /* see allocate_below() */
    if (m->prot > PROT_BASE)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (a[3] > SYS_ZERO_BITS || sys_memory_breaks_wish(m->base, a[3]))
        return STATUS_INVALID_PARAMETER_4;
    if (a[7] != VIEW_SHARE && a[7] != VIEW_UNMAP)
        return STATUS_INVALID_PARAMETER_8;
    if (a[8] & ~(uint32_t)MAP_FLAGS)
        return STATUS_INVALID_PARAMETER_9;
    if (a[8] & MAP_ROUND_TO_PAGE) {
        m->base = page_down(m->base);
        return m->offset % UNIT_SIZE ? STATUS_MAPPED_ALIGNMENT : STATUS_SUCCESS;
    }
    return m->offset % UNIT_SIZE || m->base % UNIT_SIZE ? STATUS_MAPPED_ALIGNMENT : STATUS_SUCCESS;
}

/* An image is mapped whole, with the protections that its sections have. */
static status_t map_image(const struct section_object *so, struct space *space, struct mapping *m)
{
    va_t wanted = m->base;
    status_t status;

    if (m->offset || m->size > so->size)
        return STATUS_INVALID_VIEW_SIZE;
    if (!wanted)
        return image_map(so->image, space, &m->base, &m->size);
    m->size = 0;
    status = view_map(so->section, space, &m->base, 0, &m->size, PROT_EXECUTE_WRITECOPY, false);
    return !status && wanted != so->image->base ? STATUS_IMAGE_NOT_AT_BASE : status;
}

static status_t map(const struct section_object *so, struct space *space, struct mapping *m)
{
    if (so->image)
        return map_image(so, space, m);
    if (so->attributes & SEC_NOCACHE && m->prot != PROT_NOACCESS)
        m->prot |= PROT_NOCACHE;
    if (!prot_allows(so->prot, m->prot))
        return STATUS_SECTION_PROTECTION; /* W150 */
    if (m->offset >= so->size)
        return STATUS_INVALID_PARAMETER_4; /* W148 */
    if (m->size > so->size - m->offset)
        return STATUS_INVALID_VIEW_SIZE;
    if (m->size == 0)
        m->size = so->size - (uint32_t)m->offset;
    return view_map(so->section, space, &m->base, (uint32_t)m->offset, &m->size, m->prot, m->top);
}

/* section, process, *base, zero bits, commit, *offset64, *size, inherit, type, protect */
status_t sys_NtMapViewOfSection(const uint32_t *a)
{
    struct process *process;
    struct object *object;
    struct mapping m;
    status_t told = STATUS_NO_MEMORY, status = read_mapping(a, &m)
        ?: process_object(a[0], OBJECT_SECTION, view_rights(m.prot), &object)
        ?: sys_memory_lookup(a[1], ACCESS_PROCESS_VM_OPERATION, &process)
        ?: map((struct section_object *)object, process->space, &m);

    if (status && status != STATUS_IMAGE_NOT_AT_BASE)
        return status;
    if (!sys_memory_breaks_wish(m.base + m.size - 1, m.zero_bits))
        told = usercopy_put(a[2], m.base) ?: usercopy_put(a[6], m.size);
    if (told) /* a view that nobody is told of is not left behind */
        (void)view_unmap(process->space, m.base);
    return told ?: status;
}

/* process, base */
status_t sys_NtUnmapViewOfSection(const uint32_t *a)
{
    struct process *process;

    return sys_memory_lookup(a[0], ACCESS_PROCESS_VM_OPERATION, &process)
               ?: view_unmap(process->space, a[1]);
}

/* --- asking --- */

struct basic_information {
    uint32_t base, attributes;
    uint64_t size;
};

struct image_information {
    va_t entry;
    uint32_t zero_bits, stack_reserve, stack_commit;
    uint32_t subsystem;
    uint16_t subsystem_minor, subsystem_major;
    uint32_t unused;
    uint16_t characteristics, dll_characteristics, machine;
    uint8_t has_code, flags;
    uint32_t loader_flags, file_size, checksum;
};
_Static_assert(sizeof(struct image_information) == SYS_SECTION_IMAGE, "SECTION_IMAGE_INFORMATION");

enum { MACHINE_I386 = 0x14C, MAPPED_FLAT = 8 };

static void fill_basic(const void *object, void *record)
{
    const struct section_object *so = object;

    *(struct basic_information *)record =
        (struct basic_information){.attributes = so->attributes, .size = so->size};
}

void sys_section_image(const struct image *image, void *record)
{
    *(struct image_information *)record = (struct image_information){
        .entry = image->base + image->entry,
        .stack_reserve = image->stack_reserve,
        .stack_commit = image->stack_commit,
        .subsystem = image->subsystem,
        .subsystem_major = (uint16_t)(image->subsystem_version >> 16),
        .subsystem_minor = (uint16_t)image->subsystem_version,
        .characteristics = image->characteristics,
        .dll_characteristics = image->dll_characteristics,
        .machine = MACHINE_I386,
        .has_code = image->entry != 0,
        .flags = image->parts == 1 ? MAPPED_FLAT : 0,
        .file_size = file_node_size(image->file->node),
        .checksum = image->checksum,
    };
}

static void fill_image(const void *object, void *record)
{
    sys_section_image(((const struct section_object *)object)->image, record);
}

/* handle, class, buffer, length, *returned */
status_t sys_NtQuerySection(const uint32_t *a)
{
    static const struct sys_object_class classes[] = {
        {CLASS_BASIC, sizeof(struct basic_information), fill_basic, 0},
        {CLASS_IMAGE, sizeof(struct image_information), fill_image, 0},
        {0, 0, NULL, 0},
    };
    struct object *object;
    status_t status = process_object(a[0], OBJECT_SECTION, ACCESS_SECTION_QUERY, &object);

    if (!status && a[1] == CLASS_IMAGE && !((struct section_object *)object)->image)
        status = a[3] < sizeof(struct image_information) ? STATUS_INFO_LENGTH_MISMATCH
                                                         : STATUS_SECTION_NOT_IMAGE;
    return status ?: sys_object_query(classes, object, a + 1);
}
