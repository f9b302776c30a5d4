"""Words that withdraw or are about personal data have the same effect however they come: by mail, by the form, on the
customer's page, with a rating or in an agent's note of a letter (decision 236)."""

import pytest

from chalicelib.rendering import words
from chalicelib.rules.policy.promises import DATA_REQUEST, PRIVACY_COMPLAINT, WITHDRAWAL
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.contacts import log_contact
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.tickets import links
from tests.support import agents, records, samples
from tests.support.agents import ADA, MIRA, acts, stream
from tests.support.store.fakes import World

WITHDRAWS = "I hereby withdraw from the contract for the lamp."
SAID = {
    WITHDRAWAL: WITHDRAWS,
    DATA_REQUEST: "Please send me a copy of my personal data.",
    PRIVACY_COMPLAINT: "I complain about how you handle my personal data: you passed my address on without my consent.",
}
TOLD = {WITHDRAWAL: Remark.WITHDRAWS, DATA_REQUEST: Remark.ABOUT_DATA, PRIVACY_COMPLAINT: Remark.ABOUT_DATA}


def by_form(world: World, text: str, kind: str) -> Ticket:
    fields = {"name": "Mira Holm", "email": MIRA, "kind": kind, "message": text, "language": "en"}
    return submit(world.deps, world.shop, fields, (), Caller("192.0.2.1", key="one")).ticket


def on_page(world: World, text: str) -> None:
    token = links.status_url(world.deps, world.store.tickets[samples.REF]).rpartition("/")[2]
    customer_page.reply(world.deps, token, {"message": text, "submission_id": "one"}, [])


def by_receipt(world: World, text: str) -> None:
    token = links.receipt_url(world.deps, world.store.tickets[samples.REF]).rpartition("/")[2]
    customer_page.reply(world.deps, token, {"message": text, "submission_id": "one"}, [])


def with_rating(world: World, text: str) -> None:
    """As the page's view does it, twice."""
    records.closed(world, samples.REF)
    token = links.status_url(world.deps, world.store.tickets[samples.REF]).rpartition("/")[2]
    form = {"score": "2", "rating_text": text}
    rating.rate(world.deps, token, form)
    for _ in range(2):
        customer_page.pass_on_rating(world.deps, token, form, "192.0.2.1")


def by_letter(world: World, text: str) -> None:
    fields = {"channel": "post", "notes": text, "reference": samples.REF}
    log_contact(world.deps, world.shop, ActionInput(fields, Person("Ada", ADA)), "one")


WAYS = {"page": on_page, "receipt": by_receipt, "rating": with_rating, "letter": by_letter}


def said(world: World) -> list[Message]:
    return [message for message in world.store.messages.values() if message.text in SAID.values()]


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("chosen", ["complaint", "question", "return"])
def test_a_form_of_another_kind_opens_the_ticket_that_a_mail_would(world: World, chosen: str, kind: str) -> None:
    ticket = by_form(world, SAID[kind], chosen)
    assert (ticket.kind, ticket.opening.remarks) == (kind, ())
    assert bool(ticket.clock("refund")) is (kind == WITHDRAWAL)
    assert by_form(world, SAID[kind], chosen) == ticket, "posted again, it is the same ticket"
    stream(world)
    (acknowledged,) = world.mailer.to(MIRA)
    assert words.phrase("en", f"acknowledgement.opening.{kind}") in " ".join(acknowledged.text.split())


def test_a_forms_statement_is_acknowledged_with_day_and_time(world: World) -> None:
    by_form(world, WITHDRAWS, "complaint")
    stream(world)
    (acknowledged,) = world.mailer.to(MIRA)
    told = " ".join(acknowledged.text.split())
    assert WITHDRAWS in told
    assert words.to_the_minute(world.clock(), world.shop.timezone, "en") in told


def test_a_claim_stays_a_claim_and_says_what_it_seems_to_do(world: World) -> None:
    ticket = by_form(world, "Ich trete vom Kaufvertrag zurück. Die Lampe ist defekt.", "warranty")
    assert (ticket.kind, ticket.opening.remarks) == ("warranty", (Remark.WITHDRAWS,))


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("way", WAYS)
def test_in_an_open_ticket_agents_are_told_and_split_it_off_once(world: World, way: str, kind: str) -> None:
    agents.opened(world)
    WAYS[way](world, SAID[kind])
    (message,) = said(world)
    assert TOLD[kind] in message.remarks
    before = world.store.tickets[samples.REF]
    assert (before.kind, before.clock("refund")) == ("complaint", None), "nothing else changes by itself"
    stream(world)
    assert any("split it off" in " ".join(mail.text.split()) for mail in world.mailer.sent) is (way != "letter")
    world.clock.advance(days=2)
    acts(world, "split", message=message.id, kind=kind)
    (ref,) = world.store.tickets[samples.REF].related
    opened = world.store.tickets[ref]
    assert opened.kind == kind
    assert TOLD[kind] not in opened.opening.remarks
    counted = opened.clock("refund" if kind == WITHDRAWAL else "resolve")
    assert counted and counted.set_at == message.at
    assert not acts(world, "split", message=message.id, kind=kind)["done"]


@pytest.mark.parametrize("way", WAYS)
def test_other_words_say_nothing(world: World, way: str) -> None:
    agents.opened(world)
    WAYS[way](world, "The lamp flickers.")
    kept = [message for message in world.store.messages.values() if message.text]
    assert len(kept) == (way != "rating")
    assert all(not {*TOLD.values()} & {*message.remarks} for message in kept)


def test_what_a_ticket_is_about_anyway_is_not_told_again(world: World) -> None:
    agents.opened(world, kind=WITHDRAWAL)
    on_page(world, WITHDRAWS)
    (message,) = said(world)
    assert message.remarks == ()


def test_what_the_shop_said_on_the_phone_is_no_statement(world: World) -> None:
    agents.opened(world)
    fields = {"channel": "phone", "direction": "out", "notes": WITHDRAWS, "reference": samples.REF}
    log_contact(world.deps, world.shop, ActionInput(fields, Person("Ada", ADA)), "one")
    (message,) = said(world)
    assert message.remarks == ()
