"""pagoda_memory - the stopped machine's memory: PTEs, address spaces, regions, frames.

Page tables are read by physical address through QEMU, the kernel's structures through its debug
information.  Nothing is called and nothing is changed.
"""
import re
import struct

import gdb

PAGE = 4096
MASK = 0xFFFFFFFF
DIRECT_MAP = 0x80000000  # LAYOUT_KERNEL: where physical address 0 appears
FRAMES_A_ROW = 64
PROTECTIONS = ("no access", "read only", "read/write", "write copy", "execute", "execute/read",
               "execute/read/write", "execute/write copy")


def number(expression):
    """The value of an expression as an unsigned 32-bit number; a word of hexadecimal digits is an
    address, as in the monitor."""
    if re.fullmatch(r"[0-9a-fA-F]{8}", expression):
        return int(expression, 16)
    return int(gdb.parse_and_eval(expression).cast(gdb.lookup_type("unsigned int")))


def register(name):
    return int(gdb.parse_and_eval(f"(unsigned int)${name}")) & MASK


def symbol(name):
    return gdb.parse_and_eval(name)


def enum_name(value, prefix):
    """PTE_DEMAND_ZERO -> "demand-zero"."""
    return str(value).removeprefix(prefix).lower().replace("_", "-")


def physical(address, size):
    """Bytes of physical memory, whatever the page tables say."""
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


def physical_word(address):
    return struct.unpack("<I", physical(address, 4))[0]


def text(value):
    """A char array or a char pointer."""
    return value.string(errors="replace")


# --- PTEs ---------------------------------------------------------------------------------------

class Pte:
    """One word, as mm/pte.h and mm/pte.c describe it."""

    KINDS = ("empty", "demand-zero", "transition", "pagefile", "prototype", "valid")

    def __init__(self, word):
        self.word = word & MASK
        self.valid = bool(word & 1)
        kind = 5 if self.valid else self.word >> 1 & 7
        self.kind = self.KINDS[kind] if kind < len(self.KINDS) else "bad"
        self.number = self.word >> 12  # frame or slot
        self.protection = self.word >> 9 & 7 if self.valid else self.word >> 4 & 7
        if self.valid and not self.protection:
            self.protection = 2 if self.word & 2 else 1  # the kernel's own mappings
        self.guard = not self.valid and bool(self.word & 0x80)

    def bits(self):
        names = ((8, "G"), (7, "S"), (6, "D"), (5, "A"), (2, "U"), (1, "W"), (0, "P"))
        return "".join(letter if self.word >> bit & 1 else "-" for bit, letter in names)

    def __str__(self):
        words = {
            "valid": f"frame {self.number:#x} {self.bits()}",
            "transition": f"frame {self.number:#x}, on a list",
            "pagefile": f"slot {self.number:#x} of the paging file",
            "demand-zero": "not touched yet, all zero",
            "prototype": "ask the section",
            "empty": "not committed, or never seen in this view",
        }.get(self.kind, "")
        protection = "" if self.kind in ("empty", "bad") else f", {PROTECTIONS[self.protection]}"
        return f"{self.word:08x} {self.kind}: {words}{protection}{', guard' if self.guard else ''}"


# --- Spaces -------------------------------------------------------------------------------------

def spaces():
    """Every address space, the kernel's first."""
    space = symbol("&space_kernel")
    while int(space):
        yield space
        space = space["next"]


def space_of(pid):
    for space in spaces():
        if int(space["id"]) == pid:
            return space
    raise gdb.GdbError(f"There is no process {pid}; the processes are: "
                       + ", ".join(f"{int(s['id'])} ({text(s['name'])})" for s in spaces()))


def current_space():
    """The space whose directory the CPU uses now."""
    directory = register("cr3") >> 12
    for space in spaces():
        if int(space["dir"]) == directory:
            return space
    return symbol("&space_kernel")


def directory_word(space, va):
    return physical_word(int(space["dir"]) * PAGE + (va >> 22) * 4)


def find_pte(space, va):
    """The word for an address, or None when its table does not exist."""
    entry = directory_word(space, va)
    if not entry & 1 or entry & 0x80:
        return None
    return physical_word((entry & ~0xFFF & MASK) + (va >> 12 & 1023) * 4)


class Unreadable(Exception):
    """The page has no content here: it is on no frame, and in no slot that can be read."""


class SpaceMemory:
    """Bytes of an address space wherever its pages are; fetched by the page, for that takes a while."""

    def __init__(self, space):
        self.space, self.pages = space, {}

    def __call__(self, va, size):
        content = b""
        while len(content) < size:
            at = va + len(content)
            page = self.page(at & ~(PAGE - 1))
            content += page[at % PAGE:at % PAGE + size - len(content)]
        return content

    def page(self, va):
        if va not in self.pages:
            pte = Pte(find_pte(self.space, va) or 0)
            if pte.kind in ("valid", "transition"):
                self.pages[va] = physical(pte.number * PAGE, PAGE)
            elif pte.kind == "demand-zero":
                self.pages[va] = bytes(PAGE)
            elif pte.kind == "pagefile" and not symbol("'pagedev.c'::has_store"):
                self.pages[va] = physical((int(symbol("'pagedev.c'::disk_first")) + pte.number) * PAGE, PAGE)
            else:
                raise Unreadable(f"the page {va:08x} can't be read from here: {pte}")
        return self.pages[va]


