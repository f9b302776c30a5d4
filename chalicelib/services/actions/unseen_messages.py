"""An answer is not sent over words its writer has not seen: a newer message, or a third party's answer; nor beside
another agent's that they do not know of."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from chalicelib.errors import InvalidFields
from chalicelib.rules.tickets.messages import Event, Message, Visibility
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.drafts import Writer, drafts_of
from chalicelib.services.ports.deps import Deps

# Agents' letters that may turn out never sent are messages all the same: so what tells never grows less.
_TELLING = (Event.REFERRAL_ANSWER, Event.EXTENSION, Event.FINAL_ANSWER)
# Of so many messages a form says which, of those before them how many: a page has many forms.
_MAX_NAMED, _DIGEST = 200, 6
_SEEN = re.compile(rf"(\d{{1,6}})\.((?:[\w-]{{{_DIGEST}}})*)", re.ASCII)


def seen(messages: Sequence[Message]) -> str:
    """What a form says of the conversation it was written on: which messages there were to be seen. They are no mere
    number: what is noted later, or joins from another ticket, may stand before them."""
    digests = [_digest(message) for message in messages if _tells(message)]
    named = digests[-_MAX_NAMED:]
    return f"{len(digests) - len(named)}.{''.join(named)}"


def beside(others: Iterable[Writer]) -> str:
    """What a form says of who else was writing when it was shown."""
    return " ".join(other.address for other in others)


def refuse_if_newer(deps: Deps, ticket: Ticket, said: ActionInput) -> None:
    """Raise InvalidFields when there is more on the ticket than the agent has `seen` (as `seen` says it, or the last
    message's id), or another agent has begun an answer and was not shown `beside` theirs; unless they say it `anyway`.
    Who does not say what they have seen is not asked, nor is one whose action has no such field."""
    has_seen = said.text("seen")
    if not has_seen or said.boolean("anyway", default=False):
        return
    _, messages = deps.tickets.conversation(ticket.ref)
    problems = {"seen": "newer"} if newer(messages, ticket.opening.id, has_seen) else {}
    if "beside" in said.fields:
        shown = said.text("beside").split()
        begun = drafts_of(deps, deps.policy.shop(ticket.shop), ticket, messages, said.agent.address)
        if any(other.address not in shown for other in begun.others):
            problems["beside"] = "writing"
    if problems:
        raise InvalidFields(problems)


def newer(messages: Sequence[Message], opening: str, has_seen: str) -> list[Message]:
    """The messages that tell something and came after what was seen."""
    telling = [message for message in messages if _tells(message)]
    if said := _SEEN.fullmatch(has_seen):
        before, digests = int(said[1]), said[2]
        named = {digests[at : at + _DIGEST] for at in range(0, len(digests), _DIGEST)}
        return [message for message in telling if _digest(message) not in named][before:]
    if has_seen == opening:
        return telling
    ids = [message.id for message in messages]
    after = messages[ids.index(has_seen) + 1 :] if has_seen in ids else messages
    return [message for message in after if _tells(message)]


def _tells(message: Message) -> bool:
    """Whether it is to be read before the customer is told anything; what a machine wrote is not."""
    return not message.automatic and (message.visibility is Visibility.SHARED or message.event in _TELLING)


def _digest(message: Message) -> str:
    """Enough to tell a message from the others of its conversation; its id is its own ticket's alone."""
    key = f"{message.ref}/{message.id}".encode()
    return urlsafe_b64encode(blake2b(key, digest_size=4).digest()).decode()[:_DIGEST]
