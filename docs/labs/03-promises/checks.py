"""Lab 3: commit charge as the kernel counts it, while pages are promised, touched and taken back."""
import re



def life(lab):
    count = lab.number("count", 8, 30)
    again, back, first = lab.number("again", 2, 9), lab.number("back", 2, 7), lab.number("first", 0, 5)
    boot = lab.boot(f"run thrash.exe 12; run lab03 life {first + count + again + 5} {first} {count} {again} {back}", OPTIONS="poison")
    return count, again, back, boot


def starts(lab):
    lab.ends_well("hello.exe", "run hello")


def promised(lab):
    count, _, _, boot = life(lab)
    lab.equal(f"pages charged when {count} are committed", count, boot.change("reserved", "committed", "private"))
    lab.equal("pages that this brings into RAM", 0, boot.change("reserved", "committed", "resident"))
    lab.equal("demand-zero faults when they are written", count, boot.change("again", "written", "demand-zero"))


def twice(lab):
    count, again, _, boot = life(lab)
    lab.equal(f"pages charged when {count} of {count + again} were committed already", again,
              boot.change("committed", "again", "private"), "what is promised already is charged again?")
    boot.sound()


def taken_back(lab):
    _, _, back, boot = life(lab)
    if "space->commit" in boot.broken():
        raise lab.Wrong("a program that has ended and is charged nothing any more", f"{boot.broken()}: the charge is kept?")
    lab.equal(f"charge of {back} pages taken back", -back, boot.change("written", "back", "private"), "the charge is kept?")
    lab.equal("their frames", -back, boot.change("written", "back", "resident"), "they are still in RAM?")
    lab.equal("charge of taking back what is gone", 0, boot.change("back", "back-again", "private"))
    lab.equal("pages committed anew that still have their old content", 0, boot.value("fresh"))
    lab.equal("commit charge of the process after the release against before", 0, boot.change("reserved", "released", "private"))
    boot.sound()


def limit(lab):
    size = lab.number("mb", 5, 9) * 1024
    boot = lab.boot(f"run lab03 limit {size}; vm", PAGEFILE="32M")
    left = boot.mark("before")["value"]
    if boot.broken():
        raise lab.Wrong(f"error 1455 when more than {left} pages are asked for", boot.broken())
    lab.equal("the error of a call that asks for too much", 1455, boot.value("refused"),
              "promises are made that can't be kept" if boot.value("given") == 64 else "")
    lab.equal("commit charge that a refused call leaves", 0, boot.change("given", "refused-again", "commit"),
              "a call that fails must leave nothing behind")
    lab.between(f"calls of {size // 4} pages each that were granted", left // (size // 4) - 1, left // (size // 4), boot.value("given"))
    lab.equal(f"does a call get all of the {boot.value('left')} pages that are left?  (1: yes)", 1, boot.value("exact"), "the limit itself is no more than the limit")
    lab.equal("the error of a call for one page more", 1455, boot.value("over"))
    lab.equal("calls refused, as vm says", 3, told(lab, boot, r"(\d+) calls? refused"), "each refusal is counted")
    boot.sound()


def peak(lab):
    boot = lab.boot("run thrash.exe 8; run hello; vm")
    boot.sound()
    lab.between("the most ever promised, as vm says after a program of 8 MB and a small one", 2048, 4096, told(lab, boot, r"most ever (\d+)"))


def told(lab, boot, pattern):
    """A number in the line of commit charge that `vm` printed last."""
    found = re.findall(rf"^Commit .*{pattern}", boot.output, re.M)
    if not found:
        raise lab.Wrong("a line of vm about commit charge", boot.reason())
    return int(found[-1])
