"""What the desk shows of feedback without an address: the newest, and how often who came managed what they wanted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.rules.feedback.said import Felt, KeptFeedback, Managed
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps

MOST = 100


@dataclass(frozen=True, slots=True)
class OfShop:
    """A shop's newest feedback. `more`: there may be older feedback than this."""

    shop: Shop
    newest: tuple[KeptFeedback, ...]
    managed: Mapping[Managed, int]
    felt: Mapping[Felt, int]
    more: bool


@dataclass(frozen=True, slots=True)
class FeedbackView:
    shops: tuple[OfShop, ...]


def view(deps: Deps, shops: Sequence[Shop], language: str) -> FeedbackView:
    return FeedbackView(tuple(_of(deps, shop) for shop in shops))


def _of(deps: Deps, shop: Shop) -> OfShop:
    newest = tuple(deps.feedback.latest_feedback(shop.id, MOST))
    managed, felt = Counter(each.managed for each in newest), Counter(each.felt for each in newest)
    return OfShop(
        shop,
        newest,
        {each: managed[each] for each in Managed},
        {each: felt[each] for each in Felt},
        more=len(newest) == MOST,
    )
