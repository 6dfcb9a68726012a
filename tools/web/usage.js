/* usage.js - memory in tables: an address space by type (as VMMap shows it), RAM by use and list, by process and page
 * by page (as RAMMap does), and two snapshots with their difference. */
import { known, t } from "./text.js";
import { PAGE } from "./guest.js";
import { TAKEN, VICTIM_SECTION } from "./trace.js";
import { addressLink } from "./viewer.js";
import { hex, kb, number, programName, shortProtection } from "./words.js";
import { colour, el, ink, pixel } from "./draw.js";

const HEAP_SIGNATURE = "HEAP_SIGNATURE";
const heaps = new WeakMap(); /* guest -> regions that were seen to begin with a heap's signature */
const TSC_PER_MS = 1e6;
const USER_TOP = 0x7fff0000, UNIT = 0x10000;
export const TYPES = ["image", "file", "shareable", "heap", "stack", "private", "tables", "unusable", "free"];
const TYPE_COLOURS = { image: "prototype", file: "file", shareable: "copy-on-write", heap: "pagefile", stack: "modified",
                       private: "demand-zero", tables: "other", unusable: "idle" };
const USAGE = ["size", "committed", "private", "ram", "privateRam", "shareable", "shared", "locked", "blocks", "largest"];

function typeOf(guest, space, vad) {
  const e = guest.layout.enums.vad_type, c = guest.layout.constants;
  if (vad.type === e.VAD_IMAGE) return "image";
  if (vad.type === e.VAD_VIEW) return vad.section && guest.read("section", vad.section).of_file ? "file" : "shareable";
  if (vad.flags & c.VAD_STACK) return "stack";
  return !vad.tag && beginsWithHeap(guest, space, vad) ? "heap" : "private";
}

function beginsWithHeap(guest, space, vad) {
  const { pte } = guest.walkWords(space.dir, vad.start), signature = guest.layout.constants[HEAP_SIGNATURE];
  const known = heaps.get(guest) || new Set(), key = `${space.id} ${vad.start} ${vad.end}`;
  heaps.set(guest, known);
  /* A heap whose first page is not in RAM now was seen before, or looks like any other region. */
  if (pte & 1 && guest.words[(pte & ~(PAGE - 1)) >>> 2] === signature) known.add(key);
  return known.has(key);
}

const blank = () => Object.fromEntries(USAGE.map(c => [c, 0]));

/* One address space, counted: {rows: type -> counts in pages, blocks: [{start, end, type, tag, ...}]} */
export function addressSpace(guest, space) {
  const rows = Object.fromEntries(TYPES.map(type => [type, blank()])), blocks = [], f = guest.frames();
  const U = guest.layout.enums.pfn_use;
  let end = UNIT, hole = 0;
  const gap = to => {
    if (to <= end) return;
    /* W16: what is left of a unit of 64 KB can't be reserved. */
    const unusable = Math.min(to, Math.ceil(end / UNIT) * UNIT) - end;
    if (unusable) count(rows.unusable, unusable);
    if (to - end - unusable) count(rows.free, to - end - unusable);
    hole = Math.max(hole, to - end - unusable);
  };
  const count = (row, bytes) => {
    row.size += bytes / PAGE;
    row.blocks++;
    row.largest = Math.max(row.largest, bytes / PAGE);
  };
  for (const vad of guest.regions(space)) {
    gap(vad.start);
    const type = typeOf(guest, space, vad), row = rows[type], pages = onePass(guest, space, vad, f, U);
    count(row, vad.end - vad.start);
    for (const name of Object.keys(pages)) row[name] += pages[name];
    row.committed += vad.commit;
    blocks.push({ start: vad.start, end: vad.end, type, tag: vad.tag, prot: vad.prot, size: (vad.end - vad.start) / PAGE, committed: vad.commit, ...pages });
    end = vad.end;
  }
  if (!space.kernel) gap(USER_TOP);
  rows.tables.size = rows.tables.committed = rows.tables.private = rows.tables.ram = rows.tables.privateRam = space.tables;
  rows.tables.blocks = space.tables;
  return { rows, blocks, hole: hole / PAGE };
}

