"""What admins see: only their own shops, and whether the functions run."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.rules.tickets.clocks import Clocks
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.desk import admin_view
from chalicelib.services.desk.admin_view import DAYS, AdminView, ShopView
from chalicelib.services.ports.mails import Reconciliation
from chalicelib.services.tickets import undeliverable
from tests.support import samples
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world

TODAY = START.date()


@pytest.fixture
def world() -> World:
    return new_world()


def seen(world: World, *shops: str) -> AdminView:
    return admin_view.view(world.deps, [world.deps.policy.shop(id) for id in shops or ("northlight",)], "en")


def of(world: World) -> ShopView:
    (shop,) = seen(world).shops
    return shop


def test_it_shows_what_the_policy_check_finds_for_the_shops_own_country(world: World) -> None:
    found = {finding.rule.id for finding in of(world).findings}
    assert {"no-delivery", "no-accessibility"} <= found
    assert "guarantee-too-short-uk" not in found


class TestTheFunctions:
    def counted(self, world: World, day: date, **outcomes: int) -> None:
        world.store.note_reconciliation(Reconciliation(day, sum(outcomes.values()), outcomes))

    def test_all_functions_run_if_no_work_is_left(self, world: World) -> None:
        self.counted(world, TODAY, opened=3, pending=2)
        self.counted(world, TODAY - timedelta(days=1), opened=3, pending=0)
        assert all(well for _, well in seen(world).runs)
        assert [name for name, _ in seen(world).runs] == ["receiving", "scheduled", "counting", "queues", "letters"]

    def test_full_queues_and_dead_letters_are_shown(self, world: World) -> None:
        world.queue.waiting = ["raw/x"] * 501
        assert dict(seen(world).runs)["queues"] is False
        world.queue.waiting, world.queue.dead = [], ["raw/x"]
        runs = dict(seen(world).runs)
        assert (runs["queues"], runs["letters"]) == (True, False)

    def test_earlier_mails_without_an_outcome_mark_receiving_as_not_running(self, world: World) -> None:
        self.counted(world, TODAY - timedelta(days=1), opened=3, pending=1)
        assert dict(seen(world).runs)["receiving"] is False

    def test_work_overdue_by_a_quarter_of_an_hour_marks_the_schedule_as_not_running(self, world: World) -> None:
        due = samples.ticket().clocks[0].due
        world.store.commit(Change(replace(samples.ticket(), outbox=None)))
        step = min(clock.next_step for clock in samples.ticket().clocks if clock.next_step)
        world.clock.at = step + timedelta(minutes=14)
        assert dict(seen(world).runs)["scheduled"] is True, due
        world.clock.at = step + timedelta(minutes=15)
        assert dict(seen(world).runs)["scheduled"] is False

    def test_a_missing_reconciliation_marks_counting_as_not_running(self, world: World) -> None:
        self.counted(world, TODAY - timedelta(days=1), opened=1)
        assert dict(seen(world).runs)["counting"] is False
        world.clock.at = START.replace(hour=1)  # in a day's first hours, the day before is enough
        assert dict(seen(world).runs)["counting"] is True


def test_days_are_shown_latest_first_with_the_outcomes_of_their_mails(world: World) -> None:
    for ago in (0, 1, DAYS - 1, DAYS):
        outcomes = {"pending": 1, "opened": 4, "bounce": 0, "appended": 2}
        world.store.note_reconciliation(Reconciliation(TODAY - timedelta(days=ago), 7, outcomes))
    days = seen(world).days
    assert [day.day for day in days] == [TODAY - timedelta(days=ago) for ago in (0, 1, DAYS - 1)]
    assert (days[0].received, days[0].outcomes, days[0].pending) == (7, (("appended", 2), ("opened", 4)), 1)
    assert days[0].in_words == "25 November 2026"


def test_the_policy_is_shown_with_what_is_found_and_when_bodies_were_checked(world: World) -> None:
    body = replace(world.shop.bodies[0], checked=date(2024, 3, 1))
    world.with_shop(bodies=(body,))
    shown = of(world)
    assert any(body.name in found.sentence for found in shown.findings)
    assert shown.bodies == ((body, "1 March 2024"),)
    assert [days for opening in shown.openings for days in opening.days] == [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun",
    ]  # fmt: skip


class TestQuarantined:
    def test_the_newest_tickets_come_first_with_a_snippet(self, world: World) -> None:
        for number, text in enumerate(("short", "word " * 100)):
            ticket = samples.ticket(f"NL-00000-{number:05}", START, text=text, suspicions=(Suspicion.HASTY,))
            at = START - timedelta(hours=1 - number)
            world.store.commit(Change(replace(ticket, opened_at=at, clocks=Clocks())))
        long, short = of(world).quarantined
        assert (short.snippet, short.at, short.ticket.suspicions) == ("short", "09:30", (Suspicion.HASTY,))
        assert len(long.snippet) < 170
        assert long.snippet.endswith(" …")
        assert not of(world).more_quarantined

    def test_a_longer_list_says_that_there_are_more(self, world: World) -> None:
        for number in range(26):
            world.store.commit(Change(samples.ticket(f"NL-00000-{number:05}", suspicions=(Suspicion.HASTY,))))
        assert (len(of(world).quarantined), of(world).more_quarantined) == (25, True)

    def test_another_shops_tickets_are_not_shown(self, world: World) -> None:
        world.store.commit(Change(replace(samples.ticket(suspicions=(Suspicion.HASTY,)), shop="kettle")))
        assert of(world).quarantined == ()


class TestUndeliverable:
    def test_mails_to_customers_and_third_parties_are_listed_and_those_to_agents_are_not(self, world: World) -> None:
        purposes = (Purpose.ANSWER, Purpose.NOTIFICATION_NEW, Purpose.REFERRAL, Purpose.ESCALATION)
        for purpose in purposes:
            world.clock.advance(minutes=1)
            undeliverable.note_undeliverable(
                world.deps, "northlight", samples.REF, Delivery(purpose, "x@y.example"), DeliveryStatus.BOUNCED
            )
        shown = of(world).undelivered
        assert [lost.mail.purpose for lost in shown] == ["referral", "answer"]
        assert (shown[0].mail.ref, shown[0].mail.status, shown[0].at) == (samples.REF, "bounced", "10:33")

    def test_the_list_holds_no_address(self, world: World) -> None:
        mail = Delivery(Purpose.ANSWER, "mira@secret.example", error="no such user mira@secret.example")
        undeliverable.note_undeliverable(world.deps, "northlight", samples.REF, mail, DeliveryStatus.REFUSED)
        assert "secret" not in repr(world.store.losses)


def test_each_shop_is_shown_separately(world: World) -> None:
    assert [shop.shop.id for shop in seen(world, "kettle", "northlight").shops] == ["kettle", "northlight"]
