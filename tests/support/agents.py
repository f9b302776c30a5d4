"""Agents' actions in the fake world, the table's stream that sends the mails they owe, and SES's delivery events."""

from typing import Any

from chalicelib.rules.tickets.outbox import Stage
from chalicelib.rules.tickets.ticket import Change, Event, Message, Ticket
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery.sending import note_sent, post
from chalicelib.services.operations import console
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import commits, links
from tests.support import samples
from tests.support.store.fakes import World

MIRA, ADA, TOM = "mira.holm@example.com", "ada@northlight.example", "tom@northlight.example"
SWIFT = "claims@swiftparcel.example"


def acts(world: World, action: str, ref: str = samples.REF, agent: str = ADA, **fields: Any) -> console.ActionResult:
    """Run an agent's action at the console; return its answer."""
    event = {"shop": world.shop.id, "reference": ref, "agent": agent, "action": action}
    return console.act_on_ticket(world.deps, event | fields)


def opened(world: World, ref: str = samples.REF, **changes: Any) -> Ticket:
    """A ticket with its mails already sent."""
    commits.commit(world.deps, Change(samples.ticket(ref, world.clock(), **changes)))
    stream(world)
    world.mailer.sent.clear()
    return world.store.tickets[ref]


def advertises(world: World) -> World:
    """The world, whose shop asks its customers how it went."""
    return world.with_shop(**samples.ADVERTISES)


def stream(world: World) -> None:
    """Play the table's stream: it calls send_mail until no mail is queued."""
    while queued := _queued(world):
        for due in queued:
            post(world.deps, due)


def _queued(world: World) -> list[ItemRef]:
    items: list[Ticket | Message] = [*world.store.tickets.values(), *world.store.messages.values()]
    queued = (item for item in items if item.outbox and item.outbox.stage is Stage.QUEUED)
    return [ItemRef(item.ref, item.id if isinstance(item, Message) else None) for item in queued]


def proven(world: World) -> None:
    """Deliver SES's Send event for every mail it accepted."""
    for mail in world.mailer.sent:
        tags = world.mailer.tags[mail.id]
        note_sent(
            world.deps,
            SendConfirmation(ItemRef(tags["ref"], tags.get("message")), tags["purpose"], mail.recipient, mail.id),
        )


def message(world: World, event: Event) -> Message:
    """The latest message of this event."""
    return [m for m in world.store.messages.values() if m.event is event][-1]


def owed(message: Message) -> list[tuple[str, str]]:
    """The mails that the message owes: (purpose, recipient) of each."""
    return [(mail.purpose.value, mail.to) for mail in message.outbox.deliveries] if message.outbox else []


def log(world: World) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.action, entry.detail) for _, entry in world.store.log]


def customer_writes(world: World, text: str = "Any news?") -> None:
    """The customer writes on their page."""
    customer_page.reply(world.deps, _page(world), {"message": text}, [])


def customer_reads(world: World) -> list[dict[str, Any]]:
    """The messages that the customer's page shows."""
    return customer_page.view(world.deps, _page(world)).entries


def _page(world: World) -> str:
    return links.status_url(world.deps, world.store.tickets[samples.REF]).rpartition("/")[2]
