"""bundle.py - several JavaScript modules as one text: imports and exports go, the files follow in the order in
which they need one another.

All names of a file are then names of the whole, so a name that two files declare is refused.  Used by
tools/web/build and by `tools/trace page`.
"""
import os
import re

IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.M)
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function\*?) (?:(\w+)|\{([^}]*)\}|\[([^\]]*)\])", re.M)


class Refused(Exception):
    """These files can't be one text; the sentence says why."""


def bundle(folder, first):
    """The text of `first` and of all that it imports."""
    order = []
    collect(folder, first, order, [])
    texts, seen = [], {}
    for name in order:
        text = IMPORT.sub("", read(folder, name))
        for found in DECLARED.finditer(text):
            for word in re.findall(r"\w+", found[1] or found[2] or found[3] or ""):
                if seen.setdefault(word, name) != name:
                    raise Refused(f"{name} and {seen[word]} both declare \"{word}\": rename one.")
        text = re.sub(r"^export (?=async |const |let |class |function)", "", text, flags=re.M)
        if re.search(r"^(?:import|export) ", text, re.M):
            raise Refused(f"{name} has an import or export of another form than tools/web/bundle.py knows.")
        texts.append(f"// {name}\n{text}")
    return "\n".join(texts)


def collect(folder, name, order, path):
    if name in path:
        raise Refused(f"modules need one another in a circle: {' -> '.join([*path, name])}.")
    if name in order:
        return
    for needed in IMPORT.findall(read(folder, name)):
        collect(folder, needed, order, [*path, name])
    order.append(name)


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()
