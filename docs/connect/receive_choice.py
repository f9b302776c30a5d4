"""Takes what customers choose: `python receive_choice.py whsec_… 8099` (standard library only).

Copy `verified` into your own server. Answer 200 quickly, and do the work afterwards: the same webhook-id may come
twice.
"""

import base64
import hashlib
import hmac
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer


def verified(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    """Whether Aftercare sent these bytes in the last five minutes. `headers`: by their names in small letters."""
    id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(now - int(moment)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


class Receiver(BaseHTTPRequestHandler):
    """Prints each event that Aftercare sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 65_536))
        headers = {name.lower(): value for name, value in self.headers.items()}
        genuine = verified(headers, body, sys.argv[1], time.time())
        if genuine:
            print(body.decode(), flush=True)
        self.send_response(200 if genuine else 401)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Receiver).serve_forever()
