#!/usr/bin/env python3
"""tether - nobody stays behind: a machine ends when those who started it do, and Ctrl-C shows no traceback.

A tool imports this first and ends with `sys.exit(tether.run(main))`.  What it starts gets
`preexec_fn=tether.child()`: it dies with the tool.  gdb starts QEMU itself, so `tether.py PROGRAM ARGUMENT...`
runs PROGRAM, tied to who called it.  Linux ties (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing is tied.
"""
import ctypes
import os
import pathlib
import select
import shlex
import signal
import subprocess
import sys
import time

PROGRAM = shlex.quote(os.path.abspath(__file__))
PR_SET_PDEATHSIG = 1
LOOK_AGAIN = 0.5  # seconds
A_MOMENT = 0.2  # seconds; make stumbles over a child that is dead before it has seen Ctrl-C itself


ENDINGS = sum(1 << number - 1 for number in (signal.SIGINT, signal.SIGHUP))


class Ended(KeyboardInterrupt):
    """Ctrl-C, a closed terminal, a polite kill."""

    def __init__(self, number):
        super().__init__()
        self.number = number


def tie(parent, how):
    """This process gets the signal `how` when its parent dies; at once if that has happened already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), how)


def child(how=signal.SIGKILL):
    """For subprocess: ties the child to this process."""
    parent = os.getpid()
    return lambda: tie(parent, how)


def terminal():
    """The terminal that we hang on, for poll(); None: there is none, or nohup says not to mind."""
    try:
        return os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY) if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN else None
    except OSError:
        return None


def make_ends():
    """Is our parent a make that was told to end?  It waits for us then, its handlers already given back."""
    try:
        status = pathlib.Path(f"/proc/{os.getppid()}/status").read_text()
    except OSError:
        return False
    fields = dict(line.split(":", 1) for line in status.splitlines())
    minded = int(fields["SigCgt"], 16) | int(fields["SigIgn"], 16)
    return fields["Name"].strip() in ("make", "gmake") and ENDINGS & ~minded != 0


def watch(process, other):
    """A poll() of two ends: the process's, and that of whoever is at the other side of the file `other` (None: no file).
    Popen.wait(timeout) won't do: a handler that raises in it can leave its lock taken, and the next wait() never ends."""
    ends = select.poll()
    ends.register(os.pidfd_open(process.pid), select.POLLIN)
    if other is not None:
        ends.register(other, 0)
    return ends


def wait(process, limit=None):
    """process.wait(limit) that also sees ends of which no signal tells us.  A terminal that closes tells only its
    first process, and if that is make, make waits for us; so does a make that alone was told to end."""
    if not hasattr(os, "pidfd_open"):
        return process.wait(limit)
    deadline = time.monotonic() + limit if limit else None
    screen = terminal()
    ends = watch(process, screen)
    while True:
        seen = {number for number, _ in ends.poll(1000 * LOOK_AGAIN)}
        if seen - {screen}:
            return process.wait()
        if seen or make_ends():
            raise Ended(signal.SIGHUP)
        if deadline and time.monotonic() > deadline:
            raise subprocess.TimeoutExpired(process.args, limit)


def open_closed():
    """Who starts us with `<&-` or `>&-` means nothing: else sys.stdin is None, and the next file that is opened is number 0."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))


def explain():
    """What the tool says of itself at its beginning."""
    print(sys.modules["__main__"].__doc__.strip())
    return 0


def run(main):
    """The status of main(), or an explanation for who asks with -h or --help.  A signal that ends us comes to it as
    an exception, so that `finally` and `with` clean up; then we die of it, so that make and the shell see why.  A
    program that is missing, a disc that is full and the like are a sentence."""
    def end(number, _):
        raise Ended(number)

    open_closed()
    parent = os.getppid()
    try:
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, end)
        tie(parent, signal.SIGTERM)
        if make_ends():  # the signal came while Python started
            raise Ended(signal.SIGINT)
        status = explain() if sys.argv[1:2] in (["-h"], ["--help"]) else main()
        sys.stdout.flush()
        return status
    except Ended as ended:
        time.sleep(A_MOMENT)
        signal.signal(ended.number, signal.SIG_DFL)
        os.kill(os.getpid(), ended.number)
    except BrokenPipeError:  # nobody reads on: make run | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}; `make doctor` tells what is missing.", file=sys.stderr)
        return 1


def accompany(command):
    """Runs the command until it ends or nobody is at the other end of its standard input any more.  gdb 16 that gets
    SIGTERM while the machine runs only hangs up, and then waits for QEMU, which does not mind."""
    if not hasattr(os, "pidfd_open"):
        os.execvp(command[0], command)
    process = subprocess.Popen(command, preexec_fn=child())
    watch(process, 0).poll()
    process.kill()
    return process.wait()


if __name__ == "__main__":
    tie(os.getppid(), signal.SIGKILL)
    sys.exit(accompany(sys.argv[1:]) and 1)
else:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until run() there is nothing to clean up
