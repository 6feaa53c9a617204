# SPDX-License-Identifier: Apache-2.0
"""The small parts of the language, each through the whole program against a server: nodes on the wire, readers from
it, forms, identifiers on every way, and records that may be kept nowhere."""
import copy
import json
import os
import unittest

from province import Desk
from script import Script, answer

IDS = ("9007199254740993001", "001099000478", "007")
NOW = "2026-11-23T08:00:00+07:00"  # a Monday
CONNECTOR = {
    "motcua": 1, "id": "vn.motcua.thu", "title": "Thử", "kind": "case",
    "config": {"base": {"type": "url", "required": True}, "unit": {"type": "string"}, "tags": {"type": "string"}},
    "base": {"$": "config.base"},
    "streams": {"all": {"request": {"url": "/all"}, "records": "/items", "key": "/id", "keep": {"whole": "/doc"},
                        "delta": {"full": "PT0S"}, "map": {"title": "/title", "state": {"const": "new"}}}},
    "actions": {},
}


def everything_below(directory):
    """(path, bytes) of every file."""
    for where, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                yield os.path.join(where, name), file.read()


class Language(unittest.TestCase):
    def setUp(self):
        self.system = Script()
        self.addCleanup(self.system.close)
        self.desk = Desk(now=NOW)
        self.addCleanup(self.desk.close)
        self.file = copy.deepcopy(CONNECTOR)
        self.stream = self.file["streams"]["all"]
        self.system.usual.update({"/all": {"items": []}, "/act": {}})

    def start(self, *settings):
        path = self.desk.write("config/connectors/thu.jsonc", json.dumps(self.file, ensure_ascii=False))
        self.desk.run("connector", "check", path, status=0)
        self.desk.run("system", "add", "thu", "--connector", path, "--set", f"base={self.system.base}",
                      *[word for one in settings for word in ("--set", one)], status=0)
        self.desk.run("sync", status=0)

    def give(self, *records):
        """Lists these; numbers as they are written here."""
        text = ",".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
        self.system.usual["/all"] = answer(f'{{"items":[{text}]}}'.encode())

    def action(self, name="act", **more):
        """`request` without a URL goes to /act."""
        request = {"method": "POST", "url": "/act", **more.pop("request", {})}
        self.file["actions"][name] = {"label": name, "on": "all", "idempotency": "same", "request": request, **more}

    def act(self, *fields, id="1", name="act", status=0):
        self.system.forget()
        words = [word for field in fields for word in ("--field", field)]
        self.desk.run("act", name, f"thu:{id}", *words, "--yes", status=status)
        return next((a for a in self.system.log if a.method == "POST"), None)


