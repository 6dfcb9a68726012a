"""Lab 1: walk() on tables made by chance, 4,096 addresses of five classes, against the grader's own walk."""
import struct

P, W, U, LARGE = 1, 2, 4, 0x80
FRAMES, QUESTIONS = 24, 4096
CLASSES = ("plain", "forbidden", "absent", "no table", "large")


def right(ram, cr3, va, access):
    """(class, found, physical address or error code), as the CPU does it with CR0.WP set."""
    pde = ram[cr3 >> 12][va >> 22]
    if not pde & P:
        return "no table", 0, access
    if pde & LARGE:
        pte, base = pde, (pde & 0xFFC00000) | (va & 0x3FFFFF)
    else:
        pte = ram[pde >> 12][va >> 12 & 0x3FF]
        if not pte & P:
            return "absent", 0, access
        base = (pte & 0xFFFFF000) | (va & 0xFFF)
    if access & ~(pde & pte) & (W | U):
        return "forbidden", 0, access | P
    return ("large" if pde & LARGE else "plain"), 1, base


def make_tables(chance):
    """A directory in frame 1, tables behind it; every kind of word that a kernel could have left there."""
    ram = [[0] * 1024 for _ in range(FRAMES)]
    for index in range(1024):
        draw = chance.random()
        bits = chance.choice((P | W | U, P | W | U, P | U, P | W))
        if draw < 0.7:
            ram[1][index] = chance.randrange(2, FRAMES) << 12 | bits | chance.choice((0, 0x20))
        elif draw < 0.8:
            ram[1][index] = chance.randrange(1024) << 22 | bits | LARGE
        elif draw < 0.9:
            ram[1][index] = chance.getrandbits(32) & ~1
    for table in ram[2:]:
        for index in range(1024):
            word = chance.getrandbits(32)
            table[index] = word & 0xFFFFF000 | chance.choice((P | W | U, P | U, P | W)) | word & 0x60 if chance.random() < 0.7 else word & ~1
    return ram


def questions(lab):
    """What walk() answered; it is asked once, also when it never answers."""
    if not hasattr(lab, "walked"):
        try:
            lab.walked = ask(lab)
        except lab.Wrong as wrong:
            lab.walked = wrong
    if isinstance(lab.walked, lab.Wrong):
        raise lab.walked
    return lab.walked


def ask(lab):
    """[(class, right answer, given answer, question)]"""
    chance = lab.chance("tables")
    ram = make_tables(chance)
    asked = [(1 << 12, chance.getrandbits(32), chance.choice((0, W, U, W | U))) for _ in range(QUESTIONS)]
    words = [FRAMES, *(word for frame in ram for word in frame), len(asked), *(word for one in asked for word in one)]
    lab.run_host(["gcc", "-m32", "-std=gnu11", "-w", "-O1", "-I.", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-nostdlib",
                  "-static", "-no-pie", "-o", "build/walk", f"{lab.lab.folder}/harness.c", "kernel/service/walk.c", "-lgcc"])
    output = lab.run_host(["build/walk"], struct.pack(f"<{len(words)}I", *words))
    if len(output) != 8 * QUESTIONS:
        raise lab.Wrong(f"{QUESTIONS} answers", f"{len(output) // 8}")
    given = list(zip(*[iter(struct.unpack(f"<{2 * QUESTIONS}I", output))] * 2))
    return [(*right(ram, *one), *answer, one) for one, answer in zip(asked, given)]


def judge(lab, kinds, what, found_only):
    rows = [row for row in questions(lab) if row[0] in kinds]
    for kind, found, value, told, given, (_, va, access) in rows:
        if bool(told) != bool(found) or (value != given and (found or not found_only)):
            words = {0: "reads in kernel mode", W: "writes in kernel mode", U: "reads in user mode", W | U: "writes in user mode"}[access]
            raise lab.Wrong(f"{what}: who {words} at {va:08X} gets " + (f"physical {value:08X}" if found else f"a fault, error code {value}"),
                            (f"physical {given:08X}" if told else f"a fault, error code {given}") + mistake(found, told, value, given, va, kind))


def mistake(found, told, value, given, va, kind):
    if found and told:
        return "; the low 12 bits are not those of the address" if (given ^ va) & 0xFFF else "; it is another frame: which index was used?"
    if not found and told and kind in ("absent", "no table"):
        return "; a word without P was taken for a frame"
    return "; one of the two entries does not allow that" if told else ""


def plain(lab):
    judge(lab, ("plain",), "a page that is there", True)


def forbidden(lab):
    judge(lab, ("forbidden",), "an access that is not allowed", True)


def absent(lab):
    judge(lab, ("absent", "no table"), "a page that is not there", True)


def errors(lab):
    judge(lab, ("forbidden", "absent", "no table"), "the error code", False)


def large(lab):
    judge(lab, ("large",), "a page of 4 MB", True)


def live(lab):
    lab.boot("run hello; pte 80100000").sound()
