/* mine.c - a program of a visitor: reads the data that was dropped beside it. */
#include <stdio.h>

int main(void)
{
    char line[80] = "";
    FILE *file = fopen("answer.txt", "r");

    if (!file || !fgets(line, sizeof line, file)) {
        printf("mine found no answer.txt\n");
        return 1;
    }
    printf("mine says %s", line);
    return 0;
}
