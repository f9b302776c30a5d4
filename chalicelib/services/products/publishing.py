"""Publishing a question about a product with its answer: an agent offers the text, the customer agrees by a link in a
mail, and either takes it back (decision 247). What is published names nobody and no ticket."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import InvalidFields, InvalidLink, NotOpen
from chalicelib.rules.identity import derived
from chalicelib.rules.intake.submission import clean, one_line
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.products import publishing
from chalicelib.rules.products.product import Product
from chalicelib.rules.products.publishing import LONGEST_ANSWER, LONGEST_QUESTION
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import Publication, PublicationState
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from chalicelib.services.products import facts
from chalicelib.services.products.asker import asker
from chalicelib.services.tickets import links
from chalicelib.services.tickets.commits import commit_unless_done


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to. `publication`: None if the ticket is gone; then it can only be taken back. `listed`:
    whether everybody can read it now."""

    shop: Shop
    key: AnswerKey
    product: Product | None
    publication: Publication | None
    listed: bool

    @property
    def open(self) -> bool:
        """Whether the customer can agree; also once more, if what they agreed to did not get published."""
        state = self.publication.state if self.publication else None
        return state is PublicationState.OFFERED or (state is PublicationState.PUBLISHED and not self.listed)


def offer(
    deps: Deps, ticket: Ticket, id: str, wanted: tuple[str, str, str], agent: Person, now: datetime
) -> Change | None:
    """Offer a publication to the ticket's customer. `wanted`: SKU, question, answer. Raises InvalidFields."""
    sku, question, answer = one_line(wanted[0]), one_line(wanted[1]), clean(wanted[2]).strip()
    product = facts.product(deps, ticket.shop, sku)
    if product is None:
        raise InvalidFields({"sku": "no_product" if sku else "missing"})
    long = {"question": len(question) > LONGEST_QUESTION, "answer": len(answer) > LONGEST_ANSWER}
    if any(long.values()):
        raise InvalidFields({name: "too_long" for name, is_long in long.items() if is_long})
    language = deps.policy.shop(ticket.shop).languages[0]
    if ticket.language in deps.policy.shop(ticket.shop).languages:
        language = ticket.language
    publication = Publication(id, product.sku, language, question, answer, now, agent.address)
    _, messages = deps.tickets.conversation(ticket.ref)
    return publishing.offer(ticket, publication, asker(deps, ticket, messages, product.name), agent, now)


def opened(deps: Deps, token: str) -> Opened:
    """What the link leads to. Raises InvalidLink."""
    ticket, key = links.open_publication(deps, token)
    if key.shop not in deps.policy.shops:
        raise InvalidLink(expired=True)
    known = ticket.publication if ticket and not ticket.merged_into else None
    publication = known if known and known.id == key.id else None
    listed = deps.answers.is_published(key)
    if publication is None and not listed:
        raise InvalidLink(expired=True)
    product = facts.product(deps, key.shop, key.sku)
    return Opened(deps.policy.shop(key.shop), key, product, publication, listed)


def decide(deps: Deps, token: str, *, agreed: bool) -> None:
    """The customer agrees, or does not. Raises InvalidLink, NotOpen; and InvalidFields if the text by now is known to
    hold something of theirs: nothing is published then."""
    ticket, key = _ticket(deps, token)
    publication = ticket.publication
    if publication is None or publication.id != key.id:
        raise NotOpen("the publication")
    if agreed and publication.state is PublicationState.OFFERED:
        _, messages = deps.tickets.conversation(ticket.ref)
        product = facts.product(deps, key.shop, key.sku)
        publishing.refuse_personal(publication, asker(deps, ticket, messages, product.name if product else ""))

    def rule(current: Ticket) -> Change | None:
        if not agreed:
            return publishing.declined(current, publication, deps.now())
        message = derived.message_id(deps.secret, current.ref, derived.source_of("published", publication.id))
        return publishing.published(current, publication, message, deps.now())

    commit_unless_done(deps, ticket, rule, lambda: _ticket(deps, token)[0])
    if agreed:
        # After the ticket says so: a press that comes again writes it if this one died here.
        published = PublishedAnswer(key, publication.question, publication.answer, deps.now())
        if not deps.answers.publish(published):
            raise NotOpen("the publication")  # it was taken back meanwhile


def take_back(deps: Deps, token: str) -> None:
    """The customer takes it back; the same again changes nothing. Raises InvalidLink."""
    ticket, key = links.open_publication(deps, token)
    if ticket:
        commit_unless_done(
            deps,
            ticket,
            lambda current: publishing.taken_back(current, key.id, deps.now()),
            lambda: _known(deps, token),
        )
    deps.answers.unpublish(key, deps.now())


def take_down(deps: Deps, ticket: Ticket, agent: Person, now: datetime) -> Change | None:
    """An agent takes it down; `remove` follows once the ticket says so. Raises InvalidFields."""
    change = publishing.taken_down(ticket, agent, now)
    if change is None:
        remove(deps, ticket)  # the ticket says so already: an earlier press may have died before this
    return change


def remove(deps: Deps, ticket: Ticket) -> None:
    """Nobody finds what was published from this ticket any more."""
    if ticket.publication:
        found = ticket.publication
        deps.answers.unpublish(AnswerKey(ticket.shop, found.sku, found.language, found.id), deps.now())


def _ticket(deps: Deps, token: str) -> tuple[Ticket, AnswerKey]:
    ticket, key = links.open_publication(deps, token)
    if ticket is None:
        raise InvalidLink(expired=True)
    return ticket, key


def _known(deps: Deps, token: str) -> Ticket:
    return _ticket(deps, token)[0]
