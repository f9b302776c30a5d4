"""Addresses that nobody reads, recognised by their local part. Display names and domains don't count: people have such
names and domains too."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

_DAEMON = pattern(
    r"(?:mailer[ ._-]?daemon|mail[ ._-]?daemon|mdaemon|double-bounce"
    r"|mail[ ._-]delivery[ ._-](?:system|subsystem))(?:[+=-].{0,120})?\Z",
    re.I,
)
_POSTMASTER = pattern(r"(?:post[._-]?master|poostmaster|mailmaster)(?:[+=-].{0,120})?\Z", re.I)
_UNANSWERED = pattern(
    r"(?:(?:.{1,60}[._-])?(?:no[._-]?reply|do[._-]?not[._-]?reply|not?[._-]?repl(?:y|ies)|nicht[._-]?antworten|keine[._-]?antwort"
    r"|ne[._-]?pas[._-]?repondre|no[._-]?responder|no[._-]?responda|nao[._-]?responda|nao[._-]?responder|non[._-]?rispondere"
    r"|niet[._-]?beantwoorden|ikke[._-]?svar|svara[._-]?inte|nie[._-]?odpowiadac)(?:[._-].{1,60})?"
    r"|bounces?(?:-.{1,120})?|listserv|majordomo|.{0,60}-(?:request|bounces?|owner)|owner-.{1,60}"
    r"|auto[._-]?reply|auto[._-]?responder)(?:[+=].{0,120})?\Z",
    re.I,
)


def _local_part(address: str) -> str:
    return address.rpartition("@")[0] or address


def is_daemon(address: str) -> bool:
    """Whether only mail systems use this address: no person has such a name. Some systems give a name instead of an
    address."""
    return bool(_DAEMON.match(_local_part(address)))


def is_postmaster(address: str) -> bool:
    """Whether this is a postmaster address. Mail systems use it, and so do their administrators (RFC 5321, 4.5.1)."""
    return "@" in address and bool(_POSTMASTER.match(_local_part(address)))


def is_unanswered(address: str) -> bool:
    """Whether nobody, or only a list program, reads mail to this address. A person may still have written from it."""
    return is_postmaster(address) or ("@" in address and bool(_UNANSWERED.match(_local_part(address))))
