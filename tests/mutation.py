"""mutation - small changes that a program could have by mistake, all of them in one text.

clang says what a file's functions consist of (its syntax tree as JSON).  Each place that can be changed gets
a number, and the file is written anew with every change in it, each behind a question: `mutant_is(17)`.  So a
thousand mutants are compiled once, and a variable chooses which one runs.

Which places a seed draws says a hash of the seed and the place's own text, so a change of the source draws or
drops the places that it touches and no others.

Kinds of change: a statement (assignment or call) is left out; a comparison is turned; a condition is
negated; `&&` and `||`, `+` and `-`, `&` and `|` are exchanged; a constant is one more or one less; a bool is
returned the other way round.
"""
import collections
import hashlib
import json
import os
import re
import subprocess

TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
EXCHANGED = {"&&": "||", "||": "&&", "+": "-", "-": "+", "&": "|", "|": "&"}
# Expressions that the compiler itself must know, or that name no value.
CONSTANT = {"ConstantExpr", "UnaryExprOrTypeTraitExpr", "OffsetOfExpr", "StaticAssertDecl", "GCCAsmStmt",
            "EnumDecl", "RecordDecl", "TypedefDecl", "DesignatedInitExpr"}

HEADER = """#ifndef MUTANT_H
#define MUTANT_H
extern volatile int mutant_now;
extern unsigned char mutant_reached[];
static inline __attribute__((always_inline, unused)) int mutant_is(int n)
{
    mutant_reached[n] = 1;
    return mutant_now == n;
}
#endif
"""


class Site:
    """One change: where, what, and how it is written."""

    def __init__(self, path, begin, end, kind, parts=()):
        self.path, self.begin, self.end, self.kind, self.parts = path, begin, end, kind, parts
        self.number, self.lot = 0, ""

    def line(self, text):
        """The number of its line."""
        return text.count(b"\n", 0, self.begin) + 1

    def text_of_line(self, text):
        return text.split(b"\n")[self.line(text) - 1].decode().strip()

    def name(self, text):
        return f"{self.path}:{self.line(text)}: {self.change(text)}"

    def change(self, text):
        said = " ".join(text[self.begin:self.end].decode().split())
        return f"{self.kind}: {said[:90]}"

    def written(self, inner, text):
        """The expression with its question; `inner` is the same expression with the changes inside of it."""
        asked = f"mutant_is({self.number})"
        if self.kind == "left out":
            return f"({asked} ? (void)0 : (void)({inner}))"
        if self.kind in ("negated", "returned the other way round"):
            return f"({asked} != !!({inner}))"
        if self.kind == "one more":
            return f"({inner} + {asked})"
        if self.kind == "one less":
            return f"({inner} - {asked})"
        left, operator, right = self.parts
        return f"({asked} ? ({text[slice(*left)].decode()} {operator} {text[slice(*right)].decode()}) : ({inner}))"


def place(node):
    """(begin, end) in the main file as it is written, or None: it comes from a macro or a header."""
    begin, end = node.get("range", {}).get("begin", {}), node.get("range", {}).get("end", {})
    if "offset" not in begin or "offset" not in end or "includedFrom" in begin or "includedFrom" in end:
        return None
    return begin["offset"], end["offset"] + end.get("tokLen", 0)


def is_pointer(node):
    return "*" in node.get("type", {}).get("qualType", "") or "[" in node.get("type", {}).get("qualType", "")


