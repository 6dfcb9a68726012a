/* viewer.js - the picture of a row of faults: a slider through time, faults a second by kind, the fault in words,
 * the faults around it, and the frames that they filled.
 *
 * Both the live page and the page that `tools/trace page` makes draw with this.
 */
import { t } from "./text.js";
import { ACCESSES, TAKEN, VICTIM_DIRTY, VICTIM_SECTION } from "./trace.js";
import { faultInWords, hex, number, programName } from "./words.js";
import { Cells, colour, el, ink, kindColour, pixel, prepare, processColour } from "./draw.js";

const NEIGHBOURS = 7, PARTS = 240, SNAP = 2048, FADE = 4000;
const TSC_PER_SECOND = 1e9;

/* Faults over time, a bar of colours by kind for each part of it.  from, to: places in `faults`. */
export class RateChart {
  constructor(canvas, onPick) {
    this.canvas = canvas;
    canvas.addEventListener("click", event => {
      const share = event.offsetX / canvas.clientWidth;
      if (this.faults?.count) onPick(this.#nearest(this.start + share * this.span));
    });
  }

  #nearest(time) {
    const { faults } = this;
    let low = 0, high = faults.count - 1;
    while (low < high) {
      const middle = low + high >> 1;
      if (faults.t[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  draw(faults, here, seconds = 0) {
    const { context, width, height } = prepare(this.canvas, 64);
    this.faults = faults;
    if (!faults.count) return;
    const end = faults.t[faults.count - 1] + 1;
    this.start = seconds ? Math.max(faults.t[0], end - seconds * TSC_PER_SECOND) : faults.t[0];
    this.span = Math.max(1, end - this.start);
    const kinds = faults.kinds.length, counts = new Uint32Array(PARTS * kinds); /* part by part, how many of each kind */
    for (let i = this.#nearest(this.start); i < faults.count; i++)
      counts[Math.min(PARTS - 1, Math.floor((faults.t[i] - this.start) / this.span * PARTS)) * kinds + faults.kind[i]]++;
    this.#bars(context, width, height, counts, faults);
    if (here >= 0) {
      context.fillStyle = ink("ink");
      context.fillRect((faults.t[here] - this.start) / this.span * width, 0, 1.5, height);
    }
  }

  #bars(context, width, height, counts, faults) {
    const kinds = faults.kinds.length, w = width / PARTS, sums = new Uint32Array(PARTS);
    counts.forEach((count, i) => { sums[Math.floor(i / kinds)] += count; });
    const highest = sums.reduce((a, b) => Math.max(a, b), 1), tops = new Float64Array(PARTS).fill(height);
    for (let kind = 0; kind < kinds; kind++) {
      context.fillStyle = kindColour(faults.kinds[kind]);
      for (let part = 0; part < PARTS; part++) {
        const h = (height - 12) * counts[part * kinds + kind] / highest;
        tops[part] -= h;
        if (h) context.fillRect(part * w, tops[part], Math.max(1, w - .5), h);
      }
    }
    context.fillStyle = ink("dim");
    context.font = "11px system-ui, sans-serif";
    context.fillText(t("rate.scale", number(highest / (this.span / TSC_PER_SECOND) * PARTS), (this.span / TSC_PER_SECOND).toFixed(2)), 4, 10);
  }
}

/* An address that leads to its walk. */
export function addressLink(pid, va, go) {
  return el("button", { class: "link", type: "button", onclick: event => {
    event.stopPropagation();
    go(pid, va);
  } }, hex(va));
}

/* A row of the list: number, program, access, address, kind, frame, victim. */
function rowOf(faults, i, here, actions) {
  const address = (pid, va) => actions.address ? addressLink(pid, va, actions.address) : hex(va);
  const victim = !(faults.flags[i] & TAKEN) ? "" : faults.flags[i] & VICTIM_SECTION ? `section+${hex(faults.victim[i], 1)}`
    : el("span", {}, `${faults.victimPid[i]}:`, address(faults.victimPid[i], faults.victim[i]));
  const kind = faults.kindOf(i);
  const cells = [number(faults.n[i]), programName(faults, i), t("access." + ACCESSES[faults.access[i]]),
                 address(faults.pid[i], faults.va[i]),
                 el("span", {}, el("i", { class: "key", style: `background:${kindColour(kind)}` }), kind),
                 faults.frame[i] ? hex(faults.frame[i], 5) : "", victim];
  const row = el("tr", { class: i === here ? "here" : "", "aria-current": i === here ? "true" : false,
                         onclick: () => actions.pick(i) });
  cells.forEach(cell => row.append(el("td", {}, cell)));
  return row;
}

/* The faults around `here` as rows of a table body. */
export function fillList(body, faults, here, actions, around = NEIGHBOURS) {
  const first = Math.max(0, Math.min(here - around, faults.count - 2 * around - 1)), rows = [];
  for (let i = first; i < Math.min(faults.count, first + 2 * around + 1); i++) rows.push(rowOf(faults, i, here, actions));
  body.replaceChildren(...rows);
}

export function listTable() {
  const body = el("tbody"), head = el("tr");
  for (const key of ["n", "program", "access", "address", "kind", "frame", "victim"])
    head.append(el("th", { scope: "col", "data-t": "list." + key }, t("list." + key)));
  return { table: el("table", { class: "faults" }, el("thead", {}, head), body), body };
}

/* What each frame held at a fault, from the trace alone. */
class FrameHistory {
  constructor(faults) {
    this.faults = faults;
    this.frames = faults.frame.subarray(0, faults.count).reduce((a, b) => Math.max(a, b), 0) + 1;
    this.snapshots = [];
    const held = new Int32Array(this.frames).fill(-1);
    for (let i = 0; i < faults.count; i++) {
      if (i % SNAP === 0) this.snapshots.push(held.slice());
      if (faults.frame[i]) held[faults.frame[i]] = i;
    }
  }

  at(i) {
    const held = this.snapshots[Math.floor(i / SNAP)].slice();
    for (let j = i - i % SNAP; j <= i; j++) if (this.faults.frame[j]) held[this.faults.frame[j]] = j;
    return held;
  }
}

/* How the page that each fault brought in went: 1 dirty, 0 clean, -1 not until the end. */
function fatesOf(faults, frames) {
  const fate = new Int8Array(faults.count).fill(-1), held = new Int32Array(frames).fill(-1);
  for (let i = 0; i < faults.count; i++) {
    const f = faults.frame[i];
    if (!f) continue;
    if (held[f] >= 0 && faults.flags[i] & TAKEN) fate[held[f]] = faults.flags[i] & VICTIM_DIRTY ? 1 : 0;
    held[f] = i;
  }
  return fate;
}

/* A fault worth seeing: the first that paid twice, for a page that was wanted back and for the dirty one in its way. */
function worthSeeing(faults) {
  const taken = i => faults.flags[i] & TAKEN, back = i => ["pagefile", "file"].includes(faults.kindOf(i)) && taken(i);
  const tries = [i => back(i) && faults.flags[i] & VICTIM_DIRTY, back, taken, i => faults.reasons.has(faults.n[i])];
  for (const good of tries)
    for (let i = 0; i < faults.count; i++) if (good(i)) return i;
  return faults.count - 1;
}

const FATE_COLOURS = ["demand-zero", "transition", "pagefile"]; /* stays, goes clean, goes dirty */

/* A recorded trace inside `root`: everything above, with a slider of its own. */
export class TraceViewer {
  constructor(root, faults, title) {
    this.faults = faults;
    this.history = new FrameHistory(faults);
    this.fates = fatesOf(faults, this.history.frames);
    this.build(root, title);
    this.show(worthSeeing(faults));
  }

  build(root, title) {
    this.play = el("button", { type: "button", onclick: () => this.run(!this.timer) }, t("play"));
    this.slider = el("input", { type: "range", min: 0, max: this.faults.count - 1, value: 0, "aria-label": t("slider"),
                                oninput: () => this.show(Number(this.slider.value)) });
    this.speed = el("select", { "aria-label": t("speed") }, ...[1, 4, 16, 64, 256].map(n => el("option", { value: n }, `${n}×`)));
    this.speed.value = 16;
    this.rateCanvas = el("canvas", { class: "rate", role: "img", "aria-label": t("rate.name") });
    this.mapCanvas = el("canvas", { class: "map", role: "img", "aria-label": t("map.name") });
    this.words = el("div", { class: "words", "aria-live": "polite" });
    this.list = listTable();
    this.paint = el("select", { onchange: () => this.show(this.here) }, ...["program", "kind", "fate"].map(p => el("option", { value: p }, t("paint." + p))));
    this.mapKey = el("p");
    this.tip = el("p", { class: "tip dim" });
    const counts = [...this.faults.byKind].map(([kind, count]) =>
      el("span", { class: "legend" }, el("i", { class: "key", style: `background:${kindColour(kind)}` }), `${kind} ${number(count)}`));
    root.append(el("h2", {}, title), el("p", { class: "dim" }, t("trace.about", number(this.faults.count))), el("p", {}, ...counts),
                el("div", { class: "bar" }, this.play, this.slider, this.speed), this.rateCanvas, this.words,
                el("p", { class: "dim" }, t("trace.map")), el("p", {}, el("label", {}, t("frames.by") + " ", this.paint)), this.mapKey,
                this.mapCanvas, this.tip, this.list.table);
    if (this.faults.warning) root.prepend(el("p", { class: "error", role: "alert" }, this.faults.warning));
    this.chart = new RateChart(this.rateCanvas, i => this.show(i));
    this.cells = new Cells(this.mapCanvas);
    this.mapCanvas.addEventListener("mousemove", event => this.point(event));
    this.mapCanvas.addEventListener("click", event => {
      const filled = this.faults.filled(this.cells.at(event), this.here);
      if (filled >= 0) this.show(filled);
    });
  }

  /* What the frame under the mouse holds. */
  point(event) {
    const frame = this.cells.at(event), i = frame < 0 ? -1 : this.faults.filled(frame, this.here);
    this.tip.textContent = frame < 0 ? "" : i < 0 ? `${t("frame", hex(frame, 5))}: ${t("past.none")}`
      : `${t("frame", hex(frame, 5))}: ${hex(this.faults.va[i])}, ${programName(this.faults, i)}, ${t("past.fault", number(this.faults.n[i]), this.faults.kindOf(i))}, ${t("fate." + this.fates[i])}`;
  }

  colourOf(i) {
    switch (this.paint.value) {
    case "kind": return kindColour(this.faults.kindOf(i));
    case "fate": return colour(FATE_COLOURS[this.fates[i] + 1]);
    default: return processColour(this.faults.pid[i]);
    }
  }

  #key() {
    const entries = this.paint.value === "kind" ? this.faults.kinds.map(kind => [kindColour(kind), kind])
      : this.paint.value === "fate" ? FATE_COLOURS.map((name, i) => [colour(name), t("fate." + (i - 1))])
      : this.faults.programs.slice(0, 24).map(p => [processColour(p.pid), t("program", p.image, p.pid)]);
    this.mapKey.replaceChildren(...entries.map(([style, text]) => el("span", { class: "legend" }, el("i", { class: "key", style: `background:${style}` }), text)));
  }

  show(i) {
    this.here = Math.max(0, Math.min(this.faults.count - 1, i));
    this.slider.value = this.here;
    this.chart.draw(this.faults, this.here);
    this.words.replaceChildren(...faultInWords(this.faults, this.here).map(line => el("p", {}, line)));
    fillList(this.list.body, this.faults, this.here, { pick: j => this.show(j) });
    this.#map();
    this.#key();
  }

  #map() {
    const { faults, cells } = this, held = this.history.at(this.here);
    cells.plan(this.history.frames, 320);
    for (let f = 0; f < held.length; f++) {
      const j = held[f];
      cells.put(f, j < 0 ? pixel(ink("empty")) : pixel(this.colourOf(j), Math.max(.25, 1 - (this.here - j) / FADE)));
    }
    cells.show();
    if (faults.frame[this.here]) cells.outline(faults.frame[this.here]);
  }

  run(on) {
    clearInterval(this.timer);
    this.timer = on ? setInterval(() => {
      if (this.here >= this.faults.count - 1) this.run(false);
      else this.show(this.here + Number(this.speed.value));
    }, 50) : 0;
    this.play.textContent = t(on ? "pause" : "play");
  }

  keys(event) {
    if (/INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
    if (event.key === "ArrowRight") this.show(this.here + 1);
    else if (event.key === "ArrowLeft") this.show(this.here - 1);
  }
}
