"""Lab 7: what the CPU still believes, told by faults that come or don't come."""
OWN = 430  # pages of replay.exe itself, the trace among them
SORT_CLOCK, SORT_FIFO = 3537 + OWN, 5982 + OWN  # sort in 64 frames; tests/traces/expected.tsv


def boot(lab):
    pages = lab.number("pages", 20, 60)
    return pages, lab.boot(f"run lab07 {pages}")


def starts(lab):
    lab.ends_well("hello.exe", "run hello")


def trimmed(lab):
    pages, machine = boot(lab)
    soft = machine.change("emptied", "used", "transition")
    if soft < pages:
        raise lab.Wrong(f"{pages} soft faults when {pages} pages that were taken out are written", f"{soft}: the CPU still used the old translations")
    machine.sound()


def protected(lab):
    pages, machine = boot(lab)
    lab.equal(f"writes refused of {pages} to pages that are read-only now", pages, machine.value("refused"),
              "the CPU still believed the old permission")
    lab.equal("violations", pages, machine.change("protected", "refused", "violation"))
    lab.equal(f"of {pages} pages that were written, made read-only and taken out, those that have lost what was written", 0,
              machine.value("kept"), "was their D bit kept?")
    machine.sound()


def accessed(lab):
    machine = lab.boot("replay sort.u16 64 clock; mark clock")
    machine.sound()
    end = machine.mark("clock")
    faults = end["pagefile"] + end["demand-zero"]
    if faults > SORT_CLOCK + 100:
        raise lab.Wrong(f"about {SORT_CLOCK} faults of CLOCK on sort, 64 frames",
                        f"{faults}: CLOCK sees no use of a page after it has cleared A, and is FIFO ({SORT_FIFO})")
    lab.between("faults of CLOCK on sort, 64 frames", SORT_CLOCK - 100, SORT_CLOCK + 100, faults)
    lab.ends_well("thrash.exe, which reads back what it wrote, 20 MB on a machine with 16 MB", "run thrash.exe 20 random", POLICY="clock")


def frugal(lab):
    machine = lab.boot("mark first; run thrash.exe 12", MEM="32M")
    machine.sound()
    lab.between("INVLPG of a program of 12 MB that fits into RAM", 0, 200, machine.change("first", "end", "invlpg"),
                "each page that became valid was forgotten, too?")
    trims = boot(lab)[1]
    pages = boot(lab)[0]
    lab.between(f"INVLPG for emptying a working set with {pages} written pages", pages, 2 * pages + 400,
                trims.change("before", "emptied", "invlpg"))
    clock = lab.boot("replay sort.u16 64 clock; mark clock")
    lab.between("INVLPG of CLOCK on sort, 64 frames", 1000, 80000, clock.mark("clock")["invlpg"], "one for each A bit that is cleared")
