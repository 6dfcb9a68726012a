/* damage.c - fills more pages than the machine has frames, and reads them again and again.
 *
 * Every other page gets small when it is compressed.  It ends when a page can't be read back (C0000006), or
 * when one is other than it was written, which must never be.
 */
#include <windows.h>

#include <stdint.h>
#include <stdio.h>

enum { PAGES = 24 << 8, PAGE = 4096, WORDS = PAGE / 4 };

static uint32_t word_of(uint32_t page, uint32_t i)
{
    return page % 2 ? page * 40503u + i * 2654435761u : page + i;
}

int main(void)
{
    volatile uint32_t *memory =
        VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    if (memory == NULL) {
        printf("damage: VirtualAlloc failed with error %u\n", (unsigned)GetLastError());
        return 1;
    }
    for (uint32_t i = 0; i < PAGES * WORDS; i++)
        memory[i] = word_of(i / WORDS, i % WORDS);
    printf("all pages are filled\n");
    fflush(stdout);
    for (uint32_t i = 0;; i = (i + 1) % (PAGES * WORDS))
        if (memory[i] != word_of(i / WORDS, i % WORDS)) {
            printf("wrong content in page %u\n", (unsigned)(i / WORDS));
            return 2;
        }
}
