"""The owners' daily digest: what it counts, when it is due, and that it is sent once."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rendering import pages
from chalicelib.rules.help.gaps import ENOUGH_VISITORS
from chalicelib.rules.orders.events import EventKind
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.policy.promises import DeskTerms, SecondReader
from chalicelib.rules.tickets.clocks import READ
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, State, evolve
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.digesting import contents, is_due, send_digests
from chalicelib.services.help import counting
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.deciding import Decision, decide
from chalicelib.services.orders.recording import record
from chalicelib.services.ports.inbox import COUNTED, Count
from tests.support import agents, samples
from tests.support.agents import ADA, TOM, acts
from tests.support.orders.made import event, placed
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START, World, refusing

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# START is a Wednesday; 08:00 in Berlin is 07:00 UTC in winter.
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def ref(number: int) -> str:
    return f"NL-00000-{number:05}"


def northlight_only(world: World, *owners: str) -> World:
    """A world with one shop and these owners."""
    others = tuple(Agent(f"{name}@northlight.example", name.title(), "owner", notify=False) for name in owners)
    world.with_shop(agents=(*(agent for agent in world.shop.agents if not owners or agent.role != "owner"), *others))
    only = replace(world.deps.policy, shops={"northlight": world.shop})
    world.deps = replace(world.deps, policy=only)
    return world


def digests(world: World) -> list[str]:
    """The recipients of the digests."""
    ids = {id for id, tags in world.mailer.tags.items() if tags["purpose"] == "digest"}
    return [mail.recipient for mail in world.mailer.sent if mail.id in ids]


def told(world: World) -> dict[str, Any]:
    return contents(world.deps, world.deps.policy.shop("northlight"))


class TestContents:
    def test_documents_to_review_are_named(self, world: World) -> None:
        assert told(world)["to_review"] == []
        world.clock.at = START + timedelta(days=400)
        rendered = pages.mail("digest", "en", **told(world))
        for part in (rendered.text, rendered.html):
            assert "Returns (English), version of 1 February 2026: last reviewed on 20 October 2026" in " ".join(
                part.split()
            )

    def test_words_searched_for_in_vain_are_named(self, world: World) -> None:
        assert not told(world)["gaps"]
        for visitor in range(3 * ENOUGH_VISITORS):
            counting.in_vain(world.deps, world.shop, "en", "Where is your showroom?", f"10.0.{visitor}.1")
        counting.in_vain(world.deps, world.shop, "en", "Kaczmarek", "10.0.0.1")
        rendered = pages.mail("digest", "en", **told(world))
        for part in (rendered.text, rendered.html):
            assert f"“showroom” (English), {3 * ENOUGH_VISITORS} times" in part
            assert "aczmarek" not in part

    def test_a_shop_without_tickets_gets_no_digest(self, world: World) -> None:
        said = told(world)
        counts = {name: value for name, value in said.items() if name.endswith("_count")}
        assert set(counts.values()) == {Count(0)}
        assert said["kept_percent"] is None

    def test_it_counts_what_is_overdue_due_today_referred_and_waiting(self, world: World) -> None:
        for number in range(1, 6):
            agents.opened(world, ref(number))
        acts(world, "answer", ref(1), text="Soon.")  # the final answer is due in thirty days
        acts(world, "refer", ref(2), to="swiftparcel", text="Where is it?")
        acts(world, "assign", ref(3), to=TOM)
        world.clock.at = START + 2 * DAY + HOUR  # the first answers to the others were due an hour ago
        agents.opened(world, ref(6), kind="question")
        world.clock.at = START + 5 * DAY - HOUR  # Monday: Friday's are due at 11:30
        said = told(world)
        assert sorted(line["reference"] for line in said["overdue"]) == [ref(2), ref(3), ref(4), ref(5)]
        assert said["overdue_count"].number == 4
        assert [(line["reference"], line["clock"]) for line in said["due_today"]] == [(ref(6), "first_answer")]
        assert said["due_today_count"].number == 1
        assert [line["reference"] for line in said["referred"]] == [ref(2)]
        assert (said["referred_count"].number, said["waiting_count"].number) == (1, 1)
        assert {line["reference"]: line["assignee"] for line in said["overdue"]}[ref(3)] == "Tom Berger"
        assert said["overdue"][0]["due"] == START + 2 * DAY

    def test_answers_that_wait_for_a_second_reader_are_listed_in_every_state(self, world: World) -> None:
        """Also where no promise runs any more: nothing else would name them."""
        world.with_shop(desk=DeskTerms(second_reader=SecondReader(kinds=("question",))))
        for number, state in enumerate((State.OPEN, State.WAITING, State.REFERRED, State.QUARANTINED), 1):
            agents.opened(world, ref(number), kind="question")
            acts(world, "answer", ref(number), text="Soon.")
            held = world.store.tickets[ref(number)]
            world.store.commit(Change(evolve(held, state=state, clocks=held.clocks.only(READ))))
        agents.opened(world, ref(9), kind="question")
        said = told(world)
        assert sorted(line["reference"] for line in said["unread"]) == [ref(number) for number in range(1, 5)]
        assert said["unread_count"] == Count(4)
        acts(world, "approve_answer", ref(1), agent=TOM)
        assert told(world)["unread_count"] == Count(3)

    def test_word_of_the_progress_that_is_overdue_is_listed(self, world: World) -> None:
        """The final answer was extended, and nobody has told the customer how far it is."""
        agents.opened(world, ref(1), kind="privacy_complaint")
        acts(world, "answer", ref(1), text="We look into it.")
        world.clock.at = START + 20 * DAY
        acts(world, "extend", ref(1), by="30 days", reason="We wait for the courier.")
        agents.stream(world)
        said = told(world)
        assert said["overdue_count"].number == 0
        world.clock.at = START + 51 * DAY
        said = told(world)
        assert [(line["reference"], line["clock"]) for line in said["overdue"]] == [(ref(1), "progress")]
        assert said["overdue_count"].number == 1

    def test_a_waiting_ticket_without_a_promise_is_not_overdue(self, world: World) -> None:
        agents.opened(world, kind="question")
        acts(world, "answer", text="Yes.")
        world.clock.advance(days=3)
        said = told(world)
        assert (said["overdue_count"].number, said["due_today_count"].number, said["waiting_count"].number) == (0, 0, 1)

    def test_a_referred_ticket_without_a_promise_is_listed_without_a_date(self, world: World) -> None:
        world = northlight_only(world)
        agents.opened(world, kind="question")
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        acts(world, "answer", text="We have asked.")
        (line,) = told(world)["referred"]
        assert (line["reference"], line["clock"]) == (samples.REF, "")
        world.clock.at = MORNING + DAY
        assert send_digests(world.deps, {}) == {"sent": ["northlight"]}
        assert samples.REF in world.mailer.sent[-1].text

    def test_quarantined_tickets_are_counted_for_every_reason_with_their_period(self, world: World) -> None:
        world = northlight_only(world)
        reasons: list[dict[str, Any]] = [
            {"suspicions": (Suspicion.TRAP,)},
            {"suspicions": (Suspicion.TAKEN_FOR_SPAM,)},
            {"automatic": (AUTOMATIC,)},
        ]
        for number, why in enumerate(reasons):
            agents.opened(world, ref(number), **why)
        world.clock.at = MORNING + DAY
        assert told(world)["quarantined_count"].number == 3
        send_digests(world.deps, {})
        assert "3 tickets are quarantined" in world.mailer.sent[-1].text
        assert "after 30 days" in world.mailer.sent[-1].text
        acts(world, "release_from_quarantine", ref(0))
        assert told(world)["quarantined_count"].number == 2
        world.clock.at = START + 30 * DAY
        look_after_due(world.deps)
        assert told(world)["quarantined_count"].number == 0

    def test_a_remedy_owed_on_a_closed_ticket_counts(self, world: World) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="refund", owed_by="seller", due="2026-11-27")
        acts(world, "close", outcome="settled", reason="By telephone.")
        assert told(world)["overdue_count"].number == 0
        world.clock.advance(days=3)
        (line,) = told(world)["overdue"]
        assert line["clock"] == "remedy"

    def test_lists_show_the_twenty_most_urgent_and_count_the_rest(self, world: World) -> None:
        for number in range(23):
            world.clock.at = START + number * MINUTE
            agents.opened(world, ref(number))
        world.clock.at = START + 20 * DAY
        said = told(world)
        assert [line["reference"] for line in said["overdue"]] == [ref(number) for number in range(20)]
        assert said["overdue_count"].number == 23
        world = northlight_only(world)
        send_digests(world.deps, {})
        assert "and 3 more" in world.mailer.sent[-1].text

    def test_what_is_too_much_to_count_is_said_as_more_than(self, world: World) -> None:
        world = northlight_only(world)
        for number in range(COUNTED + 1):
            ticket = replace(samples.ticket(ref(number)), state=State.WAITING)
            world.store.tickets[ticket.ref] = ticket
        world.clock.at = START + 20 * DAY
        assert told(world)["overdue_count"] == told(world)["waiting_count"] == Count(COUNTED, more=True)
        world.clock.at = MORNING + 20 * DAY
        send_digests(world.deps, {})
        mail = world.mailer.sent[-1]
        assert "more than 1,000 overdue" in mail.mail["Subject"]
        for words in ("More than 1,000 tickets are overdue", "and more than 980 more"):
            assert words in mail.text
        assert "More than 1,000 tickets are waiting for their customers' replies" in " ".join(mail.text.split())

    def test_kept_promises_are_given_in_per_cent_of_the_last_seven_days(self, world: World) -> None:
        for ago, sla_counts in ((0, (1, 0)), (6, (1, 1)), (7, (50, 50))):
            world.store.sla_counts["northlight", START.date() - ago * DAY] = sla_counts
        world.store.sla_counts["kettle", START.date()] = (0, 9)
        said = told(world)
        assert (said["kept"], said["missed"], said["kept_percent"]) == (2, 1, 66)

    def test_one_missed_promise_of_many_is_not_rounded_to_a_hundred_per_cent(self, world: World) -> None:
        world.store.sla_counts["northlight", START.date()] = (199, 1)
        assert told(world)["kept_percent"] == 99

    def test_a_referred_ticket_stays_listed_after_its_customer_writes(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", text="Where is it?")
        agents.customer_writes(world)
        agents.opened(world, ref(2))
        assert world.store.tickets[samples.REF].state is State.OPEN
        said = told(world)
        assert ([line["reference"] for line in said["referred"]], said["referred_count"].number) == ([samples.REF], 1)

    @pytest.mark.parametrize(
        ("today", "day", "stands"),
        [
            ("2026-11-27T07:00", "2026-11-28", True),  # a Friday; due on Saturday
            ("2026-11-27T07:00", "2026-11-29", True),
            ("2026-11-27T07:00", "2026-11-30", False),
            ("2026-11-26T07:00", "2026-11-28", False),
            ("2026-12-23T07:00", "2026-12-27", True),  # closed from the 24th to the 27th
        ],
    )
    def test_a_due_date_on_a_closed_day_is_listed_on_the_working_day_before(
        self, world: World, today: str, day: str, stands: bool
    ) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="refund", owed_by="seller", due=day)
        acts(world, "close", outcome="settled", reason="By telephone.")
        world.clock.at = datetime.fromisoformat(f"{today}:00+00:00")
        assert told(world)["due_today_count"].number == stands

    def test_a_return_the_customer_owes_is_not_overdue(self, world: World) -> None:
        agents.opened(world)
        acts(world, "remedy", remedy_kind="return", owed_by="customer")
        acts(world, "close", outcome="settled", reason="By telephone.")
        world.clock.advance(days=30)
        assert (told(world)["overdue_count"].number, told(world)["due_today_count"].number) == (0, 0)

    def test_another_shops_tickets_are_not_listed(self, world: World) -> None:
        agents.opened(world)
        world.store.tickets[samples.REF] = replace(world.store.only_ticket(), shop="kettle")
        world.clock.advance(days=40)
        assert told(world)["overdue_count"].number == 0


class TestDueTime:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-11-25T06:59", False),
            ("2026-11-25T07:00", True),
            ("2026-11-25T18:59", True),
            ("2026-11-25T19:00", False),
            ("2026-11-28T08:00", False),  # a Saturday
            ("2026-12-24T08:00", False),  # a day the shop is closed
            ("2026-12-25T08:00", False),  # a holiday
            ("2026-03-27T06:59", False),  # the Friday before clocks go forward
            ("2026-03-27T07:00", True),
            ("2026-03-30T05:59", False),  # the Monday after
            ("2026-03-30T06:00", True),
            ("2026-10-23T06:00", True),  # the Friday before they go back
            ("2026-10-26T06:59", False),
            ("2026-10-26T07:00", True),
        ],
    )
    def test_it_is_due_on_working_days_from_its_local_time_on(self, now: str, due: bool) -> None:
        shop = samples.northlight()
        assert is_due(shop, datetime.fromisoformat(f"{now}:00+00:00"), holidays_of(shop)) is due

    def test_each_shop_has_its_own_time_zone(self) -> None:
        shop: Shop = samples.northlight()
        hours = replace(shop.hours, timezone="America/New_York")
        shop = replace(shop, timezone="America/New_York", hours=hours, digest_at=time(8, 30))
        seen = [is_due(shop, MORNING + hour * HOUR, lambda day: None) for hour in (0, 6, 7, 18, 19)]
        assert seen == [False, False, True, True, False]


class TestOnce:
    def test_each_owner_gets_it_once_a_day(self, world: World) -> None:
        world = northlight_only(world, "kim", "lou")
        for minutes in range(0, 24 * 60, 15):
            world.clock.at = MORNING + minutes * MINUTE
            send_digests(world.deps, {})
        assert digests(world) == ["kim@northlight.example", "lou@northlight.example"]
        world.clock.at = MORNING + DAY
        assert send_digests(world.deps, {}) == {"sent": ["northlight"]}
        assert len(digests(world)) == 4

    def test_agents_who_are_no_owners_get_no_digest(self, world: World) -> None:
        world.clock.at = START
        send_digests(world.deps, {})
        assert ADA not in digests(world)
        assert TOM in digests(world)

    def test_its_headers_mark_it_as_automatic_and_name_no_ticket(self, world: World) -> None:
        world = northlight_only(world)
        send_digests(world.deps, {})
        mail = world.mailer.sent[0].mail
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Subject"] == "25 November 2026: nothing overdue, nothing due today"

    def test_two_concurrent_runs_send_it_once(self, world: World) -> None:
        world = northlight_only(world)

        def meanwhile(recipient: str) -> None:
            world.mailer.on_send = lambda recipient: None
            send_digests(world.deps, {})

        world.mailer.on_send = meanwhile
        assert send_digests(world.deps, {}) == {"sent": ["northlight"]}
        assert digests(world) == [TOM]

    def test_a_refused_digest_is_tried_again(self, world: World) -> None:
        world = northlight_only(world)
        world.mailer.failing = refusing(passing=True)
        assert send_digests(world.deps, {}) == {"sent": []}
        world.clock.advance(minutes=15)
        assert send_digests(world.deps, {}) == {"sent": ["northlight"]}
        assert digests(world) == [TOM]

    def test_the_next_run_sends_what_a_killed_run_did_not(self, world: World) -> None:
        world = northlight_only(world)
        world.mailer.failing = [KeyboardInterrupt()]  # type: ignore[list-item]
        with pytest.raises(KeyboardInterrupt):
            send_digests(world.deps, {})
        world.clock.advance(minutes=5)
        assert send_digests(world.deps, {}) == {"sent": []}
        world.clock.advance(minutes=10)
        assert send_digests(world.deps, {}) == {"sent": ["northlight"]}

    def test_a_failing_digest_does_not_delay_the_others(self, world: World) -> None:
        world = northlight_only(world, "kim", "lou")
        world.mailer.failing = [RuntimeError("a fault")]
        assert send_digests(world.deps, {}) == {"sent": ["northlight"]}
        assert digests(world) == ["lou@northlight.example"]
        world.clock.advance(minutes=15)
        send_digests(world.deps, {})
        assert digests(world) == ["lou@northlight.example", "kim@northlight.example"]


class TestCount:
    def test_exact_counts_add_up_exactly(self) -> None:
        assert sum((Count(700), Count(0), Count(935)), Count(0)) == Count(1_635)

    def test_a_sum_with_more_is_rounded_down_and_stays_true(self) -> None:
        assert Count(COUNTED, more=True) + Count(35) == Count(1_000, more=True)
        assert Count(COUNTED, more=True) + Count(COUNTED, more=True) == Count(2_000, more=True)


def test_late_and_held_orders_are_named_and_what_is_in_time_is_not(world: World) -> None:
    northlight_only(world)
    world.clock.at = MORNING - 5 * DAY
    for number in ("LATE", "HELD", "DONE"):
        record(world.deps, "northlight", "events", [replace(placed(world.clock()), number=number, id=number)])
    held = world.store.orders[ref_of(world.deps, "northlight", "HELD")]
    decide(world.deps, held, Decision.HOLD, ADA, "Asked by telephone.")
    gone = replace(event(EventKind.CANCELLED, world.clock()), number="DONE")
    record(world.deps, "northlight", "events", [gone])
    world.clock.at = MORNING
    look_after_due(world.deps)
    record(world.deps, "northlight", "events", [replace(placed(MORNING), number="NEW", id="NEW")])
    said = contents(world.deps, world.shop)
    late, held_ones = ([each["number"] for each in said[name]] for name in ("orders_late", "orders_held"))
    assert (late, held_ones) == (["LATE"], ["HELD"])
    for language in ("en", "de"):
        text = pages.mail("digest", language, **said).text
        assert text.count("/desk/orders/O-") == 2
        assert ("LATE" in text, "NEW" in text, "DONE" in text) == (True, False, False)
