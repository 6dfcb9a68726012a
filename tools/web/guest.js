/* guest.js - reads the kernel's own structures in the memory of the machine.
 *
 * Where they lie comes from layout.json, which layout.py takes from the kernel's debugging information.  Nothing
 * here asks the kernel: what the page shows is a second witness beside the monitor and the trace.
 */

export const PAGE = 4096;
export const TABLE_SPAN = 1 << 22;
export const PTE = { P: 1, W: 2, U: 4, PWT: 8, PCD: 16, A: 32, D: 64, LARGE: 128, G: 256 };
const NOTHING = 0xffffffff;
const MOST_LINKS = 100000; /* links that a list may have before we call it broken */

export class Guest {
  /* memory: () => {buffer, offset, length} of the machine's RAM */
  constructor(layout, memory) {
    this.layout = layout;
    this.memory = memory;
    this.v = layout.variables;
    this.pfnFields = layout.structs.pfn.fields;
  }

  /* The views of RAM.  The emulator's memory can grow, and then it is another buffer. */
  look() {
    const { buffer, offset, length } = this.memory();
    if (this.buffer !== buffer) {
      this.buffer = buffer;
      this.bytes = new Uint8Array(buffer, offset, length);
      this.words = new Uint32Array(buffer, offset, length >> 2);
    }
    return this;
  }

  /* Has the kernel set up its frame database yet? */
  get up() {
    this.look();
    return this.direct !== undefined && this.u32(this.v.pfn_limit) > 0 && this.u32(this.v.pfn_database) !== 0;
  }

  /* Where the direct map begins: the kernel says so itself, in a variable that lies in it. */
  get direct() {
    if (!this.known) {
      const base = this.v.machine_direct & 0xc0000000;
      const value = this.words[(this.v.machine_direct - (base >>> 0)) >>> 2];
      if (value === base >>> 0) this.known = value;
    }
    return this.known;
  }

  /* The physical address of one of the kernel's own, or -1. */
  physical(va) {
    const { direct } = this, below = (va >>>= 0) - direct;
    if (direct === undefined) return -1;
    if (below >= 0 && below < this.bytes.length) return below;
    const { pte } = this.walkWords(this.u32(this.field("space", this.v.space_kernel, "dir")), va);
    return pte & PTE.P ? ((pte & ~(PAGE - 1)) >>> 0) + (va & (PAGE - 1)) : -1;
  }

  u32(va) {
    const at = this.physical(va);
    return at < 0 ? 0 : this.words[at >>> 2] || 0;
  }

  string(va, most = 80) {
    let text = "";
    for (let i = 0; i < most; i++) {
      const at = this.physical(va + i), byte = at < 0 ? 0 : this.bytes[at];
      if (!byte) break;
      text += byte < 32 || byte > 126 ? "?" : String.fromCharCode(byte);
    }
    return text;
  }

  field(struct, va, name) {
    return va + this.layout.structs[struct].fields[name][0];
  }

  /* A structure as an object: numbers, texts, arrays of numbers, and the addresses of structures inside. */
  read(struct, va) {
    const out = { at: va };
    for (const [name, [offset, size, count]] of Object.entries(this.layout.structs[struct].fields))
      out[name] = this.#value(va + offset, size, count);
    return out;
  }

