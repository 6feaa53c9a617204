# SPDX-License-Identifier: Apache-2.0
"""What an answer that is no yes means: every class, by rule and by itself, of a read and of a write; how long is
waited, how often asked; and the system's own words, whole, on every face."""
import email.utils
import json
import os
import time
import unittest

from province import Desk
from script import Script, answer

CONNECTOR = """{
  "motcua": 1, "id": "vn.motcua.thu", "title": {"vi": "Thử", "en": "Trial"}, "kind": "document",
  "config": {"base": {"type": "url", "required": true}},
  "base": {"$": "config.base"},
  "limits": {"timeout": 5, "retries": 3},
  "auth": {"type": "login", "token": "/token",
    "request": {"url": "/login", "json": {"u": {"$": "secret.username"}, "p": {"$": "secret.password"}}},
    "inject": {"header": "Authorization", "value": "Bearer {token}"},
    "expired": [{"at": "/code", "eq": "OVER"}]},
  "errors": [
    {"when": {"at": "/code", "eq": "BUSY"}, "class": "throttle", "wait": 1, "message": "/message"},
    {"when": {"at": "/code", "eq": "LATER"}, "class": "throttle", "wait": "retry-after"},
    {"when": {"at": "/code", "eq": "PAUSE"}, "class": "transient", "wait": "PT1S"},
    {"when": {"at": "/code", "eq": "DOWN"}, "class": "transient"},
    {"when": {"at": "/code", "eq": "PROXY"}, "class": "gateway"},
    {"when": {"at": "/code", "eq": "SESSION"}, "class": "auth"},
    {"when": {"at": "/code", "eq": "LAW"}, "class": "business", "code": "/code", "message": "/message"},
    {"when": {"at": "/code", "eq": "CLASH"}, "class": "conflict", "message": "/message"},
    {"when": {"at": "/code", "eq": "NEVER"}, "class": "permanent", "message": "/message"},
    {"when": {"at": "/code", "eq": "NOTHING-DONE"}, "class": "transient", "effect": "none"},
    {"when": {"at": "/code", "eq": "PERHAPS"}, "class": "business", "effect": "unknown", "message": "/message"}
  ],
  "streams": {"all": {"request": {"url": "/all"}, "records": "/items", "key": "/id",
    "delta": {"full": "PT0S"},
    "map": {"title": "/title", "state": {"at": "/state", "table": {"1": "new", "9": "done"}, "else": "unknown"}}}},
  "actions": {
    "ask": {"label": "Hỏi", "on": "all", "request": {"method": "POST", "url": "/ask"}, "unknown": "ask"},
    "same": {"label": "Như cũ", "on": "all", "request": {"method": "POST", "url": "/same"}, "idempotency": "same"},
    "close": {"label": "Đóng", "on": "all", "request": {"method": "POST", "url": "/close"}, "unknown": "ask",
              "update": {"state": "done"}}
  }
}
"""
WORDS = "Không được đóng: " + "hồ sơ còn thiếu giấy tờ theo Điều 12, " * 60 + "xin bổ sung. HẾT."
ITEMS = {"items": [{"id": "1", "title": "Việc một", "state": "1"}, {"id": "2", "title": "Việc hai", "state": "1"}]}


def later(seconds):
    """A moment by the system's clock, which is years away from the desk's."""
    now = 1500000000
    return {"Date": email.utils.formatdate(now, usegmt=True),
            "Retry-After": email.utils.formatdate(now + seconds, usegmt=True)}


