"""course_tree.py - makes a student's tree: the tree of this commit without a lab's answer, varied by an identifier."""
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess

import course_lab
from course_lab import ROOT, Failed

# What tells answers, or is for who teaches.
NOT_FOR_STUDENTS = ("tests/labs/", "tests/mutants", "tests/check_labs", "tests/check_homework", "docs/instructors.md",
                    "docs/ko/instructors.md")
KINDS = ("PTE_DEMAND_ZERO", "PTE_TRANSITION", "PTE_PAGEFILE", "PTE_PROTOTYPE")


def seed_of(identifier):
    """A number that an identifier always gives."""
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big")


def tree_files(root=ROOT):
    """Paths of all files of the tree, without what is built."""
    done = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                          capture_output=True, text=True)
    if done.returncode == 0 and done.stdout:
        return sorted(path for path in done.stdout.split("\0") if path and (root / path).is_file())
    return sorted(str(path.relative_to(root)) for path in root.rglob("*")
                  if path.is_file() and not str(path.relative_to(root)).startswith(("build/", ".git/")))


def for_students(lab, path):
    if path.startswith(NOT_FOR_STUDENTS):
        return False
    other = re.match(r"docs/(?:ko/)?labs/\d\d-[^/]+/", path)
    return not other or path.split("labs/")[1].startswith(lab.name + "/")


def vary_pte(text, chance):
    """Each student's PTE words have kinds of their own."""
    numbers = dict(zip(KINDS, chance.sample(range(1, 5), 4)))
    for name, number in numbers.items():
        text, done = re.subn(rf"^    {name},$", f"    {name} = {number},", text, flags=re.M)
        if done != 1:
            raise Failed(f"mm/pte.h has no line {name}, any more: bring vary_pte() up to date.")
    return re.sub(r"^    PTE_VALID,$", "    PTE_VALID = 5,", text, flags=re.M)


def vary_slots(text, chance):
    """Each student's paging file begins elsewhere."""
    text, done = re.subn(r"^    next_word = 0;$", f"    next_word = {chance.randrange(1, 60)};", text, count=1, flags=re.M)
    if done != 1:
        raise Failed("mm/pagefile.c does not begin with next_word = 0 any more: bring vary_slots() up to date.")
    return text


def vary(path, text, seed):
    if path == "mm/pte.h":
        return vary_pte(text, random.Random(seed))
    if path == "mm/pagefile.c":
        return vary_slots(text, random.Random(seed + 1))
    return text


def student_texts(lab, seed, taken=True):
    """(path, bytes) of all files, and the bodies that were taken out."""
    files, bodies = [], {}
    for path in tree_files(lab.root):
        if not for_students(lab, path):
            continue
        data = (lab.root / path).read_bytes()
        names = [name for file, name in lab.takeout if file == path]
        if path in ("mm/pte.h", "mm/pagefile.c") or names:
            text = vary(path, data.decode(), seed)
            if taken:
                text, out = course_lab.take_out(lab, path, text, names)
                bodies.update(out)
            data = text.encode()
        files.append((path, data))
    missing = [f"{name}() of {file}" for file, name in lab.takeout if taken and name not in bodies]
    if missing:
        raise Failed(f"lab {lab.number}: {', '.join(missing)} is not there any more: bring lab.toml up to date.")
    return files, bodies


def write_tree(lab, folder, seed, identifier, taken=True):
    files, bodies = student_texts(lab, seed, taken)
    texts = [(path, data.decode(errors="replace")) for path, data in files if b"\0" not in data]
    for name, path in course_lab.leaks(bodies, texts):
        raise Failed(f"the answer of {name}() would still be in {path}: lab {lab.number} must take it out, too.")
    for path, data in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        shutil.copystat(lab.root / path, target)
        if path in dict(lab.takeout) or path in ("mm/pte.h", "mm/pagefile.c"):
            os.utime(target)  # newer than anything that was built
    (folder / "lab.json").write_text(json.dumps({"lab": lab.name, "id": identifier, "seed": seed}, indent=1) + "\n")


def git(folder, *words):
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"git {words[0]} failed in {folder}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def start(number, folder, identifier):
    """A student's tree in a new folder, as one commit."""
    lab = course_lab.find_lab(number)
    folder = pathlib.Path(folder).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failed(f"{folder} is there already and not empty: name a new folder.")
    if ROOT == folder or ROOT in folder.parents:
        raise Failed(f"{folder} lies in this tree: name a folder beside it, such as ../lab{lab.number}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_tree(lab, folder, seed_of(identifier), identifier)
    except OSError as error:
        raise Failed(f"{folder} can't be written: {error.strerror}.") from None
    if shutil.which("git"):
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A", "-f")
        git(folder, "-c", "user.name=course", "-c", "user.email=course@localhost", "commit", "-q", "-m",
            f"Lab {lab.number}: {lab.title}")
    return lab, folder


def untouched(lab, folder):
    """The lab in a tree in which answers are graded: this one if it is such a tree, else one that is made when it is not
    there, and anew when it was made of something else than this tree has now."""
    if folder != ROOT:
        made_of, seed = hashlib.sha256(lab.name.encode()), seed_of("autograder")
        for path, data in student_texts(lab, seed)[0]:
            made_of.update(path.encode() + hashlib.sha256(data).digest())
        note = folder / ".made-of"
        known = note.read_text() if note.is_file() else None
        if known is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Failed(f"{folder} is there already, and no tree of lab {lab.number}: name a new folder.")
        if known != made_of.hexdigest():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_tree(lab, folder, seed, "autograder")
            note.write_text(made_of.hexdigest())
    return course_lab.Lab(lab.folder, folder)


def changed_elsewhere(folder, lab):
    """Files that were changed although the lab does not ask for it: they will not be handed in."""
    if not (folder / ".git").exists() or not shutil.which("git"):
        return []
    first = git(folder, "rev-list", "--max-parents=0", "HEAD").split()[0]
    names = git(folder, "diff", "--name-only", first).split("\n")
    names += git(folder, "ls-files", "--others", "--exclude-standard").split("\n")
    return [name for name in names if name and name not in lab.files and name not in (
        "results.json", "results.xml", "lab.json")]
