; switch.asm - from one kernel stack to another.
;
; void thread_switch(uintptr_t *save, uintptr_t load)         in EAX and EDX
;
; Only the registers that a C function must preserve are kept (System V i386 ABI): the caller
; is C and has saved the others itself.  A new thread's stack is made to look as if it had called
; this function (thread.c, prepare_stack).

        bits    32
        section .text

        global  thread_switch:function
thread_switch:
        push    ebp
        push    ebx
        push    esi
        push    edi
        mov     [eax], esp
        mov     esp, edx
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        ret
