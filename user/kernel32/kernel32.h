/* kernel32.h - what the files of kernel32.dll share.
 *
 * kernel32.dll is a thin layer: it turns the arguments of a documented Win32 function into those of a
 * system service, and the service's status into TRUE or FALSE and a last error.  Each file is one
 * subject; a function is documented by Microsoft, so only what isn't obvious is said here.
 */
#ifndef USER_KERNEL32_KERNEL32_H
#define USER_KERNEL32_KERNEL32_H

#include "user/ntdll/native.h"

/* ntdll.dll's copies of the C library's; declared here because there is no C library below. */
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
char *strchr(const char *text, int character);
char *strrchr(const char *text, int character);

#define SHARED_PAGE ((const struct abi_shared_page *)ABI_SHARED_PAGE)

/* error.c */

/* Sets the last error from a status.  Returns FALSE, so that a function can return it. */
BOOL error_set(NTSTATUS status);
/* TRUE, or error_set(status). */
BOOL error_result(NTSTATUS status);
/* Sets the last error; returns FALSE, a null pointer, INVALID_HANDLE_VALUE. */
BOOL error_fail(DWORD error);
void *error_null(DWORD error);
HANDLE error_invalid(DWORD error);

/* code_page.c - code pages that are files of the disc. */

struct code_page;

/* 0: there is no file for that number. */
struct code_page *code_page_open(UINT number);
/* Is it the first byte of two? */
bool code_page_leads(const struct code_page *page, BYTE byte);
/* The character at *from, which moves behind it; 0xFFFD for bytes that mean nothing. */
unsigned code_page_wide(const struct code_page *page, const unsigned char **from,
                        const unsigned char *end);
/* How many bytes the character has, 1 or 2; 0: it isn't in the code page. */
int code_page_bytes(struct code_page *page, WCHAR wide, char bytes[2]);

/* text.c - UTF-16 and the ANSI code page. */
enum { TEXT_NAME = MAX_PATH };

/* Characters of a wide text, the zero not counted. */
size_t text_length(const WCHAR *text);
/* A narrow text into `wide`, at most `room` characters with the zero.  False: it doesn't fit. */
bool text_widen(WCHAR *wide, size_t room, const char *narrow);
/* The other way round; what the ANSI code page doesn't have becomes '?'. */
bool text_narrow(char *narrow, size_t room, const WCHAR *wide);
/* A copy on the process heap; 0 when there is no memory.  0 stays 0 without an error. */
WCHAR *text_widen_copy(const char *narrow);
char *text_narrow_copy(const WCHAR *wide);
void text_free(void *copy);
/* For functions that fill the caller's buffer with `text`: copies it with its zero if it fits and
 * returns its length; else returns the size needed, the zero included. */
DWORD text_give(char *buffer, DWORD size, const char *text);
DWORD text_give_wide(WCHAR *buffer, DWORD size, const char *text);

/* object.c - names and attributes of kernel objects. */
struct object_name {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING string;
    WCHAR text[TEXT_NAME];
};
/* Fills in `object`; `name` and `security` may be 0.  False: the name is too long. */
bool object_name(struct object_name *object, const WCHAR *name, const SECURITY_ATTRIBUTES *security,
                 ULONG attributes);
/* What a Create function for a named object returns, with last error 0 or 183. */
HANDLE object_created(NTSTATUS status, HANDLE handle);
/* What an Open function returns; it has put the handle there. */
HANDLE object_opened(NTSTATUS status, const HANDLE *handle);

/* time.c */

/* The same time as a record. */
FILETIME time_file(LARGE_INTEGER time);
/* Milliseconds as the services want them: 100 ns, negative.  INFINITE is a null pointer. */
const LARGE_INTEGER *time_out(DWORD milliseconds, LARGE_INTEGER *buffer);

/* environment.c, exception.c: called once by dll_main(). */
BOOL environment_start(void);
void exception_start(void);

/* fls.c: the calling thread ends; its slots become those of another fiber (0: all empty), and are returned; those of a
 * fiber that ends. */
void fls_thread_ends(void);
void *fls_swap(void *values);
void fls_finish(void *values);

/* completion.c: a transfer with an OVERLAPPED has ended; a handle is closed. */
void completion_tell(HANDLE file, OVERLAPPED *overlapped);
void completion_forget(HANDLE handle);

/* timer.c: a handle is closed. */
void timer_forget(HANDLE handle);

/* apc.c: calls in this thread that others have asked for. */
BOOL apc_queue(DWORD thread, PAPCFUNC function, ULONG_PTR argument);
BOOL apc_queue_timer(DWORD thread, PTIMERAPCROUTINE routine, void *argument, LONGLONG due);
bool apc_run(void);
NTSTATUS apc_wait(DWORD count, const HANDLE *handles, bool all, const LARGE_INTEGER *timeout);
void apc_thread_ends(void);

/* locale.c: the other case of a letter, of any alphabet that has two. */
WCHAR locale_lower(WCHAR c);
WCHAR locale_upper(WCHAR c);

/* console.c: is it the console's input (a handle that can't write) or output?  Sets the last error if not. */
bool console_is(HANDLE handle);

/* The FILE_DEVICE_ number of the device that a file is on; 0, and the last error: there is no such file. */
ULONG file_device(HANDLE file);
bool console_is_input(HANDLE handle);
bool console_is_output(HANDLE handle);

/* file.c: called with what was written to a file, perhaps the console; at first 0. */
extern void (*file_written)(HANDLE file, const void *text, DWORD size);

/* lock.c: a handle is closed, so its locks on parts of a file end. */
void lock_forget(HANDLE file);

/* path.c: the name with its directories, from the root on; at most TEXT_NAME characters with the zero.  Names of
 * devices stay what they are.  False: too long. */
bool path_full(const WCHAR *name, WCHAR full[TEXT_NAME]);
/* The whole name of a directory that is there becomes the current one. */
void path_set_current(WCHAR full[TEXT_NAME]);

/* file.c: opens a file as CreateFile does, but returns the status. */
NTSTATUS file_make_directory(const WCHAR *name, const SECURITY_ATTRIBUTES *security, HANDLE *file);
NTSTATUS file_open(const WCHAR *name, ACCESS_MASK access, ULONG options, HANDLE *file);

#endif
