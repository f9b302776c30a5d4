"""DynamoDB's charges for the most frequent operations: requests, write units and read units, on moto. Services, rules
and store are the shipped ones; buckets and the mail service are fakes, because every design needs them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import boto3

from bench.figures import Figure
from bench.tickets.metering import Meter
from chalicelib.aws.table.codec import Attributes, attributes
from chalicelib.aws.table.item_keys import message_key, ticket_key
from chalicelib.aws.table.items import word_key
from chalicelib.mail.composing import plus_address
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery import sending
from chalicelib.services.intake import receiving, submitting
from chalicelib.services.intake.submitting import Caller
from chalicelib.services.intake.threading import mail_source
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.ports.search import IndexedItem, SearchHit
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets import commits, indexing, links, opening
from chalicelib.services.tickets.reply_tokens import reply_token
from tests.support import samples
from tests.support.store import fakes, tables
from tests.support.store.whole import WholeStore, on

FLOOR = "one PutItem of the bare item, without any index; for a due step, after one GetItem of it"
NAME, BARE = "aftercare", "bare"
FORM = {
    "name": "Mira Holm",
    "email": "mira@example.com",
    "kind": "complaint",
    "topic": "damaged_in_transit",
    "order_number": "NL-2026-204117",
    "subject": "Lamp arrived with a cracked shade",
    "message": samples.WORDS,
    "terms_accepted": "on",
    "advert_notice": "1",
}
TOGETHER = 20
# How many requests and units each step may take for each of the floor's.
# Of a form: six units for the ticket, two for each of five counters, and two for the mark. By mail no source is
# counted, and the raw mail has an outcome. One request reads the contact agreement.
FORM_BOUNDS, MAIL_BOUNDS = {"requests": 4.0, "write_units": 6.4}, {"requests": 5.0, "write_units": 8.5}
# Of two mails: the claim costs four, each id of a mail one, and the item with what moves in the indexes seven. The
# order that the complaint names is read, and once a minute who is away.
SENT_BOUNDS = {"requests": 7.0, "write_units": 4.7}
# A unit for each word.
NEW_WORDS_BOUNDS, REPLY_WORDS_BOUNDS = {"requests": 2.0, "write_units": 50.0}, {"requests": 3.0, "write_units": 47.0}
MAIL_REPLY_BOUNDS, PAGE_REPLY_BOUNDS = {"requests": 6.0, "write_units": 9.0}, {"requests": 6.0, "write_units": 10.5}
# Of a step: the ticket is read, and the message that carries its mail; a missed promise is a leaf of the record; the
# rest is the run's, divided by its steps.
STEP_BOUNDS = {"requests": 1.7, "read_units": 2.5, "write_units": 9.7}
KEYS: Any = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


def figures() -> Iterator[Figure]:
    with tables.in_process():
        costs = Costs()
        yield from costs.of("open a ticket by form", costs.opens_by_form, bounds=FORM_BOUNDS)
        yield from costs.of("open a ticket by mail", costs.opens_by_mail, bounds=MAIL_BOUNDS)
        yield from costs.of(f"send a ticket's mails ({len(costs.owed())})", costs.sends, bounds=SENT_BOUNDS)
        yield from costs.of("index a new ticket's words", costs.indexes_ticket, bounds=NEW_WORDS_BOUNDS)
        yield from costs.of("append a reply by mail", costs.replies_by_mail, bounds=MAIL_REPLY_BOUNDS)
        yield from costs.of("append a reply on the page", costs.replies_on_the_page, bounds=PAGE_REPLY_BOUNDS)
        yield from costs.of("index a reply's words", costs.indexes_reply, bounds=REPLY_WORDS_BOUNDS)
    with tables.in_process():
        costs = Costs()
        yield from costs.of(
            f"take a due step, of {TOGETHER} at once", costs.takes_steps, TOGETHER, reads=True, bounds=STEP_BOUNDS
        )


class Costs:
    """A world with a metered store. Each step does something in it and returns the bare item it had to write."""

    def __init__(self) -> None:
        self.client, unmetered = boto3.client("dynamodb"), boto3.client("dynamodb")
        # A shop that asks how it went and makes contact agreements: no life of a ticket costs more.
        self.world = fakes.world().with_shop(**samples.ADVERTISES)
        self.beside = tables.create(unmetered, NAME)
        types: list[Any] = [{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in KEYS]
        unmetered.create_table(
            TableName=BARE, KeySchema=KEYS, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST"
        )
        # Time must pass: a lease renewed at the very same moment would cost nothing.
        now = partial(self.world.clock.advance, seconds=1)
        self.deps = on(self.world.deps, WholeStore(self.client, NAME), now=now)
        indexes: Mapping[str, Any] = {NAME: tables.definition()["GlobalSecondaryIndexes"], BARE: ()}
        self.meter = Meter(self.client, unmetered, indexes)
        self.source = ""

    def of(
        self,
        name: str,
        step: Callable[[], Attributes],
        times: int = 1,
        *,
        reads: bool = False,
        bounds: Mapping[str, float],
    ) -> Iterator[Figure]:
        """What the step costs, divided by how many times it does its work. `reads`: the item must be read first; what
        other steps read has no floor, and stands in docs/cost.md. `bounds`: by unit."""
        bare = step()
        ours = self.meter.taken()
        if reads:
            self.client.get_item(TableName=BARE, Key=ticket_key(bare["ref"]["S"]), ConsistentRead=True)
        self.client.put_item(TableName=BARE, Item=bare)
        least = self.meter.taken()
        for unit, value, floor in zip(ours._fields, ours, least, strict=True):
            if floor:
                yield Figure(name, value / times, floor, unit.replace("_", " "), bounds[unit])

    def opens_by_form(self) -> Attributes:
        caller = Caller("198.51.100.7", key="an order's form")
        ticket = submitting.submit(self.deps, self.world.shop, FORM, (), caller).ticket
        self.source = ticket.source
        return _bare(ticket)

    def opens_by_mail(self) -> Attributes:
        self._receives(self.world.shop.support, "<first@mail.example>")
        return _bare(self.ticket(mail_source(self.world.shop, "first@mail.example")))

    def owed(self) -> tuple[object, ...]:
        box = self.ticket(self.source).outbox
        return box.owed() if box else ()

    def sends(self) -> Attributes:
        ticket = self.ticket(self.source)
        sending.post(self.deps, ItemRef(ticket.ref, None), ticket)
        return _bare(self.ticket(self.source))

    def replies_by_mail(self) -> Attributes:
        token = reply_token(self.deps, self.ticket(self.source), Role.CUSTOMER)
        self._receives(plus_address(self.world.shop.support, token), "<second@mail.example>")
        return self._last_message()

    def replies_on_the_page(self) -> Attributes:
        url = links.status_url(self.deps, self.ticket(self.source))
        customer_page.reply(self.deps, url.rpartition("/")[2], {"message": samples.WORDS}, ())
        return self._last_message()

    def indexes_ticket(self) -> Attributes:
        return self._indexes(self.ticket(self.source))

    def indexes_reply(self) -> Attributes:
        return self._indexes(self.beside.conversation(self.ticket(self.source).ref)[1][-1])

    def _indexes(self, item: IndexedItem) -> Attributes:
        indexing.index(self.deps, item)
        ticket = self.ticket(self.source)
        return word_key(ticket.shop, "blinded".ljust(43), SearchHit(ticket.opened_at, ticket.ref))

    def takes_steps(self) -> Attributes:
        """The answers to many tickets are overdue, and their agents are told of all in one mail."""
        refs = [f"NL-00000-{number:05}" for number in range(TOGETHER)]
        for ref in refs:
            commits.commit(on(self.deps, self.beside), Change(replace(samples.ticket(ref), outbox=None)))
        self.world.clock.advance(days=7)
        assert look_after_due(self.deps)["done"] == TOGETHER
        ticket = self.beside.ticket(refs[-1])
        assert ticket, "it is gone"
        return _bare(ticket)

    def _receives(self, recipient: str, message_id: str) -> None:
        key = self.world.arrives(fakes.written(text=samples.WORDS, Message_ID=message_id))
        receiving.receive(self.deps, MailReceived(key, (recipient,)))

    def ticket(self, source: str) -> Ticket:
        ticket = opening.find(on(self.deps, self.beside), self.world.shop, source)
        assert ticket, "nothing was opened"
        return ticket

    def _last_message(self) -> Attributes:
        message = self.beside.conversation(self.ticket(self.source).ref)[1][-1]
        return attributes(message) | message_key(message.ref, message.id)


def _bare(ticket: Ticket) -> Attributes:
    return attributes(ticket) | ticket_key(ticket.ref)
