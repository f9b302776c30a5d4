"""The complaint procedure's mails: complete in every language, with many and with few facts, and safe against hostile
text."""

import re
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.rendering import pages, words
from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.tickets.ticket import Person
from local.previews import procedure
from local.previews.examples import REFERENCE, STATUS_URL
from tests.support import shops

HOSTILE = (
    "x\r\nBcc: all@example.org\x00 <script>alert(1)</script><img src=x onerror=alert(1)> {{ 7919*7919 }} {0} {name}"
)
POLICY = shops.policy()
SAMPLES = [
    pytest.param(language, template, context, id=f"{shop.id}-{language}-{title}")
    for shop in POLICY.shops.values()
    for language in shop.languages
    for title, template, context in procedure.mail_samples(shop)
]
TO_CUSTOMERS = {
    "extension", "referred", "referral_answered", "question", "instructions", "remedy_done", "final_answer",
    "confirm_identity", "identity_confirmed", "review_request", "rated", "self_served", "publication_offered",
    "published", "contact_agreement",
}  # fmt: skip
TO_AGENTS = {"answer_to_read", "escalation", "notification_referral"}
TO_THIRD_PARTIES = {"referral", "reminder"}
OF_NO_TICKET = {
    "digest", "due_together", "monthly_report", "back_in_stock", "back_in_stock_confirm", "confirm_address",
    "token_refused",
}  # fmt: skip
# Names that choose phrases; every other text may be anything.
CHOOSING = {
    "kind",
    "clock",
    "stage",
    "priority",
    "remedy_kind",
    "owed_by",
    "carried_out_by",
    "outcome",
    "party_role",
    "evidence",
    "label",
    "basis",
}


def told(text: str) -> str:
    return " ".join(text.split())


def spoilt(value: Any, key: str = "") -> Any:
    """The value, with every text made hostile that comes from a customer, an agent or the policy."""
    if key in CHOOSING or value is None:
        return value
    if isinstance(value, Shop):
        return replace(value, name=HOSTILE)
    if isinstance(value, Person):
        return Person(HOSTILE, HOSTILE)
    if isinstance(value, ConsumerBody):
        return replace(value, name=HOSTILE, address=HOSTILE)
    if isinstance(value, dict):
        return {name: spoilt(inner, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [spoilt(inner) for inner in value]
    return HOSTILE if isinstance(value, str) else value


@pytest.mark.parametrize(("language", "template", "context"), SAMPLES)
class TestEveryMail:
    def test_has_a_subject_of_one_line(self, language: str, template: str, context: Any) -> None:
        subject = pages.mail(template, language, **context).subject
        assert subject.isprintable()
        assert subject.endswith(f"[{REFERENCE}]") or template in OF_NO_TICKET

    def test_leaves_no_placeholder(self, language: str, template: str, context: Any) -> None:
        said = pages.mail(template, language, **context)
        assert not re.search(r"<[a-z]+>|&[a-z]+;|None|[{}]", said.subject + said.text)
        assert not re.search(r">None<|[{}]", said.html.partition("</style>")[2])
        assert "\n\n\n" not in said.text
        assert not [line for line in said.text.splitlines() if len(line) > pages.TEXT_WIDTH and " " in line.strip()]

    def test_has_no_remote_content_and_no_scripts(self, language: str, template: str, context: Any) -> None:
        said = LexborHTMLParser(pages.mail(template, language, **context).html)
        assert said.css("html")[0].attributes["lang"] == language
        assert not said.css("script, img, link, form, iframe")

    def test_shows_hostile_text_as_text(self, language: str, template: str, context: Any) -> None:
        said = pages.mail(template, language, **spoilt(context))
        assert not LexborHTMLParser(said.html).css("script, img")
        assert "62710561" not in said.html + said.text
        assert said.subject.isprintable()

    def test_has_the_same_content_as_text_and_as_html(self, language: str, template: str, context: Any) -> None:
        said = pages.mail(template, language, **context)
        dates = set(re.findall(r"\d{1,2}\.? [A-Z]\w+ 2026, \d\d:\d\d", told(said.text)))
        assert dates == set(re.findall(r"\d{1,2}\.? [A-Z]\w+ 2026, \d\d:\d\d", told(said.html)))

    def test_links_to_the_customers_page_for_customers_only(self, language: str, template: str, context: Any) -> None:
        said = pages.mail(template, language, **context)
        assert (STATUS_URL in said.text) is (STATUS_URL in said.html) is (template in TO_CUSTOMERS)


def test_every_mail_is_sampled_full_and_sparse() -> None:
    samples = list(procedure.mail_samples(POLICY.shop("northlight")))
    templates = {template for _, template, _ in samples}
    assert templates == TO_CUSTOMERS | TO_AGENTS | TO_THIRD_PARTIES | OF_NO_TICKET
    assert {f"{template}-bare" for template in templates} <= {title for title, _, _ in samples}


@pytest.mark.parametrize("language", words.languages())
def test_blames_nobody(language: str) -> None:
    ours = [str(word) for key, word in words.book(language).items() if key.split(".")[0] in TO_CUSTOMERS]
    assert len(ours) > 50
    assert not [
        word for word in ours if re.search(r"(?i)\b(fail|fault|schuld|versäum|sie müssen|you must|blame)", word)
    ]
