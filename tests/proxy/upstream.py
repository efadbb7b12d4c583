# SPDX-License-Identifier: Apache-2.0
"""An upstream that says what reached it, byte for byte, and behaves badly when asked.

usage: upstream.py PORT-FILE
"""
import hashlib
import os
import socket
import sys
import threading
import time


def read_head(file):
    lines = []
    while True:
        line = file.readline()
        if not line or line == b"\r\n":
            return lines
        lines.append(line.rstrip(b"\r\n"))


def read_body(file, fields):
    """Yields pieces, of content that may be long."""
    if fields.get("transfer-encoding", "") == "chunked":
        while True:
            size = int(file.readline().split(b";")[0], 16)
            piece = file.read(size)
            file.readline()
            if size == 0:
                return
            yield piece
    left = int(fields.get("content-length", "0"))
    while left > 0:
        piece = file.read(min(left, 1 << 16))
        if not piece:
            return
        left -= len(piece)
        yield piece


def answer(connection, body, status="200 OK", more=""):
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body)


def chunk(connection, data):
    connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))


def begin_chunks(connection, kind):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: %s\r\n\r\n" % kind)


def echo(connection, head, body, _):
    digest = hashlib.sha256()
    length = 0
    for piece in body:
        digest.update(piece)
        length += len(piece)
    text = b"\n".join(head) + b"\nbody %d %s\n" % (length, digest.hexdigest().encode())
    answer(connection, text, more="Set-Cookie: a=b\r\nServer: theirs\r\n")


def events(connection, _, __, ___):
    begin_chunks(connection, b"text/event-stream")
    for _ in range(5):
        chunk(connection, b"data: %.3f\n\n" % time.time())
        time.sleep(0.3)
    connection.sendall(b"0\r\n\r\n")


def big(connection, _, __, query):
    count = int(query)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (count << 20))
    piece = bytes(1 << 20)
    for _ in range(count):
        connection.sendall(piece)


def steady(connection, _, __, query):
    """A mebibyte a second, without a length."""
    begin_chunks(connection, b"application/octet-stream")
    for _ in range(10 * int(query)):
        chunk(connection, bytes(104858))
        time.sleep(0.1)
    connection.sendall(b"0\r\n\r\n")


def slow(connection, _, __, query):
    time.sleep(float(query))
    answer(connection, b"late\n")


def half(connection, _, __, query):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
    time.sleep(float(query))
    connection.sendall(b"-last")


def bad(connection, _, __, ___):
    answer(connection, b"their own words\n", "502 Bad Gateway")


def accelerate(connection, _, __, ___):
    answer(connection, b"mine\n", more="X-Accel-Redirect: /healthz\r\nLocation: http://elsewhere/\r\n")


def garbage(connection, _, __, ___):
    connection.sendall(b"\0\1\2garbage\r\n\r\n")


def upgrade(connection, head, _, __):
    fields = [line.lower() for line in head]
    if b"upgrade: websocket" not in fields or b"connection: upgrade" not in fields:
        answer(connection, b"no upgrade\n", "400 Bad Request")
        return
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    while True:
        data = connection.recv(4096)
        if not data:
            return
        connection.sendall(data.upper())


PATHS = {"/events": events, "/big": big, "/steady": steady, "/slow": slow, "/half": half, "/bad": bad,
         "/accelerate": accelerate, "/garbage": garbage, "/upgrade": upgrade}


def serve(connection):
    file = connection.makefile("rb")
    try:
        while True:
            head = read_head(file)
            if not head:
                return
            fields = {}
            for line in head[1:]:
                name, _, value = line.decode("latin-1").partition(":")
                fields[name.lower()] = value.strip()
            path, _, query = head[0].split()[1].decode("latin-1").partition("?")
            PATHS.get(path, echo)(connection, head, read_body(file, fields), query)
            if path in ("/upgrade", "/garbage"):
                return
    except OSError:
        return
    finally:
        file.close()
        connection.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    with open(sys.argv[1] + ".part", "w", encoding="ascii") as out:
        out.write(f"{listener.getsockname()[1]}\n")
    os.rename(sys.argv[1] + ".part", sys.argv[1])
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


main()
