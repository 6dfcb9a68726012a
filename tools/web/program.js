/* program.js - programs of the visitor's own: dropped on the page, put on the disc, run.  Nothing leaves the browser. */
import { t } from "./text.js";
import { add, discName } from "./disc.js";
import { el } from "./draw.js";
import { number } from "./words.js";

const MOST_BYTES = 64 << 20, SHOWN = 60;

export class Program {
  constructor(app) {
    this.app = app;
    this.files = new Map(); /* name -> bytes */
    this.disc = null;
    const body = document.body;
    document.getElementById("files").addEventListener("change", event => this.take([...event.target.files]));
    body.addEventListener("dragover", event => {
      event.preventDefault();
      body.classList.add("dropping");
    });
    body.addEventListener("dragleave", event => { if (event.target === body || !event.relatedTarget) body.classList.remove("dropping"); });
    body.addEventListener("drop", event => {
      event.preventDefault();
      body.classList.remove("dropping");
      this.take([...event.dataTransfer.files]);
    });
  }

  /* Traces open in the viewer; all else goes on the disc, and the first .exe runs. */
  async take(files) {
    const traces = [], others = [];
    for (const file of files) {
      const head = await file.slice(0, 1).arrayBuffer().then(bytes => new Uint8Array(bytes), () => null);
      if (!head) { /* a folder, or a file that is gone */
        this.app.status(t("drop.unreadable", file.name), true);
        return;
      }
      /* A line of JSON begins with a brace, a packed file with 1F. */
      ((head[0] === 0x7b || head[0] === 0x1f) && !/\.(exe|dll)$/i.test(file.name) ? traces : others).push(file);
    }
    traces.forEach(file => this.app.openTrace(file));
    if (others.length) await this.onDisc(others);
  }

  async onDisc(files) {
    const refused = files.find(file => !discName(file.name));
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (refused || size > MOST_BYTES) {
      this.app.status(refused ? t("drop.name", refused.name.slice(0, SHOWN)) : t("drop.size", number(size >> 20), MOST_BYTES >> 20), true);
      return;
    }
    for (const file of files) this.files.set(discName(file.name), new Uint8Array(await file.arrayBuffer()));
    this.disc = add(this.app.assets["disc.tar"], [...this.files].map(([name, bytes]) => ({ name, bytes })));
    this.list();
    const program = files.map(file => discName(file.name)).find(name => name.endsWith(".exe"));
    if (!program) {
      this.app.status(t("drop.data"));
      return;
    }
    this.app.machineTabs.show("terminal");
    await this.app.power({ ...this.app.form.read(), cmd: `run ${program}` });
  }

  list() {
    document.getElementById("dropped").replaceChildren(...[...this.files].map(([name, bytes]) => el("li", {}, `${name}, ${number(bytes.length)} bytes `,
      name.endsWith(".exe") ? el("button", { type: "button", onclick: () => this.app.power({ ...this.app.form.read(), cmd: `run ${name}` }) }, t("drop.run", name)) : null)));
  }

  relabel() {
    this.list();
  }
}
