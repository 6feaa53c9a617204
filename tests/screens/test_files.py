# SPDX-License-Identifier: Apache-2.0
"""A clerk at a plain terminal gets a file of a document, stops one on its way, and attaches one."""
import hashlib
import os
import re
import unittest

from fileserver import File, FileServer
from inbox import Inbox
from province import HERE, Desk, Province, until

NOW = "2026-11-23T08:00:00+07:00"
LAB = os.path.join(HERE, "..", "functional", "lab", "lab-files.jsonc")


def fetched(screen):
    """The file whose path the screen tells; it may be wrapped."""
    text = "".join(row.strip() for row in screen.screen())
    found = re.search(r"is here: ?(/\S+?/file/)([^/]+?\.pdf)", text)
    return found and found.group(1) + found.group(2)


class Clerk(unittest.TestCase):
    def test_gets_a_file_and_attaches_one(self):
        with Province(now=NOW) as province, Desk(province, systems=["van-ban"], language="en") as desk:
            desk.run("sync", status=0)
            item = next(i for i in desk.items("has:attachment") if i.get("attachment_count") == 1)
            data = os.urandom(20_000)
            given = os.path.join(desk.temporary.path, "annex-of-today.pdf")
            with open(given, "wb") as file:
                file.write(data)
            with Inbox(desk) as inbox:
                inbox.only(item)
                inbox.key("enter")
                inbox.wait("Files")
                inbox.key("f")
                inbox.wait("Fetch ")
                inbox.key("enter")
                path = until(lambda: fetched(inbox.screen), what="the path")
                listed = desk.run("attach", "list", item["id"], "--json", status=0).json()[0]
                self.assertEqual((os.path.basename(path), os.path.getsize(path)), (listed["name"], listed["size"]))
                inbox.choose("Attach a file")
                inbox.wait("path of a file")
                inbox.text(os.path.join(desk.temporary.path, "ann"))
                inbox.key("down")
                inbox.wait("today.pdf")
                inbox.key("ctrl-d")
                until(lambda: province.effects(action="attach"), what="the effect")
                self.assertEqual(province.effects(action="attach")[0]["body"], hashlib.sha256(data).hexdigest())
                self.assertEqual(inbox.leave(), 0)

    def test_stops_one_on_its_way(self):
        server = FileServer()
        self.addCleanup(server.close)
        file = server.server.files["k"] = File(os.urandom(2_000_000), "big.pdf", manner="hang")
        with Desk(language="en") as desk:
            with open(LAB, encoding="utf-8") as text:
                path = desk.write("config/connectors/lab-files.jsonc", text.read())
            desk.run("system", "add", "lab-files", "--connector", path, "--set", f"base={server.base}", status=0)
            desk.login({"id": "lab-files", "username": "u", "password": "p"})
            desk.run("sync", status=0)
            with Inbox(desk) as inbox:
                inbox.key("0", "enter")
                inbox.wait("big.pdf")
                inbox.key("f", "enter")
                inbox.wait("Fetching big.pdf: 9")
                inbox.key("f")
                inbox.wait("Stop fetching big.pdf")
                inbox.key("enter")
                inbox.wait("Stopped before the end")
                file.go_on.set()
                inbox.key("f")
                inbox.wait("Fetch big.pdf")
                inbox.key("enter")
                path = until(lambda: fetched(inbox.screen), what="the path")
                with open(path, "rb") as got:
                    self.assertEqual(got.read(), file.data)
                self.assertIn("Range", server.asked("/f/k")[1])
                self.assertEqual(inbox.leave(), 0)


if __name__ == "__main__":
    unittest.main()
