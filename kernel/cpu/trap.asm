; trap.asm - entries and exits: from a vector to a struct trap_frame (frame.h) and back.
;
; All gates are interrupt gates, so no second interrupt comes before the frame is complete.  FS and
; GS keep the program's values: the kernel uses neither.  C functions take their first arguments in
; EAX, EDX and ECX (-mregparm=3).

; CLAC does not exist on CPUs without SMAP, nor does STAC.  Each use is therefore a three-byte NOP whose address goes
; into a table; cpu_init() writes the real instruction there when the CPU has it.
%macro USER_ACCESS_OFF 0
%%place:
        db      0x0F, 0x1F, 0x00
        [section .smap progbits alloc noexec nowrite align=4]
        dd      %%place, 0xCA           ; CLAC's third byte
        __?SECT?__
%endmacro

bits 32

KERNEL_DATA     equ 0x10
PAGE_FAULT      equ 14
SERVICE         equ 0x2E
IRQ             equ 0x30
VECTORS         equ IRQ + 16
FRAME_CS        equ 60                  ; offsets in struct trap_frame

extern trap_dispatch, trap_page_fault, syscall_dispatch, thread_leave_kernel, frame_work_pending

section .text progbits alloc exec nowrite align=16

; Pushes what the CPU has not, and makes the kernel's data visible.  A program can't be trusted with
; DF and, where there is SMAP, AC.
%macro SAVE 0
        pushad
        push    ds
        push    es
        push    fs
        push    gs
        mov     eax, KERNEL_DATA
        mov     ds, eax
        mov     es, eax
        cld
        USER_ACCESS_OFF
%endmacro

; Entries.  The CPU pushes an error code for vectors 8, 10 to 14, 17, 21 (Intel SDM vol. 3, 6.13).
%define HAS_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21)

%macro ENTRY 1
        align   8
trap_entry_%1:
%if !HAS_ERROR(%1)
        push    dword 0
%endif
        push    dword %1
        jmp     trap_common
%endmacro

%assign v 0
%rep 32
        ENTRY   v
%assign v v + 1
%endrep
%assign v IRQ
%rep 16
        ENTRY   v
%assign v v + 1
%endrep

%macro DISPATCH 1
        SAVE
        test    byte [esp + FRAME_CS], 3
        jz      .from_kernel
        xor     ebp, ebp                ; backtraces end where the program begins
.from_kernel:
        mov     eax, esp
        call    %1
%endmacro

        align   16
global trap_common:function
trap_common:
        DISPATCH trap_dispatch
        jmp     trap_exit

; Page faults and system calls have entries of their own, because they are the most frequent traps.
        align   16
global trap_fault:function
trap_fault:
        push    dword PAGE_FAULT
        DISPATCH trap_page_fault

; Every return from a trap ends here, ESP pointing to the frame.
trap_exit:
        cmp     dword [frame_work_pending], 0
        jne     .work
.return:
        pop     gs
        pop     fs
        pop     es
        pop     ds
        popad
        add     esp, 8                  ; vector, error
        iretd
.work:  test    byte [esp + FRAME_CS], 3
        jz      .return                 ; the kernel itself is not preempted
        mov     eax, esp
        call    thread_leave_kernel
        jmp     .return

        align   16
global trap_syscall:function
trap_syscall:
        push    dword 0
        push    dword SERVICE
        SAVE
        xor     ebp, ebp
        mov     eax, esp
        call    syscall_dispatch
        jmp     trap_exit

; void trap_return(struct trap_frame *frame)
global trap_return:function
trap_return:
        mov     esp, eax
        jmp     trap_exit

section .rodata progbits alloc noexec nowrite align=4

; const uint32_t trap_entries[VECTORS]
global trap_entries
trap_entries:
%assign v 0
%rep VECTORS
%if v == PAGE_FAULT
        dd      trap_fault
%elif v < 32 || v >= IRQ
        dd      trap_entry_ %+ v
%elif v == SERVICE
        dd      trap_syscall
%else
        dd      0
%endif
%assign v v + 1
%endrep

section .note.GNU-stack noalloc noexec nowrite progbits
