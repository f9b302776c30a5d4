"""Which matters of law somebody's words are about, however the words came: by mail, form, the customer's page or an
agent's note (decision 236). Each such matter has a kind of ticket and a time of its own."""

from collections.abc import Iterator

from chalicelib.rules.intake.of_law import data_requests, privacy_complaints, withdrawals
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import ABOUT_DATA, DATA_REQUEST, PRIVACY_COMPLAINT, WARRANTY, WITHDRAWAL
from chalicelib.rules.tickets.remarks import Remark

OF_LAW = (WITHDRAWAL, *ABOUT_DATA)
# A claim's words end a contract for a defect ("vom Vertrag zurücktreten"), which is no withdrawal: an agent reads them.
_KEPT = (*OF_LAW, WARRANTY)


def matters(shop: Shop, subject: str, text: str) -> Iterator[str]:
    """The kinds with the law's own time that the words are of, the one with the shortest time first. A complaint that
    also asks for the data is a complaint: it is due no later, and a person reads it first."""
    if shop.offers(WITHDRAWAL) and withdrawals.withdraws(subject, text):
        yield WITHDRAWAL
    if shop.offers(PRIVACY_COMPLAINT) and privacy_complaints.complains_about_data(subject, text):
        yield PRIVACY_COMPLAINT
    if data_requests.asks_about_data(subject, text):
        yield DATA_REQUEST


def kind_of(shop: Shop, subject: str, text: str, otherwise: str) -> str:
    """The kind of the ticket that the words open if their writer has chosen none; `otherwise`: the policy's."""
    return next(matters(shop, subject, text), otherwise)


def kind_with(shop: Shop, subject: str, text: str, chosen: str) -> str:
    """The kind of the ticket that the words open if their writer has chosen a kind. A kind of law stays; so does a
    claim."""
    return chosen if chosen in _KEPT else kind_of(shop, subject, text, chosen)


def besides(shop: Shop, subject: str, text: str, kind: str) -> tuple[Remark, ...]:
    """What else the words are about besides the kind of their ticket: an agent splits it off."""
    others = {each for each in matters(shop, subject, text) if each != kind}
    told = (Remark.WITHDRAWS,) if WITHDRAWAL in others else ()
    return (*told, Remark.ABOUT_DATA) if others.intersection(ABOUT_DATA) else told
