"""Pages: complete in every state and language, safe against hostile text, usable with screen readers, and under a
strict CSP."""

import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError, meta, nodes
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.contrast import contrast
from chalicelib.rendering import durations, pages, words
from chalicelib.rendering.environment import environment
from chalicelib.rules.policy.model import Channels, Shop
from chalicelib.rules.tickets.messages import Event, SharedEvent
from local.previews import examples, learning, orders, writing
from tests.support import shops

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)></textarea>{{ 7919*7919 }}{0}"
NORTHLIGHT = shops.policy().shop("northlight")
EXTENDING = [path for path in pages.TEMPLATES.rglob("*.html") if "{% extends" in path.read_text(encoding="utf-8")]
SAMPLES = [
    pytest.param(language, template, context, id=f"{shop.id}-{language}-{title}")
    for shop in shops.policy().shops.values()
    for language in shop.languages
    for title, template, context in (
        *examples.page_samples(shop, language),
        *orders.page_samples(shop, language),
        *learning.page_samples(shop, language),
    )
]
_JOINED = re.compile(r"(?:\}\}|[\w.,:])\{% (?:endif|endfor) %\}\n[ \t]*\{% (?:if|for)[^\n]*?%\}(?=\{\{|\w)")
# Names that choose phrases or styles; every other text may be anything.
CHOOSING = {"sections", "said", "what", "state", "who", "label_key", "kind", "event", "return_url", "countries"}


def parsed(template: str, language: str, context: Mapping[str, Any]) -> LexborHTMLParser:
    return LexborHTMLParser(pages.page(template, language, **context))


