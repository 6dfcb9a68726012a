"""course_handin.py - the files that a student hands in: found, looked at, put into a tree that the student never had.

Nothing else of what is handed in is used: a grader, a Makefile, a lab.toml of the student's own change nothing.
"""
import pathlib
import re

from course_lab import Failed

LARGEST = 256 << 10  # bytes of a file

# What an answer has no need of and a forger has: the grader's own words, machine code, words made of pieces.
FOREIGN = re.compile(r"\b(?:asm|__asm__|__asm|_Pragma|mark|mark_print|mark_nonce|nonce|options|console_\w+|NtPagodaControl|ABI_CONTROL_\w+|"
                     r"LoadLibrary\w+|GetProcAddress|ExitProcess|TerminateProcess|exit|_exit|include_next|(?:u8|[uUL])?R(?=\"))\b|##|%:%:|gnu::|"
                     r"__attribute__\s*\(\s*\((?!\s*(?:noinline|unused|always_inline)\b)")
DEFINE = re.compile(r"^\s*(?:#|%:)\s*(?:define|undef)\s+(?!DOCS_LABS_\w+_H\b)\w+", re.M)  # in a header that a check includes
INCLUDE = re.compile(r"^\s*(?:#|%:)\s*(?:include|import)\b\s*(.*)$", re.M)
# What files of a room may include (tests/check_layers holds our own to it).
INCLUDES = (("mm/", r'"(?:lib|mm)/[\w]+\.h"'), ("lib/", r'"lib/\w+\.h"|<string\.h>'), ("user/ntdll/", r'"(?:lib|user/ntdll)/\w+\.h"'), ("kernel/", r'"(?:lib|mm|kernel(?:/\w+)?)/\w+\.h"'),
            ("docs/", r"<\w+(?:\.h)?>"))
NOT_INCLUDED = ("kernel/service/mark.h", "kernel/options.h", "kernel/device/console.h")
FREE = r"<(?:std\w+|limits|float)\.h>"


LITERAL = re.compile(r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|/\*.*?\*/|//[^\n]*', re.S)


def without(text, literals):
    """C without comments, and if wanted without what is in strings; spliced lines are joined, all others keep their numbers."""
    def left(found):
        if found[1]:
            return '""' if literals else found[1]
        return "\n" * found[0].count("\n") or " "
    return LITERAL.sub(left, re.sub(r"\\\r?\n", "", text))


def strange(path, text):
    """The first word of a file that does not belong into an answer, as a sentence; or ""."""
    text, bare = without(text, False), without(text, True)
    found = FOREIGN.search(bare) or path.endswith(".h") and DEFINE.search(bare)
    if found:
        return (f"{path}:{bare[:found.start()].count(chr(10)) + 1}: '{found[0].strip()}' has no place in an answer: "
                "it would speak to the grader, or hide what is done")
    room = next(rule for start, rule in INCLUDES if path.startswith(start))
    for found in INCLUDE.finditer(text):
        named = found[1].strip()
        if not re.fullmatch(f"{room}|{FREE}", named) or named.strip('"') in NOT_INCLUDED:
            return f"{path}:{text[:found.start()].count(chr(10)) + 1}: it includes {named[:60]}, which is not for this file"
    return ""


def foreign(lab):
    """What does not belong into the lab's files of a tree; "": nothing."""
    for name in lab.files:
        try:
            text = read(lab.root / name, name)
        except Failed as failure:
            return str(failure)
        found = strange(name, text)
        if found:
            return found
    return ""


def read(path, name):
    """The text of a file that was handed in, which is a plain file of a size that people write."""
    if path.is_symlink() or not path.is_file():
        raise Failed(f"{name} is {'a link' if path.is_symlink() else 'not there' if not path.exists() else 'no file'}: "
                     "the file itself is wanted.")
    if path.stat().st_size > LARGEST:
        raise Failed(f"{name} has {path.stat().st_size} bytes; an answer has at most {LARGEST}.")
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        raise Failed(f"{name} is no text in UTF-8: is it the C file, or what was made of it?") from None
    if "\0" in text:
        raise Failed(f"{name} is no text: it has bytes that are 0.")
    return text


def place(folder, name):
    """Where a file lies among what was handed in: at its place in a tree, in a tree within a folder, or alone."""
    exact = folder / name
    if exact.is_symlink() or exact.exists():
        return exact
    parts = pathlib.PurePath(name).parts
    files = [path for path in sorted(folder.rglob(parts[-1])) if ".git" not in path.relative_to(folder).parts]
    for wanted in ([path for path in files if path.relative_to(folder).parts[-len(parts):] == parts], files):
        if len(wanted) > 1:
            raise Failed(f"{name} was handed in more than once: " + ", ".join(str(path.relative_to(folder)) for path in wanted[:4]) + ".")
        if wanted:
            return wanted[0]
    return None


def texts(lab, folder):
    """{file: text} of all that the lab wants, found in a folder."""
    folder = pathlib.Path(folder).resolve()
    if not folder.is_dir():
        raise Failed(f"{folder} is no folder: name the one with {', '.join(lab.files)}.")
    places = {name: place(folder, name) for name in lab.files}
    missing = [name for name, path in places.items() if path is None]
    if missing:
        raise Failed(f"not handed in: {', '.join(missing)}; wanted: {', '.join(lab.files)}.")
    outside = [name for name, path in places.items() if folder not in path.resolve().parents]
    if outside:
        raise Failed(f"{outside[0]} is a link to somewhere else: the file itself is wanted.")
    return {name: read(path, name) for name, path in places.items()}


def bring(lab, folder):
    """Put what was handed in in a folder into the lab's tree."""
    for name, text in texts(lab, folder).items():
        target = lab.root / name
        if not target.is_file() or target.read_text() != text:
            target.write_text(text)
