"""Every mistake in a policy is reported at once, with its key, its line, and what to write instead."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import Mistake, PolicyMistakes
from chalicelib.rules.policy.promises import FIRST_KINDS, DeskTerms, Fault, Outcome, SecondReader
from chalicelib.rules.policy.reading import read
from chalicelib.rules.policy.tables import dotted
from tests.support import shops

WHOLE = shops.FILE.read_text("utf-8")

SMALL = """\
[shops.tea]
name = "Tea"
prefix = "TE"
support = "help@care.tea.example"
languages = ["en"]
url = "https://tea.example"
colour = "#1f5fa8"
country = "GB"
timezone = "Europe/London"
privacy_url = "https://tea.example/privacy"
link_days = 90
reopen_days = 30
remedy = "14 days"
hours = { mon = ["09:00-17:00"] }
limits = { per_address_hour = 10, per_source_hour = 60 }
referrals = { answer = "5 working days", reminder = "2 working days" }
guarantees = { statutory = "6 years" }
[[shops.tea.agents]]
address = "ann@tea.example"
name = "Ann"
role = "owner"
[shops.tea.every_kind]
acknowledge = "5 minutes"
retain = "1 year"
[shops.tea.kinds.question]
label = { en = "Question" }
[shops.tea.kinds.complaint]
label = { en = "Complaint" }
first_answer = "2 working days"
resolve = "30 days"
[shops.tea.kinds.data_request]
label = { en = "My data" }
resolve = "1 month"
[shops.tea.kinds.feedback]
label = { en = "Feedback" }
[shops.tea.kinds.warranty]
label = { en = "Warranty" }
[shops.tea.kinds.return]
label = { en = "Return" }
"""


def mistakes(text: str) -> list[Mistake]:
    with pytest.raises(PolicyMistakes) as caught:
        read(text)
    return list(caught.value.mistakes)


def test_a_small_policy_needs_only_these_keys() -> None:
    shop = read(SMALL).shop("tea")
    assert shop.kinds["question"].acknowledge == shop.kinds["complaint"].acknowledge
    assert shop.kinds["question"].first_answer is None
    assert shop.agents[0].notify
    assert shop.channels.phone is None
    assert shop.text(shop.channels.opening, "en") == ""


@pytest.mark.parametrize("kind", FIRST_KINDS)
def test_a_kind_that_tickets_may_have_cannot_be_left_out(kind: str) -> None:
    rest = re.sub(rf"\[shops\.tea\.kinds\.{kind}\]\n(?:[^\[].*\n)*", "", SMALL)
    (mistake,) = mistakes(rest)
    assert mistake.key == f"shops.tea.kinds.{kind}"
    assert "is missing: write it again, for there may be tickets of it" in mistake.sentence


ONE_MISTAKE = [
    # The text in SMALL, its replacement, the key, a part of the sentence.
    ('name = "Tea"', "name = 5", "shops.tea.name", '5 does not fit here: write text in quotes, "like this"'),
    ('name = "Tea"', 'name = " "', "shops.tea.name", "is empty"),
    (
        'name = "Tea"',
        'name = "Tea"\nzzz = 1',
        "shops.tea.zzz",
        "is not known: write one of adverts, agents, aliases",
    ),
    ('prefix = "TE"', 'prefix = "tea"', "shops.tea.prefix", "two to five capital letters"),
    ("help@care.tea.example", "help.tea.example", "shops.tea.support", "is no mail address"),
    ("help@care.tea.example", "help+us@care.tea.example", "shops.tea.support", "leave it out"),
    ("help@care.tea.example", "help@tea", "shops.tea.support", "is no mail address"),
    ('languages = ["en"]', "languages = []", "shops.tea.languages", "write at least one"),
    ('languages = ["en"]', 'languages = "en"', "shops.tea.languages", "a list in square brackets"),
    ('languages = ["en"]', 'languages = ["en", "xx"]', "shops.tea.languages[1]", "write one of de, en"),
    ("https://tea.example/privacy", "tea.example/privacy", "shops.tea.privacy_url", "is no web address"),
    ("https://tea.example/privacy", "http://tea.example/privacy", "shops.tea.privacy_url", "is not secure"),
    ("https://tea.example/privacy", "https://a b.example", "shops.tea.privacy_url", "is no web address"),
    ("https://tea.example/privacy", "https://ann@tea.example", "shops.tea.privacy_url", "is no web address"),
    ("https://tea.example/privacy", "https://[tea", "shops.tea.privacy_url", "is no web address"),
    ("https://tea.example/privacy", "https://tea.example:x", "shops.tea.privacy_url", "is no web address"),
    ("https://tea.example/privacy", "javascript://tea.example", "shops.tea.privacy_url", "is not secure"),
    ('"#1f5fa8"', '"blue"', "shops.tea.colour", "six hexadecimal digits"),
    ('"#1f5fa8"', '"#7fb2ff"', "shops.tea.colour", "too light for buttons"),
    ('"GB"', '"Britain"', "shops.tea.country", "two capital letters"),
    ('"GB"', '"GB"\nregion = "England"', "shops.tea.region", "a region without its country"),
    ("Europe/London", "London", "shops.tea.timezone", "is no time zone"),
    ("Europe/London", "../London", "shops.tea.timezone", "is no time zone"),
    ("link_days = 90", "link_days = 0", "shops.tea.link_days", "from 1 to 3650"),
    ("link_days = 90", "link_days = 90.0", "shops.tea.link_days", "a whole number, without quotes"),
    ("link_days = 90", "link_days = true", "shops.tea.link_days", "true does not fit here"),
    ('remedy = "14 days"', 'remedy = "2 weeks"', "shops.tea.remedy", "has no unit known here"),
    (
        'remedy = "14 days"',
        'remedy = "14 days"\nreview_request = "immediately"',
        "shops.tea.review_request",
        "no sense",
    ),
    (
        'remedy = "14 days"',
        'remedy = "14 days"\nadverts = { basis = "everybody" }',
        "shops.tea.adverts.basis",
        "write one of consent, existing_customer, none",
    ),
    ('mon = ["09:00-17:00"]', "", "shops.tea.hours", "no working time"),
    ('mon = ["09:00-17:00"]', 'monday = ["09:00-17:00"]', "shops.tea.hours.monday", 'did you mean "mon"?'),
    ("09:00-17:00", "9-17", "shops.tea.hours.mon[0]", "is no working time"),
    ("09:00-17:00", "17:00-09:00", "shops.tea.hours.mon[0]", "a night is written on both its days"),
    ("09:00-17:00", "09:00-25:00", "shops.tea.hours.mon[0]", "is no working time"),
    ("09:00-17:00", "09:00-00:00", "shops.tea.hours.mon[0]", "is no working time"),
    ('"09:00-17:00"', '"13:00-17:00", "09:00-12:00"', "shops.tea.hours.mon[1]", "begins before"),
    ('"09:00-17:00"', '"09:00-24:00", "10:00-12:00"', "shops.tea.hours.mon[1]", "begins before"),
    ('"6 years" }', '"6 years", covers = "whole" }', "shops.tea.guarantees.covers", "a guarantee that is not there"),
    ('"6 years" }', '"6 years", given_by = "maker" }', "shops.tea.guarantees.given_by", "write one of producer, shop"),
    (
        '"6 years" }',
        '"6 years", statutory_by_country = { Spain = "3 years" } }',
        "shops.tea.guarantees.statutory_by_country.Spain",
        "two capital letters",
    ),
    (
        '"6 years" }',
        '"6 years", notice = { en = "notice.svg" } }',
        "shops.tea.guarantees.notice.en",
        "is no web address",
    ),
    ("per_address_hour = 10", "per_address_hour = -1", "shops.tea.limits.per_address_hour", "from 1 to"),
    ("per_address_hour = 10, ", "", "shops.tea.limits.per_address_hour", "is missing: write per_address_hour = 10"),
    ('"ann@tea.example"', '"help@care.tea.example"', "shops.tea.agents[0].address", "in circles"),
    (
        '"ann@tea.example"',
        '"ann@Care.TEA.example"',
        "shops.tea.agents[0].address",
        "support a mail domain of its own, such",
    ),
    ("help@care.tea.example", "help@tea.example", "shops.tea.agents[0].address", "such as help@help.tea.example."),
    (
        "link_days = 90",
        'link_days = 90\naliases = "help@tea.example"',
        "shops.tea.aliases",
        "a list in square brackets",
    ),
    ("link_days = 90", 'link_days = 90\naliases = ["tea"]', "shops.tea.aliases[0]", "is no mail address"),
    ("link_days = 90", 'link_days = 90\naliases = ["help+us@tea.example"]', "shops.tea.aliases[0]", "leave it out"),
    ("link_days = 90", 'link_days = 90\naliases = ["ann@tea.example"]', "shops.tea.agents[0].address", "in circles"),
    (
        "link_days = 90",
        'link_days = 90\naliases = ["us@care.tea.example"]',
        "shops.tea.aliases[0]",
        "no server forwards",
    ),
    ("link_days = 90", 'link_days = 90\naliases = ["help@care.tea.example"]', "shops.tea.aliases[0]", "taken already"),
    (
        "link_days = 90",
        'link_days = 90\naliases = ["a@t.example", " A@T.example"]',
        "shops.tea.aliases[1]",
        "aliases[0])",
    ),
    (
        "link_days = 90",
        'link_days = 90\ntrusted_senders = ["robot@care.tea.example"]',
        "shops.tea.trusted_senders[0]",
        "never arrives",
    ),
    (
        "[shops.tea]",
        '[defaults]\ntrusted_senders = ["robot@care.tea.example"]\n[shops.tea]',
        "defaults.trusted_senders[0]",
        "never arrives",
    ),
    (
        "[shops.tea.every_kind]",
        '[[shops.tea.third_parties]]\nid = "van"\nname = "Van"\nrole = "courier"\naddress = "van@care.tea.example"\n'
        'languages = ["en"]\n[shops.tea.every_kind]',
        "shops.tea.third_parties[0].address",
        "never arrives",
    ),
    ('role = "owner"', 'role = "boss"', "shops.tea.agents[0].role", "write one of admin, agent, owner"),
    ('role = "owner"', 'role = "admin"', "shops.tea.agents", 'give one agent role = "owner"'),
    ('name = "Ann"\n', "", "shops.tea.agents[0].name", "is missing: write name"),
    ('label = { en = "Question" }', "label = {}", "shops.tea.kinds.question.label.en", "is missing"),
    ('{ en = "Question" }', '{ en = "Question", fr = "Question" }', "shops.tea.kinds.question.label.fr", "de, en"),
    ('{ en = "Question" }', '"Question"', "shops.tea.kinds.question.label", "each of the languages"),
    ('"5 minutes"', '"5 minuets"', "shops.tea.every_kind.acknowledge", "has no unit known here"),
    ('"5 minutes"', '"3 days"', "shops.tea.every_kind.acknowledge", '"3 days" is later than first_answer ("2 working'),
    ('"2 working days"\nresolve', '"31 days"\nresolve', "shops.tea.kinds.complaint.first_answer", "later than resolve"),
    ('"30 days"', '"30 days"\nwarn = "3 days"', "shops.tea.kinds.complaint.warn", "before the promise even begins"),
    ('"30 days"', '"30 days"\nextension = { times = 1 }', "shops.tea.kinds.complaint.extension.limit", "is missing"),
    ('{ en = "Question" }', '{ en = "Q" }\nextension.limit = "1 day"', "shops.tea.kinds.question.extension", "nothing"),
    (
        '{ en = "Question" }',
        '{ en = "Q" }\npause_first_answer = true',
        "shops.tea.kinds.question.pause_first_answer",
        "no",
    ),
    (
        '{ en = "Question" }',
        '{ en = "Q" }\nescalation = [{ at = "due" }]',
        "shops.tea.kinds.question.escalation",
        "over",
    ),
    ('"30 days"', '"30 days"\nescalation = [{ at = "warn" }]', "shops.tea.kinds.complaint.warn", "is missing"),
    ('"30 days"', '"30 days"\nescalation = [{ at = "later" }]', "shops.tea.kinds.complaint.escalation[0].at", "daily"),
    ('"30 days"', '"30 days"\nretain_for = { lost = "1 day" }', "shops.tea.kinds.complaint.retain_for.lost", "upheld"),
    (
        "[[shops.tea.agents]]",
        '[[shops.tea.topics]]\nid = "x"\nlabel = { en = "X" }\nfault = "postman"\n[[shops.tea.agents]]',
        "shops.tea.topics[0].fault",
        "courier, customer, manufacturer, nobody, seller, unclear",
    ),
    ("link_days = 90", 'link_days = 90\nquarantine = "for ever"', "shops.tea.quarantine", "30 days"),
    ("link_days = 90", 'link_days = 90\nquarantine = "immediately"', "shops.tea.quarantine", "immediately"),
    ("link_days = 90", "link_days = 90\nterms_required = true", "shops.tea.terms_url", "is missing: terms_required"),
    ("link_days = 90", 'link_days = 90\norigins = ["https://tea.example/"]', "shops.tea.origins[0]", "final slash"),
    ("link_days = 90", 'link_days = 90\nreturn_urls = ["http://tea.example"]', "shops.tea.return_urls[0]", "secure"),
    (
        "link_days = 90",
        'link_days = 90\nclosed_days = [{ day = "24.12.", name = "x" }]',
        "shops.tea.closed_days[0].day",
        "no",
    ),
    ("[shops.tea.every_kind]", "[defaults]\nlink_day = 1\n[shops.tea.every_kind]", "defaults.link_day", '"link_days"?'),
    ("[shops.tea]", "shop = 1\n[shops.tea]", "shop", 'did you mean "shops"?'),
    ("[shops.tea]", "defaults = 1\n[shops.tea]", "defaults", "a table"),
]


@pytest.mark.parametrize(("old", "new", "key", "sentence"), ONE_MISTAKE, ids=[row[1][:40] for row in ONE_MISTAKE])
def test_each_mistake_is_reported(old: str, new: str, key: str, sentence: str) -> None:
    assert SMALL.count(old) >= 1
    text = SMALL.replace(old, new, 1)
    found = mistakes(text)
    assert [mistake.key for mistake in found] == [key], found
    (mistake,) = found
    assert sentence in mistake.sentence
    assert mistake.sentence[-1] in ".?"
    name = re.split(r"[.\[]", key.removesuffix("]"))
    written = text.splitlines()[mistake.line - 1]
    assert name[-1] in written or name[-2] in written or "is missing" in mistake.sentence


def test_a_misspelt_key_is_reported_with_the_key_that_is_missing() -> None:
    found = mistakes(SMALL.replace('name = "Tea"', 'nome = "Tea"'))
    assert [(mistake.key, mistake.line) for mistake in found] == [("shops.tea.name", 1), ("shops.tea.nome", 2)]
    assert "missing" in found[0].sentence
    assert 'did you mean "name"?' in found[1].sentence
    found = mistakes(SMALL.replace("kinds.question", "kinds.questions"))
    assert {mistake.key for mistake in found} == {"shops.tea.kinds.question", "shops.tea.kinds.questions"}


def test_the_reported_line_is_the_keys() -> None:
    (mistake,) = mistakes(SMALL.replace('"30 days"', '"30 dayz"'))
    assert SMALL.splitlines()[mistake.line - 1] == 'resolve = "30 days"'
    (mistake,) = mistakes(
        SMALL.replace('resolve = "30 days"', 'resolve = "30 days"\nextension = { times = 0, limit = "1 day" }')
    )
    assert mistake.key == "shops.tea.kinds.complaint.extension.times"
    (mistake,) = mistakes(SMALL.replace('name = "Ann"\n', ""))
    assert SMALL.splitlines()[mistake.line - 1] == "[[shops.tea.agents]]"


def two_shops(old: str = "bob@pot", new: str = "bob@pot") -> str:
    """SMALL and a second shop like it; in the second, `new` stands in place of `old`."""
    other = (
        SMALL.replace("shops.tea", "shops.pot").replace("ann@tea", "bob@pot").replace("help@care.tea", "help@care.pot")
    )
    return SMALL + other.replace('prefix = "TE"', 'prefix = "PO"').replace(old, new)


def test_shops_share_neither_address_nor_prefix_nor_agents_with_a_support_address() -> None:
    assert len(read(two_shops()).shops) == 2
    (mistake,) = mistakes(two_shops("help@care.pot.example", "Help@Care.Tea.example"))
    assert (mistake.key, "taken already (see tea)" in mistake.sentence) == ("shops.pot.support", True)
    (mistake,) = mistakes(two_shops('"PO"', '"TE"'))
    assert mistake.key == "shops.pot.prefix"
    (mistake,) = mistakes(two_shops("bob@pot.example", "help@care.tea.example"))
    assert mistake.key == "shops.pot.agents[0].address"


def test_no_agent_or_alias_is_at_another_shops_mail_domain() -> None:
    (mistake,) = mistakes(two_shops("bob@pot.example", "bob@care.tea.example"))
    assert mistake.key == "shops.pot.agents[0].address"
    assert "care.tea.example, all of whose mail comes to Aftercare" in mistake.sentence
    alias = 'link_days = 90\naliases = ["help@care.tea.example"]'
    (mistake,) = mistakes(two_shops("link_days = 90", alias))
    assert (mistake.key, "taken already (see shops.tea.support)" in mistake.sentence) == ("shops.pot.aliases[0]", True)
    (mistake,) = mistakes(two_shops("link_days = 90", alias.replace("help@", "us@")))
    assert (mistake.key, "no server forwards it" in mistake.sentence) == ("shops.pot.aliases[0]", True)
    assert read(two_shops("link_days = 90", 'link_days = 90\naliases = ["help@tea.example"]')).shop_of(
        "help@tea.example"
    )


TEXTS = '[shops.pot.calls]\nwindows = { mon = ["10:00-12:00"] }\n[shops.pot.calls.texts]\nidentity = "+4930123456"\n'
ID = "phone-number-id-976c72a7"


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ('"+4930123456"', '"+4930123456"', "shops.pot.messages.aws_numbers[0]"),
        (f'"{ID}"', f'"+4930999999", "{ID.replace("c72a", "C72A")}"', "shops.pot.messages.aws_numbers[1]"),
        ('"+4930123456", "+4930123456"', "", "shops.tea.messages.aws_numbers[1]"),
    ],
)
def test_a_number_leads_to_one_shop(first: str, second: str, key: str) -> None:
    numbers = f"[shops.tea.messages]\naws_numbers = [{first}]\n[shops.pot.messages]\naws_numbers = [{second}]\n"
    (mistake,) = mistakes(two_shops() + numbers)
    assert (mistake.key, "taken already (see shops.tea.messages.aws_numbers[0])" in mistake.sentence) == (key, True)


def test_a_number_of_the_defaults_is_every_shops_and_refused() -> None:
    (mistake,) = mistakes('[defaults.messages]\naws_numbers = ["+4930123456"]\n' + two_shops())
    assert mistake.key == "defaults.messages.aws_numbers[0]"


def test_a_shop_sends_text_messages_from_no_number_of_another() -> None:
    own = '[shops.pot.messages]\naws_numbers = ["+4930123456"]\n'
    assert len(read(two_shops() + TEXTS + own).shops) == 2
    (mistake,) = mistakes(two_shops() + TEXTS + own.replace("shops.pot", "shops.tea"))
    assert (mistake.key, "(see shops.tea.messages.aws_numbers[0])" in mistake.sentence) == (
        "shops.pot.calls.texts.identity",
        True,
    )


def test_a_subdomain_of_a_mail_domain_is_another_domain() -> None:
    """An MX record or a receipt rule for a domain says nothing about its subdomains."""
    assert read(SMALL.replace("ann@tea.example", "ann@staff.care.tea.example"))


def test_an_agent_listed_twice_in_other_spelling_is_reported() -> None:
    again = '[[shops.tea.agents]]\naddress = " ANN@tea.example"\nname = "Ann"\nrole = "nothing"\n'
    found = mistakes(SMALL + again)
    assert [mistake.key for mistake in found] == ["shops.tea.agents[1].address", "shops.tea.agents[1].role"]
    assert "taken already (see [0])" in found[0].sentence
    assert found[0].line == SMALL.count("\n") + 2


def test_a_mistake_in_the_defaults_is_reported_once_at_its_place() -> None:
    text = WHOLE.replace('first_answer = "2 working days"', 'first_answer = "2 working dayz"', 1)
    (mistake,) = mistakes(text)
    assert mistake.key == "defaults.kinds.complaint.first_answer"
    assert "dayz" in text.splitlines()[mistake.line - 1]
    (mistake,) = mistakes(WHOLE.replace('"5 minutes"', '"5 minuets"'))
    assert mistake.key == "defaults.every_kind.acknowledge"
    missing = mistakes(WHOLE.replace('acknowledge = "5 minutes"\n', ""))
    assert [mistake.key for mistake in missing] == [f"defaults.kinds.{kind}.acknowledge" for kind in FIRST_KINDS]
    (mistake,) = mistakes(WHOLE.replace('id = "late"', 'id = "faulty"'))
    assert mistake.key == "defaults.topics[4].id"


def test_a_shops_own_values_override_the_defaults() -> None:
    text = (
        WHOLE
        + '[shops.kettle.kinds.complaint]\nfirst_answer = "1 working day"\nlabel.en = "Grumble"\n'
        + '[[shops.kettle.topics]]\nid = "tea"\nlabel = { en = "Tea" }\n'
    )
    kettle, northlight = read(text).shop("kettle"), read(text).shop("northlight")
    assert str(kettle.kinds["complaint"].first_answer) == "1 working day"
    assert kettle.kinds["complaint"].label == {"en": "Grumble", "de": "Beschwerde"}
    assert kettle.kinds["complaint"].resolve == northlight.kinds["complaint"].resolve
    assert [topic.id for topic in kettle.topics] == ["tea"]
    assert str(northlight.kinds["complaint"].first_answer) == "2 working days"
    (mistake,) = mistakes(text.replace('label = { en = "Tea" }\n', ""))
    assert mistake.key == "shops.kettle.topics[0].label"
    assert mistake.line == text[: text.index('id = "tea"')].count("\n")


def test_local_addresses_need_no_tls() -> None:
    local = 'origins = ["http://localhost:8000"]\nreturn_urls = ["http://127.0.0.1:8000/thanks"]\n'
    shop = read(SMALL.replace("link_days", f"{local}link_days", 1)).shop("tea")
    assert shop.origins == ("http://localhost:8000",)
    assert shop.return_urls == ("http://127.0.0.1:8000/thanks",)


def test_a_night_and_closed_days_are_read() -> None:
    text = SMALL.replace('mon = ["09:00-17:00"]', 'mon = ["00:00-06:00", "22:00 – 24:00"]')
    text = text.replace(
        "link_days", 'closed_days = [{ day = 2026-12-24, name = "x" }, { day = "02-29", name = "y" }]\nlink_days', 1
    )
    shop = read(text).shop("tea")
    assert [[f"{t:%H:%M}" for t in span] for span in shop.hours.week[0]] == [["00:00", "06:00"], ["22:00", "00:00"]]
    leap, plain = date(2028, 2, 29), date(2026, 12, 24)
    assert [day.falls_on(plain) for day in shop.holidays.extra] == [True, False]
    assert [day.falls_on(leap) for day in shop.holidays.extra] == [False, True]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[shops]\n", "[defaults]\nlink_days = 1\n"])
def test_a_policy_without_a_shop_says_so(text: str) -> None:
    (mistake,) = mistakes(text)
    assert (mistake.key, mistake.line) == ("shops", 1)
    assert "[shops." in mistake.sentence


def test_shops_must_be_tables_and_ids_must_fit_an_address() -> None:
    assert [(m.key, m.line) for m in mistakes("shops = 1")] == [("shops", 1)]
    assert [(m.key, m.line) for m in mistakes("\n[shops]\ntea = 1")] == [("shops.tea", 3)]
    (mistake,) = mistakes(SMALL.replace("shops.tea", 'shops."Té a"'))
    assert (mistake.key, mistake.line) == ('shops."Té a"', 1)
    assert "no shop id" in mistake.sentence


@pytest.mark.parametrize(
    ("text", "line"),
    [('a = "x"\nb = \n', 2), ("a = 1\na = 2\n", 2), ("a = 1\n\n[b", 3), ('x = """\n\n', 3), ("a = 1\n[a]\n", 2)],
)
def test_invalid_toml_is_one_mistake_with_its_line(text: str, line: int) -> None:
    (mistake,) = mistakes(text)
    assert abs(mistake.line - line) <= 1
    assert "no valid TOML" in mistake.sentence


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path
    else:
        for key, each in inner:
            yield from leaves(each, (*path, key))


