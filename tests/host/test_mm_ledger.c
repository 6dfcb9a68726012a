/* test_mm_ledger.c - a committed page always materialises: random mixes of all kinds of pages, driven to
 * the last page that the ledger grants.
 *
 * sources: tests/host/machine.c mm/[a-z]*.c lib/string.c
 *
 * A mix is a machine with a large, small or no paging file, and programs with private pages, capped
 * and locked ones, views of shared sections, of reserved ones and of a file larger than RAM, an image
 * with a shared part, and copies of all of them.  What is left of the ledger is promised, too.  Then
 * all of it is used at once.  Each page is compared with a model whenever it is touched; no touch may be
 * refused, and the work of the longest fault, in basic blocks, has a bound.
 */
#include "tests/host/machine.h"

#include <string.h>

enum { READWRITE = 4, SPACES = 3, OBJECTS = 4, PAGES = 4096, VIEWS = 24, MOST_OBJECT = 600 };
enum { RESERVE_COMMIT = VIRTUAL_RESERVE | VIRTUAL_COMMIT };

/* What a section's pages should hold: the model. */
struct object {
    struct section *section;
    struct section_file file;
    uint32_t pages, shared_from, shared_to; /* image: its shared part */
    uint32_t value[MOST_OBJECT];
};

/* A page that a program may touch. */
struct page {
    struct space *space;
    va_t va;
    struct object *object; /* 0: private */
    uint32_t index;
    bool write, copy, own; /* may be written; then a copy is made; the copy was made */
    uint32_t value;        /* private or own */
};

static struct space *space[SPACES];
static struct working_set cap[2];
static struct object object[OBJECTS];
static struct page page[PAGES];
static uint32_t pages, broken, wrong, stamp;

static uint32_t blocks;

/* The longest touch: under fifo, which never searches, it is all mm's own work. */
struct longest {
    uint32_t blocks, frames, slots;
};
static struct longest longest_fifo, longest_default, *longest;

void __sanitizer_cov_trace_pc(void);
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

static uint32_t file_word(uint32_t index)
{
    return index * 2654435761u | 1;
}

static status_t read_file(struct section_file *file, uint32_t index, pfn_t into)
{
    (void)file;
    memset(machine_frame(into), 0, PAGE_SIZE);
    *(uint32_t *)machine_frame(into) = file_word(index);
    return STATUS_SUCCESS;
}

static void add_page(struct space *s, va_t va, struct object *o, uint32_t index, bool write,
                     bool copy)
{
    if (pages < PAGES)
        page[pages++] = (struct page){s, va, o, index, write, copy, false, 0};
}

/* Commit `count` pages; each of them is a promise from now on. */
static va_t promise(struct space *s, uint32_t count, uint32_t type)
{
    uint32_t size = count * PAGE_SIZE;
    va_t base = 0;

    if (!count || virtual_allocate(s, &base, &size, type, READWRITE))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        add_page(s, base + i * PAGE_SIZE, NULL, 0, true, false);
    return base;
}

/* A view of all of the object; an image's pages have the protection of their masters. */
static void view(struct object *o, struct space *s, prot_t prot)
{
    uint32_t size = 0;
    va_t base = 0;

    if (!o->section || view_map(o->section, s, &base, 0, &size, prot, test_below(2)))
        return;
    for (uint32_t i = 0; i < o->pages; i++) {
        bool shared = i >= o->shared_from && i < o->shared_to;
        bool image = o->section->image, code = image && i == 0;
        const pte_t *master = section_master(o->section, i);

        if (*master)
            add_page(s, base + i * PAGE_SIZE, o, i,
                     !code && (prot_writable(prot) || prot_copies(prot)),
                     image ? !shared && !code : prot_copies(prot));
    }
}

static void make_object(struct object *o, uint32_t count, prot_t prot, bool file, bool image,
                        bool reserve)
{
    o->pages = count;
    o->shared_from = o->shared_to = 0;
    o->section = NULL;
    o->file = (struct section_file){.read = read_file};
    for (uint32_t i = 0; i < count; i++)
        o->value[i] = file ? file_word(i) : 0;
    if (mm_section_create(&o->section, count * PAGE_SIZE, prot, file ? &o->file : NULL, image,
                          reserve))
        o->section = NULL;
}

/* The kernel writes into a page of a section: then it is the section's own, or the charge was refused. */
static void write_section(struct object *o, uint32_t index)
{
    uint32_t word = ++stamp;

    if (o->section && !mm_section_copy(o->section, index * PAGE_SIZE, &word, sizeof word, true))
        o->value[index] = word;
}

