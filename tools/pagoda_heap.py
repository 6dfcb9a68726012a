"""pagoda_heap - the heaps of an address space as gdb sees them, in the words of the monitor's `heap`.

The records are described by the debug information of lib/heap_record.h; what it can't say, since
it is macros, is repeated here.  Blocks are decoded as block_plain_at() and state_of_plain() do there.
Nothing is trusted: a heap may have been overwritten, and every loop has a limit.
"""
import struct

import gdb

from pagoda_memory import SpaceMemory, Pte, find_pte, regions

SIGNATURE = 0xEEFFEEFF
BUSY, CACHED, FREE, HOLE, END = 0x5A0000A1, 0x96C3B952, 0x693CC63C, 0xC3A5EAC7, 0x3C69937D
GROWABLE, PAGE_BLOCKS = 0x00000002, 0x01000000
NO_FRONT = 0x00000001 | 0x20 | 0x40 | 0x80 | 0x00010000 | PAGE_BLOCKS | 0x80000000
GRANULE, HEADER, UNUSED_SHIFT, UNUSED_MOST, TAG_FRONT = 8, 8, 8, 127, 0x8000
FRONT_LEAST, FRONT_MOST = 2, 65
MASK = 0xFFFFFFFF
MAP, SEGMENTS, LARGES, BLOCKS = 64, 64, 4096, 1 << 20


LEGEND = "r record  B busy  c cached  f free  h free, no memory  . not committed"


class Block:
    """A block's header: `state` is BUSY, CACHED, FREE, HOLE, END, or 0 when it was overwritten."""

    NAMES = {BUSY: "busy", CACHED: "cached by the front end", FREE: "free",
             HOLE: "free, its whole pages without memory", END: "the end of its segment"}

    def __init__(self, key, va, header):
        sizes, code, following, back = struct.unpack("<4I", header)
        self.va, self.previous, self.bytes = va, (sizes & 0xFFFF) * GRANULE, (sizes >> 16) * GRANULE
        plain = sizes ^ code ^ key ^ (va * 0x9E3779B1 & MASK)
        self.unused = plain >> UNUSED_SHIFT & UNUSED_MOST
        self.state = self.state_of(plain, following, back) if self.bytes else 0

    @staticmethod
    def state_of(plain, following, back):
        if plain & ~(UNUSED_MOST << UNUSED_SHIFT) & ~TAG_FRONT == BUSY:
            return BUSY
        if plain == END:
            return END
        if plain ^ following == CACHED:
            return CACHED
        plain ^= following ^ back
        return plain if plain in (FREE, HOLE) else 0

    @property
    def asked(self):
        return self.bytes - HEADER - self.unused

    def __str__(self):
        if not self.state:
            return f"block at {self.va:08x}: its header was overwritten"
        asked = f", {self.asked} bytes asked for" if self.state == BUSY else ""
        return f"block at {self.va:08x}, {self.bytes} bytes: {self.NAMES[self.state]}{asked}"


