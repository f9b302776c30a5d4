"""Writes a mail: headers that thread and that stop mail loops, and that no value can break out of (RFC 5322, 3834,
2369)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from unicodedata import category

from chalicelib.patterns import pattern

# Every mail we send has this header. An incoming mail with it is one of ours that came back.
LOOP_HEADER = "X-Aftercare-Loop"

_JOINERS = "\u200c\u200d"
_NOTHING_JOINED = pattern(r"(?<!\S)[\u200c\u200d]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to write. `token` is the signed reply token: it is part of the Reply-To's plus-address and of the message
    ids that answers refer to. `answers` are the message ids that this mail answers, oldest first. `automatic` is the
    Auto-Submitted value ("auto-replied", "auto-generated"); None for a mail that a person wrote."""

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
    """The mail as bytes, ready for SES (which replaces our Message-ID with its own)."""
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
    """Adds a token to an address: care@shop.example becomes care+<token>@shop.example (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def mailbox(name: str, address: str) -> Address:
    local, _, domain = deliverable(address).rpartition("@")
    return Address(_line(name), local, domain)


def deliverable(address: str) -> str:
    """The address with its domain in ASCII, as mail services require (RFC 5891)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else _in_ascii(domain)}"


def _in_ascii(domain: str) -> str:
    """By UTS 46, non-transitional: "straße.example" is not "strasse.example", which may belong to somebody else."""
    import idna  # with its tables it takes 80 ms, and few addresses need it

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        # Only IDNA 2003 allows some names, such as those with hyphens in third and fourth place. Raises UnicodeError
        # for invalid names.
        older = domain.encode("idna").decode()
    with suppress(idna.IDNAError):
        # IDNA 2003 maps by tables of its own ("ß" becomes "ss"), so these names are mapped as all others.
        labels = idna.uts46_remap(domain, std3_rules=False, transitional=False).split(".")
        return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)
    return older


def _own_ids(letter: Letter) -> tuple[str, str]:
    """(this mail's id, its thread's id). SES replaces the first, but keeps the second in References."""
    domain = letter.sender.rpartition("@")[2]
    return f"<{letter.token}.{letter.serial}@{domain}>", f"<{letter.token}@{domain}>"


def _line(text: str) -> str:
    """The text on one line. Removes characters that reorder text, and breaks up encoded words (RFC 2047), since they
    could decode to anything. Joiners stay within words: emoji, Persian and Indian words need them."""
    plain = "".join(c if c.isprintable() or c in _JOINERS else "" if category(c) == "Cf" else " " for c in text)
    return " ".join(_NOTHING_JOINED.sub("", plain).replace("=?", "= ?").split())


def _id(message_id: str) -> str:
    """Another mail's message id, made safe for our header: no white space or brackets, at most 200 characters."""
    plain = "".join(c for c in message_id if c.isascii() and c.isprintable() and c not in "<> ,")
    return plain.replace("=?", "")[:200]
