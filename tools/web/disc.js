/* disc.js - the machine's disc, a ustar archive in memory: what is on it, and files added to it.
 *
 * POSIX.1-1988 "ustar": blocks of 512 bytes, a header before each file, two blocks of zeros at the end.
 */
const BLOCK = 512, MAGIC = 257, NAME = 100, SIZE = 124, CHECKSUM = 148, TYPE = 156;

const text = (bytes, at, length) => {
  let out = "";
  for (let i = at; i < at + length && bytes[i]; i++) out += String.fromCharCode(bytes[i]);
  return out;
};

/* [{name, at, size}] */
export function list(buffer) {
  const bytes = new Uint8Array(buffer), files = [];
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at];) {
    const size = parseInt(text(bytes, at + SIZE, 12), 8) || 0;
    files.push({ name: text(bytes, at, NAME), at, size });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/* A name as the disc has it: the last part, lower case; null if the kernel could not take it. */
export function discName(name) {
  const last = name.split(/[\\/]/).pop().toLowerCase();
  return /^[ -~]{1,60}$/.test(last) && !/["';&|<>*?: ]/.test(last) ? last : null;
}

function header(name, size) {
  const block = new Uint8Array(BLOCK), put = (at, s) => { for (let i = 0; i < s.length; i++) block[at + i] = s.charCodeAt(i); };
  put(0, name);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(SIZE, size.toString(8).padStart(11, "0") + "\0");
  put(136, "00000000000\0");
  put(CHECKSUM, "        ");
  put(TYPE, "0");
  put(MAGIC, "ustar\0" + "00");
  const sum = block.reduce((a, b) => a + b, 0);
  put(CHECKSUM, sum.toString(8).padStart(6, "0") + "\0 ");
  return block;
}

/* The archive with `files` ([{name, bytes}]) in it; one that had the same name is gone. */
export function add(buffer, files) {
  const names = new Set(files.map(f => f.name)), old = new Uint8Array(buffer), parts = [];
  for (const f of list(buffer))
    if (!names.has(f.name.toLowerCase())) parts.push(old.subarray(f.at, f.at + BLOCK + Math.ceil(f.size / BLOCK) * BLOCK));
  for (const { name, bytes } of files)
    parts.push(header(name, bytes.length), bytes, new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK));
  parts.push(new Uint8Array(2 * BLOCK));
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out.buffer;
}
