/* panels.js - the pictures of the middle: which is shown, of which process, and how often it is drawn. */
import { t } from "./text.js";
import { FramesPicture, RingPicture, SlotsPicture, SpacePicture, USE_COLOURS } from "./pictures.js";
import { WalkView, frameInWords, frameTable } from "./walk.js";
import { addressSpace, changeTable, changes, drawFragments, pageTable, ramTables, regionTable, spaceTable } from "./usage.js";
import { Cells, byId, colour, el, ink, processColour } from "./draw.js";
import { hex, number } from "./words.js";

/* Pictures that are read, not watched, are drawn a few times a second. */
const SLOWLY_MS = 250, PAGES = 40;
const QUICK = ["frames", "space", "ring"];

export class Pictures {
  constructor(app) {
    this.app = app;
    this.newest = true; /* show the newest program */
    this.follow = false; /* the walk goes to each fault's address */
    this.pid = 0;
    this.first = 0;
    const frame = n => app.goFrame(n), address = (pid, va) => app.goAddress(pid, va), fault = i => app.goFault(i);
    this.actions = { frame, address, fault, who: (pa, va) => this.who(pa, va) };
    this.frames = new FramesPicture(byId("frames"), n => this.showFrame(n));
    this.space = new SpacePicture(byId("space"), address);
    this.ring = new RingPicture(byId("ring"), frame);
    this.slots = new SlotsPicture(byId("slots"), address);
    this.walk = new WalkView(byId("walk"), this.actions);
    this.fragments = new Cells(byId("fragments"));
    this.listen();
    this.relabel();
  }

  listen() {
    const on = (id, event, work) => byId(id).addEventListener(event, work);
    on("frames-mode", "change", event => { this.frames.mode = event.target.value; });
    on("frame-number", "change", event => this.showFrame(parseInt(event.target.value, 16) || 0));
    on("program-choice", "change", event => this.choose(event.target.value));
    on("address", "input", event => {
      this.follow = false;
      if (/^(0x)?[0-9a-f]{1,8}$/i.test(event.target.value)) this.walk.va = Number("0x" + event.target.value.replace(/^0x/i, ""));
    });
    on("snap", "click", () => this.snap());
    on("compare", "click", () => this.compare());
    on("pages-filter", "input", () => { this.first = 0; this.late = 0; });
    on("pages-back", "click", () => { this.first = Math.max(0, this.first - PAGES); this.late = 0; });
    on("pages-on", "click", () => { this.first += PAGES; this.late = 0; });
    const hover = (id, text) => {
      on(id, "mousemove", event => { byId("hover").textContent = this.app.guest.up ? text(event) : ""; });
      on(id, "mouseleave", () => { byId("hover").textContent = ""; });
    };
    hover("frames", event => this.frameHover(this.frames.cells.at(event)));
    hover("ring", event => this.frameHover(this.ring.at(event)));
    hover("space", event => { const va = this.space.at(event); return va === null ? "" : this.pageHover(va); });
    hover("slots", event => this.slotHover(this.slots.cells.at(event)));
  }

  frameHover(frame) {
    if (frame < 0) return "";
    const { faults } = this.app.runner, filled = faults.filled(frame), key = `${this.app.runner.machine.ticks}`;
    if (this.ownersKey !== key) {
      this.ownersKey = key;
      this.owners = this.app.guest.owners();
    }
    return frameInWords(this.app.guest, frame, this.owners.maps.get(frame)) + (filled < 0 ? "" : "; " + t("since", number(faults.n[filled]), faults.kindOf(filled), number(this.app.runner.now - faults.n[filled])));
  }

  pageHover(va) {
    const { guest } = this.app, space = this.current(), { pte } = guest.walkWords(space.dir, va);
    return `${hex(va)}: PTE ${hex(pte)}${pte & 1 ? " " + frameInWords(guest, pte >>> 12) : ""}`;
  }

  slotHover(slot) {
    const owner = this.slots.owners.get(slot);
    return slot < 1 ? "" : t("slot", slot) + (owner?.space ? ` ${t("page.of", hex(owner.va), owner.space.name, owner.space.id)}`
      : owner ? ` ${owner.section.name}+${hex(owner.va, 1)}` : ` ${t(this.app.guest.slotIsUsed(slot) ? "slot.copy" : "slot.free")}`);
  }

