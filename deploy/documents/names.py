"""The names that a document may use for what the policy says: a closed set, so that a text can state no number of its
own. docs/shop.md lists them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.timing.periods import Period
from chalicelib.services.customer import policy_page

ORDER_PROMISES = ("confirm", "dispatch", "deliver", "silence", "tell_stock", "choice", "refund")
"""The promises about orders that customers are told: the policy page names them too."""


class Unknown(Exception):
    """The policy has nothing by this name; the message is a sentence for whoever writes the document."""


def names(shop: Shop, language: str) -> Mapping[str, Any]:
    """What a document of this shop may use in this language."""
    return {
        "shop": shop.name,
        "support": shop.support,
        "website": shop.url,
        "phone": shop.channels.phone,
        "fax": shop.channels.fax,
        "post": shop.channels.post,
        "opening": shop.text(shop.channels.opening, language),
        "country": words.phrase_or(language, f"policy.country.{shop.country}", shop.country),
        "remedy": shop.remedy,
        "quarantine": shop.quarantine,
        "reopen_days": shop.reopen_days,
        "link_days": shop.link_days,
        "backups": policy_page.BACKUPS,
        "hours": _hours(shop, language),
        "promise": _promise(shop),
        "kind": _kind(shop, language),
        "retain": _retain(shop),
        "guarantee": _guarantee(shop),
        "referral": _referral(shop),
        "withdrawal": _withdrawal(shop),
        "order": _order(shop),
        "refund_waits_for_goods": shop.withdrawal.wait_for_goods,
        "third_parties": _third_parties(shop),
        "bodies": _bodies(shop, language),
    }


def _promise(shop: Shop) -> Callable[[str, str], Period]:
    def promise(kind: str, name: str) -> Period:
        known = _known(shop.kinds, kind, "kinds")
        values = {
            "acknowledge": known.acknowledge,
            "first_answer": known.first_answer,
            "resolve": known.resolve,
            "extension": known.extension.limit if known.extension else None,
            "close": known.close_after,
        }
        return _stated(_known(values, name, "promises"), f"{name} for {kind}")

    return promise


def _kind(shop: Shop, language: str) -> Callable[[str], str]:
    return lambda kind: shop.text(_known(shop.kinds, kind, "kinds").label, language)


def _retain(shop: Shop) -> Callable[[str], Period]:
    return lambda kind: _known(shop.kinds, kind, "kinds").retention()


def _guarantee(shop: Shop) -> Callable[[str], Period]:
    def guarantee(name: str) -> Period:
        values = {"statutory": shop.guarantees.statutory, "commercial": shop.guarantees.commercial}
        return _stated(_known(values, name, "guarantees"), f"{name} guarantee")

    return guarantee


def _referral(shop: Shop) -> Callable[[str], Period]:
    values = {"answer": shop.referrals.answer, "reminder": shop.referrals.reminder}
    return lambda name: _known(values, name, "periods of referrals")


def _withdrawal(shop: Shop) -> Callable[[str], Period]:
    terms = shop.withdrawal
    values = {
        "period": terms.period,
        "refund": terms.refund,
        "send_back": terms.send_back,
        "after_goods": terms.after_goods,
    }
    return lambda name: _known(values, name, "periods of withdrawals")


def _order(shop: Shop) -> Callable[[str], Period]:
    values = {name: getattr(shop.orders, name) for name in ORDER_PROMISES}
    return lambda name: _known(values, name, "promises about orders")


def _third_parties(shop: Shop) -> Callable[[str], str]:
    return lambda role: ", ".join(party.name for party in shop.third_parties if party.role == role)


def _bodies(shop: Shop, language: str) -> Callable[[str], str]:
    """The bodies for tickets of a kind, as a list in Markdown."""

    def bodies(kind: str) -> str:
        _known(shop.kinds, kind, "kinds")
        fit = [body for body in shop.bodies if not body.kinds or kind in body.kinds]
        if not fit:
            raise Unknown(f"policy.toml names no body for {kind}: leave it out, or add one there.")
        return "\n".join(_body(body, language) for body in fit)

    return bodies


def _body(body: ConsumerBody, language: str) -> str:
    countries = ", ".join(words.phrase_or(language, f"policy.country.{code}", code) for code in body.countries)
    part = (
        "" if body.authority else words.phrase(language, f"policy.bodies.takes_{'' if body.takes_part else 'no_'}part")
    )
    address = f", {' '.join(body.address.split())}" if body.address else ""
    return f"- {body.name} ({countries}){address}, <{body.url}>. {part}".strip()


def _hours(shop: Shop, language: str) -> str:
    """The opening hours, as a list in Markdown."""
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)  # hours do not depend on it
    lines = []
    for opening in policy_page.view(shop, now, lambda day: None).openings:
        spans = [words.phrase(language, "policy.hours.span").format(opens=a, closes=b) for a, b in opening.intervals]
        said = ", ".join(spans) or words.phrase(language, "policy.hours.closed")
        lines.append(f"- {_days(opening.days, language)}: {said}")
    return "\n".join(lines)


def _days(days: tuple[str, ...], language: str) -> str:
    named = [words.phrase(language, f"policy.weekday.{day}") for day in days]
    if len(named) > 2:
        return words.phrase(language, "policy.hours.days").format(first=named[0], last=named[-1])
    return words.phrase(language, "policy.and").join(named)


def _known(values: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in values:
        raise Unknown(f"{name!r} is not known: the {what} are {', '.join(values)}.")
    return values[name]


def _stated(value: Period | None, what: str) -> Period:
    if value is None:
        raise Unknown(f"policy.toml states no {what}: leave it out, or state it there.")
    return value
