"""Letting connections in, by the passes that pages were given."""

from chalicelib.rules.access.sessions import digest, is_token
from chalicelib.rules.bells.connections import Pass, connecting, free_places, gives_way, may_come_from
from chalicelib.services.ports.bells.bells import BellDeps
from chalicelib.telemetry import count


def connect(deps: BellDeps, id: str, token: str, origin: str) -> bool:
    """Let the connection in that came with this token from a page of this origin; returns whether it may stay. Where
    all places of its side are taken, the oldest of them gives way."""
    now = deps.now()
    given = deps.connections.find_pass(digest(token), now) if is_token(token) else None
    if given is None or not _from_a_page(deps, given, origin):
        count("ConnectionsRefused")
        return False
    held = deps.connections.connections(given.ref, now)
    # A place can be taken meanwhile.
    for place in free_places(given.side, {connection.place for connection in held}):
        if deps.connections.connect(given, connecting(given, id, place, now), now):
            return True
    oldest = gives_way(given.side, held)
    if oldest and deps.connections.connect(given, connecting(given, id, oldest.place, now), now, oldest.id):
        return True
    count("ConnectionsRefused")
    return False


def _from_a_page(deps: BellDeps, given: Pass, origin: str) -> bool:
    shop = deps.policy().shops.get(given.shop)
    return shop is not None and may_come_from(origin, given.side, deps.origin, shop.origins)
