"""A messenger's user gives a mail address and confirms it; whoever only holds an address gets nothing by it."""

import email
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from email import policy as mail_policies
from typing import Any

import pytest

from chalicelib.errors import InvalidFields, InvalidLink, RateLimited
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.tickets.clocks import RETAIN, WINDOW, Clock, Clocks
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Person, Visibility
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery.sending import post
from chalicelib.services.desk import searching
from chalicelib.services.exports.subject_exports import export_subject
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import receive
from chalicelib.services.messages import own_address, taking
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.privacy import erasing
from chalicelib.services.tickets import indexing, links
from chalicelib.services.tickets.commits import change_ticket
from tests.support.store.fakes import FakeRun, World, world, written

AGENT = Person("Ada Lindqvist", "ada@northlight.example")
WHO, OTHER = Handle(Provider.WHATSAPP, "4915123456789"), Handle(Provider.WHATSAPP, "4915123456780")
MIRA, STRANGER = "mira@example.com", "stranger@example.org"
SAYS = "Where is my lamp? See http://tricks.example"
NAME = "Win http://tricks.example"


@pytest.fixture
def here() -> World:
    made = world()
    say(made, SAYS)
    post(made.deps, ItemRef(ticket(made).ref, None))
    return made


def say(here: World, text: str, who: Handle = WHO) -> None:
    name = NAME if who is WHO else "Jo"
    taking.take(
        here.deps, here.shop, Said(Kind.WORDS, who, "200", f"in-{here.clock()}{who.id}", here.clock(), text, name)
    )


def ticket(here: World, who: Handle = WHO) -> Ticket:
    return next(each for each in here.store.tickets.values() if who.address in each.customers)


def page_token(here: World) -> str:
    return links.status_url(here.deps, ticket(here)).rpartition("/")[2]


def given(here: World, address: str = MIRA) -> str:
    """The token of the link in the mail that the address gets."""
    own_address.ask(here.deps, page_token(here), address)
    _, messages = here.deps.tickets.conversation(ticket(here).ref)
    asked = max((each for each in messages if each.event is Event.ADDRESS_GIVEN), key=lambda each: each.at)
    assert post(here.deps, ItemRef(asked.ref, asked.id))
    found = re.search(r"/e/(\S+)", body(here.mailer.to(address)[-1].raw))
    assert found
    return found[1]


def body(raw: bytes) -> str:
    part = email.message_from_bytes(raw, policy=mail_policies.default).get_body(("plain",))
    assert part
    return str(part.get_content())


def indexed(here: World) -> None:
    for each in here.store.tickets.values():
        indexing.index(here.deps, each)
    for message in here.store.messages.values():
        indexing.index(here.deps, message)


class TestTheMail:
    def test_has_no_word_of_whoever_asked_for_it_and_leads_no_answer_to_the_ticket(self, here: World) -> None:
        given(here, STRANGER)
        (mail,) = here.mailer.to(STRANGER)
        whole = email.message_from_bytes(mail.raw, policy=mail_policies.default)
        assert whole["Subject"] == "Shall Northlight Lamps answer you at this address?"
        assert whole["Reply-To"].addresses[0].addr_spec == here.shop.support
        assert "by WhatsApp" in body(mail.raw)
        for word in ("tricks", "lamp?", "Win", ticket(here).ref, WHO.id, "/t/"):
            assert word not in str(whole)
            assert word not in body(mail.raw)

    def test_in_short_form_is_the_same_mail(self, here: World) -> None:
        own_address.ask(here.deps, page_token(here), STRANGER)
        (message,) = (each for each in here.store.messages.values() if each.event is Event.ADDRESS_GIVEN)
        assert message.outbox
        box = replace(message.outbox, lapsed=3)
        here.store.messages[message.ref, message.id] = replace(message, outbox=box)
        post(here.deps, ItemRef(message.ref, message.id))
        (mail,) = here.mailer.to(STRANGER)
        assert "/e/" in body(mail.raw)
        assert "/t/" not in body(mail.raw)

    def test_whoever_answers_it_opens_a_ticket_of_their_own(self, here: World) -> None:
        given(here, STRANGER)
        before = dict(here.store.messages)
        id = f"<{here.mailer.to(STRANGER)[0].id}@eu-central-1.amazonses.com>"
        by_mail(here, STRANGER, "Re: Shall we?", "Who are you?", In_Reply_To=id)
        assert here.store.messages == before
        assert [each.requester.address for each in here.store.tickets.values()] == [WHO.address, STRANGER]