def first(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = page.css(selector)
    assert found, f"no {selector}"
    return found[0]


def spoilt(value: Any, key: str = "", with_: str = HOSTILE) -> Any:
    """The value, with every text in it made hostile."""
    if isinstance(value, Shop):
        return replace(value, name=with_, channels=Channels(with_, with_, with_, {"en": with_}))
    if isinstance(value, Markup) or key in CHOOSING:
        return value
    if isinstance(value, str):
        return with_
    if isinstance(value, dict):
        return {name: spoilt(inner, name, with_) for name, inner in value.items()}
    return [spoilt(inner, with_=with_) for inner in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("path", sorted(pages.TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_removed_line_end_joins_two_sentences(path: Path) -> None:
    """Jinja removes the line end behind a tag and the blanks before the next: what two tags write then has no blank
    between. Who means that writes a minus."""
    assert not _JOINED.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("language", "template", "context"), SAMPLES)
class TestEveryPage:
    def test_has_language_title_heading_and_main(self, language: str, template: str, context: dict[str, Any]) -> None:
        page = parsed(template, language, context)
        assert first(page, "html").attributes["lang"] == language
        robots = [node.attributes["content"] for node in page.css("meta[name=robots]")]
        assert robots == ([] if context.get("indexed") else ["noindex, nofollow"])
        assert first(page, "title").text().strip()
        assert len(page.css("h1")) == len(page.css("main")) == 1
        assert first(page, "a.skip").attributes["href"] == "#content"
        assert first(page, "main").attributes["id"] == "content"

    def test_needs_nothing_that_a_strict_csp_forbids(
        self, language: str, template: str, context: dict[str, Any]
    ) -> None:
        page = parsed(template, language, context)
        assert not page.css("style")
        # Data for search engines is not run, so no CSP forbids it (HTML standard, "prepare the script element").
        scripts = page.css("script:not([type='application/ld+json'])")
        assert all("src" in script.attributes and not script.text() for script in scripts)
        attributes = [name for node in page.css("*") for name in node.attributes]
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        assert "javascript:" not in pages.page(template, language, **context)

    def test_has_a_label_for_every_field(self, language: str, template: str, context: dict[str, Any]) -> None:
        page = parsed(template, language, context)
        ids = Counter(node.attributes["id"] for node in page.css("[id]"))
        assert set(ids.values()) <= {1}
        for control in page.css("input:not([type=hidden]), textarea, select"):
            assert first(page, f"label[for='{control.attributes['id']}']").text().strip()
        for node in page.css("[aria-describedby], [aria-labelledby]"):
            named = node.attributes.get("aria-describedby") or node.attributes.get("aria-labelledby") or ""
            assert set(named.split()) <= set(ids)

    def test_shows_hostile_text_as_text(self, language: str, template: str, context: dict[str, Any]) -> None:
        clean = parsed(template, language, context)
        page = parsed(template, language, spoilt(context))
        assert len(page.css("script")) == len(clean.css("script"))
        assert len(page.css("img")) == len(clean.css("img"))
        assert not [name for node in page.css("*") for name in node.attributes if name.startswith("on")]
        assert "62710561" not in first(page, "title").text()


class TestContactForm:
    def form(self, **changes: Any) -> LexborHTMLParser:
        samples = {title: context for title, _, context in examples.page_samples(NORTHLIGHT, "en")}
        return parsed("contact", "en", samples["contact"] | changes)

    def test_posts_to_the_tickets_url_with_all_hidden_fields(self) -> None:
        page = self.form(root="/api", return_url="https://www.northlight.example/thanks")
        form = first(page, "form")
        assert form.attributes["action"] == "/api/shops/northlight/tickets"
        assert (form.attributes["method"], form.attributes["enctype"]) == ("post", "multipart/form-data")
        hidden = {node.attributes["name"]: node.attributes["value"] for node in page.css("input[type=hidden]")}
        assert set(hidden) == {"language", "submission_id", "form_token", "return_url"}
        names = {node.attributes["name"] for node in page.css("form [name]")} - set(hidden)
        asked = {"name", "email", "kind", "topic", "order_number", "subject", "message", "attachments"}
        asked |= {"product", "serial_number", "purchase_date", "country"}
        assert names == asked | {"further_details"}

    def test_hides_the_trap_field_from_people(self) -> None:
        page = self.form()
        assert first(page, "#further_details").attributes["tabindex"] == "-1"
        assert first(page, "#further_details").parent.attributes["aria-hidden"] == "true"  # type: ignore[union-attr]

    def test_keeps_what_was_typed(self) -> None:
        typed = {"kind": "warranty", "topic": NORTHLIGHT.topics[0].id, "email": "a@b", "message": "\nfirst line"}
        page = self.form(values=typed)
        assert first(page, "[name=kind][checked]").attributes["value"] == "warranty"
        assert first(page, "option[selected]").attributes["value"] == NORTHLIGHT.topics[0].id
        assert first(page, "#email").attributes["value"] == "a@b"
        assert first(page, "textarea").text() == "\nfirst line"

    def test_names_mistakes_at_the_top_and_at_the_field(self) -> None:
        page = self.form(errors={"email": "Enter it", "kind": "Choose", "form": "Again"}, chosen_files=["lamp.jpg"])
        summary = first(page, ".summary")
        assert "3 things" in first(summary, "h2").text()
        links = [node.attributes["href"] for node in summary.css("a")]
        assert links == ["#email", "#kind"]
        assert all(page.css(link) for link in ("#email", "#kind"))
        assert "lamp.jpg" in summary.text()
        assert first(page, "title").text().startswith("Error:")
        email = first(page, "#email")
        assert email.attributes["aria-invalid"] == "true"
        assert email.attributes["aria-describedby"] == "email-hint email-error"
        assert "Enter it" in first(page, "#email-error").text()

    def test_states_the_promise_of_each_kind(self) -> None:
        hints = " ".join(node.text() for node in self.form().css(".radio .hint"))
        for kind in NORTHLIGHT.kinds.values():
            if kind.first_answer:
                assert durations.within(kind.first_answer, "en") in hints

    def test_asks_for_consent_only_if_the_shop_requires_it(self) -> None:
        asking = replace(NORTHLIGHT, terms_required=True, terms_url="https://www.northlight.example/terms")
        page = self.form(shop=asking)
        hrefs = [node.attributes["href"] for node in page.css("label[for=terms_accepted] a")]
        assert hrefs == [asking.terms_url, asking.privacy_url]
        page = self.form(shop=replace(asking, terms_url=None))
        assert [node.attributes["href"] for node in page.css("label[for=terms_accepted] a")] == [asking.privacy_url]
        assert not self.form(shop=replace(asking, terms_required=False)).css("[name=terms_accepted]")

    def test_switching_the_language_keeps_the_return_url(self) -> None:
        page = self.form(return_url="https://www.northlight.example/a?b=c", values={"kind": "return"})
        german = first(page, ".languages a[lang=de]")
        asked = "?lang=de&return_url=https%3A%2F%2Fwww.northlight.example%2Fa%3Fb%3Dc&kind=return"
        assert german.attributes["href"] == f"/shops/northlight/contact{asked}"
        assert german.text() == "Deutsch"


class TestCustomerPage:
    def page(self, **changes: Any) -> str:
        return pages.page("ticket", "en", **examples.ticket_sample(NORTHLIGHT) | changes)

    def test_does_not_reveal_that_a_ticket_is_quarantined(self) -> None:
        assert self.page(state="quarantine") == self.page(state="open")

    def test_names_no_agents_address(self) -> None:
        assert not [agent.address for agent in NORTHLIGHT.agents if agent.address in self.page()]

    def test_marks_late_promises(self) -> None:
        late = {"label_key": "resolve", "due": examples.at(20, 15), "met": None, "late": True}
        assert "Overdue since Friday, 20 November 2026, 16:00" in self.page(promises=[late])

    def test_shows_safe_html_as_html_and_text_as_text(self) -> None:
        entry = {"who": "you", "name": "", "at": examples.at(20, 15), "text": "<b>1</b>", "attachments": []}
        assert "&lt;b&gt;1" in self.page(entries=[entry | {"html": None}])
        assert "<em>2</em>" in self.page(entries=[entry | {"html": Markup("<em>2</em>")}])

    def test_names_participants_as_neither_customer_nor_shop(self) -> None:
        page = LexborHTMLParser(self.page(entries=examples.others()))
        assert [node.text() for node in page.css(".entry.by-other h3")] == ["Obi Okafor wrote", "Somebody else wrote"]

    def test_works_without_optional_values(self) -> None:
        assert "<h1>Your message to Northlight Lamps</h1>" in self.page(
            subject="", promises=[], entries=[], link_expires=None
        )


@pytest.mark.parametrize("template", sorted(path.relative_to(pages.TEMPLATES).as_posix() for path in EXTENDING))
def test_a_page_sets_no_variable_of_the_frame_it_extends(template: str) -> None:
    """The frame would show the page's value in place of its own."""
    read = environment()
    tree = read.parse((pages.TEMPLATES / template).read_text(encoding="utf-8"))
    extended = [node.template for node in tree.find_all(nodes.Extends)]
    frames = [node.value for node in extended if isinstance(node, nodes.Const)]
    assert len(frames) == len(extended) == 1
    frame = read.parse((pages.TEMPLATES / frames[0]).read_text(encoding="utf-8"))
    names = {name.name for each in tree.body if isinstance(each, nodes.Assign) for name in _targets(each)}
    assert names.isdisjoint(meta.find_undeclared_variables(frame))


def _targets(assigned: nodes.Assign) -> Iterator[nodes.Name]:
    target = assigned.target
    return iter([target]) if isinstance(target, nodes.Name) else target.find_all(nodes.Name)


def test_a_missing_value_fails_instead_of_leaving_a_gap() -> None:
    with pytest.raises(UndefinedError):
        pages.page("thanks", "en", shop=NORTHLIGHT)
    with pytest.raises(KeyError, match=r"message\.nonsense"):
        pages.page("message", "en", what="nonsense")
    with pytest.raises(KeyError, match=r"words/xx"):
        pages.page("message", "xx", what="error")


class TestWords:
    @pytest.mark.parametrize("language", words.languages())
    def test_each_area_has_its_own_tables_and_the_same_as_in_english(self, language: str) -> None:
        def areas(of: str) -> dict[str, set[str]]:
            files = (words.FOLDER / of).glob("*.toml")
            return {file.stem: set(tomllib.loads(file.read_text("utf-8"))) for file in files}

        every = [table for tables in areas(language).values() for table in tables]
        assert len(every) == len(set(every))
        assert areas(language) == areas("en")

    @pytest.mark.parametrize("language", words.languages())
    def test_every_language_has_the_same_keys_and_placeholders(self, language: str) -> None:
        theirs, english = words.book(language), words.book("en")
        assert set(theirs) == set(english)
        for key, word in english.items():
            assert self.shape(theirs[key]) == self.shape(word), key
            assert self.has_more(theirs[key]) == self.has_more(word), key

    def shape(self, word: Any) -> Any:
        """What another language must match; the number of plural forms is its own."""
        if isinstance(word, Mapping):
            assert set(word) - {"more"} == {"one", "other"}
            assert self.placeholders(word.get("more", word["other"])) == self.placeholders(word["other"])
            return self.placeholders(word["other"])
        return self.placeholders(word) if isinstance(word, str) else len(word)

    def has_more(self, word: Any) -> bool:
        return isinstance(word, Mapping) and "more" in word

    def placeholders(self, word: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(word) if name is not None}

    @pytest.mark.parametrize("language", words.languages())
    def test_everything_that_a_customer_is_shown_has_its_words(self, language: str) -> None:
        shown = set(get_args(SharedEvent)) - {Event.WORDS}
        assert set(words.under(language, "ticket.event")) == shown

    def test_templates_use_every_phrase_and_no_unknown_one(self) -> None:
        sources = [file.read_text(encoding="utf-8") for file in pages.TEMPLATES.glob("**/*.html")]
        sources += [file.read_text(encoding="utf-8") for file in pages.TEMPLATES.glob("mail/**/*.txt")]
        used = {key for source in sources for key in re.findall(r"""\bt\(["']([a-z_.]+)["']""", source)}
        families = tuple(key for key in used if key.endswith("."))
        known = set(words.book("en"))
        assert used - set(families) <= known
        elsewhere = (
            "language.",
            "dates.",
            "sizes.",
            "period.",
            "explained.",
            "problem.",
            "desk.",
            "reports.",  # services.learning.pictures, whose tests draw each picture in each language
            "improvements.verdict.",
            "improvements.done.",
            "improvements.not_now",
            "subject.masked.",
            "subject.said.",
            "feedback.ticket.",
            "expenses.said.",
            "ratings.badge",
            "ratings.order",
            "ratings.others",
            "passport.claimed.",
            "calls.said.",
            "calls.right_now.",
            "chats.right_now.",
            "closures.",
            "calls.text.",
            "chats.said.",
            "chats.news.",
            "chats.transcript.",
            "messages.",  # services.messages
            "agreement.",  # services.actions.answers.agreeing
            "mail.written_inside",  # services.intake.cut
        )
        assert not [key for key in known - used if not key.startswith(families + elsewhere)]

    def test_days_and_times_are_in_the_shops_time_zone(self) -> None:
        winter, summer = datetime(2026, 11, 27, 15, 30, tzinfo=UTC), datetime(2026, 7, 1, 22, 5, tzinfo=UTC)
        assert words.moment(winter, "Europe/Berlin", "en") == "Friday, 27 November 2026, 16:30"
        assert words.moment(winter, "Europe/Berlin", "de") == "Freitag, 27. November 2026, 16:30 Uhr"
        assert words.moment(summer, "Europe/Berlin", "de") == "Donnerstag, 2. Juli 2026, 00:05 Uhr"
        assert words.day(summer, "America/New_York", "en") == "1 July 2026"

    @pytest.mark.parametrize(
        ("count", "english", "german"),
        [
            (1, "1 byte", "1 Byte"),
            (999, "999 bytes", "999 Byte"),
            (12_345, "12 KB", "12 KB"),
            (999_499, "999 KB", "999 KB"),
            (999_500, "1 MB", "1 MB"),
            (3_412_870, "3.4 MB", "3,4 MB"),
            (25_000_000, "25 MB", "25 MB"),
        ],
    )
    def test_sizes_are_written_for_people(self, count: int, english: str, german: str) -> None:
        assert (words.size(count, "en"), words.size(count, "de")) == (english, german)


class TestShopColour:
    @pytest.mark.parametrize("colour", ["#1f5fa8", "#ffd400", "#000000", "#ffffff", "#777777", "#ff0000"])
    def test_is_readable_in_light_and_dark_mode(self, colour: str) -> None:
        shades = pages.shades(colour)
        assert contrast(shades["light"], pages.LIGHT_GROUND) >= 4.5
        assert contrast(shades["dark"], pages.DARK_GROUND) >= 4.5
        style = pages.stylesheet(colour)
        assert f"--accent: {shades['light']};" in style
        assert f"--accent: {shades['dark']};" in style

    def test_stays_unchanged_if_it_is_readable(self) -> None:
        assert pages.shades("#1f5fa8")["light"] == "#1f5fa8"

    def test_backgrounds_are_those_of_the_stylesheet(self) -> None:
        css = (pages.TEMPLATES / "static" / "aftercare.css").read_text(encoding="utf-8")
        assert f"--ground: {pages.LIGHT_GROUND};" in css
        assert f"--surface: {pages.DARK_GROUND};" in css


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_pair_of_colours_in_the_stylesheet_contrasts(scheme: int) -> None:
    css = (pages.TEMPLATES / "static" / "aftercare.css").read_text(encoding="utf-8")
    colours = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", root)) for root in re.findall(r":root \{[^}]+\}", css)]
    here = colours[0] | colours[scheme]
    for ground in ("ground", "surface"):
        for ink in ("ink", "quiet", "accent", "fault", "good"):
            assert contrast(here[ink], here[ground]) >= 4.5, (ink, ground)
        assert contrast(here["edge"], here[ground]) >= 3, ground
    assert contrast(here["on-accent"], here["accent"]) >= 4.5


def test_paragraphs_keep_lines_and_link_addresses() -> None:
    said = pages.paragraphs("one\ntwo <b>\r\n\r\nsee https://example.org/a?b=1&c=2")
    assert said.startswith("<p>one<br>\ntwo &lt;b&gt;</p>\n<p>see <a href=")
    assert 'rel="nofollow noopener"' in said
    assert "<a" not in pages.paragraphs("https://example.org", links=False)


def test_previews_are_generated(tmp_path: Any) -> None:
    assert writing.write(tmp_path) > 50
    assert (tmp_path / "static" / "shops" / "northlight.css").exists()


@given(st.text(st.sampled_from("ab>- \t\n\r\x0b\x0c\xa0…"), max_size=pages.TEXT_WIDTH))
def test_a_short_line_is_wrapped_as_textwrap_does(line: str) -> None:
    """Without calling it, because most lines of a mail are short."""
    wrapped = textwrap.wrap(line, pages.TEXT_WIDTH, expand_tabs=False)
    assert [each.strip() for each in pages._wrap(line)] == [each.strip() for each in wrapped if each.strip()]
