"""Two agents answer at once, in two browsers: neither loses text, and the customer gets no second answer by
accident."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import ADA, TOM, at_the_desk, conversation, opened, show, write
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until

HERS, HIS = "A new shade is on its way.", "We refund the lamp.\nPlease keep it."


@pytest.fixture(scope="module")
def ada(browser: Browser, outside: Outside) -> Iterator[Page]:
    with at_the_desk(browser, outside, ADA) as page:
        yield page


@pytest.fixture(scope="module")
def tom(browser: Browser, outside: Outside) -> Iterator[Page]:
    with at_the_desk(browser, outside, TOM) as page:
        yield page


def answers(outside: Outside, customer: str) -> list[str]:
    """The texts of the answers to the customer."""
    mails = [mail for mail in outside.mails(customer) if mail.subject.startswith("Re:")]
    return [str(outside.message(mail)["Text"]) for mail in mails]


def both_write(ada: Page, tom: Page, outside: Outside, customer: str) -> str:
    """Both open the ticket and write; Ada sends, and the customer has her answer."""
    ref, _ = opened(outside, customer)
    show(ada, outside, ref)
    show(tom, outside, ref)
    write(ada, HERS)
    expect(ada.locator(".composer .kept")).to_have_text("Draft kept")
    write(tom, HIS)
    expect(tom.locator(".composer .kept")).to_have_text("Draft kept")
    # He learns of her while he writes; she learns of him when she sends.
    expect(tom.locator(".composer .writers")).to_contain_text("Ada Lindqvist began an answer")
    ada.get_by_role("button", name="Send answer").click()
    expect(ada.locator(".composer [role=alert]")).to_contain_text("Nothing has been sent")
    expect(ada.locator(".composer .writers")).to_contain_text("Tom Berger began an answer")
    expect(ada.get_by_label("Your words")).to_have_value(HERS)
    ada.get_by_label("I know.", exact=False).check()
    ada.get_by_role("button", name="Send answer").click()
    expect(conversation(ada)).to_contain_text(HERS)
    until(lambda: answers(outside, customer), PATIENCE, "Ada's answer")
    return ref


def told_and_nothing_lost(tom: Page) -> None:
    """Tom is warned, sees the new message, and all of his text is still there."""
    expect(tom.locator(".composer [role=alert]")).to_contain_text("Nothing has been sent")
    expect(tom.get_by_label("Your words")).to_have_value(HIS)
    expect(tom.locator(".msg.newer")).to_contain_text(HERS)


def test_the_second_agent_is_warned_and_can_change_the_answer(ada: Page, tom: Page, outside: Outside) -> None:
    customer = someone()
    ref = both_write(ada, tom, outside, customer)
    tom.get_by_role("button", name="Send answer").click()
    told_and_nothing_lost(tom)
    tom.get_by_role("button", name="Send answer").click()
    told_and_nothing_lost(tom)
    assert len(answers(outside, customer)) == 1
    write(tom, "Keep the broken one.")
    tom.get_by_label("I have read it", exact=False).check()
    tom.get_by_role("button", name="Send answer").click()
    expect(conversation(tom)).to_contain_text("Keep the broken one.")
    expect(tom.get_by_label("Your words")).to_have_value("")
    until(lambda: len(answers(outside, customer)) == 2, PATIENCE, "Tom's answer")
    first, second = (
        answers(outside, customer) if HERS in answers(outside, customer)[0] else answers(outside, customer)[::-1]
    )
    assert HERS in first
    assert "Keep the broken one." in second
    assert not any("refund" in text for text in (first, second))
    show(ada, outside, ref)
    expect(conversation(ada)).to_contain_text("Keep the broken one.")


def test_the_second_agent_can_still_send_the_answer(ada: Page, tom: Page, outside: Outside) -> None:
    customer = someone()
    both_write(ada, tom, outside, customer)
    tom.get_by_role("button", name="Send answer").click()
    told_and_nothing_lost(tom)
    tom.get_by_label("I have read it", exact=False).check()
    tom.get_by_role("button", name="Send answer").click()
    until(lambda: len(answers(outside, customer)) == 2, PATIENCE, "Tom's answer")
    assert any("Please keep it." in text for text in answers(outside, customer))


def test_the_second_agent_can_save_the_text_as_a_note(ada: Page, tom: Page, outside: Outside) -> None:
    customer = someone()
    both_write(ada, tom, outside, customer)
    tom.get_by_role("button", name="Send answer").click()
    told_and_nothing_lost(tom)
    tom.locator(".modes").get_by_label("Note", exact=True).check()
    tom.get_by_role("button", name="Add note").click()
    expect(tom.locator(".msg.internal")).to_contain_text("We refund the lamp.")
    assert len(answers(outside, customer)) == 1


def test_each_sees_that_the_other_is_writing_and_keeps_their_own_draft(ada: Page, tom: Page, outside: Outside) -> None:
    ref, _ = opened(outside, someone())
    show(ada, outside, ref)
    write(ada, "Dear Mira, I am looking into")
    expect(ada.locator(".composer .kept")).to_have_text("Draft kept")
    show(tom, outside, ref)
    expect(tom.locator(".composer")).to_contain_text("Ada Lindqvist began an answer")
    expect(tom.get_by_label("Your words")).to_have_value("")
    show(ada, outside, ref)
    expect(ada.get_by_label("Your words")).to_have_value("Dear Mira, I am looking into")
    expect(ada.locator(".composer")).not_to_contain_text("began an answer")


def test_a_customers_new_message_holds_back_an_answer_too(ada: Page, outside: Outside, browser: Browser) -> None:
    customer = someone()
    ref, page_of_theirs = opened(outside, customer)
    show(ada, outside, ref)
    write(ada, HERS)
    theirs = browser.new_page()
    theirs.goto(page_of_theirs)
    theirs.get_by_label("Your reply").fill("I have bought another lamp.")
    theirs.get_by_role("button", name="Send reply").click()
    expect(theirs.get_by_role("status").first).to_be_visible()
    ada.get_by_role("button", name="Send answer").click()
    expect(ada.locator(".msg.newer")).to_contain_text("I have bought another lamp.")
    expect(ada.get_by_label("Your words")).to_have_value(HERS)
    assert answers(outside, customer) == []
    theirs.close()


def test_too_large_content_is_reported_before_sending_and_keys_work_with_any_fragment(
    ada: Page, outside: Outside
) -> None:
    ref, _ = opened(outside, someone())
    ada.goto(f"{outside.url}/desk/t/{ref}#%")
    ada.keyboard.press("n")
    expect(ada.get_by_label("Your words")).to_be_focused()
    write(ada, HERS)
    large = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": bytes(26_500_000)}
    ada.get_by_label("Files with an answer").set_input_files(large)  # type: ignore[arg-type]
    ada.get_by_role("button", name="Send answer").click()
    expect(ada.locator(".composer .too-large")).to_contain_text("larger than 25 MB")
    expect(ada.get_by_label("Your words")).to_have_value(HERS)
    write(ada, "x" * 20_001)
    expect(ada.locator(".composer .kept")).to_contain_text("longer than the 20,000")
