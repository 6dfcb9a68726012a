"""course_machine.py - one bounded boot for a grader, and the kernel's own counters in it.

Only lines with the nonce count, which the kernel knows and no program does.
"""
import json
import os
import pathlib
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

STEP = 0.1  # seconds between two looks
MOST_TEXT = 32 << 20  # bytes that a machine may print
MOST_SECONDS, MOST_MEMORY, MOST_FILE = 120, 4 << 30, 1 << 30  # of one process on this computer


class Wrong(Exception):
    """What a check found: what was expected, what came."""

    def __init__(self, expected, came):
        super().__init__(f"expected {expected}; came {came}")
        self.expected, self.came = expected, came


def bound(seconds):
    """What a compiler, or a program made by it, may use of this computer: called in the new process."""
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_FSIZE, MOST_FILE),
                       (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def run_bounded(command, seconds, data=b"", cwd=None, busy=MOST_SECONDS):
    """A command with its children, which all end when the seconds are over; each may use `busy` seconds of a CPU.
    (status, output, errors); status None: not in time."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
                               start_new_session=True, preexec_fn=lambda: bound(busy))
    try:
        output, errors = process.communicate(data, seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None, b"", b""
    return process.returncode, output, errors


def children(pid):
    try:
        direct = [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return direct + [below for child in direct for below in children(child)]


def usage(pid):
    """(seconds of CPU, does it run or wait for the CPU?) of a process and those below it."""
    seconds, runs = 0.0, False
    for one in [pid, *children(pid)]:
        for task in pathlib.Path(f"/proc/{one}/task").glob("*/stat"):
            try:
                fields = task.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            runs |= fields[0] in "RD"
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds, runs


class Clock:
    """Seconds that a process had what it needed: on a busy computer waiting for the CPU does not count."""

    def __init__(self, pid):
        self.pid, self.spent = pid, 0.0
        self.cpu, self.wall = 0.0, time.monotonic()

    def look(self):
        cpu, runs = usage(self.pid)
        now = time.monotonic()
        self.spent += max(cpu - self.cpu, 0) if runs else now - self.wall
        self.cpu, self.wall = cpu, now
        return self.spent


def where(path, elf):
    """The function in which the CPU is, asked of QEMU."""
    try:
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(3)
            control.connect(path)
            stream = control.makefile("rw")
            stream.readline()
            for command in ({"execute": "qmp_capabilities"}, {"execute": "human-monitor-command",
                                                              "arguments": {"command-line": "info registers"}}):
                stream.write(json.dumps(command) + "\n")
                stream.flush()
                answer = json.loads(stream.readline())
                while "return" not in answer:
                    answer = json.loads(stream.readline())
        at = int(re.search(r"EIP=(\w+)", answer["return"])[1], 16)
    except (OSError, ValueError, TypeError):
        return ""
    if at < 0x80000000:
        return f"in the program, at {at:08X}"
    names = subprocess.run(["nm", "-n", elf], capture_output=True, text=True).stdout
    below = [line.split() for line in names.split("\n") if re.match(r"[0-9a-f]{8} [tT] ", line) and int(line[:8], 16) <= at]
    return f"in the kernel's {below[-1][2]}()" if below else ""


class Boot:
    """One run of the machine: its marks by label, its text, and how it ended."""

    def __init__(self, root, commands, limit=10, **settings):
        self.root, self.limit, self.spent = pathlib.Path(root).resolve(), limit, 0.0
        self.nonce = secrets.token_hex(8)
        options = f"{settings.pop('OPTIONS', '')} nonce={self.nonce}".strip()
        self.settings = {"HEADLESS": "1", "BOOT": "kernel", "MEM": "16M", "PAGEFILE": "64M", "TIMEOUT": "300",
                         **settings, "OPTIONS": options, "CMD": commands}
        self.output, self.end = "", ""
        self.run()
        self.marks = {}
        for line in re.findall(rf"^mark {self.nonce} (\{{.*\}})\s*$", self.output, re.M):
            try:
                mark = json.loads(line)
            except ValueError:  # something was printed in its midst
                continue
            self.marks.setdefault(mark["label"], []).append(mark)

    def run(self):
        scratch = tempfile.mkdtemp(prefix="pagoda-")
        control = os.path.join(scratch, "qmp")
        unwanted = {"MEM", "PAGEFILE", "FRAMES", "POLICY", "CPU", "BOOT", "CMD", "QEMU", "OPTIONS", "KERNEL", "TRACE", "BUILD"}
        inherited = {name: value for name, value in os.environ.items() if name not in unwanted and not name.startswith("MAKE")}
        settings = {**inherited, **self.settings, "QEMU": f"-qmp unix:{control},server=on,wait=off"}
        with open(os.path.join(scratch, "log"), "w+b") as log:
            process = subprocess.Popen([self.root / "tools/run"], env=settings, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT, cwd=self.root, start_new_session=True)
            place = self.wait(process, control, log)
            log.seek(0)
            self.output = log.read(MOST_TEXT).decode(errors="replace").replace("\r", "")
        shutil.rmtree(scratch, ignore_errors=True)
        said = re.findall(r"make run: (.*)", self.output)
        self.status = process.returncode
        self.end = place or (said[-1] if said else "")

    def wait(self, process, control, log):
        """"" when it has ended by itself, else the sentence about where it hung."""
        clock = Clock(process.pid)
        while process.poll() is None:
            time.sleep(STEP)
            self.spent = clock.look()
            chatter = os.fstat(log.fileno()).st_size > MOST_TEXT
            if chatter or self.spent > self.limit:
                at = where(control, self.root / "build/pagoda.elf")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if chatter:
                    return f"it printed {MOST_TEXT >> 20} MB and went on; the CPU was {at or 'somewhere'}, an endless loop?"
                what = "nobody runs, the program waits for ever" if "idle" in at else f"the CPU was {at or 'somewhere'}, an endless loop?"
                return f"no end after {self.limit:.0f} seconds: {what}"
        return ""

    def broken(self):
        """The sentence about a machine that did not come to its `exit`, or ""."""
        if self.end and not self.end.startswith("the commands ended with status"):
            return self.end
        return ""

    def reason(self):
        """Why something did not happen, as far as the machine says."""
        if self.broken():
            return self.broken()
        ended = re.findall(r"^(?:[\w.-]+ \(process .*(?:\n(?!\[|pagoda>|mark |\n).+)*|run: .*)", self.output, re.M)
        sentence = " ".join(ended[-1].split()) if ended else " ".join(self.output.strip().split("\n")[-1:])
        return sentence[:300]

    def has(self, label):
        return label in self.marks

    def mark(self, label):
        """The counters at a label, which must have come exactly once."""
        found = self.marks.get(label, [])
        if not found:
            raise Wrong(f"the program to come as far as '{label}'", self.reason() or "it never did")
        if len(found) > 1:
            raise Wrong(f"'{label}' once", f"{len(found)} times")
        return found[0]

    def value(self, label):
        mark = self.mark(label)
        if label == "end" and not mark["pid"]:
            raise Wrong("a program that runs to its end", self.reason())
        return mark["value"]

    def change(self, before, after, field):
        """How much a counter has grown between two labels."""
        first, second = self.mark(before), self.mark(after)
        return second[field] - first[field]

    def sound(self):
        """The machine came to its end, and `check` found nothing."""
        if self.broken():
            raise Wrong("a kernel that goes on", self.broken())
