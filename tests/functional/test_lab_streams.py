# SPDX-License-Identifier: Apache-2.0
"""Lists read whole, and only what changed, from living servers: every manner of pages, GraphQL, JSON-RPC, OData."""
import os
import unittest

from province import HERE, Desk, Province

LAB = os.path.join(HERE, "..", "functional", "lab")
NOW = "2026-11-23T08:00:00+07:00"


class Lab(unittest.TestCase):
    """One system of the workbench, with five cases."""

    SYSTEM = None
    OPTIONS = {}

    def setUp(self):
        self.province = Province(lab=True, items=0, **self.OPTIONS)
        self.addCleanup(self.province.stop)
        for n in range(1, 6):
            self.put(f"00{n}", title=f"Việc {n}")
        self.desk = Desk(now=self.OPTIONS.get("now"))
        self.addCleanup(self.desk.close)
        base = f"{self.province.base}/{self.SYSTEM}"
        with open(os.path.join(LAB, self.SYSTEM + ".jsonc"), encoding="utf-8") as file:
            self.text = file.read()
        file = self.desk.write(f"config/connectors/{self.SYSTEM}.jsonc", self.text)
        self.desk.run("system", "add", self.SYSTEM, "--connector", file, "--set", f"base={base}", status=0)

    def put(self, key, deleted=False, state=1, **fields):
        self.province.put({"system": self.SYSTEM, "key": key, "state": state, "deleted": deleted, "fields": fields})

    def sync(self, *options):
        """What the pull said of itself; and how many requests it took."""
        self.province.control("DELETE", "/demo/requests")
        said = self.desk.run("sync", *options, status=0).stdout
        return said, self.province.control("GET", "/demo/requests")["total"]

    def titles(self, *query):
        return {i["id"].rsplit(":", 1)[1]: i["title"] for i in self.desk.items(*query)}

    def requests(self):
        return self.province.control("GET", "/demo/requests")["requests"]


class Feed(Lab):
    """What a list with a delta owes: all at first, then only what changed."""

    def check_feed(self):
        self.sync()
        self.assertEqual(self.titles(), {f"00{n}": f"Việc {n}" for n in range(1, 6)})
        said, _ = self.sync()
        self.assertIn("0 mới, 0 thay đổi, 0 bỏ đi", said)
        self.put("002", title="Đã sửa", state=2)
        self.put("003", deleted=True)
        self.put("006", title="Việc 6")
        self.put("001", title="Sửa hai lần")
        self.put("001", title="Lần cuối")
        said, _ = self.sync()
        self.assertIn("1 mới, 2 thay đổi, 1 bỏ đi", said)
        self.assertEqual(self.titles(), {"001": "Lần cuối", "002": "Đã sửa", "004": "Việc 4", "005": "Việc 5",
                                         "006": "Việc 6"})
        self.assertEqual(list(self.titles("state:processing")), ["002"])


class GraphQL(Feed):
    SYSTEM = "lab-graphql"

    def test_feed(self):
        self.check_feed()

    def test_pages_and_detail(self):
        _, requests = self.sync()
        self.assertEqual(requests, 3)  # five, two at a time
        self.put("004", title="Việc 4", note="Đọc kỹ")
        fields = self.desk.run("show", "lab-graphql:004", "--json", status=0).json()[0]["fields"]
        self.assertEqual([f["value"] for f in fields], ["Đọc kỹ"])

    def test_a_failure_inside_200(self):
        self.sync()
        broken = self.text.replace('"operationName": "Cases"', '"operationName": "Casez"')
        self.desk.write(f"config/connectors/{self.SYSTEM}.jsonc", broken)
        done = self.desk.run("sync", "--full")
        self.assertNotEqual(done.status, 0, done)
        self.assertIn("the query does not name its operation", done.stderr)
        self.assertEqual(len(self.titles()), 5)


class JsonRpc(Feed):
    SYSTEM = "lab-jsonrpc"

    def test_feed(self):
        self.check_feed()

    def test_details_come_in_batches(self):
        _, requests = self.sync()
        self.assertEqual(requests, 2 + 3)  # two pages of keys; details of 4 in two batches, of 1 in one

    def test_changes_a_few_at_a_time(self):
        self.sync()
        for n in range(10, 17):
            self.put(f"0{n}", title=f"Việc {n}")
        self.put("001", deleted=True)
        said, requests = self.sync()
        self.assertIn("7 mới, 0 thay đổi, 1 bỏ đi", said)
        self.assertGreaterEqual(requests, 4 + 4)
        self.assertEqual(len(self.titles()), 11)

    def test_a_forgotten_state_begins_anew(self):
        self.sync()
        self.put("003", deleted=True)
        self.province.control("POST", "/lab-jsonrpc/forget", {})
        said, _ = self.sync()
        self.assertIn("0 mới, 0 thay đổi, 1 bỏ đi", said)
        self.assertEqual(len(self.titles()), 4)
        self.put("006", title="Việc 6")
        said, _ = self.sync()
        self.assertIn("1 mới", said)

    def test_a_broken_pull_is_made_again(self):
        """What failed moved no cursor: the next pull brings all of it."""
        self.sync()
        for n in range(10, 15):
            self.put(f"0{n}", title=f"Việc {n}")
        self.put("001", deleted=True)
        self.province.fault("malformed", system=self.SYSTEM, path="*", count=-1)
        self.assertNotEqual(self.desk.run("sync").status, 0)
        self.assertEqual(len(self.titles()), 5)
        self.province.clear_faults()
        said, _ = self.sync()
        self.assertIn("5 mới, 0 thay đổi, 1 bỏ đi", said)


