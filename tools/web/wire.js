/* wire.js - what the trace port sends, made into the objects that docs/trace.md describes; tools/trace_wire.py does
 * the same for files.
 */
import { VERSION } from "./trace.js";

const FAULT_SORT = 0x46, SET_SORT = 0x53; /* "F", "S" */
const HEAD = 2; /* which sort of record, version */
const BODY = { [FAULT_SORT]: { size: 60, words: 5 }, [SET_SORT]: { size: 20, words: 2 } };
const FLAG = { user: 1, present: 2, taken: 4, privateVictim: 8, dirty: 16 };

const wordOf = number => "0x" + number.toString(16).padStart(8, "0");

/* The beginning of struct fault of mm/fault.h */
function faultRecord(view, words) {
  const [image, access, kind, policy, reason] = words, at = i => view.getUint32(HEAD + i, true);
  const flags = view.getUint8(HEAD + 59), status = at(40);
  const record = {
    v: VERSION, n: at(8), t: at(4) * 2 ** 32 + at(0), pid: at(12), tid: at(16), image, va: wordOf(at(20)), pc: wordOf(at(24)),
    access, mode: flags & FLAG.user ? "user" : "kernel", present: (flags & FLAG.present) !== 0, kind, pte_before: wordOf(at(28)),
    pte_after: wordOf(at(32)), frame: at(32) & 1 ? at(32) >>> 12 : 0, policy,
  };
  if (flags & FLAG.taken)
    record.victim = { pid: at(44), va: wordOf(at(48)), section: !(flags & FLAG.privateVictim), dirty: (flags & FLAG.dirty) !== 0, slot: at(52) };
  if (status) Object.assign(record, { reason, status: wordOf(status) });
  return record;
}

/* kernel/watch/trace.c */
function setRecord(view, [event, policy]) {
  const at = i => view.getUint32(HEAD + i, true);
  return { v: VERSION, set: event, ws: wordOf(at(0)), policy, frame: at(4), pid: at(8), va: wordOf(at(12)), section: !at(16) };
}

/* Is `bytes`, which ends with the byte that came just now, a whole record? */
function isWhole(bytes) {
  const body = HEAD + BODY[bytes[0]].size;
  if (bytes.length <= body || bytes[bytes.length - 1] !== 0) return false;
  let words = 0;
  for (let i = body; i < bytes.length; i++) words += bytes[i] === 0;
  return words === BODY[bytes[0]].words;
}

/* `bytes` since the last record, as a list of numbers.  => null: no whole record yet; {bad: true}: what came is none;
 * or the record.  Then the next record begins. */
export function recordOf(bytes) {
  if (!(bytes[0] in BODY) || bytes.length === HEAD && bytes[1] !== VERSION) return { bad: true };
  if (!isWhole(bytes)) return null;
  const body = HEAD + BODY[bytes[0]].size, view = new DataView(Uint8Array.from(bytes).buffer);
  const words = String.fromCharCode(...bytes.slice(body, -1)).split("\0");
  return bytes[0] === FAULT_SORT ? faultRecord(view, words) : setRecord(view, words);
}
