"""house.py - the house as a graph: which file includes which, and which object calls which.

Not a program: tests/check_layers and tools/rooms ask it.  A unit is what is compiled by itself: a .c or .asm
file, and the header of the same name with it.
"""
import collections
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / os.environ.get("BUILD", "build")
# From the lowest up; a room uses only itself and lower ones.
ROOMS = ["boot", "lib", "mm", "kernel/cpu", "kernel/device", "kernel/object", "kernel/file", "kernel/process",
         "kernel/service", "kernel/watch", "kernel"]
INCLUDE = re.compile(r'^\s*[#%]\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)


def room_of(path):
    """"kernel/cpu/gdt.c" is in "kernel/cpu"."""
    return str(path).rpartition("/")[0]


def sources():
    """The kernel's sources in link order, as the Makefile has them."""
    text = (ROOT / "Makefile").read_text()
    text = text[text.index("STARTUP ="):text.index("SOURCES =")]
    return re.findall(r"\b[a-z]+/[\w/]+\.(?:c|asm)\b", text)


def symbols(source):
    """The names that a unit's object defines, and those that it needs."""
    object_file = BUILD / re.sub(r"\.c$", "", source)
    text = subprocess.run(["nm", f"{object_file}.o"], capture_output=True, text=True, check=True).stdout
    fields = [line.split() for line in text.splitlines()]
    return ({f[-1] for f in fields if f[-2] in "TDBRVC"}, {f[-1] for f in fields if f[-2] == "U"})


def calls():
    """{unit: {other unit: {names of the other that it needs}}}, of the objects that were built."""
    table = {source: symbols(source) for source in sources()}
    home = {name: source for source, (defined, _) in table.items() for name in defined}
    graph = {}
    for source, (_, needed) in table.items():
        graph[source] = collections.defaultdict(set)
        for name in needed & home.keys():
            graph[source][home[name]].add(name)
    return graph
