# SPDX-License-Identifier: Apache-2.0
"""Answers that no honest system gives: nothing crashes, hangs or reaches the terminal raw, and no item is lost."""
import http.server
import json
import re
import threading
import unittest

from province import Desk

NOW = "2026-11-23T08:00:00+07:00"
CONNECTOR = """// A system that answers with whatever the test wants.
{
  "motcua": 1, "id": "vn.motcua.thu", "title": {"vi": "Thử", "en": "Trial"}, "kind": "document",
  "config": {"base": {"type": "url", "required": true}},
  "base": {"$": "config.base"},
  "limits": {"timeout": 5, "max_body": "12MiB", "retries": 0},
  "errors": [{"when": {"content": "text/html"}, "class": "gateway"}],
  "streams": {"all": {
    "request": {"url": "/all"}, "records": "/items", "key": "/id",
    "map": {"title": "/title", "from": "/from", "raw_state": "/state", "version": "/v",
            "state": {"at": "/state", "table": {"a": "new"}, "else": "unknown"}},
    "detail": {"request": {"url": "/all/{item.key}"}}
  }},
  "actions": {"comment": {
    "on": "all", "allow": {"at": "/id", "exists": true}, "form": {"text": {"type": "text", "required": true}},
    "request": {"method": "POST", "url": "/all/{item.key}/comment", "json": {"text": {"$": "input.text"}}},
    "unknown": "ask"
  }}
}
"""
# What mc_text_clean() keeps from a terminal: C0, C1, bidi, zero widths, separators.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u2028\u2029]")
GOOD = {"items": [{"id": str(n), "title": f"Việc {n}", "from": "A", "state": "a", "v": 1} for n in range(5)]}


