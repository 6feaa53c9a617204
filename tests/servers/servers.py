# SPDX-License-Identifier: Apache-2.0
"""Servers that have never heard of motcua, each a private one in a temporary directory on loopback.

    with Rt() as rt, Cyrus() as mail, Oidc() as provider: ...

Every one has an address (.base) and a client of its own API, through which the tests read back what motcua did.
What is installed system-wide (Debian's packages) is never configured nor started: only its programs are used.
"""
import base64
import contextlib
import http.cookiejar
import imaplib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

from province import Desk, Temporary, until  # noqa: E402, F401

START = 60  # seconds a server may take to answer


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(method, url, body=None, headers=None, opener=urllib.request.build_opener(urllib.request.ProxyHandler({}))):
    """(status, headers, bytes). A dict is sent as JSON, bytes as they are."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers or {}))
    if data is not None and not request.has_header("Content-type"):
        kind = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/json"
        request.add_header("Content-Type", kind)
    try:
        with opener.open(request, timeout=START) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class Server:
    """A process with a directory and a log; a subclass starts it and says when it answers."""

    def __init__(self):
        self.temporary = Temporary("motcua-server-")
        self.directory = self.temporary.path
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = None
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def tool(self, *command, input=None, env=None):
        done = subprocess.run(command, input=input, capture_output=True, env={**os.environ, **(env or {})})
        if done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout[-2000:]!r}{done.stderr[-2000:]!r}")

    def run(self, *command, env=None):
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, **(env or {})}, start_new_session=True)

    def answers(self, path, headers=None):
        if self.process.poll() is not None:
            with open(self.path("log"), encoding="utf-8", errors="replace") as log:
                raise AssertionError(f"{type(self).__name__} ended: {log.read()[-3000:]}")
        try:
            return ask("GET", self.base + path, headers=headers)[0] < 500
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def wait(self, path, headers=None):
        until(lambda: self.answers(path, headers) or time.sleep(0.1), START, f"{type(self).__name__} at {path}")

    def stop(self):
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.process = None
        self.temporary.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def login(desk, system, status=0, **secrets):
    """Gives motcua a system's secrets in git's credential form."""
    form = "".join(f"{name}={value}\n" for name, value in secrets.items()) + "\n"
    return desk.run("login", system, "--stdin", input=form, status=status)


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class Rt(Server):
    """Request Tracker 5 on SQLite, with a queue "Phản ánh" and two officials besides root."""

    ROOT = basic("root", "password")

    def start(self):
        config = self.write("site.pm", "\n".join((
            "Set($rtname, 'motcua.test');", "Set($Organization, 'motcua.test');",
            "Set($WebDomain, '127.0.0.1');", f"Set($WebPort, {self.port});", "Set($WebPath, '');",
            "Set($DatabaseType, 'SQLite');", f"Set($DatabaseName, '{self.path('rtdb')}');",
            "Set($LogToSyslog, undef);", "Set($LogToSTDERR, 'error');", "Set($LogToFile, undef);",
            "Set($MailCommand, 'mbox');", "Set($Timezone, 'UTC');", "1;\n")))
        os.mkdir(self.path("parts"))
        self.settings = {"RT_SITE_CONFIG": config, "RT_SITE_CONFIG_DIR": self.path("parts"),
                         "TMPDIR": self.directory}
        self.tool("rt-setup-database-5", "--action", "init", "--skip-create", env=self.settings)
        self.run("/usr/share/request-tracker5/libexec/rt-server", "--server", "Starman", "--host", "127.0.0.1",
                 "--port", str(self.port), "--workers", "3", env=self.settings)
        self.api = self.base + "/REST/2.0"
        self.wait("/REST/2.0/rt", self.ROOT)
        self.fill()

    def ask(self, method, path, body=None, headers=None, status=(200, 201)):
        got, _, answer = ask(method, self.api + path, body, {**self.ROOT, **(headers or {})})
        if got not in status:
            raise AssertionError(f"{method} {path}: {got} {answer[:500]!r}")
        return json.loads(answer) if answer.strip() else None

    def fill(self):
        self.ask("POST", "/queue", {"Name": "Phản ánh", "Description": "Phản ánh của công dân"})
        for name, real in (("canbo01", "Cán bộ Một"), ("canbo02", "Cán bộ Hai")):
            self.ask("POST", "/user", {"Name": name, "RealName": real, "EmailAddress": name + "@motcua.test",
                                       "Privileged": 1, "Disabled": 0})
        self.rights()

    def rights(self):
        """What no API grants: who may do what, and a token for canbo01."""
        script = self.write("rights.pl", r"""
