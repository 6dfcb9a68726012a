"""Lab 11: a heap's blocks as HeapWalk finds them, and the pages that it takes as the kernel counts them."""


def starts(lab):
    lab.ends_well("hello.exe", "run hello")


def stress(lab):
    return lab.boot(f"run lab11 stress {lab.number('seed', 1, 1000000)} 6000", OPTIONS="poison")


def sound(lab):
    machine = stress(lab)
    machine.mark("wrong")
    lab.equal("blocks whose bytes another block has overwritten, of 6000 steps", 0, machine.value("wrong"), "blocks overlap")
    lab.equal("frees of live blocks that were refused", 0, machine.value("refused"), "a header was damaged")
    lab.equal("HeapValidate", 1, machine.value("stress-valid"), "the headers do not tile the heap")
    machine.sound()


def merged(lab):
    count = lab.number("count", 9, 20)
    count += count % 7 == 0
    for order in ("ascending", "descending", "mixed"):
        machine = lab.boot(f"run lab11 merge {count} {order}", OPTIONS="poison")
        lab.equal(f"busy blocks of {count} that are allocated", count, machine.value("all-busy"))
        lab.equal("busy blocks when all are freed", 0, machine.value("none-busy"))
        touching = machine.value("none-touching")
        if touching:
            raise lab.Wrong(f"one free block after freeing {count} neighbours in {order} order",
                            f"{touching + 1}: free neighbours were not joined, with the block before or the one behind")
        lab.equal("HeapValidate", 1, machine.value("none-valid"), "the headers do not tile the heap")
        if not machine.has("twice-refused"):
            raise lab.Wrong(f"each of {count} blocks refused when it is freed once more",
                            f"{machine.reason()}: the header of a block that was joined still passes for a busy one")
        lab.equal(f"frees refused when each of {count} blocks is freed once more", count, machine.value("twice-refused"),
                  "the header of a block that was joined still passes for a busy one")
        lab.equal("HeapValidate after these", 1, machine.value("twice-valid"))


def split(lab):
    size = lab.number("large", 13, 17) * 1000
    machine = lab.boot(f"run lab11 split {size}", OPTIONS="poison")
    if not machine.has("inside") and machine.value("end") == 0xC0000017:
        raise lab.Wrong(f"10 small blocks out of a free one of {size} bytes", "out of memory before that: the first took all of it?")
    inside = machine.value("inside")
    if inside < 10:
        raise lab.Wrong(f"10 small blocks out of a free one of {size} bytes", f"{inside}: the first took all of it")
    machine.sound()


def reused(lab):
    machine = stress(lab)
    lab.between("pages that 6000 steps with at most 120 blocks of at most 3600 bytes have added", 1, 110,
                machine.change("before", "after", "private"), "free memory is there, and more is asked for")
    much = lab.boot("run lab11 trim", OPTIONS="poison")
    lab.between("pages charged after 1.9 MB were taken and given back, more than before", -100, 100, much.change("before", "trimmed", "private"),
                "nobody notices that much is free: free_granules")
    lab.equal("pages that are left when the heap is destroyed", 0, max(0, machine.change("before", "destroyed", "private")))


def sizes(lab):
    machine = stress(lab)
    lab.equal("blocks for which HeapSize is not what was asked", 0, machine.value("misjudged"))
