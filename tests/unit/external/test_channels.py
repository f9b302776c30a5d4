"""Messengers' APIs as this machine plays them: what is posted, and what becomes of each answer."""

import gc
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from chalicelib.errors import NotSent, TryAgainLater, UnknownFile
from chalicelib.external import channel_files
from chalicelib.external.channel_files import in_time
from chalicelib.external.channels import Channels
from chalicelib.rules.events.source_keys import Api, SourceKeys
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.messages.approved import Approved
from chalicelib.services.ports.messages.channels import LARGEST, Fetched, Outgoing
from local.web.serving import OnSocket, QuietHandler, serving

TOKENS = {"200": "of-200", "*": "AC1:auth"}


class Played:
    """`answers`: status and body of each answer to come, then the last again; `asked`: what came."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = [(200, b"{}")]
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""

    def next(self) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def played() -> Iterator[Played]:
    found = Played()
    server = OnSocket(socket.create_server(("127.0.0.1", 0)), handler(found))
    with serving(server, "messengers"):
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
    server.server_close()


def handler(found: Played) -> type[QuietHandler]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            self.tell(self.rfile.read(int(self.headers["content-length"])))

        def do_GET(self) -> None:
            self.tell(b"")

        def tell(self, body: bytes) -> None:
            found.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, content = found.next()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.send_header("content-type", "image/png")
            if status == 302:
                self.send_header("location", content.decode())
            self.end_headers()
            self.wfile.write(content)

    return Handler


def channels(played: Played, *, local: bool = True) -> Channels:
    keys = SourceKeys("a-secret", api=Api(played.url, "none"), tokens=TOKENS)
    return Channels(lambda: {("nl", source): keys for source in Source}, local=local)


def send(played: Played, provider: Provider, id: str = "4915123456789", *, tagged: bool = False) -> str:
    account = "AC1/+493023125014" if provider is Provider.SMS else "200"
    return channels(played).send("nl", Outgoing(Handle(provider, id), account, "Für Sie 💡", tagged))


@pytest.mark.parametrize(
    ("provider", "answer", "id"),
    [
        (Provider.WHATSAPP, {"messages": [{"id": "wamid.X"}]}, "wamid.X"),
        (Provider.MESSENGER, {"recipient_id": "1", "message_id": "m_X"}, "m_X"),
        (Provider.INSTAGRAM, {"message_id": "aX"}, "aX"),
        (Provider.TELEGRAM, {"ok": True, "result": {"message_id": 7, "chat": {"id": 900}}}, "900/7"),
        (Provider.SMS, {"sid": "SM1"}, "SM1"),
    ],
)
def test_the_id_is_the_one_that_statuses_name(played: Played, provider: Provider, answer: Any, id: str) -> None:
    played.answers = [(200, json.dumps(answer).encode())]
    assert send(played, provider) == id


def test_whatsapp_is_told_number_or_id(played: Played) -> None:
    for id in ("4915123456789", "DE.77"):
        send(played, Provider.WHATSAPP, id)
    (path, headers, first), (_, _, second) = played.asked
    assert (path, headers["authorization"]) == ("/200/messages", "Bearer of-200")
    assert json.loads(first)["to"] == "4915123456789"
    assert json.loads(first)["text"]["body"] == "Für Sie 💡"
    assert json.loads(second)["recipient"] == "DE.77"


def test_a_template_of_whatsapp_is_sent_by_its_name(played: Played) -> None:
    """Meta's documentation, "Template messages": a name, a language and the values of the body's places."""
    played.answers = [(200, b'{"messages": [{"id": "wamid.1"}]}')]
    who = Handle(Provider.WHATSAPP, "4915112345678")
    for values in (("NL-1", "It comes."), ()):
        approved = Approved("our_answer", "en_GB", values)
        channels(played).send("nl", Outgoing(who, "200", "As people read it.", template=approved))
    whole, bare = (json.loads(body) for _, _, body in played.asked)
    assert whole == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "4915112345678",
        "type": "template",
        "template": {
            "name": "our_answer",
            "language": {"code": "en_GB"},
            "components": [
                {
                    "type": "body",
                    "parameters": [{"type": "text", "text": "NL-1"}, {"type": "text", "text": "It comes."}],
                }
            ],
        },
    }
    assert bare["template"] == {"name": "our_answer", "language": {"code": "en_GB"}}


def test_a_person_who_answers_late_says_so(played: Played) -> None:
    send(played, Provider.MESSENGER)
    send(played, Provider.MESSENGER, tagged=True)
    first, second = (json.loads(body) for _, _, body in played.asked)
    assert (first["messaging_type"], "tag" in first) == ("RESPONSE", False)
    assert (second["messaging_type"], second["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert first["message"]["metadata"] == "aftercare"


@pytest.mark.parametrize(
    ("status", "body", "passing", "reason"),
    [
        (500, b"", True, "Status500"),
        (429, b"{}", True, "Status429"),
        (401, b"{}", True, "TokenRefused"),
        (400, b'{"error": {"code": 190}}', True, "TokenRefused"),
        (400, b'{"error": {"code": 131047, "message": "to Mira"}}', False, "131047: refused"),
        (400, b"no json", False, "400: refused"),
    ],
)
def test_what_can_pass_is_tried_again(played: Played, status: int, body: bytes, passing: bool, reason: str) -> None:
    played.answers = [(status, body)]
    with pytest.raises(NotSent) as raised:
        send(played, Provider.WHATSAPP)
    assert (raised.value.passing, str(raised.value)) == (passing, reason)


def test_without_a_token_nothing_is_asked(played: Played) -> None:
    keys = SourceKeys("a-secret", api=Api(played.url, "none"))
    for known in ({}, {("nl", "meta"): keys}):
        with pytest.raises(NotSent) as raised:
            Channels(lambda known=known: known, local=True).send(  # type: ignore[misc]
                "nl", Outgoing(Handle(Provider.WHATSAPP, "1"), "200", "Hi")
            )
        assert not raised.value.passing
    assert played.asked == []


def test_a_file_of_whatsapp_is_asked_for_in_two_steps(played: Played) -> None:
    played.answers = [(200, json.dumps({"url": f"{played.url}/file"}).encode()), (200, b"picture")]
    got = channels(played).fetch("nl", Provider.WHATSAPP, "200", "400", "")
    assert (got.content, got.content_type) == (b"picture", "image/png")
    assert [path for path, _, _ in played.asked] == ["/400", "/file"]
    assert all(headers["authorization"] == "Bearer of-200" for _, headers, _ in played.asked)


def test_a_file_of_telegram_has_a_path(played: Played) -> None:
    played.answers = [(200, b'{"result": {"file_path": "photos/a.jpg"}}'), (200, b"picture")]
    channels(played).fetch("nl", Provider.TELEGRAM, "", "large", "")
    assert [path for path, _, _ in played.asked] == [
        "/botAC1:auth/getFile?file_id=large", "/file/botAC1%3Aauth/photos/a.jpg",
    ] or [path for path, _, _ in played.asked][1].endswith("/photos/a.jpg")  # fmt: skip


@pytest.mark.parametrize(
    "url", ["https://example.com/a", "http://x.fbcdn.net/a", "https://fbcdn.net.example/a", "", "//"]
)
def test_no_address_leads_elsewhere(played: Played, url: str) -> None:
    with pytest.raises(UnknownFile):
        channels(played, local=False).fetch("nl", Provider.MESSENGER, "200", "", url)


def test_no_redirect_leads_elsewhere(played: Played) -> None:
    played.answers = [(302, b"https://example.com/a")]
    with pytest.raises(UnknownFile):
        channels(played).fetch("nl", Provider.MESSENGER, "200", "", f"{played.url}/a")
    assert len(played.asked) == 1


def test_what_is_gone_is_lost_and_what_may_come_is_tried_again(played: Played) -> None:
    played.answers = [(404, b""), (503, b""), (200, b"x" * (LARGEST + 1))]
    fetch = channels(played).fetch
    for error in (UnknownFile, TryAgainLater, UnknownFile):
        with pytest.raises(error):
            fetch("nl", Provider.MESSENGER, "200", "", f"{played.url}/a")


def test_a_redirect_takes_what_proves_us_no_further_than_its_own_host_and_port(played: Played) -> None:
    played.answers = [(302, b"/b"), (200, b"picture")]
    url = f"{played.url}/a"
    assert channels(played).fetch("nl", Provider.SMS, "AC1/+49", "", url).content == b"picture"
    assert ["authorization" in headers for _, headers, _ in played.asked] == [True, True]
    for elsewhere in ("localhost", "another port"):
        played.asked.clear()
        with elsewhere_served(played) as other:
            there = other if elsewhere == "another port" else f"{played.url.replace('127.0.0.1', 'localhost')}/b"
            played.answers = [(302, there.encode()), (200, b"picture")]
            channels(played).fetch("nl", Provider.SMS, "AC1/+49", "", url)
            assert ["authorization" in headers for _, headers, _ in played.asked] == [True, False]


@contextmanager
def elsewhere_served(played: Played) -> Iterator[str]:
    """The same provider at another port."""
    server = OnSocket(socket.create_server(("127.0.0.1", 0)), handler(played))
    with serving(server, "another port"):
        yield f"http://127.0.0.1:{server.server_address[1]}/b"
    server.server_close()


@pytest.mark.parametrize("result", [b"[]", b"null", b'"a"', b"7", b"{}", b'{"file_path": 7}'])
def test_an_answer_of_telegram_without_a_path_is_a_file_that_is_lost(played: Played, result: bytes) -> None:
    played.answers = [(200, b'{"ok": true, "result": ' + result + b"}")]
    with pytest.raises(UnknownFile):
        channels(played).fetch("nl", Provider.TELEGRAM, "", "large", "")


def open_sockets() -> set[int]:
    return {id(each) for each in gc.get_objects() if isinstance(each, socket.socket) and each.fileno() >= 0}


@contextmanager
def nothing_left_open() -> Iterator[None]:
    """A socket that a fetch leaves open is closed whenever memory is tidied up, and is then an error in some other
    test."""
    before = open_sockets()
    gc.disable()
    try:
        yield
        await_fetches()
        assert open_sockets() <= before
    finally:
        gc.enable()


def await_fetches() -> None:
    for thread in threading.enumerate():
        if thread.name == channel_files.LEFT_BEHIND:
            thread.join(10)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "begins",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
@nothing_left_open()
def test_a_host_that_sends_a_byte_now_and_then_ends_the_whole_fetch(
    monkeypatch: pytest.MonkeyPatch, begins: bytes
) -> None:
    monkeypatch.setattr(channel_files, "WITHIN", 0.3)
    over, listening = Event(), socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with listening, listening.accept()[0] as answering:
            answering.sendall(begins)
            while not over.wait(0.02):
                answering.sendall(b"1")

    dripping = Thread(target=drip)
    dripping.start()
    began = time.monotonic()
    try:
        with pytest.raises(TryAgainLater):
            keys = SourceKeys("a-secret", tokens=TOKENS)
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/a"
            Channels(lambda: {("nl", "meta"): keys}, local=True).fetch("nl", Provider.MESSENGER, "200", "", url)
        assert time.monotonic() - began < 5
        if b"Content-Length" in begins:
            await_fetches()  # the fetch itself sees that it takes too long
    finally:
        over.set()
        dripping.join()


@nothing_left_open()
def test_a_file_that_breaks_off_is_fetched_again() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def breaks_off() -> None:
        with listening, listening.accept()[0] as answering:
            answering.recv(65_536)
            answering.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nhalf")

    breaking = Thread(target=breaks_off, daemon=True)
    breaking.start()
    keys = SourceKeys("a-secret", tokens=TOKENS)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/a"
    with pytest.raises(TryAgainLater):
        Channels(lambda: {("nl", "meta"): keys}, local=True).fetch("nl", Provider.MESSENGER, "200", "", url)
    breaking.join()


def test_what_the_fetch_raises_is_raised() -> None:
    def lost() -> Fetched:
        raise UnknownFile("a")

    with pytest.raises(UnknownFile):
        in_time(lost)
    assert in_time(lambda: Fetched(b"x", "image/png")).content == b"x"
