"""What the forms on a ticket's page offer: the possible values, the suggested ones, and their limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rendering import replies, words
from chalicelib.rendering.replies import CannedReply
from chalicelib.rules.intake import withdrawing
from chalicelib.rules.intake.withdrawing import InTime
from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.policy.promises import WARRANTY
from chalicelib.rules.procedure import concluding, extending, referring
from chalicelib.rules.procedure.answers.heat import Heat
from chalicelib.rules.procedure.remedies import remedying, warranty
from chalicelib.rules.procedure.remedies.remedying import Suggestion
from chalicelib.rules.procedure.remedies.warranty import Cover, Rejection
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.clocks import RESOLVE, RuleContext
from chalicelib.rules.tickets.due_dates import end_of
from chalicelib.rules.tickets.messages import Message, Person
from chalicelib.rules.tickets.procedure_facts import Claim, Purchase
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import Period
from chalicelib.services.actions import canned
from chalicelib.services.delivery import passing_on
from chalicelib.services.delivery.letters import procedure_letters
from chalicelib.services.desk import plain_forms, times
from chalicelib.services.desk.plain_forms import PlainForm
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers.second_reading import heat_of

_SHOWN_OF_A_FACT = 80
_COUNTRY = "policy.country."
# Without the attachments: files are selected one by one.
_FACTS = tuple(fact for fact in referring.FACTS if fact != referring.ATTACHMENTS)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the ticket that may be passed on to a third party, and its current value."""

    id: str
    value: str


@dataclass(frozen=True, slots=True)
class Enclosable:
    """A file that may be passed on to a third party, with its sender and time."""

    id: str
    filename: str
    size: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Extensible:
    """The days to which the promise may be extended, or the code of the reason why not."""

    earliest: date | None = None
    latest: date | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Whether a statement of withdrawal came in time, and until when it could; None if the delivery is not known.
    `by_order`: the day comes from the order, and from no agent."""

    in_time: InTime
    last_day: date | None
    by_order: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """`heat`: of what the customer wrote since the last answer. `claim`: as it was noted, completed by the ticket's
    order. `purchase`: what that order says, if it is the customer's. `cover`, `rejection`, `lacking`: the periods of a
    warranty claim and what it lacks. `bodies` are named in a final answer; with `bodies_anyway` also in a settled one,
    because the promise is broken. `plain`: the forms made from the actions."""

    replies: tuple[CannedReply, ...]
    heat: Heat
    facts: tuple[Fact, ...]
    files: tuple[Enclosable, ...]
    extension: Extensible
    suggestion: Suggestion
    remedy_due: datetime
    currency: str
    currencies: tuple[tuple[str, str], ...]
    instructions: str
    claim: Claim | None
    purchase: Purchase | None
    cover: Cover | None
    rejection: Rejection | None
    longer_after_repair: Period
    """How much longer the law's period is after a repair (EU)."""
    lacking: tuple[str, ...]
    withdrawing: Withdrawing | None
    bodies: tuple[ConsumerBody, ...]
    bodies_anyway: bool
    countries: tuple[tuple[str, str], ...]
    plain: tuple[PlainForm, ...]


def offers(
    deps: Deps,
    shop: Shop,
    loaded: tuple[Ticket, Sequence[Message]],
    agent: Person,
    language: str,
    purchase: Purchase | None = None,
    *,
    agreed: bool = False,
) -> Offers:
    """What the page of a ticket offers. `purchase`: what its order says, if it is its customer's. `agreed`: a contact
    agreement stands."""
    ticket, messages = loaded
    context = deps.context(shop)
    resolve, claim = ticket.clock(RESOLVE), _claim(ticket, purchase)
    today = context.at.astimezone(shop.hours.zone).date()
    heat, known = heat_of(ticket, messages), shop.agent(agent.address)
    admin = known is not None and known.role != "agent"
    return Offers(
        replies=ready_replies(deps, shop, ticket, agent, hot=heat.hot),
        heat=heat,
        facts=tuple(Fact(fact, _value(deps, shop, ticket, fact, language)) for fact in _FACTS),
        files=_files(deps, shop, ticket, messages, language),
        extension=_extensible(ticket, context),
        suggestion=remedying.suggestion(shop, ticket.topic, ticket.finding.fault if ticket.finding else None),
        remedy_due=context.after(shop.remedy),
        currency=(purchase.currency if purchase else "") or money.currency_of(shop.country),
        currencies=tuple((currency, currency) for currency in money.CURRENCIES),
        instructions=_instructions(deps, shop, ticket, agent),
        claim=claim,
        purchase=purchase,
        cover=warranty.cover(shop, claim, ticket.country, today) if claim else None,
        rejection=warranty.rejection(replace(ticket, claim=claim), shop, today),
        longer_after_repair=warranty.LONGER_AFTER_REPAIR,
        lacking=warranty.lacking(ticket, messages, purchase) if claim or ticket.kind == WARRANTY else (),
        withdrawing=_withdrawing(ticket, context, purchase),
        bodies=concluding.bodies(ticket, context),
        bodies_anyway=resolve is not None and resolve.late(context.at),
        countries=_countries(language),
        plain=plain_forms.forms(shop, ticket, language, admin=admin, agreed=agreed),
    )


