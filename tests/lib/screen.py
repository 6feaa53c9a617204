# SPDX-License-Identifier: Apache-2.0
"""A program on a terminal: Screen starts it in tests/vt and reads what stands on the screen.

    with Screen([os.environ["MOTCUA"]], env={"MOTCUA_HOME": home}) as s:
        s.wait("Đăng ký khai sinh")
        s.key("down", "enter")
        print(s.dump())
        s.key("q")
        assert s.exit() == 0
"""
import os
import shlex
import subprocess

# How long anything on the screen may take before a test fails; never how long it should take.
PATIENCE = 20.0 * float(os.environ.get("MOTCUA_TEST_SLOWER", 1))


class ScreenError(AssertionError):
    pass


class Screen:
    def __init__(self, command, cols=80, rows=24, env=None, unset=(), record=None):
        self.vt = subprocess.Popen([os.environ["MOTCUA_VT"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   env=plain_environment())
        self.cols, self.rows = cols, rows
        variables = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "LANGUAGE": "vi", **(env or {})}
        variables = {k: v for k, v in variables.items() if k not in unset}
        if record:
            self.ask("record", record)
        self.pid = int(self.ask("spawn", f"{cols}x{rows}", *[f"{k}={v}" for k, v in variables.items()],
                                *unset, "--", *command))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is not None and self.vt.poll() is None:
            print("\n".join(["screen:"] + ["|" + row for row in self.dump().split("\n")]))
        self.close()

    def close(self):
        """Hangs the program up, as a terminal that is closed does."""
        if self.vt.stdin.closed:
            return
        self.vt.stdin.close()
        self.vt.wait(30)
        self.vt.stdout.close()

    def ask(self, *words):
        line = " ".join(shlex.quote(str(w)) for w in words)
        if "\n" in line:
            raise ValueError("a newline cannot be typed: use key enter")
        self.vt.stdin.write(line.encode() + b"\n")
        self.vt.stdin.flush()
        answer = self.vt.stdout.readline().decode("utf-8", "replace").rstrip("\n")
        if not answer.startswith("ok"):
            raise ScreenError(f"{words[0]}: {answer or 'vt died'}")
        return answer[3:]

    def key(self, *names):
        """Presses keys: enter esc tab backtab up pagedown f1 ctrl-d alt-x, or a character."""
        self.ask("key", *names)

    def text(self, string):
        self.ask("text", string)

    def wait(self, text, seconds=PATIENCE):
        """Until a row of the screen has the text."""
        self._until("wait", text, seconds)

    def gone(self, text, seconds=PATIENCE):
        """Until no row of the screen has the text."""
        self._until("gone", text, seconds)

    def _until(self, verb, text, seconds):
        try:
            self.ask(verb, int(seconds * 1000), text)
        except ScreenError as error:
            raise ScreenError(f"{error}\n{self.dump()}") from None

    def settle(self, quiet=0.15, seconds=PATIENCE):
        """Until the program wrote nothing for a while: for reading a screen at rest."""
        self.ask("settle", int(quiet * 1000), int(seconds * 1000))

    def screen(self):
        """The rows as they stand, each as wide as the terminal."""
        count = int(self.ask("screen"))
        return [self.vt.stdout.readline().decode("utf-8", "replace").rstrip("\n") for _ in range(count)]

    def dump(self):
        return "\n".join(row.rstrip() for row in self.screen()).rstrip()

    def row_of(self, text):
        """The number of the first row that has the text."""
        for number, row in enumerate(self.screen()):
            if text in row:
                return number
        raise ScreenError(f"not on the screen: {text}\n{self.dump()}")

    def attrs(self, row):
        """[(start, length, flags, foreground, background)]: flags of r(everse) b(old) u i k, or ''."""
        runs = []
        for run in self.ask("attrs", row).split():
            where, flags, foreground, background = run.split(":")
            start, length = where.split("+")
            runs.append((int(start), int(length), flags.strip("-"), foreground, background))
        return runs

    def cursor(self):
        """(row, column, visible)"""
        row, column, visible = self.ask("cursor").split()
        return int(row), int(column), visible == "1"

    def props(self):
        """{"altscreen": 0 or 1, "mouse": 0...}"""
        return {k: int(v) for k, v in (p.split("=") for p in self.ask("props").split())}

    def resize(self, cols, rows):
        self.cols, self.rows = cols, rows
        self.ask("resize", f"{cols}x{rows}")

    def bytes(self):
        """How many bytes the program wrote since last asked."""
        return int(self.ask("bytes"))

    def first(self):
        """Seconds between the last key and the first byte written after it."""
        return int(self.ask("first")) / 1e6

    def kill(self, signal):
        self.ask("kill", int(signal))

    def exit(self, seconds=PATIENCE):
        """Waits for the program to end: its exit status, or minus the signal that ended it."""
        how, number = self.ask("exit", int(seconds * 1000)).split()
        return int(number) if how == "exited" else -int(number)


def plain_environment():
    """The environment without what would change how a program under test looks or where it keeps things."""
    dropped = ("MOTCUA_HOME", "MOTCUA_NOW", "NO_COLOR", "LANGUAGE", "LANG", "COLUMNS", "LINES",
               "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "http_proxy", "https_proxy",
               "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
    return {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith(("LC_", "XDG_"))}
