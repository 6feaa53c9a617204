# SPDX-License-Identifier: Apache-2.0
"""Files in and out against a server that does with them whatever servers do: what arrives is the file, byte for
byte, or nothing; what leaves is what was given when the action was taken; nothing of a login goes elsewhere."""
import email.parser
import email.policy
import json
import os
import resource
import signal
import stat
import subprocess
import threading
import unittest

from fileserver import File, FileServer, sha256
from province import HERE, PATIENCE, Desk, until

LAB = os.path.join(HERE, "..", "functional", "lab", "lab-files.jsonc")
ITEM = "lab-files:a1"


class Files(unittest.TestCase):
    def setUp(self):
        self.server, self.store = FileServer(), FileServer(open=True)
        self.addCleanup(self.store.close)
        self.addCleanup(self.server.close)
        self.desk = Desk()
        self.addCleanup(self.desk.close)
        with open(LAB, encoding="utf-8") as file:
            self.text = file.read()

    def add(self, change=None):
        text = self.text.replace(*change) if change else self.text
        path = self.desk.write("config/connectors/lab-files.jsonc", text)
        self.desk.run("system", "add", "lab-files", "--connector", path, "--set", f"base={self.server.base}",
                      "--set", f"store={self.store.base}", status=0)
        self.desk.login({"id": "lab-files", "username": "u", "password": "p"})
        self.desk.run("sync", status=0)

    def give(self, **files):
        self.server.server.files.update(files)
        self.add()

    def target(self, name="out"):
        return os.path.join(self.desk.temporary.path, name)

    def get(self, key, status=0, **more):
        """The file's bytes, or None where there is none; and the run."""
        out = self.target()
        if os.path.exists(out):
            os.unlink(out)
        done = self.desk.run("attach", "get", ITEM, key, "-o", out, status=status, **more)
        if not os.path.exists(out):
            return None, done
        self.assertEqual(stat.S_IMODE(os.stat(out).st_mode), 0o600)
        with open(out, "rb") as file:
            return file.read(), done

    def left(self, *where):
        """Files that stand in a directory of the profile."""
        return [os.path.join(at, name) for at, _, names in os.walk(self.desk.path(os.path.join(*where)))
                for name in names]


