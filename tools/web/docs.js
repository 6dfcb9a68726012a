/* docs.js - the pages of docs/ inside the page, and what it is made of. */
import { t } from "./text.js";
import { byId, el } from "./draw.js";


export class Docs {
  constructor(app) {
    this.app = app;
    this.pages = app.assets["docs.json"].pages; /* path -> {title, html} */
    this.relabel();
    byId("docs").addEventListener("click", event => this.follow(event));
  }

  relabel() {
    const paths = Object.keys(this.pages), own = document.documentElement.lang;
    const first = path => path.startsWith("ko/") === (own === "ko") ? 0 : 1;
    paths.sort((a, b) => first(a) - first(b) || a.localeCompare(b));
    byId("docs-list").replaceChildren(...paths.map(path => el("button", { type: "button", class: "link", onclick: () => this.show(path) }, this.pages[path].title)));
  }

  show(path) {
    this.path = path;
    byId("docs").innerHTML = this.pages[path].html; /* our own pages, rendered when the page was built */
    byId("docs").scrollIntoView({ block: "start" });
  }

  /* Links from page to page stay in the page; into the sources there is no way from here.  base: the page that has the link */
  follow(event, base = this.path) {
    const link = event.target.closest("a[href]");
    if (!link || /^https?:/.test(link.getAttribute("href"))) return;
    event.preventDefault();
    const [to] = link.getAttribute("href").split("#"), parts = base.split("/").slice(0, -1);
    for (const part of to.split("/")) {
      if (part === "..") parts.pop();
      else if (part && part !== ".") parts.push(part);
    }
    if (!this.pages[parts.join("/")]) return;
    this.app.tabs.show("docs");
    this.show(parts.join("/"));
  }
}

export class About {
  constructor() {
    this.relabel();
  }

  relabel() {
    byId("about").replaceChildren(el("p", {}, t("about.what")), el("p", {}, t("about.time")), el("p", {}, t("about.keys")), el("h3", {}, t("about.licences")),
      el("ul", {}, ...["pagoda", "v86", "xterm", "marked", "seabios"].map(name => el("li", {}, t("licence." + name)))));
  }
}
