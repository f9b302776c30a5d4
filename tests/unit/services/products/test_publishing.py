"""A question and its answer are published only if agent and customer agree, hold nothing of the customer, and can be
taken back by both."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chalicelib.errors import InvalidEvent, InvalidFields, InvalidLink, NotOpen
from chalicelib.rules.products.personal import traces
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Person
from chalicelib.rules.tickets.procedure_facts import PublicationState
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.ports.products.published import PublishedAnswer
from chalicelib.services.privacy import erasing
from chalicelib.services.products import publishing, vocabulary
from chalicelib.services.products.asker import asker
from chalicelib.services.tickets import links
from tests.support import agents, records, samples
from tests.support.agents import MIRA, acts
from tests.support.orders.made import placed, taken
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world

QUESTION, ANSWER = "Does the lamp Ada dim?", "Yes, with every dimmer for LED lamps."
TEXT = {"sku": "lamp-1", "question": QUESTION, "text": ANSWER}


def offered(world: World, **changes: Any) -> str:
    """The token of the link by which the customer decides."""
    agents.opened(world, **changes)
    acts(world, "offer_publication", **TEXT)
    return token(world)


def ticket(world: World) -> Ticket:
    return world.store.tickets[samples.REF]


def token(world: World) -> str:
    known = ticket(world).publication
    assert known
    return links.publication_url(world.deps, ticket(world), known).rpartition("/")[2]


def listed(world: World, language: str = "en") -> list[PublishedAnswer]:
    return list(world.deps.answers.published("northlight", "LAMP-1", language))


def test_nothing_is_published_before_the_customer_agrees(world: World) -> None:
    said = offered(world)
    message = agents.message(world, Event.PUBLICATION_OFFERED)
    assert agents.owed(message) == [("publication_offered", MIRA)]
    assert QUESTION in message.text
    assert ANSWER in message.text
    assert listed(world) == []
    agents.stream(world)
    assert publishing.opened(world.deps, said).open
    assert listed(world) == []


def test_what_is_published_names_no_ticket_and_nobody(world: World) -> None:
    publishing.decide(world.deps, offered(world), agreed=True)
    (published,) = listed(world)
    assert (published.question, published.answer) == (QUESTION, ANSWER)
    stored = f"{published.question} {published.answer} {published.key.id}"
    assert traces(stored, asker(world.deps, ticket(world), ())) == ()
    assert samples.REF not in repr(published)


def test_both_mails_lead_to_the_page_and_the_second_says_how_to_take_it_back(world: World) -> None:
    said = offered(world)
    agents.stream(world)
    publishing.decide(world.deps, said, agreed=True)
    agents.stream(world)
    first, second = (mail.text for mail in world.mailer.sent)
    assert f"/q/{said}" in first
    assert ANSWER in first
    assert f"/q/{said}" in second
    assert "/shops/northlight/products/LAMP-1?lang=en" in second


def test_agreeing_twice_publishes_once_and_mails_once(world: World) -> None:
    said = offered(world)
    for _ in range(2):
        publishing.decide(world.deps, said, agreed=True)
    assert len(listed(world)) == 1
    assert [message.event for message in world.store.messages.values()].count(Event.PUBLISHED) == 1


def test_what_died_before_it_was_written_can_be_agreed_to_again(world: World) -> None:
    said = offered(world)
    publishing.decide(world.deps, said, agreed=True)
    world.store.answered.clear()
    assert publishing.opened(world.deps, said).open
    publishing.decide(world.deps, said, agreed=True)
    assert len(listed(world)) == 1


def test_who_declines_is_not_published_and_cannot_agree_by_the_old_page(world: World) -> None:
    said = offered(world)
    for _ in range(2):
        publishing.decide(world.deps, said, agreed=False)
    with pytest.raises(NotOpen):
        publishing.decide(world.deps, said, agreed=True)
    assert listed(world) == []
    assert [entry[1] for entry in agents.log(world)][-1] == Action.DECLINED_PUBLISHING


def test_the_customer_takes_it_back_and_it_stays_so(world: World) -> None:
    said = offered(world)
    publishing.decide(world.deps, said, agreed=True)
    for _ in range(2):
        publishing.take_back(world.deps, said)
    assert listed(world) == []
    with pytest.raises(NotOpen):
        publishing.decide(world.deps, said, agreed=True)
    known = ticket(world).publication
    assert known
    assert known.state is PublicationState.TAKEN_BACK
    world.deps.answers.publish(
        PublishedAnswer(links.open_publication(world.deps, said)[1], "Late?", "x", world.clock())
    )
    assert listed(world) == [], "a press that comes late"


def test_the_customer_takes_it_back_when_the_ticket_is_long_gone(world: World) -> None:
    said = offered(world)
    publishing.decide(world.deps, said, agreed=True)
    world.store.tickets.clear()
    world.store.messages.clear()
    world.clock.advance(days=3650)
    assert publishing.opened(world.deps, said).listed
    publishing.take_back(world.deps, said)
    assert listed(world) == []
    with pytest.raises(InvalidLink):
        publishing.opened(world.deps, said)


def test_an_agent_takes_it_down(world: World) -> None:
    said = offered(world)
    publishing.decide(world.deps, said, agreed=True)
    assert acts(world, "take_down")["done"]
    assert not acts(world, "take_down")["done"]
    assert listed(world) == []
    assert not publishing.opened(world.deps, said).open


def test_a_taking_down_that_was_not_stored_leaves_it_as_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never half: a ticket that says published, and a page that has nothing."""
    said = offered(world)
    publishing.decide(world.deps, said, agreed=True)
    with monkeypatch.context() as fails:
        fails.setattr(world.store, "commit", died)
        with pytest.raises(OSError, match="no table"):
            acts(world, "take_down")
    assert len(listed(world)) == 1
    assert not publishing.opened(world.deps, said).open
    assert acts(world, "take_down")["done"]
    assert listed(world) == []


