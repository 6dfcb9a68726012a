/* sys_section.h - system calls about sections and views. */
#ifndef KERNEL_SYS_SECTION_H
#define KERNEL_SYS_SECTION_H

/* => called once, before the first program starts */
void sys_section_init(void);

#endif
