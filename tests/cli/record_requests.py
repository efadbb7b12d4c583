# SPDX-License-Identifier: Apache-2.0
"""usage: record_requests.py FOLDER

Serves HTTP on a free port, which it writes to FOLDER/port, and records each request in FOLDER:
`request` (method and target), `fields` (one a line), `content`.  /again answers with a redirect.
"""
import http.server
import os
import sys

folder = sys.argv[1]


def record(name, data):
    with open(os.path.join(folder, name + ".new"), "wb") as file:
        file.write(data)
    os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        record("request", f"{self.command} {self.path}\n".encode())
        record("fields", "".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode())
        record("content", content)
        self.send_response(302 if self.path == "/again" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "3")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"hi\n")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
record("port", b"%d\n" % server.server_address[1])
server.serve_forever()
