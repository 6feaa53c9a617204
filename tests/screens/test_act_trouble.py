# SPDX-License-Identifier: Apache-2.0
"""The inbox in trouble: lost answers, outcomes nobody knows, a system that is dead, a password that is refused, and
text that was made to do harm. Whatever happens, each action has the effects a person was told of, and the screen
stays whole."""
import os
import re
import tempfile
import unicodedata

from inbox import ROWS_FROM, Inbox
from province import until
from test_act import OneDesk

WORDS = "Đã đối chiếu"
CONNECTORS = os.path.join(os.environ["top_srcdir"], "connectors")


class Lost(OneDesk):
    """Answers that never came: what the systems declare is enough to end with one effect."""

    def comment(self, system, label, mode, path):
        item = self.find({"Comment": "comment", "Pause": "pause"}[label], system)
        before = len(self.province.effects())
        self.inbox.only(item)
        self.province.fault(mode, system=system, path=path, count=1)
        self.inbox.act(label, [("text", WORDS)])
        self.inbox.wait(f"{label} {item['code']}: done at")
        effect, = self.province.effects()[before:]
        self.assertEqual((effect["system"], effect["item"]), (system, item["id"].split(":", 1)[1]))

    def test_after_the_effect(self):
        for system, label, path in (("van-ban", "Comment", "*/comments"), ("mot-cua", "Pause", "*/thao-tac"),
                                    ("ho-tich", "Comment", "*/ghichu")):
            with self.subTest(system):
                self.comment(system, label, "reset-after", path)

    def test_before_the_effect(self):
        for system, label, path in (("van-ban", "Comment", "*/comments"), ("mot-cua", "Pause", "*/thao-tac")):
            with self.subTest(system):
                self.comment(system, label, "reset-before", path)


class Uncertain(OneDesk):
    """A system that declares nothing: what became of a lost answer is asked of the person."""

    @classmethod
    def prepare(cls):
        with open(os.path.join(CONNECTORS, "ho-tich.jsonc"), encoding="utf-8") as file:
            text = file.read()
        unknown = r'"unknown": \{\s*"verify": \{.*?"settle": "PT10S"\s*\}\s*\}'
        changed, count = re.subn(unknown, '"unknown": "ask"', text, flags=re.S)
        assert count == 5, count
        cls.desk.write("config/connectors/ho-tich.jsonc", changed)

    def lose(self, mode):
        item = self.find("comment", "ho-tich", pending=0)
        self.before = len(self.province.effects())
        self.inbox.only(item)
        self.province.fault(mode, system="ho-tich", path="*/ghichu", count=1)
        self.inbox.act("Comment", [("text", WORDS)])
        self.inbox.wait("1 uncertain ?")
        self.inbox.wait("x: settle it.")
        self.inbox.key("o")
        self.inbox.wait("Taken ")
        self.inbox.wait(item["code"])
        self.inbox.key("x")
        self.inbox.wait("Did it arrive? Comment " + item["code"])
        self.inbox.wait("Send it again, knowingly")
        return item

    def settle(self, item, answer, effects):
        menu = [row for row in self.inbox.rows() if re.match(r"  \d \S", row)]
        number = next(row.split()[0] for row in menu if answer in row)
        self.inbox.key(number)
        self.inbox.gone("uncertain ?")
        self.inbox.gone("Did it arrive?")
        until(lambda: self.desk.item(item["id"])["pending"] == 0, what="nothing open")
        self.assertEqual([e["item"] for e in self.province.effects()[self.before:]],
                         [item["id"].split(":", 1)[1]] * effects)

    def test_it_took_effect(self):
        self.settle(self.lose("reset-after"), "It took effect there: done", 1)

    def test_it_had_no_effect(self):
        self.settle(self.lose("reset-before"), "It had no effect there: failed", 0)

    def test_it_is_sent_again(self):
        self.settle(self.lose("reset-before"), "Send it again, knowingly", 1)

    def test_the_record_says_that_it_landed(self):
        """Sending it again reads the record first: changed as it is, that is no refusal, and nothing is doubled."""
        item = self.lose("reset-after")
        self.inbox.key("4")
        self.inbox.wait("changed meanwhile")
        self.assertEqual(len(self.province.effects()), self.before + 1)
        self.inbox.wait("uncertain      Comment")
        self.inbox.key("x")
        self.inbox.wait("Send it again, knowingly")
        self.settle(item, "It took effect there: done", 1)

    def test_it_may_stay_open(self):
        item = self.lose("reset-before")
        self.inbox.key("esc", "esc")
        self.inbox.wait("1 uncertain ?")
        self.inbox.only(item)
        self.inbox.sync()
        self.inbox.wait("1 uncertain ?")
        self.assertEqual(len(self.province.effects()), self.before, "not sent again by itself")
        self.inbox.key("o")
        self.inbox.wait("Taken ")
        self.inbox.key("x")
        self.inbox.wait("Send it again, knowingly")
        self.settle(item, "It had no effect there: failed", 0)


