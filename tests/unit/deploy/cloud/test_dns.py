"""Questions to DNS and their answers, as RFC 1035 writes them; and a name server on this machine that is asked."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.cloud import dns
from local.rehearsal import name_server

LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=5).map(".".join)


@given(name=NAME, host=NAME, preference=st.integers(0, 65535))
def test_an_mx_comes_back_as_it_was_published(name: str, host: str, preference: int) -> None:
    value = f"{preference} {host}"
    answer = name_server.answered(dns.question(name, "MX", 7), {f"{name} MX": [value]})
    assert dns.answers(answer, "MX") == [value]


@given(name=NAME, texts=st.lists(st.text(st.characters(max_codepoint=127), max_size=200), max_size=4))
def test_texts_come_back_as_they_were_published(name: str, texts: list[str]) -> None:
    answer = name_server.answered(dns.question(name, "TXT", 7), {f"{name} TXT": texts})
    assert dns.answers(answer, "TXT") == texts


@given(noise=st.binary(max_size=80))
def test_no_answer_is_worse_than_unreadable(noise: bytes) -> None:
    with suppress(ValueError, IndexError, struct.error):
        dns.answers(noise, "TXT")


def test_a_pointer_shortens_a_name_and_parts_of_a_text_are_joined() -> None:
    head = struct.pack("!6H", 1, 0x8180, 1, 2, 0, 0) + b"\4help\4shop\7example\0" + struct.pack("!2H", 16, 1)
    text = b"\3v=s\2pf"
    record = struct.pack("!HHHIH", 0xC00C, 16, 1, 60, len(text)) + text
    mail = struct.pack("!H", 10) + b"\2in" + struct.pack("!H", 0xC011)
    other = struct.pack("!HHHIH", 0xC00C, 15, 1, 60, len(mail)) + mail
    assert dns.answers(head + record + other, "TXT") == ["v=spf"]
    assert dns.answers(head + record + other, "MX") == ["10 in.shop.example"]


def test_a_name_that_points_to_itself_does_not_go_on_for_ever() -> None:
    head = struct.pack("!6H", 1, 0x8180, 0, 1, 0, 0)
    with pytest.raises(ValueError, match="points to itself"):
        dns.answers(head + struct.pack("!H", 0xC00C) + bytes(10), "MX")


def test_a_server_that_fails_is_not_taken_for_no_record() -> None:
    with pytest.raises(ValueError, match="error 2"):
        dns.answers(struct.pack("!6H", 1, 0x8182, 0, 0, 0, 0), "MX")
    assert dns.answers(struct.pack("!6H", 1, 0x8183, 0, 0, 0, 0), "MX") == []


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "dns.json"
    file.write_text("{}", encoding="utf-8")
    server = name_server.NameServer(file)
    monkeypatch.setenv("DNS_SERVER", server.address)
    yield file
    server.close()


def test_the_named_server_is_asked(published: Path) -> None:
    assert dns.resolve("help.shop.example", "MX") == []
    published.write_text(json.dumps({"help.shop.example MX": ["10 in.example"]}), encoding="utf-8")
    assert dns.resolve("help.shop.example", "MX") == ["10 in.example"]
    assert dns.resolve("inbound-smtp.eu-central-1.amazonaws.com", "A") == ["192.0.2.1"]


@contextmanager
def too_long_for_udp(answer: bytes) -> Iterator[str]:
    """A server that answers whole by TCP only."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        tcp.bind(udp.getsockname())
        tcp.listen()

        def serve() -> None:
            question, asker = udp.recvfrom(512)
            udp.sendto(question[:2] + struct.pack("!5H", 0x8380, 0, 0, 0, 0), asker)
            connection, _ = tcp.accept()
            with connection:
                connection.recv(512)
                connection.sendall(struct.pack("!H", len(answer)) + answer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield f"127.0.0.1:{udp.getsockname()[1]}"
        serving.join()


def test_a_long_answer_is_fetched_by_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"text {number} " + "x" * 150 for number in range(9)]
    answer = name_server.answered(dns.question("a.example", "TXT", 9), {"a.example TXT": texts})
    with too_long_for_udp(answer) as address:
        monkeypatch.setenv("DNS_SERVER", address)
        assert dns.resolve("a.example", "TXT") == texts


def test_silence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "_SECONDS", 0.01)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DNS_SERVER", f"127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(dns.Silent, match=r"The name server 127\.0\.0\.1 does not say anything about a\.example"):
            dns.resolve("a.example", "MX")


def test_without_a_named_server_this_machines_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DNS_SERVER", raising=False)
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(dns, "_SETTINGS", file)
    assert dns._server() == ("127.0.0.1", 53)
    file.write_text("search example\nnameserver 2001:db8::1\nnameserver 192.0.2.7\n", encoding="utf-8")
    assert dns._server() == ("2001:db8::1", 53)
