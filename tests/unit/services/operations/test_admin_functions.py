"""Functions that admins run at the console: report, health, redrive, and the audit trail's export."""

import csv
import io
import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.external.help_files import INDEX, HelpFiles, _index
from chalicelib.rules.exports import reporting as counting
from chalicelib.rules.help.gaps import ENOUGH_VISITORS
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.ticket import Change, State
from chalicelib.services.customer import self_serving
from chalicelib.services.exports.audit_exports import COLUMNS, export_audit
from chalicelib.services.exports.reporting import report
from chalicelib.services.help import counting as searches
from chalicelib.services.operations.checking import Wrong
from chalicelib.services.operations.health_checks import health, redrive
from chalicelib.services.ports.mails import Reconciliation
from chalicelib.services.privacy import purging
from chalicelib.services.privacy.recording import recorded
from chalicelib.services.privacy.retention import place_legal_hold
from chalicelib.services.tickets import links
from tests.support import agents, records, samples
from tests.support.agents import acts
from tests.support.store.fakes import START, FakeQueue, FakeRun, World
from tests.support.web import help_centre

CHECKS = (
    "table", "files", "mail", "queues", "due_work", "mails out", "receiving", "sending", "mail domains", "sources",
    "late orders", "choices", "tokens", "data requests", "purge", "policy", "documents", "help", "holidays",
)  # fmt: skip
DAYS = {"shop": "northlight", "from": "2026-11-25", "to": "2026-11-30"}


def asked(world: World, **changes: Any) -> dict[str, Any]:
    return report(world.deps, DAYS | changes, FakeRun())


def found(world: World, check: str) -> list[Wrong]:
    checks = {one["check"]: one for one in health(world.deps, {})["checks"]}
    assert checks[check]["well"] == ("found" not in checks[check])
    return list(checks[check].get("found", ()))


class TestReport:
    def test_only_what_customers_said_counts_as_answered_by_the_help(self, world: World) -> None:
        for number, kind in enumerate(("question", "question", "complaint")):
            ticket = agents.opened(world, f"NL-7K3F9-HELP{number}", kind=kind)
            if number == 0:
                link = links.answered_url(world.deps, ticket).rpartition("/")[2]
                self_serving.answered(world.deps, link, "pressed")
            else:
                acts(world, "close", ticket.ref, outcome="settled", reason="Nothing came back.")
        searches.helped(world.deps, world.shop, "en", "bulbs", yes=True)
        for visitor in range(3 * ENOUGH_VISITORS):
            searches.in_vain(world.deps, world.shop, "en", "showroom", f"10.0.{visitor}.1")
            searches.followed(world.deps, world.shop, "en", "showroom", f"10.0.{visitor}.1")
        said = asked(world)["help"]
        assert said["answered_by_article"] == 1
        assert said["articles_helped"] == {"bulbs (en)": {"yes": 1, "no": 0}}
        assert said["write_articles_about"] == {
            "showroom (en)": {"in_vain": 3 * ENOUGH_VISITORS, "before_a_ticket": 3 * ENOUGH_VISITORS}
        }

    @pytest.fixture
    def busy(self, world: World) -> World:
        for number in range(4):
            agents.opened(world, ref=f"NL-{number:05d}-00000")
            world.clock.advance(hours=number)
            acts(world, "answer", ref=f"NL-{number:05d}-00000", text="Here you are.")
        agents.opened(world, ref="NL-00009-00000", kind="question", topic=None)
        return world

    def test_tickets_are_counted_by_their_properties(self, busy: World) -> None:
        by = asked(busy)["by"]
        assert by["kind"] == {"complaint": 4, "question": 1}
        assert by["topic"] == {"damaged_in_transit": 4, "none": 1}
        assert by["state"] == {"waiting": 4, "open": 1}
        assert set(by) == {"kind", "state", "outcome", "topic", "channel", "fault", "remedy"}

    def test_it_gives_the_time_to_the_first_answer(self, busy: World) -> None:
        answer = asked(busy)["hours_to"]
        assert answer["first_answer"] == {"count": 4, "median": 1.5, "nine_in_ten": 3.0}
        assert answer["resolve"] == {"count": 0, "median": None, "nine_in_ten": None}

    def test_promises_are_counted_on_the_requested_days(self, busy: World) -> None:
        assert asked(busy)["promises"] == {"kept": 4, "missed": 0, "kept_percent": 100}

    def test_overdue_tickets_are_counted(self, busy: World) -> None:
        assert asked(busy)["overdue_now"] == 0
        busy.clock.advance(days=40)
        assert asked(busy)["overdue_now"] == 5

    def test_only_the_requested_days_and_shop_are_counted(self, busy: World) -> None:
        assert asked(busy, **{"from": "2026-11-26"})["tickets"] == 0
        assert asked(busy, shop="kettle")["tickets"] == 0

    def test_the_file_has_the_same_figures_as_the_answer(self, busy: World) -> None:
        answer = asked(busy)
        text = busy.files.kept[answer["key"]][0].decode("utf-8-sig")
        rows = dict(csv.reader(io.StringIO(text, newline="")))
        assert rows["by.kind.complaint"] == "4"
        assert rows["hours_to.first_answer.median"] == "1.5"
        assert rows["hours_to.resolve.median"] == ""

    def test_more_tickets_than_a_run_can_count_are_reported(self, busy: World) -> None:
        with pytest.raises(InvalidEvent) as refused:
            report(busy.deps, DAYS, FakeRun(steps=0))
        assert "fewer days" in refused.value.sentences["to"]

    def test_the_ninetieth_percentile(self) -> None:
        counted = counting.Report()
        counted.hours["resolve"] = [float(hours) for hours in range(1, 11)]
        assert counted.to_dict()["hours_to"]["resolve"] == {"count": 10, "median": 5.5, "nine_in_ten": 9.0}


