/* newarray.cpp - homework about new[]: what the compiler asks for, stores, calls and gives back.
 *
 * newarray SIZE ALIGNMENT DESTRUCTOR COUNT   sizes 1 to 24 (multiples of the alignment), DESTRUCTOR none, defaulted, own
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Built without a C++ library, which 32-bit compilers often lack. */
extern "C" void *malloc(size_t bytes);
extern "C" int atoi(const char *text);
extern "C" [[noreturn]] void abort();
extern "C" void __cxa_throw_bad_array_new_length()
{
    abort();
}

static size_t asked;
static char *block, *given;
static unsigned made, ended, last_ended;
static bool descending;

void *operator new[](size_t bytes)
{
    asked = bytes;
    block = static_cast<char *>(malloc(bytes + 16));
    return block;
}

void operator delete[](void *) noexcept
{
}

void operator delete[](void *, size_t) noexcept
{
}

void operator delete(void *at) noexcept
{
    given = static_cast<char *>(at);
}

void operator delete(void *at, size_t) noexcept
{
    given = static_cast<char *>(at);
}

static void comes()
{
    made++;
}

static void goes(const void *at)
{
    unsigned offset = static_cast<unsigned>(static_cast<const char *>(at) - block) + 1;

    descending &= !ended || offset < last_ended;
    last_ended = offset;
    ended++;
}

template <unsigned Size, unsigned Align> struct alignas(Align) None {
    char bytes[Size];
    None()
    {
        comes();
    }
};

template <unsigned Size, unsigned Align> struct alignas(Align) Defaulted {
    char bytes[Size];
    Defaulted()
    {
        comes();
    }
    ~Defaulted() = default;
};

template <unsigned Size, unsigned Align> struct alignas(Align) Own {
    char bytes[Size];
    Own()
    {
        comes();
    }
    ~Own()
    {
        goes(this);
    }
};

template <typename T> static void answer(size_t count)
{
    T *array = new T[count];
    size_t front = static_cast<size_t>(reinterpret_cast<char *>(array) - block);
    unsigned single;

    descending = true;
    delete array; /* the mistake: what is given to the heap, and how many end? */
    single = ended;
    ended = 0;
    bool accepted = given == block;
    delete[] array;
    printf("{\"asked\": %zu, \"front\": %zu, \"made\": %u, \"ended\": %u, \"descending\": %d, "
           "\"single\": %u, \"accepted\": %d}\n",
           asked, front, made, ended, descending, single, accepted);
}

template <unsigned Size, unsigned Align>
static bool choose(unsigned size, unsigned align, const char *kind, size_t count)
{
    if (size != Size || align != Align)
        return false;
    if (strcmp(kind, "none") == 0)
        answer<None<Size, Align>>(count);
    else if (strcmp(kind, "defaulted") == 0)
        answer<Defaulted<Size, Align>>(count);
    else
        answer<Own<Size, Align>>(count);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    unsigned size = static_cast<unsigned>(atoi(argv[1])),
             align = static_cast<unsigned>(atoi(argv[2]));
    size_t count = static_cast<size_t>(atoi(argv[4]));

    return choose<4, 4>(size, align, argv[3], count) || choose<8, 4>(size, align, argv[3], count) ||
                   choose<12, 4>(size, align, argv[3], count) ||
                   choose<20, 4>(size, align, argv[3], count) ||
                   choose<8, 8>(size, align, argv[3], count) ||
                   choose<16, 8>(size, align, argv[3], count) ||
                   choose<24, 8>(size, align, argv[3], count)
               ? 0
               : 2;
}
