# SPDX-License-Identifier: Apache-2.0
"""The demo province by itself, through its systems' own APIs: what each declares, it keeps; what the law or the
state forbids, it refuses with nothing written; every fault breaks exactly where it says."""
import email.utils
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from province import Province
from screen import PATIENCE, plain_environment
from systems import HoTich, MotCua, VanBan, form

NOW = "2026-11-22T14:05:10+07:00"
SAMPLE = "H99.101.01-261120-0007"
LINKED = ("2.000986", "2.002622")


class ProvinceCase(unittest.TestCase):
    """A test with a province of its own, stopped afterwards."""

    options = {}

    def setUp(self):
        self.province = Province(**{"now": NOW, "items": 150, **self.options})
        self.addCleanup(self.province.stop)

    def effects(self, **wanted):
        return self.province.effects(**wanted)


class Documents(ProvinceCase):
    def setUp(self):
        super().setUp()
        self.system = VanBan(self.province).login()

    def test_login(self):
        self.assertEqual(json.loads(self.system.get("/me")[2])["login"], "canbo01")
        status, answer = self.system.token(grant_type="password", username="canbo01", password="x")
        self.assertEqual((status, answer["error"]), (400, "invalid_grant"))
        status, answer = self.system.token(grant_type="client_credentials")
        self.assertEqual((status, answer["error"]), (400, "unsupported_grant_type"))
        status, headers, _ = self.province.ask("POST", "/van-ban/oauth/token", form(grant_type="password"))
        self.assertEqual((status, headers["WWW-Authenticate"][:5]), (401, "Basic"))
        self.system.access = "nobody"
        status, headers, _ = self.system.get("/me")
        self.assertEqual((status, headers["WWW-Authenticate"][:6]), (401, "Bearer"))

    def test_refresh_rotates_and_reuse_ends_the_login(self):
        old = self.system.refresh
        status, answer = self.system.token(grant_type="refresh_token", refresh_token=old)
        self.assertEqual(status, 200)
        self.assertNotEqual(answer["refresh_token"], old)
        self.system.access = answer["access_token"]
        self.assertEqual(self.system.get("/me")[0], 200)
        self.assertEqual(self.system.token(grant_type="refresh_token", refresh_token=old)[0], 400)
        self.assertEqual(self.system.get("/me")[0], 401)
        self.assertEqual(self.system.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])[0], 400)

    def test_pages_and_samples(self):
        whole = self.system.list()
        answer = json.loads(self.system.get("/documents?page=1&size=500")[2])
        self.assertEqual(answer["total"], len(whole))
        paged = [r for page in range(1, 100) for r in self.system.list(f"page={page}&size=7")]
        self.assertEqual(paged, whole)
        self.assertEqual(whole[0]["number"], "1432/UBND-NC")
        self.assertEqual((whole[0]["urgency"], whole[0]["status"]), (3, "01"))
        self.assertGreater(min(r["id"] for r in whole), 2 ** 53)
        self.assertTrue(all(r["id"] % 2 for r in whole), "a double would round an odd one")
        self.assertEqual({r["status"] for r in whole if "status" in r},
                         {"01", "02", "03", "04", "05", "06", "13", "15", "16"})

    def test_etags(self):
        _, headers, _ = self.system.get("/documents?page=1&size=5")
        tag = headers["ETag"]
        status, _, body = self.system.get("/documents?page=1&size=5", **{"If-None-Match": tag})
        self.assertEqual((status, body), (304, b""))
        self.system.act(self.system.find(stage="cho_tiep_nhan"), "receive", {})
        self.assertEqual(self.system.get("/documents?page=1&size=5", **{"If-None-Match": tag})[0], 200)

    def test_changes_since(self):
        document = self.system.find(stage="cho_tiep_nhan")
        self.province.clock("2026-11-22T15:00:00+07:00")
        self.system.act(document, "receive", {})
        changed = self.system.list("size=500&updatedAfter=2026-11-22T14:30:00%2B07:00")
        self.assertEqual([r["id"] for r in changed], [document["id"]])
        self.assertEqual(len(self.system.list("size=500&updatedAfter=2026-11-22T08:00:00Z")), 1, "inclusive")
        self.assertEqual(self.system.get("/documents?updatedAfter=x")[0], 400)

    def test_every_action(self):
        for stage, word, body, verb, after in [
                ("cho_tiep_nhan", "receive", {}, "receive", "da_vao_so"),
                ("da_vao_so", "assign", {"to": "canbo04", "note": "Gấp"}, "assign", "da_phan_cong"),
                ("da_phan_cong", "comments", {"text": "Đã xem"}, "comment", "da_phan_cong"),
                ("dang_xu_ly", "complete", {"note": "Xong"}, "complete", "hoan_thanh"),
                ("cho_tiep_nhan", "return", {"reason": "Sai nơi nhận"}, "return", "tra_lai"),
                ("cho_ky", "sign", {}, "sign", "da_phat_hanh"),
                ("da_phat_hanh", "recall", {"reason": "Sai số"}, "recall", "dang_thu_hoi")]:
            with self.subTest(verb):
                document = self.system.find(stage=stage, **({"status": "01"} if word == "recall" else {}))
                status, _, answer = self.system.act(document, word, body, key="key-" + verb)
                self.assertEqual(status, 200, answer)
                self.assertEqual((answer["stage"], answer["version"]), (after, document["version"] + 1))
                effect, = self.effects(action=verb)
                self.assertEqual((effect["system"], effect["item"], effect["key"], effect["body"]),
                                 ("van-ban", str(document["id"]), "key-" + verb, body))
                self.assertEqual(json.loads(self.system.get(f"/documents/{document['id']}")[2]), answer)

    def test_refusals_write_nothing(self):
        draft, new = self.system.find(stage="cho_ky"), self.system.find(stage="cho_tiep_nhan")
        ready = self.system.find(stage="da_vao_so")
        for document, word, body, status in [
                (draft, "receive", {}, 409), (new, "sign", {}, 409), (new, "complete", {}, 409),
                (self.system.find(stage="hoan_thanh"), "comments", {"text": "x"}, 409),
                (new, "return", {}, 422), (new, "return", {"reason": "á" * 1001}, 422),
                (ready, "assign", {"to": "nobody"}, 422), (ready, "assign", [], 400), (ready, "fly", {}, 404)]:
            with self.subTest(word=word):
                got, headers, answer = self.system.act(document, word, body)
                self.assertEqual(got, status)
                self.assertEqual(headers["Content-Type"], "application/problem+json")
                self.assertTrue(answer["type"] and answer["title"] and answer["detail"])
        self.assertEqual(self.effects(), [])

    def test_preconditions(self):
        document = self.system.find(stage="da_phan_cong")
        tag = self.system.get(f"/documents/{document['id']}")[1]["ETag"]
        self.assertEqual(self.system.act(document, "comments", {"text": "một"}, etag="")[0], 428)
        self.assertEqual(self.system.act(document, "comments", {"text": "một"}, etag=tag)[0], 200)
        self.assertEqual(self.system.act(document, "comments", {"text": "hai"}, etag=tag)[0], 412)
        self.assertEqual(len(self.effects()), 1)

    def test_idempotency_key(self):
        document = self.system.find(stage="da_phan_cong")
        tag = self.system.get(f"/documents/{document['id']}")[1]["ETag"]
        first = self.system.act(document, "comments", {"text": "một"}, key="k", etag=tag)
        again = self.system.act(document, "comments", {"text": "một"}, key="k", etag=tag)
        self.assertEqual((again[0], again[2], again[1]["ETag"]), (200, first[2], first[1]["ETag"]))
        self.assertEqual(again[1]["Idempotency-Replayed"], "true")
        self.assertEqual(self.system.act(document, "comments", {"text": "hai"}, key="k", etag=tag)[0], 422)
        self.assertEqual(len(self.effects()), 1)
        self.province.clock("2026-11-23T14:05:11+07:00")
        self.assertEqual(self.system.act(document, "comments", {"text": "hai"}, key="k")[0], 200)
        self.assertEqual(len(self.effects()), 2, "the key lives a day")

    def test_key_in_flight(self):
        document = self.system.find(stage="da_phan_cong")
        tag = self.system.get(f"/documents/{document['id']}")[1]["ETag"]
        self.province.fault("delay", "van-ban", "*/comments", ms=1500)
        answers = []
        slow = threading.Thread(target=lambda: answers.append(
            self.system.act(document, "comments", {"text": "x"}, key="k", etag=tag)))
        slow.start()
        while self.province.control("GET", "/demo/faults")["faults"]:  # met: the slow one is being worked on
            pass
        status, headers, answer = self.system.act(document, "comments", {"text": "x"}, key="k", etag=tag)
        slow.join()
        self.assertEqual((status, headers["Retry-After"]), (409, "1"), answer)
        self.assertEqual(answers[0][0], 200)
        self.assertEqual(len(self.effects()), 1)

    def test_officials_and_secrets(self):
        for words, logins in [("bui chu tich", ["lanhdao02"]), ("đặng", ["lanhdao01"]), ("dang", ["lanhdao01"])]:
            answer = json.loads(self.system.get("/officials?q=" + urllib.parse.quote(words))[2])
            self.assertEqual([o["login"] for o in answer["items"]], logins)
        key = self.province.put({"system": "van-ban", "fields": {
            "direction": "in", "title": "Điều không được lộ", "secrecy": 1,
            "files": [{"id": "001", "name": "mat.pdf", "size": 10, "type": "application/pdf"}]}})["key"]
        _, _, body = self.system.get("/documents/" + key)
        self.assertNotIn("Điều không được lộ", body.decode())
        self.assertNotIn("mat.pdf", body.decode())
        self.assertEqual(self.system.get(f"/documents/{key}/attachments/001")[0], 404)
        document = json.loads(self.system.get("/documents/9007199254740993")[2])
        file = document["attachments"][0]
        status, _, body = self.system.get(f"/documents/9007199254740993/attachments/{file['id']}")
        self.assertEqual((status, len(body)), (200, file["size"]))


