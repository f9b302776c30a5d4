"""Writes the story as a page. The same story gives the same file: what differs from run to run is left out."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from local.story.acts import NAMES, Chapter
from local.story.stage import ZONE, Letter, Sent

REFERENCES, ORDER_REFERENCE = ("NL-7K3F9-QXMT2", "NL-7K3F9-QXMT3"), "O-7K3F9-QXMT2"
_INTRODUCTION = """# A complaint, from beginning to end
This is what Aftercare does with a complaint, told by the mails it sends. `make story` lives it through on a stack of
its own, by a clock that is moved on, checks every step, and writes this page; nothing here is written by hand.

A glass lamp arrives broken at **Mira Holm**'s. At Northlight Lamps, a shop in Berlin, **Ada Lindqvist** answers
customers, and **Tom Berger** owns the shop. **SwiftParcel** is its courier. What is promised, and what happens when a
promise is not kept, stands in [policy.toml](../tests/support/policy.toml). Times are Berlin's.

With step 24 another matter begins: Mira withdraws from the purchase of a second lamp.

Of Tom's daily digests only the one of step 6 is shown. Links and the tokens in addresses are shortened."""


def written(chapters: Sequence[Chapter], refs: Sequence[str]) -> str:
    """The whole page."""
    parts = [_INTRODUCTION, *(_chapter(number, chapter) for number, chapter in enumerate(chapters, start=1))]
    return _alike("\n\n".join(parts), refs) + "\n"


def _chapter(number: int, chapter: Chapter) -> str:
    return "\n\n".join(
        [f"## {number}. {when(chapter.at)}", chapter.what, *_audit_event(chapter.act), *_results(chapter)]
    )


def _audit_event(act: object) -> Iterator[str]:
    if isinstance(act, Letter):
        to, subject = ([f"To: {act.to}"] if act.to else []), ([f"Subject: {act.subject}"] if act.subject else [])
        head = [f"From: {act.sender}", *to, *subject]
        yield f"**{act.sender.partition(' <')[0]} writes{'' if act.to else ' by the form'}**"
        yield fenced("\n".join([*head, f"Date: {when(act.date)}", "", act.text]))
    elif isinstance(act, Mapping):
        yield "**Ada Lindqvist acts**, with `act_on_ticket`"
        yield fenced(json.dumps(act, indent=2, ensure_ascii=False), "json")


def _results(chapter: Chapter) -> Iterator[str]:
    yield from mails(chapter.mails)
    yield _standing(chapter.ticket)


def mails(sent: Sequence[Sent]) -> Iterator[str]:
    """The mails of a step as their readers see them."""
    for mail in sent:
        head = [f"From: {mail.sender}", f"To: {mail.to}", f"Reply-To: {mail.reply_to}", f"Subject: {mail.subject}"]
        yield f"**{NAMES[mail.address]} gets**"
        yield fenced("\n".join([*head, f"Date: {when(mail.date)}", "", mail.text]))
    if not sent:
        yield "Nobody gets a mail."


def _standing(ticket: Mapping[str, Any]) -> str:
    has = f"with {NAMES[ticket['assignee']]}" if ticket["assignee"] else "with nobody yet"
    lines = [f"The ticket is {ticket['state']}, of {ticket['priority']} priority, {has}. Its clocks:", ""]
    for clock in ticket["clocks"]:
        due = datetime.fromisoformat(clock["due"]).astimezone(ZONE)
        lines.append(f"- `{clock['name']}`, {when(due)} ({clock['explained']})")
    return "\n".join(lines)


def when(moment: datetime) -> str:
    """A moment as the page writes it."""
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M}"


def fenced(text: str, language: str = "text") -> str:
    """Words that are shown as they are."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    return f"```{language}\n{lines}\n```"


def _alike(text: str, refs: Sequence[str]) -> str:
    """The text without what differs from run to run: the references, links, tokens and ports."""
    for ref, shown in zip(refs, REFERENCES, strict=True):
        text = text.replace(ref, shown)
    return alike(text)


def alike(text: str) -> str:
    """The text without links, tokens, ports and references of orders."""
    text = re.sub(r"https?://127\.0\.0\.1:\d+/([a-z]|call|chat)/[\w.~-]+", r"…/\1/…", text)
    text = re.sub(r"(https?://127\.0\.0\.1:\d+/\S+[?&][to]=)[\w.~-]+", r"\1…", text)
    text = re.sub(r"\bO-[0-9A-Z]{5}-[0-9A-Z]{5}\b", ORDER_REFERENCE, text)
    text = re.sub(r"https?://127\.0\.0\.1:\d+/", "…/", text)
    return re.sub(r"\+[\w.~-]+@", "+…@", text)
