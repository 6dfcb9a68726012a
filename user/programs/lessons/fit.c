/* fit.c - lesson: first fit, best fit, worst fit, and pages.
 *
 * A memory of 64 units, the same requests for each rule.  What can't be placed is printed; with pages it always can
 * be, as long as enough units are free.
 */
#include <stdio.h>
#include <string.h>

enum { UNITS = 64, FIRST, BEST, WORST, PAGES };

static const char *const requests[] = {"A10", "B6",  "C6",  "D6", "c",  "E6",
                                       "F8",  "G14", "H10", "e",  "I4", "J6"};

static char memory[UNITS + 1];

/* The length of the free run that begins at `at`. */
static int run_at(int at)
{
    int length = 0;

    while (at + length < UNITS && memory[at + length] == '.')
        length++;
    return length;
}

static int place(int size, int rule)
{
    int chosen = -1, length = 0;

    for (int at = 0; at < UNITS;) {
        int free_here = run_at(at);

        if (free_here >= size && (chosen < 0 || (rule == BEST && free_here < length) ||
                                  (rule == WORST && free_here > length))) {
            chosen = at;
            length = free_here;
        }
        at += free_here ? free_here : 1;
    }
    return chosen;
}

static int free_units(void)
{
    int sum = 0;

    for (int i = 0; i < UNITS; i++)
        sum += memory[i] == '.';
    return sum;
}

static int allocate(char letter, int size, int rule)
{
    int at = rule == PAGES ? (free_units() >= size ? 0 : -1) : place(size, rule);

    for (; at >= 0 && size > 0; at++)
        if (memory[at] == '.') { /* pages: wherever one is free */
            memory[at] = letter;
            size--;
        }
    return at >= 0;
}

static void run(const char *name, int rule)
{
    int failures = 0;

    memset(memory, '.', UNITS);
    printf("%s\n", name);
    for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++) {
        char letter = requests[i][0];
        int size = 0, sum = free_units();

        sscanf(requests[i] + 1, "%d", &size);
        if (letter >= 'a') {
            for (int at = 0; at < UNITS; at++)
                memory[at] = memory[at] == letter - 'a' + 'A' ? '.' : memory[at];
        } else if (!allocate(letter, size, rule)) {
            printf("   %s does not fit: %d units are free%s\n", requests[i], sum,
                   sum >= size ? ", but not together" : "");
            failures++;
        }
    }
    printf("   [%s] %d refused\n", memory, failures);
}

int main(void)
{
    static const char *const names[] = {"first fit:", "best fit:", "worst fit:", "pages:"};

    printf("64 units; A10 takes 10 of them, a gives them back:\n  ");
    for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++)
        printf(" %s", requests[i]);
    printf("\n\n");
    for (int rule = FIRST; rule <= PAGES; rule++)
        run(names[rule - FIRST], rule);
    printf("\nYou should now be able to say: what is external fragmentation, and why do pages not "
           "have it?\n");
    return 0;
}
