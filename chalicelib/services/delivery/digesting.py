"""The daily digest to a shop's owners: what is overdue, due today or waiting, and how promises were kept (decisions 43,
66 and 183)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.errors import NotSent
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rendering import pages
from chalicelib.rules.documents.reviewing import unreviewed
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.orders.duties.lists import OrderList
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.policy.promises import SecondReader
from chalicelib.rules.tickets.inbox_keys import CONDEMNED
from chalicelib.rules.tickets.ticket import OWED, Person, State
from chalicelib.rules.timing import worktime
from chalicelib.services import console_events
from chalicelib.services.delivery import monthly, standing_in, token_mails
from chalicelib.services.help import missing
from chalicelib.services.learning import proposing
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MAX_TIME, MIN_TIME, Count, InboxEntry
from chalicelib.services.tickets import links
from chalicelib.services.tickets.service_letters import service_letter
from chalicelib.telemetry import logger

# Lists show this many tickets; the rest is only counted.
_LIMIT = 20
# This many open tickets are read, to find those that also wait for a third party.
_MAX_READ = 100
# If a shop is closed for more days than this, its next working day no longer matters today.
_LONGEST_BREAK = 15
# A run that began a digest and has not finished after this time has died.
_LEASE = timedelta(minutes=10)
# Later than this after its time, the day's digest is out of date.
_NEWS = timedelta(hours=12)
_DAYS = timedelta(days=6)
_LISTS = (State.OPEN, State.WAITING, State.REFERRED, OWED)
_QUARANTINE = (State.QUARANTINED, CONDEMNED)
_MOMENT = timedelta(seconds=1)


def send_digests(deps: Deps, event: Any) -> dict[str, Any]:
    """Send each shop's digest that is due today and has not been sent; returns the shops it was sent for. Raises
    InvalidEvent if the event is not {}.

    Safe to run at any time and any number of times: a day's digest is claimed before it is sent. If a run dies after
    sending and before recording it, the next run sends the digest again.
    """
    console_events.fields(event)
    due = [shop for shop in deps.policy.shops.values() if is_due(shop, deps.now(), deps.holidays(shop))]
    whom = [(shop, *each) for shop in due for each in standing_in.there(deps, shop, "owner").items()]
    sent = [shop.id for shop, agent, names in whom if _sent(deps, shop, agent, names)]
    token_mails.send_due(deps)
    return {"sent": list(dict.fromkeys(sent))}


def is_due(shop: Shop, now: datetime, holidays: worktime.Holidays) -> bool:
    """Whether to send the shop's digest now: on its working days, from the policy's time on."""
    today = worktime.local_date(now, shop.hours)
    begins = worktime.at(today, shop.digest_at, shop.hours.zone)
    works = bool(worktime.working_shifts(today, shop.hours)) and not holidays(today)
    return works and begins <= now < begins + _NEWS


def _sent(deps: Deps, shop: Shop, agent: Agent, names: Sequence[str]) -> bool:
    try:
        return _send(deps, shop, agent, names)
    except NotSent as error:
        logger.warning("a digest could not be sent", extra={"shop": shop.id, "reason": str(error)[:80]})
    except Exception:
        # No error may hold up the other digests.
        logger.exception("a digest failed", extra={"shop": shop.id})
    return False  # the claim expires, and the next run tries again


def _send(deps: Deps, shop: Shop, owner: Agent, names: Sequence[str]) -> bool:
    """`owner`: also who stands in for one; `names`: of the owners who are away."""
    now = deps.now()
    today = worktime.local_date(now, shop.hours)
    if monthly.is_due(shop, today):
        _send_month(deps, shop, owner, today, names)
    if not deps.digests.claim_digest(shop.id, owner.address, today, now, now + _LEASE):
        return False
    rendered = pages.mail("digest", shop.languages[0], **contents(deps, shop), stands_for=names)
    serial = derived.source_of("digest", shop.id, today.isoformat(), owner.address)[:12]
    letter = service_letter(shop, Person.of(owner), rendered, ServiceToken.DIGEST, serial, now)
    deps.mailer.send(shop.support, deliverable(owner.address), compose(letter), {"purpose": "digest"})
    deps.digests.claim_digest(shop.id, owner.address, today, now + _LEASE + _MOMENT, MAX_TIME)
    return True


def _send_month(deps: Deps, shop: Shop, owner: Agent, today: date, names: Sequence[str]) -> None:
    """No error of this mail may hold up the digest; the next run tries again."""
    try:
        monthly.send(deps, shop, owner, today, names)
    except NotSent as error:
        logger.warning("a month's report could not be sent", extra={"shop": shop.id, "reason": str(error)[:80]})
    except Exception:
        logger.exception("a month's report failed", extra={"shop": shop.id})


def contents(deps: Deps, shop: Shop) -> dict[str, Any]:
    """The template values of the digest."""
    now = deps.now()
    today = worktime.local_date(now, shop.hours)
    # Nobody can do on a closed day what falls due on it, so it is listed today.
    following = _next_working_day(shop, today, deps.holidays(shop))
    midnight = worktime.at(following, time(0), shop.hours.zone).astimezone(UTC)
    overdue, overdue_count = _across(deps, shop, MIN_TIME, now)
    soon, soon_count = _across(deps, shop, now, midnight)
    referred, referred_count = _referred(deps, shop)
    unread, unread_count = _unread(deps, shop)
    waiting_count, *quarantined = (deps.inbox.inbox(shop.id, each, 0)[1] for each in (State.WAITING, *_QUARANTINE))
    late_orders, held_orders = (_orders(deps, shop, each) for each in (OrderList.LATE, OrderList.HELD))
    kept, missed = deps.digests.sla_counted(shop.id, (now - _DAYS).date(), now.date())
    return {
        "shop": shop,
        "day": now,
        "overdue": [_line(deps, shop, entry) for entry in overdue],
        "overdue_count": overdue_count,
        "due_today": [_line(deps, shop, entry) for entry in soon],
        "due_today_count": soon_count,
        "unread": [_line(deps, shop, entry) for entry in unread],
        "unread_count": unread_count,
        "referred": [_line(deps, shop, entry) for entry in referred],
        "referred_count": referred_count,
        "orders_late": late_orders[:_LIMIT],
        "orders_late_more": len(late_orders) > _LIMIT,
        "orders_held": held_orders[:_LIMIT],
        "orders_held_more": len(held_orders) > _LIMIT,
        "waiting_count": waiting_count,
        "quarantined_count": sum(quarantined, Count(0)),
        "quarantined_for": shop.quarantine,
        "gaps": missing.gaps(deps, shop),
        "improvements": _improvements(deps, shop),
        "to_review": list(unreviewed(deps.documents.versions(shop.id), today)),
        "kept": kept,
        "missed": missed,
        "kept_percent": 100 * kept // (kept + missed) if kept + missed else None,
    }


def _improvements(deps: Deps, shop: Shop) -> list[dict[str, Any]]:
    """The improvements that are overdue, after what the last days' counts propose was proposed."""
    proposing.propose(deps, shop)
    return [
        {
            "cause": proposing.cause_in_words(shop, each.cause, shop.languages[0]),
            "due": each.due,
            "url": f"{deps.public_url}/desk/improvements/{shop.id}/{each.id}",
        }
        for each in proposing.overdue(deps, shop)[:_LIMIT]
    ]


