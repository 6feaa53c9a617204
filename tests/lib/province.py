# SPDX-License-Identifier: Apache-2.0
"""The demo province and a desk that works with it.

    with Province(items=60) as province, Desk(province) as desk:
        desk.run("sync")
        for item in desk.items("system:mot-cua"): ...
        desk.run("act", "approve", id, "--yes", status=0)
        assert len(province.effects(action="approve")) == 1
"""
import json
import os
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from screen import PATIENCE, Screen, plain_environment

# The three systems that a desk has had from the first; a test that counts systems names its own.
OFFICE = ("ho-tich", "mot-cua", "van-ban")
HERE = os.path.dirname(os.path.abspath(__file__))
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(probe, seconds=PATIENCE, what="it"):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


class Temporary:
    """A directory under TMPDIR that is gone afterwards."""

    def __init__(self, prefix="motcua-test-"):
        self.path = tempfile.mkdtemp(prefix=prefix)

    def remove(self):
        for where, directories, _ in os.walk(self.path):
            for name in directories:
                if not os.path.islink(os.path.join(where, name)):
                    os.chmod(os.path.join(where, name), 0o700)
        shutil.rmtree(self.path)


class Province:
    """motcua-demo on a free port. Options are its own: items=60, seed=1, state=DIR, latency=20, token_ttl=5,
    lab=True (the workbench beside the province).

    The clock of the province is frozen by now="2026-11-23T09:00:00+07:00" (MOTCUA_NOW).
    """

    def __init__(self, now=None, **options):
        self.options = {"seed": 1, "items": 60, **options}
        self.now = now
        self.port = 0
        self.process = None
        self.start()

    def start(self):
        command = [os.environ["MOTCUA_DEMO"], "--port", str(self.port)]
        for name, value in self.options.items():
            option = "--" + name.replace("_", "-")
            command += [option] if value is True else [option, str(value)]
        environment = plain_environment()
        if self.now:
            environment["MOTCUA_NOW"] = self.now
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        ready = select.select([self.process.stdout], [], [], PATIENCE)[0]
        line = self.process.stdout.readline().decode().strip() if ready else ""
        if not line.startswith("http://"):
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the province did not say its address: {line!r}")
        self.base = line.rstrip("/")
        self.port = int(self.base.rsplit(":", 1)[1])

    def stop(self, how=signal.SIGTERM):
        """Ends it; where it is asked politely, it has to end well."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the province does not end on SIGTERM") from None
        finally:
            process.stdout.close()
        if how == signal.SIGTERM and status not in (0, -signal.SIGTERM):
            raise AssertionError(f"the province ended with status {status}")

    def restart(self, how=signal.SIGTERM):
        """On the same port; only what was kept with state=DIR is still there."""
        self.stop(how)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def ask(self, method, path, body=None, headers=None):
        """(status, headers, bytes) of any request to the province, control or a system's own API."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=dict(headers or {}))
        if data is not None and not isinstance(body, bytes):
            request.add_header("Content-Type", "application/json")
        try:
            with _direct.open(request, timeout=PATIENCE) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def control(self, method, path, body=None):
        status, _, answer = self.ask(method, path, body)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {answer[:500]!r}")
        return json.loads(answer) if answer.strip() else None

    def systems(self):
        """[{"id", "connector", "base", "username", "password", "secrets"}]"""
        return _list(self.control("GET", "/demo/systems"), "systems")

    def effects(self, **wanted):
        """Every effect, in order; those with system=..., item=..., action=... where named."""
        effects = _list(self.control("GET", "/demo/effects"), "effects")
        return [e for e in effects if all(e.get(k) == v for k, v in wanted.items())]

    def fault(self, mode, system="*", path="*", **more):
        """delay reset-before reset-after status truncate malformed slow token-expired rate-limit;
        status=503, ms=0, count=1 (-1: until cleared), probability=1.0"""
        self.control("POST", "/demo/faults", {"system": system, "path": path, "mode": mode, **more})

    def clear_faults(self):
        self.control("DELETE", "/demo/faults")

    def put(self, item):
        """Creates or changes an item on the system's side."""
        return self.control("POST", "/demo/items", item)

    def clock(self, now):
        self.control("POST", "/demo/clock", {"now": now})


def _list(answer, name):
    return answer[name] if isinstance(answer, dict) else answer


