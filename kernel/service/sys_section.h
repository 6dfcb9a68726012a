/* sys_section.h - system calls about sections and views. */
#pragma once
/* => called once, before the first program starts */
void sys_section_init(void);
