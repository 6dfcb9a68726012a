/* timepanel.js - the slider through time, faults a second, and the faults in words. */
import { t } from "./text.js";
import { RateChart, addressLink, fillList, listTable } from "./viewer.js";
import { addressesOf, faultInWords, number } from "./words.js";
import { byId, el, kindColour } from "./draw.js";

const DRAW_MS = 200, SECONDS = 1, SHOWN_PARTS = ["drawPlace", "drawWords", "drawList"];

export class TimePanel {
  constructor(app) {
    this.app = app;
    this.chart = new RateChart(byId("rate"), i => this.go(app.runner.faults.n[i]));
    this.list = listTable();
    byId("fault-list").append(this.list.table);
    byId("slider").addEventListener("input", event => this.later(Number(event.target.value)));
    for (const [id, by] of [["back100", -100], ["back1", -1], ["on1", 1], ["on100", 100]]) byId(id).addEventListener("click", () => this.move(by));
    byId("present").addEventListener("click", () => app.runner.toPresent());
  }

  move(by) {
    const { runner } = this.app;
    this.go(Math.max(runner.firstFault, (this.wanted ?? runner.now) + by));
  }

  /* A slider sends many numbers: the last one counts, once a picture. */
  later(fault) {
    if (this.wanted === undefined) requestAnimationFrame(() => {
      const wanted = this.wanted;
      this.wanted = undefined;
      this.go(wanted);
    });
    this.wanted = fault;
  }

  go(fault) {
    const { runner } = this.app;
    this.looked = undefined;
    if (fault === 0 && runner.firstFault === 0) fault = Math.min(1, runner.now);
    if (!runner.go(fault)) this.app.status(t("notback", number(fault)), true);
  }

  /* Show fault i of the list without going there. */
  look(i) {
    if (i < 0) return;
    this.looked = i;
    this.draw();
    byId("words").scrollIntoView({ block: "nearest" });
  }

  /* While the machine runs: a part of the panel, and the next one soon, so that no picture has to wait for all of them. */
  tick() {
    const { runner } = this.app, now = performance.now();
    if (!runner.running || now - (this.last || 0) < DRAW_MS / SHOWN_PARTS.length) return;
    this.last = now;
    this.looked = undefined;
    this.turn = ((this.turn || 0) + 1) % SHOWN_PARTS.length;
    this[SHOWN_PARTS[this.turn]](runner.faults.at(runner.now));
  }

  draw() {
    const { runner } = this.app;
    this.last = performance.now();
    for (const part of SHOWN_PARTS) this[part](runner.faults.at(runner.now));
  }

  drawPlace(here) {
    const { runner } = this.app, slider = byId("slider"), present = runner.past ? runner.present.now : runner.now;
    slider.min = runner.firstFault;
    slider.max = present;
    slider.value = runner.now;
    slider.setAttribute("aria-valuetext", t("slider.at", number(runner.now), number(present)));
    byId("when").textContent = t(runner.past ? "when.past" : "when.now", number(runner.now), number(present), number(runner.firstFault));
    byId("present").disabled = !runner.past;
    this.chart.draw(runner.faults, here, runner.past ? 0 : SECONDS);
    this.key();
  }

  drawWords(here) {
    const { faults } = this.app.runner, shown = this.looked ?? here;
    if (shown < 0 || shown >= faults.count) byId("words").textContent = "";
    else this.words(shown, here);
  }

  drawList(here) {
    const { faults } = this.app.runner, shown = this.looked ?? here;
    fillList(this.list.body, faults, shown < 0 || shown >= faults.count ? 0 : shown, this.actions());
  }

  words(shown, here) {
    const { runner } = this.app, addresses = addressesOf(runner.faults, shown);
    const part = text => addresses.has(text) ? addressLink(addresses.get(text), parseInt(text, 16), this.actions().address) : text;
    const parts = faultInWords(runner.faults, shown).map(line => el("p", {}, ...line.split(/\b([0-9A-F]{8})\b/).map(part)));
    if (shown !== here && runner.faults.n[shown] >= runner.firstFault)
      parts.push(el("button", { type: "button", onclick: () => this.go(runner.faults.n[shown]) }, t("gothere", number(runner.faults.n[shown]))));
    byId("words").replaceChildren(...parts);
  }

  actions() {
    return { pick: i => this.look(i), address: (pid, va) => this.app.goAddress(pid, va) };
  }

  key() {
    const { faults } = this.app.runner, text = [...faults.byKind].join();
    if (text === this.keyText) return;
    this.keyText = text;
    byId("rate-key").replaceChildren(...[...faults.byKind].filter(([, count]) => count).map(([kind, count]) =>
      el("span", { class: "legend" }, el("i", { class: "key", style: `background:${kindColour(kind)}` }), `${kind} ${number(count)}`)));
  }

  relabel() {
    this.keyText = "";
    byId("fault-list").replaceChildren();
    this.list = listTable();
    byId("fault-list").append(this.list.table);
  }
}
