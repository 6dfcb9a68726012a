/* vad.c - the ordered set of regions of one address space: an AVL tree of the caller's nodes.
 *
 * Besides its height each node knows three things of the subtree below it: the lowest and the
 * highest address, in whole 64 KB units, and the largest hole between two of its regions.
 * refresh() computes all four from the children alone, so they stay right by refreshing
 * every node from the place of a change upward, until one comes out as it was before.
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

static uint32_t hole(va_t from, va_t to)
{
    return to > from ? to - from : 0; /* two parts of a split region may share a unit */
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void refresh(struct vad *node)
{
    struct vad *l = node->left, *r = node->right;

    node->height = 1 + (height(l) > height(r) ? height(l) : height(r));
    node->low = l ? l->low : unit_start(node);
    node->high = r ? r->high : unit_end(node);
    node->gap = 0;
    if (l)
        node->gap = larger(l->gap, hole(l->high, unit_start(node)));
    if (r)
        node->gap = larger(node->gap, larger(r->gap, hole(unit_end(node), r->low)));
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

static struct vad *rotate_left(struct vad_tree *tree, struct vad *node)
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

static struct vad *rotate_right(struct vad_tree *tree, struct vad *node)
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

/* What a node's parent knows of it. */
struct facts {
    int height;
    va_t low, high;
    uint32_t gap;
};

static bool same_facts(const struct vad *a, const struct facts *b)
{
    return a->height == b->height && a->low == b->low && a->high == b->high && a->gap == b->gap;
}

/* Refresh and balance the nodes from `node` upward.
 * => the four facts of `node` are those that its parent has seen last. */
static void rebalance(struct vad_tree *tree, struct vad *node)
{
    for (; node; node = node->parent) {
        int tilt = height(node->left) - height(node->right);
        struct facts before = {node->height, node->low, node->high, node->gap};

        refresh(node);
        if (tilt > 1) {
            if (height(node->left->left) < height(node->left->right))
                rotate_left(tree, node->left);
            node = rotate_right(tree, node);
        } else if (tilt < -1) {
            if (height(node->right->right) < height(node->right->left))
                rotate_right(tree, node->right);
            node = rotate_left(tree, node);
        }
        if (same_facts(node, &before))
            return;
    }
}

void vad_insert(struct vad_tree *tree, struct vad *node)
{
    struct vad *parent = NULL, **link = &tree->root;

    MM_ASSERT(node->start < node->end && !((node->start | node->end) & PAGE_MASK));
    while (*link) {
        parent = *link;
        if (node->start < parent->start) {
            MM_ASSERT(node->end <= parent->start);
            link = &parent->left;
        } else {
            MM_ASSERT(node->start >= parent->end);
            link = &parent->right;
        }
    }
    *link = node;
    node->parent = parent;
    node->left = node->right = NULL;
    tree->count++;
    tree->bytes += node->end - node->start;
    if (tree->bytes > tree->peak_bytes)
        tree->peak_bytes = tree->bytes;
    refresh(node);
    rebalance(tree, parent);
}

static struct vad *leftmost(struct vad *node)
{
    while (node && node->left)
        node = node->left;
    return node;
}

void vad_remove(struct vad_tree *tree, struct vad *node)
{
    struct vad *changed = node->parent; /* the lowest node whose subtree changes */
    struct vad *heir = NULL;            /* takes the node's place */

    tree->count--;
    tree->bytes -= node->end - node->start;
    if (!node->left || !node->right) {
        replace_child(tree, node, node->left ? node->left : node->right);
    } else {
        heir = leftmost(node->right);
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
        heir->low = node->low;
        heir->high = node->high;
        heir->gap = node->gap;
    }
    rebalance(tree, changed);
    rebalance(tree, heir); /* its place has another region now, whatever changed below */
}

struct vad *vad_find(const struct vad_tree *tree, va_t va)
{
    struct vad *node = tree->root;

    while (node && (va < node->start || va >= node->end))
        node = va < node->start ? node->left : node->right;
    return node;
}

struct vad *vad_at_or_above(const struct vad_tree *tree, va_t va)
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

struct vad *vad_first(const struct vad_tree *tree)
{
    return leftmost(tree->root);
}

struct vad *vad_next(const struct vad *node)
{
    if (node->right)
        return leftmost(node->right);
    while (node->parent && node->parent->right == node)
        node = node->parent;
    return node->parent;
}

bool vad_collides(const struct vad_tree *tree, va_t start, va_t end)
{
    const struct vad *node = vad_at_or_above(tree, unit_down(start));

    return node && unit_start(node) < unit_down(end + UNIT_SIZE - 1);
}

/* The lowest hole of `size` between two regions of this subtree.  => node->gap >= size. */
static va_t lowest_inner_hole(const struct vad *node, uint32_t size)
{
    for (;;) {
        const struct vad *l = node->left, *r = node->right;

        if (l && l->gap >= size)
            node = l;
        else if (l && hole(l->high, unit_start(node)) >= size)
            return l->high;
        else if (r && hole(unit_end(node), r->low) >= size)
            return unit_end(node);
        else
            node = r;
    }
}

/* The end of the highest such hole. */
static va_t highest_inner_hole(const struct vad *node, uint32_t size)
{
    for (;;) {
        const struct vad *l = node->left, *r = node->right;

        if (r && r->gap >= size)
            node = r;
        else if (r && hole(unit_end(node), r->low) >= size)
            return r->low;
        else if (l && hole(l->high, unit_start(node)) >= size)
            return unit_start(node);
        else
            node = l;
    }
}

va_t vad_find_hole(const struct vad_tree *tree, uint32_t size, va_t low, va_t high, bool top)
{
    const struct vad *root = tree->root;
    uint32_t units = unit_down(size + UNIT_SIZE - 1);

    if (units < size || units > high - low)
        return 0;
    if (!root)
        return top ? high - units : low;
    if (top) {
        if (root->high <= high - units)
            return high - units;
        if (root->gap >= units)
            return highest_inner_hole(root, units) - units;
        return hole(low, root->low) >= units ? root->low - units : 0;
    }
    if (hole(low, root->low) >= units)
        return low;
    if (root->gap >= units)
        return lowest_inner_hole(root, units);
    return root->high <= high - units ? root->high : 0;
}

void vad_shrink(struct vad_tree *tree, struct vad *node, va_t end)
{
    MM_ASSERT(end > node->start && end <= node->end && !(end & PAGE_MASK));
    tree->bytes -= node->end - end;
    node->end = end;
    rebalance(tree, node);
}

void vad_split(struct vad_tree *tree, struct vad *node, struct vad *rest, va_t at)
{
    *rest = *node;
    rest->start = at;
    vad_shrink(tree, node, at);
    vad_insert(tree, rest);
}

/* Checks one subtree; returns its number of nodes.  Its regions lie in [*after, ...). */
static uint32_t check(const struct vad *node, const struct vad *parent, va_t *after)
{
    struct vad copy;
    uint32_t count = 1;

    if (!node)
        return 0;
    MM_ASSERT(node->parent == parent);
    count += check(node->left, node, after);
    MM_ASSERT(node->start >= *after && node->start < node->end);
    *after = node->end;
    count += check(node->right, node, after);
    copy = *node;
    refresh(&copy);
    MM_ASSERT(copy.height == node->height && copy.low == node->low && copy.high == node->high &&
              copy.gap == node->gap);
    MM_ASSERT(height(node->left) - height(node->right) <= 1 &&
              height(node->right) - height(node->left) <= 1);
    return count;
}

void vad_check(const struct vad_tree *tree)
{
    va_t after = 0;
    uint32_t bytes = 0;

    MM_ASSERT(check(tree->root, NULL, &after) == tree->count);
    for (const struct vad *v = vad_first(tree); v; v = vad_next(v))
        bytes += v->end - v->start;
    MM_ASSERT(bytes == tree->bytes && bytes <= tree->peak_bytes);
}
