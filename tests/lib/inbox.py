# SPDX-License-Identifier: Apache-2.0
"""The inbox on a terminal, worked as a person works it: keys go in, and what stands on the screen is waited for.

    with Inbox(desk) as inbox:
        inbox.only(item)
        inbox.act("Forward", [("person", "Địa Chính"), ("text", "Để xử lý")])
        inbox.wait("done at One-stop cases")

The desk speaks English, so that a better Vietnamese word breaks no test.
"""
import re

from province import until
from screen import ScreenError

MENU_ROW = re.compile(r"  [1-9 ] (\S.*?)(?:  \((.*))?")
ROWS_FROM = 2  # the bar of views and the bar of systems stand above


class Inbox:
    def __init__(self, desk, **more):
        self.screen = desk.screen(**more)
        try:
            self.screen.wait("q leave")
        except BaseException:
            self.screen.close()
            raise

    def __enter__(self):
        self.screen.__enter__()
        return self

    def __exit__(self, *why):
        self.screen.__exit__(*why)

    def __getattr__(self, name):
        return getattr(self.screen, name)

    def leave(self):
        """Back to the list, then out; the exit status."""
        self.key("esc", "esc", "esc", "q")
        return self.exit()

    def rows(self):
        return [row.rstrip() for row in self.screen.screen()]

    def message(self):
        """The last line: what happened last."""
        return self.rows()[-1].strip()

    def filter(self, query):
        """Everything that the query finds, in place of what was listed."""
        self.key("0", "/")
        self.wait("Filter:")
        self.key("ctrl-u")
        self.text(query)
        self.key("enter")
        self.wait(f"Filter: {query[:40]}")

    def only(self, item):
        """The list holds this item and nothing else."""
        self.filter('id:"%s"' % item["id"])
        self.wait("1/1")
        return self.rows()[ROWS_FROM]

    def menu(self):
        """{label: (place, reason or None)} of the open menu."""
        rows, menu = self.rows(), {}
        first = next(i for i, row in enumerate(rows) if row.startswith("── Actions")) + 1
        for place, row in enumerate(rows[first:]):
            line = MENU_ROW.fullmatch(row)
            if not line:
                break
            menu[line[1]] = (place, line[2] and line[2].removesuffix(")"))
        return menu

    def actions(self):
        self.key("a")
        until(self.has_menu, what="the menu of actions")
        return self.menu()

    def has_menu(self):
        """Down to its last row, which stands right above the three lines of the foot."""
        rows = self.rows()
        return any(row.startswith("── Actions") for row in rows) and MENU_ROW.fullmatch(rows[-4])

    def choose(self, label, by_number=True):
        """Opens the menu of actions and takes one, by its digit where it has one or by the bar."""
        menu = self.actions()
        if label not in menu:
            raise ScreenError(f"no action {label} in the menu\n{self.dump()}")
        place = menu[label][0]
        if by_number and place < 9:
            self.key(str(place + 1))
        else:
            self.key(*["down"] * place, "enter")

    def fill(self, values):
        """What is typed into the open form, field by field: (kind, what)."""
        for number, (kind, what) in enumerate(values):
            if number:
                self.key("tab")
            if what is None:
                continue
            if kind == "person":
                self.text(what)
                self.wait("› ")
                until(lambda: any("› " in row and what in row for row in self.rows()), what=f"{what} offered")
                self.key("enter")
                self.gone("› ")
            else:
                for line, part in enumerate(what.split("\n")):
                    if line:
                        self.key("enter")
                    self.text(part)
                self.wait(what.split("\n")[-1][-20:])

    def act(self, label, values=(), confirm=None, by_number=True, about=None, title=None):
        """An action from the menu through its form and its question, up to the moment it is taken."""
        self.choose(label, by_number)
        self.wait(f"── {title or label}{' · ' + about if about else ''}")
        self.fill(values)
        self.key("ctrl-d")
        if confirm:
            self.wait(f"  {label}: ")
            self.key(confirm)

    def open(self):
        """The listed item, whole."""
        self.key("enter")
        self.wait("e note")
        self.gone("Getting the details")

    def seek(self, text):
        """Until the opened item says it, wherever it stands in it."""
        self.key("/")
        self.wait("Search:")
        self.text(text)
        self.key("enter")
        self.gone("Search:")
        self.wait(text)

    def sync(self):
        """Gets from every system, waits for the end of it and returns what was said."""
        self.command("wipe")  # there is none: what was said before is gone, so that the next word is about this
        self.wait('no command "wipe"')
        self.key("r")
        self.gone('no command "wipe"')
        self.gone("Getting from")
        return self.message()

    def command(self, line):
        self.key(":")
        self.text(line)
        self.key("enter")
