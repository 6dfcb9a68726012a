/* heaps.c - lesson: private heaps, with their parameters: HeapCreate(options, first size, largest size). */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static DWORD WINAPI allocate(void *heap)
{
    return HeapAlloc(heap, 0, 100) != NULL;
}

/* Of a heap that can't grow: how much fits? */
static void fixed(void)
{
    HANDLE heap = HeapCreate(0, 0x1000, 0x8000);
    unsigned kilobytes = 0;

    while (HeapAlloc(heap, 0, 1000))
        kilobytes++;
    printf("HeapCreate(0, 4 KB, 32 KB): %u blocks of 1000 bytes fit, then NULL: it can't grow\n",
           kilobytes);
    printf("HeapCreate(0, 4 KB, 0):     it grows; 1 MB in one block: %s\n",
           HeapAlloc(HeapCreate(0, 0x1000, 0), 0, 0x100000) ? "yes" : "no");
    printf("HEAP_ZERO_MEMORY:           %s\n",
           *(char *)HeapAlloc(heap = HeapCreate(0, 0, 0), HEAP_ZERO_MEMORY, 10) ? "NOT ZERO"
                                                                                : "zeros");
}

/* A component that writes too far damages its own heap; the others stay sound. */
static void apart(void)
{
    HANDLE mine = HeapCreate(0, 0, 0), theirs = HeapCreate(0, 0, 0);
    volatile char *block = HeapAlloc(theirs, 0, 24);

    HeapAlloc(theirs, 0, 24);
    HeapAlloc(mine, 0, 24);
    block[24] = 1; /* one byte too far */
    printf("one byte too far in their heap: theirs is %s, mine is %s\n",
           HeapValidate(theirs, 0, NULL) ? "sound" : "damaged",
           HeapValidate(mine, 0, NULL) ? "sound" : "damaged");
}

/* HeapLock is the lock that HeapAlloc takes. */
static void locked(void)
{
    HANDLE heap = HeapCreate(0, 0, 0), thread;

    HeapLock(heap);
    thread = CreateThread(NULL, 0, allocate, heap, 0, NULL);
    printf("HeapLock held here; HeapAlloc of another thread: %s\n",
           WaitForSingleObject(thread, 50) == WAIT_TIMEOUT ? "waits" : "DID NOT WAIT");
    HeapUnlock(heap);
    printf("after HeapUnlock: %s\n",
           WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0 ? "it goes on" : "?");
    CloseHandle(thread);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    fixed();
    apart();
    locked();
    printf("\nYou should now be able to say: four reasons for a heap of one's own, and what each "
           "of the\n"
           "three parameters is good for?\n");
    return 0;
}
