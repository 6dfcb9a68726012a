#!/usr/bin/env python3
"""trace_wire - what the trace port sends, made into the lines of JSON that docs/trace.md describes.

    tools/trace_wire.py WIRE FILE     tools/run starts it so, WIRE being `-`, its standard input; FILE.gz is packed

The kernel sends binary records, because that costs a fault a tenth of what printing does (kernel/watch/trace.c).
All that has arrived is written before more is waited for: the file is never a fault behind the wire, and
whatever ends the machine, this reads on until the wire is closed.
"""
import fcntl
import gzip
import json
import os
import signal
import struct
import sys

VERSION = 1
HEAD = 2  # which sort of record, version
FAULT = struct.Struct("<Q7I4x4I3xB")  # the beginning of struct fault in mm/fault.h
SET = struct.Struct("<5I")  # kernel/watch/trace.c
WORDS = {b"F": 5, b"S": 2}
SIZE = {b"F": HEAD + FAULT.size, b"S": HEAD + SET.size}
MOST_WORDS = 256  # bytes of all words of a record
CHUNK = 1 << 16
PIPE, F_SETPIPE_SZ = 1 << 20, 1031  # Linux: so much may wait for us before the machine must
USER, PRESENT, TAKEN, PRIVATE, DIRTY = 1, 2, 4, 8, 16  # flags of a record


class Damaged(Exception):
    """The wire carries something else."""


def truth(value):
    return "true" if value else "false"


def quoted(word, known={}):  # the few words of a trace come again and again
    """Names come from a disc that anybody can make: each byte is a character, and JSON says it in ASCII."""
    if word not in known:
        known[word] = json.dumps(word.decode("latin-1"))
    return known[word]


def fault_line(record, words):
    (time, number, pid, tid, va, pc, before, after, status, victim_pid, victim_va, slot,
     flags) = FAULT.unpack_from(record, HEAD)
    image, access, kind, policy, reason = map(quoted, words)
    line = (f'{{"v":{VERSION},"n":{number},"t":{time},"pid":{pid},"tid":{tid},"image":{image},"va":"0x{va:08x}",'
            f'"pc":"0x{pc:08x}","access":{access},"mode":"{"user" if flags & USER else "kernel"}",'
            f'"present":{truth(flags & PRESENT)},"kind":{kind},"pte_before":"0x{before:08x}",'
            f'"pte_after":"0x{after:08x}","frame":{after >> 12 if after & 1 else 0},"policy":{policy}')
    if flags & TAKEN:
        line += (f',"victim":{{"pid":{victim_pid},"va":"0x{victim_va:08x}","section":{truth(not flags & PRIVATE)},'
                 f'"dirty":{truth(flags & DIRTY)},"slot":{slot}}}')
    if status:
        line += f',"reason":{reason},"status":"0x{status:08x}"'
    return line + "}\n"


def set_line(record, words):
    ws, frame, pid, va, private = SET.unpack_from(record, HEAD)
    event, policy = map(quoted, words)
    return (f'{{"v":{VERSION},"set":{event},"ws":"0x{ws:08x}","policy":{policy},"frame":{frame},"pid":{pid},'
            f'"va":"0x{va:08x}","section":{truth(not private)}}}\n')


LINE = {b"F": fault_line, b"S": set_line}


def lines(wire):
    """(the lines of the whole records in `wire`, the bytes behind them)"""
    made, at = [], 0
    while len(wire) - at >= HEAD:
        sort = wire[at:at + 1]
        if sort not in LINE or wire[at + 1] != VERSION:
            raise Damaged(f"the trace port sent what is no record of version {VERSION}; the trace ends before it")
        behind = at + SIZE[sort]
        *words, rest = wire[behind:behind + MOST_WORDS].split(b"\0", WORDS[sort])
        if len(words) < WORDS[sort]:
            break
        made.append(LINE[sort](wire[at:behind], words))
        at = behind + sum(map(len, words)) + len(words)
    return "".join(made).encode(), wire[at:]


def convert(wire, file):
    """Until the wire is closed."""
    left = b""
    while got := os.read(wire, CHUNK):
        text, left = lines(left + got)
        file.write(text)
        file.flush()


def widen(wire):
    try:
        fcntl.fcntl(wire, F_SETPIPE_SZ, PIPE)
    except OSError:
        pass  # it is no pipe, or not on Linux


def main(source, target):
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):  # of the whole terminal: QEMU's end is ours
        signal.signal(number, signal.SIG_IGN)
    wire = sys.stdin.fileno() if source == "-" else os.open(source, os.O_RDONLY)
    widen(wire)
    try:
        with (gzip.open if target.endswith(".gz") else open)(target, "wb") as file:
            convert(wire, file)
        return 0
    except BrokenPipeError:
        return 0  # who read along has gone
    except Damaged as damage:
        sentence = f"{damage}."
    except OSError as error:
        sentence = f"TRACE={target} can't be written: {error.strerror or error}; the trace ends there."
    print(f"make run: {sentence}", file=sys.stderr)
    while os.read(wire, CHUNK):
        pass  # the machine must not wait for us
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
