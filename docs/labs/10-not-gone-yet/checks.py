"""Lab 10: soft faults and lists, counted by the kernel when a working set is emptied."""
GONE, SOFT = 3450 + 430, 39595  # sort, FIFO, half of 64 frames on standby (tests/traces/expected.tsv), and replay.exe's own pages


def boot(lab):
    pages, clean = lab.number("pages", 30, 80), lab.number("clean", 20, 60)
    return pages, clean, lab.boot(f"run thrash.exe 12; run lab10 {pages} {clean}", OPTIONS="poison")


def starts(lab):
    lab.ends_well("hello.exe", "run hello; run hello")


def lists(lab):
    pages, clean, machine = boot(lab)
    lab.between(f"frames that come to the modified list when {pages} changed pages leave", pages, pages + 30,
                machine.change("before", "emptied", "modified"), "where do changed pages wait to be written?")
    lab.between(f"frames that come to the standby list with {clean} clean pages", clean, clean + 60,
                machine.change("before", "emptied", "standby"))
    machine.sound()


def soft(lab):
    pages, _, machine = boot(lab)
    lab.between(f"transition faults of {pages} pages that wait", pages, pages + 20, machine.change("emptied", "back", "transition"))
    lab.equal("pages read from the paging file", 0, machine.change("emptied", "back", "page-ins"))
    lab.equal("pages made anew", 0, machine.change("emptied", "back", "demand-zero"), "their frames are still there")


def content(lab):
    pages, _, machine = boot(lab)
    if machine.has("end") and machine.value("end") == 0xA5A5A5A5:
        raise lab.Wrong(f"{pages} pages with what was written to them",
                        "the program ended with A5A5A5A5, which fills a fresh frame: another frame, or a change was lost")
    wrong = machine.value("back") + machine.value("back-again")
    if wrong:
        raise lab.Wrong(f"{pages} pages with what was written to them", f"{wrong} with something else: another frame, or a change was lost")
    machine.sound()


def standby(lab):
    machine = lab.boot("replay sort.u16 64 fifo+standby; mark fifo")
    machine.sound()
    end = machine.mark("fifo")
    lab.between("faults of FIFO on sort for pages that are gone, 32 frames and 32 on standby", GONE - 100, GONE + 100, end["pagefile"] + end["demand-zero"])
    lab.between("transition faults of it", SOFT - 100, SOFT + 300, end["transition"])


def pressure(lab):
    machine = lab.boot("run thrash.exe 20 random", OPTIONS="poison")
    machine.sound()
    lab.equal("exit status of thrash.exe, 20 MB on a machine with 16 MB", 0, machine.value("end"), machine.reason())
