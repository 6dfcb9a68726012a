/* rtti.c - Visual C++'s run-time type information: dynamic_cast, typeid, the names of types, what std::exception
 * keeps.
 *
 * The compiler lays out the records; in front of each table of virtual functions stands the address of a
 * locator, which knows the whole object's classes.
 */
#include "user/msvcrt/crt.h"
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

struct type {
    const void *table;
    char *name; /* made when it is first asked for */
    char decorated[];
};

/* Where a base lies in an object: `member` bytes from its start; with `table` not -1 also as the table of
 * virtual bases there says. */
struct place {
    int member, table, entry;
};

struct base {
    const struct type *type;
    unsigned contained; /* so many that follow are bases of this one */
    struct place place;
    unsigned attributes; /* 1, 2: not visible, ambiguous */
};

struct hierarchy {
    unsigned signature, attributes, count;
    const struct base *const *bases; /* the class itself first */
};

struct locator {
    unsigned signature, offset, constructor_offset;
    const struct type *type;
    const struct hierarchy *hierarchy;
};

static const struct locator *locator_of(const void *object)
{
    return (*(const struct locator *const *const *)object)[-1];
}

static char *complete_object(char *object, const struct locator *locator)
{
    char *start = object - locator->offset;

    if (locator->constructor_offset != 0) /* while it is being made */
        start -= *(int *)(object - locator->constructor_offset);
    return start;
}

static char *find_base(char *complete, const struct place *place)
{
    char *at = complete + place->member;

    if (place->table >= 0) {
        at = complete + place->table;
        at += *(int *)(*(char **)at + place->entry) + place->member;
    }
    return at;
}

static bool same_type(const struct type *a, const struct type *b)
{
    return a == b || strcmp(a->decorated, b->decorated) == 0;
}

/* Is the subobject of class `source` at `at` one of base `index`'s own? */
static bool contains(char *complete, const struct hierarchy *all, unsigned index,
                     const struct type *source, const char *at)
{
    for (unsigned i = index; i <= index + all->bases[index]->contained; i++)
        if (same_type(all->bases[i]->type, source) &&
            find_base(complete, &all->bases[i]->place) == at)
            return true;
    return false;
}

/* First down from the subobject at hand; then across, where the target is there once and visible. */
void *__RTDynamicCast(char *object, int table, const struct type *source, const struct type *target,
                      BOOL reference)
{
    char *complete, *found = NULL;
    const struct hierarchy *all;
    unsigned across = 0;

    if (!object)
        return NULL;
    all = locator_of(object)->hierarchy;
    complete = complete_object(object, locator_of(object));
    object -= table;
    for (unsigned i = 0; i < all->count; i++) {
        char *at = find_base(complete, &all->bases[i]->place);

        if (!same_type(all->bases[i]->type, target))
            continue;
        if (contains(complete, all, i, source, object))
            return at;
        if ((all->bases[i]->attributes & 1) == 0 && at != found) {
            found = at;
            across++;
        }
    }
    if (across == 1)
        return found;
    if (reference)
        crt_terminate(); /* std::bad_cast, which nobody here could make */
    return NULL;
}

const struct type *__RTtypeid(const void *object)
{
    return locator_of(object)->type;
}

void *__RTCastToVoid(char *object)
{
    return object ? complete_object(object, locator_of(object)) : NULL;
}

/* ---- names -------------------------------------------------------------------------------------------- */

/* ".?AVinner@outer@@" is "class outer::inner".  Templates stay as the compiler wrote them. */
static char *plain_name(const char *decorated)
{
    static const char *const kinds[] = {"AV", "class ", "AU",  "struct ",
                                        "AT", "union ", "AW4", "enum "};
    size_t size = 2 * strlen(decorated) + 16;
    char *out = malloc(size);
    const char *from = decorated + (*decorated == '.') + (decorated[*decorated == '.'] == '?'),
               *end;

    if (!out)
        return NULL;
    *out = 0;
    for (int i = 0; i < 8; i += 2)
        if (strncmp(from, kinds[i], strlen(kinds[i])) == 0) {
            strcpy(out, kinds[i + 1]);
            from += strlen(kinds[i]);
            break;
        }
    end = strstr(from, "@@");
    if (!*out || !end || strchr(from, '?'))
        return strcpy(out, decorated + (*decorated == '.'));
    while (end > from) { /* the innermost name comes first: read backwards */
        const char *start = end;

        while (start > from && start[-1] != '@')
            start--;
        strncat(out, start, (size_t)(end - start));
        if (start > from)
            strcat(out, "::");
        end = start > from ? start - 1 : from;
    }
    return out;
}

/* type_info's data begins at its second member. */
const char *__std_type_info_name(struct type *type_data, void *list)
{
    char **name = (char **)type_data;

    (void)list;
    if (!*name)
        *name = plain_name((const char *)(name + 1));
    return *name;
}

void __std_type_info_destroy_list(void *list)
{
    (void)list; /* the process's heap goes as a whole */
}

int __std_type_info_compare(const char *const *a, const char *const *b)
{
    return a == b ? 0 : strcmp((const char *)(a + 1), (const char *)(b + 1));
}

size_t __std_type_info_hash(const char *const *data)
{
    size_t hash = 2166136261u;

    for (const char *at = (const char *)(data + 1); *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    return hash;
}

/* thiscall: the object in ECX. */
const char *__attribute__((thiscall)) crt_type_info_name(struct type *type)
{
    return __std_type_info_name((struct type *)&type->name, NULL);
}

const char *__attribute__((thiscall)) crt_type_info_raw_name(const struct type *type)
{
    return type->decorated;
}

int __attribute__((thiscall)) crt_type_info_equal(const struct type *a, const struct type *b)
{
    return same_type(a, b);
}

int __attribute__((thiscall)) crt_type_info_unequal(const struct type *a, const struct type *b)
{
    return !same_type(a, b);
}

int __attribute__((thiscall)) crt_type_info_before(const struct type *a, const struct type *b)
{
    return strcmp(a->decorated, b->decorated) < 0;
}

/* ---- what std::exception keeps: a text that may be its own --------------------------------------------- */

struct what {
    char *text;
    bool own;
};

void __std_exception_copy(const struct what *from, struct what *to)
{
    *to = *from;
    if (from->own && from->text) {
        to->text = _strdup(from->text);
        to->own = to->text != NULL;
    }
}

void __std_exception_destroy(struct what *what)
{
    if (what->own)
        free(what->text);
    *what = (struct what){NULL, false};
}
