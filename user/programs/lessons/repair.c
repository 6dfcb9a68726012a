/* repair.c - lesson: a fault is a question, and a program may answer it.
 *
 * A table of 64 MB is reserved, not committed: it costs nothing.  Whoever touches a page of it raises
 * an access violation; the handler commits that page and lets the instruction run again.  The program
 * that writes to the table knows nothing of all this.  The kernel does the same with its own pages.
 */
#include <stdio.h>
#include <windows.h>

enum { TABLE_SIZE = 64 << 20 };

static char *table;
static int repairs;

static LONG CALLBACK commit_it(EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    char *at = (char *)record->ExceptionInformation[1];

    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION || at < table ||
        at >= table + TABLE_SIZE)
        return EXCEPTION_CONTINUE_SEARCH;
    repairs++;
    printf("  violation %d: the instruction at %08lX wanted to %s %08lX; committed\n", repairs,
           (unsigned long)exception->ContextRecord->Eip,
           record->ExceptionInformation[0] ? "write" : "read", (unsigned long)(ULONG_PTR)at);
    if (!VirtualAlloc(at, 1, MEM_COMMIT, PAGE_READWRITE))
        return EXCEPTION_CONTINUE_SEARCH;
    return EXCEPTION_CONTINUE_EXECUTION;
}

int main(void)
{
    static const int places[] = {5, 5000, 5001, 40 << 20, TABLE_SIZE - 1};
    void *cookie;
    int sum = 0;

    setvbuf(stdout, NULL, _IONBF, 0);
    cookie = AddVectoredExceptionHandler(1, commit_it);
    table = VirtualAlloc(NULL, TABLE_SIZE, MEM_RESERVE, PAGE_READWRITE);
    printf("A table of 64 MB is reserved at %08lX.\n", (unsigned long)(ULONG_PTR)table);
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        table[places[i]] = (char)(i + 1);
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        sum += table[places[i]];
    printf("%d bytes written and read back, sum %d; %d pages were committed for it.\n",
           (int)(sizeof places / sizeof *places), sum, repairs);
    RemoveVectoredExceptionHandler(cookie);
    printf("Without the handler the same is the program's end:\n");
    table[1 << 20] = 1;
    return 1;
}
