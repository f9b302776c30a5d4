"""For any policy, the policy page, the acknowledgement and the clocks name the same periods and dates."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rendering import durations, pages, words
from chalicelib.rules.calls import right_now as rules_right_now
from chalicelib.rules.calls.right_now import Line, Reach
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.intake.opening import open_ticket
from chalicelib.rules.policy import reading
from chalicelib.rules.policy.model import Kind, Policy, Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    CALL_BACK,
    CLOSE,
    FIRST_ANSWER,
    REFUND,
    RESOLVE,
    SEND_BACK,
    Clock,
    RuleContext,
)
from chalicelib.rules.tickets.due_dates import due_date, explained
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.ticket import Person, Ticket
from chalicelib.rules.timing.opening_times import SAID_FOR
from chalicelib.rules.timing.periods import Period, Unit, parse
from chalicelib.services.calls import booking, missing, places, right_now
from chalicelib.services.customer import policy_page
from chalicelib.services.delivery.letters import letters
from deploy.documents import rendering
from deploy.documents.names import ORDER_PROMISES
from deploy.documents.sources import Source
from tests.support import policies, samples, shipped, shops
from tests.support.store import fakes

PROMISES = (ACKNOWLEDGE, FIRST_ANSWER, RESOLVE)
# A date or period in these words would be the customer's, not ours.
ARRIVED = {"text": "The shade is cracked.", "subject": "My lamp", "topic": None, "order_number": None}


@settings(max_examples=60, deadline=None)
@given(
    at=st.datetimes(datetime(2026, 3, 20), datetime(2026, 12, 20), timezones=st.just(UTC)),
    before=st.integers(0, 5),
    seconds=st.integers(0, SAID_FOR.seconds),
    language=st.sampled_from(["en", "de"]),
)
def test_the_line_about_telephoning_and_the_clock_of_the_call_agree(
    at: datetime, before: int, seconds: int, language: str
) -> None:
    """Whatever waits already, and however long the page was kept: the clock is not later than the line."""
    here = fakes.world()
    here.clock.at = at
    for number in range(before):
        missing.take(here.deps, here.shop, "own", MissedCall(f"{number}", f"+4930901820{number}", at))
    said, (line, shown) = right_now.said(here.deps, here.shop, language), _line(here)
    assert (shown in said) if line else not said
    here.clock.at = at + timedelta(seconds=seconds)
    asked = {
        "slot": "soon",
        "phone": "+49 30 9018211",
        "name": "Mira",
        "email": "mira@example.com",
        "submission_id": "1",
    }
    ticket, _ = booking.book(here.deps, here.shop, asked, "192.0.2.1")
    clock = ticket.clock(CALL_BACK)
    assert clock is not None
    if line and line.reach is Reach.CALLS_BACK:
        assert clock.due <= line.at
        assert f"{line.at.astimezone(here.shop.hours.zone):%H:%M}" in said
    if line and line.reach is Reach.OPENS:
        assert clock.due >= line.at, "nobody is said to be away when a call is promised"


def _line(here: fakes.World) -> tuple[Line | None, str]:
    context = here.deps.context(here.shop)
    line = rules_right_now.line(context, lambda: places.of_slots(here.deps, here.shop, context).taken)
    return line, f"{line.at.astimezone(here.shop.hours.zone):%H:%M}" if line else ""


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=policies.documents(), now=policies.moments, data=st.data())
def test_page_acknowledgement_and_clocks_agree(text: str, now: datetime, data: st.DataObject) -> None:
    policy = reading.read(text)
    shop = policy.shop("shop")
    language = data.draw(st.sampled_from(shop.languages), label="language")
    kind = data.draw(st.sampled_from(shop.offered), label="kind")
    all_agree(policy, shop, kind, language, now)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=policies.documents(), now=policies.moments, data=st.data())
def test_documents_and_page_agree(text: str, now: datetime, data: st.DataObject) -> None:
    """A document states the policy's periods by their names, in the words of the policy page."""
    shop = reading.read(text).shop("shop")
    language = data.draw(st.sampled_from(shop.languages), label="language")
    stated = document(shop, language)
    page = LexborHTMLParser(
        pages.page("policy", language, shop=shop, view=policy_page.view(shop, now, holidays_of(shop)))
    )
    for kind in shop.offered:
        for name in PROMISES:
            if getattr(kind, name):
                selector = f"#times tr[data-kind={kind.id}] td[data-promise={name}]"
                assert stated[f"{kind.id}.{name}"] == visible(page, selector)
        assert stated[f"{kind.id}.retain"] == visible(page, f"#records tr[data-kind={kind.id}] [data-retain='']")
    for name in ORDER_PROMISES:
        if shop.orders.published:
            assert stated[f"order.{name}"] in visible(page, f"#orders [data-order={name}]")
    statutory = visible(page, "[data-guarantee=statutory]")
    assert stated["statutory"] in statutory


