"""Posting to shops' systems: only to addresses that everybody reaches, and to the one that was looked at."""

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import urllib3

from chalicelib.errors import NotTaken
from chalicelib.external.shop_webhooks import ShopWebhooks
from chalicelib.rules.policy import fields
from local.web.serving import QuietHandler, serving

PRIVATE = [
    "127.0.0.1", "10.0.0.8", "172.16.4.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.7", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe", "2001:db8::1",
]  # fmt: skip


class Answering(QuietHandler):
    """Answers with a status, and remembers what came."""

    status = 200
    came: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.status)
        self.send_header("location", "http://169.254.169.254/latest/meta-data")
        self.end_headers()
        self.wfile.write(b"x" * 100)


@pytest.fixture
def receiver() -> Iterator[str]:
    Answering.came, Answering.status = [], 200
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server,
        serving(server, "shop"),
    ):
        yield f"http://127.0.0.1:{server.server_address[1]}"


class TestPosting:
    def test_a_body_comes_as_it_was_sent(self, receiver: str) -> None:
        ShopWebhooks(local=True).post(f"{receiver}/hook?a=1", {"webhook-id": "msg_1"}, b'{"a": 1}')
        path, headers, body = Answering.came[0]
        assert (path, headers["webhook-id"], body) == ("/hook?a=1", "msg_1", b'{"a": 1}')

    @pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 429, 500, 503])
    def test_any_answer_but_a_2xx_is_no_taking_and_no_redirect_is_followed(self, receiver: str, status: int) -> None:
        Answering.status = status
        with pytest.raises(NotTaken):
            ShopWebhooks(local=True).post(receiver, {}, b"{}")
        assert len(Answering.came) == 1

    def test_a_server_that_is_not_there(self) -> None:
        with pytest.raises(NotTaken):
            ShopWebhooks(local=True).post("http://127.0.0.1:9/", {}, b"{}")


class TestAddresses:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_none_of_a_private_network_is_asked(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = pools(monkeypatch)
        for found in ([address], ["93.184.215.14", address]):
            with pytest.raises(NotTaken, match="not public"):
                ShopWebhooks(resolve=lambda *_, found=found: found).post("https://shop.example/", {}, b"{}")
        assert asked == []

    @pytest.mark.parametrize(
        "url", ["http://shop.example/", "http://127.0.0.1/", "https://localhost/", "ftp://x.example/"]
    )
    def test_deployed_it_asks_neither_itself_nor_without_tls(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = pools(monkeypatch)
        with pytest.raises(NotTaken):
            ShopWebhooks(resolve=lambda *_: ["127.0.0.1"]).post(url, {}, b"{}")
        assert asked == []

    def test_it_connects_to_the_address_that_was_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A name that answers otherwise the second time leads nowhere: it is asked once."""
        asked, answers = pools(monkeypatch), [["93.184.215.14"], ["127.0.0.1"]]
        with pytest.raises(NotTaken):
            ShopWebhooks(resolve=lambda *_: answers.pop(0)).post("https://shop.example/hook", {}, b"{}")
        (host, port, more) = asked[0]
        assert (host, port) == ("93.184.215.14", 443)
        assert (more["server_hostname"], more["assert_hostname"]) == ("shop.example", "shop.example")
        assert more["cert_reqs"] == "CERT_REQUIRED"
        assert len(answers) == 1

    def test_a_name_that_is_not_known(self) -> None:
        def unknown(*_: Any) -> list[str]:
            raise OSError("no such name")

        with pytest.raises(NotTaken):
            ShopWebhooks(resolve=unknown).post("https://shop.example/", {}, b"{}")


class TestPolicy:
    @pytest.mark.parametrize(
        "url",
        [
            "http://shop.example/x",
            "https://10.0.0.1/x",
            "https://[::1]/x",
            "https://1.1.1.1/",
            "https://a:b@shop.example/",
        ],
    )
    def test_takes_no_number_and_nothing_without_tls(self, url: str) -> None:
        with pytest.raises(ValueError):
            fields.webhook(url)

    @pytest.mark.parametrize(
        "url", ["https://shop.example/aftercare", "http://localhost:8099/", "http://127.0.0.1:8099/x"]
    )
    def test_takes_a_name_and_this_machine(self, url: str) -> None:
        assert fields.webhook(url) == url


def pools(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The connections that were to be made; none is."""
    asked = list[tuple[Any, ...]]()

    def pool(host: str, port: int | None = None, **more: Any) -> Any:
        asked.append((host, port, more))
        raise urllib3.exceptions.HTTPError("not in tests")

    monkeypatch.setattr(urllib3, "HTTPSConnectionPool", pool)
    monkeypatch.setattr(urllib3, "HTTPConnectionPool", pool)
    return asked