class Server:
    """Gives one answer to everything, as it is told to."""

    def __init__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.seen.append((self.command, self.path))
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    self.wfile.write(outer.answer)
                except OSError:
                    pass
                self.close_connection = True

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.seen = []
        self.give(GOOD)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def give(self, body, content="application/json; charset=utf-8", head="HTTP/1.1 200 OK", length=None):
        if not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self.answer = (f"{head}\r\nContent-Type: {content}\r\nConnection: close\r\n"
                       f"Content-Length: {len(body) if length is None else length}\r\n\r\n").encode() + body

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.desk = Desk(now=NOW)
        cls.addClassCleanup(cls.desk.close)
        cls.desk.write("config/connectors/thu.jsonc", CONNECTOR)
        cls.desk.run("connector", "check", "thu", status=0)
        cls.desk.run("system", "add", "thu", "--connector", "thu", "--set", f"base={cls.server.base}", status=0)

    def setUp(self):
        self.server.give(GOOD)
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(len(self.desk.items("-is:stale")), 5)

    def all_is_kept(self, *words):
        """The pull failed, and said what at; the items are those of before, only older."""
        done = self.desk.run("sync", "--full", status=4)
        self.assertIn("thu", done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertIsNone(UNSAFE.search(done.stdout + done.stderr))
        items = self.desk.items()
        self.assertEqual(sorted(i["title"] for i in items), sorted(i["title"] for i in GOOD["items"]))
        self.assertTrue(all(i["stale"] for i in items))

    def test_no_json(self):
        for body, content in ((b"<html><body>Dang nhap</body></html>", "text/html"), (b"", "application/json"),
                              (b"<html>", "application/json"), (b"\x1f\x8b\x08\x00junk", "application/json"),
                              (b"\xff\xfe{}", "application/json"), (b"null", "application/json"),
                              (b"[]", "application/json"), (b'{"items":{}}', "application/json"),
                              (b'{"items":[1,"x",null]}', "application/json"), (b'{"items":[{"title":"x"}]}', "application/json"),
                              (b'{"items":[]} {"items":[]}', "application/json"),
                              (b'{"items":[],"items":[]}', "application/json")):
            with self.subTest(body=body):
                self.server.give(body, content)
                self.all_is_kept()

    def test_half_an_answer(self):
        whole = json.dumps(GOOD).encode()
        for cut in (1, len(whole) // 2, len(whole) - 1):
            self.server.give(whole[:cut], length=len(whole))  # the connection ends early
            self.all_is_kept()
            self.server.give(whole[:cut])  # the server ends early
            self.all_is_kept()

    def test_statuses(self):
        for head in ("HTTP/1.1 500 No", "HTTP/1.1 404 No", "HTTP/1.1 204 No", "HTTP/1.1 301 No\r\nLocation: http://127.0.0.2/",
                     "HTTP/1.1 403 No", "HTTP/9.9 999 No", "no http at all"):
            with self.subTest(head=head):
                self.server.give(b"{}", head=head)
                done = self.desk.run("sync", "--full", status=(1, 3, 4))
                self.assertIn("thu", done.stderr)
                self.assertEqual(len(self.desk.items()), 5)

    def test_ten_megabytes_of_nesting(self):
        for body in (b"[" * (10 << 20), b'{"items":' + b'[{"a":' * (1 << 20), b'{"items":' + b"[" * 5000000 + b"]" * 5000000 + b"}"):
            self.server.give(body)
            self.all_is_kept()

    def test_more_than_the_cap(self):
        self.server.give(b'{"items":[{"id":"1","title":"' + b"x" * (13 << 20) + b'"}]}')
        self.all_is_kept()

    def put(self, **record):
        """One more record than before."""
        self.server.give({"items": [*GOOD["items"], {"id": "9", "state": "a", "v": 1, **record}]})
        self.desk.run("sync", "--full", status=0)
        item, = [i for i in self.desk.items() if i["id"] == "thu:9"]
        for command in (["list"], ["list", "--json"], ["list", "--csv"], ["show", "thu:9"], ["show", "thu:9", "--json"]):
            done = self.desk.run(*command, status=0, env={"MOTCUA_NOW": NOW})
            if "--csv" not in command:
                self.assertIsNone(UNSAFE.search(done.stdout + done.stderr), command)
        return item

    def test_a_title_of_a_megabyte(self):
        item = self.put(title="ễ" * (1 << 20))
        self.assertTrue(item["title"].startswith("ễễễ"))
        self.assertEqual([i["id"] for i in self.desk.items("eee")], ["thu:9"])

    def test_control_and_bidi(self):
        evil = "\x1b]0;x\x07\x1b[2J\x9b31m\u202e\u2066\u200b\ufeff\u2028\r\n\ttốt"
        item = self.put(title=evil, **{"from": evil}, state=evil)
        self.assertTrue(item["title"].endswith("tốt"))
        self.assertEqual([i["id"] for i in self.desk.items("tot")], ["thu:9"])

    def test_decomposed(self):
        item = self.put(title="Nguye\u0302\u0303n Đi\u0300nh")
        self.assertEqual(item["title"], "Nguyễn Đình")
        self.assertEqual([i["id"] for i in self.desk.items("nguyen dinh")], ["thu:9"])
        self.assertEqual([i["id"] for i in self.desk.items('"Nguyễn Đình"')], ["thu:9"])

    def test_a_key_that_would_be_a_path(self):
        for key in ("../../etc/passwd", "a b", "x/../y", "a?b=c#d", "%2e%2e", "-rf", "k:l", '"', "việc"):
            self.server.give({"items": [*GOOD["items"], {"id": key, "title": "x", "state": "a", "v": 1}]})
            self.desk.run("sync", "--full", status=0)
            item, = self.desk.items("x")
            self.assertEqual(item["id"], f"thu:{key}")
            self.server.seen.clear()
            self.server.give({"id": key, "title": "x", "state": "a", "v": 1})
            self.desk.run("show", item["id"], status=0)
            (_, path), = self.server.seen
            self.assertTrue(path.startswith("/all/"), path)
            self.assertEqual(path.count("/"), 2)
            self.assertNotIn("?", path)

    def test_an_answer_to_an_action(self):
        """Its outcome cannot be known: never sent twice, never called failed; the person settles it."""
        for number, body in enumerate((b"<html>", b'{"half":', b"[" * 100000)):
            self.server.give(GOOD)
            self.desk.run("sync", "--full", status=(0, 5))
            self.server.give(body, "text/html" if body == b"<html>" else "application/json", head="HTTP/1.1 502 Bad")
            self.server.seen.clear()
            result, = self.desk.act("comment", f"thu:{number}", "--field", "text=x", status=5)
            self.assertEqual(result["outcome"], "uncertain")
            self.server.give(GOOD)
            self.desk.run("sync", status=5)
            self.desk.run("outbox", "deliver", status=5)
            self.assertEqual([m for m, _ in self.server.seen].count("POST"), 1)
            self.desk.run("outbox", "resolve", result["key"], "--as", "nonsense", status=2)
            self.desk.run("outbox", "resolve", result["key"], "--as", ("landed", "not-landed", "landed")[number], status=0)
            self.desk.run("outbox", "resolve", result["key"], "--as", "landed", status=1)
            self.desk.run("sync", status=0)
        outcomes = [a["outcome"] for a in self.desk.run("outbox", "list", "--all", "--json").json()]
        self.assertEqual(outcomes, ["done", "failed", "done"])

    def test_sent_again_on_purpose(self):
        self.server.give(b"", head="HTTP/1.1 502 Bad")
        result, = self.desk.act("comment", "thu:4", "--field", "text=x", status=5)
        self.server.seen.clear()
        self.server.give({})
        self.desk.run("outbox", "resolve", result["key"], "--as", "look", status=5)
        self.assertEqual(self.server.seen, [])
        self.desk.run("outbox", "resolve", result["key"], "--as", "again", status=0)
        self.assertEqual(self.server.seen, [("POST", "/all/4/comment")])


if __name__ == "__main__":
    unittest.main()
