# SPDX-License-Identifier: Apache-2.0
"""The official mail of the demo province through its own API: JMAP core and mail as RFC 8620 and RFC 8621 say, the
errors they name among it. Every change moves the state, and what became of each mail since a state is told."""
import json
import unittest

from province import Province
from systems import Jmap

NOW = "2026-11-22T14:05:10+07:00"
CORE, MAIL = "urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"


class MailCase(unittest.TestCase):
    def setUp(self):
        self.province = Province(now=NOW, items=240)
        self.addCleanup(self.province.stop)
        self.mail = Jmap(self.province)

    def effects(self, **wanted):
        return self.province.effects(system="thu", **wanted)

    def changes(self, since, **more):
        answer = self.mail.call("Email/changes", sinceState=since, **more)
        return answer["created"], answer["updated"], answer["destroyed"]

    def draft(self, **more):
        return {"mailboxIds": {"H2": True}, "keywords": {"$draft": True}, "subject": "Re: x", "to": [{"email": "a@b.example"}],
                "bodyValues": {"1": {"value": "Kính gửi"}}, "textBody": [{"partId": "1", "type": "text/plain"}], **more}


class Core(MailCase):
    def request(self, body):
        status, headers, answer = self.mail.ask("POST", "/jmap/", body if isinstance(body, bytes) else json.dumps(body).encode(),
                                                **{"Content-Type": "application/json"})
        return status, headers["Content-Type"].split(";")[0], json.loads(answer)

    def test_login(self):
        for mail in (Jmap(self.province, "wrong"), self.mail):
            status, headers, _ = mail.ask("GET", "/jmap/")
            if mail is not self.mail:
                self.assertEqual((status, headers["Content-Type"], headers["WWW-Authenticate"][:5]),
                                 (401, "text/html; charset=utf-8", "Basic"))
        session = json.loads(self.mail.ask("GET", "/jmap/")[2])
        self.assertEqual(session["primaryAccounts"][MAIL], "canbo01")
        self.assertTrue(session["apiUrl"].startswith("/"), "relative")
        self.assertEqual(session["capabilities"][CORE]["maxObjectsInGet"], 500)

    def test_what_is_wrong_with_a_whole_request(self):
        echo = ["Core/echo", {"x": 1}, "a"]
        for body, kind in ((b"{", "notJSON"), ({"using": [CORE]}, "notRequest"), ([1], "notRequest"),
                           ({"using": [CORE], "methodCalls": [["Core/echo", {}]]}, "notRequest"),
                           ({"using": ["urn:x"], "methodCalls": []}, "unknownCapability"),
                           ({"using": [CORE], "methodCalls": [echo] * 17}, "limit")):
            status, content, answer = self.request(body)
            self.assertEqual((status, content, answer["type"]),
                             (400, "application/problem+json", "urn:ietf:params:jmap:error:" + kind))
        self.assertEqual(self.request({"using": [CORE], "methodCalls": [echo]})[2]["methodResponses"], [echo])

    def test_a_method_that_fails_leaves_the_others_alone(self):
        answers = self.mail.calls(("Email/none", {}), ("Core/echo", {"x": 1}), ("Email/get", {}),
                                  ("Email/get", {"accountId": "other", "ids": []}),
                                  ("Email/get", {"ids": ["E00001"], "properties": ["nonsense"]}),
                                  ("Email/get", {"ids": ["E00001"] * 501}),
                                  ("Email/query", {"filter": {"colour": "red"}}),
                                  ("Email/query", {"sort": [{"property": "colour"}]}),
                                  ("Email/query", {"anchor": "none"}))
        self.assertEqual([a[1].get("type") for a in answers],
                         ["unknownMethod", None, "invalidArguments", "accountNotFound", "invalidArguments",
                          "requestTooLarge", "unsupportedFilter", "unsupportedSort", "anchorNotFound"])
        self.assertEqual([a[2] for a in answers], [str(i) for i in range(9)])
        answer, = self.mail.calls(("Email/get", {"ids": []}), using=[CORE])
        self.assertEqual(answer[1]["type"], "unknownMethod", "a capability not named is not used")

    def test_references(self):
        reference = {"resultOf": "0", "name": "Email/query", "path": "/ids"}
        answers = self.mail.calls(("Email/query", {"limit": 3}), ("Email/get", {"#ids": reference, "properties": ["threadId"]}),
                                  ("Thread/get", {"#ids": {"resultOf": "1", "name": "Email/get", "path": "/list/*/threadId"}}))
        self.assertEqual([m["id"] for m in answers[1][1]["list"]], answers[0][1]["ids"])
        self.assertEqual([t["emailIds"] for t in answers[2][1]["list"]], [[i] for i in answers[0][1]["ids"]])
        for bad, kind in (({"#ids": {**reference, "resultOf": "9"}}, "invalidResultReference"),
                          ({"#ids": {**reference, "name": "Email/get"}}, "invalidResultReference"),
                          ({"#ids": {**reference, "path": "/none"}}, "invalidResultReference"),
                          ({"#ids": reference, "ids": []}, "invalidArguments")):
            self.assertEqual(self.mail.calls(("Email/query", {}), ("Email/get", bad))[1][1]["type"], kind)

    def test_blobs(self):
        status, _, answer = self.mail.ask("POST", "/jmap/upload/canbo01/", b"\x00\xffnh\xc3\xa1p", **{"Content-Type": "image/png"})
        blob = json.loads(answer)
        self.assertEqual((status, blob["size"], blob["type"]), (201, 7, "image/png"))
        status, headers, data = self.mail.ask("GET", f"/jmap/download/canbo01/{blob['blobId']}/x.png?accept=image/png")
        self.assertEqual((status, headers["Content-Type"], data), (200, "image/png", b"\x00\xffnh\xc3\xa1p"))
        self.assertEqual(self.mail.ask("GET", "/jmap/download/canbo01/Gnone/x")[0], 404)
        self.assertEqual(self.mail.ask("POST", "/jmap/upload/other/", b"x")[0], 404)
        sample, = self.mail.get("E00001")
        file, = sample["attachments"]
        status, _, data = self.mail.ask("GET", f"/jmap/download/canbo01/{file['blobId']}/x?accept=application/pdf")
        self.assertEqual((status, len(data)), (200, file["size"]))


