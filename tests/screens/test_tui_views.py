# SPDX-License-Identifier: Apache-2.0
"""The inbox on a terminal: what each screen shows at each size, how little a key costs, what the person's own files
change, and that nothing in an item or a signal leaves the terminal in disorder."""
import os
import re
import signal
import time
import unittest

from province import OFFICE, Desk, Province

NOW = "2026-11-23T09:00:00+07:00"
HIGHEST_MOVE = 300  # bytes


class Inbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(items=90, now=NOW)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province, systems=OFFICE, language="en")
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)
        cls.items = cls.desk.items()

    def open(self, cols=80, rows=24, wait="Enter open", **more):
        screen = self.desk.screen("--offline", cols=cols, rows=rows, **more)
        self.addCleanup(screen.close)
        screen.wait(wait)
        screen.settle()
        return screen

    def leave(self, screen, status=0):
        screen.key("q")
        self.assertEqual(screen.exit(), status)
        self.assertEqual(screen.props()["altscreen"], 0)

    def file(self, name, text):
        path = self.desk.write(name, text)
        self.addCleanup(os.remove, path)


class Pictures(Inbox):
    def test_eighty_columns(self):
        screen = self.open()
        rows = screen.screen()
        self.assertRegex(rows[0], r"^\[1 Today \d+\] 2 New \d+ .* 09:00 $")
        self.assertRegex(rows[1], r"^ \d+ overdue · .* (\d)/\1 systems")
        due = [i for i in self.items if i["deadline"] == "overdue"]
        self.assertTrue(any(i["code"] in rows[2] for i in due), rows[2])
        self.assertRegex(rows[2], r"^...\d+[dhm] la")
        self.assertRegex(rows[21], r"1/\d+ +$")
        self.assertIn("? help", rows[22])
        self.assertEqual(screen.cursor()[:2], (2, 0))
        self.leave(screen)

    def test_the_selected_row_is_reversed_and_has_the_cursor(self):
        screen = self.open()
        screen.key("j", "j")
        screen.settle()
        self.assertEqual(screen.cursor()[:2], (4, 0))
        self.assertIn("r", screen.attrs(4)[0][2])
        self.assertFalse(any("r" in run[2] for run in screen.attrs(3)))

    def test_wider_screens_show_more_columns(self):
        people = {i["from"] for i in self.items if i.get("from")}
        narrow, wide = self.open(), self.open(160, 50)
        self.assertFalse(any(p in narrow.dump() for p in people))
        self.assertTrue(any(p in wide.dump() for p in people))
        self.assertRegex(wide.dump(), r"\d\d/\d\d \d\d:\d\d")

    def test_an_opened_item_leaves_the_list_in_sight_where_there_is_room(self):
        screen = self.open(160, 50)
        first, second = screen.screen()[2:4]
        screen.key("enter")
        screen.wait("Can do (a)")
        rows = screen.screen()
        self.assertEqual(rows[3], second)
        self.assertTrue(any(row.startswith("─" * 160) for row in rows))

    def test_too_small_is_said_and_big_enough_is_the_inbox_again(self):
        screen = self.open()
        screen.resize(60, 20)
        screen.wait("The inbox needs 80 columns and 24 rows")
        screen.key("j")
        screen.resize(1, 1)
        screen.settle()
        screen.resize(100, 30)
        screen.wait("Enter open")
        screen.settle()
        self.assertEqual(screen.cursor()[0], 3)
        self.assertRegex(screen.screen()[27], r"2/\d+")
        self.leave(screen)

    def test_an_item_shows_its_fields_history_and_reasons_and_masks_what_is_private(self):
        item = next(i for i in self.items if i.get("blocked"))
        whole = self.desk.item(item["id"])
        private = [f for f in whole["fields"] if f.get("private") and len(f["value"]) > 5]
        screen = self.open(100, 60)
        screen.key("0", "/")
        screen.text("code:" + item["code"])
        screen.key("enter", "enter")
        screen.wait("Can do (a)")
        screen.settle()
        text = screen.dump()
        self.assertIn(item["code"], text)
        self.assertIn("Not now", text)
        for field in private:
            self.assertIn(field["label"][:12], text)
            self.assertIn("*****", text)

    def test_vietnamese_is_the_language_of_the_interface(self):
        with Desk(language="vi", now=NOW) as desk:
            with desk.screen("--offline") as screen:
                screen.wait("09:00")
                screen.settle()
                self.assertIn("? trợ giúp", screen.dump())
                self.assertIn("hệ thống", screen.dump())


