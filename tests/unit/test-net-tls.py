#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TLS server for test-net-tls: test-net-tls.py PEM MODE.

Prints its port, then a line for each request that reached it, and lives until its standard input ends.
  ok             HTTP/1.1, answers 200
  plain-redirect HTTP/1.1, sends the client to the same host in the clear
  client         as ok, for clients that show the certificate of PEM
  old            as ok, but speaks TLS 1.1 at most
  h2-ok          HTTP/2, answers every stream
  h2-refuse      HTTP/2, answers the first stream of a connection and refuses the others (REFUSED_STREAM,
                 which a client may take for leave to repeat)
  h2-goaway      HTTP/2, answers the first stream and meets the next with GOAWAY "nothing was processed"
  h2-die         HTTP/2, answers the first stream and closes at the next

The HTTP/2 here is just what a client needs to see: frames are counted, header blocks are not decoded
(RFC 9113; 0x88 is ":status: 200" of RFC 7541's static table).
"""
import os
import socket
import ssl
import struct
import sys
import threading

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
REFUSED_STREAM = 7
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def read_exactly(link, count):
    data = b""
    while len(data) < count:
        more = link.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def answer(link, stream):
    link.sendall(frame(HEADERS, END_HEADERS, stream, b"\x88") + frame(DATA, END_STREAM, stream, b"ok"))


def refuse(link, mode, stream):
    if mode == "h2-refuse":
        link.sendall(frame(RST_STREAM, 0, stream, struct.pack(">I", REFUSED_STREAM)))
    elif mode == "h2-goaway":
        link.sendall(frame(GOAWAY, 0, 0, struct.pack(">II", 1, 0)))
    if mode != "h2-refuse":
        raise EOFError


def serve_h2(link, mode):
    if read_exactly(link, len(PREFACE)) != PREFACE:
        return
    link.sendall(frame(SETTINGS, 0, 0))
    streams = 0
    while True:
        head = read_exactly(link, 9)
        length = struct.unpack(">I", b"\0" + head[:3])[0]
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        payload = read_exactly(link, length)
        if kind == SETTINGS and not flags & ACK:
            link.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            link.sendall(frame(PING, ACK, 0, payload))
        elif kind in (HEADERS, DATA) and flags & END_STREAM:
            say("request")
            streams += 1
            if mode == "h2-ok" or streams == 1:
                answer(link, stream)
            else:
                refuse(link, mode, stream)


def serve_h1(link, mode):
    read = b""
    while True:
        while b"\r\n\r\n" not in read:
            more = link.recv(65536)
            if not more:
                return
            read += more
        read = read.split(b"\r\n\r\n", 1)[1]
        say("request")
        if mode == "plain-redirect":
            port = link.getsockname()[1]
            link.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % port)
        else:
            link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def serve(context, mode, raw):
    try:
        with context.wrap_socket(raw, server_side=True) as link:
            (serve_h2 if mode.startswith("h2") else serve_h1)(link, mode)
    except (OSError, EOFError):
        raw.close()


def accept(context, mode, listener):
    while True:
        threading.Thread(target=serve, args=(context, mode, listener.accept()[0]), daemon=True).start()


def main():
    pem, mode = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.set_alpn_protocols(["h2"] if mode.startswith("h2") else ["http/1.1"])
    if mode == "old":
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    if mode == "client":
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(pem)
    listener = socket.create_server(("127.0.0.1", 0))
    say(str(listener.getsockname()[1]))
    threading.Thread(target=accept, args=(context, mode, listener), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


main()