class TestNothingBeforeItIsConfirmed:
    def test_the_ticket_stays_the_messengers_users(self, here: World) -> None:
        given(here)
        found = ticket(here)
        assert found.requester.address == WHO.address
        assert found.customers == (WHO.address,)
        assert not found.knows(MIRA)
        assert not here.deps.tickets.tickets_of("northlight", MIRA, 5)
        (asked,) = (each for each in here.store.messages.values() if each.event is Event.ADDRESS_GIVEN)
        assert asked.visibility is Visibility.INTERNAL

    def test_only_the_address_given_last_can_be_confirmed(self, here: World) -> None:
        mistyped = given(here, STRANGER)
        here.clock.advance(minutes=1)
        right = given(here, MIRA)
        with pytest.raises(InvalidLink):
            own_address.confirm(here.deps, mistyped)
        own_address.confirm(here.deps, right)
        assert ticket(here).requester.address == MIRA
        with pytest.raises(InvalidLink):
            own_address.opened(here.deps, mistyped)

    def test_a_link_ends_after_a_day_and_with_the_tickets_links(self, here: World) -> None:
        token = given(here)
        here.clock.advance(hours=24)
        assert own_address.opened(here.deps, token).status_url == ""
        here.clock.advance(seconds=1)
        with pytest.raises(InvalidLink):
            own_address.confirm(here.deps, token)
        token = given(here)
        change_ticket(here.deps, ticket(here), lambda each: Change(evolve(each, link_version=each.link_version + 1)))
        with pytest.raises(InvalidLink):
            own_address.confirm(here.deps, token)
        assert ticket(here).requester.address == WHO.address

    @pytest.mark.parametrize("forge", [lambda token: f"{token[:-3]}xxx", lambda token: ""])
    def test_a_forged_link_and_the_tickets_own_confirm_nothing(self, here: World, forge: Any) -> None:
        token = given(here)
        for wrong in (forge(token), page_token(here)):
            with pytest.raises(InvalidLink):
                own_address.confirm(here.deps, wrong)

    def test_an_owner_who_was_erased_confirms_nothing(self, here: World) -> None:
        token = given(here, STRANGER)
        end(here)
        indexed(here)
        event = {"shop": "northlight", "email": STRANGER, "confirm": STRANGER, "reason": "Asked for by letter"}
        done = erasing.erase_subject(here.deps, event, FakeRun())
        assert done["complete"]
        assert STRANGER not in repr((here.store.tickets, here.store.messages))
        with pytest.raises(InvalidLink):
            own_address.confirm(here.deps, token)

    def test_an_export_of_the_address_has_nothing_of_the_ticket_but_that_a_mail_went_there(self, here: World) -> None:
        given(here, STRANGER)
        indexed(here)
        whole = exported(here, STRANGER)
        assert "confirm_address" in whole
        assert "lamp" not in whole
        assert WHO.id not in whole

    def test_an_export_of_the_messengers_user_has_the_address(self, here: World) -> None:
        given(here)
        indexed(here)
        assert "confirm_address" in exported(here, WHO.address)


