# SPDX-License-Identifier: Apache-2.0
"""Logging in without a person: OAuth 2 in each way a client is known, tokens that serve once, one session for
several systems, signed requests, and trouble that only a person can mend."""
import json
import os
import re
import signal
import subprocess
import unittest

from province import HERE, PATIENCE, Desk, Province, until

LAB = os.path.join(HERE, "..", "functional", "lab")


def connector(name):
    with open(os.path.join(LAB, name + ".jsonc"), encoding="utf-8") as file:
        return file.read()


class Lab(unittest.TestCase):
    OPTIONS = {}

    def setUp(self):
        self.province = Province(lab=True, items=0, **self.OPTIONS)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=[])
        self.addCleanup(self.desk.close)

    def system(self, name):
        return next(s for s in self.province.systems() if s["id"] == name)

    def add(self, name, login=True, text=None, **settings):
        """Configures a system of the workbench with its connector, or with a changed text of it."""
        system = self.system(name)
        file = self.desk.write(f"config/connectors/{name}.jsonc", text or connector(name))
        pairs = {"base": system["base"], **settings}
        self.desk.run("system", "add", name, "--connector", file,
                      *[word for k, v in pairs.items() for word in ("--set", f"{k}={v}")], status=0)
        if login:
            self.desk.login(system)
        return system

    def count(self, action, **wanted):
        return len(self.province.effects(action=action, **wanted))

    def titles(self, system, status=0):
        return sorted(i["title"] for i in self.desk.items(f"system:{system}", status=status))

    def secret(self, system, name, value=None):
        """What the credential helper keeps, or keeps from now on."""
        path = next(p for p in os.listdir(self.desk.secrets) if re.search(rf"\b{system}\b.*\b{name}$", p))
        path = os.path.join(self.desk.secrets, path)
        if value is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(value + "\n")
        with open(path, encoding="utf-8") as file:
            return file.read().strip()


class Grants(Lab):
    def test_each_way_a_client_is_known(self):
        """Basic, in the body, and not at all; a wrong way is refused."""
        text = connector("lab-oauth")
        for client in ("lab-basic", "lab-post", "lab-none"):
            for way in ("basic", "post", "none"):
                with self.subTest(client=client, way=way):
                    self.desk.run("system", "remove", "lab-oauth")
                    changed = text.replace('"lab-basic", "auth": "basic"', f'"{client}", "auth": "{way}"')
                    system = self.add("lab-oauth", login=False, text=changed)
                    right = client == "lab-" + way
                    self.desk.login(system, status=0 if right else 3)
                    if right:
                        self.desk.run("sync", "lab-oauth", status=0)
                        self.assertEqual(len(self.titles("lab-oauth")), 3)
        self.assertEqual(self.count("password"), 3)

    def test_client_credentials(self):
        text = connector("lab-oauth").replace('"grant": "password"', '"grant": "client_credentials", "scope": "tasks"')
        self.add("lab-oauth", text=text)
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.titles("lab-oauth")), 3)
        item = self.desk.items("system:lab-oauth")[0]["id"]
        self.desk.act("finish", item)
        self.assertEqual(self.count("finish"), 1)
        # No refresh token comes with it: an end of the session is a login anew.
        self.province.fault("token-expired", system="lab-oauth", path="/tasks")
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(self.count("client_credentials"), 2)


class Rotation(Lab):
    def expire(self):
        self.province.fault("token-expired", system="lab-oauth", path="/*")

    def setUp(self):
        super().setUp()
        self.add("lab-oauth")

    def test_an_expired_token_is_refreshed(self):
        self.expire()
        self.desk.run("sync", status=0)
        self.assertEqual((self.count("refresh"), self.count("password"), self.count("reuse")), (1, 1, 0))

    def test_racing_processes_keep_the_login(self):
        """Eight at once meet the same expired token; one refreshes for all."""
        for _ in range(3):
            before = self.count("refresh")
            session = json.loads(self.secret("lab-oauth", "session"))
            session["expires"] = 1
            self.secret("lab-oauth", "session", json.dumps(session))
            processes = [self.desk.start("system", "test", "lab-oauth", stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE) for _ in range(8)]
            for process in processes:
                said = process.communicate(timeout=3 * PATIENCE)[1]
                self.assertEqual(process.returncode, 0, said)
            self.assertEqual(self.count("refresh"), before + 1)
        self.assertEqual((self.count("password"), self.count("reuse")), (1, 0))

    def test_a_lost_answer_is_not_asked_for_again(self):
        """The token it carried may have served: it is not sent a second time, and the login is made anew."""
        self.expire()
        self.province.fault("reset-after", system="lab-oauth", path="/token")
        self.desk.run("sync", status=0)
        self.assertEqual((self.count("refresh"), self.count("reuse"), self.count("password")), (1, 0, 2))
        self.assertEqual(len(self.titles("lab-oauth")), 3)

    def test_not_sent_again_by_a_later_process_either(self):
        self.expire()
        self.province.fault("reset-after", system="lab-oauth", path="/token")
        self.province.fault("status", system="lab-oauth", path="/token", status=503, count=-1)
        self.desk.run("sync", status=4)
        self.province.clear_faults()
        self.desk.run("sync", status=0)
        self.assertEqual((self.count("reuse"), self.count("password")), (0, 2))

    def test_killed_between_receiving_and_storing(self):
        """The new token is lost with the process; the old one has served. The server calls that reuse and ends
        the session; the stored password makes a new one, once, and nothing is locked out."""
        marker = os.path.join(self.desk.temporary.path, "hold")
        helper = os.path.join(self.desk.temporary.path, "helper")
        with open(helper, "w", encoding="utf-8") as file:
            file.write(f'test "$2" = store && test -e {marker} && echo $$ >{marker}.pid && exec sleep 600\n'
                       f'exec sh {HERE}/credential-helper "$@"\n')
        self.desk.write("config/config.ini", "[motcua]\nlanguage = vi\n"
                        f"secrets = command:sh {helper} {self.desk.secrets}\n")
        open(marker, "w", encoding="utf-8").close()
        self.expire()
        process = self.desk.start("sync", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: os.path.exists(marker + ".pid") and os.path.getsize(marker + ".pid"), what="the store")
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        with open(marker + ".pid", encoding="utf-8") as file:
            os.kill(int(file.read()), signal.SIGKILL)
        os.remove(marker)
        self.assertEqual((self.count("refresh"), self.count("password")), (1, 1))
        self.desk.run("sync", status=0)
        self.assertEqual((self.count("reuse"), self.count("password")), (1, 2))
        self.desk.run("sync", status=0)
        self.assertEqual((self.count("reuse"), self.count("password")), (1, 2))