def test_a_taking_down_that_died_after_it_was_stored_is_finished_by_the_next_press(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.decide(world.deps, offered(world), agreed=True)
    with monkeypatch.context() as fails:
        fails.setattr(world.store, "unpublish", died)
        with pytest.raises(OSError, match="no table"):
            acts(world, "take_down")
    assert len(listed(world)) == 1
    acts(world, "take_down")
    assert listed(world) == []


def died(*_: object) -> None:
    raise OSError("no table")


def test_who_agrees_is_told_if_it_was_taken_back_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said, stored = offered(world), world.store.commit

    def taken_back_at_once(change: Change) -> None:
        stored(change)
        publishing.remove(world.deps, ticket(world))

    monkeypatch.setattr(world.store, "commit", taken_back_at_once)
    with pytest.raises(NotOpen):
        publishing.decide(world.deps, said, agreed=True)
    assert listed(world) == []


def test_an_offer_that_was_taken_down_cannot_be_agreed_to(world: World) -> None:
    said = offered(world)
    acts(world, "take_down")
    with pytest.raises(NotOpen):
        publishing.decide(world.deps, said, agreed=True)
    assert listed(world) == []


def test_another_text_is_offered_in_its_place_and_the_old_link_agrees_to_nothing(world: World) -> None:
    old = offered(world)
    acts(world, "offer_publication", **TEXT | {"text": "Yes."})
    with pytest.raises((NotOpen, InvalidLink)):
        publishing.decide(world.deps, old, agreed=True)
    publishing.decide(world.deps, token(world), agreed=True)
    assert [each.answer for each in listed(world)] == ["Yes."]
    with pytest.raises(InvalidEvent):
        acts(world, "offer_publication", **TEXT | {"text": "No."})


def test_after_a_merge_nothing_is_agreed_to(world: World) -> None:
    said = offered(world)
    agents.opened(world, "NL-7K3F9-QXMT3")
    acts(world, "merge", into="NL-7K3F9-QXMT3")
    with pytest.raises(InvalidLink):
        publishing.opened(world.deps, said)
    with pytest.raises(NotOpen):
        publishing.decide(world.deps, said, agreed=True)
    assert listed(world) == []


def test_links_that_were_withdrawn_decide_nothing(world: World) -> None:
    said = offered(world)
    world.store.commit(Change(evolve(ticket(world), link_version=2)))
    with pytest.raises(InvalidLink):
        publishing.decide(world.deps, said, agreed=True)
    with pytest.raises(InvalidLink):
        publishing.take_back(world.deps, said)


@pytest.mark.parametrize(
    ("changes", "fields", "wrong"),
    [
        ({}, {"question": "Does Mira's lamp dim?"}, "question"),
        ({}, {"text": "Yes, M i r a, it does."}, "text"),
        ({}, {"text": "Ask mira dot holm at example dot com."}, "text"),
        ({"order_number": "2041"}, {"text": "As for order 20 41: yes."}, "text"),
        ({"text": "Does it dim?\n\nKind regards\nWilma Quaste"}, {"text": "Yes, Frau Quaste."}, "text"),
        ({"text": "Mein Name ist Wilma Quaste. Geht das?"}, {"question": "Wilmas Frage: Geht das?"}, "question"),
        ({}, {"sku": "LAMP-9"}, "sku"),
        ({}, {"sku": ""}, "sku"),
        ({}, {"question": ""}, "question"),
        ({}, {"text": "x" * 3001}, "text"),
    ],
)
def test_what_names_the_customer_or_a_wrong_product_is_refused(
    world: World, changes: dict[str, Any], fields: dict[str, str], wrong: str
) -> None:
    agents.opened(world, **changes)
    with pytest.raises(InvalidEvent) as refused:
        acts(world, "offer_publication", **TEXT | fields)
    assert wrong in str(refused.value)
    assert ticket(world).publication is None


@pytest.mark.parametrize("changes", [{"requester": Person("Mira Holm", "")}, {"state": State.QUARANTINED}])
def test_nobody_is_asked_who_cannot_be_or_is_suspicious(world: World, changes: dict[str, Any]) -> None:
    world.store.commit(Change(evolve(agents.opened(world), **changes)))
    with pytest.raises(InvalidEvent):
        acts(world, "offer_publication", **TEXT)


def test_what_their_orders_say_is_theirs_too(world: World) -> None:
    made = taken(placed(world.clock()), at=world.clock())
    basket = made.events[0].basket
    assert basket
    theirs = replace(basket, buyer=replace(basket.buyer, address=MIRA, name="Wilma Quaste"))
    world.deps.orders.commit_order(replace(made, number="77041", events=(replace(made.events[0], basket=theirs),)))
    agents.opened(world)
    for text in ("Frau Quaste fragt.", "Zu 77041: ja.", "It went to Weg 1.", "In 10115 Berlin, yes."):
        with pytest.raises(InvalidEvent):
            acts(world, "offer_publication", **TEXT | {"text": text})


def test_what_is_known_only_later_stops_it_too(world: World) -> None:
    said = offered(world, order_number=None)
    world.store.commit(Change(evolve(ticket(world), requester=Person("Ada Dimmer", MIRA))))
    with pytest.raises(InvalidFields):
        publishing.decide(world.deps, said, agreed=True)
    assert listed(world) == []


NAMES = st.lists(
    st.text("abcdefghiklmnoprstuäöüß", min_size=4, max_size=10).map(str.capitalize), min_size=1, max_size=3
).map(" ".join)
# Where people write their name: a message with nothing in the form's field.
WRITTEN = (
    "Does the lamp dim? {}", "Does it dim? - {}", "Hi, I'm {}. Does it dim?",
    "Geht das? Ich bin die {}, aus dem Norden.", "Does it dim?\n{}\nSent from my iPhone",
    "Geht das?\n{}\nHauptweg 3\n10115 Berlin", "Does it dim?\nYours\n{} (Potsdam)", "Does it dim? Thx {}",
    "{} here. Does it dim?", "{} wants to know: does it dim?", "Mein Mann {} fragt, ob das geht.",
    "My wife {} asks if it dims.", "Does it dim?\n\nKind regards,\n{}", "Geht das?\n\nViele Grüße\n{}",
    "Geht das? LG {}", "My name is {}. Does it dim?", "Ich heiße {}. Geht das?",
    "Das Zimmer von {} ist klein. Geht das?", "{}\n\nDoes it dim?", "Is it a good present for {} from us?",
    "Does it dim?\n*{}*", "Does it dim?\n-- \n{}", "Does {}'s lamp dim?",
)  # fmt: skip
SMALL = (
    "does it dim? thx {}", "does it dim? {}", "i'm {}. does it dim?", "im {} and ask if it dims",
    "geht das? lg {}", "geht das?\n{}",
    "my name is {} and i ask if it dims", "ich heisse {}. geht das?", "does it dim?\n\nregards\n{}\n",
)  # fmt: skip
NAMED = ("{} asks: does the lamp Ada dim?", "Does {}s lamp dim?", "does the lamp dim, {}?", "Lampe Ada: {}")


@given(
    NAMES,
    st.sampled_from(WRITTEN) | st.sampled_from(SMALL).map(str.casefold),
    st.sampled_from(NAMED),
    st.sampled_from(["question", "text"]),
    st.data(),
)
@settings(max_examples=100)
@example("Mira Holm", WRITTEN[4], NAMED[0], "question", None)
@example("Frank Klein", WRITTEN[13], NAMED[0], "text", None)
def test_who_only_signed_is_named_nowhere(
    name: str, written: str, named: str, field: str, data: st.DataObject | None
) -> None:
    """From the words of a ticket to what everybody can read: whole or in part, whatever people are called."""
    world = new_world()
    small = written in SMALL
    part = data.draw(st.sampled_from([name, *name.split()])) if data else name
    text = written.format(name.lower() if small else name)
    changes = {"requester": Person("", "order@example.com")}
    world.store.commit(Change(evolve(agents.opened(world, text=text, subject=""), **changes)))
    known = vocabulary.known(world.deps, ticket(world), "Lamp Ada")
    assume(not any(known(each) for each in name.split()) or name == "Frank Klein")
    with pytest.raises(InvalidEvent):
        acts(world, "offer_publication", **TEXT | {field: named.format(part)})
    acts(world, "offer_publication", **TEXT)
    publishing.decide(world.deps, token(world), agreed=True)
    (published,) = listed(world)
    assert (published.question, published.answer) == (QUESTION, ANSWER)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("mholm@example.com", "Mira Holm"),
        ("mholm87@example.com", "Frau Holm"),
        ("holmm@example.com", "Holms"),
        ("hello@miraholm.de", "Mira Holm"),
        ("miraholm@gmail.com", "Mira Holms"),
        ("mira.holm@example.com", "Holm"),
    ],
)
def test_a_name_is_read_in_a_mailbox(world: World, address: str, named: str) -> None:
    opened = agents.opened(world, text="does it dim?", subject="")
    world.store.commit(Change(evolve(opened, requester=Person("", address))))
    with pytest.raises(InvalidEvent):
        acts(world, "offer_publication", **TEXT | {"question": f"{named} asks: does it dim?"})
    acts(world, "offer_publication", **TEXT)


