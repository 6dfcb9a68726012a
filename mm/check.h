/* check.h - recomputes every invariant of mm from scratch. */
#pragma once
#include "mm/virtual.h"

/* Walks every table, list and region; panics with a sentence on the first difference. */
void mm_check(void);
