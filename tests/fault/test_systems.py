# SPDX-License-Identifier: Apache-2.0
"""Systems on a bad day: dead, failing, torn, slow, logged out. What was pulled stays; what is wrong is said; what
comes back is taken up again."""
import json
import os
import threading
import unittest

from province import Desk, Province, until

NOW = "2026-11-23T08:00:00+07:00"
SYSTEMS = ("ho-tich", "mot-cua", "van-ban")


class Faults(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=90, **cls.options)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province, systems=SYSTEMS)
        cls.addClassCleanup(cls.desk.close)
        cls.desk.run("sync", status=0)

    def setUp(self):
        self.addCleanup(self.province.clear_faults)

    def allowed(self, system, action, count=1):
        touched = {e["system"] + ":" + e["item"] for e in self.province.effects()}
        ids = [i["id"] for i in self.desk.items(f"system:{system}")
               if action in i["actions"] and i["id"] not in touched]
        self.assertGreaterEqual(len(ids), count)
        return ids[:count]


class Dead(Faults):
    def test_three_bad_days_at_once(self):
        self.desk.run("sync", status=0)
        before = {i["id"]: i for i in self.desk.items()}
        self.assertFalse(any(i["stale"] for i in before.values()))
        self.province.fault("reset-before", "van-ban", count=-1)
        self.province.fault("status", "mot-cua", status=500, count=-1)
        self.province.fault("truncate", "ho-tich", count=-1)
        for _ in range(2):
            done = self.desk.run("sync", "--full", status=4)
            for system in SYSTEMS:
                self.assertRegex(done.stderr, rf"(?m)^motcua: {system}\b.{{10,}}$")
            self.assertEqual(done.stdout, "")
        after = {i["id"]: i for i in self.desk.items()}
        self.assertEqual(set(after), set(before))
        self.assertTrue(all(i["stale"] for i in after.values()))
        for id, item in after.items():
            self.assertEqual({**item, "stale": False}, before[id])
        self.assertEqual(len(self.desk.items("is:stale")), len(before))
        states = {s["id"]: s for s in self.desk.run("system", "list", "--json", status=0).json()}
        self.assertEqual({s["state"] for s in states.values()}, {"trouble"})
        for system in SYSTEMS:
            self.assertTrue(states[system]["message"])
            self.assertEqual(states[system]["last_complete"], NOW)
        table = self.desk.run("list", status=0)
        self.assertEqual(len(table.stdout.splitlines()), len(before) + 1)
        self.assertIn("van-ban", table.stderr)

        self.province.clear_faults()
        self.desk.run("sync", status=0)
        self.assertFalse(any(i["stale"] for i in self.desk.items()))
        self.assertEqual(self.desk.run("list", status=0).stderr, "")

    def test_nothing_listens(self):
        """The province is gone: the list is as it was, an action waits, and goes when it is back."""
        with Province(now=NOW, items=30) as province, Desk(province) as desk:
            desk.run("sync", status=0)
            before = desk.items()
            item = next(i["id"] for i in before if "comment" in i["actions"] and i["system"] == "ho-tich")
            province.stop()
            result, = desk.act("comment", item, "--field", "text=chờ", status=4)
            self.assertEqual(result["outcome"], "queued")
            self.assertEqual([i["id"] for i in desk.items()], [i["id"] for i in before])
            self.assertEqual(desk.items("is:pending")[0]["id"], item)
            province.start()
            desk.run("sync", status=0)
            self.assertEqual(len(province.effects(action="comment")), 1)

    def test_one_system_alone(self):
        """A fault of one system says nothing of the others."""
        self.province.fault("status", "mot-cua", status=503, count=-1)
        done = self.desk.run("sync", status=4)
        self.assertIn("motcua: mot-cua", done.stderr)
        self.assertNotIn("van-ban", done.stderr)
        self.assertEqual({i["system"] for i in self.desk.items("is:stale")}, {"mot-cua"})
        self.desk.run("sync", "van-ban", status=0)


class Torn(Faults):
    def test_before_the_effect(self):
        """The connection breaks before anything happened: it is sent again, once."""
        for system, action, field in (("van-ban", "comment", "text=x"), ("mot-cua", "appraise", "result=x"),
                                      ("ho-tich", "comment", "text=x")):
            id, = self.allowed(system, action)
            key = id.split(":")[1]
            self.province.fault("reset-before", system, f"*{key}/*", count=1)
            result, = self.desk.act(action, id, "--field", field, status=(0, 4, 5))
            if result["outcome"] != "done":
                until(lambda: self.desk.run("sync", system, status=(0, 4, 5)).status == 0, what="settled")
            self.assertEqual(len(self.province.effects(item=key)), 1, (system, result))
            self.assertEqual(self.desk.items("is:pending"), [])

    def test_a_token_that_expires_meanwhile(self):
        for system, action, field in (("van-ban", "comment", "text=x"), ("mot-cua", "appraise", "result=x"),
                                      ("ho-tich", "comment", "text=x")):
            id, = self.allowed(system, action)
            self.province.fault("token-expired", system, count=1)
            result, = self.desk.act(action, id, "--field", field)
            self.assertEqual(result["outcome"], "done")
            self.assertEqual(len(self.province.effects(item=id.split(":")[1])), 1)
            self.province.fault("token-expired", system, count=1)
            self.desk.run("sync", system, status=0)

    def test_slow_answers(self):
        self.province.fault("delay", ms=700, count=3)
        id, = self.allowed("mot-cua", "appraise")
        result, = self.desk.act("appraise", id, "--field", "result=x")
        self.assertEqual(result["outcome"], "done")
        self.assertEqual(len(self.province.effects(item=id.split(":")[1])), 1)

    def test_an_answer_cut_short(self):
        """The effect took place, its answer is half of one: not sent twice, not called failed."""
        for system, action, field in (("van-ban", "comment", "text=x"), ("mot-cua", "appraise", "result=x"),
                                      ("ho-tich", "comment", "text=x")):
            id, = self.allowed(system, action)
            key = id.split(":")[1]
            word = {"van-ban": "comments", "mot-cua": "thao-tac", "ho-tich": "ghichu"}[system]
            self.province.fault("truncate", system, f"*/{key}/{word}", count=1)
            result, = self.desk.act(action, id, "--field", field)
            self.assertEqual(result["outcome"], "done", system)
            self.assertEqual(len(self.province.effects(item=key)), 1)


