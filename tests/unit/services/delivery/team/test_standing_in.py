"""What is for an agent who is away reaches whoever stands in, once, and says so; nothing is dropped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.intake.opening import open_ticket
from chalicelib.rules.policy.model import Agent
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose, Stage
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.digesting import send_digests
from chalicelib.services.delivery.sending import note_sent, post
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.agents import acts, customer_writes, opened, stream
from tests.support.store.fakes import START, World

ADA, TOM, KIM = "ada@northlight.example", "tom@northlight.example", "kim@northlight.example"
DUE = ItemRef(samples.REF, None)
FOR_TEAM = "For the team only: nothing in this email is meant for customers. "
FOR_ADA = "You stand in for Ada Lindqvist, who is away"


@pytest.fixture
def shop(world: World) -> World:
    """Ada is mailed new tickets, Tom owns the shop, Kim is an agent who is mailed nothing of her own."""
    return world.with_shop(
        agents=(
            Agent(ADA, "Ada Lindqvist"),
            Agent(TOM, "Tom Berger", "owner", notify=False),
            Agent(KIM, "Kim Adler", notify=False),
        )
    )


def is_away(world: World, *who: tuple[str, str]) -> None:
    until = START + timedelta(days=60)
    all = tuple(Absence(agent, START - timedelta(days=1), until, substitute, agent) for agent, substitute in who)
    version = world.store.absences("northlight").version + 1
    assert world.deps.absences.put_absences("northlight", Absences(all, version), world.clock())


def to_agents(world: World) -> list[str]:
    return [mail.recipient for mail in world.mailer.sent if mail.recipient.endswith("@northlight.example")]


def text(world: World, recipient: str) -> str:
    return " ".join(world.mailer.to(recipient)[-1].text.split())


class TestTickets:
    def test_a_new_ticket_is_told_to_the_substitute_and_says_for_whom(self, shop: World) -> None:
        is_away(shop, (ADA, KIM))
        opened_raw(shop)
        assert to_agents(shop) == [KIM]
        assert text(shop, KIM).startswith(FOR_TEAM + FOR_ADA)
        html = str(shop.mailer.to(KIM)[-1].mail.get_body(("html",)))
        assert FOR_ADA in html
        mail = delivered(shop)[-1]
        assert (mail.to, mail.stands_for, mail.status) == (KIM, (ADA,), DeliveryStatus.SENT)

    def test_nobody_away_changes_nothing(self, shop: World) -> None:
        opened_raw(shop)
        assert to_agents(shop) == [ADA]
        assert "stand in" not in text(shop, ADA)

    def test_whoever_gets_it_anyway_gets_it_once(self, shop: World) -> None:
        shop.with_shop(agents=tuple(replace(agent, notify=True) for agent in shop.shop.agents))
        is_away(shop, (ADA, KIM))
        opened_raw(shop)
        assert sorted(to_agents(shop)) == [KIM, TOM]
        assert text(shop, KIM).startswith(FOR_TEAM + FOR_ADA)
        assert "stand in" not in text(shop, TOM)

    def test_without_a_substitute_the_owners_get_it(self, shop: World) -> None:
        is_away(shop, (ADA, ""))
        opened_raw(shop)
        assert to_agents(shop) == [TOM]

    def test_with_everybody_away_it_is_mailed_all_the_same(self, shop: World) -> None:
        is_away(shop, (ADA, KIM), (KIM, ADA), (TOM, ""))
        opened_raw(shop)
        assert to_agents(shop) == [ADA]

    def test_a_customers_reply_on_the_ticket_of_who_is_away(self, shop: World) -> None:
        opened(shop)
        acts(shop, "assign", to=ADA, agent=TOM)
        stream(shop)
        shop.clock.advance(hours=1)
        is_away(shop, (ADA, KIM))
        shop.mailer.sent.clear()
        customer_writes(shop)
        stream(shop)
        assert to_agents(shop) == [KIM]
        assert shop.store.only_ticket().assignee == ADA  # it stays hers

    def test_one_is_back(self, shop: World) -> None:
        is_away(shop, (ADA, KIM))
        is_away(shop)
        opened_raw(shop)
        assert to_agents(shop) == [ADA]

    def test_the_mail_services_event_finds_the_redirected_mail(self, shop: World) -> None:
        is_away(shop, (ADA, KIM))
        shop.store.commit(Change(owing(shop)))
        claimed_only(shop)
        note_sent(shop.deps, SendConfirmation(DUE, Purpose.NOTIFICATION_NEW, KIM, "ses-1"))
        assert next(mail for mail in delivered(shop) if mail.to == KIM).status is DeliveryStatus.SENT


class TestPromises:
    def test_steps_told_together_go_to_the_substitute_and_count_as_told(self, shop: World) -> None:
        for number in range(3):
            opened(shop, f"NL-00000-0000{number}")
        is_away(shop, (ADA, KIM))
        shop.clock.advance(days=3)
        look_after_due(shop.deps)
        stream(shop)
        assert KIM in to_agents(shop)
        assert ADA not in to_agents(shop)
        shop.clock.advance(minutes=30)
        shop.mailer.sent.clear()
        look_after_due(shop.deps)
        stream(shop)
        assert to_agents(shop) == []
        boxes = [message.outbox for message in shop.store.messages.values() if message.outbox]
        assert boxes
        assert all(box.stage is Stage.DONE for box in boxes)


class TestDigests:
    def test_the_digest_of_an_owner_who_is_away(self, shop: World) -> None:
        is_away(shop, (TOM, KIM))
        shop.clock.at = datetime(2026, 11, 25, 7, 5, tzinfo=UTC)
        assert send_digests(shop.deps, {})["sent"]
        assert KIM in to_agents(shop)
        assert TOM not in to_agents(shop)
        assert text(shop, KIM).startswith(f"{FOR_TEAM}You stand in for Tom Berger")
        shop.mailer.sent.clear()
        send_digests(shop.deps, {})
        assert to_agents(shop) == []


class TestCost:
    def test_who_is_away_is_read_once_a_minute_and_never_for_customers_mail(self, shop: World) -> None:
        for number in range(3):
            shop.store.commit(Change(owing(shop, f"NL-00000-0000{number}")))
        shop.store.requests.clear()
        reads = []
        for number in range(3):
            shop.store.requests.clear()
            post(shop.deps, ItemRef(f"NL-00000-0000{number}", None), shop.store.tickets[f"NL-00000-0000{number}"])
            reads.append(shop.store.requests.count("read"))
        assert [reads[0] - reads[1], reads[1] - reads[2]] == [1, 0]

    def test_a_shop_with_one_agent_never_asks(self, shop: World) -> None:
        shop.with_shop(agents=(Agent(TOM, "Tom Berger", "owner"),))
        opened_raw(shop)
        assert not shop.store.away_seen
        assert to_agents(shop) == [TOM]


def owing(world: World, ref: str = samples.REF) -> Ticket:
    return open_ticket(ref, samples.inbound(), world.shop, world.clock(), holidays_of(world.shop))


def opened_raw(world: World) -> None:
    world.store.commit(Change(owing(world)))
    stream(world)


def claimed_only(world: World) -> None:
    """A sender claims and dies."""

    def dies(recipient: str) -> None:
        raise KeyboardInterrupt

    world.mailer.on_send = dies
    with pytest.raises(KeyboardInterrupt):
        post(world.deps, DUE)
    world.mailer.on_send = lambda recipient: None


def delivered(world: World) -> tuple[Delivery, ...]:
    box = world.store.only_ticket().outbox
    assert box
    return box.deliveries
