# SPDX-License-Identifier: Apache-2.0
"""A system that says what a test has it say, and remembers what it was asked.

    with Script() as system:
        system.usual["/all"] = {"items": []}                  # the answer where nothing else is planned
        system.plan("GET", "/all", answer({"code": "BUSY"}), answer({}, 429, {"Retry-After": "1"}))
        ...
        asked = system.asked("GET", "/all")                   # Asked, in order
"""
import http.server
import json
import threading
import time
import urllib.parse


class Asked:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path = target.partition("?")[0]
        self.at = time.monotonic()

    def json(self):
        return json.loads(self.body)

    def query(self):
        return urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


def answer(body=None, status=200, headers=None, content="application/json; charset=utf-8"):
    if not isinstance(body, bytes):
        body = json.dumps({} if body is None else body, ensure_ascii=False).encode()
    return status, {"Content-Type": content, **(headers or {})}, body


class Script:
    def __init__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, self.headers, body)
                with outer.lock:
                    outer.log.append(asked)
                    said = outer.say(asked)
                if said is None:  # the answer is lost
                    self.close_connection = True
                    return
                status, headers, body = said
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.lock = threading.Lock()
        self.log, self.usual, self.plans = [], {}, {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, asked):
        planned = self.plans.get((asked.method, asked.path))
        said = planned.pop(0) if planned else self.usual.get(asked.path, answer({"code": "NONE"}, 404))
        if callable(said):
            said = said(asked)
        return said if said is None or isinstance(said, tuple) else answer(said)

    def plan(self, method, path, *answers):
        """Its next answers to that, before the usual one; None: the connection ends without one."""
        with self.lock:
            self.plans[method, path] = list(answers)

    def asked(self, method=None, path=None):
        with self.lock:
            return [a for a in self.log if (not method or a.method == method) and (not path or a.path == path)]

    def forget(self):
        with self.lock:
            self.log.clear()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
