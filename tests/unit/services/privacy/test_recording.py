"""A function run at the console leaves an audit event: who, what, when, on what, with what result, and no personal
data."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

import app
from chalicelib.errors import AuditWriteFailed, InvalidEvent
from chalicelib.rules.privacy.audit_events import AuditEvent
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services import console_events
from chalicelib.services.exports import ticket_exports
from chalicelib.services.operations import health_checks, quarantine, reconciling
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy import erasing, recording, rectifying, retention
from chalicelib.services.privacy.recording import recorded
from tests.support import agents, records, samples, scenarios
from tests.support.scenarios import WILMA
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world

TICK = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
DAYS = {"shop": "northlight", "from": "2026-11-01", "to": "2026-11-30"}
ERASE = {
    "shop": "northlight", "email": WILMA.address, "confirm": WILMA.address, "reason": "Asked for by letter of 3 May",
}  # fmt: skip
FUNCTIONS = {function.name for function in app.app.pure_lambda_functions}


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def pressed(world: World, serve: Callable[..., Mapping[str, Any]], event: Any, run: FakeRun | None = None) -> Any:
    """The function's answer, called as app.py calls it."""
    more = (run,) if run else ()
    return recorded(world.deps, serve.__name__, event, "request-1", partial(serve, world.deps, event, *more))


def audit_events(world: World) -> list[AuditEvent]:
    return list(world.store.audited.values())


