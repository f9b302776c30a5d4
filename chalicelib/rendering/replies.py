"""Agents' ready replies: one file per language, templates/replies/<language>.toml, offered by kind and topic.

A file with mistakes is refused, and so is a reply that lacks a value: a customer never gets half a sentence.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "replies"
VARIABLES = frozenset(
    {"name", "reference", "order_number", "shop", "agent", "product", "answer_by", "resolve_by", "party", "body"}
)
_FRAME = {"greeting", "greeting_nobody", "farewell"}
_KEYS = {"id", "title", "topics", "text"}


class ReplyMistake(ValueError):
    """A file of replies has a mistake; the message names the file, the reply, and the mistake."""


class MissingValues(ValueError):
    """A reply uses variables that have no value: `missing`, by name."""

    def __init__(self, reply: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"the reply {reply} needs a value for {', '.join(missing)}")
        self.reply = reply
        self.missing = missing


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A ready reply. `topics` and `kinds` say which tickets it is for, each empty for any; `text` has variables in
    braces. `calm`: for words that were written in heat."""

    id: str
    language: str
    title: str
    topics: tuple[str, ...]
    kinds: tuple[str, ...]
    text: str
    calm: bool = False

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables in its text, in order."""
        return tuple(dict.fromkeys(field for _, field, _, _ in Formatter().parse(self.text) if field is not None))


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a file."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def replies(language: str) -> tuple[CannedReply, ...]:
    """All replies of a language. Raises KeyError if there is no file, ReplyMistake if it has mistakes."""
    return _book(language)[1]


def offered(language: str, kind: str, topic: str | None, *, hot: bool = False) -> tuple[CannedReply, ...]:
    """The replies that suit a ticket of this kind and topic: those for its topic first, then those for its kind, then
    those for any ticket. Those that calm come first of all if its customer writes in heat (`hot`), else last."""
    fitting = [reply for reply in replies(language) if not reply.kinds or kind in reply.kinds]
    own = [reply for reply in fitting if topic in reply.topics]
    found = (*own, *sorted((reply for reply in fitting if not reply.topics), key=lambda reply: not reply.kinds))
    return tuple(sorted(found, key=lambda reply: reply.calm is not hot))


def filled(reply: CannedReply, values: Mapping[str, str]) -> str:
    """Only the reply's text, for mails that add greeting and signature themselves. Raises MissingValues."""
    missing = tuple(name for name in reply.variables if not values.get(name, "").strip())
    if missing:
        raise MissingValues(reply.id, missing)
    return reply.text.format_map(values)


def letter(reply: CannedReply, values: Mapping[str, str]) -> str:
    """The reply as a complete answer: greeting (by name if there is one), text, farewell. Raises MissingValues."""
    frame = _book(reply.language)[0]
    greeting = frame["greeting" if values.get("name", "").strip() else "greeting_nobody"]
    return "\n\n".join((greeting.format_map(values), filled(reply, values), frame["farewell"]))


@cache
def _book(language: str) -> tuple[Mapping[str, str], tuple[CannedReply, ...]]:
    if language not in languages():
        raise KeyError(f"there is no templates/replies/{language}.toml")
    return read(language, (FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def read(language: str, text: str) -> tuple[Mapping[str, str], tuple[CannedReply, ...]]:
    """The greetings and farewell, and the replies, in a file's text. Raises ReplyMistake."""
    file = f"templates/replies/{language}.toml"
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as mistake:
        raise ReplyMistake(f"{file}: {mistake}") from mistake
    tables = content.pop("reply", [])
    _check_keys(file, content, required=_FRAME, optional=set())
    for key, words in content.items():
        _check_text(f"{file}: {key}", words, {"name"} if key == "greeting" else set())
    found = tuple(_reply(file, language, number, table) for number, table in enumerate(tables, 1))
    twice = sorted({reply.id for reply in found if [other.id for other in found].count(reply.id) > 1})
    if twice:
        raise ReplyMistake(f"{file}: {twice[0]}: stands there twice")
    return content, found


def _reply(file: str, language: str, number: int, table: Mapping[str, Any]) -> CannedReply:
    where = f"{file}: {table.get('id', f'reply {number}')}"
    _check_keys(where, table, required=_KEYS, optional={"kinds", "calm"})
    for key in ("id", "title"):
        _check_text(f"{where}: {key}", table[key], set())
    _check_text(f"{where}: text", table["text"], VARIABLES)
    if not isinstance(table.get("calm", False), bool):
        raise ReplyMistake(f"{where}: calm: must be true or false")
    topics, kinds = (_names(f"{where}: {key}", table.get(key, [])) for key in ("topics", "kinds"))
    return CannedReply(
        table["id"], language, table["title"], topics, kinds, table["text"].strip(), table.get("calm", False)
    )


def _check_keys(where: str, table: Mapping[str, Any], *, required: set[str], optional: set[str]) -> None:
    missing, unknown = sorted(required - set(table)), sorted(set(table) - required - optional)
    if missing:
        raise ReplyMistake(f"{where}: {missing[0]} is missing")
    if unknown:
        raise ReplyMistake(f"{where}: {unknown[0]} is not known here")


def _check_text(where: str, text: Any, variables: frozenset[str] | set[str]) -> None:
    if not isinstance(text, str) or not text.strip():
        raise ReplyMistake(f"{where}: must be words")
    try:
        fields = [(name, spec, how) for _, name, spec, how in Formatter().parse(text) if name is not None]
    except ValueError as mistake:
        raise ReplyMistake(f"{where}: {mistake}") from mistake
    for name, spec, how in fields:
        if name not in variables or spec or how:
            raise ReplyMistake(f"{where}: {{{name}}} is no variable known here")


def _names(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ReplyMistake(f"{where}: must be a list of names")
    return tuple(value)
