"""Logging a contact, as in an agent's browser."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.ticket import Change, Channel, Ticket
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.both_shops import bo_signed_in
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.visitors import Around, Visitor, signed_in, surroundings

ADA, ROBIN = "ada@northlight.example", "robin@kettle.example"
NEW = f"{PUBLIC_URL}/desk/t/"
TYPED = {
    "shop": "northlight",
    "channel": "phone",
    "direction": "in",
    "notes": "She asks whether the shade\ncan be there by Friday.",
    "name": "Mira Holm",
    "address": "mira.holm@example.com",
    "kind": "question",
    "language": "en",
}


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def ada(browser: Browser, around: Around) -> Visitor:
    around.clock.advance(minutes=1)
    return signed_in(browser, ADA)


def logged(answer: Answer) -> Ticket:
    """The ticket to which the answer leads."""
    assert answer.status_code == 303, answer.body.decode()
    place = answer.headers["Location"]
    assert place.startswith(NEW)
    assert place.endswith("?done=contact")
    ticket = wiring.deps().tickets.ticket(place.removeprefix(NEW).partition("?")[0])
    assert ticket
    return ticket


def opened(ref: str, **changes: Any) -> Ticket:
    ticket = samples.ticket(ref, **changes)
    wiring.deps().tickets.commit(Change(ticket))
    return ticket


def faults(answer: Answer) -> set[str]:
    assert answer.status_code == 422
    return {node.attributes["id"] or "" for node in page(answer).css("p.error[id]")}


def test_the_form_asks_for_channel_and_local_time(ada: Visitor, around: Around) -> None:
    shown = ada.get("/desk/contact")
    offered = [node.attributes["value"] for node in page(shown).css("[name=channel]")]
    assert offered == ["phone", "fax", "post", "in_store", "chat", "social"]
    in_berlin = around.clock() + timedelta(hours=1)
    assert first(shown, "[name=when]").attributes["value"] == f"{in_berlin:%Y-%m-%dT%H:%M}"


def test_a_logged_call_opens_a_ticket_that_is_acknowledged_by_mail(ada: Visitor) -> None:
    ticket = logged(ada.post("/desk/contact", TYPED | {"idempotency_key": "call-1"}))
    assert (ticket.channel, ticket.requester.address) == (Channel.PHONE, "mira.holm@example.com")
    assert ticket.opening.text == TYPED["notes"]
    assert ticket.outbox
    assert ("acknowledgement", "mira.holm@example.com") in [(m.purpose, m.to) for m in ticket.outbox.deliveries]


def test_the_ticket_says_that_it_was_logged(ada: Visitor) -> None:
    place = ada.post("/desk/contact", TYPED | {"idempotency_key": "seen"}).headers["Location"]
    shown = ada.get(place.removeprefix(PUBLIC_URL))
    assert first(shown, "p.notice[role=status]").text() == "Contact logged."


def test_one_form_sent_twice_is_one_ticket_and_another_form_a_second(ada: Visitor) -> None:
    one, again, other = (
        logged(ada.post("/desk/contact", TYPED | {"idempotency_key": idempotency_key}))
        for idempotency_key in ("a", "a", "b")
    )
    assert one.ref == again.ref != other.ref


def test_each_shown_form_has_its_own_id(ada: Visitor) -> None:
    one, other = (first(ada.get("/desk/contact"), "[name=idempotency_key]").attributes["value"] for _ in range(2))
    assert one
    assert one != other


def test_mistakes_are_named_at_their_fields_and_nothing_typed_is_lost(ada: Visitor) -> None:
    typed = {"address": "mira at home", "when": "yesterday", "subject": "<b>Shade</b>", "country": "Germany"}
    answer = ada.post("/desk/contact", {"shop": "northlight", "idempotency_key": "kept", **typed})
    assert faults(answer) == {f"{name}-error" for name in ("channel", "notes", "address", "when", "country")}
    for name, value in typed.items():
        assert first(answer, f"[name={name}]").attributes["value"] == value
    assert first(answer, "[name=idempotency_key]").attributes["value"] == "kept"
    assert [link.attributes["href"] for link in page(answer).css(".summary a")] == [
        f"#{name}" for name in ("channel", "when", "notes", "address", "country")
    ]


def test_the_error_for_too_long_notes_names_the_maximum(ada: Visitor) -> None:
    answer = ada.post("/desk/contact", TYPED | {"notes": "x" * 20_001})
    assert faults(answer) == {"notes-error"}
    assert "20000" in first(answer, "#notes-error").text().replace(",", "").replace(" ", "")
    assert len(first(answer, "#notes").text().strip()) == 20_001


def test_from_a_ticket_the_form_is_filled_in_and_joins_it(ada: Visitor) -> None:
    ticket = opened("NL-C0NTA-CT001")
    shown = ada.get(f"/desk/contact?ticket={ticket.ref.lower()}")
    assert first(shown, "[name=reference]").attributes["value"] == ticket.ref
    assert first(shown, f"main a[href$='{ticket.ref}']").text() == ticket.subject
    said = {"shop": "northlight", "channel": "in_store", "direction": "in", "notes": "Came by with the lamp."}
    for _ in range(2):
        assert (
            logged(ada.post("/desk/contact", said | {"reference": ticket.ref, "idempotency_key": "visit"})).ref
            == ticket.ref
        )
    _, messages = wiring.deps().tickets.conversation(ticket.ref)
    assert [(m.channel, m.text, m.person.name) for m in messages] == [
        (Channel.IN_STORE, "Came by with the lamp.", "Mira Holm")
    ]


def test_another_shops_ticket_is_unknown(ada: Visitor, browser: Browser) -> None:
    ticket = opened("NL-C0NTA-CT002")
    robin = signed_in(browser, ROBIN)
    assert robin.get(f"/desk/contact?ticket={ticket.ref}").status_code == 404
    assert ada.get("/desk/contact?ticket=NL-00000-00000").status_code == 404
    posted = robin.post("/desk/contact", TYPED | {"shop": "kettle", "reference": ticket.ref})
    assert faults(posted) == {"reference-error"}
    assert robin.get("/desk/contact?shop=northlight").status_code == 404
    assert robin.post("/desk/contact", TYPED).status_code == 404
    assert wiring.deps().tickets.conversation(ticket.ref)[1] == []


def test_no_other_site_can_log_a_contact_for_an_agent(ada: Visitor, browser: Browser) -> None:
    assert ada.post("/desk/contact", TYPED | {"csrf": ""}).status_code == 403
    assert ada.post("/desk/contact", TYPED, sec_fetch_site="cross-site").status_code == 403
    assert Visitor(browser).get("/desk/contact").headers["Location"].startswith(f"{PUBLIC_URL}/desk/login")
    assert Visitor(browser).post("/desk/contact", TYPED).status_code == 401


class TestAnAgentOfSeveralShops:
    @pytest.fixture
    def both(self, browser: Browser, around: Around) -> Iterator[Visitor]:
        with bo_signed_in(browser) as bo:
            yield bo

    def test_they_are_asked_for_the_shop_first(self, both: Visitor) -> None:
        asked = both.get("/desk/contact")
        links = [link.attributes["href"] for link in page(asked).css("main a")]
        assert links == ["/api/desk/contact?shop=northlight", "/api/desk/contact?shop=kettle"]
        shown = both.get("/desk/contact?shop=kettle")
        assert first(shown, "[name=shop]").attributes["value"] == "kettle"

    def test_they_are_reminded_to_announce_a_recording(self, both: Visitor) -> None:
        for shop, recorded in (("northlight", True), ("kettle", False)):
            assert bool(page(both.get(f"/desk/contact?shop={shop}")).css("#recorded")) is recorded

    def test_a_reference_decides_the_shop(self, both: Visitor) -> None:
        ticket = opened("NL-C0NTA-CT003")
        said = TYPED | {"shop": "kettle", "reference": ticket.ref, "idempotency_key": "any"}
        assert logged(both.post("/desk/contact", said)).ref == ticket.ref
