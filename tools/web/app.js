/* app.js - the page: puts machine, pictures, time and lessons together. */
import { languages, setLanguage, t, translate } from "./text.js";
import { loadAssets } from "./assets.js";
import { Runner } from "./runner.js";
import { Guest } from "./guest.js";
import { Console } from "./console.js";
import { Pictures } from "./panels.js";
import { TimePanel } from "./timepanel.js";
import { Lessons, Tour } from "./lessonpanel.js";
import { Form } from "./form.js";
import { Program } from "./program.js";
import { About, Docs } from "./docs.js";
import { TraceViewer } from "./viewer.js";
import { parseTrace, textOf } from "./trace.js";
import { Tabs } from "./tabs.js";
import { commandLine, fromHash, ram, toHash } from "./settings.js";
import { byId, choosePalette, el, refreshInks } from "./draw.js";
import { number } from "./words.js";

const MEGA = 1 << 20, SPEEDS = [0, 1000, 100, 10, 2, 1];
const EXIT_FIRST = 0x10, EXIT_PANIC = 0x30, EXIT_REFUSED = 0x31;
const PICTURE_MS = 9;  /* a picture is due when the last is so long ago; a slice of the machine comes on top: 60 a second */
const UNSEEN_MS = 100; /* when the browser asks for no picture at all (its window is covered) */
const SCREEN_KEYS = { F1: [0x3b, 0xbb], F2: [0x3c, 0xbc], F3: [0x3d, 0xbd], F4: [0x3e, 0xbe], F5: [0x3f, 0xbf] };

class App {
  async start() {
    this.started = performance.now();
    const { settings, rest } = fromHash(location.hash);
    this.settings = settings;
    this.look(rest);
    this.assets = await loadAssets((done, of) => this.progress(done / of));
    this.runner = new Runner({ changed: () => this.changed(), ended: value => this.ended(value),
                               console: byte => this.console.byte(byte), consoleReset: bytes => this.console.reset(bytes),
                               breath: again => this.breath(again) });
    this.build();
    this.picture();
    await this.power(settings);
    if (rest.lesson) this.lessons.show(rest.lesson);
  }

  progress(share) {
    const bar = byId("loading");
    bar.firstElementChild.style.width = share * 100 + "%";
    bar.setAttribute("aria-valuenow", Math.round(share * 100));
    this.status(t("loading", Math.round(share * 100)));
    bar.classList.toggle("done", share >= 1);
  }

  status(text, bad = false) {
    byId("status").textContent = text;
    byId("status").classList.toggle("error", bad);
  }

  /* Language, colours, light: from the link, from the last visit, from the system. */
  look(rest) {
    const stored = name => { try { return localStorage.getItem("pagoda." + name); } catch { return null; } };
    const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    this.choice = { language: rest.lang || stored("language") || (navigator.language?.startsWith("ko") ? "ko" : "en"),
                    colours: stored("colours") || "usual", light: stored("light") || dark };
    if (!languages.includes(this.choice.language)) this.choice.language = "en";
    this.applyLook();
  }

  applyLook() {
    const { language, colours, light } = this.choice;
    document.documentElement.dataset.light = light;
    document.documentElement.lang = language;
    setLanguage(language);
    choosePalette(colours);
    refreshInks();
    this.fillSelect("colours", ["usual", "safe"], n => t("colours." + n), colours);
    this.fillSelect("light", ["light", "dark"], n => t("light." + n), light);
    this.fillSelect("speed", SPEEDS, n => n ? t("speed.faults", n) : t("speed.full"), this.runner?.perSecond ?? 0);
    byId("language").value = language;
    translate(document);
  }

  fillSelect(id, values, name, value) {
    byId(id).replaceChildren(...values.map(v => el("option", { value: v }, name(v))));
    byId(id).value = value;
  }

  choose(name, value) {
    this.choice[name] = value;
    try { localStorage.setItem("pagoda." + name, value); } catch { /* a page from file:// may have no storage */ }
    this.applyLook();
    for (const part of [this.tabs, this.machineTabs, this.pictures, this.time, this.lessons, this.form, this.program, this.about, this.docs]) part.relabel();
    this.changed();
  }

  build() {
    this.console = new Console(byId("terminal"), globalThis.Terminal, globalThis.FitAddon.FitAddon, text => this.runner.type(text),
                               va => this.goAddress("newest", va));
    this.guest = new Guest(this.assets["layout.json"], () => {
      const { cpu } = this.runner.machine;
      return { buffer: cpu.wasm_memory.buffer, offset: cpu.mem8.byteOffset, length: cpu.mem8.length };
    });
    this.tabs = new Tabs(byId("tabs"), ["frames", "space", "walk", "ring", "slots", "vmmap", "rammap", "recorded", "docs"], name => {
      byId("whose").hidden = !["space", "walk", "ring", "vmmap"].includes(name);
    });
    this.machineTabs = new Tabs(byId("machine-tabs"), ["terminal", "screen", "settings", "program", "about"], () => this.console.fit());
    this.pictures = new Pictures(this);
    this.time = new TimePanel(this);
    this.guide = new Tour(this);
    this.form = new Form(this);
    this.program = new Program(this);
    this.docs = new Docs(this);
    this.lessons = new Lessons(this);
    this.about = new About(this);
    this.buttons();
  }