class Reading(MailCase):
    def test_samples(self):
        mail, = self.mail.get("E00002", fetchTextBodyValues=True)
        self.assertEqual(mail["subject"], "Trao đổi về hồ sơ khai sinh H99.101.01-261120-0007")
        self.assertEqual((mail["mailboxIds"], mail["keywords"], mail["receivedAt"]),
                         ({"H1": True}, {}, "2026-11-21T02:02:00Z"))
        self.assertIn("lệch họ đệm", mail["bodyValues"][mail["textBody"][0]["partId"]]["value"])
        answer = self.mail.call("Email/get", ids=["E00002", "none"], properties=["subject"])
        self.assertEqual((sorted(answer["list"][0]), answer["notFound"]), (["id", "subject"], ["none"]))

    def test_long_texts_are_cut_between_letters(self):
        mail, = self.mail.get("E00001", fetchTextBodyValues=True, maxBodyValueBytes=2)
        value = mail["bodyValues"]["1"]
        self.assertEqual((value["value"], value["isTruncated"]), ("K", True))

    def test_queries(self):
        whole = self.mail.all()
        self.assertEqual([m["receivedAt"] for m in whole], sorted(m["receivedAt"] for m in whole))
        answer = self.mail.call("Email/query", sort=[{"property": "receivedAt", "isAscending": False}], position=3, limit=4,
                                calculateTotal=True)
        backwards = self.mail.call("Email/query", sort=[{"property": "receivedAt", "isAscending": False}])["ids"]
        self.assertEqual((answer["ids"], answer["total"], answer["position"]), (backwards[3:7], len(whole), 3))
        self.assertEqual(self.mail.call("Email/query", position=-2)["ids"], [m["id"] for m in whole][-2:])
        self.assertEqual(self.mail.call("Email/query", anchor=whole[5]["id"], anchorOffset=-1, limit=2)["ids"],
                         [whole[4]["id"], whole[5]["id"]])
        for filter, wanted in (({"hasKeyword": "$seen"}, lambda m: "$seen" in m["keywords"]),
                               ({"notKeyword": "$seen"}, lambda m: "$seen" not in m["keywords"]),
                               ({"inMailbox": "H8"}, lambda m: "H8" in m["mailboxIds"]),
                               ({"inMailboxOtherThan": ["H1"]}, lambda m: "H1" not in m["mailboxIds"]),
                               ({"after": "2026-11-21T00:00:00Z"}, lambda m: m["receivedAt"] >= "2026-11-21"),
                               ({"before": "2026-11-21T00:00:00Z"}, lambda m: m["receivedAt"] < "2026-11-21"),
                               ({"hasAttachment": True}, lambda m: m["hasAttachment"]),
                               ({"text": "KHAI SINH"}, lambda m: m["id"] == "E00002"),
                               ({"operator": "NOT", "conditions": [{"hasKeyword": "$seen"}, {"inMailbox": "H8"}]},
                                lambda m: "$seen" not in m["keywords"] and "H8" not in m["mailboxIds"]),
                               ({"operator": "OR", "conditions": [{"inMailbox": "H4"}, {"inMailbox": "H8"}]},
                                lambda m: {"H4", "H8"} & set(m["mailboxIds"]))):
            ids = [m["id"] for m in whole if wanted(m)]
            self.assertEqual(self.mail.call("Email/query", filter=filter)["ids"], ids, filter)
            self.assertTrue(ids, filter)
        self.assertEqual(self.mail.call("Email/queryChanges", sinceQueryState="x")["type"], "cannotCalculateChanges")

    def test_mailboxes(self):
        boxes = {b["role"] or b["name"]: b for b in self.mail.call("Mailbox/get", ids=None)["list"]}
        self.assertEqual({"inbox", "drafts", "sent", "trash", "archive", "junk"} - set(boxes), set())
        inbox = self.mail.get(*self.mail.ids(inMailbox=boxes["inbox"]["id"]))
        self.assertEqual((boxes["inbox"]["totalEmails"], boxes["inbox"]["unreadEmails"]),
                         (len(inbox), len([m for m in inbox if "$seen" not in m["keywords"]])))
        self.assertEqual(self.mail.call("Mailbox/query", filter={"role": "drafts"})["ids"], ["H2"])
        self.assertEqual(self.mail.call("Mailbox/get", ids=["H2", "no"], properties=["name"])["list"], [{"id": "H2", "name": "Thư nháp"}])
        self.assertEqual(self.mail.call("Mailbox/query", filter={"colour": 1})["type"], "unsupportedFilter")
        before = self.mail.call("Mailbox/get", ids=[])["state"]
        self.mail.set(update={"E00002": {"keywords/$seen": True}})
        changes = self.mail.call("Mailbox/changes", sinceState=before)
        self.assertIn("H1", changes["updated"])


