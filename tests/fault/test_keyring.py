# SPDX-License-Identifier: Apache-2.0
"""Credentials in a real keyring: kept without a prompt, and each state of the keyring told by its name."""
import os
import unittest

from keyring import Keyring
from province import Desk, Province
from screen import PATIENCE

NOW = "2026-11-23T08:00:00+07:00"


class Kept(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=30)
        cls.addClassCleanup(cls.province.stop)

    def desk(self, keyring, secrets="secret-service", login=True):
        desk = Desk(self.province, secrets=secrets, env=keyring.environment, login=login)
        self.addCleanup(desk.close)
        return desk

    def no_secret_on_disk(self, desk):
        for where, _, names in os.walk(desk.home):
            for name in names:
                with open(os.path.join(where, name), "rb") as file:
                    text = file.read()
                for secret in (b"demo-canbo01", b"demo-client-secret"):
                    self.assertNotIn(secret, text, name)

    def test_login_restart_sync(self):
        with Keyring() as keyring:
            for secrets in ("secret-service", "auto"):
                desk = self.desk(keyring, secrets)
                desk.run("login", "--status", status=0)
                desk.run("sync", status=0)
                keyring.lock()
                keyring.unlock()  # the next session
                done = desk.run("sync", "--full", status=0)
                self.assertEqual(done.stderr, "")
                self.assertLessEqual({"ho-tich", "mot-cua", "van-ban"}, {i["system"] for i in desk.items()})
                self.no_secret_on_disk(desk)
                desk.run("logout", "--wipe", status=0)
                desk.run("sync", status=3)

    def test_a_locked_keyring_loses_nothing(self):
        with Keyring() as keyring:
            desk = self.desk(keyring)
            desk.run("sync", status=0)
            before = [i["id"] for i in desk.items()]
            keyring.lock()
            done = desk.run("sync", "--full", status=3, seconds=PATIENCE)
            self.assertTrue(done.stderr)
            self.assertEqual([i["id"] for i in desk.items()], before)
            desk.run("logout", "--wipe", seconds=PATIENCE)  # cannot be done now, and deletes nothing
            keyring.unlock()
            self.assertEqual(desk.run("sync", "--full", status=0).stderr, "")
            desk.run("login", "--status", status=0)

    def test_a_provider_that_goes_away(self):
        with Keyring() as keyring:
            desk = self.desk(keyring)
            desk.run("sync", status=0)
            keyring.stop_provider()
            done = desk.run("sync", "--full", status=3, seconds=PATIENCE)
            self.assertTrue(done.stderr)
            keyring.unlock()
            desk.run("sync", "--full", status=0)


class Told(unittest.TestCase):
    """What the matter is stands on stderr and in doctor, by its name."""

    WORDS = {"no-bus": "no session bus", "dead-bus": "no session bus", "no-provider": "no keyring runs",
             "no-collection": "never set up", "locked": "locked"}

    @classmethod
    def setUpClass(cls):
        cls.province = Province(now=NOW, items=30)
        cls.addClassCleanup(cls.province.stop)

    def check(self, state):
        with Keyring(state) as keyring, Desk(self.province, systems=["mot-cua"], login=False, language="en",
                                             secrets="secret-service", env=keyring.environment) as desk:
            system, = [s for s in self.province.systems() if s["id"] == "mot-cua"]
            said = [desk.login(system, status=3).stderr, desk.run("doctor", status=1, seconds=PATIENCE).stdout]
            pulled = desk.run("sync", status=3, seconds=PATIENCE).stderr
            if state == "no-collection":  # where there is no collection, nothing was ever stored
                self.assertIn("motcua login mot-cua", pulled)
            else:
                said.append(pulled)
            for text in said:
                self.assertIn(self.WORDS[state], text)
            for where, _, names in os.walk(desk.home):
                for name in names:
                    with open(os.path.join(where, name), "rb") as file:
                        self.assertNotIn(b"demo-canbo01", file.read(), name)

    def test_a_login_that_could_not_be_kept(self):
        """auto without a keyring is memory for one session: of no use to a command, which says so."""
        with Keyring("no-bus") as keyring, Desk(self.province, systems=["mot-cua"], login=False, language="en",
                                                secrets="auto", env=keyring.environment) as desk:
            system, = [s for s in self.province.systems() if s["id"] == "mot-cua"]
            self.assertIn("no session bus", desk.login(system, status=3).stderr)
            desk.run("sync", status=3)


for _state in Told.WORDS:
    setattr(Told, "test_" + _state.replace("-", "_"), lambda self, state=_state: self.check(state))


if __name__ == "__main__":
    unittest.main()
