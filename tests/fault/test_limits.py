# SPDX-License-Identifier: Apache-2.0
"""What has no end: bombs, lists that run in circles, stand still or never stop. Each is stopped with an error that
names it, nothing of it is kept, and memory does not grow with the pages."""
import gzip
import http.server
import json
import os
import subprocess
import tempfile
import threading
import unittest
import urllib.parse
import zlib

from province import PATIENCE, Desk

NOW = "2026-11-23T08:00:00+07:00"
CONNECTOR = """{
  "motcua": 1, "id": "vn.motcua.han", "title": {"vi": "Hạn", "en": "Limits"}, "kind": "case",
  "config": {"base": {"type": "url", "required": true}},
  "base": {"$": "config.base"},
  "limits": {"timeout": 60, "max_body": "2MiB", "retries": 0},
  "streams": {"all": {
    "request": {"url": "/all", "query": {"page": {"$": "page.number"}, "after": {"$": "page.cursor"}}},
    "pages": PAGES, "records": "/items", "key": "/id", "map": {"title": "/title"}MORE
  }}
}
"""
CHANGES = """, "delta": {"token": {"at": "/state", "from": "first"}, "changes": {
  "request": {"url": "/changes", "query": {"since": {"$": "cursor"}}}, "records": "/items", "removed": "/gone",
  "token": "/state", "more": {"at": "/more", "eq": true}, "max": 20}}"""
PAGE = '{"type": "page", "max": 2000}'
LINK = '{"type": "link", "at": "/next", "max": 50}'
CURSOR = '{"type": "cursor", "at": "/next", "max": 50}'
BIG = 10 << 30


def rows(*keys):
    return [{"id": str(k), "title": f"Việc {k}"} for k in keys]


class Server:
    """Answers with what `page` makes of a path and its query: an object, or a function that writes to the wire."""

    def __init__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                where = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(where.query))
                outer.asked += 1
                answer = outer.page(where.path, query)
                if callable(answer):
                    self.close_connection = True
                    try:
                        answer(self)
                    except OSError:
                        outer.hung_up.set()
                    return
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.page, self.asked, self.hung_up = None, 0, threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def begin(handler, **headers):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


