"""The copy of a person's data that they are given: complete, without other people's data, also after killed runs."""

import html
import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rendering import words
from chalicelib.rules.exports import columns
from chalicelib.rules.policy.promises import DeskTerms, SecondReader
from chalicelib.rules.tickets.ticket import Author, Change, Channel, File, Message, Person, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.exports import export_growth, subject_exports
from chalicelib.services.exports.export_growth import LEASE
from chalicelib.services.tickets.indexing import index
from tests.support import agents, audit_events, samples
from tests.support.agents import ADA, MIRA, TOM, acts
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.support.store.faults import Died, Fault, every_death, fragile

EVENT = {"shop": "northlight", "email": MIRA}
JO = Person("Jo Bystander", "jo.bystander@example.org")
PHOTO = File("1", "shade.jpg", "image/jpeg", 5, "tickets/photo")


def life(world: World) -> Ticket:
    """Mira's complaint with a photograph, her mail, an answer, a referral and a message of her friend; and Jo's
    complaint with a message of Mira's."""
    files = (PHOTO,)
    ticket = agents.opened(world, files=files, raw_key="tickets/raw", channel=Channel.MAIL)
    world.files.keep(PHOTO.key, b"photo", "image/jpeg")
    world.files.keep("tickets/raw", b"raw mail", "message/rfc822")
    acts(world, "answer", text="Dear Mira Holm, sorry. Call Jo Bystander or write to jo.bystander@example.org.")
    acts(world, "refer", to="swiftparcel", text="Where is it?", facts=["order_number", "name"])
    wrote(
        world, ticket.ref, "jo", JO, Author.OTHER, "I am Jo and this is my secret.", File("2", "jo.pdf", "x/y", 2, "k")
    )
    agents.stream(world)
    jos = agents.opened(world, ref="NL-JJJJJ-00000", person=JO, subject="Jo's own matter", text="Jo's own words")
    wrote(world, jos.ref, "mira", Person("Mira Holm", MIRA), Author.OTHER, "Mira was here.")
    said: list[Ticket | Message] = [*world.store.tickets.values(), *world.store.messages.values()]
    for item in said:
        index(world.deps, item)
    return ticket


def wrote(world: World, ref: str, id: str, person: Person, author: Author, text: str, *files: File) -> None:
    message = Message(id, ref, world.clock.advance(minutes=1), author, person, Channel.MAIL, text, files=files)
    world.store.commit(Change(messages=(message,)))


@pytest.fixture
def lived(world: World) -> World:
    life(world)
    return world


def export(world: World, run: FakeRun | None = None, **changes: Any) -> dict[str, Any]:
    return subject_exports.export_subject(world.deps, EVENT | changes, run or FakeRun())


def unpacked(world: World, answer: dict[str, Any]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(world.files.kept[answer["key"]][0])) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
        return {name: archive.read(name) for name in archive.namelist()}


