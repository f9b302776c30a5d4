"""The words by which a ticket is found: taken from its texts here, blinded and stored elsewhere.

They can be computed from the ticket's texts at any time: `words_of` returns every word that the index can have of it.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from chalicelib.patterns import pattern
from chalicelib.rules.identity import phones
from chalicelib.rules.privacy import participants
from chalicelib.rules.tickets.log import DetailCode
from chalicelib.rules.tickets.messages import Author, Message, Person
from chalicelib.rules.tickets.ticket import LogEntry, Ticket

LIMIT = 300
"""The maximum of words of one message, and of one ticket's own texts."""
_LEAST, _LONGEST = 3, 40
# Characters of scripts without spaces (Thai, Japanese, Chinese, Korean): indexed as pairs of neighbours.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_RUNS = pattern(f"(?P<unspaced>[{_UNSPACED}]+)|[^{_UNSPACED}]+")
# The characters that join the letters and digits of an order number.
_JOINTS = "-/._"
# Words in nearly every mail are useless for a search.
_STOP_WORDS = (
    "and the are but for not you your yours with this that these those was were has have had been from they them their "
    "its our ours she her him his who whom what which when where will would could should can may please dear hello "
    "thanks thank regards kind best there here about into than then also just any all one out "
    "und der die das den dem des ein eine einer eines einem einen ist sind war waren nicht ich sie wir ihr ihre ihren "
    "ihrem ihnen mir mich mein meine meinen meiner meinem uns unser unsere mit für auf aus bei nach von vom zum zur "
    "haben habe hat hatte hatten wurde wurden werden wird kann können bitte danke vielen dank hallo sehr geehrte "
    "geehrter damen herren grüsse grüssen freundlichen liebe lieber auch noch aber oder wenn dass als wie wer "
    "http https www com"
)
_STOP = frozenset(_STOP_WORDS.split())


def words(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """The first `limit` different words of a text, folded as in the index: without case, three letters or more, and
    numbers of any length. A part with digits that is joined by - / . or _ is also a word as a whole, without the
    joints."""
    return tuple(_first(limit, (word for joined in _folded(text).split() for word in _words(joined))))


def short_words(text: str) -> frozenset[str]:
    """The text's words of two letters, which the index leaves out but names have; single letters identify nobody."""
    return frozenset(word for word in _folded(text).translate(_PARTED).split() if len(word) == _LEAST - 1)


def asked(text: str, limit: int = 8) -> tuple[str, ...]:
    """The words that a search looks for. A part with digits that is joined by a sign, such as 12-34, is searched only
    as a whole, so that it is found no matter which sign the text has."""
    found = (word for part in _folded(text).split() for word in ((_whole(part),) if _whole(part) else _words(part)))
    return tuple(_first(limit, found))


def own_words(ticket: Ticket) -> tuple[str, ...]:
    """The words of the ticket itself: order number, subject, customer's name and phone, opening message, rating."""
    names = (ticket.requester.name, ticket.opening.writer.name)
    texts = "\n".join((ticket.subject, *names, ticket.opening.text))
    numbers = (*number_words(ticket.order_number or ""), *phone_words(ticket.requester, ticket.opening.person))
    return tuple(dict.fromkeys((*numbers, *words(texts), *rating_words(ticket))))


def rating_words(ticket: Ticket) -> tuple[str, ...]:
    return words(ticket.rating.text) if ticket.rating else ()


def number_words(order_number: str) -> tuple[str, ...]:
    """The words of an order number: all its letters and digits as one word, of any length, and its parts."""
    whole = "".join(c for c in _folded(order_number) if c not in _JOINTS and not c.isspace())[:_LONGEST]
    return tuple(dict.fromkeys((whole, *words(order_number)))) if whole else ()


def phone_words(*persons: Person) -> tuple[str, ...]:
    """The words of these people's phones: the numbers in any notation, and the text as it was written; and of those who
    are known by nothing else, the words by which people who take part are found."""
    found: list[str] = []
    for person in persons:
        found += (*phones.words(person.phone), *words(person.phone)) if person.phone else ()
        found += () if person.address else map(participants.as_word, person.known_by)
    return tuple(dict.fromkeys(found))


def message_words(message: Message) -> tuple[str, ...]:
    """The words of a message, and of its writer's phone."""
    ours = message.author in (Author.AGENT, Author.SYSTEM)
    return (*words(message.text), *(() if ours else phone_words(message.person)))


def words_of(ticket: Ticket, messages: Iterable[Message], log: Iterable[LogEntry] = ()) -> frozenset[str]:
    """Every word under which the ticket can be in the index; a deletion of the ticket deletes these. `log`: its entries
    have earlier order numbers, from before a correction."""
    details = (detail for entry in log for detail in entry.details)
    former = (detail.was for detail in details if detail.code is DetailCode.ORDER_NUMBER)
    all_messages = tuple(messages)
    words_per_message = map(message_words, all_messages)
    took_part = (
        *participants.of_ticket(ticket),
        *(address for message in all_messages for address in participants.of_message(message)),
    )
    named = map(participants.as_named, participants.named(ticket, *all_messages))
    own = (*own_words(ticket), *words(ticket.opening.person.name), *map(participants.as_word, took_part), *named)
    return frozenset(own).union(*words_per_message, *map(number_words, former))


def _first(limit: int, candidates: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for word in candidates:
        if len(seen) == limit:
            return
        if word not in seen:
            seen.add(word)
            yield word


def _folded(text: str) -> str:
    """The text without case, as Unicode defines it for identifiers (NFKC_Casefold, D146 of its chapter 3), and with
    only letters, marks, digits, joints and spaces. Invisible characters, such as soft hyphens, do not split a word."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return "".join(map(_letter, unicodedata.normalize("NFKC", composed.casefold())))


def _letter(sign: str) -> str:
    if sign.isalnum() or sign in _JOINTS:
        return sign
    category = unicodedata.category(sign)
    return sign if category[0] == "M" else "" if category == "Cf" and sign != "\u200b" else " "


def _words(joined: str) -> Iterator[str]:
    """The words of a part between two spaces."""
    if whole := _whole(joined):
        yield whole
    for part in joined.translate(_PARTED).split():
        for run in _RUNS.finditer(part):
            yield from _pairs(run[0]) if run["unspaced"] else _plain(run[0])


def _whole(joined: str) -> str:
    """A joined part with digits, without its joints; "" if it is not one."""
    joined = joined.strip(_JOINTS)
    whole = joined.translate(_UNJOINED)
    return whole if whole != joined and any(map(str.isdigit, whole)) and len(whole) <= _LONGEST else ""


def _plain(word: str) -> Iterator[str]:
    if word.isdigit() or (len(word) >= _LEAST and word not in _STOP):
        yield word[:_LONGEST]


def _pairs(word: str) -> Iterator[str]:
    return (word[place : place + 2] for place in range(max(len(word) - 1, 1)))


_PARTED = str.maketrans(_JOINTS, " " * len(_JOINTS))
_UNJOINED = str.maketrans("", "", _JOINTS)
