"""Checks the addresses and numbers in a policy: mail to them must neither go in circles nor get lost, and a number must
lead to one shop.

All mail to the domain of a support address comes to Aftercare (its MX is SES), for any mailbox. The checks work on raw
values, so that other mistakes don't hide these.
"""

from collections.abc import Iterator
from typing import Any

from chalicelib.rules.identity.addressing import canonical, domain_of
from chalicelib.rules.policy.tables import Reading, dotted, shown
from chalicelib.rules.policy.toml_lines import Path


def address_mistakes(places: dict[Path, Any], reading: Reading) -> None:
    """Note every bad address. `places`: the raw shops by their paths."""
    supports = {canonical(address): path for path, address in _each(places, "support")}
    domains = {domain_of(support): support for support in supports}
    aliases = _aliases(places, supports, reading)
    for path, address in _people(places):
        if canonical(address) in {*supports, *aliases}:
            sentence = (
                f"{shown(address)} is a shop's support address or alias, mail would go in circles: write another."
            )
            reading.bad(path, sentence)
        elif support := domains.get(domain_of(address)):
            reading.bad(path, _swallowed(address, support))
    for path, address in aliases.values():
        if support := domains.get(domain_of(address)):
            domain = domain_of(support)
            sentence = f"{shown(address)} is at {domain}, all of whose mail comes to Aftercare: no server forwards it. "
            reading.bad(path, f"{sentence}Write an address that your own mail server forwards, or leave it out.")


def _aliases(places: dict[Path, Any], supports: dict[str, Path], reading: Reading) -> dict[str, tuple[Path, str]]:
    """Each alias once. An alias that is already taken is noted as a mistake."""
    found: dict[str, tuple[Path, str]] = {}
    for path, address in _listed(places, "aliases"):
        used = supports.get(canonical(address)) or (
            found[canonical(address)][0] if canonical(address) in found else None
        )
        if used:
            reading.bad(path, f"{shown(address)} is taken already (see {dotted(used)}): write another.")
        else:
            found[canonical(address)] = (path, address)
    return found


def number_mistakes(places: dict[Path, Any], reading: Reading) -> None:
    """Note every number by which customers write that is named twice, and every sender of text messages whose answers
    would come to another shop."""
    messages, texts = _within(places, "messages"), _within(_within(places, "calls"), "texts")
    owners: dict[str, Path] = {}
    for path, number in _listed(messages, "aws_numbers"):
        first = owners.setdefault(number.strip().lower(), path)
        if first != path:
            sentence = f"{shown(number)} is taken already (see {dotted(first)}): a number leads to one shop."
            reading.bad(path, f"{sentence} Take it out here or there.")
    for path, number in _each(texts, "identity"):
        owner = owners.get(number.strip().lower(), path)
        if owner[:2] != path[:2]:
            sentence = (
                f"{shown(number)} is a number of another shop (see {dotted(owner)}), which would get the answers:"
            )
            reading.bad(path, f"{sentence} write another.")


def _within(places: dict[Path, Any], key: str) -> dict[Path, Any]:
    """The tables under this key, by their paths."""
    return {(*path, key): raw[key] for path, raw in places.items() if isinstance(raw, dict) and key in raw}


def _swallowed(address: str, support: str) -> str:
    local, _, domain = support.rpartition("@")
    sentence = (
        f"{shown(address)} is at {domain}, all of whose mail comes to Aftercare: what is sent to it never arrives. "
    )
    other = f"{local}@help.{domain}"
    return f"{sentence}Write an address elsewhere, or give support a mail domain of its own, such as {other}."


def _people(places: dict[Path, Any]) -> Iterator[tuple[Path, str]]:
    """The people and systems that a shop's policy names, other than the shop itself."""
    for path, raw in places.items():
        for people in ("agents", "third_parties"):
            listed = raw.get(people) if isinstance(raw, dict) else None
            entries = listed if isinstance(listed, list) else ()
            yield from _each({(*path, people, index): entry for index, entry in enumerate(entries)}, "address")
    yield from _listed(places, "trusted_senders")


def _each(places: dict[Path, Any], key: str) -> Iterator[tuple[Path, str]]:
    for path, raw in places.items():
        address = raw.get(key) if isinstance(raw, dict) else None
        if isinstance(address, str):
            yield (*path, key), address


def _listed(places: dict[Path, Any], key: str) -> Iterator[tuple[Path, str]]:
    for path, raw in places.items():
        listed = raw.get(key) if isinstance(raw, dict) else None
        for index, address in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(address, str):
                yield (*path, key, index), address
