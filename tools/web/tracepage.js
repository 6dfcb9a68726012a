/* tracepage.js - the page of one recorded trace, made by `tools/trace page`: the viewer of the live page alone. */
import { TraceViewer } from "./viewer.js";
import { parseTrace, textOf } from "./trace.js";
import { byId, refreshInks } from "./draw.js";

async function openTrace() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  document.documentElement.dataset.light = dark.matches ? "dark" : "light";
  refreshInks();
  const packed = Uint8Array.from(atob(byId("data").textContent.trim()), c => c.charCodeAt(0));
  const viewer = new TraceViewer(byId("viewer"), parseTrace(await textOf(new Blob([packed])), document.title), document.title);
  document.addEventListener("keydown", event => viewer.keys(event));
  window.addEventListener("resize", () => viewer.show(viewer.here));
  if (location.hash) viewer.show(Number(location.hash.slice(1)) || 0); /* page.html#1234 opens there */
}

openTrace().catch(error => { byId("viewer").textContent = String(error.message || error); });
