/* draw.js - colours, and canvases with as many pixels as the screen really has. */

/* One palette for eyes that see all colours, one (Okabe and Ito's) for those that don't. */
const PALETTES = {
  usual: { programs: ["#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#e15759", "#76b7b2", "#edc948", "#9c755f"],
           "demand-zero": "#4e79a7", transition: "#59a14f", pagefile: "#e15759", file: "#f28e2b", prototype: "#b07aa1",
           "copy-on-write": "#edc948", other: "#76b7b2", refused: "#d37295",
           standby: "#8fd0c8", modified: "#e8a33d", accessed: "#59a14f", idle: "#c25a5c" },
  safe: { programs: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#999999"],
          "demand-zero": "#0072b2", transition: "#009e73", pagefile: "#d55e00", file: "#e69f00", prototype: "#cc79a7",
          "copy-on-write": "#f0e442", other: "#56b4e9", refused: "#999999",
          standby: "#56b4e9", modified: "#e69f00", accessed: "#0072b2", idle: "#d55e00" },
};
let palette = PALETTES.usual;
let cache = new Map();

export function choosePalette(name) {
  palette = PALETTES[name] || PALETTES.usual;
  cache = new Map();
}

export const colour = name => palette[name] || palette.other;
export const programColour = index => palette.programs[index % palette.programs.length];
/* Process ids are multiples of 4. */
export const processColour = pid => pid ? programColour(pid / 4) : "#888888";
export function kindColour(kind) {
  return ["violation", "stack-overflow", "in-page-error", "no-memory"].includes(kind) ? palette.refused : colour(kind);
}

/* A colour as a pixel of an image: 0xAABBGGRR. */
export function pixel(text, alpha = 1) {
  const key = text + alpha;
  let value = cache.get(key);
  if (value === undefined) {
    const n = parseInt(text.slice(1), 16);
    value = (Math.round(alpha * 255) << 24 | (n & 255) << 16 | (n & 0xff00) | n >>> 16) >>> 0;
    cache.set(key, value);
  }
  return value;
}

export const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let inks = {};
export function refreshInks() {
  inks = Object.fromEntries(["ink", "dim", "line", "paper", "empty", "panel"].map(n => [n, css("--" + n) || "#888888"]));
}
export const ink = name => inks[name] || "#888888";

/* A canvas ready to be drawn on, in CSS pixels. */
export function prepare(canvas, height) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = height + "px";
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/* The width inside an element's padding: a canvas' own width is what we have made it. */
function inside(node) {
  const style = getComputedStyle(node);
  return node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}

/* Many equal squares, drawn as pixels of one image: quick enough for every frame of RAM, 60 times a second. */
export class Cells {
  constructor(canvas) {
    this.canvas = canvas;
  }

  /* Room for `count` cells in at most `most` CSS pixels of height. */
  plan(count, most = 420) {
    const ratio = window.devicePixelRatio || 1, width = Math.max(64, inside(this.canvas.parentElement));
    const size = Math.max(2, Math.min(14, Math.floor(Math.sqrt(width * most / Math.max(1, count)))));
    const columns = Math.max(8, Math.floor(width / size)), rows = Math.ceil(count / columns);
    const key = [count, columns, size, ratio].join();
    if (this.key === key) return;
    Object.assign(this, { key, count, size, columns, rows, step: Math.max(2, Math.round(size * ratio)) });
    this.gap = this.step > 3 ? 1 : 0;
    this.canvas.width = columns * this.step;
    this.canvas.height = Math.max(1, rows * this.step);
    this.canvas.style.width = this.canvas.width / ratio + "px";
    this.canvas.style.height = this.canvas.height / ratio + "px";
    this.context = this.canvas.getContext("2d");
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.shown = new Float64Array(count).fill(-1);
    this.dirty = true;
  }

  /* value: the pixel; mark: 1 a dark corner (dirty), 2 a light one (accessed). */
  put(index, value, mark = 0) {
    const key = value * 4 + mark;
    if (this.shown[index] === key) return;
    this.shown[index] = key;
    this.dirty = true;
    const { step, gap, canvas, pixels } = this;
    const x = index % this.columns * step, y = Math.floor(index / this.columns) * step, side = step - gap;
    for (let row = 0; row < side; row++) pixels.fill(value, (y + row) * canvas.width + x, (y + row) * canvas.width + x + side);
    const corner = Math.max(1, side >> 2);
    for (let row = 0; row < corner; row++) {
      if (mark & 1) pixels.fill(0xff000000, (y + side - 1 - row) * canvas.width + x, (y + side - 1 - row) * canvas.width + x + corner);
      if (mark & 2) pixels.fill(0xffffffff, (y + row) * canvas.width + x + side - corner, (y + row) * canvas.width + x + side);
    }
  }

  show() {
    if (this.dirty) this.context.putImageData(this.image, 0, 0);
    this.dirty = false;
  }

  /* The cell under the mouse, or -1. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / box.width * this.columns);
    const y = Math.floor((event.clientY - box.top) / box.height * this.rows), index = y * this.columns + x;
    return x >= 0 && x < this.columns && index >= 0 && index < this.count ? index : -1;
  }

  outline(index, style = "#ffffff") {
    if (index < 0 || index >= this.count) return;
    const { step, context } = this, x = index % this.columns * step, y = Math.floor(index / this.columns) * step;
    context.lineWidth = 4;
    context.strokeStyle = "#000000";
    context.strokeRect(x - 2, y - 2, step + 3, step + 3);
    context.lineWidth = 2;
    context.strokeStyle = style;
    context.strokeRect(x - 2, y - 2, step + 3, step + 3);
    this.dirty = true;
  }
}

export const byId = id => document.getElementById(id);

/* An element: el("button", {class: "x", onclick}, "text", child...) */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}
