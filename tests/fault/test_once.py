# SPDX-License-Identifier: Apache-2.0
"""Exactly once: connections that break after the effect, processes that are killed, callers that ask again,
desks that share a profile, a disk that is full."""
import collections
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import threading
import time
import unittest

from province import Desk, Province, until

NOW = "2026-11-23T08:00:00+07:00"
# What may be done to most items of a system, and the field that takes a remark.
ACTS = {"van-ban": {"comment": "text", "receive": "note"},
        "mot-cua": {"appraise": "result", "receive": "note", "deliver": "receiver", "resume": "note"},
        "ho-tich": {"comment": "text"},
        "1022": {"reply": "answer", "reject": "reason"},
        "thu": {"flag": None}}


class Once(unittest.TestCase):
    items = 150

    def setUp(self):
        self.province = Province(now=NOW, items=self.items)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province)
        self.addCleanup(self.desk.close)
        self.desk.run("sync", status=0)

    def lines(self, count=None, **more):
        """Acts on items that allow it, over all the systems; first one an item, then more."""
        acts = []
        for again in range(3):
            for item in self.desk.items():
                for action, field in ACTS[item["system"]].items():
                    if action in item["actions"] and (again == 0 or action == "comment"):
                        acts.append({"id": item["id"], "action": action, "fields": {field: f"Lần {again}"} if field else {}, **more})
                        break
            if count and len(acts) >= count:
                break
        self.assertGreaterEqual(len(acts), count or 1)
        acts = acts[:count]
        random.Random(1).shuffle(acts)
        return acts

    def stream(self, acts, *arguments, status=0, **more):
        text = "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in acts)
        results = self.desk.run("act", "--from", "-", *arguments, input=text, status=status, **more).json()
        self.assertEqual([(r["id"], r["action"]) for r in results], [(a["id"], a["action"]) for a in acts])
        return results

    def check_effects(self, acts):
        """Each act took effect once, and nothing else did."""
        effects = collections.Counter(f"{e['system']}:{e['item']}" for e in self.province.effects())
        wanted = collections.Counter(a["id"] for a in acts)
        doubled, missing = effects - wanted, wanted - effects
        told = [a for a in self.desk.run("outbox", "list", "--all", "--json").json() if a["id"] in doubled | missing]
        self.assertEqual((doubled, missing), ({}, {}), told)


class Reset(Once):
    items = 480

    def test_200_resets_after_the_effect(self):
        acts = self.lines(200)
        self.assertEqual({a["id"].split(":")[0] for a in acts}, set(ACTS))
        count = collections.Counter(a["id"].split(":")[0] for a in acts)
        for system, path in (("van-ban", "*/documents/*/*"), ("mot-cua", "*/thao-tac"), ("ho-tich", "*/ghichu")):
            self.province.fault("reset-after", system, path, count=count[system])
        results = self.stream(acts, status=(0, 4))
        self.assertEqual([r for r in results if r["outcome"] in ("failed", "conflict", "cancelled")], [])
        until(lambda: self.desk.run("sync").status == 0, what="all settled")
        self.assertEqual(self.province.control("GET", "/demo/faults")["faults"], [], "every fault was met")
        self.check_effects(acts)
        self.assertEqual({a["outcome"] for a in self.desk.run("outbox", "list", "--all", "--json").json()}, {"done"})
        self.assertEqual(self.desk.items("is:pending"), [])


