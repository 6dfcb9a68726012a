"""boot_test - one boot of Pagoda and the verdict on it.

A test is a file tests/boot/NAME.test: first the machine, in the words of `make run`, then what
must come of it.  docs/testing.md describes the format.  A setting with `a|b` makes one test of
each value.
"""
import itertools
import json
import operator
import os
import pathlib
import re
import selectors
import shlex
import signal
import subprocess
import tempfile
import time

from qmp import Qmp

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/test/boot"
TRACE_FIELDS = {"n", "t", "pid", "tid", "image", "va", "pc", "access", "mode", "kind",
                "pte_before", "pte_after", "frame", "policy"}
ORACLE = re.compile(r"^ *\d+: v=0e ", re.M)  # a page fault in QEMU's own log
ORACLE_DETAILS = re.compile(r"^ *\d+: v=0e e=(\w+) i=0 cpl=(\d) IP=\w+:(\w+) .*CR2=(\w+)", re.M)
WARNING = re.compile(r"^qemu-system-i386: warning: TCG doesn't support .*\n", re.M)  # of a CPU's features; not Pagoda's words
LAST_LINES = 40
GRACE = 60  # seconds that tools/run may need to stop a machine that hangs
LOOK_AGAIN = 0.1  # seconds between two looks at the screen


class Malformed(Exception):
    """A test file that can't be understood."""


class Failed(Exception):
    """What the test found."""


def pattern(text):
    """/regular expression/ or plain text, in which a blank may also be the end of a line."""
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        return re.compile(text[1:-1], re.M)
    return re.compile(re.escape(text).replace("\\ ", r"\s+"))


def end_group(process):
    """Kill a process that was started in a session of its own, and all its children."""
    if process:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nobody is left, or only what sudo has started
            pass
        process.wait()


class Script:
    """What a .test file says."""

    SETTINGS = {"MEM", "PAGEFILE", "FRAMES", "POLICY", "CPU", "BOOT", "CMD", "QEMU", "OPTIONS", "KERNEL"}
    VERDICTS = {"status", "expect", "reject", "tap", "columns", "faults", "explained", "startup", "below", "above", "limit", "when",
                "type", "send", "key", "screen", "shows", "colours"}

    def __init__(self, path):
        self.path = path
        self.settings = {}
        self.steps = []  # (word, argument) in the order of the file
        self.limit = 3600.0  # seconds: a net for hangs, wide enough for a slow build on a busy machine
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                try:
                    self.read(line.strip())
                except (Malformed, ValueError, re.error) as error:
                    raise Malformed(f"{path.name}:{number}: {error}") from None

    def read(self, line):
        setting = re.match(r"([A-Z]+)=(.*)", line)
        if setting:
            if setting[1] not in self.SETTINGS:
                raise Malformed(f"unknown setting {setting[1]}")
            self.settings[setting[1]] = setting[2]
            return
        word, _, argument = line.partition(" ")
        argument = argument.strip()
        if word not in self.VERDICTS:
            raise Malformed(f"unknown word '{word}'")
        if word == "limit":
            self.limit = float(argument)
        else:
            self.steps.append((word, argument))

    def of(self, word):
        return [argument for name, argument in self.steps if name == word]

    def variants(self):
        """(suffix of the name, settings) for every combination of the `a|b` settings."""
        choices = {name: value.split("|") for name, value in self.settings.items()
                   if name != "CMD" and "|" in value}
        for values in itertools.product(*choices.values()):
            chosen = dict(zip(choices, values))
            suffix = ",".join(f"{name}={value}" for name, value in chosen.items())
            yield (f"@{suffix}" if suffix else "", {**self.settings, **chosen})


def fault_kinds():
    """The words of the trace for a fault's kind, as the kernel has them.  An upgrade needs a TLB that lags behind."""
    names = re.search(r"names\[FAULT_KINDS\] = \{(.*?)\}", (ROOT / "mm/fault.c").read_text(), re.S)
    return set(re.findall(r'"([\w-]+)"', names[1])) - {"none", "upgrade"}


