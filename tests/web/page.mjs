/* page.mjs - the page in a real browser: node page.mjs BUILD BROWSER PROGRAM OUT
 *
 * BUILD/web has the page; BROWSER is the path of Chromium or Firefox; PROGRAM an .exe that was just built; OUT a folder for
 * pictures.  Prints "ok NAME" or "not ok NAME: why" a line; status 1 if one failed.
 */
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import zlib from "node:zlib";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const [build, executable, program, out] = process.argv.slice(2).map(word => path.resolve(word));
const { chromium, firefox } = createRequire(build + "/web/")("playwright-core");
const PAGE = "file://" + build + "/web/index.html";
const LONG = { timeout: 600000 }; /* a hang, not a speed */
let failed = 0;
const errors = [];

function want(condition, name, why = "") {
  if (!condition) failed++;
  console.log(condition ? `ok ${name}` : `not ok ${name}: ${why}`);
}

/* A browser that can't be driven by this playwright-core is no failure of the page: status 77. */
async function start() {
  try {
    const browser = await launch();
    await (await browser.newPage()).close();
    return browser;
  } catch (error) {
    console.log(`${executable} can't be driven: ${String(error.message).split("\n")[0]}`);
    process.exit(77);
  }
}

/* Chromium compiles v86 with the quicker of its compilers, which is half of the work; Firefox works as it was delivered. */
function launch() {
  if (/firefox/.test(executable)) return firefox.launch({ executablePath: executable, channel: "moz-firefox" });
  return chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--js-flags=--liftoff-only"] });
}

async function open(browser, address, size = { width: 1500, height: 1050 }) {
  const page = await browser.newPage({ viewport: size });
  page.on("console", message => { if (message.type() === "error") errors.push(message.text()); });
  page.on("pageerror", error => errors.push(String(error.stack || error)));
  await page.goto(address);
  return page;
}

/* Until the terminal has the text (a string) so many times. */
const seen = (page, text, times = 1) => page.waitForFunction(([word, n]) => globalThis.app?.console?.text().split(word).length > n, [text, times], LONG);
const text = page => page.evaluate(() => app.console.text());
const settled = (page, commands) => seen(page, "pagoda>", commands + 1);

/* Another machine in the same page, its settings the usual ones but for these. */
async function restart(page, changes = {}) {
  await page.evaluate(other => app.power({ ...app.settings, mem: "16M", pagefile: "64M", frames: "", policy: "", latency: "", screen: "off", cmd: "vm", ...other }), changes);
  await settled(page, (changes.cmd || "vm").split("; ").length);
}

/* Guest RAM as one number, and what the kernel counts there. */
const memory = page => page.evaluate(async () => {
  const guest = app.guest.look(), hash = new Uint8Array(await crypto.subtle.digest("SHA-256", guest.bytes.slice()));
  return { hash: [...hash].join("."), faults: guest.counts().faults, now: app.runner.now };
});

function vmOf(screen) {
  const numbers = {}, vm = screen.slice(screen.lastIndexOf("pagoda> vm"));
  for (const [, name, value] of vm.matchAll(/^ *([A-Za-z][\w -]*?) +(\d+)(?: |$)/gm)) numbers[name.trim()] ??= Number(value);
  return numbers;
}

async function counts(page) {
  await page.evaluate(() => app.runner.run());
  await settled(page, 3);
  await page.evaluate(() => app.runner.pause());
  const screen = await text(page), vm = vmOf(screen);
  const own = await page.evaluate(() => {
    const c = app.guest.counts(), names = app.guest.layout.texts;
    return { counts: c, again: app.guest.recount(), kinds: names.kinds, states: names.states, told: [...app.runner.faults.byKind], n: app.runner.faults.count,
             last: app.runner.faults.last, bad: app.runner.badLines, shown: document.getElementById("numbers").textContent };
  });
  want(/hello/i.test(screen) && /5120 pages written and read back: 0 mismatches/.test(screen), "hello.exe and thrash.exe run", screen.slice(-800));
  own.kinds.forEach((kind, i) => {
    const trace = new Map(own.told).get(kind) || 0;
    if (i && (vm[kind] || trace || own.counts.kind[i]))
      want(vm[kind] === own.counts.kind[i] && vm[kind] === trace, `faults of kind ${kind}: page, vm and trace agree`, `${own.counts.kind[i]}, ${vm[kind]}, ${trace}`);
  });
  want(vm["Faults"] === own.n && own.n === own.last && own.bad === 0, "no fault is lost", JSON.stringify([vm["Faults"], own.n, own.last, own.bad]));
  want(vm["Page-ins"] === own.counts.pagefile.reads && vm["Page-outs"] === own.counts.pagefile.writes && vm["Page-ins"] > 1000, "page-ins and page-outs agree", JSON.stringify(own.counts.pagefile));
  const frames = (...states) => states.reduce((sum, state) => sum + own.again.state[own.states.indexOf(state)], 0);
  for (const state of ["modified", "standby"]) want(vm[state] === frames(state), `frames ${state}: the records and vm agree`, `${own.again.state}, ${vm[state]}`);
  /* The idle machine goes on zeroing free frames after vm. */
  want(vm.free + vm.zeroed === frames("free", "zeroed"), "frames free and zeroed: the records and vm agree", `${own.again.state}, ${vm.free}, ${vm.zeroed}`);
  want(String(own.again.state) === String(own.counts.state) && String(own.again.use) === String(own.counts.use), "the frame database counted by hand is what its counters say", JSON.stringify(own.again));
  want(vm["Commit"] === own.counts.commit.total, "commit agrees", own.counts.commit.total);
  await page.screenshot({ path: out + "/counts.png", fullPage: true });
}

