"""Lab 12: bytes asked for, addresses, the order of constructors and destructors, and blocks left over."""


def boot(lab):
    count = lab.number("count", 3, 12)
    return count, lab.boot(f"run lab12 {count}")


def builds(lab):
    count, machine = boot(lab)
    lab.equal(f"bytes that the process heap has for block_take({count * 3})", count * 3, machine.value("block"))
    lab.equal("block_give of it", 1, machine.value("block-given"))


def asked(lab):
    count, machine = boot(lab)
    lab.equal(f"bytes asked for {count} objects of 4 bytes without a destructor", 4 * count, machine.value("plain-asked"),
              "the count is stored, and nobody needs it?" if machine.value("plain-asked") != 4 * count else "")
    lab.equal(f"bytes asked for {count} objects of 4 bytes with one", 4 * count + 4, machine.value("own-asked"))
    lab.equal(f"bytes asked for {count} objects of 8 bytes with alignment 8", 8 * count + 8, machine.value("aligned-asked"))


def aligned(lab):
    _, machine = boot(lab)
    lab.equal("address of element 0 of a type with alignment 8, modulo 8", 0, machine.value("aligned-address"),
              "the count's 4 bytes alone push the array off its alignment")


def order(lab):
    count, machine = boot(lab)
    for name in ("own", "aligned", "wide"):
        lab.equal(f"constructors of {count} elements ({name})", count, machine.value(f"{name}-made"))
        lab.equal(f"destructors of {count} elements ({name})", count, machine.value(f"{name}-ended"))
        lab.equal(f"elements made or destroyed out of order ({name})", 0, machine.value(f"{name}-order"),
                  "destructors go from the last element to the first")
    lab.equal("constructors without a destructor", count, machine.value("plain-made"))


def balance(lab):
    _, machine = boot(lab)
    for name in ("plain", "own", "aligned"):
        lab.equal(f"array_delete ({name})", 1, machine.value(f"{name}-given"), "the heap refuses the address: it is not the block's")
    lab.equal("blocks that are left in the heap", 0, machine.value("left"))
    lab.equal("array_delete of a null pointer", 1, machine.value("nothing"))


def overflow(lab):
    count = lab.number("count", 3, 12)
    machine = lab.boot(f"run lab12 {count} overflow")
    if not machine.has("overflow"):
        raise lab.Wrong("no array of 0x40000001 elements of 4 bytes", f"{machine.reason()}: count * size was too much for 32 bits")
    lab.equal("an array of 0x40000001 elements of 4 bytes", 0, machine.value("overflow"), "count * size was too much for 32 bits")
    if not machine.has("overflow-count"):
        raise lab.Wrong("no array of 0x3FFFFFFF elements of 4 bytes", f"{machine.reason()}: with the count in front it is too much for 32 bits")
    lab.equal("an array of 0x3FFFFFFF elements of 4 bytes", 0, machine.value("overflow-count"), "with the count in front it is too much for 32 bits")
    lab.equal("objects made in arrays that there are not", 0, machine.value("overflow-made"))
    machine.sound()
