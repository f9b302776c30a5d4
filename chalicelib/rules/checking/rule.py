"""What a rule of `policy-check` is, and what it looks at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.rules.documents.published import Version
from chalicelib.rules.policy.countries import EU, UNITED_KINGDOM
from chalicelib.rules.policy.model import Shop

EU_AND_UK = EU | {UNITED_KINGDOM}
EVERYWHERE: frozenset[str] = frozenset()


class Severity(StrEnum):
    """How much a finding matters."""

    BREACH = "breach"  # the law named says otherwise
    RISK = "risk"  # likely to cost the shop a complaint or a dispute
    LOOK = "look"  # a person should look at it and decide


@dataclass(frozen=True, slots=True)
class Facts:
    """What is checked: a shop, its documents, and the countries where it sells. `texts`: the texts in force, by
    document and language; `today`: by the shop's calendar; `said`: every other text that customers may read, by a name
    that says where it stands."""

    shop: Shop
    versions: tuple[Version, ...]
    texts: Mapping[str, Mapping[str, str]]
    markets: frozenset[str]
    today: date
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `source`: where it comes from; `as_of`: the day as of which the rule says it (docs/law.md says which
    sources were read); `markets`: the countries for which it counts, empty for all. `broken` yields a sentence for each
    way in which it is broken."""

    id: str
    severity: Severity
    source: str
    as_of: date
    broken: Callable[[Facts], Iterator[str]]
    markets: frozenset[str] = EVERYWHERE
    watched: bool = False
    """Whether `health` names it too: the policy alone shows it, and it cannot wait until somebody runs the check."""

    def counts(self, markets: frozenset[str]) -> bool:
        return not self.markets or bool(self.markets & markets)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a shop breaks, and how."""

    rule: Rule
    sentence: str

    def __str__(self) -> str:
        return f"{self.sentence} [{self.rule.id}: {self.rule.source}]"
