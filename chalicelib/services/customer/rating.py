"""A customer rates the handling of their ticket, on their page, and takes the rating back there."""

from collections.abc import Callable, Mapping

from chalicelib.errors import InvalidFields, InvalidLink, RateLimited
from chalicelib.rules.identity import derived
from chalicelib.rules.privacy.search_terms import words
from chalicelib.rules.procedure import rating
from chalicelib.rules.procedure.rating import Pressed
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, links
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.indexing import readings


def rate(deps: Deps, token: str, fields: Mapping[str, str], caller: str = "", nonce: str = "") -> None:
    """Record the rating in the form, once even if it is sent twice. `caller`: the internet address it comes from;
    `nonce`: the id of the page's nonce. Raises InvalidFields, InvalidLink, RateLimited."""

    def decide(ticket: Ticket) -> Change | None:
        return rating.rated(ticket, fields, _pressed(deps, ticket, nonce, rating.text_of(fields)))

    ticket = _load(deps, token)
    if rating.by_shop(deps.policy.shop(ticket.shop), ticket.requester.address):
        raise InvalidFields({"form": "rating_by_shop"})
    if decide(ticket) is None:
        return
    idempotency_key = derived.source_of("rating", fields.get("score", ""), rating.text_of(fields), str(ticket.version))
    if not limiting.may_say(deps, deps.policy.shop(ticket.shop), ticket, limiting.caller(caller), idempotency_key):
        raise RateLimited("ratings")
    if fields.get("may_show", "") and rating.text_of(fields):
        # Before the rating: the page shows only what the ticket allows, and nothing that is allowed is missing.
        deps.record.list_comment(ticket.shop, ticket.ref, deps.now())
    _commit(deps, token, ticket, decide)


def withdraw(deps: Deps, token: str, nonce: str = "") -> None:
    """Take the rating back, once even if the form is sent twice. There is no limit: only what was given can be taken
    back. Raises InvalidFields, InvalidLink."""
    _commit(deps, token, _load(deps, token), lambda ticket: rating.withdrawn(ticket, _pressed(deps, ticket, nonce, "")))


def _load(deps: Deps, token: str) -> Ticket:
    opened = links.open_status(deps, token)
    if opened.receipt:
        raise InvalidLink(expired=False)  # only the customer may rate, by the link in our mails
    return opened.ticket


def _commit(deps: Deps, token: str, ticket: Ticket, decide: Callable[[Ticket], Change | None]) -> None:
    commit_unless_done(deps, ticket, decide, lambda: _load(deps, token))


def _pressed(deps: Deps, ticket: Ticket, nonce: str, text: str) -> Pressed:
    """The press after which the rating has these words."""
    last, source = rating.last_told_by(ticket), derived.source_of("rating", ticket.ref, str(ticket.version))
    return Pressed(
        deps.now(),
        mail=derived.message_id(deps.secret, ticket.ref, source),
        nonce=nonce,
        former_words=tuple(readings(deps, ticket.shop, _taken_back(ticket, text))),
        waiting=deps.tickets.message(ticket.ref, last) if last else None,
    )


def _taken_back(ticket: Ticket, text: str) -> list[str]:
    """The search words of the old rating that the new rating no longer contains."""
    before, after = ticket.rating.text if ticket.rating else "", set(words(text))
    return [word for word in words(before) if word not in after]
