"""A document with the policy's numbers in words, as canonical Markdown and as safe HTML."""

import re
import traceback
from collections.abc import Collection
from typing import Any

import nh3
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from markdown_it import MarkdownIt

from chalicelib.rendering import durations
from chalicelib.rules.documents.published import DOCUMENTS, canonical
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.periods import Period
from deploy.documents.front_matter import DocumentMistakes, Written
from deploy.documents.names import Unknown, names

# Our own pages, to which a document may lead by "page:contact"; the address is added where it is shown.
PAGES = ("contact", "withdraw", "policy", "policies", "complaints", *DOCUMENTS)
_TAGS = {
    "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "a", "strong", "em", "br", "hr", "blockquote", "table", "thead",
    "tbody", "tr", "th", "td",
}  # fmt: skip
_PAGE = re.compile(r"\(page:([^)]*)\)")
_SCHEMES = {"https", "http", "mailto", "tel", "page"}


def text(source: Written, shop: Shop, pages: Collection[str] = PAGES) -> str:
    """The canonical text, which may lead to these pages of ours. Raises DocumentMistakes with the line of what the
    policy does not have."""
    environment = SandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=lambda value: _said(value, source.language),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "period_after": lambda period: durations.period_after(period, source.language),
        "within": lambda period: durations.within(period, source.language),
    }
    try:
        rendered = environment.from_string(source.body).render(names(shop, source.language))
    except TemplateSyntaxError as mistake:
        raise _mistake(source, mistake.lineno, str(mistake.message)) from None
    except (Unknown, UndefinedError, SecurityError, TypeError, AttributeError) as mistake:
        raise _mistake(source, _line(mistake), str(mistake)) from None
    _check_pages(source, pages)
    return canonical(rendered)


def html(text: str) -> str:
    """The canonical text as HTML that can do nothing but be read."""
    return nh3.clean(
        MarkdownIt("commonmark", {"html": False}).enable("table").render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _check_pages(source: Written, pages: Collection[str]) -> None:
    """Raises DocumentMistakes if a link leads to a page of ours that there is not."""
    for number, line in enumerate(source.body.splitlines(), 1):
        for name in _PAGE.findall(line):
            if name not in pages:
                raise _mistake(source, number, f"page:{name} leads nowhere: the pages are {', '.join(pages)}.")


def title(text: str, source: Written) -> str:
    """The words of the first line, which is the text's only main heading. Raises DocumentMistakes."""
    first, *rest = text.splitlines()
    if not first.startswith("# ") or any(line.startswith("# ") for line in rest):
        raise _mistake(source, 1, 'begin with the title, such as "# Terms", and write no other line with one "#".')
    return first.removeprefix("# ").strip()


def _said(value: Any, language: str) -> Any:
    if value is None:
        raise Unknown("policy.toml does not state this for the shop: leave it out, or state it there.")
    return durations.period(value, language) if isinstance(value, Period) else value


def _line(mistake: Exception) -> int:
    """The template's line on which it was raised: jinja2 puts a frame with that line into the traceback."""
    frames = traceback.extract_tb(mistake.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == "<template>"), 1)


def _mistake(source: Written, line: int, sentence: str) -> DocumentMistakes:
    return DocumentMistakes(f"{source.file}, line {source.begins - 1 + line}: {sentence}")
