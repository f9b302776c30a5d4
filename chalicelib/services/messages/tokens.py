"""Whether a messenger knows us: a state of each account of the shop's, from the first refusal until something is sent
from there again (decision 301). `health` names it, and a mail tells the shop's admins once a day (decision 308)."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.source_log import TokenRefusal, TokenState
from chalicelib.telemetry import logger

FORGOTTEN = timedelta(days=7)
"""After so long without a further try nothing waits there any more: the account may have been given up."""
_AGAIN = timedelta(hours=1)
_MOST = 50


def refused(deps: Deps, shop: Shop, provider: Provider, account: str) -> None:
    """The provider has refused our token for this account. The first moment stays; that it was refused again is noted
    once in an hour."""
    now, known = deps.now(), {each.account: each for each in standing(deps, shop, provider)}
    before = known.get(account)
    if before and now - before.last < _AGAIN:
        return
    if before is None:
        logger.error("a messenger refuses our token", extra={"shop": shop.id, "provider": provider})
    again = replace(before, last=now) if before else TokenRefusal(account, now, now)
    _note(deps, shop, provider, known | {account: again})


def accepted(deps: Deps, shop: Shop, provider: Provider, account: str) -> None:
    known = {each.account: each for each in deps.source_log.token_state(shop.id, provider).refusals}
    if known.pop(account, None):
        _note(deps, shop, provider, known)
        logger.info("a messenger takes our token again", extra={"shop": shop.id, "provider": provider})


def standing(deps: Deps, shop: Shop, provider: Provider) -> tuple[TokenRefusal, ...]:
    """The accounts whose token is refused now."""
    state = deps.source_log.token_state(shop.id, provider)
    return tuple(each for each in state.refusals if deps.now() - each.last < FORGOTTEN)


def _note(deps: Deps, shop: Shop, provider: Provider, refusals: dict[str, TokenRefusal]) -> None:
    deps.source_log.note_tokens(shop.id, provider, TokenState(tuple(refusals.values())[-_MOST:]))
