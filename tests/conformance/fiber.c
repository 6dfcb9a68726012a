/* fiber.c - fibers, their slots, and room for whoever handles a full stack (W320 to W323).  Runs on Windows, too. */
#include "tests/conformance/fact.h"

#include <malloc.h>
#include <setjmp.h>
#include <string.h>
#include <windows.h>

static void *main_fiber, *other;
static int trace[16], steps;
static DWORD slot, freed;

static void note(int what)
{
    if (steps < 16)
        trace[steps++] = what;
}

static __attribute__((noinline)) int deep(void)
{
    volatile char frame[200000];

    frame[0] = 1;
    frame[sizeof frame - 1] = 2;
    return frame[0] + frame[sizeof frame - 1];
}

static void CALLBACK body(void *data)
{
    MEMORY_BASIC_INFORMATION info;
    char here;

    note(GetCurrentFiber() == other && GetFiberData() == data);
    SwitchToFiber(main_fiber);
    VirtualQuery(&here, &info, sizeof info);
    note((char *)info.AllocationBase != (char *)main_fiber &&
         &here < (char *)((NT_TIB *)NtCurrentTeb())->StackBase &&
         &here >= (char *)((NT_TIB *)NtCurrentTeb())->StackLimit);
    note(deep());
    FlsSetValue(slot, (void *)7);
    SwitchToFiber(main_fiber);
    for (;;) {
        note(99);
        SwitchToFiber(main_fiber);
    }
}

static void WINAPI on_free(void *value)
{
    freed += (DWORD)(ULONG_PTR)value;
}

static void test_converting(void)
{
    fact("W320", "a thread is no fiber", !IsThreadAFiber());
    fact("W320", "and can't be made a thread: error 1281",
         !ConvertFiberToThread() && GetLastError() == ERROR_ALREADY_THREAD);
    main_fiber = ConvertThreadToFiber((void *)5);
    fact("W320", "ConvertThreadToFiber: now it is one, with its data",
         main_fiber != NULL && IsThreadAFiber() && GetCurrentFiber() == main_fiber &&
             GetFiberData() == (void *)5);
    fact("W320", "only once: error 1280",
         ConvertThreadToFiberEx(NULL, 0) == NULL && GetLastError() == ERROR_ALREADY_FIBER);
    fact("W320", "CreateFiberEx: a flag that isn't one is refused, error 87",
         CreateFiberEx(0, 0, 2, body, NULL) == NULL && GetLastError() == ERROR_INVALID_PARAMETER);
}

static void test_switching(void)
{
    void *chain_before, *chain_after;
    USHORT control = 0x27F, now = 0;

    slot = FlsAlloc(on_free);
    FlsSetValue(slot, (void *)3);
    other = CreateFiberEx(0x3000, 0x100000, FIBER_FLAG_FLOAT_SWITCH, body, &trace);
    fact("W321", "CreateFiber", other != NULL);
    __asm__ volatile("movl %%fs:0, %0\n fldcw %1" : "=r"(chain_before) : "m"(control));
    SwitchToFiber(other);
    __asm__ volatile("movl %%fs:0, %0\n fnstcw %1" : "=r"(chain_after), "=m"(now));
    fact("W321", "it ran, knew itself and its data", steps == 1 && trace[0] == 1);
    fact("W321", "handlers and rounding are as they were",
         chain_before == chain_after && now == control);
    SwitchToFiber(other);
    fact("W321", "its stack is its own, the TEB knew it", steps == 3 && trace[1] == 1);
    fact_number("W321", "and it grew", 3, trace[2]);
    fact("W322", "each fiber has slots of its own", FlsGetValue(slot) == (void *)3 && freed == 0);
    SwitchToFiber(other);
    fact_number("W321", "it goes on where it was", 99, trace[3]);
    DeleteFiber(other);
    fact_number("W322", "the end of a fiber calls the slot's function with its value", 7, freed);
    FlsFree(slot);
    fact_number("W322", "and the end of the slot for the fibers that are left", 10, freed);
}

static void CALLBACK returns(void *data)
{
    *(int *)data = 1;
}

static DWORD WINAPI thread_of_fibers(void *data)
{
    ConvertThreadToFiber(NULL);
    SwitchToFiber(CreateFiber(0, returns, data));
    return 77; /* never */
}

static DWORD WINAPI deletes_itself(void *data)
{
    (void)data;
    DeleteFiber(ConvertThreadToFiber(NULL));
    return 77; /* never */
}

static DWORD run(LPTHREAD_START_ROUTINE function, void *data)
{
    HANDLE thread = CreateThread(NULL, 0, function, data, 0, NULL);
    DWORD code = 0;

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

static void test_ends(void)
{
    int ran = 0;

    fact("W321", "a fiber whose function returns ends its thread",
         run(thread_of_fibers, &ran) != 77 && ran == 1);
    fact_number("W321", "who deletes the fiber that runs ends its thread, with 1", 1,
                run(deletes_itself, NULL));
    fact("W320", "ConvertFiberToThread", ConvertFiberToThread() && !IsThreadAFiber());
}

/* --- SetThreadStackGuarantee --- */

static jmp_buf back;
static DWORD code;
static int room;

static __attribute__((noinline)) int fall(int n)
{
    volatile char frame[500];

    frame[0] = (char)n;
    return fall(n + 1) + frame[0];
}

static LONG CALLBACK on_overflow(EXCEPTION_POINTERS *exception)
{
    volatile char *at = _alloca(16);

    if (exception->ExceptionRecord->ExceptionCode != STATUS_STACK_OVERFLOW)
        return EXCEPTION_CONTINUE_SEARCH;
    code = exception->ExceptionRecord->ExceptionCode;
    for (int i = 0; i < 0x8000; i += 0x800) /* much more than the page that is left otherwise */
        at[-i] = 1;
    room = 1;
    longjmp(back, 1);
}

static DWORD WINAPI overflows(void *data)
{
    ULONG size = 0x9000, again = 0x1000, asked = 0;
    void *handler = AddVectoredExceptionHandler(1, on_overflow);
    int *good = data;

    good[0] = SetThreadStackGuarantee(&size) && size == 0;
    good[1] = SetThreadStackGuarantee(&again) && again == 0x9000 &&
              SetThreadStackGuarantee(&asked) && asked == 0x9000;
    size = 0x7FFFFFFF;
    good[2] = !SetThreadStackGuarantee(&size) && GetLastError() == ERROR_INVALID_PARAMETER;
    for (int i = 0; i < 2; i++) {
        code = 0;
        room = 0;
        if (setjmp(back) == 0)
            fall(0);
        good[3 + i] = code == STATUS_STACK_OVERFLOW && room;
        good[5] = _resetstkoflw();
    }
    RemoveVectoredExceptionHandler(handler);
    return 0;
}

static void test_guarantee(void)
{
    int good[6] = {0};

    run(overflows, good);
    fact("W323", "SetThreadStackGuarantee gives what was guaranteed before", good[0]);
    fact("W323", "it only grows; 0 asks", good[1]);
    fact("W323", "not more than the stack has: error 87", good[2]);
    fact("W323", "the handler of an overflow has that much", good[3]);
    fact("W323", "and so has the next one, after _resetstkoflw", good[4] && good[5]);
}

int main(void)
{
    test_converting();
    test_switching();
    test_ends();
    test_guarantee();
    return facts_end();
}
