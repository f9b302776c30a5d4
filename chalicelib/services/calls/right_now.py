"""The line about telephoning right now, in words."""

from functools import cache, partial

from chalicelib.rendering import words
from chalicelib.rules.calls import right_now
from chalicelib.rules.policy.model import Shop
from chalicelib.services.calls import places, told
from chalicelib.services.ports.deps import Deps


def said(deps: Deps, shop: Shop, language: str) -> str:
    """What can be said of the next minute; "" if nothing can be promised."""
    context = deps.context(shop)
    away = deps.absences.lately(shop.id, deps.now())
    line = right_now.line(context, cache(partial(places.as_held, deps, shop, context)), away)
    if line is None:
        return ""
    say = words.phrase(language, f"calls.right_now.{line.reach}").format
    when, place = told.by(line.at, context, language), words.phrase_or(language, f"policy.country.{shop.country}", "")
    return say(when=when, phone=shop.channels.phone or "", place=place)
