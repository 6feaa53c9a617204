# SPDX-License-Identifier: Apache-2.0
"""A certified OpenID provider: the device grant through connectors/openid.jsonc, rotation that kills a reused refresh
token, and client credentials."""
import os
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from servers import Desk, HERE, Oidc, login  # noqa: E402

TOKEN_LIFE = 4  # seconds, as oidc.mjs gives it


class Device(unittest.TestCase):
    def setUp(self):
        self.provider = Oidc(os.environ["MOTCUA_TEST_MODULES"])
        self.addCleanup(self.provider.stop)
        self.desk = Desk(language="en")
        self.addCleanup(self.desk.close)
        self.desk.run("system", "add", "id", "--connector", "openid", "--set", f"base={self.provider.base}",
                      "--set", "client=motcua-device", "--set", "scope=openid offline_access profile email",
                      "--set", "device_path=/device/auth", "--set", "token_path=/token",
                      "--set", "userinfo_path=/me", status=0)

    def begin(self):
        process = self.desk.start("login", "id", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        text = ""
        while not re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", text):
            line = process.stdout.readline()
            self.assertTrue(line, process.stderr.read() if process.poll() is not None else text)
            text += line
        return process, re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", text)[1]

    def end(self, process, status):
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, status, out + err)
        return out + err

    def sign_in(self):
        process, code = self.begin()
        self.provider.approve(code)
        self.assertIn("canbo01", self.end(process, 0))

    def who(self, status=0):
        return self.desk.run("lookup", "id/me", status=status)

    def test_signs_in_and_asks_who(self):
        self.sign_in()
        self.assertIn("Cán bộ canbo01", self.who().stdout)

    def test_declined(self):
        process, code = self.begin()
        self.provider.approve(code, deny=True)
        self.end(process, 3)
        self.who(status=3)

    def test_renews_and_rotates(self):
        """Each renewal uses up the refresh token: a second and a third show that the new one was kept."""
        self.sign_in()
        for _ in range(3):
            time.sleep(TOKEN_LIFE + 1)
            self.assertIn("canbo01", self.who().stdout)

    def test_two_processes_keep_the_login(self):
        self.sign_in()
        for _ in range(3):
            time.sleep(TOKEN_LIFE + 1)
            both = [self.desk.start("lookup", "id/me", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True) for _ in range(2)]
            for process in both:
                out, _ = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, out)
                self.assertIn("canbo01", out)


class Service(unittest.TestCase):
    def test_its_own_name(self):
        provider = Oidc(os.environ["MOTCUA_TEST_MODULES"])
        self.addCleanup(provider.stop)
        with Desk(language="en") as desk:
            desk.run("system", "add", "service", "--connector", os.path.join(HERE, "oidc-service.jsonc"),
                     "--set", f"base={provider.base}", status=0)
            login(desk, "service", status=3, client_secret="wrong")
            self.assertIn("motcua-service", login(desk, "service", client_secret="demo client secret: 100%").stdout)
            desk.run("sync", status=0)
            self.assertEqual(sorted(i["id"] for i in desk.items()),
                             ["service:R-001", "service:R-002", "service:R-003"])
            time.sleep(TOKEN_LIFE + 1)
            desk.run("sync", "--full", status=0)


if __name__ == "__main__":
    unittest.main()
