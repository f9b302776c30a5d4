"""One address, one person: whoever wrote with one spelling of their domain is found by the other for every right that
they have, and no code compares addresses by itself."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import contacts
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.exports import subject_exports
from chalicelib.services.intake.arrivals import SPAM
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import erasing, rectifying
from chalicelib.services.tickets import indexing
from tests.support import agents
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.unit.services.intake.test_receiving import CARE

SPELLINGS = ("bodo@bücher.example", "bodo@xn--bcher-kva.example", "BODO@BÜCHER.example")
PAIRS = [(one, other) for one in SPELLINGS[:2] for other in SPELLINGS if one != other]
ROOT = Path(__file__).parents[4] / "chalicelib"


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def wrote(world: World, address: str, failed: Collection[str] = ()) -> Ticket:
    raw = f"From: Bodo <{address}>\r\nTo: {CARE}\r\nSubject: Lamp\r\nMessage-ID: <1@x>\r\n\r\nIt hums.".encode()
    receive(world.deps, MailReceived(world.arrives(raw), (CARE,), frozenset(failed)))
    agents.stream(world)
    ticket = world.store.only_ticket()
    indexing.index(world.deps, ticket)
    return ticket


@pytest.mark.parametrize(("one", "other"), PAIRS)
class TestRights:
    def test_the_copy_of_their_data(self, world: World, one: str, other: str) -> None:
        wrote(world, one)
        answer = subject_exports.export_subject(world.deps, {"shop": "northlight", "email": other}, FakeRun())
        assert answer["tickets"] == 1

    def test_their_erasure(self, world: World, one: str, other: str) -> None:
        wrote(world, one, failed=(SPAM,))  # quarantined, so that nothing is under way
        event = {"shop": "northlight", "email": other, "reason": "Asked for by letter", "confirm": other}
        answer = erasing.erase_subject(world.deps, event, FakeRun())
        assert (answer["complete"], answer["deleted"], world.store.tickets) == (True, 1, {})

    def test_their_correction(self, world: World, one: str, other: str) -> None:
        ticket = wrote(world, one)
        event = {"shop": "northlight", "email": other, "name": "Bodo Buch", "new_email": "bodo@neu.example"}
        assert rectifying.rectify_subject(world.deps, event, FakeRun())["corrected"] == 1
        assert world.store.tickets[ticket.ref].requester == Person("Bodo Buch", "bodo@neu.example")

    def test_the_number_of_their_call(self, world: World, one: str, other: str) -> None:
        ticket = wrote(world, one)
        call = {
            "channel": "phone", "direction": "in", "notes": "It hums still.", "name": "B.", "address": other,
            "phone": "+49 30 123456", "reference": ticket.ref,
        }  # fmt: skip
        ada = Person("Ada Lindqvist", agents.ADA)
        contacts.log_contact(world.deps, world.shop, ActionInput(call, ada), "one")
        assert world.store.tickets[ticket.ref].requester.phone == "+49 30 123456"


def test_no_code_compares_addresses_by_itself() -> None:
    compared = re.compile(
        r"\.address(?:\.(?:lower|casefold)\(\))? ?(?:==|!=) ?[\w.]*\.address\b|\.address\.(?:lower|casefold)\("
    )
    # Agents have the spelling of the policy, and are compared with themselves; reading a mail knows no people.
    others = ("services/help/earlier.py", "mail/")
    found = {
        str(path.relative_to(ROOT)): line.strip()
        for path in ROOT.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if compared.search(line)
    }
    assert [path for path in found if not path.startswith(others)] == []


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_they_are_one_person(one: str, other: str) -> None:
    assert Person("Bodo", one).is_also(Person("Bodo", other))
    assert not Person("Bodo", one).is_also(Person("Ada", other))
    assert same(one, other)
