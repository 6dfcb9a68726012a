/* vad.c - the ordered set of regions of one address space: an AVL tree of the caller's nodes.
 *
 * Each node also knows its neighbours, so the hole below it, and a bound: no hole of its subtree is larger
 * than node->gap.  A bound may be too large.  So a region that fills a hole leaves all bounds as they are, and
 * one that goes raises them only as far up as they are too small; who looks for a hole and finds none
 * where a bound promised one corrects it.
 */
#include "mm/vad.h"

static va_t unit_start(const struct vad *node)
{
    return unit_down(node->start);
}

static va_t unit_end(const struct vad *node)
{
    return unit_down(node->end + UNIT_SIZE - 1);
}

static int height(const struct vad *node)
{
    return node ? node->height : 0;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t hole(va_t from, va_t to)
{
    return to > from ? to - from : 0; /* two parts of a split region may share a unit */
}

/* Between the region before this one and this one. */
static uint32_t hole_below(const struct vad *node)
{
    return node->prev ? hole(unit_end(node->prev), unit_start(node)) : 0;
}

static uint32_t exact_gap(const struct vad *node)
{
    const struct vad *l = node->left, *r = node->right;

    return larger(hole_below(node), larger(l ? l->gap : 0, r ? r->gap : 0));
}

static void refresh(struct vad *node)
{
    int l = height(node->left), r = height(node->right);

    node->height = 1 + (l > r ? l : r);
    node->gap = exact_gap(node);
}

/* The hole below `node` may have grown. */
static void raise_gap(struct vad *node)
{
    uint32_t gap = node ? hole_below(node) : 0;

    for (; node && node->gap < gap; node = node->parent)
        node->gap = gap;
}

/* Put `child` where `node` hangs below its parent. */
static void replace_child(struct vad_tree *tree, struct vad *node, struct vad *child)
{
    struct vad *parent = node->parent;

    if (!parent)
        tree->root = child;
    else if (parent->left == node)
        parent->left = child;
    else
        parent->right = child;
    if (child)
        child->parent = parent;
}

static APART struct vad *rotate_left(struct vad_tree *tree, struct vad *node)
{
    struct vad *top = node->right;

    replace_child(tree, node, top);
    node->right = top->left;
    if (node->right)
        node->right->parent = node;
    top->left = node;
    node->parent = top;
    refresh(node);
    refresh(top);
    return top;
}

static APART struct vad *rotate_right(struct vad_tree *tree, struct vad *node)
{
    struct vad *top = node->left;

    replace_child(tree, node, top);
    node->left = top->right;
    if (node->left)
        node->left->parent = node;
    top->right = node;
    node->parent = top;
    refresh(node);
    refresh(top);
    return top;
}

/* Balance the nodes from `node` upward, as far as heights change. */
static void rebalance(struct vad_tree *tree, struct vad *node)
{
    for (; node; node = node->parent) {
        int l = height(node->left), r = height(node->right), tall = 1 + (l > r ? l : r);

        if (l > r + 1) {
            if (height(node->left->left) < height(node->left->right))
                rotate_left(tree, node->left);
            node = rotate_right(tree, node);
        } else if (r > l + 1) {
            if (height(node->right->right) < height(node->right->left))
                rotate_right(tree, node->right);
            node = rotate_left(tree, node);
        } else if (node->height == tall) {
            return;
        } else {
            node->height = tall;
        }
    }
}

/* Between two neighbours, of which one may be 0. */
static void link_neighbours(struct vad_tree *tree, struct vad *low, struct vad *high)
{
    *(low ? &low->next : &tree->first) = high;
    *(high ? &high->prev : &tree->last) = low;
}

static APART struct vad *search_at_or_above(const struct vad_tree *tree, va_t va)
{
    struct vad *node = tree->root, *best = NULL;

    while (node) {
        if (node->end > va) {
            best = node;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return best;
}

struct vad *vad_at_or_above(const struct vad_tree *tree, va_t va)
{
    struct vad *near = tree->near;

    return near && near->end > va && (!near->prev || near->prev->end <= va)
               ? near
               : search_at_or_above(tree, va);
}

void vad_insert(struct vad_tree *tree, struct vad *node)
{
    struct vad *high = vad_at_or_above(tree, node->start), *low, *parent, **link;

    MM_ASSERT(node->start < node->end && !((node->start | node->end) & PAGE_MASK));
    low = high ? high->prev : tree->last;
    MM_ASSERT((!low || low->end <= node->start) && (!high || node->end <= high->start));
    parent = high && !high->left ? high : low; /* of two neighbours one is below the other */
    link = !parent ? &tree->root : parent == high ? &high->left : &low->right;
    *link = node;
    node->parent = parent;
    node->left = node->right = NULL;
    node->height = 1;
    node->gap = 0;
    link_neighbours(tree, low, node);
    link_neighbours(tree, node, high);
    raise_gap(low ? node
                  : high); /* the lowest one has no hole below it, and the next got its own */
    tree->count++;
    tree->bytes += node->end - node->start;
    if (tree->bytes > tree->peak_bytes)
        tree->peak_bytes = tree->bytes;
    rebalance(tree, parent);
}

void vad_remove(struct vad_tree *tree, struct vad *node)
{
    struct vad *changed = node->parent; /* the lowest node whose subtree changes */
    struct vad *heir = node->next;      /* takes the place of one with two children */

    tree->count--;
    tree->bytes -= node->end - node->start;
    if (!node->left || !node->right) {
        replace_child(tree, node, node->left ? node->left : node->right);
    } else {
        changed = heir->parent == node ? heir : heir->parent;
        if (heir->parent != node) {
            replace_child(tree, heir, heir->right);
            heir->right = node->right;
            heir->right->parent = heir;
        }
        heir->left = node->left;
        heir->left->parent = heir;
        replace_child(tree, node, heir);
        heir->height = node->height; /* what the parent knows of this place */
        heir->gap = node->gap;
    }
    link_neighbours(tree, node->prev, node->next);
    tree->near = node->next;
    raise_gap(node->next);
    rebalance(tree, changed);
}

struct vad *vad_find(const struct vad_tree *tree, va_t va)
{
    struct vad *node = tree->root;

    while (node && (va < node->start || va >= node->end))
        node = va < node->start ? node->left : node->right;
    return node;
}

bool vad_overlaps(const struct vad_tree *tree, va_t start, va_t end)
{
    const struct vad *node = tree->near;

    if (node && node->prev && node->prev->end > start && node->prev->start < end)
        return true;
    node = vad_at_or_above(tree, start);
    return node && node->start < end;
}

bool vad_collides(const struct vad_tree *tree, va_t start, va_t end)
{
    return vad_overlaps(tree, unit_down(start), unit_down(end + UNIT_SIZE - 1));
}

/* The region above the lowest (with `top` the highest) hole of `size`, or 0.  Where a bound promised one and there
 * is none, the bound is corrected and the parent asked again. */
static struct vad *find_gap(struct vad *at, uint32_t size, bool top)
{
    while (at && at->gap >= size) {
        struct vad *near = top ? at->right : at->left, *far = top ? at->left : at->right;

        if (near && near->gap >= size) {
            at = near;
        } else if (at->prev && at->start - at->prev->end >= size && hole_below(at) >= size) {
            return at;
        } else if (far && far->gap >= size) {
            at = far;
        } else {
            at->gap = exact_gap(at);
            at = at->parent;
        }
    }
    return NULL;
}

/* Is there room above the highest region, below the lowest? */
static bool fits_above(const struct vad_tree *tree, uint32_t units, va_t high)
{
    return unit_end(tree->last) <= high - units;
}

static bool fits_below(const struct vad_tree *tree, uint32_t units, va_t low)
{
    return hole(low, unit_start(tree->first)) >= units;
}

va_t vad_find_hole(struct vad_tree *tree, uint32_t size, va_t low, va_t high, bool top)
{
    uint32_t units = unit_down(size + UNIT_SIZE - 1);
    struct vad *above;

    if (units < size || units > high - low)
        return 0;
    if (!tree->root || (top ? fits_above(tree, units, high) : fits_below(tree, units, low)))
        return top ? high - units : low;
    above = find_gap(tree->root, units, top);
    tree->near = above;
    if (above)
        return top ? unit_start(above) - units : unit_end(above->prev);
    if (top)
        return fits_below(tree, units, low) ? unit_start(tree->first) - units : 0;
    return fits_above(tree, units, high) ? unit_end(tree->last) : 0;
}

void vad_shrink(struct vad_tree *tree, struct vad *node, va_t end)
{
    MM_ASSERT(end > node->start && end <= node->end && !(end & PAGE_MASK));
    tree->bytes -= node->end - end;
    node->end = end;
    raise_gap(node->next);
}

void vad_split(struct vad_tree *tree, struct vad *node, struct vad *rest, va_t at)
{
    *rest = *node;
    rest->start = at;
    vad_shrink(tree, node, at);
    vad_insert(tree, rest);
}

/* Checks one subtree; returns its number of nodes.  Its regions follow *before, its last becomes that. */
static uint32_t check(const struct vad *node, const struct vad *parent, const struct vad **before)
{
    int l, r;
    uint32_t count = 1;

    if (!node)
        return 0;
    l = height(node->left);
    r = height(node->right);
    MM_ASSERT(node->parent == parent && node->gap >= exact_gap(node));
    MM_ASSERT(node->height == 1 + (l > r ? l : r) && l - r <= 1 && r - l <= 1);
    count += check(node->left, node, before);
    MM_ASSERT(node->prev == *before && node->start < node->end);
    MM_ASSERT(!*before || ((*before)->next == node && (*before)->end <= node->start));
    *before = node;
    return count + check(node->right, node, before);
}

void vad_check(const struct vad_tree *tree)
{
    const struct vad *last = NULL;
    uint32_t bytes = 0;

    MM_ASSERT(check(tree->root, NULL, &last) == tree->count);
    MM_ASSERT(tree->last == last && (!last || !last->next));
    for (const struct vad *v = vad_first(tree); v; v = vad_next(v))
        bytes += v->end - v->start;
    MM_ASSERT(bytes == tree->bytes && bytes <= tree->peak_bytes);
}
