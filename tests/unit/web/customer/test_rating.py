"""Rating on the customer's page, over HTTP: only a form sent by a person's hand records one."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.web.browsing import Answer, Browser, first, page, typed
from tests.support.web.visitors import Around, Visitor, press, signed_in, surroundings

HOSTILE = "<script>alert(1)</script> https://x.example/'><b>"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def ticket(browser: Browser, around: Around) -> Ticket:
    """A closed ticket."""
    opened = samples.ticket(f"NL-7R4T3-{next(_numbers):05}", around.clock())
    closed = evolve(opened, state=State.CLOSED, closed_at=around.clock(), outcome=Outcome.SETTLED)
    wiring.deps().tickets.commit(Change(opened))
    wiring.deps().tickets.commit(Change(closed))
    return closed


@pytest.fixture
def url(ticket: Ticket) -> str:
    return links.status_url(wiring.deps(), ticket)


def now(ticket: Ticket) -> Ticket:
    found = wiring.deps().tickets.ticket(ticket.ref)
    assert found
    return found


def changed(ticket: Ticket, **changes: object) -> None:
    wiring.deps().tickets.commit(Change(evolve(now(ticket), **changes)))


def rates(browser: Browser, url: str, form: dict[str, str]) -> Answer:
    return press(browser, url, form, f"{url}/rating")


def chosen(browser: Browser, url: str) -> list[str | None]:
    return [node.attributes["value"] for node in page(browser.get(url)).css("[name=score][checked]")]


def test_a_rating_is_stored_thanked_for_and_shown(browser: Browser, around: Around, ticket: Ticket, url: str) -> None:
    answer = rates(browser, url, {"score": "4", "rating_text": "Kind,\r\nand quick."})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{url}?rated=1")
    rating = now(ticket).rating
    assert rating
    assert replace(rating, nonces=(), told_by="") == Rating(
        4, "Kind,\nand quick.", around.clock(), counted_as="complaint"
    )
    assert len(rating.nonces) == 1
    shown = page(browser.get(answer.headers["Location"]))
    assert "Thank you" in first(shown, ".notice[role=status]").text()
    given = first(shown, "#rating .entry").text()
    assert "Happy" in given
    assert "Kind," in given
    again = page(browser.get(url))
    assert not again.css_matches(".notice")
    assert again.css_matches("#rating details:not([open]) form")


def test_its_form_has_a_named_group_with_a_label_for_each_choice(browser: Browser, url: str) -> None:
    shown = page(browser.get(url))
    assert "How happy are you" in first(shown, "#rating fieldset legend").text()
    labels = [node.text().strip() for node in shown.css("#rating .radio label")]
    assert labels == ["Very happy", "Happy", "Neither happy nor unhappy", "Unhappy", "Very unhappy"]
    assert chosen(browser, url) == []
    form = first(shown, "#rating form")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", f"/api/t/{url.rpartition('/')[2]}/rating")


def test_programs_that_follow_every_link_record_nothing(browser: Browser, ticket: Ticket, url: str) -> None:
    before = now(ticket)
    for path in (url, f"{url}?rated=1", f"{url}?score=5", f"{url}/rating", f"{url}/rating?score=5&rating_text=x"):
        answer = browser.get(path)
        assert answer.status_code in (200, 303)
    assert now(ticket) == before
    assert not page(browser.get(f"{url}?rated=1")).css_matches(".notice")


def test_a_refused_forms_url_leads_back_to_the_page(browser: Browser, url: str) -> None:
    assert browser.get(f"{url}/rating").headers["Location"] == url
    odd = browser.get("/t/..%2F%2Fevil.example%0d%0ax/rating").headers.get("Location", "")
    assert "//evil" not in odd
    assert "\n" not in odd


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"rating_text": "Kind"}, {"score"}),
        ({"score": "6", "rating_text": "Kind"}, {"score"}),
        ({"score": "2", "rating_text": "x" * 1_001}, {"rating_text"}),
        ({"score": "", "rating_text": "x" * 1_001}, {"score", "rating_text"}),
    ],
)
def test_mistakes_are_named_and_nothing_typed_is_lost(
    browser: Browser, ticket: Ticket, url: str, form: dict[str, str], fields: set[str]
) -> None:
    answer = rates(browser, url, form)
    assert answer.status_code == 422
    shown = page(answer)
    targets = {node.attributes["href"] for node in shown.css(".summary a")}
    assert targets == {f"#{name}" for name in fields}
    assert all(shown.css_matches(target or "") for target in targets)
    assert typed(answer, "rating_text") == form["rating_text"]
    kept = {node.attributes["value"] for node in shown.css("[name=score][checked]")}
    assert kept == ({form["score"]} & {"1", "2", "3", "4", "5"} if "score" in form else set())
    assert now(ticket).rating is None


def test_the_form_holds_the_given_words_but_no_choice_and_a_mistake_unfolds_it(
    browser: Browser, ticket: Ticket, url: str
) -> None:
    rates(browser, url, {"score": "2", "rating_text": "Slow"})
    assert (chosen(browser, url), typed(browser.get(url), "rating_text")) == ([], "Slow")
    answer = rates(browser, url, {"score": "3", "rating_text": "x" * 1_001})
    assert page(answer).css_matches("#rating details[open] .error")
    assert [node.attributes["value"] for node in page(answer).css("[name=score][checked]")] == ["3"]
    rates(browser, url, {"score": "5", "rating_text": ""})
    rating = now(ticket).rating
    assert rating and (rating.score, rating.text, rating.changes) == (5, "", 1)


def test_one_page_rates_once_and_a_second_page_again(browser: Browser, ticket: Ticket, url: str) -> None:
    reader = Visitor(browser)
    first_tab, second_tab = (first(reader.get(url), "form [name=nonce]").attributes["value"] for _ in range(2))
    good = {"nonce": first_tab, "score": "5"}
    for _ in range(2):  # as by a double click
        assert reader.post(f"{url}/rating", good).status_code == 303
    assert reader.post(f"{url}/rating", {"nonce": second_tab, "score": "4"}).status_code == 303
    for replayed in (good, good | {"score": "1", "rating_text": "Bad"}):
        answer = reader.post(f"{url}/rating", replayed)
        assert answer.status_code == 422
        assert "once more" in first(answer, ".summary").text()
        rating = now(ticket).rating
        assert rating and (rating.score, rating.text, rating.changes) == (4, "", 1)
    assert typed(answer, "rating_text") == "Bad"
    shown_again = first(answer, "#rating [name=nonce]").attributes["value"]
    assert reader.post(f"{url}/rating", {"nonce": shown_again, "score": "1"}).status_code == 303


def test_on_a_ticket_reopened_since_then_the_words_are_kept_for_a_reply(
    browser: Browser, ticket: Ticket, url: str
) -> None:
    changed(ticket, state=State.OPEN, closed_at=None, outcome=None)
    answer = browser.form({"score": "1", "rating_text": "Not done!"}, f"{url}/rating")
    assert answer.status_code == 422
    assert "only while it is closed" in first(answer, ".summary").text()
    assert typed(answer, "message") == "Not done!"
    assert not page(answer).css_matches("#rating")
    assert now(ticket).rating is None


def test_after_thirty_days_the_rating_is_shown_without_a_form(
    browser: Browser, around: Around, ticket: Ticket, url: str
) -> None:
    rates(browser, url, {"score": "3", "rating_text": "So so"})
    changed(ticket, closed_at=around.clock() - timedelta(days=31))
    shown = page(browser.get(url))
    assert "So so" in first(shown, "#rating").text()
    assert not shown.css_matches("#rating [name=score]")
    assert browser.form({"score": "4"}, f"{url}/rating").status_code == 422


def test_open_tickets_have_no_rating_form(browser: Browser, around: Around) -> None:
    opened = samples.ticket(f"NL-7R4T3-{next(_numbers):05}", around.clock())
    wiring.deps().tickets.commit(Change(opened))
    assert not page(browser.get(links.status_url(wiring.deps(), opened))).css_matches("#rating, [name=score]")


def test_forged_and_withdrawn_links_are_refused(browser: Browser, ticket: Ticket, url: str) -> None:
    assert browser.form({"score": "5"}, f"{url[:-3]}xxx/rating").status_code == 403
    changed(ticket, link_version=2)
    assert browser.form({"score": "5"}, f"{url}/rating").status_code == 410
    assert now(ticket).rating is None


def test_hostile_text_is_shown_as_text_to_customer_and_agents(browser: Browser, ticket: Ticket, url: str) -> None:
    rates(browser, url, {"score": "1", "rating_text": HOSTILE})
    shown = page(browser.get(url))
    assert HOSTILE in first(shown, "#rating .said").text()
    assert not shown.css_matches("#rating script, #rating b, #rating .said a")
    desk = page(signed_in(browser, "ada@northlight.example").get(f"/desk/t/{ticket.ref}"))
    line = first(desk, "dd#rating")
    assert "1 of 5: very unhappy" in line.text()
    assert HOSTILE in line.text()
    assert not line.css_matches("script, b, a")
    assert not desk.css_matches("main form [name=score]")


def test_the_form_is_in_the_customers_language(browser: Browser, around: Around) -> None:
    opened = samples.ticket(f"NL-7R4T3-{next(_numbers):05}", around.clock(), language="de")
    closed = evolve(opened, state=State.CLOSED, closed_at=around.clock(), outcome=Outcome.SETTLED)
    wiring.deps().tickets.commit(Change(opened))
    wiring.deps().tickets.commit(Change(closed))
    url = links.status_url(wiring.deps(), closed)
    assert "Wie zufrieden sind Sie" in first(browser.get(url), "#rating legend").text()
    assert "Wählen Sie, wie zufrieden Sie sind" in first(rates(browser, url, {}), ".summary").text()


def test_it_is_taken_back_on_the_page_by_hand_only(browser: Browser, ticket: Ticket, url: str) -> None:
    rates(browser, url, {"score": "1", "rating_text": "Thoroughly unhelpful"})
    assert browser.form({}, f"{url}/rating/withdraw").status_code == 422
    assert browser.get(f"{url}/rating/withdraw").headers["Location"] == url
    assert now(ticket).rating
    answer = press(browser, url, {}, f"{url}/rating/withdraw")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{url}?taken_back=1")
    assert now(ticket).rating is None
    shown = page(browser.get(answer.headers["Location"]))
    assert "taken back" in first(shown, ".notice[role=status]").text()
    assert "You took your rating back" in first(shown, "#rating").text()
    assert "unhelpful" not in (shown.html or "")
    assert shown.css_matches("#rating [name=score]")
    assert not page(browser.get(url)).css_matches(".notice")


def test_the_rating_s_form_does_not_take_it_back_and_the_other_does_not_rate(
    browser: Browser, ticket: Ticket, url: str
) -> None:
    rates(browser, url, {"score": "3"})
    reader = Visitor(browser)
    change, back = (node.attributes["value"] for node in page(reader.get(url)).css("#rating form [name=nonce]"))
    assert reader.post(f"{url}/rating/withdraw", {"nonce": change}).status_code == 422
    assert reader.post(f"{url}/rating", {"nonce": back, "score": "5"}).status_code == 422
    rating = now(ticket).rating
    assert rating and rating.score == 3
    for _ in range(2):
        assert reader.post(f"{url}/rating/withdraw", {"nonce": back}).status_code == 303
    again = reader.post(f"{url}/rating", {"nonce": change, "score": "4"})
    assert again.status_code == 303
    assert reader.post(f"{url}/rating/withdraw", {"nonce": back}).status_code == 422
    rating = now(ticket).rating
    assert rating and (rating.score, rating.changes) == (4, 2)


def test_an_old_rating_can_be_taken_back_when_it_can_be_changed_no_more(
    browser: Browser, around: Around, ticket: Ticket, url: str
) -> None:
    rates(browser, url, {"score": "3", "rating_text": "So so"})
    changed(ticket, closed_at=around.clock() - timedelta(days=31))
    refused = browser.form({}, f"{url}/rating/withdraw")
    assert refused.status_code == 422
    assert page(refused).css_matches("#rating details[open] form")
    assert press(browser, url, {}, f"{url}/rating/withdraw").status_code == 303
    assert not page(browser.get(url)).css_matches("#rating")


def test_a_rating_that_withdraws_is_a_message_too_once(browser: Browser, ticket: Ticket, url: str) -> None:
    words = "I hereby withdraw from the contract for the lamp."
    for score in ("2", "1"):
        answer = rates(browser, url, {"score": score, "rating_text": words})
    assert answer.status_code == 422, "a message opens the ticket again, and open tickets are not rated"
    _, messages = wiring.deps().tickets.conversation(ticket.ref)
    assert [(m.text, m.remarks) for m in messages if m.text] == [(words, (Remark.WITHDRAWS,))]
    assert now(ticket).state is State.OPEN
    rating = now(ticket).rating
    assert rating and rating.score == 2
