"""jinja2 as the templates use it: where they are, and what they can call. Imported when something is first rendered."""

from datetime import date, datetime
from functools import cache

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from markupsafe import escape

from chalicelib.rendering import amounts, durations, words
from chalicelib.rendering.pages import TEMPLATES, excerpt, gist, greetable, paragraphs, quoted, shades

# The package has the templates as Python modules, too (deploy.compiling.templates); the checkout has not.
COMPILED = TEMPLATES.parent / "compiled/templates"


@cache
def environment() -> Environment:
    return environment_of(ModuleLoader(COMPILED) if COMPILED.is_dir() else FileSystemLoader(TEMPLATES))


def environment_of(loader: BaseLoader) -> Environment:
    """What all templates are rendered, and compiled, with."""
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"t": _translate, "words_under": _words_under, "root": "", "language_name": _language_name}
    made.filters |= {"when": _when, "to_the_minute": _to_the_minute, "day": _day, "date": _date}
    made.filters |= {"size": _size, "money": _money, "amount": _amount, "country": _country, "shades": shades}
    made.filters |= {"period": _period, "period_after": _period_after, "within": _within}
    made.filters |= {
        "paragraphs": paragraphs,
        "quoted": quoted,
        "excerpt": excerpt,
        "gist": gist,
        "greetable": greetable,
    }
    return made


@pass_context
def _translate(context: Context, key: str, *, more: bool = False, **values: object) -> str:
    """t("contact.title", shop=shop.name): in HTML, words and values are escaped, except values that are Markup. With
    `more`, there are more than `count`."""
    count, language = values.get("count"), context["language"]
    if isinstance(count, int):
        text = words.phrase(language, key, count, more=more)
        values["count"] = words.number(count, language)
    else:
        text = words.phrase(language, key)
    return escape(text).format(**values) if context.eval_ctx.autoescape else text.format(**values)


@pass_context
def _words_under(context: Context, table: str) -> list[str]:
    """The keys in the table, such as words_under("desk.base.nav"), in the order of the file."""
    return words.under(context["language"], table)


@pass_context
def _when(context: Context, at: datetime | words.DueTime) -> str:
    timezone, language = context["shop"].timezone, context["language"]
    return words.moment(at, timezone, language) if isinstance(at, datetime) else words.due(at, timezone, language)


@pass_context
def _to_the_minute(context: Context, at: datetime) -> str:
    return words.to_the_minute(at, context["shop"].timezone, context["language"])


@pass_context
def _day(context: Context, at: datetime | words.DueTime) -> str:
    return words.day(at if isinstance(at, datetime) else at.at, context["shop"].timezone, context["language"])


@pass_context
def _date(context: Context, on: date) -> str:
    return words.date_in_words(on, context["language"])


@pass_context
def _period(context: Context, period: durations.Period) -> str:
    return durations.period(period, context["language"])


@pass_context
def _period_after(context: Context, period: durations.Period) -> str:
    return durations.period_after(period, context["language"])


@pass_context
def _within(context: Context, period: durations.Period) -> str:
    return durations.within(period, context["language"])


@pass_context
def _money(context: Context, amount: str) -> str:
    return words.money(amount, context["language"])


@pass_context
def _amount(context: Context, amount: amounts.Amount) -> str:
    return amounts.said(amount, context["language"])


@pass_context
def _country(context: Context, code: str) -> str:
    return words.phrase_or(context["language"], f"policy.country.{code}", code)


@pass_context
def _size(context: Context, count: int) -> str:
    return words.size(count, context["language"])


def _language_name(code: str) -> str:
    return words.phrase(code, "language.name")
