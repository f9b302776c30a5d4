"""Files as large as phones make them, and larger than we accept: on the form, the customer's page and the composer,
with and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desk import ADA, at_the_desk, conversation, opened, show, write
from tests.support.stack.local_stack import Outside, someone

PHOTO, FILM = 10_000_000, 30_000_000


@pytest.fixture(scope="module")
def ada(browser: Browser, outside: Outside) -> Iterator[Page]:
    with at_the_desk(browser, outside, ADA) as page:
        yield page


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _file(tmp_path_factory.mktemp("photo") / "IMG_2041.jpg", PHOTO)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _file(tmp_path_factory.mktemp("film") / "crack.mov", FILM)


def _file(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.write(b"\xff\xd8")
        file.truncate(size)
    return path


def _chooser(page: Page) -> Locator:
    return page.locator("input[type=file][name=attachments]")


def _never_asked(page: Page) -> list[str]:
    """The URLs to which the page posts from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_a_phones_photo_can_be_sent_as_a_reply(page: Page, outside: Outside, photo: Path) -> None:
    _, theirs = opened(outside, someone())
    page.goto(theirs)
    expect(page.locator("#attachments-hint")).to_contain_text("25 MB")
    _chooser(page).set_input_files(photo)
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("status").first).to_contain_text("Your reply has reached us")
    expect(page.locator(".conversation .entry").last.get_by_role("link", name="IMG_2041.jpg")).to_be_visible()
    expect(page.locator(".conversation .entry").last).to_contain_text("10 MB")


def test_a_file_that_is_too_large_is_reported_and_nothing_is_sent(page: Page, outside: Outside, film: Path) -> None:
    _, theirs = opened(outside, someone())
    for address, words, send in (
        (theirs, "Your reply", "Send reply"),
        (f"{outside.url}/shops/northlight/contact", "Your message", "Send message"),
    ):
        page.goto(address)
        page.get_by_label(words).fill("Please look at this.")
        _chooser(page).set_input_files(film)
        told = page.get_by_text("“crack.mov” is larger than 25 MB")
        expect(told).to_be_visible()
        sent = _never_asked(page)
        page.get_by_role("button", name=send).click()
        expect(told).to_be_visible()
        expect(_chooser(page)).to_be_focused()
        expect(page.get_by_role("button", name=send)).to_be_enabled()
        assert sent == []
        _chooser(page).set_input_files([])
        expect(told).to_be_hidden()


def test_too_many_files_are_reported_before_they_are_sent(page: Page, outside: Outside, tmp_path: Path) -> None:
    page.goto(f"{outside.url}/shops/northlight/contact")
    _chooser(page).set_input_files([_file(tmp_path / f"{number}.jpg", 9) for number in range(11)])
    expect(page.get_by_text("You can send 10 files at most")).to_be_visible()


def test_an_upload_that_fails_says_so_and_can_be_tried_again(page: Page, outside: Outside, photo: Path) -> None:
    _, theirs = opened(outside, someone())
    page.goto(theirs)
    page.get_by_label("Your reply").fill("The crack.")
    _chooser(page).set_input_files(photo)
    page.route("**/uploads", lambda route: route.abort())
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("A file could not be uploaded")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("The crack.")
    page.unroute("**/uploads")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("status").first).to_contain_text("Your reply has reached us")
    assert page.locator(".conversation .entry").last.get_by_role("link").count() == 1


def test_an_agent_answers_with_a_phones_photo(ada: Page, outside: Outside, photo: Path, film: Path) -> None:
    customer = someone()
    ref, _ = opened(outside, customer)
    show(ada, outside, ref)
    write(ada, "It should look like this.")
    _chooser(ada).set_input_files(film)
    expect(ada.locator(".too-large")).to_contain_text("“crack.mov” is larger than 25 MB")
    ada.get_by_role("button", name="Send answer").click()
    expect(ada.locator(".too-large")).to_contain_text("25 MB")
    _chooser(ada).set_input_files(photo)
    expect(ada.locator(".too-large")).to_be_hidden()
    ada.get_by_role("button", name="Send answer").click()
    expect(conversation(ada)).to_contain_text("It should look like this.")
    expect(conversation(ada).get_by_role("link", name="IMG_2041.jpg")).to_be_visible()
    answer = outside.mail_to(customer, "Re: ")
    assert "It should look like this." in outside.message(answer)["Text"]


def test_a_photo_without_words_is_an_answer_and_a_note_accepts_no_files(
    ada: Page, outside: Outside, photo: Path
) -> None:
    ref, _ = opened(outside, someone())
    show(ada, outside, ref)
    write(ada, "", "Note")
    ada.get_by_label("Your words").fill("For us.")
    _chooser(ada).set_input_files(photo)
    ada.get_by_role("button", name="Add note").click()
    expect(ada.get_by_text("Files go with an answer only")).to_be_visible()
    write(ada, "")
    _chooser(ada).set_input_files(photo)
    ada.get_by_role("button", name="Send answer").click()
    expect(conversation(ada).get_by_role("link", name="IMG_2041.jpg")).to_be_visible()


def test_without_scripts_too_large_files_are_answered_with_a_sentence(
    browser: Browser, outside: Outside, photo: Path
) -> None:
    _, theirs = opened(outside, someone())
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(theirs)
    expect(page.locator("#attachments-hint")).to_contain_text("together up to 4 MB")
    page.get_by_label("Your reply").fill("My words.")
    _chooser(page).set_input_files(photo)
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That was too much at once")
    expect(page.get_by_role("link", name="To the start page").first).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Your reply")).to_have_value("My words.")
    context.close()


def test_the_form_asks_what_belongs_to_the_kind(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/contact")
    expect(page.get_by_label("Serial number")).to_be_hidden()
    page.get_by_label("Warranty claim").check()
    expect(page.get_by_label("Serial number")).to_be_visible()
    expect(page.get_by_label("Topic").locator("option", has_text="faulty")).to_have_count(1)
    expect(page.get_by_label("Topic").locator("option", has_text="missed the delivery")).to_have_count(0)
    page.get_by_label("Serial number").fill("7")
    page.get_by_role("radio", name="My personal data", exact=True).check()
    expect(page.get_by_label("Topic")).to_be_hidden()
    expect(page.get_by_label("Serial number")).to_be_visible()
    page.get_by_label("Serial number").fill("")
    page.get_by_role("radio", name="Complaint", exact=True).check()
    expect(page.get_by_label("Serial number")).to_be_hidden()
    page.get_by_label("Topic").select_option("I missed the delivery")
