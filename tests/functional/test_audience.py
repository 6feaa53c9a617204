# SPDX-License-Identifier: Apache-2.0
"""Every credential has its audience: a second listener writes down all that reaches it, and nothing of a login
ever does, whatever the system answers."""
import base64
import http.server
import json
import os
import threading
import unittest
import urllib.parse

from province import Desk

USER, PASSWORD, KEY = "canbo-tham", "PASS-mat-khau", "KEY-bi-mat"
# What a login brings or is made of, in every form in which it could travel.
SECRETS = [USER, PASSWORD, KEY, "TOKEN-mot", "REFRESH-mot", "CSRF-mot", "COOKIE-mot", "KEPT-mot",
           base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()]
HEADERS = ["authorization", "cookie", "x-key", "x-token", "x-csrf", "x-signature", "x-kept"]


class Listener(http.server.ThreadingHTTPServer):
    """Writes down each request, whole, and answers by `answer(handler)`: (status, headers, JSON)."""

    daemon_threads = True

    def __init__(self, answer, encrypted=None):
        listener = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
                listener.seen.append((self.command, self.path, dict(self.headers.items()), self.body))
                status, headers, body = answer(self)
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": len(data), **headers}.items():
                    for one in value if isinstance(value, list) else [value]:
                        self.send_header(name, str(one))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = serve

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.base = f"http{'s' if encrypted else ''}://127.0.0.1:{self.server_port}"
        if encrypted:
            self.socket = encrypted.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()

    def text(self):
        return urllib.parse.unquote(json.dumps(self.seen, ensure_ascii=False))


class System:
    """What the system answers; `lure` says where it tries to lead."""

    def __init__(self, away):
        self.away, self.lure, self.file = away, None, ""

    def away_to(self, status, path):
        return status, {"Location": self.away() + path}, {}

    def answer(self, handler):
        path, lure = handler.path.split("?")[0], self.lure or ("", 0)
        if lure[0] == "redirect" and path.startswith(tuple(lure[2])):
            return self.away_to(lure[1], path)
        if path in ("/login", "/token"):
            return 200, {"Set-Cookie": ["SID=COOKIE-mot; Path=/; Domain=127.0.0.1", "XSRF=CSRF-mot; Path=/"]}, {
                "token": "TOKEN-mot", "access_token": "TOKEN-mot", "refresh": "REFRESH-mot",
                "refresh_token": "REFRESH-mot", "csrf": "CSRF-mot", "kept": "KEPT-mot"}
        if path == "/me":
            return 200, {}, {"login": USER, "kept": "KEPT-mot"}
        if path == "/items":
            return self.items(lure, handler)
        if path.startswith("/files/"):
            return 200, {}, {"files": [{"id": "t", "name": "tep.pdf", "at": self.file}]}
        return 200, {}, {"id": "1", "title": "Một", "ok": True}

    def items(self, lure, handler):
        if lure[0] == "expired" and len(lure) > 1:
            self.lure = (lure[1], lure[2], lure[3])
            return 401, {}, {}
        body = {"items": [{"id": str(i), "title": "Một", "more": self.away() + "/more?of=1"} for i in range(5)]}
        headers = {}
        if "page=2" not in handler.path:
            if lure[0] == "link":
                headers["Link"] = f'<{self.away()}/items?page=2>; rel="next"'
            if lure[0] == "next":
                body["next"] = self.away() + "/items?page=2"
        return 200, headers, body


LOGIN = {"url": "/login", "json": {"u": {"$": "secret.username"}, "p": {"$": "secret.password"}}}
PROBE = {"request": {"url": "/me"}, "success": {"at": "/login", "exists": True}, "keep": {"kept": "/kept"}}
KINDS = {
    "basic": {"type": "basic"},
    "key in a header": {"type": "apikey", "inject": {"header": "X-Key", "value": "{secret.key}"}},
    "key in the query": {"type": "apikey", "inject": {"query": "key", "value": "{secret.key}"}},
    "token in a custom header": {
        "type": "login", "request": LOGIN, "token": "/token", "inject": {"header": "X-Token", "value": "{token}"},
        "refresh": {"request": {"url": "/token", "json": {"r": {"$": "refresh"}}}, "token": "/refresh"}},
    "cookie": {"type": "cookie", "request": LOGIN,
               "csrf": {"read": "/csrf", "inject": {"header": "X-CSRF"}}},
    "oauth2": {"type": "oauth2", "grant": "password", "client": {"id": "c", "auth": "none"}, "token": "/token",
               "refresh": "rotate"},
    "sign": {"type": "sign", "secret": {"$": "secret.key"}, "over": [{"$": "request.url"}],
             "inject": [{"header": "X-Signature"}, {"header": "X-Key", "value": "{secret.key}"}]},
}


