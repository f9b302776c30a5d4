"""Renders the pages and mails that customers and agents see, from templates/ in a language of templates/words/.

Templates are trusted, their values are not: HTML is escaped, and an undefined name or a missing word is an error.
"""

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from markupsafe import Markup, escape

from chalicelib.contrast import ENOUGH, channels, contrast, luminance
from chalicelib.patterns import pattern
from chalicelib.rendering import words

# Next to chalicelib both in the checkout and in Lambda, where Chalice unpacks vendor/ (and so templates/) at the top.
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
TEXT_WIDTH = 76
LONGEST_LEAD = 20  # the longest start of a line that its continuations repeat: ten levels of quotes
JOINERS = "\u200c\u200d"  # used in the spelling of Persian and Indian names
# What mail programs turn into links: schemes, mail addresses, IP addresses, and any two words with a dot between them.
_LINKABLE = pattern(
    r"\w://|//\w|\\\\|\b(?:h..ps?|ftp|mailto|tel|sms|skype|data|javascript|file):\S|@|\bwww\b|\d{1,3}(?:\.\d{1,3}){3}"
    r"|\w *(?:\.|[\[({] *(?:\.|dot|punkt) *[\])}])[^\W\d_]{2}",
    re.IGNORECASE,
)
# What holds the parts of an address together.
_JOINS = frozenset(".:/@\\")
# How many characters are shown of a text for which the page has no room, and how many bytes each contribution takes
# besides its text.
_BEGINNING, _AROUND = 2_000, 1_000
# What textwrap writes as a space.
_SPACES = str.maketrans(dict.fromkeys("\t\n\x0b\x0c\r", " "))
SIGNATURE = "-- "  # mail programs leave out of replies what follows this line (RFC 3676, 4.3)
# The mails that only the shop's own people get; the short form says whose it is.
TO_AGENTS = frozenset({
    "notification_new", "notification_reply", "notification_referral", "not_delivered_to_customer", "left_out",
    "undelivered", "escalation", "answer_to_read", "order_task", "due_together", "digest", "monthly_report",
    "token_refused", "sign_in", "service_reply",
})  # fmt: skip
# The background colours of aftercare.css.
LIGHT_GROUND, DARK_GROUND = "#f7f6f3", "#23211f"


_Contribution = TypeVar("_Contribution")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def page(name: str, language: str, /, **context: object) -> str:
    """The page templates/pages/<name>.html."""
    return _render(f"pages/{name}.html", context | {"language": language})


def mail(name: str, language: str, /, **context: object) -> RenderedMail:
    """The mail templates/mail/<name>: the subject on one line, the text wrapped, the HTML as rendered. A mail to
    agents says first that it is for them: by this sentence it is known below their answers (rules.intake.own_lines).
    `stands_for`: the names of those for whom its reader stands in, said next."""
    for_team = name in TO_AGENTS or context.get("audience") == "agents"

    def part(file: str) -> str:
        return _render(f"mail/{name}/{file}", context | {"language": language, "for_team": for_team})

    names = ", ".join(cast(Sequence[str], context.get("stands_for") or ()))
    said = [words.phrase(language, "mail.for_team")] if for_team else []
    said += [words.phrase(language, "mail.stands_for").format(names=names)] if names else []
    text = "".join(f"{each}\n\n" for each in said) + part("body.txt")
    return RenderedMail(_one_line(part("subject.txt")), _wrapped(text), part("body.html"))


def spoken(wanted: str, otherwise: str) -> str:
    """The wanted language if there are words in it, otherwise the other one."""
    return wanted if wanted in words.languages() else otherwise


def stylesheet(colour: str) -> str:
    """A shop's own stylesheet: its colour ("#1f5fa8"), adjusted so that it is readable in the light and the dark
    theme."""
    return _render("static/shop.css.jinja", shades(colour))


def _render(template: str, context: Mapping[str, object]) -> str:
    # Most first events render nothing, and importing jinja2 takes time (decision 175).
    from chalicelib.rendering.environment import environment

    return environment().get_template(template).render(context)


def paragraphs(text: str, *, links: bool = True) -> Markup:
    """Plain text as HTML: blank lines separate paragraphs, line breaks stay; addresses become links unless `links` is
    False."""
    mark_up = _linked if links else escape
    blocks = (mark_up(block) for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()))
    return Markup("\n").join(Markup("<p>{}</p>").format(block.replace("\n", Markup("<br>\n"))) for block in blocks)


def weight(text: str) -> int:
    """The most bytes that the text can take as paragraphs: special characters are escaped, and links contain their text
    twice."""
    signs, marks = (sum(map(text.count, each)) for each in ("&<>\"'", ".:@\n"))
    return 2 * len(text.encode("utf-8", "replace")) + 12 * signs + 60 * marks + 10


