"""The bodies in tests/hooks, in the shapes that the vendors document, each with what its headers say."""

import json
from dataclasses import dataclass
from pathlib import Path

from chalicelib.rules.events.sources import Delivery, Source
from local.events.posting import topic_of

FOLDER = Path(__file__).parents[2] / "hooks"


@dataclass(frozen=True, slots=True)
class Hook:
    """A body as its source sends it."""

    source: Source
    name: str
    body: bytes

    @property
    def delivery(self) -> Delivery:
        return Delivery(topic_of(self.source, self.name), f"delivery-of-{self.name}")


def hook(source: Source, name: str) -> Hook:
    (path,) = (FOLDER / source).glob(f"{name}.*")
    return Hook(source, name, path.read_bytes())


def hooks(source: Source) -> list[Hook]:
    """All bodies of a source."""
    return [hook(source, path.stem) for path in sorted((FOLDER / source).glob("*.*"))]


def otherwise(each: Hook) -> bytes:
    """The body with other bytes that mean nearly the same."""
    if each.source is Source.TWILIO:
        return each.body.replace(b"AccountSid", b"accountsid")
    return json.dumps(json.loads(each.body)).encode()


ALL = [each for source in Source for each in hooks(source)]
