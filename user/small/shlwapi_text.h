/* shlwapi_text.h - the functions of shlwapi.c that come twice: for CHARACTER narrow (NAME(x) is xA) and wide (xW); LETTER is its code.
 *
 * shlwapi.c includes it once for each.
 */

static CHARACTER *NAME(end_of)(const CHARACTER *text)
{
    while (*text != 0)
        text++;
    return (CHARACTER *)text;
}

static bool NAME(is_slash)(CHARACTER c)
{
    return c == '\\' || c == '/';
}

static void NAME(copy)(CHARACTER *to, const CHARACTER *from)
{
    do
        *to++ = *from;
    while (*from++ != 0);
}

BOOL WINAPI NAME(PathIsRelative)(const CHARACTER *path)
{
    return path == NULL || path[0] == 0 || (!NAME(is_slash)(path[0]) && path[1] != ':');
}

BOOL WINAPI NAME(PathIsUNC)(const CHARACTER *path)
{
    return path != NULL && path[0] == '\\' && path[1] == '\\';
}

/* "\" and "C:\"; a server and its share would be one, too. */
BOOL WINAPI NAME(PathIsRoot)(const CHARACTER *path)
{
    if (path == NULL || path[0] == 0)
        return FALSE;
    return (path[0] == '\\' && path[1] == 0) || (path[1] == ':' && path[2] == '\\' && path[3] == 0);
}

BOOL WINAPI NAME(PathFileExists)(const CHARACTER *path)
{
    return path != NULL && NAME(GetFileAttributes)(path) != INVALID_FILE_ATTRIBUTES;
}

BOOL WINAPI NAME(PathIsDirectory)(const CHARACTER *path)
{
    DWORD attributes = path != NULL ? NAME(GetFileAttributes)(path) : INVALID_FILE_ATTRIBUTES;

    return attributes != INVALID_FILE_ATTRIBUTES ? (BOOL)(attributes & FILE_ATTRIBUTE_DIRECTORY)
                                                 : FALSE;
}

/* Behind the last separator that something follows. */
CHARACTER *WINAPI NAME(PathFindFileName)(const CHARACTER *path)
{
    const CHARACTER *name = path;

    for (const CHARACTER *at = path; at != NULL && *at != 0; at++)
        if ((NAME(is_slash)(*at) || *at == ':') && at[1] != 0 && !NAME(is_slash)(at[1]))
            name = at + 1;
    return (CHARACTER *)name;
}

/* The last point of the last name, or the end. */
CHARACTER *WINAPI NAME(PathFindExtension)(const CHARACTER *path)
{
    const CHARACTER *point = NULL, *at = path;

    if (path == NULL)
        return NULL;
    for (; *at != 0; at++)
        if (*at == '.')
            point = at;
        else if (NAME(is_slash)(*at) || *at == ' ')
            point = NULL;
    return (CHARACTER *)(point != NULL ? point : at);
}

void WINAPI NAME(PathStripPath)(CHARACTER *path)
{
    if (path != NULL)
        NAME(copy)(path, NAME(PathFindFileName)(path));
}

void WINAPI NAME(PathRemoveExtension)(CHARACTER *path)
{
    if (path != NULL)
        *NAME(PathFindExtension)(path) = 0;
}

/* The last name goes with the separator before it; that of a root stays. */
BOOL WINAPI NAME(PathRemoveFileSpec)(CHARACTER *path)
{
    CHARACTER *cut = path;

    if (path == NULL)
        return FALSE;
    if (path[0] == '\\')
        cut = path + 1;
    else if (path[0] != 0 && path[1] == ':')
        cut = path + 2 + (path[2] == '\\');
    for (CHARACTER *at = cut; *at != 0; at++)
        if (*at == '\\')
            cut = at;
    if (*cut == 0)
        return FALSE;
    *cut = 0;
    return TRUE;
}

CHARACTER *WINAPI NAME(PathAddBackslash)(CHARACTER *path)
{
    CHARACTER *end = path != NULL ? NAME(end_of)(path) : NULL;

    if (end == NULL || end - path >= MAX_PATH - 1)
        return NULL;
    if (end > path && end[-1] != '\\') {
        *end++ = '\\';
        *end = 0;
    }
    return end;
}

/* "." goes, ".." takes the name before it away; what is left of a root is the root. */
BOOL WINAPI NAME(PathCanonicalize)(CHARACTER *out, const CHARACTER *path)
{
    CHARACTER *to = out, *root;

    if (out == NULL || path == NULL || NAME(end_of)(path) - path >= MAX_PATH)
        return FALSE;
    if (path[0] != 0 && path[1] == ':') {
        *to++ = *path++;
        *to++ = *path++;
    }
    root = to;
    while (*path != 0) {
        size_t dots = path[0] != '.' ? 0 : path[1] != '.' ? 1 : 2;
        bool starts = to == root || to[-1] == '\\';

        if (dots > 0 && starts && (path[dots] == '\\' || path[dots] == 0)) {
            path += dots + (path[dots] == '\\');
            if (dots == 2 && to > root)
                for (to--; to > root && to[-1] != '\\';)
                    to--;
            if (*path == 0 && to > root + 1 && to[-1] == '\\')
                to--;
        } else {
            *to++ = *path++;
        }
    }
    if (to == root && (root == out || out[1] == ':'))
        *to++ = '\\';
    *to = 0;
    return TRUE;
}

