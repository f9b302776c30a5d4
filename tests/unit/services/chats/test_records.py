"""What the records of Aftercare make of a chat: exports have its lines, corrections and erasures reach them, and
nothing outlives its ticket."""

import io
import zipfile
from typing import Any

import pytest

from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.chats import present
from chalicelib.services.exports import subject_exports, ticket_exports
from chalicelib.services.privacy import auditing, erasing, rectifying
from chalicelib.services.tickets.filing import IncomingFile, prefix
from tests.support import agents, records
from tests.support.store.fakes import START, FakeRun, World, world
from tests.unit.services.chats.test_chats import answers, begin, chat_of, later, says, stored, take, there
from tests.unit.services.chats.test_files import sends

WORD, MIRA = "zwetschgenmus", "mira1@example.com"
EVENT = {"shop": "northlight", "email": MIRA}


@pytest.fixture
def here() -> World:
    return world(limits_on=False)


@pytest.fixture
def over(here: World) -> Ticket:
    """A chat whose words were mailed; the agent closed its ticket."""
    there(here)
    ticket = begin(here, message=f"My {WORD} hums.")
    take(here, ticket)
    says(here, ticket, f"The {WORD} is new.")
    sends(here, ticket, IncomingFile(f"{WORD}.txt", "text/plain", WORD.encode()))
    answers(here, ticket, f"Which {WORD}, and does {MIRA} reach you?")
    for _ in range(4):
        later(here, 5, 0)
    agents.stream(here)
    agents.acts(here, "close", ticket.ref, outcome="settled", reason="Done.")
    agents.stream(here)
    records.indexed(here)
    return stored(here, ticket)


def verdicts(here: World, ref: str) -> set[Verdict]:
    partition = here.store.ticket_partition(ref)
    assert partition
    return set(auditing.verdicts(here.deps, ref, partition).values())


def exported(here: World) -> str:
    """The texts of all exports, of archives those of their files."""
    return "\n".join(_text(content) for key, (content, *_) in here.files.kept.items() if key.startswith("exports/"))


def _text(content: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def files_of(here: World, ticket: Ticket) -> list[str]:
    return [key for key in here.files.kept if key.startswith(prefix(ticket.ref))]


def test_its_words_were_mailed_and_its_log_is_whole(here: World, over: Ticket) -> None:
    assert Purpose.TRANSCRIPT in [here.mailer.tags[mail.id]["purpose"] for mail in here.mailer.to(MIRA)]
    assert verdicts(here, over.ref) == {Verdict.WHOLE}


def test_the_export_of_tickets_has_its_lines_in_their_order(here: World, over: Ticket) -> None:
    days = {"from": START.date().isoformat(), "to": START.date().isoformat()}
    ticket_exports.export_tickets(
        here.deps, {"shop": "northlight", "format": "csv", "messages": True} | days, FakeRun()
    )
    text = exported(here)
    places = [text.index(f"~00000{number}") for number in (2, 3, 4, 5, 6)]
    assert places == sorted(places)
    assert text.index(f"The {WORD} is new.") < text.index(f"Which {WORD}")


def test_a_persons_archive_has_their_words_and_the_answers(here: World, over: Ticket) -> None:
    assert subject_exports.export_subject(here.deps, EVENT, FakeRun())["found"]
    assert f"The {WORD} is new." in exported(here)
    assert f"Which {WORD}" in exported(here)


def test_a_correction_reaches_each_line(here: World, over: Ticket) -> None:
    rectifying.rectify_subject(here.deps, EVENT | {"name": "Mira Sperlich"}, FakeRun())
    lines = here.deps.tickets.lines_after(over.ref, "~000001")[1]
    theirs = [line.person.name for line in lines if line.person.address == MIRA]
    assert theirs == ["Mira Sperlich"] * 2
    assert verdicts(here, over.ref) <= {Verdict.WHOLE}


def test_an_erasure_leaves_nothing_of_it(here: World, over: Ticket) -> None:
    event: dict[str, Any] = EVENT | {"confirm": MIRA, "reason": "Asked for by letter"}
    here.clock.advance(minutes=20)
    assert files_of(here, over)
    answer = erasing.erase_subject(here.deps, event, FakeRun())
    assert (answer["deleted"], answer["complete"]) == (1, True)
    assert records.found(here, WORD, MIRA, "Mira") == []
    assert not here.store.messages
    assert not files_of(here, over)


def test_a_purge_leaves_nothing_of_it(here: World, over: Ticket) -> None:
    records.years_later(here)
    assert files_of(here, over)
    assert records.purge(here)["complete"]
    assert not files_of(here, over)
    assert records.found(here, WORD, MIRA, "Mira") == []
    kept = records.state(here)
    kept.pop("certificates")
    assert not any(kept.values())


def test_what_it_held_is_free_and_nobody_is_there_any_more(here: World, over: Ticket) -> None:
    assert not chat_of(here, over).places
    here.clock.advance(minutes=2)
    assert present.agents(here.deps, here.shop) == ()


def test_another_persons_line_loses_the_address_that_it_names(here: World, over: Ticket) -> None:
    there(here)
    other = begin(here, 2)
    take(here, other)
    says(here, other, f"{MIRA} told me of it.")
    here.clock.advance(minutes=20)
    for _ in range(4):
        later(here, 5, 0)
    agents.stream(here)
    agents.acts(here, "close", other.ref, outcome="settled", reason="Done.")
    agents.stream(here)
    records.indexed(here)
    erasing.erase_subject(here.deps, EVENT | {"confirm": MIRA, "reason": "Asked for by letter"}, FakeRun())
    assert records.found(here, MIRA) == []
    line = here.deps.tickets.lines_after(other.ref, "~000002")[1][0]
    assert line.text.endswith("told me of it.")
    assert verdicts(here, other.ref) <= {Verdict.WHOLE}
