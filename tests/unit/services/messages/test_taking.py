"""What people write by messengers: each message once, on the right ticket, in whatever order it comes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import NotYetKnown, TryAgainLater
from chalicelib.rules.events.messages.said import Kind, Media, Said
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.intake.limits import MESSAGES
from chalicelib.rules.messages.joining import CONTINUED
from chalicelib.rules.policy.promises import DATA_REQUEST
from chalicelib.rules.procedure import merging
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, FIRST_ANSWER, WINDOW
from chalicelib.rules.tickets.messages import NOBODY, Author, Event, Person, Reached, Visibility
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Change, Channel, Message, State, Ticket, evolve
from chalicelib.services.messages import files, places, taking
from chalicelib.services.messages.taking import Taken
from chalicelib.services.ports.messages.channels import Fetched
from chalicelib.services.tickets.commits import change_ticket
from tests.support.store.fakes import START, World, world

MIRA = Handle(Provider.WHATSAPP, "DE.1349120865530274")
NUMBER = Handle(Provider.WHATSAPP, "4915123456789")


@pytest.fixture
def here() -> World:
    return world()


def said(id: str = "wamid.A1", text: str = "Where is my lamp?", **more: object) -> Said:
    words = Said(Kind.WORDS, MIRA, "200", id, START, text, "Mira Höfer", NUMBER)
    return replace(words, **more)  # type: ignore[arg-type]


def take(here: World, what: Said) -> Taken:
    return taking.take(here.deps, here.shop, what)


def only(here: World) -> Ticket:
    (ticket,) = here.store.tickets.values()
    return ticket


def messages(here: World, ticket: Ticket) -> list[Message]:
    found = (each for each in here.store.messages.values() if each.ref == ticket.ref)
    return sorted(found, key=lambda each: (each.at, each.text))


def closed(here: World) -> None:
    at = here.clock()
    change_ticket(
        here.deps,
        only(here),
        lambda t: Change(evolve(t, state=State.CLOSED, closed_at=at, active_at=at, outcome=Outcome.SETTLED)),
    )


def test_the_first_message_opens_a_ticket_with_the_usual_promises(here: World) -> None:
    assert take(here, said()) is Taken.APPLIED
    ticket = only(here)
    assert (ticket.channel, ticket.state, ticket.subject) == (Channel.WHATSAPP, State.OPEN, "Where is my lamp?")
    assert ticket.requester.address == "DE.1349120865530274@whatsapp.invalid"
    assert (ticket.requester.name, ticket.requester.phone) == ("Mira Höfer", "+4915123456789")
    assert ticket.reached == Reached("200", START, NUMBER.address)
    assert {ACKNOWLEDGE, FIRST_ANSWER} <= set(ticket.clocks.names)
    assert ticket.outbox is not None
    assert Delivery(Purpose.ACKNOWLEDGEMENT, MIRA.address) in ticket.outbox.owed()
    assert ticket.outbox.owes(Purpose.NOTIFICATION_NEW)
    assert not ticket.unconfirmed


def test_told_five_times_it_is_one_message(here: World) -> None:
    assert [take(here, said()) for _ in range(5)] == [Taken.APPLIED, *[Taken.DUPLICATE] * 4]
    second = said("wamid.A2", "It is number 1001.")
    assert [take(here, second) for _ in range(5)] == [Taken.APPLIED, *[Taken.DUPLICATE] * 4]
    assert len(messages(here, only(here))) == 1


def test_it_is_known_again_as_long_as_its_writers_ticket_is(here: World) -> None:
    *contacts, mark = places.taken(here.deps, here.shop, (MIRA, NUMBER), "source")
    assert mark.id.startswith("SAID#")
    assert {each.until for each in (*contacts, mark)} == {here.clock() + timedelta(days=400)}


def test_what_follows_joins_and_the_shop_owes_the_next_word(here: World) -> None:
    take(here, said())
    here.clock.advance(minutes=3)
    take(here, said("wamid.A2", "Please hurry.", at=here.clock()))
    (message,) = messages(here, only(here))
    assert (message.text, message.author, message.at) == ("Please hurry.", Author.CUSTOMER, here.clock())
    assert message.outbox is not None
    assert message.outbox.owes(Purpose.NOTIFICATION_REPLY)
    assert only(here).reached == Reached("200", here.clock(), NUMBER.address)


def test_the_number_alone_is_the_same_person(here: World) -> None:
    take(here, said())
    take(here, said("wamid.A2", "Me again.", who=NUMBER, also=None))
    assert len(messages(here, only(here))) == 1


def test_a_closed_ticket_goes_on_for_a_day_and_then_another_opens(here: World) -> None:
    take(here, said())
    closed(here)
    here.clock.advance(hours=24)
    take(here, said("wamid.A2", at=here.clock()))
    assert only(here).state is not State.CLOSED
    closed(here)
    here.clock.at += CONTINUED + timedelta(seconds=1)
    take(here, said("wamid.A3", at=here.clock()))
    assert len(here.store.tickets) == 2
    take(here, said("wamid.A4", at=here.clock()))
    assert len(here.store.tickets) == 2


def test_others_and_other_providers_are_other_people(here: World) -> None:
    take(here, said())
    take(here, said("m_1", who=Handle(Provider.MESSENGER, "4915123456789"), also=None))
    take(here, said("m_1", who=Handle(Provider.MESSENGER, "77"), also=None, account="201"))
    assert len(here.store.tickets) == 3


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=6))
def test_in_any_order_and_repeated_it_is_the_same_conversation(order: list[int], again: list[int]) -> None:
    here = world()
    here.clock.advance(hours=1)
    for number in (*order, *again):
        take(here, said(f"wamid.{number}", f"Sentence {number}", at=START + timedelta(minutes=number)))
    ticket = only(here)
    texts = [(each.at, each.text) for each in messages(here, ticket)]
    opening = ticket.opening.text
    assert sorted([*(text for _, text in texts), opening]) == [f"Sentence {number}" for number in range(6)]
    assert [text for _, text in texts] == [
        f"Sentence {number}" for number in range(6) if f"Sentence {number}" != opening
    ]
    assert ticket.reached is not None
    assert ticket.reached.last_at == START + timedelta(minutes=5)


def test_a_clock_that_is_ahead_writes_nothing_into_the_future(here: World) -> None:
    take(here, said(at=START + timedelta(hours=3)))
    assert only(here).reached == Reached("200", START, NUMBER.address)


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        (Kind.EDITED, "Where is my chair?", True),
        (Kind.DELETED, "", False),
        (Kind.REACTION, "👍", False),
        (Kind.REACTION, "", False),
        (Kind.STICKER, "", False),
        (Kind.OTHER, "", True),
    ],
)
def test_what_is_no_message_is_noted_and_not_answered(here: World, kind: Kind, text: str, told: bool) -> None:
    with pytest.raises(NotYetKnown):
        take(here, said("x/1", text, kind=kind, about="wamid.A1"))
    take(here, said())
    before = only(here)
    assert [take(here, said("x/1", text, kind=kind, about="wamid.A1")) for _ in range(2)] == [
        Taken.APPLIED, Taken.DUPLICATE,
    ]  # fmt: skip
    (note,) = messages(here, only(here))
    assert (note.event, note.about, note.visibility) == (Event.NOTED, kind, Visibility.INTERNAL)
    assert text in note.text
    assert (note.outbox is not None) is told
    assert only(here).clocks == before.clocks
    assert only(here).opening.text == "Where is my lamp?", "the original is kept"


def test_what_can_not_be_shown_opens_a_ticket_when_there_is_none(here: World) -> None:
    other = said("x/1", "", kind=Kind.OTHER)
    with pytest.raises(NotYetKnown):
        take(here, other)
    assert [taking.take(here.deps, here.shop, other, last=True) for _ in range(2)] == [Taken.APPLIED, Taken.DUPLICATE]
    assert only(here).opening.text == "sent something that can not be shown here"
    assert only(here).clock(FIRST_ANSWER) is not None
    sticker = said("x/2", "", kind=Kind.STICKER, who=replace(MIRA, id="DE.other"), also=None)
    assert taking.take(here.deps, here.shop, sticker, last=True) is Taken.UNKNOWN


def test_an_echo_is_an_answer_given_in_the_providers_app(here: World) -> None:
    early = said("e1", "It comes tomorrow.", kind=Kind.ECHO)
    with pytest.raises(NotYetKnown):
        take(here, early)
    assert taking.take(here.deps, here.shop, early, last=True) is Taken.UNKNOWN
    take(here, said())
    assert take(here, said("e2", "It comes tomorrow.", kind=Kind.ECHO)) is Taken.APPLIED
    (message,) = messages(here, only(here))
    assert (message.author, message.visibility) == (Author.AGENT, Visibility.SHARED)
    assert message.remarks == (Remark.IN_PROVIDERS_APP,)
    assert message.outbox is None
    ticket, answer = only(here), only(here).clock(FIRST_ANSWER)
    assert (ticket.state, ticket.assignee) == (State.WAITING, None)
    assert answer is not None
    assert answer.met_at == START


def test_a_deletion_is_noted_where_the_message_is_and_opens_nothing_again(here: World) -> None:
    take(here, said())
    closed(here)
    here.clock.at += CONTINUED + timedelta(hours=1)
    take(here, said("wamid.B1", "Something else", at=here.clock()))
    first, second = here.store.tickets.values()
    here.clock.advance(hours=1)
    deletion = said("x/1", "", kind=Kind.DELETED, about="wamid.A1", at=here.clock())
    assert [take(here, deletion) for _ in range(2)] == [Taken.APPLIED, Taken.DUPLICATE]
    after = here.store.tickets[first.ref]
    assert (after.state, after.active_at) == (State.CLOSED, first.active_at)
    assert [each.about for each in messages(here, after)] == [Kind.DELETED]
    take(here, said("wamid.B2", "And another thing", at=here.clock()))
    assert [each.text for each in messages(here, second)] == ["And another thing"]
    assert len(here.store.tickets) == 2


def test_beyond_ten_in_a_minute_nobody_is_told(here: World) -> None:
    for number in range(MESSAGES + 2):
        take(here, said(f"wamid.{number}"))
    kept = [each for each in messages(here, only(here)) if each.outbox is None]
    assert len(kept) == 2
    assert len(messages(here, only(here))) == MESSAGES + 1


def test_beyond_the_limit_a_new_ticket_is_kept_aside(here: World) -> None:
    for number in range(MESSAGES + 1):
        take(here, said(f"wamid.{number}"))
        if number < MESSAGES:
            here.store.tickets.clear()
            here.store.places.clear()
    assert only(here).state is State.QUARANTINED
    assert only(here).suspicions == (Suspicion.TOO_MANY,)
    assert only(here).outbox is None


def somebody(number: int, account: str = "200") -> Said:
    who = Handle(Provider.WHATSAPP, f"49151{number:07}")
    return said(f"wamid.N{number}", who=who, also=None, account=account)


def test_beyond_so_many_new_people_in_an_hour_their_words_are_kept_aside(here: World) -> None:
    here.with_shop(messages=replace(here.shop.messages, new_an_hour=3))
    for number in range(5):
        assert take(here, somebody(number)) is Taken.APPLIED
        assert take(here, somebody(number)) is Taken.DUPLICATE
    aside = [each for each in here.store.tickets.values() if each.state is State.QUARANTINED]
    assert len(here.store.tickets) == 5
    assert [(each.suspicions, each.opening.text, each.outbox) for each in aside] == [
        ((Suspicion.TOO_MANY,), "Where is my lamp?", None)
    ] * 2
    here.clock.advance(hours=1, minutes=2)
    take(here, somebody(5))
    assert len([each for each in here.store.tickets.values() if each.state is State.QUARANTINED]) == 2


def test_a_flood_at_one_account_leaves_room_at_another_and_the_shop_has_an_end(here: World) -> None:
    here.with_shop(messages=replace(here.shop.messages, new_an_hour=2))
    for number, account in enumerate("AAAABBCC"):
        take(here, somebody(number, account))
    states = [each.state is State.QUARANTINED for each in here.store.tickets.values()]
    assert states == [False, False, True, True, False, False, True, True]


def test_who_had_a_genuine_ticket_is_nobody_new(here: World) -> None:
    here.with_shop(messages=replace(here.shop.messages, new_an_hour=1))
    take(here, said())
    closed(here)
    take(here, somebody(1))
    here.clock.at += CONTINUED + timedelta(minutes=30)
    take(here, somebody(2))
    take(here, said("wamid.A9", at=here.clock()))
    *_, newest = here.store.tickets.values()
    assert [each.state is State.QUARANTINED for each in here.store.tickets.values()] == [False, True, False, False]
    assert newest.requester.address == MIRA.address


def test_who_was_found_to_be_spam_is_new_again(here: World) -> None:
    here.with_shop(messages=replace(here.shop.messages, new_an_hour=1))
    take(here, said())
    at = here.clock()
    spam = lambda t: Change(evolve(t, state=State.CLOSED, closed_at=at, active_at=at, outcome=Outcome.SPAM))  # noqa: E731
    change_ticket(here.deps, only(here), spam)
    here.clock.at += CONTINUED + timedelta(minutes=30)
    take(here, somebody(1))
    take(here, said("wamid.A9", at=here.clock()))
    assert [each.state is State.QUARANTINED for each in here.store.tickets.values()] == [False, False, True]


def test_files_are_fetched_at_once(here: World) -> None:
    here.channels.files["400"] = Fetched(b"a picture", "image/jpeg")
    take(here, said(text="", media=(Media("400", "", "image/jpeg"), Media(url="https://x.fbcdn.net/gone"))))
    ticket = only(here)
    (file,) = ticket.opening.files
    assert (file.content_type, file.size) == ("image/jpeg", 9)
    assert here.files.read(file.key) == b"a picture"
    assert Remark.FILES_LOST in ticket.opening.remarks
    assert ticket.subject == "Whatsapp"


def test_words_do_not_wait_for_files_when_the_event_comes_for_the_last_time(here: World) -> None:
    """A provider whose files fail for an hour, or end our runs, takes nobody's words with them."""
    here.channels.unfetched = [TryAgainLater("status 503")] * 2
    picture = said(text="Look at this", media=(Media("400", "", "image/jpeg"),))
    with pytest.raises(TryAgainLater):
        take(here, picture)
    assert not here.store.tickets
    assert taking.take(here.deps, here.shop, picture, bare=True) is Taken.APPLIED
    assert Remark.FILES_LOST in only(here).opening.remarks
    assert only(here).opening.text == "Look at this"
    assert len(here.channels.unfetched) == 1