use lib '/usr/share/request-tracker5/lib';
use RT; RT::LoadConfig(); RT::Init();
for my $name (qw(canbo01 canbo02)) {
  my $user = RT::User->new(RT->SystemUser); $user->Load($name);
  my ($ok, $why) = $user->PrincipalObj->GrantRight(Right => 'SuperUser', Object => RT->System);
  die $why unless $ok;
}
my $user = RT::User->new(RT->SystemUser); $user->Load('canbo01');
my $token = RT::AuthToken->new(RT->SystemUser);
my ($ok, $why, $text) = $token->Create(Owner => $user->Id, Description => 'motcua');
die $why unless $ok;
print "$text\n";
""")
        done = subprocess.run(["perl", script], capture_output=True, env={**os.environ, **self.settings})
        self.token = done.stdout.decode().strip().splitlines()[-1] if done.returncode == 0 else ""
        if not self.token:
            raise AssertionError(done.stderr.decode()[-2000:])

    def ticket(self, subject, **fields):
        """The number of a new ticket."""
        made = self.ask("POST", "/ticket", {"Queue": "Phản ánh", "Subject": subject,
                                            "Requestor": "dan01@example.vn", **fields})
        return str(made["id"])

    def show(self, number):
        return self.ask("GET", f"/ticket/{number}")

    def history(self, number, kind=None):
        answer = self.ask("GET", f"/ticket/{number}/history?per_page=100&fields=Type,Creator,OldValue,NewValue,Field")
        return [t for t in answer["items"] if kind is None or t["Type"] == kind]


    def files(self, number):
        return self.ask("GET", f"/ticket/{number}/attachments?per_page=100"
                               "&fields=Filename,ContentType,Content,Creator")["items"]

    def texts(self, number, who):
        """What somebody wrote, in order."""
        return [f["Content"] for f in self.files(number)
                if f["Creator"]["id"] == who and f["ContentType"] == "text/plain" and not f["Filename"]]


class Cyrus(Server):
    """Cyrus IMAP with JMAP over HTTP, one mailbox. Its master wants root, and gives it up for user cyrus."""

    USER, PASSWORD = "canbo01", "demo-canbo01"

    def start(self):
        self.imap_port = free_port()
        for name in ("conf", "spool", "sieve", "run", "sock"):
            os.mkdir(self.path(name))
        d = self.directory
        self.write("imapd.conf", "\n".join((
            f"configdirectory: {d}/conf", f"proc_path: {d}/run/proc", f"mboxname_lockpath: {d}/run/lock",
            "defaultpartition: default", f"partition-default: {d}/spool", f"sievedir: {d}/sieve",
            "admins: admin", "altnamespace: yes", "unixhierarchysep: yes", "allowplaintext: yes",
            "sasl_pwcheck_method: auxprop", "sasl_auxprop_plugin: sasldb", f"sasl_sasldb_path: {d}/sasldb2",
            "sasl_mech_list: PLAIN LOGIN", "httpmodules: jmap", "conversations: yes",
            "conversations_db: twoskip", f"lmtpsocket: {d}/sock/lmtp", "autocreate_quota: 0",
            "autocreate_inbox_folders: Sent|Drafts|Trash|Archive", "autocreate_post: yes",
            "xlist-sent: Sent", "xlist-drafts: Drafts", "xlist-trash: Trash", "xlist-archive: Archive\n")))
        self.write("cyrus.conf", f"""
