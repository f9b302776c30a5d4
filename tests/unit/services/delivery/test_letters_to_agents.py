"""Mails to agents link to the ticket without signing anybody in; agents' own words are signed once."""

import re
from dataclasses import replace

import pytest

from chalicelib.rendering import words
from chalicelib.rules.identity import derived
from chalicelib.rules.tickets.messages import Author, Event, Message, Person
from chalicelib.rules.tickets.outbox import Audience, Delivery, Purpose
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Channel, State, Visibility
from chalicelib.services.delivery.letters import letters
from tests.support import agents, samples
from tests.support.agents import ADA, acts
from tests.support.store.fakes import PUBLIC_URL, START, World

# A task about an order belongs to no ticket.
TO_AGENTS = [
    purpose for purpose in Purpose if purpose.audience is Audience.AGENTS and purpose is not Purpose.ORDER_TASK
]
LINK = f"{PUBLIC_URL}/desk/t/{samples.REF}"


def about(purpose: Purpose) -> Message:
    message = Message("m", samples.REF, START, Author.CUSTOMER, Person("Mira", agents.MIRA), Channel.MAIL, "Any news?")
    if purpose is Purpose.ESCALATION:
        return replace(message, event=Event.ESCALATION, about="first_answer due", author=Author.SYSTEM)
    if purpose is Purpose.NOTIFICATION_REFERRAL:
        return replace(message, event=Event.REFERRAL_ANSWER, about="1", visibility=Visibility.INTERNAL)
    remarks = {Purpose.NOT_DELIVERED: (Remark.EMPTY,)}.get(purpose, ())
    return replace(message, remarks=remarks, left_out=("lamp.png",) if purpose is Purpose.LEFT_OUT else ())


@pytest.mark.parametrize("purpose", TO_AGENTS)
def test_it_links_to_the_ticket_and_can_be_answered(world: World, purpose: Purpose) -> None:
    agents.opened(world)
    acts(world, "refer", to="swiftparcel", text="Where is it?", facts=["order_number"])
    ticket = world.store.tickets[samples.REF]
    letter = letters.letter(world.deps, ticket, about(purpose), Delivery(purpose, ADA), START)
    assert LINK in letter.text.split()
    assert f'href="{LINK}"' in letter.html
    # After the reference there is no token that would let anybody in who has the mail.
    for part in (letter.text, letter.html):
        assert set(re.findall(rf"{re.escape(PUBLIC_URL)}/desk[^\s\"<]*", part)) == {LINK}
        assert "/t/" not in part.replace("/desk/t/", "")
    token = derived.read_token(world.deps.secret, f"x+{letter.token}@y.example")
    assert token
    assert token.ref == samples.REF


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("purpose", [Purpose.NOTIFICATION_NEW, Purpose.NOTIFICATION_REPLY, Purpose.UNDELIVERED])
def test_mails_about_quarantined_tickets_name_no_promise(world: World, purpose: Purpose, language: str) -> None:
    world.with_shop(languages=(language,))
    ticket = replace(samples.ticket(suspicions=(Suspicion.HASTY,)), state=State.QUARANTINED)
    letter = letters.letter(world.deps, ticket, about(purpose), Delivery(purpose, ADA), START)
    for promise in ("answer_by", "resolve_by"):
        assert words.phrase(language, f"notification.{promise}") not in letter.text
    assert LINK in letter.text


class TestSignature:
    @pytest.mark.parametrize("ending", ["", "\n\nKind regards", "\n\nKind regards\nAda", "\n\nAda\nNorthlight Lamps"])
    def test_an_answer_is_signed_once(self, world: World, ending: str) -> None:
        agents.opened(world)
        acts(world, "answer", text=f"It comes tomorrow.{ending}")
        agents.stream(world)
        (mail,) = world.mailer.to(agents.MIRA)
        said = mail.text.replace("\r\n", "\n").partition("Do you have a question")[0]
        assert re.findall(r"^(?:Ada|Northlight Lamps|Kind regards)$", said, re.MULTILINE)[-2:] == [
            "Ada",
            "Northlight Lamps",
        ]
        assert said.count("Ada") == said.count("Northlight Lamps") == 1

    @pytest.mark.parametrize(
        ("action", "fields"),
        [
            ("ask", {}),
            ("instruct", {}),
            ("conclude", {"outcome": "upheld"}),
        ],
    )
    def test_a_mail_with_its_own_signature_drops_the_agents(
        self, world: World, action: str, fields: dict[str, str]
    ) -> None:
        agents.opened(world)
        acts(world, action, text="Which lamp is it?\n\nBest wishes\nAda Lindqvist\nNorthlight Lamps", **fields)
        agents.stream(world)
        (mail,) = world.mailer.to(agents.MIRA)
        body = mail.text.replace("\r\n", "\n").partition("\n-- \n")[0]
        assert "Which lamp is it?" in body
        assert "Best wishes" not in body
        assert body.count("Ada") == 1

    def test_a_ready_reply_ends_with_the_agents_name(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", canned="late")
        agents.stream(world)
        (mail,) = world.mailer.to(agents.MIRA)
        assert "\nKind regards\nAda\nNorthlight Lamps\n" in mail.text.replace("\r\n", "\n")
