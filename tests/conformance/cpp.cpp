/* cpp.cpp - facts W213 to W221: what new[] and delete[] ask of the allocator.
 *
 * The global operators are replaced by ones that write down what they are asked, so every size and
 * every address below is what the compiler's code really passed.
 */
#include "tests/conformance/fact.h"
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

struct record {
    std::size_t asked; /* of the last operator new[] */
    void *given;       /* its result */
    void *returned;    /* to the last operator delete or delete[] */
    std::size_t sized; /* the size that delete was told, or -1 */
};
static record last;

void *operator new[](std::size_t size)
{
    last.asked = size;
    last.given = std::malloc(size);
    if (!last.given)
        throw std::bad_alloc();
    return last.given;
}

void operator delete[](void *block) noexcept
{
    last.returned = block;
    last.sized = static_cast<std::size_t>(-1);
    std::free(block);
}

void operator delete[](void *block, std::size_t size) noexcept
{
    last.returned = block;
    last.sized = size;
    std::free(block);
}

struct Plain {
    int value;
};

static char order[16];
static int ordered;

struct Counted {
    int value;
    ~Counted()
    {
        order[ordered++ % 16] = static_cast<char>('0' + value);
    }
};

struct Wide {
    double value;
    ~Wide()
    {
        value = 0;
    }
};

struct DefaultDestructor {
    int value;
    ~DefaultDestructor() = default;
};

/* A compiler may leave out a pair of new and delete whose pointer nobody else sees (GCC 15 does): this looks at it. */
template <class T> static T *seen(T *made)
{
    asm volatile("" : "+r"(made) : : "memory");
    return made;
}

static void test_trivial()
{
    Plain *plain = seen(new Plain[5]);

    fact_number("W213", "new Plain[5] asks for 5 * sizeof", 5 * sizeof(Plain), last.asked);
    fact("W213", "and gives the block itself", plain == last.given);
    delete[] plain;
    fact("W213", "delete[] returns the same pointer", last.returned == plain);
    DefaultDestructor *defaulted = seen(new DefaultDestructor[3]);
    fact_number("W213", "a defaulted destructor needs no cookie", 3 * sizeof(int), last.asked);
    delete[] defaulted;
}

static void test_cookie()
{
    Counted *counted = seen(new Counted[3]);
    char *block = static_cast<char *>(last.given);

    fact_number("W214", "new Counted[3] asks for a cookie more", 3 * sizeof(Counted) + 4,
                last.asked);
    fact_number("W214", "elements start behind the cookie", 4,
                reinterpret_cast<char *>(counted) - block);
    fact_number("W214", "_msize of the block", 3 * sizeof(Counted) + 4, _msize(block));
    fact_number("W215", "the count lies just before element 0", 3,
                reinterpret_cast<std::uint32_t *>(counted)[-1]);
    for (int i = 0; i < 3; i++)
        counted[i].value = i;
    ordered = 0;
    delete[] counted;
    fact("W219", "delete[] destroys from last to first", std::memcmp(order, "210", 3) == 0);
    fact("W219", "and frees the start of the block", last.returned == block);
    fact_number("W219", "C++14: the sized form is told the whole size", 3 * sizeof(Counted) + 4,
                static_cast<long long>(last.sized));
}

static void test_wide_cookie()
{
    Wide *wide = seen(new Wide[2]);
    char *block = static_cast<char *>(last.given);

    fact_number("W214", "an 8-byte aligned type has an 8-byte cookie", 8,
                reinterpret_cast<char *>(wide) - block);
    fact_number("W216", "Itanium: the count is at block + 4", 2,
                *reinterpret_cast<std::uint32_t *>(block + 4));
    fact_number("W217", "alignof(double) in a PE build", 8, alignof(double));
    fact_number("W217", "alignof(long long) in a PE build", 8, alignof(long long));
    delete[] wide;
}

static void test_overflow()
{
    volatile std::size_t count = 0x40000000;
    bool thrown = false;

    try {
        delete[] seen(new Counted[count]);
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    fact("W218", "a count whose bytes overflow throws bad_alloc", thrown);
}

/* The planned error: the heap is handed a pointer 4 bytes inside the block. */
static void test_wrong_delete()
{
    Counted *counted = seen(new Counted[3]);
    void *block = last.given;

    errno = 0;
    fact_number("W220", "_msize of the offset pointer fails", -1,
                static_cast<int>(_msize(counted)));
    errno = 0;
    std::free(counted);
    fact_number("W220", "freeing the offset pointer is refused: errno", EINVAL, errno);
    fact_number("W220", "the block is untouched", 3 * sizeof(Counted) + 4, _msize(block));
    delete[] counted;
    fact("W220", "delete[] finds the block", last.returned == block);
}

struct Virtual {
    int *destroyed;
    explicit Virtual(int *counter) : destroyed(counter)
    {
    }
    virtual ~Virtual()
    {
        ++*destroyed;
    }
};

static void test_destructors()
{
    int destroyed = 0;
    alignas(Virtual) char room[sizeof(Virtual)];
    Virtual *placed = new (room) Virtual(&destroyed);
    Virtual *single = seen(new Virtual(&destroyed));

    placed->~Virtual();
    fact_number("W221", "the complete destructor destroys and frees nothing", 1, destroyed);
    delete single;
    fact_number("W221", "the deleting destructor destroys once and frees", 2, destroyed);
}

static int thrower(int depth)
{
    std::string local(100, 'x');

    if (depth == 0)
        throw std::runtime_error(local.substr(0, 5));
    return thrower(depth - 1) + static_cast<int>(local.size());
}

static void test_exceptions()
{
    std::string caught;
    bool out_of_range = false;

    try {
        thrower(50);
    } catch (const std::exception &error) {
        caught = error.what();
    }
    fact("C++", "an exception crosses 50 frames and their destructors", caught == "xxxxx");
    try {
        (void)std::vector<int>(3).at(7);
    } catch (const std::out_of_range &) {
        out_of_range = true;
    }
    fact("C++", "the library's own exceptions arrive", out_of_range);
}

int main(int argc, char **argv)
{
    bool skip_own = argc > 1 && std::strcmp(argv[1], "portable") == 0;

    test_trivial();
    test_cookie();
    test_wide_cookie();
    test_overflow();
    if (!skip_own)
        test_wrong_delete();
    test_destructors();
    test_exceptions();
    return facts_end();
}
