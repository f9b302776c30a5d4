"""The policy page in a browser: on every screen size, in the reader's language, with and without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.stack.local_stack import Outside

TITLES = {"en": "What you can expect from us", "de": "Was Sie von uns erwarten können"}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("language", TITLES)
def test_it_is_in_each_language_and_no_wider_than_the_screen(page: Page, outside: Outside, language: str) -> None:
    page.goto(f"{outside.url}/shops/northlight/policy?lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[language])
    assert fits(page)
    page.locator("summary").click()
    assert fits(page)


def test_its_contents_lead_to_every_section(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/policy")
    links = page.locator(".contents a")
    for number in range(links.count()):
        link = links.nth(number)
        link.click()
        section = page.locator(f"section{link.get_attribute('href')}")
        expect(section.get_by_role("heading", level=2)).to_have_text(link.inner_text())
        expect(section.get_by_role("heading", level=2)).to_be_in_viewport()


def test_the_form_links_to_it_and_its_language_can_be_changed(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/contact")
    page.get_by_role("complementary").get_by_role("link", name=TITLES["en"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["en"])
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["de"])


def test_it_opens_at_the_complaint_procedure_without_scripts(browser: Browser, outside: Outside) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{outside.url}/shops/northlight/complaints")
    assert page.url.endswith("/shops/northlight/policy#complaints")
    expect(page.get_by_role("heading", name="So gehen wir mit einer Beschwerde um")).to_be_in_viewport()
    context.close()


def test_a_table_stays_a_table_for_screen_readers(page: Page, outside: Outside) -> None:
    """On a phone its rows are stacked; screen readers must still read them as a table."""
    page.goto(f"{outside.url}/shops/northlight/policy")
    table = page.get_by_role("table", name="How long it takes")
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Complaint", exact=True))
    expect(row.get_by_role("cell")).to_have_count(4)
