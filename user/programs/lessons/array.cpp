// array.cpp - lesson: delete on what new[] has made, for once really done.
//
// The operators say what they are asked for.  With a destructor new[] asks for 4 bytes more, and `delete` instead of
// `delete[]` hands free() an address that is not the block's.  Without one there is no difference.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <new>

void *operator new[](std::size_t size)
{
    void *block = std::malloc(size);

    std::printf("    new[] asks malloc for %u bytes: %p\n", static_cast<unsigned>(size), block);
    return block;
}

static void give(const char *who, void *block)
{
    errno = 0;
    std::free(block);
    std::printf("    %s calls free(%p): %s; the heap is %s\n", who, block,
                errno ? "refused" : "done", _heapchk() == _HEAPOK ? "sound" : "damaged");
}

void operator delete[](void *block) noexcept
{
    give("delete[]", block);
}
void operator delete[](void *block, std::size_t) noexcept
{
    give("delete[]", block);
}
void operator delete(void *block) noexcept
{
    give("delete", block);
}
void operator delete(void *block, std::size_t) noexcept
{
    give("delete", block);
}

struct Plain {
    int value;
};

static int born, died;

struct Full {
    int value = born++;
    ~Full()
    {
        died++;
    }
};

// So that the compiler does not see where the pointer is from.
static Full *volatile full;
static Plain *volatile plain;

static void count(const char *what)
{
    std::printf("    %s: %d constructors, %d destructors\n", what, born, died);
    born = died = 0;
}

int main()
{
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::puts("new Full[2], delete[]:");
    full = new Full[2];
    std::printf("    the program gets %p, behind the count %u\n", static_cast<void *>(full),
                reinterpret_cast<unsigned *>(full)[-1]);
    delete[] full;
    count("as it should be");
    std::puts("new Full[2], delete:");
    full = new Full[2];
    delete full;
    count("the mistake");
    std::puts("new Plain[3], delete: no destructor, no count:");
    plain = new Plain[3];
    delete plain;
    std::puts("\nYou should now be able to say: which two things go wrong with delete instead of "
              "delete[],\n"
              "and why does nothing go wrong for int?");
    return 0;
}
