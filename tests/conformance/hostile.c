/* hostile.c - damaged DLLs are refused or loaded, and nothing else happens.
 *
 * Takes a good DLL, overwrites a few words of its headers and directories (never code, and it has no
 * entry point: what runs there would be its own business), and loads it.  The loader must follow
 * every wrong number without a fault and leave nothing behind.  usage: hostile [SEED [ROUNDS]]
 */
#include "tests/conformance/fact.h"
#include "tests/conformance/random.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { MOST = 256 * 1024, TLS = IMAGE_DIRECTORY_ENTRY_TLS };

static unsigned char good[MOST], bad[MOST];
static DWORD size;
static int faults, leftovers, loaded, strange;

static IMAGE_NT_HEADERS *headers_of(unsigned char *file)
{
    return (IMAGE_NT_HEADERS *)(file + ((IMAGE_DOS_HEADER *)good)->e_lfanew);
}

static LONG CALLBACK count_fault(EXCEPTION_POINTERS *exception)
{
    printf("# exception %08lX at %p\n", exception->ExceptionRecord->ExceptionCode,
           exception->ExceptionRecord->ExceptionAddress);
    faults++;
    return EXCEPTION_CONTINUE_SEARCH;
}

/* File offset of an RVA, 0 if it is nowhere. */
static DWORD offset_of(DWORD rva)
{
    IMAGE_NT_HEADERS *headers = headers_of(good);
    IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);

    for (int i = 0; i < headers->FileHeader.NumberOfSections; i++, section++)
        if (rva - section->VirtualAddress < section->SizeOfRawData)
            return rva - section->VirtualAddress + section->PointerToRawData;
    return 0;
}

/* Somewhere in the headers, or in a section that isn't code, rather at its beginning. */
static DWORD some_place(void)
{
    IMAGE_NT_HEADERS *headers = headers_of(good);
    IMAGE_SECTION_HEADER *section;
    DWORD room;

    if (random_below(4) == 0)
        return (0x3C + random_below(0x200)) & ~3u;
    do {
        section = IMAGE_FIRST_SECTION(headers) + random_below(headers->FileHeader.NumberOfSections);
    } while ((section->Characteristics & IMAGE_SCN_CNT_CODE) != 0 || section->SizeOfRawData == 0);
    room = section->SizeOfRawData;
    if (random_below(3) != 0 && room > 256)
        room = 256;
    return (section->PointerToRawData + random_below(room)) & ~3u;
}

static uint32_t some_value(uint32_t old)
{
    switch (random_below(6)) {
    case 0:
        return random_word();
    case 1:
        return 0xFFFFFFFF;
    case 2:
        return random_below(0x20000);
    case 3:
        return 0x7FFFFFFF;
    case 4:
        return old ^ 1u << random_below(32);
    default:
        return 0;
    }
}

static void damage(void)
{
    IMAGE_NT_HEADERS *headers = headers_of(bad);
    DWORD tls = headers_of(good)->OptionalHeader.DataDirectory[TLS].VirtualAddress;

    memcpy(bad, good, size);
    for (uint32_t i = random_below(4) + 1; i > 0; i--) {
        DWORD at = some_place();

        if (at + 4 <= size)
            *(uint32_t *)(bad + at) = some_value(*(uint32_t *)(bad + at));
    }
    /* Nothing of it may run. */
    headers->OptionalHeader.AddressOfEntryPoint = 0;
    headers->OptionalHeader.DataDirectory[TLS].VirtualAddress = tls;
    if (offset_of(tls) != 0)
        ((IMAGE_TLS_DIRECTORY *)(bad + offset_of(tls)))->AddressOfCallBacks = 0;
}

static void load(void)
{
    HANDLE file = CreateFileA("hostile.dll", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    HMODULE module;
    DWORD done;

    strange += !WriteFile(file, bad, size, &done, NULL);
    CloseHandle(file);
    module = LoadLibraryA("hostile.dll");
    if (module != NULL) {
        loaded++;
        GetProcAddress(module, "one_sum");
        GetProcAddress(module, "one_forwarded");
        GetProcAddress(module, "no_such_function");
        GetProcAddress(module, (const char *)7);
        strange += !FreeLibrary(module);
    }
    leftovers += GetModuleHandleA("hostile.dll") != NULL;
}

/* Two DLLs whose forwarders lead from one to the other and back.  The search ends; the two now need
 * each other, so they stay loaded. */
static void test_circle(void)
{
    HMODULE one = LoadLibraryA("one.dll");

    fact("hostile", "forwarders in a circle: error 127",
         one != NULL && GetProcAddress(one, "one_circle") == NULL &&
             GetLastError() == ERROR_PROC_NOT_FOUND);
}

int main(int argc, char **argv)
{
    uint32_t seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 20250101;
    int rounds = argc > 2 ? atoi(argv[2]) : 400;
    HANDLE file =
        CreateFileA("one.dll", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE || !ReadFile(file, good, MOST, &size, NULL)) {
        printf("one.dll can't be read: error %lu\n", GetLastError());
        return 2;
    }
    CloseHandle(file);
    random_state = seed != 0 ? seed : 1;
    AddVectoredExceptionHandler(1, count_fault);
    for (int i = 0; i < rounds; i++) {
        damage();
        load();
    }
    DeleteFileA("hostile.dll");
    printf("# seed %lu: %d of %d damaged DLLs could be loaded\n", (unsigned long)seed, loaded,
           rounds);
    fact("hostile", "some are refused, and some have harmless damage",
         loaded > 0 && loaded < rounds);
    fact_number("hostile", "no exception in the loader", 0, faults);
    fact_number("hostile", "no module is left behind", 0, leftovers);
    fact_number("hostile", "no other call fails", 0, strange);
    test_circle();
    return facts_end();
}
