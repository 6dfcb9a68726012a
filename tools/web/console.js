/* console.js - the terminal on the machine's first serial port. */

export class Console {
  /* type(text): what was typed or pasted; address(va): an address in the text was clicked */
  constructor(root, Terminal, FitAddon, type, address) {
    this.terminal = new Terminal({ cols: 100, rows: 22, scrollback: 5000, convertEol: true, fontSize: 12, screenReaderMode: true,
                                   fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", theme: { background: "#14161a" } });
    this.fitting = new FitAddon();
    this.terminal.loadAddon(this.fitting);
    this.terminal.open(root);
    this.root = root;
    this.terminal.onData(text => type(text.replace(/\r\n|\n/g, "\r")));
    /* Tab leaves the terminal, so that the page can be used without a mouse. */
    this.terminal.attachCustomKeyEventHandler(event => event.key !== "Tab");
    this.terminal.registerLinkProvider({ provideLinks: (y, answer) => answer(this.#addresses(y, address)) });
    this.pending = [];
    new ResizeObserver(() => this.fit()).observe(root);
  }

  /* The words of eight hexadecimal digits in line y, as links. */
  #addresses(y, address) {
    const line = this.terminal.buffer.active.getLine(y - 1)?.translateToString() || "";
    return [...line.matchAll(/\b[0-9A-F]{8}\b/g)].map(({ 0: text, index }) =>
      ({ text, range: { start: { x: index + 1, y }, end: { x: index + text.length, y } }, activate: () => address(parseInt(text, 16)) }));
  }

  fit() {
    if (this.root.clientWidth) this.fitting.fit();
  }

  byte(byte) {
    this.pending.push(byte);
  }

  /* Once a picture: what came since. */
  flush() {
    if (this.pending.length) this.terminal.write(Uint8Array.from(this.pending.splice(0)));
  }

  reset(bytes) {
    this.pending.length = 0;
    this.terminal.reset();
    this.terminal.write(bytes);
  }

  focus() {
    this.terminal.focus();
  }

  /* The text of the screen, for tests. */
  text() {
    const buffer = this.terminal.buffer.active, lines = [];
    for (let i = 0; i < buffer.length; i++) lines.push(buffer.getLine(i).translateToString(true));
    return lines.join("\n");
  }
}
