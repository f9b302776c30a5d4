"""Signed links: only our own are valid, only for their purpose, and only as long as the policy says."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import InvalidLink, UnknownFile
from chalicelib.rules.tickets.procedure_facts import (
    Extension,
    FinalAnswer,
    Outcome,
    OwedBy,
    Referral,
    Remedy,
    RemedyKind,
)
from chalicelib.rules.tickets.ticket import Change, File, Message, Ticket, evolve
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.store.fakes import START, World, secret_of
from tests.support.store.fakes import world as new_world

ADA = agents.ADA
LAST_SAID: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "customer or agent": lambda at: {"active_at": at},
    "closing": lambda at: {"closed_at": at},
    "extension": lambda at: {"extensions": (Extension("e", START, ADA, "Parts", START, START, told_at=at),)},
    "asking": lambda at: {"referrals": (Referral(1, "Swift", agents.SWIFT, "en", at, ADA),)},
    "their answer": lambda at: {"referrals": (Referral(1, "Swift", agents.SWIFT, "en", START, ADA, answered_at=at),)},
    "remedy": lambda at: {"remedy": Remedy(RemedyKind.REFUND, OwedBy.SELLER, START, ADA, done_at=at)},
    "final answer": lambda at: {"final_answer": FinalAnswer("f", Outcome.UPHELD, START, ADA, True, told_at=at)},
}
FILE = File("1-abc", "shade.jpg", "image/jpeg", 7, "tickets/x/abc")


@pytest.fixture
def ticket(world: World) -> Ticket:
    ticket = samples.ticket(files=(FILE,))
    world.store.commit(Change(ticket))
    return ticket


def status_token(world: World, ticket: Ticket) -> str:
    return links.status_url(world.deps, ticket).rpartition("/")[2]


def file_token(world: World, ticket: Ticket, message: Message | None = None, file: File = FILE) -> str:
    return links.file_url(world.deps, ticket, message or ticket.opening, file).rpartition("/")[2]


def makers(world: World, ticket: Ticket) -> dict[str, str]:
    """A token of each purpose."""
    return {
        "status": status_token(world, ticket),
        "file": file_token(world, ticket),
        "upload": links.upload_token(world.deps, "uploads/northlight/x", "x.jpg"),
        "form": links.form_token(world.deps, world.shop),
    }


READERS: dict[str, Callable[[World, str], Any]] = {
    "status": lambda world, token: links.open_status(world.deps, token),
    "file": lambda world, token: links.open_file(world.deps, token),
    "upload": lambda world, token: links.read_upload_token(world.deps, token),
    "form": lambda world, token: links.form_age(world.deps, world.shop, token),
}


def test_a_status_link_shows_the_ticket_and_its_messages(world: World, ticket: Ticket) -> None:
    change = samples.reply(ticket)
    world.store.commit(change)
    opened = links.open_status(world.deps, status_token(world, ticket))
    assert (opened.ticket, opened.messages, opened.receipt) == (change.ticket, list(change.messages), False)


def test_a_tickets_link_is_always_the_same(world: World, ticket: Ticket) -> None:
    first = status_token(world, ticket)
    world.clock.advance(days=3)
    assert status_token(world, ticket) == first


@pytest.mark.parametrize("reads", READERS)
@pytest.mark.parametrize("made", READERS)
def test_a_token_is_valid_only_for_its_purpose(world: World, ticket: Ticket, made: str, reads: str) -> None:
    token = makers(world, ticket)[made]
    if made == reads:
        assert READERS[reads](world, token) is not None
        return
    with pytest.raises(InvalidLink) as refusal:
        READERS[reads](world, token)
    assert not refusal.value.expired


def test_a_link_expires_after_the_policys_days(world: World, ticket: Ticket) -> None:
    token = status_token(world, ticket)
    world.clock.advance(days=world.shop.link_days)
    links.open_status(world.deps, token)
    world.clock.advance(seconds=1)
    for reader, late in (("status", token), ("file", file_token(world, ticket))):
        with pytest.raises(InvalidLink) as refusal:
            READERS[reader](world, late)
        assert refusal.value.expired


@pytest.mark.parametrize("day", [-1, 0])
@pytest.mark.parametrize("last", sorted(LAST_SAID))
def test_a_link_is_valid_for_the_policys_days_after_the_last_activity(
    world: World, ticket: Ticket, last: str, day: int
) -> None:
    token, said = status_token(world, ticket), START + timedelta(days=60)
    world.store.commit(Change(evolve(ticket, **LAST_SAID[last](said))))
    world.clock.at = said + timedelta(days=world.shop.link_days + day)
    links.open_status(world.deps, token)
    world.clock.advance(days=1)
    if day == 0:
        with pytest.raises(InvalidLink):
            links.open_status(world.deps, token)


def test_the_link_in_a_late_final_answer_works_days_later(world: World) -> None:
    opened = agents.opened(world, kind="data_request").opened_at
    world.clock.at = opened + timedelta(days=28)
    agents.acts(world, "extend", by="2 months", reason="There is much of it.")
    agents.stream(world)
    world.clock.at = opened + timedelta(days=world.shop.link_days - 2)
    agents.acts(world, "conclude", outcome="upheld", text="Here it is.")
    agents.stream(world)
    world.clock.advance(days=14)
    (token,) = re.findall(r"/t/([\w.-]+)", world.mailer.sent[-1].text)
    assert links.open_status(world.deps, token).ticket.ref == samples.REF


def test_a_withdrawn_link_is_refused(world: World, ticket: Ticket) -> None:
    tokens = {"status": status_token(world, ticket), "file": file_token(world, ticket)}
    world.store.commit(Change(evolve(ticket, link_version=2)))
    for reader, token in tokens.items():
        with pytest.raises(InvalidLink) as refusal:
            READERS[reader](world, token)
        assert refusal.value.expired
    links.open_status(world.deps, status_token(world, world.store.only_ticket()))


def test_a_link_to_a_deleted_ticket_is_reported(world: World) -> None:
    with pytest.raises(InvalidLink):
        links.open_status(world.deps, status_token(world, samples.ticket()))
    with pytest.raises(InvalidLink):
        links.open_file(world.deps, file_token(world, samples.ticket()))


def test_a_file_link_leads_to_its_file_in_opening_and_messages(world: World, ticket: Ticket) -> None:
    assert links.open_file(world.deps, file_token(world, ticket)) == FILE
    other = replace(FILE, id="1-def", filename="parts.jpg")
    message = replace(samples.message_of(samples.reply(ticket)), files=(other,))
    world.store.commit(Change(messages=(message,)))
    assert links.open_file(world.deps, file_token(world, ticket, message, other)) == other


def test_a_link_to_a_missing_file_is_reported(world: World, ticket: Ticket) -> None:
    nowhere = replace(samples.message_of(samples.reply(ticket)), id="never")
    for token in (file_token(world, ticket, nowhere), file_token(world, ticket, file=replace(FILE, id="2-no"))):
        with pytest.raises(UnknownFile):
            links.open_file(world.deps, token)


def test_an_upload_token_expires_after_a_day(world: World) -> None:
    token = links.upload_token(world.deps, "uploads/northlight/x", "Bild ä.jpg")
    assert links.read_upload_token(world.deps, token) == ("uploads/northlight/x", "Bild ä.jpg")
    world.clock.advance(hours=24, seconds=1)
    with pytest.raises(InvalidLink):
        links.read_upload_token(world.deps, token)


def test_a_forms_age_is_read_to_the_millisecond(world: World) -> None:
    token = links.form_token(world.deps, world.shop)
    world.clock.advance(milliseconds=1500)
    assert links.form_age(world.deps, world.shop, token) == timedelta(milliseconds=1500)


def test_tokens_of_another_secret_are_refused(world: World, ticket: Ticket) -> None:
    token = status_token(world, ticket)
    world.deps = replace(world.deps, secret=secret_of("another"))
    with pytest.raises(InvalidLink):
        links.open_status(world.deps, token)


@pytest.mark.parametrize(("written", "read_as_it"), [("-", "+"), ("_", "/")])
def test_a_token_has_one_spelling(world: World, written: str, read_as_it: str) -> None:
    """Decoders of base 64 accept both alphabets."""
    tokens = (links.upload_token(world.deps, f"uploads/{number}", "a") for number in range(200))
    token = next(token for token in tokens if written in token.rpartition(".")[2])
    assert links.read_upload_token(world.deps, token)
    head, dot, signature = token.rpartition(".")
    with pytest.raises(InvalidLink):
        links.read_upload_token(world.deps, head + dot + signature.replace(written, read_as_it))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(token=st.text(), at=st.integers(min_value=0), letter=st.characters(codec="utf-8"))
def test_forged_and_altered_tokens_are_refused(token: str, at: int, letter: str) -> None:
    world = new_world()
    ticket = samples.ticket()
    world.store.commit(Change(ticket))
    good = status_token(world, ticket)
    place = at % (len(good) - 1)  # no decoder reads all bits of the last letter
    altered = good[:place] + letter + good[place + 1 :]
    for forged in (token, altered):
        if forged.replace("+", "-").replace("/", "_") != good:  # base 64 reads these as the same characters
            with pytest.raises(InvalidLink):
                links.open_status(world.deps, forged)
