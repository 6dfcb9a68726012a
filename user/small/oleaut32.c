/* oleaut32.c - BSTR, a text with its length in front, and VARIANT. */
#include "user/small/small.h"

#include <oleauto.h>

BSTR WINAPI SysAllocStringByteLen(LPCSTR bytes, UINT size)
{
    UINT *block = size > 0x7FFFFFF0 ? NULL
                                    : HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY,
                                                sizeof *block + size + sizeof(OLECHAR));

    if (block == NULL)
        return NULL;
    *block = size;
    if (bytes != NULL)
        memcpy(block + 1, bytes, size);
    return (BSTR)(block + 1);
}

BSTR WINAPI SysAllocStringLen(const OLECHAR *text, UINT length)
{
    return length > 0x3FFFFFF0 ? NULL
                               : SysAllocStringByteLen((LPCSTR)text, length * (UINT)sizeof *text);
}

BSTR WINAPI SysAllocString(const OLECHAR *text)
{
    return text == NULL ? NULL : SysAllocStringLen(text, (UINT)lstrlenW(text));
}

void WINAPI SysFreeString(BSTR text)
{
    if (text != NULL)
        HeapFree(GetProcessHeap(), 0, (UINT *)text - 1);
}

UINT WINAPI SysStringByteLen(BSTR text)
{
    return text == NULL ? 0 : ((UINT *)text)[-1];
}

UINT WINAPI SysStringLen(BSTR text)
{
    return SysStringByteLen(text) / (UINT)sizeof *text;
}

void WINAPI VariantInit(VARIANTARG *variant)
{
    memset(variant, 0, sizeof *variant);
}

/* Frees what the variant owns; arrays and objects there are none. */
HRESULT WINAPI VariantClear(VARIANTARG *variant)
{
    if (variant->vt == VT_BSTR)
        SysFreeString(variant->bstrVal);
    else if (variant->vt == VT_UNKNOWN || variant->vt == VT_DISPATCH ||
             (variant->vt & VT_ARRAY) != 0)
        return DISP_E_BADVARTYPE;
    variant->vt = VT_EMPTY;
    return S_OK;
}

HRESULT WINAPI VariantCopy(VARIANTARG *to, VARIANTARG *from)
{
    HRESULT result = VariantClear(to);

    if (FAILED(result))
        return result;
    *to = *from;
    if (from->vt == VT_BSTR && from->bstrVal != NULL) {
        to->bstrVal = SysAllocStringByteLen((LPCSTR)from->bstrVal, SysStringByteLen(from->bstrVal));
        if (to->bstrVal == NULL) {
            to->vt = VT_EMPTY;
            return E_OUTOFMEMORY;
        }
    }
    return S_OK;
}

/* `text` may be null: then the new one has room for `length` characters. */
INT WINAPI SysReAllocStringLen(BSTR *at, const OLECHAR *text, UINT length)
{
    BSTR fresh = SysAllocStringLen(text, length);

    if (fresh == NULL)
        return FALSE;
    SysFreeString(*at);
    *at = fresh;
    return TRUE;
}

INT WINAPI SysReAllocString(BSTR *at, const OLECHAR *text)
{
    return SysReAllocStringLen(at, text, text == NULL ? 0 : (UINT)lstrlenW(text));
}
