"""Nobody is there, or nobody any more: what was typed is kept as a message of a ticket, agents are mailed, and the
customer reads by when the answer comes. On the real package, whose clock is moved."""

from playwright.sync_api import Browser, Page, expect

from local import clock
from tests.browser.chats import live
from tests.browser.chats.live import begin, fill, reference, say, send
from tests.browser.desk import ADA
from tests.support.stack.local_stack import Outside, someone

# One working day after a Wednesday, as the policy promises for questions.
DAY = "Thursday, 4 March 2027"
PROMISED = f"Our answer comes by {DAY} at the latest."
# In Berlin 15:58 and 16:01: the chat closes at 16.
CLOSES_SOON, CLOSED = "2027-03-03T14:58Z", "2027-03-03T15:01Z"
# Longer than an agent is believed to be there, and than an answer may take.
LATER = "+3m"


def answered_by_mail(page: Page, stack: Outside, address: str, *words: str) -> None:
    """The ticket has these words, its agents and its customer are mailed, and its customer reads what is promised."""
    for each in words:
        expect(page.locator("#lines")).to_contain_text(each)
    expect(page.locator("#state")).to_contain_text("You get an answer by email.")
    ref = reference(page)
    told = stack.message(stack.mail_to(ADA, ref))["Text"]
    assert words[0] in told
    acknowledged = stack.message(stack.mail_to(address, ref))["Text"]
    assert f"you get our answer by {DAY}." in " ".join(acknowledged.split())
    kept = [item.get("text", {}).get("S", "") for item in stack.items(f"TICKET#{ref}")]
    assert set(words) <= {each for each in kept if each} | _opening(stack, ref)


def _opening(stack: Outside, ref: str) -> set[str]:
    """The words that the ticket itself holds."""
    (ticket,) = (item for item in stack.items(f"TICKET#{ref}", "TICKET"))
    return {ticket["opening"]["M"]["text"]["S"]} if "opening" in ticket else set()


def test_with_no_agent_it_is_a_message(buyer: Page, stack: Outside) -> None:
    clock.moved(LATER, stack.started.data)
    address = someone()
    buyer.goto(f"{stack.url}/shops/northlight/chat")
    expect(buyer.locator("main")).to_contain_text("Nobody is in the chat right now.")
    fill(buyer, address, "Is anybody there?")
    send(buyer, "Is anybody there?")
    expect(buyer.locator("main")).to_contain_text(PROMISED)
    answered_by_mail(buyer, stack, address, "Is anybody there?")


def test_an_agent_who_is_gone_after_the_first_message_leaves_a_message(
    browser: Browser, buyer: Page, stack: Outside
) -> None:
    address = someone()
    with live.an_agent(browser, stack):
        begin(buyer, stack, address, "My lamp hums.")
        expect(buyer.locator("#state")).to_contain_text("Somebody answers within 2 minutes.")
    say(buyer, "It is the blue one.")
    expect(buyer.locator("#lines .hint")).to_have_count(0)
    clock.moved(LATER, stack.started.data)
    expect(buyer.locator("#lines .note").last).to_contain_text(
        f"Nobody can answer here now. Your words are with us, and you get an answer by email: {DAY} at the latest."
    )
    answered_by_mail(buyer, stack, address, "My lamp hums.", "It is the blue one.")
    buyer.reload()
    expect(buyer.locator("main")).to_contain_text(PROMISED)


def test_what_is_typed_while_the_shop_closes_is_a_message(browser: Browser, buyer: Page, stack: Outside) -> None:
    address = someone()
    clock.moved(CLOSES_SOON, stack.started.data)
    with live.an_agent(browser, stack) as ada:
        buyer.goto(f"{stack.url}/shops/northlight/chat")
        expect(buyer.locator("main")).to_contain_text("You are writing with people.")
        fill(buyer, address, "My lamp hums.")
        clock.moved(CLOSED, stack.started.data)
        live.takes_chats(ada, stack)
        send(buyer, "My lamp hums.")
    expect(buyer.locator("main")).to_contain_text(PROMISED)
    answered_by_mail(buyer, stack, address, "My lamp hums.")
