"""What admins press besides exports of tickets and people: report, health, redrive, the audit trail's export."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.exports import reporting as counting
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.ticket import Change, State
from chalicelib.services.exports.audit_exports import COLUMNS, export_audit
from chalicelib.services.exports.reporting import report
from chalicelib.services.operations import health_checks
from chalicelib.services.operations.health_checks import health, redrive
from chalicelib.services.privacy import purging
from chalicelib.services.privacy.recording import recorded
from chalicelib.services.privacy.retention import place_legal_hold
from tests.support import agents, records, samples
from tests.support.agents import acts
from tests.support.store.fakes import START, FakeQueue, FakeRun, World

DAYS = {"shop": "northlight", "from": "2026-11-25", "to": "2026-11-30"}


def asked(world: World, **changes: Any) -> dict[str, Any]:
    return report(world.deps, DAYS | changes, FakeRun())


def found(world: World, check: str) -> list[health_checks.Wrong]:
    checks = {one["check"]: one for one in health(world.deps, {})["checks"]}
    assert checks[check]["well"] == ("found" not in checks[check])
    return list(checks[check].get("found", ()))


class TestReport:
    @pytest.fixture
    def busy(self, world: World) -> World:
        for number in range(4):
            agents.opened(world, ref=f"NL-{number:05d}-00000")
            world.clock.advance(hours=number)
            acts(world, "answer", ref=f"NL-{number:05d}-00000", text="Here you are.")
        agents.opened(world, ref="NL-00009-00000", kind="question", topic=None)
        return world

    def test_tickets_are_counted_by_what_they_are(self, busy: World) -> None:
        by = asked(busy)["by"]
        assert by["kind"] == {"complaint": 4, "question": 1}
        assert by["topic"] == {"damaged_in_transit": 4, "none": 1}
        assert by["state"] == {"waiting": 4, "open": 1}
        assert set(by) == {"kind", "state", "outcome", "topic", "channel", "fault", "remedy"}

    def test_it_says_how_long_the_first_answer_took(self, busy: World) -> None:
        answer = asked(busy)["hours_to"]
        assert answer["first_answer"] == {"count": 4, "median": 1.5, "nine_in_ten": 3.0}
        assert answer["resolve"] == {"count": 0, "median": None, "nine_in_ten": None}

    def test_promises_are_those_of_the_days(self, busy: World) -> None:
        assert asked(busy)["promises"] == {"kept": 4, "missed": 0, "kept_percent": 100}

    def test_what_is_overdue_now_is_counted(self, busy: World) -> None:
        assert asked(busy)["overdue_now"] == 0
        busy.clock.advance(days=40)
        assert asked(busy)["overdue_now"] == 5

    def test_only_the_days_and_the_shop_asked_for(self, busy: World) -> None:
        assert asked(busy, **{"from": "2026-11-26"})["tickets"] == 0
        assert asked(busy, shop="kettle")["tickets"] == 0

    def test_the_file_says_what_the_answer_says(self, busy: World) -> None:
        answer = asked(busy)
        text = busy.files.kept[answer["key"]][0].decode("utf-8-sig")
        rows = dict(csv.reader(io.StringIO(text, newline="")))
        assert rows["by.kind.complaint"] == "4"
        assert rows["hours_to.first_answer.median"] == "1.5"
        assert rows["hours_to.resolve.median"] == ""

    def test_more_than_a_run_can_count_is_told(self, busy: World) -> None:
        with pytest.raises(InvalidEvent) as refused:
            report(busy.deps, DAYS, FakeRun(steps=0))
        assert "fewer days" in refused.value.sentences["to"]

    def test_nine_in_ten_took_no_longer(self) -> None:
        counted = counting.Report()
        counted.hours["resolve"] = [float(hours) for hours in range(1, 11)]
        assert counted.to_dict()["hours_to"]["resolve"] == {"count": 10, "median": 5.5, "nine_in_ten": 9.0}


class TestHealth:
    def test_where_all_is_well_it_says_so(self, world: World) -> None:
        assert health(world.deps, {}) == {
            "healthy": True,
            "checks": [
                {"check": name, "well": True}
                for name in ("table", "files", "mail", "queues", "due_work", "mails out", "purge", "policy", "holidays")
            ],
        }

    def test_that_time_goes_on_meanwhile_is_no_fault(self, world: World) -> None:
        deps = replace(world.deps, now=lambda: world.clock.advance(milliseconds=1))
        assert health(deps, {})["healthy"]

    def test_dead_letters_are_found_with_what_to_do(self, world: World) -> None:
        world.queue.dead = ["raw/1", "raw/2"]
        (one,) = found(world, "queues")
        assert one == {
            "wrong": "2 dead letters of the queue mail",
            "do": 'mend what failed, then run redrive with {"queue": "mail"}',
        }
        assert not health(world.deps, {})["healthy"]

    def test_tickets_that_should_have_been_deleted_are_found_and_what_must_stay_is_not(self, world: World) -> None:
        for number in range(4):
            agents.opened(world, ref=f"NL-{number:05d}-00000")
            records.closed(world, f"NL-{number:05d}-00000")
        late, owing, held, begun = sorted(world.store.tickets)
        retain = world.store.tickets[late].clock("retain")
        assert retain
        acts(world, "answer", ref=owing, text="One more thing.")
        place_legal_hold(world.deps, {"shop": "northlight", "reference": held, "reason": "A court asked for it"})
        world.clock.at = retain.due + timedelta(days=2) - timedelta(seconds=1)
        assert purging.begin(world.deps, purging.load_with_merged(world.deps, begun), purging.RETENTION)
        assert found(world, "purge") == []
        world.clock.advance(seconds=1)
        (one,) = found(world, "purge")
        assert one == {
            "wrong": "1 tickets are due for deletion for more than two days and still there",
            "do": "run purge_expired with {}, and see its log",
        }
        world.clock.advance(days=3)
        assert found(world, "purge")[0]["wrong"].startswith("2 tickets")  # the one whose deletion never ended too
        records.purge(world)
        assert found(world, "purge") == []

    def test_a_queue_that_nobody_reads_is_found(self, world: World) -> None:
        world.queue.waiting = ["raw"] * 500
        assert found(world, "queues") == []
        world.queue.waiting = ["raw"] * 501
        assert found(world, "queues")[0]["wrong"] == "501 messages wait on the queue mail"

    def test_steps_that_were_not_taken_are_found(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.clock.advance(minutes=17)
        (one,) = found(world, "due_work")
        assert one["wrong"].startswith("1 steps")
        assert "escalate_overdue" in one["do"]

    def test_days_that_do_not_come_out_are_found(self, world: World) -> None:
        world.store.note_reconciliation(START.date() - timedelta(days=1), 3, {"opened": 1, "pending": 2})
        assert "2 mails of 2026-11-24" in found(world, "mail")[0]["wrong"]

    def test_stale_facts_of_the_policy_are_found(self, world: World) -> None:
        world.clock.advance(days=400)
        assert found(world, "policy")

    @pytest.mark.parametrize(("year", "well"), [(2025, False), (2026, False), (2027, True), (None, True)])
    def test_holidays_that_end_with_this_year_are_found(self, world: World, year: int | None, well: bool) -> None:
        world.deps = replace(world.deps, holidays_until=lambda: year)
        assert (found(world, "holidays") == []) is well

    def test_what_can_not_be_reached_is_told_and_the_rest_is_looked_at(self, world: World) -> None:
        world.store.ticket = None  # type: ignore[assignment]
        (one,) = found(world, "table")
        assert "TypeError" in one["wrong"]
        assert found(world, "files") == []

    def test_a_word_too_many_is_told(self, world: World) -> None:
        with pytest.raises(InvalidEvent):
            health(world.deps, {"shop": "northlight"})


class TestRedrive:
    def test_dead_letters_go_back_to_their_queues(self, world: World) -> None:
        delivery = world.deps.queues["delivery"]
        assert isinstance(delivery, FakeQueue)
        world.queue.dead, delivery.dead = ["raw/1"], ["event", "event 2"]
        told = redrive(world.deps, {})
        assert told["put_back"] == {"mail": 1, "delivery": 2, "stream": 0}
        answer = told["queues"]
        assert answer["mail"] == {"put_back": 1, "waiting": 1, "dead": 0}
        assert answer["delivery"] == {"put_back": 2, "waiting": 2, "dead": 0}

    def test_one_queue_alone(self, world: World) -> None:
        delivery = world.deps.queues["delivery"]
        assert isinstance(delivery, FakeQueue)
        delivery.dead = ["event"]
        assert set(redrive(world.deps, {"queue": "mail"})["queues"]) == {"mail"}
        assert delivery.dead == ["event"]

    def test_what_the_streams_dead_letters_are_is_told(self, world: World) -> None:
        stream = world.deps.queues["stream"]
        assert isinstance(stream, FakeQueue)
        stream.dead = ["record"]
        told = redrive(world.deps, {"queue": "stream"})["queues"]["stream"]
        assert (told["put_back"], told["dead"]) == (0, 1)
        assert "due-work" in told["note"]

    def test_an_unknown_queue_is_told(self, world: World) -> None:
        with pytest.raises(InvalidEvent) as refused:
            redrive(world.deps, {"queue": "post"})
        assert "all, mail, delivery, stream" in refused.value.sentences["queue"]


class TestAuditExports:
    @pytest.fixture
    def lived(self, world: World) -> World:
        agents.opened(world)
        acts(world, "answer", text="Here you are.")
        acts(world, "note", text="Done.")
        agents.stream(world)
        recorded(world.deps, "report", DAYS, "first", partial(report, world.deps, DAYS, FakeRun()))
        return world

    @staticmethod
    def exported(world: World, **changes: Any) -> bytes:
        run = FakeRun(request=f"export {changes}")
        answer = export_audit(world.deps, DAYS | changes, run)
        assert answer["finished"]
        return world.files.kept[answer["key"]][0]

    def test_every_entry_is_in_it_with_its_chain(self, lived: World) -> None:
        text = self.exported(lived).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert tuple(rows[0]) == COLUMNS
        assert {row["action"] for row in rows if row["reference"]} >= {"opened", "answered", "noted"}
        assert {row["verdict"] for row in rows if row["reference"]} == {Verdict.WHOLE}
        assert [row["action"] for row in rows if row["chain"] == "console"] == ["report", "export_audit"]

    def test_no_message_words_are_in_it(self, lived: World) -> None:
        assert b"Here you are" not in self.exported(lived)

    def test_as_json_it_says_the_same(self, lived: World) -> None:
        lines = [json.loads(line) for line in self.exported(lived, format="jsonl").decode().splitlines()]
        assert {tuple(line) for line in lines} == {COLUMNS}
        rows = self.exported(lived).decode().splitlines()[1:]
        assert len(rows) == len(lines) + 1  # that an export was begun is in the trail before it is made

    def test_only_the_days_asked_for(self, lived: World) -> None:
        day = date(2026, 11, 26).isoformat()
        assert self.exported(lived, **{"from": day, "to": day}).decode().count("\r\n") == 1


def test_what_has_no_such_thing_is_counted_as_none(world: World) -> None:
    counted = counting.Report()
    counted.count([samples.ticket(topic=None)])
    told = counted.to_dict()
    assert told["by"]["topic"] == {"none": 1}
    assert told["by"]["state"] == {State.OPEN.value: 1}
