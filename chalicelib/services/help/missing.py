"""Which articles are missing: what people searched for in vain. It is apart from counting, so that who only reads this
imports no search."""

from chalicelib.rules.help.gaps import Gap, worst
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps


def gaps(deps: Deps, shop: Shop) -> tuple[Gap, ...]:
    """The words that were searched for in vain most, in all languages of the shop."""
    return worst(gap for language in shop.languages for gap in deps.help_counts.gaps(shop.id, language))