def test_a_changed_policy_changes_page_clocks_and_document_together() -> None:
    """And until the document has a new version, packaging refuses it: tests/unit/deploy/documents."""
    before = shops.FILE.read_text(encoding="utf-8")
    after = before.replace(
        'first_answer = "2 working days"\nresolve = "30 days"\nextension = { limit = "30 days", times = 1 }',
        'first_answer = "2 working days"\nresolve = "21 days"\nextension = { limit = "30 days", times = 1 }',
    )
    assert after != before
    policy = reading.read(after)
    shop = policy.shop("northlight")
    all_agree(policy, shop, shop.kinds["complaint"], "en", fakes.START)
    assert document(shop, "en")["complaint.resolve"] == "21 days"
    assert document(shops.policy().shop("northlight"), "en")["complaint.resolve"] == "30 days"


def document(shop: Shop, language: str) -> dict[str, str]:
    """What a document states that uses every period of the policy, by the period's name."""
    named = {
        f"{kind.id}.{name}": f'promise("{kind.id}", "{name}")'
        for kind in shop.kinds.values()
        for name in PROMISES
        if getattr(kind, name)
    }
    named |= {f"{kind}.retain": f'retain("{kind}")' for kind in shop.kinds} | {"statutory": 'guarantee("statutory")'}
    named |= {f"order.{name}": f'order("{name}")' for name in ORDER_PROMISES}
    lines = [f"{name}: {{{{ {call} }}}}" for name, call in named.items()]
    body = "# Terms\n\n" + "\n".join(lines) + "\n"
    day = date(2026, 11, 1)
    text = rendering.text(Source(Path("terms.md"), "terms", language, day, day, None, None, body, 1), shop)
    return dict(line.split(": ") for line in text.splitlines() if ": " in line)


@pytest.mark.parametrize("edit", shipped.EDITS.values(), ids=shipped.EDITS)
def test_the_shipped_policys_agree_too(edit: Callable[[str], str]) -> None:
    policy = reading.read(edit(shipped.text()))
    for shop in policy.shops.values():
        for language, kind in itertools.product(shop.languages, shop.offered):
            all_agree(policy, shop, kind, language, fakes.START)


def all_agree(policy: Policy, shop: Shop, kind: Kind, language: str, now: datetime) -> None:
    inbound = samples.inbound(kind=kind.id, language=language, **ARRIVED)
    ticket = open_ticket(f"{shop.prefix}-7K3F9-QXMT2", inbound, shop, now, holidays_of(shop))

    page = LexborHTMLParser(
        pages.page("policy", language, shop=shop, view=policy_page.view(shop, now, holidays_of(shop)))
    )
    the_page_states_the_periods_of_the_clocks(page, ticket, language)
    the_page_states_what_the_policy_promises(page, shop, language)
    if shop.offers(WITHDRAWAL):
        the_page_states_the_times_after_a_withdrawal(page, shop, language)
    the_page_states_the_promises_about_orders(page, shop, language)
    mails = acknowledged(policy, ticket, now)
    the_acknowledgement_states_the_clocks(mails, ticket, shop, language)
    the_acknowledgement_speaks_of_longer_where_the_page_does(page, mails, ticket, language)
    the_answer_says_when_it_closes(policy, ticket, now, language)
    for clock in ticket.clocks:
        the_explanation_names_the_same_moment(clock, shop, language)


