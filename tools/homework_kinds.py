"""homework_kinds.py - the twelve kinds of questions: how one is made, told in English and Korean, and asked of the kernel's files."""
import random

P, W, U, A, D = 1, 2, 4, 0x20, 0x40
RESERVE, COMMIT, DECOMMIT, RELEASE = 0x2000, 0x1000, 0x4000, 0x8000
TYPES = {RESERVE: "MEM_RESERVE", COMMIT: "MEM_COMMIT", RESERVE | COMMIT: "MEM_RESERVE | MEM_COMMIT", RELEASE: "MEM_RELEASE"}


def block(lines):
    """Lines that are shown as they are."""
    return "\n".join("    " + line for line in lines)


def listed(answer):
    return block(f"{name}: {value}" for name, value in answer.items())


class Kind:
    program = "homework"

    def make(self, seed):
        chance = random.Random(f"{type(self).__name__}/{seed}")
        return self.chosen(chance)

    def ask(self, q):
        return self.program, self.words(q)

    def show(self, q, answer, korean):
        return listed(answer)


class Walk(Kind):
    title, title_ko = "The walk", "주소 변환"

    def chosen(self, chance):
        va = chance.randrange(1 << 32) if chance.random() < 0.3 else chance.randrange(1 << 31)
        directory, table = chance.sample(range(0x20, 0x60), 2)
        bits = lambda: chance.choice((P | W | U, P | W | U, P | W | U, P | U, P | W)) | chance.choice((0, A, A | D))
        right = (directory << 12) + (va >> 22) * 4, (table << 12) + (va >> 12 & 0x3FF) * 4
        pde = table << 12 | (bits() & ~D if chance.random() < 0.9 else 0)
        pte = chance.randrange(0x100, 0xFFFFF) << 12 | (bits() if chance.random() < 0.8 else chance.choice((2, 4, 6)))
        words = {right[0]: pde, right[1]: pte}
        while len(words) < 8:
            at = (chance.choice((directory, table)) << 12) + chance.randrange(1024) * 4
            words.setdefault(at, chance.randrange(0x20, 0xFFFFF) << 12 | bits() & ~D)
        return {"va": va, "access": chance.choice((U, U | W)), "cr3": directory << 12, "words": sorted(words.items())}

    def words(self, q):
        return [q["va"], q["access"], q["cr3"], len(q["words"]), *(n for pair in q["words"] for n in pair)]

    def lines(self, q):
        return block(f"{at >> 12:05X}+{at & 0xFFF:03X} = {word:08X}" for at, word in q["words"])

    def text(self, q):
        return (f"CR3 names frame {q['cr3'] >> 12:05X}. Words in memory, frame+offset:\n\n{self.lines(q)}\n\nA program in user mode "
                f"{'writes to' if q['access'] & W else 'reads'} {q['va']:08X}. Give the directory index, the table index and the offset; then the "
                "physical address, or the error code of the fault. (A word that is not shown is 0.)")

    def text_ko(self, q):
        return (f"CR3는 프레임 {q['cr3'] >> 12:05X}를 가리킨다. 메모리에 있는 값(프레임+오프셋):\n\n{self.lines(q)}\n\n사용자 모드의 프로그램이 "
                f"{q['va']:08X}{'에 쓴다' if q['access'] & W else '를 읽는다'}. 디렉터리 색인, 테이블 색인, 오프셋을 쓰고, 물리 주소 또는 페이지 부재의 "
                "오류 코드를 쓰라. (나오지 않은 값은 0이다.)")

    def show(self, q, answer, korean):
        end = f"physical address {answer['value']:08X}" if answer["found"] else f"a fault with error code {answer['value']}"
        return block([f"directory index {answer['directory']}, table index {answer['table']}, offset {answer['offset']:03X}", end])

    def proof(self, q):
        return f"pte {q['va']:08X}"