def fitting(
    contributions: Iterable[_Contribution], read: Callable[[_Contribution], str], room: int
) -> Iterator[tuple[_Contribution, str, bool]]:
    """Contributions with their texts as far as a page can hold them, and whether each was cut. `room`: the bytes
    available. A text is complete while there is room; the next one is cut, and after that no text is read."""
    for one in contributions:
        text = read(one) if room > 0 else ""
        cut = weight(text) > room
        text = text[:_BEGINNING] if cut else text
        room -= weight(text) + _AROUND
        yield one, text, cut


def _linked(text: str) -> Markup:
    from jinja2.utils import urlize

    return Markup(urlize(text, rel="nofollow noopener"))  # noqa: S704 (urlize escapes what it does not link)


def quoted(text: str) -> str:
    """Plain text as mail quotes it."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def excerpt(text: str, length: int = 300) -> str:
    """The beginning, cut between words. Acknowledgements quote no more, so that they can't carry spam to strangers."""
    shortened = re.sub(r"\n{3,}", "\n\n", text.strip())
    return shortened if len(shortened) <= length else re.sub(r"\s+\S*$", "", shortened[:length]) + " …"


def gist(text: str) -> str:
    """The beginning of a message after its greeting: what a mailbox shows of an unopened mail."""
    greeting, _, rest = text.strip().partition("\n")
    return excerpt(
        rest if rest.strip() and len(greeting) <= 60 and greeting.rstrip().endswith((",", "!")) else text, 140
    )


def linkable(text: str) -> bool:
    """Whether a mail program could turn any part of the text into a link, or a reader is meant to. Rather too often
    than too rarely, because this checks what strangers make us send."""
    seen = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn"))
    return _LINKABLE.search(_as_programs_read(seen)) is not None


def unlinked(text: str) -> str:
    """The text as a mail may repeat it where it must not leave it out: what could become a link is taken apart. Other
    scripts' dots and signs count as ours, because mail programs read them so."""
    if not linkable(text):
        return text
    return "".join(f"{c} " if _JOINS.intersection(_as_programs_read(c)) else c for c in text)


def _as_programs_read(text: str) -> str:
    """The form that programs see when they look for links: with dots and signs of other scripts replaced by ours."""
    return unicodedata.normalize("NFKC", text).replace("\u3002", ".")


def greetable(name: str | None) -> str:
    """The name if it looks like a person's, otherwise an empty string: senders of spam write links, phone numbers and
    sentences into names."""
    name = (name or "").strip()
    read = _as_programs_read(name)
    plain = len(name) <= 60 and len(name.split()) <= 4 and not re.search(r"[/@:<>\n!?%$€£+=]|\w\.\w{2}", read)
    unseen = any(unicodedata.category(c) in ("Cc", "Cf", "So", "Sm", "Sc") and c not in JOINERS for c in name)
    return name if plain and not unseen and not linkable(name) and not any(c.isdigit() for c in read) else ""


# Wrapping and colours ------------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if unicodedata.category(c) != "Cc")


def _wrapped(text: str) -> str:
    """Lines of at most TEXT_WIDTH characters; quotes and indents are continued, links stay whole, and there are never
    two blank lines in a row."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.rstrip() == SIGNATURE.rstrip():
            lines.append(SIGNATURE)
            continue
        lines += _wrap(line) or [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _wrap(line: str) -> list[str]:
    """The line in pieces of TEXT_WIDTH. A start longer than any quote or list needs is text: repeated on each piece it
    would turn a short message into a long mail."""
    if len(line) <= TEXT_WIDTH:
        return [short] if (short := line.translate(_SPACES).rstrip()) else []
    lead = re.match(r"(?:> ?)+|\s*(?:[-*!] |\d{1,9}\. )?", line)[0]  # type: ignore[index]
    hanging = "" if len(lead) > LONGEST_LEAD else lead if ">" in lead else " " * len(lead)
    return textwrap.wrap(
        line,
        TEXT_WIDTH,
        subsequent_indent=hanging,
        expand_tabs=False,
        break_long_words=False,
        break_on_hyphens=False,
    )


@lru_cache(maxsize=64)  # the same few colours are in each mail
def shades(colour: str) -> dict[str, str]:
    """The colour in readable shades for the light and the dark theme, for links and for the background of buttons."""
    return {"light": readable(colour, LIGHT_GROUND), "dark": readable(colour, DARK_GROUND)}


def readable(colour: str, ground: str) -> str:
    """The colour, mixed with black on a light background and with white on a dark one until it is readable there."""
    towards = 0 if luminance(ground) > 0.5 else 255
    for part in range(0, 101, 2):
        mixed = "#" + "".join(f"{round(c + (towards - c) * part / 100):02x}" for c in channels(colour))
        if contrast(mixed, ground) >= ENOUGH:
            return mixed
    return mixed