@pytest.mark.parametrize(
    "question", ["Мира asks: does it dim?", "Does it dim, Miгa?", "Does it dim, ᴍɪʀᴀ?", "Μίρα: dim?"]
)
def test_letters_that_only_look_like_ours_are_refused(world: World, question: str) -> None:
    agents.opened(world)
    with pytest.raises(InvalidEvent):
        acts(world, "offer_publication", **TEXT | {"question": question})


@pytest.mark.parametrize(
    "text",
    [
        "Does the lamp dim? Which bulb do I need, and is it an LED?",
        "Hello,\n\ncan I return it when it does not fit? Is the parcel late?\n\nThank you!",
        "Guten Tag,\n\ndimmt die Lampe? Kann ich das Paket zurückgeben?\n\nVielen Dank",
        "Hallo, ist das eine Deckenleuchte? Passt sie im Badezimmer an eine Steckdose?\n\nMit freundlichen Grüßen",
        "Lamp Ada\n\nDoes it need 2.5 kΩ or 10 µm, and is it IP44?",
    ],
)
def test_what_customers_ask_can_be_published_in_their_words(world: World, text: str) -> None:
    opened = agents.opened(world, text=text, subject="Lamp Ada")
    world.store.commit(Change(evolve(opened, requester=Person("", "q7@example.com"))))
    acts(world, "offer_publication", **TEXT | {"question": " ".join(text.split())})


def test_an_erasure_takes_back_what_was_published(world: World) -> None:
    publishing.decide(world.deps, offered(world), agreed=True)
    agents.stream(world)
    records.closed(world, samples.REF)
    erasing.erase_subject(
        world.deps,
        {"shop": "northlight", "email": MIRA, "confirm": MIRA, "reason": "Asked for by letter of 3 November"},
        FakeRun(),
    )
    assert listed(world) == []
    assert samples.REF not in world.store.tickets


def test_a_purge_leaves_what_names_nobody(world: World) -> None:
    """The words are everybody's by the customer's consent, which they can still take back."""
    said = offered(world)
    publishing.decide(world.deps, said, agreed=True)
    world.store.tickets.clear()
    world.clock.advance(days=timedelta(days=1200).days)
    assert len(listed(world)) == 1
