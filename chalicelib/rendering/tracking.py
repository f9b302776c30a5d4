"""Where a carrier says how far a parcel is: templates/carriers.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib.patterns import pattern

FILE = Path(__file__).resolve().parents[2] / "templates" / "carriers.toml"
_LONGEST_URL = 500
_NUMBER = pattern(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{3,49}")
_WORD = pattern(r"\w+")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier. `called`: its proper name. `names`: each as its words in small letters. `url`: with places for the
    values it needs."""

    id: str
    called: str
    names: tuple[tuple[str, ...], ...]
    url: str

    @property
    def needs(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(self.url) if name)


def link(carrier: str, number: str, url: str = "", *, postcode: str = "", country: str = "") -> str:
    """The address of the parcel's page: the source's own `url` if it is a safe https address, otherwise the carrier's.
    "" if there is none. `postcode` and `country`: of the delivery, which some carriers ask for."""
    if safe(url):
        return url
    known = carrier_of(carrier)
    if known is None or not _NUMBER.fullmatch(number.strip()):
        return ""
    values = {"number": number.replace(" ", ""), "postcode": postcode.replace(" ", ""), "country": country.upper()}
    if not all(values[name] for name in known.needs):
        return ""
    return known.url.format(**{name: quote(value, safe="") for name, value in values.items()})


def called(said: str) -> str:
    """The carrier's proper name, where a shop's system writes nothing but a name of it or an id: "dhl", "ROYAL-MAIL". A
    longer name is the shop's own, such as "DHL Paket", and stays."""
    known, words = carrier_of(said), tuple(_WORD.findall(said.lower().replace("_", " ")))
    if known is None:
        known = carrier_of(said.replace("_", " "))
    return known.called if known and words in known.names else said


def safe(url: str) -> bool:
    """Whether the address may become a link: https, a host with a dot, no user, nothing that could end the link."""
    if (
        not url
        or len(url) > _LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or set(url) & set(" \"'<>\\^`{|}")
    ):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host.strip(".") and "@" not in parts.netloc


def carrier_of(said: str) -> Carrier | None:
    """The carrier that a shop's system means: the longest name with which its words begin."""
    words = tuple(_WORD.findall(said.lower()))
    fit = [(len(name), carrier) for carrier in carriers() for name in carrier.names if words[: len(name)] == name]
    return max(fit, key=lambda found: found[0])[1] if fit else None


@cache
def carriers() -> tuple[Carrier, ...]:
    """All carriers of the file."""
    return tuple(_carrier(id, entry) for id, entry in tomllib.loads(FILE.read_text(encoding="utf-8")).items())


def _carrier(id: str, entry: Mapping[str, Any]) -> Carrier:
    return Carrier(
        id, entry["called"], tuple(tuple(_WORD.findall(name.lower())) for name in entry["names"]), entry["url"]
    )
