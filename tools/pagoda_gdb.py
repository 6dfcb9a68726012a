"""pagoda_gdb - gdb learns Pagoda's memory management; tools/debug loads it.

Everything is read from the stopped machine (pagoda_memory.py), so looking never disturbs what is
looked at.  Here are the commands and the unwinder; pagoda_print.py shows the kernel's types.
"""
import argparse
import os
import pathlib
import re
import sys

import gdb
import gdb.unwinder

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pagoda_heap  # noqa: E402
import pagoda_print  # noqa: E402
from pagoda_memory import (  # noqa: E402
    DIRECT_MAP, FRAMES_A_ROW, MASK, PAGE, Frames, Pte, Unreadable, current_space, directory_word, enum_name,
    find_pte, number, owner_text, region_line, region_of, regions, register, ring, space_of, spaces, symbol, text)

SESSION = os.environ.get("PAGODA_DEBUG", "")  # where tools/debug keeps the console


# --- Commands -----------------------------------------------------------------------------------

class Command(gdb.Command):
    """A command `pagoda NAME`.  Subclasses set `name`, their docstring is the help text."""

    name = ""

    def __init__(self):
        super().__init__(f"pagoda {self.name}", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        try:
            self.run(gdb.string_to_argv(argument))
        except Unreadable as error:
            raise gdb.GdbError(f"{self.name}: {error}") from None
        except gdb.MemoryError as error:
            raise gdb.GdbError(f"{self.name}: {error}; has the kernel started?") from None
        except gdb.error as error:  # a word that is no expression, a machine that has ended
            raise gdb.GdbError(f"{self.name}: {error}") from None

    def usage(self):
        raise gdb.GdbError(f"Usage: {self.__doc__.splitlines()[0]}")

    def optional_pid(self, words):
        if len(words) > 1 or (words and not words[0].isdigit()):
            self.usage()
        return space_of(int(words[0])) if words else current_space()

    def address_and_pid(self, words):
        if len(words) not in (1, 2) or (len(words) == 2 and not words[1].isdigit()):
            self.usage()
        va = number(words[0])
        return va, space_of(int(words[1])) if len(words) == 2 else current_space()


class PteCommand(Command):
    """pagoda pte ADDRESS [PID]: the word that says where a page is."""

    name = "pte"

    def run(self, words):
        va, space = self.address_and_pid(words)
        word = find_pte(space, va)
        if word is None:
            print(f"{va:08x}: no page table (the directory's word is {directory_word(space, va):08x})")
        else:
            print(f"{va:08x}: {Pte(word)}")


class Walk(Command):
    """pagoda walk ADDRESS [PID]: the two-level walk as the CPU does it."""

    name = "walk"

    def run(self, words):
        va, space = self.address_and_pid(words)
        directory = int(space["dir"])
        entry = directory_word(space, va)
        print(f"{va:08x} = directory {va >> 22}, table {va >> 12 & 1023}, offset {va & 0xFFF:#x}")
        print(f"directory: frame {directory:#x} of {text(space['name'])}")
        print(f"  PDE[{va >> 22:4}] = {entry:08x} {Pte(entry).bits()}")
        if not entry & 1:
            print("  no page table: the CPU raises a page fault here")
        elif entry & 0x80:
            print(f"  4 MB page: physical {(entry & 0xFFC00000) | (va & 0x3FFFFF):08x}")
        else:
            word = find_pte(space, va)
            print(f"  PTE[{va >> 12 & 1023:4}] = {Pte(word)} (at {DIRECT_MAP + (entry & ~0xFFF) + (va >> 12 & 1023) * 4:08x})")
            if word & 1:
                print(f"  physical {(word & 0xFFFFF000) | (va & 0xFFF):08x}")
            else:
                print("  not valid: the CPU raises a page fault here")


class Vad(Command):
    """pagoda vad [PID]: the regions of an address space."""

    name = "vad"

    def run(self, words):
        space = self.optional_pid(words)
        print(f"process {int(space['id'])} ({text(space['name'])}): "
              f"{int(space['regions']['count'])} regions, {int(space['resident'])} pages resident")
        for vad in regions(space):
            print(region_line(vad))


class FramesCommand(Command):
    """pagoda frames: every frame of RAM as one letter, and the counts of each state."""

    name = "frames"

    def run(self, words):
        frames = Frames()
        counts = {}
        for frame in range(frames.limit):
            counts[frames.state(frame)] = counts.get(frames.state(frame), 0) + 1
        scale = max(1, -(-frames.limit // (FRAMES_A_ROW * 32)))
        print(f"one letter = {scale} frames" if scale > 1 else "one letter = one frame")
        row = FRAMES_A_ROW * scale
        for start in range(0, frames.limit, row):
            letters = (frames.letter(frame) for frame in range(start, min(start + row, frames.limit), scale))
            print(f"{start:6x} {''.join(letters).rstrip()}")
        print(frames.LEGEND)
        for space in spaces():
            if int(space["id"]):
                print(f"{frames.letter_of(int(space['id']))} page of {text(space['name'])} (process {int(space['id'])})")
        print(", ".join(f"{name.lower()} {count}" for name, count in sorted(counts.items())))


class Frame(Command):
    """pagoda frame NUMBER: one frame's record."""

    name = "frame"

    def run(self, words):
        if len(words) != 1:
            self.usage()
        frame = number(words[0])
        frames = Frames()
        if not frames.limit:
            raise gdb.GdbError("There are no frames yet: has the kernel started?")
        if frame >= frames.limit:
            raise gdb.GdbError(f"Frame {frame:#x} does not exist; the last one is {frames.limit - 1:#x}.")
        record = frames.database[frame]
        state, use = frames.state(frame), frames.use(frame)
        print(f"frame {frame:#x} (physical {frame * PAGE:08x}): {state.lower()}")
        if state in ("ACTIVE", "STANDBY", "MODIFIED"):
            print(f"  holds {owner_text(record, use)}")
            print(f"  shares {int(record['shares'])}, locks {int(record['locks'])}, "
                  f"slot {int(record['slot']):#x}, modified {bool(record['modified'])}")
            if int(record["pte"]):
                print(f"  its PTE at {int(record['pte']):08x}: {Pte(int(record['pte'].dereference()))}")


class WorkingSet(Command):
    """pagoda ws [PID]: the ring in its policy's order, from the hand on."""

    name = "ws"

    def run(self, words):
        space = self.optional_pid(words)
        ws = space["ws"]
        policy = text(ws["policy"]["name"]) if int(ws["policy"]) else "none"
        print(f"process {int(space['id'])} ({text(space['name'])}): {int(ws['count'])} frames, "
              f"policy {policy}, {int(ws['faults'])} faults, {int(ws['evictions'])} evictions")
        for frame, va, pte in ring(ws):
            print(f"  frame {frame:#7x}  {va:08x}  {pte.bits() if pte else ''}")


class Heap(Command):
    """pagoda heap [PID|kernel]: heaps, their segments and blocks, as the monitor shows them."""

    name = "heap"

    def run(self, words):
        space = space_of(0) if words == ["kernel"] else self.optional_pid(words)
        pid = int(space["id"])
        owner = f"{text(space['name'])} (process {pid})" if pid else "the kernel"
        found = list(pagoda_heap.heaps(space))
        print(f"Heaps of {owner}:" if found else f"There is no heap in the address space of {owner}.")
        for heap in found:
            print("\n".join(heap.lines()))
        if found:
            print(pagoda_heap.LEGEND)


class Why(Command):
    """pagoda why ADDRESS [PID]: what lies there, and what a touch would do."""

    name = "why"
    OUTCOMES = {
        "demand-zero": "the first touch gets a fresh zero page (soft fault)",
        "transition": "the next touch takes the frame back from its list (soft fault)",
        "pagefile": "the next touch reads it from the paging file (hard fault)",
        "prototype": "the next touch asks the section's own word",
        "valid": "the CPU uses it without a fault",
    }

    def run(self, words):
        va, space = self.address_and_pid(words)
        vad = region_of(space, va)
        print(f"{va:08x} in process {int(space['id'])} ({text(space['name'])}):")
        print(f"  region: {region_line(vad) if vad else 'none'}")
        word = find_pte(space, va)
        if word is None:
            print("  PTE:    none, there is no page table")
        else:
            print(f"  PTE:    {Pte(word)}")
        print(f"  touch:  {self.outcome(va, vad, word)}")

    def outcome(self, va, vad, word):
        if va >= DIRECT_MAP:
            return "refused to programs: it is the kernel's half"
        if not vad:
            return "refused: access violation, nothing is reserved there"
        pte = Pte(word or 0)
        if pte.kind == "empty":
            if str(vad["type"]) == "VAD_PRIVATE":
                return "refused: access violation, reserved but not committed"
            return self.OUTCOMES["prototype"]
        if pte.guard:
            return "raises a guard-page exception once, or grows the stack"
        if pte.protection == 0:
            return "refused: access violation, PAGE_NOACCESS"
        outcome = self.OUTCOMES.get(pte.kind, "the word is damaged")
        if pte.protection in (1, 4, 5):
            outcome += "; a write is refused"
        if pte.protection in (3, 7):
            outcome += "; a write makes a private copy first"
        return outcome


def fault_kinds():
    """The words of the trace, by number."""
    names = symbol("fault_kind_name::names")
    return [names[index].string() for index in range(names.type.range()[1] + 1)]


class Faults(Command):
    """pagoda faults [COUNT]: the last faults that the kernel's trace holds."""

    name = "faults"

    def run(self, words):
        if len(words) > 1 or (words and not words[0].isdigit()):
            self.usage()
        records = gdb.lookup_static_symbol("ring").value()
        recorded = int(gdb.lookup_static_symbol("recorded").value())
        room = records.type.range()[1] + 1
        count = min(int(words[0]) if words else 10, recorded, room)
        kinds = fault_kinds()
        access_type = gdb.lookup_type("enum fault_access")
        names = {int(space["id"]): text(space["name"]) for space in spaces()}
        for place in range(recorded - count, recorded):
            record = records[place % room]
            pid = int(record["pid"])
            print(f"{int(record['number']):8} {names.get(pid, '(ended)'):16} "
                  f"pid {pid:3} {enum_name(record['access'].cast(access_type), 'FAULT_'):7} "
                  f"{int(record['va']):08x} pc {int(record['pc']):08x} "
                  f"{kinds[int(record['kind'])]}")
        print(f"{int(symbol('fault_count'))} faults since the start")


class FaultBreakpoint(gdb.Breakpoint):
    """Stops where every fault has been resolved or refused, if it is one of those wanted."""

    def __init__(self, options):
        self.options = options
        self.kinds = fault_kinds()
        super().__init__("machine_trace")
        try:
            gdb.execute("set variable fault_watched = 1")  # even with the trace off
        except gdb.MemoryError:
            pass  # the kernel is not loaded yet, and begins with its trace on

    def stop(self):
        fault = gdb.selected_frame().read_var("fault")
        kind = self.kinds[int(fault["kind"])]
        pid, va = int(fault["space"]["id"]), int(fault["va"])
        wanted = self.options
        if wanted.kind and kind != wanted.kind or wanted.pid is not None and pid != wanted.pid:
            return False
        if not wanted.low <= va < wanted.high:
            return False
        print(f"fault {int(fault['number'])}: {kind}, process {pid} ({text(fault['space']['name'])}), "
              f"{enum_name(fault['access'], 'FAULT_')} {va:08x} from {int(fault['pc']):08x}")
        return True


class BreakFault(Command):
    """pagoda break-fault [--kind KIND] [--pid PID] [--from ADDRESS] [--to ADDRESS]: stop at faults.

    KIND is a word of the trace: demand-zero, transition, pagefile, copy-on-write, violation, ..."""

    name = "break-fault"

    def run(self, words):
        parser = argparse.ArgumentParser(prog="pagoda break-fault", add_help=False, exit_on_error=False)
        parser.add_argument("--kind")
        parser.add_argument("--pid", type=int)
        parser.add_argument("--from", dest="low", type=number, default=0)
        parser.add_argument("--to", dest="high", type=number, default=1 << 32)
        try:
            options, rest = parser.parse_known_args(words)
        except (argparse.ArgumentError, gdb.error) as error:
            raise gdb.GdbError(str(error)) from None
        kinds = fault_kinds()[1:]
        if rest:
            self.usage()
        if options.low > options.high:
            raise gdb.GdbError(f"No address is from {options.low:08x} to {options.high:08x}: the range ends before it starts.")
        if options.kind and options.kind not in kinds:
            raise gdb.GdbError(f"There is no kind '{options.kind}'; the kinds are: {', '.join(kinds)}")
        FaultBreakpoint(options)


class AddProgram(Command):
    """pagoda add-program NAME: the symbols of a program or DLL (build/user/ keeps them).

    Programs lie at the same addresses, so those of an earlier one go."""

    name = "add-program"
    folder = pathlib.Path("user")
    added = set()

    def run(self, words):
        if len(words) != 1:
            self.usage()
        known = sorted(path.name for path in self.folder.glob("*") if path.suffix in (".exe", ".dll"))
        if words[0] not in known:
            raise gdb.GdbError(f"There is no {words[0]}; there are: {', '.join(known)}")
        self.add(words[0])
        print(f"{words[0]}: symbols added")

    @classmethod
    def add(cls, name):
        if name not in cls.added and (cls.folder / name).is_file():
            for other in [other for other in cls.added if other.endswith(name[-4:]) and name.endswith(".exe")]:
                gdb.execute(f"remove-symbol-file {(cls.folder / other).resolve()}", to_string=True)
                cls.added.remove(other)
            gdb.execute(f"add-symbol-file {cls.folder / name}", to_string=True)
            cls.added.add(name)


class Program(Command):
    """pagoda program: the backtrace of the program whose thread is in the kernel now.

    gdb ends a backtrace where the stack changes to a lower one, so this lends gdb the registers that
    the thread brought into the kernel, and takes them back."""

    name = "program"
    REGISTERS = ("eip", "esp", "ebp", "ebx", "esi", "edi")

    def run(self, words):
        if words:
            self.usage()
        thread = symbol("thread_running")
        if not int(thread) or not int(thread["process"]):
            raise gdb.GdbError("No program is in the kernel now: this is a thread of the kernel.")
        for vad in regions(current_space()):
            if str(vad["type"]) == "VAD_IMAGE":
                AddProgram.add(text(vad["tag"]))
        frame_type = gdb.lookup_type("struct trap_frame")
        frame = (thread["stack_top"] - frame_type.sizeof).cast(frame_type.pointer())
        kept, chosen = {name: register(name) for name in self.REGISTERS}, gdb.selected_frame().name()
        try:
            self.lend({name: int(frame[name]) & MASK for name in self.REGISTERS})
            gdb.execute("backtrace")
        finally:
            self.lend(kept)
            self.select(chosen)

    @staticmethod
    def lend(registers):
        for name, value in registers.items():
            gdb.newest_frame().select()  # an older frame's registers would lie in memory
            gdb.execute(f"set ${name} = {value:#x}", to_string=True)

    @staticmethod
    def select(name):
        """The newest frame of that function: gdb 18 shows the inlined ones below it, too, once registers were set."""
        frame = gdb.newest_frame()
        while frame and frame.name() != name:
            frame = frame.older()
        (frame or gdb.newest_frame()).select()


def console_log():
    if not SESSION:
        raise gdb.GdbError("The console is not here: it is in the terminal where the machine was started.")
    return pathlib.Path(SESSION, "console.log")


class Type(Command):
    """pagoda type WORDS: type a command at the monitor's prompt; it runs when the machine does."""

    name = "type"

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        try:
            keyboard = os.open(f"{SESSION}/console.in", os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            raise gdb.GdbError("Nobody reads the console: the machine has ended, or was not started by make debug "
                               f"({error.strerror}).") from None
        os.write(keyboard, argument.encode() + b"\r")
        os.close(keyboard)


class Monitor(Command):
    """pagoda monitor WORDS: the monitor's answer, now, while the machine stands still.

    The kernel's own code runs the command on the stack of the stopped thread, so only commands that
    look are let through: none that waits, changes or touches a program's page."""

    name = "monitor"
    LOOKING = ("ps", "vad", "pte", "address", "vm", "frames", "pfn", "pool", "pagefile", "policy", "ring",
               "faults", "check", "help")
    MOST = 80

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        words = argument.split()
        if not words or words[0] not in self.LOOKING or len(argument) > self.MOST:
            raise gdb.GdbError(f"One of these can be asked now: {', '.join(self.LOOKING)}.")
        log = console_log()
        before = log.stat().st_size
        line = int(symbol("(unsigned int)&options.cmd"))  # its text has been copied long ago
        gdb.selected_inferior().write_memory(line, argument.encode("ascii", "replace") + b"\0")
        gdb.execute(f"call (void)monitor_run((char *){line:#x})", to_string=True)
        with open(log, "rb") as file:
            file.seek(before)
            print(file.read().decode(errors="replace").replace("\r", "").rstrip("\n"))


class Rewind(Command):
    """pagoda rewind ADDRESS [PID]: in make rewind, back to the last change of the page's PTE.

    Again: to the change before.  A replay is the same each time, so going back is going forward once
    more: one replay counts the changes up to now, a second one stops at the last of them.  Unlike
    gdb's reverse-continue this also works on a busy machine.  The CPU sets A and D bits without a software
    write; those are no changes to this command."""

    name = "rewind"

    def run(self, words):
        if "PAGODA_REPLAY" not in os.environ:
            raise gdb.GdbError("The machine can only go back in make rewind.")
        va, space = self.address_and_pid(words)
        entry = directory_word(space, va)
        if not entry & 1 or entry & 0x80:
            raise gdb.GdbError(f"{va:08x} has no page table now, so there is no PTE to watch.")
        place = DIRECT_MAP + (entry & ~0xFFF & MASK) + (va >> 12 & 1023) * 4
        now, changes = self.instruction(), 0
        self.restart(place)
        while self.go_on() and self.instruction() < now:
            changes += 1
        print(f"{va:08x}: {changes} changes of its PTE before now")
        self.restart(place)
        for _ in range(changes):
            self.go_on()
        gdb.execute("delete")
        print(f"  it is now {Pte(self.word(place))}")
        gdb.execute("backtrace")

    @staticmethod
    def word(place):
        return int.from_bytes(gdb.selected_inferior().read_memory(place, 4).tobytes(), "little")

    @staticmethod
    def instruction():
        """How many instructions the machine has executed."""
        answer = gdb.execute("monitor info replay", to_string=True)
        return int(re.search(r"instruction count = (\d+)", answer)[1])

    @staticmethod
    def go_on():
        """To the next change; false: the run has ended."""
        try:
            gdb.execute("continue", to_string=True)
        except gdb.error:
            return False
        return gdb.selected_inferior().pid != 0

    @staticmethod
    def restart(place):
        """The replay from its start, up to where there are page tables; then the PTE is watched."""
        gdb.execute("delete")
        if gdb.selected_inferior().pid:
            try:
                gdb.execute("kill", to_string=True)
            except gdb.error:  # QEMU may be gone before it has answered
                pass
        gdb.execute(f"target remote | exec {os.environ['PAGODA_REPLAY']}", to_string=True)
        gdb.execute("thbreak mm_init", to_string=True)
        gdb.execute("continue", to_string=True)
        gdb.execute(f"watch *(pte_t *){place:#x}", to_string=True)


class Console(Command):
    """pagoda console [LINES]: the end of what the console has shown."""

    name = "console"

    def run(self, words):
        if len(words) > 1 or (words and not words[0].isdigit()):
            self.usage()
        lines = console_log().read_text(errors="replace").splitlines()
        print("\n".join(lines[-int(words[0] if words else 20):]))


# --- The unwinder -------------------------------------------------------------------------------

class TrapUnwinder(gdb.unwinder.Unwinder):
    """Leads a backtrace from the kernel through the trap entry to the interrupted instruction.

    kernel/cpu/trap.asm builds a struct trap_frame and calls C with its address, which is then that of the
    caller's stack.  Assembly has no unwind information."""

    FIRST, LAST = "trap_common", "trap_return"  # the entries lie between these two
    CALL = 0xE8
    NULL_PARTITION = 0x10000

    class FrameId:
        def __init__(self, sp, pc):
            self.sp, self.pc = sp, pc

    def __init__(self):
        super().__init__("pagoda-trap")
        self.first = self.last = 0
        self.find_entries()
        gdb.events.new_objfile.connect(self.find_entries)

    def find_entries(self, _=None):
        """Before a backtrace: while gdb 18 is at one, it does not survive a symbol that is looked up."""
        try:
            self.first, self.last = (int(symbol(f"(unsigned int)&{name}")) for name in (self.FIRST, self.LAST))
        except gdb.error:
            pass  # the kernel's symbols are not there yet

    def __call__(self, pending):
        pc = int(pending.read_register("eip")) & MASK
        unsigned = gdb.lookup_type("unsigned int")
        sp = int(pending.read_register("esp")) & MASK
        if not self.first <= pc < self.last:
            return None
        if gdb.selected_inferior().read_memory(pc - 5, 1)[0][0] != self.CALL:
            return None  # not in a call: the frame is still being built or taken down
        frame = gdb.Value(sp).cast(gdb.lookup_type("struct trap_frame").pointer())
        info = pending.create_unwind_info(self.FrameId(gdb.Value(sp), gdb.Value(pc)))
        for name in ("ebp", "ebx", "esi", "edi"):
            info.add_saved_register(name, frame[name].cast(unsigned))
        # The CPU pushes ESP only when the privilege level changes.
        from_user = int(frame["cs"]) & 3
        eip = int(frame["eip"])
        esp = int(frame["esp"]) if from_user else int(frame["esp"].address)
        if eip < self.NULL_PARTITION:
            # A call through a null pointer has just pushed where to return to.  gdb would end the
            # backtrace at address 0, so it goes on with the caller.
            eip = int(gdb.Value(esp).cast(unsigned.pointer()).dereference())
            esp += 4
        info.add_saved_register("eip", gdb.Value(eip & MASK).cast(unsigned))
        info.add_saved_register("esp", gdb.Value(esp & MASK).cast(unsigned))
        return info


class Pagoda(gdb.Command):
    """pagoda: what this extension can do."""

    def __init__(self):
        super().__init__("pagoda", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument, from_tty):
        if argument:
            print(f"There is no command \"pagoda {argument}\"; there are")
        for command in COMMANDS:
            print(command.__doc__.splitlines()[0])


def end_machine(_):
    """gdb would only let go of a machine that it was connected to, and wait for QEMU, which runs on."""
    if SESSION and gdb.selected_inferior().pid:
        try:
            gdb.execute("kill")
        except gdb.error:  # QEMU has ended before it could say so
            pass


COMMANDS = (PteCommand, Walk, Vad, FramesCommand, Frame, WorkingSet, Heap, Why, Faults, BreakFault, AddProgram,
            Program, Type, Monitor, Rewind, Console)


def main():
    Pagoda()
    for command in COMMANDS:
        command()
    # The short forms; `frame` and `ws` are gdb's own.
    for name in ("walk", "vad", "why", "faults", "frames", "break-fault", "add-program"):
        gdb.execute(f"alias {name} = pagoda {name}")
    gdb.pretty_printers.append(pagoda_print.printer)
    gdb.unwinder.register_unwinder(None, TrapUnwinder(), replace=True)
    gdb.events.gdb_exiting.connect(end_machine)


main()
