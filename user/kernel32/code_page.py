#!/usr/bin/env python3
"""code_page.py - a code page as code_page.c reads it, from what Python knows of it.

usage: code_page.py PAGE >c_PAGE.nls

UTF-16, little-endian: what the bytes 80 to FF mean; of a code page with pairs of bytes then what the pairs mean, first
bytes 81 to FE, second bytes 41 to FE each.  0: nothing.
"""
import sys


def character(page, *code):
    try:
        return ord(bytes(code).decode(page))
    except (UnicodeDecodeError, TypeError):  # nothing, or two characters
        return 0


def main():
    page = f"cp{sys.argv[1]}"
    single = [character(page, byte) for byte in range(0x80, 0x100)]
    pairs = [character(page, first, second) for first in range(0x81, 0xFF) for second in range(0x41, 0xFF)]
    if page == "cp949":  # what Microsoft's has beside the standard: two bytes, and room for two rows of one's own
        single[0], single[-1] = 0x80, 0xF8F7
        for i in range(2 * 94):
            pairs[((0xC9, 0xFE)[i // 94] - 0x81) * 190 + 0xA1 - 0x41 + i % 94] = 0xE000 + i
    words = single + (pairs if any(pairs) else [])
    sys.stdout.buffer.write(b"".join(word.to_bytes(2, "little") for word in words))


if __name__ == "__main__":
    sys.exit(main())
