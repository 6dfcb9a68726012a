/* bare.c - the little that a program needs before it can be one: its arguments, and a voice. */
#include "user/programs/bare.h"

#include "lib/format.h"
#include "lib/parse.h"

enum { ARGUMENTS = 16, LINE = 512 };

void bare_print(const char *text, ...)
{
    char line[LINE];
    DWORD written;
    va_list arguments;
    int length;

    va_start(arguments, text);
    length = format_v(line, sizeof line, text, arguments);
    va_end(arguments);
    if (length >= LINE)
        length = LINE - 1;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line, (DWORD)length, &written, NULL);
}

/* The entry point of the executable. */
void start(void);
void start(void)
{
    static char line[LINE];
    static char *words[ARGUMENTS + 1];
    int count;

    lstrcpynA(line, GetCommandLineA(), LINE);
    count = parse_words(line, words, ARGUMENTS);
    if (count < 1) {
        bare_print("The command line can't be read: %s.\n",
                   count == PARSE_TOO_MANY ? "it has too many words" : "a quotation mark is open");
        ExitProcess(2);
    }
    ExitProcess((UINT)bare_main(count, words));
}
