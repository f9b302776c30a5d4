"""Aftercare's side: each job is done by the functions' handlers on moto, as in bench.handlers. What django-helpdesk
does not do is left out: indexing the words, and noting what SES reports of each mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from selectolax.lexbor import LexborHTMLParser

import app
from bench.cold import TABLE, request
from bench.handlers import CONTEXT, Functions, Handles, Moto, on_moto
from bench.peer.work import OWNER, SHOP, WAITING, Done, Ticket
from chalicelib import wiring
from chalicelib.rules.tickets import ticket as tickets
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, Clock, Clocks
from chalicelib.services.access import signing_in
from chalicelib.web.access import auth
from tests.support import samples
from tests.support.store.tables import REGION

# The other side handles each event once.
ONCE = 1


@dataclass(frozen=True, slots=True)
class Ours:
    """`cookie` is the owner's."""

    functions: Functions
    moto: Moto
    cookie: str

    def inbox(self, _: Ticket) -> Done:
        seconds, shown, query = 0.0, list[str](), dict[str, str]()
        while query or not shown:
            took, answer = self.moto.apart(self._looking(query), ONCE)
            seconds += took
            page = LexborHTMLParser(answer["body"])
            shown += [link.text() for link in page.css(".row .subject a")]
            following = page.css_first("a[rel=next]")
            query = dict(parse_qsl(urlsplit(following.attributes["href"] or "").query)) if following else {}
        return Done(seconds, shown=tuple(shown))

    def form(self, ticket: Ticket) -> Done:
        return self._with_mails(
            self.functions.form(email=ticket.sender, subject=ticket.subject, message=ticket.words), ticket
        )

    def mail(self, ticket: Ticket) -> Done:
        raw = ticket.raw.encode()
        return self._with_mails(self.functions.received(f"raw/{ticket.number}", raw, ticket.sender), ticket)

    def escalation(self, ticket: Ticket) -> Done:
        now = wiring.deps().now()
        opened, due = now - timedelta(days=5), now - timedelta(days=1)
        _wait(f"NL-1ATE0-{ticket.number:05}", ticket, opened, due, assignee=OWNER)
        return self._with_mails(lambda: app.escalate_overdue({}, CONTEXT), ticket)

    def _with_mails(self, handles: Handles, ticket: Ticket) -> Done:
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        before = len(sent)
        seconds, _ = self.moto.apart(handles, ONCE)
        for item in self._owing(ticket):
            seconds += self.moto.apart(self.functions.sending(item), ONCE)[0]
        return Done(seconds, mails=len(sent) - before)

    def _owing(self, ticket: Ticket) -> list[Any]:
        """What the stream would pass on: the items of the customer's ticket that owe mails."""
        (found,) = wiring.deps().tickets.tickets_of(SHOP.id, ticket.sender, 2)
        items = self.functions.plain["dynamodb"].query(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"TICKET#{found.ref}"}},
        )["Items"]
        return [item for item in items if item.get("outbox") == {"S": "queued"}]

    def _looking(self, query: dict[str, str]) -> Handles:
        event = request("GET", "", {"accept": "text/html", "cookie": self.cookie}, None)
        event |= {"path": "/desk", "pathParameters": {}, "queryStringParameters": query}
        event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
        event["requestContext"]["resourcePath"] = "/desk"
        # A context of its own each time: who has signed in is noted there.
        return lambda: app.app(event | {"requestContext": dict(event["requestContext"])}, CONTEXT)


@contextmanager
def aftercare() -> Iterator[Ours]:
    """With the tickets that wait there."""
    with on_moto() as (functions, moto):
        app.escalate_overdue({}, CONTEXT)  # reads its secret
        now = wiring.deps().now()
        for number, subject in enumerate(WAITING):
            _wait(f"NL-WA1TS-{number:05}", Ticket(0, subject), now, now + timedelta(days=2))
        yield Ours(functions, moto, f"{auth.COOKIE}={signing_in.begin(wiring.deps(), OWNER)}")


def _wait(ref: str, ticket: Ticket, opened: datetime, due: datetime, **changes: Any) -> None:
    """Put an open ticket into the table; nobody was mailed about it."""
    person = tickets.Person("Mira Holm", ticket.sender)
    made = samples.ticket(ref, opened, person=person, subject=ticket.subject, text=ticket.words)
    clocks = Clocks([Clock(FIRST_ANSWER, "2 working days", opened, due)])
    wiring.deps().tickets.commit(tickets.Change(replace(made, clocks=clocks, outbox=None, **changes)))
