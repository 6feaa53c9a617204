# SPDX-License-Identifier: Apache-2.0
"""Every action of every system, through the command line: exactly one effect at the system, seen through the
system's own API, and the new state in the list after the next sync."""
import json
import unittest

import test_province as apis
from province import Desk, Province

NOW = "2026-11-23T08:00:00+07:00"
PAPER = "don-de-nghi.pdf"  # in the folder of the home
WORDS = "Đúng thẩm quyền; \"x\" <y> & %41 {z}"

# The fields it is given, and the state it leads to (None: it stays).
ACTIONS = {
    "van-ban": {
        "receive": ({}, "processing"), "assign": ({"to": "canbo04", "note": WORDS}, "processing"),
        "comment": ({"text": WORDS}, None), "complete": ({"note": WORDS}, "done"),
        "return": ({"reason": WORDS}, "rejected"), "sign": ({}, "done"), "recall": ({"reason": WORDS}, "waiting"),
        "attach": ({"file": PAPER}, None),
    },
    "mot-cua": {
        "receive": ({"note": WORDS}, "processing"), "supplement": ({"content": WORDS}, "waiting"),
        "reject": ({"reason": WORDS}, "rejected"), "forward": ({"to": "canbo04"}, "processing"),
        "appraise": ({"result": WORDS}, None), "submit": ({"note": WORDS}, None), "approve": ({}, "ready"),
        "pause": ({"reason": WORDS}, "paused"), "resume": ({}, "processing"),
        "extend": ({"date": "2026-12-31", "reason": WORDS}, None), "deliver": ({"receiver": "Trần Thị Thử B"}, "done"),
        "withdraw": ({"reason": WORDS}, "withdrawn"), "refund": ({"reason": WORDS}, None),
        "attach": ({"file": PAPER}, None),
    },
    "ho-tich": {
        "receive": ({"note": WORDS}, "processing"), "supplement": ({"content": WORDS}, "waiting"),
        "reject": ({"reason": WORDS}, "rejected"), "complete": ({"book": "07/2026"}, "done"),
        "comment": ({"text": WORDS}, None),
    },
}


def fields(values):
    return [word for name, value in values.items() for word in ("--field", f"{name}={value}")]


class Record:
    """A record as its own system tells it."""

    def __init__(self, province):
        self.van_ban = apis.VanBan(province).login()
        self.mot_cua = apis.MotCua(province)
        self.mot_cua.login()
        self.ho_tich = apis.HoTich(province)
        self.ho_tich.login()

    def version(self, system, key):
        if system == "van-ban":
            return json.loads(self.van_ban.get(f"/documents/{key}")[2])["version"]
        if system == "mot-cua":
            return self.mot_cua.ask("GET", f"/ho-so/{key}")["data"]["phienBan"]
        return int(self.ho_tich.ask("GET", f"/hoso/{key}")["hoSo"]["lanSua"])


class Acting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=240)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province)
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)
        cls.desk.write(PAPER, "%PDF-1.7\n")
        cls.record = Record(cls.province)

    def find(self, system, action, **wanted):
        """An open item that allows the action, and that nothing was done to yet."""
        touched = {e["system"] + ":" + e["item"] for e in self.province.effects()}
        for item in self.desk.items(f"system:{system}"):
            if action in item["actions"] and item["id"] not in touched \
                    and all(item.get(k) == v for k, v in wanted.items()):
                return item
        raise AssertionError(f"no item of {system} allows {action}")


class EveryAction(Acting):
    def test_the_table_is_whole(self):
        for system, actions in ACTIONS.items():
            offered = set()
            for item in self.desk.items(f"system:{system}"):
                offered |= set(item["actions"]) | {b["action"] for b in item["blocked"]}
            self.assertEqual(offered, set(actions), system)

    def act(self, system, action):
        values, state = ACTIONS[system][action]
        item = self.find(system, action)
        key = item["id"].split(":", 1)[1]
        version = self.record.version(system, key)
        before = len(self.province.effects())

        given = {name: self.desk.path(value) if value == PAPER else value for name, value in values.items()}
        result, = self.desk.act(action, item["id"], *fields(given))
        self.assertEqual((result["id"], result["action"], result["outcome"]), (item["id"], action, "done"), result)

        effect, = self.province.effects()[before:]
        self.assertEqual((effect["system"], effect["item"], effect["action"]), (system, key, action))
        self.assertEqual(self.record.version(system, key), version + 1)

        self.desk.run("sync", system, status=0)
        after, = self.desk.items(f"id:\"{item['id']}\"")
        self.assertEqual(after["id"], item["id"])
        self.assertEqual(after["version"], str(version + 1))
        self.assertEqual(after["state"], state or item["state"])
        self.assertEqual(after["pending"], 0)
        self.assertEqual(len(self.province.effects()), before + 1)


