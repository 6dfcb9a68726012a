/* crt.c - facts W203 to W212: the C run-time over the process heap.
 *
 * Runs on Windows, too.  W209 is about this project (on Windows the answer depends on the version of
 * the run-time), W212 about a debug build of Microsoft's run-time, which a release build must not
 * imitate: fresh blocks are not filled with its patterns.
 */
#include "tests/conformance/fact.h"
#include <wchar.h>
#include <time.h>
#include <limits.h>
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static const size_t impossible = 0x7FFFFFFF;

static void test_empty_blocks(void)
{
    char *first = malloc(0), *second = malloc(0);

    fact("W203", "malloc(0) gives a block", first != NULL);
    fact("W203", "malloc(0) gives another block each time", first != second);
    free(first);
    free(second);
    errno = 0;
    free(NULL);
    fact_number("W203", "free(NULL) does nothing", 0, errno);
}

static void test_realloc(void)
{
    char *block = realloc(NULL, 100);

    fact_number("W204", "realloc(NULL, 100) is malloc(100)", 100, (long long)_msize(block));
    memset(block, 'x', 100);
    block = realloc(block, 5000);
    fact("W204", "realloc keeps the old bytes", block && block[0] == 'x' && block[99] == 'x');
    fact("W204", "realloc(p, 0) gives NULL", realloc(block, 0) == NULL);
    fact_number("W204", "realloc(p, 0) frees: the heap is sound", _HEAPOK, _heapchk());
    block = realloc(NULL, 0);
    fact("W204", "realloc(NULL, 0) gives a block", block != NULL);
    free(block);
}

static void test_calloc(void)
{
    char *blocks[] = {calloc(7, 0), calloc(0, 7), calloc(0, 0)};
    volatile size_t many = 0x10001;
    char *zeros;
    int sum = 0;

    fact("W205", "calloc(7, 0) gives a block", blocks[0] != NULL);
    fact("W205", "calloc(0, 7) gives a block", blocks[1] != NULL);
    fact("W205", "calloc(0, 0) gives a block", blocks[2] != NULL);
    for (int i = 0; i < 3; i++)
        free(blocks[i]);
    zeros = malloc(1000);
    memset(zeros, 0xFF, 1000);
    free(zeros);
    zeros = calloc(10, 100);
    for (int i = 0; zeros && i < 1000; i++)
        sum |= zeros[i];
    fact("W205", "calloc gives zeros, also where memory was used before", zeros && sum == 0);
    free(zeros);
    errno = 0;
    fact("W205", "calloc whose product overflows gives NULL", calloc(many, 0x10000) == NULL);
    fact_number("W205", "errno of a calloc that overflows", ENOMEM, errno);
}

static void test_failure(void)
{
    char *block = malloc(16);
    volatile size_t size = impossible;

    strcpy(block, "still here");
    errno = 0;
    fact("W206", "an impossible malloc gives NULL", malloc(size) == NULL);
    fact_number("W206", "errno of an impossible malloc", ENOMEM, errno);
    errno = 0;
    fact("W206", "an impossible realloc gives NULL", realloc(block, size) == NULL);
    fact_number("W206", "errno of an impossible realloc", ENOMEM, errno);
    fact("W206", "the old block outlives it", strcmp(block, "still here") == 0);
    free(block);
}

static void test_sizes(void)
{
    static const size_t sizes[] = {0, 1, 7, 8, 100, 4096, 65536, 1000000};
    size_t wrong = 0;

    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        void *block = malloc(sizes[i]);

        if (!block || _msize(block) != sizes[i])
            wrong++;
        free(block);
    }
    fact_number("W207", "_msize is the size that was asked for: wrong ones of 8", 0,
                (long long)wrong);
}

/* What a program writes into a block must never make it look free. */
static void test_contents(void)
{
    unsigned wrong = 0;

    for (size_t size = 8; size <= 64; size += 4)
        for (uint32_t word = 0; word < 256; word++) {
            uint32_t *block = malloc(size);

            block[0] = block[1] = word;
            errno = 0;
            wrong += _msize(block) != size;
            free(block);
            wrong += errno != 0;
        }
    fact_number("W207", "the contents of a block mean nothing to the heap: wrong ones", 0, wrong);
}

static void test_expand(void)
{
    char *block = malloc(1000);
    volatile size_t size = impossible;

    strcpy(block, "here");
    fact("W208", "_expand to less gives the same block", _expand(block, 500) == block);
    fact_number("W208", "and its size is the new one", 500, (long long)_msize(block));
    fact("W208", "an impossible _expand gives NULL", _expand(block, size) == NULL);
    fact("W208", "the block outlives it", strcmp(block, "here") == 0 && _msize(block) == 500);
    free(block);
}

static void test_one_heap(void)
{
    void *block = malloc(50);

    fact("W209", "the run-time's heap is the process heap",
         (HANDLE)_get_heap_handle() == GetProcessHeap());
    fact_number("W209", "HeapSize knows a block of malloc", 50,
                (long long)HeapSize(GetProcessHeap(), 0, block));
    fact("W209", "HeapFree frees a block of malloc", HeapFree(GetProcessHeap(), 0, block));
    block = HeapAlloc(GetProcessHeap(), 0, 60);
    fact_number("W209", "_msize knows a block of HeapAlloc", 60, (long long)_msize(block));
    free(block);
}

