# SPDX-License-Identifier: Apache-2.0
"""Why a value came out as it did: connectors, answers and items taken apart."""
import json
import os
import unittest

from province import Desk, Province

NOW = "2026-11-23T09:00:00+07:00"
INSTALLED = ("van-ban", "mot-cua", "ho-tich")


def find(note, *names):
    """The note at this path of names, or None."""
    for name in names:
        note = next((part for part in note.get("parts", []) if part.get("name") == name), None)
        if note is None:
            return None
    return note


class Explained(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province, language="en")
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)

    def explain(self, *arguments, status=0):
        return self.desk.run("connector", "explain", *arguments, status=status)

    def tree(self, *arguments):
        return json.loads(self.explain(*arguments, "--json").stdout)

    def test_every_installed_connector_in_words(self):
        folder = os.path.join(os.environ["MOTCUA_DATADIR"], "connectors")
        for name in sorted(os.listdir(folder)):
            with self.subTest(name):
                text = self.explain(name[:-len(".jsonc")]).stdout
                self.assertIn("base origin alone", text)
                self.assertIn("settings", text)
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.assertEqual("stays single" in text, '"actions"' in file.read() or '"upload"' in text)

    def test_an_item_is_what_the_inbox_shows(self):
        for system in INSTALLED:
            for item in self.desk.items(f"system:{system}")[:5]:
                with self.subTest(item["id"]):
                    note = find(self.tree("--item", item["id"]), f"item {item['id']}")
                    for key in ("title", "state", "due", "code"):
                        value = find(note, key, "value")
                        if value is not None:
                            self.assertEqual(value["value"], item.get(key), key)
                    for action in item["actions"]:
                        right = find(note, f"action {action}")
                        if right is not None:
                            self.assertEqual(right["says"], "allowed")

    def test_one_right_alone(self):
        item = next(i for i in self.desk.items("system:mot-cua") if "receive" in i["actions"])
        text = self.explain("--item", item["id"], "--action", "receive").stdout
        self.assertIn("action receive: allowed", text)
        self.assertNotIn("action reject", text)
        self.assertIn("reject", self.explain("--item", item["id"], "--action", "rejcet", status=2).stderr)

    def test_private_values_are_shown_on_purpose_alone(self):
        item = self.desk.items("system:mot-cua")[0]
        whole = json.loads(self.desk.run("show", item["id"], "--json", "--private", status=0).stdout) \
            if "--private" in self.desk.run("show", "--help").stdout else None
        masked, shown = self.explain("--item", item["id"]).stdout, self.explain("--item", item["id"], "--private").stdout
        self.assertIn("••••", masked)
        self.assertNotIn("••••", shown)
        for field in (whole or {}).get("fields", []):
            if field.get("private") and len(field["value"]) > 3:
                self.assertNotIn(field["value"], masked)

    def test_an_answer_as_curl_writes_it(self):
        raw = ("HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 7\r\n\r\n"
               '{"message": "chậm lại"}')
        text = self.explain("mot-cua", "--response", self.desk.write("a.txt", raw)).stdout
        self.assertIn("HTTP 429", text)
        self.assertIn('class: "throttle"', text)
        self.assertIn("wait: 7 s", text)
        self.assertIn("chậm lại", text)
        other = self.explain("mot-cua", "--response", self.desk.path("a.txt"), "--status", "503", "--header",
                             "Retry-After: 9").stdout
        self.assertIn("wait: 9 s", other)

    def test_a_list_a_detail_and_an_action(self):
        rows = {"code": 0, "data": {"total": 3, "rows": [
            {"maHoSo": "007", "tenThuTuc": "x", "trangThai": 77, "ngayHenTra": "mai", "updatedAt": 9007199254740993001}]}}
        path = self.desk.write("list.json", json.dumps(rows))
        text = self.explain("mot-cua", "--response", path).stdout
        self.assertIn('record 1: "007"', text)
        self.assertIn("the table has no entry for 77", text)
        self.assertIn("%d/%m/%Y %H:%M", text)
        self.assertIn("next page: 1", text)
        detail = self.desk.write("detail.json", json.dumps(
            {"code": 0, "data": {"maHoSo": "007", "nhatKy": [{"thoiDiem": "22/11/2026 08:00", "viec": "Nhận"}]}}))
        self.assertIn("1 entries", self.explain("mot-cua", "--response", detail, "--detail").stdout)
        busy = self.desk.write("act.json", '{"code": "CONFLICT", "message": "đã đổi"}')
        text = self.explain("mot-cua", "--response", busy, "--action", "receive").stdout
        self.assertIn('class: "conflict"', text)
        self.assertIn("this rule wins", text)

    def test_a_dry_run_goes_through_all_that_comes_before(self):
        item = next(i for i in self.desk.items("system:mot-cua") if "receive" in i["actions"])
        self.province.control("DELETE", "/demo/requests")
        text = self.desk.run("act", "receive", item["id"], "--field", "note=được", "--dry-run", "-v", status=0).stdout
        self.assertIn("precondition: allowed", text)
        self.assertIn('{"at":"/allowed","has":"TIEP_NHAN"} holds', text)
        self.assertIn("note: \"được\"", text)
        self.assertRegex(text, r"read before: curl -X GET .*/api/ho-so/")
        self.assertIn("any other is a conflict", text)
        self.assertRegex(text, r'request: curl -X POST .*-H "Authorization: Bearer \$TOKEN"')
        self.assertIn("stays single: ", text)
        closed = next(i for i in self.desk.items("system:mot-cua") if "receive" not in i["actions"])
        text = self.desk.run("act", "receive", closed["id"], "--dry-run", "-v", status=1).stdout
        self.assertIn("precondition: not allowed", text)
        self.assertIn("does not hold", text)
        self.assertIn("would not be taken", text)
        self.assertNotIn("curl", text)
        self.assertEqual(self.desk.run("outbox", "list", "--all", "--json", status=0).stdout, "")
        self.assertEqual(self.province.effects(), [])
        self.assertFalse(self.province.control("GET", "/demo/requests")["requests"])

    def test_no_credential_stands_in_a_dry_run(self):
        shown = ""
        for described in self.province.systems():
            item = next((i for i in self.desk.items(f"system:{described['id']}") if i["actions"]), None)
            for action in item["actions"] if item else ():
                shown += self.desk.run("act", action, item["id"], "--dry-run", "-v").stdout
        secrets = [system["password"] for system in self.province.systems()]
        self.assertEqual([word for word in secrets if word and word in shown], [])
        for words in ("Bearer $TOKEN", "Basic $BASIC", "api_key=$", "stays single: "):
            self.assertIn(words, shown)

    def test_the_connectors_there_are(self):
        own = self.desk.write("config/connectors/mot-cua.jsonc", '{"motcua": 1, "id": "x"}')
        self.addCleanup(os.remove, own)
        rows = {row["name"]: row for row in map(json.loads, self.desk.run("connector", "list", "--json").stdout.splitlines())}
        self.assertLessEqual(set(INSTALLED), set(rows))
        self.assertEqual((rows["mot-cua"]["from"], rows["mot-cua"]["path"]), ("own", own))
        self.assertGreater(rows["mot-cua"]["faults"], 0)
        self.assertEqual((rows["ho-tich"]["from"], rows["ho-tich"]["faults"]), ("installed", 0))
        self.assertEqual(rows["ho-tich"]["kind"], "case")
        text = self.desk.run("connector", "list", status=0).stdout
        self.assertIn("installed", text)
        self.assertRegex(text, r"mot-cua .*own")
        self.assertEqual(text, self.desk.run("connector", status=0).stdout)
        self.desk.run("connector", "list", "x", status=2)

    def test_usage(self):
        self.explain(status=2)
        self.explain("mot-cua", "--status", "200", status=2)
        self.explain("mot-cua", "--response", "x", "--item", "y", status=2)
        self.explain("no-such", status=(1, 2))
        self.explain("mot-cua", "--response", self.desk.path("missing.json"), status=(1, 2))
        path = self.desk.write("b.json", "{}")
        self.explain("mot-cua", "--response", path, "--stream", "none", status=(1, 2))
        self.explain("mot-cua", "--response", path, "--header", "nocolon", status=2)
        self.explain("mot-cua", "--response", path, "--set", "unkown=1", status=2)
        self.explain("--item", "mot-cua:none", status=(1, 2))


if __name__ == "__main__":
    unittest.main()
