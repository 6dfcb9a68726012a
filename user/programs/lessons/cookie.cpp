// cookie.cpp - lesson: what new[] asks for, and how delete[] knows how many destructors to call.
//
// Classes A and B need no destructor call, so new[] asks for the elements and nothing else.  C has a
// destructor: the compiler asks for a few bytes more, writes the count there (the array cookie) and
// gives the program the address behind it.  That address is not the block's: _msize() of it fails.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>

class A
{
    int value;
};

class B
{
    int value;

  public:
    ~B() = default;
};

class C
{
    int value;

  public:
    ~C()
    {
        std::printf("    ~C() at %p\n", static_cast<void *>(this));
        value = 0;
    }
};

class D
{
    double value;

  public:
    ~D()
    {
        value = 0;
    }
};

static void print_size(const char *what, void *address)
{
    std::size_t size = _msize(address);

    if (size == static_cast<std::size_t>(-1))
        std::printf("    _msize(%s) fails: the heap knows no block at %p\n", what, address);
    else
        std::printf("    _msize(%s) = %u\n", what, static_cast<unsigned>(size));
}

int main()
{
    A *a = new A[3];
    B *b = new B[3];
    C *c = new C[3];
    D *d = new D[3];
    std::uint32_t *count = reinterpret_cast<std::uint32_t *>(c) - 1;

    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::puts("Three objects of 4 bytes each, with new[]:");
    print_size("A[3], no destructor", a);
    print_size("B[3], defaulted destructor", b);
    print_size("C[3], its own destructor", c);
    std::puts("\nThe block of C[3] starts where its cookie lies, 4 bytes before element 0:");
    print_size("C[3] - 4 bytes", count);
    std::printf("    the word there is %u, the number of elements\n",
                static_cast<unsigned>(*count));
    std::puts("\nD holds a double, which needs an 8-byte boundary, so its cookie takes 8 bytes:");
    print_size("D[3] - 8 bytes", reinterpret_cast<char *>(d) - 8);
    std::puts("\ndelete[] reads the count and destroys from the last element to the first:");
    delete[] c;
    std::puts(
        "\ndelete instead of delete[] would destroy one element and hand free() the address of\n"
        "element 0, which is not a block.  What free() does with it:");
    C *wrong = new C[2];
    errno = 0;
    std::free(wrong);
    std::printf("    free(C[2]) sets errno to %d (EINVAL is %d); the heap is %s\n", errno, EINVAL,
                _heapchk() == _HEAPOK ? "sound, the block is lost" : "damaged");
    delete[] a;
    delete[] b;
    delete[] d;
    return 0;
}
