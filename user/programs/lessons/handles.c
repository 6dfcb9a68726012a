/* handles.c - lesson: kernel objects are reached by handles only. */
#include <stdio.h>
#include <windows.h>

static LONG WINAPI refused(EXCEPTION_POINTERS *info)
{
    printf("the object's memory is in the kernel's half: reading 80100000 gives exception %08lX\n",
           (unsigned long)info->ExceptionRecord->ExceptionCode);
    printf("\nYou should now be able to say: why does a program get a number instead of an "
           "address?\n");
    ExitProcess(0);
}

int main(void)
{
    HANDLE first = CreateEventA(NULL, TRUE, FALSE, "lesson"),
           second = OpenEventA(EVENT_ALL_ACCESS, FALSE, "lesson");
    const char *refusal;
    HANDLE copy;

    setvbuf(stdout, NULL, _IONBF, 0);
    DuplicateHandle(GetCurrentProcess(), first, GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    printf("one event, three handles: %lu, %lu and %lu: small numbers, no addresses\n",
           (unsigned long)(UINT_PTR)first, (unsigned long)(UINT_PTR)second,
           (unsigned long)(UINT_PTR)copy);
    SetEvent(first);
    printf("set by the first, seen by the second: %s\n",
           WaitForSingleObject(second, 0) == WAIT_OBJECT_0 ? "set" : "NOT SET");
    CloseHandle(first);
    printf("the first is closed; by the third the event is still %s\n",
           WaitForSingleObject(copy, 0) == WAIT_OBJECT_0 ? "set" : "NOT SET");
    refusal = SetEvent(first) ? "ACCEPTED" : "refused";
    printf("a closed handle: %s, error %lu\n", refusal, GetLastError());
    printf("a number that was never a handle: %s\n",
           SetEvent((HANDLE)0x7777) ? "ACCEPTED" : "refused");
    AddVectoredExceptionHandler(1, refused);
    return *(volatile char *)0x80100000;
}
