# SPDX-License-Identifier: Apache-2.0
"""The ways of a person with an action: taking it back, several items at once, what may not be done, a system that
says no, a window that changes under the hand, values that are nobody's business."""
import re

from inbox import ROWS_FROM, Inbox
from province import until
from test_act import OneDesk

WORDS = "Đề nghị của người nộp"


class Undo(OneDesk):
    """Nothing leaves within ten minutes: every effect here would be a fault."""

    undo = 600

    def tearDown(self):
        self.assertEqual(self.province.effects(), [])

    def take(self, inbox=None):
        inbox, item = inbox or self.inbox, self.find("comment", "ho-tich", pending=0)
        inbox.only(item)
        inbox.act("Comment", [("text", WORDS)], about=item["code"])
        inbox.wait(f"[Comment {item['code']} · sent in ")
        return item

    def pending(self, item):
        return self.desk.item(item["id"])["pending"]

    def test_taken_back(self):
        item = self.take()
        first = int(re.search(r"sent in (\d+) seconds · u: undo", self.inbox.message())[1])
        until(lambda: f"sent in {first} " not in self.inbox.message(), what="the countdown")
        self.inbox.wait("↑")
        self.assertEqual(self.pending(item), 1)
        self.inbox.key("u")
        self.inbox.wait(f"Taken back: Comment {item['code']}.")
        until(lambda: "↑" not in self.inbox.rows()[ROWS_FROM], what="the row without its arrow")
        self.assertEqual(self.pending(item), 0)
        self.inbox.key("u")
        self.inbox.wait("Nothing to take back")
        self.inbox.sync()

    def test_withdrawn_from_the_outbox(self):
        item = self.take()
        self.inbox.key("o")
        self.inbox.wait("Comment")
        self.inbox.wait(item["code"])
        self.inbox.key("c")
        self.inbox.wait("Withdrawn: it was not sent.")
        self.assertEqual(self.pending(item), 0)

    def test_one_of_two_is_taken_back(self):
        first, second = self.take(), self.take()
        self.inbox.key("u")
        self.inbox.wait(f"Taken back: Comment {second['code']}.")
        self.assertEqual((self.pending(first), self.pending(second)), (1, 0))
        self.inbox.sync()
        self.assertEqual(self.pending(first), 1, "it is not sent early")

    def test_leaving_keeps_it(self):
        with Inbox(self.desk) as other:
            item = self.take(other)
            self.assertEqual(other.leave(), 0)
        self.assertEqual(self.pending(item), 1)
        self.inbox.only(item)
        self.inbox.wait("↑")


class Countdown(OneDesk):
    undo = 2

    def test_sent_when_it_ends(self):
        item = self.find("pause", "mot-cua")
        self.inbox.only(item)
        self.inbox.act("Pause", [("text", WORDS)])
        self.inbox.wait("· sent in ")
        self.inbox.wait(f"Pause {item['code']}: done at One-stop cases.")
        effect, = self.province.effects()
        self.assertEqual((effect["item"], effect["body"]["lyDo"]), (item["code"], WORDS))


