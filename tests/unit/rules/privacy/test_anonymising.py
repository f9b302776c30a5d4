"""When a person is erased, no field of a ticket or message contains her address any more, and nobody else's data
changes. The fields are taken from the types, so that the tests also cover fields added later."""

import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.anonymising import entry_without, involved, masked, message_without, names, ticket_without
from chalicelib.rules.tickets.clocks import Clock, Clocks
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.messages import Author, Channel, Message, Person, Visibility
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Outbox, Purpose, Stage
from chalicelib.rules.tickets.procedure_facts import Rating, Withdrawal
from chalicelib.rules.tickets.ticket import LogEntry, Ticket
from tests.support import samples
from tests.support.store.fakes import START

HERS, HIS = "wilma@quaste.example", "jon@tann.example"
SAID = f"Ask <{HERS.upper()}>, or mailto:{HERS}."
PLAIN = samples.ticket(person=Person("Jon", HIS))
AROUND = ".@aAwW%4 02C_-'+=\"é谢"
# Fields that may still contain her address, and why.
AS_IT_IS = {
    # The log is a chain and can't be rewritten; addresses are left out when an entry is written (entry_without).
    "Ticket.log",
}


def filled(kind: Any, text: str, where: str = "") -> Any:
    """A value of this type with the text in every field that can hold one, including optional fields."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return filled(next(one for one in typing.get_args(kind) if one is not type(None)), text, where)
    if origin is tuple:
        return (filled(typing.get_args(kind)[0], text, where),)
    if kind is Clocks:
        return Clocks([filled(Clock, text, where)])
    if is_dataclass(kind):
        assert isinstance(kind, type)
        hints = typing.get_type_hints(kind)
        held = {f.name: filled(hints[f.name], text, f"{kind.__name__}.{f.name}") for f in fields(kind) if f.compare}
        return kind(**held)
    if kind is str:
        return "nothing" if where in AS_IT_IS else text
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    return {bool: True, int: 1, datetime: START, date: date(2026, 1, 1)}[kind]


def kept_as_it_is(item: Any) -> Any:
    named = {name: () for name in (f.name for f in fields(item)) if f"{type(item).__name__}.{name}" in AS_IT_IS}
    return replace(item, **named)


def held(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for each in value:
            yield from held(each, path)
    elif is_dataclass(value):
        for part in fields(value):
            yield from held(getattr(value, part.name), f"{path}.{part.name}")


def left(value: Any) -> list[str]:
    return [path for path, text in held(value) if HERS in text.lower()]


class TestEveryField:
    def test_no_field_of_a_ticket_names_her_any_more(self) -> None:
        ticket = kept_as_it_is(filled(Ticket, SAID))
        assert len(left(ticket)) > 60
        after = ticket_without(ticket, HERS)
        assert left(after) == []
        assert isinstance(after.clocks, Clocks)

    def test_no_field_of_a_message_names_her_any_more(self) -> None:
        message = filled(Message, SAID)
        after = message_without(message, HERS)
        assert after
        assert left(after) == []

    def test_a_field_with_only_her_address_is_erased_too(self) -> None:
        ticket = kept_as_it_is(filled(Ticket, HERS))
        assert left(ticket_without(ticket, HERS)) == []
        agents = replace(filled(Message, HERS), author=Author.AGENT)
        for message in (filled(Message, HERS), agents):
            after = message_without(message, HERS)
            assert after
            assert left(after) == []

    def test_one_field_with_her_address_makes_her_involved(self) -> None:
        plain = samples.ticket(person=Person("Jon", HIS))
        assert not involved(plain, (), HERS)
        for name, value in fields_filled(Ticket):
            assert involved(replace(plain, **{name: value}), (), HERS), name
        reply = samples.message_of(samples.reply(plain))
        for name, value in fields_filled(Message):
            assert involved(plain, (replace(reply, **{name: value}),), HERS), name

    def test_fields_with_other_addresses_stay_unchanged(self) -> None:
        text = "<jon@tann.example>, not anwilma@quaste.example nor wilma@quaste.example.org nor wilma@quaste.examples"
        ticket, message = filled(Ticket, text), filled(Message, text)
        assert not involved(ticket, (message,), HERS)
        after = ticket_without(ticket, HERS)
        assert replace(after, version=ticket.version, last_message_id=text) == ticket
        assert message_without(message, HERS) is None


def fields_filled(kind: type) -> Iterator[tuple[str, Any]]:
    """Each field that can hold her address, with her address in it."""
    item, without = filled(kind, SAID), filled(kind, "nothing")
    for part in fields(kind):
        value = getattr(item, part.name)
        if f"{kind.__name__}.{part.name}" not in AS_IT_IS and value != getattr(without, part.name):
            yield part.name, value


class TestHerContent:
    def test_her_own_ticket_loses_words_rating_claim_and_order_number(self) -> None:
        hers = samples.ticket(person=Person("Wilma", HERS), order_number="NL-1")
        after = ticket_without(replace(hers, rating=Rating(1, "Never again", START)), HERS)
        assert (after.rating, after.claim, after.order_number, after.subject) == (None, None, None, "")
        assert (after.requester, after.opening.person, after.opening.text) == (Person("", ""), Person("", ""), "")

    def test_her_own_withdrawal_keeps_only_its_moments(self) -> None:
        made = Withdrawal(START, "Wilma", "NL-1", HERS, proof_at=START)
        hers = samples.ticket(person=Person("Wilma", HERS), kind="withdrawal", withdrawal=made)
        after = ticket_without(hers, HERS)
        assert after.withdrawal == Withdrawal(START, proof_at=START)
        assert after.clocks == hers.clocks

    def test_her_own_ticket_loses_its_links_and_identity_confirmation(self) -> None:
        hers = replace(samples.ticket(person=Person("Wilma", HERS)), identity_confirmed_at=START)
        after = ticket_without(hers, HERS)
        assert (after.link_version, after.identity_confirmed_at) == (hers.link_version + 1, None)
        again = ticket_without(after, HERS)
        assert again.link_version == after.link_version
        his = replace(samples.ticket(person=Person("Jon", HIS)), participants=(HERS,), identity_confirmed_at=START)
        assert ticket_without(his, HERS).link_version == his.link_version
        assert ticket_without(his, HERS).identity_confirmed_at == START

    def test_her_own_ticket_passes_to_the_customer_of_a_merged_ticket(self) -> None:
        hers = replace(samples.ticket(person=Person("Wilma", HERS), country="AT"), participants=(HIS, HERS))
        his = samples.ticket("NL-00000-00002", person=Person("Jon", HIS), language="de", subject=f"Of {HERS}, too")
        after = ticket_without(hers, HERS, his)
        assert (after.requester, after.participants, after.language) == (Person("Jon", HIS), (), "de")
        assert (after.subject, after.country) == ("Of [erased], too", None)
        assert (after.ref, after.opening.text) == (hers.ref, "")
        jons = ticket_without(replace(hers, requester=Person("Jon", HIS)), HERS, replace(his, language="fr"))
        assert jons.language == hers.language

    def test_a_rating_of_another_customers_ticket_is_kept_without_her_address(self) -> None:
        his = replace(samples.ticket(person=Person("Jon", HIS)), participants=(HERS,))
        rated = replace(his, rating=Rating(5, f"Thanks, also from {HERS}", START))
        after = ticket_without(rated, HERS)
        assert after.rating == Rating(5, "Thanks, also from [erased]", START)
        assert (after.requester, after.participants) == (Person("Jon", HIS), ())

    def test_owed_mails_to_her_are_refused_and_those_to_others_stay_owed(self) -> None:
        mails = tuple(Delivery(Purpose.ANSWER, to) for to in (HERS.title(), HIS))
        message = replace(
            samples.message_of(samples.reply(samples.ticket(person=Person("Jon", HIS)))),
            author=Author.AGENT,
            visibility=Visibility.SHARED,
            outbox=Outbox(mails, Stage.QUEUED, START),
        )
        after = message_without(message, HERS)
        assert after
        assert after.outbox
        told = [(mail.to, mail.status) for mail in after.outbox.deliveries]
        assert told == [("erased", DeliveryStatus.REFUSED), (HIS, DeliveryStatus.OWED)]


class TestAnAddress:
    @pytest.mark.parametrize(
        "text",
        [
            "wilma@quaste.example",
            "Wilma@Quaste.EXAMPLE",
            "write to wilma@quaste.example.",
            "write to wilma@quaste.example.Then wait",
            "_wilma@quaste.example_ or *wilma@quaste.example*",
            "<mailto:wilma@quaste.example?subject=x>",
            "https://x.example/?from=wilma%40quaste.example&x=1",
            "https://x.example/?to=%3Cwilma@quaste.example%3E",
            "'wilma@quaste.example'",
            "mail of wilma@quaste.example.eml",
            "a@b.example,wilma@quaste.example;c@d.example",
            "Contacts:\n-wilma@quaste.example\n+wilma@quaste.example",
            "see...wilma@quaste.example--or not",
            "联系wilma@quaste.example。",
            "请wilma@quaste.example谢谢",
            "wilma@quaste.example로",
            "wilma@quaste.example_und",
            '"wilma"@quaste.example',
            "WILMA@QUASTE.EXAMPLE.Then wait",
            "https://x.example/?next=%2F%3Ffrom%3Dwilma%2540quaste.example",
        ],
    )
    def test_her_address_is_found_masked_and_indexed_in_any_surroundings(self, text: str) -> None:
        assert names(text, HERS)
        assert not names(masked(text, HERS), HERS)
        assert "wilma" not in masked(text, HERS).lower()
        assert HERS in participants.named(samples.ticket(text=text))

    @pytest.mark.parametrize(
        "text",
        ["", "wilma at quaste", "anwilma@quaste.example", "an.wilma@quaste.example", "wilma@quaste.example.org",
         "an_wilma@quaste.example", "wilma@quaste.examples", "wilma+an@quaste.example", "_an_wilma@quaste.example",
         "an-wilma@quaste.example", "an%wilma@quaste.example", "WILMA@QUASTE.EXAMPLE.ORG", "änwilma@quaste.example"],
    )  # fmt: skip
    def test_a_longer_or_different_address_is_not_hers(self, text: str) -> None:
        assert not names(text, HERS)
        assert masked(text, HERS) == text

    @given(st.text(alphabet=AROUND, max_size=40), st.text(alphabet=AROUND, max_size=40))
    def test_a_found_address_is_indexed_and_gone_after_masking(self, before: str, behind: str) -> None:
        text = f"{before}a@w.a{behind}"
        indexed = "a@w.a" in participants.named(replace(PLAIN, subject=text))
        assert names(text, "a@w.a") == (masked(text, "a@w.a") != text) == indexed
        assert not names(masked(text, "a@w.a"), "a@w.a")

    @given(st.text(max_size=10), st.text(max_size=10))
    def test_an_address_beside_any_script_is_indexed_if_and_only_if_it_is_masked(
        self, before: str, behind: str
    ) -> None:
        text = f"{before}{HERS}{behind}"
        assert (HERS in participants.named(replace(PLAIN, subject=text))) == (masked(text, HERS) != text)

    @pytest.mark.parametrize(
        "sign", ["a", "a.", "%41", "%25", "@", "a@", "a@a.", "a@a.a", ".", "a_.-", "'a@b.c--", "谢a@b.c", "a@w.a_"]
    )
    def test_an_address_in_very_long_text_is_found_quickly(self, sign: str) -> None:
        text = f"{sign * (300_000 // len(sign))} {HERS}"
        began = process_time()
        assert names(text, HERS)
        assert not names(masked(text, HERS), HERS)
        participants.named(replace(PLAIN, subject=text))
        assert process_time() - began < 3


class TestIds:
    def test_ids_of_mails_and_files_name_nobody(self) -> None:
        ids: dict[str, Any] = {"message_id": "AM0PR01MB1@EURPRD01.example", "raw_key": "tickets/a@b.example/raw/1"}
        mailed = samples.ticket(channel=Channel.MAIL, **ids)
        assert mailed.last_message_id == ids["message_id"]
        replied = samples.reply(mailed, channel=Channel.MAIL, **ids)
        assert replied.ticket
        assert participants.named(mailed, samples.message_of(replied)) == ()
        assert participants.noted(replied.ticket) == ()


class TestTheLog:
    OURS = frozenset({"ada@northlight.example"})

    @pytest.mark.parametrize(
        ("detail", "kept"),
        [
            ("settled: it was wilma@quaste.example", "settled: it was […@…]"),
            ("to ada@northlight.example", "to ada@northlight.example"),
            ("to Ada@Northlight.example.", "to Ada@Northlight.example."),
            ("cut off in the middle: wilma@qua", "cut off in the middle: […@…]"),
            ("<wilma@quaste.example>,jon@tann.example", "<[…@…]>,[…@…]"),
            ("2026-12-01", "2026-12-01"),
            ("see https://x.example/?u=wilma%40quaste.example there", "see https:[…@…] there"),
            ("see u=wilma%2540quaste.example", "see […@…]"),
            ('settled: "wilma"@quaste.example', 'settled: "[…@…]'),
        ],
    )
    def test_a_log_entry_names_only_the_shops_addresses(self, detail: str, kept: str) -> None:
        entry = LogEntry(
            datetime(2026, 1, 1, tzinfo=UTC),
            "ada@northlight.example",
            Action.NOTED,
            (Detail(DetailCode.ORDER_NUMBER, detail, detail),),
        )
        masked = (Detail(DetailCode.ORDER_NUMBER, kept, kept),)
        assert entry_without(entry, self.OURS) == replace(entry, details=masked)
