"""odd_images - a collection of executables that no linker makes, and what Windows 7 (32-bit) does with each.

A program that runs ends with status 42, a DLL that is loaded exports `answer`, which gives 42.  All are written by hand
here, byte by byte; `IMAGES` is the collection.  tests/check_images puts them on a disc and runs them.
"""
import struct

OK = 42
EXE, DLL_BASE, TAKEN = 0x400000, 0x10000000, 0x400000
CODE, DATA, BSS = 0x60000020, 0xC0000040, 0xC0000080
EXECUTABLE, STRIPPED, DLL = 0x102, 1, 0x2000
EXPORT, IMPORT, RESOURCE, SECURITY, RELOC, DEBUG, TLS, CONFIG, BOUND, DELAY = 0, 1, 2, 4, 5, 6, 9, 10, 11, 13
RETURN_42 = bytes.fromhex("B82A000000C3")
INT3, PAGE = 0xCC, 0x1000

BAD_FORMAT, NOT_MZ, DOS, NE, WIN16, LE, WIN64 = (
    0xC000007B, 0xC000012F, 0xC0000130, 0xC000011B, 0xC0000131, 0xC000012E, 0xC000035A)


def word(*values):
    return struct.pack(f"<{len(values)}I", *(value & 0xFFFFFFFF for value in values))


def up(value, to):
    return (value + to - 1) // to * to


class Section:
    def __init__(self, data=b"", flags=CODE, **fields):
        self.data, self.flags, self.fields = data, flags, fields


class Image:
    """A PE file.  Whatever is not given is as a linker would have it."""

    def __init__(self, *sections, dirs=None, dll=False, dos=b"", tail=b"", **fields):
        self.sections, self.dirs, self.dll, self.tail = list(sections), dirs or {}, dll, tail
        self.dos, self.fields = dos, fields

    def get(self, name, value):
        return self.fields.get(name, value)

    def build(self):
        memory, on_disc = self.get("section_alignment", PAGE), self.get("file_alignment", 512)
        lfanew, optional_size = self.get("lfanew", 0x40), self.get("optional_size", 0xE0)
        table_at = lfanew + 24 + optional_size
        header_size = up(table_at + 40 * len(self.sections), on_disc)
        rva, raw, table, content = up(header_size, memory), header_size, b"", []
        for section in self.sections:
            f = section.fields
            data = section.data
            virtual_size = f.get("virtual_size", len(data) or PAGE)
            raw_size = f.get("raw_size", up(len(data), on_disc))
            place = f.get("rva", rva)
            offset = f.get("raw_offset", raw if data else 0)
            table += struct.pack("<8s6I2HI", f.get("name", b".odd"), virtual_size, place, raw_size, offset, 0, 0, 0, 0, section.flags)
            if data:
                content.append((f.get("data_at", raw), data + bytes(up(len(data), on_disc) - len(data))))
                raw += up(len(data), on_disc)
            rva = max(rva, place + up(max(virtual_size or raw_size, 1), memory))
        image_size = self.get("image_size", rva if self.sections else up(max(header_size, 1), 4) + 1)
        directory = b"".join(word(*self.dirs.get(i, (0, 0))) for i in range(16))
        header = b"PE\0\0" + struct.pack("<HHIIIHH", self.get("machine", 0x14C), self.get("section_count", len(self.sections)), 0, 0, 0,
                                         optional_size, self.get("characteristics", EXECUTABLE | (DLL if self.dll else 0)))
        major, minor = self.get("version", (4, 0))
        header += struct.pack("<HH9I6H4I2H6I", self.get("magic", 0x10B), 0, 0, 0, 0,
                              self.get("entry", 0 if self.dll else up(header_size, memory)) & 0xFFFFFFFF, 0, 0,
                              self.get("base", DLL_BASE if self.dll else EXE), memory, on_disc, 4, 0, 0, 0, major, minor, 0,
                              image_size, self.get("header_size", header_size), self.get("checksum", 0),
                              self.get("subsystem", 3), self.get("dll_flags", 0), self.get("stack_reserve", 0x100000),
                              self.get("stack_commit", 0x1000), self.get("heap_reserve", 0x100000), 0x1000, 0, self.get("directories", 16)) + directory
        file = bytearray(header_size)
        for at, data in [*content, (0, b"MZ" + self.dos), (0x3C, word(lfanew)), (lfanew, header), (table_at, table),
                         *self.get("patches", ())]:
            file.extend(bytes(max(0, at + len(data) - len(file))))
            file[at:at + len(data)] = data
        return bytes(file) + self.tail


def program(**fields):
    return Image(Section(RETURN_42), **fields).build()


def exports(rva, names, forward=None, misplaced=False, claimed=None):
    """A directory of exports at `rva`: name -> RVA; `forward`: name -> text.  -> (bytes, size it claims)"""
    every = sorted(list(names) + list(forward or ()), reverse=misplaced)
    count = len(every)
    addresses, texts = rva + 40, b""
    text_at = addresses + 10 * count

    def text(value):
        nonlocal texts
        at = text_at + len(texts)
        texts += value.encode() + b"\0"
        return at

    functions = [text(forward[name]) if forward and name in forward else names[name] for name in every]
    pointers = [text(name) for name in every]
    data = word(0, 0, 0, text("odd.dll"), 1, count, count, addresses, addresses + 4 * count, addresses + 8 * count)
    data += word(*functions) + word(*pointers) + struct.pack(f"<{count}H", *range(count)) + texts
    return data, len(data) if claimed is None else claimed