def test_no_more_files_are_held_than_fit(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ENOUGH", 10)
    for id in "123":
        here.channels.files[id] = Fetched(b"so many", "image/jpeg")
    take(here, said(media=tuple(Media(id, "", "image/jpeg") for id in "123")))
    assert len(only(here).opening.files) == 2
    assert Remark.FILES_LOST in only(here).opening.remarks


def test_words_of_law_are_of_their_kind(here: World) -> None:
    take(here, said(text="Please send me all personal data you hold about me under Article 15 GDPR."))
    assert only(here).kind == DATA_REQUEST


@pytest.mark.parametrize(("text", "tickets"), [("STOP", 0), ("Stop my order", 1)])
def test_a_word_that_forbids_adverts_asks_nothing(here: World, text: str, tickets: int) -> None:
    take(here, said(text=text, who=Handle(Provider.SMS, "4915123456789"), also=None))
    assert len(here.store.tickets) == tickets


def test_a_comment_is_a_public_ticket_of_nobodys_address(here: World) -> None:
    who = Handle(Provider.MESSENGER, "77")
    take(here, said("m_1", who=who, also=None))
    assert take(here, said("50_9", "Mine broke.", who=who, also=None, kind=Kind.COMMENT, about="50_1")) is Taken.APPLIED
    assert take(here, said("50_9", "Mine broke.", who=who, also=None, kind=Kind.COMMENT)) is Taken.DUPLICATE
    public = next(each for each in here.store.tickets.values() if each.channel is Channel.SOCIAL)
    assert (public.requester.address, public.participants, public.reached) == ("", (who.address,), None)
    assert public.outbox is not None
    assert not public.outbox.owes(Purpose.ACKNOWLEDGEMENT)
    take(here, said("m_2", who=who, also=None))
    assert len(here.store.tickets) == 2, "what they write in private goes on in private"


OTHER = Handle(Provider.TELEGRAM, "900")


def of_other(id: str = "900/1", **more: object) -> Said:
    return said(id, "Mine too", **{"who": OTHER, "account": "", "also": None, "name": "Ben"} | more)


def merged(here: World, ticket: Ticket, into: Ticket) -> Ticket:
    """The ticket that remains after an agent merged the one into the other."""
    change = merging.merge(
        ticket, into, Person("Ada", "ada@northlight.example"), here.deps.context(here.shop), anyway=True
    )
    assert change is not None
    here.store.commit(change)
    return here.store.tickets[into.ref]


def of(here: World, who: Handle) -> Ticket:
    return next(each for each in here.store.tickets.values() if each.requester.address == who.address)


def test_somebody_elses_message_moves_nothing_of_how_the_customer_is_reached(here: World) -> None:
    """Two customers' tickets may be merged. Each stays who they are: the window, the way and the handles are those of
    the one who is answered."""
    take(here, said())
    take(here, of_other())
    before = merged(here, of(here, OTHER), of(here, MIRA))
    here.clock.advance(hours=3)
    assert take(here, of_other("900/2", at=here.clock(), also=Handle(Provider.TELEGRAM, "901"))) is Taken.APPLIED
    after = here.store.tickets[before.ref]
    assert [each.text for each in messages(here, after)] == ["Mine too"]
    assert after.reached == before.reached == Reached("200", START, NUMBER.address)
    assert after.clock(WINDOW) == before.clock(WINDOW)
    assert after.customers == (MIRA.address, NUMBER.address)


def test_of_two_tickets_of_one_customer_the_later_message_opens_the_window(here: World) -> None:
    take(here, said())
    first = only(here)
    here.clock.advance(hours=20)
    here.store.commit(Change(evolve(first, state=State.CLOSED, closed_at=START, active_at=START)))
    here.clock.advance(hours=20)
    take(here, said("wamid.A2", "And now?", at=here.clock(), also=None))
    second = next(each for each in here.store.tickets.values() if each.ref != first.ref)
    kept = merged(here, second, here.store.tickets[first.ref])
    assert kept.reached == Reached("200", here.clock(), NUMBER.address)
    assert kept.clock(WINDOW) == second.clock(WINDOW)


def test_who_was_erased_opens_another_ticket(here: World) -> None:
    take(here, said())
    erased = evolve(only(here), requester=NOBODY, reached=None)
    here.store.commit(Change(erased))
    assert take(here, said("wamid.A2", "Hello again")) is Taken.APPLIED
    assert not messages(here, erased)
    assert of(here, MIRA).ref != erased.ref