class PteBits(Kind):
    title, title_ko = "A PTE's bits", "PTE의 비트"

    def chosen(self, chance):
        number = chance.randrange(1, 1 << 20)
        if chance.random() < 0.4:
            return {"pte": number << 12 | P | chance.randrange(8) << 9 | chance.choice((0, W)) | chance.choice((0, U)) | chance.choice((0, A, A | D))}
        kind = chance.randrange(5)
        return {"pte": 0 if kind == 0 else (number if kind in (2, 3) else 0) << 12 | chance.choice((1, 2, 4)) << 4 | kind << 1}

    def words(self, q):
        return [q["pte"]]

    def text(self, q):
        return (f"A PTE is {q['pte']:08X}. Write P, R/W, U/S, A, D and the number in bits 31 to 12. If P = 0: which of empty, demand-zero, transition, "
                "pagefile, prototype is it (`mm/pte.h`), and what kind of fault does a touch give?")

    def text_ko(self, q):
        return (f"PTE가 {q['pte']:08X}이다. P, R/W, U/S, A, D와 비트 31-12의 수를 쓰라. P = 0이면 empty, demand-zero, transition, pagefile, "
                "prototype 중 무엇인가(`mm/pte.h`)? 접근하면 어떤 페이지 부재가 일어나는가?")

    def proof(self, q):
        return "pte ADDRESS; step KIND"


class TableSize(Kind):
    title, title_ko = "What tables cost", "페이지 테이블의 크기"

    def chosen(self, chance):
        ranges, at = [], 0x10000
        for _ in range(4):
            at += chance.randrange(1, 0x1800) << 16
            last = at + (chance.randrange(1, 0x3000) << 12) - 1
            ranges.append((at, last))
            at = (last | 0xFFFF) + 1
        return {"bits": chance.choice((24, 28, 32, 36, 39)), "page": chance.choice((1, 2, 4, 8, 16)), "entry": chance.choice((4, 8)),
                "processes": chance.randrange(2, 60), "ranges": ranges}

    def words(self, q):
        return [q["bits"], q["page"], q["entry"], q["processes"], *(n for pair in q["ranges"] for n in pair)]

    def ranges(self, q):
        return block(f"{first:08X}-{last:08X}" for first, last in q["ranges"])

    def text(self, q):
        return (f"Addresses have {q['bits']} bits, pages {q['page']} KB, entries {q['entry']} bytes. How many bytes has a linear table? On i386 (two levels, "
                f"4 KB, 4 bytes) a process uses these ranges:\n\n{self.ranges(q)}\n\nHow many page tables does it need, how many bytes with the directory, "
                f"and how many bytes for {q['processes']} such processes?")

    def text_ko(self, q):
        return (f"주소는 {q['bits']}비트, 페이지는 {q['page']} KB, 항목은 {q['entry']}바이트이다. 선형 페이지 테이블은 몇 바이트인가? i386(2단계, 4 KB, 4바이트)에서 "
                f"프로세스가 다음 범위를 쓴다.\n\n{self.ranges(q)}\n\n페이지 테이블은 몇 개, 디렉터리까지 몇 바이트인가? 이런 프로세스가 {q['processes']}개이면 몇 바이트인가?")

    def proof(self, q):
        return "vm (tables)"


class Fragment(Kind):
    title, title_ko = "Fragmentation", "단편화"

    def chosen(self, chance):
        sizes = [chance.choice((chance.randrange(1, 200), chance.randrange(200, 5000))) for _ in range(8)]
        blocks = [chance.randrange(3, 40) * 8 for _ in range(6)]
        requests = [max(8, chance.choice(blocks) - chance.choice((0, 0, 8, 16, 40))) for _ in range(5)]
        return {"sizes": sizes, "blocks": blocks, "requests": requests}

    def words(self, q):
        return [number for name in ("sizes", "blocks", "requests") for number in (len(q[name]), *q[name])]

    def text(self, q):
        return (f"Requests of {', '.join(map(str, q['sizes']))} bytes. How many bytes are lost in whole pages of 1 KB, of 4 KB, of 16 KB, and in Pagoda's heap "
                f"(headers of 8 bytes, units of 8, blocks of at least 16)? The free list is {', '.join(map(str, q['blocks']))}; then come requests of "
                f"{', '.join(map(str, q['requests']))}, without headers. Which is the first that fails under first fit, which under best fit (0: none)?")

    def text_ko(self, q):
        return (f"{', '.join(map(str, q['sizes']))}바이트를 요청한다. 1 KB, 4 KB, 16 KB 페이지로 줄 때와 Pagoda의 힙(헤더 8바이트, 단위 8바이트, 최소 16바이트)에서 "
                f"각각 몇 바이트를 잃는가? 빈 블록이 {', '.join(map(str, q['blocks']))}일 때 {', '.join(map(str, q['requests']))}의 요청이 차례로 온다(헤더 없음). "
                "최초 적합과 최적 적합에서 처음 실패하는 요청은 몇 번째인가(없으면 0)?")

    def show(self, q, answer, korean):
        return block(["lost with 1, 4, 16 KB and in the heap: " + ", ".join(map(str, answer["lost"])),
                      f"first fit fails at {answer['first']}, best fit at {answer['best']}"])

    def proof(self, q):
        return "run fragment.exe; run holes.exe"