class Bomb:
    """A list that unpacks to 10 GB; `sent` is what left for it."""

    def __init__(self, encoding):
        self.encoding, self.sent = encoding, 0

    def __call__(self, handler):
        begin(handler, Content_Encoding=self.encoding, Connection="close")
        pack = zlib.compressobj(9, zlib.DEFLATED, 31 if self.encoding == "gzip" else 15)
        blanks = b" " * (1 << 20)
        for piece in [b'{"items":[] ', *[blanks] * (BIG // len(blanks)), b"}"]:
            packed = pack.compress(piece)
            self.sent += len(packed)
            handler.wfile.write(packed)


def endless(handler):
    begin(handler, Connection="close")
    handler.wfile.write(b'{"items":[')
    while True:
        handler.wfile.write(b" " * 65536)


class Limits(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)

    def make_desk(self, pages, more=""):
        desk = Desk(now=NOW)
        self.addCleanup(desk.close)
        text = CONNECTOR.replace("PAGES", pages).replace("MORE", more)
        file = desk.write("config/connectors/han.jsonc", text)
        desk.run("system", "add", "han", "--connector", file, "--set", f"base={self.server.base}", status=0)
        return desk

    def filled(self, pages, more=""):
        """A desk that has five items, from one good pull."""
        self.desk = self.make_desk(pages, more)
        self.server.page = lambda path, query: {"items": rows(*range(5)) if query.get("page", "1") in "01" else [],
                                                "state": "s0"}
        self.desk.run("sync", status=0)
        self.server.asked = 0
        return self.desk

    def is_stopped(self, page, *words, options=("--full",)):
        """The pull fails with these words; the items are those of before, only older."""
        self.server.page = page
        done = self.desk.run("sync", *options, status=4)
        for word in words:
            self.assertIn(word, done.stderr)
        items = self.desk.items()
        self.assertEqual(sorted(i["title"] for i in items), [f"Việc {k}" for k in range(5)])
        self.assertTrue(all(i["stale"] for i in items))

    def test_bombs(self):
        self.filled(PAGE)
        for encoding in "gzip", "deflate":
            with self.subTest(encoding=encoding):
                bomb = Bomb(encoding)
                self.server.hung_up.clear()
                self.is_stopped(lambda path, query: bomb, "lớn quá mức")
                self.assertTrue(self.server.hung_up.wait(PATIENCE))
                self.assertLess(bomb.sent, 5 << 20)  # of some 10 MB

    def test_a_bomb_in_a_bomb(self):
        """64 MB in some hundred bytes."""
        self.filled(PAGE)
        body = b'{"items":[' + b" " * (64 << 20) + b"]}"
        for _ in range(2):
            body = gzip.compress(body)
        self.assertLess(len(body), 2000)

        def send(handler):
            begin(handler, Content_Encoding="gzip, gzip", Content_Length=str(len(body)), Connection="close")
            handler.wfile.write(body)

        self.is_stopped(lambda path, query: send, "lớn quá mức")

    def test_an_answer_without_end(self):
        self.filled(PAGE)
        self.is_stopped(lambda path, query: endless, "lớn quá mức")

    def test_a_loop(self):
        self.filled(LINK)
        ring = {"a": "b", "b": "c", "c": "b"}

        def page(path, query):
            here = query.get("at", "a")
            return {"items": rows("x" + here) if self.server.asked <= 3 else [], "next": "/all?at=" + ring[here]}

        self.is_stopped(page, "đã đọc")
        self.assertLessEqual(self.server.asked, 4)

    def test_a_cursor_that_never_moves(self):
        self.filled(CURSOR)
        self.is_stopped(lambda path, query: {"items": rows(f"x{self.server.asked}"), "next": "same"}, "không tiến thêm")
        self.assertEqual(self.server.asked, 2)

    def test_the_same_page_for_ever(self):
        self.filled(PAGE)
        self.is_stopped(lambda path, query: {"items": rows("x")}, "trang trước")
        self.assertEqual(self.server.asked, 2)

    def test_tiny_pages_without_number(self):
        self.filled(PAGE.replace("2000", "300"))
        self.is_stopped(lambda path, query: {"items": rows("x" + query["page"])}, "300")
        self.assertEqual(self.server.asked, 300)

    def test_empty_pages_without_number(self):
        self.filled(CURSOR)
        self.is_stopped(lambda path, query: {"items": [], "next": f"n{self.server.asked}"}, "50")
        self.assertEqual(self.server.asked, 50)

    def test_changes_that_stand_still(self):
        self.filled(PAGE, CHANGES)
        self.is_stopped(lambda path, query: {"items": rows("x"), "gone": ["1"], "state": "s0", "more": True},
                        "đứng yên", options=())
        self.assertEqual(self.server.asked, 1)

    def test_changes_without_end(self):
        self.filled(PAGE, CHANGES)
        self.is_stopped(lambda path, query: {"items": rows("x"), "gone": ["1"], "state": f"t{self.server.asked}",
                                             "more": True}, "20", options=())
        self.assertEqual(self.server.asked, 20)

    def test_half_of_the_changes(self):
        """What came before an answer that breaks off is not kept, and is asked for again."""
        self.filled(PAGE, CHANGES)
        asked = []

        def page(path, query):
            asked.append(query.get("since"))
            if query.get("since") == "s1" and len(asked) == 2:
                return lambda handler: begin(handler, Content_Length="99")
            return {"items": rows("x"), "gone": ["1"], "state": "s1" if query["since"] == "s0" else "s2",
                    "more": query["since"] == "s0"}

        self.is_stopped(page, options=())
        self.desk.run("sync", status=0)
        self.assertEqual(asked, ["s0", "s1", "s0", "s1"])
        self.assertEqual(sorted(i["title"] for i in self.desk.items()), ["Việc 0", "Việc 2", "Việc 3", "Việc 4", "Việc x"])

    def test_links_that_lead_away(self):
        other = Server()
        self.addCleanup(other.close)
        other.page = lambda path, query: {"items": []}
        away = other.base + "/all"
        self.filled(LINK)
        self.is_stopped(lambda path, query: {"items": rows("x"), "next": away}, other.base)
        self.filled(LINK, ', "delta": {"link": "/later"}')
        self.is_stopped(lambda path, query: {"items": rows("x"), "later": away}, other.base)
        self.assertEqual(other.asked, 0)

    def peak(self, pages):
        """The most memory (KiB) that a first pull of so many pages took, 20 records each."""
        desk = self.make_desk(PAGE)

        def page(path, query):
            number = int(query["page"])
            return {"items": rows(*range(20 * number, 20 * number + 20)) if number <= pages else []}

        self.server.page = page
        with tempfile.TemporaryFile() as out:
            # A build with AddressSanitizer keeps what is freed for a while: not here.
            options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=16"
            process = desk.start("sync", stdout=out, stderr=subprocess.STDOUT, env={"ASAN_OPTIONS": options.strip(":")})
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.assertEqual(process.returncode, 0, out.read().decode())
        self.assertEqual(json.loads(desk.run("system", "list", "--json", status=0).stdout)["items"], 20 * pages)
        return usage.ru_maxrss

    def test_memory_is_flat_in_the_pages(self):
        few, many = self.peak(10), self.peak(1000)
        self.assertLess(many, 2 * few, f"{few} KiB for 10 pages, {many} KiB for 1000")


if __name__ == "__main__":
    unittest.main()
