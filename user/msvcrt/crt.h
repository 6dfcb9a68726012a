/* crt.h - what the files of msvcrt.dll share with each other; programs never see it.
 *
 * The room sits on kernel32 alone: no system call, no ntdll.  Public names and layouts (FILE, struct
 * stat, jmp_buf, ...) come from mingw-w64's standard headers, so a disagreement is a compile error.
 * printf, scanf, strtod and most of <math.h> are mingw-w64's own code (libmingwex.a), linked into
 * this DLL and exported under the names that Windows uses; see printf.c, scanf.c and math.c.
 */
#ifndef USER_MSVCRT_CRT_H
#define USER_MSVCRT_CRT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <wchar.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* ---- record.c: what every thread has of its own ------------------------------------------------ */

struct crt_thread {
    int error;              /* errno */
    unsigned long os_error; /* _doserrno: the Win32 code behind errno */
    unsigned random;        /* rand() */
    char *token;            /* strtok() */
    wchar_t *wide_token;    /* wcstok() */
    struct tm time;         /* gmtime(), localtime() */
    char time_text[26];     /* asctime(), ctime() */
    wchar_t wide_time_text[26];
    char error_text[160]; /* strerror() */
    wchar_t wide_error_text[160];
    char number_text[360]; /* _ecvt(), _fcvt() */
    char temporary_name[16];
    void *caught; /* the exceptions that are being handled, the innermost first */
    void *current_exception, *current_context;
    unsigned leaving; /* __finally blocks that run because of an exception */
    void *start;      /* _beginthread: function and argument until the thread runs */
    void *argument;
};

/* The record of the calling thread, made at its first use.  Never NULL; keeps GetLastError(). */
struct crt_thread *crt_thread(void);
bool crt_thread_attach(void);
void crt_thread_adopt(struct crt_thread *thread); /* becomes the calling thread's record */
void crt_thread_leave(void);                      /* this thread ends */
void crt_thread_detach(void);                     /* the DLL is unloaded */

/* ---- errors.c ------------------------------------------------------------------------------------- */

/* Each sets errno and returns -1, so that a failing function can end with `return crt_fail(...)`. */
int crt_fail(int error);
int crt_fail_os(void); /* errno from GetLastError() */

/* ---- locks.c -------------------------------------------------------------------------------------- */

/* The fixed locks; their numbers are public because _lock() takes them (streams start at 16). */
enum crt_lock {
    CRT_LOCK_EXIT = 8,
    CRT_LOCK_STREAMS = 1,
    CRT_LOCK_ENVIRONMENT = 7,
    CRT_LOCK_SIGNALS = 0,
    CRT_LOCK_DESCRIPTORS = 11,
    CRT_LOCK_TIME = 6,
    CRT_LOCK_FIRST_STREAM = 16,
    CRT_LOCK_COUNT = 36
};
void crt_locks_init(void);
void crt_enter(unsigned lock);
void crt_leave(unsigned lock);

/* ---- descriptor.c: small integers for open files -------------------------------------------------- */

bool crt_descriptor_is_text(int fd);
/* What a wide character becomes in a file, as _setmode() says (X19): the locale's bytes, UTF-8, or two bytes. */
enum crt_wide { CRT_WIDE_LOCALE, CRT_WIDE_UTF8, CRT_WIDE_UTF16 };
enum crt_wide crt_descriptor_wide(int fd);
bool crt_descriptor_is_device(int fd);
bool crt_descriptor_appends(int fd);
void crt_descriptors_init(void);      /* 0, 1 and 2 from the standard handles */
HANDLE crt_descriptor_handle(int fd); /* INVALID_HANDLE_VALUE and errno EBADF when not open */
/* Where reading on from `start` is after `count` translated bytes: the raw offset. */
int64_t crt_descriptor_raw_offset(int fd, int64_t start, int count);

/* ---- stream.c: FILE ------------------------------------------------------------------------------- */

void crt_streams_init(void);
void crt_streams_finish(void); /* flush everything, remove temporary files */
void crt_stream_enter(FILE *stream);
void crt_stream_leave(FILE *stream);
int crt_stream_put(int c, FILE *stream); /* stream is entered; EOF when it can't be written */
int crt_stream_get(FILE *stream);
int crt_stream_unget(int c, FILE *stream);
int crt_stream_flush(FILE *stream);
bool crt_stream_start_reading(FILE *stream);
bool crt_stream_start_writing(FILE *stream);
bool crt_stream_wants_buffer(FILE *stream); /* gives it one if it has none */
int64_t crt_stream_tell(FILE *stream);
int crt_stream_seek(FILE *stream, int64_t offset, int whence);
FILE *crt_stream_new(void); /* a closed slot, _flag 0; NULL and EMFILE */
FILE *crt_stream_open(FILE *stream, const char *name, const char *mode);
int crt_stream_close(FILE *stream);

/* ---- newer.c ----------------------------------------------------------------------------------------- */

void crt_terminate(void);
typedef void(__cdecl *crt_se_translator)(unsigned code, EXCEPTION_POINTERS *pointers);
/* Runs a part (a filter, a handler, an unwinding) of the function whose frame EBP points to; its EAX (seh.c). */
uintptr_t crt_call_on(void *function, uintptr_t *ebp);
crt_se_translator crt_translator(void); /* what makes a C++ exception of another one, or NULL */

/* ---- the rest --------------------------------------------------------------------------------------- */

void crt_environment_init(void);
void crt_arguments_init(void);
void crt_ctype_init(void);
void crt_clock_init(void);
void crt_heap_init(void);
void crt_run_exit_functions(void);
bool crt_narrow(const wchar_t *wide, char *narrow, int size); /* false: does not fit */
bool crt_widen(const char *narrow, wchar_t *wide, int size);

/* What programs know as _timezone and so on: the headers declare those names as imports. */
extern long crt_timezone; /* seconds west of Greenwich */
extern int crt_daylight;
extern long crt_dstbias;
extern char *crt_tzname[2];

/* Symbols that mingw-w64's headers do not declare but a DLL has to define. */
extern char **__initenv;
extern wchar_t **__winitenv;

/* ---- locale.c ----------------------------------------------------------------------------------- */

enum { CRT_KOREAN = 949 }; /* the code page whose characters take up to two bytes */

/* ctype.c: which bytes begin a character of two, in this code page. */
void crt_ctype_leads(unsigned page);

#endif