class Heap:
    """One heap; `read(va, size)` gives bytes of its address space."""

    def __init__(self, read, base):
        self.read, self.base = read, base
        self.record = self.fetch("struct heap", base)
        self.key, self.options = (int(self.record[name]) for name in ("key", "options"))
        self.damaged = 0

    def fetch(self, name, va):
        kind = gdb.lookup_type(name)
        return gdb.Value(self.read(va, kind.sizeof), kind)

    def chain(self, first, name, most):
        """The records of a list: (address, record)."""
        at = int(self.record[first])
        for _ in range(most):
            if not at:
                return
            record = self.fetch(name, at)
            yield at, record
            at = int(record["next"])

    def segments(self):
        yield from self.chain("segments", "struct segment", SEGMENTS)

    def block(self, va):
        return Block(self.key, va, self.read(va, 16))

    def blocks(self, segment):
        """Every block of a segment, up to the first that is damaged."""
        va, end = int(segment["first"]), int(segment["first"]) + int(segment["span"])
        for _ in range(BLOCKS):
            if va >= end or self.damaged:
                return
            block = self.block(va)
            if not block.state:
                self.damaged = va
                return
            yield block
            va += block.bytes

    def page_blocks(self):
        return bool(self.options & PAGE_BLOCKS)

    def lines(self):
        """What the monitor prints of it."""
        record = self.record
        yield (f"{self.base:08X}: {'growable' if self.options & GROWABLE else 'of fixed size'}, "
               f"{int(record['committed']) >> 10} KB of {int(record['reserved']) >> 10} KB committed"
               + (", each block at the end of its pages" if self.page_blocks() else ""))
        if self.page_blocks():
            return
        counts = dict.fromkeys((BUSY, CACHED, FREE, HOLE), 0)
        asked = free = largest = 0
        for _, segment in self.segments():
            letters = ["."] * MAP
            self.draw(letters, segment, int(segment["base"]), int(segment["first"]) - int(segment["base"]), "r")
            for block in self.blocks(segment):
                counts[block.state] += 1
                if block.state == BUSY:
                    asked += block.asked
                elif block.state != CACHED:
                    free, largest = free + block.bytes, max(largest, block.bytes)
                letter = {BUSY: "B", CACHED: "c", HOLE: "h"}.get(block.state, "f")
                self.draw(letters, segment, block.va, block.bytes, letter)
            base = int(segment["base"])
            yield (f"  segment {base:08X}-{base + int(segment['reserved']) - 1:08X}, "
                   f"{int(segment['committed']) >> 10} KB committed")
            yield f"  [{''.join(letters)}]"
        yield (f"  {counts[BUSY]} busy blocks, {asked} bytes asked for: "
               f"{percent(asked, int(record['committed']))} % of the memory")
        yield (f"  {counts[FREE] + counts[HOLE]} free blocks, {free} bytes; the largest has {largest} bytes: "
               f"{percent(largest, free)} % of that")
        yield self.front(counts[CACHED])
        large = [record for _, record in self.chain("large", "struct large", LARGES)]
        if large:
            yield (f"  {len(large)} large blocks with regions of their own, "
                   f"{sum(int(record['committed']) for record in large) >> 10} KB")
        if self.damaged:
            yield (f"  DAMAGED: the block header at {self.damaged:08X} was overwritten, or its owner was "
                   "stopped while changing it")

    @staticmethod
    def draw(letters, segment, va, size, letter):
        """What is in use covers what is not."""
        reserved, start = int(segment["reserved"]) or 1, va - int(segment["base"])
        last = (start + size - 1) * MAP // reserved
        for i in range(start * MAP // reserved, min(last + 1, MAP)):
            if letters[i] == "." or letter == "B":
                letters[i] = letter

    def front(self, blocks):
        if int(self.record["slow"]) & NO_FRONT:
            return "  front end: off"
        sizes = sum(not int(self.record["warm"][size]) for size in range(FRONT_LEAST, FRONT_MOST + 1))
        limit, room = int(self.record["front_limit"]), max(0, int(self.record["front_room"]))
        return (f"  front end: keeps {sizes} of {FRONT_MOST - FRONT_LEAST + 1} sizes, {blocks} blocks, "
                f"{(limit - room) * GRANULE} of at most {limit * GRANULE} bytes")


def percent(part, whole):
    return part * 100 // whole if whole else 0


def heaps(space):
    """The heaps of an address space: private regions that begin with the signature."""
    read = SpaceMemory(space)
    for vad in regions(space):
        start = int(vad["start"])
        pte = Pte(find_pte(space, start) or 0)
        if (str(vad["type"]) == "VAD_PRIVATE" and pte.kind != "empty" and pte.protection and not pte.guard
                and int.from_bytes(read(start, 4), "little") == SIGNATURE):
            yield Heap(read, start)


def heap_of(space, va):
    """The heap with a segment that holds the address, or None."""
    for heap in heaps(space):
        for _, segment in heap.segments():
            if 0 <= va - int(segment["base"]) < int(segment["reserved"]):
                return heap
    return None
