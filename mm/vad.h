/* vad.h - the ordered set of regions of one address space.
 *
 * A VAD (virtual address descriptor) is one allocation: a private reservation, a view or an
 * image.  The tree is balanced (AVL) and each node has a bound for the holes among the nodes below
 * it, so both "who owns this address?" and "where is the lowest hole?" take O(log n).
 * The caller owns the nodes; there are no PTEs here.
 */
#pragma once
#include "mm/pte.h"
#include "mm/status.h"

struct section;
struct space;
struct working_set;

enum vad_type {
    VAD_PRIVATE,
    VAD_VIEW,  /* mapped section */
    VAD_IMAGE, /* mapped executable */
};

enum {
    VAD_FIXED = 1,     /* the program may not free, protect or decommit it */
    VAD_RESIDENT = 2,  /* its pages never leave RAM */
    VAD_STACK = 8,     /* a thread's stack */
    VAD_PHYSICAL = 16, /* a window for a program's own frames (AWE); can be released */
};

struct vad {
    va_t start, end; /* [start, end), page aligned; start is 64 KB aligned, too, until a part is
                      * released from it (W55) */
    enum vad_type type;
    unsigned flags;
    prot_t prot;                       /* as given when it was reserved or mapped */
    uint32_t commit;                   /* pages charged for it */
    struct working_set *ws;            /* takes its pages: the space's own, or one with a cap */
    uint32_t *watch;                   /* MEM_WRITE_WATCH: a bit for each page that was written */
    uint32_t *lock_map;                /* VIEW, IMAGE: a bit for each page locked here; or 0 */
    struct space *space;               /* whose it is */
    struct section *section;           /* VIEW, IMAGE: what is mapped */
    uint32_t offset;                   /* VIEW, IMAGE: first byte of the section that is mapped */
    struct vad *next_view, *prev_view; /* other views of the same section */
    char tag[24];                      /* what it is, for people: "stack", "heap", file name */

    struct vad *left, *right, *parent; /* owned by vad.c from here on */
    struct vad *next, *prev;           /* neighbours: the next higher and the next lower address */
    int height;
    uint32_t gap; /* no hole below a node of this subtree has more bytes */
};

struct vad_tree {
    struct vad *root, *first, *last; /* the lowest, the highest */
    struct vad *near; /* above the hole found or made last: what comes next may lie there; or 0 */
    uint32_t count;
    uint32_t bytes, peak_bytes; /* of address space in the regions */
};

/* => node->start and node->end are set and overlap no other node's 64 KB units. */
void vad_insert(struct vad_tree *tree, struct vad *node);
void vad_remove(struct vad_tree *tree, struct vad *node);

/* The region that holds `va`, or 0. */
struct vad *vad_find(const struct vad_tree *tree, va_t va);

/* The first region that ends above `va` (it may contain it), or 0. */
struct vad *vad_at_or_above(const struct vad_tree *tree, va_t va);
static inline struct vad *vad_next(const struct vad *node)
{
    return node->next;
}
static inline struct vad *vad_first(const struct vad_tree *tree)
{
    return tree->first;
}

/* Does any region lie in [start, end), or in part? */
bool vad_overlaps(const struct vad_tree *tree, va_t start, va_t end);

/* Does any region use a 64 KB unit of [start, end)?  (W16: the rest of a unit is unusable.) */
bool vad_collides(const struct vad_tree *tree, va_t start, va_t end);

/* The lowest (or with `top` the highest) 64 KB aligned hole of `size` bytes in [low, high).
 * Returns its address, or 0 when there is none. */
va_t vad_find_hole(struct vad_tree *tree, uint32_t size, va_t low, va_t high, bool top);

/* Change the end of a node in place (it may only shrink). */
void vad_shrink(struct vad_tree *tree, struct vad *node, va_t end);

/* Cut a node in two: it keeps what is below `at`, and `rest`, alike in all else, gets what is above. */
void vad_split(struct vad_tree *tree, struct vad *node, struct vad *rest, va_t at);

/* Order, neighbours, balance and bounds recomputed; panics on a difference. */
void vad_check(const struct vad_tree *tree);
