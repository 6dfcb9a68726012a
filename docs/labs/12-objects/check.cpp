/* check.cpp - lab 12: arrays of objects with and without a destructor, looked at with HeapSize and HeapWalk. */
#include "docs/labs/lab.h"
#include "docs/labs/12-objects/objects.h"

static unsigned made, ended, wrong_order;
static char *last_made, *last_ended;

/* Says who comes and goes, and whether in order. */
static void comes(void *at)
{
    made++;
    wrong_order += last_made && static_cast<char *>(at) <= last_made;
    last_made = static_cast<char *>(at);
}

static void goes(void *at)
{
    ended++;
    wrong_order += last_ended && static_cast<char *>(at) >= last_ended;
    last_ended = static_cast<char *>(at);
}

static void fresh()
{
    made = ended = wrong_order = 0;
    last_made = last_ended = nullptr;
}

struct Plain {
    int value;
    Plain() { comes(this); }
};

struct Own {
    int value;
    Own() { comes(this); }
    ~Own() { goes(this); }
};

struct Wide {
    double value;
    Wide() { comes(this); }
    ~Wide() { goes(this); }
};
static_assert(alignof(Wide) == 8 || alignof(Wide) == 4, "what i386 says");

struct alignas(8) Aligned {
    int value[2];
    Aligned() { comes(this); }
    ~Aligned() { goes(this); }
};

static unsigned busy_blocks()
{
    PROCESS_HEAP_ENTRY entry;
    unsigned busy = 0;

    memset(&entry, 0, sizeof entry);
    while (HeapWalk(GetProcessHeap(), &entry))
        busy += (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0;
    return busy;
}

/* What the C library takes for itself at its first use is not the student's. */
static void walk_once()
{
    char text[28];

    sprintf(text, "%u", busy_blocks());
    mark("warm", static_cast<unsigned>(strlen(text)));
}

static unsigned asked(const void *block)
{
    return block ? static_cast<unsigned>(HeapSize(GetProcessHeap(), 0, block)) : 0;
}

/* The block that an array lies in: it begins 0, 4 or 8 bytes before, where the heap knows a block. */
template <typename T> static void look(const char *name, unsigned count, unsigned front)
{
    T *array = array_new<T>(count);
    char label[28];

    sprintf(label, "%s-asked", name);
    mark(label, asked(reinterpret_cast<char *>(array) - front));
    sprintf(label, "%s-address", name);
    mark(label, reinterpret_cast<uintptr_t>(array) % 8);
    sprintf(label, "%s-made", name);
    mark(label, made);
    sprintf(label, "%s-given", name);
    mark(label, array_delete(array));
    sprintf(label, "%s-ended", name);
    mark(label, ended);
    sprintf(label, "%s-order", name);
    mark(label, wrong_order);
    fresh();
}

static void overflow()
{
    Own *array = array_new<Own>(0x40000001);

    mark("overflow", array != nullptr);
    array = array_new<Own>(0x3FFFFFFF); /* 4 bytes short of 4 GB, and a count in front */
    mark("overflow-count", array != nullptr);
    mark("overflow-made", made);
    fresh();
}

int main(int argc, char **argv)
{
    unsigned count = argument(argc, argv, 1), before;
    void *block;

    setvbuf(stdout, nullptr, _IONBF, 0);
    walk_once();
    block = block_take(count * 3);
    mark("block", asked(block));
    mark("block-given", block_give(block));
    before = busy_blocks();
    look<Plain>("plain", count, 0);
    look<Own>("own", count, 4);
    look<Aligned>("aligned", count, 8);
    look<Wide>("wide", count, alignof(Wide) > 4 ? alignof(Wide) : 4);
    mark("left", busy_blocks() - before);
    mark("nothing", array_delete(static_cast<Own *>(nullptr)));
    if (argc > 2)
        overflow();
    return 0;
}
