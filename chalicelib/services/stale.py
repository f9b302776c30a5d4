"""An answer is not sent over words its writer has not seen: a newer message, or a third party's answer."""

from collections.abc import Sequence

from chalicelib.errors import BadInput
from chalicelib.rules.messages import Event, Message, Visibility
from chalicelib.rules.tickets import Ticket
from chalicelib.services.ports import Deps
from chalicelib.services.said import Said

# What tells the customer something.
WATCHED = ("answer", "ask", "conclude", "extend")
# Agents' letters that may turn out never sent are messages all the same: so the count never falls.
_TELLING = (Event.REFERRAL_ANSWER, Event.EXTENSION, Event.FINAL_ANSWER)
# A count has fewer digits, an id more.
_MOST_DIGITS = 6


def seen(messages: Sequence[Message]) -> str:
    """What a form says of the conversation it was written on: how much there was to be seen."""
    return str(sum(map(_tells, messages)))


def refuse_if_newer(deps: Deps, ticket: Ticket, action: str, said: Said) -> None:
    """Raise BadInput when there is more on the ticket than the agent has `seen` (as `seen` counts it, or the last
    message's id), unless they say it `anyway`. Who does not say what they have seen is not asked."""
    has_seen = said.text("seen")
    if action not in WATCHED or not has_seen or said.yes("anyway", usual=False):
        return
    _, messages = deps.store.conversation(ticket.ref)
    if newer(messages, ticket.opening.id, has_seen):
        raise BadInput({"seen": "newer"})


def newer(messages: Sequence[Message], opening: str, has_seen: str) -> list[Message]:
    """The messages that tell something and came after what was seen."""
    telling = [message for message in messages if _tells(message)]
    if has_seen.isdecimal() and len(has_seen) <= _MOST_DIGITS:
        return telling[int(has_seen) :]
    if has_seen == opening:
        return telling
    ids = [message.id for message in messages]
    after = messages[ids.index(has_seen) + 1 :] if has_seen in ids else messages
    return [message for message in after if _tells(message)]


def _tells(message: Message) -> bool:
    """Whether it is to be read before the customer is told anything; what a machine wrote is not."""
    return not message.automatic and (message.visibility is Visibility.SHARED or message.event in _TELLING)
