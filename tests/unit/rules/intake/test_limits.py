"""How often something may come: which counters are shared, and that a window slides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.access.sessions import LINK_LIFE
from chalicelib.rules.intake import limits
from chalicelib.rules.intake.limits import DAY, HOUR, MONTH, SLOTS, Bound, Cause, Limit, Source
from chalicelib.rules.policy.model import Limits, MailBudget

LIMIT = Limits(10, 60)
BUDGET = MailBudget(providers=("gmail.com",))
HERE, THERE = Source("192.0.2.1"), Source("192.0.2.2")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def keys(found: tuple[Limit, ...], *bounds: Bound) -> set[str]:
    return {limit.key for limit in found if limit.bound in (bounds or (*Bound,))}


def mails(shop: str, address: str) -> tuple[Limit, ...]:
    return limits.automatic_mails(BUDGET, shop, address, Cause.NAMED)


def test_a_forged_address_from_elsewhere_does_not_use_up_the_owners_firm_limits() -> None:
    own, forged = (limits.openings(LIMIT, "tea", "vera@x.example", source) for source in (HERE, THERE))
    assert not {limit.key for limit in own} & {limit.key for limit in forged}


def test_variants_of_a_mailbox_share_its_limits_and_budgets() -> None:
    one, other = "v.era+1@gmail.com", "Vera+2@googlemail.com"
    assert limits.openings(LIMIT, "tea", one, HERE) == limits.openings(LIMIT, "tea", other, HERE)
    assert mails("tea", one) == limits.automatic_mails(BUDGET, "tea", other, Cause.NAMED)
    assert limits.sign_ins(one, HERE) == limits.sign_ins(other, HERE)
    assert limits.sign_in_mails(one) == limits.sign_in_mails(other)


def test_mailboxes_and_domains_have_one_budget_in_all_shops_and_each_shop_its_own() -> None:
    tea, lamps = (mails(shop, "vera@x.example") for shop in ("tea", "lamps"))
    shared = (Bound.RECIPIENT_HOUR, Bound.RECIPIENT_DAY, Bound.DOMAIN_DAY)
    assert keys(tea, *shared) == keys(lamps, *shared)
    assert not keys(tea, Bound.SHOP_HOUR, Bound.SHOP_DAY) & keys(lamps, Bound.SHOP_HOUR, Bound.SHOP_DAY)


def test_a_providers_domain_has_a_larger_budget_and_is_no_source() -> None:
    def of_domain(address: str) -> int:
        return next(x.maximum for x in mails("tea", address) if x.bound is Bound.DOMAIN_DAY)

    assert of_domain("vera@googlemail.com") == BUDGET.per_provider_day
    assert of_domain("vera@x.example") == BUDGET.per_domain_day
    shared = replace(LIMIT, mails=BUDGET)
    bounds = {limit.bound for limit in limits.openings(shared, "tea", "vera@gmail.com", Source(domain="gmail.com"))}
    assert bounds == {Bound.SENDER_HOUR, Bound.SENDER_DAY}
    # Also by the provider's other name: one person who floods from there must not send everybody's mail to quarantine.
    also = limits.openings(shared, "tea", "vera@googlemail.com", Source(domain="googlemail.com"))
    assert {limit.bound for limit in also} == bounds
    assert len(limits.openings(shared, "tea", "vera@x.example", Source(domain="x.example"))) == 4


def test_replies_by_a_receipts_link_share_one_limit_for_all_sources() -> None:
    one, other = (keys(limits.replies(LIMIT, "NL-1", place, by_receipt=True)) for place in (HERE, THERE))
    assert len(one & other) == 1
    assert one >= keys(limits.replies(LIMIT, "NL-1", HERE))
    assert not keys(limits.replies(LIMIT, "NL-1", HERE)) & keys(limits.replies(LIMIT, "NL-1", THERE))


def test_an_unknown_source_adds_no_limit() -> None:
    assert {limit.bound for limit in limits.openings(LIMIT, "tea", "vera@x.example", Source())} == {
        Bound.SENDER_HOUR,
        Bound.SENDER_DAY,
    }


@pytest.mark.parametrize("bound", Bound)
def test_only_bounds_that_just_omit_mail_are_soft(bound: Bound) -> None:
    every = (
        *mails("tea", "vera@x.example"),
        *limits.sign_in_mails("vera@x.example"),
    )
    every += (*limits.order_links("tea", "vera@x.example", "O-1"), *limits.adverts("tea", "vera@x.example"))
    every += limits.waiting_mails("tea", "LAMP-1", "vera@x.example")
    every += limits.address_mails("vera@x.example")
    every += limits.texts("tea", "+4915123456789", 5)
    soft = {limit.bound for limit in every}
    assert bound.firm == (bound not in soft)


@given(MOMENTS, st.sampled_from([HOUR, DAY, MONTH]), st.floats(0, 1.2))
def test_an_event_counts_for_its_window_and_no_longer(at: datetime, window: timedelta, share: float) -> None:
    later = at + share * window
    counts = limits.slot(window, later) in limits.slots(window, at)
    if later - at < window - window / SLOTS:
        assert counts
    if later - at >= window:
        assert not counts


def test_windows_of_one_subject_share_its_counter_and_no_two_subjects_do() -> None:
    assert Bound.SENDER_HOUR.subject == Bound.SENDER_DAY.subject == "sender"
    subjects = {bound.subject for bound in Bound}
    assert len(subjects) == len(Bound) - 7  # five have an hour and a day, two a minute and an hour


def test_when_others_use_up_an_agents_sign_in_mails_the_last_link_is_still_valid() -> None:
    (limit,) = limits.sign_in_mails("ada@x.example")
    assert not limit.bound.firm
    assert limit.window <= LINK_LIFE - timedelta(minutes=4)
    (by_both, _) = limits.sign_ins("ada@x.example", HERE)
    assert by_both.maximum <= limit.maximum  # one source never reaches it


@given(st.sampled_from(Cause), st.sampled_from(Cause))
def test_no_cause_uses_up_what_another_may_mail(one: Cause, other: Cause) -> None:
    ones, others = (keys(limits.automatic_mails(BUDGET, "tea", "vera@x.example", cause)) for cause in (one, other))
    assert (ones == others) if one is other else not ones & others


def test_links_to_one_order_do_not_use_up_those_to_another() -> None:
    ones, others = (keys(limits.order_links("tea", "vera@x.example", order)) for order in ("O-1", "O-2"))
    assert not ones & others
