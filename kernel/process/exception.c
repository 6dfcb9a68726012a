/* exception.c - turns a refused fault or a CPU exception into an exception of the program.
 *
 * The facts of a refused fault are noted in the thread when it is delivered, because only now is
 * known what lies at the address.  The sentence about them is printed when the program turns out to
 * have no handler, and never when it has.
 */
#include "kernel/process/exception.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/frame.h"
#include "kernel/cpu/usercopy.h"
#include "kernel/device/console.h"
#include "kernel/object/schedule.h"
#include "kernel/process/context.h"
#include "kernel/process/process.h"
#include "kernel/process/words.h"
#include "lib/string.h"

/* What the program finds at its stack pointer. */
struct delivery {
    va_t record_at, context_at;
    struct exception_record record;
    uint32_t gap[3];
    struct context context;
};
enum { EXTENDED_AT = offsetof(struct delivery, context.extended) };
_Static_assert(EXTENDED_AT % 16 == 0, "FXSAVE");

enum { WIDTH = 79 }; /* of the console's lines */

/* --- the sentence --- */

static const char *access_words(const struct exception_note *note)
{
    if (note->access == FAULT_WRITE)
        return "tried to write to";
    return note->access == FAULT_EXECUTE ? "jumped to" : "tried to read";
}

/* In brackets: what lies at the address, and which instruction it was. */
static void describe_place(struct text *text, const struct exception_note *note)
{
    static const char *const kinds[] = {"private memory", "mapped view", "image"};
    bool jumped = note->access == FAULT_EXECUTE;

    if (!note->region_end && jumped)
        return;
    text_add(text, " (");
    if (note->region_end)
        text_add(text, "%s%s%s %08X-%08X", note->region, note->region[0] ? ", " : "",
                 kinds[note->region_type], note->region_start, note->region_end - 1);
    if (note->region_end && note->prot != PROT_BAD) {
        text_add(text, ", a page that is ");
        words_prot(text, note->prot);
    }
    if (!jumped)
        text_add(text, "%sby the instruction at %08X", note->region_end ? "; " : "", note->pc);
    text_add(text, ")");
}

/* Who did what, where, what lies there, why it is refused, what becomes of it. */
static void print_sentence(const struct thread *thread, const char *addition)
{
    const struct exception_note *note = &thread->note;
    struct text text = TEXT(400);

    text_add(&text, "%s (process %u, thread %u) ", thread->process->image_name, thread->process->id,
             thread->id);
    if (note->has_fault) {
        text_add(&text, "%s %08X", access_words(note), note->va);
        describe_place(&text, note);
        text_add(&text, ": %s",
                 note->code == STATUS_STACK_OVERFLOW
                     ? "the stack is full, and its last page is never made usable"
                     : words_fault_reason(note->reason));
    } else {
        text_add(&text, "stopped at %08X", note->pc);
    }
    text_add(&text, "%s; no handler, so the process ends with exit status ", addition);
    words_status(&text, note->code);
    text_add(&text, ".\n");
    text_wrap(&text, WIDTH);
    console_write(text.buffer, text.used);
}

/* --- delivery --- */

static void end_process(struct thread *thread, const char *addition)
{
    print_sentence(thread, addition);
    process_terminate(thread->process, thread->note.code);
}

/* The stack may grow while it is written to; what it can't take ends the process (W105). */
static void deliver(struct trap_frame *frame, const struct exception_record *record)
{
    struct thread *self = thread_current();
    va_t at = (frame->esp - (va_t)sizeof(struct delivery)) & ~(va_t)15;
    struct delivery d;

    d.record_at = at + offsetof(struct delivery, record);
    d.context_at = at + offsetof(struct delivery, context);
    d.record = *record;
    memset(d.gap, 0, sizeof d.gap);
    context_capture(self, &d.context, CONTEXT_EVERYTHING);
    if (usercopy_store(at, &d, EXTENDED_AT) || fpu_save_user(at + EXTENDED_AT, self->fpu)) {
        end_process(self, ", and the stack has no room to tell the program");
        return;
    }
    frame->esp = at;
    frame->eip = self->process->door;
    frame->eflags &= ~(EFLAGS_TF | EFLAGS_DF | EFLAGS_AC);
    frame_make_user(frame);
}

