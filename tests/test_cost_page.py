"""docs/cost.md is what bench.tickets.page makes of the units on it: its prices, parts and sums are the code's."""

from collections import Counter

import pytest

from bench.tickets import chats, life, lives, messages, orders, page, prices

TEXT = page.PAGE.read_text(encoding="utf-8")
FOUND, KEPT = page.read(TEXT)


def test_the_page_is_what_its_own_units_and_the_prices_make() -> None:
    assert page.page(FOUND, KEPT) == TEXT


def test_every_step_has_its_units() -> None:
    assert set(FOUND) == {life.IDLE, *(step.name for step in (*life.STEPS, *orders.STEPS, *chats.ALL, *messages.STEPS))}
    assert KEPT > 0


def test_every_price_is_used_and_belongs_to_one_part() -> None:
    parts = Counter(name for names in prices.SERVICES.values() for name in names)
    assert set(parts.values()) == {1}
    assert {*parts, "KB kept", "secrets"} == set(prices.PRICES)
    assert set(parts) == set(page.tickets(FOUND)) | set(lives.chat(FOUND, chats.BY_BELLS))


def test_a_conversation_without_the_door_costs_less_by_the_door_alone() -> None:
    by_door, by_topic = (lives.conversation(FOUND, steps) for steps in (messages.STEPS, messages.by_topic()))
    events = messages.EACH + len(messages.TOLD) * (messages.EACH + 1)
    assert by_door["pages"] - by_topic["pages"] == by_door["runs"] - by_topic["runs"] == events
    assert by_topic["topic messages"] - by_door["topic messages"] == events
    same = set(by_door) - {"pages", "runs", "topic messages", "GB-seconds", "KB of log"}
    assert {name: by_topic[name] for name in same} == {name: by_door[name] for name in same}


def test_the_parts_make_up_the_whole() -> None:
    used = page.tickets(FOUND)
    shares = [prices.dollars({name: used[name] for name in names}) for names in prices.SERVICES.values()]
    assert sum(shares) == pytest.approx(prices.dollars(used))


def test_schedules_and_queues_are_those_of_the_stack() -> None:
    assert prices.scheduled() == [8640, 8640, 2880, 720, 720, 720, 30]
    assert prices.polled() == 3 * 648_000
    assert prices.secrets() == 3