class Tlb(Kind):
    title, title_ko = "The TLB", "TLB"

    def chosen(self, chance):
        stride = chance.choice((64, 512, 1024, 2048))
        return {"entries": chance.choice((4, 8, 16)), "policy": chance.choice(("lru", "fifo")), "stride": stride,
                "n": stride * chance.randrange(20, 60), "va": 0x400000 + chance.randrange(0, 0x1000, 4),
                "hit": chance.randrange(1, 6), "walk": chance.randrange(20, 100), "disk": chance.randrange(4, 12), "k": chance.randrange(1, 5)}

    def pages(self, q):
        return [(q["va"] + 4 * i) >> 12 for i in range(0, q["n"], q["stride"])]

    def words(self, q):
        pages = self.pages(q)
        return [q["policy"], q["entries"], len(pages), *(page - pages[0] for page in pages)]

    def text(self, q):
        return (f"A TLB of {q['entries']} entries, {q['policy'].upper()}, pages of 4 KB, flushed when CR3 changes. The loop\n\n"
                f"    for (i = 0; i < {q['n']}; i += {q['stride']}) a[i]++;\n\nruns twice, with a (of int) at {q['va']:08X}; a[i]++ counts as one access. "
                f"How many accesses are there in a round, how many misses in the first and in the second? With a hit of {q['hit']} ns, a walk of {q['walk']} ns more, "
                f"and {q['disk']} ms for each of {q['k']} pages that must be read: what do both rounds take together, in ns?")

    def text_ko(self, q):
        return (f"항목이 {q['entries']}개인 TLB({q['policy'].upper()}), 페이지 4 KB, CR3가 바뀌면 비워진다.\n\n"
                f"    for (i = 0; i < {q['n']}; i += {q['stride']}) a[i]++;\n\n이 반복문을 두 번 실행한다. int 배열 a는 {q['va']:08X}에 있고 a[i]++는 한 번의 접근으로 센다. "
                f"한 번에 접근은 몇 번이고, 첫째와 둘째에서 TLB 미스는 몇 번인가? 적중 {q['hit']} ns, 페이지 워크 {q['walk']} ns 추가, 읽어야 하는 페이지 {q['k']}개에 각각 "
                f"{q['disk']} ms일 때 두 번의 시간은 모두 몇 ns인가?")

    def show(self, q, answer, korean):
        misses = answer["first"] + answer["second"]
        total = 2 * answer["accesses"] * q["hit"] + misses * q["walk"] + q["k"] * q["disk"] * 1000000
        return block([f"{answer['accesses']} accesses a round, misses {answer['first']} and {answer['second']}",
                      f"{total} ns, {total / (2 * answer['accesses']):.1f} ns an access"])

    def proof(self, q):
        return "tlb (staleness; QEMU does not model hit rates)"


class Replace(Kind):
    title, title_ko = "Page replacement", "페이지 교체"

    def chosen(self, chance):
        pages = chance.randrange(5, 8)
        return {"frames": chance.randrange(3, 5), "policy": chance.choice(("fifo", "clock", "lru", "opt")),
                "string": [chance.randrange(1, pages) for _ in range(12)]}

    def words(self, q):
        return [q["policy"], q["frames"], len(q["string"]), *q["string"]]

    def text(self, q):
        return (f"String {' '.join(map(str, q['string']))}, {q['frames']} frames, policy {q['policy'].upper()}. Fill in the table: what is in the frames after each "
                f"reference, where the hand stands, who goes. At which references is there a fault, how many are there, and how many with {q['frames'] + 1} frames?")

    def text_ko(self, q):
        return (f"참조열 {' '.join(map(str, q['string']))}, 프레임 {q['frames']}개, 교체 정책 {q['policy'].upper()}. 참조마다 프레임의 내용, 바늘의 위치, 희생 페이지를 표로 "
                f"그려라. 몇 번째 참조에서 페이지 부재가 일어나는가? 모두 몇 번이며, 프레임이 {q['frames'] + 1}개이면 몇 번인가?")

    def show(self, q, answer, korean):
        return block([f"{answer['faults']} faults, at references {' '.join(map(str, answer['at']))}",
                      *([f"victims {' '.join(map(str, answer['victims']))}"] if q["policy"] in ("fifo", "clock") else []),
                      f"with {q['frames'] + 1} frames {answer['more']}"])

    def proof(self, q):
        return f"lab \"{' '.join(map(str, q['string']))}\" {q['frames']} {q['policy'] if q['policy'] in ('fifo', 'clock') else 'clock'}"