def _across(deps: Deps, shop: Shop, since: datetime, before: datetime) -> tuple[list[InboxEntry], Count]:
    """The most urgent tickets in any state that owe the customer something in that period, and their number."""
    lists = [deps.inbox.inbox(shop.id, state, _LIMIT, since, before) for state in _LISTS]
    urgent = sorted((entry for found, _ in lists for entry in found), key=lambda entry: entry.at)
    return urgent[:_LIMIT], sum((count for _, count in lists), Count(0))


def _referred(deps: Deps, shop: Shop) -> tuple[list[InboxEntry], Count]:
    """The tickets that wait for a third party, and their number. If a customer has written since, their ticket is open;
    it is found if it is among the most urgent."""
    found, count = deps.inbox.inbox(shop.id, State.REFERRED, _LIMIT)
    open_ones, _ = deps.inbox.inbox(shop.id, State.OPEN, _MAX_READ)
    read = deps.tickets.find_tickets([entry.ref for entry in open_ones])
    waiting = {ticket.ref for ticket in read if any(referral.open for referral in ticket.referrals)}
    both = [*found, *(entry for entry in open_ones if entry.ref in waiting)]
    return sorted(both, key=lambda entry: entry.at)[:_LIMIT], count + Count(len(waiting))


def _unread(deps: Deps, shop: Shop) -> tuple[list[InboxEntry], Count]:
    """The tickets with an answer that waits for a second reader, among the most urgent of each list, and their number;
    without a request where the policy asks for no reader."""
    if shop.desk.second_reader == SecondReader():
        return [], Count(0)
    read = (deps.inbox.inbox(shop.id, state, _MAX_READ)[0] for state in (*_LISTS, State.QUARANTINED))
    waiting = [entry for found in read for entry in found if entry.unread]
    return waiting[:_LIMIT], Count(len(waiting))


def _orders(deps: Deps, shop: Shop, place: OrderList) -> list[dict[str, Any]]:
    """The most urgent orders of a list, one more than are shown."""
    found = deps.orders.listed(shop.id, place, _LIMIT + 1)
    return [{"number": each.number, "url": links.desk_order_url(deps, each.ref)} for each in found]


def _next_working_day(shop: Shop, today: date, holidays: worktime.Holidays) -> date:
    days = (today + timedelta(days=ahead) for ahead in range(1, _LONGEST_BREAK))
    works = (day for day in days if worktime.working_shifts(day, shop.hours) and not holidays(day))
    return next(works, today + timedelta(days=1))


def _line(deps: Deps, shop: Shop, entry: InboxEntry) -> dict[str, Any]:
    assignee = shop.agent(entry.assignee) if entry.assignee else None
    return {
        "reference": entry.ref,
        "subject": entry.subject,
        "name": entry.name,
        "due": entry.due,
        "clock": entry.clock,
        "assignee": assignee.name if assignee else "",
        "url": links.desk_url(deps, entry.ref),
    }
