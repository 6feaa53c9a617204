# SPDX-License-Identifier: Apache-2.0
"""Feedback and mail through the screen: a form with a choice that is searched, text of several lines, a question
answered; each effect read back through the system's own API."""
import unittest

from inbox import Inbox
from province import Desk, Province, until
from systems import Feedback, Jmap

NOW = "2026-11-23T08:00:00+07:00"
LINES = "Kính gửi ông/bà,\nĐã nhận \"thư\" & <tệp>"


class Systems(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=120)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=["1022", "thu"], language="en")
        self.addCleanup(self.desk.close)
        with open(self.desk.path("config/config.ini"), "a", encoding="utf-8") as file:
            file.write("undo = 0\n")
        self.desk.run("sync", status=0)
        self.inbox = Inbox(self.desk)
        self.addCleanup(self.inbox.close)
        self.addCleanup(lambda: print(self.inbox.dump()))

    def act(self, id, label, values=(), confirm=None):
        item = self.desk.item(id)
        self.inbox.only(item)
        if values:
            self.inbox.act(label, values, confirm, about=item["code"])
        else:
            self.inbox.choose(label)
        if confirm and not values:
            self.inbox.wait(f"  {label}: ")
            self.inbox.key(confirm)
        self.inbox.wait(f"{label} {item['code']}: done at")

    def test_feedback(self):
        system = Feedback(self.province)
        self.act("1022:PA-2611-0044", "Receive")
        self.inbox.sync()
        self.act("1022:PA-2611-0044", "Forward to another unit", [("person", "Điện lực"), ("text", "Thuộc lưới điện")], "y")
        record = system.get("PA-2611-0044")
        self.assertEqual((record["status"], record["agency_responsible"]), ("closed", "Công ty Điện lực Mẫu Sơn"))
        self.act("1022:PA-2611-0039", "Answer the citizen", [("text", LINES)], "y")
        self.assertEqual(system.get("PA-2611-0039")["status_notes"], LINES)
        self.assertEqual([e["action"] for e in self.province.effects()], ["receive", "forward", "reply"])

    def test_mail(self):
        mail = Jmap(self.province)
        self.act("thu:E00003", "File", [("person", "Báo cáo")])
        self.assertEqual(mail.get("E00003")[0]["mailboxIds"], {"H8": True})
        self.act("thu:E00002", "Draft a reply", [("text", LINES)])
        draft, = mail.get(*mail.ids(hasKeyword="$draft"), fetchAllBodyValues=True)
        self.assertEqual(draft["bodyValues"]["1"]["value"], LINES)
        self.inbox.sync()
        self.act("thu:" + draft["id"], "Send", confirm="y")
        self.assertEqual(mail.get(draft["id"])[0]["mailboxIds"], {"H3": True})
        self.inbox.sync()
        self.inbox.filter(f'id:"thu:{draft["id"]}"')
        until(lambda: "1/1" not in self.inbox.dump(), what="the letter that is sent")
        self.assertEqual([e["action"] for e in self.province.effects()][:3], ["file", "reply", "send"])


if __name__ == "__main__":
    unittest.main()
