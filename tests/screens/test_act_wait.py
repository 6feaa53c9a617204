# SPDX-License-Identifier: Apache-2.0
"""What is not finished when its answer has come: a system that works on it, a step that is outstanding. The inbox
says which, lets nobody withdraw it, and goes on by itself."""
import os
import unittest

from inbox import Inbox
from province import HERE, Desk, Province, until

LAB = os.path.join(HERE, "..", "functional", "lab")


class Waiting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(lab=True, items=0)
        cls.addClassCleanup(cls.province.stop)
        cls.desk = Desk(cls.province, systems=[], language="en")
        cls.addClassCleanup(cls.desk.close)
        with open(cls.desk.path("config/config.ini"), "a", encoding="utf-8") as file:
            file.write("undo = 0\n")
        bases = {s["id"]: s["base"] for s in cls.province.systems()}
        for name in ("lab-poll", "lab-steps"):
            with open(os.path.join(LAB, name + ".jsonc"), encoding="utf-8") as file:
                path = cls.desk.write(f"config/connectors/{name}.jsonc", file.read())
            cls.desk.run("system", "add", name, "--connector", path, "--set", f"base={bases[name]}", status=0)
        cls.desk.run("sync", status=0)
        cls.inbox = Inbox(cls.desk, cols=160)
        cls.addClassCleanup(cls.inbox.close)

    def setUp(self):
        self.addCleanup(self.tell)

    def tell(self):
        print(self.inbox.dump())
        self.inbox.key("esc", "esc", "esc")

    def did(self, number):
        return [e["action"] for e in self.province.effects(item=str(number))]

    def only(self, id):
        self.inbox.only(self.desk.item(id))

    def test_a_system_works_on_it(self):
        self.only("lab-poll:7")
        self.inbox.act("Publish", [("text", "mãi")])
        self.inbox.wait("accepted, the system is still working on it")
        self.assertNotIn("sending]", "\n".join(self.inbox.rows()))
        self.inbox.key("o")
        self.inbox.wait("Taken ")
        self.inbox.wait("not finished   Publish")
        self.inbox.wait("still working on it (Đang chờ người ký)")  # asked again by itself, and what was said
        self.inbox.key("c")
        self.inbox.wait("Only what is still queued can be withdrawn; this one: not finished.")
        self.inbox.key("esc")
        self.inbox.open()
        self.inbox.wait("↑ Publish: not finished · accepted")
        self.assertEqual(self.did(7), ["accept"])

    def test_it_goes_on_by_itself(self):
        self.only("lab-poll:8")
        self.inbox.choose("Release")
        self.inbox.wait("accepted, the system is still working on it")
        until(lambda: self.did(8) == ["accept", "publish"], what="published")
        until(lambda: self.desk.item("lab-poll:8")["pending"] == 0, what="settled")

    def test_a_step_is_outstanding(self):
        self.province.fault("status", "lab-steps", "*/seal", status=503, count=-1)
        self.addCleanup(self.province.clear_faults)
        self.only("lab-steps:9")
        self.inbox.act("Sign and seal", [("text", "Đồng ý")])
        self.inbox.wait("it took effect; still to be done: seal")
        self.assertEqual(self.did(9), ["sign"])
        self.province.clear_faults()
        self.inbox.key("o")
        self.inbox.wait("Taken ")
        self.inbox.key("r")
        until(lambda: self.did(9) == ["sign", "seal"], what="sealed")
        until(lambda: self.desk.item("lab-steps:9")["pending"] == 0, what="settled")


if __name__ == "__main__":
    unittest.main()
