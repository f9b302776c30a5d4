"""Tickets' lives, step by step, with two customers, agents and third parties. Everybody's words are distinguishable."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from chalicelib.errors import AftercareError, NotSent
from chalicelib.mail.composing import plus_address
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.identity.phones import dialled
from chalicelib.rules.procedure.rating import open_until
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Person, State, Ticket
from chalicelib.services.actions import chatting as at_the_desk
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.call_results import RESULTS
from chalicelib.services.actions.contacts import log_contact
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.calls import booking, changing
from chalicelib.services.chats import links as chat_links
from chalicelib.services.chats import present
from chalicelib.services.customer import chatting, customer_page, rating
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.intake.arrivals import SPAM
from chalicelib.services.intake.chats import beginning
from chalicelib.services.intake.receiving import receive
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets import links
from chalicelib.services.tickets.answers import drafts
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.services.tickets.merged import resolve_merged
from tests.support import agents, records, samples
from tests.support.agents import ADA
from tests.support.store.fakes import World, written

CARE = "care@help.northlight.example"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A customer. `word` is in everything that they write, and in nothing that others write."""

    name: str
    address: str
    phone: str
    word: str

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.name, self.address, self.phone, dialled(self.phone), self.word)


WILMA = Somebody("Wilma Quastenfloh", "wilma@quaste.example", "+49 30 5550199", "zwetschgenmus")
JON = Somebody("Jon Tannhauser", "jon@tann.example", "+49 89 5550144", "lampenfieber")
AGENTS_WORD = "dienstgespräch"


@dataclass(slots=True)
class Life:
    """A world with events; after every step the table's stream runs."""

    world: World
    number: int = 0
    steps: list[str] = field(default_factory=list)

    def do(self, step: str, who: Somebody, one: int, other: int) -> None:
        """Do a step on the tickets of these numbers. Steps that are not possible are skipped."""
        self.number += 1
        self.steps.append(step)
        with suppress(AftercareError):
            STEPS[step](self, who, one, other)
        self.flows()

    def about(self, who: Somebody) -> str:
        """An agent's words about this person."""
        return f"Ask <{who.address.upper()}> or mailto:{who.address}, number {self.number}"

    def flows(self) -> None:
        self.world.clock.advance(minutes=7)
        agents.stream(self.world)
        records.indexed(self.world)

    def ticket(self, number: int) -> Ticket | None:
        tickets = list(self.world.store.tickets.values())
        return tickets[number % len(tickets)] if tickets else None

    def text(self, who: Somebody) -> str:
        return f"Hello,\n\nmy {who.word} number {self.number} is broken.\n\n{who.name}\n{who.phone}\n"

    def closes_all(self) -> None:
        """Agents close everything except quarantined tickets, which nobody looks at. All mails are sent; failed
        acknowledgements are given up. Mails that wait to be combined are left to the due-work index."""
        world = self.world
        look_after_due(world.deps)
        for ref in list(world.store.tickets):
            if world.store.tickets[ref].state not in (State.CLOSED, State.QUARANTINED):
                _ends_chat(world, ref)
                agents.acts(world, "close", ref, outcome="settled", reason="Done.")
            ticket = world.store.tickets[ref]
            if ticket.remedy and not ticket.remedy.done_at and not ticket.merged_into:
                with suppress(AftercareError):
                    agents.acts(world, "remedy_done", ref, tell=False)
        self.flows()


def _ends_chat(world: World, ref: str) -> None:
    """A ticket is not closed under a running chat."""
    ticket = world.store.tickets[ref]
    if ticket.chat and ticket.chat.open:
        chatting.end(world.deps, chat_links.token(world.deps, ticket), "end")


def _form(life: Life, who: Somebody, one: int, other: int) -> None:
    fields = {
        "name": who.name, "email": who.address, "kind": "complaint", "topic": "damaged_in_transit",
        "order_number": f"NL-2026-{life.number}", "message": life.text(who), "language": "en",
    }  # fmt: skip
    file = IncomingFile(f"{who.word}.txt", "text/plain", life.text(who).encode())
    submit(life.world.deps, life.world.shop, fields, (file,), Caller("192.0.2.1", key=f"form {life.number}"))


def _mail(life: Life, who: Somebody, one: int, other: int) -> None:
    """A mail that opens a ticket; sometimes with the other customer in Cc, or with a text too long for the table."""
    copied = JON if who is WILMA else WILMA
    text = life.text(who) * (2000 if one % 5 == 4 else 1)
    if other % 3 == 2:  # non-ASCII text makes the mail encoded
        text = f"Grüße auch von {copied.address}.\n{text}"
    _arrives(life, who, CARE, text, Cc=copied.address if one % 2 else "")