  #value(va, size, count) {
    if (count > 1 && size === 1) return this.string(va, count);
    if (count > 1) return Array.from({ length: count }, (_, i) => this.u32(va + 4 * i));
    if (size === 4) return this.u32(va);
    const at = this.physical(va);
    if (size === 1) return at < 0 ? 0 : this.bytes[at];
    if (size === 2) return at < 0 ? 0 : this.bytes[at] | this.bytes[at + 1] << 8;
    return va;
  }

  variable(struct, name = struct) {
    return this.read(struct, this.v[name]);
  }

  array(name, count) {
    return Array.from({ length: count }, (_, i) => this.u32(this.v[name] + 4 * i));
  }

  /* --- Counts --- */

  counts() {
    const { enums } = this.layout, state = this.array("pfn_count", enums.pfn_state.PFN_STATES);
    const use = this.array("pfn_uses", enums.pfn_use.PFN_USES);
    const kind = this.array("fault_kind_count", enums.fault_kind.FAULT_KINDS);
    return { state, use, kind, faults: this.u32(this.v.fault_count), limit: this.u32(this.v.pfn_limit),
             pagefile: this.variable("pagefile_counters"), commit: this.variable("commit_counters") };
  }

  /* The same counted by hand: every record of the frame database.  The kernel's own counters must agree. */
  recount() {
    const { enums } = this.layout, f = this.frames();
    const state = new Array(enums.pfn_state.PFN_STATES).fill(0), use = new Array(enums.pfn_use.PFN_USES).fill(0);
    for (let i = 0; i < f.count; i++) {
      const at = f.at(i), s = this.bytes[at + f.state];
      state[s]++;
      if (s === enums.pfn_state.PFN_ACTIVE) use[this.bytes[at + f.use]]++;
    }
    return { state, use };
  }

  /* --- Frames --- */

  /* Where the records lie, for loops that have no time: how many, the physical address of one, offsets.  The record of
     a frame that was never used says nothing yet; the kernel has one that speaks for all of them. */
  frames() {
    const size = this.layout.structs.pfn.size, base = this.physical(this.u32(this.v.pfn_database));
    const [low, lowEnd, high, highEnd] = this.array("pfn_fresh", 4), never = this.physical(this.v.pfn_never_used);
    const f = { count: this.u32(this.v.pfn_limit),
                at: i => i >= low && i < lowEnd || i >= high && i < highEnd ? never : base + i * size };
    for (const [name, [offset]] of Object.entries(this.pfnFields)) f[name] = offset;
    return f;
  }

  frame(number) {
    if (number >= this.u32(this.v.pfn_limit)) return null;
    const record = this.read("pfn", this.frames().at(number) + this.direct);
    return { ...record, number, word: record.pte ? this.u32(record.pte) : 0 };
  }

  /* --- Address spaces --- */

  spaces() {
    const found = [];
    for (let at = this.v.space_kernel; at && found.length < 512; at = this.u32(this.field("space", at, "next")))
      found.push(this.space(at));
    return found;
  }

  space(at) {
    const space = this.read("space", at);
    return { ...space, kernel: at === this.v.space_kernel, set: this.read("working_set", space.ws),
             count: this.read("space_counters", space.counters) };
  }

  policy(at) {
    return at ? this.string(this.u32(this.field("replace_policy", at, "name"))) : "";
  }

  /* The regions in the order of their addresses. */
  regions(space) {
    const tree = this.read("vad_tree", space.regions), stack = [], found = [];
    let node = tree.root;
    while ((node || stack.length) && found.length < MOST_LINKS) {
      for (; node && stack.length < 64; node = this.u32(this.field("vad", node, "left"))) stack.push(node);
      const vad = this.read("vad", stack.pop());
      found.push(vad);
      node = vad.right;
    }
    return found;
  }

  walkWords(directory, va) {
    const pde = this.words[(directory * PAGE >>> 2) + (va >>> 22)];
    if (!(pde & PTE.P)) return { pde, pte: 0, at: -1 };
    if (pde & PTE.LARGE)
      return { pde, large: true, at: -1, pte: (((pde & ~(TABLE_SPAN - 1)) | (va & (TABLE_SPAN - 1) & ~(PAGE - 1)) |
                                                (pde & 0x17f)) >>> 0) };
    const at = ((pde & ~(PAGE - 1)) >>> 0) + (va >>> 12 & 1023) * 4;
    return { pde, at, pte: this.words[at >>> 2] };
  }

  /* The PTEs of [start, end): each(va, word) for those that are not zero. */
  eachPage(space, start, end, each) {
    for (let va = start; va < end;) {
      const pde = this.words[(space.dir * PAGE >>> 2) + (va >>> 22)], next = Math.min(end, va - va % TABLE_SPAN + TABLE_SPAN);
      if ((pde & (PTE.P | PTE.LARGE)) === PTE.P) {
        const table = ((pde & ~(PAGE - 1)) >>> 0) >>> 2;
        for (; va < next; va += PAGE) {
          const word = this.words[table + (va >>> 12 & 1023)];
          if (word) each(va, word);
        }
      }
      va = next;
    }
  }

  kind(word) {
    const { enums, constants: c } = this.layout;
    return word & PTE.P ? enums.pte_kind.PTE_VALID : word >>> c.PTE_KIND_SHIFT & c.PTE_KIND_MASK;
  }

  protection(word) {
    const c = this.layout.constants;
    return word & PTE.P ? word >>> c.PTE_VALID_PROT_SHIFT & c.PROT_BASE : word >>> c.PTE_PROT_SHIFT & c.PTE_PROT_MASK;
  }

  /* Of a page that a section describes: the master word, or 0. */
  master(section, index) {
    const dir = this.u32(this.field("section", section, "dir"));
    return this.walkWords(dir, index * PAGE).pte;
  }

  /* --- Working sets and slots --- */

  /* The frames of a working set, from the hand on. */
  ring(set) {
    const frames = [], f = this.frames();
    for (let at = set.hand; at !== NOTHING && frames.length < set.count; ) {
      if (at >= f.count) break;
      frames.push(at);
      at = this.words[(f.at(at) + f.next) >>> 2];
    }
    return frames;
  }

  /* A bit for each slot. */
  slotIsUsed(slot) {
    const map = this.slotMap ??= this.physical(this.u32(this.v.pagefile_bitmap));
    return this.words[(map >>> 2) + (slot >>> 5)] >>> (slot & 31) & 1;
  }

  /* Who maps a frame, and who keeps a page in which slot: one pass over all page tables.
   * => {maps: Map frame -> [{space, va}], slots: Map slot -> {space, va}} */
  owners() {
    const maps = new Map(), slots = new Map(), kinds = this.layout.enums.pte_kind;
    for (const space of this.spaces()) {
      for (const vad of this.regions(space))
        this.eachPage(space, vad.start, vad.end, (va, word) => {
          const kind = this.kind(word), number = word >>> 12;
          if (kind === kinds.PTE_VALID) {
            const list = maps.get(number);
            if (list) list.push({ space, va });
            else maps.set(number, [{ space, va }]);
          } else if (kind === kinds.PTE_PAGEFILE) slots.set(number, { space, va });
        });
    }
    for (const section of this.sections())
      this.eachPage(section, 0, section.pages * PAGE, (offset, word) => {
        if (this.kind(word) === kinds.PTE_PAGEFILE) slots.set(word >>> 12, { section, va: offset });
      });
    return { maps, slots };
  }

  sections() {
    const found = [];
    for (let at = this.u32(this.v.section_all); at && found.length < 4096;) {
      const section = this.read("section", at);
      found.push(section);
      at = section.next;
    }
    return found;
  }
}
