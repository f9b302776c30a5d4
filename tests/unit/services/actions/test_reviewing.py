"""The review request mail: sent once, only to customers who can rate, with a link to the rating page."""

from typing import Any

import pytest

from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.desk import ticket_view
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import MIRA, advertises
from tests.support.samples import PERIOD, TOLD
from tests.support.store.fakes import World


@pytest.fixture
def world(world: World) -> World:
    return advertises(world)


def closes(world: World, **changes: Any) -> None:
    agents.opened(world, **({"adverts": TOLD} | changes))
    agents.acts(world, "close", outcome="settled", reason="Done.")
    world.mailer.sent.clear()


def runs(world: World) -> list[str]:
    """Run the due work and the stream; return the subjects of all mails to Mira so far."""
    look_after_due(world.deps)
    agents.stream(world)
    return [str(mail.mail["Subject"]).strip() for mail in world.mailer.to(MIRA)]


def test_one_mail_is_sent_however_often_the_due_work_runs(world: World) -> None:
    closes(world)
    assert runs(world) == []
    world.clock.at += PERIOD
    look_after_due(world.deps)
    look_after_due(world.deps)
    assert runs(world) == [f"Tell us how we did: Lamp arrived with a cracked shade [{samples.REF}]"]
    world.clock.at += 3 * PERIOD
    assert len(runs(world)) == 1


def test_the_mail_is_automatic_links_to_the_page_and_names_the_last_day(world: World) -> None:
    closes(world)
    world.clock.at += PERIOD
    runs(world)
    mail = world.mailer.to(MIRA)[-1]
    assert mail.mail["Auto-Submitted"] == "auto-generated"
    assert f"{links.status_url(world.deps, world.store.only_ticket())}#rating" in mail.text
    assert "25 December 2026" in mail.text
    assert samples.REF in mail.text


def test_the_request_is_shown_to_agents_and_not_on_the_customers_page(world: World) -> None:
    closes(world)
    before = agents.customer_reads(world)
    world.clock.at += PERIOD
    runs(world)
    assert agents.customer_reads(world) == before
    loaded = ticket_view.load(world.deps, samples.REF, ("northlight",))
    seen = ticket_view.view(world.deps, loaded, samples.inbound().person, "en", "")
    assert seen.log[0].what == "asked the customer how it went"
    assert "review" not in {promise.name for promise in seen.promises}


def test_a_customer_who_has_rated_is_not_asked(world: World) -> None:
    closes(world)
    token = links.status_url(world.deps, world.store.only_ticket()).rpartition("/")[2]
    rating.rate(world.deps, token, {"score": "5"})
    world.clock.at += PERIOD
    assert [subject.partition(":")[0] for subject in runs(world)] == ["Your rating"]


def test_a_customer_who_writes_before_it_is_sent_is_not_asked(world: World) -> None:
    closes(world)
    world.clock.at += PERIOD
    look_after_due(world.deps)
    agents.customer_writes(world)
    agents.stream(world)
    assert world.store.only_ticket().state is State.OPEN
    assert not [subject for subject in runs(world) if subject.startswith("Tell us")]
    assert world.store.losses.get("northlight", []) == []


def test_no_request_goes_to_an_address_that_bounced(world: World) -> None:
    agents.opened(world, adverts=TOLD)
    agents.acts(world, "answer", text="Yes.")
    agents.stream(world)
    note_event(
        world.deps, world.mailer.to(MIRA)[-1].id, Report(DeliveryEvent.BOUNCED, (MIRA,), "5.1.1", "no such user")
    )
    agents.acts(world, "close", outcome="settled", reason="Done.")
    agents.stream(world)
    world.mailer.sent.clear()
    world.clock.at += PERIOD
    assert runs(world) == []
    assert world.mailer.sent == []
    assert agents.message(world, Event.REVIEW_REQUEST)


def test_a_reply_to_it_reopens_the_ticket_and_no_second_request_follows(world: World) -> None:
    closes(world)
    world.clock.at += PERIOD
    runs(world)
    agents.customer_writes(world)
    agents.acts(world, "close", outcome="settled", reason="Done once more.")
    world.clock.at += 3 * PERIOD
    assert len([subject for subject in runs(world) if subject.startswith("Tell us")]) == 1
    assert customer_page.view(world.deps, links.status_url(world.deps, world.store.only_ticket()).rpartition("/")[2])
