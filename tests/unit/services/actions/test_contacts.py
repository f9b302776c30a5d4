"""Logging a contact: once, on a new or an existing ticket, completely or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, Clocks
from chalicelib.rules.tickets.messages import wrote
from chalicelib.rules.tickets.ticket import Author, Change, Channel, Person, State, Ticket, evolve
from chalicelib.services.actions import contacts
from chalicelib.services.actions.action_input import ActionInput
from tests.support import agents, samples
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world

ADA = Person("Ada Lindqvist", "ada@northlight.example")
CALL = {"channel": "phone", "direction": "in", "notes": "Where is my lamp?", "name": "Jo", "address": "jo@example.com"}


@pytest.fixture
def world() -> World:
    world = new_world()
    world.clock.advance(hours=3)
    return world


def logs(world: World, idempotency_key: str = "one", agent: Person = ADA, **fields: Any) -> tuple[Ticket, bool]:
    return contacts.log_contact(world.deps, world.shop, ActionInput(CALL | fields, agent), idempotency_key)


def problems(world: World, **fields: Any) -> dict[str, str]:
    with pytest.raises(InvalidFields) as fault:
        logs(world, **fields)
    assert world.store.tickets.keys() <= {samples.REF}
    assert world.store.messages == {}
    return fault.value.codes


def kept(world: World, **changes: Any) -> Ticket:
    ticket = replace(samples.ticket(), **changes)
    world.store.commit(Change(ticket))
    return ticket


class TestANewTicket:
    def test_a_ticket_is_opened_with_the_typed_fields(self, world: World) -> None:
        said: dict[str, Any] = {
            "channel": "post", "when": "2026-11-25T10:45", "subject": "A letter", "kind": "complaint", "phone": "030 1",
            "topic": "damaged_in_transit", "order_number": "NL-1", "language": "de", "country": "at",
        }  # fmt: skip
        ticket, new = logs(world, **said)
        assert new
        assert world.store.only_ticket() == ticket
        assert (ticket.channel, ticket.kind, ticket.subject) == (Channel.POST, "complaint", "A letter")
        assert (ticket.topic, ticket.order_number) == ("damaged_in_transit", "NL-1")
        assert (ticket.language, ticket.country) == ("de", "AT")
        assert ticket.requester == Person("Jo", "jo@example.com", "030 1")
        assert ticket.opened_at == START + timedelta(minutes=15)  # 10:45 in Berlin

    def test_a_customer_with_an_address_gets_an_acknowledgement(self, world: World) -> None:
        logs(world)
        agents.stream(world)
        (mail,) = world.mailer.to("jo@example.com")
        assert world.store.only_ticket().ref in mail.text
        assert not world.mailer.to(ADA.address)
        acknowledged = world.store.only_ticket().clock(ACKNOWLEDGE)
        assert acknowledged
        assert acknowledged.met_at == world.clock()

    @pytest.mark.parametrize("who", [{"name": "Jo"}, {"name": "", "phone": "030 1"}])
    def test_without_an_address_the_customer_is_not_mailed(self, world: World, who: dict[str, Any]) -> None:
        ticket, _ = logs(world, address="", **who)
        agents.stream(world)
        assert ticket.clock(ACKNOWLEDGE) is None
        assert {mail.recipient for mail in world.mailer.sent} <= {agent.address for agent in world.shop.agents}

    def test_the_same_form_opens_one_ticket_and_another_form_or_agent_a_second(self, world: World) -> None:
        first, _ = logs(world)
        assert logs(world) == (first, False)
        world.clock.advance(minutes=5)
        assert logs(world)[1] is False
        assert logs(world, "two")[1] is True
        assert logs(world, agent=Person("Tom", "tom@northlight.example"))[1] is True
        assert logs(world, notes="Something else")[1] is True

    def test_without_a_subject_the_first_words_become_the_subject(self, world: World) -> None:
        assert logs(world)[0].subject == "Where is my lamp?"


class TestOnAnExistingTicket:
    @pytest.mark.parametrize("written", [samples.REF, samples.REF.lower(), samples.REF.replace("-", " ")])
    def test_the_contact_joins_the_named_ticket(self, world: World, written: str) -> None:
        kept(world, state=State.WAITING)
        ticket, new = logs(world, reference=written, name="", address="")
        assert (ticket.ref, ticket.state, new) == (samples.REF, State.OPEN, True)
        message = world.store.only_message()
        assert (message.author, message.channel, message.at) == (Author.CUSTOMER, Channel.PHONE, world.clock())
        assert message.person.address == "mira.holm@example.com"

    def test_its_kind_topic_and_language_are_the_tickets(self, world: World) -> None:
        was = kept(world)
        chosen: dict[str, Any] = {"reference": samples.REF, "kind": "nonsense", "topic": "nonsense", "language": "xx"}
        assert problems(world, **chosen, country="Germany") == {"country": "no_country"}
        ticket, new = logs(world, **chosen)
        assert (ticket.kind, ticket.topic, ticket.language, new) == (was.kind, was.topic, was.language, True)

    def test_the_contact_is_logged_once(self, world: World) -> None:
        kept(world)
        logs(world, reference=samples.REF)
        assert logs(world, reference=samples.REF)[1] is False
        assert len(world.store.messages) == 1

    def test_the_caller_can_be_another_person(self, world: World) -> None:
        kept(world)
        logs(world, reference=samples.REF, name="Her sister", address="", phone="030 2")
        assert world.store.only_message().person == Person("Her sister", "", "030 2")

    def test_an_outgoing_call_has_the_agent_as_author(self, world: World) -> None:
        kept(world)
        ticket, _ = logs(world, reference=samples.REF, direction="out", answered="yes")
        message = world.store.only_message()
        assert (message.author, message.person) == (Author.AGENT, ADA)
        assert [person.address for person in wrote(message)] == ["jo@example.com"]
        assert (ticket.state, ticket.assignee) == (State.WAITING, ADA.address)

    def test_what_was_said_in_an_outgoing_call_is_also_of_the_person_called(self, world: World) -> None:
        kept(world)
        logs(world, reference=samples.REF, direction="out", name="Her sister", address="")
        assert wrote(world.store.only_message()) == (Person("Her sister", "mira.holm@example.com"),)

    @pytest.mark.parametrize("direction", ["in", "out"])
    def test_the_number_of_the_call_becomes_the_customers(self, world: World, direction: str) -> None:
        kept(world)
        said: dict[str, Any] = {"reference": samples.REF, "direction": direction, "name": "", "address": ""}
        assert logs(world, **said, phone="030 901820")[0].requester.phone == "030 901820"
        ticket, _ = logs(world, "two", **said, phone="0171 5550199")
        assert ticket.requester.phone == "0171 5550199"
        assert ticket.custody.former_words  # the search finds it by the old number until the ticket is deleted
        assert logs(world, "three", **said)[0].requester.phone == "0171 5550199"

    @pytest.mark.parametrize("direction", ["in", "out"])
    def test_another_persons_number_does_not_become_the_customers(self, world: World, direction: str) -> None:
        kept(world)
        ticket, _ = logs(world, reference=samples.REF, direction=direction, name="Her sister", phone="030 901820")
        assert ticket.requester.phone == ""

    def test_a_contact_on_a_merged_ticket_goes_to_its_target(self, world: World) -> None:
        other = replace(samples.ticket("NL-00000-00002"), merged_from=(samples.REF,))
        world.store.commit(Change(other))
        kept(world, merged_into=other.ref)
        assert logs(world, reference=samples.REF)[0].ref == other.ref
        assert logs(world, reference=samples.REF)[1] is False

    def test_a_contact_logged_before_the_merge_is_not_logged_again(self, world: World) -> None:
        kept(world)
        ticket, _ = logs(world, reference=samples.REF)
        other = replace(samples.ticket("NL-00000-00002"), merged_from=(samples.REF,))
        world.store.commit(Change(other))
        world.store.commit(Change(evolve(ticket, merged_into=other.ref)))
        assert logs(world, reference=samples.REF) == (other, False)
        assert world.store.only_message().ref == samples.REF

    def test_a_concurrent_change_is_not_lost(self, world: World) -> None:
        ticket = kept(world)

        def between(change: Change) -> None:
            world.store.before_commit = lambda change: None
            world.store.commit(Change(evolve(ticket, assignee="tom@northlight.example")))

        world.store.before_commit = between
        after, new = logs(world, reference=samples.REF)
        assert (after.assignee, new) == ("tom@northlight.example", True)
        assert world.store.only_message().text == "Where is my lamp?"


class TestMistakes:
    def test_all_mistakes_are_named_at_once(self, world: World) -> None:
        said = {
            "channel": "pigeon", "direction": "sideways", "notes": " ", "when": "soon", "name": "", "address": "jo at",
            "kind": "nonsense", "topic": "nonsense", "language": "xx", "country": "Germany",
        }  # fmt: skip
        assert problems(world, **said) == {
            "channel": "unknown",
            "direction": "unknown",
            "notes": "missing",
            "when": "no_moment",
            "address": "not_an_address",
            "kind": "unknown",
            "topic": "unknown",
            "language": "unknown",
            "country": "no_country",
        }

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"channel": ""}, {"channel": "missing"}),
            ({"channel": "mail"}, {"channel": "unknown"}),
            ({"name": "", "address": ""}, {"name": "nobody"}),
            ({"when": "2026-11-25T18:00"}, {"when": "future"}),
            ({"when": "2024-11-25T18:00"}, {"when": "too_long_ago"}),
            ({"when": "0001-01-01T00:00+14:00"}, {"when": "no_moment"}),
            ({"direction": "out"}, {"reference": "missing"}),
            ({"reference": "NL-00000-00000"}, {"reference": "no_ticket"}),
            ({"reference": "my lamp"}, {"reference": "no_ticket"}),
            ({"notes": "x" * 20_001}, {"notes": "too_long"}),
        ],
    )
    def test_each_mistake_is_named_at_its_field(
        self, world: World, said: dict[str, str], fault: dict[str, str]
    ) -> None:
        assert problems(world, **said) == fault

    def test_another_shops_ticket_is_unknown(self, world: World) -> None:
        kept(world, shop="kettle")
        assert problems(world, reference=samples.REF) == {"reference": "no_ticket"}

    def test_a_ticket_closed_long_ago_is_refused(self, world: World) -> None:
        ago = START - timedelta(days=400)
        kept(world, state=State.CLOSED, closed_at=ago, clocks=Clocks())
        assert problems(world, reference=samples.REF) == {"reference": "closed_long_ago"}
