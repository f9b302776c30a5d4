"""Mails from addresses that nobody reads and that name nobody else: no answer goes there, and agents are asked."""

import pytest

from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, Change, Person, State, Ticket, Visibility, evolve
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_mail_kinds import ACK, ADAS, NEW, REPLY, address, get, kept, only
from tests.unit.services.intake.test_receiving import ADA, MIRA, purposes

MARKET = "no-reply@kaufland.example"
MARKETS = f"Kaufland <{MARKET}>"
ASKED = "Your customer Kim asks: When does the lamp come?\n"


@pytest.fixture
def ticket(world: World) -> Ticket:
    get(world, written())
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


@pytest.mark.parametrize("passed", [DMARC, ""])
@pytest.mark.parametrize("sender", [MARKETS, "noreply@northlight.example", "Markt <keine-antwort@markt.example>"])
def test_the_ticket_has_no_customer_until_an_agent_says_whose_it_is(world: World, sender: str, passed: str) -> None:
    assert get(world, written(sender, "Question", ASKED, Message_ID="<m@x>"), passed=passed) == "opened"
    found = only(world)
    assert (found.requester, found.state) == (Person("", ""), State.OPEN)
    assert found.opening.sender == sender.rpartition("<")[2].rstrip(">")
    assert found.opening.remarks[-1] is Remark.OWN_ADDRESS
    assert purposes(found) == [(NEW, ADA)]
    agents.acts(world, "readdress", ref=found.ref, address="kim@example.com", name="Kim")
    assert only(world).requester == Person("Kim", "kim@example.com")
    assert (ACK, "kim@example.com") in purposes(only(world))


def test_an_answer_goes_nowhere_and_meets_no_promise(world: World) -> None:
    get(world, written(MARKETS, "Question", ASKED, Message_ID="<m@x>"))
    found = only(world)
    token = address(found, Role.AGENT)
    get(world, written(ADAS, "Re:", "On Monday.\n", To=token, Message_ID="<a@x>"), token, passed=DMARC)
    assert (kept(world).visibility, kept(world).remarks) == (Visibility.INTERNAL, (Remark.NO_ADDRESS,))
    assert purposes(kept(world)) == [(Purpose.NOT_DELIVERED, ADA)]
    assert (only(world).clocks, only(world).state) == (found.clocks, State.OPEN)


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AGENT])
def test_on_anothers_ticket_it_is_for_agents(world: World, ticket: Ticket, role: Role) -> None:
    token = address(ticket, role)
    get(world, written(MARKETS, "Re: Lamp", ASKED, To=token, Message_ID="<m@x>"), token)
    message = kept(world)
    assert (message.visibility, message.author, message.remarks[-1]) == (
        Visibility.INTERNAL,
        Author.OTHER,
        Remark.OWN_ADDRESS,
    )
    assert purposes(message) == [(REPLY, ADA)]


def test_where_it_is_the_customer_already_it_stays_so(world: World, ticket: Ticket) -> None:
    """A ticket that was opened when such addresses were customers."""
    theirs = Person("Kaufland", MARKET)
    world.store.commit(Change(evolve(ticket, requester=theirs)))
    token = address(only(world), Role.CUSTOMER)
    get(world, written(MARKETS, "Re: Lamp", ASKED, To=token, Message_ID="<m@x>"), token)
    assert (kept(world).visibility, kept(world).author) == (Visibility.SHARED, Author.CUSTOMER)


@pytest.mark.parametrize("reply_to", ["kim@example.com", f"{MARKET}, kim@example.com"])
def test_whom_it_names_is_the_customer(world: World, reply_to: str) -> None:
    get(world, written(MARKETS, "Question", ASKED, Reply_To=reply_to, Message_ID="<m@x>"))
    assert only(world).requester.address == "kim@example.com"
    assert purposes(only(world)) == [(ACK, "kim@example.com"), (NEW, ADA)]


@pytest.mark.parametrize(
    ("sender", "acknowledged"),
    [(f"Mira <{MIRA}>", True), ("Jo <jo+no-reply@firm.example>", True), ("Jo <postmaster@firm.example>", False)],
)
def test_a_persons_address_is_the_customers(world: World, sender: str, acknowledged: bool) -> None:
    get(world, written(sender, "Question", "When does it come?\n", Message_ID="<m@x>"))
    found = only(world)
    assert found.requester.address == sender.rpartition("<")[2].rstrip(">")
    assert ((ACK, found.requester.address) in purposes(found)) is acknowledged
