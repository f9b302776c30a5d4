"""Reads a mail: any bytes in, an InboundMail out, with what was wrong in `defects`. Never raises.
Code outside this package should read mails only through this module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from chalicelib.mail.attachments import parts
from chalicelib.mail.automatic import automatic, bounces, reactions
from chalicelib.mail.bodies import bodies, html_safe
from chalicelib.mail.forwards import forwards
from chalicelib.mail.headers import addresses, authorship, dates, encoded_words, senders
from chalicelib.mail.headers.headers import Headers
from chalicelib.mail.inbound import Address, InboundMail, Mark, MarkCode, Naming
from chalicelib.mail.quoting import answering, armour, fresh, quoting
from chalicelib.patterns import pattern

MAX_DEFECTS = 50
_ID = pattern(r"<\s*([^<>\s][^<>]{0,990}?)\s*>")
_RECIPIENT_HEADERS = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-forwarded-to",
)
T = TypeVar("T")


def read(raw: bytes) -> InboundMail:
    """The content of the mail. If a step fails, its part stays empty and `defects` gets a line."""
    defects: list[str] = []
    root = _safely(lambda: parts.parse(bytes(raw), defects), None, "structure", defects)
    if root is None:
        return InboundMail(text=_plain(raw), reply=_plain(raw), defects=_unique(defects))
    fields = root.headers
    found = _safely(lambda: bodies.collect(root, defects, fresh.of_html), bodies.Bodies(), "bodies", defects)
    _note_missing(fields, defects)
    mail = _with_texts(fields, found, defects)
    mail = _with_kind(mail, root, found, defects)
    names_another = any(fields.get(name).strip() for name in ("in-reply-to", "references"))
    mail = _with_words(mail, found, defects, names_another=names_another)
    mail = _with_addresses(mail, raw, fields, defects)
    html = mail.html
    return replace(
        mail,
        safe_html=_safely(lambda: html_safe.sanitise(html, defects), None, "html", defects) if html else None,
        protection=found.protection or armour.protection(mail.text),
        headers=_safely(lambda: _decoded(fields), MappingProxyType({}), "headers", defects),
        # Last: each step above may have added some.
        defects=_unique(defects),
    )


def _with_texts(fields: Headers, found: bodies.Bodies, defects: list[str]) -> InboundMail:
    text = _safely(lambda: bodies.whole_text(found), "", "text", defects)
    subject = _safely(lambda: fields.text("subject", defects), "", "subject", defects)
    everyone: tuple[Address, ...] = _safely(lambda: senders.all_of(fields, defects), (), "from", defects)
    return InboundMail(
        message_id=_message_id(fields),
        in_reply_to=_ids(fields.all("in-reply-to")),
        references=_ids(fields.all("references")),
        sender=senders.counting(everyone),
        senders=everyone,
        subject=subject,
        text=text,
        html="\n".join(found.htmls) if found.htmls else None,
    )


def _with_kind(mail: InboundMail, root: parts.Part, found: bodies.Bodies, defects: list[str]) -> InboundMail:
    """The mail with what shows a machine's mail, a delivery report or a forward."""
    subject, text, sender = mail.subject, mail.text, mail.sender
    address = (sender.address or sender.name) if sender else ""
    marks = _safely(lambda: automatic.marks(root, subject, address), automatic.Marks(), "automatic", defects)
    bounce = _safely(lambda: bounces.detect(root, address, subject, text), None, "bounce", defects)
    forwarded = (
        None if bounce else _safely(lambda: forwards.detect(subject, text, found.embedded), None, "forward", defects)
    )
    return replace(
        mail,
        automatic=(*marks.machine, Mark(MarkCode.DELIVERY_REPORT)) if bounce else marks.machine,
        no_auto_reply=marks.unanswered,
        bounce=bounce,
        forwarded=forwarded,
        says_forwarded=_safely(
            lambda: forwards.said(subject, text, (one.filename for one in found.attachments)), False, "forward", defects
        ),
    )


