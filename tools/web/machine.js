/* machine.js - the emulated PC, run so that it can be run again.
 *
 * v86 takes its time from the browser's clock and compiles hot code when the browser gets round to it, so no
 * two runs of it are alike.  Here time is counted in executed instructions (as QEMU does under -icount), hot
 * code is compiled between two slices, and input is written down with the slice in which it came.  So a
 * machine that is put back into an earlier state and given the same input does the same again, word for
 * word.  The kernel's trace port ends a slice: a machine can stand still exactly between two faults.
 *
 * The names of v86's insides are those of the version in package-lock.json; check() says what is missing.
 */
import { recordOf } from "./wire.js";

const INSTRUCTIONS_PER_MS = 100000; /* the machine's speed, as its own clock sees it */
const LEAST_IDLE = 0.01;            /* ms: what rounding must not make 0 */
const TABLE_OFFSET = 1024;          /* v86: where compiled code begins in the table of functions */
const TRACE_PORT = 0x2f8, EXIT_PORT = 0xf4, LINE_CONTROL = 0x2fb, DIVISOR = 0x80;
const NEEDED = ["main_loop", "in_hlt", "instruction_counter", "mem8", "mem32s", "io", "cr", "wm", "wasm_memory",
                "pack_memory", "unpack_memory", "codegen_finalize", "codegen_finalize_finished", "jit_imports",
                "full_clear_tlb", "jit_clear_cache", "devices"];

export class Machine {
  /* settings: {V86, wasm: ArrayBuffer, kernel, disc, bios, vgaBios: ArrayBuffer, screen: element or undefined,
   * ram: bytes, line: the kernel's command line}
   * hooks: {console(byte), trace(record), exit(value), slice()} */
  static async start(settings, hooks) {
    const machine = new Machine(hooks);
    await machine.#power(settings);
    return machine;
  }

  constructor(hooks) {
    this.hooks = hooks;
    this.ticks = 0;     /* slices since power-on: the machine's own time line */
    this.furthest = 0;  /* the most that it has ever been */
    this.inputs = [];   /* {tick, send} in order; those after `ticks` are the future */
    this.exited = null; /* what was written to the exit port */
    this.clock = 0;     /* ms, without the instructions of this slice */
    this.lastCounter = 0;
    this.boundary = false; /* the slice ended because a fault did */
    this.wire = []; /* what the trace port has sent of a record */
    this.compiled = [];
    this.divisor = false;
  }