  relabel() {
    const modes = ["owner", "state", "age"];
    byId("frames-mode").replaceChildren(...modes.map(m => el("option", { value: m }, t("frames." + m))));
    byId("frames-mode").value = this.frames.mode;
    const entry = (style, text) => el("span", { class: "legend" }, el("i", { class: "key", style: `background:${style}` }), text);
    byId("frames-key").replaceChildren(entry(ink("empty"), t("key.free")), entry(colour("standby"), "standby"), entry(colour("modified"), "modified"),
      ...Object.entries(USE_COLOURS).map(([use, style]) => entry(style, t("use." + use))), el("span", { class: "legend" }, t("key.marks")), this.programs = el("span"));
    byId("space-key").replaceChildren(entry(colour("accessed"), t("key.accessed")), entry(colour("demand-zero"), t("key.unaccessed")), entry(colour("standby"), "transition"),
      entry(colour("pagefile"), t("key.pagefile")), entry(colour("copy-on-write"), t("key.zero")), entry(ink("empty"), t("key.nothing")));
    byId("ring-key").replaceChildren(entry(colour("accessed"), t("key.accessed")), entry(colour("idle"), t("key.unaccessed")), entry(colour("modified"), t("key.dirty")));
    this.walk.key = this.listed = "";
    this.late = 0;
  }

  restarted() {
    this.snapshot = null;
    this.frames.picked = -1;
    byId("frame-record").replaceChildren();
    byId("difference").replaceChildren();
    byId("compare").disabled = true;
    this.relabel();
  }

  choose(value) {
    this.newest = value === "newest";
    this.pid = this.newest ? 0 : Number(value);
    this.late = 0;
  }

  /* The chosen address space; one that has ended gives way to the newest. */
  current() {
    const spaces = this.app.guest.spaces();
    return (!this.newest && spaces.find(s => s.id === this.pid)) || spaces.reduce((a, b) => b.id > a.id ? b : a);
  }

  showAddress(pid, va) {
    this.follow = false;
    this.choose(pid);
    byId("program-choice").value = pid;
    this.walk.va = va >>> 0;
    byId("address").value = hex(va);
  }

  showFrame(frame) {
    this.frames.picked = frame;
    this.recordKey = "";
    byId("frame-number").value = hex(frame, 5);
  }

  draw() {
    const now = performance.now(), slow = !this.late || now - this.late > SLOWLY_MS, name = this.app.tabs.current;
    if (slow) {
      this.late = now;
      this.numbers();
      this.processes();
    }
    if (!slow && !QUICK.includes(name)) return;
    this["draw_" + name]?.(slow);
  }

  draw_frames(slow) {
    const { guest, runner } = this.app;
    this.frames.draw(guest);
    if (!slow || this.frames.picked < 0) return;
    const key = [this.frames.picked, runner.now, runner.faults.count].join();
    if (key === this.recordKey) return;
    this.recordKey = key;
    byId("frame-record").replaceChildren(frameTable(guest, this.frames.picked, runner.faults, this.actions));
  }

  draw_space() {
    this.space.draw(this.app.guest, this.current());
  }

  draw_walk() {
    const { faults, now } = this.app.runner, i = this.follow ? faults.at(now) : -1;
    if (i >= 0 && now !== this.followed) {
      this.followed = now;
      this.showAddress(faults.pid[i], faults.va[i]);
      this.follow = true;
    }
    this.walk.draw(this.app.guest, this.current(), this.app.runner.faults);
  }

  draw_ring(slow) {
    const key = [this.app.runner.machine.ticks, this.app.choice.light].join();
    if (key === this.ringKey && !slow) return;
    this.ringKey = key;
    this.ring.draw(this.app.guest, this.current());
  }

  draw_slots() {
    const p = this.app.guest.variable("pagefile_counters");
    byId("slots-about").textContent = t("slots.about", number(p.used), number(p.slots), number(p.peak), number(p.reads), number(p.writes));
    this.slots.draw(this.app.guest, this.app.guest.owners());
  }

