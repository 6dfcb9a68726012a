/* code_page.c - code pages that lie in files of the disc, c_437.nls and c_949.nls.
 *
 * As on Windows such a file is mapped when the first character wants it, so its pages are in RAM once, and only those that
 * somebody needed.  user/kernel32/code_page.py makes the files and says what is in them.  The way back is a table of
 * 65,536 words, made of it when somebody first goes that way; its pages are there where characters are.
 */
#include "user/kernel32/kernel32.h"

enum { SINGLE = 128, FIRST = 0x81, LAST = 0xFE, SECOND = 0x41, SECONDS = LAST - SECOND + 1 };
enum { WORDS = SINGLE + (LAST - FIRST + 1) * SECONDS, ALL_WORDS = 0x10000 };

struct code_page {
    UINT number;
    UNICODE_STRING name;
    const WCHAR *words; /* the file, 0: nobody has asked for it */
    bool pairs;
    WORD *back; /* for each character its bytes; 0: it has none, or nobody has asked */
};

#define FILE_NAME(text)                                                                            \
    {                                                                                              \
        sizeof(text) - sizeof(WCHAR), sizeof(text), (WCHAR *)(text)                                \
    }

static struct code_page pages[] = {{.number = 437, .name = FILE_NAME(L"\\??\\C:\\c_437.nls")},
                                   {.number = 949, .name = FILE_NAME(L"\\??\\C:\\c_949.nls")}};

/* The whole file in memory, *size bytes of whole pages, or 0. */
static const WCHAR *map_file(UNICODE_STRING *name, SIZE_T *size)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = name};
    IO_STATUS_BLOCK io;
    HANDLE file, section;
    void *words = NULL;
    NTSTATUS status;

    if (!NT_SUCCESS(NtCreateFile(&file, FILE_READ_DATA | SYNCHRONIZE, &attributes, &io, NULL, 0,
                                 FILE_SHARE_READ | FILE_SHARE_DELETE, FILE_OPEN,
                                 FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0)))
        return NULL;
    status =
        NtCreateSection(&section, SECTION_MAP_READ, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file);
    NtClose(file);
    if (!NT_SUCCESS(status))
        return NULL;
    *size = 0;
    status = NtMapViewOfSection(section, CURRENT_PROCESS, &words, 0, 0, NULL, size,
                                2 /* not for children */, 0, PAGE_READONLY);
    NtClose(section);
    return NT_SUCCESS(status) ? words : NULL;
}

struct code_page *code_page_open(UINT number)
{
    struct code_page *page = pages;
    SIZE_T size;

    while (page->number != number)
        if (++page == pages + sizeof pages / sizeof *pages)
            return NULL;
    if (page->words == NULL) {
        const WCHAR *words = map_file(&page->name, &size);

        if (words == NULL)
            return NULL;
        page->pairs = size >= WORDS * sizeof *words; /* a page at least is there in any case */
        if (InterlockedCompareExchangePointer((void **)&page->words, (void *)words, NULL) != NULL)
            NtUnmapViewOfSection(CURRENT_PROCESS, (void *)words); /* another thread was first */
    }
    return page;
}

bool code_page_leads(const struct code_page *page, BYTE byte)
{
    return page->pairs && byte >= FIRST && byte <= LAST;
}

unsigned code_page_wide(const struct code_page *page, const unsigned char **from,
                        const unsigned char *end)
{
    unsigned first = *(*from)++, second, wide = 0;

    if (first < 0x80)
        return first;
    if (!code_page_leads(page, (BYTE)first))
        return page->words[first - 0x80];
    if (*from < end && **from != 0) {
        second = *(*from)++;
        if (second >= SECOND && second <= LAST)
            wide = page->words[SINGLE + (first - FIRST) * SECONDS + second - SECOND];
    }
    return wide != 0 ? wide : 0xFFFD;
}

/* The table for the way back. */
static void turn(const struct code_page *page, WORD *back)
{
    for (unsigned i = 0; i < SINGLE; i++)
        if (page->words[i] != 0)
            back[page->words[i]] = (WORD)(0x80 + i);
    for (unsigned i = 0; page->pairs && i < WORDS - SINGLE; i++)
        if (page->words[SINGLE + i] != 0)
            back[page->words[SINGLE + i]] =
                (WORD)((FIRST + i / SECONDS) << 8 | (SECOND + i % SECONDS));
}

int code_page_bytes(struct code_page *page, WCHAR wide, char bytes[2])
{
    WORD code;

    if (wide >= 0x80 && page->back == NULL) {
        void *back = NULL;
        SIZE_T size = ALL_WORDS * sizeof(WORD);

        if (!NT_SUCCESS(NtAllocateVirtualMemory(CURRENT_PROCESS, &back, 0, &size,
                                                MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)))
            return 0;
        turn(page, back);
        if (InterlockedCompareExchangePointer((void **)&page->back, back, NULL) != NULL) {
            size = 0;
            NtFreeVirtualMemory(CURRENT_PROCESS, &back, &size, MEM_RELEASE);
        }
    }
    code = wide < 0x80 ? wide : page->back[wide];
    if (code == 0 && wide != 0)
        return 0;
    if (code > 0xFF)
        *bytes++ = (char)(code >> 8);
    *bytes = (char)code;
    return code > 0xFF ? 2 : 1;
}
