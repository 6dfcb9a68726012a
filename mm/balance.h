/* balance.h - work done ahead, so that a fault finds what it needs.
 *
 * Windows has three threads for it: one fills free frames with zeros,
 * one writes modified pages, one keeps working sets in bounds.  Here they are
 * functions that the kernel calls when it has time.
 */
#pragma once
#include "mm/reclaim.h"

struct balance_settings {
    uint32_t zeroed;   /* frames that are kept zeroed, at most */
    uint32_t modified; /* a longer modified list is written in idle time */
};
extern struct balance_settings balance_settings;

struct balance_counters {
    uint32_t zeroed, written; /* frames, pages: in idle time */
    uint32_t passes, trimmed; /* of the balance-set manager */
};
extern struct balance_counters balance_counters;

/* Settings that fit the watermarks.  => reclaim_init() has run. */
void balance_init(void);

/* One small piece of idle work: write a cluster of modified pages, or zero one frame. false: there is nothing to do. */
bool balance_idle(void);

/* A second is over: note how many faults each working set had in it. */
void balance_second(void);

/* The balance-set manager's round: when memory is short, trims working sets that are above their
 * maximum, so that the next faults find frames: some pages at a time, since it interrupts a program. */
void balance_pass(void);

/* Is a round due before its time?  Hardly more frames than the low watermark are left. */
bool balance_is_low(void);