/* thrash.exe stopped in the middle of its work. */
async function midway(browser) {
  const page = await open(browser, PAGE + "#mem=16M&policy=clock&cmd=" + encodeURIComponent("run hello.exe; run thrash.exe 20 random; vm"));
  await page.waitForFunction(() => globalThis.app?.runner?.now > 5600, null, LONG);
  await page.evaluate(() => app.runner.pause());
  return page;
}

async function time(page) {
  const here = await memory(page);
  await page.click("#back100");
  const back = await memory(page);
  want(back.now === here.now - 100 && back.faults === back.now, "the slider goes back 100 faults, and the kernel counts so many", JSON.stringify([here, back]));
  want(back.hash !== here.hash, "memory is another then");
  await page.click("#on1");
  const one = await memory(page);
  want(one.faults === back.now + 1, "one fault on", JSON.stringify(one));
  await page.click("#on100");
  const present = await memory(page);
  want(present.hash === here.hash && present.now === here.now, "forward again: the same memory, byte by byte", JSON.stringify([here, present]));
  await page.click("#back100");
  const again = await memory(page);
  want(again.hash === back.hash, "back again: the same memory as the first time");
  await whoChanged(page);
  await page.evaluate(n => app.runner.go(n), back.now);
  await page.click("#run");
  await page.waitForFunction(n => app.runner.now > n, here.now + 200, LONG);
  const faults = await page.evaluate(() => { app.runner.pause(); const f = app.runner.faults; return { count: f.count, last: f.last, first: f.n[0], now: app.runner.now }; });
  want(faults.last === faults.now && faults.count === faults.last - faults.first + 1, "the machine goes on from the past, no fault twice", JSON.stringify(faults));
  await page.screenshot({ path: out + "/time.png", fullPage: true });
}

async function whoChanged(page) {
  const victim = await page.evaluate(() => {
    const f = app.runner.faults, here = f.at(app.runner.now);
    for (let i = here - 20; i > 0; i--) if (f.flags[i] & 1 && !(f.flags[i] & 2)) return { n: f.n[i], va: f.victim[i], pid: f.victimPid[i] };
    return null;
  });
  await page.evaluate(v => app.goAddress(v.pid, v.va), victim);
  await page.waitForSelector("#who");
  const expected = await page.evaluate(v => { /* the last fault up to now that touched the page or took its frame */
    const f = app.runner.faults; return f.n[f.ofPage(v.pid, v.va, f.at(app.runner.now), 1)[0]]; }, victim);
  await page.click("#who");
  const answer = await page.evaluate(() => ({ now: app.runner.now, status: document.getElementById("status").textContent }));
  want(answer.now >= expected && /changed the PTE/.test(answer.status), `"who changed this PTE?" finds the change`, JSON.stringify([victim, expected, answer]));
  await page.screenshot({ path: out + "/walk.png", fullPage: true });
}