# What it says; how often it is asked when it says so once, and whether that was a long enough wait.
TEMPORARY = {
    "BUSY": (answer({"code": "BUSY", "message": "Đang bận"}), 1),
    "LATER": (answer({"code": "LATER"}, headers={"Retry-After": "1"}), 1),
    "a date": (answer({"code": "LATER"}, headers=later(1)), 1),
    "PAUSE": (answer({"code": "PAUSE"}), 1),
    "DOWN": (answer({"code": "DOWN"}, 400), 0),
    "PROXY": (answer({"code": "PROXY"}), 0),
    "429": (answer({}, 429, {"Retry-After": "1"}), 1),
    "429 until": (answer({}, 429, later(1)), 1),
    "429 alone": (answer({}, 429), 0),
    "503 with a wait": (answer({}, 503, {"Retry-After": "1"}), 1),
    "500": (answer({}, 500), 0),
    "408": (answer({}, 408), 0),
    "425": (answer({}, 425), 0),
    "a page": (answer(b"<html>Proxy</html>", 502, content="text/html"), 0),
    "a good page": (answer(b"<html>Dang nhap</html>", 200, content="text/html"), 0),
    "half": (answer(b'{"items":['), 0),
    "lost": (None, 0),
}
FINAL = {
    "LAW": answer({"code": "LAW", "message": WORDS}),
    "CLASH": answer({"code": "CLASH", "message": WORDS}, 409),
    "NEVER": answer({"code": "NEVER", "message": WORDS}, 400),
    "problem": answer({"type": "urn:x", "title": "Từ chối", "detail": WORDS}, 403, content="application/problem+json"),
}


