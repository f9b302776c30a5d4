"""People whom a raw mail names outside its text (in quotes, signatures and headers) are found by an erasure, at little
cost."""

from typing import Any

import pytest

from chalicelib.mail.bodies import all_text
from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.intake import mail_mentions
from chalicelib.services.intake.receiving import Outcome, receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import erasing
from tests.support import agents, records, samples
from tests.support.scenarios import CARE, JON, WILMA, Life, Somebody
from tests.support.store.fakes import FakeRun, World, written
from tests.support.store.fakes import world as new_world

HERS = WILMA.address
NAMED: dict[str, tuple[str, dict[str, Any]]] = {
    "quote": (f"See below.\n\nOn Mon, 23 Nov 2026 at 10:00, Wilma <{HERS}> wrote:\n> my {WILMA.word}\n", {}),
    "header block": (
        f"See below.\n\n-----Original Message-----\nFrom: Wilma <{HERS}>\nSent: Monday\nTo: Jon\nSubject: x\n\n{HERS}",
        {},
    ),
    "signature": (f"My lamp is broken.\n\n-- \nJon and {HERS}\n", {}),
    "passed on by": ("My lamp.", {"Resent_Sender": HERS}),
    "sender": ("My lamp.", {"Sender": HERS}),
    "sent again": ("My lamp.", {"Resent_From": f"=?utf-8?q?Wilma?= <{HERS}>"}),
    "other header": ("My lamp.", {"X_Original_From": HERS.upper()}),
    "far down": (f"{'word ' * 20_000}{HERS}", {}),
    "after a hundred": (" ".join(f"a{n}@x.example" for n in range(101)) + f" {HERS}", {}),
}


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def arrives(world: World, text: str, to: str = CARE, *, attempt: int = 1, **headers: Any) -> Outcome:
    """A mail of Jon's arrives; its ticket is indexed."""
    id = f"<{len(world.files.raw)}@m.example>"
    mail = written(f"{JON.name} <{JON.address}>", "About a lamp", text, To=to, Message_ID=id, **headers)
    outcome = receive(world.deps, MailReceived(world.arrives(mail), (to,), attempt=attempt))
    Life(world).flows()
    return outcome


def erased(world: World, who: Somebody = WILMA) -> dict[str, Any]:
    Life(world).closes_all()
    event = {"shop": "northlight", "email": who.address, "confirm": who.address, "reason": "Asked for by letter"}
    return erasing.erase_subject(world.deps, event, FakeRun())


def only(world: World) -> Ticket:
    (ticket,) = world.store.tickets.values()
    return ticket


@pytest.mark.parametrize(("text", "headers"), NAMED.values(), ids=NAMED)
class TestAPersonNamedOnlyInTheRawMail:
    def test_they_are_erased_from_a_ticket_the_mail_opened(
        self, world: World, text: str, headers: dict[str, Any]
    ) -> None:
        assert arrives(world, text, **headers) is Outcome.OPENED
        answer = erased(world)
        assert (answer["anonymised"], answer["deleted"], answer["complete"]) == (1, 0, True)
        assert records.found(world, HERS, WILMA.word) == []
        assert only(world).opening.text
        assert erased(world)["anonymised"] == 0

    def test_they_are_erased_from_a_ticket_the_mail_joined(
        self, world: World, text: str, headers: dict[str, Any]
    ) -> None:
        arrives(world, "My lamp is broken.")
        to = plus_address(CARE, samples.reply_token(only(world), Role.CUSTOMER))
        assert arrives(world, text, to, **headers) is Outcome.APPENDED
        assert erased(world)["anonymised"] == 1
        assert records.found(world, HERS, WILMA.word) == []
        assert only(world).opening.raw_key in world.files.kept

    def test_no_index_word_is_left_after_a_purge(self, world: World, text: str, headers: dict[str, Any]) -> None:
        arrives(world, text, **headers)
        Life(world).closes_all()
        records.years_later(world)
        assert records.purge(world)["purged"] == 1
        assert not any(world.store.words.values())


def test_a_ticket_on_hold_that_names_the_person_is_kept_and_reported(world: World) -> None:
    arrives(world, "My lamp.", Resent_From=HERS)
    Life(world).closes_all()
    agents.acts(world, "place_legal_hold", only(world).ref, reason="A court asked for it")
    answer = erased(world)
    assert [kept["reference"] for kept in answer["kept"]] == [only(world).ref]
    assert records.found(world, HERS) != []


