"""`policy-check`: a shop's policy and documents held against the rules."""

from collections.abc import Iterable, Mapping
from datetime import date

from chalicelib.rules.checking import checking
from chalicelib.rules.checking.rule import Facts, Finding
from chalicelib.rules.documents.published import DOCUMENTS, in_force
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.files import Documents


def findings(
    documents: Documents, shop: Shop, today: date, markets: Iterable[str] = (), said: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """What the shop breaks. `markets`: the countries where it sells; without any, its own. `said`: what else its
    customers may read (services.documents.said)."""
    return checking.check(_facts(documents, shop, today, markets, said or {}))


def _facts(documents: Documents, shop: Shop, today: date, markets: Iterable[str], said: Mapping[str, str]) -> Facts:
    versions = documents.versions(shop.id)
    current = {document: in_force(versions, document, today) for document in DOCUMENTS}
    return Facts(
        shop=shop,
        versions=versions,
        texts={
            document: {language: documents.text(shop.id, version, language) for language in version.editions}
            for document, version in current.items()
            if version
        },
        markets=frozenset(markets) or frozenset([shop.country]),
        today=today,
        said=said,
    )
