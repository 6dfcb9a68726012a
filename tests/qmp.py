"""qmp - talks to a running QEMU: keys, pictures, and the text of the VGA screen."""
import json
import os
import socket
import time

VGA_TEXT = 0xB8000
COLUMNS, ROWS = 80, 25


class Qmp:
    def __init__(self, path, deadline):
        """Connect to QEMU's control socket; it may not be there yet."""
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.socket.settimeout(30)
        self.stream = self.socket.makefile("rw")
        self.stream.readline()  # the greeting
        self.command("qmp_capabilities")

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
        """Press keys together: "f2", "ctrl-c"."""
        self.command("send-key", keys=[{"type": "qcode", "data": key} for key in names.split("-")])

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
        lines = [text[i:i + COLUMNS].rstrip() for i in range(0, len(text), COLUMNS)]
        return lines, cells[1::2]
