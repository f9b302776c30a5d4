"""The form of the shipped policy. Shops edit it first, and these tests must hold afterwards too, so they also run on
edited copies. That its promises agree with each other is tested in test_no_contradiction."""

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.holidays_calendar import holidays_of, unknown_calendar
from chalicelib.rendering import pages, words
from chalicelib.rules.checking.checking import clean
from chalicelib.rules.policy.model import KINDS, Policy
from chalicelib.rules.policy.reading import read
from chalicelib.rules.timing.periods import due, parse
from chalicelib.services.documents.checking import findings
from chalicelib.services.documents.said import said
from deploy import package
from deploy.documents import publishing
from deploy.template import gateway_answers
from local.previews import examples, procedure
from tests.support import shipped

NOW = datetime(2026, 12, 23, 14, tzinfo=UTC)


@pytest.fixture(params=shipped.EDITS.values(), ids=list(shipped.EDITS), scope="module")
def text(request: pytest.FixtureRequest) -> str:
    edit: Callable[[str], str] = request.param
    return edit(shipped.text())


@pytest.fixture(scope="module")
def policy(text: str) -> Policy:
    return read(text)


def test_every_shop_has_every_kind(policy: Policy) -> None:
    assert policy.shops
    for shop in policy.shops.values():
        assert tuple(shop.kinds) == KINDS


def test_its_holidays_are_known_and_no_promise_is_due_on_one(policy: Policy) -> None:
    for shop in policy.shops.values():
        assert unknown_calendar(shop) is None
        holiday = holidays_of(shop)
        for days in range(1, 15):
            at = due(NOW, parse(f"{days} working days"), shop.hours, holiday)
            assert at > NOW
            assert not holiday(at.astimezone(shop.hours.zone).date())


def test_every_page_and_mail_renders_with_it(policy: Policy) -> None:
    for shop in policy.shops.values():
        assert pages.stylesheet(shop.colour)
        for language in shop.languages:
            for template, context in one_of_each(examples.page_samples(shop, language)):
                assert pages.page(template, language, **context)
            mails = itertools.chain(examples.mail_samples(shop), procedure.mail_samples(shop))
            for template, context in one_of_each(mails):
                assert pages.mail(template, language, **context).text


def one_of_each(samples: Iterable[examples.Sample]) -> Iterable[tuple[str, dict[str, Any]]]:
    """One sample of each template. All variants are tested with the policy of tests."""
    return {template: context for _, template, context in samples}.items()


def test_the_stack_template_can_be_made_from_it(policy: Policy, text: str, tmp_path: Path) -> None:
    """The stack may send from its shops' addresses and no others."""
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    facts = package.resources("prod", file)["Mappings"]["Policy"]["Shops"]
    assert facts["SupportAddresses"] == sorted({shop.support for shop in policy.shops.values()})
    assert {address.partition("@")[2] for address in facts["SupportAddresses"]} == set(facts["Domains"])
    html = gateway_answers.bodies(policy, "https://care.example", "THROTTLED")["text/html"]
    assert all(shop.support in html for shop in policy.shops.values())
    assert package._holidays(file)


def test_its_documents_say_what_it_promises() -> None:
    """As they are published: the same check as when packaging."""
    publishing.check(shipped.DOCUMENTS, read(shipped.text()))


def test_it_is_clean() -> None:
    """Only while its shops are the fictional ones: what a shop accepts of the findings is for the shop to decide."""
    policy, documents = read(shipped.text()), DocumentFiles(shipped.DOCUMENTS)
    for shop in policy.shops.values() if shipped.fictional(shipped.text()) else ():
        assert clean(findings(documents, shop, date(2026, 11, 29), said=said(shop))), shop.name


def test_a_key_that_stands_in_it_is_explained_there() -> None:
    """Only while its shops are the fictional ones: a shop's own policy needs no comments."""
    assert not shipped.fictional(shipped.text()) or list(shipped.unexplained(shipped.text())) == []


@pytest.mark.parametrize("edit", [shipped.edited, shipped.alone])
def test_each_edit_changes_the_policy(edit: Callable[[str], str]) -> None:
    before, after = read(shipped.text()), read(edit(shipped.text()))
    if edit is shipped.alone:
        assert len(after.shops) == 1
        assert not after.shops.keys() & before.shops.keys()
    for shop in after.shops.values():
        assert shop.kinds["complaint"].retention() == parse(shipped.RETAIN)
        assert shipped.TOPIC in {topic.id for topic in shop.topics}
        assert shop.agent(shipped.AGENT["address"])
        assert (shop.link_days, shop.support.endswith("edited.example")) == (shipped.LINK_DAYS, True)
        assert shop.name not in {other.name for other in before.shops.values()}
        assert words.moment(NOW, shop.timezone, shop.languages[0])
