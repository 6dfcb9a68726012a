/* history.js - time: snapshots of the machine, and the way back to the end of any of the last faults.
 *
 * Between two snapshots the machine is run again: it does the same again (machine.js).  So a snapshot now and
 * then is enough, and every fault between them can be reached exactly.
 */
import { bytesOf } from "./machine.js";

const EVERY_MS = 400;      /* of running, when faults happened; longer where a snapshot takes long */
const SHARE = 10;          /* at most one part in so many of the time goes into snapshots */
const FAULTS_APART = 2000; /* at the most */

export class History {
  /* most: bytes that the snapshots may hold; faultsNow(): how many faults the machine has told of */
  constructor(machine, most) {
    this.machine = machine;
    this.most = most;
    this.snapshots = []; /* {state, fault, tick} in order of time */
    this.ran = 0;
    this.keep(0);
  }

  keep(fault) {
    const last = this.snapshots[this.snapshots.length - 1];
    if (last && last.fault === fault && fault) return;
    const started = performance.now(), state = this.machine.save(last?.state || this.machine.power);
    this.cost = performance.now() - started;
    this.snapshots.push({ state, fault, tick: state.ticks });
    this.ran = 0;
    this.#thin();
  }

  /* The machine has run for `ms` and told of fault `fault` last. */
  after(ms, fault) {
    const last = this.snapshots[this.snapshots.length - 1];
    this.ran += ms;
    if (fault > last.fault && (this.ran > Math.max(EVERY_MS, this.cost * SHARE) || fault - last.fault > FAULTS_APART)) this.keep(fault);
  }

  /* Too much?  Of the older snapshots every second one goes; at last the oldest. */
  #thin() {
    while (this.snapshots.length > 3 && bytesOf(this.snapshots.map(s => s.state)) > this.most) {
      const half = this.snapshots.length >> 1;
      const kept = this.snapshots.filter((_, i) => i >= half || i % 2 === 0);
      if (kept.length === this.snapshots.length) kept.shift();
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
