# SPDX-License-Identifier: Apache-2.0
"""What an answer may be written in, seen by `sync`: character sets, the corners of XML; and what is refused by name,
with nothing that was there lost."""
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from province import Desk

CONNECTOR = """{
  "motcua": 1, "id": "vn.motcua.doc", "title": {"vi": "Đọc", "en": "Reading"}, "kind": "case", FORMAT
  "config": {"base": {"type": "url", "required": true}},
  "base": {"$": "config.base"},
  "limits": {"timeout": 20, "retries": 0},
  "streams": {"all": {"request": {"url": "/all"}, "records": "$.list.item[*]", "key": "ID",
                      "map": {"title": "/title", "from": {"at": "/from", "else": "không rõ"}}}}
}
"""
JSON = '{"list":{"item":[{"id":"1","title":"TITLE"}]}}'
XML = '<list><item id="1"><title>TITLE</title></item></list>'


class Reading(unittest.TestCase):
    def setUp(self):
        test = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", test.type)
                self.send_header("Content-Length", str(len(test.body)))
                self.end_headers()
                self.wfile.write(test.body)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.base = f"http://127.0.0.1:{server.server_address[1]}"

    def connect(self, xml=False):
        """A desk that has one item, from one good pull."""
        self.desk = Desk()
        self.addCleanup(self.desk.close)
        self.xml, kind = xml, '"format": "xml",' if xml else ""
        text = CONNECTOR.replace("FORMAT", kind).replace("ID", "/@id" if xml else "/id")
        file = self.desk.write("config/connectors/doc.jsonc", text)
        self.desk.run("system", "add", "doc", "--connector", file, "--set", f"base={self.base}", status=0)
        self.read("Việc", "utf-8")

    def give(self, body, type=None):
        self.body = body if isinstance(body, bytes) else body.encode()
        self.type = type or ("text/xml" if self.xml else "application/json")

    def read(self, title, charset, declared=None, type="{}; charset={}"):
        kind = "text/xml" if self.xml else "application/json"
        text = (declared or "") + (XML if self.xml else JSON).replace("TITLE", title)
        self.give(text.encode(charset), type.format(kind, charset))
        self.desk.run("sync", "--full", status=0)
        self.assertEqual([i["title"] for i in self.desk.items()], [title])

    def refused(self, *words):
        """The pull fails and says why; the item stands, only older."""
        before = [i["title"] for i in self.desk.items()]
        done = self.desk.run("sync", "--full", status=4)
        for word in ("doc", *words):
            self.assertIn(word, done.stderr)
        self.assertEqual([(i["title"], i["stale"]) for i in self.desk.items()], [(t, True) for t in before])

    def test_character_sets(self):
        for xml in False, True:
            self.connect(xml)
            for charset in "utf-8", "utf-16", "utf-16le", "utf-16be":
                with self.subTest(charset, xml=xml):
                    self.read(f"Đất đai {charset}", charset)
            self.read("à côté", "iso-8859-1")
            self.read("“à”", "windows-1252")
        self.read("à la", "iso-8859-1", '<?xml version="1.0" encoding="ISO-8859-1"?>', "text/xml")

    def test_bytes_that_are_no_text(self):
        self.connect()
        good = JSON.replace("TITLE", "Việc").encode()
        self.give(good.replace(b"V", b"\xff"))
        self.refused("UTF-8")
        self.give(good.decode().encode("utf-16le")[:-1], "application/json; charset=utf-16le")
        self.refused("utf-16le")
        self.give(good.replace(b"V", b"\x00"), "application/json; charset=iso-8859-1")
        self.refused("iso-8859-1")
        self.give(good, "application/json; charset=ebcdic-cp-us")
        self.refused("ebcdic-cp-us")

    def titles(self, text):
        self.give(text)
        self.desk.run("sync", "--full", status=0)
        return {(i["id"], i["title"], i["from"]) for i in self.desk.items()}

    def test_corners_of_xml(self):
        self.connect(True)
        said = self.titles('<?xml version="1.0"?><!-- x --><a:list xmlns:a="urn:a" xmlns="urn:b" '
                           'xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><?go on?>'
                           '<a:item id="007"><title>a &amp; <![CDATA[<b> & ]]>&#x1EBF;</title><from x:nil="true"/></a:item>'
                           '<item id="8"><a:title>c<!-- y -->d</a:title><from>e</from></item></a:list>')
        self.assertEqual(said, {("doc:007", "a & <b> & ế", "không rõ"), ("doc:8", "cd", "e")})

    def test_what_xml_may_not_hold(self):
        self.connect(True)
        for head in ("<!DOCTYPE list>", '<!DOCTYPE list SYSTEM "http://127.0.0.1:1/x">',
                     '<!DOCTYPE list [<!ENTITY a "b">]>', '<!DOCTYPE list [<!ENTITY a SYSTEM "file:///etc/passwd">]>'):
            self.give(head + XML)
            self.refused("DOCTYPE")
        self.give(XML.replace("TITLE", "&a;"))
        self.refused("doc:1:30:")
        self.give(XML[:-3])
        self.refused("doc:1:51:")

    def test_deep_nesting(self):
        for xml in False, True:
            self.connect(xml)
            for depth in 100, 5000:
                self.give("<a>" * depth + "</a>" * depth if xml else '{"a":' * depth + "1" + "}" * depth)
                self.refused("64")


if __name__ == "__main__":
    unittest.main()
