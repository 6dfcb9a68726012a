/* data.h - the variables that msvcrt.dll exports.
 *
 * The headers of mingw-w64 hide these behind macros and functions, each release others; here they are
 * plain variables under their own names.  Included after the standard headers, by the files that have
 * or use one.
 */
#ifndef USER_MSVCRT_DATA_H
#define USER_MSVCRT_DATA_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>

/* startup.c */
#undef _fmode
#undef _commode
#undef _osver
#undef _winver
#undef _winmajor
#undef _winminor
#undef _osplatform
extern int _fmode, _commode;
extern unsigned _osver, _winver, _winmajor, _winminor, _osplatform;

/* arguments.c */
#undef _acmdln
#undef _wcmdln
#undef _pgmptr
#undef _wpgmptr
#undef __argc
#undef __argv
#undef __wargv
extern char *_acmdln, *_pgmptr, **__argv;
extern wchar_t *_wcmdln, *_wpgmptr, **__wargv;
extern int __argc;

/* environment.c */
#undef _environ
#undef _wenviron
#undef __initenv
#undef __winitenv
extern char **_environ, **__initenv;
extern wchar_t **_wenviron, **__winitenv;

/* report.c */
#undef _sys_errlist
#undef _sys_nerr
extern char *_sys_errlist[];
extern int _sys_nerr;

/* stream.c: stdin, stdout, stderr and 17 more */
#undef _iob
extern FILE _iob[];

/* ctype.c */
#undef _pctype
#undef _pwctype
extern unsigned short *_pctype, *_pwctype;

/* multibyte.c */
#undef __mb_cur_max
#undef __lc_codepage
extern int __mb_cur_max;
extern unsigned __lc_codepage;

#endif
