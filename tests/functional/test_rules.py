# SPDX-License-Identifier: Apache-2.0
"""What the language promises whatever a system says: a pull that is not whole removes nothing and moves no cursor, a
write stays single, and an answer about something that was not asked changes nothing."""
import copy
import json
import time
import unittest

from province import Desk
from script import Script, answer

CONNECTOR = {
    "motcua": 1, "id": "vn.motcua.thu", "title": "Thử", "kind": "case",
    "config": {"base": {"type": "url", "required": True}}, "base": {"$": "config.base"}, "limits": {"timeout": 5, "retries": 0},
    "streams": {"all": {"request": {"url": "/all"}, "records": "/items", "key": "/id", "keep": {},
                        "delta": {"full": "PT0S"}, "map": {"title": "/title", "state": {"const": "new"}, "version": "/rev"}}},
    "actions": {},
}
REF = {"$": "action.key"}
VERIFY = {"request": {"url": "/log"}, "landed": {"at": "/log", "some": {"at": "/ref", "eq": REF}}}


def rows(*ids, **more):
    return {"items": [{"id": str(i), "title": f"Việc {i}", "rev": "1"} for i in ids], **more}


class Rules(unittest.TestCase):
    def setUp(self):
        self.system = Script()
        self.addCleanup(self.system.close)
        self.desk = Desk()
        self.addCleanup(self.desk.close)
        self.file = copy.deepcopy(CONNECTOR)
        self.stream = self.file["streams"]["all"]
        self.system.usual.update({"/all": rows(1, 2, 3), "/act": {}, "/log": {"log": []}})

    def start(self):
        path = self.desk.write("config/connectors/thu.jsonc", json.dumps(self.file, ensure_ascii=False))
        self.desk.run("connector", "check", path, status=0)
        self.desk.run("system", "add", "thu", "--connector", path, "--set", f"base={self.system.base}", status=0)
        self.desk.run("sync", status=0)

    def ids(self):
        return sorted(i["id"] for i in self.desk.items())

    def asked(self, path):
        return len(self.system.asked(path=path))


class Pull(Rules):
    """Rule 5."""

    def pages(self):
        self.stream["request"]["query"] = {"page": {"$": "page.number"}, "since": {"$": "cursor"}}
        self.stream["pages"] = {"type": "page", "start": 1, "stop": "empty", "total": "/total", "max": 5}
        self.stream["delta"] = {"cursor": {"at": "/rev", "as": "integer"}}

    def test_only_a_whole_one_removes(self):
        self.pages()
        self.system.plan("GET", "/all", rows(1, 2, total=4), rows(3, 4, total=4))
        self.start()
        whole = ["thu:1", "thu:2", "thu:3", "thu:4"]
        self.assertEqual(self.ids(), whole)
        bad = {
            "a total that moves": (rows(1, 2, total=4), rows(3, total=3), rows(total=3)),
            "less than the total": (rows(1, total=4), rows(total=4)),
            "more than the total": (rows(1, 2, 3, total=2),),
            "broken in the middle": (rows(1, total=2), answer({}, 500)),
            "lost in the middle": (rows(1, total=2), None),
            "a page without a list": (rows(1, total=2), {"total": 2}),
            "a record without key": (rows(1, total=2), {"items": [{"title": "x"}], "total": 2}),
            "the same page again": (rows(1, total=9), rows(1, total=9)),
            "twice on one page": (rows(1, 1, total=2),),
            "no end": tuple(rows(n, total=99) for n in range(10, 20)),
            "a page of HTML": (rows(1, total=2), answer(b"<html></html>", content="text/html")),
            "half": (rows(1, total=2), answer(b'{"items":[')),
        }
        for name, answers in bad.items():
            with self.subTest(name):
                self.system.plan("GET", "/all", *answers)
                self.desk.run("sync", "--full", status=(1, 4))
                self.assertEqual(self.ids(), whole)
        # The cursor is that of the last whole pull.
        self.system.forget()
        self.system.plan("GET", "/all", rows(total=0))
        self.desk.run("sync", status=0)
        self.assertEqual(self.system.log[0].query(), [("page", "1"), ("since", "1")])
        self.assertEqual(self.ids(), whole)
        self.system.plan("GET", "/all", rows(1, total=1))
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(self.ids(), ["thu:1"])

    def test_sub_requests_that_answer_about_others(self):
        self.stream["sub"] = {"request": {"method": "POST", "url": "/sub", "json": {"ids": {"$": "batch"}}}, "max": 2,
                              "records": "/items", "key": "/id"}
        self.system.usual["/sub"] = lambda a: rows(*a.json()["ids"], "99", "98")  # more than was asked for
        self.start()
        self.assertEqual(self.ids(), ["thu:1", "thu:2", "thu:3"])
        for answers in ((rows("7", "8"),), (rows("1"),), (rows("1", "1", "2"),), (rows(),), ({"items": [None, 5, "x"]},),
                        (rows("1", "2"), rows("4"))):
            with self.subTest(answers):
                self.system.plan("POST", "/sub", *answers)
                self.desk.run("sync", "--full", status=(1, 4))
                self.assertEqual(self.ids(), ["thu:1", "thu:2", "thu:3"])


