/* views.h - what the live screen shows: four views of memory. */
#pragma once
#include "kernel/watch/screen.h"

struct views_target {
    enum screen_view view;
    uint32_t pid;  /* SCREEN_NEWEST, 0: the kernel, or a process */
    uint32_t va;   /* SCREEN_TABLE: an address of the table; 0: that of the last fault */
    uint32_t page; /* SCREEN_SPACE: how many screens of regions to skip; wraps */
};

/* Draw the title alone: the bar of keys, this view's marked. */
void views_title(enum screen_view view);

/* Draw the whole picture. */
void views_draw(const struct views_target *target);

/* Half a second has passed: remember how many faults it brought. */
void views_sample(void);
