"""Files in a chat: each belongs to its line, is sent once, and is reached by a link to it alone."""

from collections.abc import Sequence

import pytest

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.rules.chats.lines import MOST_FILES
from chalicelib.rules.intake.submission import LARGEST_UPLOAD, MAX_FILES
from chalicelib.rules.tickets.ticket import Change, Ticket, evolve
from chalicelib.services.actions import chatting as desk
from chalicelib.services.chats import reading, transcript
from chalicelib.services.customer import chatting, customer_page
from chalicelib.services.intake.chats import beginning
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.tickets import uploading
from chalicelib.services.tickets.filing import IncomingFile, prefix
from chalicelib.services.tickets.uploading import Uploaded
from tests.support.store.fakes import PUBLIC_URL, World, world
from tests.unit.services.chats.test_chats import (
    HOME,
    answers,
    begin,
    faults,
    fields,
    mailed,
    says,
    stored,
    take,
    there,
    token,
)

PHOTO = IncomingFile("lamp.jpg", "image/jpeg", b"a lamp")
LABEL = IncomingFile("label.pdf", "application/pdf", b"a label")


@pytest.fixture
def here() -> World:
    return world(limits_on=False)


@pytest.fixture
def ticket(here: World) -> Ticket:
    there(here)
    begun = begin(here)
    take(here, begun)
    return begun


def sends(
    here: World, ticket: Ticket, *files: IncomingFile, text: str = "", id: str = "", uploads: Sequence[Uploaded] = ()
) -> chatting.Done:
    words = {"id": id or f"files-{here.store.tickets[ticket.ref].version:04}", "text": text}
    return chatting.say(here.deps, token(here, ticket), words, HOME, files, uploads)


def upload(here: World, size: int = 5) -> Uploaded:
    asked = {"filename": "film.mp4", "content_type": "video/mp4", "size": "5"}
    begun = uploading.begin(here.deps, here.shop, asked, HOME)
    here.files.uploads[begun["fields"]["key"]] = (b"x" * size, "video/mp4")
    return Uploaded(begun["upload"])


def names(here: World, ticket: Ticket) -> list[list[str]]:
    """The names of the files of each line that has some."""
    seen = reading.live(here.deps, token(here, ticket))
    return [[file.name for file in line.files] for line in seen.lines if line.files]


def urls(here: World, ticket: Ticket) -> list[str]:
    return [file.url for line in reading.live(here.deps, token(here, ticket)).lines for file in line.files]


def fetched(here: World, url: str) -> str:
    return customer_page.download(here.deps, url.removeprefix(f"{PUBLIC_URL}/f/"))


def test_both_sides_send_files_with_words_and_without(here: World, ticket: Ticket) -> None:
    assert sends(here, ticket, PHOTO, uploads=[upload(here)]).number == 3
    words = {"id": "label-for-mira", "text": "Print this."}
    desk.say(here.deps, here.shop, ticket.ref, words, here.shop.agents[0], [LABEL])
    assert names(here, ticket) == [["lamp.jpg", "film.mp4"], ["label.pdf"]]
    assert [f"/{prefix(ticket.ref)}" in fetched(here, url) for url in urls(here, ticket)] == [True] * 3


def test_a_line_that_comes_again_is_one_and_other_files_under_its_id_are_an_error(here: World, ticket: Ticket) -> None:
    film = upload(here)
    first = sends(here, ticket, PHOTO, text="Look", id="line-one", uploads=[film])
    assert sends(here, ticket, PHOTO, text="Look", id="line-one", uploads=[film]) == first
    with pytest.raises(InvalidFields) as refused:
        sends(here, ticket, LABEL, text="Look", id="line-one")
    assert faults(refused) == {"id": "reused"}
    assert names(here, ticket) == [["lamp.jpg", "film.mp4"]]
    assert stored(here, ticket).chat.files == 2  # type: ignore[union-attr]


def test_a_line_has_as_many_files_as_a_reply(here: World, ticket: Ticket) -> None:
    files = [IncomingFile(f"{number}.txt", "text/plain", b"%d" % number) for number in range(MAX_FILES + 1)]
    with pytest.raises(InvalidFields) as refused:
        sends(here, ticket, *files)
    assert faults(refused) == {"attachments": "attachments_too_many"}
    with pytest.raises(InvalidFields) as large:
        sends(here, ticket, uploads=[upload(here, LARGEST_UPLOAD + 1)])
    assert faults(large) == {"attachments": "attachments_too_large"}
    with pytest.raises(InvalidFields) as empty:
        sends(here, ticket)
    assert faults(empty) == {"text": "missing"}
    assert names(here, ticket) == []


