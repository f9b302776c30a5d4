"""An agent's words that are cut from an answer go nowhere, and the agent is told which they are; a signature and our
own notification are no such words."""

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Message
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA
from tests.support.store.fakes import World, written
from tests.support.store.mailer import SentMail

CARE = "care@help.northlight.example"
HEADERS = f"Von: Northlight Lamps <{CARE}>\nGesendet: Mittwoch, 25. November 2026 10:30\nAn: Ada\nBetreff: Frage\n\n"
SORRY = "Hallo Frau Holm,\n\nes tut uns sehr leid."
ASKED = "Hello,\n\n1. can I get a new shade?\n\n2. do I have to send the old one?\n\nMira"


@pytest.fixture
def notified(world: World) -> SentMail:
    """What Ada is told of Mira's questions."""
    agents.opened(world)
    token = samples.reply_token(world.store.tickets[samples.REF], Role.CUSTOMER)
    mail = written(f"Mira Holm <{MIRA}>", text=ASKED, Message_ID="<asks@mail.example>")
    receive(world.deps, MailReceived(world.arrives(mail), (plus_address(CARE, token),)))
    agents.stream(world)
    return world.mailer.to(ADA)[-1]


def answered(world: World, text: str, id: str = "answers") -> Message:
    token = samples.reply_token(world.store.tickets[samples.REF], Role.AGENT)
    mail = written(
        f"Ada Lindqvist <{ADA}>", "Re: Lamp", text, Message_ID=f"<{id}@mail.example>", In_Reply_To="<x@y.example>"
    )
    key = world.arrives(mail)
    receive(world.deps, MailReceived(key, (plus_address(CARE, token),), passed=frozenset({DMARC})))
    agents.stream(world)
    return list(world.store.messages.values())[-1]


def purposes(message: Message) -> list[tuple[Purpose, str]]:
    return [(each.purpose, each.to) for each in message.outbox.deliveries] if message.outbox else []


def above(text: str, notified: SentMail) -> str:
    return f"{text}\n\n{HEADERS}{notified.text}"


LOST = [
    "Kind regards\nAda Lindqvist\n\nReturn address:\nNorthlight Returns\n7 Light Way\nLondon NW1 6XE\n+44 20 7946 0958",
    "Viele Grüße\nAda Lindqvist\n\nBankverbindung:\nIBAN DE02 1203 0000 0000 2020 51\nBIC BYLADEM1001",
    "Viele Grüße\nAda Lindqvist\nNorthlight Lamps\nTel. +49 30 1234567\n\nNachtrag: Der Code lautet LAMP20.",
    "Am 24.11.2026 um 10:00 schrieb DHL:\n\nDie Lampe ist repariert.",
    "So gehen Sie vor:\n> Stecker ziehen\n> Birne tauschen",
]


@pytest.mark.parametrize("lost", LOST)
def test_the_agent_is_told_what_was_not_sent(world: World, notified: SentMail, lost: str) -> None:
    message = answered(world, above(f"{SORRY}\n\n{lost}", notified))
    assert message.text.startswith(SORRY)
    last = lost.split("\n")[-1].removeprefix("> ")
    assert last not in message.text
    assert last in message.unsent
    assert purposes(message) == [(Purpose.ANSWER, MIRA), (Purpose.LEFT_OUT, ADA)]
    assert last in world.mailer.to(ADA)[-1].text
    assert last not in world.mailer.to(MIRA)[-1].text
    assert "Settle by" not in message.unsent


def test_the_agent_is_not_told_of_a_signature_that_their_program_added(world: World, notified: SentMail) -> None:
    signature = "-- \nAda\nDirect line 0123\nOur lamps light up 40 countries."
    message = answered(world, above(f"{SORRY}\n\n{signature}", notified))
    assert message.text == SORRY
    assert not message.unsent
    assert purposes(message) == [(Purpose.ANSWER, MIRA)]


def test_answers_within_the_notification_are_told_with_the_questions(world: World, notified: SentMail) -> None:
    inside = notified.text.replace("new shade?", "new shade?\nyes, tomorrow").replace("the old one?", "the old one? no")
    message = answered(world, f"Siehe unten\n\n{HEADERS}{inside}")
    assert message.text == "Siehe unten"
    assert message.unsent == "> 1. can I get a new shade?\nyes, tomorrow\n2. do I have to send the old one? no"


SIGNATURES = [
    "",
    "Viele Grüße\nAda",
    "Mit freundlichen Grüßen\n\nAda Lindqvist\nKundenservice\n\nNorthlight Lamps GmbH\nLichtweg 7\n10115 Berlin\n"
    "Tel.: +49 30 23125 014\nwww.northlight.example",
    "-- \nAda Lindqvist | Customer Care | Northlight Lamps\nGeschäftsführer: Kim Lee | Amtsgericht Berlin HRB 12345",
    "Cordialement,\nAda\nService client\nTél. : 01 23 45 67 89",
    "Von meinem iPhone gesendet",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_and_our_own_words_are_not_told(world: World, notified: SentMail, signature: str) -> None:
    marked = "\n".join(f"> {line}".rstrip() for line in notified.text.split("\n"))
    wrote = f"Am 25.11.26 um 10:30 schrieb Northlight Lamps <{CARE}>:\n"
    for number, quoted in enumerate((f"{HEADERS}{notified.text}", f"{wrote}{marked}", notified.text)):
        message = answered(world, f"{SORRY}\n\n{signature}\n\n{quoted}", f"answers{number}")
        assert (message.unsent, purposes(message)) == ("", [(Purpose.ANSWER, MIRA)])


def test_the_same_words_are_told_once(world: World, notified: SentMail) -> None:
    motto = f"{SIGNATURES[2]}\n\nBesuchen Sie uns auf der Messe, Halle 5!"
    assert answered(world, above(f"{SORRY}\n\n{motto}", notified)).unsent == "Besuchen Sie uns auf der Messe, Halle 5!"
    assert answered(world, above(f"Noch etwas.\n\n{motto}", notified), "again").unsent == ""
