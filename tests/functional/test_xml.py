# SPDX-License-Identifier: Apache-2.0
"""A SOAP service in Vietnamese, in today's and in old character sets; and identifiers that stay what they are, byte for
byte, on every way from an answer into a request, in JSON and in XML."""
import os
import re
import threading
import unicodedata
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape, unescape

from province import HERE, Desk

LAB = os.path.join(HERE, "..", "functional", "lab")
IDS = ["9007199254740993001", "001099000478", "007"]
FAULT = "Hồ sơ đã được chuyển cho Phòng Tư pháp, không thể đóng nữa. Đề nghị liên hệ Bộ phận Một cửa, số 0212 3852 247."
TCVN3 = dict(zip(
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"))


def encoded(text, charset):
    if charset == "tcvn3":
        return "".join(TCVN3.get(c, c if ord(c) < 128 else TCVN3.get(c.lower())) for c in text).encode("latin-1")
    if charset != "windows-1258":
        return text.encode(charset)
    out = b""
    for c in text:  # a letter with its own mark, then the tone
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", c)
            tone = next(p for p in parts if p in "\u0300\u0301\u0303\u0309\u0323")
            out += unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return out


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, type):
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def soap(self, content, status=200):
        server = self.server
        text = ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">\n  <s:Body>' + content +
                "</s:Body>\n</s:Envelope>")
        self.answer(status, encoded(text, server.charset), server.type)

    def do_GET(self):
        ids = "[" + ",".join(f'{{"id":{i if i[0] != "0" else chr(34) + i + chr(34)}}}' for i in IDS) + "]"
        self.answer(200, f'{{"items":{ids}}}'.encode(), "application/json")

    def case(self, id):
        state, title = self.server.cases[id]
        return (f'<case id="{id}"><title>{escape(title)}</title><from>Lò Thị Ửng</from><state>{state}</state>'
                f"<received>05/11/2026 07:30</received>")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.log.append((self.path, self.headers.get("X-Key"), self.headers["Content-Type"], body))
        if self.path.startswith("/items/"):
            return self.answer(200, b"{}", "application/json")
        text, found = body.decode(), lambda name: re.search(f"<{name}>(.*?)</{name}>", body.decode(), re.S)
        ids = list(self.server.cases)
        if "<m:List " in text:
            page = int(found("page").group(1))
            rows = "".join(self.case(i) + "</case>" for i in ids[2 * page - 2:2 * page])
            return self.soap(f'<m:ListResponse xmlns:m="urn:cases"><total>{len(ids)}</total><cases>{rows}</cases>'
                             "</m:ListResponse>")
        id = found("id").group(1)
        if "<m:Get " in text:
            log = "".join(f"<entry><who>canbo01</who><what>{escape(w)}</what></entry>" for w in self.server.notes[id])
            return self.soap(f'<m:GetResponse xmlns:m="urn:cases">{self.case(id)}<log>{log}</log></case></m:GetResponse>')
        if not found("note"):
            return self.soap(f"<s:Fault><faultcode>s:Client</faultcode><faultstring>{FAULT}</faultstring></s:Fault>", 500)
        self.server.cases[id][0] = 9
        self.server.notes[id].append(unescape(found("note").group(1)))
        return self.soap('<m:CloseResponse xmlns:m="urn:cases"><ok>true</ok></m:CloseResponse>')


class Case(unittest.TestCase):
    system = "lab-soap"

    def start(self, charset="utf-8", type="text/xml; charset=utf-8", says=None, cases=3):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.charset, self.server.type, self.server.log = charset, type, []
        self.server.cases = {i: [1, "Cấp bản sao trích lục hộ tịch <&> thửa đất"] for i in IDS[:cases]}
        self.server.notes = {i: [] for i in IDS}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.desk = Desk()
        self.addCleanup(self.desk.close)
        with open(os.path.join(LAB, self.system + ".jsonc"), encoding="utf-8") as file:
            text = file.read()
        if says:
            text = text.replace('"format": "xml",', f'"format": "xml", "charset": "{says}",')
        path = self.desk.write(f"config/connectors/{self.system}.jsonc", text)
        base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.desk.run("system", "add", self.system, "--connector", path, "--set", f"base={base}", status=0)
        self.desk.run("sync", status=0)


class Soap(Case):
    def check(self):
        items = self.desk.items()
        self.assertEqual({i["id"] for i in items}, {"lab-soap:" + i for i in IDS})
        self.assertEqual({(i["title"], i["from"], i["state"], i["received"]) for i in items},
                         {("Cấp bản sao trích lục hộ tịch <&> thửa đất", "Lò Thị Ửng", "new", "2026-11-05T07:30:00+07:00")})

    def test_pages_detail_and_an_action(self):
        self.start()
        self.check()
        done = self.desk.act("close", "lab-soap:007", "--field", "note=Đồng ý <1> & đóng")[0]
        self.assertEqual(done["outcome"], "done")
        self.assertEqual((self.server.cases["007"][0], self.server.notes["007"]), (9, ["Đồng ý <1> & đóng"]))
        self.desk.run("sync", "--full", status=(0, 2))
        self.assertEqual([h["what"] for h in self.desk.item("lab-soap:007")["history"]], ["Đồng ý <1> & đóng"])

    def test_a_fault_is_shown_whole(self):
        self.start()
        said = self.desk.run("act", "close", "lab-soap:007", "--yes", "--json")
        self.assertNotEqual(said.status, 0)
        self.assertIn(FAULT, said.stdout + said.stderr)
        self.assertEqual(self.server.cases["007"][0], 1)

    def test_windows_1258_by_content_type(self):
        self.start("windows-1258", "text/xml; charset=windows-1258")
        self.check()

    def test_tcvn3_by_the_connector(self):
        self.start("tcvn3", "text/xml", "tcvn3")
        said = self.desk.items()
        # as the fonts of that time: no capitals with tone marks
        self.assertEqual({(i["title"], i["from"]) for i in said},
                         {("Cấp bản sao trích lục hộ tịch <&> thửa đất", "Lò Thị ửng")})
        refused = self.desk.run("act", "close", "lab-soap:007", "--yes", "--json")
        self.assertIn(FAULT, refused.stdout + refused.stderr)

    def test_one_and_none(self):
        self.start(cases=1)
        self.assertEqual(len(self.desk.items()), 1)
        self.server.cases.clear()
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(self.desk.items(), [])

    def test_identifiers_in_xml(self):
        self.start()
        for id in IDS:
            self.desk.act("close", f"lab-soap:{id}", "--field", "note=x")
            self.assertIn(f"<id>{id}</id>".encode(), [b for *_, b in self.server.log if b"m:Close" in b][-1])
            self.assertEqual(self.server.cases[id][0], 9)


class Identity(Case):
    system = "lab-identity"

    def test_every_way(self):
        self.start()
        self.assertEqual({(i["id"], i["code"], i["title"]) for i in self.desk.items()},
                         {("lab-identity:" + i, i, i) for i in IDS})
        for id in IDS:
            written = id if id[0] != "0" else f'"{id}"'
            self.desk.act("touch", f"lab-identity:{id}")
            self.assertEqual(self.server.log[-1], (f"/items/{id}?q={id}", id, "application/json",
                                                   f'{{"id":{written},"text":"{id}"}}'.encode()))
            self.desk.act("post", f"lab-identity:{id}")
            self.assertEqual(self.server.log[-1][3], f"id={id}".encode())


if __name__ == "__main__":
    unittest.main()