  async #power(s) {
    const options = {
      wasm_fn: async imports => {
        imports.env.microtick = () => this.now();
        imports.env.get_rand_int = () => 4; /* nobody asks; if somebody does, it is the same each time */
        return (await WebAssembly.instantiate(s.wasm, imports)).instance.exports;
      },
      memory_size: s.ram, vga_memory_size: 1 << 20, autostart: false, uart1: true,
      disable_keyboard: true, disable_mouse: true, disable_speaker: true,
      multiboot: { buffer: s.kernel }, initrd: { buffer: s.disc }, cmdline: s.line,
      bios: { buffer: s.bios }, vga_bios: { buffer: s.vgaBios },
    };
    if (s.screen) options.screen_container = s.screen;
    this.v86 = new s.V86(options);
    await new Promise(done => this.v86.add_listener("emulator-ready", done));
    this.core = this.v86.v86;
    this.cpu = this.core.cpu;
    this.#check();
    this.core.constructor.microtick = () => this.now();
    this.cpu.stop_idling = () => {}; /* we call main_loop() ourselves */
    this.core.unregister_yield();
    this.cpu.codegen_finalize = (index, start, flags, pointer, length) =>
      this.compiled.push({ index, start, flags,
                           code: new Uint8Array(this.cpu.wasm_memory.buffer, pointer >>> 0, length >>> 0).slice() });
    this.cpu.devices.rtc.timer = () => 100; /* the wall clock stands at power-on; nobody reads it later */
    this.#ports();
    this.core.bus.send("emulator-started"); /* the screen draws itself from now on */
    this.power = this.save();
  }

  #check() {
    const missing = NEEDED.filter(name => this.cpu[name] === undefined);
    if (missing.length) throw new Error(`this v86 has no ${missing.join(", ")}: another version than the lock file's?`);
  }

  #ports() {
    const io = this.cpu.io;
    this.v86.add_listener("serial0-output-byte", byte => this.hooks.console?.(byte));
    io.register_write(EXIT_PORT, this, value => {
      this.exited = value;
      this.#pause();
    });
    const line = value => { this.divisor = (value & DIVISOR) !== 0; };
    io.register_write(LINE_CONTROL, this, line);
    io.register_read(LINE_CONTROL + 2, this, () => 0x60); /* always ready */
    io.register_write(TRACE_PORT, this, byte => this.#traceByte(byte));
  }

  #traceByte(byte) {
    if (this.divisor) return;
    this.wire.push(byte);
    const record = recordOf(this.wire);
    if (!record) return;
    this.wire = [];
    this.#pause();
    this.boundary = true;
    this.hooks.trace?.(record);
  }

  /* End the slice after the instruction that is being executed. */
  #pause() {
    if (!this.cpu.in_hlt[0]) {
      this.cpu.in_hlt[0] = 1;
      this.paused = true;
    }
  }

  /* ms since power-on, on the machine's own clock */
  now() {
    const counter = this.cpu ? this.cpu.instruction_counter[0] : 0;
    return this.clock + (counter - this.lastCounter >>> 0) / INSTRUCTIONS_PER_MS;
  }

  /* One slice; returns for how many ms the machine has nothing to do (0: it has). */
  tick() {
    this.#deliver();
    this.boundary = false;
    const wait = this.cpu.main_loop();
    const idle = this.cpu.in_hlt[0] && !this.paused ? Math.max(wait, LEAST_IDLE) : 0;
    if (this.paused) {
      this.paused = false;
      this.cpu.in_hlt[0] = 0;
    }
    const counter = this.cpu.instruction_counter[0];
    this.clock += (counter - this.lastCounter >>> 0) / INSTRUCTIONS_PER_MS + idle;
    this.lastCounter = counter;
    this.#compile();
    this.ticks++;
    if (this.ticks > this.furthest) this.furthest = this.ticks;
    return idle;
  }

  #deliver() {
    const from = this.inputs.length && this.inputs[this.inputs.length - 1].tick >= this.ticks;
    if (!from) return;
    for (const input of this.inputs) if (input.tick === this.ticks) input.send(this);
  }

  #compile() {
    for (const { index, start, flags, code } of this.compiled) {
      const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { e: this.cpu.jit_imports });
      this.cpu.wm.wasm_table.set(index + TABLE_OFFSET, instance.exports.f);
      this.cpu.codegen_finalize_finished(index, start, flags);
    }
    this.compiled.length = 0;
  }

  /* Text for the console's serial port, one character a slice: the port has room for one. */
  type(text) {
    let tick = this.ticks;
    const last = this.inputs[this.inputs.length - 1];
    if (last && last.tick >= tick) tick = last.tick + 1;
    for (const character of text)
      this.inputs.push({ tick: tick++, send: m => m.v86.bus.send("serial0-input", character.charCodeAt(0)) });
  }

  /* Codes of a key for the keyboard controller. */
  key(codes) {
    this.inputs.push({ tick: this.ticks, send: m => codes.forEach(code => m.v86.bus.send("keyboard-code", code)) });
    this.inputs.sort((a, b) => a.tick - b.tick);
  }

  /* Forget the inputs that were to come: the machine goes on differently from here. */
  branch() {
    this.inputs = this.inputs.filter(input => input.tick < this.ticks);
    this.furthest = this.ticks;
  }

  /* The whole state: the emulator's memory page by page (pages that are as in `base` are shared with it), the
   * compiled code, and the devices.  A generator, for memory is much: the machine must stand still until it is done. */
  *saving(base) {
    const state = {
      table: this.#table(), devices: this.#devices(), ticks: this.ticks, clock: this.clock,
      lastCounter: this.lastCounter, wire: this.wire.slice(), divisor: this.divisor, exited: this.exited,
    };
    state.pages = yield* keepPages(new Int32Array(this.cpu.wasm_memory.buffer), base?.pages);
    return state;
  }

  /* The same at once. */
  save(base) {
    const work = this.saving(base);
    let step;
    do step = work.next(); while (!step.done);
    return step.value;
  }

  load(state) {
    this.#setDevices(state.devices);
    const memory = new Int32Array(this.cpu.wasm_memory.buffer);
    putPages(memory, state.pages);
    state.table.forEach((f, i) => this.cpu.wm.wasm_table.set(TABLE_OFFSET + i, f));
    for (const field of ["ticks", "clock", "lastCounter", "divisor", "exited"]) this[field] = state[field];
    this.wire = state.wire.slice();
    this.compiled.length = 0;
    this.boundary = false;
  }

  #table() {
    const table = this.cpu.wm.wasm_table, functions = [];
    for (let i = TABLE_OFFSET; i < table.length; i++) functions.push(table.get(i));
    return functions;
  }

  /* v86's own state, without the memory, which lies in the pages. */
  #devices() {
    const cpu = this.cpu, pack = cpu.pack_memory;
    cpu.pack_memory = () => ({ bitmap: { get_buffer: () => new Uint8Array(4) }, packed_memory: new Uint8Array(0) });
    try {
      return this.core.save_state();
    } finally {
      cpu.pack_memory = pack;
    }
  }

  #setDevices(state) {
    const cpu = this.cpu, kept = [cpu.unpack_memory, cpu.full_clear_tlb, cpu.jit_clear_cache];
    cpu.unpack_memory = cpu.full_clear_tlb = cpu.jit_clear_cache = () => {};
    try {
      this.core.restore_state(state);
    } finally {
      [cpu.unpack_memory, cpu.full_clear_tlb, cpu.jit_clear_cache] = kept;
    }
  }

  stop() {
    this.core.bus.send("emulator-stopped");
    this.v86.destroy();
  }
}

const WORDS = 1024; /* of a page */
const PAGES_AT_ONCE = 256;
const ZEROS = new Int32Array(WORDS);

function same(memory, at, page) {
  for (let i = 0; i < WORDS; i++) if (memory[at + i] !== page[i]) return false;
  return true;
}

function* keepPages(memory, base) {
  const pages = [];
  for (let at = 0, i = 0; at < memory.length; at += WORDS, i++) {
    if (i % PAGES_AT_ONCE === 0) yield;
    const old = base && base[i] || ZEROS;
    pages.push(same(memory, at, old) ? old : same(memory, at, ZEROS) ? ZEROS : memory.slice(at, at + WORDS));
  }
  return pages;
}

function putPages(memory, pages) {
  pages.forEach((page, i) => memory.set(page, i * WORDS));
  memory.fill(0, pages.length * WORDS);
}

/* Bytes of memory that a state holds and `before`, an older one, does not. */
export function bytesBeyond(state, before) {
  const old = before ? before.pages : [];
  return state.pages.reduce((sum, page, i) => page === old[i] || page === ZEROS ? sum : sum + WORDS * 4, 0);
}