def _with_words(mail: InboundMail, found: bodies.Bodies, defects: list[str], *, names_another: bool) -> InboundMail:
    """The mail with its text divided into what is new and what is quoted. `names_another`: it names another mail."""
    subject, text, html, author = mail.subject, mail.text, mail.html, mail.sender.name if mail.sender else ""
    kind = answering.kind(subject, names_another, text)
    may_answer = not mail.forwarded and not mail.bounce and kind is not answering.Kind.FORWARD
    says_so = kind is answering.Kind.ANSWER
    answered = (
        _safely(lambda: forwards.answered(subject, text, says_so=says_so), None, "answer", defects)
        if may_answer
        else None
    )
    pieces = _safely(
        lambda: quoting.split_mail(text, html, found.plain, kind), quoting.Pieces(text, "", ""), "quotes", defects
    )
    new = _safely(
        lambda: fresh.find(text, html, kind, author=author, attachments=found.attachments, is_plain=found.plain),
        fresh.Fresh("", tuple(found.attachments)),
        "new words",
        defects,
    )
    reacts = ((may_answer and says_so) or bool(pieces.quoted)) and _safely(
        lambda: reactions.is_reaction(mail.sender, pieces.reply, new.attachments), False, "reaction", defects
    )
    return replace(
        mail,
        automatic=tuple(dict.fromkeys((*mail.automatic, *((Mark(MarkCode.REACTION),) if reacts else ())))),
        reply=pieces.reply,
        new=new.text,
        quoted=pieces.quoted,
        signature="\n".join(filter(None, (pieces.signature, *found.footers))),
        attachments=new.attachments,
        answered=answered,
    )


def _with_addresses(mail: InboundMail, raw: bytes, fields: Headers, defects: list[str]) -> InboundMail:
    replies: tuple[Address, ...] = _safely(
        lambda: addresses.parse(", ".join(fields.all("reply-to")), defects), (), "reply-to", defects
    )
    return replace(
        mail,
        date=_safely(lambda: dates.parse(fields.text("date", defects)), None, "date", defects),
        naming=_safely(lambda: authorship.naming(raw, fields, mail.senders), Naming.UNCLEAR, "from", defects),
        reply_to=addresses.answerable(replies) or (replies[0] if replies else None),
        all_reply_to=replies,
        original_sender=_safely(lambda: senders.original(fields, defects), None, "original sender", defects),
        to=_safely(lambda: addresses.parse(", ".join(fields.all("to")), defects), (), "to", defects),
        cc=_safely(lambda: addresses.parse(", ".join(fields.all("cc")), defects), (), "cc", defects),
        recipients=_safely(lambda: _recipients(fields), (), "recipients", defects),
    )


def _safely(step: Callable[[], T], otherwise: T, name: str, defects: list[str]) -> T:
    """The step's result; `otherwise` if the step fails, so that the other steps still run."""
    try:
        return step()
    except (Exception, RecursionError, MemoryError) as error:
        defects.append(f"{name} could not be read: {type(error).__name__}")
        return otherwise


def _plain(raw: bytes) -> str:
    return raw[: bodies.MAX_TEXT].decode("utf-8", "replace")


def _unique(defects: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(defects))[:MAX_DEFECTS]


def _note_missing(fields: Headers, defects: list[str]) -> None:
    defects.extend(
        f"no {name}"
        for name, key in (("From", "from"), ("Date", "date"), ("Message-ID", "message-id"))
        if not fields.get(key)
    )


def _message_id(fields: Headers) -> str | None:
    """The mail's own id. One without brackets or "@" is used as it is, since it still distinguishes mails."""
    found = _ids(fields.all("message-id")) or ("".join(fields.get("message-id").strip("<> \t").split())[:990],)
    return found[0] or None


def _ids(values: list[str]) -> tuple[str, ...]:
    """Message ids without their brackets. Words without brackets are accepted if they look like ids."""
    text = " ".join(values)[:64_000]
    found = _ID.findall(text)
    if not found:
        found = [word for word in text.split() if "@" in word and len(word) < 990]
    return tuple(dict.fromkeys("".join(identity.split()) for identity in found))


def _recipients(fields: Headers) -> tuple[str, ...]:
    found = (addresses.bare(value.strip("<> ")) for name in _RECIPIENT_HEADERS for value in fields.all(name))
    return tuple(dict.fromkeys(address for address in found if "@" in address))


def _decoded(fields: Headers) -> MappingProxyType[str, tuple[str, ...]]:
    return MappingProxyType(
        {
            name: tuple(encoded_words.decode(value, []) for value in values[:20])
            for name, values in fields.fields.items()
        }
    )