/* Code, data that is copied when written, a shared part, zeros; some bytes come from elsewhere. */
static void make_image(struct object *o)
{
    uint32_t count = 4 + test_below(40), shared = 2 + test_below(count - 3),
             zeros = test_below(count);

    make_object(o, count, PROT_EXECUTE_WRITECOPY, true, true, false);
    if (!o->section || section_set_pages(o->section, 0, 1, PROT_EXECUTE_READ, false) ||
        section_set_pages(o->section, 1, shared - 1, PROT_WRITECOPY, false) ||
        section_set_pages(o->section, shared, count - shared, PROT_READWRITE, zeros < shared)) {
        if (o->section)
            section_release(o->section);
        o->section = NULL;
        return;
    }
    o->shared_from = shared;
    o->shared_to = count;
    for (uint32_t i = shared; i < count && zeros < shared; i++)
        o->value[i] = 0;
    if (test_below(2))
        for (uint32_t i = 0; i < shared; i++)
            write_section(o, i);
}

static void make_objects(uint32_t frames)
{
    uint32_t count = 1 + test_below(60), part;

    make_object(&object[0], count, PROT_READWRITE, false, false, false);
    make_object(&object[1], 1 + test_below(60), PROT_READWRITE, false, false, true);
    part = object[1].section ? test_below(object[1].pages) : 0;
    if (part && section_commit(object[1].section, 0, part, PROT_READWRITE))
        part = 0;
    make_image(&object[2]);
    count = frames < MOST_OBJECT / 2 ? 2 * frames : MOST_OBJECT;
    make_object(&object[3], count, PROT_EXECUTE_WRITECOPY, true, false, false);
}

static void map_objects(void)
{
    for (uint32_t i = 0; i < 2 + test_below(6); i++) {
        struct space *s = space[test_below(SPACES)];

        view(&object[0], s, test_below(3) ? PROT_READWRITE : PROT_WRITECOPY);
        if (test_below(2))
            view(&object[1], s, test_below(2) ? PROT_READWRITE : PROT_WRITECOPY);
        if (test_below(2))
            view(&object[2], s, PROT_EXECUTE_WRITECOPY);
        if (test_below(3) == 0)
            view(&object[3], s, test_below(3) ? PROT_READONLY : PROT_WRITECOPY);
    }
    view(&object[3], space[0], PROT_READONLY);
}

static void make_caps(void)
{
    for (unsigned i = 0; i < 2; i++) {
        va_t base = promise(space[i], 8 + test_below(24), RESERVE_COMMIT);

        if (base)
            virtual_attach(space[i], base, &cap[i]);
    }
}

/* Lock pages here and there: some of them are nobody's but a file's. */
static void lock_some(uint32_t times)
{
    for (uint32_t i = 0; i < times && pages; i++) {
        struct page *p = &page[test_below(pages)];
        uint32_t size = PAGE_SIZE;
        va_t base = p->va;

        if (test_below(3))
            virtual_lock(p->space, &base, &size);
        else
            virtual_unlock(p->space, &base, &size);
    }
}

/* Promise what is left, to the last page. */
static void promise_the_rest(void)
{
    for (uint32_t chunk = commit_left(); chunk > 0 && commit_left() > 0;)
        if (!promise(space[test_below(SPACES)], chunk, RESERVE_COMMIT))
            chunk /= 2;
}

static uint32_t expected(const struct page *p)
{
    return p->object && !p->own ? p->object->value[p->index] : p->value;
}

/* Compare one page with the model and perhaps write it. */
static void touch(struct page *p, bool write)
{
    uint32_t before = blocks, word, spent;
    status_t status = machine_read32(p->space, p->va, &word);

    wrong += !status && word != expected(p);
    if (!status && write && p->write) {
        status = machine_write32(p->space, p->va, ++stamp);
        p->own |= !status && p->copy;
        *(p->object && !p->own ? &p->object->value[p->index] : &p->value) = stamp;
    }
    if (status && !broken++)
        printf("# %08X for %08X of space %u: %s; available %u, modified %u, %u of %u promised\n",
               status, p->va, p->space->id, p->object ? "a view's" : "private", pfn_available(),
               pfn_count[PFN_MODIFIED], commit_counters.total, commit_limit());
    spent = blocks - before;
    if (spent > longest->blocks)
        *longest = (struct longest){spent, pfn_limit, pagefile_counters.slots};
}

