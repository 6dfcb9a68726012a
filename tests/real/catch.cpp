/* catch.cpp - try, catch, throw and __try in the form of Visual C++: compiled by clang for its ABI, linked against
 * msvcrt.dll.  Each fact is one line; the last line counts.
 */
extern "C" int printf(const char *, ...);
extern "C" void exit(int);
extern "C" void *_7type_info asm("??_7type_info@@6B@");
static int held, broken, destroyed;
static void fact(const char *what, bool holds)
{
    printf("%s msvc %s\n", holds ? "ok" : "not ok", what);
    (holds ? held : broken)++;
}
struct Base {
    int a;
    Base(int v) : a(v)
    {
    }
    Base(const Base &o) : a(o.a)
    {
    }
    virtual ~Base()
    {
        destroyed++;
    }
    virtual int id()
    {
        return 1;
    }
};
struct Other {
    int o = 7;
    virtual ~Other()
    {
    }
};
struct Derived : Other, Base {
    Derived(int v) : Base(v)
    {
    }
    int id() override
    {
        return 2;
    }
};
struct Guard {
    int *n;
    ~Guard()
    {
        ++*n;
    }
};
static int cleaned;
static void __attribute__((noinline)) thrower(int kind)
{
    Guard g{&cleaned};
    if (kind == 1)
        throw 42;
    if (kind == 2)
        throw Derived(5);
    if (kind == 3)
        throw "text";
    if (kind == 4) {
        volatile int *p = nullptr;
        *p = 1;
    }
}
static int __attribute__((noinline)) catcher(int kind)
{
    Guard g{&cleaned};
    try {
        thrower(kind);
    } catch (int i) {
        return i;
    } catch (Base &b) {
        return 100 * b.id() + b.a;
    } catch (...) {
        return -1;
    }
    return 0;
}
static int __attribute__((noinline)) again()
{
    int seen = 0;
    try {
        try {
            thrower(1);
        } catch (int) {
            seen++;
            throw;
        }
    } catch (int i) {
        seen += i;
    }
    for (int n = 0; n < 3; n++)
        try {
            try {
                thrower(2);
            } catch (int) {
                seen += 1000;
            }
        } catch (Base b) {
            seen += b.a;
        }
    return seen;
}
static int __attribute__((noinline)) finally_order()
{
    volatile int order = 0;
    __try {
        __try {
            thrower(4);
        } __finally {
            order = order * 10 + 1;
        }
    } __except (order = order * 10 + 2, 1) {
        order = order * 10 + 3;
    }
    return order;
}
extern "C" void start()
{
    fact("a number is caught by value", catcher(1) == 42 && cleaned == 2);
    fact("an object is caught as its second base, by reference",
         catcher(2) == 205 && destroyed == 1);
    fact("what no catch names goes to catch (...)", catcher(3) == -1);
    fact("nothing thrown, nothing caught", catcher(0) == 0 && cleaned == 8);
    fact("throw again, and by value in a loop", again() == 43 + 15);
    fact("filter, then finally, then the block", finally_order() == 213);
    printf("%d facts hold, %d do not\n", held, broken);
    exit(broken);
}
