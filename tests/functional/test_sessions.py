# SPDX-License-Identifier: Apache-2.0
"""Sessions: where a credential is put, when it is renewed by itself, how its end is recognised, and what is never sent
again by itself."""
import base64
import copy
import json
import time
import unittest

from province import Desk
from script import Script, answer

START = 1795395600  # 2026-11-23T08:00:00+07:00
CONNECTOR = {
    "motcua": 1, "id": "vn.motcua.thu", "title": "Thử", "kind": "case",
    "config": {"base": {"type": "url", "required": True}}, "base": {"$": "config.base"}, "limits": {"retries": 0},
    "auth": {}, "streams": {"all": {"request": {"url": "/all"}, "records": "/items", "key": "/id", "delta": {"full": "PT0S"},
                                    "map": {"title": "/title", "state": {"const": "new"}}}},
    "actions": {"act": {"label": "Làm", "on": "all", "request": {"method": "POST", "url": "/act"}, "idempotency": "same"}},
}
LOGIN = {"type": "login", "token": "/token", "inject": {"header": "X-Token", "value": "{token}"},
         "request": {"url": "/login", "json": {"u": {"$": "secret.username"}, "p": {"$": "secret.password"}}}}


def iso(moment):

    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


class Sessions(unittest.TestCase):
    def setUp(self):
        self.system = Script()
        self.addCleanup(self.system.close)
        self.tokens = 0
        self.system.usual.update({"/all": {"items": [{"id": "1", "title": "Một"}]}, "/act": {}})

    def token(self, **more):
        def give(_):
            self.tokens += 1
            return answer({"token": f"t{self.tokens}", **more})
        return give

    def desk_for(self, auth, status=0, **secrets):
        file = copy.deepcopy(CONNECTOR)
        file["auth"] = auth
        desk = Desk(env={"MOTCUA_NOW": iso(START)})
        self.addCleanup(desk.close)
        path = desk.write("config/connectors/thu.jsonc", json.dumps(file, ensure_ascii=False))
        desk.run("connector", "check", path, status=0)
        desk.run("system", "add", "thu", "--connector", path, "--set", f"base={self.system.base}", status=0)
        secrets = secrets or {"username": "canbo", "password": "mật khẩu:1"}
        desk.run("login", "thu", "--stdin", input="".join(f"{k}={v}\n" for k, v in secrets.items()) + "\n", status=status)
        self.system.forget()
        return desk

    def test_where_it_is_put(self):
        basic = "Basic " + base64.b64encode("canbo:mật khẩu:1".encode()).decode()
        for auth, secrets, header, query in (
                ({"type": "basic"}, {}, ("Authorization", basic), []),
                ({"type": "apikey", "inject": {"header": "X-Api-Key", "value": "{secret.key}"}}, {"key": "k/1+2"}, ("X-Api-Key", "k/1+2"), []),
                ({"type": "apikey", "inject": {"query": "api_key", "value": "{secret.key}"}}, {"key": "k/1+2&"}, (None, None), [("api_key", "k/1+2&")])):
            with self.subTest(auth):
                desk = self.desk_for(auth, **secrets)
                desk.run("sync", status=0)
                desk.act("act", "thu:1")
                self.assertEqual([a.path for a in self.system.log], ["/all", "/act"])
                for asked in self.system.log:
                    self.assertEqual(asked.query(), query)
                    if header[0]:
                        self.assertEqual(asked.headers[header[0]], header[1])

    def test_it_is_renewed_before_it_ends(self):
        """In each unit: while it lives it is used; within `skew` of its end the next request has a new one."""
        for unit, value in (("s", 3600), ("ms", 3600000), ("epoch-s", START + 3600), ("epoch-ms", (START + 3600) * 1000),
                            ("iso", iso(START + 3600))):
            with self.subTest(unit):
                self.tokens = 0
                self.system.usual["/login"] = self.token(life=value)
                desk = self.desk_for({**LOGIN, "expires": {"at": "/life", "unit": unit, "skew": 60}})
                for late, path in ((3400, ["/all"]), (3550, ["/login", "/all"])):
                    self.system.forget()
                    desk.run("sync", env={"MOTCUA_NOW": iso(START + late)}, status=0)
                    self.assertEqual([a.path for a in self.system.log], path)
                self.assertEqual(self.system.log[-1].headers["X-Token"], "t2")

    def test_its_end_is_recognised(self):
        """By status and by what the body says, in a read and in a write: one login, and the same request again."""
        self.system.usual["/login"] = self.token()
        desk = self.desk_for({**LOGIN, "expired": [{"status": [419]}, {"at": "/code", "in": ["HET_PHIEN", "CHUA_DANG_NHAP"]}]})
        desk.run("sync", status=0)
        for said in (answer({}, 419), answer({"code": "HET_PHIEN"}), answer({"code": "CHUA_DANG_NHAP"}, 500), answer({}, 401)):
            for method, path, command in (("GET", "/all", ("sync",)), ("POST", "/act", ("act", "act", "thu:1", "--yes"))):
                with self.subTest((said, path)):
                    self.system.forget()
                    self.system.plan(method, path, said)
                    desk.run(*command, status=0)
                    self.assertEqual([a.path for a in self.system.log], [path, "/login", path])
        # One that is over as soon as it began is no login at all.
        self.system.forget()
        self.system.usual["/all"] = answer({}, 419)
        desk.run("sync", status=3)
        self.assertLessEqual(len(self.system.asked(path="/login")), 2)

    def test_a_refused_password_is_not_sent_again(self):
        self.system.usual["/login"] = answer({"detail": "Sai mật khẩu, còn 2 lần"}, 401)
        desk = self.desk_for({**LOGIN, "errors": [{"when": {"status": [401]}, "class": "auth", "message": "/detail"}]}, status=3)
        self.system.usual["/login"] = self.token()
        desk.run("login", "thu", "--stdin", input="username=a\npassword=b\n\n", status=0)
        self.system.usual["/login"] = answer({"detail": "Sai mật khẩu, còn 2 lần"}, 401)
        self.system.usual["/all"] = answer({}, 401)
        self.system.forget()
        for _ in range(4):
            told = desk.run("sync", status=3)
        self.assertEqual(len(self.system.asked(path="/login")), 1)
        self.assertIn("motcua login thu", told.stderr)

    def test_a_forgery_token_by_each_way(self):
        """Read from the login's answer, a cookie or a header; put into a header of what changes something alone."""
        for read, said in (("/csrf", answer({"csrf": "c1"}, headers={"Set-Cookie": "SID=s1; Path=/; HttpOnly"})),
                           ({"header": "X-Next"}, answer({}, headers={"Set-Cookie": "SID=s1; Path=/", "X-Next": "c1"}))):
            with self.subTest(read):
                self.system.usual["/login"] = said
                desk = self.desk_for({"type": "cookie", "request": {"url": "/login", "form": {"u": {"$": "secret.username"}}},
                                      "csrf": {"read": read, "inject": {"header": "X-CSRF", "value": "{session.csrf}"}}})
                desk.run("sync", status=0)
                desk.act("act", "thu:1")
                listed, acted = self.system.log
                self.assertEqual((listed.headers["Cookie"], listed.headers["X-CSRF"]), ("SID=s1", None))
                self.assertEqual((acted.headers["Cookie"], acted.headers["X-CSRF"]), ("SID=s1", "c1"))


if __name__ == "__main__":
    unittest.main()