class Shared(Lab):
    def setUp(self):
        super().setUp()
        self.add("lab-oauth")

    def test_one_session_for_both(self):
        self.add("lab-shared", login=False, gateway="lab-oauth")
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.titles("lab-shared")), 3)
        self.desk.act("finish", self.desk.items("system:lab-shared")[0]["id"])
        self.assertEqual(self.count("finish", system="lab-shared"), 1)
        # Its `expired` renews the gateway's session, once for all.
        self.province.fault("token-expired", system="lab-shared", path="/tasks")
        session = self.secret("lab-oauth", "session")
        self.desk.run("sync", status=0)
        self.assertNotEqual(session, self.secret("lab-oauth", "session"))
        self.assertEqual((self.count("password"), self.count("refresh"), self.count("reuse")), (1, 1, 0))

    def test_its_own_injection(self):
        text = connector("lab-shared").replace(
            '"with": {"$": "config.gateway"}',
            '"with": {"$": "config.gateway"}, "inject": {"header": "X-Gateway-Token", "value": "{token}"}')
        self.add("lab-shared", login=False, text=text, gateway="lab-oauth")
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.titles("lab-shared")), 3)

    def test_logging_in_is_the_gateways(self):
        self.add("lab-shared", login=False, gateway="lab-oauth")
        said = self.desk.login(self.system("lab-shared"), client_secret=self.system("lab-oauth")["secrets"]["client_secret"])
        self.assertIn("lab-shared đăng nhập qua lab-oauth", said.stderr)
        self.assertIn("lab-oauth: đã đăng nhập", said.stdout)
        self.assertIn("lab-oauth", self.desk.run("logout", "lab-shared", status=0).stderr)
        self.desk.run("sync", "lab-shared", status=0)
        self.desk.run("logout", "lab-oauth", "--wipe", status=0)
        said = self.desk.run("sync", "lab-shared", status=3)
        self.assertIn("motcua login lab-oauth", said.stderr)
        listed = {s["id"]: s for s in self.desk.run("system", "list", "--json").json()}
        self.assertEqual(listed["lab-shared"]["gateway"], "lab-oauth")
        self.assertNotIn("gateway", listed["lab-oauth"])

    def test_a_gateway_that_is_missing_or_faulty_is_named(self):
        self.add("lab-shared", login=False, gateway="cong")
        said = self.desk.run("sync", "lab-shared", status=(1, 2))
        self.assertIn("“cong”", said.stderr)
        self.assertIn("motcua system add cong", said.stderr)
        self.desk.write("config/systems/cong.ini", "[system]\nconnector = khong-co\n")
        self.assertIn("“cong”, mà chính hệ thống đó", self.desk.run("doctor").stdout)
        # The others go on.
        self.desk.run("sync", "lab-oauth", status=(0, 2))
        self.assertEqual(len(self.titles("lab-oauth", status=(0, 2, 4))), 3)


class Signed(Lab):
    def test_every_request_is_signed(self):
        self.add("lab-sign")
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.titles("lab-sign")), 3)
        item = self.desk.items("system:lab-sign")[0]["id"]
        self.desk.act("finish", item)
        self.assertEqual(self.count("finish"), 1)

    def test_a_repeat_is_signed_anew(self):
        """A lost answer, then the same write again: another nonce, or the system would call it a replay."""
        self.add("lab-sign")
        self.desk.run("sync", status=0)
        self.province.fault("reset-after", system="lab-sign", path="/tasks/*/finish")
        self.desk.act("finish", self.desk.items("system:lab-sign")[0]["id"])
        self.assertEqual(self.count("finish"), 1)

    def test_a_wrong_key_is_refused_at_the_login(self):
        system = self.add("lab-sign", login=False)
        self.desk.login(system, status=3, key="sai")


