"""Sends an event of a shop of one's own. Standard library only.

AFTERCARE_URL=https://care.example.com/in/northlight/own AFTERCARE_SECRET=whsec_… python send_event.py event.json
"""

import base64
import hmac
import os
import pathlib
import sys
import time
import urllib.request
import uuid


def headers(secret: str, body: bytes, id: str, now: float) -> dict[str, str]:
    """The headers of one message. `id`: the same when it is sent again."""
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    moment = str(int(now))
    signature = base64.b64encode(hmac.digest(key, f"{id}.{moment}.".encode() + body, "sha256")).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }


def send(url: str, secret: str, body: bytes, id: str) -> int:
    """The status of the answer. Raises OSError if there is none, or another than 200: then send it again later."""
    request = urllib.request.Request(url, body, headers(secret, body, id, time.time()))
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)


if __name__ == "__main__":
    content = pathlib.Path(sys.argv[1]).read_bytes()
    print(send(os.environ["AFTERCARE_URL"], os.environ["AFTERCARE_SECRET"], content, str(uuid.uuid4())))
