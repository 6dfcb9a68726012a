"""layout.py - where the kernel keeps what the page shows, taken from the kernel that was just built.

    gdb -q -batch -ex 'py OUT = "layout.json"' -x tools/web/layout.py build/pagoda.elf

Reads the debugging information: offsets of fields, values of enums, addresses of variables and the texts of
tables.  The page has no number of its own.  A name below that the kernel no longer has stops the build with
a sentence; a field that only moved is simply found elsewhere.
"""
import json
import re

import gdb

STRUCTS = {  # what tools/web/guest.js and the pictures read, no more
    "pfn": "pte owner section va next slot shares locks state use modified file written mark age",
    "space": "dir id name regions ws tables counters next",
    "space_counters": "faults page_ins page_outs",
    "working_set": "policy count hand evictions recent",
    "replace_policy": "name",
    "vad_tree": "root",
    "vad": "start end type flags prot commit section tag left right",
    "section": "dir pages image of_file name next",
    "pagefile_counters": "slots used peak reads writes",
    "commit_counters": "total",
}
ENUMS = "pfn_state pfn_use pte_kind vad_type fault_kind".split()
CONSTANTS = ("PROT_BASE PROT_GUARD PTE_KIND_SHIFT PTE_KIND_MASK PTE_PROT_SHIFT PTE_PROT_MASK "
             "PTE_VALID_PROT_SHIFT VAD_STACK").split()
VARIABLES = ("pfn_database pfn_limit pfn_fresh pfn_never_used pfn_count pfn_uses fault_count fault_kind_count "
             "space_kernel section_all pagefile_counters commit_counters machine_direct").split()
STATICS = {"pagefile_bitmap": ("mm/pagefile.c", "used")}
MACROS = {"HEAP_SIGNATURE": "lib/heap_record.h"}
TEXTS = {"kinds": "fault_kind_name::names", "states": "words_pfn_state::names"}


def wanted(what, name, get):
    try:
        return get()
    except (gdb.error, OSError, KeyError, TypeError):
        raise SystemExit(f"layout: the kernel has no {what} \"{name}\" any more, which the page reads: "
                         "say in tools/web/layout.py and guest.js what took its place.")


def fields_of(name, words):
    kind = wanted("structure", name, lambda: gdb.lookup_type("struct " + name))
    known = {}
    collect(kind, 0, known)
    return {"size": kind.sizeof,
            "fields": {w: wanted(f"field of struct {name}", w, lambda w=w: known[w]) for w in words.split()}}


def collect(kind, base, known):
    """Offset, size and count of each field; unnamed unions are looked into."""
    for field in kind.fields():
        at = base + field.bitpos // 8
        if not field.name:
            collect(field.type, at, known)
            continue
        plain = field.type.strip_typedefs()
        count = plain.range()[1] + 1 if plain.code == gdb.TYPE_CODE_ARRAY else 1
        known[field.name] = [at, plain.sizeof // count, count]


def enum_of(name):
    kind = wanted("enum", name, lambda: gdb.lookup_type("enum " + name))
    return {field.name: field.enumval for field in kind.fields()}


def address_of(expression):
    return int(gdb.parse_and_eval(f"&{expression}").cast(gdb.lookup_type("unsigned int")))


def macro_of(name, path):
    with open(path, encoding="utf-8") as file:
        found = re.search(rf"#define {name}\s+(0x[0-9A-Fa-f]+|\d+)", file.read())
    if not found:
        raise KeyError(name)
    return int(found[1], 0)


def texts_of(expression):
    table = gdb.parse_and_eval(expression)
    low, high = table.type.range()
    return [table[i].string() for i in range(low, high + 1)]


def layout():
    return {
        "structs": {name: fields_of(name, words) for name, words in STRUCTS.items()},
        "enums": {name: enum_of(name) for name in ENUMS},
        "constants": {**{name: wanted("constant", name, lambda n=name: int(gdb.parse_and_eval(n)))
                         for name in CONSTANTS},
                      **{name: wanted("macro", name, lambda n=name, p=path: macro_of(n, p))
                         for name, path in MACROS.items()}},
        "variables": {**{name: wanted("variable", name, lambda n=name: address_of(n)) for name in VARIABLES},
                      **{name: wanted("variable", name, lambda f=file, v=variable: address_of(f"'{f}'::{v}"))
                         for name, (file, variable) in STATICS.items()}},
        "texts": {name: wanted("table", text, lambda t=text: texts_of(t)) for name, text in TEXTS.items()},
    }


try:
    STRUCTS["pfn"] += " " + globals().get("BROKEN", "")  # tests/check_web asks for a field that isn't there
    gdb.execute("set language c")
    with open(OUT, "w", encoding="utf-8") as file:  # noqa: F821  (set on gdb's command line)
        json.dump(layout(), file, indent=1)
except SystemExit as sentence:
    gdb.write(f"{sentence}\n", gdb.STDERR)
    gdb.execute("quit 1")