class ClockBits(Kind):
    title, title_ko = "The hand and the bits", "시계 바늘과 비트"

    def chosen(self, chance):
        pages = chance.sample(range(10, 40), 7)
        ring = [(page, chance.randrange(2), chance.randrange(2)) for page in pages[:6]]
        return {"policy": chance.choice(("clock", "clock-clean", "nru")), "ring": ring, "page": pages[6]}

    def words(self, q):
        return [q["policy"], len(q["ring"]), *(n for entry in q["ring"] for n in entry), q["page"]]

    def ring(self, q):
        return block(f"page {page:2}  A = {a}  D = {d}" for page, a, d in q["ring"])

    def text(self, q):
        return (f"A ring, from the hand on:\n\n{self.ring(q)}\n\nUnder {q['policy']} page {q['page']} is wanted. Which page goes, how many A bits are "
                "cleared, is there a write? Draw the ring afterwards, from the hand on.")

    def text_ko(self, q):
        return (f"작업 집합의 고리를 바늘부터 쓰면 다음과 같다.\n\n{self.ring(q)}\n\n{q['policy']} 정책에서 페이지 {q['page']}가 필요하다. 어느 페이지가 나가고 참조 비트 A를 "
                "몇 개 지우며, 쓰기가 필요한가? 그 뒤의 고리를 바늘부터 그려라.")

    def show(self, q, answer, korean):
        return block([f"page {answer['victim']} goes, {answer['cleared']} A bits cleared, {'a write' if answer['write'] else 'no write'}",
                      "then " + ", ".join(f"{page} (A = {a})" for page, a in zip(answer["ring"], answer["bits"]))])

    def proof(self, q):
        return "ring; step pagefile"


class FaultKind(Kind):
    title, title_ko = "What kind of fault?", "어떤 페이지 부재인가"

    def chosen(self, chance):
        pages, view = chance.randrange(6, 15), chance.randrange(4, 10)
        span = lambda most: (lambda first: (first, chance.randrange(1, most - first + 1)))(chance.randrange(most))
        steps = [("c", pages), ("w", 0, *span(pages)), ("r", 0, *span(pages)), ("v", view), ("r", 1, *span(view)), ("w", 1, *span(view)),
                 ("e",), (chance.choice("rw"), 0, *span(pages)), ("w", 1, *span(view)), ("d", *span(pages))]
        code = 0x401000 - chance.randrange(0, 3)
        near = lambda base: base + 0x1000 * chance.randrange(1, 9) - chance.randrange(0, 5)
        return {"steps": steps, "code": code, "length": 2, "from": near(0x500000), "to": near(0x600000)}

    def words(self, q):
        return [len(q["steps"]), *(n for step in q["steps"] for n in step), q["code"], q["length"], q["from"], q["to"]]

    def lines(self, q):
        told = []
        for number, step in enumerate(q["steps"], 1):
            place = "ap"[step[1]] if step[0] in "rw" else ""
            told.append(f"{number:2}: " + {
                "c": lambda: f"a = VirtualAlloc(NULL, {step[1]} pages, MEM_COMMIT, PAGE_READWRITE)",
                "v": lambda: f"p = MapViewOfFile(section of {step[1]} new pages, FILE_MAP_COPY)",
                "e": lambda: "EmptyWorkingSet()", "d": lambda: f"VirtualFree(page {step[1]} of a, {step[2]} pages, MEM_DECOMMIT)",
                "r": lambda: f"read  {place}, pages {step[2]} to {step[2] + step[3] - 1}",
                "w": lambda: f"write {place}, pages {step[2]} to {step[2] + step[3] - 1}"}[step[0]]())
        return block(told)

    def text(self, q):
        return (f"RAM is plenty.\n\n{self.lines(q)}\n\nFor each line: how many faults of which kind, how many pages are read from the paging file, and then the private commit charge "
                f"and the pages in RAM. And: in how many frames must `movsl` (2 bytes) at {q['code']:08X}, from {q['from']:08X} to {q['to']:08X}, have its pages at once?")

    def text_ko(self, q):
        return (f"RAM은 충분하다.\n\n{self.lines(q)}\n\n줄마다 어떤 페이지 부재가 몇 번 일어나고 페이징 파일에서 몇 페이지를 읽는가? 그 뒤의 커밋 양(private)과 RAM에 있는 페이지 수는? "
                f"그리고 {q['code']:08X}의 `movsl`(2바이트)이 {q['from']:08X}에서 {q['to']:08X}로 옮기려면 프레임이 한꺼번에 몇 개 필요한가?")

    def show(self, q, answer, korean):
        rows = [f"{number:2}: {', '.join(f'{count} {kind}' for kind, count in line['faults'].items()) or 'no fault'}; {line['read']} read; charge {line['charge']}, RAM {line['ram']}"
                for number, line in enumerate(answer["lines"], 1)]
        return block([*rows, f"movsl needs {answer['frames']} frames"])

    def proof(self, q):
        return "run PROGRAM; faults 40; vm"


