; usercopy.asm - the instructions that touch a program's memory, and where they end when it fails.
;
; status_t usercopy_move(void *to, const void *from, size_t size)
; status_t usercopy_move_word(void *to, const void *from)
; status_t usercopy_zero(void *to, size_t size)
; status_t usercopy_touch(void *at)          reads a byte and writes it back
;
; The copies never run half way into a register that the recovery needs: a fault between
; usercopy_begin and usercopy_end continues at usercopy_failed with the status in EAX
; (usercopy_recover), and everything that must be restored is on the stack.

%include "kernel/cpu.inc"

        bits    32
        section .text

        global  usercopy_move:function
        global  usercopy_move_word:function
        global  usercopy_zero:function
        global  usercopy_touch:function
        global  usercopy_begin
        global  usercopy_end
        global  usercopy_failed

usercopy_move:
        push    esi
        push    edi
        mov     edi, [esp + 12]
        mov     esi, [esp + 16]
        mov     ecx, [esp + 20]
        mov     edx, ecx
        shr     ecx, 2
        and     edx, 3
        xor     eax, eax
        USER_ACCESS_ON
        jmp     copy

usercopy_move_word:
        push    esi
        push    edi
        mov     edx, [esp + 12]
        mov     ecx, [esp + 16]
        xor     eax, eax
        USER_ACCESS_ON
        jmp     one

usercopy_zero:
        push    esi
        push    edi
        mov     edi, [esp + 12]
        mov     ecx, [esp + 16]
        xor     eax, eax
        USER_ACCESS_ON
        jmp     clear

usercopy_touch:
        push    esi
        push    edi
        mov     edi, [esp + 12]
        xor     eax, eax
        USER_ACCESS_ON
        jmp     touch

usercopy_begin:
copy:   rep movsd
        mov     ecx, edx
        rep movsb
        jmp     usercopy_failed
clear:  rep stosb
        jmp     usercopy_failed
one:    mov     ecx, [ecx]
        mov     [edx], ecx
        jmp     usercopy_failed
touch:  add     byte [edi], 0
usercopy_end:

usercopy_failed:                ; or done: the status is in EAX
        USER_ACCESS_OFF
        pop     edi
        pop     esi
        ret