def _reply(life: Life, who: Somebody, one: int, other: int) -> None:
    """A reply to one of our mails: anybody who has that mail takes part in the ticket."""
    if ticket := life.ticket(one):
        to = plus_address(CARE, samples.reply_token(ticket, Role.CUSTOMER))
        others = JON if who is WILMA else WILMA
        _arrives(life, who, to, f"{others.address} told me.\n{life.text(who)}" if other % 2 else life.text(who))


def _names(life: Life, who: Somebody, one: int, other: int) -> None:
    """A mail that names the other customer outside its own text, and quotes their words; it opens a ticket or joins
    one."""
    others, ticket = JON if who is WILMA else WILMA, life.ticket(one)
    to = plus_address(CARE, samples.reply_token(ticket, Role.CUSTOMER)) if ticket and one % 2 else CARE
    quoted = f"On Mon, 23 Nov 2026 at 10:00, X <{others.address.upper()}> wrote:\n> My {others.word}\n> {others.name}\n"
    headed = f"-----Original Message-----\nFrom: {others.address}\nSent: Monday\nTo: me\nSubject: x\n\n{others.word}\n"
    below = (quoted, headed, f"-- \n{who.name} and {others.address}\n")
    headers = ("Cc", "Sender", "Resent_From", "X_Original_From", "Reply_To")
    if other < len(below):
        # As an answer to somebody; else the text below would count as the sender's own words.
        _arrives(life, who, to, f"{life.text(who)}\n{below[other]}", In_Reply_To="<theirs@mail.example>")
    else:
        _arrives(life, who, to, life.text(who), **{headers[other % len(headers)]: others.address})


def _quarantined(life: Life, who: Somebody, one: int, other: int) -> None:
    """A mail that SES takes for spam, or that a machine sent."""
    if one % 2:
        _arrives(life, who, CARE, life.text(who), failed={SPAM})
    else:
        _arrives(life, who, CARE, life.text(who), Auto_Submitted="auto-generated")


def _arrives(
    life: Life, who: Somebody, to: str, text: str, failed: Iterable[str] = frozenset(), **headers: str
) -> None:
    mail = written(
        f"{who.name} <{who.address}>", f"About my {who.word}", text, To=to, Message_ID=f"<{life.number}@m.example>",
        **headers,
    )  # fmt: skip
    mail.add_attachment(life.text(who).encode(), "application", "pdf", filename=f"{who.word}.pdf")
    key = life.world.arrives(mail)
    receive(life.world.deps, MailReceived(key, (to,), frozenset(failed)))
    if life.number % 3 == 0:  # delivered again
        key = life.world.arrives(mail)
        receive(life.world.deps, MailReceived(key, (to,), frozenset(failed)))


def _page(life: Life, who: Somebody, one: int, other: int) -> None:
    ticket = life.ticket(one)
    if ticket and ticket.requester.address.lower() == who.address:
        token = links.status_url(life.world.deps, ticket).rpartition("/")[2]
        customer_page.reply(life.world.deps, token, {"message": life.text(who)}, [])


def _rate(life: Life, who: Somebody, one: int, other: int) -> None:
    """Rate one of the customer's tickets that may be rated now, and then again with other words."""
    tickets, now = life.world.store.tickets.values(), life.world.clock()
    rateable = [t for t in tickets if t.requester.address.lower() == who.address and open_until(t, now)]
    if rateable:
        token = links.status_url(life.world.deps, rateable[one % len(rateable)]).rpartition("/")[2]
        for score, text in ((1 + other % 5, life.text(who)), (5, f"{who.word}, after all")):
            rating.rate(life.world.deps, token, {"score": str(score), "rating_text": text})
            records.indexed(life.world)


def _call(life: Life, who: Somebody, one: int, other: int) -> None:
    """A phone call; sometimes from another number, or an agent's call to the customer."""
    phone = f"{who.phone}{one}" if one % 2 else who.phone
    fields = {"channel": "phone", "name": who.name, "address": who.address, "phone": phone, "notes": life.text(who)}
    ticket = life.ticket(one)
    joins = other % 2 and ticket and ticket.requester.address.lower() == who.address
    fields |= {"reference": ticket.ref} if joins and ticket else {"subject": f"A call about {who.word}"}
    fields |= {"direction": "out"} if joins and other % 3 == 0 else {}
    said = ActionInput(fields, Person("Ada", ADA))
    log_contact(life.world.deps, life.world.shop, said, f"call {life.number}")