class TestContents:
    def test_it_contains_all_messages_with_files_and_raw_mails(self, lived: World) -> None:
        files = unpacked(lived, export(lived))
        start = f"tickets/{samples.REF}"
        assert files[f"{start}/files/001-01-shade.jpg"] == b"photo"
        assert files[f"{start}/mails/001.eml"] == b"raw mail"
        told = json.loads(files[f"{start}/ticket.json"])
        assert told["messages"][0]["text"] == samples.WORDS
        assert told["messages"][0]["files"] == ["files/001-01-shade.jpg", "mails/001.eml"]
        assert told["facts"]["order_number"] == "NL-2026-204117"
        assert told["went_to"][0]["name"] == "SwiftParcel"
        assert {line["what"] for line in told["log"]} >= {"opened it", "answered"}
        page = files[f"{start}/ticket.html"].decode()
        assert "cracked" in page
        assert 'href="files/001-01-shade.jpg"' in page

    @pytest.mark.parametrize("language", words.languages())
    def test_its_pages_are_readable_and_link_to_the_json(self, world: World, language: str) -> None:
        agents.opened(world, language=language, country="DE")
        acts(world, "refer", to="swiftparcel", text="Where is it?", facts=["order_number", "name"])
        acts(world, "find", fault="courier", reason="It fell.")
        acts(world, "remedy", remedy_kind="refund", carried_out_by="courier")
        acts(world, "extend", by="9 days", reason="Parts.")
        acts(world, "prioritise", priority="high")
        agents.stream(world)
        world.clock.advance(days=6)
        look_after_due(world.deps)
        agents.stream(world)
        files = unpacked(world, export(world))
        start = f"tickets/{samples.REF}"
        page, told = files[f"{start}/ticket.html"].decode(), json.loads(files[f"{start}/ticket.json"])
        read = html.unescape(re.sub(r"<[^>]+>", " ", page.partition("</style>")[2]))
        (topic,) = (topic for topic in world.shop.topics if topic.id == "damaged_in_transit")
        expected = [
            world.shop.text(topic.label, language), words.phrase(language, "language.name"),
            words.phrase(language, "remedy_kind.refund"), words.phrase(language, "policy.country.DE"),
            words.moment(START, world.shop.timezone, language), "SwiftParcel",
            words.phrase(language, "referral.fact.order_number"),
            words.phrase(language, "desk.ticket.log_detail.until").format(
                value=words.date_in_words(date(2027, 1, 3), language)
            ),
        ]  # fmt: skip
        assert not [said for said in expected if said not in " ".join(read.split())]
        codes = r"\d{4}-\d\d-\d\d|\b\w+_\w+\b|to swiftparcel|\bUTC\b| to high|\d, reminder|, through"
        plain = read.replace(samples.ticket().order_number or "", "")
        assert not re.findall(codes, plain)
        assert 'href="ticket.json"' in page
        assert 'href="data.json"' in files["index.html"].decode()
        assert told["facts"]["topic"] == "damaged_in_transit"
        assert told["facts"]["resolve_due"].endswith("Z")
        assert "said" not in json.loads(files["data.json"])["tickets"][0]

    def test_the_index_links_to_each_ticket_and_explains_recipients_retention_and_rights(self, lived: World) -> None:
        page = unpacked(lived, export(lived))["index.html"].decode()
        for said in (samples.REF, "NL-JJJJJ-00000", "SwiftParcel", "3 years", "35 days", "to delete your data", MIRA):
            assert said in page
        assert 'href="tickets/NL-7K3F9-QXMT2/ticket.html"' in page

    def test_it_contains_no_other_persons_data(self, lived: World) -> None:
        files = unpacked(lived, export(lived))
        every = b"\n".join(content for name, content in files.items()).decode("utf-8", "replace").lower()
        for hidden in (JO.name, JO.address, "Jo's own", ADA, "Ada Lindqvist", "tom@northlight"):
            assert hidden.lower() not in every, hidden
        assert not any("jo.pdf" in name for name in files)
        assert "[another person]" in every
        assert "[one of our people]" in every

    @pytest.mark.parametrize("author", [Author.OTHER, Author.CUSTOMER])
    def test_another_persons_messages_and_files_are_left_out(self, lived: World, author: Author) -> None:
        lived.files.keep("k2", b"Jo's secret file", "x/y")
        jos = File("3", "secret.pdf", "x/y", 2, "k2")
        wrote(lived, samples.REF, "jo2", JO, author, "My number is 030 5550199.", jos)
        files = unpacked(lived, export(lived))
        assert b"5550199" not in b"".join(files.values())
        assert b"Jo's secret file" not in files.values()
        told = json.loads(files[f"tickets/{samples.REF}/ticket.json"])
        assert told["messages"][-1]["text"] == words.phrase("en", "subject.masked.words")

    @pytest.mark.parametrize("approved", [False, True])
    def test_an_answer_that_has_not_left_is_told_by_no_export(self, world: World, approved: bool) -> None:
        world.with_shop(desk=DeskTerms(second_reader=SecondReader(kinds=("complaint",))))
        life(world)
        if approved:
            acts(world, "approve_answer", agent=TOM)
            agents.stream(world)
        assert (b"sorry. Call" in b"".join(unpacked(world, export(world)).values())) is approved

    def test_from_others_tickets_it_contains_only_the_persons_messages(self, lived: World) -> None:
        told = json.loads(unpacked(lived, export(lived))["tickets/NL-JJJJJ-00000/ticket.json"])
        assert [message["text"] for message in told["messages"]] == ["Mira was here."]
        assert (told["theirs"], told["subject"], told["log"], told["facts"]) == (False, "", [], {})

    def test_it_is_in_the_customers_language(self, world: World) -> None:
        agents.opened(world, language="de")
        files = unpacked(world, export(world))
        assert "Ihre persönlichen Daten" in files["index.html"].decode()
        assert "Bestellnummer" in files[f"tickets/{samples.REF}/ticket.html"].decode()

    def test_every_fact_has_words(self) -> None:
        for language in words.languages():
            for column in columns.TICKET:
                if column.name not in ("state", "subject", "opened_at", "referred_to"):
                    assert words.phrase(language, f"subject.fact.{column.name}")

    def test_an_unknown_person_gets_an_index_that_says_so(self, world: World) -> None:
        answer = export(world, email="stranger@example.com")
        assert (answer["finished"], answer["found"], answer["tickets"]) == (True, False, 0)
        assert set(unpacked(world, answer)) == {"index.html", "data.json"}

    def test_it_contains_no_other_shops_tickets(self, lived: World) -> None:
        assert export(lived, shop="kettle")["tickets"] == 0

    def test_neither_key_nor_audit_trail_names_the_person(self, lived: World) -> None:
        export(lived)
        ((_, audit_event),) = lived.store.audited.items()
        assert audit_event.action == "export_subject"
        assert not re.search("mira|holm|@", audit_events.words(audit_event), re.IGNORECASE)
        keys = [key for key in lived.files.kept if key.startswith("exports/")]
        assert keys
        assert all(
            re.fullmatch(r"exports/[0-9a-z]+/[0-9T]+/northlight-personal-data-[0-9a-z]{8}.zip", key) for key in keys
        ), keys


