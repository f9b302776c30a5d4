"""What customers do in a chat: say something, and end it. Words that come when the chat is over become a message of the
ticket, with the usual promise: nothing that was typed is refused (decision 287)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.errors import InvalidFields, NotOpen, RateLimited
from chalicelib.rules.chats import lines
from chalicelib.rules.chats.request import words
from chalicelib.rules.identity import derived
from chalicelib.rules.tickets.messages import NOBODY, Author
from chalicelib.rules.tickets.procedure_facts import ChatEnd
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.services.chats import links, looking, saying
from chalicelib.services.customer import customer_page
from chalicelib.services.customer.customer_page import PageReply
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, merged, uploading
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.services.tickets.uploading import Uploaded

EMAIL = "email"
"""The choice of a customer who waits for no answer in the chat; any other end is "end"."""


@dataclass(frozen=True, slots=True)
class Done:
    """`number`: the line; 0 if the words became a message, because the chat is over."""

    number: int

    @property
    def as_message(self) -> bool:
        return self.number == 0


def say(
    deps: Deps,
    token: str,
    fields: Mapping[str, str],
    caller: str,
    sent: Sequence[IncomingFile] = (),
    uploads: Sequence[Uploaded] = (),
) -> Done:
    """Add the customer's line, once even if it is sent again. `caller`: the internet address it comes from; `uploads`:
    files uploaded before. Raises InvalidFields, InvalidLink, RateLimited."""
    ticket, _ = links.opened(deps, token, lines.MOST)
    shop = deps.policy.shop(ticket.shop)
    files = uploading.all_incoming_files(deps, shop, sent, uploads)
    said = words(fields, len(files))
    if ticket.requester == NOBODY:
        raise InvalidFields({"text": "chat_over"})
    key = derived.source_of("say", ticket.ref, said.own_id)
    if not limiting.may_chat(deps, shop, ticket, key):
        if done := saying.said_before(deps, ticket, Author.CUSTOMER, said, files):
            return Done(done.number)
        raise RateLimited("lines of a chat")
    try:
        done = saying.say(deps, ticket, ticket.requester, Author.CUSTOMER, said, lines.customer_says, files)
        return Done(done.number)
    except NotOpen:
        if before := saying.said_before(deps, ticket, Author.CUSTOMER, said, files):
            return Done(before.number)
    reply = PageReply(ticket.requester, said.text, files, (Remark.BY_RECEIPT,), limiting.caller(caller))

    def source_on(ref: str) -> str:
        return derived.source_of("chat", ref, said.own_id, said.text, *(file.digest for file in files))

    customer_page.add(deps, shop, merged.resolve_merged(deps, ticket), reply, source_on)
    return Done(0)


def end(deps: Deps, token: str, choice: str) -> None:
    """The customer ends the chat, or waits for an answer by mail instead. Nothing if it is over. Raises InvalidLink."""
    ticket, _ = links.opened(deps, token, lines.MOST)
    chat = ticket.chat
    waits = choice == EMAIL and chat is not None and chat.answered_at is None
    looking.end(deps, ticket, ChatEnd.AS_MESSAGE if waits else ChatEnd.CUSTOMER, "customer")
