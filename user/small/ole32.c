/* ole32.c - memory and identifiers for COM.  There are no classes: CoCreateInstance is refused (ole32.def). */
#include "user/small/small.h"

#include <ntsecapi.h>
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

/* Version 4, as UuidCreate makes it. */
HRESULT WINAPI CoCreateGuid(GUID *out)
{
    if (!RtlGenRandom(out, sizeof *out))
        return E_OUTOFMEMORY;
    out->Data3 = (unsigned short)((out->Data3 & 0x0FFF) | 0x4000);
    out->Data4[0] = (unsigned char)((out->Data4[0] & 0x3F) | 0x80);
    return S_OK;
}

static WCHAR *put_hex(WCHAR *at, uint32_t value, int digits)
{
    while (digits-- > 0)
        *at++ = (WCHAR) "0123456789ABCDEF"[value >> 4 * digits & 15];
    return at;
}

/* "{8-4-4-4-12}" and a zero: 39 characters, or 0 where there is no room for them. */
int WINAPI StringFromGUID2(REFGUID id, LPOLESTR out, int room)
{
    enum { LENGTH = 39 };
    WCHAR *at = out;

    if (room < LENGTH)
        return 0;
    *at++ = '{';
    at = put_hex(at, id->Data1, 8);
    *at++ = '-';
    at = put_hex(at, id->Data2, 4);
    *at++ = '-';
    at = put_hex(at, id->Data3, 4);
    for (int i = 0; i < 8; i++) {
        if (i == 0 || i == 2)
            *at++ = '-';
        at = put_hex(at, id->Data4[i], 2);
    }
    *at++ = '}';
    *at = 0;
    return LENGTH;
}
