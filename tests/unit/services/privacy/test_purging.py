"""Retention: tickets past their period are deleted completely and once, also by killed runs; others stay."""

import copy
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from chalicelib.errors import InvalidEvent, UnknownFile
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.privacy import purging, retention
from chalicelib.services.privacy.purging import PurgedTickets
from chalicelib.services.tickets import indexing
from tests.support import agents, records, samples, scenarios
from tests.support.records import closed, found, purge, state
from tests.support.scenarios import AGENTS_WORD, JON, WILMA, Life
from tests.support.store import faults
from tests.support.store.fakes import START, FakeRun, World, written
from tests.support.store.fakes import world as new_world

LONG = timedelta(days=12 * 366)


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def one_closed(world: World, ref: str = samples.REF, **changes: Any) -> Ticket:
    agents.opened(world, ref, **changes)
    return closed(world, ref)


def ended(world: World) -> World:
    """After a life in which everything happened, every ticket is closed and past its retention."""
    life = scenarios.whole_life(world)
    life.closes_all()
    records.years_later(world)
    return world


def copied(world: World) -> World:
    """A copy of the world, to continue in another way."""
    other = new_world(limits_on=False)
    for mine, theirs in ((other.store, world.store), (other.files, world.files)):
        held = {name: value for name, value in vars(theirs).items() if not name.startswith("_")}
        for name, value in held.items():
            setattr(mine, name, value if callable(value) else copy.deepcopy(value))
    other.clock.at = world.clock.at
    return other


def slowly(world: World, ticket_partitions: list[TicketPartition], name: str) -> None:
    """The rest of a purge, done by a run that began long ago."""
    purged = purging.delete_content(world.deps, ticket_partitions, name, FakeRun())
    assert purged
    assert purging.end(world.deps, [purged]) == 0


