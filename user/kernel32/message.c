/* message.c - texts: FormatMessage and debug output. */
#include "user/kernel32/kernel32.h"

/* --- texts for errors, in our own words --- */

struct text {
    DWORD error;
    const char *text;
};

static const struct text texts[] = {
    {ERROR_SUCCESS, "There was no error."},
    {ERROR_INVALID_FUNCTION, "There is no such function here."},
    {ERROR_FILE_NOT_FOUND, "There is no file of this name."},
    {ERROR_PATH_NOT_FOUND, "There is no such path."},
    {ERROR_TOO_MANY_OPEN_FILES, "Too many files are open."},
    {ERROR_ACCESS_DENIED, "Access is denied."},
    {ERROR_INVALID_HANDLE, "The handle is not valid."},
    {ERROR_NOT_ENOUGH_MEMORY, "There is not enough memory."},
    {ERROR_NO_MORE_FILES, "There are no more files."},
    {ERROR_BAD_LENGTH, "The length is not right."},
    {ERROR_SHARING_VIOLATION, "The file is in use."},
    {ERROR_HANDLE_EOF, "This is the end of the file."},
    {ERROR_NOT_SUPPORTED, "This is not supported."},
    {ERROR_FILE_EXISTS, "The file exists already."},
    {ERROR_INVALID_PARAMETER, "A parameter is not valid."},
    {ERROR_DISK_FULL, "The disk is full."},
    {ERROR_INSUFFICIENT_BUFFER, "The buffer is too small."},
    {ERROR_INVALID_NAME, "The name is not valid."},
    {ERROR_MOD_NOT_FOUND, "The module can't be found."},
    {ERROR_PROC_NOT_FOUND, "The function can't be found."},
    {ERROR_NEGATIVE_SEEK, "A file has nothing in front of its beginning."},
    {ERROR_NOT_LOCKED, "It is not locked."},
    {ERROR_ALREADY_EXISTS, "It exists already."},
    {ERROR_BAD_EXE_FORMAT, "This is not a program for this machine."},
    {ERROR_ENVVAR_NOT_FOUND, "There is no environment variable of this name."},
    {ERROR_NO_MORE_ITEMS, "There are no more items."},
    {ERROR_NOT_OWNER, "The caller does not own it."},
    {ERROR_PARTIAL_COPY, "Only a part could be copied."},
    {ERROR_INVALID_ADDRESS, "The address is not valid for this."},
    {ERROR_NOACCESS, "The address can't be accessed."},
    {ERROR_MAPPED_ALIGNMENT, "The address or offset is not a multiple of 64 KB."},
    {ERROR_COMMITMENT_LIMIT, "More memory would be promised than RAM and paging file can hold."},
};

/* The text for an error; for others their number, which says as much as any text would. */
static void describe(DWORD error, char out[128])
{
    char digits[16];
    int count = 0;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].error == error) {
            lstrcpyA(out, texts[i].text);
            lstrcatA(out, "\r\n");
            return;
        }
    }
    lstrcpyA(out, "Error ");
    out += 6;
    do {
        digits[count++] = (char)('0' + error % 10);
        error /= 10;
    } while (error != 0);
    while (count > 0)
        *out++ = digits[--count];
    lstrcpyA(out, ".\r\n");
}

/* --- inserts: %1 to %99 are texts, %% a percent sign, %n a line, %0 the end --- */

struct output {
    char *text;
    size_t used, room;
};

static void put(struct output *out, char character)
{
    if (out->used < out->room)
        out->text[out->used] = character;
    out->used++;
}

/* The number after '%', and behind it an optional !s! (the only format that inserts have here). */
static unsigned insert_number(const char **text)
{
    unsigned number = (unsigned)(*(*text)++ - '0');

    if (**text >= '0' && **text <= '9')
        number = number * 10 + (unsigned)(*(*text)++ - '0');
    if (**text == '!') {
        const char *close = strchr(*text + 1, '!');

        *text = close != NULL ? close + 1 : *text;
    }
    return number;
}