class Cases(ProvinceCase):
    def setUp(self):
        super().setUp()
        self.system = MotCua(self.province)
        self.assertEqual(self.system.login()["code"], 0)

    def test_login_and_lock(self):
        self.assertEqual(self.system.ask("GET", "/toi")["data"]["taiKhoan"], "canbo01")
        codes = [self.system.login("x")["code"] for _ in range(5)]
        self.assertEqual(codes, ["LOGIN_FAILED"] * 4 + ["ACCOUNT_LOCKED"])
        self.assertEqual(self.system.login()["code"], "ACCOUNT_LOCKED", "the right password does not unlock")
        self.province.clock("2026-11-22T14:35:11+07:00")
        self.assertEqual(self.system.login()["code"], 0)
        self.system.token = "nobody"
        self.assertEqual(self.system.ask("GET", "/toi")["code"], "UNAUTHENTICATED")

    def test_pages_samples_and_statuses(self):
        whole = self.system.rows()
        answer = self.system.ask("GET", "/ho-so?offset=0&limit=3")["data"]
        self.assertEqual((answer["total"], len(answer["rows"])), (len(whole), 3))
        self.assertEqual([r for o in range(0, len(whole), 7) for r in self.system.rows(f"offset={o}&limit=7")], whole)
        first = whole[0]
        self.assertEqual((first["maHoSo"], first["ngayHenTra"], first["trangThai"]), (SAMPLE, "22/11/2026 17:00", 4))
        self.assertEqual({r["trangThai"] for r in whole}, set(range(1, 11)))
        self.assertEqual({r["trangThai"]: r["tenTrangThai"] for r in whole}[5], "Yêu cầu bổ sung giấy tờ")
        self.assertEqual(len({r["maHoSo"] for r in whole}), len(whole))
        for row in whole:
            self.assertRegex(row["maHoSo"], r"^[A-Z0-9.]+-\d{6}-\d{4,}$")
            self.assertTrue(set(row["allowed"]).isdisjoint(row["denied"]))
            self.assertEqual(len(row["allowed"]) + len(row["denied"]), 13)

    def test_since_and_tombstones(self):
        newest = max(r["updatedAt"] for r in self.system.rows())
        case = self.system.find("TIEP_NHAN")
        self.system.act(case["maHoSo"], "TIEP_NHAN")
        gone = self.system.find(trangThai=10)["maHoSo"]
        self.province.put({"system": "mot-cua", "key": gone, "deleted": True})
        rows = self.system.rows(f"since={newest + 1}&limit=500")
        self.assertEqual({r["maHoSo"]: r.get("deleted", False) for r in rows}, {case["maHoSo"]: False, gone: True})
        last = max(r["updatedAt"] for r in rows)
        self.assertEqual(len(self.system.rows(f"since={last}")), 2, "the boundary is inclusive")
        self.assertNotIn(gone, [r["maHoSo"] for r in self.system.rows()])
        self.assertEqual(self.system.ask("GET", "/ho-so/" + gone)["code"], "NOT_FOUND")

    def test_every_action(self):
        for word, verb, fields, after in [
                ("TIEP_NHAN", "receive", {}, 2), ("TU_CHOI", "reject", {"lyDo": "Sai"}, 3),
                ("BO_SUNG", "supplement", {"noiDung": "CCCD"}, 5), ("CHUYEN", "forward", {"nguoiNhan": "canbo04"}, 4),
                ("THAM_DINH", "appraise", {"yKien": "Đạt"}, 4), ("TRINH", "submit", {"nguoiKy": "lanhdao01"}, 4),
                ("PHE_DUYET", "approve", {}, 9), ("TAM_DUNG", "pause", {"lyDo": "Xác minh"}, 8),
                ("TIEP_TUC", "resume", {}, 4), ("GIA_HAN", "extend", {"ngayHenMoi": "30/12/2026", "lyDo": "Xác minh"}, None),
                ("TRA_KET_QUA", "deliver", {}, 10), ("RUT", "withdraw", {"lyDo": "Xin rút"}, 7),
                ("HOAN_PHI", "refund", {}, None)]:
            with self.subTest(verb):
                case = self.system.find(word)
                answer = self.system.act(case["maHoSo"], word, "r-" + verb, **fields)
                self.assertEqual(answer["code"], 0, answer)
                effect, = self.effects(action=verb)
                self.assertEqual((effect["system"], effect["item"], effect["key"]), ("mot-cua", case["maHoSo"], "r-" + verb))
                now = self.system.ask("GET", "/ho-so/" + case["maHoSo"])["data"]
                self.assertEqual(now, answer["data"])
                self.assertEqual(now["trangThai"], after or case["trangThai"])
                self.assertGreater(now["phienBan"], case["phienBan"])

    def test_law(self):
        unpaid = self.system.find(trangThai=1, maHoSo="H99.101.01-261121-0016")
        self.assertIn("chờ thanh toán", unpaid["denied"]["TIEP_NHAN"])
        linked = next(r for r in self.system.rows() if r["maThuTuc"] in LINKED)
        self.assertEqual(linked["allowed"], [])
        self.assertTrue(all("liên thông" in why for why in linked["denied"].values()))
        code = SAMPLE
        self.assertEqual(self.system.ask("GET", "/ho-so/" + code)["data"]["denied"]["TRA_KET_QUA"], "chưa có kết quả")
        for target, word, fields in [
                (unpaid["maHoSo"], "TIEP_NHAN", {}), (linked["maHoSo"], "CHUYEN", {"nguoiNhan": "canbo02"}),
                (code, "TRA_KET_QUA", {}), (code, "PHE_DUYET", {}), (code, "BO_SUNG", {}),
                (code, "GIA_HAN", {"ngayHenMoi": "20/11/2026", "lyDo": "x"}),
                (code, "GIA_HAN", {"ngayHenMoi": "2026-12-30", "lyDo": "x"}),
                (code, "CHUYEN", {"nguoiNhan": "nobody"}), (code, "BAY", {}), ("H99.1-261120-0000", "RUT", {"lyDo": "x"})]:
            with self.subTest(word=word):
                answer = self.system.act(target, word, **fields)
                self.assertIsInstance(answer["code"], str)
                self.assertTrue(answer["message"])
        self.assertEqual(self.effects(), [])

    def test_once_only(self):
        """One request for papers and one extension in a case's life; the deadline moves by the pause."""
        self.assertEqual(self.system.act(SAMPLE, "BO_SUNG", noiDung="Bản sao")["code"], 0)
        self.province.clock("2026-11-24T14:05:10+07:00")
        case = self.system.act(SAMPLE, "TIEP_TUC")["data"]
        self.assertEqual(case["ngayHenTra"], "24/11/2026 17:00")
        self.assertEqual(case["denied"]["BO_SUNG"], "đã yêu cầu bổ sung một lần")
        case = self.system.act(SAMPLE, "GIA_HAN", ngayHenMoi="27/11/2026", lyDo="Xin lỗi")["data"]
        self.assertEqual((case["ngayHenTra"], case["denied"]["GIA_HAN"]), ("27/11/2026 17:00", "đã gia hạn một lần"))

    def test_request_id(self):
        first = self.system.act(SAMPLE, "CHUYEN", "r1", nguoiNhan="canbo03")
        self.assertEqual(self.system.act(SAMPLE, "CHUYEN", "r1", nguoiNhan="canbo03"), first)
        self.assertEqual(self.system.act(SAMPLE, "CHUYEN", "r1", nguoiNhan="canbo04")["code"], "REQUEST_ID_REUSED")
        self.assertEqual(len(self.effects()), 1)
        self.system.act(SAMPLE, "CHUYEN", nguoiNhan="canbo03")
        self.assertEqual(len(self.effects()), 2, "without an id a repeat is a second one")
        self.province.clock("2026-11-29T14:05:11+07:00")
        self.system.act(SAMPLE, "CHUYEN", "r1", nguoiNhan="canbo03")
        self.assertEqual(len(self.effects()), 3, "an id lives a week")

    def test_version(self):
        self.assertEqual(self.system.act(SAMPLE, "THAM_DINH", yKien="Đạt", phienBan=9)["code"], "CONFLICT")
        self.assertEqual(self.system.act(SAMPLE, "THAM_DINH", yKien="Đạt", phienBan=1)["code"], 0)


