"""A mail that kills the run that reads it (time, memory) raises no exception, and still becomes a ticket."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.mail import reading
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Visibility
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import LAST_ATTEMPT
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.fakes import World, written
from tests.unit.services.intake.test_receiving import ADA, CARE, MIRA, agents_address, customers_address, purposes

MAX_RECEIVED = 5  # resources.yaml: after that it is a dead letter


class Killed(BaseException):
    """Raised where the process ends; no `except Exception` catches it."""


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading kills the run, for any mail that contains the word."""
    real: Callable[[bytes], Any] = reading.read

    def read(raw: bytes) -> Any:
        if b"deadly" in raw:
            raise Killed
        return real(raw)

    monkeypatch.setattr(reading, "read", read)


def delivered(world: World, mail: EmailMessage | bytes, to: str = CARE) -> tuple[str, int]:
    """The outcome of a mail that the queue delivers again and again, and the number of the attempt."""
    key = world.arrives(mail)
    for received in range(1, MAX_RECEIVED + 1):
        try:
            return receive(world.deps, MailReceived(key, (to,), received=received)), received
        except (Killed, ValueError):
            continue
    return "", 0


@pytest.mark.usefixtures("deadly")
class TestKilled:
    def test_the_mail_becomes_a_ticket_with_the_original_attached(self, world: World) -> None:
        mail = written(text="deadly\n")
        assert delivered(world, mail) == ("opened", LAST_ATTEMPT)
        ticket = world.store.only_ticket()
        assert ticket.requester.address == MIRA
        assert Remark.UNREADABLE in ticket.opening.remarks
        (file,) = ticket.opening.files
        assert file.filename == "original.eml"
        assert b"deadly" in world.files.kept[file.key][0]
        told = [purpose for purpose, _ in purposes(ticket)]
        assert set(told) == {Purpose.ACKNOWLEDGEMENT, Purpose.NOTIFICATION_NEW}
        ((outcome, ref),) = world.store.outcomes.values()
        assert (outcome, ref) == ("opened", ticket.ref)

    def test_a_redriven_dead_letter_keeps_its_number_of_attempts(self, world: World) -> None:
        """The queue starts again at one; our count does not."""
        key = world.arrives(written(text="deadly\n"))
        for received in (1, 2, 3, 1):
            with pytest.raises(Killed):
                receive(world.deps, MailReceived(key, (CARE,), received=received))
        assert receive(world.deps, MailReceived(key, (CARE,), received=2)) == "opened"

    def test_a_delivery_that_started_no_run_does_not_count(self, world: World) -> None:
        """Throttled: the queue counts a delivery, but none of our runs began."""
        key = world.arrives(written())
        assert receive(world.deps, MailReceived(key, (CARE,), received=4)) == "opened"
        assert Remark.UNREADABLE not in world.store.only_ticket().opening.remarks

    def test_a_reply_joins_its_ticket_by_the_address_token(self, world: World) -> None:
        delivered(world, written())
        ticket = world.store.only_ticket()
        reply = written(text="deadly\n", Message_ID="<second@mail.example>")
        assert delivered(world, reply, customers_address(ticket)) == ("appended", LAST_ATTEMPT)
        message = world.store.only_message()
        assert (message.ref, message.visibility) == (ticket.ref, Visibility.SHARED)
        assert [file.filename for file in message.files] == ["original.eml"]
        assert {purpose for purpose, _ in purposes(message)} == {Purpose.NOTIFICATION_REPLY}

    def test_an_agents_answer_is_kept_internal_and_they_are_mailed(self, world: World) -> None:
        delivered(world, written())
        ticket = world.store.only_ticket()
        answer = written(f"Ada <{ADA}>", text="deadly\n", Message_ID="<answer@mail.example>")
        delivered(world, answer, agents_address(ticket))
        message = world.store.only_message()
        assert message.visibility is Visibility.INTERNAL
        assert purposes(message) == [(Purpose.NOT_DELIVERED, ADA)]

    @pytest.mark.parametrize(
        "mark", ["Auto_Submitted", "List_Id", "Precedence", "X_Auto_Response_Suppress", "X_Loop", "X_Autoreply"]
    )
    def test_automatic_mail_is_not_acknowledged(self, world: World, mark: str) -> None:
        assert delivered(world, written(text="deadly\n", **{mark: "auto-replied"}))[0]
        assert {purpose for purpose, _ in purposes(world.store.only_ticket())} == {Purpose.NOTIFICATION_NEW}

    def test_our_own_returned_mail_is_not_answered(self, world: World) -> None:
        delivered(world, written())
        post(world.deps, ItemRef(world.store.only_ticket().ref, None))
        ours = world.mailer.to(ADA)[-1].mail
        ours["X-Filler"] = "deadly"
        assert delivered(world, ours.as_bytes()) == ("automatic", LAST_ATTEMPT)

    @pytest.mark.parametrize(
        "raw",
        [
            b"deadly",
            b"\n\ndeadly",
            b"From: \n\ndeadly",
            b"From: =?x?q?" + b"=" * 50_000 + b"\nMessage-ID: <" + b"<" * 50_000 + b"\n\ndeadly",
            b" folded first\nFrom: " + b"\n ," * 9000 + b"\n\ndeadly",
            b"\xff\xfe" * 20_000 + b"deadly",
            b"X: y\n" * 100_000 + b"\ndeadly",
        ],
    )
    def test_any_killing_mail_opens_a_ticket_with_its_original(self, world: World, raw: bytes) -> None:
        outcome, received = delivered(world, raw)
        assert (outcome, received) == ("opened", LAST_ATTEMPT)
        assert [file.filename for file in world.store.only_ticket().opening.files] == ["original.eml"]


def test_a_mail_that_fails_by_an_exception_ends_as_a_ticket_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes from which no exception can come are read in full until then."""
    from chalicelib.services.intake import mail_arrivals

    real = mail_arrivals.inbound_of

    def broken(shop: Any, gathered: Any) -> Any:
        if gathered.mail.mail.subject:
            raise ValueError("a fault of ours")
        return real(shop, gathered)

    monkeypatch.setattr(mail_arrivals, "inbound_of", broken)
    assert delivered(world, written()) == ("opened", LAST_ATTEMPT)
    assert Remark.UNREADABLE in world.store.only_ticket().opening.remarks


def test_a_normal_mail_costs_no_additional_request(world: World) -> None:
    receive(world.deps, MailReceived(world.arrives(written()), (CARE,)))
    assert world.store.attempts == {}