def regions(space):
    """The VADs of a space in ascending order."""
    def walk(node):
        if int(node):
            yield from walk(node["left"])
            yield node
            yield from walk(node["right"])
    yield from walk(space["regions"]["root"])


def region_of(space, va):
    node = space["regions"]["root"]
    while int(node):
        if va < int(node["start"]):
            node = node["left"]
        elif va >= int(node["end"]):
            node = node["right"]
        else:
            return node
    return None


def region_line(vad):
    start, end = int(vad["start"]), int(vad["end"])
    protection = PROTECTIONS[int(vad["prot"]) & 7]
    return (f"{start:08x}-{end - 1:08x} {(end - start) // 1024:8} KB  "
            f"{enum_name(vad['type'], 'VAD_'):8} {protection:20} commit {int(vad['commit']):5}  "
            f"{text(vad['tag'])}")


# --- Frames -------------------------------------------------------------------------------------

class Frames:
    """The frame database, read in one go."""

    # Those of kernel/watch/framemap.c; a private page has its process's.
    LETTERS = {"UNUSABLE": " ", "FREE": ".", "ZEROED": "0", "STANDBY": "-", "MODIFIED": "+",
               "BAD": "x", "SHARED": "#", "TABLE": "T", "POOL": "P", "STACK": "S", "KERNEL": "K", "NONE": "?"}
    LEGEND = ("K kernel T table P pool S stack $ kernel space # section - standby + modified\n"
              ". free 0 zeroed x withheld")

    def __init__(self):
        self.type = gdb.lookup_type("struct pfn")
        self.limit = int(symbol("pfn_limit"))
        self.database = symbol("pfn_database")
        self.memory = bytearray(gdb.selected_inferior().read_memory(int(self.database),
                                                                    self.limit * self.type.sizeof))
        self.fill_in_fresh()
        self.offset = {name: place // 8 for name, place in self.places(self.type, 0)}
        self.states = self.names("enum pfn_state", "PFN_")
        self.uses = self.names("enum pfn_use", "PFN_USE_")
        self.owners = {int(space) & MASK: int(space["id"]) for space in spaces()}

    def fill_in_fresh(self):
        """Frames that were never used have no records yet; the kernel has one that speaks for all of them."""
        size, fresh = self.type.sizeof, symbol("pfn_fresh")
        never = bytes(gdb.selected_inferior().read_memory(int(symbol("pfn_never_used").address), size))
        for i in range(2):
            first, end = int(fresh[i]["first"]), int(fresh[i]["end"])
            self.memory[first * size:end * size] = never * (end - first)

    @classmethod
    def places(cls, record, start):
        """The name and the bit of each field; those of a union without a name, too."""
        for field in record.fields():
            if field.name:
                yield field.name, start + field.bitpos
            else:
                yield from cls.places(field.type, start + field.bitpos)

    @staticmethod
    def names(enum, prefix):
        return {field.enumval: field.name.removeprefix(prefix)
                for field in gdb.lookup_type(enum).fields()}

    def byte(self, frame, field):
        return self.memory[frame * self.type.sizeof + self.offset[field]]

    def word(self, frame, field):
        return struct.unpack_from("<I", self.memory, frame * self.type.sizeof + self.offset[field])[0]

    def state(self, frame):
        return self.states[self.byte(frame, "state")]

    def use(self, frame):
        return self.uses[self.byte(frame, "use")]

    def letter(self, frame):
        state = self.state(frame)
        what = self.use(frame) if state == "ACTIVE" else state
        if what == "PRIVATE":
            return self.letter_of(self.owners.get(self.word(frame, "owner"), 0))
        return self.LETTERS[what]

    @staticmethod
    def letter_of(pid):
        return chr(ord("a") + pid // 4 % 26) if pid else "$"


def owner_text(record, use):
    va = int(record["va"])
    if use == "PRIVATE":
        return f"page {va:08x} of process {int(record['owner']['id'])} ({text(record['owner']['name'])})"
    if use == "SHARED":
        return f"byte {va:#x} of section '{text(record['section']['name'])}'"
    return use.lower()


class Words:
    """Words of kernel memory, fetched by the page: a fetch through the stub takes a while."""

    def __init__(self):
        self.pages = {}

    def __getitem__(self, address):
        page = address & ~(PAGE - 1)
        if page not in self.pages:
            self.pages[page] = bytes(gdb.selected_inferior().read_memory(page, PAGE))
        return struct.unpack_from("<I", self.pages[page], address - page)[0]


def ring(ws):
    """The frames of a working set from the hand on: (frame, page, its PTE)."""
    frames, words = Frames(), Words()
    frame = start = int(ws["hand"])
    for _ in range(int(ws["count"])):
        pte = frames.word(frame, "pte")
        yield frame, frames.word(frame, "va"), Pte(words[pte]) if pte else None
        frame = frames.word(frame, "next")
        if frame == start:
            break