START {{ recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C {d}/imapd.conf -r" }}
SERVICES {{
  imap cmd="imapd -C {d}/imapd.conf" listen="127.0.0.1:{self.imap_port}" prefork=0
  http cmd="httpd -C {d}/imapd.conf" listen="127.0.0.1:{self.port}" prefork=0
}}
""")
        self.tool("saslpasswd2", "-p", "-c", "-f", self.path("sasldb2"), self.USER, input=self.PASSWORD.encode())
        self.give_away()
        self.run("/usr/lib/cyrus/bin/master", "-C", self.path("imapd.conf"), "-M", self.path("cyrus.conf"),
                 "-p", self.path("run/master.pid"))
        until(self.mailbox, START, "Cyrus IMAP")
        self.wait("/jmap/", basic(self.USER, self.PASSWORD))

    def give_away(self):
        for where, directories, files in os.walk(self.directory):
            for name in [where] + [os.path.join(where, n) for n in directories + files]:
                shutil.chown(name, "cyrus", "mail")

    def mailbox(self):
        """Opening it the first time makes it."""
        try:
            with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
                return imap.login(self.USER, self.PASSWORD)[0] == "OK"
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.1)
            return False

    def append(self, message, folder="INBOX"):
        """Puts a message (bytes) into a folder."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
            imap.login(self.USER, self.PASSWORD)
            status, answer = imap.append(folder, None, None, message)
            assert status == "OK", answer

    def jmap(self, *calls, using=("core", "mail")):
        """The methodResponses of some calls."""
        body = {"using": ["urn:ietf:params:jmap:" + u for u in using],
                "methodCalls": [[name, {"accountId": self.USER, **arguments}, str(i)]
                                for i, (name, arguments) in enumerate(calls)]}
        status, _, answer = ask("POST", self.base + "/jmap/", body, basic(self.USER, self.PASSWORD))
        assert status == 200, answer[:500]
        return json.loads(answer)["methodResponses"]

    def emails(self, **filter):
        got = self.jmap(("Email/query", {"filter": filter or None}),
                        ("Email/get", {"#ids": {"resultOf": "0", "name": "Email/query", "path": "/ids"},
                                       "properties": ["id", "subject", "keywords", "mailboxIds", "messageId",
                                                      "inReplyTo", "textBody", "bodyValues", "to"],
                                       "fetchAllBodyValues": True}))
        return got[1][1]["list"]

    def forget_states(self):
        """What was expunged is removed for good: changes since before that can no longer be told."""
        self.tool("setpriv", "--reuid", "cyrus", "--regid", "mail", "--clear-groups", "/usr/lib/cyrus/bin/cyr_expire",
                  "-C", self.path("imapd.conf"), "-E", "1", "-X", "0", "-D", "0")

    def mailboxes(self):
        """Name -> id."""
        return {m["name"]: m["id"] for m in self.jmap(("Mailbox/get", {"ids": None}))[0][1]["list"]}


class Oidc(Server):
    """An OpenID provider: the device grant, client credentials, refresh tokens that rotate."""

    def __init__(self, modules):
        self.modules = modules
        super().__init__()

    def start(self):
        self.run("node", os.path.join(HERE, "oidc.mjs"), self.modules, str(self.port))
        self.wait("/.well-known/openid-configuration")

    def approve(self, code, account="canbo01", deny=False):
        """What the person does in a browser: enters the code, logs in, consents."""
        browser = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                              urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = browser.open(f"{self.base}/device?user_code={urllib.parse.quote(code)}").read().decode()
        for _ in range(8):
            fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
            action = re.search(r'<form[^>]*action="([^"]+)"', page)
            if not action:
                return page
            if "login" in page and 'name="login"' in page:
                fields.update(login=account, password="any")
            declined = deny and 'name="abort"' in page
            if declined:
                fields["abort"] = "yes"
            url = urllib.parse.urljoin(self.base, action.group(1).replace("&amp;", "&"))
            page = browser.open(url, urllib.parse.urlencode(fields).encode()).read().decode()
            if declined:
                return page
        raise AssertionError(page[-1000:])
