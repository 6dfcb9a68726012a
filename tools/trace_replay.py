"""trace_replay.py - follows a working set through a trace and asks the kernel's own policy for the
victims again, on the host (tests/host/victims.c).

What the policy was told must be known.  FIFO and `random` look at nothing but the ring, which the
trace has in full (`trace sets on`).  CLOCK also looks at A bits; those of one region are known when
the order is known in which its pages were used, and the other pages' are taken from the kernel's
answers: a page that went had not been used, one that was passed over had.
"""
import lzma
import pathlib
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIMULATOR = ROOT / "build/test/host/victims"
PAGE = 4096
POLICIES = ("fifo", "random", "clock")  # those whose questions this file can answer
STRIDE = 61  # of thrash.exe


class Refused(Exception):
    """The trace can't be replayed: the sentence for the user."""


def thrash_order(order, pages):
    """The order in which one round of user/programs/thrash.c uses its pages."""
    if order == "sequential":
        return list(range(pages))
    if order == "strided":
        return [page for column in range(STRIDE) for page in range(column, pages, STRIDE)]
    mask = 1
    while mask < pages:
        mask = mask * 2 + 1
    page, found = 0, []
    while len(found) < pages:
        found.append(page)
        while True:
            page = (page * 1664525 + 1013904223) & mask
            if page < pages:
                break
    return found


def read_references(path):
    """The page numbers of a reference string: NAME.u16 or NAME.u16.xz, page << 1 | written."""
    try:
        data = lzma.open(path).read() if path.endswith(".xz") else pathlib.Path(path).read_bytes()
    except (OSError, lzma.LZMAError) as error:
        raise Refused(f"{path} can't be read: {error}.") from None
    if not data or len(data) % 2:
        raise Refused(f"{path} is no reference string: 16-bit words are wanted.")
    return [entry >> 1 for entry in struct.unpack(f"<{len(data) // 2}H", data)]


def references(text, region):
    """`random`, `sequential` or `strided`: what thrash.exe does, twice; or a file's name."""
    if text in ("random", "sequential", "strided"):
        return 2 * thrash_order(text, (region[1] + 1 - region[0]) // PAGE)
    return read_references(text)


def choose_set(lines):
    """The working set that most victims were chosen from."""
    counts = {}
    for line in lines:
        if line.get("set") == "victim":
            counts[line["ws"]] = counts.get(line["ws"], 0) + 1
    if not counts:
        raise Refused("the trace names no victims: start with CMD='trace sets on; ...', and run a "
                      "program that needs more memory than there is.")
    return max(counts, key=counts.get)


class Follower:
    """Turns one working set's lines of a trace into events for the simulator."""

    def __init__(self, ws, region, order):
        self.ws, self.region, self.order = ws, region, order
        self.at = 0  # the next reference
        self.frame_of = {}  # pages of the region that are in the ring
        self.events, self.victims, self.waiting = [], [], []

    def page(self, line):
        """The page's number in the region, or None."""
        va = int(line["va"], 16)
        if self.region is None or not self.region[0] <= va <= self.region[1] or line.get("section"):
            return None
        return (va - self.region[0]) // PAGE

    def follow(self, lines):
        for line in lines:
            if "set" not in line:
                self.fault(line)
            elif line["ws"] == self.ws:
                self.waiting.append(line)
        self.play()

    def fault(self, line):
        """The program came as far as this page; then the kernel did what waits."""
        page = self.page(line)
        if page is not None and self.order:
            while self.at < len(self.order) and self.order[self.at] != page:
                self.use(self.order[self.at], line["n"])
                self.at += 1
        self.play()

    def use(self, page, number):
        if page not in self.frame_of:
            raise Refused(f"the order doesn't fit: before fault {number} page {page} must have been used, "
                          "but it was not in RAM.")
        self.events.append(f"used {self.frame_of[page]}")

    def play(self):
        for line in self.waiting:
            self.change(line)
        self.waiting = []

    def change(self, line):
        page, frame = self.page(line), line["frame"]
        self.events.append(f"{line['set']} {frame}")
        if line["set"] == "victim":
            self.victims.append(line)
        elif line["set"] == "out":
            self.frame_of.pop(page, None)
        elif page is not None and self.order:
            self.frame_of[page] = frame
        else:
            self.events.append(f"hidden {frame}")


def ask(policy, events):
    """The simulator's victims, as frames."""
    if not SIMULATOR.is_file():
        raise Refused(f"{SIMULATOR.relative_to(ROOT)} is missing: make host-tests builds it.")
    with tempfile.TemporaryFile("w+") as file:  # not a pipe: it may refuse a line and end early
        file.write("\n".join(events) + "\n")
        file.seek(0)
        done = subprocess.run([SIMULATOR, policy], stdin=file, capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr.strip())
    return [int(frame) for frame in done.stdout.split()]


def in_words(line):
    if line["section"]:
        return f"section+{int(line['va'], 16):X} (frame {line['frame']})"
    return f"{line['pid']}:{int(line['va'], 16):08X} (frame {line['frame']})"


def replay(lines, region=None, order=None):
    """Prints what was found; true: the same victims in the same order."""
    ws = choose_set(lines)
    policies = {line["policy"] for line in lines if line.get("ws") == ws}
    policy = policies.pop()
    if policies or policy not in POLICIES:
        raise Refused(f"only one policy of {', '.join(POLICIES)} can be replayed, and this is "
                      f"{', '.join(sorted(policies | {policy}))}.")
    follower = Follower(ws, region, references(order, region) if order else None)
    follower.follow(lines)
    answers = ask(policy, follower.events)
    known = sum(follower.page(line) is not None for line in follower.victims)
    for number, (line, frame) in enumerate(zip(follower.victims, answers), 1):
        if line["frame"] != frame:
            print(f"Victim {number} of {len(answers)} differs: the kernel's {policy} took "
                  f"{in_words(line)}, the simulator's frame {frame}.")
            return False
    print(f"{policy}: the same {len(answers)} victims in the same order"
          + (f", {known} of them pages of the region whose use is known." if region else "."))
    return True
