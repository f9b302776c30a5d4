"""The grammar of policy.toml: every key of every table, how it is read, and its default.

templates/policy.toml explains what a key means to people; policy.fields says which values are valid.
"""

from datetime import time
from typing import Any, get_args

from chalicelib.rules.policy import fields as fields
from chalicelib.rules.policy.checks import shop_mistakes
from chalicelib.rules.policy.grammar_promises import (
    CALLS,
    CHAT,
    COUNTRY,
    DESK,
    EXPENSES,
    FEEDBACK,
    FLAG,
    GUARANTEES,
    ID,
    KIND,
    KIND_LIST,
    LASTING,
    MESSAGES,
    ORDERS,
    PERIOD,
    REFERRALS,
    TOPIC,
    WEEK,
    WITHDRAWAL,
    WORDS,
)
from chalicelib.rules.policy.model import (
    Agent,
    Channels,
    ConsumerBody,
    HolidayCalendar,
    Limits,
    MailBudget,
    PartyRole,
    Role,
    Shop,
    ThirdParty,
    WithdrawalTerms,
)
from chalicelib.rules.policy.order_terms import OrderTerms
from chalicelib.rules.policy.promises import (
    FIRST_KINDS,
    KINDS,
    QUESTION,
    AdvertBasis,
    Adverts,
    CallTerms,
    ChatTerms,
    DeskTerms,
    FeedbackTerms,
    MessageTerms,
    Referrals,
    ReportTerms,
)
from chalicelib.rules.policy.tables import BAD, Read, Reading, entries, items, optional, required, scalar, table
from chalicelib.rules.policy.toml_lines import Path
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.rules.timing.worktime import Interval, WorkingHours

ADDRESS = scalar(str, fields.address)
SUPPORT = scalar(str, fields.support_address)
URL = scalar(str, fields.url)
REGION = scalar(str, fields.matching("[A-Z0-9]{1,3}", 'a region without its country, such as "BE" for DE-BE'))
PREFIX = scalar(str, fields.matching("[A-Z]{2,5}", 'two to five capital letters, such as "NL"'))
LANGUAGE_LIST = items(scalar(str, fields.one_of(*fields.LANGUAGES)), least=1)


def languages(raw: Any, path: Path, reading: Reading) -> Any:
    """The shop's languages; every text that is read after this must have them."""
    found = LANGUAGE_LIST(raw, path, reading)
    reading.languages = () if found is BAD else found
    return found


AGENT = table(
    Agent,
    {
        "address": required(ADDRESS, 'address = "ada@northlight.example" or another'),
        "name": required(WORDS, 'name = "Ada Lindqvist" or another'),
        "role": optional(scalar(str, fields.one_of(*get_args(Role))), "agent"),
        "notify": optional(FLAG, True),
    },
)
THIRD_PARTY = table(
    dict,  # a ThirdParty only when the shop's own periods are known, see make_shop
    {
        "id": required(ID, 'id = "swiftparcel" or another'),
        "name": required(WORDS, "its name"),
        "role": required(scalar(str, fields.one_of(*get_args(PartyRole))), 'role = "courier" or another'),
        "address": required(ADDRESS, "the mail address it answers from"),
        "languages": required(LANGUAGE_LIST, 'the languages it reads, such as languages = ["en"]'),
        "answer": optional(PERIOD),
        "reminder": optional(LASTING),
    },
)
BODY = table(
    ConsumerBody,
    {
        "name": required(WORDS, "its name"),
        "url": required(URL, "its web address"),
        "address": optional(WORDS),
        "countries": required(items(COUNTRY, least=1), 'whose customers it serves, such as countries = ["DE"]'),
        "kinds": optional(KIND_LIST, ()),
        "takes_part": required(FLAG, "takes_part = true or false: customers must be told"),
        "checked": required(fields.day, "when this was last seen to be so, such as checked = 2026-11-01"),
    },
)
CLOSED_DAY = table(
    fields.make_closed_day,
    {
        "day": required(fields.closed_day, 'day = 2026-12-24, or "12-24" for each year'),
        "name": required(WORDS, "what the day is"),
    },
)
CHANNELS = table(
    Channels,
    {
        "phone": optional(WORDS),
        "fax": optional(WORDS),
        "post": optional(WORDS),
        "opening": optional(fields.text, {}),
        "calls_recorded": optional(FLAG, False),
        "answered": optional(WEEK, ()),
    },
)
ADVERTS = table(Adverts, {"basis": optional(scalar(str, fields.one_of(*get_args(AdvertBasis))), Adverts().basis)})
REPORTS = table(
    ReportTerms,
    {
        "monthly": optional(FLAG, ReportTerms().monthly),
        "improve_within": optional(PERIOD, ReportTerms().improve_within),
    },
)
_MAX_COUNTED = fields.number(1, 10_000_000)
_BUDGET, _DEFAULT = MailBudget(), Limits(1, 1)
MAIL_BUDGET = table(
    MailBudget,
    {
        "per_recipient_hour": optional(_MAX_COUNTED, _BUDGET.per_recipient_hour),
        "per_recipient_day": optional(_MAX_COUNTED, _BUDGET.per_recipient_day),
        "per_domain_day": optional(_MAX_COUNTED, _BUDGET.per_domain_day),
        "per_provider_day": optional(_MAX_COUNTED, _BUDGET.per_provider_day),
        "per_shop_hour": optional(_MAX_COUNTED, _BUDGET.per_shop_hour),
        "per_shop_day": optional(_MAX_COUNTED, _BUDGET.per_shop_day),
        "providers": optional(items(scalar(str, fields.mail_domain)), _BUDGET.providers),
    },
)
LIMITS = table(
    Limits,
    {
        "per_address_hour": required(fields.number(1, 100_000), "per_address_hour = 10 or another number"),
        "per_source_hour": required(fields.number(1, 100_000), "per_source_hour = 60 or another number"),
        "per_address_day": optional(_MAX_COUNTED, _DEFAULT.per_address_day),
        "per_source_day": optional(_MAX_COUNTED, _DEFAULT.per_source_day),
        "replies_hour": optional(_MAX_COUNTED, _DEFAULT.replies_hour),
        "mails": optional(MAIL_BUDGET, _BUDGET),
    },
)


