/* deep.c - lesson: a stack grows by itself, page by page, until there is none left.
 *
 * The stack is reserved as a whole and committed bit by bit.  Below the committed part lies one guard
 * page; who touches it moves it down.  What the program must do for that is: nothing.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdio.h>
#include <windows.h>

static jmp_buf way_out;
static char *last_limit;

static char *limit(void)
{
    char *value;

    __asm__ volatile("movl %%fs:8, %0" : "=r"(value)); /* the TEB's stack limit */
    return value;
}

static const char *name(const MEMORY_BASIC_INFORMATION *info)
{
    if (info->State == MEM_RESERVE)
        return "reserved";
    return info->Protect & PAGE_GUARD ? "guard" : "committed";
}

static void draw(void)
{
    MEMORY_BASIC_INFORMATION info;
    char *at;

    VirtualQuery(limit(), &info, sizeof info);
    at = info.AllocationBase;
    while (VirtualQuery(at, &info, sizeof info) && info.State != MEM_FREE &&
           (char *)info.AllocationBase <= limit()) {
        printf("  %08lX  %4lu KB  %s\n", (unsigned long)(ULONG_PTR)at,
               (unsigned long)info.RegionSize / 1024, name(&info));
        at += info.RegionSize;
    }
}

/* Each call takes 1 KB of stack. */
static int __attribute__((noinline)) dive(int depth, int bottom)
{
    volatile char frame[1000];

    frame[0] = 1;
    if (limit() != last_limit && depth <= bottom) {
        last_limit = limit();
        printf("  depth %2d: the limit is now %08lX\n", depth,
               (unsigned long)(ULONG_PTR)last_limit);
    }
    return depth == bottom ? 0 : dive(depth + 1, bottom) + frame[0];
}

static LONG CALLBACK leave(EXCEPTION_POINTERS *exception)
{
    printf("  exception %08lX: ", (unsigned long)exception->ExceptionRecord->ExceptionCode);
    longjmp(way_out, 1);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("A stack at the start:\n");
    draw();
    last_limit = limit();
    printf("Twenty calls, 1 KB each:\n");
    dive(1, 20);
    draw();
    AddVectoredExceptionHandler(1, leave);
    printf("Calls without end:\n");
    if (setjmp(way_out) == 0)
        dive(1, -1);
    printf("the stack is full\n");
    draw();
    printf("_resetstkoflw() %s the guard page back:\n", _resetstkoflw() ? "puts" : "can't put");
    draw();
    return 0;
}
