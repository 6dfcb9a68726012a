/* fibers.c - lesson: what is a thread without its scheduler?  Two fibers take turns on one thread; each has a stack. */
#include <stdio.h>
#include <windows.h>

static void *home, *counter, *speller;

static void where(const char *who)
{
    MEMORY_BASIC_INFORMATION info;
    char here = 0;

    VirtualQuery(&here, &info, sizeof info);
    printf("  %s: a local at %p, in the stack at %p; thread %lu\n", who, &here, info.AllocationBase,
           GetCurrentThreadId());
}

static void CALLBACK count(void *data)
{
    where("counter");
    for (int i = 1; i <= 3; i++) {
        printf("  %d\n", i);
        SwitchToFiber(speller);
    }
    SwitchToFiber(data);
}

static void CALLBACK spell(void *data)
{
    static const char *const words[] = {"one", "two", "three"};

    (void)data;
    where("speller");
    for (int i = 0;; i++) {
        printf("  %s\n", words[i]);
        SwitchToFiber(counter);
    }
}

int main(void)
{
    home = ConvertThreadToFiber(NULL);
    if (home == NULL)
        return 1;
    counter = CreateFiber(0, count, home);
    speller = CreateFiber(0, spell, NULL);
    if (counter == NULL || speller == NULL)
        return 1;
    where("main");
    SwitchToFiber(counter);
    printf("back in main: 6 turns, 3 stacks, 1 thread; the scheduler knew nothing of it\n");
    DeleteFiber(counter);
    DeleteFiber(speller); /* in the middle of its loop: nobody asks it */
    return 0;
}
