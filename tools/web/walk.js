/* walk.js - the way from an address to a byte of RAM, every word and every bit of it explained; and the record of
 * a frame.  Plain elements, not a canvas: it is read, also by screen readers. */
import { t } from "./text.js";
import { PAGE, PTE } from "./guest.js";
import { bitsOf, hex, kb, kindName, number, protection } from "./words.js";
import { el } from "./draw.js";

/* A word as a row of fields, with a sentence for each. */
function wordTable(guest, word, level) {
  const table = el("table", { class: "bits" });
  for (const [[high, low = high], name, value, sentence] of bitsOf(guest, word, level))
    table.append(el("tr", { class: value === 0 || value === "0" ? "off" : "" },
                    el("td", {}, high === low ? String(high) : `${high}-${low}`), el("th", { scope: "row" }, name),
                    el("td", {}, String(value)), el("td", {}, sentence)));
  return table;
}

const strip = word => (word >>> 0).toString(2).padStart(32, "0").replace(/(.{4})(?=.)/g, "$1 ");

function step(title, ...children) {
  return el("section", { class: "step" }, el("h4", {}, title), ...children);
}

/* What part of the map of the 4 GB this is, and the region. */
function placeOf(guest, space, va) {
  const region = guest.regions(space).find(r => va >= r.start && va < r.end);
  if (region) return { region, text: t("place.region", hex(region.start), hex(region.end - 1), region.tag || t("region.private"),
                                       protection(guest, region.prot), kb((region.end - region.start) / PAGE)) };
  const key = va < 0x10000 ? "null" : va >= 0xc0000000 && va < 0xc0400000 ? "tables" : va >= 0x80000000 ? "kernel"
            : va >= 0x7fff0000 ? "fence" : "free";
  return { region: null, text: t("place." + key) };
}

export class WalkView {
  /* actions: {frame(number), who(pa), address(pid, va), fault(i)} */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.pid = 0;
    this.va = 0x410000;
  }

  /* Draws again only when something has changed. */
  draw(guest, space, faults) {
    const w = guest.walkWords(space.dir, this.va), place = placeOf(guest, space, this.va);
    const key = [this.va, space.at, w.pde, w.pte, place.text, faults.count && faults.ofPage(space.id, this.va).join()].join();
    if (key === this.key) return;
    this.key = key;
    this.root.replaceChildren(...this.#steps(guest, space, w, place, faults));
  }

  #steps(guest, space, w, place, faults) {
    const va = this.va, index = [va >>> 22, va >>> 12 & 1023, va & 4095];
    const parts = [
      step(t("walk.split", hex(va)), el("p", { class: "mono" }, `${index[0].toString(2).padStart(10, "0")} ${index[1].toString(2).padStart(10, "0")} ` +
           index[2].toString(2).padStart(12, "0")), el("p", {}, t("walk.indices", index[0], index[1], hex(index[2], 3))), el("p", {}, place.text)),
      step(t("walk.cr3", hex(space.dir, 5)), el("p", {}, t("walk.pde", index[0], hex(space.dir * PAGE + index[0] * 4), hex(w.pde))),
           el("p", { class: "mono" }, strip(w.pde)), wordTable(guest, w.pde, "pde")),
    ];
    if (w.at >= 0)
      parts.push(step(t("walk.pte", index[1], hex(w.at), hex(w.pte)), el("p", { class: "mono" }, strip(w.pte)), wordTable(guest, w.pte, "pte"),
                      el("p", {}, el("button", { type: "button", id: "who", onclick: () => this.actions.who(w.at, va) }, t("who")))));
    parts.push(this.#end(guest, w, place, va), this.#past(space, faults));
    return parts;
  }

  #end(guest, w, place, va) {
    const present = w.large || w.pte & PTE.P, frame = w.pte >>> 12;
    if (present)
      return step(t("walk.physical", hex(va), hex(((w.pte & ~(PAGE - 1)) >>> 0) + (va & (PAGE - 1)))),
                  el("button", { type: "button", onclick: () => this.actions.frame(frame) }, t("frame.link", hex(frame, 5))));
    const kind = w.at < 0 ? "EMPTY" : kindName(guest, w.pte);
    const parts = [el("p", {}, place.region || kind !== "EMPTY" ? t("end." + kind) : t("end.refused"))];
    if (kind === "TRANSITION")
      parts.push(el("button", { type: "button", onclick: () => this.actions.frame(frame) }, t("frame.link", hex(frame, 5))));
    return step(t("walk.fault"), ...parts);
  }

  #past(space, faults) {
    const list = el("ul");
    for (const i of faults.ofPage(space.id, this.va))
      list.append(el("li", {}, el("button", { class: "link", type: "button", onclick: () => this.actions.fault(i) },
        t(faults.pid[i] === space.id && faults.va[i] >>> 12 === this.va >>> 12 ? "past.fault" : "past.victim", number(faults.n[i]), faults.kindOf(i)))));
    return step(t("past"), list.children.length ? list : el("p", {}, t("past.none")));
  }
}

