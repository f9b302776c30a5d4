"""How often is too often: whose counters are whose, and that a window slides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.access.sessions import LINK_LIFE
from chalicelib.rules.intake import limits
from chalicelib.rules.intake.limits import DAY, HOUR, SLOTS, Bound, Limit, Source
from chalicelib.rules.policy.model import Limits, MailBudget

LIMIT = Limits(10, 60)
BUDGET = MailBudget(providers=("gmail.com",))
HERE, THERE = Source("192.0.2.1"), Source("192.0.2.2")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def keys(found: tuple[Limit, ...], *bounds: Bound) -> set[str]:
    return {limit.key for limit in found if limit.bound in (bounds or (*Bound,))}


def test_who_is_named_elsewhere_shares_no_firm_limit_with_the_owner() -> None:
    own, forged = (limits.openings(LIMIT, "tea", "vera@x.example", source) for source in (HERE, THERE))
    assert not {limit.key for limit in own} & {limit.key for limit in forged}


def test_variants_of_a_mailbox_share_its_limits_and_budgets() -> None:
    one, other = "v.era+1@gmail.com", "Vera+2@googlemail.com"
    assert limits.openings(LIMIT, "tea", one, HERE) == limits.openings(LIMIT, "tea", other, HERE)
    assert limits.automatic_mails(BUDGET, "tea", one) == limits.automatic_mails(BUDGET, "tea", other)
    assert limits.sign_ins(one, HERE) == limits.sign_ins(other, HERE)
    assert limits.sign_in_mails(one) == limits.sign_in_mails(other)


def test_mailboxes_and_domains_have_one_budget_in_all_shops_and_each_shop_its_own() -> None:
    tea, lamps = (limits.automatic_mails(BUDGET, shop, "vera@x.example") for shop in ("tea", "lamps"))
    shared = (Bound.RECIPIENT_HOUR, Bound.RECIPIENT_DAY, Bound.DOMAIN_DAY)
    assert keys(tea, *shared) == keys(lamps, *shared)
    assert not keys(tea, Bound.SHOP_HOUR, Bound.SHOP_DAY) & keys(lamps, Bound.SHOP_HOUR, Bound.SHOP_DAY)


def test_a_providers_domain_has_a_larger_budget_and_is_no_source() -> None:
    def of_domain(address: str) -> int:
        return next(x.maximum for x in limits.automatic_mails(BUDGET, "tea", address) if x.bound is Bound.DOMAIN_DAY)

    assert of_domain("vera@googlemail.com") == BUDGET.per_provider_day
    assert of_domain("vera@x.example") == BUDGET.per_domain_day
    shared = replace(LIMIT, mails=BUDGET)
    bounds = {limit.bound for limit in limits.openings(shared, "tea", "vera@gmail.com", Source(domain="gmail.com"))}
    assert bounds == {Bound.SENDER_HOUR, Bound.SENDER_DAY}
    # By its other name, too: who floods from there must not have everybody's words set apart.
    also = limits.openings(shared, "tea", "vera@googlemail.com", Source(domain="googlemail.com"))
    assert {limit.bound for limit in also} == bounds
    assert len(limits.openings(shared, "tea", "vera@x.example", Source(domain="x.example"))) == 4


def test_by_a_receipt_all_places_are_one() -> None:
    one, other = (keys(limits.replies(LIMIT, "NL-1", place, by_receipt=True)) for place in (HERE, THERE))
    assert len(one & other) == 1
    assert one >= keys(limits.replies(LIMIT, "NL-1", HERE))
    assert not keys(limits.replies(LIMIT, "NL-1", HERE)) & keys(limits.replies(LIMIT, "NL-1", THERE))


def test_nobody_s_source_is_no_source() -> None:
    assert {limit.bound for limit in limits.openings(LIMIT, "tea", "vera@x.example", Source())} == {
        Bound.SENDER_HOUR,
        Bound.SENDER_DAY,
    }


@pytest.mark.parametrize("bound", Bound)
def test_what_hides_words_is_firm_and_what_leaves_mail_out_is_not(bound: Bound) -> None:
    every = (*limits.automatic_mails(BUDGET, "tea", "vera@x.example"), *limits.sign_in_mails("vera@x.example"))
    soft = {limit.bound for limit in every}
    assert bound.firm == (bound not in soft)


@given(MOMENTS, st.sampled_from([HOUR, DAY]), st.floats(0, 1.2))
def test_what_is_counted_counts_for_its_window_and_no_longer(at: datetime, window: timedelta, share: float) -> None:
    later = at + share * window
    stands = [number * limits.SPAN + slot for number, slots in limits.spans(window, at) for slot in slots]
    assert len(stands) == SLOTS
    counts = limits.slot(window, later) in stands
    if later - at < window - window / SLOTS:
        assert counts
    if later - at >= window:
        assert not counts


@given(MOMENTS, st.sampled_from([HOUR, DAY]))
def test_the_first_item_holds_the_slot_of_now_and_lasts_as_long_as_it_counts(at: datetime, window: timedelta) -> None:
    (number, slots), *more = limits.spans(window, at)
    assert number * limits.SPAN + slots[0] == limits.slot(window, at)
    assert len(more) <= 1
    assert limits.span_ends(window, ([(number, slots), *more][-1])[0]) >= (at + window - window / SLOTS).timestamp()


def test_of_links_that_others_asked_for_one_works_for_minutes_when_no_more_are_mailed() -> None:
    (limit,) = limits.sign_in_mails("ada@x.example")
    assert not limit.bound.firm
    assert limit.window <= LINK_LIFE - timedelta(minutes=4)
    (by_both, _) = limits.sign_ins("ada@x.example", HERE)
    assert by_both.maximum <= limit.maximum  # one place alone never meets it
