"""Whether a messenger knows us: a state of the shop at the provider, from the first refusal until something is sent
again (decision 301). `health` names it."""

from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import logger


def refused(deps: Deps, shop: Shop, provider: Provider) -> None:
    """The provider has refused our token. The first moment stays."""
    if deps.source_log.token_refused_at(shop.id, provider) is None:
        deps.source_log.note_token(shop.id, provider, deps.now())
        logger.error("a messenger refuses our token", extra={"shop": shop.id, "provider": provider})


def accepted(deps: Deps, shop: Shop, provider: Provider) -> None:
    if deps.source_log.token_refused_at(shop.id, provider):
        deps.source_log.note_token(shop.id, provider, None)
        logger.info("a messenger takes our token again", extra={"shop": shop.id, "provider": provider})