class Errors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = Script()
        cls.addClassCleanup(cls.system.close)
        cls.desk = Desk()
        cls.addClassCleanup(cls.desk.close)
        cls.desk.write("config/connectors/thu.jsonc", CONNECTOR)
        cls.system.usual.update({"/login": {"token": "t"}, "/all": ITEMS, "/ask": {}, "/same": {}, "/close": {}})
        cls.desk.run("connector", "check", "thu", status=0)
        cls.desk.run("system", "add", "thu", "--connector", "thu", "--set", f"base={cls.system.base}", status=0)
        cls.desk.login({"id": "thu", "username": "canbo", "password": "mat-khau"})

    def setUp(self):
        self.system.plans.clear()
        self.desk.run("sync", "--full", status=0)
        self.system.forget()

    def tearDown(self):
        self.settle()

    def settle(self):
        for row in self.desk.run("outbox", "list", "--json").json():
            if row["outcome"] == "uncertain":
                self.desk.run("outbox", "resolve", row["key"], "--as", "not-landed")

    def waited(self, path, least):
        first, second = self.system.asked(path=path)
        self.assertGreaterEqual(second.at - first.at, least * 0.99)

    # --- reading ---
    def test_read_again(self):
        for name, (said, least) in TEMPORARY.items():
            with self.subTest(name):
                self.system.forget()
                self.system.plan("GET", "/all", said)
                self.desk.run("sync", "--full", status=0)
                self.waited("/all", least)
                self.assertEqual(len(self.desk.items("-is:stale")), 2)

    def test_read_behind_a_new_login(self):
        for said in (answer({}, 401), answer({"code": "OVER"}), answer({"code": "SESSION"})):
            self.system.forget()
            self.system.plan("GET", "/all", said)
            self.desk.run("sync", "--full", status=0)
            self.assertEqual([a.path for a in self.system.log], ["/all", "/login", "/all"])

    def test_not_read_again(self):
        for name, said in FINAL.items():
            with self.subTest(name):
                self.system.forget()
                self.system.plan("GET", "/all", said)
                told = self.desk.run("sync", "--full", status=(1, 4))
                self.assertIn(WORDS, told.stderr)
                self.assertEqual(len(self.system.asked(path="/all")), 1)
                self.assertEqual(len(self.desk.items("is:stale")), 2)
                state, = self.desk.run("system", "list", "--json").json()
                self.assertIn(WORDS, state["message"])

    def test_it_has_an_end(self):
        """As often as `retries` says, and no longer than anybody would wait."""
        self.system.plan("GET", "/all", *[answer({}, 500)] * 9)
        self.desk.run("sync", "--full", status=4)
        self.assertEqual(len(self.system.asked(path="/all")), 4)
        self.system.forget()
        for wait in ({"Retry-After": "3600"}, later(3600)):
            self.system.plan("GET", "/all", answer({"detail": "Mai hãy hỏi"}, 429, wait))
            began = time.monotonic()
            told = self.desk.run("sync", "--full", status=4)
            self.assertLess(time.monotonic() - began, 600)
            self.assertIn("Mai hãy hỏi", told.stderr)
        self.assertEqual(len(self.system.asked(path="/all")), 2)

    # --- writing ---
    def act(self, action, *answers, status=None):
        self.system.forget()
        self.system.plan("POST", "/" + action, *answers)
        done, = self.desk.run("act", action, "thu:1", "--yes", status=status).json()
        return done["outcome"], len(self.system.asked(path="/" + action)), done

    def test_write_again(self):
        """What had no effect is sent again, declared or not; what may have had one only where it is declared."""
        no_effect = ("BUSY", "LATER", "a date", "429", "429 until", "429 alone", "503 with a wait", "408", "425", "DOWN")
        for name, (said, least) in TEMPORARY.items():
            with self.subTest(name):
                self.assertEqual(self.act("same", said, status=0)[:2], ("done", 2))
                self.waited("/same", least)
                if name in no_effect:
                    self.assertEqual(self.act("ask", said, status=0)[:2], ("done", 2))
                    self.waited("/ask", least)
                else:
                    self.assertEqual(self.act("ask", said, status=5)[:2], ("uncertain", 1))
                    self.settle()

    def test_effect_overrides(self):
        self.assertEqual(self.act("ask", answer({"code": "NOTHING-DONE"}, 500), status=0)[:2], ("done", 2))
        outcome, sent, done = self.act("ask", answer({"code": "PERHAPS", "message": "Chưa rõ"}, 422), status=5)
        self.assertEqual((outcome, sent), ("uncertain", 1))
        self.assertIn("Chưa rõ", done["message"])

    def test_write_behind_a_new_login(self):
        for said in (answer({}, 401), answer({"code": "OVER"}), answer({"code": "SESSION"})):
            self.assertEqual(self.act("ask", said, status=0)[:2], ("done", 2))
            self.assertEqual([a.path for a in self.system.log], ["/ask", "/login", "/ask"])

    def test_refused(self):
        for name, said in FINAL.items():
            with self.subTest(name):
                outcome, sent, done = self.act("ask", said, status=1)
                self.assertEqual((outcome, sent), ("conflict" if name == "CLASH" else "failed", 1))
                self.assertIn(WORDS, done["message"])

    def test_not_followed(self):
        """A write that is sent elsewhere: nobody knows what became of it."""
        for status in (301, 302, 303, 307, 308):
            self.assertEqual(self.act("ask", answer({}, status, {"Location": "/same"}), status=5)[:2], ("uncertain", 1))
            self.assertEqual(self.system.asked(path="/same"), [])
            self.settle()

    # --- what a person sees ---
    def test_words(self):
        self.system.plan("POST", "/ask", FINAL["LAW"])
        told = self.desk.run("act", "ask", "thu:1", "--yes", status=1)
        self.assertIn(WORDS, told.stderr)
        self.assertIn(WORDS, told.json()[0]["message"])
        row = self.desk.run("outbox", "list", "--all", "--json", status=0).json()
        row = next(r for r in row if r["key"] == told.json()[0]["key"])
        self.assertIn(WORDS, row["message"])

    def test_words_on_the_screen(self):
        self.system.plan("POST", "/ask", FINAL["problem"])
        self.desk.run("act", "ask", "thu:2", "--yes", status=1)
        with self.desk.screen(cols=100, rows=50, env={"LANGUAGE": "vi"}) as screen:
            screen.wait("1/1 hệ thống")
            screen.key("o")
            screen.wait("Hỏi")
            screen.wait("không có hiệu")
            screen.key("enter")
            screen.wait("HẾT.")
            shown = " ".join(" ".join(screen.screen()).split())
            self.assertIn(WORDS, shown)
            screen.key("down")
            screen.gone("HẾT.")
            screen.wait("Việc hai")

    def test_laid_over_and_withdrawn(self):
        """What an action will make of its item stands there while it is under way, and goes when it is refused."""
        def state():
            return [(i["state"], i["pending"]) for i in self.desk.items("id:\"thu:1\"")]
        self.assertEqual(state(), [("new", 0)])
        self.desk.run("act", "close", "thu:1", "--yes", "--queue", status=(0, 4))
        self.assertEqual(state(), [("done", 1)])
        self.system.plan("POST", "/close", FINAL["LAW"])
        self.desk.run("sync", status=(0, 1))
        self.assertEqual(state(), [("new", 0)])
        self.desk.run("act", "close", "thu:1", "--yes", status=0)
        self.assertEqual(state(), [("done", 0)])


if __name__ == "__main__":
    unittest.main()
