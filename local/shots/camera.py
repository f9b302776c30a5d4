"""Takes the screenshots: loads each page once and takes it at two widths, in light and dark mode."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, Route

_WIDTHS = {390: 844, 1280: 800}
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Pixels; taller pages are cut here.
_HIGHEST = 4000
# A machine without a desktop has no system font; with this one (if installed) the pages look as on most others.
_FONT = "Inter"
_LISTED = ".row .subject a"
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Camera:
    """A browser window and the folders for its pictures. `faults` lists pages with problems."""

    def __init__(self, browser: Browser, out: Path, readme: Path | None) -> None:
        self._out, self._readme = out, readme
        self.taken, self.faults = 0, list[str]()
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("*.png"):
            old.unlink()
        context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce")
        context.set_default_timeout(120_000)
        context.route("**/static/*.css", _dressed)
        self.page: Page = context.new_page()

    def go(self, url: str, *, status: int = 200) -> None:
        answer = self.page.goto(url)
        if answer and answer.status not in (status, 304):
            self.faults.append(f"{url} was answered with {answer.status}")

    def listed(self, url: str) -> bool:
        """Load a list of the desk; returns whether anything is on it."""
        self.go(url)
        return self.page.locator(_LISTED).count() > 0

    def open_first(self) -> None:
        """Open what is first on the list."""
        self.press(self.page.locator(_LISTED).first)

    def press(self, pressed: Locator) -> None:
        """Press a button or link that loads a page."""
        with self.page.expect_navigation():
            pressed.click()

    def take(self, name: str) -> None:
        """Take the whole page as it is now."""
        for width, height in _WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            if self.page.evaluate(_WIDER) > 0:
                self.faults.append(f"{name} is wider than {width} px")
            whole = int(self.page.evaluate("document.documentElement.scrollHeight"))
            self.page.set_viewport_size({"width": width, "height": max(height, min(whole, _HIGHEST))})
            for scheme in _SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(path=self._out / f"{name}-{width}-{scheme}.png")
                self.taken += 1

    def for_readme(
        self, name: str, width: int, height: int, scheme: Literal["light", "dark"] = "light", *, at: str = ""
    ) -> None:
        """Take the visible part of the page, for the README: from its top, or from what `at` selects."""
        if self._readme:
            self._readme.mkdir(parents=True, exist_ok=True)
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate("at => at ? document.querySelector(at).scrollIntoView() : scrollTo(0, 0)", at)
            self.page.screenshot(path=self._readme / f"{name}.png")


def _dressed(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("system-ui,", f"{_FONT}, system-ui,"))
