# SPDX-License-Identifier: Apache-2.0
"""Acting from the inbox: the menu, the form, the question, the undo, many at once, the outbox, a login. What reaches a
system is read from the province."""
import unittest

from province import OFFICE, Desk, Province, until

NOW = "2026-11-23T09:00:00+07:00"


class Acting(unittest.TestCase):
    def setUp(self):
        self.province = Province(items=60, now=NOW)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=OFFICE, language="en")
        self.addCleanup(self.desk.close)
        self.desk.run("sync", status=0)
        self.undo(1)

    def undo(self, seconds):
        config = open(self.desk.path("config/config.ini"), encoding="utf-8").read().split("undo")[0]
        self.desk.write("config/config.ini", f"{config}undo = {seconds}\n")

    def open(self, cols=80, rows=24):
        screen = self.desk.screen(cols=cols, rows=rows)
        self.addCleanup(screen.close)
        screen.wait("Enter open")
        return screen

    def find(self, *actions, system=None, count=1):
        found = [i for i in self.desk.items("is:open") if set(actions) <= set(i.get("actions", ()))
                 and system in (None, i["system"]) and not i.get("links")]
        self.assertGreaterEqual(len(found), count)
        return found[:count]

    def show(self, screen, *items):
        screen.key("0", "/")
        screen.text(" or ".join("code:" + i["code"] for i in items))
        screen.key("enter")
        screen.wait(f"1/{len(items)}")
        for item in items:
            screen.wait(item["code"][:20])

    def choose(self, screen, label):
        """Takes the action of that label from the open menu by its digit."""
        screen.wait("Actions ·")
        screen.wait(label)
        screen.settle()
        for row in screen.screen():
            if label in row and row.split()[0].isdigit():
                screen.key(row.split()[0])
                return
        self.fail(screen.dump())

    def effects(self, item, count=1, **more):
        key = item["id"].split(":", 1)[1]
        return until(lambda: (lambda e: e if len(e) >= count else None)(
            [e for e in self.province.effects(**more) if str(e["item"]) in (key, key.split("/")[-1])]),
            what="the effect")


