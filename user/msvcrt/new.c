/* new.c - operators new and delete of Visual C++, and what they ask when there is no memory. */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <stdlib.h>

typedef int(__cdecl *new_handler)(size_t size);

static new_handler handler;
static int mode; /* 1: malloc() asks the handler, too; remembered only */

new_handler _set_new_handler(new_handler fresh);
new_handler _set_new_handler(new_handler fresh)
{
    new_handler before = handler;

    handler = fresh;
    return before;
}

new_handler _query_new_handler(void);
new_handler _query_new_handler(void)
{
    return handler;
}

int _set_new_mode(int fresh);
int _set_new_mode(int fresh)
{
    int before = mode;

    if (fresh != 0 && fresh != 1)
        return crt_fail(EINVAL);
    mode = fresh;
    return before;
}

int _query_new_mode(void);
int _query_new_mode(void)
{
    return mode;
}

/* 1: the handler made room, try again. */
int __cdecl _callnewh(size_t size);
int __cdecl _callnewh(size_t size)
{
    if (handler && handler(size))
        return 1;
    crt_fail(ENOMEM);
    return 0;
}

/* Returns 0 where nobody makes room: these old operators throw nothing. */
void *crt_new(size_t size);
void *crt_new(size_t size)
{
    void *block;

    do {
        block = malloc(size ? size : 1);
    } while (!block && _callnewh(size));
    return block;
}
