"""Whether a mail forwards several messages beside each other. Each may be another person's, so none of them names the
customer. Programs write the same lines above a message that the forwarded one holds; who wrote to whom tells them
apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chalicelib.mail.forwards import forward_tops
from chalicelib.mail.forwards.forward_tops import Attribution
from chalicelib.mail.inbound import Address
from chalicelib.mail.quoting import attributions
from chalicelib.mail.quoting.header_blocks import Block
from chalicelib.patterns import pattern

_ADDRESS = pattern(r"[^\s<>()\[\]\"',;:]{1,128}@[^\s<>()\[\]\"',;:]{1,190}")
_NO_LETTERS = pattern(r"[\W\d_]+")
_SHORTEST_NAME = 3


@dataclass(slots=True)
class _People:
    addresses: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        self.addresses |= _addresses(text)
        name = _words(_ADDRESS.sub(" ", text))
        self.names |= {name} if len(name.strip()) >= _SHORTEST_NAME else set()

    def without(self, text: str) -> _People:
        named = _words(text)
        return _People(self.addresses - _addresses(text), {name for name in self.names if name not in named})

    def are_in(self, text: str) -> bool:
        named = _words(text)
        return bool(self.addresses & _addresses(text)) or any(name in named for name in self.names)


def below_block(lines: list[str], first: Block, later: Iterable[Block]) -> bool:
    """Whether one of the later header blocks begins a message beside the first one's, and not one that it holds.

    What it holds was written to its writer, or by them. Below a client's marker, anything else is beside it. Without a
    marker it is beside it only if it went to the same recipient, as the mails in one mailbox did."""
    recipients, writers = first.fields.get("to", ""), _People()
    writers.add(first.fields["from"])
    quoting = forward_tops.depth(lines[first.start])
    for block in later:
        lead, marked = _lead(lines, block)
        if lead < quoting:
            return True
        # The forwarder's own mailbox is named in both kinds of message.
        known = writers.without(recipients) if marked else writers
        if lead == quoting and not known.are_in(_people_of(block)) and (marked or _same_recipients(first, block)):
            return True
        writers.add(block.fields.get("from", ""))
    return False


def below_attribution(lines: list[str], first: Attribution, blocks: Iterable[Block]) -> bool:
    """Whether another message begins below an attribution's message, outside of its quotation."""
    text = next((line for line in lines[first.end :] if line.strip("> \t")), "")
    quoting = forward_tops.depth(text)
    if quoting <= forward_tops.depth(lines[first.start]):
        return False
    outside = any(_lead(lines, block)[0] < quoting for block in blocks if block.start >= first.end)
    return outside or any(attributions.length(lines, index) for index in _outside(lines, first.end, quoting))


def names(block: Block, person: Address) -> bool:
    """Whether the block's message was written to or by this person."""
    someone = _People()
    someone.add(f"{person.name} {person.address}")
    return someone.are_in(_people_of(block))


def _people_of(block: Block) -> str:
    return " ".join(block.fields.get(name, "") for name in ("from", "to", "cc"))


def _outside(lines: list[str], start: int, quoting: int) -> Iterator[int]:
    """The lines outside the quotation where an attribution may begin, at most `forward_tops.MAX_TRIES`."""
    left = forward_tops.MAX_TRIES
    for index in range(start, len(lines)):
        if left and forward_tops.depth(lines[index]) < quoting and attributions.may_begin(lines[index]):
            left -= 1
            yield index


def _lead(lines: list[str], block: Block) -> tuple[int, bool]:
    """How deep a block and what the client put above it are quoted, and whether a marker is there."""
    top, marked = forward_tops.top(lines, block.start)
    filled = [line for line in lines[top : block.start] if line.strip("> \t")]
    return min(map(forward_tops.depth, (*filled, lines[block.start]))), marked


def _same_recipients(first: Block, block: Block) -> bool:
    ours, theirs = (each.fields.get("to", "") for each in (first, block))
    if _addresses(ours) and _addresses(theirs):
        return bool(_addresses(ours) & _addresses(theirs))
    return bool(_words(ours).strip()) and _words(ours) == _words(theirs)


def _addresses(text: str) -> set[str]:
    return {found.casefold() for found in _ADDRESS.findall(text[:2_000])}


def _words(text: str) -> str:
    """The words with a blank on each side of every one, so that whole words can be found in them."""
    return f" {_NO_LETTERS.sub(' ', text[:2_000].casefold()).strip()} "
