/* runner.js - runs the machine in slices between which the browser draws; goes back in time; tells of faults.
 *
 * Events: told to `on`: changed() when it starts, stops or jumps; ended(value) at the exit port;
 * console(bytes) and consoleReset(text).  breath(again): between two slices; again() is called when the next may begin.
 */
import { Machine } from "./machine.js";
import { Faults, badLine } from "./trace.js";
import { History } from "./history.js";

const SLICE_MS = 5;
const LOG_MOST = 1 << 18;
const PROMPT = "pagoda> ", STEP_PROMPT = "q: stop stepping] "; /* where the kernel's console waits for a key */

export class Runner {
  constructor(on) {
    this.on = on;
    this.faults = new Faults();
    this.log = [];
    this.now = 0;
    this.present = null;
    this.running = false;
    this.perSecond = 0; /* faults; 0: as fast as it goes */
    const channel = new MessageChannel();
    channel.port1.onmessage = () => this.#slice();
    this.again = () => channel.port2.postMessage(0);
  }

  async power(settings, bytesOfHistory) {
    const machine = await this.#one(settings);
    if (!machine) return;
    this.faults = new Faults();
    this.log = []; /* {tick, byte} of the console */
    this.now = 0;  /* number of the last fault of the machine as it is now */
    this.quiet = false;
    this.present = null;
    this.badLines = 0;
    this.machine = machine;
    this.history = new History(this.machine, bytesOfHistory);
    this.run();
  }

  /* A machine, or null if another one was wanted meanwhile.  One at a time: they share v86's clock. */
  async #one(settings) {
    const turn = this.turns = (this.turns || 0) + 1;
    await this.off();
    await this.starting?.catch(() => {}); /* who waits for it is told */
    if (turn !== this.turns) return null;
    this.starting = Machine.start(settings, { console: byte => this.#console(byte), trace: record => this.#trace(record) });
    const machine = await this.starting;
    if (turn === this.turns) return machine;
    machine.stop();
    return null;
  }

  async off() {
    this.running = false;
    this.present = null;
    const old = this.machine;
    this.machine = null;
    if (old) await old.stop();
  }

  #console(byte) {
    if (this.quiet) return;
    this.log.push({ tick: this.machine.ticks, byte });
    if (this.log.length > LOG_MOST) this.log.splice(0, LOG_MOST >> 1);
    this.on.console(byte);
  }

