"""course_grade.py - grades a student's tree: a line a check, the score, results.json, results.xml."""
import json
import os
import pathlib
import random
import re
import signal
import time
from xml.sax.saxutils import quoteattr

import course_handin
import course_machine
from course_lab import Failed, Lab, find_function
from course_machine import Wrong, run_bounded

BUILD_LIMIT = 3600  # seconds for a whole tree, on a busy computer, too
HOST_LIMIT = 100  # ... for a program on this computer, however busy it is
LEAST = 1  # second that a boot gets even when its check has used up its time


class Bench:
    """What checks.py gets: chance, boots, comparisons."""

    def __init__(self, lab, seed):
        self.lab, self.seed, self.root = lab, seed, lab.root
        self.boots, self.Wrong, self.left = {}, Wrong, lab.limit

    def number(self, name, low, high):
        """A number of this student's variant, from low to high."""
        return random.Random(f"{self.seed}/{self.lab.number}/{name}").randint(low, high)

    def chance(self, name):
        return random.Random(f"{self.seed}/{self.lab.number}/{name}")

    def boot(self, commands, **settings):
        """Run commands on a machine; the same ones run once.  `check` and `exit` follow.
        All boots of a check together have the lab's limit."""
        key = commands, tuple(sorted(settings.items()))
        if key not in self.boots:
            boot = course_machine.Boot(self.root, f"{commands}; mark end; check; exit", max(self.left, LEAST), **settings)
            self.left -= boot.spent
            self.boots[key] = boot
        return self.boots[key]

    def equal(self, what, expected, came, why=""):
        if came != expected:
            raise Wrong(f"{what}: {expected}", f"{came}{'; ' + why if why else ''}")

    def ends_well(self, program, commands, **settings):
        """A boot with these commands, at whose end the program has ended with status 0."""
        machine = self.boot(commands, **settings)
        machine.sound()
        self.equal(f"exit status of {program}", 0, machine.value("end"), machine.reason())

    def between(self, what, low, high, came, why=""):
        if not low <= came <= high:
            raise Wrong(f"{what}: {low} to {high}", f"{came}{'; ' + why if why else ''}")

    def run_host(self, command, data=b""):
        """A program on this computer: its output."""
        status, output, errors = run_bounded(command, HOST_LIMIT, data, self.root, self.lab.limit)
        if status in (None, -signal.SIGXCPU, -signal.SIGKILL):
            raise Wrong("an answer", f"no end after {self.lab.limit} seconds: an endless loop?")
        if status:
            said = (output[-300:] + errors[-300:]).decode(errors="replace").strip()
            raise Wrong("a program that ends with 0", f"{'signal ' + str(-status) if status < 0 else status} {said}")
        return output


def yours(lab):
    """Functions that still say whose they are."""
    left = []
    for path, name in lab.takeout:
        text = (lab.root / path).read_text() if (lab.root / path).is_file() else ""
        found = find_function(text, name)
        if found and f"{name}() in {path} is yours to write" in text[found[1]:found[2]]:
            left.append(f"{name}() in {path}")
    return left


def build(root):
    """"" or the first error in words."""
    status, *texts = run_bounded(["make", "-s", f"-j{os.cpu_count() or 1}", "build/pagoda.elf", "build/disc.tar"], BUILD_LIMIT, cwd=root)
    if status is None:
        return f"make does not end within {BUILD_LIMIT} seconds"
    if status == 0:
        return ""
    output, said = (text.decode(errors="replace") for text in texts)
    errors = re.findall(r"^\S+:\d+:\d+: (?:fatal )?error: .*|^.*undefined reference.*", output + said, re.M)
    return errors[0] if errors else (said.strip().split("\n") or ["make failed"])[-1]


def judge(check, function, bench, broken):
    """(points, expected, came, seconds)"""
    start, bench.left = time.monotonic(), bench.lab.limit
    try:
        if broken[1]:
            raise Wrong(*broken)
        function(bench)
        return check.points, "", "", time.monotonic() - start
    except Wrong as wrong:
        return 0, wrong.expected, wrong.came, time.monotonic() - start
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        came = f"this check does not understand it ({type(error).__name__}: {error}); tell who teaches"
        return 0, "a machine whose answer can be judged", came, time.monotonic() - start


