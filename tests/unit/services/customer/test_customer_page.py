"""What a customer sees behind their link, and how their reply is stored."""

from typing import Any

import pytest

from chalicelib.errors import InvalidFields, InvalidLink, UnknownFile
from chalicelib.rendering import pages
from chalicelib.rules.intake.opening import as_message
from chalicelib.rules.policy.promises import DeskTerms
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.messages import Surface
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, Change, File, Person, State, Ticket, evolve
from chalicelib.services.customer import customer_page
from chalicelib.services.desk import conversation
from chalicelib.services.tickets import links
from chalicelib.services.tickets.filing import IncomingFile
from tests.support import samples
from tests.support.store.fakes import World

ADA = Person("Ada Lindqvist", "ada@northlight.example")
PICTURE = IncomingFile("shade.jpg", "image/jpeg", b"picture")
FILE = File("1-abc", "shade.jpg", "image/jpeg", 7, "tickets/x/abc")


@pytest.fixture
def ticket(world: World) -> Ticket:
    ticket = samples.ticket(files=(FILE,))
    world.store.commit(Change(ticket))
    world.store.requests.clear()
    return ticket


def token(world: World, ticket: Ticket) -> str:
    return links.status_url(world.deps, ticket).rpartition("/")[2]


class TestView:
    def test_it_shows_the_conversation_in_one_read(self, world: World, ticket: Ticket) -> None:
        answer = replying.agent_answers(
            ticket, "a", samples.inbound(person=ADA, text="Sorry!"), samples.context(world.clock())
        )
        world.store.commit(answer)
        world.store.requests.clear()
        seen = customer_page.view(world.deps, token(world, ticket))
        assert [(entry["who"], entry["name"], entry["text"]) for entry in seen.entries] == [
            ("you", "Mira Holm", samples.WORDS),
            ("shop", "Ada", "Sorry!"),
        ]
        assert world.store.requests == ["read"]

    def test_only_an_agents_first_name_is_shown(self, world: World, ticket: Ticket) -> None:
        world.store.commit(
            replying.agent_answers(
                ticket, "a", samples.inbound(person=ADA, text="Sorry!"), samples.context(world.clock())
            )
        )
        shown = repr(customer_page.view(world.deps, token(world, ticket)).entries)
        assert "Lindqvist" not in shown
        assert "ada@" not in shown

    def test_a_former_agent_is_shown_as_the_shop(self, world: World, ticket: Ticket) -> None:
        gone = samples.inbound(person=Person("Gone", "gone@northlight.example"), text="Sorry!")
        world.store.commit(replying.agent_answers(ticket, "a", gone, samples.context(world.clock())))
        assert customer_page.view(world.deps, token(world, ticket)).entries[1]["name"] == "Northlight Lamps"

    def test_internal_messages_are_not_shown(self, world: World, ticket: Ticket) -> None:
        secret = samples.inbound(person=ADA, text="He is a liar.")
        world.store.commit(replying.kept_internal(ticket, "i", secret, samples.context(world.clock()), Remark.EMPTY))
        assert len(customer_page.view(world.deps, token(world, ticket)).entries) == 1

    def test_a_quarantined_ticket_shows_no_promises(self, world: World, ticket: Ticket) -> None:
        world.store.commit(Change(evolve(ticket, state=State.QUARANTINED)))
        shown = customer_page.view(world.deps, token(world, ticket))
        assert shown.promises == []
        assert len(shown.entries) == 1

    def test_promises_say_when_they_are_due_met_and_late(self, world: World, ticket: Ticket) -> None:
        world.clock.advance(minutes=6)
        promises = customer_page.view(world.deps, token(world, ticket)).promises
        assert [(p["label_key"], p["met"], p["late"]) for p in promises] == [
            ("acknowledge", None, True),
            ("first_answer", None, False),
            ("resolve", None, False),
        ]

    def test_files_have_links_that_open_them(self, world: World, ticket: Ticket) -> None:
        (shown,) = customer_page.view(world.deps, token(world, ticket)).entries[0]["attachments"]
        assert (shown["name"], shown["size"]) == ("shade.jpg", 7)
        link = customer_page.download(world.deps, shown["url"].rpartition("/")[2])
        assert link.startswith("https://files.example/tickets/x/abc")

    def test_a_long_text_is_shown_whole(self, world: World, ticket: Ticket) -> None:
        words = "ä" * 20_000
        customer_page.reply(world.deps, token(world, ticket), {"message": words}, [])
        assert customer_page.view(world.deps, token(world, ticket)).entries[1]["text"] == words


def rendered(entries: list[dict[str, Any]]) -> int:
    return sum(len(pages.paragraphs(entry["text"]).encode()) for entry in entries)


