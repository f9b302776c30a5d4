"""The pages of the screenshots, in the order in which a user reaches them."""

import re
from collections.abc import Mapping

from local.shots.camera import Camera
from local.shots.people import TOM, People
from local.story.stage import SHOP


def photograph(camera: Camera, people: People, refs: Mapping[str, str]) -> None:
    _customers(camera, people)
    _sign_in(camera, people)
    _desk(camera, people.stack.url)
    _tickets(camera, people.stack.url, refs)
    camera.go(people.stack.mailbox)
    camera.take("mailbox")
    camera.press(camera.page.locator(".mails a").first)
    camera.take("mailbox-mail")


def _customers(camera: Camera, people: People) -> None:
    page, url = camera.page, people.stack.url
    camera.go(f"{url}/shops/{SHOP}/contact")
    camera.take("contact")
    camera.for_readme("contact", 1280, 800)
    page.get_by_label("Email address").fill("mira@example")
    camera.press(page.get_by_role("button", name="Send message"))
    camera.take("contact-faults")
    page.get_by_role("radio", name="Complaint", exact=True).check()
    page.get_by_label("Your message").fill("Since yesterday the dimmer hums, at any brightness.")
    page.get_by_label("Name", exact=False).first.fill("Ravi Chandran")
    page.get_by_label("Email address").fill("ravi@example.com")
    camera.press(page.get_by_role("button", name="Send message"))
    camera.take("thanks")
    written = people.sent_to("mira.holm@example.com")
    link = re.search(r"http\S+/t/[\w.-]+", people.text_of(written))
    camera.go(link[0] if link else "")
    camera.take("customer-ticket")
    camera.for_readme("customer", 1280, 800)
    camera.go(f"{url}/shops/{SHOP}/policy")
    camera.take("policy")
    for name in ("feedback", "ratings", "record", "call", "help", "help/bulbs", "products/LAMP-1"):
        camera.go(f"{url}/shops/{SHOP}/{name}")
        camera.take(name.replace("/", "-"))
    camera.go(f"{url}/t/forged.token", status=403)
    camera.take("not-found")
    camera.go(f"{url}/shops/nobody/contact", status=404)
    camera.take("not-found-no-shop")


def _sign_in(camera: Camera, people: People) -> None:
    page = camera.page
    camera.go(f"{people.stack.url}/desk/login")
    camera.take("desk-login")
    page.get_by_label("Email address").fill("tom")
    camera.press(page.get_by_role("button", name="Send me a link"))
    camera.take("desk-login-faults")
    page.get_by_label("Email address").fill(TOM)
    camera.press(page.get_by_role("button", name="Send me a link"))
    camera.take("desk-login-sent")
    link = re.search(r"http\S+/desk/in\?t=\S+", people.text_of(people.sent_to(TOM)))
    camera.go(link[0] if link else "")
    camera.take("desk-in")
    camera.press(page.get_by_role("button", name="Sign in"))


def _desk(camera: Camera, url: str) -> None:
    camera.go(f"{url}/desk")
    camera.take("desk-inbox")
    camera.for_readme("inbox", 1280, 740)
    camera.for_readme("inbox-phone", 390, 844, "dark")
    camera.go(f"{url}/desk?list=closed&day=2026-11-25")
    camera.take("desk-inbox-a-day-before")
    for name in ("overdue", "owed", "quarantine", "condemned", "closed", "referred"):
        camera.go(f"{url}/desk?list={name}")
        camera.take(f"desk-inbox-{name}")
    camera.go(f"{url}/desk?kind=data_request")
    camera.take("desk-inbox-empty")
    for name, words in (("search", "lamp"), ("search-none", "chandelier"), ("search-nothing", "")):
        camera.go(f"{url}/desk/search?q={words}")
        camera.take(f"desk-{name}")
    camera.go(f"{url}/desk/contact")
    camera.take("desk-contact")
    camera.press(camera.page.locator("main form button").last)
    camera.take("desk-contact-faults")
    for name in ("improvements", "admin", "help"):
        camera.go(f"{url}/desk/{name}")
        camera.take(f"desk-{name}")
    camera.go(f"{url}/desk/reports?from=2026-11-16&to=2026-11-26")
    camera.take("desk-reports")
    camera.for_readme("reports", 1280, 900, at="#causes")
    camera.for_readme("reports-phone", 390, 844, at="#causes")
    camera.go(f"{url}/shops/{SHOP}/improved")
    camera.take("improved")
    camera.go(f"{url}/desk/t/NL-22222-22222", status=404)
    camera.take("desk-not-found")


def _tickets(camera: Camera, url: str, refs: Mapping[str, str]) -> None:
    page = camera.page
    for name, ref in refs.items():
        camera.go(f"{url}/desk/t/{ref}")
        camera.take(f"desk-ticket-{name}")
    camera.go(f"{url}/desk/t/{refs['main']}")
    camera.for_readme("ticket", 1280, 900)
    camera.press(page.get_by_role("link", name="Show the whole mail").first)
    camera.take("desk-ticket-whole-mail")
    camera.go(f"{url}/desk/t/{refs['main']}")
    for fold in page.locator(".side details").all():
        fold.evaluate("fold => fold.open = true")
    camera.take("desk-ticket-unfolded")
    camera.press(page.locator("#extend button"))
    camera.take("desk-ticket-faults")
    page.get_by_label("Note", exact=True).check()
    page.locator("#compose").fill("Ask the warehouse whether the inner ring was left out.")
    camera.take("desk-ticket-note")