def make_shop(
    hours: tuple[tuple[Interval, ...], ...],
    closed_days: tuple[Any, ...],
    third_parties: tuple[Any, ...],
    every_kind: Any,
    **rest: Any,
) -> Shop:
    """Build a shop from values that the file has in separate places, so that nothing is written twice."""
    shared: Referrals = rest["referrals"]
    return Shop(
        hours=WorkingHours(rest["timezone"], hours),
        holidays=HolidayCalendar(rest["country"], rest["region"], closed_days),
        third_parties=tuple(
            ThirdParty(
                **{
                    **party,
                    "answer": party["answer"] or shared.answer,
                    "reminder": party["reminder"] or shared.reminder,
                }
            )
            for party in third_parties
        ),
        **rest,
    )


SHOP_FIELDS = {
    "languages": required(languages, 'languages = ["en"] or others'),  # first: the texts need them
    "name": required(WORDS, 'name = "Northlight Lamps" or another'),
    "prefix": required(PREFIX, 'prefix = "NL" or another, with which its references begin'),
    "support": required(SUPPORT, 'support = "care@help.northlight.example" or another address'),
    "aliases": optional(items(SUPPORT), ()),
    "url": required(URL, 'url = "https://www.northlight.example" or another'),
    "colour": required(scalar(str, fields.colour), 'colour = "#1f5fa8" or another'),
    "country": required(COUNTRY, 'country = "DE" or another'),
    "region": optional(REGION),
    "timezone": required(scalar(str, fields.timezone), 'timezone = "Europe/Berlin" or another'),
    "origins": optional(items(scalar(str, fields.origin)), ()),
    "return_urls": optional(items(URL), ()),
    "privacy_url": required(URL, "where the shop's privacy notice is"),
    "terms_url": optional(URL),
    "terms_required": optional(FLAG, False),
    "mail_kind": optional(scalar(str, fields.one_of(*KINDS)), QUESTION),
    "trusted_senders": optional(items(ADDRESS), ()),
    "link_days": required(fields.number(1, 3650), "for how many days a customer's link works, such as link_days = 90"),
    "reopen_days": required(fields.number(0, 3650), "for how many days a reply reopens, such as reopen_days = 30"),
    "hours": required(WEEK, 'working hours, such as hours = { mon = ["09:00-17:30"] }'),
    "closed_days": optional(items(CLOSED_DAY), ()),
    "channels": optional(CHANNELS, Channels(None, None, None, {})),
    "limits": required(LIMITS, "limits = { per_address_hour = 10, per_source_hour = 60 } or other numbers"),
    "kinds": required(entries(KIND, KINDS, needed=FIRST_KINDS), "the kinds of ticket"),
    "every_kind": optional(fields.a_table, {}),  # a table was merged into the kinds before
    "topics": optional(items(TOPIC, unique="id"), ()),
    "agents": required(items(AGENT, unique="address", least=1), "at least one agent under [[shops.….agents]]"),
    "third_parties": optional(items(THIRD_PARTY, unique="id"), ()),
    "bodies": optional(items(BODY), ()),
    "referrals": required(
        REFERRALS, 'referrals = { answer = "5 working days", reminder = "2 working days" } or others'
    ),
    "guarantees": required(GUARANTEES, 'guarantees = { statutory = "2 years" } or another'),
    "remedy": required(PERIOD, 'remedy = "14 days" or another period'),
    "withdrawal": optional(WITHDRAWAL, WithdrawalTerms()),
    "orders": optional(ORDERS, OrderTerms()),
    "expenses": optional(EXPENSES),
    "feedback": optional(FEEDBACK, FeedbackTerms()),
    "calls": optional(CALLS, CallTerms()),
    "chat": optional(CHAT, ChatTerms()),
    "messages": optional(MESSAGES, MessageTerms()),
    "desk": optional(DESK, DeskTerms()),
    "quarantine": optional(LASTING, Period(30, Unit.DAYS)),
    "adverts": optional(ADVERTS, Adverts()),
    "review_request": optional(LASTING),
    "digest_at": optional(scalar(str, fields.time_of_day), time(8)),
    "back_in_stock": optional(LASTING),
    "reports": optional(REPORTS, ReportTerms()),
}
SHOP: Read = table(make_shop, SHOP_FIELDS, check=shop_mistakes, named=True)