class Nodes(Language):
    def test_bodies(self):
        doc = '{"id":9007199254740993001,"a":{"b":1.50,"c":null},"list":[1,2,3]}'
        self.give(f'{{"id":"1","title":"Việc","doc":{doc}}}')
        self.action(request={"json": {
            "const": {"$const": {"$": "item.key"}},
            "two operators": {"$": "x", "$join": []},
            "other": {"$ref": "#/a"},
            "join": {"$join": ["a", {"$": "item.key"}, {"$": "config.unit"}], "with": "-"},
            "nested": {"$join": ["a", {"$join": ["(", {"$": "config.unit"}, ")"]}, "b"]},
            "else": {"$": "config.unit", "else": "không"},
            "text": {"$json": {"whole": {"$": "item.keep.whole"}}},
            "pairs": {"$pairs": [[{"$join": ["k", {"$": "item.key"}]}, {"$": "item.key"}], ["none", {"$": "config.unit"}]]},
            "edit": {"$edit": {"$": "item.keep.whole"}, "set": {"/a/b": "x", "/new/deep": 1, "/skip": {"$": "config.unit"}},
                     "remove": ["/list/0", "/a/c", "/nowhere"]},
            "gone": {"deep": [{"$": "config.unit"}]},
            "day": {"$": "now", "out": "%d/%m/%Y %H:%M", "tz": "+07:00"},
            "later": {"$": "now", "plus": "P1DT2H", "out": "iso", "tz": "+07:00"},
            "ms": {"$": "now", "out": "epoch-ms"}, "s": {"$": "now", "out": "epoch-s"}}})
        self.start()
        body = self.act().body.decode()
        self.assertEqual(json.loads(body), {
            "const": {"$": "item.key"}, "two operators": {"$": "x", "$join": []}, "other": {"$ref": "#/a"},
            "nested": "ab", "else": "không", "text": '{"whole":' + doc + "}",
            "pairs": {"k1": "1"}, "edit": {"id": 9007199254740993001, "a": {"b": "x"}, "list": [2, 3], "new": {"deep": 1}},
            "day": "23/11/2026 08:00", "later": "2026-11-24T10:00:00+07:00", "ms": 1795395600000, "s": 1795395600})
        self.assertIn('"edit":{"id":9007199254740993001,', body)

    def test_addresses(self):
        self.give({"id": "a/b?c d%é", "title": "x"})
        self.action(request={"url": "/act/{item.key}", "query": {
            "tag": ["a", "b&c", {"$": "config.unit"}], "none": {"$": "config.unit"}, "empty": ""}})
        self.start()
        self.system.usual["/act/a%2Fb%3Fc%20d%25%C3%A9"] = {}
        asked = self.act(id="a/b?c d%é")
        self.assertEqual(asked.path, "/act/a%2Fb%3Fc%20d%25%C3%A9")
        self.assertEqual(asked.query(), [("tag", "a"), ("tag", "b&c"), ("empty", "")])

    def test_what_is_missing_stops_it(self):
        self.give({"id": "1", "title": "x"})
        for number, request in enumerate(({"url": "/act/{config.unit}"}, {"json": {"a": {"$": "config.unit", "required": True}}},
                                          {"headers": {"If-Match": {"$": "config.unit"}}})):
            self.action(f"act{number}", request=request)
        self.start()
        for number in range(3):
            self.assertIsNone(self.act(name=f"act{number}", status=1))

    def test_headers_stay_headers(self):
        for key in ("a\r\nX-Evil: 1", "a\nb", "é"):
            self.give({"id": "1", "title": key, "doc": key})
            self.file["actions"].clear()
            self.action(request={"headers": {"X-Word": {"$": "item.keep.whole"}}})
            self.start() if not os.path.exists(self.desk.path("config/systems/thu.ini")) else self.desk.run("sync", status=0)
            self.assertIsNone(self.act(status=1))


