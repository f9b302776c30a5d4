"""The grammar of what policy.toml promises per kind of ticket (policy.promises has the values)."""

from collections.abc import Iterator
from typing import Any, get_args

from chalicelib.patterns import pattern
from chalicelib.rules.policy import fields as fields
from chalicelib.rules.policy.checks import guarantee_mistakes, kind_mistakes, order_mistakes
from chalicelib.rules.policy.countries import CALLED
from chalicelib.rules.policy.order_terms import OrderTerms
from chalicelib.rules.policy.promises import (
    KINDS,
    LINK_TAKES,
    LONGEST_TEMPLATE,
    CallTerms,
    ChatTerms,
    DeskTerms,
    ExpenseTariff,
    Extension,
    Fault,
    FeedbackTerms,
    Guarantees,
    Kind,
    MessageTemplate,
    MessageTerms,
    Outcome,
    Recipient,
    Referrals,
    ReviewService,
    SecondReader,
    Step,
    TemplateValue,
    TextTerms,
    Topic,
    WithdrawalTerms,
)
from chalicelib.rules.policy.tables import BAD, Reading, Values, entries, items, optional, required, scalar, table
from chalicelib.rules.policy.toml_lines import Path
from chalicelib.rules.timing.periods import parse

WORDS = scalar(str, fields.words)
FLAG = scalar(bool)
PERIOD = scalar(str, parse)
LASTING = scalar(str, fields.lasting)
ID = scalar(str, fields.matching("[a-z][a-z0-9_]{0,39}", 'small letters, digits and "_", such as "not_received"'))
KIND_LIST = items(scalar(str, fields.one_of(*KINDS)))