class Finder:
    """All places of one file."""

    def __init__(self, path):
        self.path, self.sites = path, []

    def add(self, node, kind, parts=()):
        where = place(node)
        if where and all(parts):
            self.sites.append(Site(self.path, *where, kind, parts))

    def statement(self, node):
        """A statement that can be left out."""
        inner = node
        while inner["kind"] in ("ParenExpr", "ExprWithCleanups"):
            inner = inner["inner"][0]
        changes = (inner["kind"] in ("CallExpr", "CompoundAssignOperator")
                   or inner["kind"] == "BinaryOperator" and inner.get("opcode") == "="
                   or inner["kind"] == "UnaryOperator" and inner.get("opcode") in ("++", "--"))
        if changes:
            self.add(node, "left out")

    def operator(self, node):
        operator = node.get("opcode")
        left, right = node["inner"]
        both = place(left), operator, place(right)
        if operator in TURNED:
            self.add(node, "turned", (both[0], TURNED[operator], both[2]))
        elif operator in EXCHANGED and not (operator in "+-" and (is_pointer(left) or is_pointer(right))):
            self.add(node, "exchanged", (both[0], EXCHANGED[operator], both[2]))

    def children(self, node):
        """What a node consists of, by role: (child, it stands as a statement, it is a condition)."""
        inner = [child for child in node.get("inner", []) if child.get("kind")]
        kind = node["kind"]
        if kind == "CompoundStmt":
            return [(child, True, False) for child in inner]
        if kind == "IfStmt":
            return [(child, i > 0, i == 0) for i, child in enumerate(inner)]
        if kind == "WhileStmt":
            return [(child, i > 0, i == 0) for i, child in enumerate(inner)]
        if kind == "ForStmt":
            whole = node.get("inner", [])
            return [(child, i == 4, i == 2) for i, child in enumerate(whole) if child.get("kind")]
        if kind == "ConditionalOperator":
            return [(child, False, i == 0) for i, child in enumerate(inner)]
        if kind in ("CaseStmt", "DefaultStmt", "LabelStmt"):
            return [(child, i == len(inner) - 1, False) for i, child in enumerate(inner)]
        return [(child, False, False) for child in inner]

    def is_builtin(self, node):
        return node["kind"] == "CallExpr" and '"__builtin' in json.dumps(node["inner"][0])

    def walk(self, node, returns_bool):
        kind = node["kind"]
        if kind in CONSTANT or self.is_builtin(node) or node.get("storageClass") == "static" and kind == "VarDecl":
            return
        if kind == "ImplicitCastExpr" and node.get("castKind") == "NullToPointer":
            return
        if kind == "BinaryOperator":
            self.operator(node)
        elif kind == "IntegerLiteral":
            self.add(node, "one off")
        elif kind == "ReturnStmt" and returns_bool and node.get("inner"):
            self.add(node["inner"][0], "returned the other way round")
        for child, statement, condition in self.children(node):
            if statement:
                self.statement(child)
            if condition:
                self.add(child, "negated")
            self.walk(child, returns_bool)

    def functions(self, tree):
        for node in tree["inner"]:
            if node["kind"] == "FunctionDecl" and place(node) and "includedFrom" not in node.get("loc", {}):
                body = [child for child in node.get("inner", []) if child.get("kind") == "CompoundStmt"]
                if body:
                    result = node["type"]["qualType"].split("(")[0].strip()
                    self.walk(body[0], result in ("bool", "_Bool"))


def cast(found, text, seed):
    """Every place's lot: of its seed, file, change and line, and of how manyeth it is of those that are alike."""
    seen = collections.Counter()
    for site in found:
        alike = f"{site.path}: {site.change(text)}: {site.text_of_line(text)}"
        seen[alike] += 1
        site.lot = hashlib.sha256(f"{seed} {seen[alike]} {alike}".encode()).hexdigest()
        if site.kind == "one off":
            site.kind = "one more" if int(site.lot[-1], 16) % 2 else "one less"


def sites(path, root, flags, seed):
    """The places of a file, in order; its syntax tree comes from clang."""
    # A ccache in front of clang would show it the preprocessed text, in which everything has another place.
    made = subprocess.run(["clang", "-w", "-fsyntax-only", "-Xclang", "-ast-dump=json", *flags, path], cwd=root,
                          capture_output=True, check=True, env={**os.environ, "CCACHE_DISABLE": "1"})
    finder = Finder(path)
    finder.functions(json.loads(made.stdout))
    cast(finder.sites, (root / path).read_bytes(), seed)
    return finder.sites


ALIVE = re.compile(r"^(?:survived \d+|\[\d+/\d+\] alive): (\S+):(\d+): ([^:]+): (.*?)(?:  -- .*)?$", re.M)


def again(every, text, log):
    """Those of `every` that the log of a former campaign calls alive, each the nearest to the line it was in."""
    off, kept = {"one more", "one less"}, {}
    for path, line, kind, said in ALIVE.findall(log):
        near = [(abs(site.line(text[path]) - int(line)), i) for i, site in enumerate(every)
                if site.path == path and (site.kind == kind or {site.kind, kind} == off)
                and site.change(text[path]) == f"{site.kind}: {said}"]
        if near:
            site = every[min(near)[1]]
            site.kind = kind
            kept[id(site)] = site
    return list(kept.values())


def render(text, chosen):
    """The text of a file with all chosen changes in it."""
    # Outer places first; of two that are the same, any order will do.
    queue = sorted(chosen, key=lambda site: (site.begin, -site.end))

    def span(begin, end):
        out = b""
        while queue and queue[0].begin < end:
            site = queue.pop(0)
            out += text[begin:site.begin]
            out += site.written(span(site.begin, site.end).decode(), text).encode()
            begin = site.end
        return out + text[begin:end]

    return b'#include "mutant.h"\n#line 1\n' + span(0, len(text))


def wrong_lines(output):
    """The lines at which a compiler refuses a text: what was put there can't be compiled."""
    return {int(line) for line in re.findall(r"^[^\n:]+:(\d+):(?:\d+:)? error", output, re.M)}