def written(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {written(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str):
        return (
            '"' + "".join(f"\\u{ord(c):04x}" if c in '"\\' or ord(c) < 32 or ord(c) == 127 else c for c in value) + '"'
        )
    return str(value).lower() if isinstance(value, bool) else str(value)


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


RAW = tomllib.loads(WHOLE)
LEAVES = list(leaves(RAW))


def test_every_value_can_be_wrong_at_once_and_each_is_reported() -> None:
    """No mistake hides behind another. Mistakes in defaults are reported once; tables like `kinds` are checked
    inside."""
    raw = RAW
    for path in LEAVES:
        raw = put(raw, path, 3.5)
    text = "\n".join(f"{key} = {written(value)}" for key, value in raw.items())
    found = mistakes(text)
    told = {mistake.key for mistake in found}
    assert {dotted(path) for path in LEAVES} <= told
    assert {mistake.line for mistake in found} == {1, 2}


@given(st.sampled_from(LEAVES), st.integers(1, 9), st.recursive(
    st.one_of(st.none().map(lambda _: ""), st.text(max_size=5), st.integers(), st.booleans(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text("ab", max_size=2), inner, max_size=2)),
    max_leaves=4,
))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_value_anywhere_is_read_or_reported(path: tuple[str | int, ...], depth: int, value: Any) -> None:
    raw = put(RAW, path[:depth], value)
    text = "\n".join(f"{key} = {written(each)}" for key, each in raw.items())
    try:
        read(text)
    except PolicyMistakes as caught:
        assert all(m.key and m.sentence and 1 <= m.line <= 2 for m in caught.mistakes)
        assert all(m.key.split(".")[0] in ("shops", "defaults") for m in caught.mistakes)


def test_a_topics_fault_and_an_outcomes_retention_are_those_of_tickets() -> None:
    topic = '[[shops.tea.topics]]\nid = "torn"\nlabel = { en = "Torn" }\nfault = "courier"\n'
    text = SMALL.replace('"30 days"', '"30 days"\nretain_for = { settled = "2 years" }', 1)
    shop = read(text + topic).shop("tea")
    assert shop.topics[0].fault is Fault.COURIER
    complaint = shop.kinds["complaint"]
    kept = {outcome: complaint.retention(outcome).amount for outcome in (None, *Outcome)}
    assert kept == dict.fromkeys((None, *Outcome), 1) | {Outcome.SETTLED: 2}


@given(st.integers(0, 0xFFFFFF))
@settings(max_examples=50)
def test_the_darker_colour_proposed_is_accepted(shade: int) -> None:
    text = SMALL.replace("#1f5fa8", f"#{shade:06x}")
    try:
        read(text)
    except PolicyMistakes as caught:
        (mistake,) = caught.mistakes
        proposed = re.findall("#[0-9a-f]{6}", mistake.sentence)[-1]
        assert read(text.replace(f"#{shade:06x}", proposed)).shop("tea").colour == proposed


@pytest.mark.parametrize(
    ("kinds", "promise"),
    [('["question"]', "2 working days"), ('["complaint", "question"]', "1 working day"), ("[]", "1 hour")],
)
def test_a_topic_promises_no_later_answer_than_its_kinds(kinds: str, promise: str) -> None:
    """A question promises no answer there, so a topic can't promise a sooner one."""
    topic = (
        f'[[shops.tea.topics]]\nid = "soon"\nlabel = {{ en = "Soon" }}\nkinds = {kinds}\nfirst_answer = "{promise}"\n'
    )
    with pytest.raises(PolicyMistakes) as found:
        read(SMALL + topic)
    assert any("soon: first_answer" in str(mistake) for mistake in found.value.mistakes)
    fine = topic.replace(kinds, '["complaint"]')
    assert read(SMALL + fine).shop("tea").topics[0].first_answer


SECOND_AGENT = '[[shops.tea.agents]]\nname = "Bo"\naddress = "bo@tea.example"\nrole = "agent"\n'


@pytest.mark.parametrize(
    ("desk", "more", "sentence"),
    [
        ('second_reader = { topics = ["torn"] }', SECOND_AGENT, "second_reader names no topic of this shop: torn"),
        ("second_reader = { heat = true }", "", "asks for a second agent, and there is only one"),
        ("undo_minutes = 61", "", "write a whole number from 0 to 60"),
        ('second_reader = { kinds = ["poem"] }', SECOND_AGENT, '"poem"'),
    ],
)
def test_a_second_reader_is_asked_for_only_where_there_can_be_one(desk: str, more: str, sentence: str) -> None:
    (mistake,) = mistakes(f"{SMALL}{more}[shops.tea.desk]\n{desk}\n")
    assert mistake.key.startswith("shops.tea.desk")
    assert sentence in mistake.sentence


def test_what_the_desk_is_careful_with_is_read() -> None:
    desk = "undo_minutes = 10\nsecond_reader = { amount = 50000, kinds = ['complaint'], heat = true }"
    read_as = read(f"{SMALL}{SECOND_AGENT}[shops.tea.desk]\n{desk}\n").shop("tea").desk
    assert read_as == DeskTerms(10, SecondReader(kinds=("complaint",), amount=50000, heat=True))
    assert read(SMALL).shop("tea").desk == DeskTerms()
