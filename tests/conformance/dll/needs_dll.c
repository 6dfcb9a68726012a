/* needs_dll.c - a program that can't start: it needs a DLL that isn't on the disc, or a function that
 * kernel32.dll doesn't have.
 */
__declspec(dllimport) int absent_function(void);

int main(void)
{
    return absent_function();
}