class Regions(Kind):
    title, title_ko = "Regions", "영역"

    def chosen(self, chance):
        calls, bases = [], []
        for _ in range(5):
            kind = chance.random()
            size = chance.randrange(1, 0x30000)
            if kind < 0.5 or not bases:
                base = chance.choice((0, 0, 0x400000 + chance.randrange(0x80) * 0x1800))
                calls.append(("a", base, size, chance.choice((RESERVE, RESERVE | COMMIT))))
                bases.append(base or 0x10000)
            elif kind < 0.9:
                calls.append(("a", chance.choice(bases) + chance.randrange(4) * 0x1000, chance.randrange(1, 0x4000), COMMIT))
            else:
                calls.append(("a", 0, 0x6000000, RESERVE | COMMIT))
        for _ in range(2):
            calls.append(("f", chance.choice(bases) + chance.choice((0, 0, 0x1000)), 0, RELEASE))
        return {"calls": calls}

    def words(self, q):
        return [len(q["calls"]), *(n for call in q["calls"] for n in call)]

    def lines(self, q):
        return block(f"{number}: Virtual{'Alloc' if what == 'a' else 'Free'}({base:08X}, {size}, {TYPES[kind]})"
                     for number, (what, base, size, kind) in enumerate(q["calls"], 1))

    def text(self, q):
        return (f"A new process with nothing in its user partition, on a machine that can promise less than 16 MB:\n\n{self.lines(q)}\n\nAfter each call: start and end of the "
                "range that it gives back, addresses lost to the 64 KB unit when it reserves, private commit charge, and the error (87, 487, 1455; 0: none).")

    def text_ko(self, q):
        return (f"사용자 파티션이 빈 새 프로세스이며, 기계가 약속할 수 있는 메모리는 16 MB보다 작다.\n\n{self.lines(q)}\n\n호출마다 돌려주는 범위의 시작과 끝, 예약할 때 64 KB "
                "할당 단위 때문에 잃는 주소, 커밋 양(private), 오류(87, 487, 1455; 없으면 0)를 쓰라.")

    def show(self, q, answer, korean):
        return block(f"{number}: error {row['error']}, {row['start']:08X}-{row['end']:08X}, lost {row['lost']}, charge {row['charge']}"
                     for number, row in enumerate(answer, 1))

    def proof(self, q):
        return "run regions.exe; vad"