def one(system, action):
    return lambda self: self.act(system, action)


for _system, _actions in ACTIONS.items():
    for _action in _actions:
        setattr(EveryAction, f"test_{_system}_{_action}", one(_system, _action))


class Refusals(Acting):
    def test_the_state_forbids_it(self):
        """Known here already: nothing is taken, in bulk it is skipped."""
        before = self.province.effects()
        for system in ACTIONS:
            item = next(i for i in self.desk.items(f"system:{system}") if i["blocked"])
            word = item["blocked"][0]
            result, = self.desk.act(word["action"], item["id"], *fields(ACTIONS[system][word["action"]][0]), status=1)
            self.assertEqual(result["outcome"], "failed")
            self.assertIn(word["reason"], result["message"])
            result, = self.desk.act(word["action"], "--query", f"id:\"{item['id']}\"",
                                    *fields(ACTIONS[system][word["action"]][0]), status=0)
            self.assertEqual(result["outcome"], "skipped")
        self.assertEqual(self.province.effects(), before)

    def test_the_law_forbids_it(self):
        """Only the system knows: its own words come back, whole."""
        item = self.find("mot-cua", "extend")
        result, = self.desk.act("extend", item["id"], "--field", "date=2026-11-01", "--field", "reason=x", status=1)
        self.assertEqual(result["outcome"], "failed")
        answer = self.record.mot_cua.act(item["code"], "GIA_HAN", ngayHenMoi="01/11/2026", lyDo="x",
                                         phienBan=int(item["version"]))
        self.assertNotEqual(answer["code"], 0)
        self.assertIn(answer["message"], result["message"])
        self.assertEqual(self.province.effects(item=item["code"]), [])
        result, = self.desk.act("assign", self.find("van-ban", "assign")["id"], "--field", "to=nobody", status=1)
        self.assertEqual(result["outcome"], "failed")
        self.assertTrue(result["message"])

    def test_changed_meanwhile(self):
        """Somebody else was faster: no effect of ours, and the item shows what they did."""
        item = self.find("van-ban", "comment")
        key = item["id"].split(":")[1]
        document = json.loads(self.record.van_ban.get(f"/documents/{key}")[2])
        self.assertEqual(self.record.van_ban.act(document, "comments", {"text": "nhanh hơn"})[0], 200)
        result, = self.desk.act("comment", item["id"], "--field", "text=chậm hơn", status=1)
        self.assertEqual(result["outcome"], "conflict")
        self.assertEqual(len(self.province.effects(item=key)), 1)

        item = self.find("mot-cua", "pause")
        self.assertEqual(self.record.mot_cua.act(item["code"], "CHUYEN", nguoiNhan="canbo04",
                                                 phienBan=int(item["version"]))["code"], 0)
        result, = self.desk.act("pause", item["id"], "--field", "reason=x", status=1)
        self.assertEqual(result["outcome"], "conflict")
        self.assertEqual(len(self.province.effects(item=item["code"])), 1)

        item = self.find("ho-tich", "comment")
        key = item["id"].split(":")[1]
        self.assertEqual(self.record.ho_tich.act(key, "ghichu", noiDung="nhanh hơn")["status"], "OK")
        result, = self.desk.act("comment", item["id"], "--field", "text=chậm hơn", status=1)
        self.assertEqual(result["outcome"], "conflict")
        self.assertEqual(len(self.province.effects(item=key)), 1)

    def test_a_field_is_checked_before_anything_is_taken(self):
        item = self.find("mot-cua", "extend")
        for bad in (["date=2026-13-01", "reason=x"], ["date=2026-12-01"], ["date=2026-12-01", "reason=" + "x" * 1001],
                    ["date=2026-12-01", "reason=x", "reson=y"]):
            done = self.desk.run("act", "extend", item["id"], "--yes", *[w for f in bad for w in ("--field", f)],
                                 status=2)
            self.assertEqual(done.stdout, "")
            self.assertTrue(done.stderr)
        self.assertNotIn(item["id"], [a["id"] for a in self.desk.run("outbox", "list", "--all", "--json").json()])
        self.assertEqual(self.province.effects(item=item["code"]), [])


if __name__ == "__main__":
    unittest.main()
