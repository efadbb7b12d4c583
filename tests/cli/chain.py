# SPDX-License-Identifier: Apache-2.0
"""Write a SIG1 with a chain of cells, environment and boundary, independently of the library.

usage: chain.py OPENSSL ISSUER.pem ROOT.pem HOLDER.pem NOW CHANGE >token
CHANGE is one of: none, wider, elsewhere, unsigned, stranger.
"""
import base64
import hashlib
import subprocess
import sys
import tempfile


def head(major, value):
    for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | info]) + value.to_bytes(size, 'big')
    raise ValueError(value)


def cbor(value):
    if value is None:
        return b'\xf6'
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b''.join(cbor(item) for item in value)
    pairs = sorted(((cbor(key), cbor(item)) for key, item in value.items()), key=lambda pair: (len(pair[0]), pair[0]))
    return head(5, len(pairs)) + b''.join(key + item for key, item in pairs)


openssl, issuer, root, holder, now, change = sys.argv[1:]
now = int(now)


def run(*words, data=None):
    return subprocess.run([openssl, *words], input=data, stdout=subprocess.PIPE, check=True).stdout


def public(path):
    return run('pkey', '-in', path, '-pubout', '-outform', 'DER')[-32:]


def sign(path, message):
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        return run('pkeyutl', '-sign', '-inkey', path, '-rawin', '-in', file.name)


def cell(signer, owner, resource, allow):
    value = {1: resource, 2: owner, 3: None, 4: {1: allow, 2: None}, 5: {1: None, 2: None}, 6: {1: None, 2: None}}
    value[7] = sign(signer, b'sigid-cell-v1:' + cbor({**value, 7: b''}))
    return value


last = public(issuer if change == 'stranger' else holder)
chain = [
    cell(root, public(root), 'gcp:storage', ['storage:*']),
    cell(issuer if change == 'unsigned' else root, last,
         'aws:s3' if change == 'elsewhere' else 'gcp:storage:bucket', ['*'] if change == 'wider' else ['storage:read']),
]
key = hashlib.sha256(public(holder)).digest()
token = cbor({
    1: 'auth.example', 2: 'api', 3: bytes(32), 4: now + 300, 5: now, 6: now,
    7: hashlib.sha256(b'signet-capability-v1:' + cbor([1])).digest()[:16], 9: key, 11: [1], 13: bytes(range(16)),
    20: cbor(chain),
    21: cbor({'ClusterID': 'prod-1', 'ImageDigest': 'sha256:00', 'Attestations': None}),
    22: cbor({'VPC': 'vpc-1', 'Region': 'eu', 'Domain': 'api.example'}),
})
protected = cbor({1: -8})
signature = sign(issuer, cbor(['Signature1', protected, b'', token]))
message = b'\xd2' + cbor([protected, {}, token, signature])
print('SIG1.' + '.'.join(base64.urlsafe_b64encode(part).decode().rstrip('=') for part in (token, message)))
