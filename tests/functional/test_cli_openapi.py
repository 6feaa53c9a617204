# SPDX-License-Identifier: Apache-2.0
"""First drafts out of OpenAPI descriptions: after the marked places are filled in, and nothing else, they pass."""
import json
import os
import re
import unittest

from province import Desk

NOW = "2026-11-23T09:00:00+07:00"
HERE = os.path.join(os.environ.get("top_srcdir", "."), "tests", "openapi")
WITH_MARKS = {"calls": 4, "cases": 1, "documents": 1, "register": 7, "tickets": 2, "hostile": 2}


def fill(draft):
    """Fills what stands right under a FILL comment, as a person would; returns it with how many there were."""
    lines, filled = draft.splitlines(), 0
    for number, line in enumerate(lines):
        if not re.match(r"\s*// FILL: ", line):
            continue
        value = '"P1D"' if '"lives"' in lines[number + 1] else '"/filled"' if '"url"' in lines[number + 1] else '"new"'
        filled += 1
        lines[number + 1] = re.sub(r'(: )\{\}(,?)$', r'\1"/filled"\2', lines[number + 1])
        lines[number + 1] = re.sub(r'(: )"FILL"(,?)$', rf'\1{value}\2', lines[number + 1])
    return "\n".join(lines) + "\n", filled


def plain(draft):
    return json.loads(re.sub(r"^\s*//.*$", "", draft, flags=re.M))


class Drafts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(language="en", now=NOW)
        cls.addClassCleanup(cls.desk.close)

    def draft(self, name, *more):
        return self.desk.run("connector", "new", "--from-openapi", os.path.join(HERE, name + ".json"), *more,
                             status=0).stdout

    def test_each_passes_after_its_places_are_filled(self):
        for name, marks in WITH_MARKS.items():
            with self.subTest(name):
                draft = self.draft(name)
                path = self.desk.write("draft.jsonc", draft)
                faults = self.desk.run("connector", "check", path, status=2).stdout.strip().splitlines()
                whole, filled = fill(draft)
                self.assertEqual(filled, marks)
                self.assertEqual(len(faults), marks, faults)  # each open place is one fault, and nothing else is
                for fault in faults:
                    line = int(fault[len(path):].split(":")[1])
                    self.assertRegex(draft.splitlines()[line - 2], r"// FILL: ", fault)
                self.desk.run("connector", "check", self.desk.write("whole.jsonc", whole), status=0)
                self.desk.run("connector", "explain", self.desk.path("whole.jsonc"), status=0)

    def test_what_is_said_is_taken(self):
        cases = plain(self.draft("cases"))
        stream = cases["streams"]["cases"]
        self.assertEqual(cases["auth"]["inject"], {"header": "Authorization", "value": "Bearer {secret.token}"})
        self.assertEqual(cases["auth"]["probe"], {"request": {"url": "/me"}})
        self.assertEqual(stream["pages"], {"type": "page", "start": 1, "stop": "empty", "total": "/total", "max": 1000})
        self.assertEqual(stream["request"]["query"]["per_page"], 50)
        self.assertEqual(stream["request"]["query"]["unit"], {"$": "config.unit"})
        self.assertEqual(stream["delta"]["cursor"]["at"], "/updated_at")
        self.assertEqual(stream["map"]["from"], "/applicant/name")
        self.assertEqual(stream["map"]["state"]["table"]["in_progress"], "processing")
        phone = next(field for field in stream["map"]["fields"] if field["at"] == "/phone")
        self.assertTrue(phone["private"])
        form = cases["actions"]["approve"]["form"]
        self.assertEqual(form["note"], {"type": "text", "label": "Remark", "required": True, "max": 500})
        self.assertEqual({name: form[name]["type"] for name in form},
                         {"note": "text", "on": "date", "at": "date", "result": "choice", "fee": "text",
                          "paid": "boolean", "count": "integer"})
        self.assertEqual(cases["actions"]["update-case"]["request"]["headers"],
                         {"If-Match": {"$": "item.etag", "required": True}})
        self.assertNotIn("id", cases["actions"]["create-case"]["form"])  # it is only read
        for action in cases["actions"].values():
            self.assertEqual(action["unknown"], "ask")

    def test_other_styles(self):
        documents, tickets, register = (plain(self.draft(n)) for n in ("documents", "tickets", "register"))
        self.assertEqual(documents["auth"]["grant"], "client_credentials")
        self.assertEqual(documents["auth"]["origin"], "https://id.example.org")
        self.assertEqual(documents["auth"]["scope"], "docs.read docs.write")
        self.assertEqual(documents["streams"]["documents"]["records"], "/data/rows")
        self.assertEqual(documents["streams"]["documents"]["detail"]["record"], "/data")
        upload = documents["actions"]["upload-file"]
        self.assertEqual(upload["idempotency"]["header"], "Idempotency-Key")
        self.assertEqual(upload["form"]["file"]["type"], "file")
        self.assertIn("multipart", upload["request"])
        self.assertEqual(tickets["auth"]["inject"], {"query": "api_key", "value": "{secret.key}"})
        self.assertEqual(tickets["streams"]["tickets"]["records"], "")
        self.assertEqual(tickets["streams"]["tickets"]["pages"]["type"], "link")
        self.assertTrue(tickets["actions"]["delete-tickets"]["confirm"])
        self.assertIn("form", tickets["actions"]["edit-tickets"]["request"])
        self.assertIn("POST /reindex", self.draft("tickets"))
        self.assertEqual(register["auth"]["grant"], "device")
        self.assertEqual(register["streams"]["entries"]["pages"]["type"], "cursor")

    def test_a_foreign_text_is_a_text(self):
        draft = self.draft("hostile")
        self.assertNotIn("\033", draft)
        self.assertNotIn("\u202e", draft)
        self.assertEqual(plain(draft)["motcua"], 1)

    def test_the_file_and_the_id(self):
        path = self.desk.path("mine.jsonc")
        self.draft("cases", "-o", path, "--id", "vn.x.cases")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(plain(file.read())["id"], "vn.x.cases")
        self.desk.run("connector", "new", "--from-openapi", os.path.join(HERE, "cases.json"), "-o", path, status=2)

    def refused(self, text, *words):
        path = self.desk.write("bad.json", text)
        said = self.desk.run("connector", "new", "--from-openapi", path, status=(1, 2, 4)).stderr
        for word in words:
            self.assertIn(word, said)

    def test_what_is_none_is_refused(self):
        self.refused("openapi: 3.0.0\npaths: {}\n", "YAML", "yq")
        self.refused('{"swagger": "2.0", "paths": {}}', "Swagger 2.0")
        self.refused('{"openapi": "4.0", "paths": {}}', "4.0")
        self.refused('{"a": 1}', "openapi")
        self.refused('{"openapi": "3.0.0", "paths": {}', "bad.json:1")
        self.refused("[" * 100000, "bad.json")
        self.refused("", "YAML")
        self.desk.run("connector", "new", status=2)

    def test_a_wide_and_knotted_one_ends(self):
        schemas = {f"S{i}": {"allOf": [{"$ref": f"#/components/schemas/S{j}"} for j in range(40)]} for i in range(40)}
        paths = {f"/p{i}": {"get": {"responses": {"200": {"content": {"application/json": {
            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/S1"}}}}}}}} for i in range(50)}
        path = self.desk.write("wide.json", json.dumps({"openapi": "3.0.0", "info": {}, "paths": paths,
                                                        "components": {"schemas": schemas}}))
        self.desk.run("connector", "new", "--from-openapi", path, status=0)


if __name__ == "__main__":
    unittest.main()
