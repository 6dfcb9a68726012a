"""Lab 6: copies counted by the kernel while two views and two processes share pages."""


def boot(lab):
    pages = lab.number("pages", 5, 25)
    return pages, lab.boot(f"run thrash.exe 12; run lab06 {pages}", OPTIONS="poison")


def starts(lab):
    lab.ends_well("hello.exe", "run hello", OPTIONS="poison")


def copies(lab):
    pages, machine = boot(lab)
    lab.equal(f"copy-on-write faults when {pages} shared pages are written", pages, machine.change("read", "written", "copy-on-write"))
    lab.equal("other faults for the same bytes", 0, machine.change("read", "written", "faults") - pages, "the write faults again")
    lab.equal("faults of a second write to them", 0, machine.change("written", "content", "faults"))


def content(lab):
    _, machine = boot(lab)
    if "no end after" in machine.broken():
        raise lab.Wrong("copies with all bytes of their pages",
                        f"{machine.broken()}. The program never began: the loader's pages are copied before it, was anything copied?")
    wrong = machine.value("content")
    if wrong:
        raise lab.Wrong("copies with all bytes of their pages", f"{wrong} words that are not the page's: was it copied, and from where?")


def others(lab):
    _, machine = boot(lab)
    seen = machine.value("seen")
    if seen:
        raise lab.Wrong("a shared page that stays as it was", f"{seen} words of it have changed: the write went to the shared frame")
    lab.equal("a variable of 1000 in a second instance of the program", 1000, machine.value("child"), "it sees the first one's")
    machine.sound()


def own(lab):
    pages, machine = boot(lab)
    lab.equal(f"faults when {pages} pages that were copied already are written, made write-copy once more", 0,
              machine.change("protected", "own", "faults"), "a page of one's own is copied again")
    lab.equal("VirtualLock", 1, machine.value("lock"))
    lab.equal("faults of three locked pages that were copied, when all that is not locked has left the working set", 0,
              machine.change("locked-emptied", "locked-looked", "faults"), "the copy of a locked page is not locked")
    lab.equal("VirtualUnlock of them", 1, machine.value("unlock"), "the copies are not locked")
    machine.sound()


def frames(lab):
    pages, machine = boot(lab)
    lost = machine.mark("read")["available"] - machine.mark("unmapped")["available"]
    if lost > 0:
        raise lab.Wrong("all frames given back with the views", f"{lost} frames are not")
    lab.equal("exit status of thrash.exe in 300 frames", 0, lab.boot("run thrash.exe 4 random", FRAMES="300").value("end"))
    machine.sound()
