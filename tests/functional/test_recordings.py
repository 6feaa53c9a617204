# SPDX-License-Identifier: Apache-2.0
"""Real servers without the servers: what Request Tracker, Cyrus IMAP and an OpenID provider said once (recorded by
tests/servers/record.py) is gone through again, with every mishap in the place of every answer."""
import json
import os
import re
import unittest

from province import HERE, Desk

RECORDINGS = os.path.join(HERE, "..", "recordings")


class Recordings(unittest.TestCase):
    def through(self, name):
        path = os.path.join(RECORDINGS, name + ".jsonl")
        with Desk() as desk:
            said = desk.run("connector", "test", name, path, status=0).stdout
        runs, requests, mishaps = map(int, re.findall(r" (\d+) ", said.split(".jsonl:", 1)[1]))
        with open(path, encoding="utf-8") as file:
            head, *lines = map(json.loads, file)
        self.assertEqual(runs, len(lines))
        self.assertEqual(requests, sum(len(line["steps"]) for line in lines))
        self.assertGreaterEqual(mishaps, 6 * requests)
        return lines

    def test_request_tracker(self):
        ends = [line["result"].get("end") for line in self.through("rt")]
        self.assertEqual((ends.count("done"), ends.count("failed")), (7, 1))

    def test_cyrus(self):
        ends = [line["result"].get("end") for line in self.through("thu")]
        self.assertEqual((ends.count("done"), ends.count("failed")), (4, 1))

    def test_openid_provider(self):
        self.assertEqual([line["recipe"]["do"] for line in self.through("openid")], ["login", "lookup"])


if __name__ == "__main__":
    unittest.main()
