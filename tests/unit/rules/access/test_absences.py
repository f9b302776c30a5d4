"""Who stands in for whom: nothing is ever for nobody, and the list of absences stays small."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.access.absences import (
    MOST,
    Absence,
    Absences,
    announced,
    days_away,
    ended,
    nobody_from,
    stand_ins,
)
from chalicelib.rules.policy.model import Agent, Shop
from tests.support import samples

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ADA, TOM, KIM, LEA = (f"{name}@northlight.example" for name in ("ada", "tom", "kim", "lea"))
PEOPLE = (Agent(ADA, "Ada"), Agent(TOM, "Tom", "owner"), Agent(KIM, "Kim", "admin"), Agent(LEA, "Lea", "owner"))
SHOP = replace(samples.northlight(), agents=PEOPLE)


def away(agent: str, substitute: str = "", first: int = -1, last: int = 1) -> Absence:
    return Absence(agent, NOW + first * DAY, NOW + last * DAY, substitute, agent)


def known(*all: Absence) -> Absences:
    return Absences(all, 1)


def whose(agent: str, *all: Absence, besides: str = "", at: datetime = NOW) -> tuple[str, ...]:
    return stand_ins(SHOP, known(*all), agent, at, besides)


class TestStandIns:
    def test_who_is_there_gets_their_own(self) -> None:
        assert whose(ADA) == whose(ADA, away(KIM, ADA)) == (ADA,)

    def test_the_substitute_gets_it_from_the_beginning_to_the_end(self) -> None:
        absence = away(ADA, KIM)
        assert whose(ADA, absence) == (KIM,)
        for at, to in (
            (absence.since - timedelta(seconds=1), ADA),
            (absence.since, KIM),
            (absence.until - timedelta(seconds=1), KIM),
            (absence.until, ADA),
        ):
            assert whose(ADA, absence, at=at) == (to,)

    def test_a_substitutes_absence_leads_to_the_next(self) -> None:
        assert whose(ADA, away(ADA, KIM), away(KIM, LEA)) == (LEA,)

    def test_a_circle_and_nobody_lead_to_the_owners_who_are_there(self) -> None:
        assert whose(ADA, away(ADA, KIM), away(KIM, ADA)) == (TOM, LEA)
        assert whose(ADA, away(ADA), away(LEA, KIM)) == (TOM,)
        assert whose(ADA, away(ADA, "gone@northlight.example")) == (TOM, LEA)

    def test_where_no_owner_is_there_it_stays_with_the_agent(self) -> None:
        assert whose(ADA, away(ADA), away(TOM), away(LEA)) == (ADA,)

    def test_somebody_who_may_not_have_it_is_passed_by(self) -> None:
        assert whose(ADA, away(ADA, KIM), besides=KIM) == (TOM, LEA)
        assert whose(ADA, away(ADA, TOM), besides=TOM) == (LEA,)

    @given(st.dictionaries(st.sampled_from([ADA, TOM, KIM, LEA]), st.sampled_from(["", ADA, TOM, KIM, LEA])), st.data())
    def test_nothing_is_for_nobody_nor_for_who_is_away_while_an_owner_is_there(
        self, who: dict[str, str], data: st.DataObject
    ) -> None:
        all = known(*(away(agent, substitute) for agent, substitute in who.items()))
        asked = data.draw(st.sampled_from([ADA, TOM, KIM, LEA]))
        found = stand_ins(SHOP, all, asked, NOW)
        assert found
        if {TOM, LEA} - set(who):
            assert not set(found) & set(who)
        if asked not in who:
            assert found == (asked,)


class TestAnnouncing:
    def test_whole_days_of_the_shop_also_when_clocks_change(self) -> None:
        since, until = days_away(SHOP, date(2026, 10, 24), date(2026, 10, 25))
        assert (since, until) == (datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))

    def test_the_same_twice_changes_nothing(self) -> None:
        first = announced(Absences(), away(ADA, KIM), SHOP, NOW)
        assert first == known(away(ADA, KIM))
        assert announced(first, away(ADA, KIM), SHOP, NOW) is None

    def test_it_replaces_what_it_overlaps_and_nothing_else(self) -> None:
        all = known(away(ADA, KIM), away(KIM, ADA), away(ADA, TOM, 5, 6))
        longer = announced(all, away(ADA, TOM, 0, 3), SHOP, NOW)
        assert longer
        assert longer.all == (away(KIM, ADA), away(ADA, TOM, 0, 3), away(ADA, TOM, 5, 6))
        assert longer.version == 2

    @pytest.mark.parametrize(
        ("absence", "codes"),
        [
            (away("nobody@northlight.example"), {"agent": "unknown"}),
            (away(ADA, ADA), {"substitute": "away_self"}),
            (away(ADA, "x@northlight.example"), {"substitute": "unknown"}),
            (away(ADA, KIM, 1, 0), {"until": "away_backwards"}),
            (away(ADA, KIM, -3, -1), {"until": "away_over"}),
            (away(ADA, KIM, 0, 400), {"until": "away_too_long"}),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, absence: Absence, codes: dict[str, str]) -> None:
        with pytest.raises(InvalidFields) as fault:
            announced(Absences(), absence, SHOP, NOW)
        assert fault.value.codes == codes

    def test_the_list_has_a_bound_and_what_is_over_makes_room(self) -> None:
        full = known(*(away(ADA, KIM, 2 * n, 2 * n + 1) for n in range(MOST)))
        with pytest.raises(InvalidFields) as fault:
            announced(full, away(TOM), SHOP, NOW)
        assert fault.value.codes == {"agent": "away_too_many"}
        later = announced(full, away(TOM, "", 3, 4), SHOP, NOW + 3 * DAY)
        assert later
        assert len(later.all) == MOST

    def test_an_absence_ends_once(self) -> None:
        all = known(away(ADA, KIM), away(KIM, ADA))
        over = ended(all, ADA, away(ADA).since, NOW)
        assert over
        assert over.all == (away(KIM, ADA),)
        assert ended(over, ADA, away(ADA).since, NOW) is None


class TestNobodyLeft:
    def test_the_moment_from_which_all_are_away(self) -> None:
        three = (away(ADA), away(KIM), away(LEA))
        assert nobody_from(SHOP, known(*three), NOW) is None
        assert nobody_from(SHOP, known(*three, away(TOM)), NOW) == NOW
        later = known(*(replace(each, until=NOW + 9 * DAY) for each in three), away(TOM, "", 4, 5))
        assert nobody_from(SHOP, later, NOW) == NOW + 4 * DAY

    def test_a_shop_of_one(self) -> None:
        alone: Shop = replace(SHOP, agents=(Agent(TOM, "Tom", "owner"),))
        assert stand_ins(alone, known(away(TOM)), TOM, NOW) == (TOM,)
        assert nobody_from(alone, known(away(TOM)), NOW) == NOW
