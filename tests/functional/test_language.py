# SPDX-License-Identifier: Apache-2.0
"""The connector language told twice, by `connector check` and by the JSON Schema for editors, and how the two agree:
on which keys there are, on every connector of the tree, and on files with one fault each."""
import glob
import json
import os
import re
import subprocess
import tempfile
import unittest

import jsonc
from jsonschema import Draft7Validator

TOP = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "..", ".."))
SCHEMA = json.load(open(os.path.join(TOP, "connectors/connector.schema.json"), encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
UNKNOWN = "qqqqqqqqqqqqqqqqqqqq"  # near to no key
HEAD = re.compile(r"// (\d+):(\d+): (.*?): (warning: )?(.+); schema: (yes|no)$")


def files(*patterns):
    found = sorted(path for pattern in patterns for path in glob.glob(os.path.join(TOP, pattern)))
    assert found
    return found


GOOD = files("connectors/*.jsonc", "tests/functional/lab/*.jsonc", "tests/servers/*.jsonc", "tests/connectors/good/*.jsonc")
BAD = files("tests/connectors/bad/*.jsonc")


def check(path, text=None, home=tempfile.gettempdir()):
    """Status and faults of one file, or of a text on standard input."""
    ran = subprocess.run([os.environ["MOTCUA"], "connector", "check", "--json", path], input=text, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                         env={**os.environ, "MOTCUA_HOME": os.path.join(home, "motcua-language"), "LANGUAGE": "en"})
    assert not ran.stderr, ran.stderr
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]


class Shapes:
    """Which closed shapes of the schema stand where in a document."""

    def __init__(self):
        self.places = {}  # pointer -> keys
        self.reached = set()  # id() of shapes

    def walk(self, schema, value, pointer=""):
        while "$ref" in schema:
            schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, dict) and schema.get("additionalProperties") is False:
            self.reached.add(id(schema))
            self.places[pointer] = set(schema["properties"])
        for key in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(key, []):
                if key == "allOf" or VALIDATOR.evolve(schema=part).is_valid(value):
                    self.walk(part, value, pointer)
        if "if" in schema:
            branch = "then" if VALIDATOR.evolve(schema=schema["if"]).is_valid(value) else "else"
            self.walk(schema.get(branch, {}), value, pointer)
        if isinstance(value, dict):
            for name, member in value.items():
                part = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
                if isinstance(part, dict):
                    self.walk(part, member, pointer + "/" + name.replace("~", "~0").replace("/", "~1"))
        if isinstance(value, list) and isinstance(schema.get("items"), dict):
            for i, member in enumerate(value):
                self.walk(schema["items"], member, f"{pointer}/{i}")


def closed(schema):
    """All closed shapes within a schema."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from closed(part)


def find(document, pointer):
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part) if isinstance(document, list) else part]
    return document


class Language(unittest.TestCase):
    def test_good_files(self):
        for path in GOOD:
            with self.subTest(os.path.basename(path)):
                status, faults = check(path)
                self.assertEqual((status, [f for f in faults if f["severity"] == "error"]), (0, []))
                self.assertEqual([e.message for e in VALIDATOR.iter_errors(jsonc.load(path))], [])

    def test_bad_files(self):
        self.assertGreaterEqual(len(BAD), 120)
        for path in BAD:
            with self.subTest(os.path.basename(path)), open(path, encoding="utf-8") as file:
                line, column, pointer, warning, words, schema = HEAD.match(file.readline().rstrip("\n")).groups()
                status, faults = check(path)
                said = [(f["line"], f["column"], f["pointer"], f["severity"]) for f in faults]
                self.assertEqual(said, [(int(line), int(column), pointer, "warning" if warning else "error")], faults)
                self.assertIn(words, faults[0]["message"])
                self.assertEqual(status, 0 if warning else 2)
                self.assertEqual(VALIDATOR.is_valid(jsonc.load(path)), schema == "yes")

    def test_keys_agree(self):
        """Check names all keys of a place where it meets one that it does not know: they are the schema's."""
        shapes, seen = Shapes(), 0
        for path in GOOD:
            document, here = jsonc.load(path), Shapes()
            here.reached = shapes.reached
            here.walk(SCHEMA, document)
            for pointer in here.places:
                find(document, pointer)[UNKNOWN] = 1
            _, faults = check("-", json.dumps(document))
            said = {f["pointer"]: f["message"] for f in faults}
            for pointer, keys in here.places.items():
                with self.subTest(f"{os.path.basename(path)} {pointer}"):
                    message = said.get(f"{pointer}/{UNKNOWN}", "")
                    self.assertIn("expected one of: ", message)
                    known = set(message.split("expected one of: ")[1].split(", "))
                    if pointer == "/attachments/upload":  # an action, and what its one request and its file have
                        known |= keys & (set(SCHEMA["definitions"]["request"]["properties"]) | {"max", "accept"})
                        keys = keys | (known & {"request", "steps", "form"})
                    self.assertEqual(known, keys)
                    seen += 1
        self.assertGreater(seen, 1000)
        missing = [shape for shape in closed(SCHEMA) if id(shape) not in shapes.reached]
        self.assertEqual([",".join(sorted(shape["properties"])) for shape in missing], [], "no good file has one of these")

    def test_all_faults_in_one_run(self):
        with open(os.path.join(TOP, "tests/connectors/ten.jsonc"), encoding="utf-8") as file:
            marked = [i for i, line in enumerate(file, 1) if "// here" in line]
        status, faults = check(os.path.join(TOP, "tests/connectors/ten.jsonc"))
        self.assertEqual((status, len(marked)), (2, 10))
        self.assertEqual([f["line"] for f in faults], marked)

    def test_the_schema_is_one(self):
        Draft7Validator.check_schema(SCHEMA)

    def test_standard_input_and_texts(self):
        with open(BAD[0], encoding="utf-8") as file:
            text = file.read()
        _, faults = check("-", text)
        self.assertEqual({f["file"] for f in faults}, {"-"})
        ran = subprocess.run([os.environ["MOTCUA"], "connector", "check", "-"], input=text, text=True, check=False,
                             stdout=subprocess.PIPE)
        place = f"-:{faults[0]['line']}:{faults[0]['column']}: {faults[0]['pointer']}: "
        self.assertEqual((ran.returncode, ran.stdout[:len(place)]), (2, place))
        self.assertEqual(check("-", " " * 2000000)[0], 2)


if __name__ == "__main__":
    unittest.main()