def library(code=RETURN_42, names=("answer",), forward=None, misplaced=False, claimed=None, extra=b"", **fields):
    """A DLL whose one section is code, then `extra` at 100h, then the exports at 400h."""
    table, size = exports(PAGE + 0x400, {name: PAGE for name in names}, forward, misplaced, claimed)
    data = code.ljust(0x100, b"\xCC") + extra
    dirs = {EXPORT: (PAGE + 0x400, size), **fields.pop("dirs", {})}
    return Image(Section(data.ljust(0x400, b"\0") + table, fields.pop("flags", CODE | DATA)), dll=True, dirs=dirs, **fields).build()


def imports(wanted, int_too=True, end=word(0) * 5, zero_ended=True, table_at=None):
    """Import tables at RVA 1100h: [(dll, [name or ordinal])]; `table_at`: where they say that the table of names is.
    -> (bytes, RVA of the first table of addresses)"""
    start = PAGE + 0x100
    descriptors = len(wanted) * 20 + len(end)
    size = sum(4 * (len(names) + 1) for _, names in wanted)
    first, second = start + descriptors, start + descriptors + size
    texts, text_at = b"", second + size
    tables, head, at = b"", b"", 0
    for dll, names in wanted:
        dll_at = text_at + len(texts)
        texts += dll.encode() + b"\0"
        values = []
        for name in names:
            if isinstance(name, int):
                values.append(0x80000000 | name)
                continue
            values.append(text_at + len(texts))
            texts += b"\0\0" + name.encode() + b"\0"
        table = second + at if int_too else 0
        head += word(table if table_at is None else table_at, 0, 0, dll_at, first + at)
        tables += word(*values, 0)
        at += 4 * (len(names) + 1)
    other = tables if zero_ended else tables[:-4] + word(0x11111111)
    return head + end + other + tables + texts, first


def caller(wanted, claimed=None, flags=CODE | DATA, directories=16, **how):
    """A program that calls ExitProcess(42) through the first word of its imports."""
    table, first = imports(wanted, **how)
    code = b"\x6A\x2A\xFF\x15" + word(EXE + first) + b"\xC3"
    dirs = {IMPORT: (PAGE + 0x100, len(table) if claimed is None else claimed)}
    data = code.ljust(0x100, b"\xCC") + table
    return Image(Section(data, flags), dirs=dirs, directories=directories).build()


EXIT = ("kernel32.dll", ["ExitProcess"])


def high_word(at):
    """Code: 42 if the word at offset `at` of the section is the upper half of where the image lies."""
    return bytes.fromhex("E8000000005866 8B90") + word(at - 5) + bytes.fromhex("C1E810 663BD0 0F95C0 0FB6C0 83C02A C3")


def jump_field(at):
    """The same of a MIPS jump: 26 bits that count words."""
    return bytes.fromhex("E80000000058 8B90") + word(at - 5) + bytes.fromhex("C1E202 C1EA10 C1E810 663BD0 0F95C0 0FB6C0 83C02A C3")


def moved(entries, field, code=None, page=PAGE, size=None, claimed=None, tail=b"", **fields):
    """A DLL whose place is taken, with one block of relocations."""
    block = word(page, 8 + 2 * len(entries) if size is None else size) + struct.pack(f"<{len(entries)}H", *entries) + tail
    extra = field.ljust(0x40, b"\0") + block
    dirs = {RELOC: (PAGE + 0x140, len(block) if claimed is None else claimed)}
    return library(code or high_word(0x102), extra=extra, base=TAKEN, dirs=dirs, **fields)


FIELD = word(TAKEN + 0x1234)
AT = 0x100  # offset of the field in its page


def patched(image, at, data):
    """A library() with other bytes in its directory of exports."""
    place = image.index(exports(PAGE + 0x400, {"answer": PAGE})[0]) + at
    return image[:place] + data + image[place + len(data):]


def tls(code, callbacks, claimed=24, body=b"", entry=RETURN_42, index=PAGE + 0x300, zero_fill=0):
    """A program with a TLS directory at 200h; the callbacks lie at 80h, the entry point returns the word at 310h."""
    listed = word(*(EXE + PAGE + 0x80 + at for at in callbacks), 0, 0, 0)
    directory = word(EXE + PAGE + 0x280, EXE + PAGE + 0x284, EXE + index, EXE + PAGE + 0x240, zero_fill, 0)
    data = entry.ljust(0x80, b"\xCC") + code.ljust(0x180, b"\xCC") + directory.ljust(0x40, b"\0") + listed
    data = data.ljust(0x280, b"\0") + (body or b"TLS!").ljust(0x100, b"\0")
    return Image(Section(data, CODE | DATA), dirs={TLS: (PAGE + 0x200, claimed)}).build()


READ_310 = b"\xA1" + word(EXE + PAGE + 0x310) + b"\xC3"
SET_42 = b"\xC7\x05" + word(EXE + PAGE + 0x310, 42)
MORE = b"\xC7\x05" + word(EXE + PAGE + 0x244, EXE + PAGE + 0x80 + 0x40) + b"\xC2\x0C\x00"


def flat(alignment, body=RETURN_42, sections=False, **fields):
    """No sections but the file as it is; the code lies behind the headers."""
    code = 0x1C0
    parts = [Section(b"", virtual_size=6, raw_size=6, rva=code, raw_offset=code)] if sections else []
    return Image(*parts, section_alignment=alignment, file_alignment=alignment, entry=code, header_size=code,
                 image_size=0x400, patches=[(code, body), (0x3FF, b"\0")], tail=bytes(0x400 - 0x1C0), **fields).build()