class TestContents:
    def test_it_says_who_did_what_when_on_which_ticket_by_which_request(self, world: World) -> None:
        agents.opened(world)
        pressed(world, quarantine.withdraw_links, {"shop": "northlight", "reference": samples.REF.lower()})
        (audit_event,) = audit_events(world)
        assert (audit_event.actor, audit_event.action, audit_event.at) == ("console", "withdraw_links", world.clock())
        assert audit_event.detail == f"shop=northlight reference={samples.REF} withdrawn=true request=request-1"

    def test_it_says_an_exports_filter_and_result(self, world: World) -> None:
        agents.opened(world)
        event = DAYS | {"kinds": ["complaint", "warranty"], "format": "jsonl", "messages": True}
        pressed(world, ticket_exports.export_tickets, event, FakeRun())
        begun, done = sorted(
            (audit_event.detail for audit_event in audit_events(world)), key=lambda detail: "begun" not in detail
        )
        asked = "shop=northlight from=2026-11-01 to=2026-11-30 kinds=complaint,warranty format=jsonl"
        assert begun == f"begun=true {asked} messages=true request=run"
        assert done.startswith(f"{asked} messages=1 messages_too=true finished=true tickets=1 bytes=")
        assert "key=exports/" in done

    def test_a_run_that_never_ends_leaves_its_beginning(self, world: World) -> None:
        agents.opened(world)
        world.files.put_part = None  # type: ignore[method-assign, assignment]
        with pytest.raises(TypeError):
            pressed(world, ticket_exports.export_tickets, DAYS, FakeRun())
        assert [audit_event.detail.split()[0] for audit_event in audit_events(world)] == [
            "begun=true",
            "shop=northlight",
        ]
        assert "failed=TypeError" in audit_events(world)[1].detail

    def test_it_names_a_person_by_the_certificates_hash(self, world: World) -> None:
        life = scenarios.whole_life(world)
        life.closes_all()
        answer = pressed(world, erasing.erase_subject, ERASE, FakeRun())
        (audit_event,) = audit_events(world)
        certificate = world.store.certified[answer["certificate"]]
        assert f"subject={certificate.subject} " in audit_event.detail
        assert f"certificate={certificate.name} " in audit_event.detail
        assert 'reason="Asked for by letter of 3 May"' in audit_event.detail
        assert records.found(world, *WILMA.traces) == []

    def test_it_says_that_there_was_nothing_to_erase(self, world: World) -> None:
        pressed(world, erasing.erase_subject, ERASE, FakeRun())
        (audit_event,) = audit_events(world)
        assert "deleted=0 anonymised=0 kept=0 kept_in_all=0 left=0 exceptions=0 complete=true" in audit_event.detail

    def test_it_says_which_data_was_corrected_without_the_values(self, world: World) -> None:
        agents.opened(world)
        event = {"shop": "northlight", "email": "mira.holm@example.com", "name": "Mira Sander", "phone": "030 5550100"}
        pressed(world, rectifying.rectify_subject, event, FakeRun())
        (audit_event,) = audit_events(world)
        assert "corrects=name,phone corrected=1 as_it_was=0 complete=true" in audit_event.detail
        assert console_events.subject(world.deps, "northlight", "Mira.Holm@example.com") in audit_event.detail
        assert records.found(world, "030 5550100") != []
        assert not any(word in audit_event.detail.lower() for word in ("mira", "sander", "5550100", "@"))

    def test_it_says_how_many_dead_letters_were_redriven_to_which_queue(self, world: World) -> None:
        world.queue.dead = ["raw/1"]
        pressed(world, health_checks.redrive, {"queue": "mail"})
        assert [audit_event.detail for audit_event in audit_events(world)] == [
            "queue=mail put_back.mail=1 request=request-1"
        ]

    def test_it_says_that_data_was_only_viewed(self, world: World) -> None:
        pressed(world, health_checks.health, {})
        assert [audit_event.detail for audit_event in audit_events(world)] == [
            "healthy=true checks=19 request=request-1"
        ]

    def test_it_counts_quarantined_tickets_without_naming_them(self, world: World) -> None:
        world.store.commit(Change(samples.ticket(suspicions=(Suspicion.TRAP,))))
        pressed(world, quarantine.list_quarantine, {"shop": "northlight"})
        assert [audit_event.detail for audit_event in audit_events(world)] == [
            "shop=northlight count=1 tickets=1 request=request-1"
        ]

    def test_values_that_look_like_personal_data_are_left_out(self, world: World) -> None:
        def act(deps: Deps, event: Any) -> dict[str, Any]:
            return {"done": True}

        pressed(world, act, {"shop": "mira@example.com", "reference": "Mira Holm", "text": "x", "format": ["Ö"]})
        assert [audit_event.detail for audit_event in audit_events(world)] == [
            "shop=… reference=… format=… done=true request=request-1"
        ]

    def test_a_refused_event_leaves_no_audit_event(self, world: World) -> None:
        with pytest.raises(InvalidEvent):
            pressed(world, health_checks.redrive, {"queue": "post"})
        assert audit_events(world) == []

    def test_a_failed_run_leaves_an_audit_event_that_says_so(self, world: World) -> None:
        def breaks(deps: Deps, event: Any) -> dict[str, Any]:
            raise KeyError("mira@example.com")

        with pytest.raises(KeyError):
            pressed(world, breaks, {"shop": "northlight"})
        assert [audit_event.detail for audit_event in audit_events(world)] == [
            "shop=northlight failed=KeyError request=request-1"
        ]


class TestTicketLogs:
    @pytest.mark.parametrize(
        ("serve", "more", "action"),
        [
            (quarantine.withdraw_links, {}, "links withdrawn"),
            (quarantine.release_from_quarantine, {}, "released from quarantine"),
            (retention.place_legal_hold, {"reason": "A court asked for it"}, "legal hold placed"),
        ],
    )
    def test_a_tickets_log_records_what_the_console_did(
        self, world: World, serve: Callable[..., dict[str, Any]], more: dict[str, str], action: str
    ) -> None:
        world.store.commit(Change(samples.ticket(suspicions=(Suspicion.TRAP,))))
        pressed(world, serve, {"shop": "northlight", "reference": samples.REF} | more)
        ((ref, entry),) = world.store.log
        assert (ref, entry.actor, entry.action) == (samples.REF, "console", action)

    def test_a_tickets_log_records_that_a_hold_was_lifted(self, world: World) -> None:
        agents.opened(world)
        event = {"shop": "northlight", "reference": samples.REF, "reason": "A court asked for it"}
        pressed(world, retention.place_legal_hold, event)
        pressed(world, retention.lift_legal_hold, event | {"reason": "The case is closed"})
        assert [(entry.actor, entry.action) for _, entry in world.store.log] == [
            ("console", "legal hold placed"),
            ("console", "legal hold lifted"),
        ]


