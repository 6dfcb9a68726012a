/* frame.c - makes a trap frame safe to return through. */
#include "kernel/cpu/frame.h"

#include "kernel/cpu/cpu.h"

volatile uint32_t frame_work_pending;

void frame_make_user(struct trap_frame *frame)
{
    frame->cs = GDT_USER_CODE;
    frame->ds = frame->es = frame->ss = GDT_USER_DATA;
    frame->fs = GDT_TEB;
    frame->gs = 0;
    frame->eflags = (frame->eflags & EFLAGS_USER) | EFLAGS_ONE | EFLAGS_IF;
}
