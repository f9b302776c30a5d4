"""The desk's page for admins: the policy in force, tickets in quarantine, undelivered mails, and the mail
reconciliations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.rendering import words
from chalicelib.rules.checking.rule import Finding
from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.due_work import overdue
from chalicelib.services.customer import policy_page
from chalicelib.services.customer.policy_page import Opening
from chalicelib.services.desk import times
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import PENDING, Reconciliation, UndeliveredMail

DAYS = 14
_MAX_QUARANTINED, _MAX_UNDELIVERED = 25, 25
_SNIPPET = 160
# The mail reconciliation runs every hour.
_COUNTED = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A ticket in quarantine, with the beginning of its text."""

    ticket: Ticket
    at: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that did not arrive."""

    mail: UndeliveredMail
    at: str


@dataclass(frozen=True, slots=True)
class ShopView:
    """One shop of an admin. `bodies`: each with the day it was last checked, in words; `more_quarantined`: there are
    more than these."""

    shop: Shop
    findings: tuple[Finding, ...]
    """What `policy-check` finds for the shop's own country."""
    openings: tuple[Opening, ...]
    bodies: tuple[tuple[ConsumerBody, str], ...]
    quarantined: tuple[Quarantine, ...]
    more_quarantined: bool
    undelivered: tuple[Undelivered, ...]
    more_undelivered: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day's mails: their outcomes, and how many have no outcome yet."""

    day: date
    in_words: str
    received: int
    outcomes: tuple[tuple[str, int], ...]
    pending: int


@dataclass(frozen=True, slots=True)
class AdminView:
    """`runs`: traces that functions leave if they do not run, and whether each is as it should be."""

    shops: tuple[ShopView, ...]
    days: tuple[Day, ...]
    runs: tuple[tuple[str, bool], ...]


def view(deps: Deps, shops: Sequence[Shop], language: str) -> AdminView:
    now = deps.now()
    reconciliations = deps.mail_log.reconciliations(now.date() - timedelta(days=DAYS - 1), now.date())
    return AdminView(
        shops=tuple(_shop(deps, shop, now, language) for shop in shops),
        days=tuple(_day(reconciliation, language) for reconciliation in reversed(reconciliations)),
        runs=tuple(_runs(deps, reconciliations, now)),
    )


def _shop(deps: Deps, shop: Shop, now: datetime, language: str) -> ShopView:
    # Fifty rules and every text, which only this page needs.
    from chalicelib.services.documents.checking import findings
    from chalicelib.services.documents.said import said

    today = now.astimezone(shop.hours.zone).date()
    quarantined, left_off = deps.inbox.quarantined(shop.id, _MAX_QUARANTINED)
    undelivered_mail = deps.undeliverable.undelivered(shop.id, _MAX_UNDELIVERED + 1)
    return ShopView(
        shop=shop,
        findings=findings(deps.documents, shop, today, said=said(shop, deps.help)),
        openings=policy_page.view(shop, now, deps.holidays(shop)).openings,
        bodies=tuple((body, _in_words(body.checked, language)) for body in shop.bodies),
        quarantined=tuple(_quarantined(ticket, shop, now, language) for ticket in quarantined),
        more_quarantined=left_off is not None,
        undelivered=tuple(
            Undelivered(mail, times.short(mail.at, now, shop, language)) for mail in undelivered_mail[:_MAX_UNDELIVERED]
        ),
        more_undelivered=len(undelivered_mail) > _MAX_UNDELIVERED,
    )


def _quarantined(ticket: Ticket, shop: Shop, now: datetime, language: str) -> Quarantine:
    snippet = " ".join(ticket.opening.text[: 4 * _SNIPPET].split())
    shortened = snippet if len(snippet) <= _SNIPPET else f"{snippet[:_SNIPPET]} …"
    return Quarantine(ticket, times.short(ticket.opened_at, now, shop, language), shortened)


def _day(reconciliation: Reconciliation, language: str) -> Day:
    counted = sorted((name, count) for name, count in reconciliation.outcomes.items() if count and name != PENDING)
    return Day(
        reconciliation.day,
        _in_words(reconciliation.day, language),
        reconciliation.received,
        tuple(counted),
        reconciliation.pending,
    )


def _in_words(day: date, language: str) -> str:
    return words.day(datetime.combine(day, time(12), UTC), "UTC", language)


def _runs(deps: Deps, reconciliations: Iterable[Reconciliation], now: datetime) -> Iterable[tuple[str, bool]]:
    """Only AWS shows whether functions are suspended; here we check for the work they would have left undone."""
    days = {reconciliation.day: reconciliation.pending for reconciliation in reconciliations}
    yield "receiving", not any(pending for day, pending in days.items() if day < now.date())
    yield "scheduled", not overdue(deps, 1)
    yield "counting", (now - _COUNTED).date() in days
    depths = [queue.depths() for queue in deps.queues.values()]
    yield "queues", not any(depth.crowded for depth in depths)
    yield "letters", not any(depth.dead for depth in depths)