class Identity(Language):
    def test_every_way(self):
        """From a response into a list's item, a sub-request, a detail, an address, a query, a header and each body."""
        written = [id if id[0] != "0" else f'"{id}"' for id in IDS]
        self.system.usual["/all"] = answer(('{"items":[' + ",".join(f'{{"id":{w}}}' for w in written) + "]}").encode())

        def whole(asked):
            ids = json.loads(asked.body, parse_int=str)["ids"]
            self.assertIn(",".join(written).encode(), asked.body)
            rows = ",".join(f'{{"id":{w},"name":"Tên {i}","doc":{{"ref":{w}}}}}' for i, w in zip(ids, written))
            return answer(f'{{"items":[{rows}]}}'.encode())
        self.system.usual["/sub"] = whole
        self.stream["sub"] = {"request": {"method": "POST", "url": "/sub", "json": {"ids": {"$": "batch"}}}, "max": 50,
                              "records": "/items", "key": "/id"}
        self.stream["detail"] = {"request": {"url": "/all/{item.key}"}, "map": {"code": "/id"}}
        self.stream["map"]["title"] = "/name"
        bodies = {"json": {"id": {"$": "item.key"}, "text": {"$": "item.key", "as": "string"}, "ref": {"$": "item.keep.whole.ref"},
                           "in": {"$json": {"id": {"$": "item.key"}}}, "copy": {"$edit": {"$": "item.keep.whole"}, "set": {"/x": {"$": "item.key"}}}},
                  "form": {"id": {"$": "item.key"}}, "multipart": {"id": {"$": "item.key"}},
                  "xml": {"r": {"@id": {"$": "item.key"}, "id": {"$": "item.key"}}}}
        for kind, body in bodies.items():
            self.action(kind, request={"url": "/act/{item.key}", "query": {"q": {"$": "item.key"}},
                                       "headers": {"X-Key": {"$": "item.key"}}, kind: body})
        self.start()
        for id, w in zip(IDS, written):
            self.system.usual["/all/" + id] = answer(f'{{"id":{w}}}'.encode())
            self.system.usual["/act/" + id] = {}
            item = self.desk.item("thu:" + id)
            self.assertEqual((item["code"], item["title"]), (id, "Tên " + id))
            wanted = {"json": f'{{"id":{w},"text":"{id}","ref":{w},"in":{json.dumps(f"""{{"id":{w}}}""")},'
                              f'"copy":{{"ref":{w},"x":{w}}}}}',
                      "form": f"id={id}", "multipart": f"\r\n\r\n{id}\r\n", "xml": f'<r id="{id}"><id>{id}</id></r>'}
            for kind in bodies:
                asked = self.act(id=id, name=kind)
                self.assertEqual((asked.target, asked.headers["X-Key"]), (f"/act/{id}?q={id}", id))
                self.assertIn(wanted[kind].encode(), asked.body)


