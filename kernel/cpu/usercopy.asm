; usercopy.asm - the instructions that touch a program's memory, and where they end when it fails.
;
; status_t usercopy_move(void *to, const void *from, size_t size)
; status_t usercopy_get_word(uint32_t *to, va_t from)
; status_t usercopy_put_word(va_t to, uint32_t value)
; status_t usercopy_take_word(uint32_t *to, va_t from)   reads a word and writes it back
; status_t usercopy_touch(void *at)                      reads a byte and writes it back
;
; Arguments come in EAX, EDX and ECX.  What lies between usercopy_begin and usercopy_end was called and has
; pushed nothing: after a fault there the CPU continues at usercopy_failed with the status in EAX
; (usercopy_recover), and returning is all that is left to do.

%include "kernel/cpu/cpu.inc"

        bits    32
        section .text

        global  usercopy_move:function
        global  usercopy_get_word:function
        global  usercopy_put_word:function
        global  usercopy_take_word:function
        global  usercopy_touch:function
        global  usercopy_begin
        global  usercopy_end
        global  usercopy_failed

usercopy_move:
        push    esi
        push    edi
        mov     edi, eax
        mov     esi, edx
        mov     edx, ecx
        shr     ecx, 2
        and     edx, 3
        call    copy
        pop     edi
        pop     esi
        ret

usercopy_begin:
copy:   USER_ACCESS_ON
        rep movsd
        mov     ecx, edx
        rep movsb
        jmp     done
usercopy_get_word:
        USER_ACCESS_ON
        mov     edx, [edx]
        mov     [eax], edx
        jmp     done
usercopy_put_word:
        USER_ACCESS_ON
        mov     [eax], edx
        jmp     done
usercopy_take_word:
        USER_ACCESS_ON
        mov     ecx, [edx]
        mov     [edx], ecx
        mov     [eax], ecx
        jmp     done
usercopy_touch:
        USER_ACCESS_ON
        add     byte [eax], 0
done:   xor     eax, eax
usercopy_end:

usercopy_failed:
        USER_ACCESS_OFF
        ret
