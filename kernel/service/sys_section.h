/* sys_section.h - system calls about sections and views. */
#pragma once
/* => called once, before the first program starts */
void sys_section_init(void);

struct image;

/* What NtQuerySection and NtQueryInformationProcess say of an image: SECTION_IMAGE_INFORMATION. */
enum { SYS_SECTION_IMAGE = 48 };
void sys_section_image(const struct image *image, void *record);
