"""No log line of ours contains a URL's tokens or search words, also when errors occur."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.services.tickets import links
from tests.support.web.browsing import Browser
from tests.support.web.visitors import Around, signed_in, surroundings
from tests.unit.web.desk.test_inbox import put

ADA = "ada@northlight.example"
SEARCHED = "zwetschgenknoedel"


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture(scope="module")
def token(around: Around) -> str:
    return links.status_url(wiring.deps(), put("NL-L0GGD-00001")).rpartition("/")[2]


def addresses(token: str) -> list[tuple[str, str]]:
    everywhere = [("GET", f"/{kind}/{token}") for kind in "tcfu"]
    return [
        *everywhere,
        ("POST", f"/t/{token}"),
        ("POST", f"/t/{token}/rating"),
        ("POST", f"/c/{token}"),
        ("POST", f"/u/{token}"),
        ("GET", f"/shops/northlight/thanks?t={token}"),
        ("GET", f"/desk/in?t={token}"),
        ("POST", f"/desk/in?t={token}"),
        ("GET", f"/desk/search?q={SEARCHED}"),
        ("POST", "/desk/search"),
        ("GET", f"/desk/oidc/back?code={token}&state={token}"),
    ]


@pytest.mark.parametrize("breaks", [False, True], ids=["as usual", "all fails"])
def test_no_url_is_logged(
    browser: Browser, token: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, breaks: bool
) -> None:
    ada = signed_in(browser, ADA)
    if breaks:

        def fails(*said: Any, **more: Any) -> Any:
            raise RuntimeError("the table is gone")

        deps = wiring.deps()
        for port, name in (
            (deps.tickets, "ticket"),
            (deps.tickets, "conversation"),
            (deps.tickets, "tickets_of"),
            (deps.sessions, "sign_in"),
            (deps.sessions, "use_sign_in"),
            (deps.search, "hits"),
        ):
            monkeypatch.setattr(type(port), name, fails)
    caplog.set_level("DEBUG", logger="aftercare")
    caplog.set_level("INFO")
    for method, path in addresses(token):
        ada.get(path) if method == "GET" else ada.post(path, {"q": SEARCHED, "t": token, "message": "x"})
    said = "\n".join(
        f"{caplog.handler.format(record)} {sorted(record.__dict__.items(), key=str)}" for record in caplog.records
    )
    assert bool("the table is gone" in said) is breaks
    assert token not in said
    assert token.partition(".")[0] not in said
    assert SEARCHED not in said