static void note_fault(struct exception_note *note, const struct fault *fault)
{
    const struct vad *region = fault->region;
    bool has_page = fault->kind != FAULT_VIOLATION || fault->reason == REASON_NOACCESS ||
                    fault->reason == REASON_READ_ONLY;

    note->code = exception_code(fault);
    note->pc = fault->pc;
    note->va = fault->va;
    note->access = fault->access;
    note->reason = fault->reason;
    note->has_fault = true;
    note->prot = has_page ? fault->prot : PROT_BAD;
    note->region_end = 0; /* none */
    if (region) {
        note->region_start = region->start;
        note->region_end = region->end;
        note->region_type = region->type;
        memcpy(note->region, region->tag, sizeof note->region);
    }
}

/* W101: a page that is promised, but can't be had for want of a frame, is an in-page error, too. */
status_t exception_code(const struct fault *fault)
{
    return fault->status == STATUS_NO_MEMORY ? STATUS_IN_PAGE_ERROR : fault->status;
}

void exception_fault(struct trap_frame *frame, const struct fault *fault)
{
    /* Without NX the CPU does not tell a fetch from a read, and programs are told the same (W95). */
    struct exception_record record = {
        .code = exception_code(fault),
        .address = frame->eip,
        .count = 2,
        .parameter = {fault->access == FAULT_WRITE, fault->va},
    };

    if (record.code == STATUS_STACK_OVERFLOW) { /* W117: always told as a write */
        record.parameter[0] = 1;
        thread_stack_grown(page_down(fault->va));
    } else if (record.code == STATUS_IN_PAGE_ERROR) {
        record.count = 3;
        record.parameter[2] = fault->status;
    }
    note_fault(&thread_current()->note, fault);
    deliver(frame, &record);
}

/* --- CPU exceptions (W100) --- */

/* Prefixes; instructions reserved to the kernel, of one byte and of two (0F and this one). */
static const uint8_t prefixes[] = {0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26,
                                   0x2E, 0x36, 0x3E, 0x64, 0x65};
static const uint8_t privileged[] = {0x6C, 0x6D, 0x6E, 0x6F, 0xE4, 0xE5, 0xE6,
                                     0xE7, /* INS, OUTS, IN, OUT */
                                     0xEC, 0xED, 0xEE, 0xEF, 0xF4, 0xFA, 0xFB}; /* HLT, CLI, STI */
/* LLDT, LTR; LGDT, LIDT, LMSW, INVLPG; CLTS; INVD, WBINVD; MOV from and to control and debug registers;
 * WRMSR, RDMSR, RDPMC, SYSEXIT. */
static const uint8_t privileged_0f[] = {0x00, 0x01, 0x06, 0x08, 0x09, 0x20, 0x21,
                                        0x22, 0x23, 0x30, 0x32, 0x33, 0x35};

static bool among(uint8_t byte, const uint8_t *bytes, size_t count)
{
    while (count > 0 && bytes[count - 1] != byte)
        count--;
    return count > 0;
}

/* A general-protection fault has one vector for two stories: a privileged instruction, or an
 * access that segmentation refuses.  Only the instruction tells which. */
static bool at_privileged_instruction(va_t pc)
{
    uint8_t byte = 0, second = 0;

    for (int i = 0; i < 15; i++, pc++) {
        if (usercopy_read(&byte, pc, 1))
            return false;
        if (!among(byte, prefixes, sizeof prefixes))
            break;
    }
    if (byte != 0x0F)
        return among(byte, privileged, sizeof privileged);
    return !usercopy_read(&second, pc + 1, 1) && among(second, privileged_0f, sizeof privileged_0f);
}

static void protection(struct exception_record *record)
{
    if (at_privileged_instruction(record->address)) {
        record->code = STATUS_PRIVILEGED_INSTRUCTION;
        return;
    }
    record->code = STATUS_ACCESS_VIOLATION;
    record->count = 2;
    record->parameter[1] = UINT32_MAX;
}

