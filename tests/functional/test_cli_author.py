# SPDX-License-Identifier: Apache-2.0
"""What those who write connectors work with: recording what is said to a system, and going through it again."""
import json
import os
import re
import unittest

from province import Desk, Province

NOW = "2026-11-23T09:00:00+07:00"


def without_comments(text):
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.M))


class Recording(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province)
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)

    def record(self, system, *command, status=0):
        path = self.desk.path(f"{system}.jsonl")
        more = ("--", *command) if command else ()
        self.desk.run("connector", "record", system, "--output", path, *more, status=status)
        with open(path, encoding="utf-8") as file:
            return path, file.read()

    def rewrite(self, path, change):
        """A copy whose lines went through change(list of objects)."""
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line, parse_int=int) for line in file]
        change(lines)
        return self.desk.write("changed.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))

    def refused(self, connector, path, *words):
        result = self.desk.run("connector", "test", connector, path, status=1)
        for word in words:
            self.assertIn(word, result.stdout)

    def item(self, system, action):
        return next(i["id"] for i in self.desk.items(f"system:{system}") if action in i["actions"])

    def test_each_system_goes_through_again_without_it(self):
        for system in ("van-ban", "mot-cua", "ho-tich"):
            with self.subTest(system):
                path, text = self.record(system)
                said = self.desk.run("connector", "test", system, path, status=0).stdout
                self.assertRegex(said, r"\d+ ")
                self.assertFalse(self.province.base in text)

    def test_an_action_goes_through_again(self):
        for system in ("van-ban", "mot-cua", "ho-tich"):
            with self.subTest(system):
                id = self.item(system, "comment" if system == "van-ban" else "receive")
                action = ["comment", id, "--field", "text=Đồng ý"] if system == "van-ban" else ["receive", id]
                path, text = self.record(system, "act", *action, "--yes")
                self.assertTrue('"end":"done"' in text)
                self.desk.run("connector", "test", system, path, status=0)

    def test_it_holds_no_secret_and_nobody(self):
        for described in self.province.systems():
            system = described["id"]
            with self.subTest(system):
                people = set()
                for item in self.desk.items(f"system:{system}"):
                    people.add(item.get("from"))
                _, text = self.record(system, "sync", "--full", system)
                secrets = [described["password"], described["username"], "demo-client-secret"]
                found = [word for word in secrets + [p for p in people if p] if word in text]
                self.assertEqual(found, [])
                self.assertIsNone(re.search(r'"token":"(?!secret-)', text))

    def test_what_the_connector_does_not_read_is_emptied(self):
        _, text = self.record("mot-cua")
        self.assertFalse("Nguyễn Thị Một Cửa" in text)  # the official's own name, beside the account that is read

    def test_what_is_asked_otherwise_is_told(self):
        path, _ = self.record("mot-cua")

        def other_url(lines):
            step = lines[-1]["steps"][0]
            step["request"]["url"] = step["request"]["url"].replace("limit=200", "limit=100")

        self.refused("mot-cua", self.rewrite(path, other_url), "limit=100")

    def test_a_step_too_many_and_one_too_few_are_told(self):
        path, _ = self.record("mot-cua")
        self.refused("mot-cua", self.rewrite(path, lambda lines: lines[1]["steps"].pop()), "/api/toi")

        def twice(lines):
            lines[-1]["steps"].append(lines[-1]["steps"][0])

        self.refused("mot-cua", self.rewrite(path, twice), "/api/ho-so")

    def test_another_result_is_told(self):
        path, _ = self.record("mot-cua")

        def other_state(lines):
            lines[-1]["result"]["items"][0]["state"] = "withdrawn"

        self.refused("mot-cua", self.rewrite(path, other_state), "withdrawn")

    def test_a_write_that_believes_any_answer_is_found_out(self):
        path, _ = self.record("mot-cua", "act", "receive", self.item("mot-cua", "receive"), "--yes")
        with open(os.path.join(os.environ["MOTCUA_DATADIR"], "connectors", "mot-cua.jsonc"), encoding="utf-8") as file:
            connector = without_comments(file.read())
        connector["errors"] = []
        connector["actions"]["receive"]["success"] = {"not": {"status": [404]}}
        trusting = self.desk.write("trusting.jsonc", json.dumps(connector, ensure_ascii=False))
        self.refused(trusting, path, "/thao-tac: 500: ")

    def test_bad_files_and_usage(self):
        self.desk.run("connector", "record", "mot-cua", status=2)
        self.desk.run("connector", "test", "mot-cua", status=2)
        self.assertIn("x.jsonl", self.desk.run("connector", "test", "mot-cua", "x.jsonl", status=(1, 2)).stderr)
        path = self.desk.write("bad.jsonl", '{"motcua-recording":1}\n')
        self.assertIn("bad.jsonl", self.desk.run("connector", "test", "mot-cua", path, status=(1, 2, 4)).stderr)
        path, _ = self.record("mot-cua")
        self.assertIn("vn.motcua.mot-cua",
                      self.desk.run("connector", "test", "van-ban", path, status=2).stderr)


if __name__ == "__main__":
    unittest.main()
