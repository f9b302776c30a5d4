"""A complete message as it arrived: the mail parsed again from its raw bytes, with quotes and signature, as safe HTML
that loads only the mail's own pictures; or all of a text that is too long for the page."""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from chalicelib.errors import UnknownFile
from chalicelib.mail import reading
from chalicelib.mail.bodies import html_pictures
from chalicelib.mail.inbound import Address, Attachment, InboundMail
from chalicelib.rules.tickets.messages import File, Message
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.filing import shown_text

_MAX_ADDRESSES = 20
# In characters: nobody reads more on a page, and the raw mail can be downloaded.
_LONGEST = 500_000


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a message: `html` if the mail had any, otherwise `text`. `fields`: names and values of its headers."""

    html: Markup | None
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    defects: tuple[str, ...] = ()


def whole(deps: Deps, message: Message, root: str) -> Whole:
    """The complete message. Raises UnknownFile if its file is gone."""
    if message.raw_key is None:
        return Whole(None, shown_text(deps, message)[:_LONGEST])
    mail = reading.read(deps.files.read(message.raw_key))
    html = None
    if mail.safe_html and len(mail.safe_html) <= 2 * _LONGEST:
        places = {
            file.content_id: f"{root}/desk/t/{message.ref}/f/{quote(message.id)}/{quote(kept.id)}"
            for file in mail.attachments
            if file.content_id and file.content_type.startswith("image/") and (kept := _kept(message, file))
        }
        # Sanitised by mail.bodies.html_safe. This is the only place where a mail's own markup reaches a page.
        html = Markup(html_pictures.placed(mail.safe_html, places))  # noqa: S704
    return Whole(html, mail.text[:_LONGEST], tuple(_fields(mail)), mail.defects)


def raw(message: Message) -> File:
    """The original mail, as a file to download. Raises UnknownFile."""
    if message.raw_key is None:
        raise UnknownFile(message.id)
    return File("raw", f"{message.ref}.eml", "message/rfc822", 0, message.raw_key)


def _kept(message: Message, file: Attachment) -> File | None:
    digest = hashlib.sha256(file.content).hexdigest()
    return next((kept for kept in message.files if kept.key.endswith(digest[:32])), None)


def _fields(mail: InboundMail) -> list[tuple[str, str]]:
    """The headers a reader may look for, by the last part of their phrase's key."""
    senders = (mail.sender,) if mail.sender else ()
    replies = (mail.reply_to,) if mail.reply_to and mail.reply_to != mail.sender else ()
    parts = {"from": senders, "reply_to": replies, "to": mail.to, "cc": mail.cc}
    found = [(name, ", ".join(map(_shown, addresses[:_MAX_ADDRESSES]))) for name, addresses in parts.items()]
    found += [("subject", mail.subject), ("date", mail.header("date"))]
    return [(name, value) for name, value in found if value]


def _shown(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address
