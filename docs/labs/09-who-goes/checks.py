"""Lab 9: CLOCK's faults and cleared A bits, counted by the kernel, against a model of CLOCK in Python."""
SORT = 3537 + 430  # faults of CLOCK on sort in 64 frames (tests/traces/expected.tsv), and replay.exe's own pages
BELADY = "1 2 3 4 1 2 5 1 2 3 4 5"
SILBERSCHATZ = "7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1"
STALLINGS = "2 3 2 1 5 2 4 5 3 2 5 2"


def clock(string, frames):
    """(faults, A bits cleared) of CLOCK; a page enters with A set."""
    ring, used, hand, faults, cleared = [], {}, 0, 0, 0
    for page in string:
        if page in ring:
            used[page] = True
            continue
        faults += 1
        if len(ring) < frames:
            ring.append(page)
        else:
            while used[ring[hand]]:
                used[ring[hand]] = False
                cleared += 1
                hand = (hand + 1) % frames
            ring[hand] = page
            hand = (hand + 1) % frames
        used[page] = True
    return faults, cleared


def chance_string(seed, pages, count):
    string = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2**32
        string.append((seed >> 17) % (pages // 5 + 1) if seed >> 16 & 1 else (seed >> 17) % pages)
    return string


def faults(lab, machine, what):
    if not machine.has("after"):
        raise lab.Wrong(f"{what}: a victim whenever one is wanted", machine.reason() + ": did victim() find none?")
    return machine.change("before", "after", "faults")


def starts(lab):
    machine = lab.boot(f'run lab09 3 0 "{SILBERSCHATZ}"')
    faults(lab, machine, SILBERSCHATZ)
    machine.sound()


def textbook(lab):
    for string in (BELADY, SILBERSCHATZ, STALLINGS):
        machine = lab.boot(f'run lab09 3 0 "{string}"')
        right = clock(string.split(), 3)[0]
        lab.equal(f"faults of CLOCK with 3 frames on {string}", right, faults(lab, machine, string), guess(string.split(), 3, machine))


def guess(string, frames, machine):
    """What kind of mistake gives these numbers."""
    cleared = machine.change("before", "after", "invlpg")
    fifo, ring = 0, []
    for page in string:
        if page not in ring:
            fifo += 1
            ring = (ring + [page])[-frames:]
    if machine.change("before", "after", "faults") == fifo:
        return "that is FIFO: are A bits looked at, and does the hand move on?"
    return f"{cleared} translations were forgotten" if cleared else "no A bit was cleared"


def own(lab, frames):
    seed, pages = lab.number("seed", 1, 1000000), lab.number("pages", 20, 40)
    return chance_string(seed, pages, 600), lab.boot(f"run lab09 {frames} chance {seed} {pages} 600")


def strings(lab):
    for frames in (lab.number("few", 4, 7), lab.number("many", 9, 14)):
        string, machine = own(lab, frames)
        lab.equal(f"faults of CLOCK with {frames} frames on 600 references of your variant", clock(string, frames)[0],
                  faults(lab, machine, "600 references"), guess(string, frames, machine))
        machine.sound()


def cleared(lab):
    frames = lab.number("few", 4, 7)
    string, machine = own(lab, frames)
    count, right = faults(lab, machine, "600 references"), clock(string, frames)
    told = machine.change("before", "after", "invlpg")
    wanted = right[1] + (right[0] - frames)  # each page that goes is forgotten, too
    lab.between(f"translations forgotten: {right[1]} cleared A bits and {right[0] - frames} pages that went", wanted - 5, wanted + 25, told,
                f"with {count} faults; one for each A bit that the hand cleared, and one for each victim")


def locked(lab):
    keep = lab.number("keep", 2, 3)
    string = " ".join(str(page) for page in chance_string(lab.number("seed", 1, 1000000), 25, 120))
    machine = lab.boot(f'run lab09 6 {keep} "{string}"')
    faults(lab, machine, "locked pages")
    again = machine.change("after", "locked", "faults")
    if again:
        raise lab.Wrong(f"{keep} locked pages still in RAM", f"{again} of them had to come back: a locked page went")
    machine.sound()


def sort(lab):
    machine = lab.boot("replay sort.u16 64 clock; mark clock")
    machine.sound()
    end = machine.mark("clock")
    lab.between("faults of CLOCK on sort, 64 frames", SORT - 100, SORT + 100, end["pagefile"] + end["demand-zero"])
