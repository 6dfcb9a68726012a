/* line.h - one line typed by a person, with editing and history: for the monitor and for programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINE_WORD = 64,        /* bytes that Tab can add */
    LINE_HISTORY = 32,     /* lines, ... */
    LINE_REMEMBERED = 256, /* ... of fewer bytes each */
    LINE_MOST = 1024,      /* bytes of the longest line, its end included */
};

/* Who reads; zeroed memory knows no history. */
struct line_reader {
    /* Tab: what follows the first `length` characters of a line.  0: Tab is a character like others. */
    void (*complete)(const char *line, size_t length, char rest[LINE_WORD + 1]);
    bool ends;             /* Ctrl-Z or Ctrl-D at the start of a line is the end of input */
    unsigned remembered;   /* lines ever remembered */
    char begun[LINE_MOST]; /* the new line, while the history is looked at */
    char history[LINE_HISTORY][LINE_REMEMBERED];
};

/* Hear of typed characters.  Called once, before the first line. */
void line_init(void);

enum { LINE_NOBODY = -2, LINE_END_OF_INPUT = -3 };

/* The terminal's report of where its cursor is, ESC [ ROW ; COLUMN R; false if something else comes. */
bool line_report(uint32_t timeout, unsigned *row, unsigned *column);

/* Whoever reads reads no further than what is typed now. */
void line_interrupt(void);

/* Print the prompt and read a line into `line`, of at most LINE_MOST bytes with its zero: what is typed beyond
 * that rings the bell.  Returns its length, LINE_NOBODY or LINE_END_OF_INPUT. */
int line_read(struct line_reader *reader, const char *prompt, char *line, size_t size);

/* While the size of the terminal matters, else 0: called with what it reports at the prompt, ESC [ ROWS ; COLUMNS R,
 * and each second with 0, 0, to ask for that.  True: the screen was cleared, so the line is printed again. */
extern bool (*line_size)(unsigned rows, unsigned columns);

/* Remember a line that came from elsewhere (the script), so that the up arrow finds it. */
void line_remember(struct line_reader *reader, const char *line);
