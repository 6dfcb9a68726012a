/* frame.c - lesson: stack frames come and go with the calls, and the stack grows down. */
#include <stdio.h>
#include <windows.h>

static UINT_PTR before;

/* noinline: each call has a frame of its own. */
static __attribute__((noinline)) int call(int parameter)
{
    volatile int local = parameter * 10;
    UINT_PTR here = (UINT_PTR)&local;

    printf("  call(%d): parameter at %p, return address at %p, local at %p, %ld bytes below the "
           "last\n",
           parameter, (void *)((char *)__builtin_frame_address(0) + 8),
           (void *)((char *)__builtin_frame_address(0) + 4), (void *)here, (long)(before - here));
    before = here;
    if (parameter < 3)
        call(parameter + 1);
    return local;
}

int main(void)
{
    int local = 0;
    NT_TIB *tib = (NT_TIB *)NtCurrentTeb();
    UINT_PTR first;

    before = (UINT_PTR)&local;
    printf("Three calls, one in the other:\n");
    call(1);
    first = before;
    before = (UINT_PTR)&local;
    printf("They have returned, their frames are gone.  Again:\n");
    call(1);
    printf("the third local is at %s address as before\n\n",
           first == before ? "the same" : "another");
    printf("The stack: %p down to %p; the program is at %p, above it.\n", tib->StackBase,
           tib->StackLimit, (void *)GetModuleHandleA(NULL));
    printf("It grows down because PUSH counts down.  What keeps it from anything else is not the\n"
           "direction: it is the reservation with a guard page, and for the kernel the U/S bit.\n"
           "\nYou should now be able to say: what lies in a frame, and why may a function not "
           "return the\n"
           "address of a local?\n");
    return 0;
}
