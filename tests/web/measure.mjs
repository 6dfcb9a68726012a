/* measure.mjs - how quick the page is, beside QEMU: node tests/web/measure.mjs BUILD CHROMIUM
 *
 * Seconds of the processor that the page's process (or QEMU) used, which a busy machine changes little; and those of the
 * clock.  docs/web.md has the figures.
 */
import path from "node:path";
import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";

const [build, executable] = process.argv.slice(2).map(word => path.resolve(word));
const { chromium } = createRequire(build + "/web/")("playwright-core");
const LONG = { timeout: 900000 };
const COMMAND = "run thrash.exe 20 random";

const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
const control = await browser.newBrowserCDPSession();
const used = async () => (await control.send("SystemInfo.getProcessInfo")).processInfo.filter(p => p.type === "renderer").reduce((sum, p) => sum + p.cpuTime, 0);

async function page(name, settings, prepare = () => {}, run = COMMAND) {
  const tab = await browser.newPage({ viewport: { width: 1500, height: 1000 } }), before = await used();
  await tab.goto(`file://${build}/web/index.html#mem=16M&${settings}`);
  await tab.waitForFunction(() => globalThis.app?.console?.text().includes("pagoda>"), null, LONG);
  const prompt = await tab.evaluate(() => app.prompt), start = await used(), clock = Date.now();
  await tab.evaluate(prepare);
  const drawn = await tab.evaluate(() => app.drawn);
  await tab.evaluate(command => app.runner.type(command + "\r"), run);
  await tab.waitForFunction(() => app.console.text().includes("0 mismatches"), null, LONG);
  const seconds = (await used()) - start, wall = (Date.now() - clock) / 1000;
  const answer = await tab.evaluate(() => [app.guest.look().counts().faults, app.drawn]);
  console.log(`${name}: prompt after ${(prompt / 1000).toFixed(1)} s (${(start - before).toFixed(1)} s of the processor); ${answer[0]} faults in ` +
              `${wall.toFixed(1)} s (${seconds.toFixed(1)} s of the processor: ${Math.round(answer[0] / seconds)} a second); ${((answer[1] - drawn) / wall).toFixed(0)} pictures a second`);
  await tab.close();
}

/* What one picture of so many frames costs, in ms. */
async function picture(mem) {
  const tab = await browser.newPage({ viewport: { width: 1500, height: 1000 } });
  await tab.goto(`file://${build}/web/index.html#mem=${mem}&cmd=${encodeURIComponent("run thrash.exe 30 random")}`);
  await tab.waitForFunction(() => globalThis.app?.console?.text().includes("0 mismatches"), null, LONG);
  const costs = await tab.evaluate(() => {
    app.runner.pause();
    return Array.from({ length: 60 }, () => {
      const started = performance.now();
      app.pictures.frames.cells.shown.fill(-1); /* as if every frame had changed */
      app.pictures.frames.draw(app.guest.look());
      return performance.now() - started;
    }).sort((a, b) => a - b);
  });
  const frames = await tab.evaluate(() => app.guest.counts().limit);
  console.log(`a picture of ${frames} frames, all of them changed: ${costs[30].toFixed(1)} ms (least ${costs[0].toFixed(1)})`);
  await tab.close();
}

function qemu(name, trace) {
  const run = commands => {
    const started = Date.now();
    const answer = spawnSync("bash", ["-c", "TIMEFORMAT='%U %S'; time tools/run"], { encoding: "utf8",
      env: { ...process.env, HEADLESS: "1", BOOT: "kernel", MEM: "16M", PAGEFILE: "64M", CMD: commands, ...(trace ? { TRACE: "/dev/null" } : {}) } });
    const seconds = answer.stderr.trim().split("\n").at(-1).split(" ").reduce((a, b) => a + Number(b), 0);
    return { seconds, wall: (Date.now() - started) / 1000, faults: Number(/Faults +(\d+)/.exec(answer.stdout)?.[1]) };
  };
  const empty = run("exit"), full = run(`${COMMAND}; vm; exit`), seconds = full.seconds - empty.seconds;
  console.log(`${name}: boots and ends in ${empty.wall.toFixed(1)} s (${empty.seconds.toFixed(1)} s of the processor); ${full.faults} faults in ${(full.wall - empty.wall).toFixed(1)} s ` +
              `(${seconds.toFixed(1)} s of the processor: ${Math.round(full.faults / seconds)} a second)`);
}

await page("page", "");
await page("page, no pictures", "", () => document.getElementById("pictures").click());
await page("page, no trace port", "trace=off");
await page("page, neither", "trace=off", () => document.getElementById("pictures").click());
await page("page, the machine alone: no pictures, and it never waits for one", "", () => {
  document.getElementById("pictures").click();
  app.breath = again => again();
});
await page("page, 10,000 frames", "mem=39M", () => {}, "run thrash.exe 60 random");
qemu("QEMU", false);
qemu("QEMU, trace port", true);
await picture("39M");
await browser.close();
