# SPDX-License-Identifier: Apache-2.0
"""A system that has files in every manner, and some that a client must not fall for. Each request is noted with
its headers; `files` maps a key to what is done with it."""
import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class File:
    """manner: plain cut hang login html page to:URL; then: what it becomes after its first cut; what the list says
    of it goes by name."""

    def __init__(self, data, name="a.pdf", manner="plain", etag=True, then=None, **says):
        self.data, self.name, self.manner, self.etag, self.then, self.says = data, name, manner, etag, then, says
        self.reached, self.go_on = threading.Event(), threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", type="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say(self, value, status=200):
        self.answer(status, json.dumps(value).encode())

    def note(self):
        self.server.log.append((self.command, self.path, dict(self.headers.items())))

    def do_GET(self):
        self.note()
        path = self.path.split("?")[0]
        if path == "/signin":
            self.answer(200, b"<html>password?</html>", "text/html; charset=utf-8")
        elif not self.server.open and self.headers.get("X-Session") != self.server.token:
            self.say({"error": "login"}, 401)
        elif path == "/items":
            self.say({"items": [{"id": "a1", "title": "T", "count": len(self.server.files)}]})
        elif path == "/items/a1/files":
            self.say({"files": [self.listed(key, file) for key, file in self.server.files.items()]})
        elif path.startswith("/json/") and path[6:] in self.server.files:
            text = base64.encodebytes(self.server.files[path[6:]].data).decode()
            self.say({"data": {"content": text}})
        elif path.startswith("/f/") and path[3:] in self.server.files:
            self.give(self.server.files[path[3:]])
        else:
            self.say({"detail": "no such thing"}, 404)

    def listed(self, key, file):
        entry = {"id": key, "name": file.name, "href": f"f/{key}", "size": len(file.data), "hash": sha256(file.data)}
        entry.update(file.says)
        entry["href"] = "../../" + entry["href"] if "://" not in entry["href"] else entry["href"]
        return {name: value for name, value in entry.items() if value is not None}

    def give(self, file):
        manner = file.manner
        if manner == "login":
            self.answer(302, b"", "text/html", Location="/signin")
        elif manner == "html":
            self.answer(200, b"<html>moved</html>", "text/html")
        elif manner.startswith("to:"):
            self.answer(302, b"", "text/plain", Location=manner[3:])
        else:
            self.bytes_of(file)

    def bytes_of(self, file):
        data, start = file.data, 0
        tag = f'"{sha256(data)[:8]}"'
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes=") and self.headers.get("If-Range") == tag:
            start = int(wanted[6:].rstrip("-"))
        rest = data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "text/html" if file.manner == "page" else "application/pdf")
        self.send_header("Content-Length", str(len(rest)))
        if file.etag:
            self.send_header("ETag", tag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if file.manner in ("cut", "hang"):
            stop, file.manner = file.manner, "plain"
            self.wfile.write(rest[:len(rest) // 2])
            self.wfile.flush()
            file.reached.set()
            if stop == "hang":
                file.go_on.wait(60)
            if file.then is not None:
                file.data = file.then
            self.close_connection = True
            self.connection.close()
        else:
            self.wfile.write(rest)

    def do_POST(self):
        self.note()
        length = int(self.headers.get("Content-Length", 0))
        if self.path == "/login":
            self.rfile.read(length)
            self.say({"token": self.server.token})
            return
        if self.server.stall:
            stall, self.server.stall = self.server.stall, None
            self.rfile.read(length // 2)
            stall.set()
            while self.rfile.read(65536):
                pass
            self.close_connection = True
            return
        body = self.rfile.read(length)
        self.server.posts.append((dict(self.headers.items()), body))
        self.say({"ok": True}, 201)


class FileServer:
    """`open`: asks for no session, as a store of files does."""

    def __init__(self, open=False):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.log, self.server.posts, self.server.files = [], [], {}
        self.server.token, self.server.stall, self.server.open = "session-of-a-clerk", None, open
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __getattr__(self, name):
        return getattr(self.server, name)

    def asked(self, path):
        """The headers of every request for that path."""
        return [headers for _, where, headers in self.server.log if where == path]
