"""Feedback on the shop's electronic services: a ticket where an answer or a complaint's clocks are owed, and otherwise
words that name nobody (decisions 250 and 251)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from chalicelib.rendering import words
from chalicelib.rules.feedback.masking import masked
from chalicelib.rules.feedback.said import Feedback, KeptFeedback, Managed
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.learning.causes import PAGES, Cause, Signal
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import COMPLAINT, FEEDBACK, QUESTION
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Channel, Person
from chalicelib.services.intake import submitting
from chalicelib.services.intake.submitting import Caller, Submitted
from chalicelib.services.learning.signalling import note_signal
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.opening import open_or_find

BARRIER = "accessibility"
"""The topic of a barrier met because of a disability."""
# Without an id of the form, the same words within this time are one feedback.
_SAME_WORDS = timedelta(minutes=10)


def give(deps: Deps, shop: Shop, said: Feedback, caller: Caller) -> Submitted | None:
    """The ticket that the feedback opens; None where it opens none, and was kept without a person. Raises
    RateLimited."""
    limiting.feedback(deps, shop, caller.address)
    id = _id(deps, shop, said, caller)
    opened = _taken(deps, shop, said, id, caller)
    if said.managed is Managed.NO and not caller.trap:
        note_signal(deps, shop, Signal.FEEDBACK, Cause(PAGES), id)
    return opened


def _taken(deps: Deps, shop: Shop, said: Feedback, id: str, caller: Caller) -> Submitted | None:
    if said.email:
        return submitting.open_once(deps, shop, _arrival(shop, said, caller), (), caller)
    if said.barrier:
        _open_nameless(deps, shop, said, id, caller)
    else:
        deps.feedback.keep_feedback(shop.id, id, kept(said, deps))
    return None


def kept(said: Feedback, deps: Deps) -> KeptFeedback:
    """What is kept of feedback without an address."""
    return KeptFeedback(
        day=deps.now().date(),
        language=said.language,
        managed=said.managed,
        felt=said.felt,
        wanted=masked(said.wanted),
        text=masked(said.text),
        page=said.page,
    )


def _open_nameless(deps: Deps, shop: Shop, said: Feedback, id: str, caller: Caller) -> None:
    """A complaint of nobody: it has the complaint's clocks, and nobody to whom a mail could go. Unlike other forms it
    keeps no trace of the network that posted it."""
    nameless = replace(said, wanted=masked(said.wanted), text=masked(said.text))
    arrival = replace(_arrival(shop, nameless, caller), source=derived.source_of(FEEDBACK, id))
    open_or_find(deps, shop, arrival, ())


def _arrival(shop: Shop, said: Feedback, caller: Caller) -> Inbound:
    text = as_text(said)
    return Inbound(
        channel=Channel.FORM,
        person=Person("", said.email),
        subject=words.phrase(said.language, "feedback.ticket.subject"),
        text=text,
        source="",
        fingerprint=derived.source_of(FEEDBACK, canonical(said.email), text),
        kind=_kind(shop, said),
        language=said.language,
        suspicions=(Suspicion.TRAP,) if caller.trap else (),
        topic=BARRIER if said.barrier and shop.topic(BARRIER) else None,
    )


def _kind(shop: Shop, said: Feedback) -> str:
    """A barrier has a complaint's clocks."""
    wanted = COMPLAINT if said.barrier else FEEDBACK
    return next((kind for kind in (wanted, QUESTION) if shop.offers(kind)), shop.mail_kind)


def as_text(said: Feedback) -> str:
    """All answers as the ticket's words, in the language of the form."""
    return "\n".join(_lines(said))


def _lines(said: Feedback) -> Iterator[str]:
    def word(key: str) -> str:
        return words.phrase(said.language, f"feedback.{key}")

    if said.wanted:
        yield f"{word('wanted.label')} {said.wanted}"
    yield f"{word('managed.label')} {word(f'managed.{said.managed}')}"
    yield f"{word('felt.label')} {word(f'felt.{said.felt}')}"
    if said.barrier:
        yield word("barrier.label")
    if said.page:
        yield f"{word('ticket.page')} {said.page}"
    if said.text:
        yield ""
        yield said.text


def _id(deps: Deps, shop: Shop, said: Feedback, caller: Caller) -> str:
    """The name of what this form says: the same again is kept once."""
    key = caller.key or caller.submission_id
    if not key:
        window = int(deps.now().timestamp() // _SAME_WORDS.total_seconds())
        key = derived.source_of(str(window), as_text(said))
    return derived.name(deps.secret, "feedback", f"{shop.id} {key}")