/* Files as if dropped by hand. */
async function drop(page, files) {
  await page.evaluate(list => {
    const data = new DataTransfer();
    for (const { name, base64 } of list) data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, files.map(([name, bytes]) => ({ name, base64: bytes.toString("base64") })));
}

async function dropped(page) {
  const good = fs.readFileSync(program);
  await restart(page);
  await drop(page, [["mine.exe", good], ["answer.txt", Buffer.from("forty-two\n")]]);
  await seen(page, "pagoda> run mine.exe");
  await seen(page, "mine says forty-two");
  const faults = await page.evaluate(() => app.runner.faults.programs.map(p => p.image));
  want(faults.includes("mine.exe"), "a dropped .exe with its data runs, and its faults are on view", String(faults));
  await drop(page, [["cut.exe", good.subarray(0, 700)]]);
  await seen(page, "pagoda> run cut.exe");
  await settled(page, 1);
  const screen = await text(page);
  want(/cut\.exe.*(not|no |larger|past|cut|end)/i.test(screen.split("run cut.exe")[1]), "a broken .exe is refused in the loader's words", screen.slice(-300));
  await page.screenshot({ path: out + "/dropped.png", fullPage: true });
  await drop(page, [["a b.exe", good]]);
  await page.waitForFunction(() => document.getElementById("status").classList.contains("error"), null, LONG);
  want(true, "a name that the disc can't have is refused in a sentence");
}

async function links(browser) {
  const page = await open(browser, PAGE + "#mem=17M&policy=fifo&cmd=" + encodeURIComponent("run thrash.exe 4"));
  await seen(page, "0 mismatches");
  await settled(page, 1);
  await page.click("#share");
  const link = await page.evaluate(() => location.href);
  const faults = p => p.evaluate(() => { app.runner.pause(); const f = app.runner.faults; return [app.settings.mem, app.settings.policy, f.count, f.t[f.count - 1], [...f.va.subarray(0, f.count)].reduce((a, b) => (a * 31 + b) >>> 0, 0)].join(); });
  const one = await faults(page);
  await page.close();
  const phone = await open(browser, link, { width: 390, height: 844 });
  await settled(phone, 1);
  const two = await faults(phone);
  want(one === two && one.startsWith("17M,fifo,"), "a share link starts the same machine, fault by fault and cycle by cycle", `${one} / ${two}`);
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  want(wide <= 0, "a phone held upright needs no scrolling to the side", wide);
  await phone.screenshot({ path: out + "/phone.png", fullPage: true });
  await phone.close();
}

async function language(page) {
  const korean = () => page.evaluate(() => (document.body.innerText.match(/[가-힣]/g) || []).length);
  const before = await korean();
  await page.selectOption("#language", "ko");
  const after = await korean();
  want(before < 10 && after > 200 && await page.evaluate(() => document.documentElement.lang) === "ko", "the language changes", `${before}, ${after}`);
  const rest = await page.evaluate(() => [...document.querySelectorAll("[data-t]")].filter(n => n.textContent && !/[가-힣]/.test(n.textContent)).map(n => n.textContent));
  want(rest.length === 0, "no fixed text stays English", rest.join("; "));
  await page.selectOption("#light", "dark");
  await page.selectOption("#colours", "safe");
  await page.screenshot({ path: out + "/korean-dark.png", fullPage: true });
  for (const [name, usual] of [["language", "en"], ["light", "light"], ["colours", "usual"]]) await page.selectOption("#" + name, usual);
}

async function keyboard(page) {
  await restart(page);
  const unnamed = await page.evaluate(() => [...document.querySelectorAll("button, input, select, canvas, [role]")].filter(n => n.offsetParent && !n.closest(".xterm") &&
    !(n.getAttribute("aria-label") || n.getAttribute("aria-labelledby") || n.labels?.length || n.textContent.trim())).map(n => n.outerHTML.slice(0, 90)));
  want(unnamed.length === 0, "everything that can be used has a name", unnamed.join("; "));
  const visited = new Set();
  let inTerminal = 0;
  await page.evaluate(() => document.activeElement.blur());
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => { const n = document.activeElement; return n.closest(".xterm") ? "terminal" : n.id || n.textContent.trim().slice(0, 40); });
    inTerminal = at === "terminal" ? inTerminal + 1 : inTerminal;
    if (at) visited.add(at);
  }
  const needed = ["run", "step", "restart", "share", "tour", "language", "tab-frames", "tab-terminal", "terminal", "slider", "back100"];
  want(needed.every(id => visited.has(id)) && inTerminal < 12, "Tab goes through the page and leaves the terminal", needed.filter(id => !visited.has(id)).join() + ` ${inTerminal}`);
  await page.focus("#tab-frames");
  await page.keyboard.press("ArrowRight");
  want(await page.evaluate(() => document.getElementById("tab-space").getAttribute("aria-selected")) === "true", "arrows move between tabs");
  await page.keyboard.press("Alt+p");
  want(await page.evaluate(() => !app.runner.running), "Alt+P pauses");
  await page.keyboard.press("Alt+p");
  await page.click("#tab-terminal");
  await page.locator("#terminal textarea").focus();
  await page.keyboard.type("ps\n");
  await settled(page, 2);
  want(/pagoda> ps/.test(await text(page)), "the terminal takes what is typed");
}