class Writing(MailCase):
    def test_every_change_moves_the_state(self):
        start = state = self.mail.state()
        self.assertEqual(self.changes(start), ([], [], []))
        made = self.mail.set(create={"d": self.draft()})["created"]["d"]["id"]
        for change in ({"update": {"E00002": {"keywords/$seen": True}}}, {"update": {"E00003": {"keywords/$flagged": True}}},
                       {"destroy": ["E00004"]}):
            answer = self.mail.set(**change)
            self.assertNotEqual(answer["newState"], state)
            self.assertEqual(answer["newState"], self.mail.state())
            state = answer["newState"]
        self.assertEqual(self.changes(start), ([made], ["E00002", "E00003"], ["E00004"]))
        self.mail.set(destroy=[made])
        self.assertEqual(self.changes(start), ([], ["E00002", "E00003"], ["E00004"]), "it came and went")
        self.assertEqual(self.changes(state), ([], [], [made]))

    def test_changes_on_the_systems_side(self):
        start = self.mail.state()
        self.province.put({"system": "thu", "key": "E00003", "fields": {"title": "mới"}})
        self.province.put({"system": "thu", "key": "E00005", "deleted": True})
        self.assertEqual(self.changes(start), ([], ["E00003"], ["E00005"]))

    def test_changes_in_pieces(self):
        start, seen = self.mail.state(), []
        for i in range(1, 6):
            self.mail.set(update={f"E0000{i}": {"keywords/$label1": True}})
        state, more = start, True
        while more:
            answer = self.mail.call("Email/changes", sinceState=state, maxChanges=2)
            seen += answer["updated"]
            state, more = answer["newState"], answer["hasMoreChanges"]
            self.assertLessEqual(len(answer["updated"]), 2)
        self.assertEqual((seen, state), ([f"E0000{i}" for i in range(1, 6)], self.mail.state()))

    def test_a_state_too_old(self):
        start = self.mail.state()
        for i in range(260):
            for value in (True, None):
                self.mail.set(update={"E00001": {"keywords/x": value}})
        self.assertEqual(self.mail.call("Email/changes", sinceState=start)["type"], "cannotCalculateChanges")
        for bad in ("nonsense", "1-1-1", "99999999999999-1"):
            self.assertEqual(self.mail.call("Email/changes", sinceState=bad)["type"], "cannotCalculateChanges")
        self.assertEqual(self.mail.call("Email/changes")["type"], "invalidArguments")

    def test_patches(self):
        for patch, keywords in (({"keywords/$Seen": True}, {"$seen": True}), ({"keywords/$seen": None}, {}),
                                ({"keywords": {"$flagged": True}}, {"$flagged": True})):
            self.assertEqual(self.mail.set(update={"E00002": patch})["updated"], {"E00002": None})
            self.assertEqual(self.mail.get("E00002")[0]["keywords"], keywords)
        self.mail.set(update={"E00002": {"mailboxIds/H1": None, "mailboxIds/H4": True}})
        self.assertEqual(self.mail.get("E00002")[0]["mailboxIds"], {"H4": True})
        self.assertEqual([e["action"] for e in self.effects()], ["acknowledge", "unread", "flag", "file"])

    def test_a_repeat_changes_nothing(self):
        self.mail.set(update={"E00002": {"keywords/$seen": True}})
        state = self.mail.state()
        self.assertEqual(self.mail.set(update={"E00002": {"keywords/$seen": True}})["updated"], {"E00002": None})
        self.assertEqual((self.mail.state(), len(self.effects())), (state, 1))

    def test_each_its_own_fate(self):
        answer = self.mail.set(update={"E00002": {"keywords/$seen": True}, "none": {"keywords/$seen": True},
                                       "E00003": {"mailboxIds": {}}, "E00004": {"subject": "x"},
                                       "E00005": {"mailboxIds/none": True}},
                               destroy=["E00006", "none"], create={"a": self.draft(), "b": self.draft(mailboxIds={}),
                                                                    "c": self.draft(nonsense=1),
                                                                    "d": self.draft(attachments=[{"blobId": "Gnone"}])})
        self.assertEqual(list(answer["updated"]), ["E00002"])
        self.assertEqual({k: v["type"] for k, v in answer["notUpdated"].items()},
                         {"none": "notFound", "E00003": "invalidProperties", "E00004": "invalidProperties",
                          "E00005": "invalidProperties"})
        self.assertEqual((answer["destroyed"], answer["notDestroyed"]["none"]["type"]), (["E00006"], "notFound"))
        self.assertEqual((list(answer["created"]), {k: v["type"] for k, v in answer["notCreated"].items()}),
                         (["a"], {"b": "invalidProperties", "c": "invalidProperties", "d": "blobNotFound"}))
        self.assertEqual(len(self.effects()), 3)

    def test_if_in_state(self):
        state = self.mail.state()
        self.assertEqual(self.mail.set(ifInState=state, update={"E00002": {"keywords/$seen": True}})["oldState"], state)
        answer = self.mail.set(ifInState=state, update={"E00003": {"keywords/$seen": True}})
        self.assertEqual(answer["type"], "stateMismatch")
        self.assertEqual(len(self.effects()), 1)

    def test_drafts(self):
        blob = json.loads(self.mail.ask("POST", "/jmap/upload/canbo01/", b"tep", **{"Content-Type": "text/plain"})[2])["blobId"]
        parent, = self.mail.get("E00002")
        draft = self.draft(messageId=["k1@motcua.invalid"], inReplyTo=parent["messageId"],
                           attachments=[{"blobId": blob, "name": "tệp.txt", "type": "text/plain"}])
        made = [self.mail.set(create={"d": draft})["created"]["d"]["id"] for _ in range(2)]
        self.assertNotEqual(*made, "no repeat is known")
        mail, = self.mail.get(made[0], fetchAllBodyValues=True)
        self.assertEqual((mail["messageId"], mail["threadId"], mail["keywords"]),
                         (["k1@motcua.invalid"], parent["threadId"], {"$draft": True}))
        self.assertEqual((mail["bodyValues"]["1"]["value"], mail["attachments"][0]["name"]), ("Kính gửi", "tệp.txt"))
        self.assertEqual(self.mail.call("Thread/get", ids=[parent["threadId"]])["list"][0]["emailIds"], ["E00002", *made])

    def test_submission(self):
        made = self.mail.set(create={"d": self.draft(), "e": self.draft(to=[])})["created"]
        answers = self.mail.calls(("Identity/get", {"ids": None}), ("EmailSubmission/set", {
            "create": {"s": {"emailId": made["d"]["id"], "identityId": "I1"}, "t": {"emailId": made["e"]["id"], "identityId": "I1"},
                       "u": {"emailId": "none", "identityId": "I1"}, "v": {"emailId": made["d"]["id"], "identityId": "I9"}},
            "onSuccessUpdateEmail": {"#s": {"keywords/$draft": None, "mailboxIds": {"H3": True}}}}))
        self.assertEqual([a[0] for a in answers], ["Identity/get", "EmailSubmission/set", "Email/set"])
        self.assertEqual({k: v["type"] for k, v in answers[1][1]["notCreated"].items()},
                         {"t": "noRecipients", "u": "invalidProperties", "v": "invalidProperties"})
        sent, = self.mail.get(made["d"]["id"])
        self.assertEqual((sent["keywords"], sent["mailboxIds"]), ({}, {"H3": True}))
        self.assertEqual(len(self.effects(action="send")), 1)
        self.assertEqual(len(self.mail.call("EmailSubmission/get", ids=None)["list"]), 1)


class Kept(unittest.TestCase):
    def test_the_same_for_the_same_seed(self):
        def whole(**options):
            with Province(now=NOW, items=240, **options) as province:
                return Jmap(province).all()
        self.assertEqual(whole(), whole())
        self.assertNotEqual(whole(), whole(seed=2))

    def test_in_proportion(self):
        with Province(now=NOW, items=1200) as province:
            self.assertEqual(Jmap(province).call("Email/query", calculateTotal=True)["total"], 100)


if __name__ == "__main__":
    unittest.main()
