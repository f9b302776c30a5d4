"""Puts a ticket's page together: its view, the content of a refused form, who else is writing."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.errors import InvalidFields
from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Message, Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import unseen_messages
from chalicelib.services.actions.action_input import LONGEST
from chalicelib.services.actions.actions import ACTIONS, WATCHED
from chalicelib.services.desk import ticket_view, times
from chalicelib.services.desk.answers.held_view import HeldView
from chalicelib.services.desk.team import away_view
from chalicelib.services.tickets import uploading
from chalicelib.services.tickets.answers import drafts
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from chalicelib.web import bodies, problems, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.bodies import Form
from chalicelib.wiring import deps

if TYPE_CHECKING:
    from chalicelib.services.help.earlier import Earlier

COMPOSED = ("answer", "ask", "note")
"""Actions that use the page's large text box."""
AT_THE_BOX = (*COMPOSED, "take_back")
"""Actions after which an agent looks at that box."""
_TO_CUSTOMER = ("answer", "ask", "conclude")


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused form: its action, its faults (none after a ready reply was inserted), its content."""

    action: str
    fault: InvalidFields
    form: Form


def ticket_page(
    signed: Signed,
    ref: str,
    *,
    original: str = "",
    done: str = "",
    refused: Refused | None = None,
    earlier: bool = False,
) -> Response:
    """`original`: the key of a message to show in full; `done`: the action just taken; `earlier`: show earlier answers
    too. Raises UnknownTicket,
    UnknownFile."""
    loaded = ticket, messages = ticket_view.load(deps(), ref, signed.agents)
    shop, language = signed.shop(ticket.shop), signed.language
    agent = signed.agents[shop.id]
    person = Person.of(agent)
    view = ticket_view.view(
        deps(), loaded, person, language, responses.root(), seen=_had_seen(refused), original=original
    )
    begun = drafts.drafts_of(deps(), shop, ticket, messages, agent.address)
    notice = _notice(done, view.held, language) if done in (*ACTIONS, "contact", "nothing") else None
    problems = refused.fault.codes if refused else {}
    fields = refused.form.fields if refused else {}
    return auth.page(
        signed,
        "desk/ticket",
        status=422 if problems else 200,
        shop=shop,
        pictures=view.whole is not None,
        active="inbox",
        view=view,
        ticket=ticket,
        actions=ACTIONS,
        people_named=away_view.named(deps(), shop, language),
        idempotency_key=fields.get("idempotency_key") or secrets.token_urlsafe(18),
        notice=None if done in AT_THE_BOX else notice,
        noticed=_done_with(ticket, done),
        done=notice if done in AT_THE_BOX else None,
        refused=refused.action if refused else "",
        errors={name: sentence(name, code, language) for name, code in problems.items()},
        confirm=bool({"other_customer", "not_confirmed"} & set(problems.values())),
        values=fields,
        chosen_files=_chosen(refused),
        my_draft=begun.text,
        drafts=writing(begun.others, language),
        earlier=_earlier(shop, loaded, person) if earlier else None,
        beside=unseen_messages.beside(begun.others),
        limits=bodies.LIMITS,
    )


def _notice(done: str, held: HeldView | None, language: str) -> str:
    if held and done in _TO_CUSTOMER:
        key = "leaves" if held.leaves else "to_read"
        return words.phrase(language, f"desk.ticket.later.{key}").format(at=held.leaves)
    return words.phrase(language, f"desk.ticket.done.{done}")


def _earlier(shop: Shop, loaded: tuple[Ticket, Sequence[Message]], agent: Person) -> "tuple[Earlier, ...]":
    from chalicelib.services.help.earlier import earlier  # only when an agent asks

    ticket, messages = loaded
    return earlier(deps(), shop, ticket, messages, agent)


def _done_with(ticket: Ticket, done: str) -> str:
    """The reference of the ticket that was just linked, merged or split off: the last one that this ticket names."""
    if done in ("link", "split"):
        return ticket.related[-1] if ticket.related else ""
    joined = deps().tickets.find_tickets(ticket.merged_from) if done == "merge" and ticket.merged_from else []
    return next((other.ref for other in reversed(joined) if other.merged_into == ticket.ref), "")


def _had_seen(refused: Refused | None) -> str | None:
    """The last message that the agent had read when they sent the form, for actions where this counts."""
    if refused is None or refused.action not in (*WATCHED, "note", "use"):
        return None
    return refused.form.fields.get("seen")


def _chosen(refused: Refused | None) -> list[str]:
    """The files that the agent must choose again: browsers don't fill in file inputs."""
    if refused is None:
        return []
    return (
        [incoming_file.filename for incoming_file in refused.form.incoming_files]
        + uploading.names(deps(), refused.form.uploads)
        + refused.form.unsent
    )


def writing(others: Iterable[drafts.Writer], language: str) -> list[str]:
    """One sentence for each other agent who has begun an answer."""
    now, sentence = deps().now(), words.phrase(language, "desk.ticket.drafting")
    return [sentence.format(name=other.name, ago=times.ago(other.at, now, language)) for other in others]


def sentence(field: str, code: str, language: str) -> str:
    """What to correct in a field of an action, as a sentence."""
    return problems.sentence(field, code, language, longest=LONGEST.get(field, LONGEST_TEXT))
