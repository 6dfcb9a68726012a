/* options.h - the words of the kernel's command line.
 *
 *   mem=SIZE       RAM that Pagoda may use         frames=N      cap on frames for programs
 *   pagefile=SIZE  size of the paging file         policy=NAME   page replacement policy
 *   cmd=TEXT       monitor commands to run, separated by ';'
 *   trace          fault trace on COM2             notick        no timer interrupt
 *   screen=on|off  live memory screen on the VGA    rows=25|50  of its text
 *   latency=N      microseconds that a page to or from the paging file takes (at most a second)
 *   nonce=WORD     what marks the kernel's own lines for graders (mark.h)
 *   poison         a frame that need not be clear is full of A5 when it is handed out
 *   compress=on    a quarter of the paging file's RAM becomes a compressed store in front of it
 *
 * SIZE is a number with K, M or G behind it.  A word with blanks is quoted: "cmd=vm; exit"; inside
 * quotes and outside, a backslash takes the next character as it is (that is how GRUB passes it).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { OPTIONS_TEXT = 1024, OPTIONS_NAME = 24, OPTIONS_ERROR = 160 };

struct options {
    uint32_t mem;      /* bytes; 0: all there is */
    uint32_t pagefile; /* bytes */
    bool pagefile_set; /* else the kernel chooses */
    uint32_t frames;   /* 0: no cap */
    uint32_t latency;  /* microseconds */
    bool trace, screen, rows25, notick, compress, poison;
    char policy[OPTIONS_NAME]; /* "": the default */
    char nonce[OPTIONS_NAME];  /* "": none */
    char cmd[OPTIONS_TEXT];    /* "": none */
    char error[OPTIONS_ERROR]; /* one sentence, or "" */
};

/* The options the kernel was started with. */
extern struct options options;

/* Read a command line into *out; out->error tells what is wrong with it. */
void options_parse(const char *line, struct options *out);