class OData(Feed):
    SYSTEM = "lab-odata"

    def test_feed(self):
        self.check_feed()

    def test_links(self):
        _, requests = self.sync()
        self.assertEqual(requests, 3)
        self.put("002", title="Đã sửa", note="Có ghi chú")
        _, requests = self.sync()
        self.assertLess(requests, 3)
        self.assertEqual(set(self.requests()), {"GET /lab-odata/Cases"})
        fields = self.desk.run("show", "lab-odata:002", "--json", status=0).json()[0]["fields"]
        self.assertEqual([f["value"] for f in fields], ["Có ghi chú"])

    def test_gone(self):
        self.sync()
        self.put("003", deleted=True)
        self.province.control("POST", "/lab-odata/forget", {})
        said, _ = self.sync()
        self.assertIn("0 mới, 0 thay đổi, 1 bỏ đi", said)
        said, _ = self.sync()
        self.assertIn("0 bỏ đi", said)


class Pages(Lab):
    SYSTEM = "lab-pages"
    OPTIONS = {"now": NOW}
    STREAMS = "number", "offset", "cursor", "header", "body", "whole", "token", "keys"

    def test_every_manner(self):
        self.sync()
        items = self.desk.items()
        for stream in self.STREAMS:
            mine = {i["id"]: i["title"] for i in items if i["id"].startswith(f"lab-pages:{stream}/")}
            self.assertEqual(mine, {f"lab-pages:{stream}/00{n}": f"Việc {n}" for n in range(1, 6)}, stream)
        counts = {path.rsplit("/", 1)[1]: n for path, n in self.requests().items()}
        self.assertEqual({k: v for k, v in counts.items() if k in self.STREAMS},
                         {"number": 3, "offset": 3, "cursor": 3, "header": 3, "body": 3, "whole": 1, "token": 1, "keys": 1})
        self.put("002", deleted=True)
        self.province.clock("2026-11-23T08:00:09+07:00")
        self.put("004", title="Đã sửa")
        said, _ = self.sync()
        self.assertIn("8 bỏ đi", said)
        self.assertEqual(len(self.desk.items()), 4 * 8)
        self.assertEqual(len([t for t in self.desk.items() if t["title"] == "Đã sửa"]), 8)

    def test_unchanged_since(self):
        """304 by time: nothing is read, nothing goes."""
        self.sync()
        self.assertIn("0 thay đổi, 0 bỏ đi", self.sync()[0])
        self.assertEqual(len(self.desk.items()), 40)
        self.province.clock("2026-11-23T08:00:05+07:00")
        self.put("001", title="Đã sửa")
        self.sync()
        self.assertEqual(self.desk.item("lab-pages:whole/001")["title"], "Đã sửa")

    def test_an_old_token_where_absence_means_nothing(self):
        self.sync()
        self.province.control("POST", "/lab-pages/forget", {})
        self.province.control("DELETE", "/demo/requests")
        self.desk.run("sync", status=0)
        self.assertEqual({p: n for p, n in self.requests().items() if "token" in p}, {"GET /lab-pages/token": 2})
        self.assertEqual(len([i for i in self.desk.items() if i["id"].startswith("lab-pages:token/")]), 5)

    def test_one_page_is_read_whole(self):
        said = self.desk.run("system", "test", "lab-pages", status=0).stdout
        self.assertIn("25", said)  # two of each page, or all five

    def test_gone_between_list_and_record(self):
        self.sync()
        self.put("005", title="Việc 5", hidden=True)
        self.sync()
        self.assertEqual(len([i for i in self.desk.items() if i["id"].startswith("lab-pages:keys/")]), 4)

    def test_the_end_of_the_api_is_told_once(self):
        said = self.desk.run("sync", status=0)
        self.assertEqual(said.stderr.count("01/01/2034"), 1, said)
        said = self.desk.run("system", "test", "lab-pages", status=0)
        self.assertEqual((said.stdout + said.stderr).count("01/01/2034"), 1, said)
        self.assertIn("01/01/2034", self.desk.run("doctor").stdout)
        self.assertIn("01/01/2034", self.desk.run("system", "list", "--json", status=0).json()[0]["message"])


del Lab, Feed


if __name__ == "__main__":
    unittest.main()
