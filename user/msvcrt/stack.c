/* stack.c - _resetstkoflw: makes a stack that was full watchable again.
 *
 * When a stack overflows, its last guard page has become an ordinary page and none is left: the next
 * overflow would be a plain access violation (W118).  Once the deep calls have been left, this puts
 * the guard back, just above the page that a stack never gets and what SetThreadStackGuarantee() has set aside.
 */
#include "user/msvcrt/crt.h"
#include <malloc.h>
#include <windows.h>

enum {
    PAGE = 0x1000,
    TEB_STACK_LIMIT = 8,
    TEB_STACK_ALLOCATION = 0xE0C,
    TEB_STACK_GUARANTEE = 0xF78
};

static char *teb_word(unsigned offset)
{
    char *word;

    __asm__ volatile("movl %%fs:(%1), %0" : "=r"(word) : "r"(offset));
    return word;
}

static void set_stack_limit(char *limit)
{
    __asm__ volatile("movl %0, %%fs:(%1)" : : "r"(limit), "r"(TEB_STACK_LIMIT) : "memory");
}

/* 1, or 0 if the stack is still in use that deep down. */
int _resetstkoflw(void)
{
    char *guard = teb_word(TEB_STACK_ALLOCATION) + PAGE + (size_t)teb_word(TEB_STACK_GUARANTEE);
    char *here = (char *)&guard;
    DWORD old;

    if (here < guard + 2 * PAGE)
        return 0;
    if (teb_word(TEB_STACK_LIMIT) > guard + PAGE)
        return 1; /* it isn't full: its guard page is still in place */
    if (!VirtualAlloc(guard, PAGE, MEM_COMMIT, PAGE_READWRITE) ||
        !VirtualProtect(guard, PAGE, PAGE_READWRITE | PAGE_GUARD, &old))
        return 0;
    set_stack_limit(guard + PAGE);
    return 1;
}
