"""A ticket's life at the desk, in a browser, and on its customer's page: from the mailed link to signing out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import ADA, TOM, at_the_desk, conversation, opened, row_of, show, sign_in, unfold, write
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until

COURIER = "claims@swiftparcel.example"


@pytest.fixture(scope="module")
def ada(browser: Browser, outside: Outside) -> Iterator[Page]:
    with at_the_desk(browser, outside, ADA) as page:
        yield page


def says(page: Page, words: str) -> None:
    """Wait until the page says that it was done."""
    expect(page.locator("p.notice")).to_have_text(words)


def customer_has(outside: Outside, customer: str, words: str) -> str:
    """The text of the mail to the customer that contains these words, as soon as it arrives."""

    def look() -> str | None:
        texts = (str(outside.message(mail)["Text"]) for mail in reversed(outside.mails(customer)))
        return next((text for text in texts if words in " ".join(text.split())), None)

    return until(look, PATIENCE, f"mail that says {words!r}")


def test_a_ticket_from_triage_to_the_final_answer(ada: Page, outside: Outside, browser: Browser) -> None:
    customer = someone()
    ref, page_of_theirs = opened(outside, customer, subject="Shade cracked", topic="damaged_in_transit")

    ada.goto(f"{outside.url}/desk")
    row = row_of(ada, ref)
    expect(row).to_contain_text("Nobody")
    row.get_by_role("link", name="Shade cracked").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("Shade cracked")

    form = unfold(ada, "assign")
    form.get_by_label("Assigned to").select_option("Ada Lindqvist")
    form.get_by_role("button", name="Assign").click()
    says(ada, "Assigned.")
    form = unfold(ada, "prioritise")
    form.get_by_label("Priority").select_option("High")
    form.get_by_role("button", name="Set priority").click()
    says(ada, "Priority set.")
    form = unfold(ada, "change")
    form.get_by_label("Order number").fill("NL-2026-204117")
    form.get_by_role("button", name="Save").click()
    says(ada, "Saved.")
    form = unfold(ada, "tag")
    form.get_by_label("Tags").fill("glass, christmas")
    form.get_by_role("button", name="Save tags").click()
    says(ada, "Tags saved.")
    expect(ada.locator("header.head .tag")).to_have_text(["glass", "christmas"])

    ready = ada.locator("#compose-ready")
    ready.select_option(index=1)
    ada.get_by_role("button", name="Use this reply").last.click()
    begun = ada.get_by_label("Your words").input_value()
    assert "Mira" in begun
    write(ada, f"{begun}\n\nP.S. The screws come with it.")
    ada.get_by_role("button", name="Send answer").click()
    expect(ada.locator(".composer .notice")).to_have_text("Your answer is on its way.")
    assert "Northlight" in customer_has(outside, customer, "The screws come with it.")

    form = unfold(ada, "refer")
    form.get_by_label("Whom to ask").select_option("swiftparcel")
    form.get_by_label("What you ask of them").fill("Where was it damaged?")
    form.get_by_role("button", name="Ask them").click()
    says(ada, "The third party has been asked, and the customer told.")
    asked = outside.mail_to(COURIER, ref)
    told = str(outside.message(asked)["Text"])
    assert "Where was it damaged?" in told
    assert customer not in told

    form = unfold(ada, "extend")
    form.get_by_label("Why it takes longer").fill("The courier is looking into it.")
    form.get_by_role("button", name="Tell the customer").click()
    says(ada, "The customer is being told. The promise moves when the notice has gone out.")
    customer_has(outside, customer, "The courier is looking into it.")

    theirs = browser.new_context(locale="en-GB").new_page()
    theirs.goto(page_of_theirs)
    talk = theirs.locator(".conversation")
    expect(talk).to_contain_text("The screws come with it.")
    expect(talk).not_to_contain_text("Where was it damaged?")
    theirs.get_by_label("Your reply").fill("Thank you, I wait.")
    theirs.get_by_role("button", name="Send reply").click()
    expect(talk).to_contain_text("Thank you, I wait.")

    show(ada, outside, ref)
    expect(conversation(ada)).to_contain_text("Thank you, I wait.")
    write(ada, "They sound patient.", "Note")
    ada.get_by_role("button", name="Add note").click()
    expect(ada.locator(".msg.internal").last).to_contain_text("They sound patient.")

    form = unfold(ada, "conclude")
    form.get_by_label("Outcome").select_option("For the customer")
    form.get_by_label("What you found").fill("The box was crushed on its way. A new shade was sent.")
    form.get_by_role("button", name="Send final answer").click()
    says(ada, "The final answer is on its way. The ticket closes when it has gone out.")
    customer_has(outside, customer, "A new shade was sent.")
    until(lambda: ada.reload() and ada.locator(".pill.state-closed").count(), PATIENCE, "closed ticket")

    theirs.reload()
    expect(talk).to_contain_text("The box was crushed on its way.")
    expect(theirs.locator("body")).not_to_contain_text("They sound patient.")
    expect(theirs.locator(".badge.closed")).to_be_visible()
    theirs.context.close()


def test_a_phone_call_is_logged_and_found(ada: Page, outside: Outside) -> None:
    customer = someone()
    ada.goto(f"{outside.url}/desk")
    ada.get_by_role("link", name="Log a contact").click()
    ada.get_by_role("group", name="How").get_by_label("Phone").check()
    ada.get_by_label("What was said").fill("Asks whether the lampshade Quietude comes in green.")
    ada.get_by_label("Name", exact=True).fill("Noor Janssen")
    ada.get_by_label("Email address").fill(customer)
    ada.get_by_role("button", name="Log it").click()
    says(ada, "Contact logged.")
    expect(conversation(ada)).to_contain_text("comes in green")
    ref = ada.locator("header.head .reference").inner_text()
    outside.mail_to(customer, ref)

    def found(query: str) -> bool:
        ada.goto(f"{outside.url}/desk")
        ada.get_by_label("Search").fill(query)
        ada.get_by_label("Search").press("Enter")
        return ada.locator(".row").filter(has_text=ref).count() == 1

    until(lambda: found(f"quietude {customer.partition('@')[0]}") or found("quietude green"), PATIENCE, "the words")
    assert found(customer)
    ada.get_by_label("Search", exact=True).first.fill(ref.lower())
    ada.get_by_label("Search", exact=True).first.press("Enter")
    expect(ada.locator("header.head .reference")).to_have_text(ref)


def test_two_tickets_about_one_matter_are_merged(ada: Page, outside: Outside) -> None:
    customer = someone()
    first, _ = opened(outside, customer, message="The shade is cracked.")
    second, page_of_theirs = opened(outside, customer, message="And two screws are missing.")
    show(ada, outside, second)
    form = unfold(ada, "merge")
    form.get_by_label("Reference of the other ticket").fill(first)
    form.get_by_role("button", name="Merge").click()
    # Neither customer has proved their address, so the merge must be confirmed.
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="Merge").click()
    says(ada, "Merged.")
    assert ada.url.partition("?")[0].endswith(f"/desk/t/{first}")
    expect(conversation(ada)).to_contain_text("The shade is cracked.")
    expect(conversation(ada)).to_contain_text("And two screws are missing.")
    ada.goto(page_of_theirs)
    expect(ada.locator(".conversation")).to_contain_text("The shade is cracked.")


def test_signing_out_ends_the_session(browser: Browser, outside: Outside) -> None:
    ref, _ = opened(outside, someone())
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, outside, TOM, f"/desk/t/{ref}")
    expect(page.locator("header.head .reference")).to_have_text(ref)
    kept = context.cookies()
    page.locator(".who summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("Email address")).to_be_visible()
    page.go_back()
    page.goto(f"{outside.url}/desk/t/{ref}")
    expect(page.get_by_label("Email address")).to_be_visible()
    context.add_cookies(kept)  # type: ignore[arg-type]
    page.goto(f"{outside.url}/desk/t/{ref}")
    expect(page.get_by_label("Email address")).to_be_visible()
    context.close()
