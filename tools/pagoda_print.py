"""pagoda_print - how gdb prints the types of memory management: one sentence, then every field.

The sentence says what a student would have to look up field by field: whose it is, where, in which
state.  Words such as pte_t and va_t explain themselves wherever they stand.
"""
import gdb

import pagoda_heap
from pagoda_memory import (MASK, PROTECTIONS, Pte, current_space, enum_name, owner_text, region_line, symbol,
                           text)


class Word:
    """A word that is all there is to say."""

    def __init__(self, value, words):
        self.value, self.words = value, words

    def to_string(self):
        return self.words(self.value)


class Record(Word):
    """A struct: its sentence, then its fields."""

    def to_string(self):
        try:
            return self.words(self.value)
        except gdb.error as error:  # a pointer into nowhere, as before the first use
            return f"(not set up: {error})"

    def children(self):
        for field in self.value.type.fields():
            yield field.name or "of", self.value[field]


def address(value):
    return f"0x{int(value) & MASK:08x}"


def protection(value):
    """A name, and the bits above it: PROT_GUARD, PROT_NOCACHE, PROT_WRITECOMBINE."""
    extras = (" guard", " no-cache", " write-combine")
    return PROTECTIONS[int(value) & 7] + "".join(word for bit, word in enumerate(extras) if int(value) >> 3 + bit & 1)


def region(vad):
    return " ".join(region_line(vad).split())


def frame(record):
    """Its number is its place in the database."""
    states, uses = gdb.lookup_type("enum pfn_state"), gdb.lookup_type("enum pfn_use")
    state = enum_name(record["state"].cast(states), "PFN_")
    number = (int(record.address) - int(symbol("pfn_database"))) // record.type.sizeof
    if state not in ("active", "standby", "modified"):
        return f"frame {number:#x}: {state}"
    use = str(record["use"].cast(uses)).removeprefix("PFN_USE_")
    return (f"frame {number:#x}: {state}, {owner_text(record, use)}, shares {int(record['shares'])}, "
            f"locks {int(record['locks'])}" + (", modified" if record["modified"] else ""))


def section(record):
    source = "a file" if int(record["file"]) else "the paging file"
    kind = "image of" if record["image"] else "backed by"
    return (f"section '{text(record['name'])}', {int(record['pages'])} pages {kind} {source}, at most "
            f"{PROTECTIONS[int(record['prot']) & 7]}, {int(record['commit'])} charged, "
            f"{int(record['references'])} references")


def space(record):
    return (f"process {int(record['id'])} ({text(record['name'])}): directory in frame {int(record['dir']):#x}, "
            f"{int(record['regions']['count'])} regions, {int(record['resident'])} pages resident, "
            f"{int(record['commit'])} charged, {int(record['counters']['faults'])} faults")


def working_set(record):
    policy = text(record["policy"]["name"]) if int(record["policy"]) else "none"
    return (f"{int(record['count'])} frames ({int(record['minimum'])} to {int(record['maximum'])}), policy "
            f"{policy}, hand at frame {int(record['hand']):#x}, {int(record['faults'])} faults, "
            f"{int(record['evictions'])} evictions")


def commit(record):
    return (f"{int(record['total'])} pages promised, most ever {int(record['peak'])}, "
            f"{int(record['refused'])} calls refused; at the start there was room for {int(record['at_start'])}")


def pagefile(record):
    return (f"{int(record['used'])} of {int(record['slots'])} slots in use, most ever {int(record['peak'])}, "
            f"{int(record['reads'])} pages read, {int(record['writes'])} written, {int(record['errors'])} errors")


def fault(record):
    kind = enum_name(record["kind"], "FAULT_")
    return (f"{kind} fault of process {int(record['space']['id'])}: {enum_name(record['access'], 'FAULT_')} "
            f"{int(record['va']):08x} from {int(record['pc']):08x}")


def heap(record):
    growable = "growable" if int(record["options"]) & pagoda_heap.GROWABLE else "of fixed size"
    return (f"heap, {growable}, {int(record['committed']) // 1024} KB of {int(record['reserved']) // 1024} KB "
            f"committed, {int(record['free_granules']) * pagoda_heap.GRANULE} bytes free")


def segment(record):
    base = int(record["base"])
    return (f"segment {base:08x}-{base + int(record['reserved']) - 1:08x}, {int(record['committed']) // 1024} KB "
            f"committed, blocks from {int(record['first']):08x} on")


def block(record):
    """Only its heap can decode it."""
    va = int(record.address)
    found = pagoda_heap.heap_of(current_space() if va < 1 << 31 else symbol("space_kernel"), va)
    return str(found.block(va)) if found else f"block at {va:08x} of no heap"


WORDS = {
    "pte_t": lambda value: str(Pte(int(value))), "prot_t": protection, "pfn_t": lambda value: f"{int(value):#x}",
    "va_t": address, "pa_t": address, "status_t": address,
}
RECORDS = {
    "vad": region, "pfn": frame, "section": section, "space": space, "working_set": working_set,
    "commit_counters": commit, "pagefile_counters": pagefile, "fault": fault, "heap": heap, "segment": segment,
    "block": block,
}


def printer(value):
    if value.type.name in WORDS:
        return Word(value, WORDS[value.type.name])
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_STRUCT and kind.tag in RECORDS:
        return Record(value, RECORDS[kind.tag])
    return None