/* The pages of a region that have a PTE of their own. */
function onePass(guest, space, vad, f, U) {
  const pages = { private: 0, ram: 0, privateRam: 0, shareable: 0, shared: 0, locked: 0 };
  if (vad.type === guest.layout.enums.vad_type.VAD_PRIVATE) pages.private = vad.commit;
  guest.eachPage(space, vad.start, vad.end, (va, word) => {
    if (!(word & 1)) return;
    const at = f.at(word >>> 12);
    pages.ram++;
    if (guest.bytes[at + f.use] === U.PFN_USE_SHARED) {
      pages.shareable++;
      if ((guest.bytes[at + f.shares] | guest.bytes[at + f.shares + 1] << 8) > 1) pages.shared++;
    } else pages.privateRam++;
    if (guest.bytes[at + f.locks] | guest.bytes[at + f.locks + 1]) pages.locked++;
  });
  return pages;
}

const head = (keys, first) => el("thead", {}, el("tr", {}, el("th", { scope: "col" }, first), ...keys.map(k => el("th", { scope: "col" }, t("col." + k)))));
const key = name => el("i", { class: "key", style: `background:${name}` });
export const typeColour = type => type === "free" ? ink("empty") : colour(TYPE_COLOURS[type] || "other");
const amount = (column, value) => !value ? "" : column === "blocks" ? number(value) : kb(value);

/* The table; with `before` (an older answer of addressSpace) the differences. */
export function spaceTable(now, before) {
  const body = el("tbody");
  for (const type of [...TYPES, "total"]) {
    const row = sum(now, type), old = before && sum(before, type);
    body.append(el("tr", {}, el("th", { scope: "row" }, type === "total" ? t("type.total") : key(typeColour(type)), type === "total" ? "" : t("type." + type)),
      ...USAGE.map(c => el("td", {}, !old ? amount(c, row[c]) : difference(c, row[c] - old[c])))));
  }
  return el("table", { class: "usage" }, head(USAGE, t("col.type")), body);
}

function sum(answer, type) {
  if (type !== "total") return answer.rows[type];
  const total = blank();
  for (const name of TYPES)
    if (name !== "free" && name !== "unusable") for (const c of USAGE) total[c] = c === "largest" ? Math.max(total[c], answer.rows[name][c]) : total[c] + answer.rows[name][c];
  return total;
}

const difference = (column, value) => !value ? "" : (value > 0 ? "+" : "−") + amount(column, Math.abs(value));

/* Regions that came, went or changed between two snapshots, in words. */
export function changes(before, now) {
  const old = new Map(before.blocks.map(b => [b.start, b])), found = [];
  for (const b of now.blocks) {
    const o = old.get(b.start);
    old.delete(b.start);
    const name = `${hex(b.start)}-${hex(b.end - 1)} ${b.tag || t("type." + b.type)}`;
    if (!o) found.push(t("diff.new", name, kb(b.committed), kb(b.ram)));
    else if (o.end !== b.end || o.committed !== b.committed || o.ram !== b.ram)
      found.push(t("diff.changed", name, kb(o.committed), kb(b.committed), kb(o.ram), kb(b.ram)));
  }
  for (const o of old.values()) found.push(t("diff.gone", `${hex(o.start)}-${hex(o.end - 1)} ${o.tag || t("type." + o.type)}`));
  return found;
}

const REGION = ["size", "committed", "private", "ram", "privateRam", "shareable", "shared", "locked"];

/* Region by region, in the order of their addresses. */
export function regionTable(guest, space, answer, go) {
  const rows = answer.blocks.map(b => el("tr", {}, el("th", { scope: "row" }, key(typeColour(b.type)), addressLink(space.id, b.start, go)), ...REGION.map(c => el("td", {}, amount(c, b[c]))),
                                         el("td", {}, shortProtection(guest, b.prot)), el("td", {}, b.tag || t("type." + b.type))));
  return el("table", { class: "usage regions" }, head([...REGION, "protection", "region"], t("col.address")), el("tbody", {}, ...rows));
}

const MOST_CHANGES = 200;

/* What those tables can't say: each page that came to a process or left it between two faults, with the fault that did it, why and when.
 * actions: {address(pid, va), fault(i)} */
