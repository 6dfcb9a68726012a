/* keeper.h - when memory is kept ready: the zero-page thread, the modified-page writer and the
 * balance-set manager of Windows.
 */
#pragma once
struct trap_frame;

/* From now on the idle thread zeroes frames and writes modified pages.  => threads work. */
void keeper_init(void);

/* The timer interrupt, which came in over `frame`: the balance-set manager's turn? */
void keeper_tick(const struct trap_frame *frame);
