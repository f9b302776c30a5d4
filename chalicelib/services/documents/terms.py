"""Which terms a form asks to accept, and which were accepted by it."""

from datetime import date

from chalicelib.rules.documents.accepted import AcceptedTerms, How
from chalicelib.rules.documents.published import TERMS, Version, in_force, of
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.ports.deps import Deps


def shown(deps: Deps, shop: Shop, wanted: str = "") -> Version | None:
    """The version of the terms that a form shows: the wanted one, if it is or was in force; else the one in force.
    None if the shop has published no terms."""
    today = local_date(deps.now(), shop.hours)
    return _named(deps, shop, wanted, today) or in_force(deps.documents.versions(shop.id), TERMS, today)


def accepted(deps: Deps, shop: Shop, wanted: str, language: str) -> AcceptedTerms | None:
    """What a form with a ticked box accepts now, in the form's language. `wanted`: the version that the form says it
    showed; "" if it does not say. None if the shop has no terms at all."""
    now = deps.now()
    named = _named(deps, shop, wanted, local_date(now, shop.hours))
    version = named or shown(deps, shop)
    if version is None:
        return AcceptedTerms(shop.terms_url, now, How.CHECKBOX) if shop.terms_url else None
    language = version.language(language)
    how = How.CHECKBOX if named else How.IN_FORCE
    return AcceptedTerms(TERMS, now, how, version.version, language, version.editions[language].sha256)


def _named(deps: Deps, shop: Shop, wanted: str, today: date) -> Version | None:
    """The version of this name, unless it comes into force later."""
    versions = of(deps.documents.versions(shop.id), TERMS)
    return next((each for each in versions if str(each.version) == wanted and each.in_force <= today), None)
