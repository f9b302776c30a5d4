"""A browser's WebSocket, as little of it as tests need (RFC 6455): short texts, one connection."""

import base64
import os
import socket
from urllib.parse import urlsplit

_TEXT = 1
_MASKED = 0x80
_FINAL = 0x80


class WebSocket:
    """A connection to this URL, as a page of this origin makes it. `status`: what the handshake was answered; 101 if
    it is open. `seconds`: how long to wait for anything."""

    def __init__(self, url: str, origin: str = "", seconds: float = 60.0) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=seconds)
        self._read = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Origin: {origin}"] if origin else []
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.status = int(self._read.readline().split()[1])
        while self._read.readline().strip():
            pass

    def say(self, text: str) -> None:
        """Send a text of up to 125 bytes."""
        words, mask = text.encode(), os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(words))
        self._socket.sendall(bytes([_FINAL | _TEXT, _MASKED | len(words)]) + mask + masked)

    def hear(self) -> str | None:
        """The next text; None if the other side closes. Raises TimeoutError."""
        while True:
            kind, size = self._read.read(2)
            content = self._read.read(size)
            match kind & 0x0F:
                case 1:
                    return content.decode()
                case 8:
                    return None

    def close(self) -> None:
        self._read.close()
        self._socket.close()
