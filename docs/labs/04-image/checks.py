"""Lab 4: an image that comes page by page; free frames are full of A5."""


def boot(lab):
    pages = lab.number("pages", 20, 90)
    return pages, lab.boot(f"run thrash.exe 12; run lab04 {pages}", OPTIONS="poison")


def starts(lab):
    lab.ends_well("hello.exe", "run hello", OPTIONS="poison")


def code(lab):
    _, machine = boot(lab)
    if machine.mark("compared")["value"] < 8000:
        raise lab.Wrong("at least 8000 bytes to compare", str(machine.value("compared")))
    lab.equal("bytes of code and constants that differ from the file", 0, machine.value("wrong"),
              "the wrong bytes of the file were read")


def tails(lab):
    _, machine = boot(lab)
    tail = machine.value("tails")
    if tail:
        raise lab.Wrong("zeros behind the bytes that the file has for a part",
                        f"{tail} bytes that are not zero: the tail of the last page shows what was in the frame, or what follows in the file")


def bss(lab):
    pages, machine = boot(lab)
    lab.equal(f"words of {pages} pages of BSS that are not zero", 0, machine.value("bss"))
    lab.equal("demand-zero faults of these pages", pages, machine.change("started", "bss", "demand-zero"))
    lab.equal("reads from the file for them", 0, machine.change("started", "bss", "file"))
    machine.sound()


def lazy(lab):
    _, machine = boot(lab)
    size = machine.mark("started")["resident"]
    lab.between("pages in RAM when a program with 4 MB of BSS has just started", 1, 120, size, "all is loaded at once?")
    machine.sound()
