# SPDX-License-Identifier: Apache-2.0
"""A SOAP service in Vietnamese, in today's and in old character sets; and identifiers that stay what they are, byte for
byte, on every way from an answer into a request, in JSON and in XML."""
import os
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from province import HERE, Desk, Province

LAB = os.path.join(HERE, "..", "functional", "lab")
IDS = ["9007199254740993001", "001099000478", "007"]
TITLE = "Cấp bản sao trích lục hộ tịch <&> thửa đất"
NAME = "Lò Thị Ửng"
FAULT = "Hồ sơ đã được chuyển cho Phòng Tư pháp, không thể đóng nữa. Đề nghị liên hệ Bộ phận Một cửa, số 0212 3852 247."
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">{}</e:Envelope>'


def connect(case, system, base, says=None):
    """A desk with that system of the workbench alone, pulled once."""
    case.desk = Desk()
    case.addCleanup(case.desk.close)
    with open(os.path.join(LAB, system + ".jsonc"), encoding="utf-8") as file:
        text = file.read()
    if says:
        text = text.replace('"format": "xml",', f'"format": "xml", "charset": "{says}",')
    path = case.desk.write(f"config/connectors/{system}.jsonc", text)
    case.desk.run("system", "add", system, "--connector", path, "--set", f"base={base}", status=0)
    case.desk.run("sync", status=0)


class Soap(unittest.TestCase):
    def start(self, charset="utf-8", says=None, ids=IDS):
        self.province = Province(lab=True, items=0)
        self.addCleanup(self.province.stop)
        for id in ids:
            self.put(id)
        connect(self, "lab-soap", f"{self.province.base}/lab-soap/{charset}", says)

    def put(self, id, state=1, deleted=False):
        self.province.put({"system": "lab-soap", "key": id, "state": state, "deleted": deleted,
                           "fields": {"title": TITLE, "from": NAME, "received": "2026-11-05T07:30:00+07:00"}})

    def post(self, body, **headers):
        """(status, text) of a request that no connector makes."""
        status, _, answer = self.province.ask("POST", "/lab-soap/utf-8/soap", body.encode(),
                                              {"Content-Type": "text/xml; charset=utf-8", **headers})
        return status, answer.decode()

    def check(self, name=NAME):
        items = self.desk.items()
        self.assertEqual({i["id"] for i in items}, {"lab-soap:" + i for i in IDS})
        self.assertEqual({(i["title"], i["from"], i["state"], i["received"]) for i in items},
                         {(TITLE, name, "new", "2026-11-05T07:30:00+07:00")})

    def is_refused(self):
        """Closing says the service's own words, whole, and does nothing."""
        self.put("007", state=5)
        refused = self.desk.run("act", "close", "lab-soap:007", "--yes", "--json", status=1)
        self.assertIn(FAULT, refused.stdout + refused.stderr)
        self.assertEqual(self.province.effects(system="lab-soap"), [])

    def test_pages_detail_and_an_action(self):
        self.start()
        self.check()
        done = self.desk.act("close", "lab-soap:007", "--field", "note=Đồng ý <1> & đóng")[0]
        self.assertEqual(done["outcome"], "done")
        effect, = self.province.effects(system="lab-soap")
        self.assertEqual((effect["item"], effect["action"], effect["key"]), ("007", "close", done["key"]))
        self.desk.run("sync", "--full", status=0)
        item = self.desk.item("lab-soap:007")
        self.assertEqual((item["state"], [h["what"] for h in item["history"]]), ("done", ["Đồng ý <1> & đóng"]))

    def test_a_lost_answer_is_read_back(self):
        self.start()
        self.province.fault("reset-after", system="lab-soap")
        done = self.desk.act("close", "lab-soap:007", "--field", "note=x")[0]
        self.assertEqual(done["outcome"], "done")
        self.assertEqual(len(self.province.effects(system="lab-soap")), 1)

    def test_a_fault_is_shown_whole(self):
        self.start()
        self.is_refused()

    def test_old_character_sets(self):
        for charset, says, name in (("windows-1258", None, NAME), ("declared-1258", None, NAME), ("utf-16", None, NAME),
                                    ("iso-8859-1", None, NAME),
                                    ("tcvn3", "tcvn3", "Lò Thị ửng")):  # its capitals have no tone marks
            with self.subTest(charset):
                self.start(charset, says)
                self.check(name)
                self.is_refused()

    def test_one_and_none(self):
        self.start(ids=IDS[:1])
        self.assertEqual(len(self.desk.items()), 1)
        self.put(IDS[0], deleted=True)
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(self.desk.items(), [])

    def test_identifiers(self):
        self.start()
        for id in IDS:
            self.desk.act("close", f"lab-soap:{id}", "--field", "note=x")
        self.assertEqual([e["item"] for e in self.province.effects(system="lab-soap")], IDS)

    def test_what_is_no_soap(self):
        """The service is strict, so what the connector says of it holds."""
        self.start(ids=[])
        whole = ENVELOPE.format('<e:Body><List xmlns="urn:cases"><page>1</page></List></e:Body>')
        self.assertEqual(self.post(whole, SOAPAction='""')[0], 200)
        for body, code in ((whole.replace("urn:cases", "urn:other"), "Client"), ("{}", "Client"),
                           (whole.replace("/soap/envelope/", "/soap/other/"), "VersionMismatch"),
                           ("<!DOCTYPE x []>" + whole, "Client"), (ENVELOPE.format("<e:Body/>"), "Client"),
                           (whole.replace("<e:Body>", '<e:Header><a e:mustUnderstand="1"/></e:Header><e:Body>'),
                            "MustUnderstand")):
            status, text = self.post(body, SOAPAction='""')
            self.assertEqual(status, 500)
            self.assertIn(f"<faultcode>s:{code}</faultcode>", text)
        self.assertIn("SOAPAction", self.post(whole)[1])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        ids = ",".join(f'{{"id":{i if i[0] != "0" else chr(34) + i + chr(34)}}}' for i in IDS)
        self.answer(f'{{"items":[{ids}]}}'.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.log.append((self.path, self.headers.get("X-Key"), self.headers["Content-Type"], body))
        self.answer(b"{}")


class Identity(unittest.TestCase):
    """Against a server that notes every byte of a request."""

    def test_every_way(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.log = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        connect(self, "lab-identity", f"http://127.0.0.1:{server.server_address[1]}")
        self.assertEqual({(i["id"], i["code"], i["title"]) for i in self.desk.items()},
                         {("lab-identity:" + i, i, i) for i in IDS})
        for id in IDS:
            written = id if id[0] != "0" else f'"{id}"'
            self.desk.act("touch", f"lab-identity:{id}")
            self.assertEqual(server.log[-1], (f"/items/{id}?q={id}", id, "application/json",
                                              f'{{"id":{written},"text":"{id}"}}'.encode()))
            self.desk.act("post", f"lab-identity:{id}")
            self.assertEqual(server.log[-1][3], f"id={id}".encode())


if __name__ == "__main__":
    unittest.main()
