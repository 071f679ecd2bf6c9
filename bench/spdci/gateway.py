"""A signing gateway, as systems put one between their programs and the registries they ask.

    python gateway.py PORT TARGET PRIVATE_KEY.pem KEY_ID

What comes in with the placeholder "unsigned-stub" as its signature leaves signed by the key; anything
else passes as it is. The compliance suite cannot sign, so its scenarios are run through this.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bangfu.books.social_registry.signatures import signature

PLACEHOLDER = "unsigned-stub"


def signed(body: bytes, key: Ed25519PrivateKey, key_id: str) -> bytes:
    """A body with the placeholder replaced by a signature."""
    message = json.loads(body)
    if message.get("signature") == PLACEHOLDER:
        message["signature"] = signature(
            message,
            sender=message["header"]["sender_id"],
            key_id=key_id,
            key=key,
            now=datetime.now(UTC),
        )
    return json.dumps(message).encode()


def main(port: int, target: str, key_file: str, key_id: str) -> None:
    """Serve until ended."""
    key = load_pem_private_key(Path(key_file).read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SystemExit("an Ed25519 key is needed")

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            passed = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in ("authorization", "content-type", "accept")
            }
            asked = urllib.request.Request(
                target + self.path, signed(body, key, key_id), passed, method="POST"
            )
            try:
                answer = urllib.request.urlopen(asked, timeout=30)
            except urllib.error.HTTPError as refused:
                answer = refused
            with answer:
                told = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

    ThreadingHTTPServer(("127.0.0.1", port), Gateway).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
