# SPDX-License-Identifier: Apache-2.0
"""Logins that need the person, from the command line: the device grant (RFC 8628) and a second factor."""
import json
import os
import re
import signal
import subprocess
import unittest

import qr
from province import HERE, PATIENCE, Desk, Province, until

LAB = os.path.join(HERE, "..", "functional", "lab")


class Person(unittest.TestCase):
    NAME = ""

    def setUp(self):
        self.province = Province(lab=True, items=0)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=[], language="en")
        self.addCleanup(self.desk.close)
        self.system = next(s for s in self.province.systems() if s["id"] == self.NAME)
        with open(os.path.join(LAB, self.NAME + ".jsonc"), encoding="utf-8") as file:
            path = self.desk.write(f"config/connectors/{self.NAME}.jsonc", file.read())
        self.desk.run("system", "add", self.NAME, "--connector", path, "--set", f"base={self.system['base']}",
                      status=0)

    def count(self, action):
        return len(self.province.effects(action=action, system=self.NAME))

    def kept(self):
        """Every byte that stands in the home or in the store of secrets."""
        for root in (self.desk.home, self.desk.secrets):
            for where, _, names in os.walk(root):
                for name in names:
                    with open(os.path.join(where, name), "rb") as file:
                        yield os.path.join(where, name), file.read()