export function changeTable(faults, pid, from, to, actions) {
  const rows = [], first = faults.at(from + 1), last = faults.at(to);
  for (let i = Math.max(0, first); i <= last && rows.length < MOST_CHANGES; i++) {
    const lost = faults.flags[i] & TAKEN && !(faults.flags[i] & VICTIM_SECTION) && faults.victimPid[i] === pid;
    if (lost) rows.push(changeRow(faults, i, pid, faults.victim[i], actions, t("change.left", programName(faults, i), hex(faults.va[i]), faults.policies[faults.policy[i]])));
    if (faults.pid[i] === pid) rows.push(changeRow(faults, i, pid, faults.va[i], actions, `${faults.kindOf(i)}: ${known("kind." + faults.kindOf(i), "kind.unknown")}`));
  }
  return rows.length ? el("table", { class: "usage pages" }, head(["ms", "address", "reason"], t("list.n")), el("tbody", {}, ...rows)) : el("p", {}, t("change.none"));
}

function changeRow(faults, i, pid, va, actions, reason) {
  return el("tr", {}, el("td", {}, el("button", { class: "link", type: "button", onclick: () => actions.fault(i) }, number(faults.n[i]))),
            el("td", {}, (faults.t[i] / TSC_PER_MS).toFixed(3)), el("td", {}, addressLink(pid, va, actions.address)), el("td", {}, reason));
}

/* The fragmentation view: a cell for each 64 KB of the user's half. */
export function drawFragments(cells, answer) {
  const units = USER_TOP / UNIT;
  cells.plan(units, 200);
  const types = new Uint8Array(units).fill(TYPES.indexOf("free"));
  for (const b of answer.blocks)
    for (let unit = Math.floor(b.start / UNIT); unit * UNIT < b.end && unit < units; unit++) types[unit] = TYPES.indexOf(b.type);
  const pixels = TYPES.map(type => pixel(typeColour(type)));
  for (let i = 0; i < units; i++) cells.put(i, pixels[types[i]]);
  cells.show();
}

/* --- RAM --- */

const USES = ["PRIVATE", "file", "image", "SHARED", "TABLE", "POOL", "STACK", "KERNEL", "NONE"];

/* uses: use -> state -> frames; processes: pid -> {active, standby, modified}; files: name -> the same of a file's pages */
export function ramUse(guest) {
  const e = guest.layout.enums, f = guest.frames(), states = guest.layout.texts.states;
  const useNames = Object.fromEntries(Object.entries(e.pfn_use).map(([name, v]) => [v, name.replace("PFN_USE_", "")]));
  const uses = Object.fromEntries(USES.map(u => [u, states.map(() => 0)])), processes = new Map(), files = new Map(), kinds = new Map();
  const idOffset = guest.layout.structs.space.fields.id[0];
  const sectionKind = address => {
    if (!kinds.has(address)) {
      const s = guest.read("section", address);
      kinds.set(address, { kind: s.image ? "image" : s.of_file ? "file" : "SHARED", name: s.name });
    }
    return kinds.get(address);
  };
  const count = (map, key, column) => {
    if (!map.has(key)) map.set(key, { active: 0, standby: 0, modified: 0 });
    map.get(key)[column]++;
  };
  for (let i = 0; i < f.count; i++) {
    const at = f.at(i), state = guest.bytes[at + f.state], owner = guest.words[(at + f.owner) >>> 2];
    if (state === e.pfn_state.PFN_UNUSABLE) continue;
    let use = state >= e.pfn_state.PFN_STANDBY && state !== e.pfn_state.PFN_BAD ? useNames[guest.bytes[at + f.use]] : "NONE";
    if (use === "SHARED" && owner) {
      const { kind, name } = sectionKind(owner);
      use = kind;
      if (kind !== "SHARED") count(files, name || "?", state === e.pfn_state.PFN_ACTIVE ? "active" : states[state]);
    }
    uses[use][state]++;
    if (use === "PRIVATE" && owner) count(processes, guest.u32(owner + idOffset), state === e.pfn_state.PFN_ACTIVE ? "active" : states[state]);
  }
  return { uses, processes, files, states };
}