def _book(life: Life, who: Somebody, one: int, other: int) -> None:
    """A customer asks to be called, sometimes at another number."""
    fields = {
        "slot": "soon", "phone": f"{who.phone}{one}" if one % 2 else who.phone, "name": who.name, "email": who.address,
        "note": life.text(who), "order_number": f"NL-2026-{life.number}", "submission_id": f"call {life.number}",
    }  # fmt: skip
    booking.book(life.world.deps, life.world.shop, fields, "192.0.2.1")


def _change_call(life: Life, who: Somebody, one: int, other: int) -> None:
    """The customer moves a call or cancels it; after a wrong number they give another one."""
    ticket = life.ticket(one)
    if ticket and ticket.call and ticket.requester.address.lower() == who.address:
        choice = changing.CANCEL if other % 3 == 0 else "soon"
        press = f"press {life.number}"
        changing.change(life.world.deps, ticket, choice, f"{who.phone}{other}", press, "192.0.2.1")


def _call_result(life: Life, who: Somebody, one: int, other: int) -> None:
    if ticket := life.ticket(one):
        result = RESULTS[other % len(RESULTS)]
        agents.acts(life.world, "call_result", ticket.ref, result=result, notes=life.about(who), slot="soon")


def _chat(life: Life, who: Somebody, one: int, other: int) -> None:
    """A chat with an agent, who sometimes names the other customer in it; it goes on, or either side ends it."""
    world, shop, agent = life.world, life.world.shop, life.world.shop.agents[0]
    while not present.staffed(world.deps, shop):
        world.clock.advance(hours=1)
        present.note(world.deps, shop, agent, takes=True)
    fields = {
        "name": who.name, "email": who.address, "message": life.text(who), "language": "en",
        "submission_id": f"chat {life.number}",
    }  # fmt: skip
    ticket = beginning.begin(
        world.deps, shop, fields, Caller("192.0.2.1", submission_id=fields["submission_id"])
    ).ticket
    at_the_desk.take(world.deps, shop, ticket.ref, agent)
    _chat_line(life, who, len(world.store.tickets) - 1, other)
    text = life.about(JON if who is WILMA else WILMA) if one % 2 else AGENTS_WORD
    at_the_desk.say(world.deps, shop, ticket.ref, {"id": f"agent-{life.number:08}", "text": text}, agent)
    if other % 3 == 1:
        at_the_desk.end(world.deps, shop, ticket.ref, agent)
    if other % 3 == 2:
        chatting.end(world.deps, chat_links.token(world.deps, world.store.tickets[ticket.ref]), "end")


def _chat_line(life: Life, who: Somebody, one: int, other: int) -> None:
    """The customer says something in a chat, or when it is over."""
    ticket = life.ticket(one)
    if ticket and ticket.chat and ticket.requester.address.lower() == who.address:
        words = {"id": f"customer-{life.number:08}", "text": life.text(who)}
        chatting.say(life.world.deps, chat_links.token(life.world.deps, ticket), words, "192.0.2.1")


def _agent(action: str, **fields: str) -> Callable[[Life, Somebody, int, int], None]:
    def step(life: Life, who: Somebody, one: int, other: int) -> None:
        if ticket := life.ticket(one):
            agents.acts(life.world, action, ticket.ref, **fields)

    return step


def _naming(action: str, field: str, **fields: str) -> Callable[[Life, Somebody, int, int], None]:
    """A step with an agent's words that contain somebody's address, on any ticket."""

    def step(life: Life, who: Somebody, one: int, other: int) -> None:
        if ticket := life.ticket(one):
            agents.acts(life.world, action, ticket.ref, **fields, **{field: life.about(who)})

    return step


def _hold(life: Life, who: Somebody, one: int, other: int) -> None:
    """Place a legal hold and lift it again."""
    for action in ("place_legal_hold", "lift_legal_hold"):
        _naming(action, "reason")(life, who, one, other)


def _refer(life: Life, who: Somebody, one: int, other: int) -> None:
    """Refer to the courier, or to somebody who is a customer elsewhere."""
    asked = {"to": "swiftparcel"} if other % 2 else {"address": who.address, "name": who.name}
    ticket = life.ticket(one)
    if ticket and ticket.requester.address.lower() != who.address:
        agents.acts(life.world, "refer", ticket.ref, text=AGENTS_WORD, facts=["order_number"], **asked)


def _third_party(life: Life, who: Somebody, one: int, other: int) -> None:
    ticket = life.ticket(one)
    for referral in ticket.referrals if ticket else ():
        if ticket and referral.address == who.address:
            token = samples.reply_token(ticket, Role.THIRD_PARTY, referral.number)
            _arrives(life, who, plus_address(CARE, token), life.text(who))


def _merge(life: Life, who: Somebody, one: int, other: int) -> None:
    into, ticket = life.ticket(one), life.ticket(other)
    if into and ticket:
        agents.acts(life.world, "merge", ticket.ref, into=resolve_merged(life.world.deps, into).ref, anyway=True)


