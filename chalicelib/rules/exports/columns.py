"""The columns of an exported ticket and message, with their descriptions; docs/operations.md lists them in this order.

A row is a ticket or one of its messages (`record` says which); the other's columns are empty.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.rules.tickets.clocks import CALL_BACK, FIRST_ANSWER, REFUND, RESOLVE, Clock
from chalicelib.rules.tickets.ticket import Message, Ticket

Value = str | int


@dataclass(frozen=True, slots=True)
class Exported:
    """The source of a row: a ticket, one of its messages or None, that message's whole text, and the shop's time
    zone."""

    ticket: Ticket
    zone: ZoneInfo
    message: Message | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    about: str
    of: Callable[[Exported], Value]


def names(messages: bool) -> tuple[str, ...]:
    return tuple(column.name for column in columns(messages))


def columns(messages: bool) -> tuple[Column, ...]:
    """The columns of a ticket; also those of a message if messages are exported."""
    return (*BOTH, *TICKET, *(MESSAGE if messages else ()))


def rows(exported: Sequence[Exported], messages: bool) -> Iterator[list[Value]]:
    """The rows of a ticket and of its messages. What a message's row has of its ticket is found once for all."""
    ticket, *rest = exported
    shared = [column.of(ticket) for column in BOTH[1:]]
    own = [column.of(ticket) for column in TICKET]
    yield [_record(ticket), *shared, *own, *(_NONE_OF_MESSAGE if messages else ())]
    for one in rest:
        yield [_record(one), *shared, *_NONE_OF_TICKET, *(column.of(one) for column in MESSAGE)]


def record(exported: Exported, messages: Iterable[Exported] | None = None) -> dict[str, Any]:
    """A ticket as a JSON object with the same names, and its messages within it."""
    values: dict[str, Any] = {column.name: column.of(exported) for column in (*BOTH[1:], *TICKET)}
    if messages is None:
        return values
    return values | {"messages": [{column.name: column.of(one) for column in MESSAGE} for one in messages]}