class One(Acting):
    def test_a_form_with_a_person_and_a_text_reaches_its_system_once(self):
        item, = self.find("forward", system="mot-cua")
        screen = self.open()
        self.show(screen, item)
        screen.key("a")
        self.choose(screen, "Chuyển xử lý" if "Chuyển xử lý" in screen.dump() else "Forward")
        screen.wait("Posted to")
        screen.text("canbo03")
        screen.wait("› Lê Tư Pháp Thử")
        screen.key("enter", "tab")
        screen.text("Đủ điều kiện")
        screen.key("ctrl-d")
        screen.wait("undo]")
        effect, = self.effects(item, action="forward")
        self.assertIn("canbo03", str(effect["body"]))
        self.assertIn("Đủ điều kiện", str(effect["body"]))
        screen.wait("done at")
        screen.gone("send 1")
        screen.key("q")
        self.assertEqual(screen.exit(), 0)
        self.assertEqual(len(self.effects(item)), 1)

    def test_it_is_on_disk_when_the_screen_says_it_is_taken_and_can_be_taken_back(self):
        self.undo(600)
        item, = self.find("appraise", system="mot-cua")
        screen = self.open()
        self.show(screen, item)
        screen.key("a")
        screen.wait("Actions ·")
        self.choose(screen, "Thẩm định" if "Thẩm định" in screen.dump() else "Appraise")
        screen.wait("Posted to")
        screen.text("Đạt")
        screen.key("ctrl-d")
        screen.wait("undo]")
        self.assertEqual([a["outcome"] for a in self.outbox()], ["queued"])
        screen.wait("send 1")
        screen.key("u")
        screen.wait("Taken back")
        screen.gone("send 1")
        self.assertEqual(self.province.effects(), [])
        screen.key("o")
        screen.wait("withdrawn")

    def outbox(self):
        return self.desk.run("outbox", "list", "--json").json()

    def test_what_is_missing_is_said_in_the_form_and_a_draft_is_kept(self):
        item, = self.find("forward", system="mot-cua")
        screen = self.open()
        self.show(screen, item)
        for again in (False, True):
            screen.key("a")
            screen.wait("Actions ·")
            self.choose(screen, "Chuyển xử lý" if "Chuyển xử lý" in screen.dump() else "Forward")
            screen.wait("Posted to")
            if again:
                screen.wait("Nháp còn đây")
                break
            screen.key("tab")
            screen.text("Nháp còn đây")
            screen.key("ctrl-d")
            screen.wait("must be filled in")
            screen.key("esc")
            screen.gone("Posted to")
        self.assertEqual(self.province.effects(), [])

    def test_a_blocked_action_gives_its_reason(self):
        item = next(i for i in self.desk.items("system:mot-cua is:open") if i.get("blocked") and i.get("actions"))
        reason = item["blocked"][0]["reason"]
        screen = self.open(120, 40)
        self.show(screen, item)
        screen.key("a")
        screen.wait("Actions ·")
        screen.wait(f"({reason}")
        number = screen.row_of(f"({reason}")
        for _ in range(len(item["actions"])):
            screen.key("j")
        screen.key("enter")
        screen.settle()
        self.assertIn("Actions ·", screen.dump())
        self.assertIn(reason[:30], screen.screen()[-1])
        self.assertGreater(number, 2)

    def test_a_question_is_asked_where_the_connector_wants_it(self):
        item, = self.find("sign", system="van-ban")
        screen = self.open()
        self.show(screen, item)
        screen.key("a")
        screen.wait("Actions ·")
        self.choose(screen, "Ký số" if "Ký số" in screen.dump() else "Sign")
        screen.wait("Posted to")
        screen.text("Đã xem")
        screen.key("ctrl-d")
        screen.wait(f"{item['code']}, at ")
        screen.key("n")
        screen.wait("Nothing was done.")
        self.assertEqual(self.desk.run("outbox", "list", "--json").json(), [])
        screen.wait("Đã xem")  # the form stands as it was
        screen.key("ctrl-d")
        screen.wait(f"{item['code']}, at ")
        screen.key("y")
        self.effects(item, action="sign")

    def test_quitting_leaves_what_is_queued(self):
        self.undo(600)
        item, = self.find("appraise", system="mot-cua")
        screen = self.open()
        self.show(screen, item)
        screen.key("a")
        screen.wait("Actions ·")
        self.choose(screen, "Thẩm định" if "Thẩm định" in screen.dump() else "Appraise")
        screen.wait("Posted to")
        screen.text("Đạt")
        screen.key("ctrl-d")
        screen.wait("undo]")
        screen.kill(15)
        self.assertEqual(screen.exit(), 130)
        self.assertIn("1 actions wait to be sent", screen.dump())
        self.assertEqual([a["outcome"] for a in self.desk.run("outbox", "list", "--json").json()], ["queued"])
        self.assertEqual(self.province.effects(), [])


    def test_a_system_out_of_reach_is_said_and_the_action_waits(self):
        item, = self.find("appraise", system="mot-cua")
        self.province.fault("status", system="mot-cua", status=503, count=-1)
        screen = self.open(120, 40)
        self.show(screen, item)
        screen.key("a")
        screen.wait("Actions ·")
        self.choose(screen, "Thẩm định" if "Thẩm định" in screen.dump() else "Appraise")
        screen.wait("Posted to")
        screen.text("Đạt")
        screen.key("ctrl-d")
        screen.wait("waits for One-stop cases")
        self.province.clear_faults()
        screen.key("r")
        self.assertEqual(len(self.effects(item, action="appraise")), 1)


