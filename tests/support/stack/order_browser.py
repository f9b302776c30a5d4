"""An order's customer with a browser that keeps cookies, and programs that keep none."""

import re
from html import unescape

import urllib3

from tests.support.stack.local_stack import Outside

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_CHOICE = re.compile(r'href="([^"]+/choice/[^"]+)"')


def choice_link(outside: Outside, page: str) -> str:
    """The page of the first open choice, by the link on the order's page."""
    found = _CHOICE.search(outside.request("GET", page).data.decode())
    assert found
    link = unescape(found[1])
    return link if link.startswith("http") else outside.url + link


class Visitor:
    """A person with a browser. `keeps_cookies`: False for a program that follows the links of mails."""

    def __init__(self, outside: Outside, *, keeps_cookies: bool = True) -> None:
        self._outside, self._keeps = outside, keeps_cookies
        self._cookie = ""

    def open(self, url: str) -> dict[str, str]:
        """Open a page; the hidden fields of its form."""
        answer = self._outside.request("GET", url)
        assert answer.status == 200, answer.data
        if self._keeps and (cookie := answer.headers.get("Set-Cookie")):
            self._cookie = cookie.partition(";")[0]
        return {name: unescape(value) for name, value in _HIDDEN.findall(answer.data.decode())}

    def press(self, url: str, fields: dict[str, str], **typed: str) -> urllib3.BaseHTTPResponse:
        """Send the page's form."""
        origin = "/".join(self._outside.url.split("/")[:3])
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"} if self._keeps else {}
        headers |= {"Cookie": self._cookie} if self._cookie else {}
        return self._outside.request("POST", url, fields=fields | typed, encode_multipart=False, headers=headers)