async function everyPicture(page) {
  for (const name of ["frames", "space", "walk", "ring", "slots", "vmmap", "rammap", "docs"]) {
    await page.click("#tab-" + name);
    await page.evaluate(() => { app.pictures.late = 0; });
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
  }
  await page.click("#tab-vmmap");
  await page.click("#snap");
  await page.evaluate(() => app.runner.go(app.runner.now - 60));
  await page.click("#compare");
  const difference = await page.evaluate(() => document.getElementById("difference").innerText);
  want(/in RAM|changed|nothing/.test(difference) && /fault/.test(difference), "two snapshots have a difference", difference.slice(0, 200));
  const changes = await page.evaluate(() => [...document.querySelectorAll("#difference .pages tbody tr")].map(r => r.innerText));
  want(changes.length >= 60 && changes.every(line => /^[\d,]+\s+\d+\.\d{3}\s+[0-9A-F]{8}\s+\S/.test(line)), "with each change's fault, time and reason", changes.slice(0, 3).join(" | "));
  await page.locator("#difference .pages tbody tr td:nth-child(3) button").first().click();
  want(await page.evaluate(() => app.tabs.current === "walk"), "an address in it leads to its walk");
  await page.locator("#fault-list td:nth-child(7) button").first().click();
  want(await page.evaluate(() => document.getElementById("address").value === [...document.querySelectorAll("#fault-list td:nth-child(7) button")][0].textContent), "so does a victim's");
  await page.screenshot({ path: out + "/difference.png", fullPage: true });
  await page.evaluate(() => app.runner.toPresent());
}

async function nextFault(page) {
  const before = await page.evaluate(() => app.runner.now);
  await page.click("#step");
  await page.waitForFunction(() => !app.runner.running, null, LONG);
  const after = await memory(page);
  want(after.now === before + 1 && after.faults === after.now, `"Next fault" in the middle of a program: exactly one more`, JSON.stringify([before, after]));
  await page.click("#tab-walk");
  await page.waitForFunction(() => document.getElementById("address").value === app.runner.faults.va[app.runner.faults.count - 1].toString(16).toUpperCase().padStart(8, "0"), null, LONG);
  want(true, "and the walk goes to its address");
}

/* The monitor's `step`. */
async function stepping(page) {
  await page.evaluate(() => app.tabs.show("frames"));
  await restart(page);
  await page.click("#step");
  await seen(page, "From now on the machine stops at each fault");
  await settled(page, 2);
  await page.evaluate(() => app.runner.type("run hello.exe\r"));
  for (let n = 1; n < 4; n++) {
    await seen(page, "q: stop stepping]", n);
    want((await text(page)).includes(`--- fault ${n}: hello.exe`), `the monitor's step explains fault ${n}`);
    await page.click("#step");
  }
  await seen(page, "q: stop stepping]", 4);
  await page.evaluate(() => app.runner.type("q"));
  await settled(page, 3);
  want(/Hello/i.test(await text(page)), "q lets the program run to its end", (await text(page)).slice(-400));
}

async function terminal(page) {
  await page.locator("#terminal textarea").focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "ps\n");
    document.querySelector("#terminal textarea").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await settled(page, 2);
  want(/pagoda> ps/.test(await text(page)), "what is pasted is typed");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await settled(page, 3);
  want((await text(page)).split("pagoda> vm").length === 3, "the arrow brings earlier lines back", await text(page));
  await page.click("#tab-screen");
  await page.waitForFunction(() => /Pagoda/.test(document.querySelector("#screen > div").textContent) || document.querySelector("#screen canvas").width > 300, null, LONG);
  want(true, "the VGA screen shows the machine's picture");
  await page.screenshot({ path: out + "/screen.png" });
  await page.click("#tab-settings");
  await page.fill("#set-mem", "20M");
  await page.selectOption("#set-policy", "nru");
  await page.fill("#set-latency", "100");
  await page.fill("#set-cmd", "policy; exit 3");
  await page.click("#settings button");
  await page.waitForFunction(() => app.runner.machine?.exited === 0x13, null, LONG);
  const screen = await text(page);
  want(/20480 KB of RAM/.test(screen) && /nru/.test(screen.split("pagoda> policy")[1]), "the settings start another machine", screen);
  want(/status 3/.test(await page.textContent("#status")), "and its end is told", await page.textContent("#status"));
  await page.selectOption("#speed", "10");
  await page.evaluate(() => { app.power({ ...app.settings, cmd: "run hello.exe" }); app.power({ ...app.settings, cmd: "run hello.exe" }); });
  await page.waitForFunction(() => app.runner.machine && app.runner.now > 3, null, LONG);
  want(await page.evaluate(() => app.runner.faults.count === app.runner.now && app.runner.faults.n[0] === 1), "restarted twice at once, slowly: one machine");
  await page.selectOption("#speed", "0");
  await page.click("#tab-terminal");
}

