"""Notifications about new messages on one ticket: the first at once, later ones in one mail per five minutes; none is
lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import NotSent
from chalicelib.rules.delivery.spacing import APART, LIMIT
from chalicelib.rules.tickets.outbox import TOLD_AFTER, DeliveryStatus, Stage
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery.letters import letters
from chalicelib.services.intake.arrivals import DMARC
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import ADA, stream
from tests.support.store.fakes import World, refusing, written
from tests.support.store.fakes import world as new_world
from tests.unit.services.intake.test_receiving import customers_address

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


@pytest.fixture
def ticket(world: World) -> Ticket:
    return agents.opened(world)


def says(world: World, text: str) -> None:
    agents.customer_writes(world, text)


def due_work(world: World, minutes: float = 5) -> None:
    """Time passes, and due work runs."""
    world.clock.advance(minutes=minutes)
    look_after_due(world.deps)
    stream(world)


def mails(world: World, to: str = ADA) -> list[str]:
    return [mail.text for mail in world.mailer.to(to) if "promise" not in str(mail.mail["Subject"]).lower()]


def times_told(world: World, words: list[str]) -> list[int]:
    return [sum(word in text for text in mails(world)) for word in words]


def postings(world: World) -> list[DeliveryStatus]:
    return [mail.status for m in world.store.messages.values() if m.outbox for mail in m.outbox.deliveries]


def test_the_first_message_is_mailed_at_once_and_the_following_in_one_mail(world: World, ticket: Ticket) -> None:
    said = [f"Words number {number}." for number in range(6)]
    for text in said:
        says(world, text)
        stream(world)
        world.clock.advance(seconds=20)
    assert times_told(world, said) == [1, 0, 0, 0, 0, 0]
    due_work(world)
    assert times_told(world, said) == [1] * 6
    assert len(mails(world)) == 2
    assert set(postings(world)) == {DeliveryStatus.SENT}
    due_work(world, 20)
    assert len(mails(world)) == 2


def test_the_same_message_sent_twice_is_mailed_once(world: World, ticket: Ticket) -> None:
    for text in ("One.", "One.", "Two.", "Two.", "One.", "Three.", "Two."):
        says(world, text)
    stream(world)
    due_work(world)
    assert times_told(world, ["One.", "Two.", "Three."]) == [1, 1, 1]
    assert len(world.store.messages) == 3


def test_messages_far_apart_are_each_mailed_at_once(world: World, ticket: Ticket) -> None:
    for number in range(3):
        says(world, f"Words number {number}.")
        stream(world)
        assert len(mails(world)) == number + 1
        world.clock.advance(minutes=5)


def test_messages_before_the_first_mail_is_claimed_go_with_it(world: World, ticket: Ticket) -> None:
    for number in range(3):
        says(world, f"Words number {number}.")
    stream(world)
    assert times_told(world, [f"number {n}." for n in range(3)]) == [1] * 3
    assert len(mails(world)) == 1


def test_a_late_run_of_due_work_still_sends_one_mail(world: World, ticket: Ticket) -> None:
    """The waiting delivery still exists: further messages go with it, and the next are mailed five minutes later."""
    says(world, "One.")
    stream(world)
    says(world, "Two.")
    world.clock.advance(minutes=7)
    says(world, "Three.")
    stream(world)
    assert len(mails(world)) == 1
    due_work(world, 2)
    assert times_told(world, ["One.", "Two.", "Three."]) == [1, 1, 1]
    assert len(mails(world)) == 2
    world.clock.advance(minutes=1)
    says(world, "Four.")
    stream(world)
    assert len(mails(world)) == 2
    due_work(world)
    assert times_told(world, ["Four."]) == [1]


def test_messages_by_mail_and_by_page_go_together(world: World) -> None:
    receive(world.deps, MailReceived(world.arrives(written()), (samples.shipped().support,), passed=frozenset({DMARC})))
    (ticket,) = world.store.tickets.values()
    stream(world)
    world.mailer.sent.clear()
    token = links.status_url(world.deps, ticket).rpartition("/")[2]
    for number in range(3):
        raw = written(text=f"By mail {number}.\n", Message_ID=f"<{number}@x>")
        receive(world.deps, MailReceived(world.arrives(raw), (customers_address(ticket),), passed=frozenset({DMARC})))
        customer_page.reply(world.deps, token, {"message": f"By page {number}."}, [])
        stream(world)
    due_work(world)
    assert times_told(world, [f"By {way} {n}." for way in ("mail", "page") for n in range(3)]) == [1] * 6
    assert len(mails(world)) == 2


def test_an_additional_recipient_gets_a_separate_mail(world: World, ticket: Ticket) -> None:
    says(world, "One.")
    stream(world)
    says(world, "Two.")
    agents.acts(world, "assign", to=agents.TOM)
    says(world, "Three.")
    for _ in range(3):
        due_work(world)
    assert times_told(world, ["One.", "Two.", "Three."]) == [1, 1, 1]
    assert "Three." in "".join(mails(world, agents.TOM))


def test_a_full_mail_takes_no_further_messages(world: World, ticket: Ticket) -> None:
    said = [f"Words number {number}." for number in range(LIMIT + 4)]
    for text in said:
        says(world, text)
    for _ in range(4):
        due_work(world)
    assert times_told(world, said) == [1] * len(said)
    assert len(mails(world)) == 2


def test_if_the_joint_mail_cannot_be_composed_each_message_is_mailed_separately(
    world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(world, "One.")
    stream(world)
    for text in ("Two.", "Three."):
        says(world, text)
    written_well: Callable[..., object] = letters._further

    def broken(*_: object) -> object:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(letters, "_further", broken)
    due_work(world)
    monkeypatch.setattr(letters, "_further", written_well)
    for _ in range(4):
        due_work(world)
    assert times_told(world, ["Two.", "Three."]) == [1, 1]


def test_a_mail_refused_for_good_leaves_nothing_owed(world: World, ticket: Ticket) -> None:
    says(world, "One.")
    stream(world)
    for text in ("Two.", "Three."):
        says(world, text)
    world.mailer.failing = refusing(passing=False)
    due_work(world)
    due_work(world, TOLD_AFTER / MINUTE)
    assert postings(world) == [DeliveryStatus.SENT, DeliveryStatus.REFUSED, DeliveryStatus.REFUSED]


def test_very_long_messages_are_shortened_in_the_mail(world: World, ticket: Ticket) -> None:
    says(world, "One.")
    stream(world)
    for number in range(10):
        says(world, f"{number} " + "x" * 15_000)
    due_work(world)
    assert len(mails(world)[-1]) < 150_000
    assert "desk" in mails(world)[-1]


class Died(Exception):
    """Raised where the sender's process ends."""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(["says", "stream", "due_work", "a little", "refuses", "dies"]), min_size=3, max_size=14)
)
def test_every_message_is_mailed_once_and_mails_are_five_minutes_apart(events: list[str]) -> None:
    world = new_world(limits_on=False)
    agents.opened(world)
    sent: list[datetime] = []
    taken = world.mailer.send

    def send(sender: str, recipient: str, raw: bytes, tags: dict[str, str]) -> str:
        id = taken(sender, recipient, raw, tags)
        if recipient == ADA:
            sent.append(world.clock())
        return id

    world.mailer.send = send  # type: ignore[assignment,method-assign]
    said: list[str] = []
    for event in events:
        match event:
            case "says":
                said.append(f"Words number {len(said)}.")
                says(world, said[-1])
            case "stream":
                stream_through(world)
            case "due_work":
                due_work_through(world, 5)
            case "a little":
                world.clock.advance(seconds=70)
            case "refuses":
                world.mailer.failing = [NotSent("Throttling: too fast", passing=True)]
            case "dies":
                world.mailer.failing = [NotSent("the sender died", passing=True, unanswered=True)]
    world.mailer.failing = []
    for _ in range(8):
        due_work_through(world, 5)
    assert times_told(world, said) == [1] * len(said)
    # If a sender died, its messages are mailed late, possibly close to a mail that was on time.
    assert "dies" in events or all(later - earlier >= APART for earlier, later in pairwise(sent))
    assert not [m for m in world.store.messages.values() if _owes(m)]


def _owes(message: Message) -> bool:
    return message.outbox is not None and message.outbox.stage is not Stage.DONE


def stream_through(world: World) -> None:
    """The stream; due work repeats what failed."""
    try:
        stream(world)
    except NotSent:
        world.clock.advance(seconds=1)


def due_work_through(world: World, minutes: int) -> None:
    world.clock.advance(minutes=minutes)
    look_after_due(world.deps)
    stream_through(world)
