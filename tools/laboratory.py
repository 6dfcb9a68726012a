"""laboratory.py - boots Pagoda with traces on its disc; what tools/lab and tests/check_replay share."""
import lzma
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
SIMULATOR = BUILD / "test/host/simulate"
PROGRAMS = ("ntdll.dll", "kernel32.dll", "lab.exe", "replay.exe", "compare.exe")


SETTINGS = ("MEM", "PAGEFILE", "FRAMES", "POLICY", "CPU", "BOOT", "CMD", "QEMU", "OPTIONS", "KERNEL", "TRACE", "TIMEOUT",
            "HEADLESS", "VERBOSE")  # of tools/run
REPLAYED = re.compile(r"^replay: (\S+) (\S+) (\d+) frames: .* (\d+) demand-zero, (\d+) hard, (\d+) transition; "
                      r"(\d+) written back$", re.M)


class Failed(Exception):
    """One sentence for people."""


def environment(**settings):
    """For tools/run: what somebody has set for `make run` (a TRACE, too) is not meant for this machine."""
    return {**{name: value for name, value in os.environ.items() if name not in SETTINGS}, **settings}


def read_trace(path):
    """The words of a trace: NAME.u16, NAME.u16.xz, or text with one page number a line; `7w` writes page 7."""
    try:
        if path.name.endswith(".xz"):
            data = lzma.open(path).read()
        else:
            data = path.read_bytes()
    except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
        raise Failed(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    if ".u16" in path.name:
        if len(data) < 2 or len(data) % 2:
            raise Failed(f"{path} is no trace: 16-bit words are wanted, page << 1 | written.")
        return data
    pages, words = {}, []
    for line in data.decode("ascii", "replace").split():
        found = re.fullmatch(r"(\d{1,18})(w?)", line)
        if not found:
            raise Failed(f'{path}: "{line[:20]}" is no page number, nor one with a w for a write.')
        words.append(pages.setdefault(int(found[1]), len(pages)) << 1 | bool(found[2]))
    if not words or len(pages) > 32767:
        raise Failed(f"{path}: 1 to 32767 different pages are wanted, there are {len(pages)}.")
    return struct.pack(f"<{len(words)}H", *words)


def wanted():
    """What `make lab` and `make grade` build before; who calls the tool itself hears it at once and not at the end."""
    for path in (SIMULATOR, BUILD / "pagoda.elf"):
        if not path.is_file():
            raise Failed(f"{path.relative_to(ROOT)} is missing; make lab builds it.")


def boot(name, traces, commands, mem="32M", pagefile="64M", elf=BUILD / "pagoda.elf"):
    """The console's output of one boot, which is also kept; `traces` are words by file name."""
    logs = BUILD / "laboratory"
    logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="boot-", dir=logs) as folder:  # never where a trace may lie
        folder = pathlib.Path(folder)
        disc = folder / "disc"
        disc.mkdir()
        for program in PROGRAMS:
            shutil.copy(BUILD / "disc" / program, disc)
        for file, words in traces.items():
            (disc / file).write_bytes(words)
        shutil.copy(elf, folder / "pagoda.elf")
        subprocess.run(["tar", "--format=ustar", "-C", disc, "-cf", folder / "disc.tar",
                        *sorted(path.name for path in disc.iterdir())], check=True)
        settings = environment(BUILD=str(folder.relative_to(ROOT)), HEADLESS="1", BOOT="kernel", MEM=mem,
                               PAGEFILE=pagefile, CMD="; ".join([*commands, "exit"]), TIMEOUT="3000")
        done = subprocess.run([ROOT / "tools/run"], env=settings, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    output = done.stdout.replace("\r", "")
    (logs / f"{name}.console").write_text(output)
    if done.returncode:
        raise Failed("\n".join(output.split("\n")[-15:]) + f"\nthe machine ended with status {done.returncode}")
    return output


def replayed(output):
    """(trace, policy, frames, faults of pages that were not in RAM, transition faults, writes) of each replay."""
    for trace, policy, frames, *counts in REPLAYED.findall(output):
        first, read, revived, writes = map(int, counts)
        yield trace, policy, int(frames), first + read, revived, writes


def simulate(trace, sizes, policies=(), prepare=None):
    """{(policy, frames): (faults, transition faults, writes)} from the host simulator; all policies, LRU and OPT included,
    unless some are named.  `prepare` is called in the simulator's process."""
    done = subprocess.run([SIMULATOR, trace, *map(str, sizes), *policies], check=True,
                          capture_output=True, text=True, preexec_fn=prepare)
    table = {}
    for line in done.stdout.splitlines():
        _, policy, frames, _, _, missing, revived, writes = line.split("\t")
        table[policy, int(frames)] = int(missing), int(revived), int(writes)
    return table
