"""Mails: subject, text and HTML agree, subjects are one line, promises are computed, and no stranger's content is
active."""

import re
import unicodedata
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.rendering import pages, words
from chalicelib.rules.policy.model import KINDS
from chalicelib.rules.tickets.due_dates import DueDate
from chalicelib.rules.tickets.outbox import Audience, Purpose
from chalicelib.rules.tickets.ticket import Person
from local.previews import examples
from tests.support import shops

HOSTILE = "x\r\nBcc: all@example.org\x00 <script>alert(1)</script><img src=x onerror=alert(1)> {{ 7919*7919 }}"
SHOP = shops.policy().shop("northlight")
SAMPLES = [
    pytest.param(language, template, context, id=f"{shop.id}-{language}-{title}")
    for shop in shops.policy().shops.values()
    for language in shop.languages
    for title, template, context in examples.mail_samples(shop)
]
FOR_TEAM = words.phrase("en", "mail.for_team")
FULL: dict[str, dict[str, Any]] = {title: context for title, _, context in examples.mail_samples(SHOP)}


def acknowledgement(language: str = "en", kind: str = "complaint", **changes: Any) -> pages.RenderedMail:
    return pages.mail("acknowledgement", language, **FULL["acknowledgement-complaint"] | {"kind": kind} | changes)


@pytest.mark.parametrize(("language", "template", "context"), SAMPLES)
class TestEveryMail:
    def test_has_a_subject_of_one_line_with_the_reference(self, language: str, template: str, context: Any) -> None:
        subject = pages.mail(template, language, **context).subject
        assert subject.endswith(f"[{examples.REFERENCE}]")
        assert subject.isprintable()

    def test_has_text_of_sensible_width(self, language: str, template: str, context: Any) -> None:
        text = pages.mail(template, language, **context).text
        assert not [line for line in text.splitlines() if len(line) > pages.TEXT_WIDTH and " " in line.strip()]
        assert "\n\n\n" not in text
        assert not re.search(r"<[a-z]+>|&[a-z]+;|None", text)

    def test_has_no_remote_content_and_no_scripts(self, language: str, template: str, context: Any) -> None:
        mail = LexborHTMLParser(pages.mail(template, language, **context).html)
        assert mail.css("html")[0].attributes["lang"] == language
        assert not mail.css("script, img, link, form, iframe")
        assert not re.search(r"url\(|@import", mail.css("style")[0].text())

    def test_shows_hostile_text_as_text(self, language: str, template: str, context: Any) -> None:
        spoilt: dict[str, Any] = {
            "subject": HOSTILE,
            "name": HOSTILE,
            "text": HOSTILE,
            "order_number": HOSTILE,
            "topic": HOSTILE,
        }
        spoilt |= {"agent_name": HOSTILE, "customer": Person(HOSTILE, HOSTILE), "quote": HOSTILE}
        spoilt["attachments"] = [{"name": HOSTILE, "size": 1}]
        mail = pages.mail(template, language, **context | spoilt)
        assert not LexborHTMLParser(mail.html).css("script, img")
        assert "62710561" not in mail.html
        assert mail.subject.isprintable()


def test_every_mail_owed_has_its_templates() -> None:
    folders = {folder.name for folder in (pages.TEMPLATES / "mail").iterdir() if folder.is_dir()}
    # The digest, a month's report, the mail about a refused token, joint mails, the sign-in link and automatic answers
    # to those belong to no ticket; the short form stands for any mail.
    assert folders == {
        *Purpose,
        "digest",
        "monthly_report",
        "token_refused",
        "due_together",
        "sign_in",
        "service_reply",
        "short_form",
        "back_in_stock",
        "back_in_stock_confirm",
    }
    for folder in folders:
        files = {file.name for file in (pages.TEMPLATES / "mail" / folder).iterdir()}
        assert files == {"subject.txt", "body.txt", "body.html"}


def test_every_mail_to_agents_says_so_first_and_no_other_does() -> None:
    """By this sentence it is recognised below an agent's answer."""
    to_agents = {purpose for purpose in Purpose if purpose.audience is Audience.AGENTS}
    assert to_agents < pages.TO_AGENTS
    assert not {*Purpose} & (pages.TO_AGENTS - to_agents)
    for language in words.languages():
        said = words.phrase(language, "mail.for_team")
        for _, template, context in examples.mail_samples(SHOP):
            mail = pages.mail(template, language, **context)
            says = template in pages.TO_AGENTS or context.get("audience") == "agents"
            assert mail.text.startswith(f"{said}\n\n") == (said in mail.html) == says
            assert mail.text.count(said) == mail.html.count(said) == says


