"""Who is known by a telephone number only is exported, corrected, erased and purged as everybody else."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.calls.request import SOON
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity import phones
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.contacts import log_contact
from chalicelib.services.calls import booking, changing, missing
from chalicelib.services.exports.subject_exports import export_subject
from chalicelib.services.messages import taking
from chalicelib.services.privacy import auditing, erasing, rectifying
from chalicelib.services.tickets.indexing import readings
from tests.support import agents, records
from tests.support.agents import ADA
from tests.support.store import faults
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.unit.services.privacy.test_purging import copied

NUMBER, DIGITS = "+4915123456789", "4915123456789"
NAME, WORD = "Sperlich", "Lampenschirm"
TRACES = (NUMBER, DIGITS, "15123456789", "151 234567", NAME, WORD)
TYPED = [NUMBER, f"tel:{NUMBER}", "+49 151 234567-89", "0049 151 23456789", "0151 / 23456789", f"sms:{NUMBER}"]


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def missed(world: World) -> None:
    missing.take(world.deps, world.shop, "own", MissedCall("call-1", NUMBER, datetime(2026, 11, 25, 9, tzinfo=UTC)))


def booked(world: World, email: str = "jo@example.org") -> None:
    fields = {
        "slot": "soon", "phone": "0151 23456789", "name": NAME, "email": email, "note": f"My {WORD}.",
        "submission_id": "1",
    }  # fmt: skip
    booking.book(world.deps, world.shop, fields, "192.0.2.1")


def logged(world: World, **fields: str) -> None:
    (ada,) = (agent for agent in world.shop.agents if agent.address == ADA)
    said = {"channel": "phone", "name": NAME, "phone": "0151 234567-89", "notes": f"Her {WORD}.", "subject": WORD}
    log_contact(world.deps, world.shop, ActionInput(said | fields, Person.of(ada)), "contact 1")


def texted(provider: Provider) -> Callable[[World], None]:
    def take(world: World) -> None:
        said = Said(Kind.WORDS, Handle(provider, DIGITS), "200", "m1", START, f"My {WORD}.", NAME)
        taking.take(world.deps, world.shop, said)

    return take


WAYS = [missed, logged, texted(Provider.WHATSAPP), texted(Provider.SMS)]


def over(world: World) -> Ticket:
    for ref in [ref for ref, ticket in world.store.tickets.items() if not ticket.merged_into]:
        records.closed(world, ref)
    world.clock.advance(days=1)
    agents.stream(world)
    records.indexed(world)
    (*_, ticket) = world.store.tickets.values()
    return ticket


def erase(world: World, who: str, **fields: Any) -> dict[str, Any]:
    event = {"shop": "northlight", "email": who, "confirm": who, "reason": "Asked for by letter"} | fields
    return erasing.erase_subject(world.deps, event, FakeRun())


def exported(world: World, who: str) -> tuple[dict[str, Any], str]:
    answer = export_subject(world.deps, {"shop": "northlight", "email": who}, FakeRun())
    with zipfile.ZipFile(io.BytesIO(world.files.kept[answer["key"]][0])) as archive:
        return answer, "".join(archive.read(name).decode() for name in archive.namelist())


def correct(world: World, who: str, **fields: str) -> dict[str, Any]:
    return rectifying.rectify_subject(world.deps, {"shop": "northlight", "email": who} | fields, FakeRun())


def nothing_is_left(world: World) -> None:
    kept = records.state(world)
    kept.pop("certificates")
    assert not any(kept.values()), {name: value for name, value in kept.items() if value}
    assert records.found(world, *TRACES) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", TYPED)
def test_an_erasure_by_the_number_leaves_nothing(world: World, way: Callable[[World], None], who: str) -> None:
    way(world)
    over(world)
    assert records.found(world, *TRACES)
    planned = erase(world, who, dry_run=True)
    assert (planned["deleted"], planned["anonymised"], planned["kept"]) == (1, 0, [])
    done = erase(world, who)
    assert (done["deleted"], done["complete"], done["kept"]) == (1, True, [])
    nothing_is_left(world)


@pytest.mark.parametrize("way", WAYS)
def test_a_purge_leaves_nothing(world: World, way: Callable[[World], None]) -> None:
    way(world)
    over(world)
    exported(world, NUMBER)
    records.years_later(world)
    assert records.purge(world)["complete"]
    nothing_is_left(world)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", [TYPED[0], TYPED[4], TYPED[5]])
def test_an_export_by_the_number_has_the_ticket(world: World, way: Callable[[World], None], who: str) -> None:
    way(world)
    ticket = over(world)
    answer, content = exported(world, who)
    assert (answer["found"], answer["tickets"]) == (True, 1)
    assert ticket.ref in content
    assert way is missed or WORD in content


@pytest.mark.parametrize("way", WAYS)
def test_a_correction_by_the_number_reaches_the_ticket(world: World, way: Callable[[World], None]) -> None:
    way(world)
    ticket = over(world)
    assert correct(world, "0151 23456789", name="Mira Holm")["corrected"] == 1
    after = world.store.tickets[ticket.ref]
    assert (after.requester.name, after.opening.person.name) == ("Mira Holm", "Mira Holm")
    assert erase(world, NUMBER)["deleted"] == 1
    nothing_is_left(world)


@pytest.mark.parametrize("way", [missed, logged])
@pytest.mark.parametrize("fields", [{"phone": "+49 30 901820"}, {"new_email": "mira@example.com"}])
def test_after_a_correction_the_number_finds_nobody(
    world: World, way: Callable[[World], None], fields: dict[str, str]
) -> None:
    way(world)
    over(world)
    assert correct(world, NUMBER, **fields)["corrected"] == 1
    agents.stream(world)
    records.indexed(world)
    assert erase(world, NUMBER)["deleted"] == 0
    assert erase(world, next(iter(fields.values())))["deleted"] == 1
    nothing_is_left(world)


def test_a_number_beside_anothers_address_is_named_and_not_erased(world: World) -> None:
    missed(world)
    booked(world)
    _, beside = list(world.store.tickets)
    over(world)
    answer, content = exported(world, NUMBER)
    assert (answer["named"], answer["tickets"]) == ([beside], 1)
    assert WORD not in content
    assert correct(world, NUMBER, name="Mira Holm")["named"] == [beside]
    assert erase(world, NUMBER, dry_run=True)["named"] == [beside]
    done = erase(world, NUMBER)
    assert (done["deleted"], done["named"], done["named_in_all"], done["complete"]) == (1, [beside], 1, True)
    (left,) = world.store.tickets.values()
    assert (left.ref, left.requester.phone, left.requester.name) == (beside, NUMBER, NAME)


def test_a_booked_call_is_erased_and_purged_whole(world: World) -> None:
    booked(world)
    over(world)
    assert erase(world, "jo@example.org")["deleted"] == 1
    nothing_is_left(world)
    booked(world)
    over(world)
    records.years_later(world)
    assert records.purge(world)["complete"]
    nothing_is_left(world)


def test_an_admin_names_the_tickets_that_are_theirs(world: World) -> None:
    missed(world)
    booked(world)
    _, beside = list(world.store.tickets)
    over(world)
    planned = erase(world, NUMBER, also=[beside.lower()], dry_run=True)
    done = erase(world, NUMBER, also=[beside.lower()])
    assert (planned["deleted"], done["deleted"], done["complete"], "named" in done) == (2, 2, True, False)
    nothing_is_left(world)


def test_words_of_a_caller_in_anothers_ticket_are_taken_out_and_the_rest_stays(world: World) -> None:
    agents.opened(world)
    (ref,) = world.store.tickets
    logged(
        world,
        reference=ref,
        phone="0151 23456789",
        notes=f"She called from 0151 / 234 567 89 about {WORD}.",
        subject="",
    )
    over(world)
    assert erase(world, NUMBER)["anonymised"] == 1
    assert records.found(world, *TRACES) == []
    assert world.store.tickets[ref].requester.address == agents.MIRA
    partition = world.store.ticket_partition(ref)
    assert partition
    assert set(auditing.verdicts(world.deps, ref, partition).values()) == {Verdict.WHOLE}
    assert erase(world, NUMBER)["anonymised"] == 0


def test_a_run_that_dies_while_taking_a_caller_out_is_finished_by_the_next(world: World) -> None:
    agents.opened(world)
    (ref,) = world.store.tickets
    for number in (1, 2):
        notes = f"She called from 0151 / 234 567 89 about {WORD} {number}."
        logged(world, reference=ref, phone="0151 23456789", notes=notes, subject="")
    over(world)
    counted, whole = faults.Fault(), copied(world)
    event = {"shop": "northlight", "email": NUMBER, "confirm": NUMBER, "reason": "Asked for by letter"}
    erasing.erase_subject(faults.fragile(whole.deps, counted), event, FakeRun())
    halves = 0
    for fault in faults.every_death(counted.seen):
        dying = copied(world)
        with pytest.raises(faults.Died):
            erasing.erase_subject(faults.fragile(dying.deps, fault), event, FakeRun())
        halves += bool(dying.store.tickets[ref].custody.leaving)
        assert erase(dying, NUMBER)["complete"]
        assert records.found(dying, *TRACES) == []
        assert dying.store.tickets[ref].custody.leaving == ()
    assert halves


def test_a_number_that_was_wrong_is_gone_with_its_ticket(world: World) -> None:
    missed(world)
    (ref,) = world.store.tickets
    agents.acts(world, "call_result", ref, result="wrong_number", notes="Nobody there.")
    ticket = world.store.tickets[ref]
    changing.change(world.deps, ticket, SOON, "0151 98765432", "press", "192.0.2.1")
    assert world.store.tickets[ref].requester.phone == "+4915198765432"
    over(world)
    assert erase(world, "0151 98765432")["deleted"] == 1
    nothing_is_left(world)


def test_callers_with_two_numbers_are_merged_only_if_an_agent_says_so(world: World) -> None:
    for ref, number in (("A", "+49 30 901820"), ("B", "+49 30 901821"), ("C", "+49 (0)30 901820")):
        agents.opened(world, f"NL-00000-0000{ref}", person=Person("", "", number))
    first, second, again = world.store.tickets
    with pytest.raises(InvalidEvent) as refused:
        agents.acts(world, "merge", second, into=first)
    assert "two customers" in refused.value.sentences["into"]
    agents.acts(world, "merge", again, into=first)
    over(world)
    assert erase(world, "030 901820")["deleted"] == 1
    assert [ticket.ref for ticket in world.store.tickets.values()] == [second]


def test_a_ticket_stored_when_numbers_were_no_addresses_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    logged(world)
    ticket = over(world)
    before = {("northlight", word) for word in readings(world.deps, "northlight", phones.words(ticket.requester.phone))}
    for key in world.store.words.keys() - before:
        del world.store.words[key]
    monkeypatch.setattr(world.store, "refs_of", lambda *_: iter(()))
    assert erase(world, NUMBER)["deleted"] == 1


def test_a_call_back_that_is_promised_still_is_kept_and_named(world: World) -> None:
    missed(world)
    records.indexed(world)
    (ref,) = world.store.tickets
    answer = erase(world, NUMBER)
    assert [kept["reference"] for kept in answer["kept"]] == [ref]
    assert world.store.tickets[ref].requester.phone == NUMBER


@pytest.mark.parametrize("number", ["+49 30 901820", "+43 151 23456789", "151 23456789", "+49 151 234567890"])
def test_another_number_is_another_person(world: World, number: str) -> None:
    logged(world)
    over(world)
    assert erase(world, number)["deleted"] == 0
    assert not exported(world, number)[0]["found"]


@pytest.mark.parametrize("who", ["12", "+49 30 901820 / 0151 234567", "call me", "tel:", "1" * 70, ""])
def test_what_is_no_number_is_refused_with_what_to_type(world: World, who: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        erase(world, who)
    assert '{"email": "+49 30 901820"}' in refused.value.sentences["email"]


@pytest.mark.parametrize("also", ["NL-7K3F9-QXMT2", [7], ["?"], ["NL-7K3F9-QXMT2"] * 101])
def test_also_takes_references_only(world: World, also: Any) -> None:
    with pytest.raises(InvalidEvent) as refused:
        erase(world, NUMBER, also=also)
    assert "also" in refused.value.sentences


def test_the_reason_may_not_hold_the_number(world: World) -> None:
    missed(world)
    with pytest.raises(InvalidEvent):
        erase(world, NUMBER, reason="Asked for by 0151 23456789")