def _at(moment: datetime | date | None) -> str:
    """A moment in UTC, to the second; a date as a date."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat() if moment else ""


def local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _clock(exported: Exported, name: str) -> Clock | None:
    return exported.ticket.clock(name)


def _due(name: str) -> Callable[[Exported], Value]:
    return lambda e: _at(clock.due) if (clock := _clock(e, name)) else ""


def _met(name: str) -> Callable[[Exported], Value]:
    return lambda e: _at(clock.met_at) if (clock := _clock(e, name)) else ""


def _of_ticket(get: Callable[[Ticket], Any]) -> Callable[[Exported], Value]:
    return lambda e: str(get(e.ticket) or "")


def _of_message(get: Callable[[Message], Any]) -> Callable[[Exported], Value]:
    return lambda e: str(get(e.message) or "") if e.message else ""


BOTH = (
    Column("record", "`ticket`, or `message`: a row of the ticket above it", lambda e: _record(e)),
    Column("reference", "of the ticket", _of_ticket(lambda t: t.ref)),
    Column("shop", "its id in the policy", _of_ticket(lambda t: t.shop)),
    Column("kind", "of the ticket", _of_ticket(lambda t: t.kind)),
)
TICKET = (
    Column("state", "`open`, `waiting`, `referred`, `closed`, `quarantine`", _of_ticket(lambda t: t.state)),
    Column("outcome", "how it ended", _of_ticket(lambda t: t.outcome)),
    Column("channel", "by which it was opened", _of_ticket(lambda t: t.channel)),
    Column("topic", "its id in the policy", _of_ticket(lambda t: t.topic)),
    Column("subject", "as written", _of_ticket(lambda t: t.subject)),
    Column("name", "of the customer", _of_ticket(lambda t: t.requester.name)),
    Column("email", "of the customer", _of_ticket(lambda t: t.requester.address)),
    Column("phone", "of the customer", _of_ticket(lambda t: t.requester.phone)),
    Column("language", "of the customer", _of_ticket(lambda t: t.language)),
    Column("country", "of the customer, by its two letters", _of_ticket(lambda t: t.country)),
    Column("order_number", "as written", _of_ticket(lambda t: t.order_number)),
    Column("product", "of a warranty claim", _of_ticket(lambda t: t.claim and t.claim.product)),
    Column("serial", "of a warranty claim", _of_ticket(lambda t: t.claim and t.claim.serial)),
    Column("purchased", "the day, of a warranty claim", _of_ticket(lambda t: t.claim and _at(t.claim.purchased))),
    Column("delivered", "the day, if an agent noted it", _of_ticket(lambda t: t.claim and _at(t.claim.delivered))),
    Column(
        "repaired",
        "the day from which the legal period is longer",
        _of_ticket(lambda t: t.claim and _at(t.claim.repaired)),
    ),
    Column(
        "terms",
        "accepted: `terms`, or the address of the shop's own",
        _of_ticket(lambda t: t.terms and t.terms.document),
    ),
    Column("terms_version", "the day that names it", _of_ticket(lambda t: t.terms and _at(t.terms.day))),
    Column("terms_sha256", "of the accepted text", _of_ticket(lambda t: t.terms and t.terms.sha256)),
    Column("terms_accepted_at", "", _of_ticket(lambda t: t.terms and _at(t.terms.at))),
    Column(
        "terms_how",
        "`checkbox`, or `in_force`: ticked, but no version named",
        _of_ticket(lambda t: t.terms and t.terms.how),
    ),
    Column(
        "advert_notice_at",
        "when the form said that one may object to adverts",
        _of_ticket(lambda t: t.adverts and _at(t.adverts.noticed_at)),
    ),
    Column(
        "advert_consent_at",
        "when the form's box for adverts was ticked",
        _of_ticket(lambda t: t.adverts and _at(t.adverts.consented_at)),
    ),
    Column("contract", "of a withdrawal, as typed", _of_ticket(lambda t: t.withdrawal and t.withdrawal.contract)),
    Column("withdrawn_at", "when it came", _of_ticket(lambda t: t.withdrawal and _at(t.withdrawal.received_at))),
    Column("goods_sent_at", "sending proven", _of_ticket(lambda t: t.withdrawal and _at(t.withdrawal.proof_at))),
    Column("goods_back_at", "", _of_ticket(lambda t: t.withdrawal and _at(t.withdrawal.goods_at))),
    Column("refund_due", "after a withdrawal", _due(REFUND)),
    Column("refunded_at", "", _met(REFUND)),
    Column("call_due", "when a call was promised by", _due(CALL_BACK)),
    Column("call_tries", "how often nobody answered", _of_ticket(lambda t: len(t.call.tries) if t.call else "")),
    Column(
        "call_result",
        "`reached`, `given_up` after three tries, `wrong_number`, `cancelled`, `closed`",
        _of_ticket(lambda t: t.call and t.call.ended),
    ),
    Column("call_ended_at", "", _of_ticket(lambda t: t.call and _at(t.call.ended_at))),
    Column("opened_at", "in UTC, as are all times but those named local", lambda e: _at(e.ticket.opened_at)),
    Column("opened_local", "by the shop's clocks", lambda e: local(e.ticket.opened_at, e.zone)),
    Column("first_answer_due", "what was promised", _due(FIRST_ANSWER)),
    Column("first_answered_at", "", _met(FIRST_ANSWER)),
    Column("resolve_due", "what was promised, with its extensions", _due(RESOLVE)),
    Column("resolved_at", "", _met(RESOLVE)),
    Column("closed_at", "", lambda e: _at(e.ticket.closed_at)),
    Column("assignee", "the agent's address", _of_ticket(lambda t: t.assignee)),
    Column("priority", "`normal`, `high`, `urgent`", _of_ticket(lambda t: t.priority)),
    Column("tags", "with a blank between them", _of_ticket(lambda t: " ".join(t.tags))),
    Column("fault", "who is at fault, as found", _of_ticket(lambda t: t.finding and t.finding.fault)),
    Column("remedy", "what puts it right", _of_ticket(lambda t: t.remedy and t.remedy.remedy_kind)),
    Column("remedy_amount", "of money, in the currency's smallest unit", lambda e: _amount(e.ticket)),
    Column("remedy_currency", "by its three letters", _of_ticket(lambda t: t.remedy and t.remedy.currency)),
    Column("remedy_owed_by", "", _of_ticket(lambda t: t.remedy and t.remedy.owed_by)),
    Column("remedy_carried_out_by", "who was asked to", _of_ticket(lambda t: t.remedy and t.remedy.carried_out_by)),
    Column("remedy_due", "", _of_ticket(lambda t: t.remedy and _at(t.remedy.due))),
    Column("remedy_done_at", "", _of_ticket(lambda t: t.remedy and _at(t.remedy.done_at))),
    Column("rating", "by the customer: 1 (very unhappy) to 5 (very happy)", lambda e: _score(e.ticket)),
    Column("rating_text", "the customer's words to it", _of_ticket(lambda t: t.rating and t.rating.text)),
    Column("rated_at", "", _of_ticket(lambda t: t.rating and _at(t.rating.at))),
    Column(
        "rating_withdrawn_at",
        "when the customer took a rating back, if there is none since",
        _of_ticket(lambda t: t.rating_withdrawn and _at(t.rating_withdrawn.at)),
    ),
    Column("extensions", "how often it was extended", lambda e: len(e.ticket.extensions)),
    Column("referred_to", "third parties, separated by `; `", lambda e: "; ".join(r.name for r in e.ticket.referrals)),
    Column("merged_into", "the ticket its conversation goes on in", _of_ticket(lambda t: t.merged_into)),
    Column("legal_hold", "why it must be kept", _of_ticket(lambda t: t.custody.legal_hold)),
)


MESSAGE = (
    Column("message", "its id within the ticket", _of_message(lambda m: m.id)),
    Column("at", "", _of_message(lambda m: _at(m.at))),
    Column("at_local", "by the shop's clocks", lambda e: local(e.message.at, e.zone) if e.message else ""),
    Column("author", "`customer`, `agent`, `third_party`, `system`, `other`", _of_message(lambda m: m.author)),
    Column("author_name", "", _of_message(lambda m: m.person.name)),
    Column("author_email", "", _of_message(lambda m: m.person.address)),
    Column("by", "its channel; `desk`: an agent, there or at the console", _of_message(lambda m: m.channel)),
    Column(
        "visibility",
        "`shared`, or for agents only: `internal`, or `held` until an answer leaves",
        _of_message(lambda m: m.visibility),
    ),
    Column("event", "`words`, or what else it is", _of_message(lambda m: m.event)),
    Column("about", "what its event is about", _of_message(lambda m: m.about)),
    Column("text", "what was newly written, whole", lambda e: e.text if e.message else ""),
    Column("files", "attachments' names, separated by `; `", _of_message(lambda m: "; ".join(_named(m)))),
)

_NONE_OF_TICKET, _NONE_OF_MESSAGE = [""] * len(TICKET), [""] * len(MESSAGE)


def _record(exported: Exported) -> str:
    return "message" if exported.message else "ticket"


def _amount(ticket: Ticket) -> Value:
    amount = ticket.remedy.amount if ticket.remedy else None
    return "" if amount is None else amount


def _score(ticket: Ticket) -> Value:
    return ticket.rating.score if ticket.rating else ""


def _named(message: Message) -> list[str]:
    return [file.filename for file in message.files]
