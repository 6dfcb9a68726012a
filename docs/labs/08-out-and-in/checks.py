"""Lab 8: transfers and slots counted by the kernel: FIFO, one pass of writing and three of reading."""


def boot(lab):
    frames = lab.number("frames", 10, 30)
    pages = frames + lab.number("more", 20, 60)
    return frames, pages, lab.boot(f"run thrash.exe 12; run lab08 {pages} {frames}", OPTIONS="poison")


def starts(lab):
    lab.ends_well("thrash.exe, 20 MB on a machine with 16 MB", "run thrash.exe 20 random")


def content(lab):
    _, pages, machine = boot(lab)
    wrong = machine.value("first") + machine.value("second") + machine.value("third")
    if wrong:
        raise lab.Wrong(f"{pages} pages with what was written to them", f"{wrong} pages with something else: lost on the way out or in")
    machine.sound()


def once(lab):
    frames, pages, machine = boot(lab)
    lab.equal(f"pages written while {pages} new pages go through {frames} frames", pages - frames,
              machine.change("before", "written", "written"))
    lab.equal("page-outs that the process has for them", machine.change("before", "third", "written"), machine.change("before", "third", "page-outs"),
              "for whom was it written?")
    late = machine.change("written", "first", "written")
    lab.equal("pages written while they are read for the first time", frames, late,
              "pages that nobody changed were written again" if late > frames else "")
    again = machine.change("first", "third", "written")
    if again:
        raise lab.Wrong("no page written while pages are only read", f"{again}: pages that nobody changed were written again")


def counted(lab):
    _, pages, machine = boot(lab)
    for before, after in (("written", "first"), ("first", "second"), ("second", "third")):
        lab.equal(f"page-ins of one pass over {pages} pages under FIFO", pages, machine.change(before, after, "page-ins"))
        lab.equal("pagefile faults", pages, machine.change(before, after, "pagefile"))


def slots(lab):
    frames, pages, machine = boot(lab)
    lab.equal(f"slots in use after all {pages} pages were written once", pages, machine.change("before", "third", "slots"))
    lab.equal("slots in use after all of them were changed and written again", pages, machine.change("before", "rewritten", "slots"),
              "a page that has a slot is written to it again")
    lab.equal("slots in use when the region is gone", 0, machine.change("before", "freed", "slots"), "slots are lost")
    swapped = lab.boot("run thrash.exe 20 random")
    lab.equal("slots in use when thrash.exe has ended", 0, swapped.mark("end")["slots"], "slots are lost")
    machine.sound()


def errors(lab):
    frames, pages, _ = boot(lab)
    machine = lab.boot(f"pagefile fail read; run lab08 {pages} {frames}", OPTIONS="poison")
    if machine.has("first"):
        raise lab.Wrong("an in-page error when a page can't be read", "the program read on: the error was ignored")
    lab.equal("exit status when a page can't be read", "C0000006", f"{machine.value('end'):08X}")
    lab.between("frames that the failed read took away", -1000, 8,
                machine.mark("before")["available"] - machine.mark("end")["available"])
    machine.sound()
    machine = lab.boot(f"pagefile fail write; run lab08 {pages} {frames}", OPTIONS="poison")
    if not machine.has("third"):
        raise lab.Wrong("a program that goes on when its pages can't be written", f"{machine.reason()}: a page that could not be written must stay")
    machine.sound()
    lab.equal("pages with something else than what was written to them, when the disk refuses every write", 0,
              machine.value("first") + machine.value("third"), "a page that could not be written must stay")
    lab.equal("slots in use when no page could be written", 0, machine.change("before", "third", "slots"), "each failure keeps one")
