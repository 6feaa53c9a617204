# SPDX-License-Identifier: Apache-2.0
"""motcua-connector(5) says what the program knows: every example compiles in its place, every key that is listed
exists there and no other does, and the worked example works, against the system that it describes."""
import glob
import json
import os
import re
import unittest

import manual
from province import Desk, Province
from systems import Feedback

SOURCE = os.environ["top_srcdir"]
NOW = "2026-11-23T08:00:00+07:00"
UNKNOWN = re.compile(r'^.*?:\d+:\d+: (?:(\S*): )?"([^"]*)" is not known here', re.M)
# What is in the frame for other examples' sake.
OF_THE_FRAME = re.compile(
    r": warning: (nothing uses |a person is asked for .* no request says it|no form chooses from )")


def keys_of_the_sources():
    """Every key that stands in a table of the sources; those of openapi-*.c are of another language."""
    found = set()
    for path in set(glob.glob(os.path.join(SOURCE, "src", "connector", "*.c"))) - set(
            glob.glob(os.path.join(SOURCE, "src", "connector", "openapi*.c"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        found |= set(re.findall(r'\{[\s\\]*"([\w$]+)",\s*(?:MC_SHAPE_|R\})', text))
        for array in re.findall(r'const char \*const (?:keys|extra|ops)\[\] = \{(.*?)\}', text, re.S):
            found |= set(re.findall(r'"([\w$]+)"', array))
    return found


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(language="en")
        cls.addClassCleanup(cls.desk.close)
        cls.keys = manual.keys()
        cls.known = keys_of_the_sources()

    def check(self, connector, status):
        path = self.desk.write("x.jsonc", json.dumps(connector, ensure_ascii=False, indent=1))
        return self.desk.run("connector", "check", path, status=status).stdout

    def test_every_example_compiles(self):
        examples = manual.examples()
        self.assertGreater(len(examples), 50)
        for kind, text in examples:
            if kind != "worked":
                with self.subTest(kind, text=text):
                    said = self.check(manual.wrap(kind, manual.value(kind, text)), status=0)
                    left = [line for line in said.splitlines() if not OF_THE_FRAME.search(line)]
                    self.assertIn(left, ([], [f"{self.desk.path('x.jsonc')}: no fault"]))

    def test_every_display_of_json_is_marked(self):
        with open(manual.PAGE, encoding="utf-8") as file:
            for before, first in re.findall(r'(?m)^(.*)\n\.Bd [^\n]*\n(.*)$', file.read()):
                if not first.startswith("motcua "):
                    self.assertRegex(before, r'^\.\\" example ', first)

    def test_keys_are_those_of_their_place(self):
        """The program is asked for every key anywhere, at every place: it refuses those that are not listed there."""
        everything = set().union(self.known, *self.keys.values())
        self.assertGreater(len(everything), 150)
        for kind, (place, given, more) in manual.PLACES.items():
            with self.subTest(kind):
                listed = set(self.keys[kind]).union(*(self.keys[name] for name in more))
                asked = set(everything)
                if kind in ("node", "join", "edit"):
                    asked = {key for key in asked if not key.startswith("$")} | listed
                if kind == "test":
                    self.assertLess(manual.ALONE, listed)
                    asked, listed = asked - manual.ALONE, listed - manual.ALONE
                connector = manual.put(place, {**{key: None for key in sorted(asked)}, **given})
                if kind in manual.TYPES:
                    connector["auth"]["type"] = manual.TYPES[kind]
                said = self.check(connector, status=2)
                refused = {key for pointer, key in UNKNOWN.findall(said)
                           if (pointer or "").replace("~0", "~") == f"{place}/{key}"}
                self.assertEqual((sorted(asked - refused - listed), sorted(listed & refused)), ([], []))

    def test_every_key_is_listed(self):
        self.assertGreater(len(self.known), 150)
        self.assertEqual(sorted(self.known - set().union(*self.keys.values())), [])

    def test_names(self):
        """What the program says that it knows at each place is what the page lists, altogether."""
        known = set()
        for connector in manual.SEEN_FROM:
            said = re.findall(r"is not known here, expected one of: (.*)", self.check(connector, status=2))
            self.assertTrue(said, connector)
            known |= {name for names in said for name in names.split(", ")}
        listed = manual.names()
        for name in sorted(known):
            root, _, rest = name.rpartition(".")
            step = re.sub(r"^step\.\w+\.\w+$", "step.STEP.NAME", name)
            self.assertTrue({name, f"{name}.NAME", f"{root}.NAME", f"{root}.KEY", step} & listed, name)
        for name in sorted(listed):
            some = re.compile(re.sub(r"NAME|KEY|STEP", r"\\w+", re.escape(name)) + "$")
            self.assertTrue(any(some.match(one) or some.match(one + ".x") for one in known), name)

    def test_every_place_is_listed(self):
        self.assertEqual(set(self.keys) - set(manual.PLACES), {"operators", "pages paged"})


class Worked(unittest.TestCase):
    """The example as it stands in the page, on a desk of its own."""

    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=240)
        cls.addClassCleanup(cls.province.stop)
        cls.system = Feedback(cls.province)
        cls.described = next(s for s in cls.province.systems() if s["id"] == "1022")
        cls.desk = Desk(now=NOW, language="en")
        cls.addClassCleanup(cls.desk.close)
        (_, text), = [e for e in manual.examples() if e[0] == "worked"]
        cls.path = cls.desk.write("config/connectors/switchboard.jsonc", text)
        base = cls.described["base"]
        cls.desk.run("system", "add", "sb", "--connector", "switchboard", "--set", f"base={base}", status=0)
        cls.refused = cls.login("api_key=wrong", status=None)
        cls.login(f"api_key={cls.described['secrets']['api_key']}", status=0)
        cls.desk.run("sync", status=0)

    @classmethod
    def login(cls, line, status):
        return cls.desk.run("login", "sb", "--stdin", input=line + "\n\n", status=status)

    def find(self, action):
        touched = {"sb:" + e["item"] for e in self.province.effects()}
        return next(i["id"] for i in self.desk.items("system:sb") if action in i["actions"] and i["id"] not in touched)

    def one_effect(self, action, item, *more, path=None):
        """Acts while the answer is lost; the effect is there once."""
        before = len(self.province.effects())
        if path:
            self.province.fault("reset-after", "1022", path=path, count=1)
        result, = self.desk.act(action, item, *more)
        self.province.clear_faults()
        self.assertEqual(result["outcome"], "done", result)
        effect, = self.province.effects()[before:]
        self.assertEqual("sb:" + effect["item"], item)
        return effect

    def test_check(self):
        self.assertEqual(self.desk.run("connector", "check", self.path, status=0).stdout, f"{self.path}: no fault\n")

    def test_login(self):
        self.assertNotEqual(self.refused.status, 0)
        self.desk.run("system", "test", "sb", status=0)

    def test_pull(self):
        items = self.desk.items("system:sb")
        self.assertGreater(len(items), 15)
        self.assertNotIn("unknown", {i["state"] for i in items})
        key = items[0]["id"].split(":", 1)[1]
        record = self.system.get(key)
        self.assertEqual((items[0]["code"], items[0]["version"]), (key, str(record["extended_attributes"]["version"])))
        self.assertTrue(self.desk.item(items[0]["id"])["history"])

    def test_changes(self):
        item = self.find("assign")
        self.province.put({"system": "1022", "key": item.split(":", 1)[1], "state": 5})
        self.desk.run("sync", "sb", status=0)
        self.assertEqual(self.desk.item(item)["state"], "done")

    def test_act(self):
        item = self.find("assign")
        self.one_effect("assign", item, "--field", "to=canbo04")
        self.desk.run("sync", status=0)
        self.assertEqual(self.desk.item(item)["assignee"], "canbo04")

    def test_verify(self):
        item = self.find("reply")
        effect = self.one_effect("reply", item, "--field", "answer=Đã sửa", path="*/answer.json")
        self.assertEqual(self.system.updates(effect["item"])[-1]["reference"], effect["key"])

    def test_lookup(self):
        found = self.desk.run("lookup", "sb/officials", "q=Lan", status=0).stdout
        path = self.described["base"][len(self.province.base):]
        _, _, answer = self.province.ask("GET", f"{path}/officials.json?q=Lan&api_key={self.system.key}")
        officials = json.loads(answer)
        self.assertTrue(officials)
        for official in officials:
            self.assertIn(f"{official['name']}, {official['unit']}", found)

    def test_attachments(self):
        item = "sb:PA-2611-0044"
        name = self.desk.run("attach", "list", item, "--json", status=0).json()[0]["name"]
        out = self.desk.path("photo.jpg")
        self.desk.run("attach", "get", item, name, "-o", out, status=0)
        self.assertGreater(os.path.getsize(out), 0)
        self.province.fault("reset-after", "1022", path="*/media.json", count=1)
        self.desk.run("attach", "put", item, out, status=(0, 4))
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.province.effects(action="attach")), 1)


if __name__ == "__main__":
    unittest.main()
