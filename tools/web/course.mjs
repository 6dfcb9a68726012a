/* course.mjs - the rows of the course's tables as what the side panel makes buttons of: read when the page is built, so that the
 * panel is the course, row by row, in both languages.
 *
 * A row's commands are the code in its cell "command".  `make run MEM=16M` sets up the machine, and so does what stands in brackets before
 * the command, as in docs/coverage.md: settings, `share` (share.exe waits in the background), `step` (keys go on).
 */
const COMMAND = /^(command|명령)$/, MACHINE = /^\(`([^`]*)`\) */;
const SHARE = "run share.exe &";
const SETTING = /^([A-Z]+)=(\S+)$/, SETTINGS = ["MEM", "PAGEFILE", "FRAMES", "POLICY", "LATENCY", "OPTIONS"];
const ASKS = /^(pte|address|vad|heap|ring)\b/, EXAMPLE = "00401000", WAITS = /^run (\w+)\.exe &$/;
const VIEWS = { pte: "walk", address: "walk", tlb: "walk", vad: "space", heap: "space", frames: "frames", vm: "rammap", ps: "rammap", ring: "ring", compare: "ring", pagefile: "slots" };

const codes = tokens => tokens.flatMap(token => token.type === "codespan" ? [token.text] : token.tokens ? codes(token.tokens) : []);
const links = tokens => tokens.flatMap(token => token.type === "link" ? [token.href] : token.tokens ? links(token.tokens) : []);

function setting(machine, word, title) {
  const [, name, value] = SETTING.exec(word);
  if (!SETTINGS.includes(name)) throw new Error(`the course's row "${title}" sets ${name}, which the page's machine does not have`);
  machine[name.toLowerCase()] = value;
}

/* => {machine, view, address} of a cell's commands */
function machineOf(cell, title) {
  const brackets = (MACHINE.exec(cell.text)?.[1] || "").split(" "), machine = {}, commands = [];
  for (const word of brackets) {
    if (SETTING.test(word)) setting(machine, word, title);
    else if (word === "share") commands.push(SHARE);
  }
  for (const code of codes(cell.tokens).slice(brackets[0] ? 1 : 0)) {
    if (code.startsWith("make run")) code.split(" ").slice(2).forEach(word => setting(machine, word, title));
    else commands.push(...code.replace("ADDR", EXAMPLE).split("; "));
  }
  if (!commands.length) return { machine: null };
  if (commands.some(c => ASKS.test(c)) && !commands.some(c => WAITS.test(c))) commands.unshift(SHARE);
  const asked = commands.find(c => VIEWS[c.split(" ")[0]]), [word, address] = asked ? asked.split(" ") : [];
  const ahead = commands.filter(c => WAITS.test(c)), rest = commands.filter(c => !WAITS.test(c)); /* what waits must be there first */
  const all = [...ahead.flatMap(c => [c, c.replace(WAITS, "until state of $1 is waiting")]), ...rest].filter((c, i, list) => !c.startsWith("until ") || c !== list[i - 1]);
  return { machine: { ...machine, cmd: all.join("; ") }, view: VIEWS[word], address: VIEWS[word] === "walk" && /^[0-9A-F]{8}$/.test(address) ? address : undefined };
}

/* => [{part, title, look, doc, machine, view, address}]; title and look are HTML */
export function courseOf(marked, text) {
  const rows = [];
  let part = "";
  for (const token of marked.lexer(text)) {
    if (token.type === "heading") part = token.text.replace(/[`*]/g, "");
    const at = token.type === "table" ? token.header.findIndex(cell => COMMAND.test(cell.text)) : -1;
    if (at < 1) continue;
    for (const cells of token.rows) {
      const [title, command, look] = cells.slice(at - 1);
      rows.push({ part, title: marked.parseInline(title.text), look: marked.parseInline(look.text),
                  doc: [title, command, look].flatMap(cell => links(cell.tokens)).find(link => /^[^:]+\.md/.test(link)), ...machineOf(command, title.text) });
    }
  }
  return rows;
}
