"""Lab 2: demand-zero faults counted by the kernel; free frames are full of A5."""
KINDS = ("demand-zero", "pagefile", "file", "copy-on-write", "transition", "prototype", "upgrade", "guard", "stack-growth",
         "stack-overflow", "violation", "in-page-error", "no-memory")


def touched(lab):
    some = lab.number("some", 20, 60)
    pages = some + lab.number("more", 5, 30)
    pages += pages % 7 == 0
    return pages, some, lab.boot(f"run thrash.exe 12; run lab02 touch {pages} {some}", OPTIONS="poison")


def starts(lab):
    lab.ends_well("hello.exe", "run hello")


def one_each(lab):
    pages, some, boot = touched(lab)
    lab.equal(f"pages that come into RAM when {pages} are committed", 0, boot.change("before", "committed", "resident"))
    lab.equal(f"demand-zero faults of {some} pages touched", some, boot.change("committed", "touched", "demand-zero"),
              "of which kind does the kernel say that they are?")
    lab.equal("pages that came into RAM", some, boot.change("committed", "touched", "resident"))
    lab.equal("faults when they are written afterwards", 0, boot.change("touched", "written", "faults"))
    boot.sound()


def zero(lab):
    _, _, boot = touched(lab)
    if "A5A5A5" in boot.broken():
        raise lab.Wrong("pages that are all zero, the kernel's own, too", f"{boot.broken()}: what was in the frame before is shown")
    dirty = boot.value("touched")
    if dirty:
        raise lab.Wrong("pages that are all zero", f"{dirty} words that are not: what another program left there is shown")


def returned(lab):
    _, _, boot = touched(lab)
    lost = boot.mark("before")["available"] - boot.mark("freed")["available"]
    if lost > 4:  # page tables may come and go
        raise lab.Wrong("as many frames available when all is given back", f"{lost} frames fewer: each fault takes more than it uses")
    boot.sound()


def little(lab):
    boot = lab.boot("run thrash.exe 4 random", FRAMES="300", OPTIONS="poison")
    lab.equal("exit status of thrash.exe in 300 frames", 0, boot.value("end"), boot.reason())
    boot.sound()
    end = boot.mark("end")
    kinds = sum(end[kind] for kind in KINDS)
    lab.equal("faults of thrash.exe that were of no kind", 0, end["faults"] - kinds, "nothing was done, and the program was told to go on")


def copied(lab):
    pages = lab.number("copies", 3, 12)
    boot = lab.boot(f"run lab02 copy {pages}", OPTIONS="poison")
    lab.equal(f"faults of {pages} writes to pages of a copy-on-write view", pages, boot.change("mapped", "copied", "faults"),
              "the page is the program's own now, so writing to it needs no second fault")
    lab.equal("of these demand-zero", pages, boot.change("mapped", "copied", "demand-zero"))
    boot.sound()
