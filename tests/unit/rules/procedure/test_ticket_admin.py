"""What an agent does to whole tickets: tags, links, legal hold, spam, splitting."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import ticket_admin
from chalicelib.rules.tickets.outbox import Purpose, Stage
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Author, Change, Event, Message, Person, State, Ticket, Visibility
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
OTHER = "NL-7K3F9-QXMT3"


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def said(change: Change | None) -> list[tuple[str, str]]:
    assert change
    return [(entry.action, entry.detail) for entry in change.log]


class TestTags:
    @pytest.mark.parametrize(
        ("text", "tags"),
        [
            ("", ()),
            ("  , ;\n", ()),
            ("glass", ("glass",)),
            ("Glass, #Urgent;glass  vip", ("glass", "urgent", "vip")),
            ("größe größe", ("größe",)),
        ],
    )
    def test_tags_are_separated_by_commas_and_spaces(self, text: str, tags: tuple[str, ...]) -> None:
        assert ticket_admin.tags_in(text) == tags

    @pytest.mark.parametrize(
        ("text", "code"), [("x" * 41, "tag_too_long"), (" ".join(map(str, range(21))), "tags_too_many")]
    )
    def test_too_many_or_too_long_tags_are_refused(self, text: str, code: str) -> None:
        with pytest.raises(InvalidFields, match=code):
            ticket_admin.tags_in(text)

    @given(st.text(max_size=60))
    def test_the_fields_text_is_read_back_as_the_same_tags(self, text: str) -> None:
        try:
            tags = ticket_admin.tags_in(text)
        except InvalidFields:
            return
        assert ticket_admin.tags_in(", ".join(tags)) == tags

    def test_new_tags_replace_the_old_ones(self) -> None:
        once = changed(ticket_admin.tag(samples.ticket(), ("glass", "vip"), ADA, START))
        change = ticket_admin.tag(once, ("vip",), ADA, START)
        assert changed(change).tags == ("vip",)
        assert said(change) == [("tagged", "tag=vip")]
        assert ticket_admin.tag(changed(change), ("vip",), ADA, START) is None


class TestLegalHold:
    def test_a_hold_is_placed_and_lifted_with_a_reason(self) -> None:
        held = ticket_admin.place_legal_hold(samples.ticket(), " A lawyer wrote. ", ADA, START)
        assert changed(held).custody.legal_hold == "A lawyer wrote."
        assert said(held) == [("legal hold placed", 'reason="A lawyer wrote."')]
        lifted = ticket_admin.lift_legal_hold(changed(held), "It is over.", ADA, START)
        assert changed(lifted).custody.legal_hold is None
        assert said(lifted) == [("legal hold lifted", 'reason="It is over."')]

    def test_placing_or_lifting_a_hold_twice_changes_nothing(self) -> None:
        held = changed(ticket_admin.place_legal_hold(samples.ticket(), "A lawyer wrote.", ADA, START))
        assert ticket_admin.place_legal_hold(held, "A lawyer wrote.", ADA, START) is None
        assert ticket_admin.lift_legal_hold(samples.ticket(), "It is over.", ADA, START) is None

    @pytest.mark.parametrize("rule", [ticket_admin.place_legal_hold, ticket_admin.lift_legal_hold])
    def test_a_hold_without_a_reason_is_refused(self, rule: Any) -> None:
        with pytest.raises(InvalidFields, match="missing"):
            rule(samples.ticket(), "  ", ADA, START)


class TestLinks:
    def test_linked_tickets_name_each_other(self) -> None:
        one, other = samples.ticket(), samples.ticket(OTHER)
        change = ticket_admin.link(one, other, ADA, START)
        assert change
        assert changed(change).related == (OTHER,)
        assert [ticket.related for ticket in change.also] == [(samples.REF,)]
        assert said(change) == [("linked", f"ticket={samples.REF} with={OTHER}")]
        assert ticket_admin.link(changed(change), change.also[0], ADA, START) is None

    def test_a_one_sided_link_is_completed(self) -> None:
        one = replace(samples.ticket(), related=(OTHER,))
        change = ticket_admin.link(one, samples.ticket(OTHER), ADA, START)
        assert change
        assert (changed(change).related, change.also[0].related) == ((OTHER,), (samples.REF,))

    def test_a_link_to_itself_or_another_shops_ticket_is_refused(self) -> None:
        with pytest.raises(InvalidFields, match="itself"):
            ticket_admin.link(samples.ticket(), samples.ticket(), ADA, START)
        with pytest.raises(InvalidFields, match="no_ticket"):
            ticket_admin.link(samples.ticket(), replace(samples.ticket(OTHER), shop="kettle"), ADA, START)


class TestSpam:
    def test_spam_is_closed_and_its_sender_gets_no_mail(self) -> None:
        change = ticket_admin.spam(samples.ticket(), ADA, samples.context())
        after = changed(change)
        assert (after.state, after.outcome) == (State.CLOSED, Outcome.SPAM)
        assert after.outbox
        assert Purpose.ACKNOWLEDGEMENT not in {mail.purpose for mail in after.outbox.deliveries}
        assert {mail.purpose for mail in after.outbox.owed()} == {Purpose.NOTIFICATION_NEW}  # agents are still notified
        assert said(change) == [("marked as spam", "")]
        assert change
        assert change.sla_counts == ()
        assert ticket_admin.spam(after, ADA, samples.context()) is None

    def test_without_other_owed_mail_the_outbox_is_done(self) -> None:
        ticket = samples.ticket()
        assert ticket.outbox
        only = tuple(mail for mail in ticket.outbox.deliveries if mail.purpose is Purpose.ACKNOWLEDGEMENT)
        ticket = replace(ticket, outbox=replace(ticket.outbox, deliveries=only))
        after = changed(ticket_admin.spam(ticket, ADA, samples.context()))
        assert after.outbox
        assert (after.outbox.deliveries, after.outbox.stage) == ((), Stage.DONE)

    def test_a_ticket_closed_with_another_outcome_must_be_reopened_first(self) -> None:
        closed = replace(samples.ticket(), state=State.CLOSED, outcome=Outcome.SETTLED)
        with pytest.raises(InvalidFields, match="closed_already"):
            ticket_admin.spam(closed, ADA, samples.context())


class TestSplit:
    message: Message = samples.message_of(samples.reply(samples.ticket()))

    def test_the_message_opens_a_ticket_and_is_marked_in_the_old_one(self) -> None:
        inbound = samples.inbound(text=self.message.text)
        change = ticket_admin.split(samples.ticket(), self.message, OTHER, inbound, ADA, samples.context())
        (opened,), (marked,) = change.also, change.messages
        assert changed(change).related == (OTHER,)
        assert opened.related == (samples.REF,)
        assert (opened.version, opened.opening.text) == (1, self.message.text)
        assert marked.split_into == OTHER
        assert marked.version == self.message.version + 1
        assert replace(marked, split_into="", version=1) == self.message
        assert said(change) == [("split off", f"ticket={OTHER} origin={samples.REF}")]

    def test_the_new_tickets_promises_run_from_when_the_message_came(self) -> None:
        later = samples.context(START.replace(day=28))
        change = ticket_admin.split(samples.ticket(), self.message, OTHER, samples.inbound(), ADA, later)
        answer = change.also[0].clock("first_answer")
        fresh = samples.ticket().clock("first_answer")
        assert answer
        assert fresh
        assert answer.due == fresh.due

    @pytest.mark.parametrize(
        "message",
        [
            None,
            replace(message, author=Author.AGENT),
            replace(message, visibility=Visibility.INTERNAL),
            replace(message, automatic=(AUTOMATIC,)),
            replace(message, event=Event.QUESTION),
        ],
    )
    def test_only_a_customers_message_can_be_split_off(self, message: Any) -> None:
        with pytest.raises(InvalidFields):
            ticket_admin.refuse_to_split(samples.ticket(), message, "")

    def test_a_customers_message_can_be_split_off(self) -> None:
        ticket_admin.refuse_to_split(samples.ticket(), self.message, "")