  buttons() {
    const on = (id, event, work) => byId(id).addEventListener(event, work);
    on("run", "click", () => this.runner.running ? this.runner.pause() : this.runner.run());
    on("step", "click", () => this.step());
    on("speed", "change", event => { this.runner.perSecond = Number(event.target.value); });
    on("restart", "click", () => this.power(this.form.read()));
    on("share", "click", () => this.share());
    on("tour", "click", () => this.guide.start());
    for (const name of ["language", "colours", "light"]) on(name, "change", event => this.choose(name, event.target.value));
    on("trace-file", "change", event => [...event.target.files].forEach(file => this.openTrace(file)));
    byId("screen-keys").append(...Object.entries(SCREEN_KEYS).map(([name, codes]) =>
      el("button", { type: "button", onclick: () => this.runner.key(codes) }, name)), el("span", { class: "dim", "data-t": "screen.how" }, t("screen.how")));
    window.addEventListener("hashchange", () => {
      const { settings, rest } = fromHash(location.hash);
      if (rest.lesson) this.lessons.show(rest.lesson);
      else if (toHash(settings) !== toHash(this.settings)) this.power(settings);
      if (rest.lang && languages.includes(rest.lang)) this.choose("language", rest.lang);
    });
    document.addEventListener("keydown", event => this.shortcut(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", event => this.choose("light", event.matches ? "dark" : "light"));
  }

  /* Single letters with Alt, so that typing is never in the way. */
  shortcut(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const work = { p: () => byId("run").click(), n: () => this.step(), ",": () => this.time.move(-1), ".": () => this.time.move(1) }[event.key];
    if (!work) return;
    event.preventDefault();
    work();
  }

  step() {
    const who = this.runner.step();
    if (!who) return;
    this.status(t("step." + who));
    this.pictures.follow = true;
  }

  /* --- The machine --- */

  async power(settings) {
    this.settings = settings;
    this.form.fill(settings);
    history.replaceState(null, "", toHash(settings));
    let line, bytes;
    try {
      line = commandLine(settings);
      bytes = ram(settings, this.disc().byteLength);
    } catch (error) {
      this.status(error.message, true);
      return;
    }
    this.console.reset(new Uint8Array());
    const a = this.assets, screen = byId("screen");
    screen.replaceChildren(el("div"), el("canvas"));
    try {
      await this.runner.power({ V86: globalThis.V86, wasm: a["v86.wasm"], kernel: a["pagoda.elf"].slice(0), disc: this.disc().slice(0), bios: a["bios.bin"].slice(0),
                                vgaBios: a["vgabios.bin"].slice(0), screen, ram: bytes, line }, this.historyBytes());
    } catch (error) {
      this.status(t("nostart", error.message), true);
      throw error;
    }
    this.guest.known = this.guest.slotMap = this.guest.buffer = undefined;
    this.pictures.restarted();
  }

  disc() {
    return this.program.disc || this.assets["disc.tar"];
  }

  historyBytes() {
    return (navigator.deviceMemory && navigator.deviceMemory < 4 ? 96 : 320) * MEGA;
  }

  changed() {
    const { runner } = this;
    byId("run").textContent = t(runner.running ? "pause" : runner.past ? "goon" : "run");
    byId("run").disabled = byId("step").disabled = !runner.machine || runner.machine.exited !== null && !runner.past;
    if (runner.machine && runner.machine.exited === null || runner.past)
      this.status(runner.running ? t("running") : runner.past ? t("inpast", number(runner.now)) : t("paused", number(runner.now)));
    this.time?.draw();
  }

  ended(value) {
    this.status(value === EXIT_PANIC ? t("panic") : value === EXIT_REFUSED ? t("refused") : t("ended", value - EXIT_FIRST), value !== EXIT_FIRST);
  }

  /* --- Drawing --- */

  picture() {
    requestAnimationFrame(() => this.picture());
    const started = this.pictured = performance.now();
    this.console.flush();
    if (!this.runner.machine) return;
    if (byId("pictures").checked && this.guest.up) this.pictures.draw();
    this.time.tick();
    this.cost = performance.now() - started;
    this.drawn = (this.drawn || 0) + 1;
    if (!this.prompt && this.runner.log.length > 8 && this.console.text().includes("pagoda>")) this.prompt = performance.now() - this.started;
  }

  /* The machine would not leave the browser any time by itself: when a picture is due, the next slice waits for it. */
  breath(again) {
    if (document.hidden || performance.now() - this.pictured < PICTURE_MS) {
      again();
      return;
    }
    const go = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      again();
    };
    const frame = requestAnimationFrame(go), timer = setTimeout(go, UNSEEN_MS);
  }

  /* --- Links and files --- */

  async share() {
    const link = location.href.split("#")[0] + toHash(this.form.read(), { lang: this.choice.language });
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      this.status(t("shared"));
    } catch {
      this.status(t("sharelink", link));
    }
  }

  async openTrace(file) {
    byId("recorded").replaceChildren();
    this.tabs.show("recorded");
    try {
      this.recorded = new TraceViewer(byId("recorded"), parseTrace(await textOf(file), file.name), file.name);
    } catch (error) {
      byId("recorded").append(el("p", { class: "error", role: "alert" }, error.message));
    }
  }

  /* What every picture's addresses, frames and faults lead to. */
  goAddress(pid, va) {
    this.tabs.show("walk");
    this.pictures.showAddress(pid, va);
  }

  goFrame(frame) {
    this.tabs.show("frames");
    this.pictures.showFrame(frame);
  }

  goFault(i) {
    this.time.look(i);
  }
}

const app = globalThis.app = new App();
app.start().catch(error => {
  app.status(String(error.message || error), true);
  throw error;
});