class Dead(OneDesk):
    options = {"items": 90}

    def test_it_keeps_its_items_and_the_others_go_on(self):
        before = {item["id"] for item in self.desk.items()}
        file, case = self.find("comment", "ho-tich"), self.find("pause", "mot-cua")
        self.province.fault("dead", system="ho-tich", count=-1)
        self.addCleanup(self.province.clear_faults)
        self.province.put({"system": "mot-cua", "key": case["code"], "fields": {"title": "Việc vừa đổi tên"}})
        self.inbox.sync()
        until(lambda: "Civil registration (158)" in " ".join(self.inbox.rows()[-2:]), what="the name of the one that is dead")
        self.inbox.wait("2/3 · Civil registration (158): kept from")
        self.inbox.only(file)
        until(lambda: self.inbox.rows()[ROWS_FROM][11] == "~", what="the sign of a kept row")
        self.inbox.only(case)
        self.inbox.wait("Việc vừa đổi tên")
        self.assertEqual({item["id"] for item in self.desk.items()}, before)

        with self.subTest("an action waits for it, and one of another system goes through"):
            self.inbox.only(file)
            self.inbox.act("Comment", [("text", WORDS)])
            self.inbox.wait("↑")
            case = self.desk.item(case["id"])
            self.inbox.only(case)
            self.inbox.act("Pause", [("text", WORDS)])
            self.inbox.wait(f"Pause {case['code']}: done at One-stop cases.")
            self.assertEqual([e["system"] for e in self.province.effects()], ["mot-cua"])

        with self.subTest("it is back"):
            self.province.clear_faults()
            self.inbox.sync()
            self.inbox.wait("3/3 systems")
            until(lambda: len(self.province.effects()) == 2, what="what waited")
            self.inbox.only(file)
            until(lambda: self.inbox.rows()[ROWS_FROM][11] == " ", what="a row as new")
        self.assertEqual([e["system"] for e in self.province.effects()], ["mot-cua", "ho-tich"])


class Refused(OneDesk):
    """A password that was changed elsewhere: tried once, then the person is asked."""

    options = {"items": 60}

    def test_a_password_that_was_changed(self):
        for where, _, names in os.walk(self.desk.secrets):
            for name in names:
                if ".mot-cua." in name and name.endswith(".password"):
                    with open(os.path.join(where, name), "w", encoding="utf-8") as file:
                        file.write("mat-khau-cu\n")
        self.province.fault("token-expired", system="mot-cua", count=1)
        held = len(self.desk.items("system:mot-cua"))
        with Inbox(self.desk) as inbox:
            inbox.key("r")
            inbox.wait("One-stop cases: log in")
            self.assertEqual(len(self.desk.items("system:mot-cua")), held)
            tried = self.province.control("GET", "/demo/requests")["requests"]
            inbox.key("r")
            inbox.settle()
            inbox.key("s")
            inbox.wait("Open/all")
            inbox.settle()  # the rows below its head too
            place = next(n for n, row in enumerate(inbox.rows()) if "One-stop" in row and n > 2)
            inbox.key("g", *["down"] * (place - ROWS_FROM - 1), "l")
            inbox.wait("── Log in · One-stop cases")
            self.log_in(inbox, "sai-mat-khau")
            inbox.wait("Sai tài khoản hoặc mật khẩu")
            again = self.province.control("GET", "/demo/requests")["requests"]
            logins = {name: count for name, count in again.items() if "dang-nhap" in name and "mot-cua" in name}
            self.assertTrue(logins, again)
            for name, count in logins.items():
                self.assertEqual(count - tried.get(name, 0), 1, "the refused one was not tried again")
            inbox.key("l")
            inbox.wait("── Log in · One-stop cases")
            self.log_in(inbox, "demo-canbo01")
            inbox.wait("Logged in.")
            inbox.key("esc")
            inbox.sync()
            inbox.wait("3/3 systems")
            self.assertNotIn("demo-canbo01", inbox.dump())

    def log_in(self, inbox, password):
        inbox.text("canbo01")
        inbox.key("tab")
        inbox.text(password)
        inbox.wait("•" * len(password))
        self.assertNotIn(password, inbox.dump())
        inbox.key("ctrl-d")


