"""Every mail in every variant: sentences are separated, agents get a link to the ticket, and without its HTML head it
is still complete."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.rendering import pages, words
from chalicelib.rules.tickets.due_dates import DueDate
from chalicelib.rules.tickets.outbox import Audience, Purpose
from chalicelib.rules.tickets.procedure_facts import RemedyKind
from local.previews import examples, orders, procedure
from local.previews.examples import DESK_URL, at
from tests.support import shops

SHOP = shops.policy().shop("northlight")
SAMPLES = [*examples.mail_samples(SHOP), *procedure.mail_samples(SHOP)]
OPTIONS: dict[str, tuple[Any, ...]] = {
    "reassigned": (True, False),
    "owed_by": ("customer", "seller"),
    "carried_out_by": ("courier", "manufacturer", "service"),
    "remedy_kind": tuple(RemedyKind),
    "remedy_note": ("By bank transfer.",),
    "remedy_done": (at(20, 9),),
    "party_name": ("SwiftParcel",),
    "longer": (True, False),
    "closes_by": (DueDate(at(30, 9), by_day=True),),
    "resolve_by": (DueDate(at(30, 9), by_day=True),),
    "reopen_days": (0, 1, 30),
    "closed": (True, False),
    "rights": (True,),
    "bodies": (SHOP.bodies,),
    "priority": ("normal", "high", "urgent"),
    "explained": ("2 working days from Fri: due Tue.",),
    "assignee_name": ("", "Ada Lindqvist"),
    "unreadable": (True,),
    "flags": (["uncounted"], ["unanswerable"], ["suspicious", "unverified"]),
    "policy_url": ("https://care.northlight.example/shops/northlight/policy",),
    "help_url": ("https://care.northlight.example/shops/northlight/help",),
    "policies_url": ("https://care.northlight.example/shops/northlight/policies",),
    "quote": ("It flickers.",),
    "stage": ("warn", "due", "daily"),
}
_ADDRESS = re.compile(r"\S*(?:://|@)\S*|\b[\w-]+\.(?:mp4|pdf|jpg|png|gif|example)\b")
_GLUED = re.compile(r"[a-zäöüß0-9)»“\"][.!?:][A-Za-zÄÖÜ]|[a-zäöüß][A-ZÄÖÜ]|\)[A-Za-z]")
_LOOSE = re.compile(r"\w [.,;:!?](?:\s|$)")
_ENDS_A_LINE = re.compile(r"</(?:p|li|dd|dt|h2|td|div|blockquote|ul|dl|title)>|<br>|<dd>|<dt>|<ul>|<dl>|<td[^>]*>")


def variants(context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield context
    for name, values in OPTIONS.items():
        for value in values:
            if name != "stage" or "stage" in context:
                yield context | {name: value}
    if "clock" in context:
        yield context | {"taken": True, "assignee_name": "Tom Berger"}
        yield context | {"clock": "remedy", "owed_by": "customer", "remedy_kind": "return", "carried_out_by": "seller"}
        yield context | {"clock": "remedy", "owed_by": "seller", "remedy_kind": "repair", "carried_out_by": "service"}


def as_read(html: str) -> str:
    """The text that a reader sees of the HTML, one line per block."""
    body = re.sub(r"<style>.*?</style>|<!--.*?-->", "", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", _ENDS_A_LINE.sub("\n", re.sub(r"\s+", " ", body)))
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize(("title", "template", "context"), SAMPLES, ids=[title for title, _, _ in SAMPLES])
def test_sentences_are_separated(title: str, template: str, context: Any, language: str) -> None:
    names = ("SwiftParcel", "GmbH")
    default = {"remedy_kind": "", "carried_out_by": "seller", "owed_by": "seller", "reopen_days": 30, "remedy_note": ""}
    chosen = {name: value for name, value in context.items() if value or name not in ("carried_out_by", "owed_by")}
    seen = set[pages.RenderedMail]()  # most options change few mails
    for variant in variants(default | chosen):
        said = pages.mail(template, language, **variant)
        if said in seen:
            continue
        seen.add(said)
        for text in (said.subject, said.text, as_read(said.html)):
            plain = _ADDRESS.sub("", text)
            for name in names:
                plain = plain.replace(name, "Name")
            assert not _GLUED.findall(plain), (variant, text)
            assert not _LOOSE.findall(plain), (variant, text)


TO_AGENTS = {purpose.value for purpose in Purpose if purpose.audience is Audience.AGENTS}


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize(("title", "template", "context"), SAMPLES, ids=[title for title, _, _ in SAMPLES])
def test_only_mails_to_agents_link_to_the_desk(title: str, template: str, context: Any, language: str) -> None:
    said = pages.mail(template, language, **context)
    linked = [link.attributes["href"] for link in LexborHTMLParser(said.html).css("a")]
    if template in ("digest", "due_together"):
        listed = [
            ticket["url"]
            for name in ("overdue", "due_today", "unread", "referred", "steps")
            for ticket in context.get(name, ())
        ]
        assert linked == [*listed, *(each["url"] for each in context.get("improvements", ()))]
        assert [line.strip() for line in said.text.splitlines() if "/desk/t/" in line] == listed
        return
    if template == "monthly_report":
        assert linked == [context["url"]]
        return
    assert (DESK_URL in linked, DESK_URL in said.text) == ((template in TO_AGENTS,) * 2)


def test_every_mail_to_agents_is_sampled() -> None:
    sampled = [*SAMPLES, *orders.mail_samples(SHOP, "en")]
    assert {template for _, template, _ in sampled} >= TO_AGENTS


@pytest.mark.parametrize(("title", "template", "context"), SAMPLES, ids=[title for title, _, _ in SAMPLES])
class TestWithoutHead:
    def test_it_keeps_width_background_and_buttons(self, title: str, template: str, context: Any) -> None:
        html = LexborHTMLParser(pages.mail(template, "en", **context).html)
        (sheet,) = html.css("td.sheet")
        assert "padding" in (sheet.attributes["style"] or "")
        assert "max-width: 600px" in (sheet.parent.parent.parent.attributes["style"] or "")  # type: ignore[union-attr]
        for button in html.css("td.button"):
            assert button.attributes["bgcolor"] == pages.shades(SHOP.colour)["light"]
            assert "padding" in (html.css("td.button > a")[0].attributes["style"] or "")
        assert not html.css("a.button")
        assert len(html.css("td.button")) <= 1

    def test_its_preview_text_says_what_it_is_about(self, title: str, template: str, context: Any) -> None:
        html = LexborHTMLParser(pages.mail(template, "en", **context).html)
        hidden = html.css_first("body > div")
        first = (hidden.text() if hidden else "").replace("\u034f", "").replace("\u200c", "")
        assert len(first.split()) >= 3 or title.endswith("-bare") or not context.get("text")
        assert not first.strip().startswith("Hello")
