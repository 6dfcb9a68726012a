; cpu.asm - fills and copies whole pages.
;
; Four times fewer instructions than REP STOSD, which an emulator repeats word by word.  The kernel
; has no floating-point state of its own: the program's XMM registers are saved around their use.
; Arguments come in EAX and EDX.

bits 32

PAGE    equ 4096

section .text progbits alloc exec nowrite align=16

; void cpu_zero_page(void *page)
global cpu_zero_page:function
cpu_zero_page:
        sub     esp, 16
        movups  [esp], xmm0
        xorps   xmm0, xmm0
%assign at 0
%rep PAGE / 16
        movaps  [eax + at], xmm0
%assign at at + 16
%endrep
        movups  xmm0, [esp]
        add     esp, 16
        ret

; void cpu_copy_page(void *to, const void *from)
global cpu_copy_page:function
cpu_copy_page:
        sub     esp, 16
        movups  [esp], xmm0
%assign at 0
%rep PAGE / 16
        movaps  xmm0, [edx + at]
        movaps  [eax + at], xmm0
%assign at at + 16
%endrep
        movups  xmm0, [esp]
        add     esp, 16
        ret

section .note.GNU-stack noalloc noexec nowrite progbits
