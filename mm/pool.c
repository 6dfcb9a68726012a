/* pool.c - the kernel's own small objects.
 *
 * A frame is cut into equal blocks of one size class.  Each block begins with a header that knows
 * its tag and whether it is in use; a free block's body is poison (pfn_poison).  An object of more than half a
 * frame gets a frame of its own, whose record keeps the tag.
 */
#include "mm/pool.h"
#include "mm/commit.h"
#include "mm/pfn.h"
#include "lib/list.h"
#include "lib/string.h"

enum {
    CLASSES = 10,
    FRAME_MAGIC = 0x6C6F6F70,
    LIVE = 0x45564C49,
    DEAD = 0x44414544,
    POISON = 0xDD
};

static const uint16_t class_size[CLASSES] = {48, 64, 96, 128, 192, 256, 384, 512, 1008, 2032};

struct block {
    uint32_t state; /* LIVE or DEAD */
    char tag[4];
    uint32_t size; /* LIVE: bytes asked for; DEAD: bytes of poison */
    struct block *next_free;
};

struct pool_frame { /* the first bytes of every frame that is cut into blocks */
    uint32_t magic;
    uint16_t class, in_use;
    struct block *free;
    struct pool_frame *next, *prev; /* frames of this class with a free block */
};

enum { FRAME_HEADER = 32 };
_Static_assert(sizeof(struct block) % 16 == 0 || sizeof(void *) == 8,
               "objects are 16-byte aligned");
_Static_assert(sizeof(struct pool_frame) <= FRAME_HEADER || sizeof(void *) == 8, "fits");

struct pool_counters pool_counters;

static struct pool_frame *partial[CLASSES];

static void *body(struct block *block)
{
    return block + 1;
}

static uint32_t body_size(const struct pool_frame *frame)
{
    return class_size[frame->class] - (uint32_t)sizeof(struct block);
}

static struct block *block_at(struct pool_frame *frame, uint32_t index)
{
    return (struct block *)((char *)frame + FRAME_HEADER + index * class_size[frame->class]);
}

static uint32_t blocks_in(const struct pool_frame *frame)
{
    return (PAGE_SIZE - FRAME_HEADER) / class_size[frame->class];
}

static void bury(struct pool_frame *frame, struct block *block)
{
    block->state = DEAD;
    block->size = pfn_poison ? body_size(frame) : 0;
    if (block->size)
        memset(body(block), POISON, block->size);
    block->next_free = frame->free;
    frame->free = block;
}

static bool is_untouched(const struct block *block)
{
    const uint8_t *at = (const uint8_t *)(block + 1), *end = at + block->size;

    while (at < end && *at == POISON)
        at++;
    return block->state == DEAD && at == end;
}

/* No frame for the pool: PFN_NONE, also when it is needed to keep a promise. */
static pfn_t take_frame(unsigned want)
{
    pfn_t pfn = commit_left() ? pfn_alloc(PFN_USE_POOL, PFN_LOW | PFN_PIN | want) : PFN_NONE;

    if (pfn) {
        pfn_record(pfn)->shares = 1;
        pool_counters.frames++;
    }
    return pfn;
}

static struct pool_frame *frame_create(unsigned class)
{
    pfn_t pfn = take_frame(PFN_ANY);
    struct pool_frame *frame;

    if (!pfn)
        return NULL;
    frame = machine_frame(pfn);
    *frame = (struct pool_frame){.magic = FRAME_MAGIC, .class = (uint16_t) class};
    for (uint32_t i = blocks_in(frame); i-- > 0;)
        bury(frame, block_at(frame, i));
    LIST_PUSH(partial[frame->class], frame, next, prev);
    return frame;
}

