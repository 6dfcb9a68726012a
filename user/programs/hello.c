/* hello.c - the smallest ordinary program: built as anybody builds one, with the C library. */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("Hello, world! I was started as \"%s\" with %d argument%s.\n", argv[0], argc - 1,
           argc == 2 ? "" : "s");
    for (int i = 1; i < argc; i++)
        printf("argument %d: \"%s\"\n", i, argv[i]);
    return 0;
}