@pytest.mark.parametrize("text", ['"' * 19_990, "www.a.co " * 2_200, "x\n\n" * 6_000, "<" * 19_990])
def test_a_very_long_conversation_makes_no_page_too_large_to_open(world: World, ticket: Ticket, text: str) -> None:
    """A Lambda response has at most 6 MB: beyond it, neither customer nor agent would see anything."""
    said = (samples.inbound(text=f"{number} {text}") for number in range(200))
    messages = [as_message(each, f"m{n}", ticket.ref, world.clock(), Author.CUSTOMER) for n, each in enumerate(said)]
    world.store.messages |= {(ticket.ref, message.id): message for message in messages}
    entries = customer_page.view(world.deps, token(world, ticket)).entries
    assert len(entries) == 201
    assert rendered(entries) < 4_100_000
    assert [entry["cut"] for entry in entries[-5:]] == [False] * 5
    assert entries[1]["cut"]
    shop, now = world.shop, world.clock()
    at_desk = conversation.entries(shop, ticket, messages, now, "en", None, "")
    assert rendered([{"text": f"{entry.text}\n\n{entry.rest}"} for entry in at_desk]) < 2_100_000
    assert [entry.cut for entry in at_desk[-2:]] == [False] * 2
    assert at_desk[1].cut


class TestReply:
    def reply(self, world: World, ticket: Ticket, incoming_files: tuple[IncomingFile, ...] = (), **fields: str) -> None:
        customer_page.reply(world.deps, token(world, ticket), {"message": "Any news?"} | fields, incoming_files)

    def test_a_reply_costs_one_read_one_write_and_one_for_the_limits(self, world: World, ticket: Ticket) -> None:
        world.with_shop(desk=DeskTerms())  # one that may have agreements reads whether there is one
        self.reply(world, ticket)
        assert world.store.requests == ["read", "write", "write"]

    def test_a_reply_reopens_the_ticket_and_notifies_agents(self, world: World, ticket: Ticket) -> None:
        world.store.commit(Change(evolve(ticket, state=State.WAITING)))
        self.reply(world, ticket)
        message = world.store.only_message()
        assert world.store.only_ticket().state is State.OPEN
        assert message.channel is Surface.PAGE
        assert message.outbox
        assert [d.purpose for d in message.outbox.deliveries] == [Purpose.NOTIFICATION_REPLY]

    def test_a_reply_posted_twice_is_stored_once(self, world: World, ticket: Ticket) -> None:
        for _ in range(2):
            self.reply(world, ticket, submission_id="s")
        for _ in range(2):
            self.reply(world, ticket, submission_id="")
        assert len(world.store.messages) == 2

    def test_the_same_words_another_day_are_a_new_reply(self, world: World, ticket: Ticket) -> None:
        self.reply(world, ticket)
        world.clock.advance(days=1)
        self.reply(world, ticket)
        assert len(world.store.messages) == 2

    @pytest.mark.parametrize("minute", [0, 29, 59])
    def test_a_double_click_across_a_full_hour_is_one_reply(self, world: World, ticket: Ticket, minute: int) -> None:
        world.clock.at = world.clock.at.replace(minute=minute, second=59)
        self.reply(world, ticket, submission_id="page")
        world.clock.advance(seconds=2)
        self.reply(world, ticket, submission_id="page")
        assert len(world.store.messages) == 1

    def test_files_without_words_are_a_reply(self, world: World, ticket: Ticket) -> None:
        self.reply(world, ticket, (PICTURE,), message="")
        (file,) = world.store.only_message().files
        assert world.files.read(file.key) == b"picture"

    @pytest.mark.parametrize(
        ("fields", "incoming_files", "problems"),
        [
            ({"message": " \n\x00"}, (), {"message": "nothing_said"}),
            ({"message": "x" * 20_001}, (), {"message": "too_long"}),
            ({}, (PICTURE,) * 11, {"attachments": "attachments_too_many"}),
        ],
    )
    def test_a_refused_reply_changes_nothing(
        self,
        world: World,
        ticket: Ticket,
        fields: dict[str, str],
        incoming_files: tuple[IncomingFile, ...],
        problems: object,
    ) -> None:
        with pytest.raises(InvalidFields) as fault:
            self.reply(world, ticket, incoming_files, **fields)
        assert fault.value.codes == problems
        assert world.store.messages == {}

    def test_a_reply_with_a_forged_link_is_refused(self, world: World, ticket: Ticket) -> None:
        with pytest.raises(InvalidLink):
            customer_page.reply(world.deps, "forged", {"message": "x"}, [])


def test_a_link_to_a_lost_file_is_reported(world: World, ticket: Ticket) -> None:
    lost = File("9-x", "x", "text/plain", 1, "tickets/x/lost")
    url = links.file_url(world.deps, ticket, ticket.opening, lost)
    with pytest.raises(UnknownFile):
        customer_page.download(world.deps, url.rpartition("/")[2])
