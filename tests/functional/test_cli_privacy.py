# SPDX-License-Identifier: Apache-2.0
"""What may stand where: private values masked, secret documents only as a stub, files for their owner alone, what a
person typed in no journal; and a person's own connector before the one that is installed."""
import json
import os
import subprocess
import unittest

from province import Desk, Province, Temporary

NOW = "2026-11-23T08:00:00+07:00"
CASE = "mot-cua:H99.101.01-261120-0007"


def everything_below(path):
    for where, _, names in os.walk(path):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                yield name, file.read()


class Privacy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=60)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province)
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)

    def outputs(self, id):
        yield self.desk.run("show", id, status=0).stdout
        yield self.desk.run("show", id, "--json", status=0).stdout
        for form in ("--json", "--csv", "--table"):
            yield self.desk.run("list", f"id:\"{id}\"", form, status=0).stdout

    def test_private_values_are_masked(self):
        for id in (CASE, "ho-tich:0000012001"):
            for out in self.outputs(id):
                self.assertIn(id.split(":")[1], out)
                self.assertNotIn("000099000002", out)
                self.assertNotIn("0900000002", out)
            fields = {f["label"]: f["value"] for f in self.desk.item(id)["fields"] if f.get("private")}
            self.assertEqual(sorted(fields.values()), ["000*****0002", "090***0002"])

    def test_a_secret_document_is_only_a_stub(self):
        words = ["Tuyệt mật số 7", "99/TM-KHONGCO", "Cơ quan Không Nêu Tên"]
        for level, word in enumerate(("confidential", "secret", "top_secret"), 1):
            key = str(5550000 + level)
            self.province.put({"system": "van-ban", "key": key, "state": 1, "fields": {
                "secrecy": level, "title": words[0], "number": words[1], "issuer": words[2]}})
            self.desk.run("sync", "van-ban", status=0)
            item = self.desk.item(f"van-ban:{key}")
            self.assertEqual(item["secrecy"], word)
            self.assertNotIn("raw", item)
            self.assertEqual((item["fields"], item["history"], item["attachments"]), ([], [], []))
            result, = self.desk.act("receive", item["id"])
            self.assertEqual(result["outcome"], "done")
            self.desk.run("sync", "van-ban", "--full", status=0)
            self.assertEqual(self.desk.item(item["id"])["state"], "processing")
            for out in self.outputs(item["id"]):
                self.assertFalse([w for w in words if w in out])
        self.assertEqual([(n, w) for n, text in everything_below(self.desk.home) for w in words if w.encode() in text], [])
        open_title = self.desk.item("van-ban:9007199254740993")["title"].encode()
        self.assertTrue([n for n, text in everything_below(self.desk.home) if open_title in text])  # one that is none

    def test_the_journal_holds_no_words(self):
        id = next(i["id"] for i in self.desk.items("system:ho-tich") if "comment" in i["actions"])
        self.desk.act("comment", id, "--field", "text=Lời này không ghi nhật ký")
        lines = [json.loads(line) for line in self.desk.run("audit", "list", status=0).stdout.splitlines()]
        mine = [line for line in lines if line.get("id") == id]
        self.assertEqual([line["event"] for line in mine][:2], ["taken", "outcome"])
        self.assertEqual((mine[1]["action"], mine[1]["outcome"]), ("comment", "done"))
        for name in ("audit.log", "motcua.log"):
            path = self.desk.path(f"state/{name}")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    self.assertNotIn("không ghi nhật ký", file.read())

    def test_ones_own_connector_wins(self):
        with open(os.path.join(os.environ["MOTCUA_DATADIR"], "connectors", "mot-cua.jsonc"), encoding="utf-8") as file:
            own = file.read()
        path = self.desk.write("config/connectors/mot-cua.jsonc", own.replace('{"vi": "Lĩnh vực"', '{"vi": "Lĩnh vực của tôi"'))
        self.addCleanup(os.unlink, path)
        self.desk.run("sync", "mot-cua", "--full", status=0)
        self.assertIn("Lĩnh vực của tôi", [f["label"] for f in self.desk.item(CASE)["fields"]])

    def test_two_systems_of_one_connector(self):
        system = next(s for s in self.province.systems() if s["id"] == "mot-cua")
        self.desk.run("system", "add", "xa-khac", "--connector", "mot-cua", "--set", f"base={system['base']}", status=0)
        self.desk.login({**system, "id": "xa-khac"})
        self.desk.run("sync", "xa-khac", status=0)
        one, other = self.desk.item(CASE), self.desk.item(CASE.replace("mot-cua", "xa-khac"))
        self.assertEqual((one["code"], one["title"]), (other["code"], other["title"]))
        self.assertIn(other["id"], one["links"])
        self.desk.run("system", "remove", "xa-khac", status=0)
        self.assertNotIn(other["id"], self.desk.item(CASE)["links"])
        self.desk.run("show", other["id"], status=2)


class Modes(unittest.TestCase):
    def test_whatever_the_mask(self):
        """In the XDG directories, with a mask that forbids nothing."""
        home = Temporary()
        self.addCleanup(home.remove)
        desk = Desk(language="en", env={"MOTCUA_HOME": None, "HOME": home.path})
        self.addCleanup(desk.close)
        environment = desk.variables({"MOTCUA_HOME": None})
        for arguments in (["system", "add", "a", "--connector", "mot-cua", "--set", "base=http://127.0.0.1:1"], ["sync"],
                          ["list"], ["--profile", "hai", "list"]):
            done = subprocess.run(desk.command(*arguments), env=environment, capture_output=True, umask=0)
            self.assertIn(done.returncode, (0, 3, 4), done.stderr)
        seen = 0
        for where, directories, names in os.walk(home.path):
            for name in directories + names:
                self.assertEqual(os.stat(os.path.join(where, name)).st_mode & 0o077, 0, os.path.join(where, name))
                seen += 1
        self.assertGreater(seen, 10)
        for name in (".config/motcua/systems/a.ini", ".local/share/motcua/desk.db", ".local/share/motcua/profiles/hai/desk.db"):
            self.assertTrue(os.path.exists(os.path.join(home.path, name)), name)

    def test_a_frozen_clock_that_is_none(self):
        with Desk(language="en", env={"MOTCUA_NOW": "noon"}) as desk:
            self.assertIn("MOTCUA_NOW", desk.run("list", status=2).stderr)


if __name__ == "__main__":
    unittest.main()
