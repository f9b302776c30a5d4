"""The form for a messenger's user's mail address and the page that confirms it, over HTTP."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from chalicelib.rules.privacy.own_address import latest
from chalicelib.rules.tickets.messages import Channel, Event, Person, Reached
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.messages import own_address
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import press

MIRA = "mira@example.com"


def wrote(number: int) -> Ticket:
    deps = wiring.deps()
    who = Person("Mira Holm", f"49151000000{number}@whatsapp.invalid")
    made = samples.ticket(f"NL-7K3F9-0WNA{number}", deps.now(), channel=Channel.WHATSAPP, person=who)
    made = replace(made, reached=Reached("200", made.opened_at))
    deps.tickets.commit(Change(made))
    return made


def kept(ticket: Ticket) -> Ticket:
    found = wiring.deps().tickets.ticket(ticket.ref)
    assert found
    return found


def asked(ticket: Ticket) -> str:
    """The link in the mail."""
    deps = wiring.deps()
    message = latest(deps.tickets.conversation(ticket.ref)[1])
    assert message
    return own_address.url(deps, ticket, message)


def test_the_page_has_the_form_and_one_button_behind_the_mailed_link_confirms(browser: Browser) -> None:
    ticket = wrote(1)
    where = links.status_url(wiring.deps(), ticket)
    form = first(page(browser.get(where)), f"form[action='{urlsplit(where).path}/email']")
    assert form.css("input[type=email]")
    assert "reply to our email" not in page(browser.get(where)).text(), "they get none"
    answer = browser.form({"email": f" {MIRA} "}, f"{where}/email")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{where}?mailed=1#email")
    shown = page(browser.get(f"{where}?mailed=1"))
    assert "mailbox" in first(shown, "#email h2").text()
    assert MIRA not in shown.text()
    link = asked(ticket)
    before = browser.get(link)
    assert len(page(before).css("form button")) == 1
    assert ticket.ref not in before.body.decode()
    assert ticket.subject not in before.body.decode()
    assert kept(ticket).requester.address == ticket.requester.address, "a GET confirms nothing"
    assert browser.form({}, link).status_code == 422, "nor does a form that nobody pressed by hand"
    assert kept(ticket).requester.address == ticket.requester.address
    answer = press(browser, link)
    assert (answer.status_code, answer.headers["Location"]) == (303, link)
    assert kept(ticket).requester.address == MIRA
    after = page(browser.get(link))
    assert not after.css_matches("form")
    ticket_page = first(after, "main a[href*='/t/']").attributes["href"]
    assert ticket_page
    assert browser.get(ticket_page).status_code == 200
    assert browser.get(where).status_code == 410


@pytest.mark.parametrize(("typed", "said"), [("mira", "name@example.com"), ("", "Enter your email address")])
def test_a_refused_address_stands_in_the_form_with_the_reason(browser: Browser, typed: str, said: str) -> None:
    ticket = wrote(2) if typed else wrote(3)
    where = links.status_url(wiring.deps(), ticket)
    answer = browser.form({"email": typed}, f"{where}/email")
    assert answer.status_code == 422
    assert said in first(answer, ".summary").text()
    assert first(answer, "#email").attributes.get("value", "") == typed
    assert not wiring.deps().tickets.conversation(ticket.ref)[1]


def test_a_program_reads_the_codes(browser: Browser) -> None:
    where = links.status_url(wiring.deps(), wrote(4))
    answer = browser.json({"email": "mira"}, f"{where}/email")
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in json.loads(answer.body)["errors"]] == [
        ("email", "not_an_address")
    ]
    for _ in range(5):
        answer = browser.json({"email": MIRA}, f"{where}/email")
    assert answer.status_code == 303


def test_who_has_a_mail_address_has_no_such_form(browser: Browser) -> None:
    deps = wiring.deps()
    ticket = samples.ticket("NL-7K3F9-0WNA5", deps.now())
    deps.tickets.commit(Change(ticket))
    where = links.status_url(deps, ticket)
    assert not page(browser.get(where)).css_matches("input[type=email]")
    assert browser.form({"email": MIRA}, f"{where}/email").status_code == 422
    assert not [each for each in deps.tickets.conversation(ticket.ref)[1] if each.event is Event.ADDRESS_GIVEN]
