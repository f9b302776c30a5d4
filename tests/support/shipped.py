"""The policy that ships. It belongs to the shop, which edits it first of all. So tests check only its form and that it
does not contradict itself; they use none of its numbers, names and shops. They also check it as shops may edit it."""

import copy
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chalicelib.rules.policy.fields import LANGUAGES
from tests.support import policies, shops

FILE = Path(__file__).parents[2] / "templates" / "policy.toml"
DOCUMENTS = FILE.with_name("policies")
HELP = FILE.with_name("help")
RETAIN, TOPIC, LINK_DAYS = "6 years", "gift_card_of_ours", 45
AGENT = {"address": "nia@people.example", "name": "Nia Falk", "role": "agent"}
HOURS = {"tue": ["07:00-11:15", "12:00-20:00"], "sat": ["10:00-13:00"]}
# Keys explained by a comment above them, and keys with a comment on their own line.
EXPLAINED_ABOVE = (
    "acknowledge", "first_answer", "resolve", "extension", "retain", "retain_for", "warn", "escalation",
    "pause_first_answer", "progress", "offered", "notice", "takes_part", "checked", "notify", "role", "kinds", "fault",
)  # fmt: skip
EXPLAINED_BESIDE = (
    "link_days", "reopen_days", "remedy", "quarantine", "review_request", "basis", "per_address_hour",
    "per_source_hour",
    "answer", "reminder", "prefix", "support", "aliases", "languages", "colour", "country", "origins", "return_urls",
    "terms_required", "closed_days", "hours", "channels", "calls_recorded", "guarantees", "statutory", "commercial",
    "given_by", "covers", "free", "statutory_by_country",
)  # fmt: skip


def text() -> str:
    return FILE.read_text(encoding="utf-8")


def edited(text: str) -> str:
    """The policy as shops edit it: retention of complaints, a topic, names, addresses, hours, an agent, days of a
    link."""
    document = tomllib.loads(text)
    for id, shop in document["shops"].items():
        _edit(id, shop, document.get("defaults", {}))
    return policies.toml(document)


def alone(text: str) -> str:
    """The policy reduced to one shop, with another id and without optional keys."""
    document = tomllib.loads(text)
    shop = copy.deepcopy(next(iter(document["shops"].values())))
    for name in ("aliases", "bodies", "channels", "closed_days", "origins", "return_urls", "third_parties"):
        shop.pop(name, None)
    document["shops"] = {"lamps-and-more": shop}
    _edit("lamps-and-more", shop, document.get("defaults", {}))
    return policies.toml(document)


EDITS: dict[str, Callable[[str], str]] = {"as it ships": str, "as shops edit it": edited, "of one shop alone": alone}


def fictional(text: str) -> bool:
    """Whether this project's fictional shops are in it: then its comments are this project's, too."""
    there = set(tomllib.loads(text)["shops"])
    return there >= shops.policy().shops.keys()


def unexplained(text: str) -> Iterator[str]:
    """The keys without a comment that explains what they promise, and to whom."""
    present = set(keys(tomllib.loads(text)))
    for key in present.intersection(EXPLAINED_ABOVE):
        if not re.search(rf"#.*\b{key}\b", text):
            yield key
    for key in present.intersection(EXPLAINED_BESIDE):
        if not re.search(rf"\b{key}\b[^#\n]*#", text):
            yield key


def keys(document: Any) -> Iterator[str]:
    """Every key of a document, at any depth."""
    if isinstance(document, dict):
        yield from document
    for inner in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from keys(inner)


def _edit(id: str, shop: dict[str, Any], defaults: dict[str, Any]) -> None:
    shop |= {"name": f"Lampen & mehr ({id})", "support": f"hello@{id}.edited.example"}
    shop |= {"hours": HOURS, "link_days": LINK_DAYS, "agents": [*shop["agents"], AGENT]}
    topic = {"id": TOPIC, "label": dict.fromkeys(LANGUAGES, "Gift cards"), "kinds": ["complaint"], "fault": "seller"}
    shop["topics"] = [*shop.get("topics", defaults.get("topics", [])), topic]
    shop.setdefault("kinds", {}).setdefault("complaint", {})["retain"] = RETAIN