def test_a_customer_may_send_so_many_in_a_chat_and_the_agent_all_the_same(here: World, ticket: Ticket) -> None:
    for number in range(MOST_FILES // MAX_FILES):
        sends(here, ticket, *[PHOTO] * MAX_FILES, id=f"ten-files-{number}")
    with pytest.raises(InvalidFields) as refused:
        sends(here, ticket, PHOTO)
    assert faults(refused) == {"attachments": "chat_files_enough"}
    says(here, ticket, "That was all.")
    words = {"id": "label-for-mira", "text": ""}
    desk.say(here.deps, here.shop, ticket.ref, words, here.shop.agents[0], [LABEL])
    assert len(urls(here, ticket)) == MOST_FILES + 1


def test_an_agents_line_with_a_mail_of_ours_is_refused(here: World, ticket: Ticket) -> None:
    words = {"id": "a-mail-of-ours", "text": "See."}
    ours = IncomingFile("mail.eml", "message/rfc822", b"X-Aftercare-Loop: digest\r\n\r\nFor agents")
    with pytest.raises(InvalidFields) as refused:
        desk.say(here.deps, here.shop, ticket.ref, words, here.shop.agents[0], [ours])
    assert faults(refused) == {"attachments": "holds_our_mail"}
    assert names(here, ticket) == []


def test_files_that_come_after_the_end_are_with_the_message(here: World, ticket: Ticket) -> None:
    chatting.end(here.deps, token(here, ticket), "end")
    assert sends(here, ticket, PHOTO, text="One more").as_message
    _, messages = here.deps.tickets.conversation(ticket.ref)
    assert [[file.filename for file in each.files] for each in messages if each.text == "One more"] == [["lamp.jpg"]]
    assert names(here, ticket) == []  # the chat's link shows its lines only


def test_links_end_with_the_ticket_s_links(here: World, ticket: Ticket) -> None:
    sends(here, ticket, PHOTO)
    (url,) = urls(here, ticket)
    here.store.commit(Change(evolve(stored(here, ticket), link_version=2)))
    with pytest.raises(InvalidLink):
        fetched(here, url)


def test_the_transcript_names_them(here: World, ticket: Ticket) -> None:
    answers(here, ticket, "Which lamp?")
    sends(here, ticket, PHOTO, text="Look")
    sends(here, ticket, IncomingFile("www.evil.example.pdf", "application/pdf", b"x"))
    seen = reading.live(here.deps, token(here, ticket))
    said = transcript.text(seen.shop, seen.ticket, seen.lines)
    assert "Mira Holm: Look\n    [File: lamp.jpg]\n" in said
    words = mailed(here, ticket).text
    assert "lamp. jpg]" in words  # taken apart, so that it becomes no link
    assert "www.evil.example" not in words  # nobody has proven the address


def begins(here: World, *files: IncomingFile, **changes: str) -> Ticket:
    sent = fields(1, **changes)
    caller = Caller(HOME, submission_id=sent["submission_id"])
    return stored(here, beginning.begin(here.deps, here.shop, sent, caller, None, files).ticket)


def test_a_chat_begins_with_files_which_count_and_are_those_of_its_first_line(here: World) -> None:
    there(here)
    film = uploading.incoming_file(here.deps, here.shop, upload(here))
    ticket = begins(here, PHOTO, film)
    seen = reading.live(here.deps, token(here, ticket))
    assert [(line.number, line.text, [file.name for file in line.files]) for line in seen.lines] == [
        (1, "My lamp hums.", ["lamp.jpg", "film.mp4"])
    ]
    assert all(f"/{prefix(ticket.ref)}" in fetched(here, url) for url in urls(here, ticket))
    assert stored(here, ticket).chat.files == 2  # type: ignore[union-attr]
    take(here, ticket)
    answers(here, ticket, "I see it.")
    assert "[File: film.mp4]" in transcript.text(here.shop, stored(here, ticket), seen.lines)


def test_the_same_form_is_one_chat_and_another_file_is_another(here: World) -> None:
    there(here)
    ticket = begins(here, PHOTO)
    assert begins(here, PHOTO).ref == ticket.ref
    assert begins(here, LABEL).ref != ticket.ref


def test_with_nobody_there_the_files_are_with_the_message(here: World) -> None:
    ticket = begins(here, PHOTO)
    assert not stored(here, ticket).chat.open  # type: ignore[union-attr]
    assert names(here, ticket) == [["lamp.jpg"]]


def test_a_chat_begins_with_as_many_files_as_a_message(here: World) -> None:
    with pytest.raises(InvalidFields) as refused:
        begins(here, *[PHOTO] * (MAX_FILES + 1), name="")
    assert faults(refused) == {"name": "missing", "attachments": "attachments_too_many"}
    assert here.store.tickets == {}


def test_what_fails_at_the_ticket_has_kept_the_files_and_comes_again_with_them(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    there(here)
    film = uploading.incoming_file(here.deps, here.shop, upload(here))

    def failing(change: Change) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(here.store, "commit", failing)
        with pytest.raises(ConnectionError):
            begins(here, PHOTO, film)
    assert here.store.tickets == {}
    ticket = begins(here, PHOTO, film)
    assert names(here, ticket) == [["lamp.jpg", "film.mp4"]]
    assert len([key for key in here.files.kept if key.startswith(prefix(ticket.ref))]) == 2
