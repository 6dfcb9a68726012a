/* assets.js - what the page brings along: packed inside the one-file page, or as files beside it. */

const NAMES = ["v86.wasm", "pagoda.elf", "disc.tar", "bios.bin", "vgabios.bin", "layout.json", "docs.json", "libv86.js", "xterm.js", "addon-fit.js"];

async function unpacked(stream) {
  return new Response(stream.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function one(name) {
  const inside = document.getElementById("asset-" + name);
  if (!inside) return unpacked((await fetch(`assets/${name}.gz`)).body);
  const bytes = Uint8Array.from(atob(inside.textContent.trim()), c => c.charCodeAt(0));
  inside.remove();
  return unpacked(new Blob([bytes]).stream());
}

/* A library: what it defines is a property of the window then. */
function execute(bytes) {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(bytes);
  document.head.append(script);
}

/* All of them; progress(done, of) is called before each. */
export async function loadAssets(progress) {
  const assets = {};
  for (const [i, name] of NAMES.entries()) {
    progress(i, NAMES.length);
    await new Promise(painted => setTimeout(painted));
    const bytes = await one(name);
    if (name.endsWith(".js")) execute(bytes);
    else assets[name] = name.endsWith(".json") ? JSON.parse(new TextDecoder().decode(bytes)) : bytes;
  }
  progress(NAMES.length, NAMES.length);
  return assets;
}
