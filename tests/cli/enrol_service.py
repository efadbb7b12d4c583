# SPDX-License-Identifier: Apache-2.0
"""usage: enrol_service.py FOLDER

A service that takes new tokens, on a free port (FOLDER/port), and does what FOLDER/mode says: "good"
answers as it should, the others wrongly in one way each, as no real service does.  It verifies no
proof: the test does.  Each request is recorded: `request`, `fields`, `content`, and a line in `log`.
"""
import base64
import hashlib
import http.server
import json
import os
import sys

folder = sys.argv[1]
MASTER = bytes.fromhex(sys.argv[2])


def record(name, data):
    with open(os.path.join(folder, name + ".new"), "wb") as file:
        file.write(data)
    os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def expiry(token):
    """`exp` of the CBOR in a SIG1 text: key 4, a number of four bytes."""
    cbor = decode(token.split(".")[1])
    at = cbor.index(b"\x04\x1a")
    return int.from_bytes(cbor[at + 2:at + 6], "big")


def answer(parameters):
    jti = decode(parameters["jti"])
    return {
        "binding_signature": parameters["p"],
        "capability_id": parameters["cap"],
        "ephemeral_public": parameters["ek"],
        "expires_at": expiry(parameters["t"]),
        "master_public": b64u(MASTER),
        "purpose": decode(parameters["pu"]).decode(),
        "token": parameters["t"],
        "token_id": jti.hex(),
        "token_jti": b64u(jti),
    }


CHANGES = {
    "id": lambda it: it.update(token_id="0" * 32),
    "expiry": lambda it: it.update(expires_at=it["expires_at"] + 1),
    "purpose": lambda it: it.update(purpose="admin"),
    "key": lambda it: it.update(ephemeral_public=b64u(bytes(32))),
    "master": lambda it: it.update(master_public=b64u(bytes(32))),
    "binding": lambda it: it.update(binding_signature=b64u(bytes(64))),
    "token": lambda it: it.update(token=it["token"] + "A"),
    "private": lambda it: it.update(ephemeral_private=b64u(bytes(64))),
    "missing": lambda it: it.pop("expires_at"),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def enrol(self, mode):
        parameters = dict(part.split("=", 1) for part in self.headers["Signet-Proof"].split(";")[1:])
        if parameters.get("m") != "full":
            return self.send(401, b"token not found\n")
        body = answer(parameters)
        if mode in CHANGES:
            CHANGES[mode](body)
        text = json.dumps(body, sort_keys=True).encode() + b"\n"
        if mode == "twice":
            text = b'{"token_id":"",' + text[1:]
        self.send(201, text)

    def handle_one(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        record("request", f"{self.command} {self.path}\n".encode())
        record("fields", "".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode())
        record("content", content)
        with open(os.path.join(folder, "log"), "a") as log:
            log.write(f"{self.command} {hashlib.sha256(self.headers.get('Signet-Proof', '').encode()).hexdigest()}\n")
        mode = open(os.path.join(folder, "mode")).read().strip()
        if mode.isdigit():
            self.send(int(mode), b"no \x1b[31mway\n")
        elif mode == "garbage":
            self.send(201, b"\x00\xff{")
        elif mode == "large":
            self.send(201, b"{" + b" " * (1 << 20) + b"}")
        elif self.command == "DELETE":
            self.send(204, b"")
        else:
            self.enrol(mode)

    do_POST = do_DELETE = do_GET = handle_one

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
record("port", b"%d\n" % server.server_address[1])
server.serve_forever()
