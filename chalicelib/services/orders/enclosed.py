"""The texts that a confirmation brings on a durable medium (Directive 2011/83/EU, Article 8(7)): the terms and the text
about returns, as files whose digests are those of the published texts (decision 219)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.mail.composing import Attachment
from chalicelib.rules.documents.accepted import AcceptedTerms
from chalicelib.rules.documents.published import TERMS, Version, in_force, of
from chalicelib.rules.orders.basket import Basket
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.ports.deps import Deps

LARGEST = 200_000
"""Bytes of all files of a mail together. A text for which there is no room is only named, with its link."""
_RETURNS = "returns"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A text that belongs to an order. `agreed_at`: when the customer agreed to it, None if only the day of the order
    says that it applies. `file`: None if it is not attached."""

    document: str
    title: str
    version: date
    sha256: str
    url: str
    agreed_at: datetime | None = None
    file: Attachment | None = None


def enclosed(deps: Deps, shop: Shop, basket: Basket, language: str) -> tuple[Enclosed, ...]:
    """The texts of an order, the terms first."""
    room, found = LARGEST, []
    for version, spoken, accepted in _texts(deps, shop, basket, language):
        text = deps.documents.text(shop.id, version, spoken)
        size = len(text.encode())
        name = f"{version.document}-{version.version}-{spoken}.txt"
        file = Attachment(name, text) if size <= room else None
        room -= size if file else 0
        edition = version.editions[spoken]
        found.append(
            Enclosed(
                document=version.document,
                title=edition.title,
                version=version.version,
                sha256=edition.sha256,
                url=f"{deps.public_url}/shops/{shop.id}/{version.document}/{version.version}?lang={spoken}",
                agreed_at=accepted.at if accepted else None,
                file=file,
            )
        )
    return tuple(found)


def _texts(
    deps: Deps, shop: Shop, basket: Basket, language: str
) -> Iterator[tuple[Version, str, AcceptedTerms | None]]:
    versions, day = deps.documents.versions(shop.id), local_date(basket.placed_at, shop.hours)
    terms = basket.terms
    agreed = next(
        (
            each
            for each in of(versions, TERMS)
            if terms and terms.document == TERMS == each.document and each.version == terms.day
        ),
        None,
    )
    if agreed and terms:
        yield agreed, agreed.language(terms.language or language), terms
    elif current := in_force(versions, TERMS, day):
        yield current, current.language(language), None
    if current := in_force(versions, _RETURNS, day):
        yield current, current.language(language), None
