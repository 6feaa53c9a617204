# SPDX-License-Identifier: Apache-2.0
"""A private session bus with a Secret Service in one of the states a desk meets.

    with Keyring() as keyring:                    unlocked, empty
        desk = Desk(province, secrets="secret-service", env=keyring.environment)
    Keyring("locked")                             a login collection that is there, and locked
    Keyring("no-collection")                      a provider that was never given a collection
    Keyring("no-provider")                        a bus and nothing on it
    Keyring("no-bus")                             no bus at all
    Keyring("dead-bus")                           an address behind which nothing listens

lock() and unlock() restart the service on the same data, as the next session does.
"""
import os
import signal
import subprocess

from province import Temporary, until
from screen import PATIENCE, plain_environment

PASSWORD = "mat-khau-thu"


class Keyring:
    def __init__(self, state="unlocked"):
        self.temporary = Temporary()
        self.bus = self.daemon = None
        self.socket = os.path.join(self.temporary.path, "bus")
        self.environment = {"HOME": self._directory("home"), "XDG_RUNTIME_DIR": self._directory("run"),
                            "XDG_DATA_HOME": self._directory("home/.local/share")}
        try:
            if state == "no-bus":
                return
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.socket}"
            if state == "dead-bus":
                return
            self._start_bus()
            if state in ("unlocked", "locked"):
                self.unlock()
            if state in ("locked", "no-collection"):
                self.lock()
        except BaseException:
            self.close()
            raise

    def _directory(self, name):
        path = os.path.join(self.temporary.path, name)
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def _environment(self):
        return {**plain_environment(), **self.environment}

    def _start_bus(self):
        # No service directories: nothing is activated behind the test's back.
        configuration = os.path.join(self.temporary.path, "bus.conf")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(f"""<busconfig><type>session</type><listen>unix:path={self.socket}</listen>
<auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>""")
        self.bus = subprocess.Popen(["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile",
                                     "--nosyslog"], env=self._environment(), stdin=subprocess.DEVNULL)
        until(lambda: os.path.exists(self.socket), what="the bus")

    def _owned(self):
        done = subprocess.run(["dbus-send", f"--bus=unix:path={self.socket}", "--print-reply=literal",
                               "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                               "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"],
                              capture_output=True, timeout=PATIENCE, env=self._environment())
        return b"true" in done.stdout

    def _start_daemon(self, *arguments, password=None):
        self._stop_daemon()
        log = open(os.path.join(self.temporary.path, "keyring.log"), "ab")
        with log:
            self.daemon = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--components=secrets",
                                            *arguments], stdin=subprocess.PIPE, stdout=log, stderr=log,
                                           env=self._environment())
        if password is not None:
            self.daemon.stdin.write(password.encode())
        self.daemon.stdin.close()
        until(self._owned, what="the Secret Service")

    def _stop_daemon(self):
        if self.daemon is not None:
            _end(self.daemon)
            self.daemon = None
            until(lambda: not self._owned(), what="the Secret Service's end")

    def unlock(self):
        self._start_daemon("--unlock", password=PASSWORD)

    def lock(self):
        self._start_daemon()

    def stop_provider(self):
        self._stop_daemon()

    def close(self):
        for process in (self.daemon, self.bus):
            if process is not None:
                _end(process)
        self.daemon = self.bus = None
        self.temporary.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
