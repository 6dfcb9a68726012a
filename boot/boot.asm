; boot.asm - from the boot loader to C with paging on.
;
; The loader leaves us in protected mode without paging, flat segments, interrupts off
; (multiboot 2 specification, 3.3).  One temporary page directory of 4 MB pages shows the first
; 1 GB of RAM at 0x80000000, where the kernel is linked to run, and the 4 MB around us where we are
; now; the latter goes as soon as we have jumped.  kernel/cpu/kmap.c later builds the real directory.
;
; This file is linked at its physical address (section .boot), so its own labels can be used before
; paging is on.

bits 32

KERNEL_BASE     equ 0x80000000          ; LAYOUT_KERNEL
DIRECT_TABLES   equ 256                 ; LAYOUT_DIRECT_SIZE in pieces of 4 MB
BOOT_STACK      equ 12288

MB2_MAGIC       equ 0xE85250D6
MB1_MAGIC       equ 0x1BADB002
MB1_FLAGS       equ 3                   ; page-aligned modules, memory map

NEEDED  equ 1 << 25 | 1 << 24 | 1 << 15 | 1 << 4 | 1 << 3       ; CPUID.1:EDX: SSE, FXSAVE, CMOV, TSC, 4 MB pages

extern kernel_main

section .boot progbits alloc exec nowrite align=8

; One file for two loaders: GRUB reads the multiboot2 header, `qemu -kernel` the older one.
align 8
mb2_header:
        dd      MB2_MAGIC, 0, mb2_end - mb2_header
        dd      -(MB2_MAGIC + 0 + (mb2_end - mb2_header))
        dw      6, 0                    ; tag: page-aligned modules
        dd      8
        dw      0, 0                    ; tag: end
        dd      8
mb2_end:

align 4
        dd      MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

; EAX: the loader's magic number, EBX: physical address of what it has to say.
global boot_entry
boot_entry:
        cli
        cld
        mov     esi, eax
        mov     edi, ebx
        mov     esp, boot_stack_top - KERNEL_BASE

        ; CPUID exists if bit 21 of EFLAGS can be changed (Intel SDM vol. 1, 20.1).
        pushfd
        pop     eax
        mov     ecx, eax
        xor     eax, 1 << 21
        push    eax
        popfd
        pushfd
        pop     eax
        cmp     eax, ecx
        je      old_cpu
        mov     eax, 1
        cpuid
        and     edx, NEEDED
        cmp     edx, NEEDED
        jne     old_cpu

        ; The directory is all zero: it lies in .bss.
        mov     edx, boot_directory - KERNEL_BASE
        mov     dword [edx], 0x83       ; present, writable, 4 MB
        mov     eax, 0x83
        mov     ecx, DIRECT_TABLES
        lea     ebp, [edx + (KERNEL_BASE >> 22) * 4]
.fill:  mov     [ebp], eax
        add     ebp, 4
        add     eax, 4 << 20
        dec     ecx
        jnz     .fill

        mov     cr3, edx
        mov     eax, cr4
        or      eax, 1 << 4             ; CR4.PSE
        mov     cr4, eax
        mov     eax, cr0
        or      eax, 1 << 31 | 1 << 16  ; CR0.PG, CR0.WP
        mov     cr0, eax
        mov     eax, boot_high
        jmp     eax

; No output routine exists yet: the same sentence goes to the screen and to the serial port.
old_cpu:
        mov     ebx, old_cpu_text
        mov     edi, 0xB8000
.next:  mov     al, [ebx]
        inc     ebx
        test    al, al
        jz      .stop
        mov     ah, 0x0F
        stosw
        mov     dx, 0x3F8
        out     dx, al
        jmp     .next
.stop:  mov     dx, 0xF4
        mov     eax, 0x31               ; POWER_EXIT_REFUSED
        out     dx, eax
.halt:  hlt
        jmp     .halt

old_cpu_text:
        db      "Pagoda needs a CPU with CMOV, TSC, 4 MB pages and SSE (Pentium III or later).", 13, 10, 0

section .text progbits alloc exec nowrite align=16

boot_high:
        mov     esp, boot_stack_top
        mov     dword [boot_directory], 0       ; where we came from is no longer mapped
        mov     eax, cr3
        mov     cr3, eax
        xor     ebp, ebp                ; the last frame of every backtrace
        mov     eax, esi
        mov     edx, edi
        push    ebp                     ; kernel_main does not return
        jmp     kernel_main

section .bss nobits alloc write align=4096

global boot_directory, boot_stack_guard, boot_stack_top
boot_directory:
        resb    4096
boot_stack_guard:                       ; unmapped by kmap.c
        resb    4096
        resb    BOOT_STACK
boot_stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
