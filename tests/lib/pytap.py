#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one file of unittest tests and speaks TAP: pytap.py FILE [NAME...].

A line a test. What a test printed (stdout and stderr, its children's too) is kept aside and shown,
as comments, only when it fails. A test that outlives its time is failed with a traceback of where
it stood, and the run ends there: its threads and children are in no known state.
A class may set TIMEOUT (seconds a test).
"""
import faulthandler
import importlib.util
import os
import signal
import sys
import tempfile
import traceback
import unittest

TIMEOUT = 120


class TimedOut(BaseException):
    pass


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def on_alarm(signum, frame):
    raise TimedOut()


class Tap(unittest.TestResult):
    def __init__(self, out):
        super().__init__()
        self.out, self.count, self.failed = out, 0, 0
        self.notes, self.running = [], False

    def say(self, ok, test, extra=""):
        self.count += 1
        self.failed += not ok
        name = test.id().split(".", 1)[-1].replace("#", "")
        self.out.write(f"{'ok' if ok else 'not ok'} {self.count} - {name}{extra}\n")

    def comment(self, text):
        for line in text.rstrip("\n").split("\n"):
            self.out.write(f"# {line}\n")

    def startTest(self, test):
        super().startTest(test)
        self.notes, self.skip, self.running = [], None, True
        self.capture = tempfile.TemporaryFile()
        sys.stdout.flush(), sys.stderr.flush()
        self.kept = os.dup(1), os.dup(2)
        os.dup2(self.capture.fileno(), 1), os.dup2(self.capture.fileno(), 2)
        seconds = getattr(test, "TIMEOUT", TIMEOUT) * float(os.environ.get("MOTCUA_TEST_SLOWER", 1))
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def stopTest(self, test):
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.flush(), sys.stderr.flush()
        for there, here in zip(self.kept, (1, 2)):
            os.dup2(there, here)
            os.close(there)
        if self.notes:
            self.say(False, test)
            self.capture.seek(0)
            for note in self.notes:
                self.comment(note)
            printed = self.capture.read()[-8000:].decode("utf-8", "replace")
            if printed:
                self.comment("printed:\n" + printed)
        elif self.skip is not None:
            self.say(True, test, f" # SKIP {self.skip}")
        else:
            self.say(True, test)
        self.capture.close()
        self.running = False
        self.out.flush()
        super().stopTest(test)

    def fault(self, test, err):
        note = f"{test.id()}\n" + "".join(traceback.format_exception(*err))
        if self.running:
            self.notes.append(note)
        else:  # of a class or a module
            self.say(False, test)
            self.comment(note)
        if issubclass(err[0], TimedOut):
            self.stop()

    addError = addFailure = fault

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.fault(subtest, err)

    def addSkip(self, test, reason):
        if self.running:
            self.skip = reason
        else:
            self.say(True, test, f" # SKIP {reason}")

    def addExpectedFailure(self, test, err):
        self.skip = "expected failure"

    def addUnexpectedSuccess(self, test):
        self.notes.append("was expected to fail")


def main(path, names):
    faulthandler.enable()
    signal.signal(signal.SIGALRM, on_alarm)
    here = os.path.dirname(os.path.abspath(path))
    sys.path[:0] = [here, os.path.dirname(os.path.abspath(__file__))]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    result = Tap(out)
    try:
        name = os.path.splitext(os.path.basename(path))[0]
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    except BaseException:
        out.write(f"not ok 1 - {path} loads\n1..1\n")
        result.comment(traceback.format_exc())
        out.flush()
        return 1
    wanted = [t for t in flatten(suite) if not names or any(n in t.id() for n in names)]
    expected = len(wanted)
    unittest.TestSuite(wanted).run(result)
    unrun = expected - result.count
    if expected == 0 or (unrun > 0):
        result.count += 1
        result.failed += 1
        why = "no test" if expected == 0 else f"{unrun} not run"
        out.write(f"not ok {result.count} - {path}: {why}\n")
    out.write(f"1..{result.count}\n")
    out.flush()
    return 1 if result.failed else 0


if __name__ == "__main__":
    status = main(sys.argv[1], sys.argv[2:])
    sys.stdout.flush()
    os._exit(status)
