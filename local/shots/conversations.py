"""A call, a messenger and a chat for the screenshots. An agent is signed in, who shares the window with the customer:
their pages come one after the other."""

from playwright.sync_api import expect

from local.events import saying
from local.shots.camera import Camera
from local.shots.people import People
from local.story.stage import SHOP, WentWrong

_NUMBER = "4915112345678"
_HUMS = "The dimmer of my Polaris hums since yesterday. Can I set it to another bulb?"
_ANSWERS = (
    "Good morning, Ravi. Yes: hold the dimmer for five seconds until it blinks, then choose LED.",
    "Does it still hum then? If so, I send you another one today.",
)


def photograph(camera: Camera, people: People) -> None:
    people.at("2026-11-26 11:00")
    _call(camera, people.stack.url)
    _messenger(camera, people)
    camera.go(f"{people.stack.url}/desk/away")
    camera.take("desk-away")
    _chat(camera, people.stack.url)


def _call(camera: Camera, url: str) -> None:
    page = camera.page
    camera.go(f"{url}/shops/{SHOP}/call")
    camera.press(page.locator("main form button").last)
    camera.take("call-faults")
    page.locator("[name=slot]").first.check()
    page.locator("[name=phone]").fill("+49 151 12345678")
    page.locator("[name=name]").fill("Inès Moreau")
    page.locator("[name=email]").fill("ines.moreau@example.com")
    camera.press(page.locator("main form button").last)
    camera.take("call-booked")
    camera.go(f"{url}/desk/calls")
    camera.take("desk-calls")


def _messenger(camera: Camera, people: People) -> None:
    said = saying.Options("whatsapp", f"+{_NUMBER}", "Where is my lamp?", people.started.data, name="Bo Berg")
    status, answer = saying.said(said)
    if status != 200:
        raise WentWrong(f"The message was answered with {status}: {answer}")
    found = f"{people.stack.url}/desk/search?q=%2B{_NUMBER}"
    people.stage.until(lambda: camera.listed(found), "the message opened no ticket")
    people.stage.settle()
    camera.open_first()
    camera.take("desk-ticket-messenger")


def _chat(camera: Camera, url: str) -> None:
    page = camera.page
    camera.go(f"{url}/desk/chats")
    camera.press(page.locator("button[name=takes]"))
    camera.go(f"{url}/shops/{SHOP}/chat")
    camera.take("chat-form")
    page.locator("[name=name]").fill("Ravi Chandran")
    page.locator("[name=email]").fill("ravi.chandran@example.com")
    page.locator("[name=message]").fill(_HUMS)
    camera.press(page.locator("main form button").last)
    expect(page.locator("#lines")).to_contain_text(_HUMS)
    camera.take("chat-waiting")
    customers, reference = page.url, page.locator(".reference").inner_text()
    camera.go(f"{url}/desk/chats")
    camera.take("desk-chats")
    camera.go(f"{url}/desk/chats/{reference}")
    camera.press(page.locator("form[action$='/take'] button"))
    for words in _ANSWERS:
        page.locator("#text").fill(words)
        page.locator("#text").press("Enter")
        expect(page.locator("#lines")).to_contain_text(words)
    camera.take("desk-chat")
    camera.for_readme("desk-chat", 1280, 900)
    camera.go(customers)
    expect(page.locator("#lines")).to_contain_text(_ANSWERS[-1])
    camera.take("chat")
    camera.for_readme("chat", 390, 844)
