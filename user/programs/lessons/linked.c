/* linked.c - lesson: who says how large stack and heap are?  The linker; this file was linked with
 * -Wl,--stack,0x40000 -Wl,--heap,0x20000 (lessons.mk). */
#include <stdio.h>
#include <windows.h>

static unsigned region_at(const void *address)
{
    MEMORY_BASIC_INFORMATION info;
    const char *base, *at;

    VirtualQuery(address, &info, sizeof info);
    base = info.AllocationBase;
    for (at = base; VirtualQuery(at, &info, sizeof info) && info.AllocationBase == base;)
        at += info.RegionSize;
    return (unsigned)(at - base) / 1024;
}

static DWORD WINAPI thread(void *what)
{
    printf("%s: a stack of %u KB\n", (char *)what, region_at(&what));
    return 0;
}

static void run_thread(char *what, SIZE_T size)
{
    HANDLE handle = CreateThread(NULL, size, thread, what, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);

    WaitForSingleObject(handle, INFINITE);
    CloseHandle(handle);
}

int main(void)
{
    char *image = (char *)GetModuleHandleA(NULL);
    IMAGE_NT_HEADERS *header = (IMAGE_NT_HEADERS *)(image + ((IMAGE_DOS_HEADER *)image)->e_lfanew);

    printf("the file's header: a stack of %lu KB, a heap of %lu KB reserved\n",
           (unsigned long)header->OptionalHeader.SizeOfStackReserve / 1024,
           (unsigned long)header->OptionalHeader.SizeOfHeapReserve / 1024);
    printf("main: a stack of %u KB, the process heap %u KB\n", region_at(&image),
           region_at(GetProcessHeap()));
    run_thread("a thread, size 0", 0);
    run_thread("a thread, size 2 MB", 2 * 1024 * 1024);
    printf("Without such options both are 1 MB (run deep.exe, vad).\n"
           "\nYou should now be able to say: when is the size of a stack decided, and can it "
           "change later?\n");
    return 0;
}