class TestAcknowledgement:
    @pytest.mark.parametrize("language", words.languages())
    @pytest.mark.parametrize("kind", KINDS)
    def test_names_what_came_what_happens_next_and_by_when(self, language: str, kind: str) -> None:
        mail = acknowledgement(language, kind)
        facts = [examples.REFERENCE, examples.STATUS_URL, SHOP.support, SHOP.channels.phone or ""]
        facts += [self.said(FULL["acknowledgement-complaint"][due], language) for due in ("answer_by", "resolve_by")]
        text = " ".join(mail.text.split())
        assert not [fact for fact in facts if fact not in text]
        assert not [fact for fact in facts if fact not in mail.html]
        assert words.phrase(language, f"acknowledgement.opening.{kind}") in text

    def said(self, due: DueDate, language: str) -> str:
        return words.due(due, SHOP.timezone, language)

    @pytest.mark.parametrize("language", words.languages())
    def test_contains_no_period_of_its_own(self, language: str) -> None:
        ours = {
            key: word for key, word in words.book(language).items() if key.startswith(("acknow", "mail.", "thanks"))
        }
        assert not [key for key, word in ours.items() if re.search(r"\d|\bday|\bhour|\bTage|\bStunde", str(word))]

    def test_promises_nothing_if_the_policy_does_not(self) -> None:
        assert "2026" not in acknowledgement(answer_by=None, resolve_by=None).text.replace("2026-10442", "").replace(
            "Monday, 23 November 2026", ""
        )

    @pytest.mark.parametrize(
        "name",
        [
            *("Chidinma Okafor", "Dr. J. O'Neill-Smith", "Łukasz", "王小明"),
            *("Nguyễn Thị Minh Khai", "van der Berg, Kees", "محمد بن سلمان", "अमित कुमार", "علی\u200cرضا"),
        ],
    )
    def test_greets_by_name(self, name: str) -> None:
        assert acknowledgement(name=name).text.startswith(f"Hello {name},\n")

    @pytest.mark.parametrize(
        "name",
        [
            *("", "  ", "Win now http://x.example", "bit.ly offer", "a@b", "A" * 61, "a\nb"),
            *("Call +49 900 12345", "Your parcel is held. Call", "Prize 100", "Pay ٣٤ now", "You win!", "100 €"),
            *(
                "evil。example",
                "evil․example",
                "Ruf ０９００",
                "Mira\u202emoc",
                "➀➁➂ call",
                "Mira\u2066x",
                "bad．example",
                "Win🎁free",
                "Pay ₿ now",
            ),
        ],
    )
    def test_does_not_greet_by_text_that_is_no_name(self, name: str) -> None:
        assert acknowledgement(name=name).text.startswith("Hello,\n")

    def test_quotes_little_and_without_links(self) -> None:
        mail = acknowledgement(text="Buy at https://spam.example now " * 50)
        assert mail.text.count("spam.example") < 12
        assert 'href="https://spam.example' not in mail.html

    def test_quotes_nothing_of_an_empty_message(self) -> None:
        mail = acknowledgement(text="", subject="")
        assert mail.subject == f"We have your complaint [{examples.REFERENCE}]"
        assert "You wrote" not in mail.text + mail.html
        assert "You sent 2 files:\n- lamp-flickering.mp4 (3.4 MB)\n" in mail.text

    def test_says_if_the_mail_was_unreadable(self) -> None:
        mail = acknowledgement(unreadable=True)
        assert "cannot read" in mail.subject
        assert "we could not read it" in mail.text
        assert "> " not in mail.text


LINKS = (
    *("https://evil.example", "Pay now: bit.ly/3xYz", "evil.shop/pay", "zahlen.de", "www evil", "evil[.]com"),
    *("EVIL\u3002SHOP", "evil\uff0ecom", "evil\u2024com", "ev\u200bil.\u200bcom", "e\u0301vil.\u0301com"),
    *("evil .com", "hxxp://evil", "mailto:a", "tel:+49900", "a@evil", "192.0.2.1/x", "//evil/x", "http:\\\\evil"),
    *("пример.рф", "xn--e.de", "évil.com", "ｂｉｔ．ｌｙ", "evil(dot)com"),
)
NO_LINKS = (
    "The shade is cracked. Please send another.", "z.B. die Lampe, d.h. kaputt", "12.50 EUR on 12.11.2026 at 10:30",
    "No. 5 ... and so on", "Hello!\nIt broke.\nThanks", "U.S.A. is far", "Tel: 030 123",
    "Price: 5,00€. Fine (dotted). So",
)  # fmt: skip


@pytest.mark.parametrize("text", LINKS)
def test_text_that_could_become_a_link_is_recognised(text: str) -> None:
    assert pages.linkable(f"Look: {text} now")