class CivilFiles(ProvinceCase):
    def setUp(self):
        super().setUp()
        self.system = HoTich(self.province)
        self.assertEqual(self.system.login()["status"], "OK")

    def test_login_and_csrf(self):
        self.assertEqual(self.system.ask("GET", "/toi")["tenDangNhap"], "canbo01")
        self.assertEqual(HoTich(self.province).login("x")["errorCode"], "101")
        self.assertEqual(self.system.ask("POST", "/hoso/timkiem", form(trang=1), csrf="x")["errorCode"], "102")
        self.assertEqual(HoTich(self.province).ask("GET", "/toi")["errorCode"], "100")
        connection = http.client.HTTPConnection("127.0.0.1", self.province.port, timeout=PATIENCE)
        connection.request("GET", "/ho-tich/hoso/1", headers={"Accept": "text/html"})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.headers["Location"]), (302, "/ho-tich/dang-nhap"))
        connection.close()

    def test_search(self):
        whole = self.system.search()
        self.assertEqual(int(whole["tongSo"]), len(whole["danhSach"]))
        paged = [r for page in range(1, 30) for r in self.system.search(trang=page, soDong=5)["danhSach"]]
        self.assertEqual(paged, whole["danhSach"])
        self.assertTrue(all(r["soTiepNhan"].startswith("0") for r in paged))
        self.assertTrue(all(isinstance(v, str) for r in paged for v in r.values()))
        self.assertEqual(paged[0]["maHoSo"], SAMPLE)
        self.assertEqual({r["trangThai"] for r in paged}, set("012346"))
        cases = MotCua(self.province)
        cases.login()
        codes = {r["maHoSo"] for r in cases.rows()}
        self.assertGreater(sum(r["maHoSo"] in codes for r in paged), 5, "files of our own cases")
        self.system.act(paged[0]["soTiepNhan"], "ghichu", noiDung="x")
        changed = self.system.search(ngayCapNhat="22/11/2026 14:05:10")["danhSach"]
        self.assertEqual([r["soTiepNhan"] for r in changed], [paged[0]["soTiepNhan"]])
        self.assertEqual(self.system.search(ngayCapNhat="hôm qua")["errorCode"], "200")

    def test_every_action(self):
        for state, word, verb, fields, after in [
                ("1", "tiepnhan", "receive", {}, "3"), ("1", "bosung", "supplement", {"noiDung": "CCCD"}, "2"),
                ("1", "tuchoi", "reject", {"lyDo": "Sai"}, "6"), ("3", "hoanthanh", "complete", {"quyenSo": "01"}, "4"),
                ("2", "ghichu", "comment", {"noiDung": "x"}, "2")]:
            with self.subTest(verb):
                number = self.system.find(trangThai=state)["soTiepNhan"]
                answer = self.system.act(number, word, thamChieu="t-" + verb, **fields)
                self.assertEqual((answer["status"], answer["hoSo"]["trangThai"]), ("OK", after))
                effect, = self.effects(action=verb)
                self.assertEqual((effect["item"], effect["key"], effect["body"]),
                                 (number, "t-" + verb, {"thamChieu": "t-" + verb, **fields}))
                self.assertEqual(self.system.log(number)[-1]["thamChieu"], "t-" + verb)
                detail = self.system.ask("GET", "/hoso/" + number)["hoSo"]
                self.assertEqual({k: detail[k] for k in answer["hoSo"]}, answer["hoSo"])

    def test_a_repeat_is_a_second_one_or_refused_by_state(self):
        number = self.system.find(trangThai="3")["soTiepNhan"]
        for _ in range(2):
            self.assertEqual(self.system.act(number, "ghichu", noiDung="x", thamChieu="t1")["status"], "OK")
        self.assertEqual(len(self.effects(action="comment")), 2)
        first = self.system.act(number, "hoanthanh", thamChieu="t2")
        self.assertRegex(first["hoSo"]["soDangKy"], r"^\d+/2026$")
        self.assertEqual(self.system.act(number, "hoanthanh", thamChieu="t2")["errorCode"], "202")
        self.assertEqual(len(self.effects(action="complete")), 1)

    def test_refusals(self):
        number = self.system.find(trangThai="1")["soTiepNhan"]
        self.assertEqual(self.system.act(number, "hoanthanh")["errorCode"], "202")
        self.assertEqual(self.system.act(number, "tuchoi")["errorCode"], "200")
        self.assertEqual(self.system.act("0000000000", "ghichu", noiDung="x")["errorCode"], "201")
        self.assertEqual(self.system.act(number, "bay")["errorCode"], "201")
        self.assertEqual(self.system.act(number, "ghichu", noiDung="x" * (5 << 20))["errorCode"], "200", "over 4 MiB")
        self.assertEqual(self.effects(), [])

    def test_gives_a_waiting_request_up(self):
        number = self.system.find(trangThai="1")["soTiepNhan"]
        self.province.fault("delay", "ho-tich", "*/ghichu", ms=60000)
        self.assertEqual(self.system.act(number, "ghichu", noiDung="x")["errorCode"], "500")
        self.assertEqual(self.effects(), [])


