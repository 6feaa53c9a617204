# SPDX-License-Identifier: Apache-2.0
"""Every action on citizens' feedback through the command line: one effect, read back through the switchboard's own
API; repeated by itself where the answer was lost, without a second effect; refusals in the system's own words."""
import os
import unittest

from province import Desk, Province
from systems import Feedback

NOW = "2026-11-23T08:00:00+07:00"
WORDS = "Đúng thẩm quyền; \"x\" <y> & %41 {z}"

# The fields it is given, the state it leads to, and the switchboard's number for it.
ACTIONS = {
    "receive": ({}, "processing", 2), "assign": ({"to": "canbo04", "note": WORDS}, "processing", 3),
    "reply": ({"answer": WORDS}, "waiting", 4), "close": ({}, "done", 5), "reject": ({"reason": WORDS}, "rejected", 6),
    "forward": ({"unit": "H99.DL", "reason": WORDS}, "done", 7),
}
NEW = {"service": "HT02", "description": WORDS + "\nDòng hai", "address": "Thôn 1", "name": "Lê Ví Dụ C",
       "phone": "0900000003"}


def fields(values):
    return [word for name, value in values.items() for word in ("--field", f"{name}={value}")]


class Acting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=480)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province, systems=["1022"])
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)
        cls.system = Feedback(cls.province)

    def find(self, action):
        touched = {"1022:" + e["item"] for e in self.province.effects()}
        for item in self.desk.items("system:1022"):
            if action in item["actions"] and item["id"] not in touched:
                return item
        raise AssertionError(f"nothing allows {action}")

    def act(self, action, status=0):
        values, state, number = ACTIONS[action]
        item = self.find(action)
        key, before = item["id"].split(":", 1)[1], len(self.province.effects())
        result, = self.desk.act(action, item["id"], *fields(values), status=status)
        self.assertEqual(result["outcome"], "done", result)
        effect, = self.province.effects()[before:]
        self.assertEqual((effect["item"], effect["action"]), (key, action))
        record = self.system.get(key)
        self.assertEqual(record["extended_attributes"]["state"], number)
        self.desk.run("sync", status=0)
        after, = self.desk.items(f"id:\"{item['id']}\"")
        self.assertEqual((after["state"], after["pending"]), (state, 0))
        self.assertEqual(after["version"], str(record["extended_attributes"]["version"]))
        return record, effect

    def test_the_table_is_whole(self):
        offered = set()
        for item in self.desk.items("system:1022"):
            offered |= set(item["actions"]) | {b["action"] for b in item["blocked"]}
        self.assertEqual(offered, {*ACTIONS, "attach"})

    def test_receive(self):
        self.assertEqual(self.act("receive")[0]["extended_attributes"]["assignee"]["login"], "canbo01")

    def test_assign(self):
        self.assertEqual(self.act("assign")[0]["extended_attributes"]["assignee"]["login"], "canbo04")

    def test_reply(self):
        record, effect = self.act("reply")
        self.assertEqual(record["status_notes"], WORDS)
        self.assertEqual(self.system.updates(record["service_request_id"])[-1]["reference"], effect["key"])

    def test_close(self):
        self.assertEqual(self.act("close")[0]["status"], "closed")

    def test_reject(self):
        self.assertEqual(self.act("reject")[0]["status_notes"], WORDS)

    def test_forward(self):
        self.assertEqual(self.act("forward")[0]["agency_responsible"], "Công ty Điện lực Mẫu Sơn")

    def test_enter(self):
        before = len(self.province.effects())
        result, = self.desk.act("enter", "1022:", *fields(NEW))
        self.assertEqual(result["outcome"], "done", result)
        effect, = self.province.effects()[before:]
        self.assertEqual(result["created"], "1022:" + effect["item"])
        made = self.system.get(effect["item"])
        self.assertEqual((made["description"], made["address"]), (NEW["description"], NEW["address"]))
        self.assertEqual(made["extended_attributes"]["phone"], NEW["phone"])
        self.desk.run("sync", status=0)
        self.assertEqual(self.desk.item(result["created"])["state"], "new")

    def test_lost_answers(self):
        """The effect took place, the answer never came: it is found again, and there is no second one."""
        for action in ACTIONS:
            with self.subTest(action):
                self.province.fault("reset-after", "1022", path=f"*/{'answer' if action == 'reply' else action}.json", count=1)
                self.act(action)
                self.province.clear_faults()
        self.province.fault("reset-after", "1022", path="*/requests.json", method="POST", count=1)
        before = len(self.province.effects())
        result, = self.desk.act("enter", "1022:", *fields(NEW))
        effect, = self.province.effects()[before:]
        self.assertEqual((result["outcome"], result["created"]), ("done", "1022:" + effect["item"]))

    def test_refused_in_its_own_words(self):
        """Somebody else was faster: what the switchboard says is shown, whole."""
        item = self.find("assign")
        key = item["id"].split(":", 1)[1]
        self.province.put({"system": "1022", "key": key, "state": 5})
        before = self.province.effects()
        result, = self.desk.act("assign", item["id"], "--field", "to=canbo04", status=1)
        self.assertEqual(result["outcome"], "failed")
        _, answer = self.system.act(key, "assign", assignee="canbo04")
        self.assertIn(answer[0]["description"], result["message"])
        self.desk.run("sync", status=0)
        item = self.find("reply")
        self.assertEqual(self.system.act(item["id"].split(":", 1)[1], "assign", assignee="canbo05")[0], 200)
        result, = self.desk.act("reply", item["id"], "--field", "answer=x", status=1)
        self.assertEqual(result["outcome"], "conflict", "it was read again before it was answered")
        self.assertEqual(len(self.province.effects()), len(before) + 1)

    def test_a_new_one_that_is_refused(self):
        before = self.province.effects()
        result, = self.desk.act("enter", "1022:", *fields({**NEW, "service": "none"}), status=1)
        self.assertEqual(result["outcome"], "failed")
        _, _, answer = self.system.ask("POST", "/requests.json", {"service_code": "none", "description": "x", "address_string": "x"})
        self.assertIn(answer[0]["description"], result["message"])
        self.assertEqual(self.province.effects(), before)

    def test_photos(self):
        item = self.desk.item("1022:PA-2611-0044")
        self.assertEqual((item["attachment_count"], item["attachments"][0]["name"]), (1, "den-duong-thon-3.jpg"))
        photo = self.desk.path("anh.jpg")
        self.desk.run("attach", "get", item["id"], "den-duong-thon-3.jpg", "-o", photo, status=0)
        path = self.system.get("PA-2611-0044")["media_url"][len(self.province.base):]
        with open(photo, "rb") as file:
            self.assertEqual(file.read(), self.province.ask("GET", path + "?api_key=" + self.system.key)[2])

        with open(photo, "wb") as file:
            file.write(b"\xff\xd8\xff m\xe1\xba\xa1ng\r\n--x\r\n\x00")
        self.province.fault("reset-after", "1022", path="*/media.json", count=1)
        self.desk.run("attach", "put", item["id"], photo, status=(0, 4))
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.province.effects(action="attach")), 1, "the lost answer made no second one")
        given = self.system.get("PA-2611-0044")["extended_attributes"]["media"][-1]
        self.assertEqual((given["name"], given["size"]), ("anh.jpg", os.path.getsize(photo)))

    def test_a_wrong_key(self):
        with Desk(self.province, systems=["1022"], login=False, language="en") as desk:
            system = next(s for s in self.province.systems() if s["id"] == "1022")
            done = desk.login({**system, "secrets": {"api_key": "wrong"}}, status=None)
            self.assertNotEqual(done.status, 0, done)
            self.assertEqual(desk.items(), [])

    def test_what_is_related(self):
        with Desk(self.province, systems=["1022", "mot-cua"]) as desk:
            desk.run("sync", status=0)
            item = desk.item("1022:PA-2611-0043")
            self.assertEqual(item["links"], ["mot-cua:H99.101.01-261120-0007"])


if __name__ == "__main__":
    unittest.main()
