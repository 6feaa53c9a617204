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


class Feedback:
    """A client of the switchboard 1022 (GeoReport v2)."""

    name = "1022"

    def __init__(self, province, key="demo-1022-api-key"):
        self.province, self.key = province, key

    def ask(self, method, path, fields=None, key=True):
        """(status, headers, value)"""
        join = "&" if "?" in path else "?"
        path = f"/1022{path}{join}api_key={self.key}" if key and fields is None else "/1022" + path
        body = None if fields is None else form(**({"api_key": self.key} if key else {}), **fields)
        status, headers, answer = self.province.ask(method, path, body, {
            "Content-Type": "application/x-www-form-urlencoded"} if body is not None else {})
        return status, headers, json.loads(answer)

    def list(self, query="page_size=500"):
        return self.ask("GET", "/requests.json?extensions=true&" + query)[2]

    def get(self, id):
        one, = self.ask("GET", f"/requests/{id}.json?extensions=true")[2]
        return one

    def find(self, state):
        return next(r for r in self.list() if r["extended_attributes"]["state"] == state)

    def act(self, id, word, **fields):
        method = "PUT" if word in ("receive", "assign", "close") else "POST"
        status, _, answer = self.ask(method, f"/requests/{id}/{word}.json", fields)
        return status, answer

    def updates(self, id):
        return self.ask("GET", f"/requests/{id}/updates.json")[2]


class Jmap:
    """A client of the official mail (JMAP)."""

    name = "thu"
    using = ("urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:submission")

    def __init__(self, province, password="demo-canbo01"):
        self.province = province
        self.login = "Basic " + base64.b64encode(f"canbo01:{password}".encode()).decode()

    def ask(self, method, path, body=None, **headers):
        return self.province.ask(method, "/thu" + path, body, {"Authorization": self.login, **headers})

    def calls(self, *calls, using=None):
        """The answers of method calls, each (name, arguments): [[name, arguments, id]]."""
        calls = [[name, {"accountId": "canbo01", **arguments}, str(i)] for i, (name, arguments) in enumerate(calls)]
        status, _, answer = self.ask("POST", "/jmap/", {"using": list(using or self.using), "methodCalls": calls})
        assert status == 200, answer
        return json.loads(answer)["methodResponses"]

    def call(self, name, **arguments):
        """The arguments of one method's answer; an error as {"type"}."""
        (_, answer, _), = self.calls((name, arguments))
        return answer

    def state(self):
        return self.call("Email/get", ids=[])["state"]

    def ids(self, **filter):
        return self.call("Email/query", filter=filter or None)["ids"]

    def get(self, *ids, **more):
        return self.call("Email/get", ids=list(ids), **more)["list"]

    def all(self):
        return self.get(*self.ids())

    def set(self, **arguments):
        return self.call("Email/set", **arguments)
