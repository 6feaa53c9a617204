# SPDX-License-Identifier: Apache-2.0
"""Records what is said to the servers of this folder, for tests/functional/test_recordings.py, which goes through it
without them:  python3 tests/servers/record.py DIRECTORY

One file a server, its exchanges in the order in which they went.
"""
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from servers import HERE, Cyrus, Desk, Oidc, Rt, login  # noqa: E402
from test_cyrus import message  # noqa: E402


class Tape:
    """Records one command after another and joins what they said."""

    def __init__(self, desk, system, path):
        self.desk, self.system, self.path, self.lines = desk, system, path, []

    def record(self, *command, status=0):
        part = self.desk.path("part.jsonl")
        self.desk.run("connector", "record", self.system, "--output", part, "--", *command, status=status)
        with open(part, encoding="utf-8") as file:
            head, *runs = file.read().splitlines(True)
        self.lines = (self.lines or [head]) + runs

    def close(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.writelines(self.lines)
        print(self.path, len(self.lines) - 1, "runs")


def record_rt(path):
    with Rt() as rt, Desk() as desk:
        desk.run("system", "add", "rt", "--connector", "rt", "--set", f"base={rt.api}", "--set", "queue=Phản ánh",
                 status=0)
        login(desk, "rt", username="canbo01", token=rt.token)
        numbers = [rt.ticket(f"Đèn đường hỏng, thôn {n}") for n in range(1, 9)]
        tape = Tape(desk, "rt", path)
        tape.record("sync", "--full", "rt")
        tape.record("show", f"rt:{numbers[0]}")
        for action, number, *fields in (("receive", numbers[0]), ("pause", numbers[1]), ("complete", numbers[2]),
                                        ("reject", numbers[3]), ("assign", numbers[4], "to=canbo02"),
                                        ("comment", numbers[5], "note=Đã kiểm tra"),
                                        ("reply", numbers[6], "note=Đã tiếp nhận phản ánh")):
            given = [word for field in fields for word in ("--field", field)]
            tape.record("act", action, f"rt:{number}", "--yes", *given)
        tape.record("act", "assign", f"rt:{numbers[7]}", "--yes", "--field", "to=khong-co", status=1)
        tape.record("sync", "rt")
        tape.close()


def record_cyrus(path):
    with Cyrus() as mail, Desk() as desk:
        desk.run("system", "add", "thu", "--connector", "thu", "--set", f"base={mail.base}", status=0)
        login(desk, "thu", username=mail.USER, password=mail.PASSWORD)
        for n in range(1, 7):
            mail.append(message(f"Công văn số {n}", n, file=b"%PDF-1.4 mau" if n == 1 else None))
        tape = Tape(desk, "thu", path)
        tape.record("sync", "--full", "thu")
        ids = {i["title"]: i["id"] for i in desk.items("system:thu")}
        tape.record("show", ids["Công văn số 1"])
        tape.record("act", "acknowledge", ids["Công văn số 2"], "--yes")
        tape.record("act", "flag", ids["Công văn số 3"], "--yes")
        tape.record("act", "file", ids["Công văn số 4"], "--yes", "--field", f"mailbox={mail.mailboxes()['Archive']}")
        tape.record("act", "reply", ids["Công văn số 5"], "--yes", "--field", "text=Xã đã nhận được.")
        mail.jmap(("Email/set", {"destroy": [ids["Công văn số 6"].split(":")[1]]}))
        tape.record("act", "acknowledge", ids["Công văn số 6"], "--yes", status=1)
        tape.record("sync", "thu")
        tape.close()


def record_oidc(path):
    with Oidc(os.environ["MOTCUA_TEST_MODULES"]) as provider, Desk(language="en") as desk:
        desk.run("system", "add", "id", "--connector", "openid", "--set", f"base={provider.base}",
                 "--set", "client=motcua-device", "--set", "scope=openid offline_access profile email",
                 "--set", "device_path=/device/auth", "--set", "token_path=/token", "--set", "userinfo_path=/me", status=0)
        process = desk.start("connector", "record", "id", "--output", path, "--", "login", "id",
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        code = None
        for line in process.stdout:
            code = code or re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", line)
            if code:
                threading.Thread(target=provider.approve, args=(code[1],)).start()
                break
        process.stdout.read()
        assert process.wait(60) == 0
        tape = Tape(desk, "id", path)
        with open(path, encoding="utf-8") as file:
            tape.lines = file.read().splitlines(True)
        tape.record("lookup", "id/me")
        tape.close()


if __name__ == "__main__":
    for name, record in (("rt", record_rt), ("thu", record_cyrus), ("openid", record_oidc)):
        record(os.path.join(sys.argv[1], name + ".jsonl"))