def tiny(size):
    """PE header at byte 4: its SectionAlignment is e_lfanew, too.  The code lies in fields that nobody reads."""
    header = b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 0, 0, 0, 0, 0, EXECUTABLE)
    header += struct.pack("<HH9I6H4I2H6I", 0x10B, 0, 0, 0, 0, 0x80, 0, 0, EXE, 4, 4, 0, 0, 0, 0, 4, 0, 0, 0x100, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0)
    file = bytearray(b"MZ\0\0" + header).ljust(0x80, b"\0") + RETURN_42
    return bytes(file.ljust(size, b"\0"))[:size]


def cut(size):
    return program()[:size]


def old(signature, kind=0):
    file = bytearray(program())
    file[0x40:0x44] = signature
    file[0x40 + 0x36] = kind
    return bytes(file)


def resource_loop():
    """A resource directory that is its own subdirectory."""
    directory = word(0, 0, 0) + struct.pack("<HH", 0, 1) + word(5, 0x80000000)
    return Image(Section(RETURN_42), Section(directory, DATA), dirs={RESOURCE: (2 * PAGE, 24)}).build()


def many(count):
    return Image(*[Section(RETURN_42)] + [Section(b"", BSS) for _ in range(count - 1)]).build()


def two(second, **fields):
    return Image(Section(RETURN_42), second, **fields).build()


def reader(address, **second):
    """A program that gives 42 if the byte at `address` is what `value` says."""
    value = second.pop("value", 0)
    flags = second.pop("flags", DATA)
    data = second.pop("data", b"")
    code = b"\x0F\xB6\x05" + word(address) + b"\x2D" + word(value) + b"\x83\xC0\x2A\xC3"
    return Image(Section(code), Section(data, flags, **second)).build()


def header_reader():
    """Its section begins in the file's first sector: MZ is in memory twice."""
    code = b"\x0F\xB7\x05" + word(EXE + PAGE) + b"\x2D" + word(0x5A4D) + b"\x83\xC0\x2A\xC3"
    return Image(Section(code, raw_offset=0x1F0, data_at=0x200, raw_size=0x210, virtual_size=0x400), entry=PAGE + 0x200,
                 header_size=0x200).build()


STORE = b"\xC7\x05" + word(EXE + 2 * PAGE, 42) + b"\xA1" + word(EXE + 2 * PAGE) + b"\xC3"


def ok(what, why, make):
    return what, OK, why, make


def refused(what, why, make, error=193, status=BAD_FORMAT):
    return what, (error, status), why, make


def dies(what, status, why, make):
    return what, status, why, make


