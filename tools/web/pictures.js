/* pictures.js - RAM as frames, an address space as pages, a working set as a ring, the paging file as slots.
 *
 * Each picture has draw(view), called up to 60 times a second, and says what lies under the mouse.
 */
import { t } from "./text.js";
import { hex, kb, number, shortProtection } from "./words.js";
import { Cells, colour, ink, pixel, prepare, processColour } from "./draw.js";
import { PAGE, PTE } from "./guest.js";

const TICK_OF_AGE = 255;

/* The colours of frames that no process owns. */
export const USE_COLOURS = { SHARED: "#b9a06a", TABLE: "#e8e8e8", POOL: "#a8a8c8", STACK: "#888888", KERNEL: "#5a5a5a", BAD: "#7a2020" };

export class FramesPicture {
  constructor(canvas, pick) {
    this.cells = new Cells(canvas);
    this.mode = "owner";
    this.picked = -1;
    canvas.addEventListener("click", event => {
      const frame = this.cells.at(event);
      if (frame >= 0) pick(this.picked = frame);
    });
  }

  draw(guest) {
    const f = guest.frames(), { bytes, words } = guest, e = guest.layout.enums;
    this.cells.plan(f.count);
    const look = this.#colours(guest, e);
    const active = e.pfn_state.PFN_ACTIVE, isPrivate = e.pfn_use.PFN_USE_PRIVATE;
    for (let i = 0; i < f.count; i++) {
      const at = f.at(i), state = bytes[at + f.state], use = bytes[at + f.use];
      let mark = bytes[at + f.modified] ? 1 : 0;
      if (state === active && use === isPrivate) {
        const pte = words[(at + f.pte) >>> 2], pa = pte ? guest.physical(pte) : -1, word = pa < 0 ? 0 : words[pa >>> 2];
        mark = (word & PTE.D || mark ? 1 : 0) | (word & PTE.A ? 2 : 0);
      }
      this.cells.put(i, look(state, use, at, f), mark);
    }
    this.cells.show();
    if (this.picked >= 0) this.cells.outline(this.picked);
  }

  /* (state, use, physical address of the record, offsets) -> pixel */
  #colours(guest, e) {
    const { bytes, words } = guest, S = e.pfn_state, U = e.pfn_use, base = new Map();
    const idOffset = guest.layout.structs.space.fields.id[0];
    const owner = address => {
      let value = base.get(address);
      if (value === undefined) base.set(address, value = pixel(processColour(address ? guest.u32(address + idOffset) : 0)));
      return value;
    };
    const uses = { [U.PFN_USE_SHARED]: "SHARED", [U.PFN_USE_TABLE]: "TABLE", [U.PFN_USE_POOL]: "POOL",
                   [U.PFN_USE_STACK]: "STACK", [U.PFN_USE_KERNEL]: "KERNEL" };
    const usePixels = Object.fromEntries(Object.entries(uses).map(([n, name]) => [n, pixel(USE_COLOURS[name])]));
    const states = { [S.PFN_UNUSABLE]: pixel(ink("panel")), [S.PFN_FREE]: pixel(ink("empty")), [S.PFN_ZEROED]: pixel(ink("empty")),
                     [S.PFN_STANDBY]: pixel(colour("standby")), [S.PFN_MODIFIED]: pixel(colour("modified")), [S.PFN_BAD]: pixel(USE_COLOURS.BAD) };
    const plain = pixel(colour("demand-zero"));
    return (state, use, at, f) => {
      if (state !== S.PFN_ACTIVE) return states[state];
      if (this.mode === "age") return (0xff000000 | Math.max(40, TICK_OF_AGE - 16 * (bytes[at + f.age] & 15)) * 0x010101) >>> 0;
      if (this.mode === "state") return plain;
      return use === U.PFN_USE_PRIVATE ? owner(words[(at + f.owner) >>> 2]) : usePixels[use] ?? plain;
    };
  }
}

/* How a page of an address space looks. */
export function pageColour(guest, word) {
  const k = guest.layout.enums.pte_kind;
  switch (guest.kind(word)) {
  case k.PTE_VALID: return word & PTE.A ? colour("accessed") : colour("demand-zero");
  case k.PTE_TRANSITION: return colour("standby");
  case k.PTE_PAGEFILE: return colour("pagefile");
  case k.PTE_DEMAND_ZERO: return colour("copy-on-write");
  case k.PTE_PROTOTYPE: return colour("prototype");
  default: return ink("empty");
  }
}

const CELL = 6, TITLE = 16, SPACE_CELLS = 12000;

export class SpacePicture {
  constructor(canvas, pick) {
    this.canvas = canvas;
    this.rows = [];
    canvas.addEventListener("click", event => {
      const va = this.at(event);
      if (va !== null) pick(this.pid, va);
    });
  }

  draw(guest, space) {
    const regions = guest.regions(space), total = regions.reduce((sum, r) => sum + (r.end - r.start) / PAGE, 0);
    const per = Math.max(1, 2 ** Math.ceil(Math.log2(total / SPACE_CELLS)));
    const columns = Math.max(16, Math.floor((this.canvas.clientWidth - 4) / CELL));
    this.pid = space.id;
    this.per = per;
    this.columns = columns;
    this.rows = [];
    let y = 0;
    for (const region of regions) {
      const cells = Math.ceil((region.end - region.start) / PAGE / per), lines = Math.ceil(cells / columns);
      this.rows.push({ region, y, top: y + TITLE, bottom: y + TITLE + lines * CELL });
      y += TITLE + lines * CELL + 4;
    }
    const { context } = prepare(this.canvas, Math.max(40, y));
    for (const row of this.rows) this.#region(context, guest, space, row);
  }