/* The first unmasked exception bit decides: invalid, denormal, divide, overflow, underflow,
 * inexact (Intel SDM vol. 1, 8.1.3). */
static status_t x87_code(uint32_t status)
{
    static const status_t codes[] = {STATUS_FLOAT_INVALID_OPERATION, STATUS_FLOAT_DENORMAL,
                                     STATUS_FLOAT_DIVIDE_BY_ZERO,    STATUS_FLOAT_OVERFLOW,
                                     STATUS_FLOAT_UNDERFLOW,         STATUS_FLOAT_INEXACT};
    enum { STACK_FAULT = 0x40 };

    for (uint32_t i = 0; i < 6; i++) {
        if (!(status & 1u << i))
            continue;
        return i == 0 && status & STACK_FAULT ? STATUS_FLOAT_STACK_CHECK : codes[i];
    }
    return STATUS_FLOAT_INVALID_OPERATION;
}

/* Of the vectors that mean one thing. */
static const status_t cpu_codes[TRAP_VECTORS] = {
    [TRAP_DIVIDE] = STATUS_INTEGER_DIVIDE_BY_ZERO, [TRAP_DEBUG] = STATUS_SINGLE_STEP,
    [TRAP_BREAKPOINT] = STATUS_BREAKPOINT,         [TRAP_OVERFLOW] = STATUS_INTEGER_OVERFLOW,
    [TRAP_BOUND] = STATUS_ARRAY_BOUNDS_EXCEEDED,   [TRAP_ALIGNMENT] = STATUS_DATATYPE_MISALIGNMENT,
    [TRAP_SIMD] = STATUS_FLOAT_MULTIPLE_TRAPS,
};

static status_t fpu_code(void)
{
    uint8_t *fpu = thread_current()->fpu;

    fpu_save(fpu);
    return x87_code(fpu_exceptions(fpu));
}

void exception_cpu(struct trap_frame *frame)
{
    struct exception_record record = {0};

    if (frame->vector == TRAP_BREAKPOINT)
        frame->eip--; /* INT3 is a trap; the record names the instruction itself (W96) */
    if (frame->vector == TRAP_DEBUG) {
        frame->eflags &= ~EFLAGS_TF;
        thread_current()->debug[DEBUG_STATUS] = schedule_debug_status();
    }
    record.address = frame->eip;
    switch (frame->vector) {
    case TRAP_PROTECTION:
    case TRAP_STACK:
    case TRAP_NO_SEGMENT:
        protection(&record);
        break;
    case TRAP_FPU:
        record.code = fpu_code();
        break;
    default:
        record.code = cpu_codes[frame->vector] ?: STATUS_ILLEGAL_INSTRUCTION;
        record.count = frame->vector == TRAP_SIMD;
    }
    thread_current()->note = (struct exception_note){.code = record.code, .pc = frame->eip};
    deliver(frame, &record);
    if (frame->vector == TRAP_FPU)
        __asm__ volatile("fnclex"); /* the handler may compute; the context keeps the flags */
}

/* The frame may lie elsewhere than thread_frame(), so nothing returns through either of them. */
void exception_odd_frame(const struct trap_frame *frame)
{
    struct thread *self = thread_current();
    struct trap_frame *last = thread_frame(self);
    bool vm = frame->eflags & FRAME_VM;

    self->note = (struct exception_note){.code = STATUS_ILLEGAL_INSTRUCTION, .pc = frame->eip};
    end_process(self, vm ? ", in virtual-8086 mode, which programs can't have"
                         : ", with selectors that no program has");
    frame_make_user(last);
    for (;;)
        thread_leave_kernel(last);
}

void exception_raise(const struct exception_record *record, bool first_chance)
{
    struct thread *self = thread_current();
    struct exception_note *note = &self->note;

    /* The second chance of a fault has the facts noted already. */
    if (note->code != record->code || note->pc != record->address)
        *note = (struct exception_note){.code = record->code, .pc = record->address};
    if (first_chance)
        deliver(thread_frame(self), record);
    else
        end_process(self, "");
}
