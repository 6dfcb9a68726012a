/* window.c - lesson: how can a program use more memory than it has addresses for?  Physical pages of its own (AWE). */
#include <stdio.h>
#include <windows.h>

enum { PAGE = 4096, PAGES = 64, AT_ONCE = 4 };

int main(void)
{
    static ULONG_PTR frames[PAGES];
    ULONG_PTR count = PAGES;
    int *window = VirtualAlloc(NULL, AT_ONCE * PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
    int sum = 0;

    if (window == NULL || !AllocateUserPhysicalPages(GetCurrentProcess(), &count, frames)) {
        printf("no pages: error %lu\n", GetLastError());
        return 1;
    }
    printf("%lu pages of RAM, a window of %d pages at %p\n", (unsigned long)count, AT_ONCE,
           (void *)window);
    for (int turn = 0; turn < 2; turn++) /* write all of them, then read all of them */
        for (int page = 0; page < PAGES; page++) {
            int *place = window + page % AT_ONCE * PAGE / sizeof(int);

            if (page % AT_ONCE == 0 && !MapUserPhysicalPages(window, AT_ONCE, frames + page))
                return 1;
            if (turn == 0)
                *place = page + 1;
            else
                sum += *place;
        }
    printf("page 1 was in frame %05lX, page 64 in frame %05lX\n", (unsigned long)frames[0],
           (unsigned long)frames[PAGES - 1]);
    printf("64 numbers seen through 4 pages: their sum is %d\n", sum);
    MapUserPhysicalPages(window, AT_ONCE, NULL);
    FreeUserPhysicalPages(GetCurrentProcess(), &count, frames);
    printf("%lu pages given back\n", (unsigned long)count);
    return 0;
}
