; broken.asm - kernels that end badly, so that tests/check_run can see that `make run` tells how.
;
; One of TRIPLE (a trap with no table for traps: triple fault) and HANG is defined.

bits 32

section .boot progbits alloc exec nowrite align=4

FLAGS   equ 0
        dd      0x1BADB002, FLAGS, -(0x1BADB002 + FLAGS)

global boot_entry
boot_entry:
        cli
%ifdef TRIPLE
        lidt    [no_table]
        int3
%endif
.hang:  hlt
        jmp     .hang

no_table:
        dw      0
        dd      0

section .note.GNU-stack noalloc noexec nowrite progbits
