/* faultlog.c - lesson: can a program see its own page faults?  The working-set watch is Windows' own log of them. */
#include <stdio.h>
#include <windows.h>
/* after windows.h */
#include <psapi.h>

enum { PAGES = 4, MOST = 256 };

static PSAPI_WS_WATCH_INFORMATION changes[MOST];

int main(void)
{
    HANDLE self = GetCurrentProcess();
    char *pages = VirtualAlloc(NULL, PAGES * 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    int about_pages = 0;

    if (pages == NULL || !InitializeProcessForWsWatch(self))
        return 1;
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < PAGES; i++)
            pages[i * 4096]++;
    if (!GetWsChanges(self, changes, sizeof changes))
        return 1;
    for (int i = 0; changes[i].FaultingPc != NULL; i++) {
        char *va = changes[i].FaultingVa;
        const char *how = (ULONG_PTR)va & 1 ? "nothing to read" : "read from a file";
        size_t page = (size_t)(va - pages) / 4096;

        if (va >= pages && page < PAGES) {
            about_pages++;
            printf("page %u of 4: fault at %p, instruction at %p, %s\n", (unsigned)page, va,
                   changes[i].FaultingPc, how);
        }
    }
    printf("%d pages touched twice: %d faults\n", PAGES, about_pages);
    return 0;
}
