# SPDX-License-Identifier: Apache-2.0
"""What man/motcua-connector.5 shows: its examples as they stand in its source, un-escaped, and its lists of keys.

    .\\" example KIND      before a display: what it is an example of
    .\\" keys KIND         before a list of keys: where they stand ("keys+" adds to the kind's list)
"""
import json
import os
import re

ESCAPES = (("\\e", "\\"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\-", "-"), ("\\&", ""))
PAGE = os.path.join(os.environ["top_srcdir"], "man", "motcua-connector.5")


def plain(line):
    """A line of a display as it is meant. Every character that roff would show otherwise has to be escaped."""
    if re.search(r"['`^~-]", re.sub(r"\\(\(aq|\(ga|\(ha|\(ti|-|&|e)", "", line)) or re.search(r"\\(?![e&(-])", line):
        raise AssertionError(f"not escaped: {line}")
    return re.sub(r"\\(\(..|.)", lambda m: dict(ESCAPES)[m.group()], line)


def examples():
    """[(kind, text)]: "request", "members stream" ..."""
    with open(PAGE, encoding="utf-8") as file:
        found = re.findall(r'(?ms)^\.\\" example ([^\n]*)\n\.Bd[^\n]*\n(.*?)^\.Ed$', file.read())
    return [(kind, "".join(plain(line) + "\n" for line in text.splitlines())) for kind, text in found]


def keys():
    """{kind: {key}}"""
    with open(PAGE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    found = {}
    for at, line in enumerate(lines):
        mark = re.match(r'\.\\" keys(\+?) (.*)$', line)
        if not mark:
            continue
        names = found.setdefault(mark.group(2), set())
        for item in lines[at + 1:lines.index(".El", end_of(lines, at))]:
            if item.startswith(".It Cm "):
                names |= set(item[len(".It Cm "):].split(" , "))
    return found


def end_of(lines, at):
    """Where the list that begins behind `at` ends: lists within it are passed over."""
    depth = 0
    while True:
        at += 1
        depth += lines[at].startswith(".Bl") - (lines[at] == ".El")
        if depth == 0:
            return at


def value(kind, text):
    """An example's value: of "members ..." the text stands between braces."""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*', lambda m: m.group(1) or "", text)
    return json.loads("{" + bare + "}" if kind.startswith("members ") else bare)


# A connector in which every part is, and every name that the examples use.
ACTION = {
    "on": "cases", "unknown": "ask",
    "form": {name: {"type": "text"} for name in ("note", "date", "field", "value", "to")},
    "request": {"url": "/x", "json": {"ref": {"$": "action.key"}}},
}
VERIFY = {"request": {"url": "/log"}, "landed": {"at": "/ref", "eq": {"$": "action.key"}}}
WHOLE = {
    "motcua": 1, "id": "vn.example", "title": {"vi": "Ví dụ"}, "kind": "case",
    "config": {"base": {"type": "url", "required": True}, "unit": {"type": "string"}, "sso": {"type": "url"}},
    "base": {"$": "config.base"},
    "auth": {
        "type": "login", "request": {"url": "/login"}, "token": "/token", "inject": {"header": "X-Session"},
        "keep": {"id": "/id", "login": "/login", "api": "/api", "account": "/account"},
    },
    "streams": {"cases": {
        "request": {"url": "/cases"}, "records": "/items", "key": "/id",
        "keep": {"task": "/task", "idNumber": "/number", "whole": ""},
        "map": {"title": "/title"}, "detail": {"request": {"url": "/cases/{item.key}"}, "map": {}},
    }},
    "actions": {"act": ACTION},
    "lookups": {
        "officials": {"request": {"url": "/officials"}, "records": "/items", "value": "/id"},
        "citizen": {"request": {"url": "/c/{input.number}"}, "input": {"number": {}}, "map": {"name": "/name"}},
    },
    "attachments": {"on": "cases", "list": "/files", "map": {"key": "/id", "name": "/name"}},
}
STREAM, ACT, AUTH, FILES = "/streams/cases", "/actions/act", "/auth", "/attachments"

TYPES = {"csrf": "cookie", "client": "oauth2"}  # of `auth`, where it matters
ALONE = {"status", "content", "all", "any", "not"}  # in a test without any other key

# Where a kind stands; what else has to be there for it to be looked at; whose keys are known there too.
PLACES = {
    "connector": ("", {}, ()),
    "label": ("/title", {}, ()),
    "config": ("/config/unit", {}, ()),
    "limits": ("/limits", {}, ()),
    "tls": ("/tls", {}, ()),
    "rule": ("/errors/0", {}, ()),
    "node": (ACT + "/request/json/v", {"$": "now"}, ()),
    "join": (ACT + "/request/json/v", {"$join": []}, ()),
    "edit": (ACT + "/request/json/v", {"$edit": {}}, ()),
    "request": (ACT + "/request", {}, ()),
    "reader": (STREAM + "/map/title", {}, ()),
    "case": (STREAM + "/map/title/case/0", {}, ()),
    "test": (ACT + "/unknown/verify/landed", {}, ("reader",)),
    "auth": (AUTH, {"type": "basic"}, ()),
    **{f"auth {type}": (AUTH, {"type": type}, ("auth",))
       for type in ("apikey", "login", "cookie", "oauth2", "sign", "shared")},
    "probe": (AUTH + "/probe", {}, ()),
    "expired": (AUTH + "/expired/0", {"when": {}}, ()),
    "inject": (AUTH + "/inject", {}, ()),
    "expires": (AUTH + "/expires", {}, ("reader",)),
    "refresh": (AUTH + "/refresh", {}, ()),
    "csrf": (AUTH + "/csrf", {}, ()),
    "client": (AUTH + "/client", {}, ()),
    "otp": (AUTH + "/otp", {}, ()),
    "stream": (STREAM, {}, ()),
    "cache": (STREAM + "/cache", {"none": {}}, ()),
    "map": (STREAM + "/map", {}, ()),
    "field": (STREAM + "/map/fields/0", {}, ("reader",)),
    "detail": (STREAM + "/detail", {}, ()),
    "detail map": (STREAM + "/detail/map", {}, ("map",)),
    "history": (STREAM + "/detail/map/history", {}, ()),
    "pages": (STREAM + "/pages", {"type": "none"}, ()),
    "pages page": (STREAM + "/pages", {"type": "page"}, ("pages", "pages paged")),
    "pages link": (STREAM + "/pages", {"type": "link"}, ("pages", "pages paged")),
    "pages cursor": (STREAM + "/pages", {"type": "cursor"}, ("pages", "pages paged", "pages link")),
    "delta": (STREAM + "/delta", {}, ()),
    "changes": (STREAM + "/delta/changes", {}, ()),
    "sub": (STREAM + "/sub", {}, ()),
    "subdetail": (STREAM + "/detail/sub", {}, ()),
    "action": (ACT, {}, ()),
    "input": (ACT + "/form/note", {}, ()),
    "offer": (ACT + "/form/note/from", {}, ()),
    "choice": (ACT + "/form/note/static/0", {}, ()),
    "idempotency": (ACT + "/idempotency", {}, ()),
    "unknown": (ACT + "/unknown", {}, ()),
    "verify": (ACT + "/unknown/verify", {}, ()),
    "before": (ACT + "/before", {}, ()),
    "step": (ACT + "/steps/0", {}, ()),
    "poll": (ACT + "/poll", {"request": {"url": "/x"}}, ()),
    "batch": (ACT + "/batch", {}, ()),
    "filler": (ACT + "/lookups/citizen", {}, ()),
    "lookup": ("/lookups/officials", {}, ()),
    "lookupinput": ("/lookups/citizen/input/number", {}, ()),
    "lookupvalue": ("/lookups/citizen/map/name", {}, ("reader",)),
    "purpose": ("/lookups/officials/purpose", {}, ()),
    "attachments": (FILES, {}, ()),
    "filelist": (FILES + "/list", {"request": {"url": "/x"}}, ()),
    "filemap": (FILES + "/map", {}, ()),
    "download": (FILES + "/download", {}, ("request",)),
    "content": (FILES + "/download/content", {}, ()),
}


def put(place, new, merge=False):
    """The connector with `new` at the place: in place of what stands there, or over its members."""
    whole = json.loads(json.dumps(WHOLE))
    if not place:
        return {**whole, **new} if merge else new
    at, names = whole, place[1:].split("/")
    for name, below in zip(names, names[1:] + [None]):
        index = 0 if isinstance(at, list) else name
        if isinstance(at, list) and not at:
            at.append(None)
        old = at[index] if isinstance(at, list) else at.get(name)
        if below is None:
            at[index] = {**(old if isinstance(old, dict) else {}), **new} if merge else new
        elif not isinstance(old, (dict, list)) or (below == "0" and not isinstance(old, list)):
            at[index] = [] if below == "0" else {}
        at = at[index]
    return whole


def names():
    """The names of the page's list: "item.key", "input.NAME" ..."""
    with open(PAGE, encoding="utf-8") as file:
        section = file.read().split("\n.Sh NAMES AND WHERE THEY ARE SEEN\n")[1].split("\n.Sh ")[0]
    found = set()
    for item in re.findall(r"(?m)^\.It (.*)$", section):
        found |= set(item.split(" , "))
    return found


NODE = {"$": "qqqqqqqqqqqqqqqqqqqq"}  # a name that nothing is like
ASKING = {"url": "/x", "query": {"q": NODE}}
STEP = {"name": "look", "request": {"url": "/x"}, "keep": {"id": "/id"}}
# A connector for each place that names are seen from, with a name in it that is not known there.
SEEN_FROM = (
    put("/hosts/0", NODE),
    put(AUTH, {**WHOLE["auth"], "request": ASKING}),
    put(AUTH, {**WHOLE["auth"], "refresh": {"request": ASKING, "token": "/t"}}),
    put(AUTH, {**WHOLE["auth"], "inject": {"header": "X", "value": NODE}}),
    put(AUTH, {**WHOLE["auth"], "otp": {
        "when": {"status": [200]}, "keep": {"t": "/t"}, "form": {"code": {"type": "text"}}, "request": ASKING}}),
    put(AUTH, {"type": "sign", "secret": NODE, "over": ["x"], "inject": {"header": "X", "value": NODE}}),
    put(AUTH, {"type": "cookie", "request": {"url": "/x"}, "csrf": {"read": "/c", "inject": {"header": "X"}},
               "probe": {"request": ASKING}}),
    put(STREAM + "/request", ASKING),
    put(STREAM + "/detail/request", ASKING),
    put(STREAM + "/sub", {"request": ASKING, "max": 5, "records": "/r"}),
    put(ACT + "/request", ASKING),
    put(ACT, {**ACTION, "before": {"request": {"url": "/x"}, "keep": {"id": "/id"}}, "request": ASKING}),
    put(ACT, {"on": "cases", "steps": [STEP, {**STEP, "name": "then", "request": ASKING}]}),
    put(ACT, {**ACTION, "poll": {**ASKING, "keep": {"job": "/job"}}}),
    put("/lookups/citizen/request", ASKING),
    put("/lookups/officials/request", ASKING),
    put("/lookups/citizen", {**WHOLE["lookups"]["citizen"], "purpose": True, "request": ASKING}),
    put(FILES, {**WHOLE["attachments"], "keep": {"href": "/href"}, "download": ASKING}),
    put(FILES + "/upload", ASKING),
)


def wrap(kind, given):
    """The connector in which an example stands."""
    if kind.startswith("members "):
        kind = kind.split(" ", 1)[1]
    new = dict(given) if isinstance(given, dict) else given
    if kind == "auth":
        keep = {"keep": WHOLE["auth"]["keep"]} if new["type"] in ("login", "cookie", "oauth2") else {}
        return put(AUTH, {**keep, **new})
    if kind == "test":
        return put(ACT + "/unknown", {"verify": {**VERIFY, "landed": new}})
    whole = put(PLACES[kind][0], new, merge=kind in ("connector", "stream", "action", "detail", "attachments"))
    if kind == "action" and "steps" in new:
        del whole["actions"]["act"]["request"]
    if kind == "action" and "form" in new:
        whole["actions"]["act"]["form"] = {**ACTION["form"], **new["form"]}
    if kind == "lookup":
        whole["lookups"]["officials"] = new
    return whole
