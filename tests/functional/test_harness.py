# SPDX-License-Identifier: Apache-2.0
"""The harness itself: what fails has to be counted as failed, or no other test means anything."""
import os
import subprocess
import sys
import tempfile
import unittest

from screen import Screen, ScreenError

TESTS = os.path.join(os.environ["top_srcdir"], "tests")

CASES = '''
import os, sys, time, unittest
class A(unittest.TestCase):
    def test_a(self): print("not shown")
    def test_b(self): os.system("echo shown"); self.fail("wrong")
    @unittest.skip("why")
    def test_c(self): pass
    def test_d(self):
        for i in 0, 1:
            with self.subTest(i=i): self.assertEqual(i, 0)
class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise OSError("no class")
    def test_a(self): pass
class C(unittest.TestCase):
    TIMEOUT = 0.01
    def test_a(self): time.sleep(60)
    def test_b(self): pass
'''


def results(text):
    """The outcome of each line of TAP, in order, and the plan."""
    outcomes, plan = [], None
    for line in text.splitlines():
        if line.startswith("ok ") and " # SKIP" in line:
            outcomes.append("skip")
        elif line.startswith("ok "):
            outcomes.append("ok")
        elif line.startswith("not ok "):
            outcomes.append("fail")
        elif line.startswith("1.."):
            plan = int(line[3:])
    return outcomes, plan


class Tap(unittest.TestCase):
    def tap(self, script):
        done = subprocess.run(["sh", os.path.join(TESTS, "tap"), "sh", "-c", script], capture_output=True, text=True,
                              timeout=60, env={**os.environ, "MOTCUA_TEST_TIMEOUT": "1"})
        outcomes, plan = results(done.stdout)
        self.assertEqual(len(outcomes), plan, done.stdout)
        return outcomes

    def test_a_plain_program_is_one_test(self):
        self.assertEqual(self.tap("exit 0"), ["ok"])
        self.assertEqual(self.tap("exit 1"), ["fail"])

    def test_two_groups_are_one_run(self):
        self.assertEqual(self.tap("echo 1..1; echo ok 1 - a; echo 1..2; echo ok 1 - b; echo not ok 2 - c; exit 1"),
                         ["ok", "ok", "fail"])

    def test_noise_does_not_hide_a_failure(self):
        self.assertEqual(self.tap("printf 'half a line'; echo 'not ok 1 - a'; exit 1"), ["fail"])

    def test_a_skip_is_a_skip(self):
        self.assertEqual(self.tap("echo 'not ok 1 # SKIP a'"), ["skip"])

    def test_a_crash_after_good_tests_fails(self):
        self.assertEqual(self.tap("echo ok 1 - a; kill -SEGV $$"), ["ok", "fail"])

    def test_a_program_that_hangs_fails(self):
        self.assertEqual(self.tap("echo ok 1 - a; sleep 60"), ["ok", "fail"])


class Pytap(unittest.TestCase):
    def pytap(self, text):
        with tempfile.TemporaryDirectory() as scratch:
            path = os.path.join(scratch, "test_planted.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            environment = {**os.environ, "MOTCUA_TEST_SLOWER": "1"}
            done = subprocess.run([sys.executable, os.path.join(TESTS, "lib/pytap.py"), path], capture_output=True,
                                  text=True, timeout=60, env=environment)
        outcomes, plan = results(done.stdout)
        self.assertEqual(len(outcomes), plan, done.stdout)
        return outcomes, done.stdout

    def test_every_outcome_is_told_apart(self):
        outcomes, text = self.pytap(CASES)
        self.assertEqual(outcomes, ["ok", "fail", "skip", "fail", "fail", "fail", "fail"])
        self.assertIn("# shown", text)
        self.assertNotIn("not shown", text)
        self.assertIn("# AssertionError: wrong", text)
        self.assertIn("1 not run", text)

    def test_a_file_that_does_not_load_fails(self):
        self.assertEqual(self.pytap("import no_such_module_at_all\n")[0], ["fail"])

    def test_a_file_without_tests_fails(self):
        self.assertEqual(self.pytap("x = 1\n")[0], ["fail"])


class Terminal(unittest.TestCase):
    def test_a_screen_is_what_the_program_drew(self):
        with Screen(["sh", "-c", "printf 'Tiếng \\033[7mViệt\\033[0m ‼'; stty raw -echo; exec cat"], cols=40) as s:
            s.wait("Tiếng Việt ‼")
            self.assertEqual(s.screen()[0], "Tiếng Việt ‼".ljust(40))
            self.assertEqual(s.attrs(0)[1], (6, 4, "r", "-", "-"))
            self.assertEqual(s.cursor(), (0, 12, True))

    def test_keys_arrive_and_the_end_is_seen(self):
        with Screen(["sh", "-c", "stty -echo; printf ready; read x; echo \"[$x]\"; exit 7"]) as s:
            s.wait("ready")
            s.text("đã ký")
            s.key("enter")
            s.wait("[đã ký]")
            self.assertEqual(s.exit(), 7)

    def test_a_wait_for_what_never_comes_fails(self):
        with Screen(["sleep", "60"]) as s:
            with self.assertRaises(ScreenError):
                s.wait("never", 0.05)

    def test_a_resize_reaches_the_program(self):
        with Screen(["sh", "-c", "trap 'stty size' WINCH; printf ready; while :; do sleep 0.05; done"]) as s:
            s.wait("ready")
            s.resize(120, 40)
            s.wait("40 120")


if __name__ == "__main__":
    unittest.main()
