/* lessonpanel.js - the course as a row of buttons, and the guided walk. */
import { t } from "./text.js";
import { LESSONS, TOUR } from "./lessons.js";
import { DEFAULTS } from "./settings.js";
import { byId, el } from "./draw.js";

const beside = matchMedia("(min-width: 1151px)"); /* the panel stands beside what it starts (style.css) */
const language = () => document.documentElement.lang === "ko" ? "ko" : "en";

/* Set the machine up for a lesson or a step of the tour, and show its picture. */
function setUp(app, { machine, view, screen, address }) {
  if (view) app.tabs.show(view);
  if (screen) app.machineTabs.show(screen);
  if (address) app.pictures.showAddress("newest", parseInt(address, 16));
  if (!beside.matches) byId(machine ? "machine" : "picture").scrollIntoView({ block: "start" });
  return machine ? app.power({ ...DEFAULTS, ...machine }) : null;
}

export class Lessons {
  constructor(app) {
    this.app = app;
    this.relabel();
  }

  relabel() {
    const root = byId("lesson-list");
    root.replaceChildren(el("p", { class: "dim" }, t("lessons.how")));
    let part = "";
    for (const lesson of LESSONS) {
      if (lesson.part.en !== part) root.append(el("h3", {}, lesson.part[language()]));
      part = lesson.part.en;
      const details = el("div", { class: "look" }, el("p", {}, lesson.look[language()]), lesson.machine?.cmd ? el("p", { class: "mono" }, lesson.machine.cmd) : null,
                         lesson.doc ? el("button", { type: "button", class: "link", onclick: () => this.doc(lesson.doc) }, t("lessons.page")) : null);
      const item = el("div", { class: "lesson", id: "lesson-" + lesson.id },
        el("button", { type: "button", "aria-expanded": "false", onclick: () => this.show(lesson.id) }, lesson.title[language()]), details);
      root.append(item);
    }
    this.handouts(root);
    this.course(root);
    if (this.open) this.mark(this.open);
  }

  /* Every row of the course as its own page has them. */
  course(root) {
    const rows = this.app.assets["docs.json"].course[language()], all = el("details", { id: "course" }, el("summary", {}, t("lessons.all"))), base = language() === "en" ? "course.md" : "ko/course.md";
    let part = "";
    rows.forEach((row, i) => {
      if (row.part !== part) all.append(el("h3", {}, part = row.part));
      const look = el("p"), title = el("button", { type: "button", "aria-expanded": "false", onclick: () => this.row(row, i) });
      look.innerHTML = row.look; /* our own pages, rendered when the page was built */
      title.innerHTML = row.title.replace(/<\/?a\b[^>]*>/g, "");
      look.addEventListener("click", event => this.app.docs.follow(event, base));
      all.append(el("div", { class: "lesson", id: "lesson-row" + i }, title, el("div", { class: "look" }, look, row.machine ? el("p", { class: "mono" }, row.machine.cmd) : null)));
    });
    root.append(all);
  }

  row(row, i) {
    this.mark("row" + i);
    if (row.machine) setUp(this.app, { ...row, screen: "terminal" });
    else if (row.doc) this.doc(row.doc.split("#")[0]);
  }

  /* The labs' pages, those in the reader's language where there are any. */
  handouts(root) {
    const { pages } = this.app.docs, own = language() === "en" ? "" : `${language()}/`;
    const labs = Object.keys(pages).filter(path => /^labs\/\d+[^/]*\/README\.md$/.test(path)).sort();
    for (const path of labs) {
      const shown = pages[own + path] ? own + path : path;
      root.append(el("div", { class: "lesson" }, el("button", { type: "button", onclick: () => this.doc(path) }, pages[shown].title)));
    }
  }

  doc(path) {
    const own = `${language()}/${path}`;
    this.app.tabs.show("docs");
    this.app.docs.show(language() !== "en" && this.app.docs.pages[own] ? own : path);
  }

  show(id) {
    const lesson = LESSONS.find(l => l.id === id);
    if (!lesson) {
      this.app.status(t("nolesson", id), true);
      return;
    }
    this.mark(id);
    setUp(this.app, lesson);
  }

  mark(id) {
    this.open = id;
    for (const item of byId("lesson-list").querySelectorAll(".lesson")) {
      item.classList.toggle("on", item.id === "lesson-" + id);
      item.firstElementChild.setAttribute("aria-expanded", item.id === "lesson-" + id);
    }
  }
}

export class Tour {
  constructor(app) {
    this.app = app;
    this.at = 0;
    byId("pointer-next").addEventListener("click", () => this.go(this.at + 1));
    byId("pointer-back").addEventListener("click", () => this.go(this.at - 1));
    byId("pointer-end").addEventListener("click", () => this.end());
    byId("pointer").addEventListener("keydown", event => { if (event.key === "Escape") this.end(); });
  }

  start() {
    byId("pointer").hidden = false;
    this.go(0);
  }

  end() {
    byId("pointer").hidden = true;
    document.querySelector(".pointed")?.classList.remove("pointed");
    byId("tour").focus();
  }

  go(at) {
    if (at < 0) return;
    if (at >= TOUR.length) {
      this.end();
      return;
    }
    const step = TOUR[this.at = at];
    setUp(this.app, step);
    document.querySelector(".pointed")?.classList.remove("pointed");
    const target = byId(step.at);
    target.classList.add("pointed");
    target.scrollIntoView({ block: "nearest" });
    byId("pointer-text").textContent = `${at + 1}/${TOUR.length}. ${step.text[language()]}`;
    byId("pointer-back").disabled = at === 0;
    byId("pointer-next").textContent = t(at === TOUR.length - 1 ? "tour.last" : "tour.next");
    byId("pointer-next").focus();
  }
}
