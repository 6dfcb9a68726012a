/* history.js - time: snapshots of the machine, and the way back to the end of any of the last faults.
 *
 * Between two snapshots the machine is run again: it does the same again (machine.js).  So a snapshot now and
 * then is enough, and every fault between them can be reached exactly.
 */
import { bytesBeyond } from "./machine.js";

const EVERY_MS = 400;      /* of running, when faults happened; longer where a snapshot takes long */
const SHARE = 10;          /* at most one part in so many of the time goes into snapshots */
const FAULTS_APART = 2000; /* at the most */

export class History {
  /* most: bytes that the snapshots may hold */
  constructor(machine, most) {
    this.machine = machine;
    this.most = most;
    this.snapshots = []; /* {state, fault, tick, bytes} in order of time */
    this.saving = null;  /* the one that is being taken */
    this.#begin(0);
    this.finish();
  }

  #begin(fault) {
    const base = this.snapshots.at(-1)?.state || this.machine.power;
    this.saving = { fault, cost: 0, work: this.machine.saving(base) };
  }

  /* Go on with the snapshot that is being taken, for about `ms`; the machine stands still until there is none. */
  work(ms) {
    const started = performance.now(), { saving } = this;
    let step, spent;
    do {
      step = saving.work.next();
      spent = performance.now() - started;
    } while (!step.done && spent < ms);
    saving.cost += spent;
    if (step.done) this.#keep(step.value, saving);
  }

  finish() {
    while (this.saving) this.work(Infinity);
  }

  #keep(state, { fault, cost }) {
    this.snapshots.push({ state, fault, tick: state.ticks, bytes: bytesBeyond(state, this.snapshots.at(-1)?.state) });
    this.saving = null;
    this.cost = cost;
    this.ran = 0;
    this.#thin();
  }

  /* The machine has run for `ms` and told of fault `fault` last. */
  after(ms, fault) {
    const last = this.snapshots.at(-1);
    this.ran += ms;
    if (fault > last.fault && (this.ran > Math.max(EVERY_MS, this.cost * SHARE) || fault - last.fault > FAULTS_APART)) this.#begin(fault);
  }

  /* Too much?  Of the older snapshots every second one goes; at last the oldest. */
  #thin() {
    while (this.snapshots.length > 3 && this.snapshots.reduce((sum, s) => sum + s.bytes, 0) > this.most) {
      const half = this.snapshots.length >> 1;
      const kept = this.snapshots.filter((_, i) => i >= half || i % 2 === 0);
      if (kept.length === this.snapshots.length) kept.shift();
      kept.forEach((s, i) => { s.bytes = bytesBeyond(s.state, kept[i - 1]?.state); });
      this.snapshots = kept;
    }
  }

  /* The first fault to which there is a way back. */
  get first() {
    return this.snapshots[0].fault;
  }

  before(fault) {
    let found = this.snapshots[0];
    for (const snapshot of this.snapshots) if (snapshot.fault <= fault) found = snapshot;
    return found;
  }

  /* Put the machine where fault `fault` has just ended (0: power-on).  told(): the number of the last fault told.
   * Returns false when the machine did not get there again, which would be a bug. */
  go(fault, load, told) {
    const from = this.before(fault);
    this.machine.load(from.state);
    load(from.fault);
    const limit = this.machine.furthest + 1;
    while (told() < fault && this.machine.exited === null && this.machine.ticks < limit) this.machine.tick();
    return told() === fault;
  }

  /* What came after the machine's present did not happen. */
  branch() {
    this.snapshots = this.snapshots.filter(s => s.tick <= this.machine.ticks);
    this.machine.branch();
  }
}