class Keys(Inbox):
    def test_a_move_and_a_scrolled_line_are_cheap(self):
        screen = self.open(120, 40)
        screen.key("7")
        screen.settle()
        screen.bytes()
        costs = []
        for _ in range(45):
            screen.key("j")
            screen.settle(0.05)
            costs.append(screen.bytes())
        moves = sorted(costs)
        self.assertLessEqual(moves[len(moves) // 2], HIGHEST_MOVE, costs)
        self.assertLessEqual(moves[-1], HIGHEST_MOVE * 4 // 3, costs)

    def test_opening_and_reading_is_cheap(self):
        screen = self.desk.screen("--offline", cols=120, rows=40)
        self.addCleanup(screen.close)
        screen.wait("Enter open")
        screen.settle()
        self.assertLessEqual(screen.bytes(), 8 * 1024)

    def test_ends_and_pages_meet(self):
        screen = self.open()
        screen.key("0")
        total = len(self.items)
        screen.wait(f"1/{total}")
        screen.key("end")
        screen.wait(f"{total}/{total}")
        last = screen.screen()[20]
        screen.key("home")
        screen.wait(f"1/{total}")
        for _ in range(total // 19 + 1):
            screen.key("pagedown")
        screen.wait(f"{total}/{total}")
        self.assertEqual(screen.screen()[20], last)
        for _ in range(total // 19 + 1):
            screen.key("ctrl-b")
        screen.wait(f"1/{total}")
        screen.key("G", "g", "j", "ctrl-d", "ctrl-u", "k")
        screen.wait(f"1/{total}")

    def test_composed_letters_are_the_keys_that_made_them(self):
        screen = self.open()
        screen.text("đ")  # d d: no command
        screen.text("á")  # a opens the actions
        screen.wait("Actions ·")
        screen.key("esc")
        screen.gone("Actions ·")

    def test_every_command_stands_in_the_help(self):
        screen = self.open(80, 24)
        screen.key("?")
        screen.wait("Help:")
        seen = ""
        for _ in range(40):
            screen.settle(0.05)
            rows = screen.screen()
            seen += "\n".join(rows[2:21]) + "\n"
            place = re.search(r"-(\d+)/(\d+) *$", rows[21])
            if place.group(1) == place.group(2):
                break
            screen.key("pagedown")
        for name in ("down", "view-1", "view-all", "mark", "mark-all", "filter", "sort", "actions", "undo", "note",
                     "tag", "reveal", "sync", "outbox", "systems", "cancel", "resolve", "login", "logout", "command",
                     "help", "redraw", "send", "field-next", "preview", "complete", "edit-word", "choose-9", "yes",
                     "no", "quit"):
            self.assertRegex(seen, rf"(?m)^.{{23}}{name} ", name)
        screen.key("/")
        screen.text("undo")
        screen.key("enter")
        screen.settle()
        self.assertTrue(any("undo" in row and any("r" in run[2] for run in screen.attrs(number))
                            for number, row in enumerate(screen.screen())))
        screen.key("q")
        screen.gone("Help:")

    def test_any_command_runs_by_its_name(self):
        screen = self.open()
        for line, seen in (("outbox", "The outbox is empty."), ("back", "Enter open"), ("systems", "Open/all"),
                           ("view-3", "[3 Documents"), ("quti", 'did you mean "quit"'), ("filter kind:case", "kind:case"),
                           ("reveal", "does nothing here")):
            screen.key(":")
            screen.text(line)
            screen.key("enter")
            screen.wait(seen)
        screen.key(":")
        screen.text("qui")
        screen.key("tab")
        screen.wait(": quit")
        screen.key("enter")
        self.assertEqual(screen.exit(), 0)

    def test_a_command_that_is_unknown_here_is_named(self):
        screen = self.open()
        screen.key(":")
        screen.text("xyzzy")
        screen.key("enter")
        screen.wait('There is no command "xyzzy"')


class Filter(Inbox):
    def test_rows_follow_what_is_typed(self):
        item = next(i for i in self.items if i["kind"] == "document")
        screen = self.open()
        screen.key("0", "/")
        screen.text(item["code"][:4])
        screen.wait(item["code"])
        screen.key("enter")
        screen.wait("Filter: " + item["code"][:4])
        screen.key("esc")
        screen.gone("Filter:")
        screen.wait(f"1/{len(self.items)}")

    def test_marks_and_case_do_not_matter(self):
        screen = self.open()
        screen.key("0", "/")
        screen.text("DANG KY khai sinh")
        screen.wait("Đăng ký khai sinh")

    def test_a_fault_is_shown_in_place_and_escape_restores(self):
        screen = self.open()
        before = screen.screen()[2]
        screen.key("/")
        screen.text("is:opn")
        screen.wait("opn")
        screen.wait("column")
        screen.key("esc")
        screen.gone("column")
        screen.settle()
        self.assertEqual(screen.screen()[2], before)

    def test_tab_completes(self):
        screen = self.open()
        screen.key("/")
        screen.text("kind:docu")
        screen.key("tab")
        screen.wait("kind:document")
        screen.key("enter")
        screen.settle()
        self.assertNotIn("H99.", screen.dump())

    def test_nothing_found_here_says_where_it_is(self):
        item = next(i for i in self.items if i["kind"] == "document" and i["state"] == "done")
        screen = self.open()
        screen.key("4", "/")
        screen.text("code:" + item["code"])
        screen.wait("Nothing here; 1 in all")
        screen.key("enter", "0")
        screen.wait(item["code"] + " ")


class Files(Inbox):
    def test_keys_are_bound_anew(self):
        self.file("config/keys.ini", "[keys]\nquit = Q\noutbox = f5\n")
        screen = self.open()
        screen.key("q", "f5")
        screen.wait("The outbox is empty.")
        screen.key("esc", "Q")
        self.assertEqual(screen.exit(), 0)

    def test_a_fault_in_keys_ini_is_shown_and_the_rest_goes_on(self):
        self.file("config/keys.ini", "[keys]\nsync = gg\nquit = Q\n")
        screen = self.open(wait="keys.ini:2:8")
        screen.key("Q")
        self.assertEqual(screen.exit(), 0)

    def test_saved_views_are_the_persons_own(self):
        self.file("config/views.ini", "[cua-toi]\ntitle = Của tôi\nquery = kind:document\nsort = code\n")
        screen = self.open(160, 40)
        screen.wait("9 Của tôi")
        screen.key("9")
        screen.wait("[9 Của tôi")

    def test_a_faulty_theme_is_shown_and_the_inbox_opens(self):
        self.file("config/themes/own.theme", "[roles]\nalarm = blood\n")
        config = open(self.desk.path("config/config.ini"), encoding="utf-8").read()
        self.addCleanup(self.desk.write, "config/config.ini", config)
        self.desk.write("config/config.ini", config + "theme = own\n")
        self.open(wait="own.theme:2:9")

    def test_no_color_means_none(self):
        def colours(screen):
            return {run[3:5] for row in range(24) for run in screen.attrs(row)}
        coloured, plain = self.open(), self.open(env={"NO_COLOR": "1"})
        self.assertGreater(len(colours(coloured)), 1)
        self.assertEqual(len(colours(plain)), 1)
        self.assertTrue(any("r" in run[2] for run in plain.attrs(2)))


class Idle(Inbox):
    def test_it_wakes_for_nothing(self):
        def woken(pid):
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                return int(re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)", status.read()).group(1))
        screen = self.open()
        screen.settle(0.5)
        before = woken(screen.pid)
        time.sleep(1)
        self.assertLessEqual(woken(screen.pid) - before, 2)

    def test_what_another_process_did_is_seen_at_the_next_key(self):
        item = next(i for i in self.items if i["kind"] == "document")
        screen = self.open()
        screen.key("0", "/")
        screen.text("tag:ngoai")
        screen.key("enter")
        screen.wait("Nothing matches")
        self.desk.run("tag", item["id"], "+ngoai", status=0)
        self.addCleanup(self.desk.run, "tag", item["id"], "-ngoai")
        screen.key("j")
        screen.wait(item["code"])


class Disorder(Inbox):
    def test_signals_end_it_and_the_terminal_is_given_back(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            screen = self.open()
            screen.kill(number)
            self.assertEqual(screen.exit(), 130)
            self.assertEqual(screen.props()["altscreen"], 0)

    def test_a_crash_gives_the_terminal_back(self):
        screen = self.open()
        screen.kill(signal.SIGABRT)
        self.assertEqual(screen.exit(), -signal.SIGABRT)
        self.assertEqual(screen.props()["altscreen"], 0)

    def test_no_terminal_is_said(self):
        done = self.desk.run("--offline", status=2)
        self.assertIn("terminal", done.stderr)

    def test_an_unknown_terminal_is_said(self):
        screen = self.desk.screen("--offline", env={"TERM": "no-such-terminal"})
        self.addCleanup(screen.close)
        self.assertEqual(screen.exit(), 2)
        self.assertIn("no-such-terminal", screen.dump())


if __name__ == "__main__":
    unittest.main()
