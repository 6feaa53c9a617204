# SPDX-License-Identifier: Apache-2.0
"""A client certificate, its key and the authority behind a system: shown where it belongs and to nobody else."""
import json
import os
import shutil
import ssl
import unittest

from province import HERE, Desk, Province, Temporary

with open(os.path.join(HERE, "..", "functional", "lab", "lab-cert.jsonc"), encoding="utf-8") as _file:
    CONNECTOR = _file.read()
LOCKED = CONNECTOR.replace('"key": {"$": "config.key"}',
                           '"key": {"$": "config.key"}, "passphrase": {"$": "secret.passphrase"}')


class Certificate(unittest.TestCase):
    def setUp(self):
        self.folder = Temporary()
        self.addCleanup(self.folder.remove)
        self.province = Province(lab=True, items=0, tls=self.folder.path)
        self.addCleanup(self.province.stop)
        self.desk = Desk()
        self.addCleanup(self.desk.close)
        self.system = next(s for s in self.province.systems() if s["id"] == "lab-cert")

    def file(self, name):
        return os.path.join(self.folder.path, name)

    def add(self, text=CONNECTOR, status=0, **settings):
        pairs = {"base": self.system["base"], "ca": self.file("ca.pem"), **settings}
        file = self.desk.write("config/connectors/cert.jsonc", text)
        self.desk.run("system", "remove", "lab-cert")
        return self.desk.run("system", "add", "lab-cert", "--connector", file,
                             *[w for k, v in pairs.items() for w in ("--set", f"{k}={v}")], status=status)

    def test_who_shows_it_is_let_in(self):
        self.assertTrue(self.system["base"].startswith("https://"))
        self.add(cert=self.file("client.pem"), key=self.file("client-key.pem"))
        self.desk.run("sync", status=0)
        items = self.desk.items("system:lab-cert")
        self.assertEqual(len(items), 3)
        self.desk.act("finish", items[0]["id"])
        self.assertEqual(len(self.province.effects(action="finish")), 1)
        self.assertEqual(self.desk.run("doctor").stdout.count("✗ Hệ thống"), 0)

    def test_one_file_for_both(self):
        both = self.file("both.pem")
        with open(os.open(both, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            for name in ("client.pem", "client-key.pem"):
                with open(self.file(name), encoding="utf-8") as part:
                    file.write(part.read())
        self.add(cert=both)
        self.desk.run("sync", status=0)

    def test_strangers_are_not(self):
        """Without one, and with one that nobody vouches for."""
        self.add()
        self.assertIn("Cần chứng thư của cán bộ", self.desk.run("sync", status=4).stderr)
        self.add(cert=self.file("stranger.pem"), key=self.file("stranger-key.pem"))
        self.assertNotEqual(self.desk.run("sync").status, 0)
        self.assertEqual(self.desk.items("system:lab-cert"), [])

    def test_a_server_that_nobody_vouches_for_is_not_believed(self):
        self.add(ca=self.file("stranger.pem"), cert=self.file("client.pem"), key=self.file("client-key.pem"))
        self.assertNotEqual(self.desk.run("sync").status, 0)
        self.assertEqual(self.province.control("GET", "/demo/requests")["requests"], {})

    def test_paths(self):
        """Relative to the folder of the system's own file; on the command line, to where the person stands."""
        for name in ("ca.pem", "client.pem", "client-key.pem"):
            shutil.copy(self.file(name), self.desk.path("config/systems/") if os.path.isdir(
                self.desk.path("config/systems")) else self.desk.write("config/systems/" + name, ""))
        file = self.desk.write("config/connectors/cert.jsonc", CONNECTOR)
        self.desk.write("config/systems/lab-cert.ini", f"[system]\nconnector = {file}\n[config]\nbase = "
                        f"{self.system['base']}\nca = ca.pem\ncert = ./client.pem\nkey = client-key.pem\n")
        os.chmod(self.desk.path("config/systems/client-key.pem"), 0o600)
        self.desk.run("sync", status=0)
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder.path)
        os.environ["MOTCUA"] = os.path.abspath(os.path.join(before, os.environ["MOTCUA"]))
        self.add(ca="ca.pem", cert="client.pem", key="./client-key.pem")
        os.chdir("/")
        self.desk.run("sync", status=0)

    def test_faults_of_files_are_named(self):
        key = self.file("client-key.pem")
        for settings, mode, said in (
                ({"cert": self.file("none.pem")}, 0o600, "none.pem"),
                ({"cert": self.folder.path}, 0o600, "không phải là tệp"),
                ({"cert": self.file("client.pem"), "key": key}, 0o640, "chmod 600"),
                ({"cert": self.file("client.pem"), "key": key}, 0o604, "chmod 600"),
                ({"ca": "/nowhere/ca.pem"}, 0o600, "/nowhere/ca.pem")):
            with self.subTest(said=said):
                os.chmod(key, mode)
                self.add(**settings)
                done = self.desk.run("sync", "lab-cert")
                self.assertEqual(done.status, 2)
                self.assertIn(said, done.stderr)
                self.assertIn(said, self.desk.run("doctor").stdout)

    def test_a_key_behind_a_passphrase(self):
        self.add(LOCKED, cert=self.file("client.pem"), key=self.file("client-key-locked.pem"))
        said = self.desk.run("sync", status=3)
        self.assertIn("motcua login lab-cert", said.stderr)
        self.desk.login(self.system)
        self.desk.run("sync", status=0)
        self.assertEqual(len(self.desk.items("system:lab-cert")), 3)
        self.desk.login(self.system, passphrase="sai")
        self.assertNotEqual(self.desk.run("sync").status, 0)

    def test_without_its_passphrase_nobody_is_asked(self):
        """A TLS library would ask at the terminal by itself."""
        self.add(cert=self.file("client.pem"), key=self.file("client-key-locked.pem"))
        self.assertNotEqual(self.desk.run("sync").status, 0)
        with self.desk.screen("sync", cols=100) as screen:
            self.assertNotEqual(screen.exit(), 0)
            self.assertNotIn("PEM pass", screen.dump())

    def test_it_is_shown_to_its_system_alone(self):
        """Another host that asks for a certificate in the handshake gets none."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file("server.pem"))
        context.load_verify_locations(self.file("ca.pem"))
        context.verify_mode = ssl.CERT_OPTIONAL
        shown = []
        from test_audience import Listener
        stranger = Listener(lambda h: (shown.append(h.connection.getpeercert()),
                                       (200, {}, {"items": [], "title": "Lạ"}))[1], context)
        self.addCleanup(stranger.stop)
        stream = {"request": {"url": stranger.base + "/items"}, "records": "/items", "key": "/id", "map": {}}
        profile = json.loads("\n".join(line for line in CONNECTOR.splitlines() if not line.startswith("//")))
        profile["hosts"] = [stranger.base]
        profile["streams"]["away"] = stream
        self.add(json.dumps(profile), cert=self.file("client.pem"), key=self.file("client-key.pem"))
        self.desk.run("sync", status=0)
        self.assertEqual(shown, [{}] if shown and shown[0] == {} else [None])
        self.assertEqual(len(self.desk.items("system:lab-cert")), 3)
        # The same listener does see one that is shown to it.
        self.add(json.dumps({**profile, "base": stranger.base}), cert=self.file("client.pem"),
                 key=self.file("client-key.pem"))
        shown.clear()
        self.desk.run("sync")
        self.assertIn("canbo01", str(shown))


if __name__ == "__main__":
    unittest.main()
