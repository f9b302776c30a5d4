"""Links and addresses give only the access that their holder has proved, and expire when the ticket gets another
customer."""

from collections.abc import Callable

import pytest

from chalicelib.errors import InvalidEvent, InvalidLink
from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, Ticket, Visibility
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import receive
from chalicelib.services.intake.submitting import Caller, Submitted, submit
from chalicelib.services.operations import quarantine
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.privacy import rectifying
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import ADA, acts
from tests.support.store.fakes import FakeRun, World, written
from tests.support.store.fakes import world as new_world

VERA, STRANGER = "vera@victim.example", "wrong@example.com"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.9"
FIELDS = {"name": "Vera Victim", "email": VERA, "message": "Where is my order?", "language": "en"}
SECRET_WORDS = "we have Lichtweg 99 for you"


def posts(world: World, source: str = HOME, key: str = "", **fields: str) -> Submitted:
    return submit(world.deps, world.shop, FIELDS | fields, (), Caller(source, key=key))


def token(url: str) -> str:
    return url.rpartition("/")[2]


def receipt(world: World, ticket: Ticket) -> str:
    return token(links.receipt_url(world.deps, ticket))


def mailed(world: World, ticket: Ticket) -> str:
    return token(links.status_url(world.deps, ticket))


def shown(world: World, link: str) -> str:
    return " ".join(entry["text"] for entry in customer_page.view(world.deps, link).entries)


def seen(world: World, link: str) -> list[object]:
    """Everything of which a receipt's page is made."""
    view = customer_page.view(world.deps, link)
    shows = (view.ticket.state, view.ticket.subject, view.entries, view.promises, view.referrals, view.bodies)
    return [*shows, view.link_expires, view.reply_taken, view.rating_taken, view.rate_until, view.quarantined]


def reply_token(world: World, ticket: Ticket) -> str:
    return samples.reply_token(world.store.tickets[ticket.ref], Role.CUSTOMER)


def answers(world: World, ref: str) -> None:
    acts(world, "answer", ref, text=SECRET_WORDS)
    agents.stream(world)


def mails(world: World, sender: str, to: str, text: str = "Send it to Evil Street 1") -> None:
    key = world.arrives(written(text=text, From=sender, Message_ID=f"<{world.mails}@x>"))
    receive(world.deps, MailReceived(key, (to,), passed=frozenset({DMARC})))


