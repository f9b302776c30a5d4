"""A mail with another person's Reply-To: that person gets the ticket, but the words belong to both. An erasure of
either removes the words, and a copy of their data shows them to each."""

import io
import json
import zipfile
from typing import Any

import pytest

from chalicelib.rules.tickets.messages import NOBODY
from chalicelib.rules.tickets.ticket import Person, Ticket
from chalicelib.services.exports import subject_exports
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import erasing, rectifying
from chalicelib.services.tickets import indexing
from tests.support import agents, records
from tests.support.agents import ADA
from tests.support.records import found
from tests.support.scenarios import CARE, JON, WILMA, Life, Somebody
from tests.support.store.fakes import FakeRun, World, written
from tests.support.store.fakes import world as new_world
from tests.unit.services.privacy.test_purging import copied

NEW = "wilma@neu.example"


@pytest.fixture
def world() -> World:
    """Wilma has written with Jon's Reply-To; Jon continues the ticket."""
    world = new_world(limits_on=False)
    life = Life(world)
    life.do("names", WILMA, 0, 4)
    life.do("page", JON, 0, 0)
    life.do("reply", JON, 0, 0)
    return world


def only(world: World) -> Ticket:
    (ticket,) = world.store.tickets.values()
    return ticket


def erase(world: World, who: Somebody) -> dict[str, Any]:
    event = {"shop": "northlight", "email": who.address, "confirm": who.address, "reason": "Asked for by letter"}
    Life(world).closes_all()
    return erasing.erase_subject(world.deps, event, FakeRun())


def handed_out(world: World, who: Somebody) -> dict[str, bytes]:
    event = {"shop": "northlight", "email": who.address}
    subject_exports.export_subject(world.deps, event, FakeRun())
    (key,) = (key for key in world.files.kept if key.startswith("exports/") and key.endswith(".zip"))
    with zipfile.ZipFile(io.BytesIO(world.files.read(key))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_ticket_is_the_reply_tos_and_names_the_writer(world: World) -> None:
    ticket = only(world)
    assert ticket.requester == ticket.opening.person == Person("", JON.address)
    assert ticket.opening.writer == Person(WILMA.name, WILMA.address)
    assert {message.writer for message in records.messages_of(world, ticket.ref)} == {NOBODY}


class TestErased:
    def test_erasing_the_writer_removes_their_words_and_data(self, world: World) -> None:
        answer = erase(world, WILMA)
        assert (answer["anonymised"], answer["deleted"], answer["kept"]) == (1, 0, [])
        assert found(world, *WILMA.traces) == []

    def test_erasing_the_writer_keeps_the_customers_words_and_ticket(self, world: World) -> None:
        erase(world, WILMA)
        ticket = only(world)
        assert ticket.requester == Person("", JON.address)
        said = [message.text for message in records.messages_of(world, ticket.ref) if message.person.address]
        assert len([text for text in said if JON.word in text]) == 2

    def test_erasing_the_customer_deletes_the_whole_ticket(self, world: World) -> None:
        answer = erase(world, JON)
        assert (answer["anonymised"], answer["deleted"]) == (0, 1)
        assert found(world, *JON.traces, *WILMA.traces) == []

    def test_erasing_the_customer_removes_the_words_from_a_merged_ticket(self, world: World) -> None:
        life = Life(world, number=20)
        life.do("form", WILMA, 0, 0)
        jons, hers = world.store.tickets
        agents.acts(world, "merge", jons, into=hers, anyway="yes")
        life.flows()
        answer = erase(world, JON)
        assert answer["anonymised"] == 1
        assert found(world, *JON.traces) == []
        assert world.store.tickets[jons].opening.text == ""
        assert WILMA.word in world.store.tickets[hers].opening.text

    def test_erasing_both_leaves_nothing(self, world: World) -> None:
        erase(world, WILMA)
        erase(world, JON)
        assert found(world, *JON.traces, *WILMA.traces) == []

    def test_erasing_the_writer_of_a_forwarded_mail_removes_their_words(self) -> None:
        world = new_world(limits_on=False)
        inner = written(f"{WILMA.name} <{WILMA.address}>", "Lamp", f"My {WILMA.word}.", Reply_To=JON.address)
        outer = written(f"Ada <{ADA}>", "Fwd: Lamp", "See below.", Message_ID="<fwd@x>")
        outer.add_attachment(inner)
        receive(world.deps, MailReceived(world.arrives(outer), (CARE,)))
        agents.stream(world)
        records.indexed(world)
        assert (only(world).requester.address, only(world).opening.writer.address) == (JON.address, WILMA.address)
        assert only(world).opening.sender == ""
        erase(world, WILMA)
        assert found(world, WILMA.name, WILMA.address, WILMA.word) == []


class TestAccess:
    def test_the_writers_copy_contains_words_file_and_mail(self, world: World) -> None:
        files = handed_out(world, WILMA)
        (name,) = (name for name in files if name.endswith("/ticket.json"))
        told = json.loads(files[name])
        assert told["theirs"] is False
        (message,) = told["messages"]
        assert WILMA.word in message["text"]
        assert message["author"] == WILMA.name
        assert [name.partition("/")[0] for name in message["files"]] == ["files", "mails"]
        texts = b"".join(content for name, content in files.items() if not name.endswith(".eml"))
        assert JON.word.encode() not in texts and JON.address.encode() not in texts

    def test_the_customers_copy_contains_the_words_without_the_writers_name(self, world: World) -> None:
        files = handed_out(world, JON)
        (name,) = (name for name in files if name.endswith("/ticket.json"))
        told = json.loads(files[name])
        assert WILMA.word in told["messages"][0]["text"]
        assert WILMA.name not in json.dumps(told)


class TestRectified:
    def rectified(self, world: World, **fields: str) -> dict[str, Any]:
        event = {"shop": "northlight", "email": WILMA.address} | fields
        answer = rectifying.rectify_subject(world.deps, event, FakeRun())
        indexing.index(world.deps, only(world).ref)
        return answer

    def test_the_writer_is_corrected_and_the_customer_stays(self, world: World) -> None:
        before = only(world)
        assert self.rectified(world, name="Wilma Sperlich", new_email=NEW)["corrected"] == 1
        after = only(world)
        assert after.opening.writer == Person("Wilma Sperlich", NEW)
        assert after.participants == (NEW,)
        assert (after.requester, after.link_version) == (before.requester, before.link_version)
        assert self.rectified(world, name="Wilma Sperlich", new_email=NEW)["corrected"] == 0

    def test_the_corrected_writer_is_found_until_the_ticket_is_purged(self, world: World) -> None:
        self.rectified(world, name="Wilma Sperlich", new_email=NEW)
        later = copied(world)
        who = Somebody("Wilma Sperlich", NEW, WILMA.phone, WILMA.word)
        erase(world, who)
        assert found(world, WILMA.word, NEW, "Sperlich") == []
        Life(later).closes_all()
        records.years_later(later)
        records.purge(later)
        assert not any(later.store.words.values())

    def test_the_writer_of_a_message_in_anothers_ticket_is_corrected_too(self) -> None:
        world = new_world(limits_on=False)
        life = Life(world)
        life.do("form", JON, 0, 0)
        life.do("reply", WILMA, 0, 0)
        assert self.rectified(world, name="Wilma Sperlich", new_email=NEW)["corrected"] == 1
        (message,) = (m for m in records.messages_of(world, only(world).ref) if WILMA.word in m.text)
        assert message.person == Person("Wilma Sperlich", NEW)
        assert only(world).participants == (NEW,)
        assert only(world).requester == Person(JON.name, JON.address)
