"""Who may claim what a matter has cost them, how much the tariff gives, and what is owed then."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.promises import ExpenseTariff
from chalicelib.rules.procedure import merging
from chalicelib.rules.procedure.remedies import expensing
from chalicelib.rules.procedure.remedies.expensing import Claimed
from chalicelib.rules.tickets.clocks import REMEDY
from chalicelib.rules.tickets.procedure_facts import Fault, Finding, OwedBy, Remedy, RemedyKind
from chalicelib.rules.tickets.ticket import Ticket
from tests.support import samples, shops
from tests.support.store.fakes import START

SHOP = shops.policy().shop("northlight")
TARIFF = ExpenseTariff("EUR", 3000, 20, 1000)
LATE = START + timedelta(days=40)


def at_fault(fault: Fault = Fault.SELLER) -> Ticket:
    return replace(samples.ticket(), finding=Finding(fault, "The box was open.", START, "ada@northlight.example"))


def codes(receipts: int = 0, **fields: str) -> dict[str, str]:
    with pytest.raises(InvalidFields) as wrong:
        expensing.read(fields, TARIFF, receipts)
    return dict(wrong.value.codes)


def test_the_shops_tariff_is_read_from_its_policy() -> None:
    assert SHOP.expenses == TARIFF
    assert shops.policy().shop("kettle").expenses is None


def test_who_was_not_late_and_not_at_fault_pays_nothing() -> None:
    assert expensing.tariff_for(SHOP, samples.ticket(), START) is None
    assert expensing.tariff_for(SHOP, at_fault(Fault.CUSTOMER), START) is None
    assert expensing.tariff_for(SHOP, at_fault(), START) == TARIFF
    assert expensing.tariff_for(SHOP, samples.ticket(), LATE) == TARIFF
    assert expensing.tariff_for(replace(SHOP, expenses=None), at_fault(), START) is None


def test_it_is_claimed_once() -> None:
    change = expensing.owe(at_fault(), Claimed(call_minutes=30), samples.context())
    assert change
    assert change.ticket
    assert expensing.tariff_for(SHOP, change.ticket, LATE) is None
    assert expensing.owe(change.ticket, Claimed(call_minutes=30), samples.context()) is None


def test_it_is_a_remedy_of_the_seller_with_its_clock_and_amount() -> None:
    change = expensing.owe(at_fault(), Claimed(call_minutes=30, own_hours=1, postage=490), samples.context())
    assert change
    assert change.ticket
    remedy = change.ticket.remedy
    assert remedy
    # 30 minutes at 0.20, one hour at 10.00 and 4.90: 20.90.
    assert (remedy.remedy_kind, remedy.owed_by, remedy.money) == (RemedyKind.EXPENSES, OwedBy.SELLER, "20.90 EUR")
    assert remedy.by == "customer"
    clock = change.ticket.clock(REMEDY)
    assert clock
    assert (clock.period, remedy.due) == (str(SHOP.remedy), clock.due)


def test_another_remedy_is_not_replaced() -> None:
    running = replace(
        at_fault(),
        remedy=Remedy(RemedyKind.REPLACEMENT, OwedBy.SELLER, START, "ada@northlight.example"),
        clocks=samples.ticket().clocks.put(replace(samples.ticket().clocks[0], name=REMEDY)),
    )
    change = expensing.owe(running, Claimed(call_minutes=30), samples.context())
    assert change
    assert change.ticket
    assert change.ticket.remedy == running.remedy
    assert expensing.tariff_for(SHOP, change.ticket, LATE) is None


def test_once_is_once_whatever_becomes_of_the_remedy() -> None:
    change = expensing.owe(at_fault(), Claimed(call_minutes=30), samples.context())
    assert change
    assert change.ticket
    assert expensing.tariff_for(SHOP, replace(change.ticket, remedy=None), LATE) is None
    elsewhere = replace(at_fault(), ref="NL-MERGE-00001")
    assert expensing.tariff_for(SHOP, merging.joined(elsewhere, change.ticket, samples.context()), LATE) is None


@given(st.integers(0, 600), st.integers(0, 40), st.integers(0, 99_999))
def test_the_tariff_gives_what_it_says_and_never_more_than_its_most(minutes: int, hours: int, postage: int) -> None:
    given_ = expensing.amount(TARIFF, Claimed(minutes, hours, postage))
    assert given_ == min(20 * minutes + 1000 * hours + postage, 3000)


class TestReading:
    def test_numbers_and_money(self) -> None:
        said = {"call_minutes": " 12 ", "own_hours": "", "postage": "4,90", "expenses_text": " The post office. "}
        assert expensing.read(said, TARIFF, 1) == Claimed(12, 0, 490, "The post office.")

    def test_postage_needs_a_receipt(self) -> None:
        assert codes(postage="4.90") == {"attachments": "receipt_missing"}

    def test_something_must_be_claimed(self) -> None:
        assert codes(expenses_text="I am angry.") == {"call_minutes": "nothing_claimed"}
        assert codes(call_minutes="0") == {"call_minutes": "nothing_claimed"}

    @pytest.mark.parametrize("said", ["-1", "1.5", "ten", "601", "99999", "²"])
    def test_what_is_no_number_is_named(self, said: str) -> None:
        assert codes(call_minutes=said) == {"call_minutes": "no_number"}

    @pytest.mark.parametrize("said", ["1e3", "-4", "4.901", "1.000,00"])
    def test_what_is_no_amount_is_named(self, said: str) -> None:
        assert codes(1, postage=said) == {"postage": "no_amount"}
