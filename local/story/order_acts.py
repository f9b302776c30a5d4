"""A step of an order's story, and what its shop's system and its customer do in it."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import urllib3

from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import Source
from local.events import secrets
from local.story.stage import SHOP, ZONE, Sent, Stage, WentWrong
from local.testing import Started

_HTTP = urllib3.PoolManager(retries=False, timeout=60.0)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class System:
    """The shop's own system and its customer's browser, outside the stack. `number`: the order that they are about."""

    def __init__(self, started: Started, stage: Stage, number: str) -> None:
        stack = started.stack
        self._url, self._stage, self.number = stack.url, stage, number
        known = secrets.read(stack.endpoint, stack.resources[secrets.RESOURCE])
        self._secret = known[(SHOP, Source.OWN)].current

    def tell(self, type: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Post an event of now, signed; returns it as it was posted."""
        at = self._stage.now
        event = {"type": type, "timestamp": _utc(at), "data": {"number": self.number, **data}}
        body = json.dumps(event, ensure_ascii=False).encode()
        # As a program would sign it, by a clock that has gone on since the step began.
        headers = signatures.sign(Source.OWN, self._secret, body, uuid.uuid4().hex, at + timedelta(seconds=1))
        sent = {"Content-Type": "application/json", **headers}
        answer = _HTTP.request("POST", f"{self._url}/in/{SHOP}/own", body=body, headers=sent)
        if answer.status != 200:
            raise WentWrong(f"The event {type} was answered with {answer.status}: {answer.data.decode()[:500]}")
        return event

    def choose(self, mail: Sent, choice: str) -> None:
        """Follow the link in the mail to the page of the choice, and press its button, in a browser."""
        link = re.search(r"http\S+/choice/\w+", mail.text)
        if link is None:
            raise WentWrong("The letter has no link to choose.")
        page = _HTTP.request("GET", link[0])
        fields = {name: unescape(value) for name, value in _HIDDEN.findall(page.data.decode())}
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        headers = {"Cookie": cookie, "Origin": self._url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        pressed = fields | {"choice": choice}
        answer = _HTTP.request("POST", link[0], fields=pressed, headers=headers, encode_multipart=False, redirect=False)
        if answer.status != 303:
            raise WentWrong(f"The choice was answered with {answer.status}.")


@dataclass(frozen=True, slots=True)
class OrderStep:
    """A step of an order's story. `at` and `next_word` are Berlin time: the day until which its customer hears again,
    "" if nothing is promised any more. `mails` are (recipient, words of the subject)."""

    at: str
    what: str
    do: Callable[[System, Stage], object]
    next_word: str
    mails: tuple[tuple[str, str], ...] = ()

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at).replace(tzinfo=ZONE)


def happens(type: str, **data: Any) -> Callable[[System, Stage], object]:
    """The shop's system says that this happened."""
    return lambda system, stage: system.tell(type, data)


def places(**data: Any) -> Callable[[System, Stage], object]:
    """The shop's system says that the order was placed now."""
    return lambda system, stage: system.tell("order.placed", {"placed_at": _utc(stage.now), **data})


def chooses(who: str, about: str, choice: str) -> Callable[[System, Stage], object]:
    """The customer follows the link in the last mail with these words in its subject, and chooses."""

    def does(system: System, stage: Stage) -> None:
        mail = next(mail for mail in reversed(stage.mails()) if mail.address == who and about in mail.subject)
        system.choose(mail, choice)

    return does


def waits(system: System, stage: Stage) -> None:
    """Nothing happens: only the scheduled function acts."""


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
