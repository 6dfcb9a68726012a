"""qmp - talks to a running QEMU: keys, pictures, and the text of the VGA screen.

QEMU calls us, at a socket that listens before QEMU is started: nobody has to look whether it is there yet.
"""
import json
import os
import socket
import time

VGA_TEXT = 0xB8000
COLUMNS, ROWS = 80, 50


KEYBOARD_STATUS = 0x64  # port; bit 0: a byte waits to be read
HANG = 600  # seconds without an answer


class Qmp:
    def __init__(self, path):
        """Listen at this path; it must be short (108 bytes)."""
        self.path, self.stream = path, None
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen()

    def option(self):
        """What QEMU's command line needs."""
        return f"-qmp unix:{self.path},server=off"

    def connect(self, deadline, alive=lambda: True):
        """Be called by QEMU, unless it has called already.  TimeoutError: it has not by then, or is not alive."""
        if self.stream:
            return
        self.socket.settimeout(0.5)
        while True:
            try:
                caller, _ = self.socket.accept()
                break
            except TimeoutError:
                if time.monotonic() >= deadline or not alive():
                    raise
        caller.settimeout(HANG)
        self.stream = caller.makefile("rw")
        caller.close()  # the stream keeps it open
        self.stream.readline()  # the greeting
        self.command("qmp_capabilities")

    def close(self):
        self.socket.close()
        if self.stream:
            self.stream.close()

    def command(self, name, **arguments):
        self.stream.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:  # events may come in between
            line = self.stream.readline()
            if not line:
                raise ConnectionError("QEMU has ended")
            answer = json.loads(line)
            if "error" in answer:
                raise RuntimeError(f"QEMU refuses {name}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def key(self, names):
        """Press keys together, "f2" or "ctrl-c", and let them go; the guest has taken them when this returns."""
        for down in (True, False):
            self.command("input-send-event", events=[
                {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}}
                for key in names.split("-")[::1 if down else -1]])
        end = time.monotonic() + HANG
        while int(self.command("human-monitor-command", **{"command-line": f"i/1xb {KEYBOARD_STATUS}"})
                  .split("=")[1], 16) & 1:
            if time.monotonic() > end:
                raise RuntimeError(f"the guest does not take the keys {names}")

    def picture(self, path):
        self.command("screendump", filename=os.path.abspath(path), format="png")

    def screen(self, path):
        """The VGA text screen as (lines, attributes); `path` is a scratch file."""
        path = os.path.abspath(path)
        self.command("pmemsave", val=VGA_TEXT, size=COLUMNS * ROWS * 2, filename=path)
        with open(path, "rb") as file:
            cells = file.read()
        os.unlink(path)
        text = cells[0::2].decode("cp437")
        lines = [text[i:i + COLUMNS].rstrip(" \0") for i in range(0, len(text), COLUMNS)]
        return lines, cells[1::2]