/* Each row of the course is a button, and names programs that are there. */
async function course(page) {
  const disc = new Set(spawnSync("tar", ["-tf", build + "/disc.tar"], { encoding: "utf8" }).stdout.split("\n"));
  for (const [language, file, first, rows, answer] of [["en", "course.md", 12, 62, /frames/], ["ko", "ko/course.md", 2, 147, /refused 24 MB with error 1455/]]) {
    await page.selectOption("#language", language);
    const found = await page.evaluate(() => [...document.querySelectorAll("#course .lesson")].map(n => [n.querySelector("button").textContent, n.querySelector(".mono")?.textContent || ""]));
    const written = fs.readFileSync("docs/" + file, "utf8").split("\n").filter(line => language === "ko" ? /^\| \d+ \| .* \| .* \|/.test(line) : false).length;
    want(found.length >= rows && (language === "en" || found.length === written), `${file}: ${found.length} rows, each a button`, `${rows}, ${written}`);
    const missing = found.flatMap(([, commands]) => [...commands.matchAll(/run (\S+\.exe)/g)].map(m => m[1])).filter(name => !disc.has(name));
    want(missing.length === 0, `${file}: the programs of the rows are on the disc`, missing.join());
    await page.evaluate(() => { document.getElementById("course").open = true; });
    await page.click(`#lesson-row${first} button`);
    await settled(page, found[first][1].split("; ").length);
    const screen = await text(page);
    want(screen.includes("pagoda> " + found[first][1].split("; ").at(-1)) && answer.test(screen), `${file}: a row sets the machine up and runs: ${found[first][1]}`, screen);
  }
  await page.selectOption("#language", "en");
}