class Ways(OneDesk):
    def setUp(self):
        super().setUp()
        self.before = len(self.province.effects())

    def effects(self):
        return self.province.effects()[self.before:]

    def some(self, count, action, system):
        found = []
        touched = {e["system"] + ":" + e["item"] for e in self.province.effects()}
        for item in self.desk.items(f"system:{system}"):
            if action in item["actions"] and item["id"] not in touched:
                found.append(item)
            if len(found) == count:
                return found
        raise AssertionError(f"too few items of {system} allow {action}")

    def test_one_action_over_marked_items(self):
        items = self.some(3, "pause", "mot-cua")
        self.inbox.filter(" or ".join('id:"%s"' % item["id"] for item in items))
        self.inbox.wait("1/3")
        self.inbox.key("space", "space", "space")
        self.inbox.wait("Marked 3 of 1 systems")
        self.assertEqual([row[0] for row in self.inbox.rows()[ROWS_FROM:ROWS_FROM + 3]], ["*"] * 3)
        self.inbox.act("One-stop cases: Pause (3 items)", [("text", WORDS)], title="Pause · 3 items")
        self.inbox.wait("Pause 3 items: done at One-stop cases.")
        self.assertEqual(sorted(e["item"] for e in self.effects()), sorted(i["code"] for i in items))
        self.assertEqual({(e["action"], e["body"]["lyDo"]) for e in self.effects()}, {("pause", WORDS)})
        self.assertEqual(len({e["key"] for e in self.effects()}), 3)
        self.inbox.gone("Marked")

    def test_marks_over_two_systems(self):
        cases, files = self.some(1, "supplement", "mot-cua"), self.some(1, "supplement", "ho-tich")
        self.inbox.filter(f'id:"{cases[0]["id"]}" or id:"{files[0]["id"]}"')
        self.inbox.wait("1/2")
        self.inbox.key("*")
        self.inbox.wait("Marked 2 of 2 systems")
        labels = self.inbox.actions()
        self.assertIn("One-stop cases: Ask for papers (1 items)", labels)
        self.assertIn("Civil registration (158): Ask for papers (1 items)", labels)
        self.inbox.key("esc", "esc")
        self.inbox.gone("Marked")
        self.assertEqual(self.effects(), [])

    def test_what_may_not_be_done_stands_with_its_reason(self):
        item = next(i for i in self.desk.items("system:mot-cua")
                    if {"action": "deliver", "reason": "chưa có kết quả"} in i["blocked"])
        self.inbox.only(item)
        menu = self.inbox.actions()
        place, reason = menu["Hand over"]
        self.assertEqual(reason, "chưa có kết quả")
        self.assertEqual({label for label, (_, why) in menu.items() if not why},
                         {label for label in menu if label not in [self.label(b) for b in item["blocked"]]})
        self.inbox.key(*["down"] * place, "enter")
        self.inbox.wait("Hand over: chưa có kết quả")
        self.inbox.wait("── Actions")
        self.assertEqual(self.effects(), [])

    @staticmethod
    def label(blocked):
        return {"receive": "Receive", "reject": "Refuse", "supplement": "Ask for papers", "forward": "Forward",
                "appraise": "Appraise", "submit": "Submit for signature", "approve": "Approve", "pause": "Pause",
                "resume": "Resume", "extend": "Extend", "deliver": "Hand over", "withdraw": "Withdraw",
                "refund": "Refund"}[blocked["action"]]

    def test_the_system_says_no(self):
        """What only the system knows: its own words come back, here and in the outbox."""
        item = self.find("extend", "mot-cua")
        self.inbox.only(item)
        self.inbox.act("Extend", [("date", "01/01/2026"), ("text", WORDS)], "y")
        self.inbox.wait("had no effect")
        words = "Ngày hẹn trả mới: phải sau ngày hẹn cũ và sau hôm nay"
        until(lambda: words in " ".join(row.strip() for row in self.inbox.rows()[-2:]), what="its own words")
        self.inbox.key("o")
        self.inbox.wait("had no effect")
        self.inbox.wait(item["code"])
        self.assertEqual(self.effects(), [])

    def test_changed_behind_its_back(self):
        for system, label, action in (("van-ban", "Comment", "comment"), ("mot-cua", "Pause", "pause"),
                                      ("ho-tich", "Comment", "comment")):
            with self.subTest(system):
                item = self.find(action, system)
                key = item["id"].split(":", 1)[1]
                self.inbox.only(item)
                self.inbox.choose(label)
                self.inbox.wait(f"── {label}")
                self.inbox.fill([("text", WORDS)])
                self.province.put({"system": system, "key": key, "fields": {"title": "Đã đổi"}})
                self.inbox.key("ctrl-d")
                self.inbox.wait(f"{label} {item['code']}: changed meanwhile")
                self.inbox.sync()
                self.inbox.only(item)
                self.assertEqual(self.effects(), [])

    def test_no_state_allows_it_any_more(self):
        item = self.find("receive", "mot-cua")
        self.inbox.only(item)
        self.inbox.choose("Receive")
        self.inbox.wait("── Receive")
        self.province.put({"system": "mot-cua", "key": item["code"], "state": 7})
        self.inbox.key("ctrl-d")
        self.inbox.wait(f"Receive {item['code']}: ")
        self.inbox.sync()
        self.inbox.only(item)
        until(lambda: "Withdra" in self.inbox.rows()[ROWS_FROM], what="the state it is in now")
        self.assertEqual(self.effects(), [])

    def test_the_question_may_be_answered_no(self):
        item = self.find("withdraw", "mot-cua")
        self.inbox.only(item)
        words = [("text", WORDS)]
        for key in ("n", "esc"):
            self.inbox.act("Withdraw", words, key)
            self.inbox.wait("Nothing was done.")
            self.inbox.wait("── Withdraw")
            self.inbox.key("esc")
            self.inbox.gone("── Withdraw")
            words = []  # the draft
        self.assertEqual(self.effects(), [])

    def test_the_form_is_looked_over_first(self):
        item = self.find("forward", "mot-cua")
        self.inbox.only(item)
        self.inbox.choose("Forward")
        self.inbox.wait("── Forward")
        self.inbox.key("ctrl-d")
        self.inbox.wait("To: must be filled in.")
        self.inbox.text("không ai tên như thế")
        self.inbox.key("ctrl-d")
        self.inbox.wait("To: choose one of those offered")
        self.inbox.key("ctrl-u")
        self.inbox.fill([("person", "Địa Chính")])
        self.inbox.key("ctrl-d")
        self.inbox.wait(f"Forward {item['code']}: done at One-stop cases.")
        effect, = self.effects()
        self.assertEqual(effect["body"]["nguoiNhan"], "canbo04")

    def test_a_date_moves_by_a_day(self):
        item = self.find("extend", "mot-cua")
        self.inbox.only(item)
        self.inbox.choose("Extend")
        self.inbox.wait("── Extend")
        self.inbox.key("down")
        self.inbox.wait("23/11/2026")
        self.inbox.key(*["down"] * 45)
        self.inbox.wait("07/01/2027")
        self.inbox.key("up", "tab")
        self.inbox.wait("06/01/2027")
        self.inbox.text(WORDS)
        self.inbox.key("ctrl-d")
        self.inbox.wait("y yes")
        self.inbox.key("enter")
        self.inbox.wait(f"Extend {item['code']}: done")
        effect, = self.effects()
        self.assertEqual(effect["body"]["ngayHenMoi"], "06/01/2027")

    def test_a_window_that_changes_keeps_what_was_typed(self):
        item = self.find("forward", "mot-cua")
        self.inbox.only(item)
        self.inbox.choose("Forward")
        self.inbox.wait("── Forward")
        self.inbox.fill([("person", "Địa Chính"), ("text", "Một hai")])
        self.addCleanup(self.inbox.resize, 80, 24)
        for cols, rows in ((160, 50), (100, 30), (20, 5), (81, 25), (80, 24)):
            self.inbox.resize(cols, rows)
            if cols >= 80:
                until(lambda: len(self.inbox.rows()[-3]) >= cols - 10 and "1/1" in self.inbox.rows()[-3],
                      what=f"a screen of {cols}x{rows}")
                self.inbox.wait("Một hai")
                self.inbox.wait("Phạm Địa Chính Mẫu")
        self.inbox.text(" ba")
        self.inbox.wait("Một hai ba")
        self.inbox.key("ctrl-d")
        self.inbox.wait(f"Forward {item['code']}: done")
        effect, = self.effects()
        self.assertEqual((effect["body"]["nguoiNhan"], effect["body"]["yKien"]), ("canbo04", "Một hai ba"))

    def test_a_form_left_keeps_a_draft(self):
        item = self.find("pause", "mot-cua")
        self.inbox.only(item)
        self.inbox.choose("Pause")
        self.inbox.wait("── Pause")
        self.inbox.fill([("text", "Chờ kết quả đo đạc")])
        self.inbox.key("esc")
        self.inbox.gone("── Pause")
        self.inbox.choose("Pause")
        self.inbox.wait("Chờ kết quả đo đạc")
        self.inbox.key("ctrl-d")
        self.inbox.wait(f"Pause {item['code']}: done")
        effect, = self.effects()
        self.assertEqual(effect["body"]["lyDo"], "Chờ kết quả đo đạc")

    def test_a_private_value_is_shown_on_purpose_only(self):
        number = None
        for row in self.records.mot_cua.rows():
            if row.get("soGiayTo") and row.get("soDienThoai"):
                number, telephone, code = row["soGiayTo"], row["soDienThoai"], row["maHoSo"]
                break
        self.assertIsNotNone(number)
        self.inbox.filter(f'id:"mot-cua:{code}"')
        self.inbox.wait("1/1")
        self.inbox.open()
        self.inbox.wait("private values are masked")
        self.assertNotIn(number, self.inbox.dump())
        self.assertNotIn(telephone, self.inbox.dump())
        self.inbox.key("v")
        self.inbox.wait(number)
        self.inbox.wait(telephone)
        self.inbox.key("v")
        self.inbox.gone(number)
        self.inbox.key("v", "esc")
        self.inbox.gone(number)
        self.inbox.open()
        self.inbox.wait("private values are masked")


