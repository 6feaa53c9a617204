# SPDX-License-Identifier: Apache-2.0
"""Any write, exactly once: several steps, work that a system carries out later, many in one request, a yes that
means little. What took place is read from the systems' own logs and from the effects."""
import collections
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import unittest

from province import HERE, Desk, Province, until

LAB = os.path.join(HERE, "..", "functional", "lab")


class Writes(unittest.TestCase):
    system = ""

    def setUp(self):
        self.province = Province(lab=True, items=0)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=[], env={"LANGUAGE": "en"}, language="en")
        self.addCleanup(self.desk.close)
        base = next(s["base"] for s in self.province.systems() if s["id"] == self.system)
        with open(os.path.join(LAB, self.system + ".jsonc"), encoding="utf-8") as file:
            path = self.desk.write(f"config/connectors/{self.system}.jsonc", file.read())
        self.desk.run("system", "add", self.system, "--connector", path, "--set", f"base={base}", status=0)
        self.desk.run("sync", status=0)

    def act(self, action, number, status=0, **fields):
        words = [w for k, v in fields.items() for w in ("--field", f"{k}={v}")]
        return self.desk.act(action, f"{self.system}:{number}", *words, status=status)[0]

    def stream(self, acts, *arguments, status=None):
        text = "".join(json.dumps({"id": f"{self.system}:{n}", "action": a, "fields": f}) + "\n" for n, a, f in acts)
        return self.desk.run("act", "--from", "-", *arguments, input=text, status=status).json()

    def paper(self, number):
        """The paper, and its log, as the system's own API gives them."""
        path = f"/{self.system}/papers/{number}"
        return json.loads(self.province.ask("GET", path)[2]), \
            json.loads(self.province.ask("GET", path + "/log")[2])["log"]

    def did(self, number):
        return [e["action"] for e in self.province.effects(item=str(number))]

    def out(self, *arguments):
        return self.desk.run("outbox", "list", "--json", *arguments).json()

    def settle(self, seconds=30):
        """Until nothing is left to do."""
        until(lambda: self.desk.run("outbox", "deliver") and not self.out(), seconds, "all settled")

    def kill_now_and_then(self, acts, times, seed):
        """Delivers the acts by processes that are killed at any moment."""
        self.stream(acts, "--queue", status=0)
        dice = random.Random(seed)
        for _ in range(times):
            process = self.desk.start("outbox", "deliver", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0.0, 0.25))
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.settle(120)
        self.assertEqual({o["outcome"] for o in self.out("--all")}, {"done"})


class Steps(Writes):
    system = "lab-steps"

    def test_one_after_the_other(self):
        done = self.act("sign", 1, note="Đồng ý")
        self.assertEqual((done["outcome"], done["receipt"]), ("done", "1"))
        paper, log = self.paper(1)
        self.assertEqual((paper["state"], [e["what"] for e in log]), ("done", ["sign", "seal"]))
        self.assertEqual(self.did(1), ["sign", "seal"])
        self.assertEqual(self.out(), [])

    def test_an_early_step_that_fails_has_no_effect(self):
        done = self.act("sign", 59, status=1)
        self.assertEqual((done["outcome"], done["message"]), ("failed", "Giấy tờ này chưa được giao"))
        self.assertEqual(self.did(59), [])
        done = self.act("sign", 2, note="từ chối", status=1)
        self.assertEqual((done["outcome"], done["message"]), ("failed", "Nội dung không được chấp nhận"))
        self.assertEqual(self.did(2), [])

    def test_a_lost_answer_at_each_step(self):
        for number, path in enumerate(("*/form", "*/sign", "*/seal"), 10):
            with self.subTest(path=path):
                self.province.fault("reset-after", self.system, path)
                done = self.act("sign", number, status=(0, 4))
                self.settle()
                self.assertEqual(self.did(number), ["sign", "seal"], done)
        self.assertEqual(self.province.control("GET", "/demo/faults")["faults"], [])

    def test_what_landed_is_said_while_the_rest_is_outstanding(self):
        self.province.fault("status", self.system, "*/seal", status=503, count=-1)
        done = self.act("sign", 20, status=4)
        self.assertEqual(done["outcome"], "queued")
        waiting, = self.out()
        self.assertEqual(waiting["outcome"], "sending")
        self.assertIn("it took effect; still to be done: seal", waiting["message"])
        self.desk.run("outbox", "cancel", waiting["key"], status=1)
        self.assertEqual(self.did(20), ["sign"])
        self.province.clear_faults()
        self.settle()
        self.assertEqual(self.did(20), ["sign", "seal"])
        done, = self.out("--all")
        self.assertEqual((done["outcome"], done.get("message")), ("done", None))

    def test_a_refusal_after_it_landed_is_no_failure(self):
        done = self.act("sign", 21, note="không dấu")
        self.assertEqual((done["outcome"], done["receipt"]), ("done", "1"))
        self.assertIn("Cơ quan không có con dấu này", done["message"])
        self.assertEqual(self.did(21), ["sign"])

    def test_a_step_is_left_out(self):
        self.assertEqual(self.act("sign", 22, note="để sau")["outcome"], "done")
        self.assertEqual(self.did(22), ["sign"])

    def test_a_form_token_is_never_on_disk(self):
        self.province.fault("status", self.system, "*/seal", status=503, count=-1)
        self.act("sign", 23, status=4)
        with sqlite3.connect(self.desk.path("data/desk.db")) as desk:
            (memory,), = desk.execute("SELECT memory FROM out")
        self.assertEqual(json.loads(memory)["kept"], {"seal": 1})
        self.assertNotIn("token", memory)

    def test_the_preview_shows_every_step(self):
        shown = self.desk.run("act", "sign", "lab-steps:1", "--dry-run", status=0)
        text = shown.stdout + shown.stderr
        self.assertIn("(step.form.token)", text)
        self.assertIn("-X PUT", text)
        self.assertEqual(self.province.effects(), [])

    def test_30_kills(self):
        self.kill_now_and_then([(n, "sign", {}) for n in range(1, 59)], 30, 1)
        self.assertEqual({n: self.did(n) for n in range(1, 59)}, {n: ["sign", "seal"] for n in range(1, 59)})