def acknowledged(policy: Policy, ticket: Ticket, now: datetime) -> list[str]:
    """The acknowledgement as text and as HTML."""
    deps = replace(fakes.world().deps, policy=policy, now=lambda: now)
    delivery = Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address)
    letter = letters.letter(deps, ticket, ticket.opening, delivery, now)
    return [letter.text, LexborHTMLParser(letter.html).body.text()]  # type: ignore[union-attr]


def the_page_states_the_periods_of_the_clocks(page: LexborHTMLParser, ticket: Ticket, language: str) -> None:
    for name in PROMISES:
        clock = ticket.clock(name)
        stated = visible(page, f"#times tr[data-kind={ticket.kind}] td[data-promise={name}]")
        assert stated == (said(parse(clock.period), language) if clock else nothing(language))


def the_page_states_what_the_policy_promises(page: LexborHTMLParser, shop: Shop, language: str) -> None:
    assert [row.attributes["data-kind"] for row in page.css("#times tbody tr")] == [kind.id for kind in shop.offered]
    for kind in shop.offered:
        for name in PROMISES:
            period: Period | None = getattr(kind, name)
            stated = visible(page, f"#times tr[data-kind={kind.id}] td[data-promise={name}]")
            assert stated == (said(period, language) if period else nothing(language))
        extension = visible(page, f"#times tr[data-kind={kind.id}] td[data-promise=extension]")
        assert bool(kind.extension) == bool(re.search(r"\d", extension))
        assert not kind.extension or said(kind.extension.limit, language) in extension
        the_page_states_how_long_it_is_kept(page, kind, language)


def the_page_states_the_times_after_a_withdrawal(page: LexborHTMLParser, shop: Shop, language: str) -> None:
    terms = shop.withdrawal
    for name, period in (("refund", terms.refund), ("send_back", terms.send_back)):
        assert durations.within(period, language) in visible(page, f"[data-withdrawal={name}]")


def the_page_states_the_promises_about_orders(page: LexborHTMLParser, shop: Shop, language: str) -> None:
    """As the order's own clocks count them (rules.orders), if the shop publishes them."""
    terms = shop.orders
    assert {node.attributes["data-order"] for node in page.css("[data-order]")} == (
        set(ORDER_PROMISES) if terms.published else set()
    )
    for name in ORDER_PROMISES if terms.published else ():
        write = durations.period if name == "choice" else durations.within
        assert write(getattr(terms, name), language) in visible(page, f"#orders [data-order={name}]")


def the_page_states_how_long_it_is_kept(page: LexborHTMLParser, kind: Kind, language: str) -> None:
    row = f"#records tr[data-kind={kind.id}]"
    assert visible(page, f"{row} [data-retain='']") == said(kind.retention(), language)
    stated = {node.attributes["data-retain"]: node.text() for node in page.css(f"{row} [data-retain]")}
    assert set(stated) == {"", *kind.retain_for}
    for outcome in kind.retain_for:
        assert (stated[outcome] or "").startswith(said(kind.retention(outcome), language))


def the_acknowledgement_states_the_clocks(mails: list[str], ticket: Ticket, shop: Shop, language: str) -> None:
    """The due moments of the open promises and the moment of arrival, and no others; and no period."""
    clocks = [clock for clock in ticket.clocks if clock.name in (FIRST_ANSWER, RESOLVE, SEND_BACK)]
    clocks += [clock for clock in ticket.clocks.only(REFUND) if clock.running]
    due = [words.due(due_date(clock), shop.timezone, language) for clock in clocks]
    expected = sorted([words.moment(ticket.opened_at, shop.timezone, language), *due])
    # The articles that it names take their periods from the policy, too, and packaging checks that they do.
    articles = words.phrase(language, "acknowledgement.articles.title")
    go_on = words.phrase(language, "acknowledgement.articles.go")
    for text in mails:
        assert sorted(moments(text, language)) == expected
        before, _, named = " ".join(text.split()).partition(articles)
        assert not re.search(periods(language), before + named.partition(go_on)[2])


