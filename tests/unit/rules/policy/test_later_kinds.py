"""Kinds that came after release 0.1.0: built in until a policy states them, and offered unless it says otherwise."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import InvalidFields, PolicyMistakes
from chalicelib.rules.intake import submission
from chalicelib.rules.policy.fields import LANGUAGES
from chalicelib.rules.policy.later_kinds import BUILT_IN
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import FIRST_KINDS, KINDS
from chalicelib.rules.policy.reading import read
from chalicelib.rules.timing.periods import parse
from tests.support import policies, shops
from tests.support.releases import kept

DOCUMENT = tomllib.loads(shops.FILE.read_text(encoding="utf-8"))


def shop_with(kinds: dict[str, Any], every_kind: dict[str, Any] | None = None) -> Shop:
    """The first shop of tests; its policy states these kinds besides the first six."""
    first = {kind: DOCUMENT["defaults"]["kinds"][kind] for kind in FIRST_KINDS}
    defaults = DOCUMENT["defaults"] | {"kinds": first | kinds}
    if every_kind is not None:
        defaults["every_kind"] = DOCUMENT["defaults"]["every_kind"] | every_kind
    return read(policies.toml(DOCUMENT | {"defaults": defaults})).shop("northlight")


def test_each_later_kind_is_built_in_and_no_other() -> None:
    assert (*FIRST_KINDS, *BUILT_IN) == KINDS
    for kind in BUILT_IN.values():
        assert set(kind["label"]) == set(LANGUAGES)


@pytest.mark.parametrize("release", kept.releases(), ids=lambda folder: folder.name)
def test_the_policy_of_every_release_is_read_and_has_every_kind(release: Path) -> None:
    for shop in read((release / "policy.toml").read_text(encoding="utf-8")).shops.values():
        assert tuple(shop.kinds) == KINDS


@pytest.mark.parametrize("kind", BUILT_IN)
class TestAKindThatAPolicyDoesNotState:
    def test_is_promised_and_watched_as_built_in(self, kind: str) -> None:
        known = shop_with({}).kinds[kind]
        assert known.offered
        assert str(known.first_answer) == BUILT_IN[kind]["first_answer"]
        assert known.resolve == (parse(BUILT_IN[kind]["resolve"]) if "resolve" in BUILT_IN[kind] else None)
        assert {step.at for step in known.escalation} == {"warn", "due", "daily"}

    def test_is_read_whatever_every_kind_says(self, kind: str) -> None:
        """A warning 300 days before would contradict each built-in promise."""
        first = {name: DOCUMENT["defaults"]["kinds"][name] | {"warn": "1 minute"} for name in FIRST_KINDS}
        assert shop_with(first, {"warn": "300 days"}).kinds[kind].warn == parse(BUILT_IN[kind]["warn"])


@pytest.mark.parametrize("kind", BUILT_IN)
class TestAKindThatAPolicyStates:
    def test_keeps_what_is_built_in_where_the_policy_is_silent(self, kind: str) -> None:
        known = shop_with({kind: {"resolve": "20 days"}}).kinds[kind]
        assert known.resolve == parse("20 days")
        assert dict(known.label) == BUILT_IN[kind]["label"]

    def test_has_every_kinds_values_as_the_others_do(self, kind: str) -> None:
        known = shop_with({kind: {"resolve": "20 days"}}, {"acknowledge": "7 minutes"}).kinds[kind]
        assert known.acknowledge == parse("7 minutes")

    def test_must_be_a_table(self, kind: str) -> None:
        with pytest.raises(PolicyMistakes, match="a table"):
            shop_with({kind: "yes"})


class TestAKindThatIsNotOffered:
    @pytest.mark.parametrize("kind", [*BUILT_IN, "feedback"])
    def test_is_known_but_no_form_may_choose_it(self, kind: str) -> None:
        own = DOCUMENT["defaults"]["kinds"].get(kind, {})
        shop = shop_with({kind: own | {"offered": False}})
        assert kind in shop.kinds
        assert kind not in [known.id for known in shop.offered]
        problems: dict[str, str] = {}
        submission.choices({"kind": kind}, shop, problems)
        assert problems == {"kind": "unknown"}
        submission.choices({"kind": "complaint"}, shop, problems := {})
        assert problems == {}

    @pytest.mark.parametrize("kind", ["question", "data_request"])
    def test_is_never_one_that_opens_without_being_chosen(self, kind: str) -> None:
        own = DOCUMENT["defaults"]["kinds"][kind]
        with pytest.raises(PolicyMistakes) as caught:
            shop_with({kind: own | {"offered": False}})
        assert caught.value.mistakes[0].key == f"defaults.kinds.{kind}.offered"

    def test_cannot_be_the_kind_of_mails(self) -> None:
        own = DOCUMENT["defaults"]["kinds"]["feedback"]
        document = DOCUMENT | {"defaults": DOCUMENT["defaults"] | {"mail_kind": "feedback"}}
        kinds = document["defaults"]["kinds"] | {"feedback": own | {"offered": False}}
        document["defaults"]["kinds"] = kinds
        with pytest.raises(PolicyMistakes) as caught:
            read(policies.toml(document))
        assert {mistake.key for mistake in caught.value.mistakes} == {"defaults.mail_kind"}


def test_invalid_fields_are_told_for_a_kind_that_is_not_offered() -> None:
    shop = shop_with({kind: {"offered": False} for kind in BUILT_IN})
    fields = {"kind": next(iter(BUILT_IN)), "email": "mira@holm.example", "message": "My data"}
    with pytest.raises(InvalidFields):
        submission.read(fields, shop, date(2026, 12, 1))