class Poll(Writes):
    system = "lab-poll"

    def test_accepted_then_done(self):
        for action, number in (("publish", 1), ("release", 2)):
            with self.subTest(action=action):
                done = self.act(action, number, status=4)
                self.assertEqual(done["outcome"], "queued")
                self.assertIn("still working on it", done["message"])
                waiting, = self.out()
                self.assertEqual(waiting["outcome"], "sending")
                self.desk.run("outbox", "cancel", waiting["key"], status=1)
                self.settle()
                self.assertEqual(self.did(number), ["accept", "publish"])
                self.assertEqual(self.paper(number)[0]["state"], "done")

    def test_asked_no_sooner_than_it_says(self):
        self.act("publish", 3, note="mãi", status=4)
        for _ in range(5):
            self.desk.run("outbox", "deliver")
        asked = self.province.control("GET", "/demo/requests")["requests"]
        self.assertLessEqual(sum(n for path, n in asked.items() if "/jobs/" in path), 3)
        self.assertEqual(self.did(3), ["accept"])

    def test_its_failure_is_told_in_its_words(self):
        self.act("publish", 4, note="hỏng", status=4)
        self.settle()
        failed, = self.out("--all")
        self.assertEqual((failed["outcome"], failed["message"]), ("failed", "Chứng thư số đã hết hạn"))
        self.assertEqual(self.did(4), ["accept"])

    def test_a_lost_acceptance_is_not_sent_again(self):
        self.province.fault("reset-after", self.system, "*/publish")
        self.act("publish", 5, status=(0, 4))
        self.settle()
        self.assertEqual(self.did(5), ["accept", "publish"])

    def test_patience_ends(self):
        path = self.desk.path("config/connectors/lab-poll.jsonc")
        with open(path, encoding="utf-8") as file:
            text = file.read().replace('"PT5M"', '"PT2S"')
        self.desk.write("config/connectors/lab-poll.jsonc", text)
        self.act("publish", 6, note="mãi", status=4)
        until(lambda: self.desk.run("outbox", "deliver") and self.out()[0]["outcome"] == "uncertain", 30)
        waiting, = self.out()
        self.assertIn("Đang chờ người ký", waiting["message"])
        self.desk.run("outbox", "resolve", waiting["key"], "--as", "look", status=5)
        self.assertEqual(self.did(6), ["accept"])
        self.desk.run("outbox", "resolve", waiting["key"], "--as", "not-landed", status=0)

    def test_30_kills(self):
        self.kill_now_and_then([(n, "publish", {}) for n in range(1, 41)], 30, 2)
        self.assertEqual({n: self.did(n) for n in range(1, 41)}, {n: ["accept", "publish"] for n in range(1, 41)})


