# SPDX-License-Identifier: Apache-2.0
"""Looking up on the screen: the menu of what can be asked, the question with its reason, the answer, and its way into
an action's form, where it says whence it came; what somebody typed stays until they say otherwise."""
import json
import unittest

from inbox import Inbox
from province import Desk, Province, until

NOW = "2026-11-23T08:00:00+07:00"
NUMBER, MASKED, NAME = "000099000001", "000*****0001", "Nguyễn Văn Mẫu A"
READY = "mot-cua:H99.101.01-261118-0003"
WHY = "Đối chiếu người nhận kết quả"


class Lookup(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=30)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=["mot-cua", "dan-cu"], language="en")
        self.addCleanup(self.desk.close)
        self.desk.run("sync", status=0)

    def looks(self):
        return self.province.effects(system="dan-cu", action="lookup")

    def open_form(self, inbox):
        inbox.only({"id": READY})
        inbox.choose("Hand over")
        inbox.wait("── Hand over · ")
        inbox.wait("F4 look up")

    def ask(self, inbox, reason=WHY):
        """From the open form, up to the answer."""
        inbox.key("f4")
        inbox.wait("── Lookup · Citizen by personal number")
        inbox.wait(MASKED)  # the case's own applicant
        inbox.wait("F5 private")
        inbox.key("tab")
        inbox.text(reason)
        inbox.key("ctrl-d")
        inbox.wait("Enter fill the form")

    def test_an_answer_fills_the_form(self):
        with Inbox(self.desk) as inbox:
            self.open_form(inbox)
            self.ask(inbox)
            inbox.wait(NAME)
            self.assertNotIn(NUMBER, inbox.dump())
            inbox.key("v")
            inbox.wait(NUMBER)
            inbox.wait("Thôn")
            inbox.key("enter")
            inbox.wait("← from Population register, 08:00")
            self.assertRegex("\n".join(inbox.rows()), rf"Received by +{NAME}")
            inbox.key("ctrl-d")
            inbox.wait("done at One-stop cases")
            inbox.leave()
        look, = self.looks()
        self.assertEqual(look["item"], NUMBER)
        self.assertIn(WHY, json.dumps(look, ensure_ascii=False))
        done, = self.province.effects(system="mot-cua")
        self.assertIn(NAME, json.dumps(done, ensure_ascii=False))
        lines = map(json.loads, self.desk.run("audit", "list", status=0).stdout.splitlines())
        entry, = [e for e in lines if e["event"] == "lookup"]
        self.assertEqual((entry["outcome"], entry["purpose"]), ("found", WHY))

    def test_a_private_value_is_masked_until_asked_for(self):
        with Inbox(self.desk) as inbox:
            self.open_form(inbox)
            inbox.key("f4")
            inbox.wait(MASKED)
            inbox.key("f5")
            inbox.wait(NUMBER)
            inbox.key("f5")
            inbox.gone(NUMBER)
            inbox.key("ctrl-u")
            inbox.text("0009")  # what is being typed is seen, until the field is left
            inbox.wait("  0009")
            inbox.key("tab")
            inbox.gone("0009")
            inbox.key("backtab")
            inbox.wait("  0009")
            inbox.key("esc")
            inbox.wait("Received by")

    def test_what_was_typed_stays_unless_said(self):
        with Inbox(self.desk) as inbox:
            self.open_form(inbox)
            inbox.text("Người khác")
            self.ask(inbox)
            inbox.wait(NAME)
            inbox.key("enter")
            inbox.wait("Received by: replace what is written there?")
            inbox.key("n")
            inbox.wait("Người khác")
            inbox.gone("← from")
            self.ask(inbox)
            inbox.wait(NAME)
            inbox.key("enter")
            inbox.wait("replace what is written there?")
            inbox.key("y")
            inbox.wait("← from")
            self.assertNotIn("Người khác", inbox.dump())
            inbox.text("x")  # edited: it is no longer what the register said
            inbox.gone("← from")
            inbox.wait(f"{NAME}x")
        self.assertEqual(len(self.looks()), 2)

    def test_an_answer_is_in_no_draft(self):
        with Inbox(self.desk) as inbox:
            self.open_form(inbox)
            self.ask(inbox)
            inbox.wait(NAME)
            inbox.key("enter")
            inbox.wait("← from")
            inbox.key("esc")
            inbox.gone("── Hand over")
            inbox.choose("Hand over")
            inbox.wait("── Hand over · ")
            self.assertNotIn(NAME, inbox.dump())
            self.assertNotIn("← from", inbox.dump())

    def test_without_a_form(self):
        with Inbox(self.desk) as inbox:
            inbox.key("l")
            inbox.wait("Population register: Citizen by personal number")
            inbox.wait("Population register: Communes")
            inbox.key("1")
            inbox.wait("── Lookup · ")
            inbox.key("ctrl-d")
            inbox.wait("must be filled in")
            inbox.text("000099999999")
            inbox.key("tab")
            inbox.text("vì cần")
            inbox.key("ctrl-d")
            inbox.wait("at least 10 characters")
            inbox.text(" kiểm tra")
            inbox.key("ctrl-d")
            inbox.wait("Not found.")
            inbox.key("esc")
            inbox.gone("Not found.")
            inbox.key("l")
            inbox.wait("Communes")
            until(lambda: any("Communes" in row for row in inbox.rows()), what="the menu")
            row = next(row for row in inbox.rows() if "Communes" in row)
            inbox.key(row.split()[0])
            inbox.wait("── Lookup · Communes")
            inbox.key("ctrl-d")
            inbox.wait("Phường Thí Điểm")
        self.assertEqual(len(self.looks()), 1)

    def test_trouble_is_said(self):
        self.province.fault("status", system="dan-cu", path="/khai-thac/*", status=403, count=-1)
        with Inbox(self.desk) as inbox:
            self.open_form(inbox)
            self.ask(inbox)
            inbox.wait("403")
            inbox.key("enter")  # nothing to fill in
            inbox.key("esc")
            inbox.wait("── Hand over · ")


if __name__ == "__main__":
    unittest.main()