class Write(Rules):
    """Rule 6."""

    def action(self, **more):
        self.file["actions"]["act"] = {"label": "Làm", "on": "all",
                                       "request": {"method": "POST", "url": "/act", "json": {"ref": REF}}, **more}

    def act(self, *more, id="1", status=None):
        return self.desk.run("act", "act", f"thu:{id}", "--yes", *more, status=status).json()[0]

    def landed(self, asked):
        """Takes effect, and loses its answer."""
        self.system.usual["/log"] = {"log": [{"ref": "khác"}, {"ref": asked.json()["ref"]}]}

    def test_landed(self):
        self.action(unknown={"verify": VERIFY})
        self.start()
        self.system.plan("POST", "/act", self.landed)
        self.assertEqual(self.act(status=0)["outcome"], "done")
        self.assertEqual((self.asked("/act"), self.asked("/log")), (1, 1))

    def test_absent_is_sent_again_once_it_has_settled(self):
        self.action(unknown={"verify": {**VERIFY, "settle": "PT2S"}})
        self.start()
        self.system.plan("POST", "/act", None)
        self.assertEqual(self.act(status=0)["outcome"], "done")
        first, second = self.system.asked(path="/act")
        self.assertGreaterEqual(second.at - first.at, 1.9)
        self.assertEqual(first.json(), second.json())

    def test_late_but_within_settle(self):
        """The system was still at it when it was read back the first time."""
        self.action(unknown={"verify": {**VERIFY, "settle": "PT60S"}})
        self.start()
        self.system.plan("POST", "/act", lambda a: self.refs.append(a.json()["ref"]))
        self.refs = []
        self.system.plan("GET", "/log", {"log": []}, lambda a: {"log": [{"ref": r} for r in self.refs]})
        self.assertEqual(self.act(status=0)["outcome"], "done")
        self.assertEqual(self.asked("/act"), 1)

    def test_neither_landed_nor_absent(self):
        self.action(unknown={"verify": {**VERIFY, "absent": {"at": "/log", "eq": []}}})
        self.start()
        self.system.plan("POST", "/act", None)
        self.system.usual["/log"] = {"log": [{"ref": "khác"}]}
        self.assertEqual(self.act(status=5)["outcome"], "uncertain")
        self.assertEqual(self.asked("/act"), 1)

    def test_a_later_conflict_may_be_our_own(self):
        """The first write landed and lost its answer; the second attempt meets what it left behind."""
        self.file["limits"]["retries"] = 3
        self.action(idempotency={"header": "Idempotency-Key", "lives": "P1D"}, conflict=[{"status": [409, 412]}],
                    unknown={"verify": VERIFY})
        self.start()
        self.system.plan("POST", "/act", self.landed, answer({"detail": "đã đổi"}, 412))
        self.assertEqual(self.act(status=0)["outcome"], "done")
        keys = {a.headers["Idempotency-Key"] for a in self.system.asked(path="/act")}
        self.assertEqual((len(keys), self.asked("/act"), self.asked("/log")), (1, 2, 1))
        # Somebody else's.
        self.system.usual["/log"] = {"log": []}
        self.system.plan("POST", "/act", None, answer({"detail": "đã đổi"}, 412))
        done = self.act(id="2", status=1)
        self.assertEqual((done["outcome"], done["message"]), ("conflict", "đã đổi"))

    def test_a_key_is_trusted_for_nine_tenths_of_its_life(self):
        self.action(idempotency={"header": "Idempotency-Key", "lives": "PT100S"})
        self.start()
        for late, sent, outcome in ((80, 2, "done"), (95, 1, "uncertain"), (-50, 1, "uncertain")):
            with self.subTest(late):
                self.system.forget()
                self.system.plan("POST", "/act", None)
                now = int(time.time())
                at = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + more)) for more in (0, late)]
                key = self.desk.run("act", "act", "thu:1", "--yes", env={"MOTCUA_NOW": at[0]}, status=(0, 4, 5)).json()[0]["key"]
                self.desk.run("outbox", "deliver", env={"MOTCUA_NOW": at[1]})
                row = next(r for r in self.desk.run("outbox", "list", "--all", "--json").json() if r["key"] == key)
                self.assertEqual((row["outcome"], self.asked("/act")), (outcome, sent))
                if outcome == "uncertain":
                    self.desk.run("outbox", "resolve", key, "--as", "not-landed")

    def test_a_yes_that_is_a_lie(self):
        self.action(unknown={"verify": {**VERIFY, "always": True}})
        self.start()
        self.system.plan("POST", "/act", answer(b"", 204))
        self.assertEqual(self.act(status=1)["outcome"], "failed")
        self.system.plan("POST", "/act", lambda a: self.landed(a) or answer(b"", 204))
        self.assertEqual(self.act(status=0)["outcome"], "done")

    def test_outcomes_of_others(self):
        """A batch is answered with what was not asked, twice, or not at all: each for itself, the rest unknown."""
        self.file["actions"]["act"] = {
            "label": "Làm", "on": "all", "request": {"method": "POST", "url": "/act", "json": {"ops": {"$": "batch"}}},
            "batch": {"max": 10, "item": {"id": {"$": "item.key"}, "ref": REF}, "outcomes": "/results",
                      "match": {"at": "/ref", "eq": REF}, "success": {"at": "/ok", "eq": True},
                      "errors": [{"when": {"at": "/ok", "eq": False}, "class": "business", "message": "/why"}]},
            "unknown": "ask"}
        self.start()

        def some(asked):
            one, two, _ = asked.json()["ops"]
            return {"results": [{"ref": "lạ", "ok": True}, {"ref": one["ref"], "ok": True}, None, 5, {"ok": True},
                                {"ref": two["ref"], "ok": False, "why": "Không được"}]}
        self.system.plan("POST", "/act", some)
        done = self.desk.run("act", "act", "thu:1", "thu:2", "thu:3", "--yes").json()
        self.assertEqual([d["outcome"] for d in done], ["done", "failed", "uncertain"])
        self.assertEqual(self.asked("/act"), 1)

    def poll(self, **more):
        self.action(unknown={"verify": VERIFY}, poll={"every": "PT1S", "max": "PT3S", "until": {"at": "/state", "eq": "done"}, **more})

    def settled(self, key):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self.desk.run("outbox", "deliver")
            row = next(r for r in self.desk.run("outbox", "list", "--all", "--json").json() if r["key"] == key)
            if row["outcome"] in ("done", "failed", "uncertain", "conflict"):
                return row["outcome"]
            time.sleep(0.2)
        raise AssertionError("no end")

    def test_a_poll_that_leads_away(self):
        with Script() as other:
            self.poll()
            self.start()
            self.system.plan("POST", "/act", answer({}, 202, {"Location": other.base + "/job"}))
            self.assertEqual(self.settled(self.act()["key"]), "uncertain")
            self.assertEqual((other.log, self.asked("/act")), ([], 1))

    def test_a_poll_without_end(self):
        self.poll()
        self.start()
        self.system.usual["/job"] = {"state": "busy"}
        self.system.plan("POST", "/act", answer({}, 202, {"Location": "/job"}))
        self.assertEqual(self.settled(self.act()["key"]), "uncertain")
        self.assertEqual(self.asked("/act"), 1)
        self.assertLessEqual(self.asked("/job"), 6)

    def test_a_lookup_that_answers_anything(self):
        self.file["lookups"] = {"who": {"input": {"n": {"required": True}}, "request": {"url": "/who/{input.n}"}, "map": {"name": "/name"}},
                                "list": {"request": {"url": "/list"}, "records": "/items", "value": "/v", "title": "/t"}}
        self.start()
        for said in ([], "x", 5, None, {"name": {"a": 1}}, {"name": ["x"] * 9}, {"name": "\x1b[31mđỏ\x07" + "x" * 100000},
                     answer(b"[" * 100000), answer(b'{"name":"a","name":"b"}'), answer(b"\xff\xfe")):
            self.system.usual["/who/1"] = said if isinstance(said, tuple) else answer(said)
            told = self.desk.run("lookup", "thu/who", "n=1", status=(0, 1, 4))
            self.assertNotIn("\x1b", told.stdout + told.stderr)
            self.assertLess(len(told.stdout), 20000)
        self.system.usual["/list"] = {"items": [{"v": "a", "t": "\x1b]0;x\x07A"}, 5, None, {"t": "x"}, {"v": {"a": 1}}] + [{"v": str(n)} for n in range(20000)]}
        told = self.desk.run("lookup", "thu/list", "q=", status=(0, 1, 4))
        self.assertNotIn("\x1b", told.stdout)
        self.assertLess(len(told.stdout), 200000)


if __name__ == "__main__":
    unittest.main()
