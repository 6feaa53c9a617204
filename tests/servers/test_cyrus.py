# SPDX-License-Identifier: Apache-2.0
"""Mail over JMAP: connectors/thu.jsonc, as it serves the demo province, against Cyrus IMAP. Everything is read back
through JMAP of our own."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from email.message import EmailMessage  # noqa: E402
from servers import Cyrus, Desk, login  # noqa: E402


def message(subject, number, text="Kính gửi Ủy ban nhân dân xã.", file=None):
    mail = EmailMessage()
    mail["From"] = "Sở Tư pháp <sotuphap@example.vn>"
    mail["To"] = "canbo01@example.vn"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{number}@example.vn>"
    mail.set_content(text)
    if file:
        mail.add_attachment(file, maintype="application", subtype="pdf", filename="Công văn 12.pdf")
    return mail.as_bytes()


class CyrusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mail = Cyrus()
        cls.addClassCleanup(cls.mail.stop)
        cls.desk = Desk()
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("system", "add", "thu", "--connector", "thu", "--set", f"base={cls.mail.base}", status=0)
        login(cls.desk, "thu", username=cls.mail.USER, password=cls.mail.PASSWORD)
        cls.numbers = iter(range(1, 10000))

    def put(self, subject, **more):
        """A new mail, pulled: its id here and there."""
        self.mail.append(message(subject, next(self.numbers), **more))
        self.desk.run("sync", "thu", status=0)
        item = next(i for i in self.desk.items("system:thu", "--limit", "1000") if i["title"] == subject)
        return item["id"], item["id"].split(":", 1)[1]

    def there(self, key):
        return next((m for m in self.mail.emails() if m["id"] == key), None)

    def one(self, action, id, *arguments, status=0):
        lines = self.desk.act(action, id, *arguments, status=status)
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def test_a_wrong_password_needs_a_login(self):
        with Desk() as other:
            other.run("system", "add", "thu", "--connector", "thu", "--set", f"base={self.mail.base}", status=0)
            login(other, "thu", status=3, username=self.mail.USER, password="sai")

    def test_pages(self):
        for n in range(230):
            self.mail.append(message(f"Thư số {n}", next(self.numbers)))
        self.desk.run("sync", "thu", "--full", status=0)
        titles = {i["title"] for i in self.desk.items("system:thu", "--limit", "1000")}
        self.assertLessEqual({f"Thư số {n}" for n in range(230)}, titles)

    def test_changes_since_a_state(self):
        id, key = self.put("Giấy mời họp H99.101.01-261121-0015")
        item = self.desk.item(id)
        self.assertEqual((item["state"], item["unread"], item["code"]), ("new", True, "H99.101.01-261121-0015"))
        self.mail.jmap(("Email/set", {"update": {key: {"keywords/$seen": True, "keywords/$flagged": True}}}))
        self.desk.run("sync", "thu", status=0)
        item = self.desk.item(id)
        self.assertEqual((item["state"], item["unread"], item["urgency"]), ("processing", False, "urgent"))
        self.mail.jmap(("Email/set", {"destroy": [key]}))
        self.desk.run("sync", "thu", status=0)
        self.assertNotIn(id, [i["id"] for i in self.desk.items("system:thu", "--limit", "1000")])

    def test_a_state_that_is_too_old_starts_anew(self):
        self.put("Trước khi quên")
        id, key = self.put("Bị xóa hẳn")
        state = self.mail.jmap(("Email/get", {"ids": []}))[0][1]["state"]
        self.mail.jmap(("Email/set", {"destroy": [key]}))
        self.mail.forget_states()
        changes = self.mail.jmap(("Email/changes", {"sinceState": state}))[0]
        self.assertEqual((changes[0], changes[1].get("type")), ("error", "cannotCalculateChanges"))
        self.mail.append(message("Sau khi quên", next(self.numbers)))
        self.desk.run("sync", "thu", status=0)
        items = {i["id"]: i["title"] for i in self.desk.items("system:thu", "--limit", "1000")}
        self.assertLessEqual({"Trước khi quên", "Sau khi quên"}, set(items.values()))
        self.assertNotIn(id, items)

    def test_acknowledge_flag_unflag(self):
        id, key = self.put("Đã nắm")
        self.assertEqual(self.one("flag", id)["outcome"], "done")
        self.assertTrue(self.there(key)["keywords"].get("$flagged"))
        self.desk.run("sync", "thu", status=0)
        self.assertEqual(self.one("unflag", id)["outcome"], "done")
        self.assertNotIn("$flagged", self.there(key)["keywords"])
        self.desk.run("sync", "thu", status=0)
        self.assertEqual(self.one("acknowledge", id)["outcome"], "done")
        self.assertTrue(self.there(key)["keywords"].get("$seen"))
        self.desk.run("sync", "thu", status=0)
        self.assertEqual(self.desk.item(id)["state"], "done")

    def test_file_into_a_mailbox(self):
        id, key = self.put("Lưu trữ")
        archive = self.mail.mailboxes()["Archive"]
        self.assertEqual(self.one("file", id, "--field", f"mailbox={archive}")["outcome"], "done")
        self.assertEqual(list(self.there(key)["mailboxIds"]), [archive])

    def test_a_mailbox_that_is_none_is_refused_in_its_words(self):
        id, key = self.put("Hộp thư không có")
        before = self.there(key)["mailboxIds"]
        line = self.one("file", id, "--field", "mailbox=khong-co", status=1)
        self.assertEqual(line["outcome"], "failed", line)
        self.assertTrue(line["message"])
        self.assertEqual(self.there(key)["mailboxIds"], before)

    def test_a_mail_that_is_gone_meanwhile(self):
        id, key = self.put("Bị xóa trước khi xử lý")
        self.mail.jmap(("Email/set", {"destroy": [key]}))
        self.assertEqual(self.one("acknowledge", id, status=1)["outcome"], "failed")

    def test_reply_makes_one_draft(self):
        id, key = self.put("Đề nghị báo cáo")
        line = self.one("reply", id, "--field", "text=Kính gửi Sở,\nXã đã nhận được.\n")
        self.assertEqual(line["outcome"], "done", line)
        drafts = [m for m in self.mail.emails() if m["inReplyTo"] == self.there(key)["messageId"]]
        self.assertEqual([(m["subject"], m["id"]) for m in drafts], [("Re: Đề nghị báo cáo", line["receipt"])])
        self.assertIn("Xã đã nhận được.", "".join(v["value"] for v in drafts[0]["bodyValues"].values()))
        self.assertEqual(drafts[0]["to"][0]["email"], "sotuphap@example.vn")
        self.assertEqual(list(drafts[0]["mailboxIds"]), [self.mail.mailboxes()["Drafts"]])
        self.assertTrue(drafts[0]["keywords"].get("$draft"))
        self.desk.run("sync", "thu", status=0)
        self.assertEqual(self.one("discard", "thu:" + line["receipt"])["outcome"], "done")
        self.assertIsNone(self.there(line["receipt"]))

    def test_text_and_attachment(self):
        content = b"%PDF-1.4 " + bytes(range(256)) * 40
        id, _ = self.put("Có tệp kèm theo", text="Nội dung thư.", file=content)
        shown = self.desk.item(id)
        self.assertIn("Nội dung thư.", [f["value"].strip() for f in shown["fields"]])
        self.assertEqual([a["name"] for a in shown["attachments"]], ["Công văn 12.pdf"])
        copy = self.desk.path("copy.pdf")
        self.desk.run("attach", "get", id, "Công văn 12.pdf", "-o", copy, status=0)
        with open(copy, "rb") as file:
            self.assertEqual(file.read(), content)


if __name__ == "__main__":
    unittest.main()
