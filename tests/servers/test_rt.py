# SPDX-License-Identifier: Apache-2.0
"""Request Tracker 5 through connectors/rt.jsonc: everything is read back through RT's own API."""
import base64
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


from servers import Desk, Rt, login  # noqa: E402


class RtTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rt = Rt()
        cls.addClassCleanup(cls.rt.stop)
        cls.desk = Desk()
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("system", "add", "rt", "--connector", "rt", "--set", f"base={cls.rt.api}",
                     "--set", "queue=Phản ánh", status=0)
        login(cls.desk, "rt", username="canbo01", token=cls.rt.token)

    def ticket(self, subject, **fields):
        number = self.rt.ticket(subject, **fields)
        self.desk.run("sync", "rt", status=0)
        return number

    def one(self, action, number, *arguments, status=0):
        lines = self.desk.act(action, f"rt:{number}", *arguments, status=status)
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def test_a_refused_token_needs_a_login(self):
        with Desk() as other:
            other.run("system", "add", "rt", "--connector", "rt", "--set", f"base={self.rt.api}", status=0)
            self.assertIn("Unauthorized", login(other, "rt", status=3, username="canbo01", token="1-31-wrong").stderr)

    def test_pull_pages_and_follows_changes(self):
        before = {self.rt.ticket(f"Phản ánh số {n}") for n in range(105)}
        self.desk.run("sync", "rt", "--full", status=0)
        items = {i["code"]: i for i in self.desk.items("system:rt", "--limit", "1000")}
        self.assertLessEqual(before, set(items))
        number = min(before, key=int)
        self.assertEqual(items[number]["state"], "new")
        self.assertNotIn("due", items[number])
        self.assertEqual(items[number]["from"], "dan01@example.vn")
        self.rt.ask("PUT", f"/ticket/{number}", {"Status": "open", "Owner": "canbo02"})
        self.desk.run("sync", "rt", status=0)
        item = self.desk.item(f"rt:{number}")
        self.assertEqual((item["state"], item["assignee"]), ("processing", "canbo02"))

    def test_every_status(self):
        for action, status, state in (("receive", "open", "processing"), ("pause", "stalled", "waiting"),
                                      ("complete", "resolved", "done"), ("reject", "rejected", "rejected")):
            with self.subTest(action):
                number = self.ticket("Đèn đường hỏng ở thôn 3")
                line = self.one(action, number)
                self.assertEqual(line["outcome"], "done", line)
                self.assertEqual(self.rt.show(number)["Status"], status)
                changes = [t for t in self.rt.history(number, "Status") if t["NewValue"] == status]
                self.assertEqual([t["Creator"]["id"] for t in changes], ["canbo01"])
                self.desk.run("sync", "rt", status=0)
                self.assertEqual(self.desk.item(f"rt:{number}")["state"], state)

    def test_owner(self):
        number = self.ticket("Phân công")
        self.assertEqual(self.one("assign", number, "--field", "to=canbo02")["outcome"], "done")
        self.assertEqual(self.rt.show(number)["Owner"]["id"], "canbo02")

    def test_a_change_refused_with_200_is_a_failure_in_its_words(self):
        number = self.ticket("Phân công cho người không có")
        line = self.one("assign", number, "--field", "to=khong-co", status=1)
        self.assertEqual(line["outcome"], "failed", line)
        self.assertTrue(line["message"], line)
        self.assertEqual(self.rt.show(number)["Owner"]["id"], "Nobody")

    def test_comment_and_reply(self):
        for action, kind in (("comment", "Comment"), ("reply", "Correspond")):
            with self.subTest(action):
                number = self.ticket("Nước chảy tràn")
                text = "Đã kiểm tra; sẽ xử lý trước ngày 30/11.\nDòng thứ hai: 'nháy' \"kép\" \\"
                self.assertEqual(self.one(action, number, "--field", f"note={text}")["outcome"], "done")
                made = self.rt.history(number, kind)
                self.assertEqual([t["Creator"]["id"] for t in made], ["canbo01"])
                self.assertEqual(self.rt.texts(number, "canbo01"), [text])
                self.assertEqual(self.one(action, number, "--field", "note=lần hai")["outcome"], "done")
                self.assertEqual(len(self.rt.history(number, kind)), 2)

    def test_files_there_and_back(self):
        number = self.ticket("Ảnh hiện trường")
        content = bytes(range(256)) * 300
        path = self.desk.path("Ảnh hiện trường 1.jpg")
        with open(path, "wb") as file:
            file.write(content)
        line = self.one("comment", number, "--field", "note=Kèm ảnh", "--field", f"file={path}")
        self.assertEqual(line["outcome"], "done", line)
        files = [f for f in self.rt.files(number) if f["Filename"]]
        self.assertEqual([(f["Filename"], f["ContentType"]) for f in files], [("Ảnh hiện trường 1.jpg", "image/jpeg")])
        there = self.rt.ask("GET", f"/attachment/{files[0]['id']}")["Content"]
        self.assertEqual(base64.b64decode(there), content)
        names = [f["name"] for f in self.desk.run("attach", "list", f"rt:{number}", "--json", status=0).json()]
        self.assertEqual(names, ["Ảnh hiện trường 1.jpg"])
        copy = self.desk.path("copy.jpg")
        self.desk.run("attach", "get", f"rt:{number}", "Ảnh hiện trường 1.jpg", "-o", copy, status=0)
        with open(copy, "rb") as file:
            self.assertEqual(file.read(), content)

    def test_somebody_elses_change_is_a_conflict(self):
        number = self.ticket("Hai người cùng sửa")
        time.sleep(1.1)  # its times have whole seconds
        self.rt.ask("PUT", f"/ticket/{number}", {"Priority": 7})
        self.assertEqual(self.rt.show(number)["Priority"], "7")
        line = self.one("complete", number, status=1)
        self.assertEqual(line["outcome"], "conflict", line)
        self.assertEqual(self.rt.show(number)["Status"], "new")

    def test_history(self):
        number = self.ticket("Lịch sử")
        self.rt.ask("POST", f"/ticket/{number}/comment", {"Content": "Ghi chú của người khác", "ContentType": "text/plain"})
        history = self.desk.item(f"rt:{number}")["history"]
        self.assertIn("Ghi chú của người khác", [h["what"] for h in history])


if __name__ == "__main__":
    unittest.main()