HOSTILE = {
    "escape": "TRƯỚC\x1b[41;5mSAU\x1b]0;tựa\x07\x1b]52;c;AAAA\x1b\\\x1b[6n",
    "c1": "TRƯỚC\x9b31mSAU\x90q\x9c\x85hết",
    "controls": "TRƯỚC\r\n\t\b\b\b\x7f\x0eSAU\x0f",
    "bidi": "TRƯỚC\u202egpj.exe\u202c\u2066SAU\u2069\u200f\u061c",
    "invisible": "TRƯ\u200bỚC\u200d\ufeff\u00ad\u2028SAU\u2029",
    "wide": "公文書管理" * 12 + "SAU",
    "marks": "a" + "\u0301" * 200 + "SAU",
    "long": "D" * 1_000_000,
    "decomposed": unicodedata.normalize("NFD", "Nguyễn Đình Phượng"),
}
FORBIDDEN = {*range(0x7f, 0xa0), *range(0x200b, 0x2010), *range(0x2028, 0x202f), *range(0x2066, 0x206a),
             0x61c, 0xfeff, 0xad}
# What a terminal library says, and nothing a title may say.
SEQUENCE = re.compile(r"\x1b(?:\[\??[0-9;]*[A-HJKLMPSTXZ@dfhlmrt]|[()][0B]|[=>78M])")


class Hostile(OneDesk):
    options = {"items": 60}

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="motcua-test-")
        cls.addClassCleanup(directory.cleanup)
        cls.record = os.path.join(directory.name, "raw")
        cls.screen = {"record": cls.record}
        super().setUpClass()

    @classmethod
    def prepare(cls):
        for number, title in enumerate(HOSTILE.values()):
            cls.province.put({"system": "van-ban", "key": str(9907199254740001 + number), "state": 1, "fields": {
                "direction": "in", "number": f"TH-{number}", "title": title, "issuer": title[:200]}})
            cls.province.put({"system": "mot-cua", "key": f"H99-TH-{number}", "state": 4, "fields": {
                "title": title, "applicant": title[:200], "step": title[:200]}})
            cls.province.put({"system": "ho-tich", "key": f"00009{number}", "state": 1, "fields": {
                "caseCode": f"TH-{number}", "title": title, "applicant": title[:200]}})

    def check(self):
        """The frame of the screen stands, and nothing forbidden was ever written to the terminal."""
        self.inbox.settle()
        rows = self.inbox.rows()
        self.assertIn("3/3 systems", rows[1])
        with open(self.record, "rb") as file:
            raw = file.read().decode()
        self.assertNotIn("\x1b[41;5m", raw)
        rest = SEQUENCE.sub("", raw)
        found = {c for c in rest if ord(c) in FORBIDDEN or (ord(c) < 0x20 and c not in "\r\n\b\t")}
        self.assertEqual({repr(c) for c in found}, set())
        return rows

    def test_lists(self):
        for system in ("van-ban", "mot-cua", "ho-tich"):
            self.inbox.filter(f"system:{system} code:TH" if system != "mot-cua" else "system:mot-cua code:H99-TH")
            self.inbox.wait(f"1/{len(HOSTILE)}")
            rows = self.check()[ROWS_FROM:ROWS_FROM + len(HOSTILE)]
            place = {"van-ban": "Document", "mot-cua": "One-stop", "ho-tich": "Civil"}[system]
            for row in rows:
                at = row.index(place)
                self.assertEqual(sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c)
                                     for c in row[:at]), self.column(place), row)
            self.assertIn("Nguyễn Đình Phượng", unicodedata.normalize("NFC", "\n".join(rows)))

    def column(self, place):
        """Where the systems' column begins in rows of plain letters."""
        return next(row.index(place) for row in self.inbox.rows() if row.isascii() and place in row or "DDDD" in row)

    def test_each_opened_and_acted_on(self):
        for number, name in enumerate(HOSTILE):
            with self.subTest(name):
                self.inbox.filter(f'id:"mot-cua:H99-TH-{number}"')
                self.inbox.wait("1/1")
                self.inbox.open()
                self.check()
                self.inbox.key("pagedown", "v", "G")
                self.check()
                self.inbox.key("esc")
                self.inbox.act("Pause", [("text", WORDS)])
                self.inbox.wait(f"Pause H99-TH-{number}: done")
                self.check()
        self.assertEqual(len(self.province.effects(action="pause")), len(HOSTILE))
        self.inbox.key("o")
        self.inbox.wait("Taken ")
        self.check()

    def test_what_is_searched_and_typed(self):
        self.inbox.key("0", "/")
        self.inbox.wait("Filter:")
        self.inbox.key("ctrl-u")
        self.inbox.text("nguyen dinh phuong")
        self.inbox.key("enter")
        self.inbox.wait("1/3")
        self.assertIn("Nguyễn Đình Phượng", unicodedata.normalize("NFC", "\n".join(self.check())))
