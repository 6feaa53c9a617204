# SPDX-License-Identifier: Apache-2.0
"""New records: the menu of what can be entered, the form with its drafts and its lookup, the way to the outbox and to
what came of it; and a form that stays as it was when its question is answered with no."""
import unittest

from inbox import Inbox
from province import Desk, Province, until
from systems import Feedback

NOW = "2026-11-23T08:00:00+07:00"
NUMBER, MASKED, NAME = "000099000001", "000*****0001", "Nguyễn Văn Mẫu A"
CALL = "Đèn đường tối\nthôn 3, từ đêm qua"


class New(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=60)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=["1022", "mot-cua", "dan-cu"], language="en")
        self.addCleanup(self.desk.close)
        with open(self.desk.path("config/config.ini"), "a", encoding="utf-8") as file:
            file.write("undo = 0\n")
        self.desk.run("sync", status=0)

    def open_form(self, inbox, label):
        inbox.key("n")
        inbox.wait("── New record")
        inbox.wait(": " + label)
        number = next(row.split()[0] for row in inbox.rows() if row.endswith(": " + label))
        inbox.key(number)
        inbox.wait(f"── {label} · ")

    def open_made(self, inbox):
        """What is not here yet is got first."""
        inbox.key("enter")
        until(lambda: any("e note" in row or "Up to date" in row for row in inbox.rows()), what="the record")
        if "e note" not in inbox.dump():
            inbox.key("enter")
        inbox.wait("e note")

    def made(self, inbox, label):
        """What the one effect made, opened from the outbox."""
        inbox.wait("o, Enter: open it.")
        said = inbox.message()
        inbox.key("o")
        inbox.wait("Outbox: ")
        inbox.wait(label)
        self.open_made(inbox)
        effect, = self.province.effects()
        self.assertIn(effect["item"], said)
        inbox.wait(effect["item"])
        return effect

    def test_a_call_at_the_switchboard(self):
        with Inbox(self.desk) as inbox:
            inbox.wait("n new")
            self.open_form(inbox, "Enter feedback")
            inbox.key("ctrl-d")
            inbox.wait("must be filled in")
            inbox.fill([("person", "Chiếu sáng"), ("text", CALL), ("text", "Thôn 3")])
            inbox.key("esc")
            inbox.gone("── Enter feedback")
            self.open_form(inbox, "Enter feedback")
            inbox.wait("Chiếu sáng")
            inbox.wait("thôn 3, từ đêm qua")
            inbox.key("f3")
            inbox.wait("/1022/requests.json")
            inbox.key("ctrl-d")
            effect = self.made(inbox, "Enter feedback")
            inbox.wait("thôn 3, từ đêm qua")
            inbox.leave()
        self.assertEqual(effect["action"], "enter")
        self.assertEqual(Feedback(self.province).get(effect["item"])["description"], CALL)

    def test_a_case_at_the_counter_filled_by_the_register(self):
        with Inbox(self.desk) as inbox:
            self.open_form(inbox, "Enter at the counter")
            inbox.key("down", "down", "enter", "tab")
            inbox.text(NUMBER)
            inbox.key("f4")
            inbox.wait("── Lookup · ")
            inbox.wait(MASKED)
            inbox.key("tab")
            inbox.text("Đối chiếu người nộp hồ sơ")
            inbox.key("ctrl-d")
            inbox.wait(NAME)
            inbox.key("enter")
            inbox.wait("← from Population register")
            inbox.wait(NAME)
            inbox.wait(MASKED)  # filled in, and private
            self.assertNotIn(NUMBER, inbox.dump())
            inbox.key("f5")
            inbox.wait(NUMBER)
            inbox.key("ctrl-d")
            inbox.wait("done at One-stop")
            inbox.key("o")
            inbox.wait("Outbox: ")
            self.open_made(inbox)
            inbox.wait(NAME)
            inbox.leave()
        effect, = self.province.effects(system="mot-cua")
        item = self.desk.item("mot-cua:" + effect["item"])
        self.assertEqual(item["from"], NAME)

    def test_what_was_typed_stays_after_a_no(self):
        with Inbox(self.desk) as inbox:
            item = self.desk.item("1022:PA-2611-0039")
            inbox.only(item)
            inbox.act("Answer the citizen", [("text", CALL)], about=item["code"])
            inbox.wait("  Answer the citizen: ")
            inbox.wait("thôn 3, từ đêm qua")  # the question hides nothing of what it is about
            inbox.key("n")
            inbox.wait("Nothing was done.")
            inbox.wait("── Answer the citizen · ")
            inbox.wait("thôn 3, từ đêm qua")
            inbox.key("ctrl-d")
            inbox.wait("  Answer the citizen: ")
            inbox.key("y")
            inbox.wait("done at")
            inbox.leave()
        effect, = self.province.effects()
        self.assertEqual(effect["action"], "reply")

    def test_nothing_can_be_entered(self):
        with Desk(self.province, systems=["dan-cu"], language="en") as desk, Inbox(desk) as inbox:
            inbox.key("n")
            inbox.wait("No configured system takes new records.")

    def test_the_only_one_needs_no_menu(self):
        with Desk(self.province, systems=["mot-cua"], language="en") as desk, Inbox(desk) as inbox:
            inbox.command("new")
            inbox.wait("── Enter at the counter · One-stop cases")


if __name__ == "__main__":
    unittest.main()