class Readers(Language):
    RECORD = """{"id": "1", "title": "Việc", "a": null, "b": "", "list": ["x", "30", "7"], "price": "8.000 đ",
        "ms": "1795395600123", "s": 1795395600, "vn": "23/11/2026 08:00", "us": "2026-11-23T01:00:00Z", "day": "24/11/2026",
        "pairs": [{"k": "tel", "v": "0900"}, {"k": "mail", "v": "a@b.vn"}], "rows": [["x", 1], ["y", 2]],
        "html": "<p>Kính gửi <b>ông</b> &amp; bà<script>x()</script></p>", "b64": "xJDhu5NuZw==", "href": "/f/1?x=2",
        "obj": {"one": 1, "two": 2}, "yes": "1", "big": 9007199254740993001, "deep": {"k.y": {"z": "sâu"}}}"""
    FIELDS = {
        "first": ({"first": ["/a", {"at": "/b", "empty": [""]}, "/title"]}, "Việc"),
        "join": ({"join": ["/title", "/vn"], "with": " | "}, "Việc | 23/11/2026 08:00"),
        "const": ({"const": "luôn"}, "luôn"),
        "test": ({"test": {"at": "/yes", "eq": "1"}, "table": {"true": "có", "false": "không"}}, "có"),
        "case": ({"case": [{"if": {"at": "/yes", "eq": 1}, "then": "số"}, {"if": {"at": "/yes", "eq": "1"}, "then": "chữ"}]}, "chữ"),
        "extract": ({"at": "/vn", "extract": "^([0-9]+)/"}, "23"),
        "strip, prefix": ({"at": "/vn", "strip": "23/", "prefix": "ngày "}, "ngày 11/2026 08:00"),
        "money": ({"at": "/price", "as": "money"}, "8000"),
        "else": ({"at": "/nowhere", "else": "trống"}, "trống"),
        "table, else": ({"at": "/yes", "table": {"0": "a"}, "else": "b"}, "b"),
        "last": ({"at": "$.list[*]", "pick": "last"}, "7"),
        "min": ({"at": "$.rows[*][1]", "pick": "min"}, "1"),
        "max": ({"at": "$.rows[*][1]", "pick": "max"}, "2"),
        "filter": ({"at": "$.pairs[?@.k=='mail'].v"}, "a@b.vn"),
        "filter by place": ({"at": "$.rows[?@[0]=='y'][1]"}, "2"),
        "members": ({"at": "$.obj.*", "pick": "last"}, "2"),
        "segments": ({"at": ["deep", "k.y", "z"]}, "sâu"),
        "html": ({"at": "/html", "as": "html"}, "Kính gửi ông & bà"),
        "base64": ({"at": "/b64", "as": "base64"}, "Đồng"),
        "big": ("/big", "9007199254740993001"),
    }

    def test_fields(self):
        self.stream["map"]["fields"] = [{"label": name, "at": reader} if isinstance(reader, str) else {"label": name, **reader}
                                        for name, (reader, _) in self.FIELDS.items()]
        self.give(self.RECORD)
        self.start()
        got = {f["label"]: f["value"] for f in self.desk.item("thu:1")["fields"]}
        self.assertEqual(got, {name: value for name, (_, value) in self.FIELDS.items()})

    def test_moments(self):
        """Each notation, a list of them, and a bare due date, which ends with that working day."""
        when = "2026-11-23T08:00:00+07:00"
        vn = {"as": "datetime", "in": "%d/%m/%Y %H:%M", "tz": "+07:00"}
        for reader, wanted in (({"at": "/ms", "as": "datetime", "in": "epoch-ms"}, when), ({"at": "/s", "as": "datetime", "in": "epoch-s"}, when),
                               ({"at": "/vn", **vn}, when), ({"at": "/us", "as": "datetime", "in": "iso"}, when),
                               ({"at": "/vn", **vn, "in": ["iso", "epoch-ms", "%d/%m/%Y %H:%M"]}, when),
                               ({"at": "/ms", **vn, "in": ["iso", "%d/%m/%Y", "epoch-ms"]}, when),
                               ({"at": "/us", "as": "datetime", "in": "iso", "empty": ["2026-11-23T01:00:00Z"]}, None),
                               ({"at": "/title", "as": "datetime", "in": "iso"}, None)):
            with self.subTest(reader):
                self.stream["map"].update(received=reader, due={"at": "/day", "as": "date", "in": "%d/%m/%Y"})
                self.give(self.RECORD)
                if os.path.exists(self.desk.path("config/systems/thu.ini")):
                    self.desk.write("config/connectors/thu.jsonc", json.dumps(self.file))
                    self.desk.run("sync", "--full", status=(0, 4))
                else:
                    self.start()
                item, = self.desk.items()
                self.assertEqual((item.get("received"), item["due"]), (wanted, "2026-11-24T17:00:00+07:00"))

    def test_what_the_map_does_not_know_is_named(self):
        """States that no table has and dates that do not parse: each once, whichever of the two there is."""
        self.stream["map"]["state"] = {"at": "/s", "table": {"1": "new"}}
        self.stream["map"]["due"] = {"at": "/due", "as": "datetime", "in": "iso"}
        self.give(*[{"id": str(n), "title": "x", "s": ("1", "7", "\u001b8", None)[n % 4]} for n in range(40)])
        self.start()
        told = self.desk.run("system", "test", "thu", status=0)
        self.assertIn("40", told.stdout)
        self.assertEqual([told.stderr.count(word) for word in ('"7"', '8"', "state: không có", "\x1b")], [1, 1, 1, 0])
        self.assertIn("30 trạng thái lạ", told.stderr)
        self.give(*[{"id": str(n), "title": "x", "s": "1", "due": f"hôm {n % 2}"} for n in range(10)])
        told = self.desk.run("system", "test", "thu", status=0)
        self.assertEqual([told.stderr.count(f'"hôm {n}"') for n in range(2)], [1, 1])
        self.assertIn("10 ngày không đọc được", told.stderr)

    def test_what_is_listed_and_does_not_count(self):
        """`where` leaves out, `deleted` takes away; what turns into either goes, in a part as in the whole."""
        self.stream["where"] = {"at": "/mine", "eq": True}
        self.stream["delta"] = {"cursor": {"at": "/at", "as": "integer"}, "deleted": {"at": "/gone", "exists": True}, "full": "never"}
        self.stream["request"]["query"] = {"since": {"$": "cursor"}}
        row = {"title": "x", "mine": True, "at": 1}
        self.give({**row, "id": "1"}, {**row, "id": "2"}, {**row, "id": "3", "mine": False}, {**row, "id": "4", "gone": 1})
        self.start()
        self.assertEqual({i["id"] for i in self.desk.items()}, {"thu:1", "thu:2"})
        self.give({**row, "id": "1", "mine": False, "at": 2}, {**row, "id": "3", "at": 2})
        self.desk.run("sync", status=0)
        self.assertEqual(self.system.log[-1].query(), [("since", "1")])
        self.assertEqual({i["id"] for i in self.desk.items()}, {"thu:2", "thu:3"})
        self.give({"id": "2", "gone": 1, "at": 3})
        self.desk.run("sync", status=0)
        self.assertEqual({i["id"] for i in self.desk.items()}, {"thu:3"})
        self.give()
        self.desk.run("sync", "--full", status=0)
        self.assertEqual({i["id"] for i in self.desk.items()}, {"thu:3"}, "absence means nothing")