def _split(life: Life, who: Somebody, one: int, other: int) -> None:
    if ticket := life.ticket(one):
        for message in records.messages_of(life.world, ticket.ref):
            with suppress(AftercareError):
                agents.acts(life.world, "split", ticket.ref, message=message.id)


def _draft(life: Life, who: Somebody, one: int, other: int) -> None:
    if ticket := life.ticket(one):
        text = life.about(who) if ticket.knows(who.address) else AGENTS_WORD
        drafts.save_draft(life.world.deps, life.world.shop, ticket.ref, ADA, text)


def _bounce(life: Life, who: Somebody, one: int, other: int) -> None:
    """The latest mail to this customer bounces."""
    if mails := life.world.mailer.to(who.address):
        note_event(
            life.world.deps, mails[-1].id, Report(DeliveryEvent.BOUNCED, (who.address,), "5.1.1", f"no {who.address}")
        )


def _expire(life: Life, who: Somebody, one: int, other: int) -> None:
    for key in list(life.world.files.raw)[:1]:
        life.world.files.expire_raw(key)


def _time(life: Life, who: Somebody, one: int, other: int) -> None:
    life.world.clock.advance(days=1 + one)
    look_after_due(life.world.deps)


def _refused(life: Life, who: Somebody, one: int, other: int) -> None:
    """SES refuses the next mail, and its error names the recipient."""

    def refuse(recipient: str) -> None:
        life.world.mailer.on_send = lambda recipient: None
        raise NotSent(f"MessageRejected: not to {recipient}", passing=False)

    life.world.mailer.on_send = refuse


STEPS: dict[str, Callable[[Life, Somebody, int, int], None]] = {
    "form": _form,
    "mail": _mail,
    "reply": _reply,
    "names": _names,
    "page": _page,
    "rate": _rate,
    "call": _call,
    "book": _book,
    "change_call": _change_call,
    "call_result": _call_result,
    "answer": _agent("answer", text=f"We look into it. {AGENTS_WORD}"),
    "ask": _agent("ask", text=f"Which one? {AGENTS_WORD}"),
    "note": _naming("note", "text"),
    "change": _agent("change", order_number="NL-7-8-9"),
    "number": _naming("change", "order_number"),
    "tag": _naming("tag", "tags"),
    "claim": _naming("claim", "product", serial="7-8-9"),
    "find": _naming("find", "reason", fault="courier"),
    "remedy": _naming("remedy", "note", remedy_kind="refund", owed_by="seller"),
    "extend": _naming("extend", "reason", by="10 days"),
    "conclude": _agent("conclude", outcome=Outcome.UPHELD.value, text=f"You are right. {AGENTS_WORD}"),
    "close": _naming("close", "reason", outcome="settled"),
    "hold": _hold,
    "spam": _agent("spam"),
    "reopen": _naming("reopen", "reason"),
    "refer": _refer,
    "third_party": _third_party,
    "merge": _merge,
    "split": _split,
    "draft": _draft,
    "bounce": _bounce,
    "refused": _refused,
    "expire": _expire,
    "time": _time,
    "quarantine": _quarantined,
    "chat": _chat,
    "chat_line": _chat_line,
}


def full(life: Life) -> Iterator[str]:
    """A life in which everything happens at least once."""
    for who in (WILMA, JON):
        for step in (
            "form",
            "mail",
            "book",
            "call_result",
            "change_call",
            "refused",
            "call",
            "reply",
            "page",
            "answer",
            "bounce",
        ):
            life.do(step, who, 1, 1)
            yield step
    for number in range(4):
        for step in ("split", "draft", "refer", "third_party", "call"):
            life.do(step, WILMA, number, number + 1)
            yield step
    for number, step in enumerate(STEPS):
        life.do(step, WILMA if number % 2 else JON, number, number + 1)
        yield step
    for step, who, number in (("close", WILMA, 0), ("rate", WILMA, 0), ("close", JON, 3), ("rate", JON, 0)):
        life.do(step, who, number, number)
        yield step
    for number, who in enumerate((WILMA, JON)):
        life.do("quarantine", who, number, 0)
        yield "quarantine"
    for number in range(6):
        who, last = (WILMA, JON)[number % 2], len(life.world.store.tickets)
        for step, ticket in (("chat", number // 2), ("chat_line", last)):
            life.do(step, who, ticket, number)
            yield step


def whole_life(world: World) -> Life:
    life = Life(world)
    for _ in full(life):
        pass
    return life


__all__ = ["AGENTS_WORD", "JON", "STEPS", "WILMA", "Life", "Somebody", "full", "whole_life"]