class TestConfirmed:
    def test_answers_go_by_mail_and_the_ticket_is_the_customers_by_both_addresses(self, here: World) -> None:
        token, old = given(here), page_token(here)
        for _ in range(2):
            own_address.confirm(here.deps, token)
        found = ticket(here)
        assert found.requester == Person(NAME, MIRA, "+4915123456789")
        assert found.customers == (MIRA, WHO.address)
        assert found.proven
        assert found.clock(WINDOW) is None
        assert [entry.action for entry in here.deps.tickets.history(found.ref, 9)].count(Action.READDRESSED) == 1
        with pytest.raises(InvalidLink):
            links.open_status(here.deps, old)
        seen = own_address.opened(here.deps, token)
        assert links.open_status(here.deps, seen.status_url.rpartition("/")[2]).ticket.ref == found.ref
        post(here.deps, ItemRef(found.ref, None))
        here.clock.advance(days=2)
        acting.act(here.deps, here.shop, found.ref, "answer", ActionInput({"text": "It comes today."}, AGENT), "1")
        (answer,) = (each for each in here.store.messages.values() if each.text == "It comes today.")
        post(here.deps, ItemRef(answer.ref, answer.id))
        assert "It comes today." in body(here.mailer.to(MIRA)[-1].raw)
        assert not [sent for sent in here.channels.said if "today" in sent]

    def test_what_they_write_by_the_messenger_joins_the_ticket_and_is_theirs(self, here: World) -> None:
        own_address.confirm(here.deps, given(here))
        here.clock.advance(minutes=10)
        say(here, "And the bulb?")
        assert len(here.store.tickets) == 1
        found = ticket(here)
        assert found.reached
        assert (found.reached.last_at, found.reached.by) == (here.clock(), WHO.address)
        assert found.clock(WINDOW) is None
        token = links.status_url(here.deps, found).rpartition("/")[2]
        shown = customer_page.view(here.deps, token)
        assert [(each["who"], each["text"]) for each in shown.entries] == [("you", SAYS), ("you", "And the bulb?")]
        assert not shown.may_give_address

    def test_the_desk_finds_it_by_both(self, here: World) -> None:
        own_address.confirm(here.deps, given(here))
        indexed(here)
        ada = {"northlight": next(agent for agent in here.shop.agents if agent.address == AGENT.address)}
        for query in (MIRA, "whatsapp:+4915123456789"):
            assert [row.ref for row in searching.search(here.deps, ada, query, "en").rows] == [ticket(here).ref]
        assert not searching.search(here.deps, ada, "whatsapp:+4915123456780", "en").rows

    def test_is_this_ticket_alone(self, here: World) -> None:
        """Neither the messenger's other tickets nor the mailbox's become the other's."""
        by_mail(here, f"Mira Holm <{MIRA}>", "Another matter", "By mail.")
        own_address.confirm(here.deps, given(here))
        end(here)
        here.clock.advance(days=2)
        say(here, "A new matter by WhatsApp.")
        indexed(here)
        of_handle, of_mailbox = exported(here, "whatsapp:+4915123456789"), exported(here, MIRA)
        assert "By mail." not in of_handle
        assert "A new matter" in of_handle
        assert "A new matter" not in of_mailbox
        for whole in (of_handle, of_mailbox):
            assert "Where is my lamp?" in whole

    @pytest.mark.parametrize("email", [MIRA, "whatsapp:+4915123456789"])
    def test_an_erasure_by_either_erases_it_and_not_what_is_the_others_alone(self, here: World, email: str) -> None:
        by_mail(here, f"Mira Holm <{MIRA}>", "Another matter", "By mail.")
        own_address.confirm(here.deps, given(here))
        end(here)
        indexed(here)
        here.clock.advance(days=1)
        event = {"shop": "northlight", "email": email, "confirm": email, "reason": "Asked for by letter"}
        done = erasing.erase_subject(here.deps, event, FakeRun())
        assert done["complete"]
        left = [each.subject for each in here.store.tickets.values()]
        assert left == ([] if email == MIRA else ["Another matter"])

    @pytest.mark.parametrize("email", [MIRA, "whatsapp:+4915123456789"])
    def test_an_erasure_takes_both_addresses_out_of_a_ticket_that_others_have_part_in(
        self, here: World, email: str
    ) -> None:
        own_address.confirm(here.deps, given(here))
        by_mail(here, f"Jo <{STRANGER}>", "Another matter", "By mail.")
        other = next(each for each in here.store.tickets.values() if each.requester.address == STRANGER)
        into = ActionInput({"into": ticket(here).ref, "anyway": "yes"}, AGENT)
        acting.act(here.deps, here.shop, other.ref, "merge", into, "merge")
        end(here)
        indexed(here)
        event = {"shop": "northlight", "email": email, "confirm": email, "reason": "Asked for by letter"}
        done = erasing.erase_subject(here.deps, event, FakeRun())
        assert (done["complete"], done["anonymised"], done["deleted"]) == (True, 1, 0)
        stored = repr((here.store.tickets, here.store.messages))
        assert MIRA not in stored
        assert WHO.id not in stored
        assert STRANGER in stored

    def test_ends_when_an_agent_names_somebody_else_as_the_customer(self, here: World) -> None:
        own_address.confirm(here.deps, given(here))
        ref = ticket(here).ref
        right = ActionInput({"address": STRANGER, "name": "Jo"}, AGENT)
        acting.act(here.deps, here.shop, ref, "readdress", right, "readdress")
        acting.act(here.deps, here.shop, ref, "answer", ActionInput({"text": "For Jo alone."}, AGENT), "answer")
        indexed(here)
        assert here.store.tickets[ref].customers == (STRANGER,)
        assert "For Jo alone." not in exported(here, WHO.address)
        assert "For Jo alone." in exported(here, STRANGER)


