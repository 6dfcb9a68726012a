"""Lab 5: stack-growth faults counted by the kernel while threads use up their stacks."""
RESERVED = 0x2000


def grown(lab):
    pages = lab.number("pages", 11, 40)
    return pages, lab.boot(f"run lab05 grow {pages}")


def ended(lab):
    size = lab.number("units", 2, 6) * 64  # KB
    return size, lab.boot(f"run lab05 end {size}")


def starts(lab):
    lab.ends_well("hello.exe", "run hello")


def one_page_a_touch(lab):
    pages, boot = grown(lab)
    boot.mark("before")
    if not boot.has("after"):
        raise lab.Wrong(f"a stack that grows {pages} times, each new page again with a guard below it",
                        f"the thread died at its next step: {boot.reason()}")
    lab.equal(f"stack-growth faults of {pages} touches", pages, boot.change("before", "after", "stack-growth"))
    lab.equal(f"pages by which the stack's limit in the TEB has moved after {pages} growths", pages, boot.value("limit"),
              "the program is not told where its stack ends now")
    lab.equal("other guard faults", 0, boot.change("before", "after", "guard"))
    boot.sound()


def charged(lab):
    pages, boot = grown(lab)
    if "space->commit" in boot.broken():
        raise lab.Wrong(f"{pages} pages charged for {pages} growths", f"{boot.broken()}: what was committed is not what is charged")
    lab.equal(f"pages charged for {pages} growths", pages, boot.change("before", "after", "private"),
              "growing takes a page of commit charge, given back with the region")
    lab.equal("commit charge of all after the program's end", boot_alone(lab), boot.mark("end")["commit"],
              "what grew is not given back: does vad->commit know of it?")
    boot.sound()


def boot_alone(lab):
    return lab.boot("run lab05 grow 0").mark("end")["commit"]


def ends(lab):
    size, boot = ended(lab)
    if boot.has("died"):
        raise lab.Wrong("one stack overflow (C00000FD)", f"exception {boot.value('died'):08X}")
    lab.equal(f"overflows of a stack of {size} KB", 1, boot.value("overflows"),
              "the stack was used up, and no overflow was told")
    lab.equal("stack-overflow faults", 1, boot.change("before", "overflows", "stack-overflow"))
    boot.sound()


def last_page(lab):
    size, boot = ended(lab)
    state = boot.value("lowest-state")
    if state != RESERVED:
        raise lab.Wrong("the lowest page of the stack still reserved when the stack is full",
                        "it is committed: the last page was given away")
    lab.equal("reserved pages below a full stack", 1, boot.value("lowest-size"), "the overflow comes too early")


def skipped(lab):
    pages = lab.number("jump", 2, 9)
    boot = lab.boot(f"run lab05 jump {pages}")
    boot.mark("before")
    if boot.has("survived"):
        raise lab.Wrong(f"an access violation {pages} pages below the guard",
                        "the program survived: the stack grew for an address that is not the guard page")
    lab.equal("exit status", "C0000005", f"{boot.value('end'):08X}")
    boot.sound()


def other_guards(lab):
    boot = lab.boot("run lab05 guard")
    lab.equal("alarms of one guard page touched twice", 1, boot.value("alarms"), boot.reason())
    lab.equal("guard faults", 1, boot.mark("alarms")["guard"])
    lab.equal("stack growths of a page that is no stack's", 0, boot.mark("alarms")["stack-growth"])
    lab.equal("the byte written behind the alarm", 8, boot.value("value"))
