"""docs/cost.md is what bench.tickets.page makes of the units on it: its prices, parts and sums are the code's."""

from collections import Counter

import pytest

from bench.tickets import chats, life, lives, orders, page, prices

TEXT = page.PAGE.read_text(encoding="utf-8")
FOUND, KEPT = page.read(TEXT)


def test_the_page_is_what_its_own_units_and_the_prices_make() -> None:
    assert page.page(FOUND, KEPT) == TEXT


def test_every_step_has_its_units() -> None:
    assert set(FOUND) == {life.IDLE, *(step.name for step in (*life.STEPS, *orders.STEPS, *chats.ALL))}
    assert KEPT > 0


def test_every_price_is_used_and_belongs_to_one_part() -> None:
    parts = Counter(name for names in prices.SERVICES.values() for name in names)
    assert set(parts.values()) == {1}
    assert {*parts, "KB kept", "secrets"} == set(prices.PRICES)
    assert set(parts) == set(page.tickets(FOUND)) | set(lives.chat(FOUND, chats.BY_BELLS))


def test_the_parts_make_up_the_whole() -> None:
    used = page.tickets(FOUND)
    shares = [prices.dollars({name: used[name] for name in names}) for names in prices.SERVICES.values()]
    assert sum(shares) == pytest.approx(prices.dollars(used))


def test_schedules_and_queues_are_those_of_the_stack() -> None:
    assert prices.scheduled() == [8640, 8640, 2880, 720, 720, 720, 30]
    assert prices.polled() == 3 * 648_000
    assert prices.secrets() == 3