class Trouble(Lab):
    def setUp(self):
        super().setUp()
        self.one = self.add("lab-single")
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.titles("lab-single")), 3)

    def mode(self, word):
        self.province.ask("POST", f"/lab-single/mode/{word}")

    def browser(self):
        """Somebody logs in with the same account."""
        body = {"user": self.one["username"], "password": self.one["password"]}
        return json.loads(self.province.ask("POST", "/lab-single/login", body)[2])["token"]

    def asked(self):
        return self.province.control("GET", "/demo/requests")["requests"].get("GET /lab-single/tasks", 0)

    def status(self):
        return next(s for s in self.desk.run("system", "list", "--json").json() if s["id"] == "lab-single")

    def test_a_session_that_sees_nothing_removes_nothing(self):
        """Its list answers 200 and is empty; the probe knows better."""
        self.province.fault("token-expired", system="lab-single", path="/me")
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(len(self.titles("lab-single")), 3)
        self.assertEqual(self.count("login"), 2)

    def test_a_session_that_ends_behind_the_probe_removes_nothing(self):
        """The probe was still the person's, the list is a guest's: whole, with a total of 0, and empty."""
        self.province.fault("token-expired", system="lab-single", path="/tasks")
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(len(self.titles("lab-single")), 3)
        self.assertEqual(self.count("login"), 2)
        self.province.fault("token-expired", system="lab-single", path="/tasks", count=2)
        said = self.desk.run("sync", "--full", status=4)
        self.assertIn("không bỏ việc nào", said.stderr)
        self.assertEqual(len(self.titles("lab-single", status=(0, 4))), 3)
        self.desk.run("sync", "--full", status=0)

    def test_a_login_that_leaves_a_guest_is_no_login(self):
        self.mode("guest")
        self.province.fault("token-expired", system="lab-single", path="/me")
        self.desk.run("sync", "--full", status=3)
        self.assertEqual(len(self.titles("lab-single", status=(0, 4))), 3)
        self.desk.login(self.one, status=3)
        self.desk.login(self.one, status=3, password="sai")

    def test_thrown_out_it_does_not_fight(self):
        logins = self.count("login")
        self.browser()
        for _ in range(3):
            said = self.desk.run("sync", "--full", status=3)
            self.assertIn("Tài khoản đã đăng nhập ở máy khác", said.stderr)
            self.assertIn("motcua login lab-single", said.stderr)
        self.assertEqual(self.count("login"), logins + 1)
        self.assertEqual(self.status()["state"], "login")
        self.assertIn("đang được dùng ở nơi khác", self.status()["message"])
        self.assertEqual(self.desk.run("login", "--status", "lab-single").status, 3)
        self.assertEqual(len(self.titles("lab-single", status=(0, 4))), 3)
        # The person decides.
        self.desk.login(self.one)
        self.desk.run("sync", "--full", status=0)
        self.assertEqual(self.status()["state"], "ok")

    def test_an_inbox_is_not_thrown_out_by_a_login_beside_it(self):
        """Another motcua's login threw this one out: its session is stored, and is used."""
        with self.desk.screen(cols=120, rows=30) as screen:
            screen.wait("1/1 hệ thống")
            self.desk.login(self.one)
            logins = self.count("login")
            asked = self.asked()
            screen.key("r")
            until(lambda: self.asked() > asked, what="the pull with the newer session")
            self.desk.run("sync", "--full", status=0)
            self.assertEqual(self.count("login"), logins)
            self.assertFalse(os.path.exists(self.desk.path("state/lab-single.refused")))

    def test_the_inbox_says_it(self):
        self.browser()
        self.desk.run("sync", "--full", status=3)
        with self.desk.screen(cols=160, rows=30) as screen:
            screen.wait("đăng nhập (s)")
            screen.key("s")
            screen.wait("đang được dùng ở nơi khác")

    def test_a_locked_account_is_left_alone(self):
        self.mode("locked")
        self.province.fault("token-expired", system="lab-single", path="/me")
        for _ in range(3):
            said = self.desk.run("sync", "--full", status=3)
            self.assertIn("đã khóa tài khoản: Tài khoản đã bị khóa do nhập sai nhiều lần", said.stderr)
        self.assertEqual(self.count("login-locked"), 1)

    def test_a_password_that_must_be_changed(self):
        self.mode("change")
        self.province.fault("token-expired", system="lab-single", path="/me")
        said = self.desk.run("sync", "--full", status=3)
        self.assertIn("yêu cầu đổi mật khẩu trước: Mật khẩu đã quá 90 ngày, phải đổi", said.stderr)
        said = self.desk.login(self.one, status=3)
        self.assertIn("Mật khẩu đã quá 90 ngày", said.stderr)
        self.mode("normal")
        self.desk.login(self.one)
        self.desk.run("sync", "--full", status=0)


if __name__ == "__main__":
    unittest.main()