const HOVER_MAPS = 4, KERNEL = 0; /* the kernel's address space has this number */
const useName = (guest, use) => Object.entries(guest.layout.enums.pfn_use).find(([, v]) => v === use)?.[0].replace("PFN_USE_", "") ?? "?";

/* A frame in one sentence (for the mouse) or as a table (when picked); maps: who maps it, if that is to be said. */
export function frameInWords(guest, number_, maps = []) {
  const p = guest.frame(number_);
  if (!p) return "";
  const state = guest.layout.texts.states[p.state], parts = [t("frame", hex(number_, 5)), state];
  if (p.state >= guest.layout.enums.pfn_state.PFN_STANDBY) parts.push(t("use." + useName(guest, p.use)));
  if (useName(guest, p.use) === "PRIVATE" && p.owner)
    parts.push(t("page.of", hex(p.va), guest.string(guest.field("space", p.owner, "name"), 24), guest.u32(guest.field("space", p.owner, "id"))));
  if (useName(guest, p.use) === "SHARED" && p.section)
    parts.push(t("section.of", hex(p.va, 1), guest.string(guest.field("section", p.owner, "name"), 24)));
  if (maps.length && useName(guest, p.use) === "SHARED") parts.push(t("mapped.by", maps.slice(0, HOVER_MAPS).map(({ space, va }) => `${space.name} (${space.id}) ${hex(va)}`).join(", ") +
                                             (maps.length > HOVER_MAPS ? ", ..." : "")));
  if (p.word & 1) parts.push(t(p.word & PTE.A ? "accessed" : "unaccessed"), t(p.word & PTE.D || p.modified ? "dirty" : "clean"));
  return parts.join(", ");
}

export function frameTable(guest, number_, faults, actions) {
  const p = guest.frame(number_), filled = faults.filled(number_);
  if (!p) return el("p", {}, "");
  const address = (pid, va) => el("button", { class: "link", type: "button", onclick: () => actions.address(pid, va) }, hex(va));
  const maps = (guest.owners().maps.get(number_) || []).slice(0, 12);
  const rows = [
    ["frame.state", guest.layout.texts.states[p.state]], ["frame.use", t("use." + useName(guest, p.use))],
    ["frame.address", hex(number_ * PAGE)],
    ["frame.shares", `${p.shares}, ${p.locks}`], ["frame.slot", p.slot || "-"], ["frame.age", `${p.age}, ${p.mark}`],
    ["frame.content", [p.modified && t("dirty"), p.file && t("from.file"), p.written && t("was.written")].filter(Boolean).join(", ") || "-"],
  ].map(([key, value]) => el("tr", {}, el("th", { scope: "row" }, t(key)), el("td", {}, String(value))));
  rows.push(el("tr", {}, el("th", { scope: "row" }, t("frame.pte")), p.pte ? el("td", {}, address(KERNEL, p.pte), ` = ${hex(p.word)}`) : el("td", {}, "-")));
  const mapped = el("td");
  maps.forEach(({ space, va }) => mapped.append(`${space.name} (${space.id}) `, address(space.id, va), " "));
  rows.push(el("tr", {}, el("th", { scope: "row" }, t("frame.maps")), maps.length ? mapped : el("td", {}, t("nobody"))));
  const since = el("td", {}, filled < 0 ? t("past.none") : el("button", { class: "link", type: "button", onclick: () => actions.fault(filled) },
    t("since", number(faults.n[filled]), faults.kindOf(filled), number(faults.last - faults.n[filled]))));
  rows.push(el("tr", {}, el("th", { scope: "row" }, t("frame.since")), since));
  return el("div", {}, el("h4", {}, frameInWords(guest, number_)), el("table", { class: "record" }, el("tbody", {}, ...rows)));
}
