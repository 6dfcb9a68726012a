/* ole32.c - memory for COM.  There are no classes: CoCreateInstance is refused (ole32.def). */
#include "user/small/small.h"

#include <objbase.h>

LPVOID WINAPI CoTaskMemAlloc(SIZE_T size)
{
    return HeapAlloc(GetProcessHeap(), 0, size);
}

LPVOID WINAPI CoTaskMemRealloc(LPVOID block, SIZE_T size)
{
    if (block == NULL)
        return CoTaskMemAlloc(size);
    if (size != 0)
        return HeapReAlloc(GetProcessHeap(), 0, block, size);
    CoTaskMemFree(block);
    return NULL;
}

void WINAPI CoTaskMemFree(LPVOID block)
{
    HeapFree(GetProcessHeap(), 0, block);
}

HRESULT WINAPI CoInitializeEx(LPVOID reserved, DWORD model)
{
    (void)reserved;
    (void)model;
    return S_OK;
}

HRESULT WINAPI CoInitialize(LPVOID reserved)
{
    (void)reserved;
    return S_OK;
}

void WINAPI CoUninitialize(void)
{
}
