"""The form for a question before buying: its product, and the promise of its topic."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import BEFORE_BUYING, QUESTION
from chalicelib.rules.timing.periods import Period
from chalicelib.services.ports.deps import Deps
from chalicelib.services.products import facts
from chalicelib.services.products.facts import ProductView


@dataclass(frozen=True, slots=True)
class BeforeBuying:
    """`within`: by when the first answer is promised. `shown`: the product with what the catalogue says of it; None if
    the form names none of the catalogue."""

    within: Period | None
    shown: ProductView | None


def of_form(deps: Deps, shop: Shop, values: Mapping[str, str]) -> BeforeBuying | None:
    """What the form shows if its values are of a question before buying; None for any other form."""
    topic = shop.topic(BEFORE_BUYING)
    if topic is None or values.get("topic") != BEFORE_BUYING or values.get("kind", QUESTION) != QUESTION:
        return None
    within = topic.first_answer or shop.kinds[QUESTION].first_answer
    known = facts.product(deps, shop.id, values.get("product", ""))
    return BeforeBuying(within, facts.view(known) if known else None)
