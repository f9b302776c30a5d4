"""Who may be sent adverts: by the policy's basis and what is known of the customer."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.policy.model import Adverts
from chalicelib.rules.policy.promises import AdvertBasis
from chalicelib.rules.privacy.readdressing import readdress
from chalicelib.rules.tickets.advertising import NoAdvert, refusal
from chalicelib.rules.tickets.procedure_facts import AdvertFacts
from chalicelib.rules.tickets.ticket import Channel, Person, Ticket
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
WHOLE = AdvertFacts(noticed_at=START, consented_at=START)
TICKETS = st.builds(
    samples.ticket,
    order_number=st.sampled_from([None, "", "NL-2026-204117"]),
    adverts=st.sampled_from([None, AdvertFacts(noticed_at=START), AdvertFacts(consented_at=START), WHOLE]),
    confirmed=st.booleans(),
)


def why(ticket: Ticket, basis: AdvertBasis, *, objected: bool = False) -> NoAdvert | None:
    return refusal(ticket, replace(samples.northlight(), adverts=Adverts(basis)), objected=objected)


@pytest.mark.parametrize(
    ("basis", "changes", "reason"),
    [
        ("none", {"adverts": WHOLE}, NoAdvert.NO_BASIS),
        ("existing_customer", {"adverts": WHOLE}, None),
        ("existing_customer", {"adverts": WHOLE, "order_number": None}, NoAdvert.NO_SALE),
        ("existing_customer", {"adverts": AdvertFacts(consented_at=START)}, NoAdvert.NO_NOTICE),
        ("existing_customer", {"adverts": None, "channel": Channel.MAIL}, NoAdvert.NO_NOTICE),
        ("existing_customer", {"adverts": WHOLE, "confirmed": False}, NoAdvert.NO_NOTICE),
        ("consent", {"adverts": AdvertFacts(consented_at=START), "order_number": None}, None),
        ("consent", {"adverts": AdvertFacts(noticed_at=START)}, NoAdvert.NO_CONSENT),
        ("consent", {"adverts": None}, NoAdvert.NO_CONSENT),
        ("consent", {"adverts": WHOLE, "confirmed": False}, NoAdvert.NO_CONSENT),
    ],
)
def test_each_reason(basis: AdvertBasis, changes: dict[str, Any], reason: NoAdvert | None) -> None:
    assert why(samples.ticket(**changes), basis) is reason


@given(TICKETS, st.sampled_from(get_args(AdvertBasis)))
def test_nobody_who_objected_and_nobody_without_a_basis_gets_one(ticket: Ticket, basis: AdvertBasis) -> None:
    assert why(ticket, basis, objected=True) is NoAdvert.OBJECTED
    assert why(ticket, "none") is NoAdvert.NO_BASIS


@given(TICKETS, st.sampled_from(get_args(AdvertBasis)))
def test_who_may_be_sent_one_bought_something_and_was_told_or_consented(ticket: Ticket, basis: AdvertBasis) -> None:
    if why(ticket, basis) is None:
        facts = ticket.adverts
        assert facts
        assert ticket.proven
        assert (ticket.order_number and facts.noticed_at) or facts.consented_at


def test_what_was_said_to_one_address_holds_for_no_other() -> None:
    told = samples.ticket(adverts=WHOLE)
    moved = readdress(told, (), Person("Mira Holm", "new@example.com"), (), ADA, samples.context())
    assert moved
    assert moved.ticket
    assert moved.ticket.adverts is None
