"""Escalations due at the same time go to each agent in one mail; each is mailed once, and none is lost."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.mail.composing import plus_address
from chalicelib.rules.delivery import coalescing
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.tickets.outbox import GATHERING, TOLD_AFTER, DeliveryStatus, Stage
from chalicelib.rules.tickets.ticket import Change, Message
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.letters import letters
from chalicelib.services.intake.receiving import receive
from chalicelib.services.ports.mails import MailReceived
from tests.support import agents, samples
from tests.support.agents import ADA, TOM, acts
from tests.support.store.fakes import PUBLIC_URL, World, refusing, written

MINUTE = timedelta(minutes=1)
# The first answer to a complaint opened at START is due after 2 working days, in Berlin.
ANSWER_DUE = datetime.fromisoformat("2026-11-27T09:30:00+00:00")


def refs(count: int) -> list[str]:
    return [f"NL-0000{'23456789ABCDEFGHJKMN'[n // 20]}-0000{'23456789ABCDEFGHJKMN'[n % 20]}" for n in range(count)]


def due_together(world: World, count: int) -> list[str]:
    """Tickets opened a minute apart; all are overdue, and nobody was mailed yet."""
    opened = refs(count)
    for ref in opened:
        agents.opened(world, ref)
        world.clock.advance(minutes=1)
    world.clock.at = ANSWER_DUE + timedelta(hours=10)
    return opened


def escalations(world: World) -> list[Message]:
    return [message for message in world.store.messages.values() if message.event == "escalation"]


def postings(world: World) -> set[DeliveryStatus]:
    return {mail.status for message in escalations(world) for mail in message.outbox.deliveries}  # type: ignore[union-attr]


def told(world: World, to: str, of: Iterable[str]) -> list[int]:
    """For each ticket, the number of mails to this address that mention it."""
    texts = [f"{mail.mail['Subject']} {mail.text}" for mail in world.mailer.to(to)]
    return [sum(ref in text for text in texts) for ref in of]


def runs_on(world: World, times: int = 6) -> None:
    for _ in range(times):
        look_after_due(world.deps)
        agents.stream(world)
        world.clock.advance(minutes=5)


class TestOneMail:
    def test_it_lists_all_in_due_order_with_links(self, world: World) -> None:
        opened = due_together(world, 99)
        look_after_due(world.deps)
        agents.stream(world)
        (mail,) = world.mailer.to(ADA)
        assert re.findall(rf"{PUBLIC_URL}/desk/t/(\S+)", mail.text) == opened
        assert mail.mail["Subject"] == "99 promises overdue"
        assert postings(world) == {DeliveryStatus.SENT}
        assert {message.outbox.stage for message in escalations(world) if message.outbox} == {Stage.DONE}

    def test_each_recipient_gets_one(self, world: World) -> None:
        world.with_shop(agents=samples.northlight().agents)
        opened = due_together(world, 3)
        acts(world, "assign", opened[0], to=TOM)
        world.mailer.sent.clear()
        runs_on(world, 1)
        assert (len(world.mailer.to(ADA)), len(world.mailer.to(TOM))) == (1, 1)
        assert told(world, ADA, opened) == [1, 1, 1]
        assert told(world, TOM, opened) == [1, 1, 1]

    def test_a_single_ticket_gets_its_own_mail(self, world: World) -> None:
        (ref,) = due_together(world, 1)
        runs_on(world, 1)
        (mail,) = world.mailer.to(ADA)
        assert str(mail.mail["Subject"]).endswith(f"[{ref}]")
        assert mail.mail["Reply-To"] != plus_address(world.shop.support, "digest")

    def test_it_lists_a_limited_number_of_tickets(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(coalescing, "LIMIT", 4)
        opened = due_together(world, 10)
        runs_on(world, 1)
        assert len(world.mailer.to(ADA)) == 3
        assert told(world, ADA, opened) == [1] * 10

    def test_it_is_sent_even_if_the_run_had_no_time_for_all_tickets(self, world: World) -> None:
        opened = due_together(world, 5)
        left = iter([True, True, True, False])
        look_after_due(world.deps, lambda: next(left, False))
        agents.stream(world)
        assert sum(told(world, ADA, opened)) == 3
        runs_on(world)
        assert told(world, ADA, opened) == [1] * 5

    def test_a_reply_to_it_reaches_no_customer(self, world: World) -> None:
        due_together(world, 3)
        runs_on(world, 1)
        (mail,) = world.mailer.to(ADA)
        to = plus_address(world.shop.support, "digest")
        assert to in str(mail.mail["Reply-To"])
        before = len(world.store.messages)
        reply = written(ADA, f"Re: {mail.mail['Subject']}", In_Reply_To=f"<{mail.id}@mail.example>", To=to)
        notice = MailReceived(world.arrives(reply), (to,), frozenset(), 1, frozenset({"dmarc"}))
        assert receive(world.deps, notice) == "no_tickets"
        agents.stream(world)
        assert len(world.store.messages) == before
        assert {sent.recipient for sent in world.mailer.sent} == {ADA}


class TestNothingIsLost:
    def test_if_the_carrying_message_is_deleted_the_others_are_still_mailed(self, world: World) -> None:
        opened = due_together(world, 3)
        world.mailer.failing = refusing(passing=True, times=1)
        look_after_due(world.deps)
        (carrier,) = (m for m in escalations(world) if any(d.carries for d in m.outbox.deliveries))  # type: ignore[union-attr]
        del world.store.messages[carrier.ref, carrier.id]  # its ticket was erased at its customer's request
        runs_on(world)
        assert told(world, ADA, opened) == [0 if ref == carrier.ref else 1 for ref in opened]

    def test_if_the_joint_mail_cannot_be_composed_each_is_mailed_separately(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = due_together(world, 4)

        def fails(*_: Any) -> None:
            raise KeyError("words")

        monkeypatch.setattr(letters, "coalesced", fails)
        runs_on(world)
        assert told(world, ADA, opened) == [1] * 4
        assert postings(world) == {DeliveryStatus.SENT}

    def test_a_refusal_for_good_counts_for_each_ticket(self, world: World) -> None:
        due_together(world, 3)
        world.mailer.failing = refusing(passing=False, times=1)
        runs_on(world, 1)
        assert (postings(world), world.mailer.to(ADA)) == ({DeliveryStatus.REFUSED}, [])

    def test_a_deferred_joint_mail_is_sent_once_in_the_end(self, world: World) -> None:
        opened = due_together(world, 3)
        look_after_due(world.deps)
        world.mailer.failing = refusing(passing=True, times=2)
        for _ in range(12):
            world.clock.advance(minutes=5)
            look_after_due(world.deps)
        assert told(world, ADA, opened) == [1] * 3
        assert postings(world) == {DeliveryStatus.SENT}

    def test_what_a_killed_run_did_is_mailed_by_the_next_run(self, world: World) -> None:
        opened = due_together(world, 4)
        commits = [0]

        def dies(change: Change) -> None:
            commits[0] += 1
            if commits[0] == 3:
                raise KeyboardInterrupt

        world.store.before_commit = dies
        with pytest.raises(KeyboardInterrupt):
            look_after_due(world.deps)
        world.store.before_commit = lambda change: None
        agents.stream(world)
        runs_on(world, 2)
        assert told(world, ADA, opened) == [1] * 4
        world.clock.advance(minutes=5)
        assert GATHERING < timedelta(minutes=5) < TOLD_AFTER


def test_a_claimed_mail_takes_no_further_tickets(world: World) -> None:
    """For example: a run takes too long, and the next one finds the deliveries it still holds."""
    opened = due_together(world, 3)
    done = [0]

    def slow(change: Change) -> None:
        done[0] += 1
        if done[0] == 2:
            world.clock.advance(minutes=6)
            world.store.before_commit = lambda change: None
            look_after_due(world.deps)
            agents.stream(world)

    world.store.before_commit = slow
    look_after_due(world.deps)
    runs_on(world)
    assert told(world, ADA, opened) == [1] * 3


def test_a_deleted_ticket_is_left_out(world: World) -> None:
    opened = due_together(world, 3)
    look_after_due(world.deps)
    gone = next(m for m in escalations(world) if m.outbox and any(d.carried_by for d in m.outbox.deliveries))
    del world.store.tickets[gone.ref], world.store.messages[gone.ref, gone.id]
    agents.stream(world)
    (mail,) = world.mailer.to(ADA)
    assert told(world, ADA, opened) == [0 if ref == gone.ref else 1 for ref in opened]
    assert mail.mail["Subject"] == "2 promises overdue"
    assert ServiceToken.DIGEST in str(mail.mail["Reply-To"])