  draw_vmmap() {
    const space = this.current(), answer = addressSpace(this.app.guest, space);
    byId("regions").replaceChildren(regionTable(this.app.guest, space, answer, this.actions.address));
    byId("vmmap").replaceChildren(spaceTable(answer), el("p", { class: "dim" }, t("largest.hole", number(answer.hole / 256))));
    drawFragments(this.fragments, answer);
  }

  draw_rammap() {
    byId("rammap").replaceChildren(...ramTables(this.app.guest));
    const filter = byId("pages-filter").value, { total, table } = pageTable(this.app.guest, filter, this.first, PAGES, this.actions);
    byId("pages").replaceChildren(table);
    byId("pages-count").textContent = t("pages.count", number(Math.min(total, this.first + 1)), number(Math.min(total, this.first + PAGES)), number(total));
  }

  /* --- Above the pictures --- */

  numbers() {
    const { guest, runner } = this.app, c = guest.counts(), S = guest.layout.enums.pfn_state;
    const available = c.state[S.PFN_FREE] + c.state[S.PFN_ZEROED] + c.state[S.PFN_STANDBY], now = runner.machine.now();
    const rate = this.before && now > this.before.now ? (c.faults - this.before.faults) * 1000 / (now - this.before.now) : 0;
    if (!this.before || now - this.before.now > 900 || now < this.before.now) this.before = { now, faults: c.faults };
    this.rate = rate || this.rate || 0;
    const parts = [["n.faults", c.faults], ["n.rate", Math.max(0, rate)], ["n.pageins", c.pagefile.reads], ["n.pageouts", c.pagefile.writes], ["n.available", available],
                   ["n.standby", c.state[S.PFN_STANDBY]], ["n.modified", c.state[S.PFN_MODIFIED]], ["n.commit", c.commit.total]];
    byId("numbers").replaceChildren(...parts.map(([key, value]) => el("span", {}, t(key) + " ", el("b", {}, number(value)))));
  }

  processes() {
    const spaces = this.app.guest.spaces(), key = spaces.map(s => s.id + s.name).join() + document.documentElement.lang;
    if (key === this.listed) return;
    this.listed = key;
    byId("program-choice").replaceChildren(el("option", { value: "newest" }, t("newest")), ...spaces.map(s => el("option", { value: s.id }, `${s.name} (${s.id})`)));
    byId("program-choice").value = this.newest || !spaces.some(s => s.id === this.pid) ? "newest" : this.pid;
    this.programs.replaceChildren(...spaces.filter(s => !s.kernel).map(s => el("span", { class: "legend" }, el("i", { class: "key", style: `background:${processColour(s.id)}` }), `${s.name} (${s.id})`)));
  }

  /* --- Snapshots of an address space --- */

  snap() {
    this.snapshot = { pid: this.current().id, fault: this.app.runner.now, answer: addressSpace(this.app.guest, this.current()) };
    byId("compare").disabled = false;
    byId("difference").replaceChildren(el("p", {}, t("snapped", number(this.snapshot.fault))));
  }

  compare() {
    const space = this.current();
    if (space.id !== this.snapshot.pid) {
      byId("difference").replaceChildren(el("p", { class: "error" }, t("snap.other")));
      return;
    }
    const now = addressSpace(this.app.guest, space), list = changes(this.snapshot.answer, now), { faults } = this.app.runner;
    const [from, to] = [this.snapshot.fault, this.app.runner.now].sort((a, b) => a - b);
    byId("difference").replaceChildren(el("p", {}, t("diff.title", number(this.snapshot.fault), number(this.app.runner.now))), spaceTable(now, this.snapshot.answer),
      el("ul", {}, ...(list.length ? list : [t("diff.none")]).map(text => el("li", {}, text))), el("p", {}, t("change.title", number(from), number(to))), changeTable(faults, space.id, from, to, this.actions));
  }

  /* Who changed this PTE? */
  who(pa, va) {
    const { app } = this, pid = this.current().id, read = at => app.guest.look().words[at >>> 2];
    this.choose(pid);
    const found = app.runner.who(pa, read);
    app.status(found ? t(found.between ? "who.between" : "who.fault", number(found.fault), hex(va), hex(found.before), hex(found.after)) : t("who.nobody", number(app.runner.firstFault)));
    if (found) app.time.look(app.runner.faults.at(found.fault));
  }
}
