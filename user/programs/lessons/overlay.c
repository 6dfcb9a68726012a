/* overlay.c - lesson: overlays, the technique that virtual memory replaced.
 *
 * A program of six parts of 16 KB (any file will do for them), and room for one.  With overlays the program itself loads the part that it
 * needs next, always the whole part, and must know which one is there.  With paging the file is mapped, and
 * each page is read when it is touched.  Then a second program does the same at the same time.
 */
#include "user/programs/lessons/counters.h"

#include <stdio.h>

enum { PAGE = 4096, PART = 4 * PAGE };

static const char steps[] = "ABACABDAEAFABACADA"; /* which part runs next */
/* A part at work: two of its four pages. */
static unsigned work(const unsigned char *part)
{
    return part[100] + part[2 * PAGE + 100] + 0u;
}

static HANDLE open_file(void)
{
    return CreateFileA("sort.u16", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
}

/* By hand.  What a program with overlays must bring along is all in here. */
static unsigned overlays(unsigned *bytes)
{
    static unsigned char room[PART];
    HANDLE file = open_file();
    unsigned sum = 0;
    int loaded = -1;

    for (const char *step = steps; *step; step++) {
        DWORD done;
        int part = *step - 'A';

        if (part != loaded) {
            SetFilePointer(file, part * PART, NULL, FILE_BEGIN);
            ReadFile(file, room, PART, &done, NULL);
            *bytes += done;
            loaded = part;
        }
        sum += work(room);
    }
    CloseHandle(file);
    return sum;
}

static unsigned paging(unsigned *bytes)
{
    HANDLE file = open_file(), section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    const unsigned char *view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    unsigned sum = 0, before, after;

    faults_so_far(&before);
    for (const char *step = steps; view && *step; step++)
        sum += work(view + (*step - 'A') * PART);
    faults_so_far(&after);
    *bytes = (after - before) * PAGE; /* a hard fault reads a page */
    return sum;
}

int main(int argc, char **argv)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    unsigned by_hand = 0, paged = 0, sums[2];
    char command[] = "overlay.exe again";

    (void)argv;
    sums[1] = paging(&paged);
    sums[0] = overlays(&by_hand);
    printf("%s overlays: %3u KB read; paging: %3u KB; %s\n",
           argc < 2 ? "one program:" : "the second: ", by_hand / 1024, paged / 1024,
           sums[0] == sums[1] ? "the same result" : "DIFFERENT results");
    if (argc > 1 ||
        !CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child))
        return sums[0] != sums[1];
    WaitForSingleObject(child.hProcess, INFINITE);
    printf("\nlines of code for it:   overlays: 12, in each program; paging: 0\n"
           "who decides what is in: overlays: the programmer, before; paging: the system, at each "
           "touch\n"
           "two programs at once:   overlays: a room each, read twice; paging: the same frames for "
           "both\n"
           "\nYou should now be able to say: what does an overlay read that nobody needs, and why\n"
           "do overlays not help when the programs together are too large?\n");
    return sums[0] != sums[1];
}
