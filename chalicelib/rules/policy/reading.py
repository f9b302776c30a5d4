"""Reads policy.toml into a Policy, or reports every mistake at once: where it is and what to write instead."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from chalicelib.errors import Mistake, PolicyMistakes
from chalicelib.rules.policy.checks import across_shops
from chalicelib.rules.policy.fields import a_table
from chalicelib.rules.policy.grammar import SHOP
from chalicelib.rules.policy.later_kinds import BUILT_IN
from chalicelib.rules.policy.model import Policy
from chalicelib.rules.policy.tables import Reading, dotted, entries, optional, required, shown, table
from chalicelib.rules.policy.toml_lines import Path, lines


def read(text: str) -> Policy:
    """The policy in `text`. Raises PolicyMistakes with every mistake in it."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyMistakes([syntax_mistake(str(error), text)]) from None
    reading = Reading()
    whole = with_defaults(raw)
    policy: Policy = DOCUMENT(whole, (), reading)
    if isinstance(whole.get("shops"), dict):
        across_shops(whole["shops"], reading)
    if reading.mistakes:
        raise PolicyMistakes(located(reading, text))
    return policy


def shop(raw: Any, path: Path, reading: Reading) -> Any:
    """A shop with an id that suits web addresses."""
    reading.languages = ()
    if not re.fullmatch("[a-z][a-z0-9-]{0,39}", str(path[-1])):
        reading.bad(path, f'{shown(path[-1])} is no shop id: write small letters, digits and "-" such as "northlight".')
    return SHOP(raw, path, reading)


def shops(raw: Any, path: Path, reading: Reading) -> Any:
    return entries(shop)(raw, path, reading) if raw else reading.bad(path, "is empty: write a shop under [shops.….]")


DOCUMENT = table(
    lambda shops, defaults: Policy(shops),
    {"shops": required(shops, "a shop under [shops.northlight] or another id"), "defaults": optional(a_table, {})},
)


def with_defaults(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The document with `defaults` merged under each shop, each shop's `every_kind` under each of its kinds, and the
    kinds that are built in under those."""
    defaults, shops = raw.get("defaults", {}), raw.get("shops")
    if not isinstance(shops, dict):
        return dict(raw)
    merged = {name: with_every_kind(laid_under(defaults, shop)) for name, shop in shops.items()}
    return {**raw, "shops": {name: with_later_kinds(shop) for name, shop in merged.items()}}


def with_every_kind(shop: Any) -> Any:
    if not isinstance(shop, dict) or not isinstance(shop.get("every_kind"), dict):
        return shop
    rest = {key: value for key, value in shop.items() if key != "every_kind"}
    kinds = shop.get("kinds")
    if isinstance(kinds, dict):
        rest["kinds"] = {name: laid_under(shop["every_kind"], kind) for name, kind in kinds.items()}
    return rest


def with_later_kinds(shop: Any) -> Any:
    """The shop with every kind that came after 0.1.0, stated by its policy or not (decision 202)."""
    kinds = shop.get("kinds") if isinstance(shop, dict) else None
    if not isinstance(kinds, dict):
        return shop
    later = {name: laid_under(built_in, kinds.get(name, {})) for name, built_in in BUILT_IN.items()}
    return {**shop, "kinds": {**kinds, **later}}


def laid_under(base: Any, own: Any) -> Any:
    """Tables are merged key by key. Anything else, lists included, is replaced as a whole by `own`."""
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    return {**base, **{key: laid_under(base[key], value) if key in base else value for key, value in own.items()}}


def syntax_mistake(message: str, text: str) -> Mistake:
    """tomllib stops at the first syntax error and gives its line only within the message."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    what = message[: place.start()] if place else message
    return Mistake("policy.toml", line, f"is no valid TOML here ({what}): mend this line, or the one before it.")


def located(reading: Reading, text: str) -> list[Mistake]:
    """The mistakes with their lines, in the file's order. A mistake in `defaults` is listed once, not once per shop."""
    found = lines(text)
    mistakes = {Mistake(*place(path, found), sentence) for path, sentence in reading.mistakes}
    return sorted(mistakes, key=lambda mistake: (mistake.line, mistake.key, mistake.sentence))


def place(path: Path, found: Mapping[Path, int]) -> tuple[str, int]:
    """The key and line of a path in the file. If the key is missing, the line is that of the nearest table around it.

    A value may come from `defaults` or `every_kind`. Of these places, the one that matches most of the path counts.
    """
    best, depth = path, -1
    for written in sources(path):
        known = nearest(written, found)
        missing = len(written) - len(known)
        if depth < 0 or missing < depth:
            best, depth = written, missing
        if any(isinstance(part, int) for part in known):
            break  # the shop's own list replaces the one in the defaults
    return dotted(best), found[nearest(best, found)]


def sources(path: Path) -> list[Path]:
    """All places where the value at a path may be written, the one with the highest priority first."""
    if path[:1] != ("shops",) or len(path) < 3:
        return [path]
    shop, rest = path[:2], path[2:]
    places = [path, ("defaults", *rest)]
    if rest[0] == "kinds" and len(rest) > 2:
        places += [(*shop, "every_kind", *rest[2:]), ("defaults", "every_kind", *rest[2:])]
    return places


def nearest(path: Path, found: Mapping[Path, int]) -> Path:
    while path not in found:
        path = path[:-1]
    return path
