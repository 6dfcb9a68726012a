/* timepanel.js - the slider through time, faults a second, and the faults in words. */
import { t } from "./text.js";
import { RateChart, addressLink, fillList, listTable } from "./viewer.js";
import { addressesOf, faultInWords, number } from "./words.js";
import { byId, el, kindColour } from "./draw.js";

const DRAW_MS = 200, SECONDS = 1;

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

  tick() {
    const { runner } = this.app;
    if (!runner.running || performance.now() - (this.last || 0) < DRAW_MS) return;
    this.looked = undefined;
    this.draw();
  }

  draw() {
    this.last = performance.now();
    const { runner } = this.app, { faults } = runner, here = faults.at(runner.now);
    const slider = byId("slider"), present = runner.past ? runner.present.now : runner.now;
    slider.min = runner.firstFault;
    slider.max = present;
    slider.value = runner.now;
    slider.setAttribute("aria-valuetext", t("slider.at", number(runner.now), number(present)));
    byId("when").textContent = t(runner.past ? "when.past" : "when.now", number(runner.now), number(present), number(runner.firstFault));
    byId("present").disabled = !runner.past;
    this.chart.draw(faults, here, runner.past ? 0 : SECONDS);
    this.key();
    const shown = this.looked ?? here;
    if (shown < 0 || shown >= faults.count) {
      byId("words").textContent = "";
      fillList(this.list.body, faults, 0, this.actions());
      return;
    }
    this.words(shown, here);
    fillList(this.list.body, faults, shown, this.actions());
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
