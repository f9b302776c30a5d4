"""Debian's Chromium, driven by playwright: for the browser tests and for `make shots`."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PATH = "/usr/bin/chromium"
# Without these options Chromium contacts Google's hosts at every start.
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, chromium_sandbox=False, args=_QUIET, headless=True)
        yield browser
        browser.close()