class Logins(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=30)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, login=False)
        self.addCleanup(self.desk.close)
        self.systems = {s["id"]: s for s in self.province.systems()}

    def break_login(self, system, path):
        """Counts the logins that come: each meets this fault first, which changes nothing."""
        self.province.fault("delay", system, path, ms=0, count=1000)

    def met(self, path):
        faults = self.province.control("GET", "/demo/faults")["faults"]
        return sum(1000 - f["count"] for f in faults if f["path"] == path)

    def test_nobody_is_logged_in(self):
        done = self.desk.run("sync", status=3)
        for system in SYSTEMS:
            self.assertIn(f"motcua login {system}", done.stderr)
        self.desk.run("login", "--status", status=3)
        self.assertEqual(self.desk.items(), [])

    def test_a_refused_password_is_not_sent_again(self):
        for system, path in (("mot-cua", "/mot-cua/api/dang-nhap"), ("ho-tich", "/ho-tich/dang-nhap"),
                             ("van-ban", "/van-ban/oauth/token")):
            self.break_login(system, path)
            # stored by a good login, then changed at the system: what is stored is refused
            self.desk.login(self.systems[system])
            self.desk.run("logout", system, status=0)
            good = self.met(path)
            self.assertEqual(good, 1)
            self.change_stored(system)
            for _ in range(3):
                done = self.desk.run("sync", system, status=3)
            self.assertEqual(self.met(path), good + 1, system)
            self.assertIn(f"motcua login {system}", done.stderr)
            self.desk.run("login", system, "--status", status=3)
            self.desk.login(self.systems[system])
            self.assertEqual(self.met(path), good + 2)
            self.desk.run("sync", system, status=0)

    def change_stored(self, system):
        for name in os.listdir(self.desk.secrets):
            if name.endswith(f".{system}.password"):
                with open(os.path.join(self.desk.secrets, name), "w", encoding="utf-8") as file:
                    file.write("sai\n")

    def test_a_wrong_password_at_login(self):
        done = self.desk.login(self.systems["mot-cua"], status=3, password="sai")
        self.assertIn("Một cửa điện tử", done.stderr)
        self.assertNotIn("sai\n", done.stderr)
        self.desk.login(self.systems["mot-cua"])
        self.desk.run("sync", "mot-cua", status=0)

    def test_logging_out(self):
        self.desk.login(self.systems["mot-cua"])
        self.desk.run("logout", "mot-cua", status=0)
        self.desk.run("sync", "mot-cua", status=0)  # the password is still there
        self.desk.run("logout", "mot-cua", "--wipe", status=0)
        self.desk.run("sync", "mot-cua", status=3)
        self.assertEqual([n for n in os.listdir(self.desk.secrets) if ".mot-cua." in n], [])

    def test_no_secret_in_any_file(self):
        for system in self.systems.values():
            self.desk.login(system)
        self.desk.run("-v", "sync", status=0)
        self.desk.login(self.systems["van-ban"], status=3, password="mat-khau-sai-7")
        secrets = {b"demo-canbo01", b"mat-khau-sai-7", b"demo-client-secret"}
        for name in os.listdir(self.desk.secrets):
            if not name.endswith((".username", ".client_id")):
                with open(os.path.join(self.desk.secrets, name), "rb") as file:
                    value = file.read().strip()
                secrets |= {v.encode() for v in json.loads(value).values() if isinstance(v, str) and len(v) > 11} \
                    if value.startswith(b"{") else {value}
        found = []
        for where, _, names in os.walk(self.desk.home):
            for name in names:
                with open(os.path.join(where, name), "rb") as file:
                    text = file.read()
                found += [(name, s) for s in secrets if s in text]
                self.assertEqual(os.stat(os.path.join(where, name)).st_mode & 0o077, 0, name)
            self.assertEqual(os.stat(where).st_mode & 0o077, 0, where)
        self.assertEqual(found, [])


class Tokens(Faults):
    options = {"token_ttl": 2}

    def test_rotating_refresh_across_processes(self):
        """Tokens that live two seconds and refresh tokens that are good once: many processes, no login lost."""
        failures = []

        def work():
            for _ in range(4):
                done = self.desk.run("sync", "van-ban")
                if done.status != 0:
                    failures.append(str(done))

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.desk.run("login", "van-ban", "--status", status=0)


if __name__ == "__main__":
    unittest.main()
