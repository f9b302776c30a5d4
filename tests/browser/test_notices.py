"""After every action its notice is in view, on a laptop and on a phone, and its row is folded. Everything on the page
can be reached by scrolling only the page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desk import ADA, at_the_desk, opened, show, unfold, write
from tests.support.stack.local_stack import Outside, someone

SCREENS = {"laptop": (1366, 768), "small": (1280, 900), "phone": (390, 844)}
_IN_SIGHT = """element => {
  const box = element.getBoundingClientRect(), middle = [box.left + box.width / 2, box.top + box.height / 2];
  const whole = box.width > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
  const above = document.elementFromPoint(...middle);
  return whole && element.contains(above);
}"""
_SCROLLS = """element => [...element.querySelectorAll("*"), element].filter(
  e => /auto|scroll/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight && e.tagName !== "TEXTAREA"
).length"""
# The text for a row's form, by labels; and the row that contains the form, if it is another's.
FILLED: dict[str, dict[str, str]] = {
    "assign": {}, "prioritise": {}, "change": {"Order number": "NL-2026-204118"}, "tag": {"Tags": "glass"},
    "extend": {"Why it takes longer": "It has to be made."}, "find": {"Why you think so": "It was packed badly."},
    "remedy": {}, "remedy_done": {"What the customer should know": "It is on its way."}, "instruct": {},
    "place_legal_hold": {"Reason": "A court asked for it."}, "lift_legal_hold": {"Reason": "It is over."},
    "refer": {"What you ask of them": "Where was it damaged?"}, "end_referral": {"Reason": "They called."},
    "close": {"Reason": "All is well."}, "reopen": {"Reason": "It is not."}, "spam": {},
}  # fmt: skip
ROWS = {"remedy_done": "remedy", "end_referral": "refer"}


@pytest.fixture(scope="module", params=list(SCREENS.values()), ids=list(SCREENS))
def page(browser: Browser, outside: Outside, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    with at_the_desk(browser, outside, ADA, viewport={"width": width, "height": height}) as page:
        yield page


def pressed(page: Page, action: str, fields: dict[str, str]) -> None:
    unfold(page, ROWS.get(action, action))
    form = page.locator(f"#{ROWS.get(action, action)} form[action*='/{action}#']")
    for label, words in fields.items():
        form.get_by_label(label).fill(words)
    if action == "refer":
        form.get_by_label("Whom to ask").select_option("swiftparcel")
    with page.expect_navigation():
        form.get_by_role("button").last.click()


def told(page: Page) -> Locator:
    notice = page.locator("p.notice")
    expect(notice).to_have_attribute("role", "status")
    return notice


def test_after_every_action_the_notice_is_in_view_and_the_row_is_folded(page: Page, outside: Outside) -> None:
    ref, _ = opened(outside, someone(), topic="damaged_in_transit", kind="complaint")
    show(page, outside, ref)
    for action, fields in FILLED.items():
        pressed(page, action, fields)
        assert told(page).evaluate(_IN_SIGHT), action
        row = page.locator(f"#{ROWS.get(action, action)}")
        assert row.count() == 0 or row.get_attribute("open") is None, action
        assert not page.locator("details.act[open]").count(), action


@pytest.mark.parametrize("mode", [("Answer", "Send answer"), ("Question", "Send question"), ("Note", "Add note")])
def test_after_sending_a_message_the_notice_is_in_view(page: Page, outside: Outside, mode: tuple[str, str]) -> None:
    ref, _ = opened(outside, someone())
    show(page, outside, ref)
    write(page, "We look into it.\n" * 12, mode[0])
    with page.expect_navigation():
        page.get_by_role("button", name=mode[1]).click()
    assert told(page).evaluate(_IN_SIGHT)


def test_the_other_ticket_is_one_press_away_after_a_merge_a_split_and_a_link(page: Page, outside: Outside) -> None:
    customer = someone()
    first, theirs = opened(outside, customer, message="The shade is cracked.")
    second, _ = opened(outside, customer, message="And screws are missing.")
    show(page, outside, first)
    pressed(page, "link", {"Reference of the other ticket": second})
    assert page.locator(".told .reference").inner_text() == second
    outside.request("POST", theirs, fields={"message": "And the plug, too.", "submission_id": "1"})
    show(page, outside, first)
    pressed(page, "split", {})
    assert told(page).inner_text() == "Split off."
    other = page.locator(".told .reference")
    assert other.evaluate(_IN_SIGHT)
    other.click()
    expect(page.locator(".conversation")).to_contain_text("And the plug, too.")
    show(page, outside, second)
    pressed(page, "merge", {"Reference of the other ticket": first})
    page.locator("#merge").get_by_role("checkbox").check()  # neither customer has proved their address
    pressed(page, "merge", {})
    assert page.url.partition("?")[0].endswith(first)
    assert told(page).evaluate(_IN_SIGHT)
    assert page.locator(".told .reference").inner_text() == second


def test_the_notice_can_be_closed_and_does_not_come_back(page: Page, outside: Outside) -> None:
    ref, _ = opened(outside, someone())
    show(page, outside, ref)
    pressed(page, "prioritise", {})
    page.get_by_role("link", name="Close this notice").click()
    expect(page.locator("p.notice")).to_have_count(0)
    page.reload()
    expect(page.locator("p.notice")).to_have_count(0)


def test_no_part_of_the_page_scrolls_separately(page: Page, outside: Outside) -> None:
    ref, theirs = opened(outside, someone())
    for number in range(4):
        outside.request("POST", theirs, fields={"message": f"{number}\n" * 60, "submission_id": str(number)})
    show(page, outside, ref)
    assert page.locator(".side").evaluate(_SCROLLS) == 0
    for row in ("close", "merge", "place_legal_hold", "log"):
        summary = page.locator(f"#at-{row}" if row != "log" else "#log > summary")
        summary.scroll_into_view_if_needed()
        assert summary.evaluate(_IN_SIGHT), row


def test_a_link_to_a_part_of_the_page_unfolds_nothing(page: Page, outside: Outside) -> None:
    ref, _ = opened(outside, someone())
    show(page, outside, ref)
    for part in ("properties", "procedure"):
        page.evaluate(f"location.hash = '{part}'")
        expect(page.locator(f"#{part}-title")).to_be_in_viewport()
        assert page.locator("details.act[open]").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_note_says_who_reads_it(browser: Browser, outside: Outside, script: bool) -> None:
    ref, _ = opened(outside, someone(), name="Mira Holm")
    with at_the_desk(browser, outside, ADA, java_script_enabled=script) as page:
        show(page, outside, ref)
        whom, box = page.locator(".composer .whom:visible"), page.get_by_label("Your words")
        expect(whom).to_contain_text("To Mira Holm")
        answers = page.locator(".composer").evaluate("e => getComputedStyle(e).backgroundColor") if script else ""
        page.locator(".modes").get_by_label("Note", exact=True).check()
        expect(whom).to_have_text("For your team alone: the customer neither gets nor sees it.")
        expect(page.locator(".composer .send button:visible")).to_have_text("Add note")
        assert not re.search("Mira|customer", box.get_attribute("placeholder") or "")
        if script:
            assert box.get_attribute("placeholder") == "A note for your team …"
            assert page.locator(".composer").evaluate("e => getComputedStyle(e).backgroundColor") != answers
            expect(box).to_have_accessible_description("For your team alone: the customer neither gets nor sees it.")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_customer_with_only_a_number_can_be_called_and_only_notes_are_possible(
    browser: Browser, outside: Outside, script: bool
) -> None:
    with at_the_desk(browser, outside, ADA, java_script_enabled=script) as page:
        page.goto(f"{outside.url}/desk/contact?shop=northlight")
        page.get_by_role("group", name="How").get_by_label("Phone").check()
        page.get_by_label("What was said").fill("Wants to be called back.")
        page.get_by_label("Name", exact=True).fill("Karla")
        page.get_by_label("Phone", exact=False).last.fill("+49 (0)30 5550123")
        page.get_by_label("Country").fill("AT")
        page.get_by_role("button", name="Log it").click()
        expect(page.locator(".side .phone a")).to_have_attribute("href", "tel:+49305550123")
        expect(page.locator(".side .phone a")).to_have_text("+49 (0)30 5550123")
        expect(page.locator(".side .pairs")).to_contain_text("Austria")
        expect(page.locator(".composer .whom:visible")).to_contain_text("For your team alone")
        expect(page.locator(".composer .send button")).to_have_count(1)
        assert page.get_by_label("Your words").get_attribute("placeholder") == "A note for your team …"
