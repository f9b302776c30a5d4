"""Countries that the rules know, for their laws, telephones and names (ISO 3166-1, two letters)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.rules.policy.model import Shop

UNITED_KINGDOM = "GB"
EU = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
CALLED = tuple(sorted(EU | {"CH", "GB", "IS", "LI", "NO"}))
"""Those whose phone numbers a shop may call (rules.identity.calling has what is known of each)."""
COUNTRIES = frozenset(
    (
        "AT", "AU", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR",
        "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "NZ", "PL", "PT", "RO",
        "SE", "SI", "SK", "US",
    )
)  # fmt: skip
"""Those with names in templates/words; others are shown by their codes."""


def of_bodies(shop: "Shop") -> tuple[str, ...]:
    """The countries for which the shop names consumer bodies, if they have a name."""
    return tuple(sorted({country for body in shop.bodies for country in body.countries} & COUNTRIES))
