"""Orders on a running stack: events of a shop's system, posted by the machinery of `python -m local hook`."""

import json
import re
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import Source
from local import clock
from local.events import moments, posting, secrets
from tests.support.events.bodies import FOLDER
from tests.support.stack.local_stack import PATIENCE, Mail, Outside, until

BUYER = "jana.weiss@example.com"
# The file of each source that places an order, its number in that file, and what the order costs.
PLACED = {
    Source.OWN: ("order_placed", "2001", "203.75"),
    Source.SHOPIFY: ("orders_create", "#1001", "198.75"),
    Source.WOOCOMMERCE: ("order_updated_processing", "727", "204.30"),
    Source.SHOPWARE: ("checkout_order_placed", "10001", "184.90"),
}


def number() -> str:
    """An order number that has not been used yet."""
    return f"9{uuid.uuid4().int % 10**9:09}"


def body(source: Source, file: str, number: str, address: str, others: Mapping[str, str] | None = None) -> bytes:
    """A file of tests/hooks about another order of another buyer. `others`: further words to replace."""
    text = (FOLDER / source / f"{file}.json").read_text(encoding="utf-8")
    known = PLACED[source][1]
    for old, new in {BUYER: address, f'"{known}"': f'"{number}"', **(others or {})}.items():
        text = text.replace(old, new)
    if source is Source.SHOPIFY:
        text = text.replace(f'"{known}.1"', f'"{number}.1"')
    return text.encode()


def post(outside: Outside, source: Source, file: str, content: bytes, secret: str = "") -> int:
    """Post these bytes as `python -m local hook` does; the status of the answer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{file}.json"
        path.write_bytes(content)
        options = posting.Options(source, path, outside.started.data, shop="northlight", secret=secret, as_is=True)
        return posting.posted(options)[0]


def now(outside: Outside, content: bytes) -> bytes:
    """The body with its moments moved to the stack's now, as `python -m local hook` moves them."""
    return moments.moved(content, clock.moved("", outside.started.data))


class OwnDoor:
    """Own events of one shop, signed as the shop would: for many, and for those that are not as they should be."""

    def __init__(self, outside: Outside, shop: str = "northlight") -> None:
        self._outside, self._shop = outside, shop
        stack = outside.started.stack
        known = secrets.read(stack.endpoint, stack.resources[secrets.RESOURCE])
        self.secret = known[(shop, Source.OWN)].current

    def signed(self, content: bytes, secret: str = "") -> dict[str, str]:
        at = clock.moved("", self._outside.started.data)
        id = uuid.uuid4().hex
        kind = {"Content-Type": "application/json"}
        return kind | dict(signatures.sign(Source.OWN, secret or self.secret, content, id, at))

    def send(self, content: bytes, headers: Mapping[str, str] | None = None) -> int:
        """Post these bytes; the status of the answer."""
        sent = headers if headers is not None else self.signed(content)
        return self._outside.request("POST", f"/in/{self._shop}/own", body=content, headers=sent).status

    def tell(self, type: str, number: str, **data: Any) -> None:
        """Say that something happened now."""
        at = clock.moved("", self._outside.started.data)
        event = {"type": type, "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": {"number": number, **data}}
        assert self.send(json.dumps(event).encode()) == 200

    def place(self, number: str, address: str, language: str = "de", **data: Any) -> None:
        """Say that this buyer placed the fixture's order now. `data`: its other fields."""
        at = clock.moved("", self._outside.started.data)
        said = json.loads(moments.moved(body(Source.OWN, "order_placed", number, address), at))
        said["data"]["customer"]["language"] = language
        said["data"] |= data
        assert self.send(json.dumps(said).encode()) == 200


def ref_of(outside: Outside, number: str) -> str:
    """The reference of the order with this number; waits for it."""

    def look() -> str:
        return next((i["pk"]["S"].removeprefix("ORDER#") for i in orders(outside) if number in json.dumps(i)), "")

    return until(look, PATIENCE, f"order {number}")


def orders(outside: Outside) -> list[dict[str, Any]]:
    return [item for item in outside.items("ORDER#") if item["sk"]["S"] == "ORDER"]


def text_of(outside: Outside, mail: Mail) -> str:
    """A mail's text without its line breaks and with ordinary spaces."""
    return " ".join(str(outside.message(mail)["Text"]).split())


def order_page(outside: Outside, mail: Mail) -> str:
    """The link to the order's page in one of its mails."""
    found = re.search(r"https?://\S+?/o/[\w.~-]+", str(outside.message(mail)["Text"]))
    assert found, outside.message(mail)["Text"]
    return found[0]
