/* version.c - is this Windows at least ...?  Programs without a manifest that says more see 6.1. */
#include "user/kernel32/kernel32.h"

/* VerSetConditionMask(), under this name because the header takes that one for another DLL's: three bits for each of
 * the eight fields say how it is compared. */
ULONGLONG NTAPI version_mask(ULONGLONG mask, DWORD fields, BYTE condition);
ULONGLONG NTAPI version_mask(ULONGLONG mask, DWORD fields, BYTE condition)
{
    for (unsigned bit = 0; bit < 8; bit++)
        if ((fields >> bit & 1) != 0)
            mask |= (ULONGLONG)(condition & 7) << 3 * bit;
    return mask;
}

static bool compare(unsigned condition, DWORD here, DWORD wanted)
{
    switch (condition) {
    case VER_EQUAL:
        return here == wanted;
    case VER_GREATER:
        return here > wanted;
    case VER_GREATER_EQUAL:
        return here >= wanted;
    case VER_LESS:
        return here < wanted;
    case VER_LESS_EQUAL:
        return here <= wanted;
    case VER_AND:
        return (here & wanted) == wanted;
    case VER_OR:
        return (here & wanted) != 0 || wanted == 0;
    default:
        return false;
    }
}

/* Major, minor and service pack are one number of which a part may be asked: the first field that differs
 * decides, by the condition of the highest one asked. */
static bool compare_version(const OSVERSIONINFOEXW *here, const OSVERSIONINFOEXW *wanted,
                            DWORD fields, ULONGLONG mask)
{
    const struct {
        DWORD field, here, wanted;
    } parts[] = {
        {VER_MAJORVERSION, here->dwMajorVersion, wanted->dwMajorVersion},
        {VER_MINORVERSION, here->dwMinorVersion, wanted->dwMinorVersion},
        {VER_SERVICEPACKMAJOR, here->wServicePackMajor, wanted->wServicePackMajor},
        {VER_SERVICEPACKMINOR, here->wServicePackMinor, wanted->wServicePackMinor},
    };
    unsigned condition = 0;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if ((fields & parts[i].field) == 0)
            continue;
        if (condition == 0)
            condition = (unsigned)(mask >> 3 * __builtin_ctz(parts[i].field)) & 7;
        if (parts[i].here != parts[i].wanted)
            return compare(condition, parts[i].here, parts[i].wanted);
    }
    return condition == 0 || compare(condition, 0, 0);
}

BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW wanted, DWORD fields, DWORDLONG mask)
{
    OSVERSIONINFOEXW here = {.dwOSVersionInfoSize = sizeof here};
    bool holds;

    if (fields == 0 || mask == 0)
        return error_fail(ERROR_BAD_ARGUMENTS);
    GetVersionExW((LPOSVERSIONINFOW)&here);
    holds = compare_version(&here, wanted, fields, mask);
    if ((fields & VER_BUILDNUMBER) != 0)
        holds = holds &&
                compare((unsigned)(mask >> 3 * 2) & 7, here.dwBuildNumber, wanted->dwBuildNumber);
    if ((fields & VER_PLATFORMID) != 0)
        holds = holds &&
                compare((unsigned)(mask >> 3 * 3) & 7, here.dwPlatformId, wanted->dwPlatformId);
    if ((fields & VER_SUITENAME) != 0)
        holds =
            holds && compare((unsigned)(mask >> 3 * 6) & 7, here.wSuiteMask, wanted->wSuiteMask);
    if ((fields & VER_PRODUCT_TYPE) != 0)
        holds = holds &&
                compare((unsigned)(mask >> 3 * 7) & 7, here.wProductType, wanted->wProductType);
    return holds ? TRUE : error_fail(ERROR_OLD_WIN_VERSION);
}

/* The two records are alike where this looks, but for the place of the last fields. */
BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA narrow, DWORD fields, DWORDLONG mask)
{
    OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof wide};

    memcpy(&wide, narrow, offsetof(OSVERSIONINFOEXA, szCSDVersion));
    memcpy(&wide.wServicePackMajor, &narrow->wServicePackMajor,
           sizeof *narrow - offsetof(OSVERSIONINFOEXA, wServicePackMajor));
    return VerifyVersionInfoW(&wide, fields, mask);
}