def step_says(paragraph):
    """What a paragraph of `step` says, in the words of the trace; it was wrapped to the terminal."""
    def said(expression, default=None):
        found = re.search(expression, paragraph)
        return found[1] if found else default

    before = said(r"PTE entry +\d+ at \w+ was (\w+)", "0")
    victim = re.search(r"lost its frame: (?:offset )?(\w+) of (?:a section|.*?\(process (\d+)\))", paragraph)
    slot = said(r"safe in slot (\d+)", "0")
    return {
        "pc": int(said(r"The instruction at (\w+)"), 16),
        "va": int(said(r"(?:wanted to \w+|it goes on at) (\w+)") or said(r"The instruction at (\w+)"), 16),
        "access": "execute" if "could not be fetched" in paragraph else said(r"wanted to (\w+)"),
        "pid": int(said(r"^--- fault \d+: .*?\(process (\d+)\)", "0")),
        "tid": int(said(r", thread (\d+) ---")), "mode": said(r"in (user|kernel) mode"),
        "kind": said(r"Decision: ([\w-]+) fault"), "pte_before": int(before, 16),
        "pte_after": int(said(r"The PTE says now (\w+)", before), 16),
        "error": int(said(r"Error code (\d+)")),
        "victim": victim and (int(victim[2] or 0), int(victim[1], 16), "was dirty" in paragraph, int(slot)),
        "failed": bool(re.search(r"The program gets exception|system call that touched it fails", paragraph)),
    }


def trace_says(record, oracle):
    """The same of a record of the trace, and of QEMU's own log of the same fault."""
    error, level, pc, va = oracle
    if (int(pc, 16), int(va, 16), level == "3") != (
            int(record["pc"], 16), int(record["va"], 16), record["mode"] == "user"):
        raise Failed(f"fault {record['n']}: the trace says {record}, QEMU's log {oracle}")
    victim = record.get("victim")
    return {
        **{name: int(record[name], 16) for name in ("pc", "va", "pte_before", "pte_after")},
        **{name: record[name] for name in ("access", "pid", "tid", "mode", "kind")},
        "error": int(error, 16), "failed": "status" in record,
        "victim": victim and (victim["pid"], int(victim["va"], 16), victim["dirty"], victim["slot"]),
    }


def judge_steps(output, kinds, records, oracle):
    """Each fault that `step` explained against the trace and QEMU's log; the kinds must be among them."""
    seen = set()
    for found in re.finditer(r"^--- fault (\d+):.*?(?=^\[space: go on)", output, re.S | re.M):
        number = int(found[1])
        if number > min(len(records), len(oracle)):
            raise Failed(f"step explains fault {number}; the trace has {len(records)}, QEMU saw {len(oracle)}")
        says = step_says(" ".join(found[0].split()))
        wanted = trace_says(records[number - 1], oracle[number - 1])
        if says != wanted:
            wrong = [f"{name} is {says[name]}, not {wanted[name]}" for name in says if says[name] != wanted[name]]
            raise Failed(f"what step says of fault {number} is wrong: {'; '.join(wrong)}")
        seen.add(says["kind"])
    missing = (fault_kinds() if kinds == ["all"] else set(kinds)) - seen
    if missing:
        raise Failed(f"step explained no fault of kind {', '.join(sorted(missing))}")


