"""What is left out of an agent's answer before it goes to the customer. The agent is informed once for each picture,
because a signature's logo comes with every mail."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.opening import Inbound
from chalicelib.services.intake import arrivals
from chalicelib.services.intake.gathering import Gathered
from chalicelib.services.ports.deps import Deps

_REMEMBERED = timedelta(days=365)


def with_left_out(deps: Deps, gathered: Gathered, inbound: Inbound) -> Inbound:
    """The answer with the names of the pictures left out; `ask` is its agent if any of them is new."""
    left = arrivals.left_out(gathered.mail)
    if not left or gathered.agent is None:
        return inbound
    is_new = any(not deps.suppressions.is_suppressed(_key(deps, gathered, each.sha256), deps.now()) for each in left)
    names = tuple(dict.fromkeys(each.filename for each in left))
    return replace(inbound, left_out=names, ask=gathered.agent.address if is_new else "")


def remember(deps: Deps, gathered: Gathered, inbound: Inbound) -> None:
    """Record that the agent was informed about these pictures."""
    for each in arrivals.left_out(gathered.mail) if inbound.left_out and inbound.ask else ():
        deps.suppressions.suppress(_key(deps, gathered, each.sha256), "left out", deps.now() + _REMEMBERED)


def _key(deps: Deps, gathered: Gathered, digest: str) -> str:
    """A key that stays the same when the secret changes, because it is remembered for a year."""
    address = canonical(gathered.agent.address) if gathered.agent else ""
    return derived.name(deps.secret, "left-out", f"{address}/{digest}")
