// object.cpp - lesson: memory is not yet an object.
//
// malloc gives bytes.  new asks for bytes and calls the constructor; delete calls the destructor and gives the bytes
// back.  This program's operator new and delete say whom they call.  (A compiler may leave out a pair of new and
// delete whose pointer nobody else can see, and GCC 15 does: so these pointers are volatile.)
#include <cstdio>
#include <cstdlib>
#include <new>

void *operator new(std::size_t size)
{
    void *block = std::malloc(size);

    std::printf("    operator new(%u) calls malloc(%u) = %p\n", static_cast<unsigned>(size),
                static_cast<unsigned>(size), block);
    return block;
}

void operator delete(void *block) noexcept
{
    std::printf("    operator delete calls free(%p)\n", block);
    std::free(block);
}

void operator delete(void *block, std::size_t) noexcept
{
    operator delete(block);
}

class Account
{
    const char *name;
    int balance;

  public:
    explicit Account(const char *n) : name(n), balance(100)
    {
        std::printf("    constructor: %s\n", name);
    }
    ~Account()
    {
        std::printf("    destructor: %s\n", name);
    }
    int look() const
    {
        return balance;
    }
};

static Account global("a global, before main() begins");

int main()
{
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::puts("main() begins.\nA local object in a block:");
    {
        Account local("a local");
        std::puts("    the block ends here, main() does not");
    }
    std::puts("malloc(sizeof(Account)), with a size to compute and a cast to write:");
    void *bytes = std::calloc(1, sizeof(Account));
    std::printf("    its balance is %d: no constructor has run; to malloc it is a void *\n",
                static_cast<Account *>(bytes)->look());
    std::puts("free of it:");
    std::free(bytes);
    std::puts("    no destructor has run");
    std::puts("new Account, no size, no cast:");
    Account *volatile object = new Account("with new");
    std::printf("    its balance is %d\n", object->look());
    std::puts("delete of it:");
    delete object;
    std::puts("new int: the same operator for a type without constructors:");
    int *volatile number = new int(7);
    std::printf("    *number is %d\n", *number);
    delete number;
    std::puts("\nYou should now be able to say: what do new and delete do that malloc and free "
              "can't, and\n"
              "when is a global, a local, a new object destroyed?\n\nmain() ends.");
    return 0;
}
