/* probe.h - what the probing kernel (probe.c) offers to programs besides the ordinary services. */
#ifndef TESTS_PROBE_PROBE_H
#define TESTS_PROBE_PROBE_H

/* More values for NtPagodaControl's first argument; the status that comes back is the answer. */
enum {
    PROBE_PRESENT = 0x50524F42, /* => 1, where the ordinary kernel says "invalid parameter" */
    PROBE_ARM,     /* buffer = k, length = 1: the k-th allocation from now fails, and only it;
                                   2: it and all that follow */
    PROBE_DISARM,  /* => how many allocations have failed since */
    PROBE_POISON,  /* buffer = 1: fill the stack before each system call from now on; 0: no more */
    PROBE_OBJECTS, /* => live objects of the pool */
    PROBE_KERNEL_COMMIT, /* => pages charged to the kernel's own space, which are those of kpages */
};

/* What a system call finds below its stack, byte by byte, once PROBE_POISON is on: these four in turn. */
#define PROBE_PATTERNS                                                                             \
    {                                                                                              \
        0xA7, 0x5C, 0xE1, 0x3D                                                                     \
    }

#endif