STEP = table(
    Step,
    {
        "at": required(scalar(str, fields.one_of("warn", "due", "daily")), 'at = "warn", "due" or "daily"'),
        "mail": optional(items(scalar(str, fields.one_of(*get_args(Recipient)))), ()),
        "priority": optional(scalar(str, fields.one_of("high", "urgent"))),
        "reassign": optional(scalar(str, fields.one_of("owner"))),
    },
)
EXTENSION = table(
    Extension,
    {
        "limit": required(LASTING, 'how much longer in all, such as limit = "30 days"'),
        "times": optional(fields.number(1, 12), 1),
    },
)
KIND = table(
    Kind,
    {
        "label": required(fields.text, 'what customers see, such as label = { en = "Complaint" }'),
        "acknowledge": required(PERIOD, 'acknowledge = "5 minutes" or another period'),
        "first_answer": optional(PERIOD),
        "resolve": optional(PERIOD),
        "extension": optional(EXTENSION),
        "warn": optional(LASTING),
        "escalation": optional(items(STEP), ()),
        "retain": required(LASTING, 'how long closed tickets are kept, such as retain = "3 years"'),
        "retain_for": optional(entries(LASTING, tuple(Outcome)), {}),
        "pause_first_answer": optional(FLAG, False),
        "close_after": optional(LASTING),
        "progress": optional(LASTING),
        "offered": optional(FLAG, True),
    },
    check=kind_mistakes,
    named=True,
)
TOPIC = table(
    Topic,
    {
        "id": required(ID, 'id = "not_received" or another'),
        "label": required(fields.text, 'what customers see, such as label = { en = "Not received" }'),
        "kinds": optional(KIND_LIST, ()),
        "fault": optional(scalar(str, fields.member(Fault))),
        "first_answer": optional(PERIOD),
    },
)
REFERRALS = table(
    Referrals,
    {
        "answer": required(PERIOD, 'answer = "5 working days" or another period'),
        "reminder": required(LASTING, 'reminder = "2 working days" or another period'),
    },
)
_TERMS = WithdrawalTerms()
WITHDRAWAL = table(
    WithdrawalTerms,
    {
        "period": optional(LASTING, _TERMS.period),
        "refund": optional(LASTING, _TERMS.refund),
        "send_back": optional(LASTING, _TERMS.send_back),
        "wait_for_goods": optional(FLAG, _TERMS.wait_for_goods),
        "after_goods": optional(PERIOD, _TERMS.after_goods),
    },
)
_ORDERS = OrderTerms()
ORDERS = table(
    OrderTerms,
    {
        "confirmation": optional(scalar(str, fields.one_of("aftercare", "shop")), _ORDERS.confirmation),
        "contract": optional(scalar(str, fields.one_of("on_confirmation", "on_dispatch")), _ORDERS.contract),
        "confirm": optional(LASTING, _ORDERS.confirm),
        "dispatch": optional(LASTING, _ORDERS.dispatch),
        "deliver": optional(LASTING, _ORDERS.deliver),
        "silence": optional(LASTING, _ORDERS.silence),
        "choice": optional(LASTING, _ORDERS.choice),
        "tell_stock": optional(LASTING, _ORDERS.tell_stock),
        "refund": optional(LASTING, _ORDERS.refund),
        "price_error": optional(LASTING, _ORDERS.price_error),
        "retain": optional(LASTING, _ORDERS.retain),
        "published": optional(FLAG, _ORDERS.published),
        "webhook": optional(scalar(str, fields.webhook), _ORDERS.webhook),
        "thanks": optional(LASTING),
        "followup": optional(LASTING),
    },
    check=order_mistakes,
)
COUNTRY = scalar(str, fields.matching("[A-Z]{2}", 'the two capital letters of a country, such as "DE"'))
WEEK = table(
    lambda **days: tuple(days.values()),
    {day: optional(fields.intervals, ()) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
)
_CALLS = CallTerms()
_TEXTS = TextTerms("")
TEXTS = table(
    TextTerms,
    {
        "identity": required(
            scalar(
                str, fields.matching(r"[A-Za-z0-9_:/+-]{1,256}", 'a number, sender ID or pool, such as "NORTHLIGHT"')
            ),
            'identity = "NORTHLIGHT" or another sender',
        ),
        "a_day": optional(fields.number(0, 10_000), _TEXTS.a_day),
        "price": optional(fields.number(1, 99), _TEXTS.price),
    },
)
CALLS = table(
    CallTerms,
    {
        "windows": optional(WEEK, _CALLS.windows),
        "soon": optional(fields.number(1, 480), _CALLS.soon),
        "per_slot": optional(fields.number(1, 100), _CALLS.per_slot),
        "days": optional(fields.number(1, 20), _CALLS.days),
        "countries": optional(items(scalar(str, fields.one_of(*CALLED))), _CALLS.countries),
        "number": optional(WORDS),
        "missed_a_day": optional(fields.number(0, 10_000), _CALLS.missed_a_day),
        "texts": optional(TEXTS),
    },
)
_AWS_NUMBER = fields.matching(
    r"\+[1-9][0-9]{6,14}|phone-number-id-[0-9a-zA-Z]{1,64}", 'a number such as "+4930123456", or WhatsApp\'s id of it'
)
_PLACES = pattern(r"\{\{([^{}]*)\}\}")
_MOST_TEMPLATES = 20


def _template_text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEMPLATE:
        raise ValueError(f"is empty or too long: WhatsApp approves up to {LONGEST_TEMPLATE} characters.")
    return text


def _template_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """What WhatsApp would refuse when it is sent, or what would be no answer."""
    places, named = _PLACES.findall(values.get("text", "")), values.get("values", ())
    if places != [str(number) for number in range(1, len(named) + 1)]:
        yield (
            "values",
            "does not fit the text: write one value for each of {{1}}, {{2}} and so on, which stand in order.",
        )
    if len(values.get("text", "")) + LINK_TAKES * named.count(TemplateValue.LINK) > LONGEST_TEMPLATE:
        yield "text", f"is too long with its links, each of which may take {LINK_TAKES} characters: shorten it."
    if named.count(TemplateValue.TEXT) > 1:
        yield "values", 'has "text" twice: an agent writes one text.'
    if values.get("answers") and TemplateValue.TEXT not in named:
        yield "answers", 'is true, but nobody says anything in it: only a template with the value "text" can answer.'


def _templates(raw: Any, path: Path, reading: Reading) -> Any:
    found = items(TEMPLATE)(raw, path, reading)
    if found is BAD:
        return BAD
    if len(found) > _MOST_TEMPLATES or len({each.key for each in found}) < len(found):
        return reading.bad(path, f"has more than {_MOST_TEMPLATES} templates, or one twice.")
    return found


TEMPLATE = table(
    MessageTemplate,
    {
        "name": required(
            scalar(str, fields.matching("[a-z0-9_]{1,512}", "the name that WhatsApp knows")), 'name = "please_write"'
        ),
        "language": required(
            scalar(str, fields.matching("[a-z]{2,3}(_[A-Z]{2})?", 'WhatsApp\'s code, such as "en" or "en_GB"')),
            'language = "en"',
        ),
        "text": required(scalar(str, _template_text), 'text = "…", as WhatsApp approved it'),
        "values": optional(items(scalar(str, fields.member(TemplateValue))), ()),
        "answers": optional(FLAG, False),
    },
    check=_template_mistakes,
)
MESSAGES = table(
    MessageTerms,
    {
        "aws_numbers": optional(items(scalar(str, _AWS_NUMBER)), ()),
        "public_reply": optional(FLAG, MessageTerms().public_reply),
        "new_an_hour": optional(fields.number(1, 100_000), MessageTerms().new_an_hour),
        "templates": optional(_templates, ()),
    },
)
_CHAT = ChatTerms()
CHAT = table(
    ChatTerms,
    {
        "hours": optional(WEEK, _CHAT.hours),
        "answer": optional(scalar(str, fields.minutes), _CHAT.answer),
        "ring_after": optional(fields.number(10, 600), _CHAT.ring_after),
        "per_agent": optional(fields.number(1, 20), _CHAT.per_agent),
        "silence": optional(scalar(str, fields.minutes), _CHAT.silence),
    },
)


def by_country(raw: Any, path: Path, reading: Reading) -> Any:
    """Periods by country."""
    wrong = [COUNTRY(code, (*path, code), reading) for code in raw] if isinstance(raw, dict) else []
    found = entries(LASTING)(raw, path, reading)
    return BAD if BAD in wrong else found


REVIEW_SERVICE = table(
    ReviewService,
    {
        "name": required(WORDS, "its name"),
        "url": required(scalar(str, fields.url), "the shop's page there"),
    },
)
_CURRENCY = scalar(str, fields.matching("[A-Z]{3}", 'the three letters of a currency, such as "EUR"'))
_UNITS = fields.number(0, 1_000_000)
EXPENSES = table(
    ExpenseTariff,
    {
        "currency": required(_CURRENCY, 'currency = "EUR" or another'),
        "most": required(fields.number(1, 1_000_000), "most = 3000 or another number of its smallest unit"),
        "call_minute": optional(_UNITS, 0),
        "hour": optional(_UNITS, 0),
        "postage": optional(FLAG, True),
    },
)
_FEEDBACK = FeedbackTerms()
FEEDBACK = table(
    FeedbackTerms,
    {
        "form": optional(FLAG, _FEEDBACK.form),
        "ratings": optional(FLAG, _FEEDBACK.ratings),
        "record": optional(FLAG, _FEEDBACK.record),
        "services": optional(items(REVIEW_SERVICE), ()),
    },
)
_DESK, _SECOND = DeskTerms(), SecondReader()
DESK = table(
    DeskTerms,
    {
        "undo_minutes": optional(fields.number(0, 60), _DESK.undo_minutes),
        "second_reader": optional(
            table(
                SecondReader,
                {
                    "kinds": optional(KIND_LIST, ()),
                    "topics": optional(items(ID), ()),
                    "amount": optional(fields.number(1, 100_000_000)),
                    "heat": optional(FLAG, _SECOND.heat),
                },
            ),
            _SECOND,
        ),
        "agreements": optional(FLAG, _DESK.agreements),
    },
)
GUARANTEES = table(
    Guarantees,
    {
        "statutory": required(LASTING, 'what the law gives, such as statutory = "2 years"'),
        "commercial": optional(LASTING),
        "statutory_by_country": optional(by_country, {}),
        "given_by": optional(scalar(str, fields.one_of("producer", "shop"))),
        "covers": optional(scalar(str, fields.one_of("whole", "part"))),
        "free": optional(FLAG, True),
        "notice": optional(entries(scalar(str, fields.url), fields.LANGUAGES), {}),
    },
    check=guarantee_mistakes,
)
