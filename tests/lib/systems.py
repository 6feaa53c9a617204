# SPDX-License-Identifier: Apache-2.0
"""Clients of the demo province's systems, each through its own API: what a test sees a system say when
motcua is not asked."""
import base64
import json
import urllib.parse

BASIC = "Basic " + base64.b64encode(b"motcua:demo-client-secret").decode()


def form(**fields):
    return urllib.parse.urlencode(fields).encode()


class VanBan:
    """A client of the document system."""

    name = "van-ban"

    def __init__(self, province):
        self.province, self.access = province, None

    def token(self, **fields):
        status, _, body = self.province.ask("POST", "/van-ban/oauth/token", form(**fields), {
            "Authorization": BASIC, "Content-Type": "application/x-www-form-urlencoded"})
        return status, json.loads(body)

    def login(self):
        _, answer = self.token(grant_type="password", username="canbo01", password="demo-canbo01")
        self.access, self.refresh = answer["access_token"], answer["refresh_token"]
        return self

    def get(self, path, **headers):
        return self.province.ask("GET", "/van-ban/api/v2" + path, None,
                                 {"Authorization": "Bearer " + self.access, **headers})

    def list(self, query="page=1&size=500", **headers):
        return json.loads(self.get("/documents?" + query, **headers)[2])["items"]

    def find(self, **wanted):
        return next(r for r in self.list() if all(r.get(k) == v for k, v in wanted.items()))

    def act(self, document, word, body, key=None, etag=None, **headers):
        if etag is None:
            etag = self.get(f"/documents/{document['id']}")[1]["ETag"]
        headers = {"Authorization": "Bearer " + self.access, **headers}
        if etag:
            headers["If-Match"] = etag
        if key:
            headers["Idempotency-Key"] = key
        status, answer_headers, answer = self.province.ask(
            "POST", f"/van-ban/api/v2/documents/{document['id']}/{word}", body, headers)
        return status, answer_headers, json.loads(answer)


class MotCua:
    """A client of the one-stop system."""

    name = "mot-cua"

    def __init__(self, province):
        self.province, self.token = province, ""

    def ask(self, method, path, body=None):
        status, _, answer = self.province.ask(method, "/mot-cua/api" + path, body,
                                              {"Authorization": "Bearer " + self.token})
        assert status == 200, status
        return json.loads(answer)

    def login(self, password="demo-canbo01"):
        answer = self.ask("POST", "/dang-nhap", {"taiKhoan": "canbo01", "matKhau": password})
        self.token = answer.get("data", {}).get("token", self.token)
        return answer

    def rows(self, query="offset=0&limit=500"):
        return self.ask("GET", "/ho-so?" + query)["data"]["rows"]

    def find(self, word=None, **wanted):
        """A case that allows the action `word` (or any), and is as wanted."""
        return next(r for r in self.rows() if (word is None or word in r["allowed"])
                    and all(r.get(k) == v for k, v in wanted.items()))

    def act(self, code, word, request=None, **fields):
        body = {"thaoTac": word, **fields}
        if request:
            body["requestId"] = request
        return self.ask("POST", f"/ho-so/{code}/thao-tac", body)


class HoTich:
    """A client of the civil registration."""

    name = "ho-tich"

    def __init__(self, province):
        self.province, self.cookie, self.csrf = province, "", ""

    def ask(self, method, path, body=None, csrf=None, **headers):
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf if csrf is None else csrf, **headers}
        status, headers, answer = self.province.ask(method, "/ho-tich" + path, body, headers)
        assert status == 200, status
        return json.loads(answer)

    def login(self, password="demo-canbo01"):
        _, headers, answer = self.province.ask("POST", "/ho-tich/dang-nhap",
                                               form(tenDangNhap="canbo01", matKhau=password))
        answer = json.loads(answer)
        if answer["status"] == "OK":
            self.cookie, self.csrf = headers["Set-Cookie"].split(";")[0], answer["csrfToken"]
        return answer

    def search(self, **fields):
        return self.ask("POST", "/hoso/timkiem", form(**{"trang": 1, "soDong": 500, **fields}))

    def find(self, **wanted):
        return next(r for r in self.search()["danhSach"] if all(r[k] == v for k, v in wanted.items()))

    def act(self, number, word, **fields):
        return self.ask("POST", f"/hoso/{number}/{word}", form(**fields))

    def log(self, number):
        return self.ask("GET", f"/hoso/{number}/nhatky")["nhatKy"]
