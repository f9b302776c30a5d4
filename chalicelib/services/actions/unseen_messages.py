"""An answer is not sent if there are messages its writer has not seen: a newer message, or a third party's answer. Nor
is it sent while another agent is writing one and the writer does not know."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from chalicelib.errors import InvalidFields
from chalicelib.patterns import pattern
from chalicelib.rules.tickets.messages import Event, Message, Visibility
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers.drafts import Writer, drafts_of

# Agents' letters count even if they turn out never to be sent, so that the set of counted messages never shrinks.
_TELLING = (Event.REFERRAL_ANSWER, Event.EXTENSION, Event.FINAL_ANSWER, Event.TAKEN_BACK)
# A form names this many messages, and only counts the earlier ones: a page has many forms.
_MAX_NAMED, _DIGEST = 200, 6
_SEEN = pattern(rf"(\d{{1,6}})\.((?:[\w-]{{{_DIGEST}}})*)", re.ASCII)


def seen(messages: Sequence[Message]) -> str:
    """A form's record of the conversation it was written on: which messages were visible. A number is not enough,
    because a message recorded later or merged in from another ticket may come before others."""
    digests = [_digest(message) for message in messages if _tells(message)]
    named = digests[-_MAX_NAMED:]
    return f"{len(digests) - len(named)}.{''.join(named)}"


def beside(others: Iterable[Writer]) -> str:
    """A form's record of who else was writing when it was shown."""
    return " ".join(other.address for other in others)


def refuse_if_newer(deps: Deps, ticket: Ticket, inputs: ActionInput) -> None:
    """Raise InvalidFields if the ticket has messages that are not in `seen` (in the form of `seen`, or the last
    message's id), or if an agent who is not in `beside` has begun an answer. Nothing is raised if the agent sends it
    `anyway`, if the caller sends no `seen`, or if the action has no such field."""
    has_seen = inputs.text("seen")
    if not has_seen or inputs.boolean("anyway", default=False):
        return
    _, messages = deps.tickets.conversation(ticket.ref)
    problems = {"seen": "newer"} if newer(messages, ticket.opening.id, has_seen) else {}
    if "beside" in inputs.fields:
        shown = inputs.text("beside").split()
        begun = drafts_of(deps, deps.policy.shop(ticket.shop), ticket, messages, inputs.agent.address)
        if any(other.address not in shown for other in begun.others):
            problems["beside"] = "writing"
    if problems:
        raise InvalidFields(problems)


def newer(messages: Sequence[Message], opening: str, has_seen: str) -> list[Message]:
    """The messages that must be read first and that came after what was seen."""
    informing = [message for message in messages if _tells(message)]
    if said := _SEEN.fullmatch(has_seen):
        before, digests = int(said[1]), said[2]
        named = {digests[at : at + _DIGEST] for at in range(0, len(digests), _DIGEST)}
        return [message for message in informing if _digest(message) not in named][before:]
    if has_seen == opening:
        return informing
    ids = [message.id for message in messages]
    after = messages[ids.index(has_seen) + 1 :] if has_seen in ids else messages
    return [message for message in after if _tells(message)]


def _tells(message: Message) -> bool:
    """Whether it must be read before the customer is informed of anything; automatic messages need not be."""
    return not message.automatic and (message.visibility is not Visibility.INTERNAL or message.event in _TELLING)


def _digest(message: Message) -> str:
    """Enough to distinguish a message from the others of its conversation; message ids are unique only within a
    ticket."""
    key = f"{message.ref}/{message.id}".encode()
    return urlsafe_b64encode(blake2b(key, digest_size=4).digest()).decode()[:_DIGEST]
