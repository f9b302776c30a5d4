"""Recognises mails of ours in files. Those to agents and third parties hold words that only they may read, and reply
addresses by which anybody could write as them; so a file that holds one does not leave (decision 318)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from chalicelib.errors import InvalidFields, UnknownFile
from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, domain_of
from chalicelib.rules.identity.derived import Role, Token, read_token
from chalicelib.rules.identity.mailboxes import shared
from chalicelib.rules.intake.own_lines import says_ours
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.address_matching import Reading, addresses
from chalicelib.rules.tickets.messages import File
from chalicelib.services.delivery.ours import our_words
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.filing import IncomingFile

_INTERNAL = (Role.AGENT, Role.THIRD_PARTY)
# The mail service replaces the ids that we give; its own have this form.
_SENT_AS = pattern(rb"message-id:\s{0,9}<([\w.-]{1,200})@[\w.-]{0,80}amazonses\.com>")
_TOKEN = pattern(rb"[a-z]{2,5}[0-9a-z]{31,40}")
_ADDRESS = pattern(r"[^\s<>\"':;,@=()]{1,64}@[\w.-]{1,255}")
_LARGEST_CALENDAR = 1024 * 1024
_NEAR = 160
"""So many characters from a token to our domain at most: a mail's serial number may stand between them."""
_MOST_IDS = 20
_MOST_PLACES = 2_000
_ENOUGH = 256 * 1024
# Of files in the store only those are read that could be a mail; agents mean no harm.
_NO_MAILS = ("image/", "video/", "audio/", "application/pdf", "application/zip")
_LARGEST = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Named:
    """A file as it came: the name and the type it was given, and its content."""

    filename: str
    content_type: str
    content: bytes


def is_ours(deps: Deps, file: Named) -> bool:
    """Whether the file holds a mail of ours, to anybody, or the text of one to agents."""
    from chalicelib.mail.bodies import own_marks

    if own_marks.bears_loop(file.content):
        return True
    for text, said, sender in own_marks.texts(file.filename, file.content_type, file.content):
        small = _small(text)
        if own_marks.LOOP in small or any(_tokens(deps, small)) or (said and _says_ours(text)):
            return True
        if sender and any(deps.policy.shop_of(each) for _, _, each in islice(_found(text), _MOST_IDS)):
            return True
    return False


def has_our_id(deps: Deps, file: Named) -> bool:
    """Whether it holds a mail with an id that the mail service gave to a mail of ours. Costs a read if it could."""
    from chalicelib.mail.bodies import own_marks

    ids = dict[str, None]()
    for text, _, _ in own_marks.texts(file.filename, file.content_type, file.content):
        small = _small(text)
        ids |= {
            found[1].decode(): None for at in _places(small, b"message-id:") if (found := _SENT_AS.match(small, at))
        }
    return bool(ids) and deps.threads.ref_of_sent(list(ids)[:_MOST_IDS]) is not None


def is_internal(deps: Deps, file: Named) -> bool:
    """Whether it holds a mail of ours to an agent or a third party: anybody may attach a mail that we sent to them."""
    from chalicelib.mail.bodies import own_marks

    texts = own_marks.texts(file.filename, file.content_type, file.content)
    return any(token.role in _INTERNAL for text, _, _ in texts for token in _tokens(deps, _small(text)))


def names_agents(deps: Deps, file: Named) -> bool:
    """Whether it is a calendar with the private address of an agent: their program names it as the organiser's. In an
    invitation every address at an agent's domain counts, because an agent may have several."""
    from chalicelib.mail.bodies import spellings

    if not spellings.is_card(file.content):
        return False
    text = spellings.card_text(file.content[:_LARGEST_CALENDAR].decode("utf-8", "replace"))
    if "BEGIN:VCALENDAR" not in text[:200].upper():
        return False
    named, invites = {canonical(each) for each in _ADDRESS.findall(text)}, spellings.invites(text)
    return any(_is_private(shop, each, invites=invites) for shop in deps.policy.shops.values() for each in named)


def _is_private(shop: Shop, address: str, *, invites: bool) -> bool:
    domains = {domain_of(canonical(each.address)) for each in shop.agents} if invites else ()
    return shop.agent(address) is not None or (
        domain_of(address) in domains
        and not shared(domain_of(address), shop.limits.mails.providers)
        and not shop.is_ours(address)
    )


def _found(text: str) -> Iterator[Reading]:
    return (reading for each in addresses(text[:2000]) for reading in each)


def _says_ours(text: str) -> bool:
    """Whether a sentence that only agents get from us stands in it, near its beginning or its end."""
    ours = our_words.said_to_agents()
    return says_ours(text[:_ENOUGH], ours) or (len(text) > _ENOUGH and says_ours(text[-_ENOUGH:], ours))


def _small(text: str) -> bytes:
    """For a quick search: of bytes, the lower case is ten times as fast."""
    return text.encode("utf-8", "surrogatepass").lower()


def _tokens(deps: Deps, small: bytes) -> Iterator[Token]:
    """The reply tokens in a text: before our domains, in addresses and ids, and behind our own header."""
    from chalicelib.mail.bodies import own_marks
    from chalicelib.mail.composing import deliverable

    for shop in deps.policy.shops.values():
        for domain in {domain_of(shop.support), domain_of(deliverable(shop.support))}:
            yield from _read(deps, (small[max(at - _NEAR, 0) : at] for at in _places(small, domain.encode())))
    yield from _read(deps, (small[at : at + _NEAR] for at in _places(small, own_marks.LOOP)))


def _places(small: bytes, wanted: bytes) -> Iterator[int]:
    at = small.find(wanted)
    for _ in range(_MOST_PLACES):
        if at < 0:
            return
        yield at
        at = small.find(wanted, at + len(wanted))


def _read(deps: Deps, near: Iterator[bytes]) -> Iterator[Token]:
    plain = (part.replace(b"%2b", b"+").replace(b"=2b", b"+") for part in near)
    found = (each.decode() for part in plain for each in _TOKEN.findall(part))
    return (token for each in found if (token := read_token(deps.secret, each)))


def refuse(deps: Deps, files: Iterable[IncomingFile], field: str) -> None:
    """Raises InvalidFields if an agent gives out a mail of ours in one of these files."""
    for file in files:
        if not file.upload:
            holds = is_ours(deps, Named(file.filename, file.content_type, file.content))
        else:
            holds = _stored_is_ours(deps, file.upload, file.filename, file.content_type, file.size)
        if holds:
            raise InvalidFields({field: "holds_our_mail"})


def refuse_stored(deps: Deps, files: Iterable[File], field: str) -> None:
    """The same for files that tickets have already."""
    if any(_stored_is_ours(deps, each.key, each.filename, each.content_type, each.size) for each in files):
        raise InvalidFields({field: "holds_our_mail"})


def _stored_is_ours(deps: Deps, key: str, filename: str, content_type: str, size: int) -> bool:
    """Only files that could be mails are read. One that is no longer there is in nobody's way here."""
    if size > _LARGEST or content_type.lower().startswith(_NO_MAILS):
        return False
    try:
        return is_ours(deps, Named(filename, content_type, deps.files.read(key)))
    except UnknownFile:
        return False