class Getting(Files):
    def test_list_by_a_request(self):
        self.give(k1=File(b"1", "a.pdf"), k2=File(b"22", "a.pdf", type="application/pdf"), k3=File(b"3", hidden=True))
        listed = self.desk.run("attach", "list", ITEM, "--json", status=0).json()
        self.assertEqual([(f["key"], f["name"], f["size"], f["sha256"]) for f in listed],
                         [("k1", "a.pdf", 1, sha256(b"1")), ("k2", "a.pdf", 2, sha256(b"22"))])
        self.assertIn("k1, k2", self.desk.run("attach", "get", ITEM, "a.pdf", "-o", "-", status=1).stderr)
        self.assertEqual(self.desk.run("attach", "get", ITEM, "k2", "-o", "-", status=0).stdout, "22")
        self.assertEqual(len(self.desk.items("has:attachment")), 1)
        self.assertEqual(self.left("cache"), [])

    def test_names_are_untrusted(self):
        self.give(k1=File(b"x", "../../../.bashrc"), k2=File(b"y", "-rf\x1b[2J\u202e.pdf"), k3=File(b"z", "a\\b/"))
        where = self.target("here")
        os.mkdir(where)
        self.desk.run("attach", "get", ITEM, "-o", where, status=0)
        self.assertEqual(sorted(os.listdir(where)), ["b", "bashrc", "rf[2J.pdf"])
        again = self.desk.run("attach", "get", ITEM, "-o", where, status=1)
        self.assertIn("-o", again.stderr)

    def test_an_empty_file(self):
        self.give(k=File(b""))
        self.assertEqual(self.get("k")[0], b"")

    def test_a_transfer_that_is_cut_goes_on(self):
        data = os.urandom(400_000)
        self.give(k=File(data, manner="cut"))
        self.assertEqual(self.get("k")[0], data)
        first, second = self.server.asked("/f/k")
        self.assertNotIn("Range", first)
        self.assertEqual((second["Range"], second["If-Range"]), ("bytes=200000-", f'"{sha256(data)[:8]}"'))

    def test_a_file_that_changes_is_never_glued(self):
        old, new = b"o" * 300_000, os.urandom(310_000)
        self.give(k=File(old, manner="cut", then=new, size=None, hash=None))
        self.assertEqual(self.get("k")[0], new)
        self.assertIn("Range", self.server.asked("/f/k")[1])

    def test_without_a_validator_it_starts_over(self):
        data = os.urandom(300_000)
        self.give(k=File(data, manner="cut", etag=False))
        self.assertEqual(self.get("k")[0], data)
        self.assertNotIn("Range", self.server.asked("/f/k")[1])

    def test_killed_in_the_middle_it_goes_on(self):
        data = os.urandom(4_000_000)
        file = File(data, manner="hang")
        self.give(k=file)
        process = self.desk.start("attach", "get", ITEM, "k", "-o", self.target())
        self.assertTrue(file.reached.wait(PATIENCE))
        until(lambda: any(os.path.getsize(p) > 1_000_000 for p in self.left("cache")), what="a part")
        process.send_signal(signal.SIGKILL)
        process.wait()
        file.go_on.set()
        self.assertFalse(os.path.exists(self.target()))
        self.assertEqual(self.get("k")[0], data)
        self.assertRegex(self.server.asked("/f/k")[1]["Range"], r"^bytes=[1-9]\d{6}-$")
        self.assertEqual(self.left("cache"), [])

    def test_a_login_page_is_no_file(self):
        self.give(k=File(b"pdf", manner="login", size=None, hash=None))
        data, done = self.get("k", status=3)
        self.assertIsNone(data)
        self.assertEqual(self.left("cache", "files", "file"), [])

    def test_a_page_is_no_file_unless_it_is_one(self):
        self.give(k1=File(b"pdf", manner="html", size=None, hash=None), k2=File(b"<p>x", "x.html", manner="page"))
        self.assertIsNone(self.get("k1", status=(1, 4))[0])
        self.assertEqual(self.get("k2")[0], b"<p>x")

    def test_what_is_not_what_was_promised(self):
        self.give(k1=File(b"abc", hash=sha256(b"abd")), k2=File(b"abc", size=4, hash=None))
        for key, word in (("k1", "SHA-256"), ("k2", "4")):
            data, done = self.get(key, status=(1, 4))
            self.assertIsNone(data)
            self.assertIn(word, done.stderr)

    def test_larger_than_allowed(self):
        self.server.server.files["k"] = File(b"x" * 200_000, size=None)
        self.add(('"max": "40MiB"},', '"max": "100KiB"},'))
        self.assertIsNone(self.get("k", status=(1, 4))[0])

    def test_base64_inside_of_json(self):
        data = os.urandom(100_001)
        self.server.server.files["k"] = File(data, href="json/k")
        self.add(('"resume": "range", "max": "40MiB"}', '"content": {"at": "/data/content", "as": "base64"}}'))
        self.assertEqual(self.get("k")[0], data)

    def test_another_origin_gets_no_credential(self):
        data = os.urandom(1000)
        stranger = FileServer(open=True)
        self.addCleanup(stranger.close)
        self.store.server.files["s"] = stranger.server.files["s"] = File(data)
        self.give(redirected=File(data, manner=f"to:{self.store.base}/f/s"),
                  direct=File(data, href=f"{self.store.base}/f/s"),
                  astray=File(data, manner=f"to:{stranger.base}/f/s"),
                  stranger=File(data, href=f"{stranger.base}/f/s"))
        self.assertEqual(self.get("redirected")[0], data)
        self.assertEqual(self.get("direct")[0], data)
        for key in ("astray", "stranger"):
            self.assertIsNone(self.get(key, status=(1, 4))[0], key)
        self.assertEqual(stranger.log, [])
        self.assertEqual(len(self.store.log), 2)
        self.assertNotIn("session-of-a-clerk", json.dumps(self.store.log))
        for _, _, headers in self.store.log:
            self.assertEqual({n.lower() for n in headers} - {"host", "user-agent", "accept", "accept-encoding"}, set())

    def test_the_disk_is_full(self):
        data = os.urandom(3_000_000)
        self.give(k=File(data))
        done = limited(self.desk, 2_500_000, "attach", "get", ITEM, "k", "-o", self.target())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertFalse(os.path.exists(self.target()))
        self.assertEqual(self.get("k")[0], data)

    def test_memory_is_flat(self):
        self.give(small=File(b"x"), big=File(os.urandom(30 << 20)))
        small, big = (peak(self.desk, "attach", "get", ITEM, key, "-o", self.target(key)) for key in ("small", "big"))
        self.assertLess(big - small, 8 << 10)
        self.assertEqual(os.path.getsize(self.target("big")), 30 << 20)