class Expiry(ProvinceCase):
    options = {"token_ttl": 1}

    def test_each_says_so_in_its_own_manner(self):
        documents, cases, civil = VanBan(self.province).login(), MotCua(self.province), HoTich(self.province)
        self.assertEqual(cases.login()["data"]["expiresIn"], 1)
        civil.login()
        deadline = threading.Event()
        deadline.wait(1.1)
        self.assertEqual(documents.get("/me")[0], 401)
        self.assertEqual(cases.ask("GET", "/toi")["code"], "TOKEN_EXPIRED")
        self.assertEqual(civil.ask("GET", "/toi")["errorCode"], "100")
        status, answer = documents.token(grant_type="refresh_token", refresh_token=documents.refresh)
        self.assertEqual((status, answer["expires_in"]), (200, 1))


class Faults(ProvinceCase):
    def setUp(self):
        super().setUp()
        self.civil = HoTich(self.province)
        self.civil.login()
        self.number = self.civil.find(trangThai="3")["soTiepNhan"]

    def raw(self, connection, body=b"noiDung=x"):
        """What comes back on a socket, and how it ended."""
        request = (f"POST /ho-tich/hoso/{self.number}/ghichu HTTP/1.1\r\nHost: x\r\nCookie: {self.civil.cookie}\r\n"
                   f"X-CSRF-Token: {self.civil.csrf}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        received = b""
        try:
            connection.sendall(request)
            while b"\r\n\r\n" not in received or not self.complete(received):
                part = connection.recv(65536)
                if not part:
                    return received, "closed"
                received += part
        except ConnectionError:
            return received, "reset"
        return received, "open"

    @staticmethod
    def complete(received):
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        return length is not None and len(body) >= int(length.group(1))

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.province.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def test_resets_on_a_warm_connection(self):
        for mode, effects in [("dead", 0), ("reset-before", 0), ("reset-after", 1)]:
            with self.subTest(mode):
                connection, before = self.connect(), len(self.effects())
                received, end = self.raw(connection)
                self.assertEqual((received[:15], end), (b"HTTP/1.1 200 OK", "open"))
                self.province.fault(mode, "ho-tich", "*/ghichu")
                self.assertEqual(self.raw(connection), (b"", "reset"))
                self.assertEqual(len(self.effects()) - before, 1 + effects)
                self.assertEqual(self.raw(self.connect())[1], "open", "once means once")

    def test_200_lost_answers(self):
        self.province.fault("reset-after", "ho-tich", "*/ghichu", count=200)
        before = len(self.effects())
        for _ in range(200):
            self.assertEqual(self.raw(self.connect()), (b"", "reset"))
        self.assertEqual(len(self.effects()) - before, 200)
        self.assertEqual(self.raw(self.connect())[1], "open")

    def test_truncate(self):
        self.province.fault("truncate", "ho-tich", "*/ghichu")
        received, end = self.raw(self.connect())
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head).group(1))
        self.assertEqual(end, "closed")
        self.assertEqual(len(body), length // 2)

    def test_malformed(self):
        self.province.fault("malformed", "ho-tich", "*/ghichu")
        received, _ = self.raw(self.connect())
        with self.assertRaises(ValueError):
            json.loads(received.partition(b"\r\n\r\n")[2])

    def test_slow(self):
        self.province.fault("slow", "ho-tich", "*/ghichu", ms=320)
        received, end = self.raw(self.connect())
        self.assertEqual(end, "open")
        self.assertEqual(json.loads(received.partition(b"\r\n\r\n")[2])["status"], "OK")

    def test_status(self):
        self.province.fault("status", "ho-tich", "*/ghichu", status=500)
        received, _ = self.raw(self.connect())
        self.assertTrue(received.startswith(b"HTTP/1.1 500"), received)
        self.assertIn(b"text/html", received)
        self.assertEqual(self.effects(), [])

    def test_token_expired(self):
        documents, cases = VanBan(self.province).login(), MotCua(self.province)
        cases.login()
        self.province.fault("token-expired", count=3)
        self.assertEqual(HoTich(self.province).login()["status"], "OK", "a request without a login does not meet it")
        self.assertEqual(documents.get("/me")[0], 401)
        self.assertEqual(cases.ask("GET", "/toi")["code"], "TOKEN_EXPIRED")
        self.assertEqual(self.civil.ask("GET", "/toi")["errorCode"], "100")
        self.assertEqual(documents.token(grant_type="refresh_token", refresh_token=documents.refresh)[0], 200)
        self.assertEqual(cases.login()["code"], 0)
        self.assertEqual(self.civil.login()["status"], "OK")

    def test_a_delay_holds_nobody_up(self):
        self.province.fault("delay", "ho-tich", "*/ghichu", ms=4000)
        connection = self.connect()
        late = threading.Thread(target=self.raw, args=(connection,))
        late.start()
        while self.province.control("GET", "/demo/faults")["faults"]:
            pass
        cases = MotCua(self.province)
        self.assertEqual(cases.login()["code"], 0)
        self.assertTrue(cases.rows())
        self.assertTrue(late.is_alive(), "the others were answered while this one waits")
        late.join()
        self.assertEqual(len(self.effects()), 1)

    def test_rate_limit(self):
        """429 from a gateway in front, and how long to wait: in seconds, or as a date by its own clock."""
        self.province.fault("rate-limit", "ho-tich", ms=1500)
        self.province.fault("rate-limit", "ho-tich", ms=120000, date=True, status=503)
        status, headers, body = self.province.ask("GET", "/ho-tich/toi")
        self.assertEqual((status, headers["Retry-After"]), (429, "2"), body)
        self.assertIn("Quá nhiều yêu cầu", json.loads(body)["detail"])
        status, headers, body = self.province.ask("GET", "/ho-tich/toi")
        self.assertEqual(status, 503, body)
        wait = email.utils.parsedate_to_datetime(headers["Retry-After"]) - email.utils.parsedate_to_datetime(headers["Date"])
        self.assertIn(wait.total_seconds(), (119, 120))
        self.assertEqual(self.civil.ask("GET", "/toi")["status"], "OK")

    def test_matching(self):
        self.province.fault("status", "mot-cua", status=503, count=-1)
        self.assertEqual(self.civil.ask("GET", "/toi")["status"], "OK")
        for _ in range(3):
            self.assertEqual(self.province.ask("GET", "/mot-cua/api/toi")[0], 503)
        self.province.clear_faults()
        self.assertEqual(self.province.ask("GET", "/mot-cua/api/toi")[0], 200)
        status, _, body = self.province.ask("POST", "/demo/faults", {"mode": "explode"})
        self.assertEqual(status, 400)
        self.assertIn(b"reset-after", body)
        self.province.fault("status", probability=0.0, count=-1)
        self.assertEqual(self.civil.ask("GET", "/toi")["status"], "OK")


class Control(ProvinceCase):
    def test_systems(self):
        systems = {s["id"]: s for s in self.province.systems()}
        self.assertLessEqual({"van-ban", "mot-cua", "ho-tich", "dan-cu", "1022", "thu"}, set(systems))
        for name, system in systems.items():
            self.assertEqual(system["base"], f"{self.province.base}/{name}")
            self.assertEqual((system["connector"], system["username"]), (name, "canbo01"))
        self.assertEqual(set(systems["van-ban"]["secrets"]), {"client_id", "client_secret"})

    def test_items(self):
        cases = MotCua(self.province)
        cases.login()
        self.province.put({"system": "mot-cua", "key": "H99.101.01-261122-9001", "state": 4, "fields": {
            "title": "Mới", "due": "2026-11-25T17:00:00+07:00", "step": "Phê duyệt"}})
        row = cases.find(maHoSo="H99.101.01-261122-9001")
        self.assertEqual((row["tenThuTuc"], row["ngayHenTra"], row["phienBan"]), ("Mới", "25/11/2026 17:00", 1))
        self.province.put({"system": "mot-cua", "key": row["maHoSo"], "fields": {"title": "Khác", "step": None}})
        row = cases.find(maHoSo=row["maHoSo"])
        self.assertEqual((row["tenThuTuc"], row["trangThai"], row["phienBan"]), ("Khác", 4, 2))
        self.assertNotIn("buocXuLy", row)
        self.assertEqual(self.effects(), [], "a change from outside is no effect of an action")
        self.assertEqual(self.province.ask("POST", "/demo/items", {"system": "x"})[0], 400)

    def test_effects_in_order(self):
        civil = HoTich(self.province)
        civil.login()
        number = civil.find(trangThai="1")["soTiepNhan"]
        for text in ("một", "hai", "ba"):
            civil.act(number, "ghichu", noiDung=text)
        effects = self.effects()
        self.assertEqual([(e["seq"], e["body"]["noiDung"]) for e in effects], [(1, "một"), (2, "hai"), (3, "ba")])
        self.assertEqual(effects[0]["at"], "2026-11-22T14:05:10.000+07:00")
        later = self.province.control("GET", "/demo/effects?since=2&system=ho-tich")["effects"]
        self.assertEqual([e["seq"] for e in later], [3])
        self.assertEqual(self.province.control("GET", "/demo/effects?system=mot-cua")["effects"], [])

    def test_requests_are_counted(self):
        for _ in range(3):
            self.province.ask("GET", "/mot-cua/api/toi")
        self.assertEqual(self.province.control("GET", "/demo/requests"),
                         {"requests": {"GET /mot-cua/api/toi": 3}, "total": 3})
        self.assertEqual(self.province.control("DELETE", "/demo/requests")["total"], 0)

    def test_unknown_places(self):
        self.assertEqual(self.province.ask("GET", "/")[0], 404)
        self.assertEqual(self.province.ask("GET", "/van-ban/x")[0], 404)
        self.assertEqual(self.province.ask("PUT", "/demo/clock")[0], 405)
        self.assertEqual(self.province.ask("POST", "/demo/clock", {"now": "soon"})[0], 400)

    def test_the_same_seed_makes_the_same_province(self):
        def rows(**options):
            with Province(now=NOW, **options) as province:
                cases = MotCua(province)
                cases.login()
                return cases.rows()
        self.assertEqual(rows(items=40, seed=7), rows(items=40, seed=7))
        self.assertNotEqual(rows(items=40, seed=7), rows(items=40, seed=8))
        self.assertIn(SAMPLE, [r["maHoSo"] for r in rows(items=0)])


class Process(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="motcua-test-")
        self.addCleanup(self.directory.cleanup)
        self.state = os.path.join(self.directory.name, "province")

    def run_demo(self, *arguments):
        return subprocess.run([os.environ["MOTCUA_DEMO"], *arguments], capture_output=True, timeout=PATIENCE,
                              env=plain_environment())

    def test_state_is_kept(self):
        with Province(now=NOW, items=60, state=self.state) as province:
            civil = HoTich(province)
            civil.login()
            number = civil.find(trangThai="3")["soTiepNhan"]
            civil.act(number, "hoanthanh", thamChieu="t1")
            documents = VanBan(province).login()
            document = documents.find(stage="da_phan_cong")
            tag = documents.get(f"/documents/{document['id']}")[1]["ETag"]
            documents.act(document, "comments", {"text": "x"}, key="k", etag=tag)
            running = self.run_demo("effects", "--state", self.state)
            effects = province.effects()
            province.restart(signal.SIGKILL)
            self.assertEqual(civil.find(soTiepNhan=number)["trangThai"], "4", "logins and records outlive a kill")
            status, headers, _ = documents.act(document, "comments", {"text": "x"}, key="k", etag=tag)
            self.assertEqual((status, headers["Idempotency-Replayed"]), (200, "true"))
            self.assertEqual(province.effects(), effects)
            refused = self.run_demo("--state", self.state)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(self.state.encode(), refused.stderr)
        kept = self.run_demo("effects", "--state", self.state)
        self.assertEqual(kept.stdout, running.stdout)
        self.assertEqual([json.loads(line) for line in kept.stdout.splitlines()], effects)
        self.assertEqual(os.stat(self.state).st_mode & 0o777, 0o700)

    def test_wrong_usage(self):
        for arguments in (["--port", "70000"], ["--items", "-1"], ["--nonsense"], ["paint"], ["effects"], ["--parent-fd", "99"]):
            with self.subTest(arguments):
                done = self.run_demo(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertTrue(done.stderr.startswith(b"motcua-demo: "), done.stderr)
        self.assertEqual(self.run_demo("effects", "--state", self.state).returncode, 1)
        self.assertEqual(self.run_demo("--listen", "nowhere").returncode, 1)

    def test_dies_with_its_parent(self):
        """The parent is killed outright: nothing of it runs, and still the province ends."""
        script = ("import os, subprocess, sys, time\n"
                  "read, write = os.pipe()\n"
                  "p = subprocess.Popen([os.environ['MOTCUA_DEMO'], '--items', '5', '--parent-fd', str(read)],\n"
                  "                     stdout=subprocess.PIPE, pass_fds=[read])\n"
                  "p.stdout.readline(); print(p.pid, flush=True); time.sleep(600)\n")
        parent = subprocess.Popen(["python3", "-c", script], stdout=subprocess.PIPE,
                                  env={**plain_environment(), "MOTCUA_DEMO": os.environ["MOTCUA_DEMO"]})
        self.addCleanup(parent.stdout.close)
        pid = int(parent.stdout.readline())
        province = os.pidfd_open(pid)
        self.addCleanup(os.close, province)
        parent.kill()
        parent.wait()
        self.assertTrue(select.select([province], [], [], PATIENCE)[0], "the province is still there")

    def test_leaves_nothing(self):
        temporary = os.path.join(self.directory.name, "tmp")
        os.mkdir(temporary)
        process = subprocess.Popen([os.environ["MOTCUA_DEMO"], "--items", "2000"], stdout=subprocess.PIPE,
                                   env={**plain_environment(), "TMPDIR": temporary}, cwd=temporary)
        process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        self.assertEqual(os.listdir(temporary), [])


if __name__ == "__main__":
    unittest.main()
