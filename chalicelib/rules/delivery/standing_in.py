"""Mails to agents who are away go to whoever stands in for them, and say so (decision 278)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.rules.access.absences import Absences, stand_ins
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.outbox import Audience, Delivery, Outbox


def to_agents(box: Outbox | None) -> bool:
    """Whether the outbox owes agents a mail of its own."""
    return box is not None and any(_is_agents(mail) for mail in box.own())


def redirected(box: Outbox, shop: Shop, known: Absences, now: datetime, besides: str = "") -> Outbox:
    """The outbox with each mail owed to an agent who is away owed to whoever stands in. Two mails that so become the
    same to one person are one, which carries what both carried. `besides`: the agent who may not have them (of an
    answer that a second reader must read, its writer)."""
    own = [mail for mail in box.own() if _is_agents(mail)]
    if not known.all or not own:
        return box
    moved = [to for mail in own for to in _moved(mail, stand_ins(shop, known, mail.to, now, besides))]
    rest = tuple(mail for mail in box.deliveries if mail not in own)
    return replace(box, deliveries=(*rest, *_joined(moved))) if moved != own else box


def _is_agents(mail: Delivery) -> bool:
    return mail.purpose.audience is Audience.AGENTS


def _moved(mail: Delivery, whom: Iterable[str]) -> Iterable[Delivery]:
    for to in whom:
        yield mail if to == mail.to else replace(mail, to=to, stands_for=(*mail.stands_for, mail.to))


def _joined(mails: Iterable[Delivery]) -> Iterable[Delivery]:
    one: dict[tuple[str, str, str], Delivery] = {}
    for mail in mails:
        key = (mail.purpose, mail.to, mail.about)
        known = one.get(key, mail)
        one[key] = replace(
            known,
            carries=tuple(dict.fromkeys((*known.carries, *mail.carries))),
            stands_for=tuple(dict.fromkeys((*known.stands_for, *mail.stands_for))),
        )
    return one.values()
