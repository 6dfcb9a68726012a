/* words.js - a fault, a PTE and a frame in sentences. */
import { known, t } from "./text.js";
import { ACCESSES, HARD, SOFT, TAKEN, VICTIM_DIRTY, VICTIM_SECTION } from "./trace.js";

export const hex = (value, digits = 8) => (value >>> 0).toString(16).toUpperCase().padStart(digits, "0");
export const number = value => Math.round(value).toLocaleString("en");
export const kb = pages => pages >= 2560 && pages % 256 === 0 ? `${number(pages / 256)} MB` : `${number(pages * 4)} KB`;

export function hardness(kind) {
  return HARD.includes(kind) ? t("hard") : SOFT.includes(kind) ? t("soft") : "";
}

export function programName(faults, i) {
  const p = faults.programs[faults.program[i]];
  return t("program", p.image, p.pid);
}

/* What happened in fault i, in sentences. */
export function faultInWords(faults, i) {
  const kind = faults.kindOf(i), how = hardness(kind), refused = faults.reasons.get(faults.n[i]);
  const lines = [
    t("fault.who", number(faults.n[i]), programName(faults, i), hex(faults.pc[i]), t("access." + ACCESSES[faults.access[i]]),
      hex(faults.va[i]), t(faults.user[i] ? "mode.user" : "mode.kernel")),
    `${kind}${how ? ` (${how})` : ""}: ${known("kind." + kind, "kind.unknown")}`,
    t("fault.pte", hex(faults.before[i]), hex(faults.after[i])),
  ];
  if (faults.frame[i]) lines.push(t("fault.frame", hex(faults.frame[i], 5)));
  if (faults.flags[i] & TAKEN) lines.push(victimInWords(faults, i));
  if (refused) lines.push(t("fault.refused", refused.reason));
  return lines;
}

/* The addresses in those sentences: text -> process. */
export function addressesOf(faults, i) {
  const found = new Map([[hex(faults.va[i]), faults.pid[i]], [hex(faults.pc[i]), faults.pid[i]]]);
  if (faults.flags[i] & TAKEN && !(faults.flags[i] & VICTIM_SECTION)) found.set(hex(faults.victim[i]), faults.victimPid[i]);
  return found;
}

function victimInWords(faults, i) {
  const flags = faults.flags[i];
  const whose = flags & VICTIM_SECTION ? t("victim.section", hex(faults.victim[i]))
                                       : t("victim.page", hex(faults.victim[i]), faults.victimPid[i]);
  const where = faults.victimSlot[i] ? t(flags & VICTIM_DIRTY ? "victim.dirty" : "victim.clean", faults.victimSlot[i]) : t("victim.file");
  return `${whose} ${where}`;
}

const PROTECTIONS = ["no-access", "read-only", "read-write", "write-copy", "execute-only", "execute-read",
                     "execute-read-write", "execute-write-copy"];
const SHORT = ["---", "r--", "rw-", "rc-", "--x", "r-x", "rwx", "rcx"];

export function protection(guest, prot) {
  const c = guest.layout.constants;
  return PROTECTIONS[prot & c.PROT_BASE] + (prot & c.PROT_GUARD ? ", guard" : "");
}

export function shortProtection(guest, prot) {
  const c = guest.layout.constants;
  return SHORT[prot & c.PROT_BASE] + (prot & c.PROT_GUARD ? "g" : "");
}

export const KIND_WORDS = ["EMPTY", "DEMAND_ZERO", "TRANSITION", "PAGEFILE", "PROTOTYPE", "VALID"];

export function kindName(guest, word) {
  const entry = Object.entries(guest.layout.enums.pte_kind).find(([, value]) => value === guest.kind(word));
  return entry ? entry[0].replace("PTE_", "") : "?";
}

/* The fields of a PDE or PTE from the highest bit down: [bits, name, value, sentence]. */
export function bitsOf(guest, word, level) {
  const yes = (mask, key) => [[31 - Math.clz32(mask)], key, word & mask ? 1 : 0, t(`bit.${key}.${word & mask ? 1 : 0}`)];
  if (!(word & 1)) {
    if (level === "pde") return [[[31, 1], "-", hex(word), t("bit.notable")], [[0], "P", 0, t("bit.P.0")]];
    const c = guest.layout.constants, kind = kindName(guest, word);
    return [
      [[31, 12], kind === "PAGEFILE" ? "slot" : kind === "TRANSITION" ? "frame" : "-", hex(word >>> 12, 5), t("soft." + kind)],
      [[9, c.PTE_PROT_SHIFT], "prot", protection(guest, guest.protection(word)), t("bit.prot")],
      [[3, c.PTE_KIND_SHIFT], "kind", kind, t("bit.kind")],
      [[0], "P", 0, t("bit.P.0")],
    ];
  }
  const ignored = level === "pte" ? [[[11, 9], "prot", protection(guest, guest.protection(word)), t("bit.own")]]
                                  : [[[11, 9], "-", word >>> 9 & 7, t("bit.ignored")]];
  return [
    [[31, 12], level === "pde" && !(word & 128) ? "table" : "frame", hex(word >>> 12, 5), t(level === "pde" ? "bit.table" : "bit.frame")],
    ...ignored, yes(256, "G"), ...(level === "pde" ? [yes(128, "PS")] : []),
    ...(level === "pte" ? [yes(64, "D")] : []), yes(32, "A"), yes(16, "PCD"), yes(8, "PWT"), yes(4, "U"), yes(2, "W"), yes(1, "P"),
  ];
}
