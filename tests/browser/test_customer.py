"""A customer in a browser: the hosted form, the thank-you page, the ticket's page, a reply, a rating."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.stack.local_stack import PATIENCE, Outside, form, someone, until, written

ADA = "ada@northlight.example"


def _fill(page: Page, customer: str, message: str = "The shade is cracked.\nPlease send another.") -> None:
    page.get_by_role("radio", name="Complaint", exact=True).check()
    page.get_by_label("Your message").fill(message)
    page.get_by_label("Name", exact=False).first.fill("Mira Holm")
    page.get_by_label("Email address").fill(customer)


def test_a_customer_writes_and_is_answered(page: Page, outside: Outside, tmp_path: Path) -> None:
    customer = someone()
    photo = tmp_path / "shade.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    page.goto(f"{outside.url}/shops/northlight/contact")
    _fill(page, customer)
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your message")
    reference = page.locator(".reference").first.inner_text()
    acknowledgement = outside.mail_to(customer, reference)

    page.get_by_role("link", name="See your message").click()
    expect(page.locator(".conversation").get_by_text("The shade is cracked.")).to_be_visible()
    receipt = page.url
    page.goto(outside.page_of(customer, reference))
    expect(page.locator(".conversation").get_by_text("The shade is cracked.")).to_be_visible()
    expect(page.get_by_role("link", name="shade.png")).to_be_visible()

    told = outside.mail_to(ADA, reference)
    outside.send(written(ADA, told.reply_to, f"Re: {told.subject}", "A new shade is on its way."), ADA, told.reply_to)
    until(lambda: len(outside.mails(customer)) == 2, PATIENCE, "answer")
    page.reload()
    expect(page.locator(".conversation").get_by_text("A new shade is on its way.")).to_be_visible()

    page.get_by_label("Your reply").fill("Thank you, Ada!")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("status").first).to_contain_text("Your reply has reached us")
    expect(page.locator(".conversation").get_by_text("Thank you, Ada!")).to_be_visible()
    assert len(outside.mails(customer)) == 2
    assert acknowledgement.id in {mail.id for mail in outside.mails(customer)}
    # The person who posted the form may not own its address: they see no answer.
    page.goto(receipt)
    expect(page.locator(".conversation").get_by_text("The shade is cracked.")).to_be_visible()
    expect(page.get_by_text("A new shade is on its way.")).to_have_count(0)
    expect(page.get_by_role("link", name="shade.png")).to_have_count(0)


def test_a_refused_form_keeps_the_typed_text_and_names_the_mistakes(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/contact")
    _fill(page, "mira@example", '<b>Ä</b> & "quoted"')
    page.get_by_role("button", name="Send message").click()
    summary = page.locator("[role=alert], .summary").first
    expect(summary).to_contain_text("name@example.com")
    expect(page.get_by_label("Your message")).to_have_value('<b>Ä</b> & "quoted"')
    expect(page.get_by_label("Email address")).to_have_value("mira@example")
    expect(page.get_by_role("radio", name="Complaint", exact=True)).to_be_checked()
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Email address")).to_be_focused()


def test_the_form_works_without_scripts_and_sends_once(browser: Browser, outside: Outside) -> None:
    customer = someone()
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(f"{outside.url}/shops/northlight/contact")
    assert page.locator("html").get_attribute("lang") == "de"
    page.get_by_role("radio", name="Beschwerde", exact=True).check()
    page.locator("[name=message]").fill("Der Schirm ist gesprungen.")
    page.locator("[name=email]").fill(customer)
    page.locator("button[type=submit]").click()
    reference = page.locator(".reference").first.inner_text()
    page.go_back()
    page.locator("button[type=submit]").click()
    expect(page.locator(".reference").first).to_have_text(reference)
    acknowledgement = outside.mail_to(customer, reference)
    assert "Guten Tag" in outside.message(acknowledgement)["Text"]
    context.close()


def _closed(outside: Outside, customer: str = "", **fields: str) -> str:
    """The page of a closed ticket."""
    customer = customer or someone()
    opened = outside.post_json("/shops/northlight/tickets", form(customer, **fields)).json()
    event = {"shop": "northlight", "reference": opened["reference"], "agent": ADA, "action": "close"}
    answer = outside.invoke("act_on_ticket", json.dumps(event | {"outcome": "settled", "reason": "Done."}))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return outside.page_of(customer, opened["reference"])


def test_a_closed_ticket_can_be_rated_by_keyboard_only(page: Page, outside: Outside) -> None:
    page.goto(_closed(outside))
    keys = page.keyboard
    group = page.get_by_role("group", name="How happy are you")
    for _ in range(60):
        if group.locator(":focus").count():
            break
        keys.press("Tab")
    keys.press("Space")
    expect(page.get_by_label("Very happy")).to_be_checked()
    keys.press("ArrowDown")
    expect(page.get_by_label("Happy", exact=True)).to_be_checked()
    keys.press("Tab")
    expect(page.get_by_label("What was good")).to_be_focused()
    keys.type("x" * 990)
    expect(page.get_by_text("Characters left: 10")).to_be_visible()
    keys.press("Tab")
    expect(page.locator("[name=may_show]")).to_be_focused()
    expect(page.locator("[name=may_show]")).not_to_be_checked()
    keys.press("Tab")
    expect(page.get_by_role("button", name="Send rating")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Thank you for telling us")
    expect(page.locator("#rating .entry")).to_contain_text("Happy")
    expect(page.get_by_label("Your reply")).to_have_value("")


def test_a_rating_works_without_scripts_and_names_mistakes(browser: Browser, outside: Outside) -> None:
    context, customer = browser.new_context(java_script_enabled=False), someone()
    page = context.new_page()
    page.goto(_closed(outside, customer, language="de"))
    page.get_by_label("Was war gut").fill("Ging schnell.")
    page.get_by_role("button", name="Bewertung senden").click()
    expect(page.get_by_role("alert")).to_contain_text("Wählen Sie, wie zufrieden Sie sind")
    expect(page.get_by_label("Was war gut")).to_have_value("Ging schnell.")
    page.get_by_label("Sehr zufrieden").check()
    page.get_by_role("button", name="Bewertung senden").click()
    expect(page.locator("#rating .entry")).to_contain_text("Ging schnell.")
    page.get_by_text("Bewertung ändern").click()
    expect(page.get_by_label("Sehr zufrieden")).not_to_be_checked()
    page.get_by_label("Unzufrieden", exact=True).check()
    page.get_by_role("button", name="Bewertung speichern").click()
    expect(page.locator("#rating .entry strong")).to_have_text("Unzufrieden")
    told = until(lambda: _about_the_rating(outside, customer), PATIENCE, "mail about the rating")
    assert "Sehr zufrieden" in told
    page.goto(_link_in(told))
    page.locator("summary", has_text="Bewertung zurücknehmen").click()
    page.get_by_role("button", name="Bewertung zurücknehmen").click()
    expect(page.get_by_role("status").first).to_contain_text("Ihre Bewertung ist zurückgenommen")
    expect(page.locator("#rating .entry")).to_have_count(0)
    context.close()


def _about_the_rating(outside: Outside, customer: str) -> str:
    """The text of the first mail about a rating; "" if there is none yet."""
    texts = [outside.message(mail) for mail in outside.mails(customer)]
    return next((str(each["Text"]) for each in texts if str(each["Subject"]).startswith("Ihre Bewertung")), "")


def _link_in(text: str) -> str:
    return next(word for word in text.split() if word.endswith("#rating"))


@pytest.mark.parametrize("path", ["/t/forged.token", "/shops/nobody/contact", "/shops/northlight/thanks?t=x"])
def test_a_missing_page_says_so_kindly(page: Page, outside: Outside, path: str) -> None:
    answer = page.goto(outside.url + path)
    assert answer and answer.status in (403, 404)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_no_page_is_wider_than_the_screen(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/contact")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