class Wide(OneDesk):
    """A large window: more columns come in, and the same keys do the same."""

    screen = {"cols": 160, "rows": 50}

    def test_acting(self):
        item = self.find("forward", "mot-cua", state="processing")
        row = self.inbox.only(item)
        self.assertIn(item["from"][:18], row)
        self.assertIn(item["assignee"], row)
        self.inbox.act("Forward", [("person", "Địa Chính"), ("text", WORDS)], about=item["code"])
        self.inbox.wait(f"Forward {item['code']}: done at One-stop cases.")
        self.inbox.sync()
        self.inbox.only(item)
        until(lambda: "canbo04" in self.inbox.rows()[ROWS_FROM], what="the new handler")
        self.assertEqual(len(self.province.effects()), 1)


class Plain(OneDesk):
    """NO_COLOR: everything is said without a colour."""

    options = {"items": 60}
    screen = {"env": {"NO_COLOR": "1"}}

    def test_no_colour_anywhere(self):
        def look():
            self.inbox.settle()
            return [run for row in range(24) for run in self.inbox.attrs(row)]

        seen = look()
        self.inbox.actions()
        seen += look()
        self.inbox.key("esc", "enter")
        self.inbox.wait("e note")
        seen += look()
        self.assertEqual({(foreground, background) for *_, foreground, background in seen}, {("-", "-")})
        self.assertTrue({"r", "b"} <= {flag for _, _, flags, _, _ in seen for flag in flags}, "signs without colour")
