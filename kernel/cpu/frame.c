/* frame.c - makes a trap frame safe to return through. */
#include "kernel/cpu/frame.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"

volatile uint32_t frame_work_pending;

bool frame_is_odd(const struct trap_frame *frame)
{
    if (frame->eflags & FRAME_VM)
        return true;
    return frame_from_user(frame) &&
           ((uint16_t)frame->cs != GDT_USER_CODE || (uint16_t)frame->ss != GDT_USER_DATA);
}

void frame_make_user(struct trap_frame *frame)
{
    frame->cs = GDT_USER_CODE;
    frame->ds = frame->es = frame->ss = GDT_USER_DATA;
    frame->fs = GDT_TEB;
    frame->gs = 0;
    frame->eflags = (frame->eflags & EFLAGS_USER) | EFLAGS_ONE | EFLAGS_IF;
}
