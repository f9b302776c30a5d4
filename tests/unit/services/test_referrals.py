"""A third party is asked by mail: it learns what was ticked and nothing else, and the customer hears of it."""

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.bouncing import Fate, Report
from chalicelib.rules.identity import Role
from chalicelib.rules.messages import File
from chalicelib.rules.referring import FACTS
from chalicelib.services.bouncing import note_event
from chalicelib.services.escalating import look_after_due
from tests import agents, samples
from tests.agents import ADA, MIRA, SWIFT, acts
from tests.fakes import World
from tests.referrals import all_said, refer, unwrapped

CARE = "care@help.northlight.example"
SECRETS = {
    "order_number": "NL-2026-204117",
    "topic": "It arrived damaged",
    "subject": "Lamp arrived with a cracked shade",
    "message": "two of the brass screws",
    "product": "Polaris 40",
    "serial": "SN-0815",
    "purchase_date": "2026-01-03",
    "name": "Mira Holm",
    "email": "mira.holm@example.com",
    "attachments": "shade.jpg",
}
PHOTO = File("1-photo", "shade.jpg", "image/jpeg", 1234, "tickets/x/1")


@pytest.fixture(autouse=True)
def opened(world: World) -> None:
    agents.opened(world, files=(PHOTO,))
    acts(world, "claim", product="Polaris 40", serial="SN-0815", purchased="2026-01-03")


def third_partys(world: World, number: int) -> str:
    return samples.reply_token(world.store.tickets[samples.REF], Role.THIRD_PARTY, number)


class TestAsking:
    @pytest.mark.parametrize("fact", FACTS)
    def test_it_is_told_what_was_ticked_and_nothing_else(self, world: World, fact: str) -> None:
        said = unwrapped(all_said(refer(world, fact)))
        told = {name for name, secret in SECRETS.items() if unwrapped(secret).lower() in said.lower()}
        assert told == {fact} | ({"name"} if fact == "message" else set())  # the customer signed what they wrote

    def test_with_nothing_ticked_it_is_told_nothing_of_the_customer(self, world: World) -> None:
        said = unwrapped(all_said(refer(world))).lower()
        assert not [name for name, secret in SECRETS.items() if secret.lower() in said]
        assert "mira" not in said
        assert "holm" not in said
        assert "/t/" not in said

    def test_a_reminder_tells_it_no_more(self, world: World) -> None:
        refer(world, "order_number")
        world.clock.advance(days=6)
        look_after_due(world.deps)
        agents.stream(world)
        first, reminder = (unwrapped(all_said(mail)) for mail in world.mailer.to(SWIFT))
        assert "NL-2026-204117" in reminder
        assert "Where is this parcel?" in reminder
        assert "mira" not in reminder.lower()
        assert "cracked" not in reminder.lower()
        assert first != reminder

    def test_it_has_a_signed_address_of_its_own(self, world: World) -> None:
        mail = refer(world, "order_number")
        assert mail.reply_to == plus_address(
            CARE, samples.reply_token(world.store.tickets[samples.REF], Role.THIRD_PARTY, 1)
        )
        second = next(m for m in world.mailer.sent if m.recipient == MIRA)
        assert second.reply_to != mail.reply_to
        other = acts(world, "refer", to="lumenworks", text="Is it yours?")
        agents.stream(world)
        assert other["done"]
        (asked,) = world.mailer.to("aftersales@lumenworks.example")
        assert asked.reply_to == plus_address(
            CARE, samples.reply_token(world.store.tickets[samples.REF], Role.THIRD_PARTY, 2)
        )

    def test_the_customer_is_told_whom_we_asked_and_nothing_of_what_we_said(self, world: World) -> None:
        refer(world, "order_number")
        (told,) = world.mailer.to(MIRA)
        assert "SwiftParcel" in told.text
        assert "Where is this parcel?" not in unwrapped(all_said(told))
        assert SWIFT not in all_said(told)
        assert "Where is this parcel?" not in str(agents.customer_reads(world))

    def test_a_mail_to_it_that_bounces_is_told_to_agents(self, world: World) -> None:
        mail = refer(world, "order_number")
        note_event(world.deps, mail.id, Report(Fate.BOUNCED, (SWIFT,), "5.1.1", "no such user"))
        agents.stream(world)
        (warned,) = world.mailer.to(ADA)
        assert SWIFT in warned.text
        assert "no such user" in warned.text
        assert "reach the customer" not in unwrapped(warned.text)