static void expand(struct output *out, const char *text, const DWORD_PTR *inserts)
{
    while (*text != 0) {
        if (*text != '%' || text[1] == 0) {
            put(out, *text++);
        } else if (text[1] >= '1' && text[1] <= '9' && inserts != NULL) {
            const char *insert;

            text++;
            insert = (const char *)inserts[insert_number(&text) - 1];
            while (insert != NULL && *insert != 0)
                put(out, *insert++);
        } else if (text[1] == '0') {
            break;
        } else if (text[1] == 'n') {
            put(out, '\r');
            put(out, '\n');
            text += 2;
        } else {
            put(out, text[1]);
            text += 2;
        }
    }
    put(out, 0);
}

/* --- FormatMessage --- */

DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD error, DWORD language, LPSTR buffer,
                            DWORD size, va_list *arguments)
{
    char own[128];
    const char *text = source;
    const DWORD_PTR *inserts = NULL;
    struct output out = {.room = 0};

    (void)language;
    if ((flags & FORMAT_MESSAGE_FROM_STRING) == 0) {
        if ((flags & FORMAT_MESSAGE_FROM_SYSTEM) == 0)
            return (DWORD)error_fail(ERROR_RESOURCE_TYPE_NOT_FOUND); /* no module has texts */
        describe(error, own);
        text = own;
    }
    if ((flags & FORMAT_MESSAGE_IGNORE_INSERTS) == 0 && arguments != NULL) {
        inserts = (flags & FORMAT_MESSAGE_ARGUMENT_ARRAY) != 0 ? (DWORD_PTR *)arguments
                                                               : *(DWORD_PTR **)arguments;
    }
    expand(&out, text, inserts); /* measures */
    if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0) {
        SIZE_T bytes = out.used > size ? out.used : size;
        char *block = GlobalAlloc(GMEM_FIXED, bytes);

        *(char **)buffer = block;
        buffer = block;
        size = (DWORD)bytes;
    }
    if (buffer == NULL || out.used > size)
        return (DWORD)error_fail(ERROR_INSUFFICIENT_BUFFER);
    out = (struct output){.text = buffer, .room = size};
    expand(&out, text, inserts);
    return (DWORD)(out.used - 1);
}

/* Inserts are wide here and are made narrow; texts of ours and most others have none. */
DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD error, DWORD language, LPWSTR buffer,
                            DWORD size, va_list *arguments)
{
    bool own_buffer = (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0;
    char *narrow_source =
        (flags & FORMAT_MESSAGE_FROM_STRING) != 0 ? text_narrow_copy(source) : NULL;
    char *narrow = NULL;
    DWORD length;

    (void)arguments;
    length = FormatMessageA(flags | FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_IGNORE_INSERTS,
                            narrow_source, error, language, (LPSTR)&narrow, 0, NULL);
    if (length != 0 && own_buffer) {
        *(WCHAR **)buffer = GlobalAlloc(GMEM_FIXED, (length + 1) * sizeof *buffer);
        buffer = *(WCHAR **)buffer;
        size = buffer == NULL ? 0 : length + 1;
    }
    if (length != 0 && length < size)
        text_widen(buffer, size, narrow);
    else if (length != 0)
        length = (DWORD)error_fail(ERROR_INSUFFICIENT_BUFFER);
    text_free(narrow);
    text_free(narrow_source);
    return length;
}

/* --- debug output: there is no debugger of programs, the kernel's log takes it --- */

void WINAPI OutputDebugStringA(LPCSTR text)
{
    if (text != NULL)
        NtPagodaControl(ABI_CONTROL_PRINT, (void *)text, (ULONG)strlen(text), NULL);
}

void WINAPI OutputDebugStringW(LPCWSTR text)
{
    char *narrow = text_narrow_copy(text);

    OutputDebugStringA(narrow);
    text_free(narrow);
}
