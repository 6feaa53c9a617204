# SPDX-License-Identifier: Apache-2.0
"""Asking a reference system: the population register is told why and by whom, its answer is kept nowhere, the
journal tells of each question; a list that may be kept is asked for once."""
import base64
import concurrent.futures
import json
import os
import unittest

from province import Desk, Province

NOW = "2026-11-23T08:00:00+07:00"
NUMBER, NAME = "000099000002", "Trần Thị Thử B"
WHY = "Đối chiếu người nộp hồ sơ khai sinh"
CITIZEN = "dan-cu/citizen"


def everything_below(path):
    for where, _, names in os.walk(path):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                yield os.path.join(where, name), file.read()


class Lookup(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=20)
        self.addCleanup(self.province.stop)
        self.desk = Desk(self.province, systems=["dan-cu"])
        self.addCleanup(self.desk.close)

    def ask(self, number=NUMBER, *more, why=WHY, **how):
        reason = ["--reason", why] if why is not None else []
        return self.desk.run("lookup", CITIZEN, f"number={number}", *reason, *more, **how)

    def looks(self):
        return self.province.effects(system="dan-cu", action="lookup")

    def journal(self):
        lines = self.desk.run("audit", "list", status=0).stdout.splitlines()
        return [entry for entry in map(json.loads, lines) if entry["event"] == "lookup"]

    def requests(self, path):
        return self.province.control("GET", "/demo/requests")["requests"].get(path, 0)

    def test_what_there_is(self):
        names = [entry["lookup"] for entry in self.desk.run("lookup", "--json", status=0).json()]
        self.assertEqual(names, [CITIZEN, "dan-cu/communes"])
        self.assertIn("number=… --reason TEXT", self.desk.run("lookup", status=0).stdout)

    def test_one_question(self):
        said = self.ask(status=0)
        self.assertIn(NAME, said.stdout)
        self.assertIn("08:00 23/11/2026", said.stdout)
        self.assertNotIn(NUMBER, said.stdout)
        self.assertIn("000*****0002", said.stdout)
        self.assertNotIn("***\n", said.stdout.replace("000*****0002", ""))
        look, = self.looks()
        self.assertEqual(look["item"], NUMBER)
        body = json.loads(look["body"]) if isinstance(look["body"], str) else look["body"]
        self.assertEqual(body["noiDung"], {"soDinhDanh": NUMBER, "mucDich": WHY})
        entry, = self.journal()
        self.assertEqual([entry[k] for k in ("system", "lookup", "inputs", "purpose", "outcome")],
                         ["dan-cu", "citizen", "number=000*****0002", WHY, "found"])

    def test_private_on_purpose(self):
        self.assertIn(NUMBER, self.ask(NUMBER, "--private", status=0).stdout)
        record, = self.ask(NUMBER, "--private", "--json", status=0).json()
        values = {field["name"]: field["value"] for field in record["fields"]}
        self.assertEqual((values["number"], values["name"]), (NUMBER, NAME))
        self.assertEqual(values["sex"], "Nữ")
        self.assertEqual(record["as_of"], NOW)

    def test_nothing_is_kept(self):
        for more in ([], ["--json"], ["--private"]):
            self.ask(NUMBER, *more, status=0)
        self.desk.run("-v", "lookup", CITIZEN, f"number={NUMBER}", "--reason", WHY, status=0)
        self.ask("000099000001", status=0)
        self.assertEqual(len(self.looks()), 5)
        for name, data in everything_below(self.desk.home):
            for word in (NUMBER, NAME, NAME.split()[-2], "Nguyễn Văn Mẫu", "Xã An Thử"):
                self.assertNotIn(word.encode(), data, name)

    def test_nothing_is_asked_twice_by_itself(self):
        self.ask(status=0)
        self.desk.run("sync", "dan-cu", status=0)
        self.desk.run("system", "test", "dan-cu", status=0)
        self.assertEqual(len(self.looks()), 1)
        self.assertEqual(self.desk.items(status=0), [])

    def test_why(self):
        for why in (None, "", "vì cần"):
            said = self.ask(why=why, status=2)
            self.assertEqual(said.stdout, "")
        self.assertIn("--reason", self.ask(why=None, status=2).stderr)
        self.assertEqual((self.looks(), self.journal()), ([], []))

    def test_wrong_use(self):
        for arguments in (["dan-cu"], ["dan-cu/"], ["nobody/citizen"], ["dan-cu/citisen", f"number={NUMBER}"],
                          [CITIZEN, "number"], [CITIZEN, "number=12"], [CITIZEN, f"number={NUMBER}", "x=1"], [CITIZEN]):
            said = self.desk.run("lookup", *arguments, "--reason", WHY, status=2)
            self.assertEqual(said.stdout, "")
            self.assertTrue(said.stderr)
        self.assertEqual(self.looks(), [])

    def test_nobody(self):
        said = self.ask("000099999999", status=1)
        self.assertEqual(said.stdout, "")
        self.assertIn("không tìm thấy", said.stderr)
        record, = self.ask("000099999999", "--json", status=1).json()
        self.assertIs(record["found"], False)
        self.assertNotIn("fields", record)
        self.assertEqual([entry["outcome"] for entry in self.journal()], ["not-found"] * 2)

    def test_whose_number_stands_in_a_case(self):
        """Register and one-stop cases know the same people."""
        whole = Desk(self.province, systems=["mot-cua"])
        self.addCleanup(whole.close)
        whole.run("sync", status=0)
        cases = {item["from"] for item in whole.items("system:mot-cua")}
        numbers = {e["cccd"] for e in self.people()}
        self.assertGreaterEqual(len(numbers), 5)
        for number in sorted(numbers)[:8]:
            record, = self.ask(number, "--json", status=0).json()
            self.assertIn(record["fields"][0]["value"], cases)

    def test_nothing_is_typed_twice(self):
        """What the register said goes into a new case, and from there to the one-stop system."""
        desk = Desk(self.province, systems=["mot-cua", "dan-cu"])
        self.addCleanup(desk.close)
        desk.run("sync", status=0)
        record, = desk.run("lookup", CITIZEN, "number=000188000006", "--reason", WHY, "--private", "--json",
                           status=0).json()
        said = {field["name"]: field["value"] for field in record["fields"]}
        fields = [part for name in ("number", "name", "birth") for part in ("--field", f"{name}={said[name]}")]
        result, = desk.act("enter", "mot-cua:", "--field", "procedure=2.000815", *fields)
        self.assertEqual(result["outcome"], "done")
        effect, = self.province.effects(action="enter")
        key = result["created"].removeprefix("mot-cua:")
        self.assertEqual(effect["item"], key)
        row, = [row for row in self.rows() if row["maHoSo"] == key]
        self.assertEqual([row[k] for k in ("chuHoSo", "soGiayTo", "ngaySinh", "maThuTuc", "trangThai")],
                         ["Đỗ Thị Thí Điểm G", "000188000006", said["birth"], "2.000815", 2])
        self.assertTrue(said["birth"].endswith("/1988"))
        desk.run("sync", status=0)
        self.assertEqual(desk.item(result["created"])["from"], "Đỗ Thị Thí Điểm G")
        wrong = desk.act("enter", "mot-cua:", "--field", "procedure=9.999999", *fields, status=2)
        self.assertEqual(wrong, [])

    def people(self):
        return [{"cccd": row["soGiayTo"]} for row in self.rows()]

    def rows(self):
        token = json.loads(self.province.ask("POST", "/mot-cua/api/dang-nhap", {
            "taiKhoan": "canbo01", "matKhau": "demo-canbo01"})[2])["data"]["token"]
        status, _, body = self.province.ask("GET", "/mot-cua/api/ho-so?limit=100",
                                            headers={"Authorization": f"Bearer {token}"})
        self.assertEqual(status, 200)
        return json.loads(body)["data"]["rows"]

    def test_too_many_questions(self):
        """A system that wants to be waited for is waited for, and the person is told."""
        self.province.fault("status", system="dan-cu", path="/khai-thac/*", status=429, count=1)
        said = self.ask(status=0)
        self.assertIn(NAME, said.stdout)
        self.assertRegex(said.stderr, r"hỏi lại sau \d+ giây")
        self.assertEqual(len(self.looks()), 1)

    def test_the_register_holds_to_its_rate(self):
        pair = base64.b64encode(b"canbo01:demo-canbo01").decode()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: self.province.ask(
                "GET", "/dan-cu/danh-muc/don-vi", headers={"Authorization": f"Basic {pair}"}), range(100)))
        statuses = [status for status, _, _ in answers]
        self.assertIn(429, statuses)
        self.assertGreaterEqual(statuses.count(200), 10)
        self.assertEqual({headers["Retry-After"] for status, headers, _ in answers if status == 429}, {"1"})
        self.assertIn(NAME, self.ask(status=0).stdout)

    def test_refused(self):
        self.province.fault("status", system="dan-cu", path="/khai-thac/*", status=403, count=-1)
        said = self.ask(status=(1, 4))
        self.assertEqual(said.stdout, "")
        self.assertEqual([entry["outcome"] for entry in self.journal()], ["failed"])

    def test_offline(self):
        said = self.desk.run("--offline", "lookup", CITIZEN, f"number={NUMBER}", "--reason", WHY, status=4)
        self.assertEqual(said.stdout, "")
        self.assertEqual(self.journal(), [])

    def test_no_journal_no_answer(self):
        log = self.desk.path("state/audit.log")
        os.makedirs(os.path.dirname(log), exist_ok=True)
        if os.path.exists(log):
            os.rename(log, log + ".aside")
        os.mkdir(log)
        said = self.ask(status=(1, 4))
        self.assertNotIn(NAME, said.stdout + said.stderr)

    def test_a_list_that_may_be_kept(self):
        where = "GET /dan-cu/danh-muc/don-vi"
        first = self.desk.run("lookup", "dan-cu/communes", status=0).stdout
        self.assertIn("Phường Thí Điểm", first)
        self.assertEqual(self.desk.run("lookup", "dan-cu/communes", status=0).stdout, first)
        self.assertEqual(self.desk.run("--offline", "lookup", "dan-cu/communes", status=0).stdout, first)
        self.assertEqual(self.requests(where), 1)
        self.assertEqual(self.desk.run("lookup", "dan-cu/communes", "--json", status=0).json()[0],
                         {"value": "H99.101.01", "title": "Xã An Thử"})
        late = {"MOTCUA_NOW": "2026-11-24T08:00:01+07:00"}
        self.desk.run("--offline", "lookup", "dan-cu/communes", status=4, env=late)
        self.desk.run("lookup", "dan-cu/communes", status=0, env=late)
        self.assertEqual(self.requests(where), 2)
        self.assertEqual(self.journal(), [])


if __name__ == "__main__":
    unittest.main()
