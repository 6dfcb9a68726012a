/* heap_parts.h - what the blocks of a heap ask of the parts that stand on them. */
#pragma once
#include "user/ntdll/heap_make.h"

extern const struct heap_parts heap_parts; /* for struct heap_provider */
