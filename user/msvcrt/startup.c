/* startup.c - what the start code of a program asks the run-time before it calls main().
 *
 * mingw-w64's start code runs the constructors (_initterm), says what it is (__set_app_type), asks
 * for the arguments (arguments.c), calls main() and hands its result to exit() (exit.c).
 */
#include "user/msvcrt/crt.h"
#include "user/msvcrt/data.h"
#include <stdlib.h>

typedef void(__cdecl *initializer)(void);

int _fmode = 0x4000; /* _O_TEXT: how files are opened that do not say */
int _commode;        /* commit on flush: every write reaches the file at once anyway */
unsigned _osver, _winver, _winmajor, _winminor, _osplatform;

static int app_type;
static int error_mode;

int *__p__fmode(void);
int *__p__commode(void);
unsigned *__p__osver(void);
unsigned *__p__winver(void);
unsigned *__p__winmajor(void);
unsigned *__p__winminor(void);
void _initterm(initializer *start, initializer *end);
int _initterm_e(int(__cdecl **start)(void), int(__cdecl **end)(void));
void __set_app_type(int type);
int _get_fmode(int *mode);
int _set_fmode(int mode);

int *__p__fmode(void)
{
    return &_fmode;
}

int *__p__commode(void)
{
    return &_commode;
}

unsigned *__p__osver(void)
{
    return &_osver;
}

unsigned *__p__winver(void)
{
    return &_winver;
}

unsigned *__p__winmajor(void)
{
    return &_winmajor;
}

unsigned *__p__winminor(void)
{
    return &_winminor;
}

int _get_fmode(int *mode)
{
    *mode = _fmode;
    return 0;
}

int _set_fmode(int mode)
{
    _fmode = mode;
    return 0;
}

/* Calls every function of a table; the linker leaves NULLs in it. */
void _initterm(initializer *start, initializer *end)
{
    for (; start < end; start++)
        if (*start)
            (*start)();
}

/* The same for initializers that can fail; stops at the first that does and returns its answer. */
int _initterm_e(int(__cdecl **start)(void), int(__cdecl **end)(void))
{
    int result = 0;

    for (; start < end && result == 0; start++)
        if (*start)
            result = (*start)();
    return result;
}

/* 1: console, 2: windows.  Would decide whether errors appear in a box; here is only a console. */
void __set_app_type(int type)
{
    app_type = type;
}

int _set_error_mode(int mode)
{
    int before = error_mode;

    if (mode != 3) /* 3: only asks */
        error_mode = mode;
    return before;
}
