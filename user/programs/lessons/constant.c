/* constant.c - lesson: constants and code are pages that may only be read. */
#include <stdio.h>
#include <windows.h>

static const char greeting[] = "a constant";
static const int number = 42;
static int variable = 42;

static const char *protection(const void *address)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(address, &info, sizeof info);
    switch (info.Protect) {
    case PAGE_READONLY:
        return "read";
    case PAGE_EXECUTE_READ:
        return "read, execute";
    case PAGE_WRITECOPY:
        return "read, copied when written";
    default:
        return "read, write";
    }
}

static const char *what;

static LONG WINAPI refused(EXCEPTION_POINTERS *info)
{
    printf("    written to: exception %08lX, %s\n",
           (unsigned long)info->ExceptionRecord->ExceptionCode, what);
    printf("\nYou should now be able to say: who refuses, the compiler, the loader or the "
           "processor, and\n"
           "what is it good for that nobody can write into code?\n");
    ExitProcess(0);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("main() (.text)           %p  %s\n", (void *)main, protection((void *)main));
    printf("a constant text (.rdata) %p  %s\n", (const void *)greeting, protection(greeting));
    printf("a constant (.rdata)      %p  %s\n", (const void *)&number, protection(&number));
    printf("a variable (.data)       %p  %s\n", (void *)&variable, protection(&variable));
    variable = 43;
    printf("    written to: it is %d\n", variable);
    what = "the constant is as it was";
    printf("a cast takes the `const` away, not the protection:\n");
    AddVectoredExceptionHandler(1, refused);
    *(volatile char *)(UINT_PTR)greeting = 'A';
    return 1;
}
