/* form.js - the settings of the machine as a form. */
import { t } from "./text.js";
import { POLICIES } from "./settings.js";
import { el } from "./draw.js";

const FIELDS = ["mem", "pagefile", "frames", "policy", "latency", "cmd", "screen", "trace", "options"];
const CHOICES = { policy: POLICIES, screen: ["off", "on"], trace: ["on", "off"] };

export class Form {
  constructor(app) {
    this.app = app;
    this.root = document.getElementById("settings");
    this.root.addEventListener("submit", event => {
      event.preventDefault();
      app.power(this.read());
    });
    this.build();
  }

  build() {
    this.inputs = {};
    this.root.replaceChildren();
    for (const name of FIELDS) {
      const id = "set-" + name, choices = CHOICES[name];
      const input = this.inputs[name] = choices ? el("select", { id }, ...choices.map(c => el("option", { value: c }, c || t("default")))) : el("input", { id, autocomplete: "off", spellcheck: "false" });
      this.root.append(el("label", { for: id }, t("set." + name)), input);
    }
    this.root.append(el("p", { class: "wide dim" }, t("set.how")), el("button", { type: "submit", class: "wide" }, t("restart.with")));
  }

  fill(settings) {
    for (const name of FIELDS) this.inputs[name].value = settings[name];
  }

  read() {
    return Object.fromEntries(FIELDS.map(name => [name, this.inputs[name].value]));
  }

  relabel() {
    const values = this.read();
    this.build();
    this.fill(values);
  }
}