/* All pages in a row, from some place on. */
static void sweep(bool write)
{
    uint32_t from = pages ? test_below(pages) : 0;

    for (uint32_t i = 0; i < pages; i++)
        touch(&page[(from + i) % pages], write);
}

/* Take back some promises and give them again, elsewhere perhaps to another page of a view. */
static void recommit(void)
{
    struct page *p = &page[test_below(pages)];
    uint32_t size = PAGE_SIZE;
    va_t base = p->va;

    if (p->object || virtual_free(p->space, &base, &size, VIRTUAL_DECOMMIT))
        return;
    p->value = 0;
    if (virtual_allocate(p->space, &base, &size, VIRTUAL_COMMIT, READWRITE))
        *p = page[--pages];
}

static void use(uint32_t steps)
{
    sweep(true);
    for (uint32_t i = 0; i < steps && pages; i++) {
        uint32_t near = test_below(pages);

        for (uint32_t k = 0; k < 8; k++)
            touch(&page[(near + k) % pages], test_below(2));
        switch (test_below(12)) {
        case 0:
            lock_some(4);
            break;
        case 1:
            recommit();
            break;
        case 2:
            reclaim_empty(space[test_below(SPACES)]);
            break;
        case 3:
            balance_pass();
            break;
        case 4:
            while (balance_idle())
                ;
            break;
        case 5:
            balance_second();
            break;
        case 6:
            write_section(&object[0], test_below(object[0].pages));
            break;
        default:
            break;
        }
    }
    sweep(false);
}

static bool start(uint32_t frames, uint32_t slots)
{
    bool fifo = test_below(2);
    struct mm_options options = {.policy = fifo ? &replace_fifo : replace_policies[0]};

    longest = fifo ? &longest_fifo : &longest_default;
    machine_start(frames, slots, &options);
    pages = 0;
    section_all = NULL;
    for (uint32_t i = 0; i < SPACES; i++)
        if (mm_space_create(&space[i], 4 + i, "mix"))
            return false;
    for (uint32_t i = 0; i < 2; i++) {
        cap[i] =
            (struct working_set){.maximum = 4 + test_below(4), .capped = true, .exact = i == 0};
        cap[i].standby = i ? test_below(4) : 0;
        replace_init(&cap[i], &replace_fifo, &resident_view);
    }
    return true;
}

static void end(void)
{
    mm_check();
    for (uint32_t i = 0; i < SPACES; i++)
        mm_space_delete(space[i]);
    for (uint32_t i = 0; i < OBJECTS; i++)
        if (object[i].section)
            section_release(object[i].section);
    for (uint32_t i = 0; i < 2; i++)
        replace_retire(&cap[i]);
    mm_check();
    if (commit_counters.total || pagefile_counters.used || pfn_locked)
        machine_panic("%u pages stay promised, %u slots used, %u frames locked",
                      commit_counters.total, pagefile_counters.used, pfn_locked);
}

static void mix(uint32_t frames, uint32_t slots, uint32_t steps)
{
    if (!start(frames, slots))
        machine_panic("no space on a machine of %u frames", frames);
    make_objects(frames);
    map_objects();
    make_caps();
    lock_some(test_below(80));
    promise_the_rest();
    mm_check();
    use(steps);
    end();
}

/* Three kinds of paging file: none, a small one, one that holds more than RAM. */
static uint32_t some_slots(uint32_t frames)
{
    switch (test_below(3)) {
    case 0:
        return 0;
    case 1:
        return 2 + test_below(64);
    default:
        return frames + test_below(2 * frames);
    }
}

static void test_longest(const struct longest *l, const char *policy, uint32_t bound)
{
    test_ok(
        l->blocks < bound,
        "under %s the longest touch took %u basic blocks (%u frames, %u slots); %u are too many",
        policy, l->blocks, l->frames, l->slots, bound);
}

int main(void)
{
    uint32_t mixes = test_long() ? 100000 : 1000;

    test_seed();
    for (uint32_t i = 0; i < mixes; i++) {
        uint32_t frames = 120 + test_below(120);

        if (i % 100 == 99)
            frames *= 8;
        mix(frames, some_slots(frames), 20);
    }
    test_ok(!broken, "%u mixes of pages at the limit of the ledger: %u promises broken", mixes,
            broken);
    test_ok(!wrong, "and %u pages with a wrong content", wrong);
    test_longest(&longest_fifo, "fifo", 100000);
    test_longest(&longest_default, "the default policy", 500000);
    return test_end();
}