/* What nobody should do: a sentence each, and the page lives on. */
async function odd(page) {
  const packed = zlib.gzipSync("{}\n".repeat(1000));
  await restart(page);
  const trace = async (name, content, sentence) => {
    await page.evaluate(() => document.getElementById("recorded").replaceChildren());
    await drop(page, [[name, Buffer.from(content)]]);
    await page.waitForFunction(() => document.getElementById("recorded").textContent, null, LONG);
    const said = await page.textContent("#recorded");
    want(sentence.test(said), `${name}: ${sentence.source}`, said);
  };
  await trace("cut.gz", packed.subarray(0, packed.length >> 1), /^cut\.gz is packed, but cut short or damaged/);
  await trace("words.trace", "{hello\nworld\n", /^words\.trace, line 1 is no JSON\.$/);
  await trace("list.trace", "{\"v\":1}\n[1]\n", /^list\.trace, line 1 is no fault of Pagoda: the field "n" is missing\.$/);
  await trace("kind.trace", JSON.stringify({ v: 1, n: 1, t: 1, pid: 4, tid: 4, image: "<img src=x>", va: "0x0", pc: "0x0", access: "?", mode: "?", kind: "constructor", pte_before: "0x0", pte_after: "0x0", frame: 1, policy: "" }) + "\n", /constructor: a kind that this page does not know/);
  const status = async (work, sentence, name) => {
    await page.evaluate(() => app.status(""));
    await work();
    await page.waitForFunction(() => document.getElementById("status").classList.contains("error"), null, LONG);
    want(sentence.test(await page.textContent("#status")), name, await page.textContent("#status"));
  };
  await status(() => page.evaluate(() => app.program.take([{ name: "folder", slice: () => ({ arrayBuffer: () => Promise.reject(new Error("no")) }) }])), /"folder" can't be read: is it a folder/, "a folder is refused in a sentence");
  await status(() => page.evaluate(() => app.program.take([new File([new Uint8Array(65 << 20)], "large.exe")])), /65 MB is too much/, "a file that is too large is refused in a sentence");
  for (const [hash, sentence] of [["mem=9999M", /512 MB at most/], ["mem=1M", /could not start: the terminal says why/], ["screen=maybe", /on or off is wanted/], ["cmd=%00", /can't be typed/], ["lesson=none", /no lesson "none"/]])
    await status(() => page.evaluate(h => { location.hash = h; }, hash), sentence, `#${hash} is answered in a sentence`);
  for (const [name, bytes] of [["empty.exe", ""], ["text.exe", "hello"]]) {
    await drop(page, [[name, Buffer.from(bytes)]]);
    await seen(page, `run: ${name} is no`);
    want(true, `${name}: the loader's words`);
  }
}

async function recorded(page) {
  const line = n => JSON.stringify({ v: 1, n, t: n * 1000, pid: 12, tid: 16, image: "a.exe", va: "0x00410000", pc: "0x00401000", access: "write", mode: "user", present: false,
                                     kind: "demand-zero", pte_before: "0x00000022", pte_after: "0x00123407", frame: n + 100, policy: "fifo" });
  await drop(page, [["run.trace", Buffer.from([1, 2, 3].map(line).join("\n") + "\n")]]);
  await page.waitForFunction(() => /demand-zero/.test(document.getElementById("recorded").textContent), null, LONG);
  want(true, "a recorded trace dropped on the page opens in the same viewer");
  await drop(page, [["bad.trace", Buffer.from(line(1) + "\n{\"v\":9}\n")]]);
  await page.waitForFunction(() => /line 2 is no fault of Pagoda/.test(document.getElementById("recorded").textContent), null, LONG);
  want(true, "a damaged trace is refused with the number of its line");
}

async function lessons(page) {
  await page.click("#lesson-clock button");
  await seen(page, "768 pages written and read back: 0 mismatches", 2);
  const paged = await page.evaluate(() => app.guest.counts().pagefile.reads);
  want(paged > 100, "a lesson sets the machine up and runs it: its 600 frames are too few", paged);
  await page.click("#tour");
  const steps = await page.evaluate(() => Number(document.getElementById("pointer-text").textContent.split("/")[1].split(".")[0]));
  for (let i = 1; i < steps; i++) await page.click("#pointer-next");
  want(await page.evaluate(() => document.querySelector(".pointed") !== null), "the tour points at places of the page, to its last step");
  await page.screenshot({ path: out + "/tour.png", fullPage: true });
}

/* build/web/site from a web server, as a pages host would. */
async function site(browser) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
  const server = http.createServer((request, answer) => {
    const file = path.join(build, "web/site", decodeURIComponent(new URL(request.url, "http://x").pathname).replace(/\/$/, "/index.html"));
    fs.readFile(file, (error, data) => answer.writeHead(error ? 404 : 200, { "content-type": types[path.extname(file)] || "application/octet-stream" }).end(error ? "" : data));
  }).listen(0, "127.0.0.1");
  await new Promise(done => server.once("listening", done));
  const page = await open(browser, `http://127.0.0.1:${server.address().port}/#cmd=vm`);
  await settled(page, 1);
  want(true, "the site boots from a web server");
  await page.goto(`http://127.0.0.1:${server.address().port}/docs/trace.html`);
  want(/fault trace/i.test(await page.textContent("h1")), "the site has the docs");
  await page.close();
  server.close();
}

/* Groups that share a page and its one long run, and those that open their own. */
const desk = async browser => {
  const page = await open(browser, PAGE + "#screen=on&cmd=vm");
  await settled(page, 1);
  return page;
};
const GROUPS = [[midway, [nextFault, everyPicture, time, counts]],
                [desk, [terminal, language, recorded, stepping, keyboard, dropped, lessons, course, odd]],
                [browser => browser, [links, site]]];

async function attempt(work, subject) {
  try {
    return await work(subject);
  } catch (error) {
    want(false, work.name, String(error.stack || error).split("\n").slice(0, 6).join(" | "));
    return null;
  }
}

fs.mkdirSync(out, { recursive: true });
const browser = await start(), only = process.env.PAGE_TESTS?.split(" ");
for (const [prepare, tests] of GROUPS) {
  const wanted = tests.filter(test => !only || only.includes(test.name)), subject = wanted.length && await attempt(prepare, browser);
  if (subject) for (const test of wanted) await attempt(test, subject);
  if (subject && subject !== browser) await subject.close();
}
want(errors.length === 0, "no error in the console", errors.slice(0, 3).join(" | "));
await browser.close();
process.exit(failed ? 1 : 0);