class TestTheReceipt:
    def test_it_shows_the_posters_words_and_no_answer(self, world: World) -> None:
        ticket = posts(world).ticket
        answers(world, ticket.ref)
        link = receipt(world, ticket)
        assert "Where is my order?" in shown(world, link)
        assert SECRET_WORDS not in shown(world, link)
        assert SECRET_WORDS in shown(world, mailed(world, ticket))
        seen = customer_page.view(world.deps, link)
        assert seen.receipt
        assert [promise["met"] for promise in seen.promises if promise["met"]] == []
        assert not any(entry["attachments"] for entry in seen.entries)

    def test_it_does_not_follow_a_merge(self, world: World) -> None:
        veras = posts(world, message="My lamp broke. I live at Elm Road 5.").ticket
        attackers = posts(world, ELSEWHERE, message="Any question").ticket
        answers(world, veras.ref)
        acts(world, "merge", attackers.ref, into=veras.ref, anyway="yes")
        link = receipt(world, attackers)
        assert shown(world, link) == "Any question"
        assert SECRET_WORDS in shown(world, mailed(world, attackers))

    def test_a_reply_by_it_is_marked_and_shown_on_it(self, world: World) -> None:
        ticket = posts(world).ticket
        link = receipt(world, ticket)
        customer_page.reply(world.deps, link, {"message": "Send it to Evil Street 1"}, ())
        message = world.store.only_message()
        assert Remark.BY_RECEIPT in message.remarks
        assert shown(world, link) == "Where is my order? Send it to Evil Street 1"
        agents.stream(world)
        assert "not by one of our emails" in agents_mail(world)

    def test_a_reply_by_the_mailed_link_is_neither_marked_nor_shown_on_it(self, world: World) -> None:
        ticket = posts(world).ticket
        customer_page.reply(world.deps, mailed(world, ticket), {"message": "Any news?"}, ())
        assert Remark.BY_RECEIPT not in world.store.only_message().remarks
        assert shown(world, receipt(world, ticket)) == "Where is my order?"

    def test_it_reveals_nothing_of_what_was_done_since(self, world: World) -> None:
        """Nothing on it changes: no date, no promise, nor the day on which it expires."""
        ticket, other = posts(world, kind="complaint").ticket, posts(world, message="My lamp broke.").ticket
        link = receipt(world, ticket)
        before = seen(world, link)
        done: tuple[tuple[str, dict[str, str]], ...] = (
            ("extend", {"by": "10 days", "reason": "The glass."}), ("change", {"kind": "feedback"}),
            ("change", {"kind": "complaint"}), ("ask", {"text": "Which one?"}), ("answer", {"text": SECRET_WORDS}),
            ("conclude", {"outcome": "upheld", "text": "Here is a new one."}), ("reopen", {"reason": "Not yet."}),
            ("merge", {"into": other.ref, "anyway": "yes"}),
        )  # fmt: skip
        for action, fields in done:
            world.clock.advance(hours=30)
            acts(world, action, ticket.ref, **fields)
            agents.stream(world)
            assert seen(world, link) == before, action
            if action != "merge":
                mails(world, VERA, plus_address(world.shop.support, reply_token(world, ticket)), f"After {action}")
        assert seen(world, link) == before

    def test_it_expires_some_days_after_the_last_reply_by_it(self, world: World) -> None:
        ticket, days = posts(world).ticket, world.shop.link_days
        world.clock.advance(days=days - 1)
        customer_page.reply(world.deps, receipt(world, ticket), {"message": "Any news?"}, ())
        world.clock.advance(days=days - 1)
        answers(world, ticket.ref)
        assert shown(world, receipt(world, ticket)) == "Where is my order? Any news?"
        world.clock.advance(days=2)
        with pytest.raises(InvalidLink):
            customer_page.view(world.deps, receipt(world, ticket))
        assert SECRET_WORDS in shown(world, mailed(world, ticket))

    def test_it_cannot_rate(self, world: World) -> None:
        ticket = posts(world).ticket
        acts(world, "close", ticket.ref, outcome="settled", reason="Done.")
        with pytest.raises(InvalidLink):
            rating.rate(world.deps, receipt(world, ticket), {"score": "1"})

    def test_mails_carry_the_link_to_the_whole_ticket(self, world: World) -> None:
        ticket = posts(world).ticket
        agents.stream(world)
        assert any(links.status_url(world.deps, ticket) in mail.text for mail in world.mailer.to(VERA))


def agents_mail(world: World) -> str:
    return " ".join(world.mailer.to(ADA)[-1].text.split())


class TestPostedAgain:
    @pytest.mark.parametrize("key", ["", "order-777"])
    def test_a_form_from_another_source_gets_the_reference_and_no_link(self, world: World, key: str) -> None:
        first = posts(world, key=key)
        again = posts(world, ELSEWHERE, key=key)
        assert first.receipt
        assert (again.ticket.ref, again.receipt) == (first.ticket.ref, False)
        assert posts(world, key=key).receipt

    @pytest.mark.parametrize("key", ["", "order-777"])
    def test_a_withdrawn_receipt_stays_withdrawn(self, world: World, key: str) -> None:
        first = posts(world, key=key)
        withdraws(world, first.ticket.ref)
        assert not posts(world, key=key).receipt
        with pytest.raises(InvalidLink):
            customer_page.view(world.deps, receipt(world, first.ticket))

    def test_a_key_used_first_by_a_stranger_still_works_for_its_owner(self, world: World) -> None:
        posts(world, ELSEWHERE, key="order-777", email=STRANGER, message="poison")
        assert posts(world, key="order-777").ticket.requester.address == VERA

    def test_old_links_do_not_open_a_new_ticket_of_the_same_reference(self, world: World) -> None:
        first = posts(world, key="k").ticket
        old = [mailed(world, first), receipt(world, first)]
        reply = plus_address(world.shop.support, samples.reply_token(first, Role.CUSTOMER))
        del world.store.tickets[first.ref]
        world.clock.advance(days=400)
        again = posts(world, key="k").ticket
        assert again.ref == first.ref
        for link in old:
            with pytest.raises(InvalidLink):
                customer_page.view(world.deps, link)
        mails(world, STRANGER, reply)
        assert [m for m in world.store.messages.values() if m.ref == again.ref] == []


def withdraws(world: World, ref: str) -> None:
    quarantine.withdraw_links(world.deps, {"shop": world.shop.id, "reference": ref})


def corrects(world: World, ref: str) -> None:
    event = {"shop": world.shop.id, "email": STRANGER, "new_email": VERA}
    rectifying.rectify_subject(world.deps, event, FakeRun())


