"""The hash chain of an order's log, and the seal of each of its versions: as a ticket's (hash_chain), for what is one
item (decision 239).

An order keeps only the newest entries of its log. The head remembers the end of the chain before them (`base`), so what
is left can be verified; where entries were rewritten, as an erasure does, the chain goes on from the end it had.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.patterns import pattern
from chalicelib.rules.identity.keys import Secret, Use
from chalicelib.rules.orders.order import Order
from chalicelib.rules.privacy.hash_chain import Verdict, hashed, mac
from chalicelib.rules.tickets.stated import digest
from chalicelib.rules.tickets.ticket import LogEntry

_HASH = r"[A-Za-z0-9_-]"
_HEAD = pattern(rf"([0-9a-z])\.([0-9]{{1,9}})\.({_HASH}{{32}}|)\.({_HASH}{{32}}|)\.({_HASH}{{22}})")
_REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class OrderHead:
    """The head of an order's `version`. `base`: the end of the chain before the entries that the order still has;
    `chain`: after them; `seal`: made with the key of version `key`."""

    key: str
    version: int
    base: str
    chain: str
    seal: str = ""

    def __str__(self) -> str:
        return ".".join(map(str, (self.key, self.version, self.base, self.chain, self.seal)))


def head_of(text: str) -> OrderHead | None:
    """Parse a head; None if the text is not one."""
    found = _HEAD.fullmatch(text) if text.isascii() else None
    if not found:
        return None
    key, version, base, chain, seal = found.groups()
    return OrderHead(key, int(version), base, chain, seal)


def sealed(secret: Secret, before: Order | None, after: Order) -> Order:
    """The next version of the order with its head. If the seal of the version `before` fails, the head stays as it is,
    and never matches again: the next change does not hide the tampering."""
    if before is None:
        return _with_head(secret, after, "")
    head = head_of(before.log_head)
    if head is None or not is_sealed(secret, before):
        return replace(after, log_head=before.log_head)
    return _with_head(secret, after, _base(head, before.log, after.log))


def verdict(secret: Secret, order: Order) -> Verdict:
    """Whether the order is unchanged since it was last written, and its log is what was written."""
    head = head_of(order.log_head)
    if head is None or not is_sealed(secret, order):
        return Verdict.ALTERED
    return Verdict.WHOLE if _chained(head.base, order.log) == head.chain else Verdict.ALTERED


def is_sealed(secret: Secret, order: Order) -> bool:
    """Whether the order is unchanged since it was last written."""
    head = head_of(order.log_head)
    key = secret.of(head.key, Use.LOG) if head else None
    if head is None or key is None or head.version != order.version:
        return False
    return hmac.compare_digest(_seal(key, order, head), head.seal)


def _with_head(secret: Secret, order: Order, base: str) -> Order:
    key = secret.now(Use.LOG)
    head = OrderHead(key.version, order.version, base, _chained(base, order.log))
    return replace(order, log_head=str(replace(head, seal=_seal(key.key, order, head))))


def _base(head: OrderHead, before: Sequence[LogEntry], after: Sequence[LogEntry]) -> str:
    """The end of the chain before the entries that are left: further on if the oldest were dropped."""
    for dropped in range(len(before) + 1):
        kept = before[dropped:]
        if tuple(after[: len(kept)]) == tuple(kept):
            return _chained(head.base, before[:dropped])
    return hashed([head.chain, _REWRITTEN])


def _chained(base: str, log: Sequence[LogEntry]) -> str:
    chain = base
    for entry in log:
        chain = hashed([chain, digest(entry)])
    return chain


def _seal(key: bytes, order: Order, head: OrderHead) -> str:
    stated = digest(order, ("log_head",))
    return mac(key, "order", stated, str(replace(head, seal="")))
