"""A step of the story, and what people do in it: write, act on the ticket, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.story.stage import SHOP, ZONE, Letter, Sent, Stage, WentWrong, promised
from local.story.words import COMPLAINT, FINDINGS, MIRA, PHOTO, REASON, WITHDRAWAL

ADA, TOM, SWIFT = "ada@northlight.example", "tom@northlight.example", "claims@swiftparcel.example"
NAMES = {MIRA: "Mira Holm", ADA: "Ada Lindqvist", TOM: "Tom Berger", SWIFT: "SwiftParcel"}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the story. `at` and the days in `clocks` are Berlin time. `mails` are (recipient, words of the
    subject). `state`, `priority`, `assignee` and `clocks` are the ticket's values after the step."""

    at: str
    what: str
    do: Callable[[Stage], object]
    state: str
    clocks: Mapping[str, str]
    mails: tuple[tuple[str, str], ...] = ()
    priority: str = "urgent"
    assignee: str | None = TOM
    digest: bool = False

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at).replace(tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step after it was played: what was done, the mails it caused, and the ticket after it."""

    at: datetime
    what: str
    act: object
    mails: tuple[Sent, ...]
    ticket: Mapping[str, Any]


def complain(stage: Stage) -> Letter:
    return stage.fill_in(COMPLAINT, PHOTO)


def withdraw(stage: Stage) -> Letter:
    return stage.withdraw(WITHDRAWAL)


def wait(stage: Stage) -> None:
    """Do nothing: only the scheduled function acts."""


def send_digests(stage: Stage) -> None:
    stage.call("send_digests", {})


def reply(sender: str, about: str, text: str) -> Callable[[Stage], Letter]:
    """The sender replies to the last mail they got with these words in its subject."""

    def does(stage: Stage) -> Letter:
        mail = next(mail for mail in reversed(stage.mails()) if mail.address == sender and about in mail.subject)
        return stage.reply(f"{NAMES[sender]} <{sender}>", mail, text)

    return does


def act(action: str, **fields: str) -> Callable[[Stage], dict[str, str]]:
    """Ada takes this action at the console; returns what she typed there."""
    return lambda stage: _acted(stage, action, fields)[0]


def extend(promised_until: str) -> Callable[[Stage], dict[str, str]]:
    """Ada extends the promise. It stays as it was until the customer has got the mail."""

    def does(stage: Stage) -> dict[str, str]:
        event, answer = _acted(stage, "extend", {"until": "2027-04-30", "reason": REASON})
        if promised(answer)["resolve"] != promised_until:
            raise WentWrong(f"The promise moved to {promised(answer)['resolve']} before the customer was told.")
        return event

    return does


def conclude(stage: Stage) -> dict[str, str]:
    """Ada concludes. The ticket stays open until the final answer has been sent."""
    event, answer = _acted(stage, "conclude", {"outcome": "partly_upheld", "text": FINDINGS})
    if answer["state"] == "closed":
        raise WentWrong("The ticket was closed before its final answer was sent.")
    return event


def look(stage: Stage) -> dict[str, Any]:
    """The ticket's values: the answer to an empty change."""
    return stage.call("act_on_ticket", _event(stage, "change", {}))


def _acted(stage: Stage, action: str, fields: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    event = _event(stage, action, fields)
    answer = stage.call("act_on_ticket", event)
    if not answer["done"]:
        raise WentWrong(f"Nothing came of {event}: {answer}")
    return event, answer


def _event(stage: Stage, action: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {"shop": SHOP, "reference": stage.ref, "agent": ADA, "action": action, **fields}
