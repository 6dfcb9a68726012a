"""house.py - the house as a graph: which file includes which, and which object needs which.

Not a program: tools/rooms, tools/reading-order and the tests ask it.  Includes are those of the sources, calls those
of the objects under build/: a function that is declared by hand hides from the first, not from the second.
"""
import collections
import os
import pathlib
import re
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / os.environ.get("BUILD", "build")
# From the lowest up, and what each is for; a room uses only itself and lower ones.
PURPOSE = {
    "boot": "gets us from the loader to C",
    "lib": "what a program without a C library lacks",
    "mm": "memory management, with no CPU instruction in it",
    "kernel/cpu": "the CPU: entries and exits, descriptor tables, page tables, stacks",
    "kernel/device": "devices, kernel memory by the page, and how the machine ends",
    "kernel/object": "what handles name, waiting, and threads",
    "kernel/file": "the disc, files in RAM, and lines of the console",
    "kernel/process": "images, processes, and their exceptions",
    "kernel/service": "the system calls",
    "kernel/watch": "everything for watching: trace, step, screen, monitor",
    "kernel": "the start and the trap dispatcher, which see all rooms",
}
ROOMS = list(PURPOSE)
# Names that a lower room calls and a higher one implements, by the place that says so.
SEAMS = {
    "boot/boot.asm": {"kernel_main"},
    "mm/machine.h": {"machine_panic", "machine_direct", "machine_frame", "machine_zero", "machine_copy",
                     "machine_forget", "machine_load", "machine_trace"},
    "kernel/cpu/frame.h": {"trap_page_fault", "trap_dispatch", "syscall_dispatch", "thread_leave_kernel"},
}
SEAM_NAMES = set().union(*SEAMS.values())
CORE_LINES = 9000
ENDINGS = (".c", ".h", ".asm", ".inc")
INCLUDE = re.compile(r'^\s*[#%]\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)


def room_of(path):
    """"kernel/cpu/gdt.c" is in "kernel/cpu"."""
    return str(path).rpartition("/")[0]


def is_core(path):
    """What one must read to understand a page fault; at most CORE_LINES lines in all."""
    return room_of(path) in ("boot", "mm", "kernel/cpu") or str(path) == "kernel/trap.c"


def files(rooms=ROOMS):
    """The files of rooms, from the root, room by room."""
    return [path.relative_to(ROOT) for room in rooms for path in sorted((ROOT / room).iterdir())
            if path.suffix in ENDINGS]


def sources():
    """The kernel's sources in link order, as the Makefile has them."""
    text = (ROOT / "Makefile").read_text()
    text = text[text.index("STARTUP ="):text.index("SOURCES =")]
    return re.findall(r"\b[a-z]+/[\w/]+\.(?:c|asm)\b", text)


def dlls():
    """The folders of user/ that become a DLL."""
    return sorted(str(path.parent.relative_to(ROOT)) for path in (ROOT / "user").glob("*/*.def"))


def lines_of(path):
    return (ROOT / path).read_text().count("\n")


def includes(rooms):
    """{(file, file): {"#include"}} among the files of these rooms; kernel/abi.h belongs to everybody."""
    edges = collections.defaultdict(set)
    for path in files(rooms):
        for name, _ in INCLUDE.findall((ROOT / path).read_text()):
            if name and name != "kernel/abi.h" and room_of(name) in rooms:
                edges[str(path), name].add("#include")
    return edges


def calls(rooms, nm="nm"):
    """{(file, file): names of the second that the first needs}, of the objects of these rooms."""
    objects = {}
    for path in files(rooms):
        if path.suffix in (".c", ".asm"):
            objects[str(BUILD / path.with_suffix(".asm.o" if path.suffix == ".asm" else ".o"))] = str(path)
    text = subprocess.run([nm, "-A", *objects], capture_output=True, text=True, check=True).stdout
    home, needed = {}, []
    for where, kind, name in re.findall(r"^(.+?):[0-9a-f ]* ([A-Z]) (\S+)$", text, re.M):
        if kind == "U":
            needed.append((objects[where], name))
        else:
            home[name] = objects[where]
    edges = collections.defaultdict(set)
    for path, name in needed:
        if home.get(name, path) != path:
            edges[path, home[name]].add(name)
    return edges


def circles(edges):
    """The strongly connected components of more than one node (Tarjan, SIAM J. Comput. 1972)."""
    after = collections.defaultdict(set)
    for source, target in edges:
        after[source].add(target)
    number, low, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(after[node]):
            if other not in number:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == number[node]:
            at = stack.index(node)
            found.append(stack[at:])
            del stack[at:]

    for node in sorted(after):
        if node not in number:
            visit(node)
    return [sorted(circle) for circle in found if len(circle) > 1]


def run(main):
    """main(), and one sentence where there are no objects to look at."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `tools/rooms | head`
    try:
        return main()
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: `make doctor` says what installs it")
        return 1
    except subprocess.CalledProcessError as error:
        print(f"the kernel or a DLL is not built, so calls can't be looked at: {error.stderr.strip().splitlines()[0]}")
        return 1
