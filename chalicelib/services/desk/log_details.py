"""The detail of a log entry in words, if its code has several parts: parties, days, remedies, references."""

import re
from collections.abc import Callable
from datetime import date

from chalicelib.rendering import words
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.ticket import LogEntry, Ticket

_Match = re.Match[str]


def in_words(ticket: Ticket, entry: LogEntry, language: str) -> str:
    """The detail in words; "" if its form is not known here."""
    pattern, say = _FORMS.get(entry.action, (None, None))
    match = pattern.fullmatch(entry.detail) if pattern else None
    return say(ticket, match, language) if match and say else ""


def _party(ticket: Ticket, number: str) -> str:
    referral = referral_of(ticket, number)
    return referral.name if referral else number


def _referred(ticket: Ticket, match: _Match, language: str) -> str:
    facts = [words.phrase_or(language, f"referral.fact.{fact}", fact) for fact in match["more"].split(", ") if fact]
    return f"{_party(ticket, match['number'])}: {', '.join(facts)}" if facts else _party(ticket, match["number"])


def _reminded(ticket: Ticket, match: _Match, language: str) -> str:
    return _say(language, "reminder", party=_party(ticket, match["number"]), count=match["more"])


def _ended(ticket: Ticket, match: _Match, language: str) -> str:
    return f"{_party(ticket, match['number'])}: {match['more']}"


def _until(ticket: Ticket, match: _Match, language: str) -> str:
    return _say(language, "until", day=words.date_in_words(date.fromisoformat(match["day"]), language))


def _remedy(ticket: Ticket, match: _Match, language: str) -> str:
    said = [words.phrase_or(language, f"desk.ticket.cure.{match['cure']}", match["cure"])]
    said += [words.phrase_or(language, f"desk.ticket.fault.{match['by']}", match["by"])]
    said += (
        [words.phrase_or(language, f"desk.ticket.performer.{match['through']}", match["through"])]
        if match["through"]
        else []
    )
    return ", ".join(said)


def _priority(ticket: Ticket, match: _Match, language: str) -> str:
    return " → ".join(
        words.phrase_or(language, f"desk.ticket.priority.{match[side]}", match[side]) for side in ("one", "other")
    )


def _suspected(ticket: Ticket, match: _Match, language: str) -> str:
    codes = match["codes"].split("; ")
    return "; ".join(words.phrase_or(language, f"desk.ticket.suspicion.{code}", code) for code in codes)


def _refs(key: str) -> Callable[[Ticket, _Match, str], str]:
    return lambda ticket, match, language: _say(language, key, one=match["one"], other=match["other"])


def _say(language: str, key: str, **values: str) -> str:
    return words.phrase(language, f"desk.ticket.log_detail.{key}").format(**values)


_DAY = re.compile(r"until (?P<day>\d{4}-\d\d-\d\d)")
_FORMS: dict[Action, tuple[re.Pattern[str], Callable[[Ticket, _Match, str], str]]] = {
    Action.REFERRED: (re.compile(r"(?P<number>\d+) to [^:]*: ?(?P<more>.*)"), _referred),
    Action.REMINDED: (re.compile(r"(?P<number>\d+), reminder (?P<more>\d+)"), _reminded),
    Action.REFERRAL_ENDED: (re.compile(r"(?P<number>\d+): (?P<more>.*)", re.DOTALL), _ended),
    Action.EXTENDED: (_DAY, _until),
    Action.EXTENSION_ASKED_FOR: (_DAY, _until),
    Action.REMEDY_OWED: (re.compile(r"(?P<cure>\w+) by (?P<by>\w+)(?:, through (?P<through>\w+))?"), _remedy),
    Action.PRIORITY_SET: (re.compile(r"(?P<one>\w+) to (?P<other>\w+)"), _priority),
    Action.RELEASED_FROM_QUARANTINE: (re.compile(r"(?P<codes>.+)"), _suspected),
    Action.LINKED: (re.compile(r"(?P<one>\S+) and (?P<other>\S+)"), _refs("linked")),
    Action.MERGED: (re.compile(r"(?P<one>\S+) into (?P<other>\S+)"), _refs("merged")),
    Action.SPLIT_OFF: (re.compile(r"(?P<one>\S+) from (?P<other>\S+)"), _refs("split_off")),
}
