"""What can be said about reaching a person right now, in words: on the phone and in the chat."""

from functools import partial

from chalicelib.rendering import words
from chalicelib.rules.chats.right_now import ChatLine, ChatReach, chat_line
from chalicelib.rules.policy.model import Shop
from chalicelib.services.calls import right_now, told
from chalicelib.services.chats import places, present
from chalicelib.services.ports.deps import Deps


def said(deps: Deps, shop: Shop, language: str) -> tuple[str, ...]:
    """A sentence for each way in which a person can be reached, or not; none if nothing can be promised."""
    return _some(right_now.said(deps, shop, language), _in_words(deps, shop, _chat(deps, shop), language))


def beside_calls(deps: Deps, shop: Shop, language: str) -> tuple[str, ...]:
    """The sentences on the form that asks for a call: of the chat only that somebody answers there meanwhile."""
    line = _chat(deps, shop)
    answers = line if line and line.reach is ChatReach.ANSWERS else None
    return _some(right_now.said(deps, shop, language), _in_words(deps, shop, answers, language))


def beside_chat(deps: Deps, shop: Shop, language: str, *, staffed: bool) -> tuple[str, ...]:
    """The sentences on the form that begins a chat. `staffed`: the form says that somebody is there; what would say
    otherwise, because a moment has passed or will, is left out."""
    line = _chat(deps, shop)
    fits = line is not None and line.reach is (ChatReach.ANSWERS if staffed else ChatReach.OPENS)
    chat = _in_words(deps, shop, line, language) if fits else ""
    return _some(chat) if staffed else _some(chat, right_now.said(deps, shop, language))


def _chat(deps: Deps, shop: Shop) -> ChatLine | None:
    away = deps.absences.lately(shop.id, deps.now())
    here, running = partial(present.agents, deps, shop), partial(places.at_most, deps, shop)
    return chat_line(deps.context(shop), here, running, away)


def _in_words(deps: Deps, shop: Shop, line: ChatLine | None, language: str) -> str:
    if line is None:
        return ""
    when = told.by(line.at, deps.context(shop), language) if line.at else ""
    place = words.phrase_or(language, f"policy.country.{shop.country}", "")
    return words.phrase(language, f"chats.right_now.{line.reach}").format(when=when, place=place)


def _some(*sentences: str) -> tuple[str, ...]:
    return tuple(filter(None, sentences))