def the_acknowledgement_speaks_of_longer_where_the_page_does(
    page: LexborHTMLParser, mails: list[str], ticket: Ticket, language: str
) -> None:
    extension = visible(page, f"#times tr[data-kind={ticket.kind}] td[data-promise=extension]")
    longer = words.phrase(language, "procedure.longer")
    for text in mails:
        assert (longer in " ".join(text.split())) is bool(re.search(r"\d", extension))


def the_answer_says_when_it_closes(policy: Policy, ticket: Ticket, now: datetime, language: str) -> None:
    """A ticket that closes automatically says so, with its clock's date. About replies it says the same as the page."""
    deps = replace(fakes.world().deps, policy=policy, now=lambda: now)
    shop = policy.shop(ticket.shop)
    agent = samples.inbound(person=Person(shop.agents[0].name, shop.agents[0].address), text="Yes.")
    change = replying.agent_answers(ticket, "answer", agent, RuleContext(now, shop, holidays_of(shop)))
    assert change.ticket
    delivery = Delivery(Purpose.ANSWER, ticket.requester.address)
    text = " ".join(letters.letter(deps, change.ticket, change.messages[0], delivery, now).text.split())
    close = change.ticket.clock(CLOSE)
    assert bool(close) is (shop.kinds[ticket.kind].close_after is not None)
    if close:
        when = words.due(due_date(close), shop.timezone, language)
        assert words.phrase(language, "answer.closes").format(when=when) in text
    elsewhere = words.phrase(language, "policy.reopen.new")
    assert (elsewhere in text) is (close is not None and shop.reopen_days == 0)
    assert moments(text, language) == ([when] if close else [])


def the_explanation_names_the_same_moment(clock: Clock, shop: Shop, language: str) -> None:
    """ "…: due Wed 16:30", "…: due Wed 2 Dec 16:30", "…: due Sat 2 Jan 2027 16:30"."""
    sentence = durations.explained(explained(clock, shop, holidays_of(shop)), language)
    start, due = (context.astimezone(shop.hours.zone) for context in (clock.set_at, clock.due))
    day = words.names(language, "dates.short_weekdays")[due.weekday()]
    if (due.date() - start.date()).days >= 7:
        year = due.year if due.year != start.year else ""
        month = words.names(language, "dates.short_months")[due.month - 1]
        day += f" {due.day}.{month}{year}" if language == "de" else f" {due.day} {month} {year}".rstrip()
    assert sentence.endswith(f": {words.phrase(language, 'explained.due').format(due=f'{day} {due:%H:%M}')}")
    period = parse(clock.period)
    assert sentence.startswith(said(period, language))


def visible(page: LexborHTMLParser, selector: str) -> str:
    (node,) = page.css(selector)
    return " ".join(node.text().split())


def said(period: Period, language: str) -> str:
    return durations.period(period, language)


def nothing(language: str) -> str:
    return words.phrase(language, "policy.times.none")


def moments(text: str, language: str) -> list[str]:
    """Every moment a text names, as words.moment writes them."""
    book: Any = words.book(language)
    forms = "|".join(re.escape(words.phrase(language, f"dates.{form}")) for form in ("moment", "whole_day"))
    pattern = forms.replace(r"\{", "{").replace(r"\}", "}")
    anything = {"day": r"\d+", "year": r"\d{4}", "time": r"\d\d:\d\d"}
    names = {"weekday": "|".join(book["dates.weekdays"]), "month": "|".join(book["dates.months"])}
    found = re.finditer(
        pattern.format(**anything, **{key: f"(?:{value})" for key, value in names.items()}), " ".join(text.split())
    )
    return [match[0] for match in found]


def periods(language: str) -> str:
    """A pattern that finds a period in any of its forms."""
    both = (durations.period, durations.period_after)
    forms = {say(Period(n, unit), language).lstrip("12 ") for say in both for unit in Unit for n in (1, 2)}
    return rf"\b\d+ (?:{'|'.join(forms)})\b"
