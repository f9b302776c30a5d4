"""Writing a mail: headers that thread, that stop loops, and that no value can break out of (RFC 5322, 3834, 2369)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from unicodedata import category

# Every mail of ours carries it; a mail that comes in with it is ours come back.
LOOP_HEADER = "X-Aftercare-Loop"

_JOINERS = "\u200c\u200d"
_NOTHING_JOINED = re.compile(r"(?<!\S)[\u200c\u200d]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be written. `token` is the signed reply token: it stands in the Reply-To's plus-address and in
    the ids others will refer to. `answers` are the message ids this answers, oldest first. `automatic` is the
    Auto-Submitted value ("auto-replied", "auto-generated"), None for what a person wrote."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    html: str
    token: str
    serial: str
    date: datetime
    answers: Sequence[str] = ()
    automatic: str | None = None


def compose(letter: Letter) -> bytes:
    """The mail as bytes, ready for the mail service (which puts a Message-ID of its own in place of ours)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mailbox(letter.sender_name, letter.sender)
    message["To"] = mailbox(letter.recipient_name, letter.recipient)
    message["Reply-To"] = mailbox(letter.sender_name, plus_address(letter.sender, letter.token))
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(letter.date)
    own, thread = _own_ids(letter)
    message["Message-ID"] = own
    if letter.answers:
        message["In-Reply-To"] = f"<{_id(letter.answers[-1])}>"
    message["References"] = " ".join([*(f"<{_id(answered)}>" for answered in letter.answers), thread])
    message[LOOP_HEADER] = letter.token
    if letter.automatic:
        message["Auto-Submitted"] = letter.automatic
        message["X-Auto-Response-Suppress"] = "All"
        message["Precedence"] = "auto_reply" if letter.automatic == "auto-replied" else "bulk"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def plus_address(address: str, token: str) -> str:
    """care@shop.example and a token make care+<token>@shop.example (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def mailbox(name: str, address: str) -> Address:
    local, _, domain = deliverable(address).rpartition("@")
    return Address(_line(name), local, domain)


def deliverable(address: str) -> str:
    """The address as mail services take it: its domain in ASCII (RFC 5891)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else _in_ascii(domain)}"


def _in_ascii(domain: str) -> str:
    """By UTS 46, not transitional: "straße.example" is not "strasse.example", and may be somebody else's."""
    import idna  # with its tables it takes 80 ms, and few addresses need it

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        # Names registered before IDNA 2008, such as those of symbols; what is no name at all fails here too.
        return domain.encode("idna").decode()


def _own_ids(letter: Letter) -> tuple[str, str]:
    """This mail's id, and the id of its thread: the mail service keeps the second, in References, as we wrote it."""
    domain = letter.sender.rpartition("@")[2]
    return f"<{letter.token}.{letter.serial}@{domain}>", f"<{letter.token}@{domain}>"


def _line(text: str) -> str:
    """One line, in which nothing reorders others, and nothing is taken for an encoded word (RFC 2047): what it decoded
    to could be anything. Joiners stay within words: emoji, Persian and Indian ones are spelled with them."""
    plain = "".join(c if c.isprintable() or c in _JOINERS else "" if category(c) == "Cf" else " " for c in text)
    return " ".join(_NOTHING_JOINED.sub("", plain).replace("=?", "= ?").split())


def _id(message_id: str) -> str:
    """A foreign message id, fit for our header: no white space or brackets to break out with, and not endless."""
    plain = "".join(c for c in message_id if c.isascii() and c.isprintable() and c not in "<> ,")
    return plain.replace("=?", "")[:200]
