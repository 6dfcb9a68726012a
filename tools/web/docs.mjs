/* docs.mjs - renders docs/: one JSON file for the page, or HTML files for the site.
 *
 *     node docs.mjs MODULES DOCS OUT.json
 *     node docs.mjs MODULES DOCS DIRECTORY/
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { courseOf } from "./course.mjs";

const [modules, root, out] = process.argv.slice(2);
const { marked } = await import(pathToFileURL(path.join(modules, "marked/lib/marked.esm.js")));

function files(folder, ending) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? files(path.join(folder, entry.name), ending) : ending.test(entry.name) ? [path.join(folder, entry.name)] : []);
}

const pages = {};
for (const file of files(root, /\.md$/)) {
  const text = fs.readFileSync(file, "utf8");
  pages[path.relative(root, file).split(path.sep).join("/")] = {
    title: (/^#\s+(.*)$/m.exec(text) || [null, path.basename(file)])[1].replace(/[`*]/g, ""),
    html: marked.parse(text),
  };
}

/* Pictures by their content, so that the page needs no file. */
function withPictures(name, html) {
  return html.replace(/<img src="([^":]+)"/g, (whole, source) => {
    const file = path.join(root, path.dirname(name), source);
    return fs.existsSync(file) ? `<img style="max-width:100%" src="data:image/png;base64,${fs.readFileSync(file, "base64")}"` : whole;
  });
}

if (out.endsWith(".json")) {
  for (const [name, page] of Object.entries(pages)) page.html = withPictures(name, page.html);
  const course = Object.fromEntries(Object.entries({ en: "course.md", ko: "ko/course.md" }).map(([language, file]) =>
    [language, courseOf(marked, fs.readFileSync(path.join(root, file), "utf8"))]));
  fs.writeFileSync(out, JSON.stringify({ pages, course }));
} else {
  for (const [name, page] of Object.entries(pages)) {
    const to = path.join(out, name.replace(/\.md$/, ".html")), up = "../".repeat(name.split("/").length - 1);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    const body = page.html.replace(/href="([^":#]+)\.md(#[^"]*)?"/g, (_, link, hash) => `href="${link}.html${hash || ""}"`);
    fs.writeFileSync(to, `<!DOCTYPE html>\n<html lang="${name.startsWith("ko/") ? "ko" : "en"}"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${page.title}</title><link rel="icon" href="data:,">` +
      `<link rel="stylesheet" href="${up}../style.css"></head><body><main style="display:block"><article><p><a href="${up}../index.html">Pagoda</a> · ` +
      `<a href="${up}README.html">docs</a></p>${body}</article></main></body></html>\n`);
  }
  for (const file of files(root, /\.png$/)) {
    const to = path.join(out, path.relative(root, file));
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(file, to);
  }
}