class Stack(Kind):
    title, title_ko = "A stack", "스택"

    def chosen(self, chance):
        size = chance.choice((0x10000, 0x20000))
        calls = [(chance.randrange(64, 6000) // 4 * 4, 0) for _ in range(chance.randrange(3, 6))]
        calls.append((chance.choice((3000, 9000, 20000, 70000)), chance.randrange(2)))
        return {"low": 0x20000, "size": size, "committed": chance.randrange(1, 4), "calls": calls}

    def words(self, q):
        return [q["low"], q["size"], q["committed"], len(q["calls"]), *(n for call in q["calls"] for n in call)]

    def lines(self, q):
        return block(f"call {number}: {size} bytes{', touched at the low end first' if jumps else ', touched from the top down'}"
                     for number, (size, jumps) in enumerate(q["calls"], 1))

    def text(self, q):
        return (f"A stack lies at {q['low']:08X}-{q['low'] + q['size'] - 1:08X}; its top {q['committed']} pages are committed, below them lies the guard page. One function calls the "
                f"next, and each takes so many bytes:\n\n{self.lines(q)}\n\nGive the stack limit after each call (the guard is the page below), and how it ends: 0, or the exception's code.")

    def text_ko(self, q):
        return (f"스택이 {q['low']:08X}-{q['low'] + q['size'] - 1:08X}에 있다. 맨 위 {q['committed']}페이지가 커밋되어 있고 그 아래가 가드 페이지이다. 함수가 차례로 다음 함수를 호출하며 "
                f"각각 다음 바이트를 쓴다.\n\n{self.lines(q)}\n\n호출마다 스택의 한계(limit; 가드는 그 아래 페이지)를 쓰고, 어떻게 끝나는지(0 또는 예외 코드) 쓰라.")

    def show(self, q, answer, korean):
        return block(f"call {number}: limit {row['limit']:08X}, {row['status']:08X}" for number, row in enumerate(answer, 1))

    def proof(self, q):
        return "run deep.exe; vad"


class HeapMap(Kind):
    title, title_ko = "A map of the heap", "힙의 지도"

    def chosen(self, chance):
        steps, busy, sizes, name = [], [], {}, 0
        while len(steps) < 12:
            if busy[1:] and chance.random() < 0.4:
                gone = chance.choice(busy[1:])
                busy.remove(gone)
                steps.append(("f", gone))
            else:
                sizes[name] = chance.randrange(1, 260)
                steps.append(("a", name, sizes[name]))
                busy.append(name)
                name += 1
        return {"steps": steps}

    def words(self, q):
        return [len(q["steps"]), *(n for step in q["steps"] for n in step)]

    def lines(self, q):
        return block(f"p{step[1]} = HeapAlloc({step[2]})" if step[0] == "a" else f"HeapFree(p{step[1]})" for step in q["steps"])

    def text(self, q):
        return (f"A new heap with one page committed, its front end off:\n\n{self.lines(q)}\n\nDraw the heap from p0 on: offset from p0, size with header, busy or free. How large is the "
                "largest request that succeeds without more memory? What does HeapFree(p0 + 8) say?")

    def text_ko(self, q):
        return (f"페이지 하나가 커밋된 새 힙이며 앞단(front end)은 꺼져 있다.\n\n{self.lines(q)}\n\np0부터 힙을 그려라: p0부터의 오프셋, 헤더를 더한 크기, 사용 중인지. 메모리를 더 커밋하지 "
                "않고 성공하는 가장 큰 요청은? HeapFree(p0 + 8)의 결과는?")

    def show(self, q, answer, korean):
        return block([*(f"{at:5} {size:5} {'busy' if busy else 'free'}" for at, size, busy in answer["map"]),
                      f"largest request {answer['largest']}; HeapFree(p0 + 8) returns {answer['bad']}"])

    def proof(self, q):
        return "run history.exe; heap"


class NewArray(Kind):
    title, title_ko, program = "new[] and delete[]", "new[]와 delete[]", "newarray"

    def chosen(self, chance):
        size, align = chance.choice(((4, 4), (8, 4), (12, 4), (20, 4), (8, 8), (16, 8), (24, 8)))
        return {"size": size, "align": align, "kind": chance.choice(("none", "defaulted", "own")), "count": chance.randrange(2, 20)}

    def words(self, q):
        return [q["size"], q["align"], q["kind"], q["count"]]

    def text(self, q):
        kind = {"none": "no destructor", "defaulted": "the destructor `~T() = default;`", "own": "a destructor of its own"}[q["kind"]]
        return (f"T has {q['size']} bytes, alignment {q['align']}, and {kind}. `T *p = new T[{q['count']}]` (32 bits, g++): how many bytes are asked for, how far is p from the block's start, "
                "how many constructors run? `delete[] p`: how many destructors, in which order? `delete p` instead: how many, and is the address the block's?")

    def text_ko(self, q):
        kind = {"none": "소멸자가 없다", "defaulted": "소멸자는 `~T() = default;`이다", "own": "소멸자를 직접 정의했다"}[q["kind"]]
        return (f"T는 {q['size']}바이트, 정렬 {q['align']}이며 {kind}. `T *p = new T[{q['count']}]`(32비트, g++): 몇 바이트를 요청하고, p는 블록의 시작에서 얼마나 떨어져 있으며, "
                "생성자는 몇 번 실행되는가? `delete[] p`에서 소멸자는 몇 번, 어떤 순서로 실행되는가? 대신 `delete p`라면 몇 번이며, 힙에 주는 주소가 블록의 주소인가?")

    def proof(self, q):
        return "run cookie.exe"


KINDS = {"walk": Walk(), "ptebits": PteBits(), "tablesize": TableSize(), "fragment": Fragment(), "tlb": Tlb(), "replace": Replace(),
         "clockbits": ClockBits(), "faultkind": FaultKind(), "regions": Regions(), "stack": Stack(), "heapmap": HeapMap(), "newarray": NewArray()}