class Forms(Language):
    def test_every_type(self):
        self.file["lookups"] = {"people": {"request": {"url": "/people", "query": {"q": {"$": "input.q"}}},
                                           "records": "/items", "value": "/login", "title": "/name"}}
        self.system.usual["/people"] = {"items": [{"login": "a", "name": "An"}, {"login": "b", "name": "Bình"}]}
        form = {"note": {"type": "text", "max": 20, "required": True}, "how": {"type": "choice", "static": {"x": "Cách X", "y": "Cách Y"}},
                "step": {"type": "choice", "from": {"item": "/next", "value": "/code", "title": "/name"}},
                "word": {"type": "choice", "from": {"item": "$.words[*]"}},
                "to": {"type": "person", "from": "people", "many": True}, "count": {"type": "integer"},
                "fee": {"type": "money"}, "on": {"type": "date"}, "quick": {"type": "boolean"}}
        body = {name: {"$": "input." + name} for name in form}
        self.action(form=form, request={"json": body})
        self.give({"id": "1", "title": "Một", "next": [{"code": "T1", "name": "Thẩm định"}, {"code": "T2", "name": "Ký"}],
                   "words": ["có", "không"]},
                  {"id": "2", "title": "Hai", "next": [], "words": ["có"]}, {"id": "3", "title": "Ba"})
        self.start()
        shown = {i["name"]: i for i in self.desk.item("thu:1")["form"]["act"]["fields"]}
        self.assertEqual([(c["value"], c["title"]) for c in shown["step"]["choices"]], [("T1", "Thẩm định"), ("T2", "Ký")])
        self.assertEqual([c["value"] for c in shown["word"]["choices"]], ["có", "không"])
        sent = self.act("note=Xin chào", "how=y", "step=T2", "word=có", "to=a\nb", "count=7", "fee=8.000", "on=24/11/2026", "quick=true")
        self.assertEqual(sent.json(), {"note": "Xin chào", "how": "y", "step": "T2", "word": "có", "to": ["a", "b"], "count": 7,
                                       "fee": 8000, "on": "2026-11-24", "quick": True})
        self.assertEqual(self.act("note=x").json(), {"note": "x"})
        for bad in ("note=", "note=" + "x" * 21, "how=z", "step=T3", "word=Có", "count=7.5", "fee=8,5", "on=2026-13-01", "quick=maybe", "nope=1"):
            with self.subTest(bad):
                fields = [bad] if bad.startswith("note") else ["note=x", bad]
                self.assertIsNone(self.act(*fields, status=2))
        self.assertIsNone(self.act("note=x", "step=T1", id="2", status=2))
        self.assertEqual(self.act("note=x", "step=T1", id="3").json()["step"], "T1", "what it does not say is not known")
        with self.desk.screen(cols=100, rows=40) as screen:
            screen.wait("1/1 hệ thống")
            screen.key("7")
            screen.wait("Hai")
            screen.wait("Một")
            if "Hai" in next(row for row in screen.screen() if "Hai" in row or "Một" in row):
                screen.key("down")
            screen.key("a", "1")
            screen.wait("── act")
            screen.key("tab", "tab")
            screen.text("T")
            screen.wait("Thẩm định")

    def test_faults(self):
        path = self.desk.write("bad.jsonc", json.dumps({**self.file, "actions": {"new": {
            "on": "all", "new": True, "unknown": "ask", "request": {"method": "POST", "url": "/act", "json": {"s": {"$": "input.s"}}},
            "form": {"s": {"type": "choice", "from": {"item": "/next", "valeu": "/code"}}}}}}))
        told = self.desk.run("connector", "check", path)
        self.assertNotEqual(told.status, 0)
        for word in ("valeu", "value", "/actions/new/form/s/from"):
            self.assertIn(word, told.stdout + told.stderr)