static void test_check(void)
{
    _HEAPINFO entry = {NULL, 0, 0};
    void *block = malloc(12345);
    int found = 0, steps = 0, code;

    fact_number("W210", "_heapchk of a sound heap", -2, _heapchk());
    while ((code = _heapwalk(&entry)) == _HEAPOK && steps++ < 100000)
        if (entry._pentry == block)
            found = entry._useflag == _USEDENTRY && entry._size == 12345;
    fact("W210", "_heapwalk finds a block with its size, in use", found);
    fact_number("W210", "_heapwalk ends with", _HEAPEND, code);
    free(block);
}

static void test_aligned(void)
{
    unsigned wrong = 0;
    char *block;

    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        block = _aligned_malloc(100, alignment);
        if (!block || (uintptr_t)block % alignment != 0)
            wrong++;
        if (alignment >= sizeof(void *) && _msize(((void **)block)[-1]) < 100)
            wrong++; /* the word below is the block that the heap knows */
        _aligned_free(block);
    }
    fact_number("W211", "_aligned_malloc aligns to 1 ... 65536: wrong ones", 0, wrong);
    errno = 0;
    fact("W211", "an alignment of 24 is refused", _aligned_malloc(100, 24) == NULL);
    fact_number("W211", "errno of a refused alignment", EINVAL, errno);
    block = _aligned_malloc(100, 64);
    strcpy(block, "moves along");
    block = _aligned_realloc(block, 10000, 64);
    fact("W211", "_aligned_realloc keeps bytes and alignment",
         block && (uintptr_t)block % 64 == 0 && strcmp(block, "moves along") == 0);
    _aligned_free(block);
    block = _aligned_offset_malloc(100, 32, 4);
    fact("W211", "_aligned_offset_malloc aligns the offset", ((uintptr_t)block + 4) % 32 == 0);
    _aligned_free(block);
}

static void test_fills(void)
{
    unsigned char *block = malloc(256);
    int filled = 1;

    for (int i = 0; i < 256; i++)
        filled &= block[i] == 0xCD;
    fact("W212", "a release build does not fill fresh blocks with CD", !filled);
    free(block);
}

static void test_foreign(void)
{
    char *block = malloc(100);

    errno = 0;
    free(block + 4);
    fact_number("W188", "free of a pointer into a block is refused: errno", EINVAL, errno);
    fact_number("W188", "nothing is damaged: _heapchk", _HEAPOK, _heapchk());
    fact_number("W188", "the block is still there", 100, (long long)_msize(block));
    free(block);
    errno = 0;
    free(block);
    fact_number("W188", "a second free is refused: errno", EINVAL, errno);
}

/* Where the run-time has a heap of its own, and misuse may end the program: `crt.exe portable`. */
/* Arguments that are NULL end in EINVAL, not in a fault (X18).  By the run-time's own pointers, so that no compiler knows
 * better. */
static void test_null(void)
{
    void *volatile nothing = NULL;
    wchar_t *volatile no_text = NULL;
    char buffer[20];
    int x;

    fact("X18", "comparing without case: INT_MAX",
         _stricmp(nothing, "a") == INT_MAX && _strnicmp("a", nothing, 3) == INT_MAX &&
             _memicmp(nothing, "a", 1) == INT_MAX && _wcsicmp(no_text, L"a") == INT_MAX);
    errno = 0;
    fact("X18", "changing in place: NULL and EINVAL",
         _strupr(nothing) == NULL && _strlwr(nothing) == NULL && _strrev(nothing) == NULL &&
             _strset(nothing, 'a') == NULL && _wcsupr(no_text) == NULL && errno == EINVAL);
    errno = 0;
    fact("X18", "numbers: NULL and EINVAL", _itoa(1, nothing, 10) == NULL && errno == EINVAL);
    errno = 0;
    fact("X18", "no stream: EOF and EINVAL",
         fgetc(nothing) == EOF && fputc('a', nothing) == EOF && fputs("a", nothing) == EOF &&
             fread(buffer, 1, 1, nothing) == 0 && fseek(nothing, 0, SEEK_SET) == -1 &&
             ftell(nothing) == -1 && fgetws((wchar_t *)buffer, 2, nothing) == NULL &&
             errno == EINVAL);
    errno = 0;
    fact("X18", "no text: EOF and EINVAL",
         fputs(nothing, stdout) == EOF && puts(nothing) == EOF && fputws(no_text, stdout) == -1 &&
             sscanf(nothing, "%d", &x) == EOF && mbstowcs(NULL, nothing, 1) == (size_t)-1 &&
             errno == EINVAL);
    errno = 0;
    fact("X18", "no name, no mode: NULL and EINVAL",
         fopen(nothing, "r") == NULL && fopen("a", nothing) == NULL &&
             _wfopen(no_text, L"r") == NULL && errno == EINVAL);
    errno = 0;
    fact("X18", "30 February has no text",
         asctime(&(struct tm){.tm_year = 70, .tm_mon = 1, .tm_mday = 30}) == NULL &&
             errno == EINVAL);
}

int main(int argc, char **argv)
{
    int skip_own = argc > 1 && strcmp(argv[1], "portable") == 0;

    test_empty_blocks();
    test_realloc();
    test_calloc();
    test_failure();
    test_sizes();
    test_contents();
    test_expand();
    if (!skip_own)
        test_one_heap();
    test_check();
    test_aligned();
    test_fills();
    if (!skip_own)
        test_foreign();
    test_null();
    return facts_end();
}
