"""Who takes chats now. An agent's page says so every half minute, and a page that is closed is forgotten soon."""

from datetime import timedelta

from chalicelib.rules.chats.lines import is_open_at
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.people import Agent
from chalicelib.services.ports.deps import Deps

LIFE = timedelta(seconds=90)
BEAT = timedelta(seconds=30)
"""How often an agent's page says that somebody is there."""


def note(deps: Deps, shop: Shop, agent: Agent, *, takes: bool) -> None:
    """The agent takes chats of this shop for a while, or no more."""
    deps.presence.note_presence(shop.id, agent.address, deps.now() + (LIFE if takes else timedelta()))


def agents(deps: Deps, shop: Shop) -> tuple[str, ...]:
    """The addresses of those who take chats of the shop now."""
    return tuple(agent for agent in deps.presence.present(shop.id, deps.now()) if shop.agent(agent))


def staffed(deps: Deps, shop: Shop) -> bool:
    """Whether a chat that begins now can be answered: within the hours, with an agent who takes chats."""
    return is_open_at(deps.context(shop)) and bool(agents(deps, shop))