def grade(root, seed=None, lab_name=None, say=print):
    """Grade the tree at root; returns the list of (check, points, expected, came, seconds)."""
    root = pathlib.Path(root).resolve()
    try:
        about = json.loads((root / "lab.json").read_text())
        lab = Lab(pathlib.Path("docs/labs") / (lab_name or about["lab"]), root)
        seed = about["seed"] if seed is None else seed
    except (OSError, ValueError, KeyError, TypeError):
        raise Failed(f"{root} is no student's tree: it has no lab.json that can be read; tools/course start makes one.") from None
    say(f"Lab {lab.number}, {lab.title}: variant {seed:08X}")
    left = yours(lab)
    if left:
        say(f"still to write: {', '.join(left)}")
    module, bench = lab.functions(), Bench(lab, seed)
    strange = course_handin.foreign(lab)
    broken = ("an answer in plain C", strange) if strange else ("a kernel that builds", build(root))
    rows = []
    for check in lab.checks:
        row = (check, *judge(check, getattr(module, check.name), bench, broken))
        rows.append(row)
        show(row, say)
    say(f"Score: {score(rows)}/{sum(check.points for check in lab.checks)}")
    return lab, rows


def score(rows):
    return sum(row[1] for row in rows)


def show(row, say):
    check, points, expected, came, _ = row
    say(f"{'ok    ' if points else 'FAILED'} {points:3}/{check.points:<3} {check.title}")
    if not points:
        say(f"               expected: {expected}")
        say(f"               came:     {came}")
        say(f"               look at:  {check.look}")


def gradescope(lab, rows):
    """results.json as Gradescope's autograders are documented to write it."""
    tests = []
    for check, points, expected, came, _ in rows:
        told = "" if points else f"expected: {expected}\ncame: {came}\nlook at: {check.look}"
        tests.append({"name": check.title, "number": f"{lab.number}.{len(tests) + 1}", "score": points,
                      "max_score": check.points, "status": "passed" if points else "failed", "output": told,
                      "visibility": "visible"})
    return {"score": score(rows), "execution_time": round(sum(row[4] for row in rows)), "output_format": "text",
            "output": f"Lab {lab.number}, {lab.title}", "visibility": "visible", "stdout_visibility": "visible", "tests": tests}


def junit(name, cases):
    """JUnit's XML of (name, seconds, message of the failure or "", skipped)."""
    bad = sum(bool(case[2]) and not case[3] for case in cases)
    skipped = sum(bool(case[3]) for case in cases)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             f'<testsuite name={quoteattr(name)} tests="{len(cases)}" failures="{bad}" errors="0" skipped="{skipped}" '
             f'time="{sum(case[1] for case in cases):.3f}">']
    for case, seconds, message, skip in cases:
        head = f'  <testcase classname={quoteattr(name)} name={quoteattr(case)} time="{seconds:.3f}"'
        if not message:
            lines.append(head + "/>")
        else:
            tag = "skipped" if skip else "failure"
            lines.append(f"{head}><{tag} message={quoteattr(plain(message))}/></testcase>")
    return "\n".join([*lines, "</testsuite>"]) + "\n"


def plain(text):
    """Without what XML can't hold."""
    return re.sub(r"[^\n\t\x20-\uD7FF\uE000-\uFFFD]", "?", text)


def write_results(folder, lab, rows):
    folder = pathlib.Path(folder)
    try:
        (folder / "results.json").write_text(json.dumps(gradescope(lab, rows), indent=1) + "\n")
        cases = [(check.title, seconds, "" if points else f"expected: {expected}; came: {came}", False)
                 for check, points, expected, came, seconds in rows]
        (folder / "results.xml").write_text(junit(lab.name, cases))
    except OSError as error:
        raise Failed(f"the results can't be written to {folder}: {error.strerror}.") from None
