"""The line about telephoning right now, in words."""

from chalicelib.rendering import words
from chalicelib.rules.calls import right_now
from chalicelib.rules.policy.model import Shop
from chalicelib.services.calls import places, told
from chalicelib.services.ports.deps import Deps


def said(deps: Deps, shop: Shop, language: str) -> str:
    """What can be said of the next minute; "" if nothing can be promised."""
    context = deps.context(shop)
    taken = places.of_slots(deps, shop, context).taken if shop.calls.offered else frozenset[str]()
    line = right_now.line(context, taken)
    if line is None:
        return ""
    say = words.phrase(language, f"calls.right_now.{line.reach}").format
    when, place = told.by(line.at, context, language), words.phrase_or(language, f"policy.country.{shop.country}", "")
    return say(when=when, phone=shop.channels.phone or "", place=place)
