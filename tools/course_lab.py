"""course_lab.py - what a lab is: docs/labs/NN-name/lab.toml, and the functions of C that it names."""
import importlib.util
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Failed(Exception):
    """One sentence for people."""


def read_toml(text, name="lab.toml"):
    """The part of TOML that labs need, also for a Python before 3.11: NAME = VALUE with strings, whole numbers and
    lists of strings, [[TABLES]], comments."""
    table = top = {}
    for number, line in enumerate(text.split("\n"), 1):
        head = re.fullmatch(r"\s*\[\[(\w+)\]\]\s*", line)
        pair = re.fullmatch(r'\s*(\w+)\s*=\s*(\d+|"[^"\\]*"|\[(?:\s*"[^"\\]*"\s*,?)*\s*\])\s*', line)
        if head:
            table = {}
            top.setdefault(head[1], []).append(table)
        elif pair:
            words = re.findall(r'"([^"]*)"', pair[2])
            table[pair[1]] = words if pair[2].startswith("[") else words[0] if words else int(pair[2])
        elif line.strip() and not line.lstrip().startswith("#"):
            raise Failed(f'{name}:{number}: "{line.strip()[:60]}" is not understood: NAME = "text", a number, '
                         'or ["a", "b"] in one line is wanted, or [[check]].')
    return top


class Check:
    def __init__(self, table):
        self.name, self.title = table["name"], table["title"]
        self.points, self.look = table["points"], table["look"]


class Lab:
    """docs/labs/NN-name of the tree at `root`."""

    def __init__(self, folder, root=ROOT):
        self.root, self.folder = pathlib.Path(root), pathlib.Path(folder)
        path = self.root / self.folder / "lab.toml"
        try:
            table = read_toml(path.read_text(), str(self.folder / "lab.toml"))
            self.title, self.minutes = table["title"], table["minutes"]
            self.limit = table["limit"]  # seconds a check
            self.files = table["files"]  # what a student may change
            self.takeout = [tuple(word.split(":")) for word in table["takeout"]]  # (file, function)
            self.checks = [Check(check) for check in table["check"]]
        except OSError as error:
            raise Failed(f"{path} can't be read: {error.strerror}.") from None
        except (KeyError, ValueError) as error:
            raise Failed(f"{path} lacks {error}.") from None
        self.name = self.folder.name
        self.number = int(self.name[:2])

    def functions(self):
        """The checks' Python functions by name."""
        path = self.root / self.folder / "checks.py"
        spec = importlib.util.spec_from_file_location(f"checks_{self.number}", path)
        module = importlib.util.module_from_spec(spec)
        sys.dont_write_bytecode = True
        try:
            spec.loader.exec_module(module)
        except (OSError, SyntaxError) as error:
            raise Failed(f"{path} can't be used: {error}.") from None
        missing = [check.name for check in self.checks if not hasattr(module, check.name)]
        if missing:
            raise Failed(f"{path} has no function {', '.join(missing)}, which lab.toml names.")
        return module


def all_labs(root=ROOT):
    return [Lab(path.relative_to(root), root) for path in sorted((pathlib.Path(root) / "docs/labs").glob("[0-9][0-9]-*"))]


def find_lab(number, root=ROOT):
    labs = {lab.number: lab for lab in all_labs(root)}
    if not number.isdigit() or int(number) not in labs:
        raise Failed(f'there is no lab "{number}"; there are ' + ", ".join(f"{n} ({lab.title})" for n, lab in labs.items()) + ".")
    return labs[int(number)]


# --- functions of C ---

def find_function(text, name):
    """(start of the head, start of the body's "{", end behind its "}") of a function defined in column 0."""
    for found in re.finditer(rf"^(?![ \t#/*}}])[^;{{}}=]*?\b{name}\(", text, re.M):
        opened = text.find("\n{\n", found.end())
        stop = min((at for at in (text.find(";", found.end()), text.find("}", found.end())) if at >= 0), default=-1)
        if opened >= 0 and (stop < 0 or opened < stop):
            end = text.find("\n}\n", opened)
            if end >= 0:
                return found.start(), opened + 1, end + 2
    return None


def function_body(text, name, path):
    found = find_function(text, name)
    if not found:
        raise Failed(f"{path} has no function {name}() any more: bring lab.toml up to date.")
    return found


def stub(lab, path, name):
    """What stands in the place of a body: it names its owner.  Where there is a kernel to stop, it stops."""
    words = f"{name}() in {path} is yours to write: {lab.folder}/README.md"
    if path.startswith(("mm/", "kernel/")):
        return f'{{\n    machine_panic("{words}");\n}}'
    if path.startswith("user/ntdll/"):  # the first program says it, and ends
        return ('{\n#ifdef _NTSYSTEM_\n    extern bool say_aloud;\n    void say(const char *text, ...);\n\n'
                f'    say_aloud = true;\n    say("{words}\\n");\n#endif\n    __builtin_trap();\n}}')
    return f'{{\n    LAB_YOURS("{words}");\n}}'


def take_out(lab, path, text, names):
    """The text with the bodies of the functions replaced; and the bodies."""
    bodies = {}
    for name in names:
        _, start, end = function_body(text, name, path)
        bodies[name] = text[start:end]
        text = text[:start] + stub(lab, path, name) + text[end:]
    return text, bodies


def significant(body):
    """The lines of a body by which it would be recognised, without their layout."""
    lines = ["".join(line.split()) for line in body.split("\n")]
    return [line for line in lines if len(line) > 12 and not line.startswith(("/*", "*", "//", "status_tstatus", "returnSTATUS"))]


def leaks(bodies, texts):
    """Where three lines that follow each other in a taken body also follow each other: (function, file)."""
    wanted = {}
    for name, body in bodies.items():
        lines = significant(body)
        for group in zip(lines, lines[1:], lines[2:]):
            wanted[group] = name
    for path, text in texts:
        lines = significant(text)
        for group in zip(lines, lines[1:], lines[2:]):
            if group in wanted:
                yield wanted[group], path
