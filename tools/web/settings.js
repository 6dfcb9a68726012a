/* settings.js - the settings of a machine: from the form, from a link, and as the kernel's command line. */

const MB = 1 << 20, MOST_MB = 512;
export const DEFAULTS = { mem: "16M", pagefile: "64M", frames: "", policy: "", latency: "", cmd: "", screen: "off", trace: "on", options: "" };
export const POLICIES = ["", "adaptive", "fifo", "clock", "clock-clean", "nru", "aging", "wsclock", "random"];

/* Bytes of "16M"; throws an Error with a sentence. */
export function size(name, text) {
  const found = /^(\d{1,6})([KMG])B?$|^0+$/i.exec(text.trim());
  if (!found) throw new Error(`${name}=${text} is not understood: a size is wanted, such as 16M.`);
  const bytes = found[1] ? Number(found[1]) * { K: 1024, M: MB, G: 1024 * MB }[found[2].toUpperCase()] : 0;
  if (bytes > MOST_MB * MB) throw new Error(`${name}=${text}: a page has room for ${MOST_MB} MB at most.`);
  return bytes;
}

/* A word of the kernel's command line (kernel/options.h). */
function quoted(word) {
  if (!/^[ -~]*$/.test(word)) throw new Error(`"${word}" has characters that can't be typed.`);
  const escaped = word.replace(/[\\'"]/g, c => "\\" + c);
  return word.includes(" ") ? `"${escaped}"` : escaped;
}

export function commandLine(s) {
  for (const name of ["screen", "trace"]) if (!/^(on|off)$/.test(s[name])) throw new Error(`${name}=${s[name]} is not understood: on or off is wanted.`);
  const words = [`mem=${size("mem", s.mem)}`, `pagefile=${size("pagefile", s.pagefile)}`];
  for (const name of ["frames", "policy", "latency"]) if (s[name]) words.push(quoted(`${name}=${s[name]}`));
  if (s.cmd) words.push(quoted(`cmd=${s.cmd}`));
  if (s.trace !== "off") words.push("trace");
  words.push(`screen=${s.screen === "on" ? "on" : "off"}`);
  return [...words, ...s.options.split(/\s+/).filter(Boolean).map(quoted)].join(" ");
}

/* Bytes of RAM for the emulated PC: paging file and disc are devices in RAM of their own. */
export function ram(s, discBytes) {
  const total = size("mem", s.mem) + size("pagefile", s.pagefile) + discBytes + 3 * MB;
  return Math.max(32 * MB, Math.ceil(total / MB) * MB);
}

/* From an address' hash: {settings, rest}; unknown names are left alone. */
export function fromHash(hash) {
  const settings = { ...DEFAULTS }, rest = {};
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (name in DEFAULTS) settings[name] = value;
    else rest[name] = value;
  }
  return { settings, rest };
}

export function toHash(settings, rest = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...settings, ...rest }))
    if (value !== "" && value !== DEFAULTS[name]) words.set(name, value);
  return "#" + words.toString();
}
