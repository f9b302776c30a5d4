"""Writes a mail: headers that thread, that stop mail loops and reactions, and by which adverts end, and that no value
can break out of (RFC 5322, 3834, 2369, 8058)."""

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from unicodedata import category

from chalicelib.mail.inbound import LOOP_HEADER
from chalicelib.patterns import pattern

REACTIONS_HEADER = "x-ms-reactions"
"""With "disallow", Outlook and Exchange take no reactions to the mail: they would come back as mails."""
# Longer lines of a header are folded (RFC 5322, 2.1.1).
_WIDTH = 78
_JOINERS = "\u200c\u200d"
_NOTHING_JOINED = pattern(r"(?<!\S)[\u200c\u200d]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file with a mail. `name`: in ASCII, without path. `text`: arrives byte by byte as it is in UTF-8, so that
    its digest can be checked."""

    name: str
    text: str


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
    unsubscribe: str = ""
    """For an advert: the URL at which one POST ends adverts (RFC 8058)."""
    attachments: Sequence[Attachment] = ()
    threaded: bool = True
    """Whether an answer is led back by the token. Otherwise it goes to the sender's plain address."""


def compose(letter: Letter) -> bytes:
    """The mail as bytes, ready for SES (which replaces our Message-ID with its own)."""
    own, thread = _own_ids(letter)
    # Quoted-printable text never contains "=_".
    boundary = f"=_{letter.serial}"
    fields: dict[str, str | Address] = {
        "From": mailbox(letter.sender_name, letter.sender),
        "To": mailbox(letter.recipient_name, letter.recipient),
        "Reply-To": mailbox(letter.sender_name, _answered_at(letter)),
        "Subject": _line(letter.subject),
        "Date": format_datetime(letter.date),
        "Message-ID": own,
    }
    if letter.answers:
        fields["In-Reply-To"] = f"<{_id(letter.answers[-1])}>"
    fields["References"] = " ".join([*(f"<{_id(answered)}>" for answered in letter.answers), thread])
    fields[LOOP_HEADER] = letter.token
    fields[REACTIONS_HEADER] = "disallow"
    if letter.automatic:
        fields["Auto-Submitted"] = letter.automatic
        fields["X-Auto-Response-Suppress"] = "All"
        fields["Precedence"] = "auto_reply" if letter.automatic == "auto-replied" else "bulk"
    fields["MIME-Version"] = "1.0"
    outer = f"=_files_{letter.serial}" if letter.attachments else boundary
    kind = "mixed" if letter.attachments else "alternative"
    fields["Content-Type"] = f'multipart/{kind}; boundary="{outer}"'
    lines = [*(_field(name, value) for name, value in fields.items()), *_unsubscribing(letter.unsubscribe)]
    head = "".join(lines).encode("ascii")
    body = _joined(boundary, [_part("plain", letter.text), _part("html", letter.html)])
    if not letter.attachments:
        return head + b"\r\n" + body
    beginning = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"\r\n" + _joined(outer, [beginning + body, *map(_file, letter.attachments)])


def _joined(boundary: str, parts: Sequence[bytes]) -> bytes:
    mark = b"--" + boundary.encode("ascii")
    return b"\r\n".join([*(mark + b"\r\n" + part for part in parts), mark + b"--\r\n"])


def _file(attachment: Attachment) -> bytes:
    """The file as a part. In base64, because other encodings let mail programs change the ends of lines."""
    name = "".join(c for c in attachment.name if c.isascii() and (c.isalnum() or c in "._-")) or "file.txt"
    head = (
        f'Content-Type: text/plain; charset="utf-8"; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return head.encode("ascii") + encodebytes(attachment.text.encode()).replace(b"\n", b"\r\n")


def _answered_at(letter: Letter) -> str:
    return plus_address(letter.sender, letter.token) if letter.threaded else letter.sender


def _field(name: str, value: str | Address) -> str:
    """The field as EmailMessage writes it, in a tenth of the time if it is short, printable and in ASCII."""
    line = f"{name}: {value}"
    if len(line) <= _WIDTH and line.isascii() and line.isprintable():
        return f"{line}\r\n"
    folded: str = SMTP.fold(name, SMTP.header_factory(name, value))
    return folded


def _unsubscribing(url: str) -> Sequence[str]:
    """The fields by which a mail program offers to end adverts with one request (RFC 2369, 3.2; RFC 8058, 3.1). Not
    folded: a URL has no place where it could be, and a line may have 998 characters (RFC 5322, 2.1.1)."""
    if not url:
        return ()
    return (f"List-Unsubscribe: <{url}>\r\n", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")


def _part(subtype: str, text: str) -> bytes:
    lines = b"".join(line + b"\r\n" for line in text.encode().splitlines() or [b""])
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode("ascii") + b2a_qp(lines)


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