def limited(desk, size, *arguments):
    """With no file larger than `size`, as on a disk that is full."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return subprocess.run(desk.command(*arguments), env=desk.variables(), preexec_fn=limit, restore_signals=False,
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)


def peak(desk, *arguments):
    """The most memory it took, in KiB."""
    process = desk.start(*arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return usage.ru_maxrss


class Putting(Files):
    def setUp(self):
        super().setUp()
        self.add()

    def file(self, data, name="Tờ \"khai\".pdf"):
        path = self.target(name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def parts(self, post):
        headers, body = post
        whole = b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body
        return email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(whole).get_payload()

    def test_byte_for_byte(self):
        data = os.urandom(300_000)
        done = self.desk.run("attach", "put", ITEM, self.file(data), status=0).json()
        self.assertEqual(done[0]["outcome"], "done")
        headers, body = self.server.posts[0]
        self.assertEqual(int(headers["Content-Length"]), len(body))
        self.assertIn('name="file"; filename="Tờ %22khai%22.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode() + data
                      + b"\r\n--", body)
        boundary = headers["Content-Type"].split("boundary=")[1].encode()
        self.assertTrue(body.startswith(b"--" + boundary + b"\r\n") and body.endswith(b"--" + boundary + b"--\r\n"))
        self.assertIn(b'name="note"\r\n\r\n' + "Đính kèm".encode() + b"\r\n", body)
        self.assertIn(b'name="what"\r\nContent-Type: application/json\r\n\r\n{"name":', body)
        self.assertEqual(self.left("data", "files"), [])

    def test_what_is_refused_before_anything_happens(self):
        for path, word in ((self.file(b"x", "a.exe"), ".pdf"), (self.target("none.pdf"), "none.pdf"),
                           (self.desk.temporary.path, "")):
            done = self.desk.run("attach", "put", ITEM, path, status=2)
            self.assertIn(word, done.stderr)
        self.assertEqual((self.server.posts, self.left("data", "files")), ([], []))

    def test_the_file_is_the_one_that_was_given(self):
        data = os.urandom(50_000)
        path = self.file(data)
        self.desk.run("attach", "put", ITEM, path, "--queue", status=(0, 4))
        self.assertEqual([os.path.basename(p) for p in self.left("data", "files")], [sha256(data)])
        os.unlink(path)
        self.desk.run("sync", status=0)
        self.assertIn(data, self.server.posts[0][1])
        self.assertEqual(self.left("data", "files"), [])

    def test_withdrawn_it_goes(self):
        self.desk.run("attach", "put", ITEM, self.file(b"x" * 1000), "--queue", status=(0, 4))
        key = self.desk.run("outbox", "--json", status=0).json()[0]["key"]
        self.desk.run("outbox", "cancel", key, status=0)
        self.assertEqual((self.server.posts, self.left("data", "files")), ([], []))

    def test_a_shared_file_stays_while_one_needs_it(self):
        path = self.file(b"y" * 1000)
        for _ in range(2):
            self.desk.run("attach", "put", ITEM, path, "--queue", status=(0, 4))
        keys = [a["key"] for a in self.desk.run("outbox", "--json", status=0).json()]
        self.desk.run("outbox", "cancel", keys[0], status=0)
        self.assertEqual(len(self.left("data", "files")), 1)
        self.desk.run("sync", status=0)
        self.assertEqual((len(self.server.posts), self.left("data", "files")), (1, []))

    def test_killed_in_the_middle_it_is_the_same_request_again(self):
        data = os.urandom(8_000_000)
        stall = self.server.server.stall = threading.Event()
        process = self.desk.start("attach", "put", ITEM, self.file(data), stdout=subprocess.DEVNULL)
        self.assertTrue(stall.wait(PATIENCE))
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.unlink(self.target("Tờ \"khai\".pdf"))
        self.desk.run("sync", status=0)
        first, second = [h for method, path, h in self.server.log if (method, path) == ("POST", "/items/a1/files")]
        self.assertEqual(first["Idempotency-Key"], second["Idempotency-Key"])
        self.assertEqual((first["Content-Type"], first["Content-Length"]),
                         (second["Content-Type"], second["Content-Length"]))
        self.assertIn(data, self.server.posts[0][1])
        self.assertEqual(self.left("data", "files"), [])

    def test_the_disk_is_full(self):
        done = limited(self.desk, 2_500_000, "attach", "put", ITEM, self.file(b"z" * 3_000_000))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("CHƯA nhận", done.stderr.decode())
        self.assertEqual(self.desk.run("outbox", "--json", status=0).json(), [])
        self.assertEqual((self.server.posts, self.left("data", "files")), ([], []))

    def test_memory_is_flat(self):
        small, big = self.file(b"x", "s.pdf"), self.file(os.urandom(30 << 20), "b.pdf")
        peaks = [peak(self.desk, "attach", "put", ITEM, path) for path in (small, big)]
        self.assertLess(peaks[1] - peaks[0], 8 << 10)
        self.assertEqual(len(self.server.posts), 2)


if __name__ == "__main__":
    unittest.main()
