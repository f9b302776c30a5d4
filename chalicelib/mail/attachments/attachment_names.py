"""What the files of a mail are called and which of them its HTML shows.
The files themselves are collected elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.headers import encoded_words, headers
from chalicelib.mail.inbound import Attachment

_CID = re.compile(r"\bcid:([^\s\"'<>)]{1,300})", re.I)


def name_of(part: Part, content: bytes) -> str:
    """The name a part has; an attached message without one is called by its subject."""
    if part.name or part.content_type != "message/rfc822":
        return part.name
    fields, _ = headers.split(content, 0, min(len(content), headers.MAX_BLOCK), [])
    subject = encoded_words.decode(fields.get("subject"), [])
    return f"{subject.replace('/', ' ')[:80]}.eml" if subject else ""


def shown(attachments: list[Attachment], html: str) -> list[Attachment]:
    """The attachments, inline those the HTML shows. Their disposition does not say: phones call every photo inline."""
    found = named_in(html)
    return [replace(one, inline=True) if one.content_id in found else one for one in attachments]


def named_in(html: str) -> frozenset[str]:
    """The content ids of what the HTML shows."""
    return frozenset(unquote(identity) for identity in _CID.findall(html))
