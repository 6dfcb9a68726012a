/* text.js - every sentence of the page, in English and in Korean; t("key", ...) fills in {0}, {1}, ...
 *
 * Names that the kernel's own output uses (demand-zero, standby, PTE, ...) stay as they are in both.  The words
 * of the Korean column are those of the course's glossary.
 */
import { ENGLISH } from "./text_en.js";
import { KOREAN } from "./text_ko.js";

const TEXTS = { en: ENGLISH, ko: KOREAN };
export const languages = Object.keys(TEXTS);
let current = "en";

export function setLanguage(language) {
  current = language;
}

export function t(key, ...values) {
  const text = TEXTS[current][key] ?? ENGLISH[key];
  if (text === undefined) throw new Error(`no text "${key}"`);
  return text.replace(/\{(\d)\}/g, (_, i) => values[i] ?? "");
}

/* The text of a key that came from outside, or that of `other`. */
export const known = (key, other) => t(Object.hasOwn(ENGLISH, key) ? key : other);

/* The fixed texts of the document: data-t is the content, data-label the name for screen readers. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of root.querySelectorAll("[data-title]")) node.title = t(node.dataset.title);
}