class TestManyTickets:
    def test_it_contains_all_tickets_after_several_runs(self, world: World) -> None:
        for number in range(130):
            ticket = samples.ticket(f"NL-{number:05d}-00000", world.clock.advance(minutes=1))
            world.store.commit(Change(ticket))
            index(world.deps, ticket)
        runs = 0
        while not (answer := export(world, FakeRun(steps=50)))["finished"]:
            runs += 1
        assert runs >= 4
        assert answer["tickets"] == 130
        files = unpacked(world, answer)
        assert len(files) == 2 + 2 * 130
        assert len(json.loads(files["data.json"])["tickets"]) == 130


class TestAgain:
    def test_the_same_event_after_changes_makes_and_then_returns_a_new_export(self, lived: World) -> None:
        first = export(lived)
        lived.clock.advance(minutes=20)
        acts(lived, "note", text="Only we know this.")
        acts(lived, "answer", text="The shade leaves us today.")
        assert export(lived)["key"] == first["key"]
        assert export(lived)["as_of"] == first["as_of"]
        rebuild = export(lived, rebuild=True)
        assert rebuild["key"] != first["key"]
        assert rebuild["as_of"] > first["as_of"]
        told = json.loads(unpacked(lived, rebuild)[f"tickets/{samples.REF}/ticket.json"])
        assert "The shade leaves us today." in str(told)
        assert export(lived)["key"] == rebuild["key"]

    def test_an_export_under_way_is_continued_and_its_next_run_does_not_restart_it(self, lived: World) -> None:
        run = FakeRun(steps=1)
        assert not export(lived, run, rebuild=True)["finished"]
        assert run.asked == [EVENT]
        assert export(lived)["finished"]


def test_a_run_killed_anywhere_is_completed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.store.files.LEAST_PART", 1)
    monkeypatch.setattr(export_growth, "PART", 3000)

    def begin(fault: Fault, world: World, steps: int) -> dict[str, Any]:
        return subject_exports.export_subject(fragile(world.deps, fault), EVENT, FakeRun(steps))

    def lived() -> World:
        world = new_world()
        life(world)
        return world

    reference = lived()
    whole = unpacked(reference, begin(Fault(), reference, 1_000_000))
    for steps in (2, 1_000_000):
        begin(undisturbed := Fault(), lived(), steps)
        for death in every_death(undisturbed.seen):
            world = lived()
            with pytest.raises(Died):
                begin(death, world, steps)
            made_at = world.clock()
            world.clock.advance(seconds=LEASE.total_seconds() + 1)
            while not (answer := export(world))["finished"]:
                pass
            found = unpacked(world, answer)
            assert found.keys() == whole.keys()
            assert all(found[name] == whole[name] for name in whole if name.startswith("tickets/")), made_at
            assert json.loads(found["data.json"])["tickets"] == json.loads(whole["data.json"])["tickets"]
            assert (answer["tickets"], len(world.store.audited) in (1, 2)) == (2, True)


@pytest.mark.parametrize(
    ("event", "field", "sentence"),
    [
        ({"shop": "nowhere"}, "shop", "name one of the shops"),
        ({"email": "Mira"}, "email", "write one mail address"),
        ({"address": MIRA}, "address", "the fields here are shop, email"),
    ],
)
def test_every_wrong_event_is_answered_with_what_to_type(
    world: World, event: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidEvent) as refused:
        export(world, **event)
    assert sentence in refused.value.sentences[field]