def test_every_named_person_is_found_until_the_mail_is_deleted(world: World) -> None:
    arrives(world, "My lamp.", Resent_From=HERS, Sender="third@else.example")
    assert len(only(world).opening.named) == 2
    erased(world)
    assert only(world).opening.named == ()
    assert records.found(world, HERS, "third@else.example") == []


def test_a_split_off_message_is_found_in_its_new_ticket_too(world: World) -> None:
    arrives(world, "My lamp is broken.")
    ref = only(world).ref
    to = plus_address(CARE, samples.reply_token(world.store.tickets[ref], Role.CUSTOMER))
    arrives(world, "And my table.", to, Reply_To=HERS)
    (message,) = (each for each in records.messages_of(world, ref) if each.named)
    agents.acts(world, "split", ref, message=message.id)
    Life(world).flows()
    assert len(world.store.tickets) == 2
    erased(world)
    assert records.found(world, HERS) == []


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        (f"My lamp.\n\n-- \nJon <{JON.address.upper()}>\n", {"Return_Path": f"<{JON.address}>"}),
        ("Thanks.\n\nOn Mon, 23 Nov 2026 at 10:00, We <care+nl7k3f9@help.northlight.example> wrote:\n> We look\n", {}),
        (f"As {agents.ADA} said.\n\n-- \n{agents.ADA}\n", {"Reply_To": CARE}),
        (f"Ask {HERS}.\n\n-- \nJon and {HERS}\n", {}),
        ("My lamp.", {"Cc": HERS, "References": "<a.b@c.example> <c@d.example>", "In_Reply_To": "<c@d.example>"}),
        ('My lamp <img src="cid:image001.png@01DA2B3C.4D5E6F70"> here', {}),
    ],
    ids=["the sender", "us", "an agent", "in the text", "takes part", "a picture"],
)  # fmt: skip
def test_people_found_by_other_words_are_not_recorded(world: World, text: str, headers: dict[str, Any]) -> None:
    arrives(world, text, **headers)
    assert only(world).opening.named == ()


def test_an_address_with_a_plus_tag_is_another_person(world: World) -> None:
    arrives(world, f"Ask {HERS}.", Resent_From=HERS.replace("@", "+lamps@"))
    assert len(only(world).opening.named) == 1


def test_up_to_a_hundred_people_are_recorded_each_once(world: World) -> None:
    named = " ".join(f"a{number % 150}@x.example" for number in range(300))
    arrives(world, f"My lamp.\n\nOn Mon, 23 Nov 2026 at 10:00, Wilma <{HERS}> wrote:\n> {named}\n")
    assert len(set(only(world).opening.named)) == len(only(world).opening.named) == 100


def test_the_recorded_people_are_blinded(world: World) -> None:
    arrives(world, "My lamp.", Resent_From=HERS)
    (word,) = only(world).opening.named
    assert word.isalnum()
    assert len(word) == 21


@pytest.mark.parametrize("fault", [ValueError, RecursionError, MemoryError])
def test_a_mail_is_received_even_if_its_names_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def unreadable(raw: bytes) -> None:
        raise fault

    monkeypatch.setattr(all_text, "readable", unreadable)
    assert arrives(world, "My lamp.", Resent_From=HERS) is Outcome.OPENED
    assert only(world).opening.named == ()


def test_the_last_attempt_does_not_search_the_mail_for_names(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(mail_mentions, "noted", never)
    assert arrives(world, "My lamp.", attempt=4) is Outcome.OPENED


def test_neither_attachments_nor_ids_are_searched() -> None:
    mail = written(text="Hello", Message_ID="<an.id@mail.example>", In_Reply_To="<other@mail.example>", X_By=HERS)
    mail.add_attachment(
        b"\xff binary@file.example", "application", "octet-stream", filename="card.of@wilma.example.bin"
    )
    read = "\n".join(all_text.readable(mail.as_bytes()))
    assert "an.id" not in read
    assert "other@" not in read
    assert "binary@" not in read
    assert HERS in read
    assert "Hello" in read
    assert "card.of@wilma.example.bin" in read


def test_of_a_very_long_text_the_first_megabyte_is_searched() -> None:
    raw = b"Content-Type: text/plain\r\n\r\n" + b"a" * (3 * all_text.MAX_READABLE)
    assert max(map(len, all_text.readable(raw))) == all_text.MAX_READABLE
