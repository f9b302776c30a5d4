"""A name server for the rehearsal: it answers from a JSON file of records, `{"name KIND": ["value"]}`, and knows SES's
own hosts. The file is read for each question, so that records can be published while it runs."""

import json
import socket
import struct
import threading
from pathlib import Path

from deploy.cloud import dns

_NAMES = {number: kind for kind, number in dns.KINDS.items()}
_ANSWER, _NO_SUCH_NAME = 0x8180, 0x8183
_TTL = 60


def answered(question: bytes, records: dict[str, list[str]]) -> bytes:
    """The answer to a question for one name."""
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    kind = _NAMES.get(struct.unpack_from("!H", question, at + 1)[0], "")
    name = ".".join(labels).lower()
    values = ["192.0.2.1"] if name.startswith("inbound-smtp.") and kind == "A" else records.get(f"{name} {kind}", [])
    head = question[:2] + struct.pack("!5H", _ANSWER if values else _NO_SUCH_NAME, 1, len(values), 0, 0)
    return head + question[12 : at + 5] + b"".join(_record(kind, value) for value in values)


def _record(kind: str, value: str) -> bytes:
    data = _data(kind, value)
    return struct.pack("!HHHIH", 0xC00C, dns.KINDS[kind], 1, _TTL, len(data)) + data


def _data(kind: str, value: str) -> bytes:
    if kind == "A":
        return socket.inet_aton(value)
    if kind == "TXT":
        return bytes([len(value)]) + value.encode()
    preference, _, host = value.rpartition(" ")
    name = b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0"
    return struct.pack("!H", int(preference)) + name if kind == "MX" else name


class NameServer:
    """Serves the file's records on a port of this machine, until closed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, name="name-server", daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                question, asker = self._socket.recvfrom(512)
            except OSError:  # closed
                return
            records = json.loads(self._file.read_text(encoding="utf-8"))
            self._socket.sendto(answered(question, records), asker)
