"""fetch - gets the real programs that the tests run: by the name of their Debian package, unmodified.

Everything lies below build/real: an apt of its own (the system's stays as it is), the downloads, and
what was built from them.  Nothing is fetched or built twice.
"""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REAL = ROOT / "build/real"
CROSS = "i686-w64-mingw32-gcc"
FETCH_LIMIT = 300  # seconds: a registry that does not answer
BUILD_LIMIT = 3000  # detects a hang


class Unreachable(Exception):
    """It can't be had here: the sentence for the skip."""


@contextlib.contextmanager
def alone(what="fetch"):
    """Tests run side by side, but only one of them fetches at a time, and only one builds the same program."""
    REAL.mkdir(parents=True, exist_ok=True)
    with open(REAL / f"lock-{what}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def call(command, limit, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def source_lists():
    """The system's own package sources, asking for source packages; other vendors' are left out."""
    release = pathlib.Path("/etc/os-release").read_text()
    system = re.search(r"^ID=\"?(\w+)", release, re.M)[1]
    etc = pathlib.Path("/etc/apt")
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        text = path.read_text() if path.is_file() else ""
        if path.suffix == ".sources":
            parts = [part for part in re.split(r"\n\s*\n", text) if system in part.lower()]
            new = "\n\n".join(re.sub(r"(?m)^Types:.*", "Types: deb deb-src", part) for part in parts)
        else:
            lines = [line for line in text.split("\n") if re.match(r"deb\s", line) and system in line]
            new = "\n".join(lines + [re.sub(r"^deb", "deb-src", line) for line in lines])
        if new.strip():
            yield path.name, new + "\n"


def apt(*words):
    if not shutil.which("apt-get"):
        raise Unreachable("this system has no apt-get to fetch Debian packages with")
    home = REAL / "apt"
    for folder in ("lists/partial", "cache/archives/partial", "parts"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for name, text in source_lists():
        (home / "parts" / name).write_text(text)
    options = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": home / "parts",
               "Dir::State::Lists": home / "lists", "Dir::Cache": home / "cache",
               "APT::Sandbox::User": "root", "Acquire::Retries": 2, "Acquire::http::Timeout": 20}
    command = ["apt-get", "-q"]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    downloads = REAL / "downloads"
    downloads.mkdir(exist_ok=True)
    try:
        call([*command, *words], FETCH_LIMIT, cwd=downloads)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        said = re.findall(r"^E: (.*)", str(error), re.M)[:1] or [f"no end after {FETCH_LIMIT} s"]
        raise Unreachable(f"Debian's package registry can't be reached: apt-get {' '.join(words)}: {said[0]}") from error


@alone()
def update():
    """Once for all tests: the lists are good for as long as the downloads are."""
    if not any((REAL / "apt/lists").glob("*Sources*")):
        apt("update")


def source(package):
    """The unpacked upstream source of a package."""
    folder = REAL / "source" / package
    if folder.is_dir():
        return folder
    update()
    with alone():
        apt("source", "--download-only", package)
    tarball = next(path for path in sorted((REAL / "downloads").glob(f"{package}_*.orig.tar.*"))
                   if not path.name.endswith(".asc"))
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    call(["tar", "-C", partial, "--strip-components=1", "-xf", tarball], BUILD_LIMIT)
    partial.rename(folder)
    return folder


def binary(package):
    """The unpacked files of a binary package."""
    folder = REAL / "binary" / package
    if folder.is_dir():
        return folder
    update()
    with alone():
        apt("download", package)
    archive = sorted((REAL / "downloads").glob(f"{package}_*.deb"))[-1]
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_suffix(".partial")
    call(["dpkg-deb", "-x", archive, partial], BUILD_LIMIT)
    partial.rename(folder)
    return folder


def installed(tool):
    """A tool that only these tests need is here, or is now installed."""
    with alone():
        if not shutil.which(tool):
            subprocess.run([ROOT / "tools/setup", "real"], stdin=subprocess.DEVNULL)
    if not shutil.which(tool):
        raise Unreachable(f"{tool} is not installed (tools/setup real)")


def compiled(target, compiler, sources, flags=(), libraries=(), level="-O1"):
    """A program from all its sources at once, unless it is there."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name("partial-" + target.name)
        call([compiler, level, "-w", *flags, "-o", partial, *sources, *libraries], BUILD_LIMIT)
        os.rename(partial, target)
    return target


def both(name, sources, flags=()):
    """The same program for Pagoda and for this machine, where it is compiled as quickly as can be: it has little to do."""
    return (compiled(REAL / "bin" / f"{name}.exe", CROSS, sources, ["-s", *flags]),
            compiled(REAL / "bin" / name, "gcc", sources, flags, ["-lm"], "-O0"))


@alone("debian")
def debian(package):
    return binary(package)


@alone("signed")
def signed():
    """Debian's list of packages with its signature, as apt fetched it, and Debian's public keys."""
    update()
    keys = binary("debian-archive-keyring") / "usr/share/keyrings/debian-archive-keyring.gpg"
    lists = [path for path in sorted((REAL / "apt/lists").glob("*_InRelease"), key=lambda path: len(path.name))
             if b"Label: Debian\n" in path.read_bytes()]
    if not lists:
        raise Unreachable("apt fetched no list that Debian signed")
    copy = REAL / "signed/InRelease"
    copy.parent.mkdir(exist_ok=True)
    shutil.copy(lists[0], copy)
    return [keys, copy]


@alone("npm")
def npm(package, version=""):
    """The unpacked files of an npm package (the folder `package` of its archive)."""
    folder = REAL / "npm" / package.replace("/", "+")
    if not folder.is_dir():
        if not shutil.which("npm"):
            raise Unreachable("npm is not installed: it fetches programs by the names of their packages")
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            call(["npm", "pack", "--silent", package + (f"@{version}" if version else "")], FETCH_LIMIT, cwd=partial)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            raise Unreachable(f"npm's registry can't be reached: npm pack {package} failed") from error
        call(["tar", "-C", partial, "--strip-components=1", "-xzf", next(partial.glob("*.tgz"))], BUILD_LIMIT)
        partial.rename(folder)
    return folder


def npm_version(package):
    return json.loads((npm(package) / "package.json").read_text())["version"]


@alone("go")
def go(name):
    """A program of Go's own tests, built for 32-bit Windows."""
    program = REAL / "bin" / f"{name.split('/')[-1]}.exe"
    if not program.exists():
        if not shutil.which("go"):
            subprocess.run([ROOT / "tools/setup", "real"], stdin=subprocess.DEVNULL)
        if not shutil.which("go"):
            raise Unreachable("go is not installed (tools/setup real)")
        test = pathlib.Path(call(["go", "env", "GOROOT"], 60).strip()) / "test" / f"{name}.go"
        if not test.exists():
            raise Unreachable(f"Go's own tests are not installed: {test} is not there")
        program.parent.mkdir(parents=True, exist_ok=True)
        call(["go", "build", "-o", program, test], BUILD_LIMIT,
             env={**os.environ, "GOOS": "windows", "GOARCH": "386", "CGO_ENABLED": "0", "GOCACHE": str(REAL / "go-cache"),
                  "GO111MODULE": "off"})
    return program


def tool(name, package):
    if not shutil.which(name):
        raise Unreachable(f"{name} is not installed (Debian's package {package})")


# Unmodified sources, each compiled at once: what belongs to the program, and what the compiler is told.
SOURCES = {
    "lz4": ("lz4", ["programs/*.c", "lib/*.c"], ["-Ilib"]),
    "bzip2": ("bzip2", [f"{name}.c" for name in ("blocksort", "huffman", "crctable", "randtable", "compress", "decompress",
                                                 "bzlib", "bzip2")], []),
    "duk": ("duktape", ["src/duktape.c", "examples/cmdline/duk_cmdline.c", "extras/print-alert/duk_print_alert.c"],
            ["-Isrc", "-Iextras/print-alert", "-DDUK_CMDLINE_PRINTALERT_SUPPORT"]),
    "mujs": ("mujs", ["one.c", "main.c"], ["-I."]),
    "lzip": ("lzip", ["*.cc"], ["-DPROGVERSION=\"1.23\"", "-static"]),
    "gctest": ("libgc", ["extra/gc.c", "tests/test.c"],
               ["-Iinclude", "-DGC_BUILTIN_ATOMIC", "-DALL_INTERIOR_POINTERS", "-DGC_NOT_DLL", "-luser32"]),
    "libdeflate-gzip": ("libdeflate", ["lib/*.c", "lib/x86/*.c", "programs/gzip.c", "programs/prog_util.c",
                                       "programs/tgetopt.c"], ["-I.", "-municode", "-DUNICODE", "-D_UNICODE"]),
}


@alone("unmodified")
def unmodified(name):
    """A program from the source package of Debian that has it."""
    package, patterns, flags = SOURCES[name]
    target, folder = REAL / f"bin/{name}.exe", source(package)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        files = [str(path.relative_to(folder)) for pattern in patterns for path in sorted(folder.glob(pattern))]
        libraries = [flag for flag in flags if flag.startswith("-l")]
        compiler = "i686-w64-mingw32-g++" if files[0].endswith(".cc") else CROSS
        tool(compiler, "g++-mingw-w64-i686")
        call([compiler, "-O1", "-w", "-s", *[flag for flag in flags if flag not in libraries], "-o", target, *files, *libraries],
             BUILD_LIMIT, cwd=folder)
    return target


@alone("rust")
def rust(name):
    """tests/real/NAME.rs by Debian's compiler with Debian's library for 32-bit Windows."""
    target, root = REAL / f"bin/{name}.exe", REAL / "rust"
    if not target.exists():
        tool(CROSS, "gcc-mingw-w64-i686")
        update()
        if not root.is_dir():
            (REAL / "apt/lists386/partial").mkdir(parents=True, exist_ok=True)
            here, there = ["rustc", "libstd-rust-1.63", "libstd-rust-dev", "libllvm14"], ["libstd-rust-dev-windows"]
            other = ["-o", "APT::Architectures::=i386", "-o", f"Dir::State::Lists={REAL / 'apt/lists386'}"]
            with alone():
                apt("download", *here)
                apt(*other, "update", "--allow-insecure-repositories")
                apt(*other, "download", *[f"{package}:i386" for package in there])
            for package in here + there:
                call(["dpkg-deb", "-x", sorted((REAL / "downloads").glob(f"{package}_*.deb"))[-1], root], BUILD_LIMIT)
        target.parent.mkdir(parents=True, exist_ok=True)
        call([root / "usr/bin/rustc", "--sysroot", root / "usr", "--target", "i686-pc-windows-gnu", "-O", "-C",
              f"linker={CROSS}", "-o", target, ROOT / f"tests/real/{name}.rs"], BUILD_LIMIT,
             env={**os.environ, "LD_LIBRARY_PATH": str(root / "usr/lib/x86_64-linux-gnu")})
    return target


@alone("pascal")
def pascal(name):
    """tests/real/NAME.pp by Free Pascal: its compiler and library for 32-bit Windows are built first, from its source."""
    target, work = REAL / f"bin/{name}.exe", REAL / "fpc"
    compiler, units = work / "ppcross386", work / "units"
    if not target.exists():
        tool("fpc", "fp-compiler")
        sources = source("fpc") / "fpcsrc"
        if not (units / "classes.o").exists():
            shutil.rmtree(work, ignore_errors=True)
            (work / "out").mkdir(parents=True)
            units.mkdir()
            shutil.copytree(sources / "compiler", work / "compiler")
            here = work / "compiler"
            call(["fpc", "-v0", f"-o{work / 'msg2inc'}", "-FU../out", "utils/msg2inc.pp"], BUILD_LIMIT, cwd=here)
            call([work / "msg2inc", "msg/errore.msg", "msg", "msg"], BUILD_LIMIT, cwd=here)
            call(["fpc", "-v0", "-di386", "-Fui386", "-Fii386", "-Fusystems", "-Fux86", "-Fix86", "-FU../out", f"-o{compiler}",
                  "-Sg", "-O1", "-Xs", "pp.pas"], BUILD_LIMIT, cwd=here)
            flags = ["-Twin32", "-n", "-v0", "-O2", "-Xs", "-Sh-", f"-FU{units}", f"-Fu{units}",
                     *[f"-Fi../{folder}" for folder in ("inc", "i386", "win", "win/wininc", "objpas", "objpas/sysutils",
                                                        "objpas/classes")],
                     *[f"-Fu../{folder}" for folder in ("inc", "i386", "win", "objpas", "common")]]
            rtl = sources / "rtl/win32"
            call([compiler, *flags, "-Us", "-Sg", "system.pp"], BUILD_LIMIT, cwd=rtl)
            for unit in ("../inc/uuchar.pp", "../objpas/objpas.pp", "../inc/macpas.pp", "../inc/iso7185.pp", "buildrtl.pp"):
                call([compiler, *flags, unit], BUILD_LIMIT, cwd=rtl)
        target.parent.mkdir(parents=True, exist_ok=True)
        call([compiler, "-Twin32", "-n", f"-Fu{units}", "-v0", "-O2", "-Xs", f"-FU{work / 'out'}", f"-o{target}",
              ROOT / f"tests/real/{name}.pp"], BUILD_LIMIT)
    return target


@alone("fortran")
def fortran(name):
    """tests/real/NAME.f90 by gfortran."""
    target, compiler = REAL / f"bin/{name}.exe", "i686-w64-mingw32-gfortran"
    tool(compiler, "gfortran-mingw-w64-i686")
    return compiled(target, compiler, [ROOT / f"tests/real/{name}.f90"], ["-s", "-static"])


@alone("catch")
def catch():
    """tests/real/catch.cpp by clang for Visual C++'s ABI, linked against msvcrt.dll as this tree exports it."""
    target, work, here = REAL / "bin/catch.exe", REAL / "catch", ROOT / "tests/real"
    if not target.exists():
        if not shutil.which("clang"):
            raise Unreachable("clang is not installed (tools/setup lint)")
        work.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        call(["clang", "--target=i686-pc-windows-msvc", "-O1", "-fexceptions", "-fcxx-exceptions",
              "-fno-threadsafe-statics", "-c", here / "catch.cpp", "-o", work / "catch.o"], BUILD_LIMIT)
        call(["i686-w64-mingw32-objcopy", "-R", ".sxdata", "-R", ".llvm_addrsig", work / "catch.o"], BUILD_LIMIT)
        call([CROSS, "-c", here / "catch.s", "-o", work / "table.o"], BUILD_LIMIT)
        call(["i686-w64-mingw32-dlltool", "-d", ROOT / "user/msvcrt/msvcrt.def", "-l", work / "libcrt.a"], BUILD_LIMIT)
        call([CROSS, "-nostdlib", "-s", "-Wl,-e,_start", "-o", target, work / "catch.o", work / "table.o",
              work / "libcrt.a", "-lkernel32"], BUILD_LIMIT)
    return target


@alone("lua")
def lua():
    folder = source("lua5.4") / "src"
    return both("lua", sorted(path for path in folder.glob("*.c") if path.name != "luac.c"))


@alone("lua_of_the_scripts")
def lua_of_the_scripts():
    """Lua 5.1: the last version whose source comes with the test scripts of Lua's authors."""
    folder = source("lua5.1")
    sources = sorted(path for path in (folder / "src").glob("*.c") if path.name not in ("luac.c", "print.c"))
    return *both("lua51", sources), folder / "test"


@alone("sqlite")
def sqlite():
    """Its single-file form is put together by scripts in Tcl."""
    folder = source("sqlite3")
    work = REAL / "sqlite3-work"
    if not (work / "shell.c").exists():
        installed("tclsh")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        call([folder / "configure", "--disable-readline", "--disable-tcl"], BUILD_LIMIT, cwd=work)
        call(["make", "sqlite3.c", "shell.c"], BUILD_LIMIT, cwd=work)
    return both("sqlite3", [work / "shell.c", work / "sqlite3.c"],
                ["-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION"])


@alone("zlib")
def zlib():
    """Debian's ready-made DLL, and our program that is linked against it."""
    dll = next((binary("libz-mingw-w64") / "usr/i686-w64-mingw32").rglob("zlib1.dll"))
    program = compiled(REAL / "bin/pack.exe", CROSS, [ROOT / "tests/real/pack.c"], ["-s"], [dll])
    return program, dll


@alone("threads")
def threads():
    """Our program on Debian's ready-made C++ library, the variant with POSIX threads: the program, its DLLs,
    and the same program for this machine."""
    compiler, source_file = "i686-w64-mingw32-g++-posix", ROOT / "tests/real/threads.cpp"
    installed(compiler)
    installed("g++")
    dlls = [subprocess.run([compiler, "-print-file-name=" + name], capture_output=True, text=True, check=True).stdout.strip()
            for name in ("libstdc++-6.dll", "libgcc_s_dw2-1.dll", "libwinpthread-1.dll")]
    return (compiled(REAL / "bin/threads.exe", compiler, [source_file], ["-s", "-std=c++17"]), [pathlib.Path(dll) for dll in dlls],
            compiled(REAL / "bin/threads", "g++", [source_file], ["-std=c++17", "-pthread"]))
