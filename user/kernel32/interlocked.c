/* interlocked.c - indivisible changes of a word, for programs that import them.
 *
 * Compilers turn these names into the instructions themselves, hence the functions are called
 * something else here and get their exported names by hand.
 */
#include "user/kernel32/kernel32.h"

#define EXPORTED(name) __asm__("_" name)

LONG WINAPI interlocked_increment(LONG volatile *word) EXPORTED("InterlockedIncrement@4");
LONG WINAPI interlocked_increment(LONG volatile *word)
{
    return __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
}

LONG WINAPI interlocked_decrement(LONG volatile *word) EXPORTED("InterlockedDecrement@4");
LONG WINAPI interlocked_decrement(LONG volatile *word)
{
    return __atomic_sub_fetch(word, 1, __ATOMIC_SEQ_CST);
}

LONG WINAPI interlocked_exchange(LONG volatile *word, LONG value) EXPORTED("InterlockedExchange@8");
LONG WINAPI interlocked_exchange(LONG volatile *word, LONG value)
{
    return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

LONG WINAPI interlocked_exchange_add(LONG volatile *word, LONG value)
    EXPORTED("InterlockedExchangeAdd@8");
LONG WINAPI interlocked_exchange_add(LONG volatile *word, LONG value)
{
    return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

LONG WINAPI interlocked_compare_exchange(LONG volatile *word, LONG value, LONG expected)
    EXPORTED("InterlockedCompareExchange@12");
LONG WINAPI interlocked_compare_exchange(LONG volatile *word, LONG value, LONG expected)
{
    return __sync_val_compare_and_swap(word, expected, value);
}

LONGLONG WINAPI interlocked_compare_exchange_64(LONGLONG volatile *word, LONGLONG value,
                                                LONGLONG expected)
    EXPORTED("InterlockedCompareExchange64@20");
LONGLONG WINAPI interlocked_compare_exchange_64(LONGLONG volatile *word, LONGLONG value,
                                                LONGLONG expected)
{
    return __sync_val_compare_and_swap(word, expected, value);
}