export function ramTables(guest) {
  const { uses, processes, files, states } = ramUse(guest), shown = states.map((name, i) => [name, i]).filter(([name]) => name !== "unusable");
  const body = el("tbody");
  for (const use of USES) {
    const sum = shown.reduce((a, [, i]) => a + uses[use][i], 0);
    if (sum) body.append(el("tr", {}, el("th", { scope: "row" }, t("use." + use)), el("td", {}, number(sum)), ...shown.map(([, i]) => el("td", {}, uses[use][i] ? number(uses[use][i]) : ""))));
  }
  body.append(el("tr", {}, el("th", { scope: "row" }, t("type.total")), el("td", {}, number(USES.reduce((a, u) => a + shown.reduce((b, [, i]) => b + uses[u][i], 0), 0))),
                 ...shown.map(([, i]) => el("td", {}, number(USES.reduce((a, u) => a + uses[u][i], 0))))));
  const byUse = el("table", { class: "usage" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("col.use")), el("th", { scope: "col" }, t("type.total")),
                   ...shown.map(([name]) => el("th", { scope: "col" }, name)))), body);
  const rows = guest.spaces().map(space => {
    const p = { ...(processes.get(space.id) || { active: 0, standby: 0, modified: 0 }), tables: space.tables };
    return el("tr", {}, el("th", { scope: "row" }, `${space.name} (${space.id})`),
              ...[p.active, p.standby, p.modified, p.tables, p.active + p.standby + p.modified + p.tables].map(n => el("td", {}, kb(n))),
              el("td", {}, number(space.count.faults)), el("td", {}, number(space.count.page_ins)), el("td", {}, number(space.count.page_outs)), el("td", {}, number(space.set.recent)));
  });
  const byProcess = el("table", { class: "usage" }, head(["privateRam", "standby", "modified", "tables", "total", "faults", "pageins", "pageouts", "persecond"], t("col.process")), el("tbody", {}, ...rows));
  const fileRows = [...files].sort((a, b) => a[0].localeCompare(b[0])).map(([name, p]) => el("tr", {}, el("th", { scope: "row" }, name),
    ...[p.active, p.standby, p.modified, p.active + p.standby + p.modified].map(n => el("td", {}, kb(n)))));
  const byFile = el("table", { class: "usage" }, head(["active", "standby", "modified", "total"], t("col.file")), el("tbody", {}, ...fileRows));
  return [byUse, byProcess, byFile];
}

/* Physical pages one by one, those that `fits(text)`; at most `most`, from `first`. */
export function pageTable(guest, filter, first, most, actions) {
  const f = guest.frames(), rows = [], wanted = filter.trim().toLowerCase();
  let seen = 0;
  for (let i = 0; i < f.count; i++) {
    const state = guest.bytes[f.at(i) + f.state];
    if (state === guest.layout.enums.pfn_state.PFN_UNUSABLE) continue;
    if (!wanted && (seen < first || rows.length >= most)) {
      seen++;
      continue;
    }
    const line = pageLine(guest, i);
    if (wanted && !line.cells.join(" ").toLowerCase().includes(wanted)) continue;
    if (seen++ >= first && rows.length < most) rows.push(pageRow(line, actions));
  }
  return { total: seen, table: el("table", { class: "usage pages" }, head(["list", "use", "process", "address", "file", "slot", "age"], t("col.frame")), el("tbody", {}, ...rows)) };
}

function pageLine(guest, i) {
  const p = guest.frame(i), uses = Object.entries(guest.layout.enums.pfn_use), use = uses.find(([, v]) => v === p.use)[0].replace("PFN_USE_", "");
  const used = p.state >= guest.layout.enums.pfn_state.PFN_STANDBY, isPrivate = used && use === "PRIVATE" && p.owner, shared = used && use === "SHARED" && p.section;
  const pid = isPrivate ? guest.u32(guest.field("space", p.owner, "id")) : 0;
  const section = shared ? guest.read("section", p.owner) : null;
  return { frame: i, pid, va: isPrivate ? p.va : null, cells: [
    hex(i, 5), guest.layout.texts.states[p.state], used ? t("use." + (section?.image ? "image" : section?.of_file ? "file" : use)) : "",
    isPrivate ? `${guest.string(guest.field("space", p.owner, "name"), 24)} (${pid})` : "",
    isPrivate ? hex(p.va) : "", shared ? `${section.name}+${hex(p.va, 1)}` : "", p.slot ? String(p.slot) : "", String(p.age)] };
}

function pageRow(line, actions) {
  const cells = line.cells.map((text, i) => i === 0 ? el("button", { class: "link", type: "button", onclick: () => actions.frame(line.frame) }, text)
    : i === 4 && text ? el("button", { class: "link", type: "button", onclick: () => actions.address(line.pid, line.va) }, text) : text);
  return el("tr", {}, ...cells.map(cell => el("td", {}, cell)));
}


