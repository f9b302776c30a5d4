"""Names the files of a mail and finds out which of them its HTML shows. `bodies` collects the files themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.headers import encoded_words, headers
from chalicelib.mail.inbound import Attachment
from chalicelib.patterns import pattern

_CID = pattern(r"\bcid:([^\s\"'<>)]{1,300})", re.I)


def name_of(part: Part, content: bytes) -> str:
    """The part's own name. An attached message without a name is named after its subject."""
    if part.name or part.content_type != "message/rfc822":
        return part.name
    fields, _ = headers.split(content, 0, min(len(content), headers.MAX_BLOCK), [])
    subject = encoded_words.decode(fields.get("subject"), [])
    return f"{subject.replace('/', ' ')[:80]}.eml" if subject else ""


def shown(attachments: list[Attachment], html: str) -> list[Attachment]:
    """The attachments; those that the HTML shows are marked inline. The Content-Disposition is no help: phones call
    every photo inline."""
    found = named_in(html)
    return [replace(one, inline=True) if one.content_id in found else one for one in attachments]


def named_in(html: str) -> frozenset[str]:
    """The content ids of the files that the HTML shows."""
    return frozenset(unquote(identity) for identity in _CID.findall(html))