class TestHealth:
    def test_without_problems_it_says_so(self, world: World) -> None:
        answer = health(world.deps, {})
        assert answer["healthy"]
        assert answer["checks"] == [{"check": name, "well": True} for name in CHECKS]

    def test_a_document_that_nobody_reviewed_within_a_year_is_named(self, world: World) -> None:
        later = replace(world.deps, now=lambda: START + timedelta(days=400))
        said = [
            each["wrong"] for each in next(c for c in health(later, {})["checks"] if c["check"] == "documents")["found"]
        ]
        assert said[0] == (
            "Northlight Lamps: terms (en), version 2026-11-01: last reviewed on 2026-10-20, more than a year ago."
        )
        assert len(said) == 4

    def test_time_passing_during_the_checks_is_no_problem(self, world: World) -> None:
        deps = replace(world.deps, now=lambda: world.clock.advance(milliseconds=1))
        assert health(deps, {})["healthy"]

    def test_dead_letters_are_reported_with_what_to_do(self, world: World) -> None:
        world.queue.dead = ["raw/1", "raw/2"]
        (one,) = found(world, "queues")
        assert one == {
            "wrong": "2 dead letters of the queue mail",
            "do": 'mend what failed, then run redrive with {"queue": "mail"}',
        }
        assert not health(world.deps, {})["healthy"]

    def test_tickets_overdue_for_deletion_are_reported_and_held_ones_are_not(self, world: World) -> None:
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
        assert found(world, "purge")[0]["wrong"].startswith(
            "2 tickets"
        )  # including the one whose deletion never finished
        records.purge(world)
        assert found(world, "purge") == []

    def test_a_queue_that_is_not_read_is_reported(self, world: World) -> None:
        world.queue.waiting = ["raw"] * 500
        assert found(world, "queues") == []
        world.queue.waiting = ["raw"] * 501
        assert found(world, "queues")[0]["wrong"] == "501 messages wait on the queue mail"

    def test_overdue_steps_are_reported(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        world.clock.advance(minutes=17)
        (one,) = found(world, "due_work")
        assert one["wrong"].startswith("1 steps")
        assert "escalate_overdue" in one["do"]

    def test_days_with_a_wrong_reconciliation_are_reported(self, world: World) -> None:
        day = START.date() - timedelta(days=1)
        world.store.note_reconciliation(Reconciliation(day, 3, {"opened": 1, "pending": 2}))
        assert "2 mails or events of 2026-11-24" in found(world, "mail")[0]["wrong"]

    def test_outdated_facts_of_the_policy_are_reported(self, world: World) -> None:
        world.clock.advance(days=400)
        assert found(world, "policy")

    def test_a_missing_and_an_old_index_of_the_help_are_reported(self, world: World, tmp_path: Path) -> None:
        assert found(world, "help") == []
        shutil.copytree(help_centre.built(), tmp_path / "help")
        english = tmp_path / "help" / "northlight" / "en" / INDEX
        text = english.read_text(encoding="utf-8")
        for wrong, said in (
            (text.replace('"bulbs"', '"gone"'), "is old"),
            (text.replace('"version":', '"v":'), "missing"),
        ):
            english.write_text(wrong, encoding="utf-8")
            _index.cache_clear()
            world.deps = replace(world.deps, help=HelpFiles(tmp_path / "help"))
            (one,) = found(world, "help")
            assert said in one["wrong"]
            assert "package" in one["do"]
        english.unlink()
        _index.cache_clear()
        (one,) = found(world, "help")
        assert "(en) is missing" in one["wrong"]

    @pytest.mark.parametrize(("year", "well"), [(2025, False), (2026, False), (2027, True), (None, True)])
    def test_holidays_that_end_with_this_year_are_reported(self, world: World, year: int | None, well: bool) -> None:
        world.deps = replace(world.deps, holidays_until=lambda: year)
        assert (found(world, "holidays") == []) is well

    def test_an_unreachable_service_is_reported_and_the_other_checks_run(self, world: World) -> None:
        world.store.ticket = None  # type: ignore[assignment]
        (one,) = found(world, "table")
        assert "TypeError" in one["wrong"]
        assert found(world, "files") == []

    def test_an_unknown_field_is_refused(self, world: World) -> None:
        with pytest.raises(InvalidEvent):
            health(world.deps, {"shop": "northlight"})


class TestRedrive:
    def test_dead_letters_go_back_to_their_queues(self, world: World) -> None:
        delivery = world.deps.queues["delivery"]
        assert isinstance(delivery, FakeQueue)
        world.queue.dead, delivery.dead = ["raw/1"], ["event", "event 2"]
        told = redrive(world.deps, {})
        assert told["put_back"] == {"mail": 1, "hooks": 0, "delivery": 2, "send_mail": 0, "index_words": 0, "runs": 0}
        answer = told["queues"]
        assert answer["mail"] == {"put_back": 1, "waiting": 1, "dead": 0}
        assert answer["delivery"] == {"put_back": 2, "waiting": 2, "dead": 0}

    def test_only_the_named_queue_is_redriven(self, world: World) -> None:
        delivery = world.deps.queues["delivery"]
        assert isinstance(delivery, FakeQueue)
        delivery.dead = ["event"]
        assert set(redrive(world.deps, {"queue": "mail"})["queues"]) == {"mail"}
        assert delivery.dead == ["event"]

    @pytest.mark.parametrize(
        ("name", "advice"),
        [
            ("send_mail", "escalate_overdue"),
            ("index_words", 'reindex with {"from": "2026-11-10"'),
            ("runs", "with that event"),
        ],
    )
    def test_what_came_from_no_queue_is_explained(self, world: World, name: str, advice: str) -> None:
        queue = world.deps.queues[name]
        assert isinstance(queue, FakeQueue)
        queue.dead = ["record"]
        told = redrive(world.deps, {"queue": name})["queues"][name]
        assert (told["put_back"], told["dead"]) == (0, 1)
        assert advice in told["note"]
        assert advice in found(world, "queues")[0]["do"]

    def test_an_unknown_queue_is_refused(self, world: World) -> None:
        with pytest.raises(InvalidEvent) as refused:
            redrive(world.deps, {"queue": "post"})
        assert "all, mail, hooks, delivery, send_mail, index_words, runs" in refused.value.sentences["queue"]


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

    def test_it_contains_no_words_of_messages(self, lived: World) -> None:
        assert b"Here you are" not in self.exported(lived)

    def test_the_json_has_the_same_content(self, lived: World) -> None:
        lines = [json.loads(line) for line in self.exported(lived, format="jsonl").decode().splitlines()]
        assert {tuple(line) for line in lines} == {COLUMNS}
        rows = self.exported(lived).decode().splitlines()[1:]
        assert len(rows) == len(lines) + 1  # the audit trail says that an export began before it is made

    def test_only_the_requested_days(self, lived: World) -> None:
        day = date(2026, 11, 26).isoformat()
        assert self.exported(lived, **{"from": day, "to": day}).decode().count("\r\n") == 1


def test_tickets_without_a_value_are_counted_as_none(world: World) -> None:
    counted = counting.Report()
    counted.count([samples.ticket(topic=None)])
    told = counted.to_dict()
    assert told["by"]["topic"] == {"none": 1}
    assert told["by"]["state"] == {State.OPEN.value: 1}
