"""Marks words that are written in heat, for the agent who answers and nobody else (decision 270).

It is a hint and no judgement: it is found again from the words each time, is stored nowhere, and never decides who is
served when. The lists of words are in templates/heat/<language>.toml, and all languages count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from chalicelib.rules.tickets.messages import Author, Event, Message, Visibility

READ, MESSAGES = 5000, 20
"""So many characters of so many messages are read, the newest."""
# Shouting: this many words in capitals, and this share of all words; letters on their own do not count.
_LONG, _SHOUTED, _SHARE = 2, 3, 0.5
_MANY_MARKS = 4
AGAIN = 3
"""This many messages without an answer between them are a sign."""


class Sign(StrEnum):
    """Why words seem heated."""

    INSULT = "insult"
    LAWYER = "lawyer"  # threatens with a lawyer or a court
    PUBLIC = "public"  # threatens with the press or with bad reviews
    CHARGEBACK = "chargeback"  # threatens to have the bank take the money back
    CAPITALS = "capitals"
    MARKS = "marks"  # many exclamation marks
    AGAIN = "again"  # writes again and again without an answer


LISTED = (Sign.INSULT, Sign.LAWYER, Sign.PUBLIC, Sign.CHARGEBACK)
"""Signs that are found by lists of words."""
Vocabulary = Mapping[Sign, tuple[str, ...]]
"""The phrases of each listed sign, in small letters. In one, "a/b" stands for either word, "a?" for a word that may be
left out (never the first), and a `*` at the end of a word for any ending."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign, with the words in which it was found; "" for those that are about the whole."""

    sign: Sign
    said: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    reasons: tuple[Reason, ...] = ()

    @property
    def hot(self) -> bool:
        """Whether to show it: insults and threats alone are enough, of the other signs two."""
        return len(self.reasons) > 1 or any(reason.sign in LISTED for reason in self.reasons)


def unanswered(opening: Message, messages: Sequence[Message]) -> list[Message]:
    """What the customer wrote since the shop's last answer, in order, the newest `MESSAGES`."""
    said = sorted((opening, *messages), key=lambda message: message.at)
    answered = [number for number, message in enumerate(said) if _answers(message)]
    since = said[answered[-1] + 1 if answered else 0 :]
    return [message for message in since if message.author is Author.CUSTOMER and not message.automatic][-MESSAGES:]


def _answers(message: Message) -> bool:
    spoken = message.event in (Event.WORDS, Event.QUESTION, Event.FINAL_ANSWER)
    return message.author is Author.AGENT and spoken and message.visibility is Visibility.SHARED


def heat(texts: Sequence[str], vocabulary: Vocabulary) -> Heat:
    """The heat of what one customer wrote without an answer between."""
    read = [text[:READ].replace("\u2019", "'") for text in texts]
    found = {reason.sign: reason for text in reversed(read) for reason in reversed(list(_signs(text, vocabulary)))}
    if len(texts) >= AGAIN:
        found[Sign.AGAIN] = Reason(Sign.AGAIN)
    return Heat(tuple(found[sign] for sign in Sign if sign in found))


def _signs(text: str, vocabulary: Vocabulary) -> Iterator[Reason]:
    for sign in LISTED:
        if (listed := vocabulary.get(sign)) and (match := _any_of(listed).search(text)):
            yield Reason(sign, " ".join(match[0].split()))
    words: list[str] = re.findall(r"[^\W\d_]+", text)
    shouted = [word for word in words if len(word) >= _LONG and word.isupper()]
    if len(shouted) >= _SHOUTED and len(shouted) >= _SHARE * len(words):
        yield Reason(Sign.CAPITALS)
    if text.count("!") >= _MANY_MARKS or "!!" in text:
        yield Reason(Sign.MARKS)


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_regexes(words))})\b", re.IGNORECASE)


def _regexes(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        found, between = "", ""
        for word in phrase.split():
            either = "|".join(map(_word, word.removesuffix("?").split("/")))
            found += f"(?:{between}(?:{either}))?" if word.endswith("?") else f"{between}(?:{either})"
            between = r"\s+"
        yield found


def _word(word: str) -> str:
    return re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