class Batch(Writes):
    system = "lab-batch"

    def requests(self):
        return self.province.control("GET", "/demo/requests")["requests"].get("POST /lab-batch/bulk", 0)

    def test_many_go_in_few_requests(self):
        done = self.stream([(n, "stamp", {}) for n in range(1, 61)], status=0)
        self.assertEqual({d["outcome"] for d in done}, {"done"})
        self.assertEqual(len({d["receipt"] for d in done}), 60)
        self.assertLessEqual(self.requests(), 4)
        self.assertEqual(len(self.province.effects()), 60)

    def test_each_has_its_own_outcome(self):
        acts = [(1, "stamp", {}), (2, "stamp", {"note": "từ chối"}), (3, "stamp", {"note": "đã đổi"}),
                (4, "stamp", {"note": "im lặng"}), (5, "stamp", {})]
        done = self.stream(acts, status=(1, 4))
        self.assertEqual([d["outcome"] for d in done], ["done", "failed", "conflict", "done", "done"])
        self.assertEqual(done[1]["message"], "Thiếu thành phần hồ sơ")
        self.assertEqual(collections.Counter(e["item"] for e in self.province.effects()), {"1": 1, "4": 1, "5": 1})
        self.assertEqual([e["what"] for e in self.paper(4)[1]], ["stamp"])

    def test_what_is_not_told_of_and_not_done(self):
        done = self.stream([(1, "stamp", {}), (6, "stamp", {"note": "quên"})], status=0)
        self.assertEqual([d["outcome"] for d in done], ["done", "done"])
        self.assertEqual((self.did(1), self.did(6), self.requests()), (["stamp"], ["stamp"], 2))

    def test_the_whole_answer_is_lost(self):
        self.province.fault("reset-after", self.system, "*/bulk")
        self.stream([(n, "stamp", {}) for n in range(1, 31)], status=(0, 4))
        self.settle(60)
        self.assertEqual(self.province.control("GET", "/demo/faults")["faults"], [])
        self.assertEqual(collections.Counter(e["item"] for e in self.province.effects()),
                         {str(n): 1 for n in range(1, 31)})

    def test_the_whole_is_refused(self):
        path = self.desk.path("config/connectors/lab-batch.jsonc")
        with open(path, encoding="utf-8") as file:
            self.desk.write("config/connectors/lab-batch.jsonc", file.read().replace('"max": 20', '"max": 40'))
        done = self.stream([(n, "stamp", {}) for n in range(1, 31)], status=1)
        self.assertEqual({(d["outcome"], d["message"]) for d in done}, {("failed", "Mỗi lần nhiều nhất 25 giấy tờ")})
        self.assertEqual(self.province.effects(), [])

    def test_an_item_keeps_its_order(self):
        acts = [(1, "stamp", {"note": n}) for n in ("một", "hai", "ba")] + [(2, "stamp", {})]
        self.assertEqual({d["outcome"] for d in self.stream(acts, status=0)}, {"done"})
        notes = [e["body"]["ops"] for e in self.province.effects(item="1")]
        self.assertEqual([[o["note"] for o in ops if o["id"] == "1"] for ops in notes], [["một"], ["hai"], ["ba"]])

    def test_30_kills(self):
        acts = [(n, "stamp", {"note": str(r)}) for r in range(3) for n in range(1, 61)]
        self.kill_now_and_then(acts, 30, 3)
        self.assertEqual(collections.Counter(e["item"] for e in self.province.effects()),
                         {str(n): 3 for n in range(1, 61)})


class Liar(Writes):
    system = "lab-liar"

    def test_a_yes_is_read_back(self):
        self.assertEqual(self.act("close", 1)["outcome"], "done")
        self.assertEqual([e["what"] for e in self.paper(1)[1]], ["close"])
        done = self.act("close", 2, note="dối", status=1)
        self.assertEqual((done["outcome"], done["message"]),
                         ("failed", "the system said yes, but nothing changed there"))
        self.assertEqual(self.did(2), [])

    def test_only_the_detail_tells(self):
        done = self.act("close", 3, status=1)
        self.assertEqual((done["outcome"], done["message"]), ("failed", "Đang chờ cấp trên phê duyệt"))
        self.assertEqual(self.did(3), [])
        self.assertNotIn("close", self.desk.item("lab-liar:6")["actions"])
        self.assertIn("close", self.desk.item("lab-liar:7")["actions"])
        self.assertIn("Đang chờ cấp trên phê duyệt", self.desk.run("act", "close", "lab-liar:6", "--yes").stderr)

    def test_an_error_in_a_200(self):
        done = self.act("file", 4, status=1)
        self.assertEqual((done["outcome"], done["message"]), ("failed", "Lỗi: chưa chọn cặp hồ sơ"))
        self.assertEqual(self.act("file", 4, box="A1")["outcome"], "done")
        self.assertEqual(self.did(4), ["file"])

    def test_a_new_record(self):
        done = self.act("enter", "", title="Tờ trình mới")
        self.assertEqual((done["outcome"], done["created"]), ("done", "lab-liar:60"))
        self.desk.run("sync", status=0)
        self.assertEqual(self.desk.item("lab-liar:60")["title"], "Tờ trình mới")
        done = self.act("enter", "", status=1)
        self.assertEqual((done["outcome"], done["message"]), ("failed", "Thiếu trích yếu"))


if __name__ == "__main__":
    unittest.main()
