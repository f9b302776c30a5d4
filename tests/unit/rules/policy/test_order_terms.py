"""What a policy promises about orders, and what holds when it says nothing."""

from datetime import date

import pytest

from chalicelib.errors import PolicyMistakes
from chalicelib.rules.policy.order_terms import OrderTerms
from chalicelib.rules.policy.reading import read
from chalicelib.rules.timing.periods import Period, Unit
from tests.support import shops

TEXT = shops.FILE.read_text("utf-8")
BEFORE, _, REST = TEXT.partition("\n[defaults.orders]")
AFTER = "\n[" + REST.partition("\n[")[2]


def terms(section: str) -> OrderTerms:
    return read(f"{BEFORE}\n{section}\n{AFTER}").shop("northlight").orders


def test_a_policy_without_orders_promises_what_is_built_in() -> None:
    assert terms("") == OrderTerms()


def test_each_key_is_read_and_the_others_stay() -> None:
    said = terms('[defaults.orders]\nconfirmation = "shop"\ndispatch = "3 days"\nthanks = "2 days"')
    assert (said.confirmation, said.dispatch, said.thanks) == ("shop", Period(3, Unit.DAYS), Period(2, Unit.DAYS))
    assert said.deliver == OrderTerms().deliver


def test_the_policy_of_tests_states_the_built_in_promises() -> None:
    assert shops.policy().shop("kettle").orders == OrderTerms()


@pytest.mark.parametrize(
    ("line", "key", "sentence"),
    [
        ('confirmation = "nobody"', "confirmation", "not known"),
        ('silence = "immediately"', "silence", "makes no sense"),
        ('dispatch = "40 days"', "dispatch", "later than deliver"),
    ],
)
def test_mistakes_are_named_by_their_key(line: str, key: str, sentence: str) -> None:
    with pytest.raises(PolicyMistakes) as found:
        terms(f"[defaults.orders]\n{line}")
    assert [(m.key, sentence in m.sentence) for m in found.value.mistakes] == [(f"defaults.orders.{key}", True)]


def test_a_delivery_later_than_the_laws_is_warned_of() -> None:
    policy = read(f'{BEFORE}\n[defaults.orders]\ndeliver = "60 days"\n{AFTER}')
    assert sum("Art. 18(1)" in each for each in policy.warnings(date(2026, 11, 29))) == len(policy.shops)
