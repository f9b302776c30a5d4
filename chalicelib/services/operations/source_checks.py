"""Checks of `health` on the sources of events: whether one has gone quiet, and what a person must do."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.rules.events.sources import TALK, Source
from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.timing.quiet import quiet_since, usual_gap
from chalicelib.services.messages.tokens import standing as tokens_refused
from chalicelib.services.operations.checking import Found
from chalicelib.services.ports.deps import Deps

# An alarm tells of a new finding only when the ones before it are gone.
_NAMED_FOR = timedelta(days=3)
_MOST_NAMED = 5
_HOUR = timedelta(hours=1)


def quiet(deps: Deps) -> Iterator[Found]:
    """Sources from which nothing came for three times the longest pause that is usual for them. One that never sent
    anything is not known here. No missed call for long is good news, and nobody
    has to write."""
    for shop in deps.policy.shops:
        for source in (each for each in Source if each not in TALK):
            moments = deps.source_log.contact(shop, source).moments
            last, usual = quiet_since(moments, deps.now()), usual_gap(moments)
            if last and usual:
                yield (
                    f"no event of {shop} came from {source} for {(deps.now() - last) // _HOUR} hours "
                    f"(usual: at most {-(-usual // _HOUR)})",
                    f"see in {source} whether its webhooks are still there and active (docs/connect/README.md)",
                )


def heard_late(deps: Deps) -> Iterator[Found]:
    """Orders of which we heard so late that nothing confirmed them."""
    for shop in deps.policy.shops:
        late = [each for each in deps.source_log.late_orders(shop) if deps.now() - each.at < _NAMED_FOR]
        if late:
            named = ", ".join(each.ref for each in late[:_MOST_NAMED])
            yield (
                f"{len(late)} orders of {shop} came more than three days after they were placed; Aftercare has "
                f"confirmed none of them: {named}",
                "see at the desk whether their customers know how far they are (Send a word), and why they came late",
            )


def untold(deps: Deps) -> Iterator[Found]:
    """What customers chose and a shop's system never took: nobody else tells it there."""
    for shop in deps.policy.shops.values():
        gone = [each for each in deps.outgoing.untold(shop.id) if each.given_up_at] if shop.orders.webhook else []
        if gone:
            named = ", ".join(each.ref for each in gone[:_MOST_NAMED])
            yield (
                f"{len(gone)} choices of customers of {shop.id} were never taken by its system: {named}",
                "do at the shop what the order's page at the desk says; see the log of tell_shops, and the webhook",
            )


def tokens(deps: Deps) -> Iterator[Found]:
    """Messengers that do not know us any more: what customers are owed there waits."""
    for shop in deps.policy.shops.values():
        for provider in Provider:
            for refusal in tokens_refused(deps, shop, provider):
                yield (
                    f"{provider} refuses the token of {shop.id}, account {refusal.account or '?'}, since "
                    f"{refusal.since:%Y-%m-%d %H:%M} UTC; answers there wait, and are given up when their window ends",
                    "put a new token into the secret of the sources (docs/connect/README.md, Messengers); by AWS: see "
                    "whether AwsMessages is on; the first message that is sent clears this",
                )


def data_requests(deps: Deps) -> Iterator[Found]:
    """What people asked about their data by way of a shop's system: nothing is done about it automatically."""
    for shop in deps.policy.shops:
        for request in deps.source_log.data_requests(shop):
            if deps.now() - request.at < _NAMED_FOR:
                yield (
                    f"a request about personal data came to {shop} from {request.source} on {request.at:%Y-%m-%d}",
                    f"read {request.key} in the mail bucket, then run export_subject or erase_subject for that person",
                )
