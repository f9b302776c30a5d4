"""How a page is looked at: by axe-core, in its width, and by keyboard."""

from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.chats.live import PHONE

WIDE = {"width": 1280, "height": 900}
_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults(page: Page, where: str) -> list[str]:
    """On a phone and on a desktop, by day and by night."""
    found = list[str]()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        # What the bar that stays in view half covers is a matter of how far somebody has scrolled.
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        found += [f"{size['width']}: wider than the screen"] if page.evaluate(_WIDER) else []
        found += axe.violations(page)
        page.emulate_media(color_scheme="dark")
        found += [f"{fault} (by night)" for fault in axe.violations(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
    return [f"{where}: {fault}" for fault in found]


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement?.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")