class TestWhatIsPurged:
    def test_a_ticket_is_deleted_at_the_end_of_its_retention(self, world: World) -> None:
        ticket = one_closed(world)
        retain = ticket.clock("retain")
        assert retain
        world.clock.at = retain.due - timedelta(seconds=1)
        assert purge(world) == {"purged": 0, "kept": {}, "complete": True}
        world.clock.at = retain.due
        assert purge(world)["purged"] == 1
        assert world.store.tickets == {}

    def test_nothing_of_a_whole_life_is_left(self, world: World) -> None:
        ended(world)
        tickets = len(world.store.tickets)
        assert tickets > 5
        assert found(world, *WILMA.traces)
        answer = purge(world)
        assert answer["complete"]
        assert answer["kept"] == {}
        assert found(world, *WILMA.traces, *JON.traces, AGENTS_WORD) == []
        kept = state(world)
        certificates = kept.pop("certificates").values()
        assert not any(kept.values()), {name: value for name, value in kept.items() if value}
        assert sum(certificate.tickets for certificate in certificates) == tickets

    def test_exports_are_deleted_if_a_ticket_they_may_contain_was_purged(self, world: World) -> None:
        one_closed(world)
        keys = records.exported(world, "mira@example.com")
        assert keys
        purge(world)
        assert set(keys) <= set(world.files.kept)
        world.clock.at += LONG
        assert purge(world)["purged"] == 1
        assert (world.files.kept, world.files.begun) == ({}, {})

    def test_exports_are_deleted_once_for_any_number_of_tickets(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            one_closed(world, f"NL-00000-0000{number}")
        records.exported(world, "mira@example.com")
        world.clock.at += LONG
        real, times = world.files.abandon_parts, list[int]()

        def abandon_parts(prefix: str) -> None:
            times.append(len(world.store.purging))
            real(prefix)

        monkeypatch.setattr(world.files, "abandon_parts", abandon_parts)
        assert purge(world)["purged"] == 3
        assert times == [3]  # while all of their marks stand
        monkeypatch.setattr(purging, "ROUND", 2)
        for number in range(3):
            one_closed(world, f"NL-00000-0000{number}")
        world.clock.at += LONG
        assert purge(world)["purged"] == 3
        assert times == [3, 2, 1]

    def test_a_failing_purge_stops_no_other_purge(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(3):
            one_closed(world, f"NL-00000-0000{number}")
            world.clock.advance(minutes=1)
        world.clock.at += LONG
        real = world.store.end_purge

        def end_purge(name: str, refs: Sequence[str], now: datetime) -> bool:
            if "NL-00000-00001" in refs:
                raise RuntimeError("the table refuses")
            return real(name, refs, now)

        monkeypatch.setattr(world.store, "end_purge", end_purge)
        assert purge(world) == {"purged": 2, "kept": {"failed": 1}, "complete": False}
        monkeypatch.undo()
        assert purge(world) == {"purged": 1, "kept": {}, "complete": True}

    def test_a_ticket_on_hold_is_kept_until_the_hold_is_lifted(self, world: World) -> None:
        one_closed(world)
        event = {"shop": "northlight", "reference": samples.REF, "reason": "A court asked for it"}
        assert retention.place_legal_hold(world.deps, event)["on_hold"]
        world.clock.at += LONG
        assert purge(world) == {"purged": 0, "kept": {}, "complete": True}
        assert retention.lift_legal_hold(world.deps, event)["on_hold"] is False
        assert purge(world)["purged"] == 1

    def test_a_hold_placed_after_the_index_was_read_counts(self, world: World) -> None:
        ticket = one_closed(world)
        world.clock.at += LONG
        ticket_partitions = purging.load_with_merged(world.deps, ticket.ref)
        retention.place_legal_hold(
            world.deps, {"shop": "northlight", "reference": ticket.ref, "reason": "A court asked for it"}
        )
        assert purging.begin(world.deps, ticket_partitions, purging.RETENTION) is None
        assert retention.purge(world.deps, ticket.ref, FakeRun()) == "on_hold"
        assert world.store.certified == {}

    def test_a_ticket_that_owes_mail_is_kept(self, world: World) -> None:
        one_closed(world)
        agents.acts(world, "answer", text="One more thing.")
        world.clock.at += LONG
        assert purge(world)["kept"] == {"owing": 1}
        agents.stream(world)
        assert purge(world)["purged"] == 1

    def test_spam_is_purged_sooner(self, world: World) -> None:
        one, other = one_closed(world), agents.opened(world, "NL-00000-00001")
        closed(world, other.ref, Outcome.SPAM)
        world.clock.advance(days=31)
        purge(world)
        assert set(world.store.tickets) == {one.ref}
        (certificate,) = world.store.certified.values()
        assert (certificate.kind, certificate.outcome, certificate.period) == ("complaint", "spam", "30 days")

    def test_merged_tickets_are_purged_together_and_count_as_one(self, world: World) -> None:
        agents.opened(world)
        agents.opened(world, "NL-00000-00001")
        agents.acts(world, "merge", "NL-00000-00001", into=samples.REF)
        closed(world, samples.REF)
        world.clock.at += LONG
        assert purge(world)["purged"] == 1
        assert world.store.tickets == {}
        (certificate,) = world.store.certified.values()
        assert certificate.tickets == 2

    def test_a_merged_ticket_is_kept_as_long_as_its_target(self, world: World) -> None:
        one_closed(world)
        agents.opened(world, "NL-00000-00001")
        agents.acts(world, "merge", samples.REF, into="NL-00000-00001")
        world.clock.at += LONG
        assert retention.purge(world.deps, samples.REF, FakeRun()) == "joined"
        assert purge(world)["purged"] == 0

    def test_a_dry_run_lists_what_would_be_deleted_and_deletes_nothing(self, world: World) -> None:
        one_closed(world)
        world.clock.at += LONG
        before = copy.deepcopy(state(world))
        answer = purge(world, dry_run=True)
        assert answer["would_go"] == 1
        (named,) = answer["tickets"]
        assert (named["reference"], named["kept_for"], named["outcome"]) == (samples.REF, "3 years", "settled")
        assert state(world) == before

    @pytest.mark.parametrize("event", [{"dryrun": True}, {"dry_run": "yes"}, [], "now"])
    def test_a_mistyped_event_deletes_nothing(self, world: World, event: Any) -> None:
        one_closed(world)
        world.clock.at += LONG
        with pytest.raises(InvalidEvent):
            retention.purge_expired(world.deps, event, FakeRun())
        assert samples.REF in world.store.tickets

    def test_the_schedules_event_counts_as_one_without_fields(self, world: World) -> None:
        event = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
        assert retention.purge_expired(world.deps, event, FakeRun())["complete"]


class TestCertificates:
    def test_a_certificate_says_what_was_deleted_and_names_nobody(self, world: World) -> None:
        scenarios.Life(world).do("form", WILMA, 0, 0)
        (ref,) = world.store.tickets
        closed(world, ref)
        world.clock.at += LONG
        head = world.store.tickets[ref].log_head
        purge(world)
        (certificate,) = world.store.certified.values()
        assert (certificate.rule, certificate.kind, certificate.outcome) == ("retention", "complaint", "settled")
        assert (certificate.tickets, certificate.messages, certificate.files, certificate.entries) == (1, 1, 1, 2)
        assert certificate.bytes > 20
        assert certificate.pointers > 3
        assert certificate.heads != head
        assert len(certificate.heads) == 40
        assert (certificate.begun_at, certificate.done_at) == (world.clock.at, world.clock.at)
        assert found(world, ref, *WILMA.traces) == []


class TestKilledRuns:
    def test_after_a_kill_anywhere_the_next_run_completes_the_purge(self) -> None:
        begun = ended(new_world(limits_on=False))
        # One group of merged tickets and one single ticket test as much as all, and run faster.
        refs = {ref for ticket in begun.store.tickets.values() for ref in (ticket.ref, *ticket.merged_from)}
        group = max(begun.store.tickets.values(), key=lambda ticket: len(ticket.merged_from))
        alone = max(begun.store.tickets.values(), key=lambda ticket: (not ticket.merged_from, not ticket.merged_into))
        for ref in refs - {group.ref, *group.merged_from, alone.ref}:
            became = retention.purge(begun.deps, ref, FakeRun())
            assert became in ("joined", "gone") or purging.end(begun.deps, [cast(PurgedTickets, became)]) == 0
        records.exported(begun, JON.address)
        assert begun.files.begun
        whole, counted = copied(begun), faults.Fault()
        assert retention.purge_expired(faults.fragile(whole.deps, counted), {}, FakeRun())["purged"] == 2
        assert counted.seen > 30
        for fault in faults.every_death(counted.seen):
            dying = copied(begun)
            with pytest.raises(faults.Died):
                retention.purge_expired(faults.fragile(dying.deps, fault), {}, FakeRun())
            assert purge(dying)["complete"]
            assert state(dying) == state(whole), fault

    def test_a_run_out_of_time_continues_where_it_stopped(self, world: World) -> None:
        ended(world)
        runs = 0
        while not retention.purge_expired(world.deps, {}, FakeRun(steps=20))["complete"]:
            runs += 1
            assert runs < 200
        assert runs > 1
        assert world.store.tickets == world.store.purging == {}

    def test_unfinished_purges_come_first(self, world: World) -> None:
        for number in range(3):
            one_closed(world, f"NL-00000-0000{number}")
            world.clock.advance(minutes=1)
        world.clock.at += LONG
        ticket_partitions = purging.load_with_merged(world.deps, "NL-00000-00002")
        assert purging.begin(world.deps, ticket_partitions, purging.RETENTION)
        retention.purge_expired(world.deps, {}, FakeRun(steps=8))
        assert "NL-00000-00002" not in world.store.purging
        assert "NL-00000-00001" in world.store.tickets


class TestConcurrentChanges:
    def test_two_concurrent_runs_delete_a_ticket_once(self) -> None:
        begun = ended(new_world(limits_on=False))
        whole = copied(begun)
        purge(whole)
        for at in range(1, 40):
            both = copied(begun)
            fault = faults.Fault(at)
            with pytest.raises(faults.Died):
                retention.purge_expired(faults.fragile(both.deps, fault), {}, FakeRun())
            # The first run is only slow: the second does everything, then the first continues.
            slow = [purging.load_with_merged(both.deps, ref) for ref in (*both.store.purging, *both.store.tickets)]
            purge(both)
            for ticket_partitions in slow:
                if name := ticket_partitions[0].ticket.custody.purging:
                    slowly(both, ticket_partitions, name)
            assert state(both) == state(whole)

    def test_a_slow_run_leaves_a_new_ticket_of_the_same_reference_alone(self, world: World) -> None:
        key = world.arrives(written())
        receive(world.deps, MailReceived(key, ("care@help.northlight.example",)))
        agents.stream(world)
        (ref,) = world.store.tickets
        closed(world, ref)
        world.clock.at += LONG
        ticket_partitions = purging.load_with_merged(world.deps, ref)
        name = purging.begin(world.deps, ticket_partitions, purging.RETENTION)
        assert name
        purge(world)
        receive(world.deps, MailReceived(world.arrives(written()), ("care@help.northlight.example",)))
        opened = copy.deepcopy(state(world))
        assert set(world.store.tickets) == {ref}
        slowly(world, ticket_partitions, name)
        assert state(world) == opened

    def test_a_customers_reply_during_a_purge_opens_another_ticket(self) -> None:
        for at in range(1, 25):
            world = new_world(limits_on=False)
            life = Life(world)
            life.do("mail", WILMA, 0, 0)
            (ref,) = world.store.tickets
            closed(world, ref)
            world.clock.at += LONG
            fault = faults.Fault(at, after=True)
            with suppress(faults.Died):
                retention.purge_expired(faults.fragile(world.deps, fault), {}, FakeRun())
            mail = written(
                f"{WILMA.name} <{WILMA.address}>", text="Is my new word pflaumenkern lost?", References="<1@m.example>",
                Message_ID="<late@m.example>", Subject=f"Re: [{ref}]",
            )  # fmt: skip
            receive(world.deps, MailReceived(world.arrives(mail), ("care@help.northlight.example",)))
            begun = ref in world.store.purging or ref not in world.store.tickets
            purge(world)
            assert found(world, "pflaumenkern"), at
            (left,) = world.store.tickets
            assert (left != ref) or not begun
            assert found(world, WILMA.word) == [] or not begun

    def test_the_same_mail_during_a_purge_opens_another_ticket_too(self, world: World) -> None:
        mail = written(text="The very same words once more.")
        receive(world.deps, MailReceived(world.arrives(mail), ("care@help.northlight.example",)))
        agents.stream(world)
        (ref,) = world.store.tickets
        closed(world, ref)
        world.clock.at += LONG
        assert purging.begin(world.deps, purging.load_with_merged(world.deps, ref), purging.RETENTION)
        assert receive(world.deps, MailReceived(world.arrives(mail), ("care@help.northlight.example",))) == "opened"
        purge(world)
        (left,) = world.store.tickets.values()
        assert left.ref != ref
        assert world.files.stored(f"tickets/{left.ref}/")

    def test_a_mail_deleted_with_its_ticket_is_not_requeued_forever(self, world: World) -> None:
        for attempt in (1, 2, 3):
            with pytest.raises(UnknownFile):
                receive(world.deps, MailReceived("raw/gone", ("care@help.northlight.example",), attempt=attempt))
        assert receive(world.deps, MailReceived("raw/gone", ("care@help.northlight.example",), attempt=4)) == "gone"
        assert world.store.tickets == {}

    def test_a_late_stream_event_after_a_purge_indexes_nothing(self, world: World) -> None:
        ticket = one_closed(world)
        world.clock.at += LONG
        purge(world)
        indexing.index(world.deps, ticket)
        assert not any(world.store.words.values())

    def test_a_ticket_with_a_purge_under_way_is_shown_to_nobody(self, world: World) -> None:
        ticket = one_closed(world)
        world.clock.at += LONG
        assert purging.begin(world.deps, purging.load_with_merged(world.deps, ticket.ref), purging.RETENTION)
        store = world.store
        assert store.ticket(ticket.ref) is None
        assert store.conversation(ticket.ref) == (None, [])
        assert store.find_tickets([ticket.ref]) == []
        assert store.tickets_of("northlight", ticket.requester.address, 9) == []
        assert store.opened_on("northlight", START.date(), 9) == []


class TestLegalHolds:
    def test_placing_and_lifting_a_hold_are_logged_with_actor_and_reason(self, world: World) -> None:
        one_closed(world)
        event = {"shop": "northlight", "reference": samples.REF.lower(), "reason": "A court asked for it"}
        assert retention.place_legal_hold(world.deps, event) == {
            "reference": samples.REF, "done": True, "on_hold": True, "kept_until": None,
        }  # fmt: skip
        assert agents.log(world)[-1] == ("console", "legal hold placed", 'reason="A court asked for it"')
        assert retention.place_legal_hold(world.deps, event)["done"] is False
        released = retention.lift_legal_hold(world.deps, event | {"reason": "The case is closed"})
        assert released["kept_until"]
        assert datetime.fromisoformat(released["kept_until"]).astimezone(UTC) > world.clock.at
        assert agents.log(world)[-1] == ("console", "legal hold lifted", 'reason="The case is closed"')

    def test_a_hold_on_a_merged_ticket_is_placed_on_its_target(self, world: World) -> None:
        agents.opened(world)
        agents.opened(world, "NL-00000-00001")
        agents.acts(world, "merge", "NL-00000-00001", into=samples.REF)
        event = {"shop": "northlight", "reference": "NL-00000-00001", "reason": "A court asked for it"}
        assert retention.place_legal_hold(world.deps, event)["reference"] == samples.REF
        assert world.store.tickets[samples.REF].custody.legal_hold == "A court asked for it"

    @pytest.mark.parametrize(
        ("event", "field", "sentence"),
        [
            ([], "event", "write a JSON object"),
            ({}, "shop", "name one of the shops"),
            ({"shop": "nord"}, "shop", "name one of the shops"),
            ({"shop": "northlight"}, "reference", "write the reference of a ticket"),
            ({"shop": "northlight", "reference": 7}, "reference", "write the reference of a ticket"),
            ({"shop": "northlight", "reference": "NL-00000-00009"}, "reference", "name a ticket of northlight"),
            ({"shop": "kettle", "reference": samples.REF}, "reference", "name a ticket of kettle"),
            ({"shop": "northlight", "reference": samples.REF}, "reason", 'for example {"reason": "A court'),
            ({"shop": "northlight", "reference": samples.REF, "reason": "x" * 501}, "reason", "shorten it to 500"),
            ({"shop": "northlight", "ref": samples.REF}, "ref", "the fields here are shop, reference, reason"),
        ],
    )
    def test_a_wrong_event_is_answered_with_what_to_type(
        self, world: World, event: Any, field: str, sentence: str
    ) -> None:
        agents.opened(world)
        with pytest.raises(InvalidEvent) as wrong:
            retention.place_legal_hold(world.deps, event)
        assert sentence in wrong.value.sentences[field]


def test_the_scenario_of_these_tests_contains_everything(world: World) -> None:
    scenarios.whole_life(world)
    tickets, messages = list(world.store.tickets.values()), list(world.store.messages.values())
    assert any(ticket.merged_from for ticket in tickets)
    assert {referral.address for ticket in tickets for referral in ticket.referrals} >= {WILMA.address}
    assert any(WILMA.address in t.participants and t.requester.address == JON.address for t in tickets)
    assert {message.author.value for message in messages} >= {"customer", "agent", "system"}
    assert any(message.text_key or message.raw_key for message in messages)
    assert any(message.split_into for message in messages)
    assert world.store.saved
    assert world.store.losses["northlight"]
    assert world.files.old_raw
    assert any(each.message for logged in world.store.logged.values() for each in logged)
    assert world.store.linked_raw_mails


def test_overwriting_a_file_keeps_the_old_version() -> None:
    """The fake bucket keeps overwritten versions, as S3 does."""
    world = new_world()
    world.files.keep("tickets/a/1", b"first", "text/plain")
    world.files.keep("tickets/a/1", b"second", "text/plain")
    assert found(world, "first")
    assert world.files.delete_versions_page("tickets/a/") == 2
    assert found(world, "first", "second") == []
