/* control87.c - the control and status word of the x87 through the portable bits of <float.h>.
 *
 * Windows gives every bit another place than the processor does (Intel SDM vol. 1, 8.1.5), and the
 * same places on every machine.  _fpreset() is the state that a thread starts with.
 */
#include "user/msvcrt/crt.h"
#include <float.h>

enum {
    START = 0x27F, /* all exceptions masked, 53 bits, round to nearest */
    MASKS = 6
};

/* In the order of the processor's bits 0 to 5. */
static const unsigned exception_bits[MASKS] = {_EM_INVALID,  _EM_DENORMAL,  _EM_ZERODIVIDE,
                                               _EM_OVERFLOW, _EM_UNDERFLOW, _EM_INEXACT};
static const unsigned precisions[4] = {_PC_24, _PC_53, _PC_53, _PC_64};
static const unsigned roundings[4] = {_RC_NEAR, _RC_DOWN, _RC_UP, _RC_CHOP};

static unsigned exceptions_from(unsigned word)
{
    unsigned bits = 0;

    for (int i = 0; i < MASKS; i++)
        if (word & 1u << i)
            bits |= exception_bits[i];
    return bits;
}

static unsigned from_control_word(unsigned word)
{
    return exceptions_from(word) | precisions[word >> 8 & 3] | roundings[word >> 10 & 3];
}

static unsigned to_control_word(unsigned bits)
{
    unsigned word = 0;

    for (unsigned i = 0; i < MASKS; i++)
        if (bits & exception_bits[i])
            word |= 1u << i;
    for (unsigned i = 0; i < 4; i++) {
        if (i != 1 && (bits & _MCW_PC) == precisions[i])
            word |= i << 8;
        if ((bits & _MCW_RC) == roundings[i])
            word |= i << 10;
    }
    return word;
}

/* Sets the bits of `mask` to those of `bits`; returns all of them as they are now. */
unsigned _control87(unsigned bits, unsigned mask)
{
    unsigned short word;

    __asm__ volatile("fnstcw %0" : "=m"(word));
    bits = (from_control_word(word) & ~mask) | (bits & mask);
    word = (unsigned short)to_control_word(bits);
    __asm__ volatile("fldcw %0" : : "m"(word));
    return from_control_word(word);
}

/* The same, but the denormal exception stays masked. */
unsigned _controlfp(unsigned bits, unsigned mask)
{
    return _control87(bits, mask & ~(unsigned)_EM_DENORMAL);
}

unsigned _statusfp(void)
{
    unsigned short word;

    __asm__ volatile("fnstsw %0" : "=m"(word));
    return exceptions_from(word);
}

unsigned _clearfp(void)
{
    unsigned before = _statusfp();

    __asm__ volatile("fnclex");
    return before;
}

void _fpreset(void)
{
    unsigned short word = START;

    __asm__ volatile("fninit\n\tfldcw %0" : : "m"(word));
}

/* _controlfp_s(): the header has that name for an import. */
errno_t crt_controlfp_s(unsigned *now, unsigned bits, unsigned mask);
errno_t crt_controlfp_s(unsigned *now, unsigned bits, unsigned mask)
{
    unsigned word = _controlfp(bits, mask);

    if (now)
        *now = word;
    return 0;
}

/* How older Visual C++ converts: the number on the x87 stack, rounded towards zero, in EDX:EAX. */
__asm__(".globl _crt_ftol\n"
        "_crt_ftol:\n"
        "    subl $12, %esp\n"
        "    fnstcw 8(%esp)\n"
        "    movw 8(%esp), %ax\n"
        "    orw $0x0C00, %ax\n"
        "    movw %ax, 10(%esp)\n"
        "    fldcw 10(%esp)\n"
        "    fistpll (%esp)\n"
        "    fldcw 8(%esp)\n"
        "    movl (%esp), %eax\n"
        "    movl 4(%esp), %edx\n"
        "    addl $12, %esp\n"
        "    ret\n");

int _adjust_fdiv; /* 1: this Pentium divides wrongly */
