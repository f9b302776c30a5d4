"""Our own mails that return to us, by an MX record or a forwarding that leads here, start no loop."""

from datetime import timedelta

import pytest

from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.access.signing_in import ask
from chalicelib.services.delivery.digesting import send_digests
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import samples
from tests.support.agents import TOM, acts
from tests.support.store.fakes import START, World

WORKDAY_MORNING = START.replace(hour=9) + timedelta(days=1)


def settled(world: World) -> None:
    """Send everything that is owed."""
    for due in list(world.store.due(world.clock() + timedelta(minutes=10), 100)):
        post(world.deps, due)


@pytest.fixture
def mails(world: World) -> dict[str, bytes]:
    """One raw mail of each kind that is sent automatically, and a sign-in mail."""
    world.store.commit(Change(samples.ticket()))
    settled(world)
    acts(world, "answer", samples.REF, text="A new shade is on its way.")
    acts(world, "refer", samples.REF, to="swiftparcel", text="Where is it?")
    settled(world)
    world.clock.at = WORKDAY_MORNING
    send_digests(world.deps, {})
    ask(world.deps, TOM, "192.0.2.1", "", "en")
    return {world.mailer.tags[mail.id]["purpose"]: mail.raw for mail in world.mailer.sent}


def test_every_automatic_mail_is_covered(mails: dict[str, bytes]) -> None:
    assert mails.keys() >= {
        "acknowledgement", "notification_new", "answer", "referral", "referred", "digest", "sign_in",
    }  # fmt: skip


@pytest.mark.parametrize("where", [0, 1])
def test_no_returned_mail_opens_a_ticket_or_is_answered(world: World, mails: dict[str, bytes], where: int) -> None:
    to = world.shop.addresses[where]
    for purpose, raw in mails.items():
        tickets, sent = set(world.store.tickets), len(world.mailer.sent)
        outcome = receive(world.deps, MailReceived(world.arrives(raw), (to,)))
        settled(world)
        assert set(world.store.tickets) == tickets, purpose
        assert len(world.mailer.sent) == sent, purpose
        assert (outcome == "no_tickets") is (purpose in ("digest", "sign_in")), purpose


def test_a_strangers_mail_with_our_loop_header_still_opens_a_ticket(world: World) -> None:
    raw = b"From: mira@example.com\r\nX-Aftercare-Loop: 1\r\nSubject: Lamp\r\n\r\nWhere is it?"
    assert receive(world.deps, MailReceived(world.arrives(raw), (world.shop.support,))) == "automatic"
    assert len(world.store.tickets) == 1
