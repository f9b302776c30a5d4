"""The right to erasure: afterwards nothing of the person is found, except for what the law keeps, and that is named."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.errors import InvalidEvent
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.clocks import Clock, Clocks
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Person, State, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.exports import export_growth
from chalicelib.services.exports.ticket_exports import export_tickets
from chalicelib.services.privacy import auditing, erasing, retention
from tests.support import agents, records, samples, scenarios
from tests.support.records import found, state
from tests.support.samples import AUTOMATIC
from tests.support.scenarios import AGENTS_WORD, JON, STEPS, WILMA, Life
from tests.support.store import faults
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.unit.services.privacy.test_purging import copied

EVENT = {
    "shop": "northlight", "email": WILMA.address, "reason": "Asked for by letter", "confirm": WILMA.address,
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def erase(world: World, run: FakeRun | None = None, **fields: Any) -> dict[str, Any]:
    return erasing.erase_subject(world.deps, EVENT | fields, run or FakeRun())


def lived(life: Callable[[World], Life] = scenarios.whole_life) -> World:
    """A world in which everything happened, and every ticket is closed."""
    world = new_world(limits_on=False)
    life(world).closes_all()
    records.exported(world, WILMA.address)
    return world


def logs_are_whole(world: World) -> bool:
    ticket_partitions = [world.store.ticket_partition(ref) for ref in world.store.tickets]
    return {v for h in ticket_partitions if h for v in auditing.verdicts(world.deps, h.ticket.ref, h).values()} <= {
        Verdict.WHOLE
    }


class TestWhatIsErased:
    def test_nothing_of_them_and_everything_of_others_is_left(self) -> None:
        world = lived()
        assert found(world, *WILMA.traces)
        answer = erase(world)
        assert found(world, *WILMA.traces) == []
        assert (answer["kept"], answer["complete"]) == ([], True)
        assert answer["deleted"] > 0
        assert answer["anonymised"] > 0
        assert found(world, JON.word)
        assert found(world, AGENTS_WORD)
        assert logs_are_whole(world)
        assert not world.store.purging

    def test_their_words_in_anothers_ticket_are_erased_and_others_words_stay(self, world: World) -> None:
        life = Life(world)
        life.do("mail", JON, 1, 0)  # with her in copy
        life.do("reply", WILMA, 0, 0)
        life.do("reply", JON, 0, 0)
        life.closes_all()
        (ticket,) = world.store.tickets.values()
        assert WILMA.address in ticket.participants
        assert erase(world)["anonymised"] == 1
        hers, his = records.messages_of(world, ticket.ref)
        assert (hers.person.address, hers.text, hers.files, hers.raw_key) == ("", "", (), None)
        assert "erased" in hers.remarks
        assert (his.person.address, JON.word in his.text) == (JON.address, True)
        assert his.raw_key in world.files.kept
        after = world.store.tickets[ticket.ref]
        assert after.participants == ()
        assert after.opening.raw_key is None  # the raw mail names her in copy
        assert JON.word in after.opening.text
        assert found(world, *WILMA.traces) == []

    def test_their_split_off_message_in_anothers_ticket_is_erased(self, world: World) -> None:
        life = Life(world)
        life.do("form", JON, 0, 0)
        life.do("reply", WILMA, 0, 0)
        life.do("split", WILMA, 0, 0)
        _, split = world.store.tickets.values()
        assert (split.requester.address, split.opening.person.address) == (JON.address, WILMA.address)
        life.closes_all()
        assert erase(world)["anonymised"] == 2
        assert found(world, *WILMA.traces) == []

    def test_their_address_in_anothers_words_is_erased(self, world: World) -> None:
        for long in (False, True):
            text = f"I asked {WILMA.address.upper()} about it. " * (5000 if long else 1)
            agents.opened(world, f"NL-00000-0000{int(long)}", text=text, participants=(WILMA.address,))
            records.closed(world, f"NL-00000-0000{int(long)}")
        records.indexed(world)
        assert erase(world)["anonymised"] == 2
        assert found(world, WILMA.address) == []
        assert "I asked [erased] about it." in world.store.tickets["NL-00000-00000"].opening.text

    def test_a_third_party_that_is_a_person_is_erased(self, world: World) -> None:
        agents.opened(world)
        agents.acts(world, "refer", address=WILMA.address, name=WILMA.name, text="Do you know this lamp?")
        records.closed(world, samples.REF)
        records.indexed(world)
        erase(world)
        (referral,) = world.store.tickets[samples.REF].referrals
        assert (referral.name, referral.address) == ("erased", "erased")
        assert found(world, *WILMA.traces) == []

    def test_of_two_customers_in_a_merged_ticket_only_one_is_erased(self, world: World) -> None:
        life = Life(world)
        life.do("form", WILMA, 0, 0)
        life.do("form", JON, 0, 0)
        hers, his = world.store.tickets
        agents.acts(world, "merge", hers, into=his, anyway=True)
        life.closes_all()
        records.indexed(world)
        answer = erase(world)
        assert (answer["deleted"], answer["anonymised"]) == (0, 1)
        assert set(world.store.tickets) == {hers, his}
        assert found(world, *WILMA.traces) == []
        assert found(world, JON.word)


class TestQuarantined:
    @pytest.mark.parametrize("why", [{"suspicions": (Suspicion.TRAP,)}, {"automatic": (AUTOMATIC,)}])
    def test_a_quarantined_ticket_is_deleted_at_once(self, world: World, why: dict[str, Any]) -> None:
        agents.opened(world, person=Person(WILMA.name, WILMA.address), **why)
        agents.stream(world)
        records.indexed(world)
        assert erase(world, dry_run=True)["deleted"] == 1
        answer = erase(world)
        assert (answer["deleted"], answer["kept"], answer["complete"]) == (1, [], True)
        assert found(world, *WILMA.traces) == []
        assert not world.store.tickets

    def test_a_quarantined_ticket_on_hold_is_kept(self, world: World) -> None:
        ticket = agents.opened(world, person=Person(WILMA.name, WILMA.address), suspicions=(Suspicion.TRAP,))
        agents.stream(world)
        retention.place_legal_hold(
            world.deps, {"shop": "northlight", "reference": ticket.ref, "reason": "A court asked for it"}
        )
        assert "on hold" in erase(world)["kept"][0]["why"]
        world.clock.advance(days=30)
        look_after_due(world.deps)  # closed as spam, and still on hold
        world.clock.advance(days=400)
        assert records.purge(world)["purged"] == 0
        retention.lift_legal_hold(
            world.deps, {"shop": "northlight", "reference": ticket.ref, "reason": "The case is closed"}
        )
        assert records.purge(world)["purged"] == 1


class TestEarlierExports:
    def test_all_exports_with_their_data_are_deleted_with_all_versions_and_unfinished_ones(self, world: World) -> None:
        life = Life(world)
        life.do("form", WILMA, 0, 0)
        life.closes_all()
        keys = records.exported(world, WILMA.address)
        assert len(keys) >= 3
        world.files.old += [(key, world.files.kept[key][0]) for key in keys]
        assert world.files.begun
        erase(world)
        assert not [key for key in (*world.files.kept, *dict(world.files.old)) if key.startswith("exports/")]
        assert world.files.begun == {}

    def test_exports_are_deleted_if_the_person_was_only_erased_from_anothers_ticket(self, world: World) -> None:
        life = Life(world)
        life.do("mail", JON, 1, 0)  # with her in copy
        life.closes_all()
        records.exported(world, WILMA.address)
        assert erase(world)["anonymised"] == 1
        assert found(world, *WILMA.traces) == []

    def test_the_same_export_is_made_again_without_them(self, world: World) -> None:
        life = Life(world)
        for who in (WILMA, JON):
            life.do("form", who, 0, 0)
        life.closes_all()
        (before,) = [key for key in records.exported(world, WILMA.address) if key.endswith(".csv")]
        erase(world)
        records.exported(world, JON.address)
        (after,) = [key for key in world.files.kept if key.endswith(".csv")]
        assert found(world, *WILMA.traces) == []
        assert JON.word in world.files.kept[after][0].decode()
        assert before.split("/")[1] == after.split("/")[1]

    def test_an_unfinished_export_starts_again_without_them(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tests.support.store.files.LEAST_PART", 1)
        monkeypatch.setattr(export_growth, "PART", 1)
        life = Life(world)
        for who in (WILMA, JON):
            life.do("form", who, 0, 0)
        life.closes_all()
        event = {"shop": "northlight", "from": "2026-11-25", "to": "2026-11-26", "format": "jsonl", "messages": True}
        assert not export_tickets(world.deps, event, FakeRun(steps=1))["finished"]
        assert any(WILMA.word.encode() in part for _, _, held in world.files.begun.values() for part in held.values())
        erase(world)
        answer = export_tickets(world.deps, event, FakeRun())
        assert answer["finished"]
        assert found(world, *WILMA.traces) == []
        assert JON.word in world.files.kept[answer["key"]][0].decode()

    @pytest.mark.parametrize("format", ["csv", "xlsx"])
    @pytest.mark.parametrize("steps", [2, 1_000_000])
    def test_an_erasure_during_an_export_leaves_nothing_in_it(
        self, monkeypatch: pytest.MonkeyPatch, format: str, steps: int
    ) -> None:
        monkeypatch.setattr("tests.support.store.files.LEAST_PART", 1)
        monkeypatch.setattr(export_growth, "PART", 1500)
        event = {"shop": "northlight", "from": "2026-11-25", "to": "2026-11-26", "format": format, "messages": True}
        for at in range(1, 1000):
            world = new_world(limits_on=False)
            life = Life(world)
            for who in (WILMA, JON, WILMA, WILMA):
                life.do("form", who, 0, 0)
            life.closes_all()
            meanwhile = faults.Meanwhile(at, lambda world=world: erase(world))  # type: ignore[misc]
            export_tickets(faults.fragile(world.deps, meanwhile), event, FakeRun(steps))
            if meanwhile.seen < at:
                break
            assert found(world, *WILMA.traces) == [], at
            while not (answer := export_tickets(world.deps, event, FakeRun()))["finished"]:
                world.clock.advance(seconds=export_growth.LEASE.total_seconds() + 1)
            assert answer["tickets"] == 1, at
        assert at > 12

    def test_exports_are_deleted_once_for_any_number_of_tickets(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        life = Life(world)
        for _ in range(3):
            life.do("form", WILMA, 0, 0)
        life.closes_all()
        records.exported(world, WILMA.address)
        real, times = world.files.abandon_parts, list[int]()

        def abandon_parts(prefix: str) -> None:
            times.append(len(world.store.purging))
            real(prefix)

        monkeypatch.setattr(world.files, "abandon_parts", abandon_parts)
        assert erase(world)["deleted"] == 3
        assert times == [3]  # while all of their marks stand


class TestWhatIsKept:
    def test_tickets_on_hold_or_under_way_are_named_with_the_reason(self, world: World) -> None:
        life = Life(world)
        for _ in range(3):
            life.do("form", WILMA, 0, 0)
        open_one, held, closed = world.store.tickets
        for ref in (held, closed):
            records.closed(world, ref)
        retention.place_legal_hold(
            world.deps, {"shop": "northlight", "reference": held, "reason": "A court asked for it"}
        )
        answer = erase(world)
        assert (answer["deleted"], answer["kept_in_all"]) == (1, 2)
        why = {kept["reference"]: kept["why"] for kept in answer["kept"]}
        assert "a matter under way" in why[open_one]
        assert "Article 17(3)(e)" in why[open_one]
        assert "on hold" in why[held]
        (certificate,) = [c for c in world.store.certified.values() if c.kept]
        assert (certificate.rule, certificate.tickets, certificate.kept) == ("erasure asked for", 1, 2)

    def test_a_failing_ticket_stops_no_other_ticket_from_being_erased(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        life = Life(world)
        for somebody in (WILMA, WILMA, JON):
            life.do("form", somebody, 0, 0)
        life.closes_all()
        first, *_ = world.store.tickets
        real = world.store.clear_partition

        def broken(ref: str) -> None:
            if ref == first:
                raise RuntimeError("it can not be cleared")
            real(ref)

        monkeypatch.setattr(world.store, "clear_partition", broken)
        run = FakeRun()
        answer = erase(world, run)
        assert (answer["deleted"], answer["left"], answer["complete"], answer["goes_on"]) == (1, 1, False, False)
        assert not run.asked
        again = erase(world, FakeRun())  # now it is found only among those begun
        assert (again["left"], again["complete"], again["goes_on"]) == (1, False, False)
        other = erase(world, email=JON.address, confirm=JON.address)
        assert (other["deleted"], other["left"], other["complete"]) == (1, 0, True)
        monkeypatch.undo()
        assert erase(world)["complete"]
        assert found(world, *WILMA.traces) == []

    def test_another_persons_tickets_stay(self, world: World) -> None:
        life = Life(world)
        life.do("form", JON, 0, 0)
        life.closes_all()
        before = copy.deepcopy(state(world))
        assert erase(world)["certificate"] is None
        assert state(world) == before

    def test_a_dry_run_changes_nothing(self) -> None:
        world = lived()
        before = copy.deepcopy(state(world))
        told = erase(world, dry_run=True)
        assert state(world) == before
        done = erase(world)
        assert (told["deleted"], told["anonymised"]) == (done["deleted"], done["anonymised"])


class TestKilledRuns:
    def test_after_a_kill_anywhere_the_same_event_completes_the_erasure(self) -> None:
        def short(world: World) -> Life:
            life = Life(world)
            audit_events = ("form", "mail", "reply", "answer", "bounce", "refer", "third_party", "call")
            for number, step in enumerate(audit_events):
                life.do(step, JON if number % 2 else WILMA, 1, 0)
                life.do(step, WILMA if number % 2 else JON, number, 0)
            return life

        begun = lived(short)
        whole, counted = copied(begun), faults.Fault()
        erasing.erase_subject(faults.fragile(whole.deps, counted), EVENT, FakeRun())
        assert found(whole, *WILMA.traces) == []
        assert counted.seen > 40
        for fault in faults.every_death(counted.seen):
            dying = copied(begun)
            with pytest.raises(faults.Died):
                erasing.erase_subject(faults.fragile(dying.deps, fault), EVENT, FakeRun())
            erase(dying)
            assert state(dying) == state(whole), fault

    def test_a_run_out_of_time_invokes_itself_again_until_it_is_done(self) -> None:
        world = lived()
        runs = 0
        while True:
            run = FakeRun(steps=25)
            answer = erase(world, run)
            if answer["complete"]:
                break
            assert run.asked == [EVENT]
            assert answer["goes_on"]
            runs += 1
            assert runs < 60
        assert runs > 1
        assert found(world, *WILMA.traces) == []
        erasures = [c for c in world.store.certified.values() if c.anonymised]
        assert len(erasures) == 1

    def test_a_second_erasure_says_that_nothing_was_found(self) -> None:
        world = lived()
        erase(world)
        before = copy.deepcopy(state(world))
        again = erase(world)
        assert (again["deleted"], again["anonymised"], again["certificate"]) == (0, 0, None)
        assert state(world) == before


class TestMany:
    def test_five_thousand_tickets_of_one_address(self, world: World) -> None:
        for number in range(5000):
            world.store.commit(Change(one_of_many(number)))
        assert erase(world, email="many@example.com", confirm="many@example.com")["deleted"] == 5000
        assert world.store.tickets == {}


def one_of_many(number: int) -> Ticket:
    """A closed ticket of a customer who has many tickets."""
    ticket = samples.ticket(f"NL-{number:05}-00000", person=Person("Many", "many@example.com"), text="Short.")
    retain = Clock("retain", "3 years", START, START.replace(year=2029))
    return replace(ticket, state=State.CLOSED, closed_at=START, outbox=None, clocks=Clocks([retain]))


AUDIT_EVENTS = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([WILMA, JON]), st.integers(0, 9), st.integers(0, 9)),
    min_size=3,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(AUDIT_EVENTS)
@example([("names", JON, 0, how) for how in range(8)])
@example([("names", WILMA, 0, how) for how in range(8)])
@example([("form", JON, 0, 0), ("names", JON, 1, 4), ("names", JON, 1, 5), ("names", JON, 1, 2)])
@example([("call", WILMA, 0, 9), ("merge", WILMA, 0, 1)])
@example([("call", WILMA, 1, 9), ("merge", JON, 1, 0), ("call", JON, 1, 3)])
def test_after_an_erasure_nothing_of_the_person_is_left(
    audit_events: list[tuple[str, scenarios.Somebody, int, int]],
) -> None:
    world = new_world(limits_on=False)
    life = Life(world)
    for step, who, one, other in (("form", WILMA, 0, 0), ("mail", JON, 1, 0), *audit_events):
        life.do(step, who, one, other)
    life.closes_all()
    records.exported(world, WILMA.address)
    answer = erase(world)
    assert (answer["kept"], answer["complete"]) == ([], True)
    assert found(world, *WILMA.traces) == []
    assert logs_are_whole(world)
    records.years_later(world)
    records.purge(world)
    kept = state(world)
    kept.pop("certificates")
    assert not any(kept.values()), {name: value for name, value in kept.items() if value}


class TestWrongEvents:
    @pytest.mark.parametrize(
        ("fields", "field", "sentence"),
        [
            ({"email": "wilma"}, "email", "write one mail address"),
            ({"email": None}, "email", "write one mail address"),
            ({"confirm": "wilma@quaste.exampl"}, "confirm", "write the very address again"),
            ({"confirm": None}, "confirm", "write one mail address"),
            ({"email": "ada@northlight.example", "confirm": "ada@northlight.example"}, "email", "an agent's"),
            ({"reason": ""}, "reason", "Asked for by letter"),
            ({"reason": "Wilma wants it"}, "reason", "name nobody in it"),
            ({"dry_run": True, "reason": "Wilma wants it"}, "reason", "name nobody in it"),
            ({"dry_run": 1}, "dry_run", "true or false without quotes"),
            ({"dryrun": True}, "dryrun", "the fields here are shop, email, reason, confirm, also, dry_run"),
            ({"shop": "moon"}, "shop", "name one of the shops"),
        ],
    )
    def test_a_wrong_event_deletes_nothing_and_is_answered_with_what_to_type(
        self, world: World, fields: dict[str, Any], field: str, sentence: str
    ) -> None:
        Life(world).do("form", WILMA, 0, 0)
        before = copy.deepcopy(state(world))
        with pytest.raises(InvalidEvent) as wrong:
            erase(world, **fields)
        assert sentence in wrong.value.sentences[field]
        assert state(world) == before

    def test_an_address_is_accepted_in_every_spelling(self, world: World) -> None:
        life = Life(world)
        life.do("form", WILMA, 0, 0)
        life.closes_all()
        assert erase(world, email=" Wilma@Quaste.EXAMPLE", confirm=WILMA.address)["deleted"] == 1
