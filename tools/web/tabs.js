/* tabs.js - a row of tabs as keyboards and screen readers expect it (WAI-ARIA: arrows move, Tab leaves). */
import { t } from "./text.js";
import { el } from "./draw.js";

export class Tabs {
  constructor(root, names, changed = () => {}) {
    this.names = names;
    this.changed = changed;
    this.buttons = names.map(name => el("button", { type: "button", role: "tab", id: "tab-" + name, "aria-controls": "panel-" + name, onclick: () => this.show(name) }, t("tab." + name)));
    root.append(...this.buttons);
    names.forEach(name => document.getElementById("panel-" + name).setAttribute("aria-labelledby", "tab-" + name));
    root.addEventListener("keydown", event => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = this.names.indexOf(this.current);
      if (!move) return;
      this.show(this.names[(at + move + this.names.length) % this.names.length]);
      this.buttons[this.names.indexOf(this.current)].focus();
    });
    this.show(names[0]);
  }

  show(name) {
    this.current = name;
    this.names.forEach((n, i) => {
      document.getElementById("panel-" + n).hidden = n !== name;
      this.buttons[i].setAttribute("aria-selected", n === name);
      this.buttons[i].tabIndex = n === name ? 0 : -1;
    });
    this.changed(name);
  }

  relabel() {
    this.buttons.forEach((button, i) => { button.textContent = t("tab." + this.names[i]); });
  }
}