# File -> (what is odd, what Windows does, why, the bytes).  What Windows does: 42; (error, status of the section, 0 if
# there is one); or the status that the process ends with.
EXE_IMAGES = {
    "plain": ok("nothing", "so that the rest means something", program),
    # Alignment
    "align-512": ok("sections aligned to 512 bytes", "below a page the file is mapped as it is, writable and executable", lambda: flat(512)),
    "align-4": ok("alignments of 4", "the same", lambda: flat(4)),
    "align-1": ok("alignments of 1, no sections", "the same", lambda: flat(1)),
    "flat-section": ok("alignments of 16 and a section", "it says what is there anyway", lambda: flat(16, sections=True)),
    "flat-writes": ok("writes into its own headers", "what is mapped as it is can be written", lambda: flat(
        4, b"\xC7\x05" + word(EXE + 0x20, 42) + b"\xA1" + word(EXE + 0x20) + b"\xC3")),
    "flat-moved": refused("alignments of 16, section elsewhere than in the file", "mapped as it is, it can't be elsewhere", lambda: Image(
        Section(b"", virtual_size=6, raw_size=6, rva=0x200, raw_offset=0x1C0), section_alignment=16, file_alignment=16,
        entry=0x1C0, header_size=0x1C0, image_size=0x400, tail=bytes(0x400)).build()),
    "align-different": refused("SectionAlignment 512, FileAlignment 256", "below a page both must be the same",
                               lambda: program(section_alignment=512, file_alignment=256)),
    "align-file-larger": refused("FileAlignment larger than SectionAlignment", "the file's can't be larger",
                                 lambda: program(section_alignment=PAGE, file_alignment=0x2000)),
    "align-file-16": refused("FileAlignment 16, SectionAlignment 4096", "the file's is a multiple of 512 or equal to the other",
                             lambda: program(file_alignment=16)),
    "align-3-pages": refused("SectionAlignment 3000h", "no power of two", lambda: program(section_alignment=0x3000)),
    "align-0": refused("alignments of 0", "no power of two", lambda: program(patches=[(0x40 + 56, word(0, 0))])),
    "align-64k": ok("SectionAlignment 64 KB", "there is room for it", lambda: program(section_alignment=0x10000)),
    "align-page": ok("both alignments are a page", "allowed", lambda: program(file_alignment=PAGE)),
    # Sections
    "no-sections": refused("no sections, page alignment", "goes only with smaller alignments", lambda: Image(image_size=PAGE * 2, entry=0).build()),
    "sections-97": ok("97 sections", "the limit of 96 went with Vista", lambda: many(97)),
    "sections-500": ok("500 sections", "the same", lambda: many(500)),
    "section-empty": refused("a section without virtual and raw size", "each takes at least a page",
                             lambda: two(Section(b"", BSS, virtual_size=0, raw_size=0))),
    "section-no-virtual": ok("VirtualSize 0", "SizeOfRawData counts then", lambda: Image(Section(RETURN_42, virtual_size=0)).build()),
    "section-overlap": refused("two sections at one place", "each must begin where the one before ended", lambda: two(Section(b"x", DATA, rva=PAGE), image_size=2 * PAGE)),
    "section-order": refused("sections in descending order", "the same", lambda: two(Section(b"x", DATA, rva=PAGE), image_size=3 * PAGE, entry=2 * PAGE,
                                                                                    patches=[(0x40 + 0xF8 + 12, word(2 * PAGE))])),
    "section-gap": refused("a page between two sections", "the same", lambda: two(Section(b"x", DATA, rva=3 * PAGE))),
    "section-bss-gap": ok("64 MB of reserved section between two", "no gap: nothing is in it, and nothing is charged for what can't be written", lambda: Image(
        Section(RETURN_42), Section(b"", 0x40000000, virtual_size=64 << 20), Section(b"x", DATA)).build()),
    "section-shuffled": ok("sections in another order in the file", "only the order in memory counts", lambda: Image(
        Section(RETURN_42, raw_offset=0x400, data_at=0x400), Section(b"x", DATA, raw_offset=0x200, data_at=0x200)).build()),
    "section-twice": ok("two sections with the same bytes of the file", "nothing forbids it", lambda: reader(
        EXE + 2 * PAGE, data=b"", raw_size=512, raw_offset=512, virtual_size=PAGE, value=0x0F)),
    "raw-larger": ok("SizeOfRawData larger than VirtualSize", "the rest is not mapped", lambda: Image(
        Section(RETURN_42.ljust(0x2000, b"x"), virtual_size=6), image_size=2 * PAGE).build()),
    "raw-huge": ok("SizeOfRawData FFFF0200h in the first of two sections", "VirtualSize limits it; only the last section must be in the file", lambda: Image(
        Section(RETURN_42, raw_size=0xFFFF0200, virtual_size=PAGE), Section(b"x", DATA)).build()),
    "raw-beyond": refused("the last section goes beyond the file", "the file is cut short", lambda: two(Section(b"x", DATA, raw_size=0x1000, virtual_size=PAGE))),
    "raw-odd-size": ok("SizeOfRawData 6", "whole sectors are read", lambda: Image(Section(RETURN_42, raw_size=6)).build()),
    "raw-odd-place": ok("PointerToRawData 3F0h", "is rounded down to 512 bytes", lambda: Image(Section(
        RETURN_42, raw_offset=0x3F0, data_at=0x200, raw_size=0x10)).build()),
    "raw-headers": ok("PointerToRawData 1F0h", "is rounded down to 0: the section begins with the headers", header_reader),
    "raw-at-0": ok("PointerToRawData 0 with a raw size", "such a section is zero", lambda: reader(
        EXE + 2 * PAGE, raw_size=512, raw_offset=0, virtual_size=PAGE)),
    "bss": ok("a section without bytes in the file, written and read", "zero, then what was written", lambda: Image(Section(STORE), Section(b"", BSS)).build()),
    "bss-pointer": ok("the same with a PointerToRawData beyond the file", "with raw size 0 it is not looked at", lambda: Image(
        Section(STORE), Section(b"", BSS, raw_offset=0x7FFFFF00)).build()),
    "shared": ok("a writable section that is shared", "all processes see the same page", lambda: Image(Section(STORE), Section(b"", BSS | 0x10000000)).build()),
    "write-code": dies("writes to a section that can only be read", 0xC0000005, "access violation", lambda: Image(Section(STORE), Section(b"", 0x40000000)).build()),
    "no-access": dies("reads a section that has no access flag", 0xC0000005, "access violation", lambda: reader(EXE + 2 * PAGE, data=b"x", flags=0x40)),
    "write-only": ok("a section with the write flag only", "what can be written can be read", lambda: Image(Section(STORE), Section(b"", 0x80000000)).build()),
    "code-in-data": ok("code in a section that is not executable", "without NX, or with DEP as programs have it by default, it runs", lambda: Image(Section(RETURN_42, DATA)).build()),
    "section-outside": refused("a section behind SizeOfImage", "it doesn't fit", lambda: two(Section(b"x", DATA), image_size=2 * PAGE)),
    "section-discardable": ok("a section of code that may be thrown away", "only drivers' are", lambda: Image(Section(RETURN_42, CODE | 0x02000000)).build()),
    "section-not-paged": ok("a section that asks not to be paged", "only drivers' are not", lambda: Image(Section(RETURN_42, CODE | 0x08000000)).build()),
    "sections-65535": refused("NumberOfSections FFFFh", "the table goes beyond the file", lambda: program(section_count=0xFFFF)),
    "section-name": ok("a section's name of 8 odd bytes", "names mean nothing", lambda: Image(Section(RETURN_42, name=b"\xFF%s\0\n\x1B/\\")).build()),
    # Headers
    "headers-1": ok("SizeOfHeaders 1", "the page of headers is there all the same", lambda: program(header_size=1)),
    "headers-0": refused("SizeOfHeaders 0", "the first section is not where the headers end", lambda: program(header_size=0)),
    "headers-all": refused("SizeOfHeaders as large as SizeOfImage", "nothing is left", lambda: program(header_size=2 * PAGE)),
    "headers-short": ok("SizeOfHeaders ends in the section table", "the table is read from the file", lambda: program(header_size=0x140)),
    "headers-late": ok("PE header behind all sections", "it is read from the file, and mapped with the first page", lambda: Image(
        Section(RETURN_42, raw_offset=0x200, data_at=0x200), lfanew=0x400, header_size=0x200).build()),
    "optional-0": ok("SizeOfOptionalHeader 0, no sections", "it only says where the section table is", lambda: flat(4, optional_size=0)),
    "optional-large": ok("SizeOfOptionalHeader 200h", "the same", lambda: program(optional_size=0x200)),
    "tiny-252": ok("252 bytes, PE header at byte 4", "the file must have room for the headers, no more", lambda: tiny(252)),
    "tiny-251": refused("251 bytes, PE header at byte 4", "one byte too short for the headers", lambda: tiny(251)),
    "lfanew-odd": refused("e_lfanew 42h", "is a multiple of 4", lambda: program(lfanew=0x42), status=DOS),
    "lfanew-beyond": refused("e_lfanew behind the end of the file", "so it is a DOS program", lambda: program(patches=[(0x3C, word(0x10000))]), status=DOS),
    "lfanew-negative": refused("e_lfanew negative", "the same", lambda: program(patches=[(0x3C, word(-4))]), status=DOS),
    "fields-full": ok("FFFFFFFFh wherever nobody looks", "nobody looks", lambda: program(dos=b"\xFF" * 58, checksum=-1 & 0xFFFFFFFF, directories=0xFFFFFFFF, dll_flags=0)),
    "directories-0": ok("NumberOfRvaAndSizes 0", "no directories", lambda: program(directories=0, dirs={IMPORT: (0x7FFFFFFF, 20)})),
    "directories-2": ok("NumberOfRvaAndSizes 2, a TLS directory that leads nowhere", "only as many as there are count",
                        lambda: program(directories=2, dirs={TLS: (0x7FFFFFF0, 24)})),
    "directories-1": dies("NumberOfRvaAndSizes 1, and imports", 0xC0000005, "they don't count: the address is still the RVA of a name",
                          lambda: caller([EXIT], directories=1)),
    "certificate": ok("a directory of certificates that leads behind the file", "only who verifies signatures reads it",
                      lambda: program(dirs={SECURITY: (0x7FFFFFF0, 0xFFFF)}, tail=b"certificate")),
    "debug": ok("a debug directory that leads nowhere", "only debuggers read it", lambda: program(dirs={DEBUG: (0x7FFFFFF0, 28)})),
    "configuration": ok("a load configuration of zeros", "every field means: as usual",
                        lambda: two(Section(bytes(0x48), DATA), dirs={CONFIG: (2 * PAGE, 0x40)})),
    "flags": ok("flags for removable media, networks, one processor, trimming", "hints at most", lambda: program(characteristics=EXECUTABLE | 0x4C1C)),
    "not-linked": refused("without IMAGE_FILE_EXECUTABLE_IMAGE", "the linker reported errors", lambda: program(characteristics=0x100)),
    "dll-flag": refused("a program with IMAGE_FILE_DLL", "a section can be made, a process can't", lambda: program(characteristics=EXECUTABLE | DLL), status=0),
    "machine-486": refused("Machine 14Dh (486)", "only 14Ch is taken", lambda: program(machine=0x14D)),
    "machine-0": refused("Machine 0", "the same", lambda: program(machine=0)),
    "machine-amd64": refused("Machine 8664h with a 32-bit header", "the same", lambda: program(machine=0x8664)),
    "pe32-plus": refused("a 64-bit header for the 386", "not for this system", lambda: program(magic=0x20B), 216, WIN64),
    "pe32-plus-amd64": refused("a 64-bit program", "not for this system", lambda: program(magic=0x20B, machine=0x8664), 216, WIN64),
    "magic-rom": refused("a ROM image (107h)", "no such header here", lambda: program(magic=0x107)),
    "no-mz": refused("does not begin with MZ", "no image", lambda: b"\0\0" + program()[2:], status=NOT_MZ),
    "zm": refused("begins with ZM", "only DOS knew that", lambda: b"ZM" + program()[2:], status=NOT_MZ),
    "dos": refused("MZ without a PE header", "a DOS program", lambda: old(b"\0\0\0\0"), status=DOS),
    "ne": refused("NE for an unknown system", "a 16-bit program", lambda: old(b"NE\0\0"), status=NE),
    "ne-windows": refused("NE for Windows 3", "a 16-bit program", lambda: old(b"NE\0\0", 2), status=WIN16),
    "le": refused("LE", "a driver of Windows 3", lambda: old(b"LE\0\0"), status=LE),
    "empty": refused("no bytes", "no file for a section", lambda: b"", status=0xC0000020),
    "text": refused("a text", "does not begin with MZ", lambda: b"This is no program.\r\n" * 10, status=NOT_MZ),
    "cut-optional": refused("ends in the optional header", "headers must be whole", lambda: cut(0x40 + 100)),
    "cut-header": refused("ends in the file header", "the same", lambda: cut(0x40 + 20)),
    "cut-table": refused("ends in the section table", "the same", lambda: cut(0x40 + 0xF8 + 20)),
    "cut-section": refused("ends in its section", "the last section must be whole", lambda: cut(0x200 + 3)),
    "appended": ok("bytes behind the last section", "nobody looks at them", lambda: program() + b"appended" * 100),
    # Place and size
    "base-odd": refused("ImageBase 401000h", "is a multiple of 64 KB", lambda: program(base=0x401000)),
    "base-0": refused("ImageBase 0", "not since Vista", lambda: program(base=0)),
    "base-kernel": ok("ImageBase FFFF0000h, no relocations needed", "it is put elsewhere", lambda: program(base=0xFFFF0000)),
    "base-kernel-relocated": ok("ImageBase 80000000h, with relocations", "it is relocated", lambda: Image(
        Section((b"\xA1" + word(0x80000000 + PAGE + 0x20) + b"\xC3").ljust(0x20, b"\xCC") + word(42) + word(PAGE, 10) + struct.pack("<H", 0x3001), CODE | DATA),
        base=0x80000000, dirs={RELOC: (PAGE + 0x24, 10)}).build()),
    "size-0": refused("SizeOfImage 0", "no image", lambda: program(image_size=0)),
    "size-short": refused("SizeOfImage smaller than its section", "the section is outside", lambda: program(image_size=PAGE)),
    "size-odd": ok("SizeOfImage 1001h", "is rounded up to a page", lambda: program(image_size=PAGE + 1)),
    "size-huge": refused("SizeOfImage FFFFF000h", "larger than the user's half", lambda: program(image_size=0xFFFFF000)),
    "stack-0": ok("SizeOfStackReserve and Commit 0", "at least a little is there", lambda: program(stack_reserve=0, stack_commit=0)),
    "stack-commit": ok("SizeOfStackCommit larger than Reserve", "the reserve becomes larger", lambda: program(stack_reserve=0x1000, stack_commit=0x20000)),
    "stack-huge": refused("SizeOfStackReserve 7FF00000h", "no room for it (8)", lambda: program(stack_reserve=0x7FF00000), 8, 0),
    # Entry point
    "heap-huge": dies("SizeOfHeapReserve 7FF00000h", 0xC0000017, "no room for the process heap", lambda: program(heap_reserve=0x7FF00000)),
    "heap-0": ok("SizeOfHeapReserve 0", "at least a little is there", lambda: program(heap_reserve=0)),
    "entry-0": ok("AddressOfEntryPoint 0", "the MZ is executed: dec ebp, pop edx", lambda: program(
        entry=0, dos=b"\x45\x52" + RETURN_42)),
    "entry-header": ok("entry point in the headers", "can be executed", lambda: program(entry=0x180, patches=[(0x180, RETURN_42)])),
    "entry-outside": dies("entry point behind the image", 0xC0000005, "access violation there", lambda: program(entry=0x500000)),
    "entry-negative": dies("entry point in front of the image", 0xC0000005, "the same", lambda: program(entry=-0x10000)),
    "entry-wrong": dies("int 3 at the entry point", 0x80000003, "breakpoint, nobody handles it", lambda: Image(Section(b"\xCC")).build()),
    # Subsystem
    "gui": ok("subsystem 2 (GUI)", "as good as a console", lambda: program(subsystem=2)),
    "native": refused("subsystem 1 (native)", "no program of Windows (129)", lambda: program(subsystem=1), 129, 0),
    "subsystem-0": refused("subsystem 0", "the same", lambda: program(subsystem=0), 129, 0),
    "version-3.9": refused("subsystem version 3.9", "older than 3.10", lambda: program(version=(3, 9)), status=0),
    "version-3.10": ok("subsystem version 3.10", "the oldest", lambda: program(version=(3, 10))),
    "version-6.1": ok("subsystem version 6.1", "Windows 7 itself", lambda: program(version=(6, 1))),
    "version-6.2": refused("subsystem version 6.2", "newer than Windows 7", lambda: program(version=(6, 2)), status=0),
    "checksum": ok("a wrong checksum", "only drivers need it", lambda: program(checksum=0x12345678)),
    "nx": ok("NX_COMPAT, DYNAMIC_BASE, NO_SEH", "nothing that matters here", lambda: program(dll_flags=0x540)),
    # Imports
    "imports": ok("nothing: ExitProcess by name", "so that the rest means something", lambda: caller([EXIT])),
    "imports-size-0": ok("import directory of size 0", "its size is not looked at", lambda: caller([EXIT], claimed=0)),
    "imports-size-huge": ok("import directory of size FFFFFFFFh", "the same", lambda: caller([EXIT], claimed=0xFFFFFFFF)),
    "imports-one-table": ok("OriginalFirstThunk 0", "the other table says it as well", lambda: caller([EXIT], int_too=False)),
    "imports-case": ok("KeRnEl32 without an extension", "case doesn't matter, .dll is added", lambda: caller([("KeRnEl32", ["ExitProcess"])])),
    "imports-read-only": ok("import addresses in a section that can't be written", "the loader makes it writable meanwhile", lambda: caller([EXIT], flags=CODE)),
    "imports-twice": ok("the same DLL twice", "each list is bound", lambda: caller([EXIT, ("KERNEL32.dll", ["Sleep"])])),
    "imports-table-low": ok("OriginalFirstThunk points into the headers", "it counts as none: an old linker's", lambda: caller([EXIT], table_at=4)),
    "imports-end": ok("the last descriptor has a table but no name", "either ends the list", lambda: caller([EXIT], end=word(0, 0, 0, 0, PAGE))),
    "imports-nothing": ok("nothing is wanted of a DLL that isn't there", "it is not even loaded", lambda: caller([EXIT, ("odd-absent.dll", [])])),
    "imports-unended": ok("the table of addresses has no zero at its end", "the other table counts", lambda: caller([EXIT], zero_ended=False)),
    "imports-own": ok("imports its own export by ordinal", "it is a module as any other", lambda: Image(Section((
        b"\xFF\x25" + word(EXE + PAGE + 0x128)).ljust(0x80, b"\xCC") + RETURN_42.ljust(0x80, b"\xCC") + imports(
            [("odd-imports-own.exe", [1])])[0].ljust(0x300, b"\0") + exports(PAGE + 0x400, {"own": PAGE + 0x80})[0], CODE | DATA),
        dirs={IMPORT: (PAGE + 0x100, 40), EXPORT: (PAGE + 0x400, 100)}).build()),
    "imports-no-dll": dies("needs a DLL that isn't there", 0xC0000135, "DLL not found", lambda: caller([EXIT, ("odd-absent.dll", ["f"])])),
    "imports-no-name": dies("needs a function that isn't there", 0xC0000139, "entry point not found", lambda: caller([("kernel32.dll", ["ExitProcess", "OddAbsent"])])),
    "imports-empty-name": dies("needs a function with an empty name", 0xC0000139, "entry point not found", lambda: caller([("kernel32.dll", ["ExitProcess", ""])])),
    "imports-no-ordinal": dies("needs an ordinal that isn't there", 0xC0000138, "ordinal not found", lambda: caller([("kernel32.dll", ["ExitProcess", 60000])])),
    "bound": ok("a directory of bound imports that is wrong", "a wrong time stamp: it is bound by name", lambda: Image(
        Section((b"\x6A\x2A\xFF\x15" + word(EXE + imports([EXIT])[1])).ljust(0x100, b"\xCC") + imports([EXIT])[0].ljust(0x200, b"\0") + word(0x12345678, 16, 0, 0) + b"kernel32.dll\0",
                CODE | DATA), dirs={IMPORT: (PAGE + 0x100, 40), BOUND: (PAGE + 0x300, 32)}).build()),
    "delay": ok("a directory of delayed imports that leads nowhere", "the loader doesn't read it", lambda: program(dirs={DELAY: (0x7FFFFFF0, 64)})),
    "resources-loop": ok("a resource directory that contains itself", "nobody walks it", resource_loop),
    # Thread-local storage
    "tls": ok("a callback that writes 42", "it runs before the entry point", lambda: tls(SET_42 + b"\xC2\x0C\x00", [0], entry=READ_310)),
    "tls-size-0": ok("TLS directory of size 0", "its size is not looked at", lambda: tls(SET_42 + b"\xC2\x0C\x00", [0], claimed=0, entry=READ_310)),
    "tls-cdecl": ok("a callback that leaves its arguments on the stack", "the loader puts the stack right", lambda: tls(SET_42 + b"\xC3", [0], entry=READ_310)),
    "tls-registers": ok("a callback that loses EBX, EDI and EBP", "the loader needs none of them", lambda: tls(
        SET_42 + b"\x31\xDB\x31\xFF\x31\xED\xC2\x0C\x00", [0], entry=READ_310)),
    "tls-raises": ok("a callback that raises an exception", "the rest of the list is left out, the program starts", lambda: tls(b"\x0F\x0B", [0])),
    "tls-grows": ok("a callback that puts another one into the list", "the list is read as it is by then", lambda: tls(
        MORE.ljust(0x40, b"\xCC") + SET_42 + b"\xC2\x0C\x00", [0], entry=READ_310)),
    "tls-nowhere": ok("a callback's address that is no memory", "an exception as any other", lambda: tls(b"\xC3", [0x70000000])),
    "tls-index": ok("the index is written over the entry point's code", "the loader writes wherever it lies", lambda: tls(
        b"\xC2\x0C\x00", [0], entry=b"\xB8" + word(0x55555555) + b"\x83\xC0\x2A\xC3", index=PAGE + 1)),
    "tls-zero": ok("a template with 64 KB of zeros behind it", "each thread gets them", lambda: tls(b"\xC2\x0C\x00", [0], zero_fill=0x10000)),
}

