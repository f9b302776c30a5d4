"""A third party is asked by mail: it gets only what the agent ticked, and the customer is informed."""

import re

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.mail.composing import plus_address
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.procedure import replying
from chalicelib.rules.procedure.referring import FACTS
from chalicelib.rules.tickets.messages import File
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, acts
from tests.support.referrals import all_said, refer, unwrapped
from tests.support.store.fakes import World
from tests.support.store.mailer import SentMail

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


class TestTheMail:
    @pytest.mark.parametrize("fact", FACTS)
    def test_it_contains_what_was_ticked_and_nothing_else(self, world: World, fact: str) -> None:
        said = unwrapped(all_said(refer(world, fact)))
        told = {name for name, secret in SECRETS.items() if unwrapped(secret).lower() in said.lower()}
        assert told == {fact} | ({"name"} if fact == "message" else set())  # the customer signed their message

    def test_with_nothing_ticked_it_contains_nothing_about_the_customer(self, world: World) -> None:
        said = unwrapped(all_said(refer(world))).lower()
        assert not [name for name, secret in SECRETS.items() if secret.lower() in said]
        assert "mira" not in said
        assert "holm" not in said
        assert "/t/" not in said

    def test_a_reminder_contains_no_more(self, world: World) -> None:
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

    def test_it_has_its_own_signed_reply_address(self, world: World) -> None:
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

    def test_the_customer_learns_who_was_asked_and_not_our_words(self, world: World) -> None:
        refer(world, "order_number")
        (told,) = world.mailer.to(MIRA)
        assert "SwiftParcel" in told.text
        assert "Where is this parcel?" not in unwrapped(all_said(told))
        assert SWIFT not in all_said(told)
        assert "Where is this parcel?" not in str(agents.customer_reads(world))

    def test_a_bounce_of_the_mail_notifies_agents(self, world: World) -> None:
        mail = refer(world, "order_number")
        note_event(world.deps, mail.id, Report(DeliveryEvent.BOUNCED, (SWIFT,), "5.1.1", "no such user"))
        agents.stream(world)
        (warned,) = world.mailer.to(ADA)
        assert SWIFT in warned.text
        assert "no such user" in warned.text
        assert "reach the customer" not in unwrapped(warned.text)


class TestFiles:
    def later(self, world: World, *names: str, **changes: object) -> list[str]:
        """Add files with a later message of the customer; return their ids."""
        files = tuple(
            File(f"{n}-{name}", f"{name}.jpg", "image/jpeg", 99, f"tickets/x/{name}") for n, name in enumerate(names)
        )
        world.clock.advance(minutes=1)
        id = f"reply{len(world.store.messages)}"
        world.store.commit(samples.reply(world.store.tickets[samples.REF], id, world.clock(), files=files, **changes))
        return [f"{samples.REF}/{id}/{file.id}" for file in files]

    def asked(self, world: World, *files: str, facts: tuple[str, ...] = ()) -> SentMail:
        acts(world, "refer", to="swiftparcel", facts=list(facts), files=list(files), text="Where is this parcel?")
        agents.stream(world)
        return world.mailer.to(SWIFT)[-1]

    def test_it_gets_only_the_ticked_files_of_any_message(self, world: World) -> None:
        _, plug = self.later(world, "screws", "plug")
        (box,) = self.later(world, "box")
        said = unwrapped(all_said(self.asked(world, plug, box)))
        assert "plug.jpg" in said
        assert "box.jpg" in said
        assert "screws" not in said
        assert "shade.jpg" not in said
        referral = world.store.tickets[samples.REF].referrals[0]
        assert referral.facts == ("attachments",)

    def test_every_link_leads_to_one_ticked_file(self, world: World) -> None:
        (plug,) = self.later(world, "plug")
        mail = self.asked(world, plug, facts=("attachments",))
        tokens = sorted(set(re.findall(r"/f/([\w.-]+)", mail.text)))
        assert sorted(links.open_file(world.deps, token).filename for token in tokens) == ["plug.jpg", "shade.jpg"]

    def test_a_reminder_names_only_ticked_files(self, world: World) -> None:
        _, plug = self.later(world, "screws", "plug")
        self.asked(world, plug)
        world.clock.advance(days=6)
        look_after_due(world.deps)
        agents.stream(world)
        reminder = unwrapped(all_said(world.mailer.to(SWIFT)[-1]))
        assert "screws" not in reminder
        assert "shade.jpg" not in reminder

    @pytest.mark.parametrize(
        "id", ["x", "NL-7K3F9-QXMT2/opening/9-nothing", "NL-00000-00000/opening/1-photo", "///", "a/b/c/d"]
    )
    def test_a_file_of_another_ticket_is_refused(self, world: World, id: str) -> None:
        with pytest.raises(InvalidEvent) as fault:
            self.asked(world, id)
        assert fault.value.sentences.keys() == {"files"}

    def test_a_file_of_an_internal_message_is_refused(self, world: World) -> None:
        secret = samples.inbound(files=(File("1-secret", "secret.pdf", "application/pdf", 1, "tickets/x/s"),))
        ticket = world.store.tickets[samples.REF]
        world.store.commit(
            replying.kept_internal(ticket, "inside", secret, samples.context(world.clock()), Remark.EMPTY)
        )
        with pytest.raises(InvalidEvent):
            self.asked(world, f"{samples.REF}/inside/1-secret")

    def test_more_than_fifty_files_are_refused_with_a_sentence(self, world: World) -> None:
        ids = self.later(world, *(f"n{number}" for number in range(51)))
        with pytest.raises(InvalidEvent) as fault:
            self.asked(world, *ids)
        assert "50" in fault.value.sentences["files"]
        assert self.asked(world, *ids[:50]).text.count("/f/") == 50

    def test_a_ticket_without_files_sends_and_records_none(self, world: World) -> None:
        agents.opened(world, "NL-00000-00002")
        acts(world, "refer", "NL-00000-00002", to="swiftparcel", facts=["attachments", "topic"], text="Where?")
        assert world.store.tickets["NL-00000-00002"].referrals[0].facts == ("topic",)

    def test_a_file_deleted_before_the_mail_is_sent_is_left_out(self, world: World) -> None:
        screws, plug = self.later(world, "screws", "plug")
        acts(world, "refer", to="swiftparcel", files=[screws, plug], text="Where is this parcel?")
        reply = world.store.messages[samples.REF, "reply0"]
        world.store.commit(Change(messages=(evolve(reply, files=reply.files[1:]),)))
        agents.stream(world)
        said = all_said(world.mailer.to(SWIFT)[-1])
        assert "plug.jpg" in said
        assert "screws.jpg" not in said

    def test_it_gets_the_files_after_the_ticket_was_merged(self, world: World) -> None:
        (plug,) = self.later(world, "plug")
        agents.opened(world, "NL-00000-00002", files=(File("1-no", "no.jpg", "image/jpeg", 1, "tickets/y/no"),))
        acts(world, "refer", to="swiftparcel", files=[plug], text="Where is this parcel?")
        acts(world, "merge", into="NL-00000-00002")
        agents.stream(world)
        said = all_said(world.mailer.to(SWIFT)[-1])
        assert "plug.jpg" in said
        assert "no.jpg" not in said
