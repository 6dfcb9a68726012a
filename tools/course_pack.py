"""course_pack.py - for who teaches: hidden variants, and the archive that an autograding service takes."""
import io
import json
import pathlib
import re
import tarfile
import tempfile
import zipfile

import course_grade
import course_lab
import course_tree
from course_lab import Failed

SETUP = """#!/bin/sh
# Installs what building and running needs, then builds once, so that grading has less to do.
set -e
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends make python3 xz-utils
mkdir -p /autograder/tree
tar -C /autograder/tree -xJf /autograder/source/tree.tar.xz
cd /autograder/tree
tools/setup test
make -s -j"$(nproc)" build/pagoda.elf build/disc.tar
"""

RUN = """#!/usr/bin/env python3
\"\"\"run_autograder - puts the handed-in files into a fresh tree, and grades it with the hidden variant.\"\"\"
import json
import os
import pathlib
import subprocess
import tarfile

HOME = pathlib.Path(os.environ.get("AUTOGRADER", "/autograder"))
LAB = {number!r}
SEED = {seed!r}


def say(text):
    print(text)
    (HOME / "results/results.json").write_text(json.dumps({{"score": 0, "output": text, "visibility": "visible",
                                                          "tests": []}}) + "\\n")


def main():
    (HOME / "results").mkdir(exist_ok=True)
    tree = HOME / "tree"
    if not tree.is_dir():
        tree.mkdir()
        with tarfile.open(HOME / "source/tree.tar.xz") as archive:
            archive.extractall(tree)
    done = subprocess.run([tree / "tools/course", "check", LAB, HOME / "submission", "--tree", tree, "--out", HOME / "results",
                           "--seed", SEED], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    print(done.stdout, end="")
    if done.returncode:
        said = done.stderr.strip().split("\\n")[-1].removeprefix("course: ")
        say("This could not be graded: " + (said or "the grader gave no reason"))


if __name__ == "__main__":
    main()
"""


def pack(seed, out):
    """Every lab's variant under a secret seed: the numbers that its checks will use."""
    number = course_tree.seed_of(seed)
    labs = {}
    for lab in course_lab.all_labs():
        bench = course_grade.Bench(lab, number)
        source = (lab.root / lab.folder / "checks.py").read_text()
        asked = re.findall(r'\.number\("([\w-]+)", (\d+), (\d+)\)', source)
        labs[lab.name] = {name: bench.number(name, int(low), int(high)) for name, low, high in asked}
    path = pathlib.Path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"seed": seed, "variant": f"{number:08X}", "labs": labs}, indent=1) + "\n")
    return path


def tree_archive(lab):
    """A student's tree as tar.xz: the answer is not in it either."""
    with tempfile.TemporaryDirectory() as folder:
        course_tree.write_tree(lab, pathlib.Path(folder), course_tree.seed_of("autograder"), "autograder")
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:xz") as archive:
            for path in sorted(pathlib.Path(folder).rglob("*")):
                if path.is_file():
                    archive.add(path, str(path.relative_to(folder)))
    return data.getvalue()


def autograder(lab, seed, out):
    path = pathlib.Path(out)
    if path.suffix != ".zip":
        raise Failed(f"{path}: autograding services take a .zip.")
    path.parent.mkdir(parents=True, exist_ok=True)
    run = RUN.format(number=str(lab.number), seed=seed or "autograder")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tree.tar.xz", tree_archive(lab))
        for name, text in (("setup.sh", SETUP), ("run_autograder", run)):
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return path