class TestRefused:
    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("", "missing"),
            ("mira", "not_an_address"),
            (OTHER.address, "not_an_address"),
            ("a@" * 200, "not_an_address"),
            ("care@help.northlight.example", "address_ours"),
            ("help@kettle.example", "address_ours"),
            (AGENT.address, "address_ours"),
            ("ada+home@northlight.example", "address_ours"),
            ("Claims@swiftparcel.example", "address_ours"),
        ],
    )
    def test_what_is_no_address_of_theirs(self, here: World, address: str, code: str) -> None:
        with pytest.raises(InvalidFields) as refused:
            own_address.ask(here.deps, page_token(here), address)
        assert refused.value.codes == {"email": code}

    def test_on_a_ticket_that_is_over_or_has_an_address(self, here: World) -> None:
        own_address.confirm(here.deps, given(here))
        with pytest.raises(InvalidFields) as refused:
            own_address.ask(here.deps, page_token(here), STRANGER)
        assert refused.value.codes == {"email": "address_not_now"}

    def test_one_ticket_mails_five_strangers_a_day_at_most(self, here: World) -> None:
        for number in range(5):
            given(here, f"stranger{number}@example.org")
            here.clock.advance(minutes=6)
        with pytest.raises(RateLimited):
            own_address.ask(here.deps, page_token(here), STRANGER)
        here.clock.advance(days=1, minutes=1)
        given(here, STRANGER)

    def test_one_mailbox_gets_three_a_day_at_most_from_however_many_tickets(self, here: World) -> None:
        say(here, "From another.", OTHER)
        for number in range(3):
            spelled = f"stranger+{number}@example.org"
            given(here, spelled)
            here.clock.advance(minutes=6)
        token = links.status_url(here.deps, ticket(here, OTHER)).rpartition("/")[2]
        with pytest.raises(RateLimited):
            own_address.ask(here.deps, token, STRANGER)
        own_address.ask(here.deps, token, MIRA)

    def test_the_same_form_twice_mails_once(self, here: World) -> None:
        given(here)
        own_address.ask(here.deps, page_token(here), MIRA)
        assert len([each for each in here.store.messages.values() if each.event is Event.ADDRESS_GIVEN]) == 1


def end(here: World) -> None:
    """Close every ticket, with nothing owed any more."""

    def over(each: Ticket) -> Change:
        at = here.clock()
        clocks = Clocks((Clock(RETAIN, "1 year", at, at + timedelta(days=365)),))
        return Change(
            evolve(each, state=State.CLOSED, closed_at=at, outcome=Outcome.SETTLED, clocks=clocks, outbox=None)
        )

    for each in list(here.store.tickets.values()):
        change_ticket(here.deps, each, over)


def exported(here: World, address: str) -> str:
    """Everything in the archive, as one text."""
    here.clock.advance(seconds=1)
    answer = export_subject(here.deps, {"shop": "northlight", "email": address}, FakeRun())
    with zipfile.ZipFile(io.BytesIO(here.files.kept[answer["key"]][0])) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def by_mail(here: World, sender: str, subject: str, text: str, **headers: str) -> None:
    mail = written(sender, subject, text, **headers)
    receive(here.deps, MailReceived(here.arrives(mail), (here.shop.support,), passed=frozenset({DMARC})))


def test_no_purpose_but_this_one_goes_to_an_address_that_was_given(here: World) -> None:
    given(here)
    sent = [
        (mail.purpose, mail.to)
        for each in here.store.messages.values()
        for mail in (each.outbox.deliveries if each.outbox else ())
    ]
    assert [purpose for purpose, to in sent if to == MIRA] == [Purpose.CONFIRM_ADDRESS]
