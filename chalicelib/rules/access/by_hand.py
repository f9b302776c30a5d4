"""Whether a person pressed a button on our page, as far as a request can show it.

Programs that scan mails follow the links in them and send the forms that they find there. A person's browser does three
things that they rarely do: it keeps the cookie that came with the page, it sends back what the page has hidden in the
form, and it says from which site's page the form was sent (decision 196).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(days=1)
"""How long a page's button works. Afterwards the page is shown again, with what was typed."""


class Button(StrEnum):
    """What a button does. What was made for one button presses no other."""

    CONFIRM_IDENTITY = "confirm_identity"
    CONFIRM_ADDRESS = "confirm_address"
    RATE = "rate"
    WITHDRAW_RATING = "withdraw_rating"
    WITHDRAW = "withdraw"
    CHOOSE = "choose"
    CORRECT_ADDRESS = "correct_address"
    ANSWERED = "answered"
    PUBLISH = "publish"
    TAKE_BACK = "take_back"
    NOTE_SERIAL = "note_serial"
    CLAIM = "claim"
    WAIT = "wait"
    FORGET = "forget"
    CHANGE_CALL = "change_call"


class Doubt(StrEnum):
    """Why a request counts as not sent by a person's hand."""

    OTHER_PAGE = "other_page"  # the browser says that another site's page sent it, or nothing says that ours did
    NO_COOKIE = "no_cookie"
    NO_NONCE = "no_nonce"  # it has none of this page and button, or an invented one
    OLD_NONCE = "old_nonce"


@dataclass(frozen=True, slots=True)
class Press:
    """What a request shows. `site`: the header Sec-Fetch-Site; `origin`: the header Origin; None if it was not sent.
    `cookie`: whether it has the page's cookie. `made_at`: when the page with its nonce was made; None without a nonce
    of ours."""

    site: str | None
    origin: str | None
    cookie: bool
    made_at: datetime | None


def doubt(press: Press, own_origin: str, now: datetime) -> Doubt | None:
    """The first reason to doubt that a person pressed the button on our page; None if there is none. `own_origin`:
    scheme and host of our pages."""
    if not from_own_page(press.site, press.origin, own_origin):
        return Doubt.OTHER_PAGE
    if not press.cookie:
        return Doubt.NO_COOKIE
    if press.made_at is None:
        return Doubt.NO_NONCE
    return Doubt.OLD_NONCE if now - press.made_at > LIFE else None


def from_own_page(site: str | None, origin: str | None, own_origin: str) -> bool:
    """Whether, according to the browser, one of our pages sent the form (Fetch Metadata, Sec-Fetch-Site). Browsers that
    do not send that header (before 2023) send an Origin; a request with neither is no browser's."""
    return site == "same-origin" if site is not None else origin == own_origin
