# SPDX-License-Identifier: Apache-2.0
"""Official mail through the command line: every action read back over JMAP, changes followed by their state, and no
second draft, no second letter where an answer was lost."""
import unittest

from province import Desk, Province
from systems import Jmap

NOW = "2026-11-23T08:00:00+07:00"
WORDS = "Kính gửi ông/bà,\nĐã nhận; \"x\" <y> & %41 {z}"


class Acting(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=240)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=["thu"])
        self.addCleanup(self.desk.close)
        self.desk.run("sync", status=0)
        self.mail = Jmap(self.province)

    def done(self, action, id, *arguments):
        result, = self.desk.act(action, id, *arguments)
        self.assertEqual(result["outcome"], "done", result)
        return result

    def effects(self, *wanted):
        self.assertEqual([(e["action"], e["item"]) for e in self.province.effects()], list(wanted))

    def synced(self, id):
        self.desk.run("sync", status=0)
        return self.desk.item(id)

    def keywords(self, key):
        return self.mail.get(key)[0]["keywords"]

    def draft(self):
        """A reply to E00002, drafted; its key at the system."""
        result = self.done("reply", "thu:E00002", "--field", "text=" + WORDS)
        return result["receipt"]

    def test_acknowledge(self):
        self.done("acknowledge", "thu:E00002")
        self.assertEqual(self.keywords("E00002"), {"$seen": True})
        item = self.synced("thu:E00002")
        self.assertEqual((item["state"], item["unread"]), ("done", False))
        self.effects(("acknowledge", "E00002"))

    def test_flag_and_unflag(self):
        self.done("flag", "thu:E00004")
        item = self.synced("thu:E00004")
        self.assertEqual((self.keywords("E00004")["$flagged"], item["state"], item["urgency"]), (True, "processing", "urgent"))
        self.assertNotIn("flag", item["actions"])
        self.done("unflag", "thu:E00004")
        self.assertEqual((self.keywords("E00004"), self.synced("thu:E00004")["state"]), ({"$seen": True}, "done"))
        self.effects(("flag", "E00004"), ("unflag", "E00004"))

    def test_file(self):
        self.done("file", "thu:E00003", "--field", "mailbox=H8")
        self.assertEqual(self.mail.get("E00003")[0]["mailboxIds"], {"H8": True})
        self.effects(("file", "E00003"))

    def test_reply(self):
        key = self.draft()
        made, = self.mail.get(key, fetchAllBodyValues=True)
        parent, = self.mail.get("E00002")
        self.assertEqual((made["keywords"], made["mailboxIds"]), ({"$draft": True, "$seen": True}, {"H2": True}))
        self.assertEqual((made["subject"], made["bodyValues"]["1"]["value"]), ("Re: " + parent["subject"], WORDS))
        self.assertEqual((made["to"][0]["email"], made["inReplyTo"]), (parent["from"][0]["email"], parent["messageId"]))
        self.assertTrue(made["messageId"][0].endswith("@motcua.invalid"))
        item = self.synced("thu:" + key)
        self.assertEqual(item["state"], "ready")
        self.assertIn("H99.101.01-261120-0007", item["code"])
        self.assertEqual({"send", "discard"} - set(item["actions"]), set())
        self.assertNotIn("send", self.desk.item("thu:E00002")["actions"])
        self.effects(("reply", key))

    def test_send(self):
        key = self.draft()
        self.synced("thu:" + key)
        self.done("send", "thu:" + key)
        sent, = self.mail.get(key)
        self.assertEqual((sent["keywords"], sent["mailboxIds"]), ({"$seen": True}, {"H3": True}))
        self.assertEqual(len(self.mail.call("EmailSubmission/get", ids=None)["list"]), 1)
        self.desk.run("sync", status=0)
        self.assertEqual(self.desk.items(f"id:\"thu:{key}\""), [], "what one sent is no work")
        self.assertEqual([e["action"] for e in self.province.effects()][:2], ["reply", "send"])

    def test_discard(self):
        key = self.draft()
        self.synced("thu:" + key)
        self.done("discard", "thu:" + key)
        self.assertEqual(self.mail.get(key), [])
        self.desk.run("sync", status=0)
        self.assertEqual(self.desk.items(f"id:\"thu:{key}\""), [])
        self.effects(("reply", key), ("discard", key))

    def test_the_table_is_whole(self):
        self.draft()
        self.desk.run("sync", status=0)
        offered = set()
        for item in self.desk.items("system:thu"):
            offered |= set(item["actions"]) | {b["action"] for b in item["blocked"]}
        self.assertEqual(offered, {"acknowledge", "flag", "unflag", "file", "reply", "send", "discard"})

    def test_lost_answers(self):
        def lost():
            self.province.fault("reset-after", "thu", path="*/jmap/", method="POST", count=1)
        lost()
        self.done("acknowledge", "thu:E00002")
        lost()
        self.done("file", "thu:E00003", "--field", "mailbox=H8")
        self.effects(("acknowledge", "E00002"), ("file", "E00003"))

    def test_a_lost_draft_is_found_again(self):
        """The answer to the creation itself is lost: the second request after the look at the mailboxes."""
        self.desk.run("--offline", "act", "reply", "thu:E00002", "--field", "text=" + WORDS, "--yes", status=4)
        self.province.fault("reset-after", "thu", path="*/jmap/", method="POST", count=2)
        for _ in range(3):
            self.desk.run("sync", status=(0, 4))
        self.assertEqual(len(self.province.effects(action="reply")), 1)
        self.assertEqual(len(self.mail.ids(hasKeyword="$draft")), 1)

    def test_gone_meanwhile(self):
        self.mail.set(destroy=["E00002"])
        result, = self.desk.act("acknowledge", "thu:E00002", status=1)
        self.assertEqual(result["outcome"], "failed")
        answer = self.mail.set(update={"E00002": {"keywords/$seen": True}})
        self.assertIn(answer["notUpdated"]["E00002"]["description"], result["message"])
        self.assertEqual(len(self.province.effects()), 1)

    def test_changes_are_followed(self):
        """Not the list again: what changed, what came and what went, by the state; and the list when it is too old."""
        self.province.control("DELETE", "/demo/requests")
        self.mail.set(update={"E00003": {"keywords/$flagged": True}}, destroy=["E00005"])
        self.desk.run("sync", status=0)
        self.assertEqual(self.desk.item("thu:E00003")["urgency"], "urgent")
        self.assertEqual(self.desk.items("id:\"thu:E00005\""), [])
        before = len(self.desk.items("system:thu"))
        for _ in range(260):
            for value in (True, None):
                self.mail.set(update={"E00001": {"keywords/x": value}})
        self.mail.set(destroy=["E00006"], update={"E00007": {"keywords/$flagged": True}})
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.desk.items("system:thu")), before - 1)
        self.assertEqual(self.desk.item("thu:E00007")["urgency"], "urgent")

    def test_attachments(self):
        item = self.desk.item("thu:E00001")
        file, = item["attachments"]
        self.assertEqual((item["attachment_count"], file["name"]), (1, "bieu-so-lieu-quy-IV.xlsx"))
        place = self.desk.path("bieu.xlsx")
        self.desk.run("attach", "get", "thu:E00001", file["name"], "-o", place, status=0)
        whole = self.mail.ask("GET", f"/jmap/download/canbo01/{self.mail.get('E00001')[0]['attachments'][0]['blobId']}/x")[2]
        with open(place, "rb") as read:
            self.assertEqual(read.read(), whole)
        self.assertEqual(len(whole), file["size"])

    def test_mailboxes_are_found_by_their_name(self):
        found = self.desk.run("lookup", "thu/mailboxes", "q=chỉ đạo", "--json", status=0).stdout
        self.assertIn("Chỉ đạo, điều hành", found)
        self.assertNotIn("Thư nháp", found)

    def test_the_text_is_shown(self):
        fields = {f["label"]: f["value"] for f in self.desk.item("thu:E00002")["fields"]}
        self.assertIn("lệch họ đệm", fields["Nội dung"])


if __name__ == "__main__":
    unittest.main()