class Audience(unittest.TestCase):
    def setUp(self):
        self.count, self.kind = 0, ""
        self.stranger = Listener(lambda _: (200, {}, {"items": [], "id": "1", "title": "Lạ", "ok": True}))
        self.system = System(lambda: self.stranger.base)
        self.home = Listener(self.system.answer)
        self.desk = Desk()
        for close in (self.stranger.stop, self.home.stop, self.desk.close):
            self.addCleanup(close)

    def profile(self, auth, hosts=(), stream=None, **more):
        text = {
            "motcua": 1, "id": "test.audience", "title": "Đối tượng", "kind": "case",
            "config": {"base": {"type": "url", "required": True}, "gateway": {"type": "string"}},
            "base": {"$": "config.base"}, "hosts": list(hosts),
            "auth": {"expired": [{"status": [401]}], "probe": PROBE, **auth},
            "limits": {"retries": 0},
            "streams": {"items": {
                "request": {"url": "/items", "query": {"page": {"$": "page.number"}}},
                "records": "/items", "key": "/id", "keep": {"more": "/more"},
                "map": {"title": "/title", "state": {"const": "new"}}, **(stream or {})}},
            "actions": {"finish": {
                "label": "Xong", "on": "items", "allow": {"state": ["new"]}, "idempotency": "same",
                "request": {"method": "POST", "url": "/finish/{item.key}", "json": {"kept": {"$": "session.kept"}}}}},
            **more}
        if text["auth"]["type"] == "shared":
            text["auth"]["probe"] = {k: v for k, v in PROBE.items() if k != "keep"}
        return json.dumps(text)

    def add(self, profile, name=None, login=0, **settings):
        """Configures it as another system each time: what is known of the one before is of no matter."""
        self.count += 1
        self.name = name = name or f"he{self.count}"
        file = self.desk.write(f"config/connectors/{name}.jsonc", profile)
        pairs = {"base": self.home.base, **settings}
        self.desk.run("system", "add", name, "--connector", file,
                      *[w for k, v in pairs.items() for w in ("--set", f"{k}={v}")], status=0)
        if login is not None:
            form = f"username={USER}\npassword={PASSWORD}\nkey={KEY}\nclient_secret={KEY}\n\n"
            self.desk.run("login", name, "--stdin", input=form, status=login)

    def sync(self, status=None):
        return self.desk.run("sync", self.name, "--full", status=status)

    def nothing_reached_it(self):
        self.assertEqual(self.stranger.seen, [], self.kind)

    def nothing_of_a_login_reached_it(self):
        text = self.stranger.text()
        for secret in SECRETS:
            self.assertNotIn(secret, text, self.kind)
        for _, _, headers, _ in self.stranger.seen:
            self.assertEqual([h for h in headers if h.lower() in HEADERS], [])

    def each_kind(self):
        for self.kind, auth in KINDS.items():
            self.stranger.seen.clear()
            self.home.seen.clear()
            self.system.lure = None
            yield self.kind, auth

    def test_the_system_itself_gets_them(self):
        """Without this the other tests would prove nothing."""
        for name, auth in self.each_kind():
            self.add(self.profile(auth))
            self.sync(0)
            item = self.desk.items("system:" + self.name)[0]["id"]
            self.desk.act("finish", item)
            text = self.home.text()
            self.assertTrue(any(secret in text for secret in SECRETS[2:]), name)
            self.assertTrue(any(h.lower() in HEADERS for _, _, headers, _ in self.home.seen for h in headers)
                            or "key=" in text, name)
            self.nothing_reached_it()

    def test_redirects_of_what_is_read(self):
        for _, auth in self.each_kind():
            self.add(self.profile(auth))
            for status in (301, 302, 303, 307, 308):
                for path in ("/items", "/me"):
                    self.system.lure = ("redirect", status, [path])
                    self.assertNotEqual(self.sync().status, 0)
            self.nothing_reached_it()

    def test_redirects_of_logins_and_renewals(self):
        for name, auth in self.each_kind():
            if "request" not in auth and "token" not in auth:
                continue
            for status in (301, 302, 303, 307, 308):
                self.system.lure = ("redirect", status, ["/login", "/token"])
                self.add(self.profile(auth), login=(1, 3, 4))
                self.nothing_reached_it()
            self.system.lure = None
            self.add(self.profile(auth))
            self.system.lure = ("expired", "redirect", 307, ["/login", "/token"])
            self.assertNotEqual(self.sync().status, 0, name)
            self.nothing_reached_it()

    def test_redirects_of_what_changes_something(self):
        for _, auth in self.each_kind():
            self.add(self.profile(auth))
            self.sync((0, 5))  # what became of the last kind's actions is not known
            for item, status in zip(self.desk.items("system:" + self.name), (301, 302, 303, 307, 308)):
                self.system.lure = ("redirect", status, ["/finish/"])
                self.assertNotEqual(self.desk.run("act", "finish", item["id"], "--yes").status, 0)
            self.assertEqual(len([1 for _, path, _, _ in self.home.seen if path.startswith("/finish/")]), 5)
            self.nothing_reached_it()

    def test_next_pages(self):
        link = {"request": {"url": "/items"}, "pages": {"type": "link", "max": 5}}
        body = {"request": {"url": "/items"}, "pages": {"type": "link", "at": "/next", "max": 5}}
        for _, auth in self.each_kind():
            for lure, stream in (("link", link), ("next", body)):
                self.system.lure = (lure,)
                self.add(self.profile(auth, stream=stream))
                self.assertNotEqual(self.sync().status, 0)
                self.nothing_reached_it()
                # A host of the file's own is reached, without a credential.
                self.add(self.profile(auth, hosts=[self.stranger.base], stream=stream))
                self.sync(0)
                self.assertEqual(len(self.stranger.seen), 1)
                self.nothing_of_a_login_reached_it()
                # What the request itself names of the login keeps it at home.
                named = {**stream, "request": {"url": "/items", "headers": {"X-Kept": {"$": "session.kept"}}}}
                self.stranger.seen.clear()
                self.add(self.profile(auth, hosts=[self.stranger.base], stream=named))
                self.assertNotEqual(self.sync().status, 0)
                self.nothing_reached_it()

    def test_saved_addresses(self):
        detail = {"detail": {"request": {"url": {"$": "item.keep.more"}}, "map": {"title": "/title"}}}
        named = {"detail": {"request": {"url": {"$": "item.keep.more"}, "headers": {"X-Kept": {"$": "session.kept"}}},
                            "map": {"title": "/title"}}}
        for _, auth in self.each_kind():
            for stream, hosts, reached in ((detail, [], 0), (detail, [self.stranger.base], 1),
                                           (named, [self.stranger.base], 0)):
                self.stranger.seen.clear()
                self.add(self.profile(auth, hosts=hosts, stream=stream))
                self.sync(0)
                self.desk.run("show", self.desk.items("system:" + self.name)[0]["id"])
                self.assertEqual(len(self.stranger.seen), reached)
                self.nothing_of_a_login_reached_it()

    def test_addresses_of_files(self):
        """Where the list leads to another host, and where the system sends a download on to one."""
        files = {"on": "items", "list": {"request": {"url": "/files/{item.key}"}, "records": "/files"},
                 "map": {"key": "/id", "name": "/name"}, "keep": {"at": {"at": "/at", "as": "url"}},
                 "download": {"url": {"$": "file.keep.at"}}}
        named = {**files, "download": {"url": {"$": "file.keep.at"}, "headers": {"X-Kept": {"$": "session.kept"}}}}
        for name, auth in self.each_kind():
            if name not in ("key in a header", "key in the query", "cookie", "sign"):
                continue  # who puts credentials on a download is the same for all; these differ in where
            for part, hosts, address, reached in (
                    (files, [], self.stranger.base + "/f", 0), (files, [], "/sent-on", 0),
                    (files, [self.stranger.base], self.stranger.base + "/f", 1),
                    (files, [self.stranger.base], "/sent-on", None),
                    (named, [self.stranger.base], self.stranger.base + "/f", 0)):
                self.stranger.seen.clear()
                self.home.seen.clear()
                self.system.file = address
                self.system.lure = ("redirect", 302, ["/sent-on"])
                self.add(self.profile(auth, hosts=hosts, attachments=part))
                self.sync(0)
                item = self.desk.items("system:" + self.name)[0]["id"]
                done = self.desk.run("attach", "get", item, "tep.pdf", "-o", "-")
                self.assertTrue(any(path.startswith("/files/") for _, path, _, _ in self.home.seen), done)
                self.nothing_of_a_login_reached_it()
                if reached is not None:
                    self.assertEqual(len(self.stranger.seen), reached, done)

    def test_the_other_origin_of_a_login(self):
        """It gets the login's secrets and nothing that a login brought."""
        signin = Listener(self.system.answer)
        self.addCleanup(signin.stop)
        auth = {**KINDS["token in a custom header"], "origin": signin.base,
                "request": {**LOGIN, "url": signin.base + "/login"}}
        detail = {"detail": {"request": {"url": {"$": "item.keep.more"}}, "map": {"title": "/title"}}}
        self.stranger, stranger = signin, self.stranger
        self.addCleanup(stranger.stop)
        self.add(self.profile(auth, stream=detail))
        self.sync(0)
        self.desk.run("show", self.desk.items("system:" + self.name)[0]["id"])
        self.assertEqual([path for _, path, _, _ in signin.seen], ["/login"])
        self.assertIn(PASSWORD, signin.text())
        self.assertNotIn(PASSWORD, self.home.text())
        for secret in SECRETS[3:]:
            self.assertNotIn(secret, signin.text())

    def test_a_shared_session(self):
        """It goes to the systems that declare it, and to nobody they lead to."""
        shared = {"type": "shared", "with": {"$": "config.gateway"}}
        other = Listener(self.system.answer)
        self.addCleanup(other.stop)
        for name, auth in self.each_kind():
            self.add(self.profile(auth))
            gateway = self.name
            other.seen.clear()
            for lure in (None, ("redirect", 307, ["/items"]), ("link",)):
                self.system.lure = lure
                self.add(self.profile(shared, stream={"request": {"url": "/items"},
                                                      "pages": {"type": "link", "max": 5}}),
                         login=None, base=other.base, gateway=gateway)
                self.sync(0 if lure is None else (1, 4))
                self.nothing_reached_it()
            if name != "sign":
                self.assertTrue(any(secret in other.text() for secret in SECRETS[2:]))


