"""Policies as shops might write them: Hypothesis strategies for whole, valid policy.toml texts; and a function that
writes a document as TOML."""

import json
from datetime import UTC, datetime, time
from typing import Any

from hypothesis import strategies as st

from chalicelib.rules.policy.checks import default_length
from chalicelib.rules.policy.countries import CALLED
from chalicelib.rules.policy.fields import LANGUAGES
from chalicelib.rules.policy.later_kinds import BUILT_IN
from chalicelib.rules.policy.promises import FIRST_KINDS, Outcome
from chalicelib.rules.timing.periods import Period, Unit, parse

ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
CALENDARS = (("DE", "BE"), ("DE", None), ("AT", "9"), ("GB", "ENG"), ("US", "NY"), ("JP", None), ("CH", "ZH"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DUE_STEPS = [{"at": "due", "mail": ["assignee", "team"], "priority": "high"}]
# A day may begin at 00:00, but may not close in its first hour.
QUARTERS = st.one_of(st.just(0), st.integers(4, 96))
# With these amounts a promise still comes due within a few years.
LONGEST = {
    Unit.MINUTES: 999,
    Unit.HOURS: 500,
    Unit.DAYS: 400,
    Unit.MONTHS: 24,
    Unit.YEARS: 3,
    Unit.WORKING_HOURS: 200,
    Unit.WORKING_DAYS: 90,
}

lasting = st.sampled_from(Unit).flatmap(
    lambda unit: st.builds(Period, st.integers(1, LONGEST[unit]), st.just(unit)).map(str)
)
periods = st.one_of(lasting, st.just("immediately"))
# Without microseconds: mails and forms have times in seconds.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)).map(
    lambda context: context.replace(microsecond=0)
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """The text of a policy.toml with one shop, "shop"."""
    country, region = draw(st.sampled_from(CALENDARS))
    languages = draw(st.permutations(LANGUAGES).flatmap(lambda order: st.integers(1, 2).map(lambda n: order[:n])))
    shop: dict[str, Any] = {
        "name": "Corner Shop",
        "prefix": "CS",
        "support": "help@corner.example",
        "url": "https://corner.example",
        "colour": "#1f5fa8",
        "country": country,
        "region": region,
        "languages": languages,
        "timezone": draw(st.sampled_from(ZONES)),
        "privacy_url": "https://corner.example/privacy",
        "link_days": draw(st.integers(1, 3650)),
        "reopen_days": draw(st.integers(0, 100)),
        "remedy": draw(periods),
        "quarantine": draw(lasting),
        "hours": draw(weeks()),
        "closed_days": draw(st.lists(closed_days, max_size=4)),
        "limits": {"per_address_hour": 10, "per_source_hour": 60},
        "referrals": {"answer": draw(periods), "reminder": draw(lasting)},
        "guarantees": {"statutory": draw(lasting)},
        "withdrawal": {
            "refund": draw(lasting),
            "send_back": draw(lasting),
            "wait_for_goods": draw(st.booleans()),
            "after_goods": draw(periods),
        },
        "orders": draw(orders()),
        "calls": draw(calls()),
        "agents": [{"address": "owner@office.example", "name": "Kim Owner", "role": "owner"}],
        "kinds": {kind: draw(promises(kind)) for kind in FIRST_KINDS} | draw(later_kinds()),
    }
    return toml({"shops": {"shop": shop}})


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """What a policy says of calls: any of its keys, with windows or without."""
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "windows": weeks(),
                "soon": st.integers(1, 480),
                "per_slot": st.integers(1, 100),
                "days": st.integers(1, 20),
                "countries": st.lists(st.sampled_from(CALLED), unique=True, max_size=4),
                "number": st.just("+49 30 23125 014"),
            },
        )
    )


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """What a policy says of orders: any of its keys."""
    dispatch, deliver = sorted(draw(st.tuples(lasting, lasting)), key=length)
    stated = draw(
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("confirm", "silence", "tell_stock", "choice", "refund", "retain", "thanks", "followup"), lasting
            ),
        )
    )
    return stated | {
        "confirmation": draw(st.sampled_from(["aftercare", "shop"])),
        "dispatch": dispatch,
        "deliver": deliver,
        "published": draw(st.booleans()),
    }


@st.composite
def later_kinds(draw: st.DrawFn) -> dict[str, Any]:
    """What a policy says of the kinds that came after 0.1.0: nothing, or whether they are offered."""
    stated = draw(st.sets(st.sampled_from(list(BUILT_IN))))
    return {kind: {"offered": draw(st.booleans())} for kind in stated}


@st.composite
def promises(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """The promises of one kind, in order of their length. First answer and resolution may be missing."""
    acknowledge, first, resolve = sorted(draw(st.tuples(periods, periods, periods)), key=length)
    has_first, has_resolve = draw(st.tuples(st.booleans(), st.booleans()))
    found: dict[str, Any] = {
        "label": {language: f"{kind} ({language})" for language in LANGUAGES},
        "acknowledge": acknowledge,
        "retain": draw(lasting),
        "retain_for": draw(st.dictionaries(st.sampled_from(Outcome), lasting, max_size=2)),
    }
    found |= {"first_answer": first} if has_first else {}
    found |= {"resolve": resolve} if has_resolve else {}
    if has_resolve and draw(st.booleans()):
        found["extension"] = {"limit": draw(lasting), "times": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        found["close_after"] = draw(lasting)
    if has_first or has_resolve:
        found["escalation"] = DUE_STEPS if draw(st.booleans()) else []
        warn = draw(lasting)
        if length(warn) < length(first if has_first else resolve):
            found["warn"] = warn
    return found


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """Working hours on at least one day, with up to two breaks, in quarters of an hour."""
    open_days = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1))
    return {day: draw(days()) for day in WEEKDAYS if day in open_days}


@st.composite
def days(draw: st.DrawFn) -> list[str]:
    count = 2 * draw(st.integers(1, 3))
    quarters = sorted(draw(st.sets(QUARTERS, min_size=count, max_size=count)))
    return [f"{clock(opens)}-{clock(closes)}" for opens, closes in zip(quarters[::2], quarters[1::2], strict=True)]


closed_days = st.one_of(
    st.dates(datetime(2026, 1, 1).date(), datetime(2031, 1, 1).date()).map(
        lambda day: {"day": day, "name": "closed once"}
    ),
    st.dates(datetime(2026, 1, 1).date(), datetime(2026, 12, 31).date()).map(
        lambda day: {"day": f"{day:%m-%d}", "name": "closed each year"}
    ),
)


def clock(quarter: int) -> str:
    return "24:00" if quarter == 96 else f"{time(quarter // 4, quarter % 4 * 15):%H:%M}"


def length(period: str) -> int:
    return default_length(parse(period))


def toml(document: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {value(inner)}" for key, inner in document.items()) + "\n"


def value(raw: Any) -> str:
    """A value in TOML on one line; keys with the value None are left out."""
    if isinstance(raw, dict):
        return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in raw.items() if inner is not None) + " }"
    if isinstance(raw, list | tuple):
        return f"[{', '.join(map(value, raw))}]"
    return json.dumps(raw) if isinstance(raw, str | int) else raw.isoformat()
