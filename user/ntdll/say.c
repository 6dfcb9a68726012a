/* say.c - tells on the console why a program can't start. */
#include "user/ntdll/ntdll.h"
#include "lib/format.h"

bool say_aloud;

void say(const char *text, ...)
{
    char sentence[256];
    va_list arguments;
    int length;

    if (!say_aloud)
        return;
    va_start(arguments, text);
    length = format_v(sentence, sizeof sentence, text, arguments);
    va_end(arguments);
    if (length >= (int)sizeof sentence)
        length = (int)sizeof sentence - 1;
    NtPagodaControl(ABI_CONTROL_PRINT, sentence, (ULONG)length, NULL);
}