class Device(Person):
    NAME = "lab-device"

    def offer(self, **what):
        self.province.control("POST", "/lab-device/offer", what)

    def decide(self, how, code):
        self.province.control("POST", f"/lab-device/{how}", {"user_code": code})

    def begin(self):
        """A login under way without a terminal, and its code."""
        process = self.desk.start("-v", "login", "lab-device", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        lines = [process.stdout.readline().strip() for _ in range(3)]
        self.assertEqual(lines[0], f"To log in to lab-device, open: {self.province.base}/lab-device/activate")
        self.assertEqual(lines[2], "The code lasts 10 min; Ctrl-C gives up.")
        return process, re.fullmatch(r"and type the code: ([B-Z]{4}-[B-Z]{4})", lines[1])[1]

    def end(self, process, status):
        out, err = process.communicate(timeout=3 * PATIENCE)
        self.assertEqual(process.returncode, status, out + err)
        return out, err

    def log_in(self):
        process, code = self.begin()
        self.decide("approve", code)
        self.end(process, 0)

    def test_approved(self):
        process, code = self.begin()
        self.assertEqual(self.desk.run("login", "--status").status, 3)
        self.decide("approve", code)
        out, err = self.end(process, 0)
        self.assertEqual(out, "lab-device: logged in as canbo01\n")
        self.assertNotIn(code, err)
        self.assertEqual(self.desk.run("login", "--status").status, 0)
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.desk.items()), 3)
        self.desk.act("finish", self.desk.items()[0]["id"])
        self.assertEqual((self.count("device"), self.count("grant"), self.count("slow-down")), (1, 1, 0))
        for name, text in self.kept():
            self.assertNotIn(code.encode(), text, name)

    def test_a_recording_of_it(self):
        """It has no codes in it, and can be gone through without a person."""
        self.log_in()
        file = self.desk.path("recording.jsonl")
        self.desk.run("connector", "record", "lab-device", "--output", file, "--", "sync", "--full", status=0)
        path = self.desk.path("config/connectors/lab-device.jsonc")
        self.desk.run("connector", "test", path, file, status=0)
        os.unlink(file)
        recorder = self.desk.start("connector", "record", "lab-device", "--output", file, "--", "login", "lab-device",
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(recorder.stdout.close)
        self.addCleanup(recorder.stderr.close)
        recorder.stdout.readline()
        code = recorder.stdout.readline().strip()[-9:]
        self.decide("approve", code)
        self.end(recorder, 0)
        self.desk.run("connector", "test", path, file, status=0)
        with open(file, encoding="utf-8") as recording:
            self.assertFalse(code in recording.read())

    def test_declined(self):
        process, code = self.begin()
        self.decide("deny", code)
        self.assertIn("declined in the browser", self.end(process, 3)[1])
        self.assertEqual(self.count("grant"), 0)

    def test_expired(self):
        self.offer(lasts=1)
        result = self.desk.run("login", "lab-device", status=3)
        self.assertIn("less than a minute", result.stdout)
        self.assertIn("the code expired unused. Log in again: motcua login lab-device", result.stderr)

    def test_too_fast(self):
        """The server's pace is slower than the connector says, and it says so once."""
        self.offer(interval=3)
        process, code = self.begin()
        until(lambda: self.count("slow-down"), what="a poll")
        self.decide("approve", code)
        self.end(process, 0)
        self.assertEqual(self.count("slow-down"), 1)

    def test_its_interval(self):
        self.offer(interval=2, tells=1, bare=1)
        self.log_in()
        self.assertEqual(self.count("slow-down"), 0)

    def test_trouble_on_the_way(self):
        process, code = self.begin()
        self.province.fault("status", system="lab-device", path="/token", status=503)
        self.province.fault("reset-before", system="lab-device", path="/token")
        self.decide("approve", code)
        self.end(process, 0)
        self.assertEqual(self.count("grant"), 1)

    def test_given_up(self):
        process, _ = self.begin()
        process.send_signal(signal.SIGINT)
        self.end(process, 130)
        self.assertEqual(self.count("grant"), 0)
        self.desk.run("sync", status=3)

    def test_nobody_is_asked_behind_ones_back(self):
        said = self.desk.run("sync", status=3).stderr
        self.assertIn("motcua login lab-device", said)
        self.assertEqual(self.count("device"), 0)

    def test_the_login_ends(self):
        """Tokens are rotated; a refresh that is refused needs the person, and is not asked again."""
        self.log_in()
        self.province.fault("token-expired", system="lab-device", path="/*")
        self.desk.run("sync", status=0)
        self.assertEqual(self.count("refresh"), 1)
        path = next(p for p, _ in self.kept() if p.startswith(self.desk.secrets) and p.endswith("session"))
        with open(path, encoding="utf-8") as file:
            token = json.load(file)["refresh"]
        form = f"client_id=lab-desk&grant_type=refresh_token&refresh_token={token}".encode()
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
        for wanted in (200, 400):  # a thief, and then its own reuse, which ends the whole login
            self.assertEqual(self.province.ask("POST", "/lab-device/token", form, typed)[0], wanted)
        for _ in range(2):
            said = self.desk.run("sync", status=3).stderr
            self.assertIn("not logged in. Log in: motcua login lab-device", said)
        self.assertEqual((self.count("reuse"), self.count("device")), (1, 1))
        self.assertEqual(self.desk.run("login", "--status").status, 3)
        self.log_in()
        self.desk.run("sync", status=0)

    def drawn(self, cols=80, rows=40, room=True, env=None, **more):
        """A login on a terminal, its code compared: the rows of the screen, how many modules wide the code is, and
        the colours it is drawn in."""
        with self.desk.screen("login", "lab-device", cols=cols, rows=rows, env=env) as screen:
            screen.wait("Ctrl-C")
            code = until(lambda: re.search("[B-Z]{4}-[B-Z]{4}", "".join(screen.screen())), what="a code")[0]
            link = f"{self.province.base}/lab-device/activate?user_code={code}"
            width = qr.drawn(screen, link, **more) if room else 0
            drawn, colours = screen.screen(), screen.attrs(1)[0][3:]
            self.decide("approve", code)
            screen.wait("logged in as")
            self.assertEqual(screen.exit(), 0)
        return drawn, width, colours

    def test_a_code_on_a_terminal(self):
        """Black on white, whatever the terminal's colours are; the words under it."""
        rows, width, colours = self.drawn()
        self.assertEqual(colours, ("16", "231"))
        self.assertIn("To log in to lab-device, open:", rows[(width + 2 * qr.QUIET + 1) // 2])

    def test_a_code_without_colours(self):
        _, _, colours = self.drawn(env={"NO_COLOR": "1"}, light=1)
        self.assertNotEqual(colours, ("16", "231"))

    def test_a_code_on_few_rows(self):
        """The words stand beside it, so that nothing of it is scrolled away."""
        self.drawn(rows=22)

    def test_no_room_for_a_code(self):
        for cols, height in ((40, 40), (80, 15)):
            self.assertNotIn("█", "".join(self.drawn(cols=cols, rows=height, room=False)[0]))


class SecondFactor(Person):
    NAME = "lab-otp"

    def phone(self):
        return self.province.control("GET", "/lab-otp/phone")["code"]

    def wrong(self):
        return "000000" if self.phone() != "000000" else "111111"

    def log_in(self, status=0, **more):
        return self.desk.login(self.system, status=status, **more)

    def test_at_a_terminal(self):
        with self.desk.screen("-v", "login", "lab-otp") as screen:
            screen.wait("Account:")
            screen.text(self.system["username"])
            screen.key("enter")
            screen.wait("Password:")
            screen.text(self.system["password"])
            screen.key("enter")
            screen.wait("Type the code sent to the telephone")
            screen.wait("Code:")
            screen.text("12")
            screen.key("enter")
            screen.wait("Code:")
            screen.text(self.wrong())
            screen.key("enter")
            screen.wait("Còn 2 lần thử")
            code = self.phone()
            screen.text(code)
            screen.key("enter")
            screen.wait("lab-otp: logged in")
            self.assertEqual(screen.exit(), 0)
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.desk.items()), 3)
        self.assertEqual((self.count("code-sent"), self.count("login")), (1, 1))
        for name, text in self.kept():
            self.assertFalse(name.endswith("code"), name)
            if not name.endswith((".db", ".db-wal")):  # where six digits may stand by chance
                self.assertNotIn(code.encode(), text, name)

    def test_given_up(self):
        with self.desk.screen("login", "lab-otp") as screen:
            for prompt, value in (("Account:", "username"), ("Password:", "password")):
                screen.wait(prompt)
                screen.text(self.system[value])
                screen.key("enter")
            screen.wait("Code:")
            screen.key("ctrl-c")
            self.assertEqual(screen.exit(), 130)
        self.assertEqual(self.count("login"), 0)

    def test_without_a_terminal(self):
        said = self.log_in(status=3).stderr
        self.assertIn("give it with --stdin too: code=", said)
        said = self.log_in(status=3, code=self.wrong()).stderr
        self.assertIn("Còn 2 lần thử", said)
        said = self.log_in(status=3, code="12").stderr
        self.assertIn("Code", said)
        self.assertEqual(self.count("login"), 0)
        self.log_in(code=self.phone())
        self.desk.run("sync", status=0)
        self.assertFalse([name for name, _ in self.kept() if name.endswith("code")])

    def test_locked(self):
        for left in (2, 1):
            self.log_in(status=3, code="x")  # nothing is sent that the form refuses
            self.assertIn(f"Còn {left} lần thử", self.log_in(status=3, code=self.wrong()).stderr)
        said = self.log_in(status=3, code=self.wrong()).stderr
        self.assertIn("Tài khoản bị khóa do nhập sai mã 3 lần", said)
        self.assertIn("Have it unlocked", said)

    def test_nobody_is_sent_codes_behind_ones_back(self):
        self.log_in(status=3)
        self.log_in(code=self.phone())
        sent = self.count("code-sent")
        self.province.fault("token-expired", system="lab-otp", path="/*")
        for _ in range(3):
            self.assertIn("motcua login lab-otp", self.desk.run("sync", status=3).stderr)
        self.assertEqual(self.count("code-sent"), sent + 1)
        self.assertEqual(self.desk.run("login", "--status").status, 3)