class Killed(Once):
    items = 480

    def test_killed_while_acting(self):
        """What was taken before the kill takes effect once; nothing else does."""
        acts = self.lines(240)
        text = "".join(json.dumps(a) + "\n" for a in acts).encode()
        for effects in (0, 20, 90):
            process = self.desk.start("act", "--from", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            process.stdin.write(text if not effects else b"")
            process.stdin.close()
            until(lambda: len(self.province.effects()) > effects or process.poll() is not None, what="effects")
            process.send_signal(signal.SIGKILL)
            process.wait()
            if effects == 0:
                taken = self.desk.run("outbox", "list", "--all", "--json", status=0).json()
            process = self.desk.start("sync", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until(lambda: len(self.province.effects()) > effects + 10 or process.poll() is not None, what="effects")
            process.send_signal(signal.SIGKILL)
            process.wait()
        until(lambda: self.desk.run("sync").status == 0, what="all settled")
        self.assertEqual(len(taken), len(acts))
        self.check_effects(acts)
        done = self.desk.run("outbox", "list", "--all", "--json", status=0).json()
        self.assertEqual({a["outcome"] for a in done}, {"done"})
        self.desk.run("audit", "verify", status=(0, 1))

    def test_interrupted(self):
        """What was queued stays queued, and is delivered later."""
        acts = self.lines(100)
        self.province.fault("delay", ms=200, count=-1)
        process = self.desk.start("act", "--from", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        process.stdin.write("".join(json.dumps(a) + "\n" for a in acts).encode())
        process.stdin.flush()
        process.stdin.close()
        until(lambda: len(self.province.effects()) > 5, what="effects")
        process.send_signal(signal.SIGINT)
        with process.stdout, process.stderr:
            results = [json.loads(line) for line in process.stdout.read().decode().splitlines()]
            said = process.stderr.read().decode()
        self.assertEqual(process.wait(), 130)
        self.assertTrue(said)
        self.assertEqual(len(results), len(acts))
        self.assertLessEqual({r["outcome"] for r in results}, {"done", "queued"})
        self.province.clear_faults()
        until(lambda: self.desk.run("sync").status == 0, what="all settled")
        self.check_effects(acts)

    def test_interrupted_while_being_taken(self):
        """Whether it was taken is not known yet: nothing is said to have failed, and a re-run by key settles it."""
        acts = [{**a, "key": f"giữa-chừng-{n}"} for n, a in enumerate(self.lines(5))]
        desk = sqlite3.connect(os.path.join(self.desk.home, "data", "desk.db"), isolation_level=None)
        self.addCleanup(desk.close)
        desk.execute("BEGIN IMMEDIATE")
        process = self.desk.start("act", "--from", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        process.stdin.write("".join(json.dumps(a) + "\n" for a in acts).encode())
        process.stdin.close()
        tasks = f"/proc/{process.pid}/task"
        until(lambda: len(os.listdir(tasks)) > 1, what="the engine")
        process.send_signal(signal.SIGINT)
        line = process.stderr.readline().decode()
        desk.execute("ROLLBACK")
        with process.stdout, process.stderr:
            output = process.stdout.read()
        self.assertTrue(line)
        self.assertEqual(process.wait(), 130)
        self.assertNotIn("failed", output.decode())
        self.stream(acts)
        self.check_effects(acts)


class Callers(Once):
    def test_a_run_repeated_under_the_same_keys(self):
        acts = [{**a, "key": f"lần-{n}"} for n, a in enumerate(self.lines(12))]
        first = self.stream(acts)
        self.assertEqual({r["outcome"] for r in first}, {"done"})
        self.province.clock("2026-11-23T09:00:00+07:00")
        again = self.stream(acts, env={"MOTCUA_NOW": "2026-11-23T09:00:00+07:00"})
        self.desk.run("sync", status=0)
        self.assertEqual(self.stream(acts), again)
        self.assertEqual({r["outcome"] for r in again}, {"skipped"})
        self.assertEqual([r["key"] for r in again], [r["key"] for r in first])
        self.check_effects(acts)

    def test_a_key_with_another_content(self):
        act, other = self.lines(2)
        self.stream([{**act, "key": "k"}])
        for wrong in ({**act, "key": "k", "fields": {k: "khác" for k in act["fields"]}}, {**other, "key": "k"}):
            result, good = self.stream([wrong, {**other, "key": "k2"}], status=1)
            self.assertEqual(result["outcome"], "failed")
            self.assertIn("k", result["message"])
            self.assertIn(good["outcome"], ("done", "skipped"))
        self.check_effects([act, other])

    def test_the_same_key_twice_in_one_stream(self):
        act, = self.lines(1, key="k")
        results = self.stream([act, act])
        self.assertEqual(len({r["key"] for r in results}), 1)
        self.check_effects([act])

    def test_bad_lines_between_good_ones(self):
        good, other = self.lines(2)
        lines = [json.dumps(good), "{", "[]", '{"id":"x"}', '{"id":"mot-cua:nothing","action":"approve"}',
                 json.dumps({**other, "felds": {}}), json.dumps({**other, "action": "fly"}),
                 json.dumps({**other, "fields": {"nope": "x"}}), json.dumps({**other, "fields": {"text": {}}}),
                 '{"id":"' + "x" * (1 << 20) + '","action":"a"}', "", json.dumps(other)]
        done = self.desk.run("act", "--from", "-", input="\n".join(lines), status=1)
        results = done.json()
        self.assertEqual([r["outcome"] for r in results], ["done"] + ["failed"] * 9 + ["done"])
        self.assertTrue(all(r["message"] for r in results if r["outcome"] == "failed"))
        self.assertIn("2", results[1]["message"])
        self.check_effects([good, other])

    def test_bytes_that_are_no_text(self):
        done = self.desk.run("act", "--from", "-", input=b'{"id":"\xff\xfe","action":"a"}\n\0\0\n', status=1)
        self.assertEqual({r["outcome"] for r in done.json()}, {"failed"})
        self.assertEqual(self.province.effects(), [])

    def test_queue_then_cancel_then_sync(self):
        act, other = self.lines(2)
        results = self.stream([act, other], "--queue")
        self.assertEqual({r["outcome"] for r in results}, {"queued"})
        self.assertEqual(self.province.effects(), [])
        pending = {i["id"]: i["pending"] for i in self.desk.items("is:pending")}
        self.assertEqual(pending, {act["id"]: 1, other["id"]: 1})
        self.desk.run("outbox", "cancel", results[0]["key"], status=0)
        self.desk.run("outbox", "cancel", results[0]["key"], status=1)
        self.desk.run("outbox", "cancel", "01J0", status=2)
        self.desk.run("sync", status=0)
        self.check_effects([other])
        self.assertEqual({a["id"]: a["outcome"] for a in self.desk.run("outbox", "list", "--all", "--json").json()},
                         {act["id"]: "cancelled", other["id"]: "done"})


class Following(Once):
    """Several actions on one item: in order, each on what the one before made of it."""

    def find(self, system, action):
        return next(i["id"] for i in self.desk.items(f"system:{system}") if action in i["actions"])

    def test_one_after_another(self):
        acts = []
        for system in ("van-ban", "ho-tich"):
            id = self.find(system, "comment")
            acts += [{"id": id, "action": "comment", "fields": {"text": f"thứ {n}"}} for n in range(3)]
        results = self.stream(acts)
        self.assertEqual({r["outcome"] for r in results}, {"done"})
        self.check_effects(acts)
        for system, field in (("van-ban", "text"), ("ho-tich", "noiDung")):
            self.assertEqual([e["body"][field] for e in self.province.effects(system=system)],
                             ["thứ 0", "thứ 1", "thứ 2"])

    def test_queued_by_one_process_delivered_by_another(self):
        id = self.find("ho-tich", "comment")
        act = {"id": id, "action": "comment", "fields": {"text": "x"}}
        for _ in range(3):
            self.stream([act], "--queue")
        self.desk.run("sync", status=0)
        self.check_effects([act] * 3)

    def test_what_follows_a_failure_is_not_sent(self):
        id = self.find("mot-cua", "extend")
        wrong = {"id": id, "action": "extend", "fields": {"date": "2026-11-01", "reason": "x"}}
        results = self.stream([wrong, {"id": id, "action": "pause", "fields": {"reason": "x"}}], status=1)
        self.assertEqual([r["outcome"] for r in results], ["failed", "cancelled"])
        self.assertTrue(results[1]["message"])
        self.assertEqual(self.province.effects(), [])
        self.desk.run("sync", status=0)
        result, = self.desk.act("pause", id, "--field", "reason=x")
        self.assertEqual(result["outcome"], "done")

    def test_somebody_elses_change_between_is_a_conflict(self):
        id = self.find("ho-tich", "comment")
        first, second = [{"id": id, "action": "comment", "fields": {"text": t}} for t in ("một", "hai")]
        self.stream([first])
        self.stream([second], "--queue")
        key = id.split(":")[1]
        self.province.put({"system": "ho-tich", "key": key, "fields": {"nguoiYeuCau": "Người Khác"}})
        done = self.desk.run("outbox", "deliver", status=1)
        self.assertIn(id, done.stderr)
        self.check_effects([first])


class Sharing(Once):
    items = 240

    def test_four_processes_on_one_profile(self):
        acts = self.lines(80)
        parts = [acts[n::4] for n in range(4)]
        outcomes, lock = [], threading.Lock()

        def work(part):
            text = "".join(json.dumps(a) + "\n" for a in part)
            done = self.desk.run("act", "--from", "-", input=text)
            with lock:
                outcomes.extend(r["outcome"] for r in done.json())

        threads = [threading.Thread(target=work, args=(p,)) for p in parts]
        threads += [threading.Thread(target=lambda: self.desk.run("sync")) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(outcomes), len(acts))
        self.assertLessEqual(set(outcomes), {"done", "queued"})
        until(lambda: self.desk.run("sync").status == 0, what="all settled")
        self.check_effects(acts)

    def test_the_same_keys_from_two_processes(self):
        acts = [{**a, "key": f"k{n}"} for n, a in enumerate(self.lines(40))]
        text = "".join(json.dumps(a) + "\n" for a in acts)
        threads = [threading.Thread(target=lambda: self.desk.run("act", "--from", "-", input=text)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: self.desk.run("sync").status == 0, what="all settled")
        self.check_effects(acts)


class FullDisk(Once):
    def test_not_taken_is_said(self):
        """Where the desk cannot be written, nothing is called taken and nothing is sent."""
        act, = self.lines(1)
        size = os.path.getsize(self.desk.path("data/desk.db"))

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))

        process = self.desk.start("act", act["action"], act["id"], "--yes", "--field",
                                  *[f"{k}={v}" for k, v in act["fields"].items()], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, err.decode())
        for line in out.decode().splitlines():
            self.assertEqual(json.loads(line)["outcome"], "failed")
        self.assertTrue(err)
        self.assertEqual(self.province.effects(), [])
        self.desk.run("sync", status=0)
        self.assertEqual(self.province.effects(), [])
        self.assertEqual(self.desk.run("outbox", "list", "--all", "--json").json(), [])
        result, = self.desk.act(act["action"], act["id"], "--field", *[f"{k}={v}" for k, v in act["fields"].items()])
        self.assertEqual(result["outcome"], "done")


if __name__ == "__main__":
    unittest.main()
