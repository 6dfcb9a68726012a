"""programs - ready-made programs of other people, and unmodified sources, that Pagoda runs as they are.

One entry a program: what built it, where it comes from, what it is told to do, in how much RAM, and how its output is
judged.  run makes the table of docs/real-programs.md from them.
"""
import hashlib
import re
import subprocess
import zlib

import fetch

TEXT = b"".join(b"%d page %d\n" % (i, i * 1103515245 % 65521) for i in range(60000))
NODE_SCRIPT = """const crypto = require('crypto');
const a = Array.from({length: 300000}, (_, i) => (i * 7919) % 300007);
a.sort((x, y) => x - y);
console.log('sorted ' + crypto.createHash('sha256').update(a.join(',')).digest('hex'));
"""
JS_SOURCE = """import {twice} from './twice.js';
console.log([1, 2, 3].map(number => twice(number)).join('-'));
"""


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


def expect_esbuild(output):
    """The same version for this machine bundles to the same bytes."""
    folder = fetch.npm("@esbuild/linux-x64", fetch.npm_version("@esbuild/win32-ia32"))
    work = fetch.REAL / "esbuild-work"
    work.mkdir(exist_ok=True)
    (work / "app.js").write_text(JS_SOURCE)
    (work / "twice.js").write_text("export const twice = n => 2 * n;\n")
    done = subprocess.run([folder / "bin/esbuild", "app.js", "--bundle", "--minify"], cwd=work,
                          capture_output=True, text=True, check=True)
    expect(output, done.stdout.strip())


def sorted_hash():
    numbers = sorted(i * 7919 % 300007 for i in range(300000))
    return "sorted " + hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()


def deb(package, name):
    return lambda: [fetch.debian(package) / "usr/share/win32" / name]


def npm(package, *names):
    return lambda: [fetch.npm(package) / name for name in names]


class Program:
    """files: called, gives paths; texts: files made here; judge: called with the output, raises Wrong."""

    def __init__(self, name, chain, origin, files, commands, judge, how, mem="16M", pagefile="256M", texts=None,
                 may_fail=False):
        self.name, self.chain, self.origin, self.files = name, chain, origin, files
        self.commands, self.judge, self.how = commands, judge, how
        self.mem, self.pagefile, self.texts = mem, pagefile, texts or {}
        self.may_fail = may_fail  # it ends with a status of its own


def go_test(name, wanted, how):
    return Program(f"{name}.exe", "Go 1.19 (built here)", f"test/{name}.go of Go's own tests, unmodified",
                   lambda: [fetch.go(name)], [f"run {name.split('/')[-1]}.exe"], lambda out: expect(out, *wanted), how)


PROGRAMS = [
    Program("gzip.exe", "mingw-w64", "Debian gzip-win32", deb("gzip-win32", "gzip.exe"),
            ["run gzip.exe -k9 text.txt", "run gzip.exe -lv text.txt.gz", "run gzip.exe -tv text.txt.gz"],
            expect_gzip, "CRC and size as zlib's; it warns that it can't make its output read-only", texts={"text.txt": TEXT}, may_fail=True),
    Program("cpio.exe", "mingw-w64", "Debian cpio-win32", deb("cpio-win32", "cpio.exe"),
            ["run cpio.exe --version"], lambda out: expect(out, "cpio (GNU cpio) 2."), "version"),
    Program("gpgv.exe", "mingw-w64", "Debian gpgv-win32", deb("gpgv-win32", "gpgv.exe"),
            ["run gpgv.exe --version"], lambda out: expect(out, "gpgv (GnuPG) 2.", "libgcrypt"), "version"),
    Program("7za.exe", "Visual C++ 6, msvcrt.dll", "npm 7zip-bin", npm("7zip-bin", "win/ia32/7za.exe"),
            ["run 7za.exe a -mx9 text.7z text.txt", "run 7za.exe t text.7z", "run 7za.exe h -scrcSHA256 text.txt"],
            lambda out: expect(out.upper(), "EVERYTHING IS OK", hashlib.sha256(TEXT).hexdigest().upper()),
            "SHA-256; packed, and the archive tested", texts={"text.txt": TEXT}),
    Program("rcedit.exe", "Visual C++, static", "npm rcedit", npm("rcedit", "bin/rcedit.exe"),
            ["run rcedit.exe"], lambda out: expect(out, "Edit resources of exe", "--set-version-string"), "its help"),
    Program("supa-mdx-lint.exe", "Rust, ucrt", "npm @supabase/supa-mdx-lint-win32-i686",
            npm("@supabase/supa-mdx-lint-win32-i686", "bin/supa-mdx-lint.exe"),
            ["run supa-mdx-lint.exe --version"], lambda out: expect(out, "supa-mdx-lint 0."), "version", mem="24M"),
    Program("ast-grep.exe", "Rust, ucrt", "npm @ast-grep/cli-win32-ia32-msvc",
            npm("@ast-grep/cli-win32-ia32-msvc", "ast-grep.exe"),
            ["run ast-grep.exe --version"], lambda out: expect(out, "ast-grep 0."), "version", mem="24M"),
    Program("esbuild.exe", "Go", "npm @esbuild/win32-ia32", npm("@esbuild/win32-ia32", "esbuild.exe"),
            ["run esbuild.exe app.js --bundle --minify"], expect_esbuild, "bundles to the same bytes as natively",
            texts={"app.js": JS_SOURCE, "twice.js": "export const twice = n => 2 * n;\n"}),
    Program("depot.exe", "Go", "npm @depot/cli-win32-ia32", npm("@depot/cli-win32-ia32", "bin/depot.exe"),
            ["run depot.exe --version"], lambda out: expect(out, "depot version 2."), "version"),
    Program("node.exe", "Visual C++, V8 with JIT", "npm node-win-x86", npm("node-win-x86", "bin/node.exe"),
            ["set NODE_SKIP_PLATFORM_CHECK=1", "run node.exe script.js"], lambda out: expect(out, sorted_hash()),
            "300,000 numbers sorted, SHA-256 as Python's", mem="24M", texts={"script.js": NODE_SCRIPT}),
    Program("ffmpeg.exe", "mingw-w64", "npm @ffmpeg-installer/win32-ia32",
            npm("@ffmpeg-installer/win32-ia32", "ffmpeg.exe"),
            ["set PAGODA_MISSING=late", "run ffmpeg.exe -version"], lambda out: expect(out, "libavcodec", "libswscale"),
            "version; with PAGODA_MISSING=late: windows and sound are missing", mem="24M"),
    go_test("peano", ["[peano.exe, process"], "status 0: it compares its factorials itself"),
    go_test("solitaire", ["391865 moves tried"], "its count of moves"),
    Program("catch.exe", "clang for Visual C++'s ABI (built here)", "tests/real/catch.cpp", lambda: [fetch.catch()],
            ["run catch.exe"], lambda out: expect(out, "6 facts hold, 0 do not"), "its own facts: catch, throw, __try"),
]
SHORT = ("gzip.exe", "rcedit.exe", "esbuild.exe", "supa-mdx-lint.exe", "peano.exe", "catch.exe")