/* `out` has room for MAX_PATH characters.  NULL, and an empty `out`: the path would be longer. */
CHARACTER *WINAPI NAME(PathCombine)(CHARACTER *out, const CHARACTER *folder, const CHARACTER *name)
{
    CHARACTER both[2 * MAX_PATH] = {0}, full[MAX_PATH];
    bool fits = (folder == NULL || NAME(end_of)(folder) - folder < MAX_PATH) &&
                (name == NULL || NAME(end_of)(name) - name < MAX_PATH);
    bool alone = folder == NULL || (name != NULL && name[0] != 0 && !NAME(PathIsRelative)(name));

    if (out == NULL || (folder == NULL && name == NULL))
        return NULL;
    if (fits && !alone) {
        NAME(copy)(both, folder);
        if (name != NULL && name[0] != 0 && both[0] != 0 && !NAME(is_slash)(NAME(end_of)(both)[-1]))
            NAME(copy)(NAME(end_of)(both), (const CHARACTER[]){'\\', 0});
    }
    if (fits && name != NULL)
        NAME(copy)(NAME(end_of)(both), name);
    if (!fits || NAME(end_of)(both) - both >= MAX_PATH || !NAME(PathCanonicalize)(full, both)) {
        out[0] = 0;
        return NULL;
    }
    NAME(copy)(out, full);
    return out;
}

BOOL WINAPI NAME(PathAppend)(CHARACTER *path, const CHARACTER *more)
{
    if (path == NULL || more == NULL)
        return FALSE;
    while (NAME(is_slash)(*more) && !NAME(PathIsUNC)(more))
        more++;
    return NAME(PathCombine)(path, path, more) != NULL;
}

BOOL WINAPI NAME(PathRenameExtension)(CHARACTER *path, const CHARACTER *extension)
{
    CHARACTER *point = NAME(PathFindExtension)(path);

    if (point - path + (NAME(end_of)(extension) - extension) >= MAX_PATH)
        return FALSE;
    NAME(copy)(point, extension);
    return TRUE;
}

/* One name against "*" and "?"; case does not count. */
static bool NAME(matches)(const CHARACTER *name, const CHARACTER *pattern, const CHARACTER *end)
{
    for (; pattern < end; pattern++, name++) {
        if (*pattern == '*') {
            for (;; name++)
                if (NAME(matches)(name, pattern + 1, end))
                    return true;
                else if (*name == 0)
                    return false;
        }
        if (*name == 0 || (*pattern != '?' && fold(LETTER(*pattern)) != fold(LETTER(*name))))
            return false;
    }
    return *name == 0;
}

/* Patterns are separated by semicolons. */
BOOL WINAPI NAME(PathMatchSpec)(const CHARACTER *name, const CHARACTER *patterns)
{
    for (;;) {
        const CHARACTER *end = patterns;

        while (*end != 0 && *end != ';')
            end++;
        if (NAME(matches)(name, patterns, end))
            return TRUE;
        if (*end == 0)
            return FALSE;
        for (patterns = end + 1; *patterns == ' ';)
            patterns++;
    }
}

static int NAME(compare)(const CHARACTER *a, const CHARACTER *b, int length, bool folded)
{
    for (; length > 0; length--, a++, b++) {
        unsigned x = folded ? fold(LETTER(*a)) : LETTER(*a);
        unsigned y = folded ? fold(LETTER(*b)) : LETTER(*b);

        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            return 0;
    }
    return 0;
}

int WINAPI NAME(StrCmpN)(const CHARACTER *a, const CHARACTER *b, int length)
{
    return NAME(compare)(a, b, length, false);
}

int WINAPI NAME(StrCmpNI)(const CHARACTER *a, const CHARACTER *b, int length)
{
    return NAME(compare)(a, b, length, true);
}

static CHARACTER *NAME(search)(const CHARACTER *text, const CHARACTER *what, bool folded)
{
    int length = what != NULL ? (int)(NAME(end_of)(what) - what) : 0;

    for (; text != NULL && length > 0 && *text != 0; text++)
        if (NAME(compare)(text, what, length, folded) == 0)
            return (CHARACTER *)text;
    return NULL;
}

CHARACTER *WINAPI NAME(StrStr)(const CHARACTER *text, const CHARACTER *what)
{
    return NAME(search)(text, what, false);
}

CHARACTER *WINAPI NAME(StrStrI)(const CHARACTER *text, const CHARACTER *what)
{
    return NAME(search)(text, what, true);
}

/* Decimal digits after a minus sign, if there is one; what isn't a number, or begins with a blank or a plus, is 0. */
int WINAPI NAME(StrToInt)(const CHARACTER *text)
{
    bool minus = *text == '-';
    unsigned number = 0;

    for (text += minus; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (unsigned)(*text - '0');
    return (int)(minus ? 0 - number : number);
}