  #region(context, guest, space, { region, y, top }) {
    const { per, columns } = this, pages = (region.end - region.start) / PAGE;
    context.fillStyle = ink("ink");
    context.font = "12px ui-monospace, monospace";
    context.fillText(`${hex(region.start)}-${hex(region.end - 1)} ${shortProtection(guest, region.prot)} ${kb(pages)} ` +
                     `${region.tag || t("region.private")}${per > 1 ? ` (${t("per", per)})` : ""}`, 0, y + 12);
    context.fillStyle = ink("empty");
    const cells = Math.ceil(pages / per);
    for (let line = 0; line * columns < cells; line++)
      context.fillRect(0, top + line * CELL, Math.min(columns, cells - line * columns) * CELL - 1, CELL - 1);
    guest.eachPage(space, region.start, region.end, (va, word) => {
      const cell = Math.floor((va - region.start) / PAGE / per);
      context.fillStyle = pageColour(guest, word);
      context.fillRect(cell % columns * CELL, top + Math.floor(cell / columns) * CELL, CELL - 1, CELL - 1);
      if (word & 1 && word & PTE.D) {
        context.fillStyle = "#000000";
        context.fillRect(cell % columns * CELL, top + Math.floor(cell / columns) * CELL + CELL - 3, 2, 2);
      }
    });
  }

  /* The address under the mouse, or null. */
  at(event) {
    const box = this.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const row = this.rows.find(r => y >= r.y && y < r.bottom);
    if (!row) return null;
    if (y < row.top) return row.region.start;
    const cell = Math.floor((y - row.top) / CELL) * this.columns + Math.min(this.columns - 1, Math.floor(x / CELL));
    const va = row.region.start + cell * this.per * PAGE;
    return va < row.region.end ? va : null;
  }
}

export class RingPicture {
  constructor(canvas, pick) {
    this.canvas = canvas;
    this.frames = [];
    canvas.addEventListener("click", event => {
      const frame = this.at(event);
      if (frame >= 0) pick(frame);
    });
  }

  draw(guest, space) {
    const side = Math.min(440, this.canvas.clientWidth), { context, width } = prepare(this.canvas, side);
    const frames = this.frames = guest.ring(space.set), f = guest.frames();
    const x = this.x = width / 2, y = this.y = side / 2, outer = this.outer = Math.max(side / 2 - 22, 1), inner = outer * .62;
    const step = 2 * Math.PI / Math.max(1, frames.length);
    frames.forEach((frame, i) => {
      const word = this.#word(guest, f, frame), from = i * step - Math.PI / 2, to = from + Math.max(step, .002) * (step > .02 ? .88 : 1);
      this.#part(context, x, y, inner, outer, from, to, word & PTE.A ? colour("accessed") : colour("idle"));
      if (word & PTE.D) this.#part(context, x, y, outer, outer + 7, from, to, colour("modified"));
    });
    this.#hand(context, x, y, inner, guest, space);
  }

  #word(guest, f, frame) {
    const pte = guest.words[(f.at(frame) + f.pte) >>> 2], pa = pte ? guest.physical(pte) : -1;
    return pa < 0 ? 0 : guest.words[pa >>> 2];
  }

  #part(context, x, y, inner, outer, from, to, style) {
    context.fillStyle = style;
    context.beginPath();
    context.arc(x, y, outer, from, to);
    context.arc(x, y, inner, to, from, true);
    context.fill();
  }

  #hand(context, x, y, inner, guest, space) {
    context.strokeStyle = context.fillStyle = ink("ink");
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(x, y - 40);
    context.lineTo(x, y - inner + 4);
    context.lineTo(x - 6, y - inner + 14);
    context.moveTo(x, y - inner + 4);
    context.lineTo(x + 6, y - inner + 14);
    context.stroke();
    context.textAlign = "center";
    context.font = "13px system-ui, sans-serif";
    const lines = [space.name, t("ring.count", number(this.frames.length)), t("ring.policy", guest.policy(space.set.policy)),
                   t("ring.evicted", number(space.set.evictions))];
    lines.forEach((line, i) => context.fillText(line, x, y - 14 + i * 18));
    context.textAlign = "start";
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect(), dx = event.clientX - box.left - this.x, dy = event.clientY - box.top - this.y;
    const far = Math.hypot(dx, dy);
    if (!this.frames.length || far < this.outer * .62 || far > this.outer + 8) return -1;
    const turn = (Math.atan2(dy, dx) / (2 * Math.PI) + 1.25) % 1;
    return this.frames[Math.min(this.frames.length - 1, Math.floor(turn * this.frames.length))];
  }
}

export class SlotsPicture {
  constructor(canvas, pick) {
    this.cells = new Cells(canvas);
    this.owners = new Map();
    canvas.addEventListener("click", event => {
      const slot = this.cells.at(event), owner = this.owners.get(slot);
      if (owner?.space) pick(owner.space.id, owner.va);
    });
  }

  draw(guest, owners) {
    const { slots } = guest.variable("pagefile_counters");
    this.owners = owners.slots;
    this.cells.plan(slots + 1, 320);
    const empty = pixel(ink("empty")), kept = pixel(colour("standby"));
    for (let slot = 0; slot <= slots; slot++) {
      const owner = owners.slots.get(slot);
      this.cells.put(slot, !slot ? pixel(ink("panel")) : !guest.slotIsUsed(slot) ? empty :
                           owner?.space ? pixel(processColour(owner.space.id)) : owner ? pixel(USE_COLOURS.SHARED) : kept);
    }
    this.cells.show();
  }
}
