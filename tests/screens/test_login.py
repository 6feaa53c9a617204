# SPDX-License-Identifier: Apache-2.0
"""Logging in from the inbox where the person has to do more than give a password: a QR code over the whole screen,
compared module for module; a code from a telephone, asked for in a form."""
import os
import re
import unittest

import qr
from inbox import Inbox
from province import HERE, Desk, Province, until

LAB = os.path.join(HERE, "..", "functional", "lab")
CODE = re.compile(r"[B-Z]{4}-[B-Z]{4}")


class Login(unittest.TestCase):
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

    def systems(self, **more):
        """The inbox with the systems open, the only one selected."""
        inbox = Inbox(self.desk, **more)
        self.addCleanup(inbox.close)
        inbox.key("s")
        inbox.wait("Systems; secrets:")
        return inbox


class Device(Login):
    NAME = "lab-device"

    def open(self, **more):
        inbox = self.systems(**more)
        inbox.key("l")
        return inbox, self.code(inbox)

    def code(self, inbox):
        inbox.wait("gives up")
        return until(lambda: CODE.search(inbox.dump()), what="a code")[0]

    def decide(self, how, code):
        self.province.control("POST", f"/lab-device/{how}", {"user_code": code})

    def link(self, code):
        return f"{self.province.base}/lab-device/activate?user_code={code}"

    def test_the_code_is_drawn(self):
        """On the smallest screen there is, address and code beside it; it closes by itself."""
        inbox, code = self.open()
        width = qr.drawn(inbox.screen, self.link(code)) + 2 * qr.QUIET
        for row in range((width + 1) // 2):
            paper = [run for run in inbox.attrs(row) if run[3:] == ("16", "231")]
            self.assertEqual(paper[0][0], 0)
            self.assertEqual(sum(run[1] for run in paper), width)
        for words in (f"{self.province.base}/lab-device/activate", code, "It lasts another 10 min."):
            until(lambda: words in "".join(row[width:].strip() for row in inbox.screen.screen()), what=words)
        self.decide("approve", code)
        inbox.wait("Logged in.")
        inbox.gone(code)
        inbox.wait("Systems; secrets:")
        inbox.wait("3/3")
        self.assertEqual(inbox.leave(), 0)
        self.assertEqual(len(self.desk.items()), 3)

    def test_without_colours(self):
        inbox, code = self.open(env={"NO_COLOR": "1"})
        qr.drawn(inbox.screen, self.link(code), light=1)
        inbox.resize(120, 40)
        qr.drawn(inbox.screen, self.link(code), light=1)

    def test_given_up(self):
        inbox, code = self.open()
        inbox.key("esc")
        inbox.wait("the login was given up")
        inbox.gone(code)
        inbox.key("l")
        again = self.code(inbox)
        self.assertNotEqual(code, again)
        self.decide("approve", again)
        inbox.wait("Logged in.")
        self.assertEqual(inbox.leave(), 0)

    def test_declined_and_expired(self):
        inbox, code = self.open()
        self.decide("deny", code)
        inbox.wait("declined in the browser")
        inbox.gone("gives up")
        self.province.control("POST", "/lab-device/offer", {"lasts": 1})
        inbox.key("l")
        inbox.wait("the code expired unused")
        inbox.gone("gives up")
        self.assertEqual(inbox.leave(), 0)

    def test_an_address_too_long(self):
        self.province.control("POST", "/lab-device/offer", {"long": 1})
        inbox, code = self.open()
        inbox.wait("Open in any browser:")
        inbox.wait(f"{self.province.base}/lab-device/activate")
        self.assertNotIn("█", inbox.dump())
        self.decide("approve", code)
        inbox.wait("Logged in.")

    def test_leaving_withdraws_it(self):
        inbox, code = self.open()
        inbox.kill(15)
        self.assertEqual(inbox.exit(), 130)
        self.decide("approve", code)
        self.assertEqual(self.count("grant"), 0)


class SecondFactor(Login):
    NAME = "lab-otp"

    def phone(self):
        return self.province.control("GET", "/lab-otp/phone")["code"]

    def open(self):
        inbox = self.systems()
        inbox.key("l")
        inbox.wait("Goes to")
        inbox.text(self.system["username"])
        inbox.key("tab")
        inbox.text(self.system["password"])
        inbox.key("enter")
        inbox.wait("Type the code sent to the telephone")
        return inbox

    def test_a_code_is_asked_for(self):
        inbox = self.open()
        inbox.text("12")
        inbox.key("enter")
        inbox.wait("── Type the code")
        inbox.key("ctrl-u")
        wrong = "000000" if self.phone() != "000000" else "111111"
        inbox.text(wrong)
        inbox.wait(wrong)
        inbox.key("enter")
        inbox.wait("Còn 2 lần thử")
        inbox.text(self.phone())
        inbox.key("enter")
        inbox.wait("Logged in.")
        inbox.wait("3/3")
        self.assertEqual(inbox.leave(), 0)
        self.assertEqual((self.count("code-sent"), self.count("login")), (1, 1))

    def test_given_up(self):
        inbox = self.open()
        inbox.key("esc")
        inbox.wait("the login was given up")
        self.assertEqual(inbox.leave(), 0)
        self.assertEqual(self.count("login"), 0)