class Many(Acting):
    def test_one_action_over_marked_items_of_one_system(self):
        items = self.find("appraise", system="mot-cua", count=2)
        screen = self.open()
        self.show(screen, *items)
        screen.key("*")
        screen.wait("Marked 2 of 1 systems")
        screen.key("a")
        screen.wait("Actions · 2 items")
        self.choose(screen, "Thẩm định (2" if "Thẩm định" in screen.dump() else "Appraise (2")
        screen.wait("Posted to")
        screen.text("Đạt")
        screen.key("ctrl-d")
        for item in items:
            self.assertEqual(len(self.effects(item, action="appraise")), 1)
        screen.gone("Marked")

    def test_items_of_several_systems_are_grouped(self):
        items = self.find("forward", system="mot-cua") + self.find("comment", system="van-ban")
        screen = self.open()
        self.show(screen, *items)
        screen.key("space", "space")
        screen.wait("Marked 2 of 2 systems")
        screen.key("a")
        screen.wait("(1 items)")
        screen.settle()
        systems = {row.strip(" 0123456789").split(":")[0] for row in screen.screen() if "(1 items)" in row}
        self.assertEqual(len(systems), 2, screen.dump())

    def test_what_only_some_allow_is_counted_and_cannot_be_chosen(self):
        able, = self.find("appraise", system="mot-cua")
        other = next(i for i in self.desk.items("system:mot-cua")
                     if i.get("actions") and "appraise" not in i["actions"] and not i.get("links"))
        screen = self.open()
        self.show(screen, able, other)
        screen.key("*", "a")
        screen.wait("(only 1 of 2 allow it)")


class Around(Acting):
    def test_the_systems_are_listed_and_one_is_pulled(self):
        screen = self.open(120, 40)
        screen.key("s")
        screen.wait("Open/all")
        screen.settle()
        self.assertEqual(sum("good" in row for row in screen.screen()), 3)
        screen.key("r")
        screen.wait("Up to date")

    def test_a_login_is_asked_masked_and_reaches_its_system(self):
        system = self.province.systems()[0]
        self.desk.run("logout", system["id"], "--wipe", status=0)
        screen = self.open(120, 40)
        screen.key("s")
        screen.wait("Open/all")
        screen.settle()
        row = next(n for n, text in enumerate(screen.screen()) if n > 2 and "log in" in text)
        for _ in range(row - 3):
            screen.key("j")
        screen.key("l")
        screen.wait("Password")
        secrets = {"username": system["username"], "password": system["password"]}
        secrets.update(system.get("secrets") or {})
        names = ["username", "password"] + sorted(set(secrets) - {"username", "password"})
        for name in names:
            screen.text(secrets[name])
            screen.key("tab")
        screen.wait("•" * len(system["password"]))
        screen.settle()
        self.assertNotIn(system["password"], screen.dump())
        screen.key("ctrl-d")
        screen.wait("Logged in.")

    def test_a_note_stays_on_this_desk(self):
        item, = self.find("forward", system="mot-cua")
        screen = self.open()
        self.show(screen, item)
        screen.key("e")
        screen.text("gọi lại chiều nay")
        screen.key("enter")
        screen.wait("Kept on this desk.")
        screen.key("enter")
        screen.wait("gọi lại chiều nay")
        self.assertEqual(self.province.effects(), [])

    def test_hostile_text_stays_where_it_is_put(self):
        bad = "\x1b[2J\x1b]0;owned\x07\u202engược\u2066 e\u0302\u0301 日本語 \x9b31m"
        item = next(i for i in self.desk.items("system:van-ban"))
        self.province.put({"system": "van-ban", "id": item["id"].split(":")[1].split("/")[-1], "title": bad})
        self.desk.run("sync", status=(0, 4))
        screen = self.open()
        self.show(screen, self.desk.item(item["id"]))
        screen.key("enter")
        screen.wait("Can do (a)")
        for row in screen.screen():
            self.assertFalse(any(c in row for c in "\x1b\x07\u202e\u2066\x9b"), row)

    def test_a_dead_system_keeps_its_items_and_is_named(self):
        before = {i["id"] for i in self.desk.items()}
        self.province.fault("status", system="van-ban", status=500, count=-1)
        screen = self.open(120, 40)
        screen.key("r")
        screen.wait("kept from")
        self.assertEqual({i["id"] for i in self.desk.items()}, before)
        screen.key("s")
        screen.wait("trouble")


if __name__ == "__main__":
    unittest.main()