# The same of DLLs: what LoadLibrary gives, and `answer` then.
DLL_IMAGES = {
    "plain": ok("nothing", "so that the rest means something", library),
    "flat": ok("alignments of 512", "mapped as it is", lambda: Image(
        Section(b"", virtual_size=6, raw_size=6, rva=0x200, raw_offset=0x200), section_alignment=512, file_alignment=512, dll=True, image_size=0x600,
        header_size=0x200, dirs={EXPORT: (0x300, 0x80)}, patches=[(0x200, RETURN_42), (0x300, exports(0x300, {"answer": 0x200})[0])], tail=bytes(0x200)).build()),
    "no-entry": ok("AddressOfEntryPoint 0", "no DllMain, nothing to call", lambda: library(entry=0)),
    "entry-cdecl": ok("DllMain leaves its arguments on the stack", "the loader puts the stack right", lambda: library(extra=b"\xB8\x01\0\0\0\xC3", entry=PAGE + 0x100)),
    "entry-no": refused("DllMain gives FALSE", "initialisation failed", lambda: library(extra=b"\x31\xC0\xC2\x0C\x00", entry=PAGE + 0x100), 1114, 0),
    "entry-raises": refused("DllMain has an access violation", "its status becomes the error", lambda: library(extra=b"\xA1\0\0\0\0", entry=PAGE + 0x100), 998, 0),
    "entry-nowhere": refused("DllMain is no memory", "the same", lambda: library(entry=0x500000), 998, 0),
    "no-dll-flag": ok("without IMAGE_FILE_DLL", "loaded, not bound, its entry point not called", lambda: library(
        extra=b"\x0F\x0B", entry=PAGE + 0x100, characteristics=EXECUTABLE, dirs={IMPORT: (0x7FFFFF00, 40)})),
    "subsystem": ok("subsystem FFFFh, version 0.0", "of DLLs nobody asks", lambda: library(subsystem=0xFFFF, version=(0, 0))),
    "missing": refused("needs a DLL that isn't there", "module not found", lambda: library(
        extra=imports([("odd-absent.dll", ["f"])])[0], dirs={IMPORT: (PAGE + 0x100, 40)}), 126, 0),
    # Exports
    "export-size-0": ok("export directory of size 0", "its size only says what is a forwarder", lambda: library(claimed=0)),
    "export-forward": ok("`answer` forwards to `second`, which is code", "forwarders are followed", lambda: library(
        names=("second",), forward={"answer": "odd-export-forward.second"})),
    "export-chain": ok("`answer` forwards through ten more", "as many as there are", lambda: library(names=("z",), forward={
        "answer": "odd-export-chain.b0", **{f"b{i}": f"odd-export-chain.b{i + 1}" for i in range(9)}, "b9": "odd-export-chain.z"})),
    "export-forward-ordinal": ok("`answer` forwards to ordinal 2 of the same DLL", "forwarders may name a number", lambda: library(
        names=("second",), forward={"answer": "odd-export-forward-ordinal.#2"})),
    "export-forward-missing": refused("`answer` forwards to a DLL that isn't there", "it can't be had (127)", lambda: library(
        names=("second",), forward={"answer": "odd-absent.f"}), 127, 0),
    "export-forward-no-dot": refused("`answer` forwards to a name without a dot", "it can't be had (127)", lambda: library(
        names=("second",), forward={"answer": "second"}), 127, 0),
    "export-no-names": refused("NumberOfNames 0", "no name is there", lambda: patched(library(), 0x18, word(0)), 127, 0),
    "export-beyond": refused("a name whose number is behind the table of functions", "it can't be had (127)", lambda: patched(
        library(), 0x14, word(0)), 127, 0),
    "export-order": refused("names not in order", "the search misses it (127)", lambda: library(names=("zebra", "answer", "answer2"), misplaced=True), 127, 0),
    "export-long-name": ok("an export's name of 2,000 characters beside it", "names have no limit", lambda: library(names=("answer", "x" * 2000))),
    "export-empty-name": ok("an export with an empty name beside it", "a name as any other", lambda: library(names=("", "answer"))),
    # Relocations; the place that these want is taken
    "reloc": ok("nothing: type 3", "so that the rest means something", lambda: moved([0x3100], FIELD)),
    "reloc-high": ok("type 1, the upper half", "is added", lambda: moved([0x1102, 0], FIELD)),
    "reloc-low": ok("type 2, the lower half, beside type 3", "changes nothing: images lie at multiples of 64 KB", lambda: moved([0x2100, 0x3100], FIELD)),
    "reloc-high-adjusted": ok("type 4, with a second word", "the second word is left out", lambda: moved([0x4102, 0xF123], FIELD)),
    "reloc-mips": ok("type 5, a jump of another processor", "Windows 7 knows it", lambda: moved([0x5100, 0], word(TAKEN >> 2), jump_field(0x100))),
    "reloc-nothing": ok("types 0, 6 and 7 beside type 3", "fill up", lambda: moved([0x0100, 0x6100, 0x7100, 0x3100], FIELD)),
    "reloc-64": ok("type 10, 64 bits", "is added", lambda: moved([0xA100, 0], FIELD + word(0))),
    "reloc-8": refused("type 8", "no such type", lambda: moved([0x8100, 0], FIELD), 193, 0),
    "reloc-11": refused("type 11", "not since Windows 2000", lambda: moved([0xB100, 0], FIELD), 193, 0),
    "reloc-odd-block": ok("a block of 10 bytes, another one right behind", "blocks need no alignment", lambda: moved(
        [0x0100], FIELD, tail=word(PAGE, 10) + struct.pack("<H", 0x3100), size=10)),
    "reloc-empty-block": ok("a block of size 0 at the end, garbage behind it", "ends the list", lambda: moved([0x3100, 0], FIELD, tail=word(PAGE, 0, 0x77777777, 0x77777777))),
    "reloc-odd-page": ok("the block's page is 10FCh", "offsets count from there", lambda: moved([0x3004], FIELD, page=PAGE + 0xFC)),
    "reloc-size": ok("the directory's size ends inside its last block", "that block is used as a whole", lambda: moved([0x3100, 0], FIELD, claimed=9)),
    "reloc-beyond": refused("a word outside the image", "damaged",
                            lambda: moved([0x3100], FIELD, page=0x50000), 193, 0),
    "reloc-none": ok("no relocations, and none needed", "loaded elsewhere", lambda: library(base=TAKEN)),
    "reloc-stripped": refused("RELOCS_STRIPPED, and the place is taken", "can't be moved (487)", lambda: library(
        base=TAKEN, characteristics=EXECUTABLE | DLL | STRIPPED), 487, 0),
    "reloc-stripped-there": ok("RELOCS_STRIPPED, but there are some", "they are used", lambda: moved([0x3100], FIELD, characteristics=EXECUTABLE | DLL | STRIPPED)),
    "reloc-unused": ok("damaged relocations, the place is free", "not looked at", lambda: library(dirs={RELOC: (0x7FFFFF00, 999)})),
}

IMAGES = {**{f"odd-{name}.exe": row for name, row in EXE_IMAGES.items()}, **{f"odd-{name}.dll": row for name, row in DLL_IMAGES.items()}}