@pytest.mark.parametrize("change", [corrects, withdraws])
class TestChangedHands:
    """The address was wrong and mails went to a stranger, or the links were withdrawn."""

    def test_old_links_are_refused(self, world: World, change: Callable[[World, str], None]) -> None:
        ticket = posts(world, email=STRANGER).ticket
        old = [mailed(world, ticket), receipt(world, ticket)]
        change(world, ticket.ref)
        answers(world, ticket.ref)
        for link in old:
            with pytest.raises(InvalidLink):
                customer_page.view(world.deps, link)
        assert SECRET_WORDS in shown(world, mailed(world, world.store.tickets[ticket.ref]))

    def test_a_strangers_mail_to_an_old_reply_address_is_internal(
        self, world: World, change: Callable[[World, str], None]
    ) -> None:
        ticket = posts(world, email=STRANGER).ticket
        reply = plus_address(world.shop.support, samples.reply_token(ticket, Role.CUSTOMER))
        change(world, ticket.ref)
        mails(world, "somebody@else.example", reply)
        message = world.store.only_message()
        assert (message.visibility, message.author) == (Visibility.INTERNAL, Author.OTHER)
        now = world.store.tickets[ticket.ref]
        assert "Evil Street" not in shown(world, mailed(world, now))
        agents.stream(world)
        assert "Evil Street" in agents_mail(world)

    def test_the_customer_may_still_answer_an_old_mail(
        self, world: World, change: Callable[[World, str], None]
    ) -> None:
        ticket = posts(world, email=STRANGER).ticket
        reply = plus_address(world.shop.support, samples.reply_token(ticket, Role.CUSTOMER))
        change(world, ticket.ref)
        mails(world, world.store.tickets[ticket.ref].requester.address, reply, "It is me.")
        assert world.store.only_message().visibility is Visibility.SHARED

    def test_agents_can_still_answer_by_old_mails(self, world: World, change: Callable[[World, str], None]) -> None:
        ticket = posts(world, email=STRANGER).ticket
        reply = plus_address(world.shop.support, samples.reply_token(ticket, Role.AGENT))
        change(world, ticket.ref)
        mails(world, ADA, reply, "We send another.")
        message = world.store.only_message()
        assert (message.author, message.visibility) == (Author.AGENT, Visibility.SHARED)


class TestConfirmedAddresses:
    def test_a_form_proves_nothing_and_its_receipt_neither(self, world: World) -> None:
        ticket = posts(world).ticket
        customer_page.view(world.deps, receipt(world, ticket))
        assert not world.store.tickets[ticket.ref].proven

    def test_opening_the_mailed_link_proves_the_address(self, world: World) -> None:
        ticket = posts(world).ticket
        for _ in range(2):
            customer_page.view(world.deps, mailed(world, ticket))
        assert world.store.tickets[ticket.ref].proven
        assert [entry.action for ref, entry in world.store.log].count(Action.ADDRESS_CONFIRMED) == 1

    def test_answering_our_mail_proves_the_address(self, world: World) -> None:
        ticket = posts(world).ticket
        mails(world, VERA, plus_address(world.shop.support, samples.reply_token(ticket, Role.CUSTOMER)), "Any news?")
        assert world.store.tickets[ticket.ref].proven

    @pytest.mark.parametrize(("passed", "proven"), [({DMARC}, True), (set(), False)])
    def test_a_mail_that_passes_dmarc_proves_the_address(self, passed: set[str], proven: bool) -> None:
        world = new_world()
        key = world.arrives(written(text="Where is it?", From=VERA))
        receive(world.deps, MailReceived(key, (world.shop.support,), passed=frozenset(passed)))
        assert world.store.only_ticket().proven is proven

    def test_a_corrected_address_must_be_proven_again(self, world: World) -> None:
        ticket = posts(world, email=STRANGER).ticket
        customer_page.view(world.deps, mailed(world, ticket))
        corrects(world, ticket.ref)
        assert not world.store.tickets[ticket.ref].proven

    def test_merging_with_an_unproven_address_needs_confirmation(self, world: World) -> None:
        one, two = posts(world).ticket, posts(world, message="Another matter").ticket
        customer_page.view(world.deps, mailed(world, one))
        with pytest.raises(InvalidEvent) as fault:
            acts(world, "merge", two.ref, into=one.ref)
        assert "not confirmed" in str(fault.value.sentences)
        assert acts(world, "merge", two.ref, into=one.ref, anyway="yes")
        assert two.ref in world.store.tickets[one.ref].merged_from
