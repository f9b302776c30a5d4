"""A quarantined ticket that turns out genuine is released once and acknowledged once, also with concurrent changes."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose, Stage
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.delivery.sending import post
from chalicelib.services.intake.arrivals import SPAM, VIRUS
from chalicelib.services.intake.receiving import receive
from chalicelib.services.operations import quarantine
from chalicelib.services.operations.quarantine import list_quarantine, release_from_quarantine
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.tickets import ItemRef
from tests.support import samples
from tests.support.store.fakes import START, World, written

CARE, MIRA = "care@help.northlight.example", "mira@example.com"


@pytest.fixture
def kept(world: World) -> Ticket:
    """A mail that was taken for spam; the agents were notified."""
    receive(world.deps, MailReceived(world.arrives(written()), (CARE,), frozenset({SPAM})))
    post(world.deps, ItemRef(world.store.only_ticket().ref, None))
    return world.store.only_ticket()


def asked(ticket: Ticket, **other: Any) -> dict[str, Any]:
    return {"shop": "northlight", "reference": ticket.ref} | other


def acknowledgements(world: World) -> int:
    """The number of acknowledgements the customer has got once nothing is owed any more."""
    ticket = world.store.only_ticket()
    post(world.deps, ItemRef(ticket.ref, None))
    return len(world.mailer.to(MIRA))


class TestReleasing:
    def test_a_released_ticket_is_open_and_acknowledged(self, world: World, kept: Ticket) -> None:
        assert world.mailer.to(MIRA) == []
        answer = release_from_quarantine(world.deps, asked(kept))
        assert answer == {"reference": kept.ref, "released": True, "state": "open"}
        assert acknowledgements(world) == 1
        ticket = world.store.only_ticket()
        assert ticket.state is State.OPEN
        assert ticket.outbox
        assert ticket.outbox.stage is Stage.DONE
        assert {d.status for d in ticket.outbox.deliveries} == {DeliveryStatus.SENT}
        ((_, entry),) = world.store.log
        assert (entry.actor, entry.action) == ("console", "released from quarantine")
        assert list_quarantine(world.deps, {"shop": "northlight"})["count"] == 0

    @pytest.mark.parametrize("sent_between", [True, False])
    def test_released_twice_it_is_acknowledged_once(self, world: World, kept: Ticket, sent_between: bool) -> None:
        release_from_quarantine(world.deps, asked(kept))
        if sent_between:
            post(world.deps, ItemRef(kept.ref, None))
        assert release_from_quarantine(world.deps, asked(kept)) == {
            "reference": kept.ref,
            "released": False,
            "state": "open",
        }
        assert acknowledgements(world) == 1

    @pytest.mark.parametrize("sent_between", [True, False])
    def test_two_concurrent_releases_acknowledge_it_once(self, world: World, kept: Ticket, sent_between: bool) -> None:
        """Both saw it in quarantine; the other was quicker, and its acknowledgement may already be sent."""
        others: list[Any] = []

        def other_releases(change: Change) -> None:
            world.store.before_commit = lambda change: None
            others.append(release_from_quarantine(world.deps, asked(kept))["released"])
            if sent_between:
                post(world.deps, ItemRef(kept.ref, None))

        world.store.before_commit = other_releases
        assert release_from_quarantine(world.deps, asked(kept))["released"] is False
        assert others == [True]
        assert acknowledgements(world) == 1

    def test_a_concurrent_other_change_does_not_stop_it(self, world: World, kept: Ticket) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            world.store.tickets[kept.ref] = evolve(world.store.only_ticket(), topic="lamps")

        world.store.before_commit = meanwhile
        assert release_from_quarantine(world.deps, asked(kept))["released"] is True
        assert world.store.only_ticket().topic == "lamps"
        assert acknowledgements(world) == 1

    def test_losing_every_race_is_reported(self, world: World, kept: Ticket) -> None:
        def quicker(change: Change) -> None:
            world.store.tickets[kept.ref] = evolve(world.store.only_ticket())

        world.store.before_commit = quicker
        with pytest.raises(VersionConflict):
            release_from_quarantine(world.deps, asked(kept))
        assert world.store.only_ticket().state is State.QUARANTINED

    def test_the_clocks_run_from_the_opening(self, world: World, kept: Ticket) -> None:
        world.clock.advance(hours=5)
        release_from_quarantine(world.deps, asked(kept))
        opening = [(clock.name, clock.due) for clock in kept.clocks if clock.name != "quarantine"]
        assert [(clock.name, clock.due) for clock in world.store.only_ticket().clocks] == opening

    def test_without_an_address_no_acknowledgement_is_sent(self, world: World) -> None:
        raw = written("", Message_ID="<nameless@x>")
        receive(world.deps, MailReceived(world.arrives(raw), (CARE,), frozenset({SPAM})))
        assert release_from_quarantine(world.deps, asked(world.store.only_ticket()))["released"] is True
        box = world.store.only_ticket().outbox
        assert box
        assert Purpose.ACKNOWLEDGEMENT not in [d.purpose for d in box.deliveries]

    @pytest.mark.parametrize("state", [State.OPEN, State.WAITING, State.CLOSED])
    def test_an_open_ticket_stays_unchanged(self, world: World, kept: Ticket, state: State) -> None:
        world.store.tickets[kept.ref] = ticket = evolve(kept, state=state)
        assert release_from_quarantine(world.deps, asked(kept)) == {
            "reference": kept.ref,
            "released": False,
            "state": state,
        }
        assert world.store.only_ticket() == ticket

    def test_another_shops_ticket_is_not_revealed(self, world: World, kept: Ticket) -> None:
        with pytest.raises(InvalidEvent) as fault:
            release_from_quarantine(world.deps, asked(kept, shop="kettle"))
        assert "kettle" in fault.value.sentences["reference"]
        assert world.store.only_ticket() == kept

    @pytest.mark.parametrize("reference", ["NL-00000-00000", "", None, 7, ["NL-00000-00000"]])
    def test_an_unknown_reference_is_answered_with_what_to_type(
        self, world: World, kept: Ticket, reference: Any
    ) -> None:
        with pytest.raises(InvalidEvent) as fault:
            release_from_quarantine(world.deps, asked(kept, reference=reference))
        assert "NL-7K3F9-QXMT2" in fault.value.sentences["reference"]

    @pytest.mark.parametrize("event", [None, {}, [], "northlight", {"shop": "nowhere", "reference": "x"}])
    def test_a_wrong_event_is_answered_with_what_to_type(self, world: World, event: Any) -> None:
        with pytest.raises(InvalidEvent) as fault:
            release_from_quarantine(world.deps, event)
        assert '{"shop": "northlight"}' in str(fault.value)


class TestListing:
    def test_it_gives_the_reason_and_the_key_of_the_raw_mail(self, world: World) -> None:
        mail = written(subject="Invoice")
        mail.add_attachment(b"evil", maintype="application", subtype="zip", filename="invoice.zip")
        receive(world.deps, MailReceived(world.arrives(mail), (CARE,), frozenset({SPAM, VIRUS})))
        (listed,) = list_quarantine(world.deps, {"shop": "northlight"})["tickets"]
        assert (listed["from"], listed["subject"]) == (MIRA, "Invoice")
        assert len(listed["why"]) == 2
        assert listed["original"]
        assert world.files.read(listed["original"]) == mail.as_bytes()

    def test_automatic_mail_is_listed_with_its_reasons(self, world: World) -> None:
        receive(world.deps, MailReceived(world.arrives(written(Auto_Submitted="auto-replied")), (CARE,)))
        (listed,) = list_quarantine(world.deps, {"shop": "northlight"})["tickets"]
        assert listed["why"] == ["automatic", "header: Auto-Submitted: auto-replied"]
        assert list_quarantine(world.deps, {"shop": "kettle"}) == {
            "shop": "kettle",
            "count": 0,
            "tickets": [],
            "next": None,
        }

    def test_the_newest_tickets_come_first(self, world: World) -> None:
        for number in range(3):
            mail = written(f"c{number}@example.com", Message_ID=f"<{number}@x>", text=f"{number}")
            receive(world.deps, MailReceived(world.arrives(mail), (CARE,), frozenset({SPAM})))
            world.clock.advance(minutes=1)
        listed = list_quarantine(world.deps, {"shop": "northlight"})["tickets"]
        assert [ticket["from"] for ticket in listed] == [f"c{number}@example.com" for number in (2, 1, 0)]

    def test_the_list_continues_at_its_cursor_after_releases(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(quarantine, "_LIMIT", 2)
        for number in range(5):
            suspicious = samples.ticket(
                f"NL-00000-0000{number}", START + timedelta(minutes=number), suspicions=(Suspicion.HASTY,)
            )
            world.store.commit(Change(suspicious))
        first = list_quarantine(world.deps, {"shop": "northlight"})
        assert [ticket["reference"][-1] for ticket in first["tickets"]] == ["4", "3"]
        release_from_quarantine(world.deps, {"shop": "northlight", "reference": "NL-00000-00003"})
        second = list_quarantine(world.deps, {"shop": "northlight", "after": first["next"]})
        assert [ticket["reference"][-1] for ticket in second["tickets"]] == ["2", "1"]
        third = list_quarantine(world.deps, {"shop": "northlight", "after": second["next"]})
        assert [ticket["reference"][-1] for ticket in third["tickets"]] == ["0"]
        assert third["next"] is None

    @pytest.mark.parametrize(
        "after",
        [
            "",
            7,
            [],
            "NL-7K3F9-QXMT2",
            "yesterday/NL-7K3F9-QXMT2",
            "2026-11-25T09:30:00/NL-7K3F9-QXMT2",
            "2026-11-25T09:30:00+00:00/",
            "2026-11-25T09:30:00+00:00/nl#1",
        ],
    )
    def test_an_invalid_cursor_is_answered_with_what_to_type(self, world: World, after: object) -> None:
        with pytest.raises(InvalidEvent) as fault:
            list_quarantine(world.deps, {"shop": "northlight", "after": after})
        assert "`next`" in fault.value.sentences["after"]

    def test_an_answered_ticket_is_no_longer_listed(self, world: World, kept: Ticket) -> None:
        answer = replying.agent_answers(kept, "a", samples.inbound(), samples.context(world.clock()))
        world.store.commit(answer)
        assert list_quarantine(world.deps, {"shop": "northlight"})["count"] == 0
        assert release_from_quarantine(world.deps, asked(kept))["state"] == "waiting"