# What shows in the file already is a fault of the file.
WRONG = [
    ({"auth": {"type": "login", "request": {**LOGIN, "url": "https://sso.example.vn/login"}, "token": "/token",
               "inject": {"header": "X", "value": "{token}"}}}, "/auth/request/url", "secret.username"),
    ({"auth": {"type": "login", "request": {**LOGIN, "url": "https://sso.example.vn/login"}, "token": "/token",
               "origin": "https://other.example.vn", "inject": {"header": "X", "value": "{token}"}}},
     "/auth/request/url", "auth.origin"),
    ({"auth": {"type": "oauth2", "grant": "password", "client": {"id": "c"}, "token": "https://sso.example.vn/t"}},
     "/auth/token", "auth.origin"),
    ({"lookups": {"l": {"request": {"url": "https://x.example.vn/l", "query": {"k": {"$": "session.kept"}}},
                        "records": "/items", "value": "/id", "title": "/title"}}}, "/lookups/l/request/url",
     "session.kept"),
    ({"lookups": {"l": {"request": {"url": "https://x.example.vn/l/{session.kept}"},
                        "records": "/items", "value": "/id", "title": "/title"}}}, "/lookups/l/request/url",
     "session.kept"),
]
RIGHT = [
    {"auth": {"type": "login", "request": {**LOGIN, "url": "https://sso.example.vn/login"}, "token": "/token",
              "origin": "sso.example.vn", "inject": {"header": "X", "value": "{token}"}}},
    {"auth": {"type": "oauth2", "grant": "password", "client": {"id": "c"}, "token": "https://sso.example.vn/t",
              "origin": {"$": "config.gateway"}}},
    {"hosts": ["x.example.vn"], "lookups": {"l": {"request": {"url": "https://x.example.vn/l"}, "records": "/items",
                                                  "value": "/id", "title": "/title"}}},
    {"base": "https://x.example.vn/api",
     "lookups": {"l": {"request": {"url": "https://x.example.vn/l/{session.kept}"}, "records": "/items",
                       "value": "/id", "title": "/title"}}},
]


class Check(unittest.TestCase):
    def check(self, change):
        with Desk() as desk:
            profile = json.loads(Audience.profile(self, {"type": "basic"}))
            for name, value in change.items():
                profile[name] = {"probe": PROBE, **value} if name == "auth" else value
            return desk.run("connector", "check", desk.write("config/connectors/a.jsonc", json.dumps(profile)))

    def test_addresses_that_lead_away(self):
        for change, pointer, word in WRONG:
            with self.subTest(pointer=pointer, word=word):
                done = self.check(change)
                self.assertNotEqual(done.status, 0)
                self.assertIn(pointer, done.stdout + done.stderr)
                self.assertIn(word, done.stdout + done.stderr)

    def test_addresses_that_stay(self):
        for change in RIGHT:
            done = self.check(change)
            self.assertEqual(done.status, 0, done)


if __name__ == "__main__":
    unittest.main()