class BootTest:
    def __init__(self, script, suffix, settings):
        self.script = script
        self.settings = settings
        self.name = f"boot/{script.path.stem}{suffix}"
        self.output = ""
        self.seen = 0  # how much of the output the last `when` has used
        self.process = None
        self.qmp = None
        # A control socket's path must be short (108 bytes), so it does not lie with the logs.
        self.scratch = None

    # Files of this test: build/test/boot/NAME.log, .trace, .int, ...
    def file(self, ending):
        return LOGS / f"{self.name[5:]}.{ending}"

    def environment(self):
        settings = dict(self.settings)
        extra = settings.pop("QEMU", "")
        if self.needs_trace():
            settings["TRACE"] = str(self.file("trace"))
        if self.script.of("faults") or self.script.of("explained"):
            extra += f" -d int,cpu_reset -D {shlex.quote(str(self.file('int')))}"
        if self.interactive():
            extra += f" {self.qmp.option()}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return {**inherited, **settings, "HEADLESS": "1", "QEMU": extra.strip(),
                "TIMEOUT": str(self.script.limit)}

    def needs_trace(self):
        return any(self.script.of(word) for word in ("faults", "explained", "startup"))

    def interactive(self):
        return any(word in ("key", "screen") for word, _ in self.script.steps)

    def repeat(self):
        """The command that repeats this boot by hand."""
        words = [f"{name}={shlex.quote(value)}" for name, value in self.settings.items()]
        return "make run HEADLESS=1 " + " ".join(words)

    def run(self):
        """Raises Failed with the reason in words."""
        LOGS.mkdir(parents=True, exist_ok=True)
        for old in LOGS.glob(f"{self.name[5:].replace('[', '[[]')}.*"):
            old.unlink()
        self.scratch = tempfile.TemporaryDirectory(prefix="pagoda-")
        self.qmp = Qmp(f"{self.scratch.name}/qmp") if self.interactive() else None
        deadline = time.monotonic() + self.script.limit + GRACE
        self.process = subprocess.Popen(
            [str(ROOT / "tools/run")], cwd=ROOT, env=self.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            self.converse(deadline)
            status = self.process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            raise Failed("tools/run closed its output but did not end") from None
        except (ConnectionError, RuntimeError, OSError) as error:
            raise Failed(f"control of QEMU failed: {error}") from None
        finally:
            self.end()
        self.judge(status)

    def end(self):
        """Whatever happened, no QEMU stays behind."""
        end_group(self.process)
        self.file("log").write_text(self.output)
        if self.qmp:
            self.qmp.close()
        self.scratch.cleanup()

    def converse(self, deadline):
        """Collect the output; do what `when` asks as soon as its pattern appears."""
        steps = [step for step in self.script.steps
                 if step[0] in ("when", "type", "send", "key", "screen", "shows", "colours")]
        selector = selectors.DefaultSelector()
        selector.register(self.process.stdout, selectors.EVENT_READ)
        raw = b""
        while True:
            steps = self.act(steps, deadline)
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failed("tools/run did not stop the machine in time")
            on_screen = steps and steps[0][0] in ("shows", "colours")
            if not selector.select(min(left, LOOK_AGAIN if on_screen else 1.0)):
                continue
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                break
            raw += data
            self.output = WARNING.sub("", raw.decode(errors="replace").replace("\r", ""))
        if steps:
            if steps[0][0] in ("shows", "colours"):
                raise Failed(f"the screen never {' '.join(steps[0])}; it shows:\n" + "\n".join(self.shot))
            raise Failed(f"the machine ended before '{' '.join(steps[0])}': {self.last_words()}")

    def act(self, steps, deadline):
        """Perform the steps that can be performed now; returns the others."""
        while steps:
            word, argument = steps[0]
            if word == "when":
                found = pattern(argument).search(self.output, self.seen)
                if not found:
                    break
                self.seen = found.end()
            elif word in ("type", "send"):
                line = argument + "\n" if word == "type" else argument.encode().decode("unicode_escape")
                self.process.stdin.write(line.encode())
                self.process.stdin.flush()
            elif word in ("shows", "colours"):
                if not self.seen_on_screen(word, argument):
                    break
            else:
                self.look(word, argument, deadline)
            steps = steps[1:]
        return steps

    def seen_on_screen(self, word, argument):
        """Is it on the picture taken last?  If not, take the next one, for the next question."""
        text = "\n".join(self.shot)
        if pattern(argument).search(text) if word == "shows" else len(set(self.colours)) >= int(argument):
            return True
        self.shot, self.colours = self.qmp.screen(self.file("cells"))
        return False

    def look(self, word, argument, deadline):
        self.qmp.connect(deadline)
        if word == "key":
            self.qmp.key(argument)
        elif word == "screen":
            self.qmp.picture(self.file(f"{argument}.png"))
            self.shot, self.colours = self.qmp.screen(self.file("cells"))
            self.file(f"{argument}.txt").write_text("\n".join(self.shot) + "\n")

    def judge(self, status):
        wanted = (self.script.of("status") or ["0"])[0]
        ok = status != 0 if wanted == "nonzero" else status == int(wanted)
        if not ok:
            raise Failed(f"status {status}, not {wanted}: {self.last_words()}")
        self.judge_output()
        self.judge_numbers()
        for argument in self.script.of("columns"):
            self.judge_columns(int(argument))
        if self.script.of("tap"):
            self.judge_tap(int(self.script.of("tap")[0]))
        if self.needs_trace():
            self.judge_trace()

    def last_words(self):
        lines = [line for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else "no output at all"

    def judge_output(self):
        place = 0
        for text in self.script.of("expect"):
            found = pattern(text).search(self.output, place)
            if not found:
                elsewhere = pattern(text).search(self.output)
                raise Failed(f"the output lacks {text}"
                             + (" (it is there, but earlier than expected)" if elsewhere else ""))
            place = found.end()
        for text in self.script.of("reject"):
            found = pattern(text).search(self.output)
            if found:
                raise Failed(f"the output has {text}: {found[0]!r}")

    def judge_columns(self, most):
        """No line is wider, so that output can be pasted."""
        wide = [line for line in self.output.splitlines() if len(line) > most]
        if wide:
            raise Failed(f"{len(wide)} lines have more than {most} columns, the first {len(wide[0])}: {wide[0]}")

    def number(self, text):
        """The number in the last match of a pattern with one group."""
        found = pattern(text).findall(self.output)
        if not found:
            raise Failed(f"the output lacks {text}")
        return int(found[-1].replace(",", ""))

    def judge_numbers(self):
        for word, wrong in (("below", operator.ge), ("above", operator.le)):
            for argument in self.script.of(word):
                limit, text = argument.split(" ", 1)
                number = self.number(text)
                if wrong(number, int(limit)) and not ("cycles" in text and os.environ.get("COSTS") == "any"):
                    raise Failed(f"{text} is {number}, not {word} {limit}")

    def judge_tap(self, count):
        """Lines `ok ...` of a program in ring 3: exactly `count`, and none that says `not ok`."""
        bad = re.findall(r"^not ok .*$", self.output, re.M)
        good = re.findall(r"^ok .*$", self.output, re.M)
        if bad:
            raise Failed(f"{len(bad)} lines say not ok, the first: {bad[0]}")
        if len(good) != count:
            raise Failed(f"{len(good)} lines say ok, not {count}")

    def read_trace(self):
        """The records of the trace; every line must be one, numbered from 1."""
        records = []
        for place, line in enumerate(self.file("trace").read_text().splitlines(), 1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise Failed(f"trace line {place} is no JSON ({error}): {line[:100]}") from None
            missing = TRACE_FIELDS - record.keys()
            if missing:
                raise Failed(f"trace line {place} lacks {', '.join(sorted(missing))}")
            if record["n"] != place:
                raise Failed(f"trace line {place} has the number {record['n']}")
            records.append(record)
        return records

    def judge_trace(self):
        records = self.read_trace()
        for text in self.script.of("faults"):
            counted = self.number(text)
            seen = len(ORACLE.findall(self.file("int").read_text(errors="replace")))
            if not len(records) == counted == seen:
                raise Failed(f"{len(records)} lines in the trace, {counted} faults counted by the "
                             f"kernel, {seen} seen by QEMU")
        for argument in self.script.of("explained"):
            oracle = ORACLE_DETAILS.findall(self.file("int").read_text(errors="replace"))
            judge_steps(self.output, argument.split(), records, oracle)
        for argument in self.script.of("startup"):
            limit, text = argument.split(" ", 1)
            entered = self.number(text)
            first = next((record["t"] for record in records if record["mode"] == "user"), None)
            if first is None or first - entered >= int(limit):
                raise Failed(f"the kernel was entered at cycle {entered}, the first instruction of a "
                             f"program came at cycle {first}: not below {limit}")


def load(folder):
    """All boot tests of a folder; a file that can't be understood is a Malformed."""
    tests = []
    for path in sorted(folder.glob("*.test")):
        script = Script(path)
        tests += [BootTest(script, suffix, settings) for suffix, settings in script.variants()]
    return tests
