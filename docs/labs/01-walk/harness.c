/* harness.c - lab 1: walk() on tables that the grader made.
 *
 * In: frames, their content, the number of questions; each is cr3, address, access.  Out: two words a question.
 */
#include "kernel/service/walk.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t (*ram)[TABLE_PTES];
static uint32_t frames;

void *machine_frame(pfn_t frame)
{
    static uint32_t nothing[TABLE_PTES];

    return frame < frames ? ram[frame] : nothing;
}

void machine_panic(const char *format, ...)
{
    fprintf(stderr, "%s\n", format);
    exit(3);
}

static uint32_t next_word(void)
{
    uint32_t word = 0;

    if (fread(&word, sizeof word, 1, stdin) != 1)
        exit(4);
    return word;
}

int main(void)
{
    uint32_t questions;

    frames = next_word();
    ram = calloc(frames, sizeof *ram);
    for (uint32_t i = 0; i < frames * TABLE_PTES; i++)
        ram[i / TABLE_PTES][i % TABLE_PTES] = next_word();
    questions = next_word();
    for (uint32_t i = 0; i < questions; i++) {
        uint32_t cr3 = next_word(), va = next_word(), access = next_word(), answer[2] = {0, 0};

        answer[0] = walk(cr3, va, access, &answer[1]);
        fwrite(answer, sizeof answer, 1, stdout);
    }
    return 0;
}
