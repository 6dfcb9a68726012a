"""laboratory.py - boots Pagoda with traces on its disc; what tools/lab and tests/check_replay share."""
import lzma
import os
import pathlib
import shutil
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PROGRAMS = ("ntdll.dll", "kernel32.dll", "lab.exe", "replay.exe", "compare.exe")


class Failed(Exception):
    """One sentence for people."""


def read_trace(path):
    """The words of a trace: NAME.u16, NAME.u16.xz, or text with one page number a line."""
    try:
        if path.name.endswith(".xz"):
            data = lzma.open(path).read()
        else:
            data = path.read_bytes()
    except (OSError, lzma.LZMAError) as error:
        raise Failed(f"{path} can't be read: {error}.") from error
    if ".u16" in path.name:
        if len(data) < 2 or len(data) % 2:
            raise Failed(f"{path} is no trace: 16-bit words are wanted, page << 1 | written.")
        return data
    pages, words = {}, []
    for line in data.decode("ascii", "replace").split():
        if not line.isdigit():
            raise Failed(f'{path}: "{line[:20]}" is no page number.')
        words.append(pages.setdefault(int(line), len(pages)) << 1)
    if not words or len(pages) > 32767:
        raise Failed(f"{path}: 1 to 32767 different pages are wanted, there are {len(pages)}.")
    return struct.pack(f"<{len(words)}H", *words)


def boot(name, traces, commands, mem="32M", pagefile="64M", elf=BUILD / "pagoda.elf"):
    """The console's output of one boot; `traces` are words by file name."""
    folder = BUILD / "laboratory" / name
    shutil.rmtree(folder, ignore_errors=True)
    disc = folder / "disc"
    disc.mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy(BUILD / "disc" / program, disc)
    for file, words in traces.items():
        (disc / file).write_bytes(words)
    shutil.copy(elf, folder / "pagoda.elf")
    subprocess.run(["tar", "--format=ustar", "-C", disc, "-cf", folder / "disc.tar",
                    *sorted(path.name for path in disc.iterdir())], check=True)
    settings = {"BUILD": str(folder.relative_to(ROOT)), "HEADLESS": "1", "BOOT": "kernel", "MEM": mem,
                "PAGEFILE": pagefile, "CMD": "; ".join([*commands, "exit"]), "TIMEOUT": "1200"}
    done = subprocess.run([ROOT / "tools/run"], env={**os.environ, **settings}, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace")
    output = done.stdout.replace("\r", "")
    (folder / "log").write_text(output)
    if done.returncode:
        raise Failed("\n".join(output.split("\n")[-15:]) + f"\nthe machine ended with status {done.returncode}")
    return output


def simulate(trace, sizes, policies=(), limit=None):
    """{(policy, frames): (hard, soft, writes)} from the host simulator; all policies, LRU and OPT included,
    unless some are named."""
    done = subprocess.run([BUILD / "test/host/simulate", trace, *map(str, sizes), *policies], check=True,
                          capture_output=True, text=True, timeout=limit)
    table = {}
    for line in done.stdout.splitlines():
        _, policy, frames, _, _, hard, soft, writes = line.split("\t")
        table[policy, int(frames)] = int(hard), int(soft), int(writes)
    return table
