/* homework.h - what the files of the homework's answers share: numbers in, JSON out. */
#ifndef TESTS_HOST_HOMEWORK_H
#define TESTS_HOST_HOMEWORK_H

#include <stdbool.h>
#include <stdint.h>

/* The next number or word of the question; ends the program if there is none. */
uint32_t homework_number(void);
const char *homework_word(void);

/* The answers, each in a file by what it needs; they print one JSON value. */
void homework_faultkind(void);
void homework_regions(void);
void homework_stack(void);
void homework_tablesize(void);
void homework_fragment(void);
void homework_heapmap(void);

#endif