def _files(
    deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message], language: str
) -> tuple[Enclosable, ...]:
    """The ticket's files, each with the message it came with, because several often have the same name."""
    return tuple(
        Enclosable(
            each.id,
            each.file.filename,
            each.file.size,
            each.message.person.called,
            times.short(each.message.at, deps.now(), shop, language),
        )
        for each in passing_on.passable(ticket, messages)
    )


def ready_replies(deps: Deps, shop: Shop, ticket: Ticket, agent: Person, *, hot: bool) -> tuple[CannedReply, ...]:
    """The ready replies that suit the ticket and for which it has all the values."""
    language = ticket.language if ticket.language in replies.languages() else shop.languages[0]
    if language not in replies.languages():
        return ()
    known = set(canned.values(deps, shop, ticket, agent))
    return tuple(
        r for r in replies.offered(language, ticket.kind, ticket.topic, hot=hot) if known.issuperset(r.variables)
    )


def _instructions(deps: Deps, shop: Shop, ticket: Ticket, agent: Person) -> str:
    try:
        return canned.text(deps, shop, ticket, agent, canned.RETURN_INSTRUCTIONS)
    except (InvalidFields, KeyError):
        return ""


def _value(deps: Deps, shop: Shop, ticket: Ticket, fact: str, language: str) -> str:
    """A fact's current value, shortened, so that the agent who selects it sees what they pass on."""
    if fact == "message":
        value = " ".join(ticket.opening.text[: 4 * _SHOWN_OF_A_FACT].split())
    else:
        value = procedure_letters.told_value(deps, shop, ticket, fact, language)
    return value if len(value) <= _SHOWN_OF_A_FACT else f"{value[:_SHOWN_OF_A_FACT]} …"


def _extensible(ticket: Ticket, context: RuleContext) -> Extensible:
    try:
        clock, furthest = extending.extensible(ticket, context)
    except InvalidFields as refused:
        return Extensible(refused=refused.codes["until"])
    shop = context.shop
    latest = furthest.astimezone(shop.hours.zone).date()
    if end_of(latest, shop.hours) > furthest:
        latest -= timedelta(days=1)
    earliest = clock.due.astimezone(shop.hours.zone).date() + timedelta(days=1)
    return Extensible(min(earliest, latest), latest)


def _claim(ticket: Ticket, purchase: Purchase | None) -> Claim | None:
    """The claim with what the order says. An order makes no claim of a ticket that has none."""
    return warranty.completed(ticket.claim, purchase) if ticket.claim or ticket.kind == WARRANTY else None


def _withdrawing(ticket: Ticket, context: RuleContext, purchase: Purchase | None) -> Withdrawing | None:
    if ticket.withdrawal is None:
        return None
    day = withdrawing.counted_from(ticket, purchase)
    return Withdrawing(
        withdrawing.in_time(ticket, context, purchase),
        withdrawing.last_day(day, context) if day else None,
        by_order=not (ticket.claim and ticket.claim.delivered),
    )


def _countries(language: str) -> tuple[tuple[str, str], ...]:
    """The countries that have a name in this language, sorted by name."""
    named = ((key.removeprefix(_COUNTRY), str(word)) for key, word in words.book(language).items() if _COUNTRY in key)
    return tuple(sorted(named, key=lambda country: country[1]))
