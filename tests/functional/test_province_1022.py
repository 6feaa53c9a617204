# SPDX-License-Identifier: Apache-2.0
"""The switchboard 1022 of the demo province through its own API: GeoReport v2 as it is written, the extensions it
declares, the law of citizens' feedback, and that a repeat is recognised by what is declared and by nothing else."""
import json
import re
import unittest

from province import Province
from systems import Feedback, form

NOW = "2026-11-22T14:05:10+07:00"
NEW, RECEIVED, ASSIGNED, ANSWERED, CLOSED, REJECTED, FORWARDED = range(1, 8)


class FeedbackCase(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=240)
        self.addCleanup(self.province.stop)
        self.system = Feedback(self.province)

    def effects(self, **wanted):
        return self.province.effects(system="1022", **wanted)

    def state(self, id):
        return self.system.get(id)["extended_attributes"]["state"]


class Standard(FeedbackCase):
    def test_the_key(self):
        for key, words in (("", "Thiếu"), ("?api_key=wrong", "không hợp lệ")):
            status, _, answer = self.province.ask("GET", "/1022/requests.json" + key)
            answer = json.loads(answer)
            self.assertEqual((status, answer[0]["code"]), (403, 403))
            self.assertIn(words, answer[0]["description"])
        self.assertEqual(self.province.ask("GET", "/1022/services.json")[0], 200, "the services are public")
        status, _, answer = self.province.ask("POST", "/1022/requests.json", form(service_code="HT01"))
        self.assertEqual((status, json.loads(answer)[0]["code"]), (403, 403))

    def test_services(self):
        services = self.system.ask("GET", "/services.json")[2]
        for service in services:
            self.assertEqual(set(service), {"service_code", "service_name", "description", "metadata", "type",
                                            "keywords", "group"})
        self.assertIn("HT01", [s["service_code"] for s in services])

    def test_a_request_is_an_array_of_one(self):
        sample, = self.system.ask("GET", "/requests/PA-2611-0044.json")[2]
        self.assertEqual(sample["service_request_id"], "PA-2611-0044")
        self.assertEqual((sample["status"], sample["service_code"]), ("open", "HT01"))
        self.assertEqual(sample["expected_datetime"], "2026-11-26T17:00:00+07:00")
        self.assertNotIn("extended_attributes", sample, "only for who asks")
        self.assertEqual(self.system.get("PA-2611-0044")["extended_attributes"]["title"], "Đèn đường hỏng tại thôn 3")
        for bad in ("/requests/PA-0000-0000.json", "/requests/PA-2611-0044.xml"):
            status, _, answer = self.system.ask("GET", bad)
            self.assertEqual((status, answer[0]["code"]), (404, 404))

    def test_media(self):
        sample = self.system.get("PA-2611-0044")
        media, = sample["extended_attributes"]["media"]
        self.assertEqual(sample["media_url"], media["media_url"])
        path = media["media_url"][len(self.province.base):]
        self.assertEqual(self.province.ask("GET", path)[0], 403)
        status, headers, photo = self.province.ask("GET", path + "?api_key=" + self.system.key)
        self.assertEqual((status, headers["Content-Type"], len(photo)), (200, "image/jpeg", media["size"]))

    def test_pages_by_links(self):
        whole = self.system.list()
        paged, path = [], "/1022/requests.json?page_size=7&extensions=true"
        while path:
            status, headers, answer = self.province.ask("GET", path + "&api_key=" + self.system.key)
            self.assertEqual(status, 200)
            self.assertEqual(headers["X-Total-Count"], str(len(whole)))
            self.assertNotIn("api_key", headers["Link"])
            paged += json.loads(answer)
            links = dict((rel, target) for target, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', headers["Link"]))
            self.assertEqual({"first", "last"} - set(links), set())
            path = links.get("next")
        self.assertEqual(paged, whole)
        self.assertGreater(len(whole), 14)
        self.assertEqual({r["extended_attributes"]["state"] for r in whole}, set(range(1, 8)))

    def test_filters(self):
        whole = self.system.list()
        for query, wanted in (("status=closed", lambda r: r["status"] == "closed"),
                              ("service_code=HT01,", lambda r: False),
                              ("service_code=MT01", lambda r: r["service_code"] == "MT01"),
                              ("start_date=2026-11-21T00:00:00%2B07:00&end_date=2026-11-21T23:59:59%2B07:00",
                               lambda r: r["requested_datetime"].startswith("2026-11-21"))):
            self.assertEqual(self.system.list("page_size=500&" + query), [r for r in whole if wanted(r)], query)
        two = self.system.list("service_request_id=PA-2611-0044,PA-2611-0038,none&status=closed")
        self.assertEqual([r["service_request_id"] for r in two], ["PA-2611-0044", "PA-2611-0038"])
        status, _, answer = self.system.ask("GET", "/requests.json?start_date=yesterday")
        self.assertEqual((status, answer[0]["code"]), (400, 400))

    def test_what_changed(self):
        newest = max(r["updated_datetime"] for r in self.system.list())
        self.province.clock("2026-11-22T15:00:00+07:00")
        self.system.act("PA-2611-0044", "receive")
        since = "2026-11-22T15:00:00%2B07:00"
        self.assertEqual([r["service_request_id"] for r in self.system.list("updated_after=" + since)], ["PA-2611-0044"])
        again = self.system.list("updated_after=" + newest.replace("+", "%2B"))
        self.assertIn(newest, [r["updated_datetime"] for r in again], "the boundary is included")


class Entering(FeedbackCase):
    FIELDS = {"service_code": "HT02", "description": "Nắp cống vỡ\ntrước số 12", "address_string": "Thôn 1",
              "first_name": "Lê Ví Dụ C", "phone": "0900000003"}

    def test_a_new_request(self):
        status, _, answer = self.system.ask("POST", "/requests.json", self.FIELDS)
        self.assertEqual(status, 201)
        made = self.system.get(answer[0]["service_request_id"])
        self.assertEqual((made["description"], made["address"], made["status"]),
                         (self.FIELDS["description"], "Thôn 1", "open"))
        self.assertEqual(made["extended_attributes"]["title"], "Nắp cống vỡ")
        self.assertEqual(made["requested_datetime"], "2026-11-22T14:05:10+07:00")
        self.assertEqual(len(self.effects(action="enter")), 1)
        self.system.ask("POST", "/requests.json", self.FIELDS)
        self.assertEqual(len(self.effects(action="enter")), 2, "without external_id nothing is recognised")

    def test_external_id(self):
        first = self.system.ask("POST", "/requests.json", {**self.FIELDS, "external_id": "k1"})
        again = self.system.ask("POST", "/requests.json", {**self.FIELDS, "external_id": "k1"})
        self.assertEqual(again[2], first[2])
        status, _, answer = self.system.ask("POST", "/requests.json", {**self.FIELDS, "external_id": "k1", "phone": "1"})
        self.assertEqual((status, answer[0]["code"]), (409, 409))
        self.assertEqual(len(self.effects(action="enter")), 1)

    def test_every_fault_at_once(self):
        before = len(self.system.list())
        status, _, answer = self.system.ask("POST", "/requests.json", {"service_code": "XX"})
        self.assertEqual(status, 400)
        self.assertEqual([e["code"] for e in answer], [404, 400, 400])
        self.assertEqual(len(self.system.list()), before)
        self.assertEqual(self.effects(), [])


class Acting(FeedbackCase):
    def test_the_way_of_a_request(self):
        id, words = "PA-2611-0044", "Đã thay bóng & kiểm tra; cảm ơn ông/bà"
        for word, fields, state in (("receive", {}, RECEIVED), ("assign", {"assignee": "canbo04", "note": "gấp"}, ASSIGNED),
                                    ("answer", {"answer": words}, ANSWERED), ("close", {}, CLOSED)):
            status, answer = self.system.act(id, word, **fields)
            self.assertEqual((status, answer[0]["service_request_id"]), (200, id))
            self.assertEqual(self.state(id), state)
        self.assertEqual([e["action"] for e in self.effects()], ["receive", "assign", "reply", "close"])
        closed = self.system.get(id)
        self.assertEqual((closed["status"], closed["status_notes"]), ("closed", words))
        self.assertEqual([u["event"] for u in self.system.updates(id)][1:],
                         ["Tiếp nhận", "Giao xử lý", "Trả lời người dân", "Kết thúc"])

    def test_what_may_be_repeated(self):
        id = "PA-2611-0044"
        for word, fields in (("receive", {}), ("assign", {"assignee": "canbo04"})):
            for _ in range(3):
                self.assertEqual(self.system.act(id, word, **fields)[0], 200)
            self.assertEqual(len(self.effects(action=word)), 1)
        self.assertEqual(self.system.act(id, "assign", assignee="canbo05")[0], 200)
        self.assertEqual(len(self.effects(action="assign")), 2, "another person is another assignment")
        self.assertEqual(self.system.act(id, "receive")[0], 409)

    def test_what_is_told_by_its_token(self):
        fields = {"agency_code": "H99.DL", "reason": "Thuộc lưới điện", "request_token": "t1"}
        first = self.system.act("PA-2611-0044", "forward", **fields)
        self.assertEqual(self.system.act("PA-2611-0044", "forward", **fields), first)
        self.assertEqual(len(self.effects(action="forward")), 1)
        self.assertEqual(self.effects()[0]["key"], "t1")
        forwarded = self.system.get("PA-2611-0044")
        self.assertEqual((forwarded["status"], forwarded["agency_responsible"]), ("closed", "Công ty Điện lực Mẫu Sơn"))
        self.assertEqual(self.system.act("PA-2611-0044", "forward", **{**fields, "reason": "khác"})[0], 409)
        self.assertEqual(self.system.act("PA-2611-0042", "forward", **fields)[0], 409)

    def test_what_is_told_by_the_log(self):
        id = self.system.find(ASSIGNED)["service_request_id"]
        self.assertEqual(self.system.act(id, "answer", answer="một", reference="r1")[0], 200)
        self.assertEqual(self.system.updates(id)[-1]["reference"], "r1")
        self.assertEqual(self.system.act(id, "answer", answer="một", reference="r1")[0], 409, "no repeat is known")

    def test_the_law(self):
        new, answered = self.system.find(NEW)["service_request_id"], self.system.find(ANSWERED)["service_request_id"]
        for id, word, fields, said in ((new, "assign", {"assignee": "canbo04"}, "chưa tiếp nhận"),
                                       (new, "close", {}, "chưa trả lời"), (new, "answer", {"answer": "x"}, "chưa tiếp nhận"),
                                       (answered, "reject", {"reason": "x"}, "đã giao"),
                                       (answered, "forward", {"agency_code": "H99.DL", "reason": "x"}, "đã trả lời")):
            status, answer = self.system.act(id, word, **fields)
            self.assertEqual((status, answer[0]["code"]), (409, 409), (word, answer))
            self.assertIn(said, answer[0]["description"])
        for id, word, fields, said in ((new, "reject", {}, "bắt buộc"), (new, "reject", {"reason": "x" * 1001}, "1000"),
                                       (new, "forward", {"agency_code": "H00", "reason": "x"}, "không có đơn vị")):
            status, answer = self.system.act(id, word, **fields)
            self.assertEqual(status, 400)
            self.assertIn(said, answer[0]["description"])
        self.assertEqual(self.system.ask("POST", f"/requests/{new}/receive.json", {})[0], 405)
        self.assertEqual(self.system.act("none", "receive")[0], 404)
        self.assertEqual(self.effects(), [])


class Data(unittest.TestCase):
    def test_the_same_for_the_same_seed(self):
        def whole(**options):
            with Province(now=NOW, items=240, **options) as province:
                return [{**r, "media_url": None, "extended_attributes": {**r["extended_attributes"], "media": None}}
                        for r in Feedback(province).list()]
        self.assertEqual(whole(), whole())
        self.assertNotEqual(whole(), whole(seed=2))

    def test_in_proportion(self):
        with Province(now=NOW, items=1200) as province:
            system = Feedback(province)
            self.assertEqual(int(system.ask("GET", "/requests.json")[1]["X-Total-Count"]), 100)


if __name__ == "__main__":
    unittest.main()
