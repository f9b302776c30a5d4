"""Whoever is known by a messenger only is found, exported and erased by it, by each of their handles."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.identity.handles import Handle, Provider, of_address
from chalicelib.rules.intake.submission import is_address, is_reachable
from chalicelib.rules.tickets.clocks import RETAIN, Clock, Clocks
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.exports.subject_exports import export_subject
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import receive
from chalicelib.services.messages import taking
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import erasing
from chalicelib.services.tickets import indexing
from chalicelib.services.tickets.commits import change_ticket
from tests.support.store.fakes import START, FakeRun, World, world, written

BSUID, NUMBER = Handle(Provider.WHATSAPP, "DE.77"), Handle(Provider.WHATSAPP, "4915123456789")
OTHER = Handle(Provider.WHATSAPP, "DE.78")


@pytest.fixture
def here() -> World:
    made = world()
    whole = Said(Kind.WORDS, BSUID, "200", "m2", START, "With both.", "Mira", NUMBER)
    for said in (
        replace(whole, id="m1", who=NUMBER, also=None, text="By the number alone."),
        replace(whole, id="m3", who=OTHER, also=None, name="Jo", text="Somebody else."),
    ):
        taking.take(made.deps, made.shop, said)
        _ended(made)
    made.clock.at += timedelta(days=2)
    taking.take(made.deps, made.shop, replace(whole, at=made.clock()))
    _ended(made)
    for ticket in made.store.tickets.values():
        indexing.index(made.deps, ticket)
    return made


def _ended(made: World) -> None:
    def over(ticket: Ticket) -> Change:
        at = made.clock()
        clocks = Clocks((Clock(RETAIN, "1 year", at, at + timedelta(days=365)),))
        return Change(
            evolve(ticket, state=State.CLOSED, closed_at=at, outcome=Outcome.SETTLED, clocks=clocks, outbox=None)
        )

    for ticket in [each for each in made.store.tickets.values() if each.closed_at is None]:
        change_ticket(made.deps, ticket, over)


@pytest.mark.parametrize("email", ["whatsapp:+49 151 23456789", NUMBER.address, BSUID.address, "whatsapp:DE.77"])
def test_an_erasure_by_one_handle_erases_what_came_by_the_other(here: World, email: str) -> None:
    event: dict[str, Any] = {"shop": "northlight", "email": email, "confirm": email, "reason": "Asked for by letter"}
    planned = erasing.erase_subject(here.deps, event | {"dry_run": True}, FakeRun())
    assert (planned["deleted"], planned["anonymised"], planned["kept"]) == (2, 0, [])
    here.clock.advance(minutes=1)
    done = erasing.erase_subject(here.deps, event, FakeRun())
    assert (done["deleted"], done["complete"]) == (2, True)
    (left,) = here.store.tickets.values()
    assert left.requester.name == "Jo"


@pytest.mark.parametrize("email", ["whatsapp:+4915123456789", BSUID.address])
def test_an_export_is_of_the_person_by_either_handle(here: World, email: str) -> None:
    answer = export_subject(here.deps, {"shop": "northlight", "email": email}, FakeRun())
    assert answer["found"]
    exported = next(content for key, content in here.files.kept.items() if key.startswith("exports/"))
    assert exported


def test_nobodys_handle_is_found_by_a_mail_address(here: World) -> None:
    answer = export_subject(here.deps, {"shop": "northlight", "email": "mira@example.com"}, FakeRun())
    assert not answer["found"]


@pytest.mark.parametrize(
    ("who", "shown"),
    [(NUMBER, "+4915123456789 (whatsapp)"), (BSUID, "DE.77 (whatsapp)"), (None, "mira@example.com")],
)
def test_people_read_the_number_and_never_the_address_that_stands_for_it(who: Handle | None, shown: str) -> None:
    person = Person("", who.address if who else "mira@example.com")
    assert person.shown == person.called == shown


@pytest.mark.parametrize(
    "spelled", [BSUID.address, f"{BSUID.id}@\uff57hatsapp.invalid", f"{BSUID.id}\uff20whatsapp.invalid"]
)
@pytest.mark.parametrize("passed", [frozenset[str](), frozenset({DMARC})])
def test_no_mail_is_a_messengers_users(here: World, passed: frozenset[str], spelled: str) -> None:
    """Whoever writes such an address into a mail neither joins the ticket, nor has the user answered."""
    ticket = next(each for each in here.store.tickets.values() if each.requester.address == BSUID.address)
    mail = written(spelled, f"Re: [{ticket.ref}]", "Send it to me instead.")
    before = set(here.store.tickets)
    receive(here.deps, MailReceived(here.arrives(mail), ("care@help.northlight.example",), passed=passed))
    (opened,) = (here.store.tickets[ref] for ref in set(here.store.tickets) - before)
    assert not [each for each in here.store.messages.values() if each.ref == ticket.ref]
    assert of_address(opened.requester.address) is None
    assert not same(opened.requester.address, BSUID.address)
    assert opened.outbox is None or not opened.outbox.owes(Purpose.ACKNOWLEDGEMENT)


def test_no_form_takes_a_handle() -> None:
    assert not is_address(BSUID.address)
    assert not is_address(f"{BSUID.id}@\uff57hatsapp.invalid")
    assert is_reachable(BSUID.address)
    assert not is_reachable("@whatsapp.invalid")
