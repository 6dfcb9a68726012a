/* trace.js - page faults, as many as there are, in columns; from the lines of a trace (docs/trace.md).
 *
 * Used by the live page and by the page that `tools/trace page` makes.
 */

export const VERSION = 1;
export const ACCESSES = ["read", "write", "execute"];
export const HARD = ["pagefile", "file"]; /* had to read */
export const SOFT = ["demand-zero", "transition", "prototype", "copy-on-write", "upgrade", "stack-growth"];
const NUMBERS = ["n", "t", "pid", "tid", "frame"], ADDRESSES = ["va", "pc", "pte_before", "pte_after"];
const COLUMNS = {
  n: Float64Array, t: Float64Array, pid: Uint32Array, tid: Uint32Array, program: Uint16Array, kind: Uint8Array,
  access: Uint8Array, user: Uint8Array, present: Uint8Array, va: Uint32Array, pc: Uint32Array, before: Uint32Array,
  after: Uint32Array, frame: Uint32Array, policy: Uint8Array, flags: Uint8Array, victim: Uint32Array,
  victimPid: Uint32Array, victimSlot: Uint32Array,
};
export const TAKEN = 1, VICTIM_SECTION = 2, VICTIM_DIRTY = 4;
const ROOM = 4096, MOST_FAULTS = 1 << 19; /* beyond that the older half is forgotten */

/* Why a parsed line is no fault, or null. */
export function badLine(r) {
  if (typeof r !== "object" || r === null || Array.isArray(r)) return "it is no object";
  if (r.v !== VERSION) return `its version is ${JSON.stringify(r.v)}, and this page knows version ${VERSION}`;
  for (const field of [...NUMBERS, ...ADDRESSES, "image", "access", "mode", "kind", "policy"])
    if (!(field in r)) return `the field "${field}" is missing`;
  for (const field of NUMBERS)
    if (!Number.isInteger(r[field]) || r[field] < 0) return `the field "${field}" is no number`;
  for (const field of ADDRESSES)
    if (!/^0x[0-9a-f]{1,8}$/i.test(r[field])) return `the field "${field}" is no address`;
  if (r.frame > 0xfffff) return `a frame ${r.frame} can't exist in 4 GB`;
  return null;
}

export class Faults {
  constructor() {
    this.count = 0;
    this.programs = []; /* {pid, image} */
    this.kinds = [];
    this.policies = [];
    this.reasons = new Map(); /* number of a fault -> {reason, status} */
    this.byKind = new Map();
    this.room(ROOM);
  }

  room(size) {
    for (const [name, Type] of Object.entries(COLUMNS)) {
      const old = this[name];
      this[name] = new Type(size);
      if (old) this[name].set(old);
    }
    this.size = size;
  }

  #index(list, value, same = x => x === value) {
    const at = list.findIndex(same);
    return at >= 0 ? at : list.push(value) - 1;
  }

  /* => badLine(record) is null */
  add(r) {
    if (this.count === this.size) this.size < MOST_FAULTS ? this.room(this.size * 2) : this.forget();
    const i = this.count++, v = r.victim;
    this.n[i] = r.n;
    this.t[i] = r.t;
    this.pid[i] = r.pid;
    this.tid[i] = r.tid;
    this.program[i] = this.#index(this.programs, { pid: r.pid, image: r.image }, p => p.pid === r.pid && p.image === r.image);
    this.kind[i] = this.#index(this.kinds, r.kind);
    this.policy[i] = this.#index(this.policies, r.policy);
    this.access[i] = Math.max(0, ACCESSES.indexOf(r.access));
    this.user[i] = r.mode === "user" ? 1 : 0;
    this.present[i] = r.present ? 1 : 0;
    this.va[i] = Number(r.va);
    this.pc[i] = Number(r.pc);
    this.before[i] = Number(r.pte_before);
    this.after[i] = Number(r.pte_after);
    this.frame[i] = r.frame;
    this.flags[i] = v ? TAKEN | (v.section ? VICTIM_SECTION : 0) | (v.dirty ? VICTIM_DIRTY : 0) : 0;
    this.victim[i] = v ? Number(v.va) : 0;
    this.victimPid[i] = v ? v.pid : 0;
    this.victimSlot[i] = v ? v.slot : 0;
    if (r.reason) this.reasons.set(r.n, { reason: r.reason, status: r.status });
    this.byKind.set(r.kind, (this.byKind.get(r.kind) || 0) + 1);
  }

  forget() {
    const half = this.count >> 1;
    for (const name of Object.keys(COLUMNS)) this[name].copyWithin(0, half, this.count);
    this.count -= half;
  }

  /* Time was turned back: what came after fault `number` did not happen. */
  cut(number) {
    while (this.count && this.n[this.count - 1] > number) {
      const kind = this.kinds[this.kind[--this.count]];
      this.byKind.set(kind, this.byKind.get(kind) - 1);
      this.reasons.delete(this.n[this.count]);
    }
  }

  /* The place of fault `number`, or -1.  They are numbered without gaps. */
  at(number) {
    const i = number - this.n[0];
    return this.count && i >= 0 && i < this.count ? i : -1;
  }

  get last() {
    return this.count ? this.n[this.count - 1] : 0;
  }

  kindOf(i) {
    return this.kinds[this.kind[i]];
  }

  /* The last fault at or before place `i` that put a page into `frame`, or -1. */
  filled(frame, i = this.count - 1) {
    for (; i >= 0; i--) if (this.frame[i] === frame) return i;
    return -1;
  }

  /* Places of the faults that touched this page or took its frame away, newest first. */
  ofPage(pid, va, i = this.count - 1, most = 8) {
    const page = va >>> 12, found = [];
    for (; i >= 0 && found.length < most; i--)
      if ((this.pid[i] === pid && this.va[i] >>> 12 === page) ||
          (this.flags[i] & TAKEN && !(this.flags[i] & VICTIM_SECTION) && this.victimPid[i] === pid && this.victim[i] >>> 12 === page))
        found.push(i);
    return found;
  }
}

/* A recorded trace as Faults; throws an Error with one sentence.  Half a line at the end is left out: `warning` says so. */
export function parseTrace(text, name) {
  const faults = new Faults(), lines = text.split("\n");
  lines.forEach((line, i) => {
    if (!line.trim()) return;
    let record;
    try {
      record = JSON.parse(line);
    } catch {
      if (i < lines.length - 1) throw new Error(`${name}, line ${i + 1} is no JSON.`);
      faults.warning = `${name} ends in the middle of line ${i + 1}; what comes before it is used.`;
      return;
    }
    if (record && record.v === VERSION && "set" in record) return;
    const why = badLine(record);
    if (why) throw new Error(`${name}, line ${i + 1} is no fault of Pagoda: ${why}.`);
    faults.add(record);
  });
  if (!faults.count) throw new Error(`${name} has no faults in it: was the run started with TRACE=FILE?`);
  return faults;
}

/* The text of a trace's file, which may be packed. */
export async function textOf(blob) {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (head[0] !== 0x1f || head[1] !== 0x8b) return blob.text();
  return new Response(blob.stream().pipeThrough(new DecompressionStream("gzip"))).text().catch(() => {
    throw new Error(`${blob.name || "The file"} is packed, but cut short or damaged: it can't be unpacked.`);
  });
}