@pytest.mark.parametrize("text", [text for text in LINKS if "dot" not in text])
def test_no_program_makes_a_link_of_what_is_taken_apart(text: str) -> None:
    """Mail programs read dots and signs of other scripts as ours. What reads "dot" is a link to people only."""
    taken_apart = pages.unlinked(f"Look: {text} now")
    read = unicodedata.normalize("NFKC", taken_apart).replace("\u3002", ".")
    assert not re.search(r"[.:/@\\][^\s\])}]", read)
    assert taken_apart.replace(" ", "") == f"Look: {text} now".replace(" ", "")


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_is_no_link_stays_as_it_is(text: str) -> None:
    assert pages.unlinked(text) == text


@pytest.mark.parametrize("text", NO_LINKS)
def test_sentences_are_no_links(text: str) -> None:
    assert not pages.linkable(text)


class TestNotifications:
    def test_contain_everything_an_agent_needs_to_answer(self) -> None:
        mail = pages.mail("notification_new", "en", **FULL["notification_new"])
        for fact in ("Complaint", "Defect", "2026-10442", "chidinma.okafor@example.org", "Tuesday, 24 November 2026"):
            assert fact in mail.text
            assert fact in mail.html
        assert "lamp-flickering.mp4 (3.4 MB)" in mail.text
        assert "Reply to this email." in mail.text
        assert examples.STATUS_URL not in mail.text + mail.html

    def test_name_the_writer(self) -> None:
        assert (
            "Obi Okafor <obi@example.org> wrote:"
            in pages.mail("notification_reply", "en", **FULL["notification_reply"]).text
        )
        without = {name: value for name, value in FULL["notification_reply"].items() if name != "writer"}
        assert "Chidinma Okafor <chidinma" in pages.mail("notification_reply", "en", **without).text

    def test_begin_with_warnings(self) -> None:
        mail = pages.mail("notification_new", "en", **FULL["notification_new"] | {"flags": ["suspicious"]})
        assert mail.text.startswith(f"{FOR_TEAM}\n\n! Quarantined as possible spam")

    def test_invite_no_answer_to_a_customer_without_an_address(self) -> None:
        mail = pages.mail("notification_new", "en", **FULL["notification_new-flagged"])
        assert "There is no address to answer to" in mail.text
        assert "<>" not in mail.text

    def test_show_an_undeliverable_address_and_invite_no_answer(self) -> None:
        mail = pages.mail("notification_new", "en", **FULL["notification_new-unanswerable"])
        assert mail.text.startswith(f"{FOR_TEAM}\n\n! No mail can be sent")
        for part in (mail.text, mail.html):
            assert "root@host" in part
            assert "There is no address to answer to" in part
            assert "Reply to this email" not in part


class TestUndeliverable:
    @pytest.mark.parametrize(
        ("how", "suppressed"), [("bounced", True), ("failed", False), ("complained", True), ("refused", False)]
    )
    def test_says_whether_the_address_is_suppressed(self, how: str, suppressed: bool) -> None:
        mail = pages.mail("undelivered", "en", **FULL[f"undelivered-{how}"])
        assert ("o automatic mail goes to this address" in mail.text.replace("\n", " ")) == suppressed
        assert "mira@example.com" in mail.text


class TestAnswer:
    def test_contains_the_agents_words_from_the_shop(self) -> None:
        mail = pages.mail("answer", "en", **FULL["answer"])
        assert mail.subject == f"Re: Polaris reading lamp flickers [{examples.REFERENCE}]"
        assert mail.text.startswith("Hello Ms Okafor,")
        assert mail.text.count("Best wishes\nAda\nNorthlight Lamps\n") == 1
        assert not [agent for agent in SHOP.agents if agent.address in mail.text + mail.html]
        assert examples.STATUS_URL in mail.text
        assert mail.text.index("You wrote:") > mail.text.index("Best wishes")

    def test_works_without_subject_agent_and_earlier_words(self) -> None:
        mail = pages.mail("answer", "en", **FULL["answer-bare"])
        assert mail.subject == f"Re: Northlight Lamps [{examples.REFERENCE}]"
        assert "You wrote" not in mail.text


@pytest.mark.parametrize(
    "title", ["acknowledgement-complaint", "notification_new", "notification_reply", "undelivered-bounced"]
)
def test_the_time_zone_of_the_times_is_named_once(title: str) -> None:
    template = next(template for name, template, _ in examples.mail_samples(SHOP) if name == title)
    mail = pages.mail(template, "en", **FULL[title])
    said = f"All times are in the shop's time zone, {SHOP.timezone}."
    assert mail.text.count(said) == mail.html.replace("&#39;", "'").count(said) == 1


def test_text_wraps_without_breaking_quotes_items_or_links() -> None:
    address = "https://example.org/" + "a" * 90
    context = FULL["answer-bare"] | {"text": f"> {'word ' * 30}\n- {'item ' * 30}\n{address}\n\n\n\nend"}
    lines = pages.mail("answer", "en", **context).text.splitlines()
    assert [line[:2] for line in lines[:4]] == ["> ", "> ", "- ", "  "]
    assert address in lines
    assert lines.count("-- ") == 1