class TestSchedules:
    def test_the_lists_of_scheduled_functions_name_existing_functions(self) -> None:
        assert recording.SCHEDULED.keys() | recording.GIVE_OUT <= FUNCTIONS

    def test_only_a_purge_that_deleted_something_is_audited(self, world: World) -> None:
        agents.opened(world)
        records.closed(world, samples.REF)
        pressed(world, retention.purge_expired, TICK, FakeRun())
        assert audit_events(world) == []
        world.clock.at += timedelta(days=12 * 366)
        pressed(world, retention.purge_expired, TICK, FakeRun())
        assert [(audit_event.actor, audit_event.detail) for audit_event in audit_events(world)] == [
            ("schedule", "purged=1 complete=true request=request-1")
        ]

    def test_requeued_mails_are_audited(self, world: World) -> None:
        pressed(world, reconciling.reconcile, TICK)
        assert audit_events(world) == []
        world.queue.dead = ["raw/1"]
        pressed(world, reconciling.reconcile, TICK)
        assert "redriven=1" in audit_events(world)[0].detail

    def test_a_run_by_a_person_is_always_audited(self, world: World) -> None:
        pressed(world, reconciling.reconcile, {})
        pressed(world, retention.purge_expired, {"dry_run": True}, FakeRun())
        world.clock.advance(seconds=1)
        pressed(world, health_checks.redrive, TICK)
        assert {audit_event.actor for audit_event in audit_events(world)} == {"console"}
        assert len(audit_events(world)) == 3


class TestAuditWriteFailure:
    @pytest.fixture
    def full(self, world: World) -> World:
        def refuses(audit_event: AuditEvent) -> bool:
            raise OSError("no")

        world.store.note_audit_event = refuses  # type: ignore[method-assign]
        return world

    def test_it_loses_no_answer_and_is_reported(self, full: World, caplog: pytest.LogCaptureFixture) -> None:
        assert pressed(full, health_checks.redrive, {"queue": "mail"})["put_back"] == {"mail": 0}
        (said,) = caplog.records
        assert (said.levelname, said.message) == ("ERROR", "an audit event could not be written")
        assert said.__dict__["detail"] == "queue=mail put_back.mail=0 request=request-1"

    def test_it_hides_no_other_error(self, full: World) -> None:
        def breaks(deps: Deps, event: Any) -> dict[str, Any]:
            raise KeyError("what went wrong")

        for email in ("mira@example.com", "\ud800"):
            with pytest.raises(KeyError, match="what went wrong"):
                pressed(full, breaks, {"email": email})

    def test_it_withholds_personal_data(self, full: World) -> None:
        with pytest.raises(AuditWriteFailed) as told:
            pressed(full, quarantine.list_quarantine, {"shop": "northlight"})
        assert "Press Test again" in str(told.value)

    def test_it_stops_an_export_from_beginning(self, full: World) -> None:
        agents.opened(full)
        full.store.requests.clear()
        with pytest.raises(OSError, match="no"):
            pressed(full, ticket_exports.export_tickets, DAYS, FakeRun())
        assert not any(request.startswith("read 2") for request in full.store.requests)
        assert full.files.begun_in_all == 0


def test_audit_events_are_in_the_trail_of_their_day(world: World) -> None:
    pressed(world, health_checks.health, {})
    assert list(world.store.audit_events(START.date(), START.date())) == audit_events(world)
