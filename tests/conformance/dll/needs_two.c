/* needs_two.c - a program that needs functions of two DLLs, and calls none of them if it has an argument. */
#include <stdio.h>

__declspec(dllimport) void absent_function(void);
__declspec(dllimport) void absent_second(void);

int main(int count, char **arguments)
{
    (void)arguments;
    printf("started\n");
    if (count > 1)
        return 0;
    absent_second();
    absent_function();
    return 1;
}
