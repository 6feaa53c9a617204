# SPDX-License-Identifier: Apache-2.0
"""Every action of every system, through the screen: one key press too many or a lost one would be seen as an
effect at the system, which is read back through its own API, and as the state the inbox shows."""
import json
import unittest

from inbox import Inbox
from province import OFFICE, Desk, Province, until
from systems import HoTich, MotCua, VanBan

NOW = "2026-11-23T08:00:00+07:00"
WORDS = "Đúng thẩm quyền; \"x\" <y> & %41 {z}"
LINES = "Dòng một\nDòng hai"


class Action:
    """label: in the menu; form: what is typed, as (kind, text, name in the request, value there); confirm: the
    key that answers its question; state: the system's own word for where the record goes (None: it stays);
    shows: what the opened item says afterwards."""

    def __init__(self, label, form, state=None, confirm=None, shows=None):
        self.label, self.form, self.state, self.confirm, self.shows = label, form, state, confirm, shows


def text(name, value=WORDS):
    return ("text", value, name, value)


def person(name):
    return ("person", "Địa Chính", name, "canbo04")


ACTIONS = {
    "van-ban": {
        "receive": Action("Receive", [text("note")], "da_vao_so"),
        "assign": Action("Assign", [person("to"), text("note")], "da_phan_cong", shows="canbo04"),
        "comment": Action("Comment", [text("text", LINES)], shows="Dòng hai"),
        "complete": Action("Complete", [text("note")], "hoan_thanh", "y"),
        "return": Action("Return", [text("reason")], "tra_lai", "y"),
        "sign": Action("Sign", [("text", None, "note", None)], "da_phat_hanh", "enter"),
        "recall": Action("Recall", [text("reason")], "dang_thu_hoi", "y"),
    },
    "mot-cua": {
        "receive": Action("Receive", [text("yKien")], 2),
        "supplement": Action("Ask for papers", [text("noiDung")], 5, "y"),
        "reject": Action("Refuse", [text("lyDo")], 3, "enter"),
        "forward": Action("Forward", [person("nguoiNhan"), text("yKien")], 4, shows="canbo04"),
        "appraise": Action("Appraise", [text("yKien")], shows="step Trình ký"),
        "submit": Action("Submit for signature", [person("nguoiKy"), text("yKien", LINES)], shows="step Phê duyệt"),
        "approve": Action("Approve", [("text", None, "yKien", None)], 9, "y"),
        "pause": Action("Pause", [text("lyDo")], 8),
        "resume": Action("Resume", [("text", None, "yKien", None)], 4),
        "extend": Action("Extend", [("date", "31/12/2026", "ngayHenMoi", "31/12/2026"), text("lyDo")], None, "y",
                         shows="deadline 31/12"),
        "deliver": Action("Hand over", [text("nguoiNhanKetQua", "Trần Thị Thử B")], 10),
        "withdraw": Action("Withdraw", [text("lyDo")], 7, "y"),
        "refund": Action("Refund", [text("lyDo")], None, "y"),
    },
    "ho-tich": {
        "receive": Action("Receive", [text("ghiChu")], "3"),
        "supplement": Action("Ask for papers", [text("noiDung")], "2", "y"),
        "reject": Action("Refuse", [text("lyDo")], "6", "y"),
        "complete": Action("Register", [text("quyenSo", "07/2026")], "4", "enter"),
        "comment": Action("Comment", [text("noiDung", LINES)]),
    },
}
TITLES = {"van-ban": "Document management", "mot-cua": "One-stop cases", "ho-tich": "Civil registration (158)"}


class Records:
    """Records as their own systems tell them: (state, the system's word for it, version)."""

    def __init__(self, province):
        self.van_ban = VanBan(province).login()
        self.mot_cua, self.ho_tich = MotCua(province), HoTich(province)
        self.mot_cua.login()
        self.ho_tich.login()

    def __call__(self, system, key):
        if system == "van-ban":
            record = json.loads(self.van_ban.get(f"/documents/{key}")[2])
            return record["stage"], record["statusName"], int(record["version"])
        if system == "mot-cua":
            record = self.mot_cua.ask("GET", f"/ho-so/{key}")["data"]
            return record["trangThai"], record["tenTrangThai"], int(record["phienBan"])
        record = self.ho_tich.ask("GET", f"/hoso/{key}")["hoSo"]
        return record["trangThai"], record["tenTrangThai"], int(record["lanSua"])


class OneDesk(unittest.TestCase):
    """A province, a desk that has pulled it, and the inbox open on it."""

    options = {"items": 240}
    undo = 0
    screen = {}

    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, **cls.options)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province, systems=OFFICE, language="en")
        cls.addClassCleanup(cls.desk.close)
        with open(cls.desk.path("config/config.ini"), "a", encoding="utf-8") as file:
            file.write(f"undo = {cls.undo}\n")
        cls.prepare()
        cls.desk.run("sync", status=0)
        cls.records = Records(cls.province)
        cls.inbox = Inbox(cls.desk, **cls.screen)
        cls.addClassCleanup(cls.inbox.close)

    @classmethod
    def prepare(cls):
        """What a class changes before the first sync."""

    def setUp(self):
        self.addCleanup(self.tell)

    def tell(self):
        """What stood on the screen, should the test have failed; then back to the list for the next one."""
        print(self.inbox.dump())
        self.inbox.key("esc", "esc", "esc")

    def find(self, action=None, system="", **wanted):
        """An item that allows the action, and that nobody touched yet."""
        touched = {e["system"] + ":" + e["item"] for e in self.province.effects()}
        for item in self.desk.items(f"system:{system}" if system else ""):
            if (action is None or action in item["actions"]) and item["id"] not in touched \
                    and item["secrecy"] == "none" and all(item.get(k) == v for k, v in wanted.items()):
                return item
        raise AssertionError(f"no untouched item of {system} allows {action}")


class EveryAction(OneDesk):
    def test_the_table_is_whole(self):
        for system, actions in ACTIONS.items():
            offered = set()
            for item in self.desk.items(f"system:{system}"):
                offered |= set(item["actions"]) | {b["action"] for b in item["blocked"]}
            self.assertEqual(offered - {"attach"}, set(actions), system)  # files are given in test_files.py

    def act(self, system, verb):
        action, item = ACTIONS[system][verb], self.find(verb, system)
        key = item["id"].split(":", 1)[1]
        state, _, version = self.records(system, key)
        before = len(self.province.effects())
        inbox = self.inbox

        inbox.only(item)
        inbox.act(action.label, [field[:2] for field in action.form], action.confirm, by_number=len(verb) % 2 == 0,
                  about=item["code"])
        inbox.wait(f"{action.label} {item['code']}: done at {TITLES[system]}.")

        effect, = self.province.effects()[before:]
        self.assertEqual((effect["system"], effect["item"], effect["action"]), (system, key, verb))
        for _, _, name, value in action.form:
            self.assertEqual(effect["body"].get(name) or None, value)
        after, word, number = self.records(system, key)
        self.assertEqual((after, number), (action.state or state, version + 1))

        self.assertIn("Up to date", inbox.sync())
        inbox.only(item)
        until(lambda: "↑" not in inbox.dump(), what="nothing waits to be sent")
        inbox.open()
        inbox.wait(word)
        if action.shows:
            inbox.seek(action.shows)
        inbox.key("esc")
        self.assertEqual(len(self.province.effects()), before + 1)


def one(system, verb):
    return lambda self: self.act(system, verb)


for _system, _actions in ACTIONS.items():
    for _verb in _actions:
        setattr(EveryAction, f"test_{_system.replace('-', '_')}_{_verb}", one(_system, _verb))
