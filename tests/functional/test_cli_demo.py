# SPDX-License-Identifier: Apache-2.0
"""motcua demo: one command from nothing to an inbox over three systems; no process and no file is left."""
import glob
import json
import os
import signal
import subprocess
import tempfile
import unittest

from province import until
from screen import PATIENCE, Screen, plain_environment


class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="motcua-test-")
        self.addCleanup(self.directory.cleanup)
        self.environment = {**plain_environment(), "TMPDIR": self.directory.name, "LC_ALL": "C.UTF-8",
                            "LANGUAGE": "vi", "HOME": self.directory.name}

    def run_demo(self, *arguments, status=0, **more):
        done = subprocess.run([os.environ["MOTCUA"], "demo", *arguments], capture_output=True, timeout=3 * PATIENCE,
                              env=self.environment, stdin=subprocess.DEVNULL, **more)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done.stdout.decode()

    def provinces(self):
        """The processes that stand on this test's directory."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    if self.directory.name.encode() in file.read():
                        found.append(int(path.split("/")[2]))
            except OSError:
                pass
        return found

    def nothing_is_left(self):
        until(lambda: not self.provinces(), what="the province's end")
        self.assertEqual(os.listdir(self.directory.name), [])

    def test_list(self):
        items = [json.loads(line) for line in self.run_demo("--", "list", "--json").splitlines()]
        self.assertLessEqual({"ho-tich", "mot-cua", "van-ban", "1022", "thu"}, {i["system"] for i in items})
        self.assertEqual(len(items), len({i["id"] for i in items}))
        self.nothing_is_left()

    def test_without_a_terminal_it_is_a_table(self):
        self.assertIn("mot-cua:", self.run_demo("--items", "30"))
        self.nothing_is_left()

    def test_seed_and_size(self):
        def items(seed):  # of items due at one moment the first is whose system answered first
            return sorted(self.run_demo("--items", "40", "--seed", seed, "--", "list", "--json=id,title,from").splitlines())

        first = items("7")
        self.assertEqual(first, items("7"))
        self.assertNotEqual(first, items("8"))
        self.run_demo("--items", "0", status=2)
        self.nothing_is_left()

    def test_a_status_comes_through(self):
        self.run_demo("--", "show", "mot-cua:none", status=2)
        self.run_demo("--", "lst", status=2)
        self.nothing_is_left()

    def test_kept(self):
        home = os.path.join(self.directory.name, "nhà")
        item = next(i for i in map(json.loads, self.run_demo("--home", home, "--", "list", "--json").splitlines())
                    if "comment" in i["actions"] and i["system"] == "ho-tich")
        self.run_demo("--home", home, "--", "act", "comment", item["id"], "--field", "text=x")
        self.run_demo("--home", home, "--", "note", item["id"], "của tôi")
        shown = json.loads(self.run_demo("--home", home, "--", "show", item["id"], "--json"))
        self.assertGreater(int(shown["version"]), int(item["version"]))
        self.assertEqual(len(self.run_demo("--home", home, "--", "list", "has:note", "--json").splitlines()), 1)
        effects = subprocess.run([os.environ["MOTCUA_DEMO"], "effects", "--state", os.path.join(home, "province")],
                                 capture_output=True, check=True, timeout=PATIENCE).stdout.decode().splitlines()
        self.assertEqual([json.loads(e)["action"] for e in effects], ["comment"])
        for where, _, names in os.walk(home):
            for name in names:
                with open(os.path.join(where, name), "rb") as file:
                    self.assertTrue("province" in where or b"demo-canbo01" not in file.read(), name)
        self.assertEqual(os.listdir(self.directory.name), ["nhà"])
        until(lambda: not self.provinces(), what="the province's end")

    def test_killed(self):
        """The province dies with its parent; what a killed demo left is swept by the next, what is in use is not."""
        with Screen([os.environ["MOTCUA"], "demo", "--items", "30"], env=self.environment) as screen:
            screen.wait("Đăng ký")
            self.assertTrue(self.provinces())
            living = os.listdir(self.directory.name)
            self.run_demo("--items", "30", "--", "list", "--json")
            self.assertEqual(os.listdir(self.directory.name), living)
            os.kill(screen.pid, signal.SIGKILL)
            until(lambda: not self.provinces(), what="the province's end")
        self.assertEqual(os.listdir(self.directory.name), living)
        self.run_demo("--items", "30", "--", "list", "--json")
        self.nothing_is_left()

    def test_the_inbox_ends_well(self):
        with Screen([os.environ["MOTCUA"], "demo", "--items", "30"], env=self.environment) as screen:
            screen.wait("Đăng ký")
            screen.key("q")
            self.assertEqual(screen.exit(), 0)
        self.nothing_is_left()

    def test_interrupted(self):
        process = subprocess.Popen([os.environ["MOTCUA"], "demo", "--", "sync"], env=self.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.provinces, what="the province")
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        until(lambda: not self.provinces(), what="the province's end")
        self.run_demo("--items", "30", "--", "list")
        self.nothing_is_left()


if __name__ == "__main__":
    unittest.main()
