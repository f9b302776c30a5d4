"""An agent's mail to the reply addresses of several tickets: no customer gets it, and the agent hears which."""

import pytest

from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, Change, State, Ticket, Visibility, evolve
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_mail_kinds import ADAS, address, get, kept
from tests.unit.services.intake.test_receiving import ADA, CARE, MIRA, purposes

KIM = "kim@example.org"
WORDS = "We are open again on Monday.\n"


@pytest.fixture
def tickets(world: World) -> tuple[Ticket, Ticket]:
    get(world, written())
    get(world, written(f"Kim <{KIM}>", "Opening hours", "When do you open?\n", Message_ID="<kim@x>"))
    first, second = world.store.tickets.values()
    return first, second


def answers(world: World, head: dict[str, str], *recipients: str, sender: str = ADAS) -> None:
    get(world, written(sender, "Re: Question", WORDS, Message_ID="<a@x>", **head), *recipients, passed=DMARC)


HEADS: list[dict[str, str]] = [
    {"To": "{one}, {two}"},
    {"To": "{one}", "Cc": "{two}"},
    {"To": "{one}"},  # the other in Bcc
    {"To": "undisclosed-recipients:;"},
]


@pytest.mark.parametrize("head", HEADS)
def test_it_is_kept_and_the_agent_hears_which_tickets(
    world: World, tickets: tuple[Ticket, Ticket], head: dict[str, str]
) -> None:
    one, two = (address(each, Role.AGENT) for each in tickets)
    answers(world, {name: value.format(one=one, two=two) for name, value in head.items()}, one, two)
    message = kept(world)
    assert (message.ref, message.visibility) == (tickets[0].ref, Visibility.INTERNAL)
    assert message.remarks == (Remark.SEVERAL,)
    assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]
    assert [each.clocks for each in world.store.tickets.values()] == [each.clocks for each in tickets]
    post(world.deps, ItemRef(message.ref, message.id))
    told = " ".join(world.mailer.to(ADA)[-1].text.split())
    assert f"several tickets ({tickets[0].ref}, {tickets[1].ref})" in told
    assert WORDS.strip() in told
    assert not world.mailer.to(KIM) and not world.mailer.to(MIRA)


def test_delivered_apart_it_is_kept_on_each(world: World, tickets: tuple[Ticket, Ticket]) -> None:
    both = [address(each, Role.AGENT) for each in tickets]
    for each in both:
        answers(world, {"To": ", ".join(both)}, each)
    found = list(world.store.messages.values())
    assert [(each.ref, each.about, each.remarks) for each in found] == [
        (tickets[0].ref, tickets[1].ref, (Remark.SEVERAL,)),
        (tickets[1].ref, tickets[0].ref, (Remark.SEVERAL,)),
    ]


class TestOfOneTicketOnly:
    def is_the_answer(self, world: World) -> None:
        assert (purposes(kept(world)), kept(world).about) == ([(Purpose.ANSWER, MIRA)], "")

    def test_twice_the_same_address(self, world: World, tickets: tuple[Ticket, Ticket]) -> None:
        one = address(tickets[0], Role.AGENT)
        answers(world, {"To": f"{one}, {one}", "Cc": CARE}, one)
        self.is_the_answer(world)

    def test_its_address_for_the_customer(self, world: World, tickets: tuple[Ticket, Ticket]) -> None:
        one = address(tickets[0], Role.AGENT)
        answers(world, {"To": one, "Cc": address(tickets[0], Role.CUSTOMER)}, one)
        self.is_the_answer(world)

    def test_another_ticket_among_the_ids_it_answers(self, world: World, tickets: tuple[Ticket, Ticket]) -> None:
        one, two = (address(each, Role.AGENT) for each in tickets)
        answers(world, {"To": one, "References": f"<{two}>"}, one)
        self.is_the_answer(world)

    def test_of_merged_tickets(self, world: World, tickets: tuple[Ticket, Ticket]) -> None:
        one, two = (address(each, Role.AGENT) for each in tickets)
        agents.acts(world, "merge", tickets[1].ref, into=tickets[0].ref, anyway=True)
        answers(world, {"To": f"{one}, {two}"}, one, two)
        assert (kept(world).ref, kept(world).remarks) == (tickets[0].ref, ())
        assert (Purpose.ANSWER, MIRA) in purposes(kept(world))

    @pytest.mark.parametrize("gone", [True, False])
    def test_a_ticket_that_is_deleted_or_another_shops(
        self, world: World, tickets: tuple[Ticket, Ticket], gone: bool
    ) -> None:
        one, two = (address(each, Role.AGENT) for each in tickets)
        if gone:
            del world.store.tickets[tickets[1].ref]
        else:
            world.store.commit(Change(evolve(tickets[1], shop="kettle")))
        answers(world, {"To": f"{one}, {two}"}, one, two)
        self.is_the_answer(world)


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AGENT])
def test_a_customers_mail_to_two_tickets_stays_as_it_is(
    world: World, tickets: tuple[Ticket, Ticket], role: Role
) -> None:
    one, two = (address(each, role) for each in tickets)
    answers(world, {"To": f"{one}, {two}"}, one, two, sender=f"Mira <{MIRA}>")
    message = kept(world)
    assert (message.ref, message.visibility, message.author) == (tickets[0].ref, Visibility.SHARED, Author.CUSTOMER)
    assert world.store.tickets[tickets[1].ref].state is State.OPEN