static void *small_alloc(size_t size, const char tag[4])
{
    unsigned class = 0;
    struct pool_frame *frame;
    struct block *block;

    while (class_size[class] - sizeof(struct block) < size)
        class ++;
    frame = partial[class] ? partial[class] : frame_create(class);
    if (!frame)
        return NULL;
    block = frame->free;
    MM_ASSERT(is_untouched(block));
    frame->free = block->next_free;
    if (!frame->free)
        LIST_TAKE(partial[frame->class], frame, next, prev);
    frame->in_use++;
    block->state = LIVE;
    block->size = (uint32_t)size;
    memcpy(block->tag, tag, 4);
    memset(body(block), 0, body_size(frame));
    return body(block);
}

static void *frame_alloc(const char tag[4])
{
    pfn_t pfn = take_frame(PFN_CLEAR);

    if (!pfn)
        return NULL;
    memcpy(&pfn_record(pfn)->va, tag, 4);
    return machine_frame(pfn);
}

void *pool_alloc(size_t size, const char tag[4])
{
    void *object;

    MM_ASSERT(size > 0 && size <= PAGE_SIZE);
    if (size <= class_size[CLASSES - 1] - sizeof(struct block)) {
        object = small_alloc(size, tag);
    } else {
        size = PAGE_SIZE;
        object = frame_alloc(tag);
    }
    if (!object) {
        pool_counters.refused++;
        return NULL;
    }
    pool_counters.objects++;
    pool_counters.bytes += (uint32_t)size;
    return object;
}

static pfn_t frame_of(const void *object)
{
    return (pfn_t)((const char *)object - machine_direct) >> PAGE_SHIFT;
}

static void frame_release(pfn_t pfn)
{
    MM_ASSERT(pfn < pfn_limit && pfn_record(pfn)->use == PFN_USE_POOL &&
              pfn_record(pfn)->state == PFN_ACTIVE);
    pool_counters.frames--;
    pfn_free(pfn, false);
}

static void small_free(void *object)
{
    struct pool_frame *frame = (struct pool_frame *)((uintptr_t)object & ~(uintptr_t)PAGE_MASK);
    struct block *block = (struct block *)object - 1;

    MM_ASSERT(frame->magic == FRAME_MAGIC && frame->class < CLASSES);
    MM_ASSERT(((uintptr_t)block - (uintptr_t)frame - FRAME_HEADER) % class_size[frame->class] == 0);
    MM_ASSERT(block->state == LIVE);
    pool_counters.bytes -= block->size;
    if (!frame->free)
        LIST_PUSH(partial[frame->class], frame, next, prev);
    bury(frame, block);
    if (--frame->in_use == 0) {
        LIST_TAKE(partial[frame->class], frame, next, prev);
        frame->magic = 0;
        frame_release(frame_of(frame));
    }
}

void pool_free(void *object)
{
    if (!object)
        return;
    pool_counters.objects--;
    if (!((uintptr_t)object & PAGE_MASK)) { /* a whole frame */
        pool_counters.bytes -= PAGE_SIZE;
        frame_release(frame_of(object));
    } else {
        small_free(object);
    }
}

void pool_walk(void (*each)(const char *tag, uint32_t size, void *context), void *context)
{
    for (pfn_t f = 0; f < pfn_limit; f++) {
        const struct pfn *p = pfn_look(f);
        struct pool_frame *frame;

        if (p->state != PFN_ACTIVE || p->use != PFN_USE_POOL)
            continue;
        if (p->va) { /* a whole frame: its tag is here */
            each((const char *)&p->va, PAGE_SIZE, context);
            continue;
        }
        frame = machine_frame(f);
        MM_ASSERT(frame->magic == FRAME_MAGIC && frame->class < CLASSES);
        for (uint32_t i = 0; i < blocks_in(frame); i++) {
            struct block *block = block_at(frame, i);

            MM_ASSERT(block->state == LIVE || is_untouched(block));
            if (block->state == LIVE)
                each(block->tag, block->size, context);
        }
    }
}

static void count_object(const char *, uint32_t size, void *context)
{
    uint32_t *totals = context;

    totals[0]++;
    totals[1] += size;
}

void pool_check(void)
{
    uint32_t totals[2] = {0, 0};

    pool_walk(count_object, totals);
    MM_ASSERT(totals[0] == pool_counters.objects && totals[1] == pool_counters.bytes);
}