  #trace(record) {
    if ("set" in record) return;
    if (badLine(record)) this.badLines++;
    else {
      this.now = record.n;
      if (!this.quiet) this.faults.add(record);
    }
  }

  /* --- Running --- */

  run() {
    if (!this.machine || this.running || this.machine.exited !== null) return;
    if (this.past) this.#branch();
    this.running = true;
    this.on.changed();
    this.again();
  }

  pause() {
    this.history?.finish();
    if (!this.running) return;
    this.running = false;
    this.on.changed();
  }

  /* One fault on; returns who does it.  The monitor's `step` wherever it listens: at its prompt it is switched on, and at a fault
   * that it explains a blank goes on ("monitor").  In the middle of a program the machine stands still when the next
   * fault has ended ("machine"). */
  step() {
    if (!this.machine || this.machine.exited !== null) return "";
    const answer = this.#says(STEP_PROMPT) ? " " : this.#says(PROMPT) ? "step\r" : "";
    if (answer) {
      this.stopAfter = 0;
      this.type(answer);
      return "monitor";
    }
    this.pause();
    if (this.past) this.#branch();
    this.stopAfter = this.now + 1;
    this.run();
    return "machine";
  }

  /* Does the console end with this, as the machine is now? */
  #says(text) {
    let i = this.log.length;
    while (i && this.log[i - 1].tick >= this.machine.ticks) i--;
    return [...text].every((c, j) => this.log[i - text.length + j]?.byte === c.charCodeAt(0));
  }

  #slice() {
    if (!this.running || !this.machine) return;
    if (this.history.saving) {
      this.history.work(SLICE_MS);
      this.on.breath(this.again);
      return;
    }
    const started = performance.now();
    let idle = 0, done = false;
    while (!done && performance.now() - started < SLICE_MS) {
      idle = this.machine.tick();
      const waiting = this.machine.inputs.length && this.machine.inputs[this.machine.inputs.length - 1].tick >= this.machine.ticks;
      done = this.#afterTick() || (idle > 0 && !waiting) || (this.perSecond && this.machine.boundary);
    }
    this.history.after(performance.now() - started, this.now);
    if (!this.running) return;
    const wait = this.perSecond && this.machine.boundary ? 1000 / this.perSecond : idle;
    if (wait >= 1) setTimeout(this.again, wait);
    else this.on.breath(this.again);
  }

  /* True when the slice is over because the machine stops here. */
  #afterTick() {
    if (this.machine.exited !== null) {
      this.running = false;
      this.on.ended(this.machine.exited);
      this.on.changed();
      return true;
    }
    if (this.stopAfter && this.now >= this.stopAfter) {
      this.stopAfter = 0;
      this.pause();
      return true;
    }
    return false;
  }

  /* Text as if typed. */
  type(text) {
    if (!this.machine || this.machine.exited !== null) return;
    if (this.past) this.#branch();
    this.machine.type(text);
    this.run();
  }

  key(codes) {
    if (this.machine && !this.past) this.machine.key(codes);
  }

  /* --- Time --- */

  /* Is the machine in a past of which the future is known? */
  get past() {
    return this.present !== null;
  }

  get firstFault() {
    return this.history ? this.history.first : 0;
  }

  /* Go to the end of fault `number`. */
  go(number) {
    this.pause();
    if (!this.machine || number === this.now && this.past) return true;
    if (!this.past) {
      if (number >= this.now) return true;
      this.present = { state: this.machine.save(this.history.snapshots.at(-1).state), now: this.now };
    }
    if (number >= this.present.now) return this.toPresent();
    const arrived = this.#quietly(() => this.history.go(number, fault => { this.now = fault; }, () => this.now));
    this.#consoleAsThen();
    this.on.changed();
    return arrived;
  }

  toPresent() {
    if (!this.past) return true;
    this.machine.load(this.present.state);
    this.now = this.present.now;
    this.present = null;
    this.#consoleAsThen();
    this.on.changed();
    return true;
  }

  #quietly(work) {
    this.quiet = true;
    try {
      return work();
    } finally {
      this.quiet = false;
    }
  }

  #consoleAsThen() {
    const { ticks } = this.machine;
    this.on.consoleReset(Uint8Array.from(this.log.filter(entry => entry.tick < ticks).map(entry => entry.byte)));
  }

  /* From here on it becomes another story. */
  #branch() {
    this.history.branch();
    this.faults.cut(this.now);
    this.log = this.log.filter(entry => entry.tick < this.machine.ticks);
    this.present = null;
    this.on.changed();
  }

  /* Who changed the word at physical address `pa` last, before now?  {fault, before, after, between} or null.
   * The bits that the CPU sets by itself (mask) don't count.  The machine stands at that fault afterwards. */
  who(pa, read, mask = ~0x60) {
    this.pause();
    const here = this.now, word = () => (read(pa) & mask) >>> 0;
    if (!this.past) this.present = { state: this.machine.save(this.history.snapshots.at(-1).state), now: this.now };
    const starts = this.history.snapshots.filter(s => s.tick < this.machine.ticks && s.fault <= here).reverse();
    let end = this.machine.ticks;
    for (const start of starts) {
      const found = this.#quietly(() => this.#scan(start, end, word));
      if (found) {
        this.go(found.fault);
        return found;
      }
      end = start.tick;
    }
    this.go(here);
    return null;
  }

  /* The last change between a snapshot and slice `end`. */
  #scan(start, end, word) {
    this.machine.load(start.state);
    this.now = start.fault;
    let before = word(), found = null;
    while (this.machine.ticks < end && this.machine.exited === null) {
      const fault = this.now;
      this.machine.tick();
      const after = word();
      if (after !== before) found = { fault: this.now, before, after, between: this.now === fault };
      before = after;
    }
    return found;
  }
}