class Unkept(Language):
    WORDS = ("Nguyễn Văn Bí Mật", "bi-mat.pdf", "ghi chú bí mật", "0123-mat")

    def leaks(self):
        return [(name, word) for name, data in everything_below(self.desk.home) for word in self.WORDS if word.encode() in data]

    def prepare(self):
        self.stream["map"].update({"from": "/who", "fields": [{"label": "Số", "at": "/number"}]})
        self.stream["detail"] = {"request": {"url": "/all/{item.key}"}, "map": {"history": {"each": "/log", "what": "/text"}}}
        self.file["attachments"] = {"on": "all", "list": "/files", "map": {"key": "/id", "name": "/name"},
                                    "download": {"url": "/files/{file.key}"}}
        record = {"id": "1", "title": self.WORDS[0], "who": self.WORDS[0], "number": self.WORDS[3], "secret": True}
        self.give(record, {"id": "2", "title": "Công khai", "who": "Lê Thị Mở", "secret": False})
        self.system.usual["/all/1"] = {**record, "log": [{"text": self.WORDS[2]}], "files": [{"id": "f", "name": self.WORDS[1]}]}

    def check(self, others):
        self.desk.run("-v", "sync", "--full", status=0)
        self.desk.run("show", "thu:1", "--json", status=0)
        self.desk.run("show", "thu:1", status=0)
        self.desk.run("attach", "list", "thu:1")
        with self.desk.screen(cols=100, rows=30) as screen:
            screen.wait("1/1 hệ thống")
            screen.key("enter")
            screen.settle()
        self.assertEqual(self.leaks(), [])
        open_ones = [name for name, data in everything_below(self.desk.home) if "Lê Thị Mở".encode() in data]
        self.assertEqual(bool(open_ones), others)
        self.assertEqual(len(self.desk.items()), 2)

    def test_of_a_stream(self):
        self.prepare()
        self.stream["cache"] = "none"
        self.start()
        self.check(others=False)

    def test_by_the_record(self):
        self.prepare()
        self.stream["cache"] = {"none": {"at": "/secret", "eq": True}}
        self.start()
        self.check(others=True)
        # One that was open and is no more.
        self.give({"id": "2", "title": "Công khai", "who": "Lê Thị Mở", "secret": True}, {"id": "1", "title": "x", "secret": True})
        self.desk.run("sync", "--full", status=0)
        self.assertEqual([name for name, data in everything_below(self.desk.home) if "Lê Thị Mở".encode() in data], [])


if __name__ == "__main__":
    unittest.main()
