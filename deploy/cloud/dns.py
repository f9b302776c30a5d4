"""Asks DNS for the records that mail needs.

The standard library asks for addresses only; MX and TXT need a question of our own (RFC 1035, section 4). It goes to
the name server that this machine uses, or to the one in the setting DNS_SERVER (`1.1.1.1`, or `127.0.0.1:5353`).
"""

import os
import re
import secrets
import socket
import struct
from collections.abc import Callable
from pathlib import Path

KINDS = {"A": 1, "CNAME": 5, "MX": 15, "TXT": 16}
# (name, kind) -> values as a zone file writes them; a text's parts are joined. Empty: there is no such record.
Resolve = Callable[[str, str], list[str]]

_IN, _RECURSION_DESIRED, _TRUNCATED = 1, 0x0100, 0x0200
_NO_ERROR, _NO_SUCH_NAME = 0, 3
_SECONDS, _TRIES = 3.0, 2
_SETTINGS = Path("/etc/resolv.conf")


class Silent(Exception):
    """No name server answered."""


def resolve(name: str, kind: str) -> list[str]:
    """The records of this name. Raises Silent."""
    host, port = _server()
    for _ in range(_TRIES):
        try:
            return answers(_asked(question(name, kind, secrets.randbelow(1 << 16)), host, port), kind)
        except (OSError, ValueError, IndexError, struct.error):
            continue
    raise Silent(f"The name server {host} does not say anything about {name}.")


def _server() -> tuple[str, int]:
    named = os.environ.get("DNS_SERVER", "")
    if not named and _SETTINGS.exists():
        found = re.search(r"^nameserver\s+(\S+)", _SETTINGS.read_text(encoding="utf-8"), re.MULTILINE)
        named = found[1] if found else ""
    named = named or "127.0.0.1"
    host, colon, port = named.rpartition(":") if named.count(":") == 1 else (named, "", "")
    return host, int(port) if colon else 53


def question(name: str, kind: str, number: int) -> bytes:
    """The message that asks for this name's records of this kind."""
    labels = b"".join(bytes([len(label)]) + label for label in name.rstrip(".").encode("idna").split(b"."))
    return (
        struct.pack("!6H", number, _RECURSION_DESIRED, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, KINDS[kind], _IN)
    )


def _asked(message: bytes, host: str, port: int) -> bytes:
    """The answer by UDP, or by TCP if it is too long for that."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.settimeout(_SECONDS)
        udp.connect((host, port))
        udp.send(message)
        answer = udp.recv(4096)
    if answer[:2] != message[:2]:
        raise ValueError("an answer to another question")
    if struct.unpack_from("!H", answer, 2)[0] & _TRUNCATED:
        with socket.create_connection((host, port), timeout=_SECONDS) as tcp, tcp.makefile("rb") as reading:
            tcp.sendall(struct.pack("!H", len(message)) + message)
            return reading.read(struct.unpack("!H", reading.read(2))[0])
    return answer


def answers(message: bytes, kind: str) -> list[str]:
    """The values in an answer's records of this kind. Raises ValueError if the server could not answer."""
    _, flags, questions, records, _, _ = struct.unpack_from("!6H", message)
    if flags & 0xF == _NO_SUCH_NAME:
        return []
    if flags & 0xF != _NO_ERROR:
        raise ValueError(f"the server answers with error {flags & 0xF}")
    at = 12
    for _ in range(questions):
        at = _name(message, at)[1] + 4
    found = []
    for _ in range(records):
        at = _name(message, at)[1]
        number, _, _, length = struct.unpack_from("!HHIH", message, at)
        at += 10
        if number == KINDS[kind]:
            found.append(_value(message, at, length, kind))
        at += length
    return found


def _value(message: bytes, at: int, length: int, kind: str) -> str:
    if kind == "MX":
        return f"{struct.unpack_from('!H', message, at)[0]} {_name(message, at + 2)[0]}"
    if kind == "CNAME":
        return _name(message, at)[0]
    if kind == "A":
        return socket.inet_ntoa(message[at : at + length])
    text, end = b"", at + length
    while at < end:
        text += message[at + 1 : at + 1 + message[at]]
        at += 1 + message[at]
    return text.decode("utf-8", "replace")


def _name(message: bytes, at: int) -> tuple[str, int]:
    """The name that begins at this place, and the place behind it. A pointer leads to an earlier place only."""
    labels, behind, limit = [], 0, at
    while message[at]:
        if message[at] >= 0xC0:
            behind = behind or at + 2
            at = struct.unpack_from("!H", message, at)[0] & 0x3FFF
            if at >= limit:
                raise ValueError("a name that points to itself")
            limit = at
            continue
        labels.append(message[at + 1 : at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels).lower(), behind or at + 1
