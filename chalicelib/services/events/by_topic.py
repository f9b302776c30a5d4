"""What AWS End User Messaging publishes to our topic: kept raw under the shop whose number it names, and then received
like what came by the door (decision 300)."""

from chalicelib.errors import NotFound
from chalicelib.rules.events.fields import parsed
from chalicelib.rules.events.messages import aws
from chalicelib.rules.events.sources import Source
from chalicelib.services.events.door import key_of
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.hooks import RawHook


def keep(deps: Deps, text: str) -> str:
    """Keep what was published, once; returns its key. Raises NotReadable, NotFound (no shop has the number: the queue
    keeps it until the policy names it) and TryAgainLater."""
    body = text.encode("utf-8", "surrogatepass")
    key = key_of(deps, _shop(deps, aws.numbers(parsed(body))), Source.AWS, "", body)
    deps.raw_hooks.keep_hook(key, RawHook(body))
    return key


def _shop(deps: Deps, numbers: tuple[str, ...]) -> str:
    """The shop with one of these numbers; about no number, the first that has any, where it is then ignored."""
    with_numbers = [shop for shop in deps.policy.shops.values() if shop.messages.aws_numbers]
    found = (shop for shop in with_numbers if not numbers or set(numbers) & set(shop.messages.aws_numbers))
    if shop := next(found, None):
        return shop.id
    raise NotFound("a number of no shop")
