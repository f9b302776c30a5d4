"""Fetches the files that people send by messengers, over HTTP.

Only from hosts of the provider, so that no address in an event leads elsewhere. Redirects are followed to those only,
and what proves who we are goes to the first of them only.
"""

import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3

from chalicelib.errors import TryAgainLater, UnknownFile
from chalicelib.services.ports.messages.channels import LARGEST, Fetched

WITHIN = 12.0
"""Seconds for a whole file, however slowly it comes: less than a run has left when it begins an event."""
LEFT_BEHIND = "fetching a file"
"""The name of the thread of each fetch."""
_HOSTS = (
    "facebook.com", "fbcdn.net", "fbsbx.com", "cdninstagram.com", "instagram.com", "whatsapp.net", "telegram.org",
    "twilio.com", "twiliocdn.com",
)  # fmt: skip
_LOOPBACK = ("127.0.0.1", "localhost")
_WAITING = urllib3.Timeout(connect=3, read=WITHIN)
_MOST_HOPS, _PIECE = 3, 65_536
_REDIRECTS = (301, 302, 303, 307, 308)


def in_time(fetch: Callable[[], Fetched]) -> Fetched:
    """What `fetch` returns or raises. Raises TryAgainLater if that takes longer: a host can send a byte now and then,
    in headers as well, and no time limit of a socket's operation ever passes. The fetch is then left behind."""
    answers = SimpleQueue[Fetched | Exception]()

    def run() -> None:
        try:
            answers.put(fetch())
        except Exception as error:
            answers.put(error)

    Thread(target=run, name=LEFT_BEHIND, daemon=True).start()
    try:
        answer = answers.get(timeout=WITHIN)
    except Empty:
        raise TryAgainLater("too slow") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


class ChannelFiles:
    """`local`: on a developer's machine, where providers are played."""

    def __init__(self, http: urllib3.PoolManager, *, local: bool) -> None:
        self._http = http
        self._local = local

    def get(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """What is at the address, with the headers for its first host only. Raises UnknownFile and TryAgainLater."""
        end = time.monotonic() + WITHIN
        for _ in range(_MOST_HOPS):
            place = self._allowed(url)
            status, told, content = self._got(url, headers, end)
            if status in _REDIRECTS:
                url = urljoin(url, told.get("location", ""))
                headers = headers if self._allowed(url) == place else {}
                continue
            return _fetched(status, content, told.get("content-type", ""))
        raise UnknownFile("redirected too often")

    def _got(self, url: str, headers: Mapping[str, str], end: float) -> tuple[int, Mapping[str, str], bytes]:
        """Stops reading when it is larger than any file that is kept, and when nobody waits any more."""
        try:
            answer = self._http.request(
                "GET", url, headers=headers, timeout=_WAITING, redirect=False, preload_content=False
            )
            content, whole = bytearray(), False
            try:
                while (piece := answer.read1(_PIECE, decode_content=True)) and len(content) <= LARGEST:
                    content += piece
                    if time.monotonic() > end:
                        raise TryAgainLater("too slow")
                whole = not piece
            finally:
                answer.release_conn() if whole else answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise TryAgainLater(type(error).__name__) from error
        return answer.status, answer.headers, bytes(content)

    def _allowed(self, url: str) -> tuple[str, str, int | None]:
        """The scheme, host and port of an address of the provider's. Raises UnknownFile if it is somebody else's."""
        try:
            parts: SplitResult = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise UnknownFile("no address") from None
        of_provider = any(host == known or host.endswith(f".{known}") for known in _HOSTS)
        if not (parts.scheme == "https" and of_provider) and not (self._local and host in _LOOPBACK):
            raise UnknownFile("an address of somebody else")
        return parts.scheme, host, port


def _fetched(status: int, content: bytes, content_type: str) -> Fetched:
    if status == 429 or status >= 500:
        raise TryAgainLater(f"status {status}")
    if status != 200 or len(content) > LARGEST:
        raise UnknownFile(f"status {status}")
    return Fetched(content, content_type)