class Result:
    def __init__(self, arguments, process):
        self.arguments = arguments
        self.status = process.returncode
        self.stdout = process.stdout.decode("utf-8", "replace")
        self.stderr = process.stderr.decode("utf-8", "replace")

    def json(self):
        """One value a line."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    def __str__(self):
        return f"motcua {shlex.join(self.arguments)}\nstatus {self.status}\n{self.stdout[-4000:]}{self.stderr[-4000:]}"


class Desk:
    """A profile of its own in a temporary directory, with the province's systems (or those named)
    configured and logged in. secrets is config.ini's word for where they are kept; by default the
    credential helper beside this file."""

    def __init__(self, province=None, systems=None, login=True, secrets=None, language="vi", now=None, env=None):
        self.temporary = Temporary()
        self.home = os.path.join(self.temporary.path, "home")
        os.mkdir(self.home, mode=0o700)
        self.secrets = os.path.join(self.temporary.path, "secrets")
        self.environment = plain_environment()
        self.environment.update(MOTCUA_HOME=self.home, LC_ALL="C.UTF-8", LANGUAGE=language)
        self.now = now or (province.now if province else None)
        if self.now:
            self.environment["MOTCUA_NOW"] = self.now
        self.environment.update(env or {})
        helper = f"command:sh {HERE}/credential-helper {self.secrets}"
        self.write("config/config.ini", f"[motcua]\nlanguage = {language}\nsecrets = {secrets or helper}\n")
        try:
            if province is not None:
                self.adopt(province, systems, login)
        except BaseException:
            self.close()
            raise

    def adopt(self, province, systems=None, login=True):
        for system in province.systems():
            if systems is None or system["id"] in systems:
                self.run("system", "add", system["id"], "--connector", system["connector"],
                         "--set", f"base={system['base']}", status=0)
                if login:
                    self.login(system)

    def login(self, system, status=0, **change):
        """Gives a system's credentials, as /demo/systems lists them, in git's form."""
        pairs = {"username": system["username"], "password": system["password"]}
        if isinstance(system.get("secrets"), dict):
            pairs.update(system["secrets"])
        pairs.update(change)
        form = "".join(f"{k}={v}\n" for k, v in pairs.items()) + "\n"
        return self.run("login", system["id"], "--stdin", input=form, status=status)

    def path(self, name):
        return os.path.join(self.home, name)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def variables(self, env=None):
        """The environment motcua runs in; in env, None takes a variable away."""
        merged = {**self.environment, **(env or {})}
        return {k: v for k, v in merged.items() if v is not None}

    def command(self, *arguments):
        return [os.environ["MOTCUA"], *map(str, arguments)]

    def run(self, *arguments, input="", status=None, env=None, seconds=3 * PATIENCE):
        """Runs motcua without a terminal. With status, the exit status has to be it (or one of a tuple)."""
        arguments = [str(a) for a in arguments]
        data = input if isinstance(input, bytes) else input.encode()
        done = subprocess.run(self.command(*arguments), input=data, capture_output=True, timeout=seconds,
                              env=self.variables(env))
        result = Result(arguments, done)
        wanted = status if isinstance(status, (tuple, type(None))) else (status,)
        if wanted is not None and result.status not in wanted:
            raise AssertionError(f"status {result.status}, not {status}: {result}")
        return result

    def start(self, *arguments, env=None, **popen):
        """Starts motcua and returns the process; the test ends it."""
        return subprocess.Popen(self.command(*arguments), env=self.variables(env), **popen)

    def screen(self, *arguments, cols=80, rows=24, env=None, **more):
        """motcua on a terminal of its own."""
        variables, plain = self.variables(env), plain_environment()
        ours = {k: v for k, v in variables.items() if plain.get(k) != v}
        unset = [k for k in env or {} if k not in variables]
        return Screen(self.command(*arguments), cols, rows, env=ours, unset=unset, **more)

    def items(self, *query, status=(0, 4), **more):
        return self.run("list", *query, "--json", status=status, **more).json()

    def item(self, id):
        return self.run("show", id, "--json", status=0).json()[0]

    def act(self, action, *arguments, status=0):
        """The result lines of an action."""
        return self.run("act", action, *arguments, "--yes", status=status).json()

    def close(self):
        self.temporary.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
